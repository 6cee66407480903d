"""Dates of a transport file as dates: what SAS counts in days or seconds, by its format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from cdisc.model import Variable
from cdisc.write.sas_format import parse_format

_EPOCH = np.datetime64("1960-01-01", "s")
_SECONDS = {"date": 86400, "datetime": 1}


def with_dates(frame: pd.DataFrame, variables: Iterable[Variable]) -> pd.DataFrame:
    """The records with datetime64[s] where a format says date or datetime, as a run has them.

    A number that is no whole second is left as it is, in the whole column.
    """
    dated = {}
    for variable in variables:
        known = parse_format(variable.format) if variable.format else None
        unit = _SECONDS.get(known.time_kind or "") if known is not None else None
        if unit is not None and pd.api.types.is_numeric_dtype(frame[variable.name].dtype):
            moments = _moments(frame[variable.name], unit)
            if moments is not None:
                dated[variable.name] = moments
    return frame.assign(**dated) if dated else frame


def _moments(column: pd.Series[Any], unit: int) -> pd.Series[Any] | None:
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(numbers)
    if (numbers[known] % 1).any():
        return None
    moments = np.full(len(numbers), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    moments[known] = _EPOCH + (numbers[known].astype(np.int64) * unit).astype("timedelta64[s]")
    return pd.Series(moments, index=column.index)
