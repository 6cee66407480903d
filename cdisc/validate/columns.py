"""Columns seen as kernels need them: Arrow text, float numbers, one mask for what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.columns import uniques
from cdisc.algorithms.columns.coded import Coded, coded
from cdisc.validate.rule import Mask

Column: TypeAlias = "pd.Series[Any]"


def is_text(values: Column) -> bool:
    """True when the column holds text (pandas `str` dtype, or objects read by others)."""
    return isinstance(values.dtype, pd.StringDtype) or values.dtype == object


def arrow_text(values: Column) -> pa.Array:
    """The column as one Arrow large_string array, missing as null; numbers as their text."""
    return uniques.arrow_text(values if is_text(values) else values.astype("str"))


def codes_of(values: Column) -> npt.NDArray[np.int64]:
    """A code a row, equal for equal values; -1 for none. An empty text is a value."""
    if isinstance(values.dtype, pd.StringDtype):
        return coded(arrow_text(values)).codes
    return pd.factorize(values, use_na_sentinel=True)[0].astype(np.int64)


def missing(values: Column) -> Mask:
    """True where nothing is said: NaN, NaT, empty text or blanks."""
    if not is_text(values):
        return np.asarray(values.isna(), dtype=bool)
    found = coded(arrow_text(values))
    blank = as_mask(pc.equal(pc.utf8_trim_whitespace(found.texts), ""))
    return np.append(blank, True)[found.codes]


def as_mask(array: pa.Array) -> Mask:
    """An Arrow boolean array as a numpy mask; null counts as False."""
    filled = pc.fill_null(array, False)
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=bool)


def test_distinct(values: Column, fails: Callable[[pa.Array], Mask]) -> Mask:
    """Rows whose value fails a test that is made once for each distinct text.

    A missing value is not tested and never fails. `fails` gets the distinct values that are
    present, and returns a mask over them.
    """
    return spread(coded(arrow_text(values)), fails)


def spread(values: Coded, fails: Callable[[pa.Array], Mask]) -> Mask:
    """The rows whose text fails a test of the distinct texts."""
    if not len(values.texts):
        return np.zeros(len(values.codes), dtype=bool)
    failing = fails(values.texts)
    if not failing.any():
        return np.zeros(len(values.codes), dtype=bool)
    return np.asarray(np.append(failing, False)[values.codes], dtype=bool)


def show(value: object) -> str | None:
    """A cell as a finding shows it: text as it is, a number without `.0`, a date without midnight.

    None for a cell without a value.
    """
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else format(float(value), ".15g")
    if isinstance(value, pd.Timestamp):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)
