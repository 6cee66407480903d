"""Dates and date/times as SAS counts them, read back: days or seconds from 1960-01-01."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.model import Variable
from cdisc.standards.sas_format import parse_format

Moments = np.ndarray[Any, np.dtype[np.datetime64]]

EPOCH = np.datetime64("1960-01-01", "s")
SECONDS = {"date": 86_400, "datetime": 1}
"""Seconds of what a number with a format of that kind counts."""


def kind_of(written: str) -> str:
    """`date` or `datetime` for a format that shows one (`DATE9.`), empty for any other."""
    known = parse_format(written) if written else None
    kind = known.time_kind if known is not None else None
    return kind if kind in SECONDS else ""


def moments(numbers: npt.NDArray[np.float64], kind: str) -> Moments:
    """Numbers of a kind as datetime64[s], parts of a second dropped; NaT for NaN and infinity."""
    seconds = np.floor(numbers * SECONDS[kind])
    known = np.isfinite(seconds)
    since = np.where(known, seconds, 0).astype(np.int64).astype("timedelta64[s]")
    return np.where(known, EPOCH + since, np.datetime64("NaT", "s"))


def with_dates(frame: pd.DataFrame, variables: Iterable[Variable]) -> pd.DataFrame:
    """The records of a file with datetime64[s] where a variable's format shows dates.

    A column that holds a part of a second stays numbers, so that nothing is lost unseen.
    """
    dated: dict[str, pd.Series[Any]] = {}
    for variable in variables:
        kind = kind_of(variable.format)
        column = frame[variable.name]
        if kind and pd.api.types.is_numeric_dtype(column.dtype):
            numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
            seconds = numbers[np.isfinite(numbers)] * SECONDS[kind]
            if not (seconds % 1).any():
                dated[variable.name] = pd.Series(moments(numbers, kind), index=column.index)
    return frame.assign(**dated) if dated else frame
