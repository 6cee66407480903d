"""What records about lesions have in common: their rows, their texts, their dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.lesion_tables import MICROMETRES, Tumors
from cdisc.algorithms.uniques import TEXT, spread_text

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Rows = tuple[Ints, Ints]
"""Parallel: a record made and a row it was made of."""


def rows_behind(tumors: Tumors, record: Ints, assessment: Ints, which: Marks) -> Rows:
    """The rows of the readings `which` at the assessment of each record; none at -1."""
    rows = np.flatnonzero(tumors.of_row >= 0)
    rows = rows[which[tumors.of_row[rows]]]
    at = tumors.readings.assessment[tumors.of_row[rows]]
    order = np.argsort(at, kind="stable")
    rows, at = rows[order], at[order]
    low = np.searchsorted(at, assessment, side="left")
    sizes = np.searchsorted(at, assessment, side="right") - low
    sizes[assessment < 0] = 0
    inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.repeat(record, sizes), rows[np.repeat(low, sizes) + inside]


def together(parts: Sequence[Rows]) -> Rows:
    """All of them, each pair once, by record and row."""
    record = np.concatenate([part[0] for part in parts])
    row = np.concatenate([part[1] for part in parts])
    order = np.lexsort((row, record))
    record, row = record[order], row[order]
    first = np.ones(len(record), dtype=np.bool_)
    first[1:] = (record[1:] != record[:-1]) | (row[1:] != row[:-1])
    return record[first], row[first]


def day_text(days: Ints, known: Marks | None = None) -> pd.Series[Any]:
    """Days since 1970-01-01 as ISO 8601 texts; missing where not known."""
    unique, codes = np.unique(days, return_inverse=True)
    usable = np.abs(unique) < 10_000_000
    texts = np.datetime_as_string(np.where(usable, unique, 0).astype("datetime64[D]"))
    shown = codes if known is None else np.where(known, codes, -1)
    return spread_text(shown.astype(np.int64), texts.tolist())


def millimetres(values: Ints, known: Marks | None = None) -> pd.Series[Any]:
    """Micrometres as millimetres; missing where not known."""
    numbers = values / MICROMETRES
    return pd.Series(numbers if known is None else np.where(known, numbers, np.nan))


def yes(where: Marks, no: str = "") -> pd.Series[Any]:
    """Y where it holds, otherwise `no` (nothing unless it is given)."""
    return spread_text(np.where(where, 0, 1).astype(np.int64), ["Y", no])


def taken_text(column: pd.Series[Any], rows: Ints) -> pd.Series[Any]:
    """The texts of those rows."""
    return column.take(rows).reset_index(drop=True).astype(TEXT)
