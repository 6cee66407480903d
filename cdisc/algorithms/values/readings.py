"""Numbers where a column may hold text: what was read, and which text is no number."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import is_missing
from cdisc.algorithms.values.values import number
from cdisc.model import Severity

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]


def numbers_of(column: pd.Series[Any]) -> tuple[Floats, Marks]:
    """The number of each value, NaN where there is none; and where a text is no number."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return values, np.zeros(len(values), dtype=np.bool_)
    values = number(column, if_text="missing").values.to_numpy(dtype=np.float64, na_value=np.nan)
    return values, np.isnan(values) & ~is_missing(column)


def read(
    rule: str,
    column: pd.Series[Any],
    among: Marks | None = None,
    *,
    message: str = "{value} is no number; it counts as missing",
    severity: Severity = Severity.WARNING,
) -> tuple[Floats, tuple[Issue, ...]]:
    """The number of each value, with a finding for text that is none, of rows that count."""
    values, unread = numbers_of(column)
    if among is not None:
        unread = unread & among
    return values, issue(rule, message, unread, column, severity=severity)
