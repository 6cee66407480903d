"""Days and moments as whole numbers: the one place that knows how many seconds a day has."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.dates.partial_dates import spans

Seconds = npt.NDArray[np.int64]
Moments = np.ndarray[Any, np.dtype[np.datetime64]]

DAY = 86_400
"""Seconds of a day."""
NONE = np.iinfo(np.int64).min
"""The number of a date that is missing: what numpy takes for NaT."""


def of_moments(seconds: Seconds) -> Seconds:
    """The day of each moment; a missing one stays missing."""
    return np.where(seconds == NONE, NONE, seconds // DAY)


def days_of(column: pd.Series[Any]) -> Seconds:
    """Days since 1970-01-01 of numeric dates or ISO 8601 texts; NONE without a complete date."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return of_moments(column.to_numpy(dtype="datetime64[s]").astype(np.int64))
    when = spans(column)
    return np.where(when.complete, of_moments(when.earliest.astype(np.int64)), NONE)


def moments_of(column: pd.Series[Any]) -> Seconds:
    """Seconds since 1970-01-01; NONE where the date is not complete or its time is not known."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.to_numpy(dtype="datetime64[s]").astype(np.int64)
    when = spans(column)
    return np.where(when.complete & when.timed, when.earliest.astype(np.int64), NONE)


def dates_of(days: Seconds) -> Moments:
    """Days since 1970-01-01 as dates; NaT for NONE."""
    return np.where(days == NONE, NONE, days * DAY).astype("datetime64[s]")
