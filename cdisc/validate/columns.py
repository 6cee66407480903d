"""Columns seen as kernels need them: Arrow text, float numbers, one mask for what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.validate.rule import Mask

Column: TypeAlias = "pd.Series[Any]"


def is_text(values: Column) -> bool:
    """True when the column holds text (pandas `str` dtype, or objects read by others)."""
    return isinstance(values.dtype, pd.StringDtype) or values.dtype == object


def arrow_text(values: Column) -> pa.Array:
    """The column as one Arrow large_string array, missing as null; numbers as their text."""
    text = values if isinstance(values.dtype, pd.StringDtype) else values.astype("str")
    array = pa.array(text, type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def missing(values: Column) -> Mask:
    """True where nothing is said: NaN, NaT, empty text or blanks."""
    if not is_text(values):
        return np.asarray(values.isna(), dtype=bool)
    # A blank value is short, so only values that begin with a blank need a look.
    array = arrow_text(values)
    blank = pc.equal(pc.utf8_trim_whitespace(array), "")
    return as_mask(pc.fill_null(blank, True))


def as_mask(array: pa.Array) -> Mask:
    """An Arrow boolean array as a numpy mask; null counts as False."""
    filled = pc.fill_null(array, False)
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=bool)


def test_distinct(values: Column, fails: Callable[[pa.Array], Mask]) -> Mask:
    """Rows whose value fails a test that is made once for each distinct text.

    A missing value is not tested and never fails. `fails` gets the distinct values that are
    present, and returns a mask over them.
    """
    return spread(arrow_text(values).dictionary_encode(), fails)


def spread(encoded: pa.DictionaryArray, fails: Callable[[pa.Array], Mask]) -> Mask:
    """The rows of a dictionary array whose dictionary entry fails."""
    if not len(encoded.dictionary):
        return np.zeros(len(encoded), dtype=bool)
    verdict = np.append(fails(encoded.dictionary), False)
    return np.asarray(verdict[codes_of(encoded)], dtype=bool)


def codes_of(encoded: pa.DictionaryArray) -> npt.NDArray[np.int64]:
    """The dictionary position of each row; -1 where the row is missing."""
    indices = pc.fill_null(encoded.indices, -1)
    return np.asarray(indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def show(value: object) -> str | None:
    """A cell as a finding shows it: text as it is, a number without a trailing `.0`, else None."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else format(float(value), ".15g")
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return str(value)
