"""From a mask of failing rows to failures: one for each distinct value, counted, in row order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.model.finding import MAX_OCCURRENCES
from cdisc.validate.columns import is_text, show
from cdisc.validate.rule import Failure, Mask

MAX_VALUES = 1000
Rows = npt.NDArray[np.int64]


def one_failure(mask: Mask, message: str, variable: str) -> Iterator[Failure]:
    """All failing rows as one failure; none when no row fails."""
    rows = np.flatnonzero(mask)
    if rows.size:
        yield Failure(message=message, variable=variable, count=int(rows.size), rows=_first(rows))


def failures_by_value(
    mask: Mask,
    frame: pd.DataFrame,
    *,
    variable: str,
    message: Callable[[Sequence[str]], str],
    hint: Callable[[str], str],
) -> Iterator[Failure]:
    """One failure for each distinct combination of values of `frame` among the failing rows.

    Values come in the order in which they first appear. After 1,000 of them the rest are one
    failure, so that a column that fails throughout does not bury every other finding.
    """
    rows = np.flatnonzero(mask)
    if not rows.size:
        return
    failing = frame.iloc[rows]
    codes = _codes(failing)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(codes.max() + 1))
    groups = np.split(rows[order], starts[1:])
    firsts = frame.iloc[[int(group[0]) for group in groups[:MAX_VALUES]]]
    shown = [[show(cell) for cell in firsts[name].tolist()] for name in firsts.columns]
    for number, group in enumerate(groups[:MAX_VALUES]):
        cells = [column[number] for column in shown]
        value = " | ".join("" if cell is None else cell for cell in cells)
        yield Failure(
            message=message(["" if cell is None else cell for cell in cells]),
            variable=variable,
            value=value,
            hint=hint(value),
            count=int(group.size),
            rows=_first(group),
        )
    rest = groups[MAX_VALUES:]
    if rest:
        others = np.sort(np.concatenate(rest))
        yield Failure(
            message=f"{len(rest):,} more values of {variable} fail this check",
            variable=variable,
            count=int(others.size),
            rows=_first(others),
        )


def _first(rows: Rows) -> tuple[int, ...]:
    return tuple(rows[:MAX_OCCURRENCES].tolist())


def _codes(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """A number for each distinct row, by first appearance; missing is a value of its own."""
    codes = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        column, _ = pd.factorize(frame[name], use_na_sentinel=False)
        # Renumbered at each step, so that the product of two numbers cannot overflow.
        codes, _ = pd.factorize(codes * (int(column.max()) + 1) + column)
    return codes


def select(frame: pd.DataFrame, where: Sequence[Mapping[str, Any]]) -> Mask:
    """Rows for which every condition holds; a comparison with a missing value is false.

    A condition is `{variable, comparator, values}` as in `cdisc.model.Condition`. Numbers are
    compared as numbers, text to the letter; LT, LE, GT and GE take one value.
    """
    mask = np.ones(len(frame), dtype=bool)
    for condition in where:
        column = frame[condition["variable"]]
        mask &= _holds(column, condition["comparator"], condition["values"])
    return mask


def _holds(column: pd.Series[Any], comparator: str, values: Sequence[str]) -> Mask:
    wanted: list[Any] = list(values) if is_text(column) else [float(value) for value in values]
    present = column.notna().to_numpy(dtype=bool)
    if comparator in ("EQ", "IN"):
        return column.isin(wanted).to_numpy(dtype=bool) & present
    if comparator in ("NE", "NOTIN"):
        return ~column.isin(wanted).to_numpy(dtype=bool) & present
    compare = {"LT": column.lt, "LE": column.le, "GT": column.gt, "GE": column.ge}[comparator]
    return compare(wanted[0]).fillna(False).to_numpy(dtype=bool) & present
