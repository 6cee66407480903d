"""Values in the type a variable has: text for Char, float64 for Num."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.columns.numbers import decimal
from cdisc.algorithms.columns.uniques import TEXT, distinct, text_column
from cdisc.model import Severity
from cdisc.model.dataset import SasType


def cast(values: pd.Series[Any], type_: SasType) -> tuple[pd.Series[Any], tuple[Issue, ...]]:
    """The column in its type. Text that is no number is missing in a Num variable, and an issue."""
    is_number = pd.api.types.is_numeric_dtype(values.dtype)
    if type_ == "Char":
        is_text = isinstance(values.dtype, pd.StringDtype)
        return (values.astype(TEXT) if is_text else text_column(values)), ()
    if is_number:
        return values.astype(np.float64), ()
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values, ()
    texts = distinct(values)
    exact = [decimal(text) for text in texts.texts]
    numbers = texts.numbers([np.nan if number is None else float(number) for number in exact])
    bad = numbers.isna().to_numpy() & ~texts.missing
    if not bad.any():
        return numbers, ()
    rows = np.flatnonzero(bad)
    found = values.take(rows).reset_index(drop=True)
    message = "{value} is not a number; the value is left missing"
    return numbers, (Issue("type.not_a_number", message, rows, Severity.ERROR, found),)
