"""Work on each distinct value once and spread the outcome over the rows.

Clinical columns repeat themselves: three million rows hold a few thousand dates or terms. An
algorithm asks for the distinct texts, works on those, and takes the outcome by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.columns.coded import Coded, as_coded, coded, remember
from cdisc.algorithms.columns.numbers import plain

Codes = npt.NDArray[np.int64]

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)


@dataclass(frozen=True, eq=False)
class Distinct:
    """The distinct texts of a column: `codes` one a row into `array`, -1 where missing.

    Empty and blank texts count as missing. `array` is an Arrow large_string array.
    """

    codes: Codes
    array: pa.Array

    @cached_property
    def texts(self) -> list[str]:
        """The distinct texts, in the order of first appearance."""
        texts: list[str] = self.array.to_pylist()
        return texts

    @property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Where the column has no value."""
        return self.codes < 0

    def text(self, values: Iterable[str | None] | pa.Array) -> pd.Series[Any]:
        """One text for each distinct text, spread over the rows; empty text is missing."""
        return spread_text(self.codes, values)

    def numbers(self, values: Iterable[float] | npt.NDArray[np.float64]) -> pd.Series[Any]:
        """One number for each distinct text, spread over the rows as float64."""
        return pd.Series(spread_array(self.codes, np.asarray(values, dtype=np.float64), np.nan))

    def flags(self, values: Sequence[bool] | npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """One yes/no for each distinct text, spread over the rows; no where missing."""
        return spread_array(self.codes, np.asarray(values, dtype=np.bool_), fill=False)


def distinct(column: pd.Series[Any]) -> Distinct:
    """The distinct texts of a column; numbers are read as their plain text (1.0 is `1`).

    Dates are read as ISO 8601 texts, without a time where it is midnight.
    """
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _distinct_numbers(column)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _distinct_dates(column)
    is_text = isinstance(column.dtype, pd.StringDtype)
    return _distinct_texts(coded(arrow_text(column if is_text else column.astype(TEXT))))


def _distinct_texts(values: Coded) -> Distinct:
    array = values.texts
    blank = values.blank
    if not blank.any():
        return Distinct(values.codes, array)
    renumbered = np.where(blank, -1, np.cumsum(~blank) - 1)
    return Distinct(spread_array(values.codes, renumbered, -1), array.filter(pa.array(~blank)))


def _distinct_numbers(column: pd.Series[Any]) -> Distinct:
    codes, uniques = pd.factorize(column.to_numpy(dtype=np.float64, na_value=np.nan))
    texts = [plain(value) for value in uniques.tolist()]
    return Distinct(codes.astype(np.int64), pa.array(texts, pa.large_string()))


def _distinct_dates(column: pd.Series[Any]) -> Distinct:
    # pandas writes times on all dates or on none, by what else is in the column; a date must
    # read the same in every partition
    codes, uniques = pd.factorize(column.to_numpy(dtype="datetime64[s]"))
    texts = [text.removesuffix("T00:00:00") for text in np.datetime_as_string(uniques, unit="s")]
    return Distinct(codes.astype(np.int64), pa.array(texts, pa.large_string()))


def text_column(column: pd.Series[Any]) -> pd.Series[Any]:
    """The column as text, blanks missing; numbers as plain text, dates in ISO 8601."""
    types = pd.api.types
    if types.is_numeric_dtype(column.dtype) or types.is_datetime64_any_dtype(column.dtype):
        values = distinct(column)
        return values.text(values.array)
    column = column.astype(TEXT).reset_index(drop=True)
    raw = coded(arrow_text(column))
    values = _distinct_texts(raw)
    # blank texts become missing; most columns have none
    return column if values.codes is raw.codes else column.where(~values.missing)


def is_missing(column: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    """Where a column has no value: NaN, empty or blank text."""
    if isinstance(column.dtype, pd.StringDtype):
        return distinct(column).missing
    return column.isna().to_numpy(dtype=np.bool_)


def arrow_text(values: Any) -> pa.Array:
    """Texts (list, pandas or Arrow) as one Arrow large_string array."""
    if isinstance(values, pd.Index | pd.Series):
        values = values.array
    if isinstance(values, pd.api.extensions.ExtensionArray):
        values = pa.array(values, from_pandas=True)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.Array):
        return values.cast(pa.large_string())
    return pa.array(list(values), pa.large_string())


def spread_text(codes: Codes, values: Iterable[str | None] | pa.Array) -> pd.Series[Any]:
    """Texts by code over the rows as a `str` Series; code -1 and empty text are missing."""
    array = arrow_text(values)
    found = as_coded(pc.if_else(pc.equal(array, ""), pa.scalar(None, array.type), array))
    rows = spread_array(codes, found.codes, -1)
    column = pd.Series(
        pd.api.extensions.take(pd.array(found.texts, dtype=TEXT), rows, allow_fill=True)
    )
    # whoever asks for the codes of the column need not find them again
    remember(arrow_text(column), _in_order(rows, found.texts))
    return column


def _in_order(codes: Codes, texts: pa.Array) -> Coded:
    """The codes renumbered, so that texts stand in the order of first appearance, no other."""
    seen = pd.unique(codes)
    seen = seen[seen >= 0]
    if len(seen) == len(texts) and np.array_equal(seen, np.arange(len(seen))):
        return Coded(codes, texts)
    number = np.full(len(texts) + 1, -1, dtype=np.int64)
    number[seen] = np.arange(len(seen))
    return Coded(number[codes], texts.take(pa.array(seen)))


def spread_array(codes: Codes, values: npt.NDArray[Any], fill: Any) -> npt.NDArray[Any]:
    """Array elements by code over the rows; `fill` where the code is -1."""
    # The element appended last is the one that index -1 takes.
    return np.append(values, np.asarray(fill, dtype=values.dtype))[codes]


def pair(codes: Sequence[Codes]) -> tuple[Codes, list[Codes]]:
    """Distinct combinations of codes: a code for each row, and the parts of each combination.

    A missing part (-1) is a value of its own here, so every row gets a combination.
    """
    key = np.zeros(len(codes[0]), dtype=np.int64)
    for part in codes:
        size = int(part.max(initial=-1)) + 2
        if int(key.max(initial=0)) >= np.iinfo(np.int64).max // size:
            key = pd.factorize(key)[0].astype(np.int64)
        key = key * size + part + 1
    combined, firsts = pd.factorize(key)
    position = np.empty(len(firsts), dtype=np.int64)
    position[combined[::-1]] = np.arange(len(key), dtype=np.int64)[::-1]
    return combined.astype(np.int64), [part[position] for part in codes]


def rows_by_code(codes: Codes, count: int) -> list[Codes]:
    """The places of each code below `count`, ascending; those of -1 are left out."""
    # few codes: small integers sort by counting
    small = codes.astype(np.int16 if count < 1 << 15 else np.int64)
    order = np.argsort(small, kind="stable")
    ends = np.cumsum(np.bincount(codes + 1, minlength=count + 1))
    return [order[ends[code] : ends[code + 1]] for code in range(count)]
