"""Dates in expressions: two compare as moments, and differ by a number of days."""

from __future__ import annotations

import operator as op
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]
Moments = npt.NDArray[np.datetime64]

_DAY = 86400
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": op.eq,
    "!=": op.ne,
    "<": op.lt,
    "<=": op.le,
    ">": op.gt,
    ">=": op.ge,
}


def is_date(column: Any) -> bool:
    """Whether it is a column of dates or of dates with times."""
    return isinstance(column, pd.Series) and pd.api.types.is_datetime64_any_dtype(column.dtype)


def both(
    left: pd.Series[Any] | str | float, right: pd.Series[Any] | str | float
) -> tuple[Any, Any] | None:
    """The two sides of a comparison as moments: two columns of dates, or one and a full date.

    None when a side is neither; a text that is a part of a date only is compared as text.
    """
    if not is_date(left) and not is_date(right):
        return None
    sides = [_moment(side) for side in (left, right)]
    return None if any(side is None for side in sides) else (sides[0], sides[1])


def _moment(side: pd.Series[Any] | str | float) -> pd.Series[Any] | np.datetime64 | None:
    if isinstance(side, pd.Series):
        return side if is_date(side) else None
    if not isinstance(side, str) or len(side) < len("2024-01-01"):
        return None
    try:
        return np.datetime64(side, "s")
    except ValueError:
        return None


def compare(operator: str, left: Any, right: Any) -> Mask:
    """Which rows the comparison holds for; a missing date makes it false, `!=` too."""
    a, b = (_moments(side) for side in (left, right))
    found = _COMPARE[operator](a, b) & ~(np.isnat(a) | np.isnat(b))
    return np.asarray(found, dtype=np.bool_)


def arithmetic(operator: str, left: pd.Series[Any], right: pd.Series[Any]) -> pd.Series[Any] | None:
    """`date - date` as days, `date + days` and `date - days` as a date; None for anything else.

    A part of a day that a number has moves the date by so many seconds, rounded.
    """
    a, b = is_date(left), is_date(right)
    if a and b and operator == "-":
        apart = _moments(left) - _moments(right)
        days = apart.astype(np.float64) / _DAY
        return pd.Series(np.where(np.isnat(apart), np.nan, days))
    if b and operator == "+" and not a:
        left, right, a, b = right, left, b, a
    if not a or b or not pd.api.types.is_numeric_dtype(right.dtype):
        return None
    days = right.to_numpy(dtype=np.float64, na_value=np.nan)
    usable = np.isfinite(days)
    seconds = np.rint(np.where(usable, days, 0.0) * _DAY).astype("timedelta64[s]")
    moved = _moments(left) + (seconds if operator == "+" else -seconds)
    moved[~usable] = np.datetime64("NaT")
    return pd.Series(moved)


def _moments(side: Any) -> Any:
    return side.to_numpy(dtype="datetime64[s]") if isinstance(side, pd.Series) else side
