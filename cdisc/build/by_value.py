"""Records that something is said about, by the value it is said of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.uniques import distinct
from cdisc.model.finding import MAX_VALUES

Positions = npt.NDArray[np.int64]


class OfValue(NamedTuple):
    """Some records of one value, None where it is missing; or of all values left over."""

    value: str | None
    rows: Positions
    others: bool = False


def by_value(values: pd.Series[Any], rows: Positions) -> Iterator[OfValue]:
    """The records of each distinct value, in their order; a missing value is one of its own.

    Of more than 1,000 values the first 1,000 as text come by themselves and the rest together: a
    column that is wrong throughout has one cause, and millions of findings would fill the memory.

    Args:
        values: The value of each record; numbers are read as their plain text.
        rows: The positions of the records, in the same order.
    """
    found = distinct(values.reset_index(drop=True))
    order = np.argsort(found.codes, kind="stable")
    bounds = np.searchsorted(found.codes[order], np.arange(-1, len(found.array) + 1))
    if bounds[1]:
        yield OfValue(None, rows[order[: bounds[1]]])
    numbers = range(len(found.array))
    told = list(numbers)
    if len(told) > MAX_VALUES:
        told = sorted(numbers, key=found.texts.__getitem__)
    for number in told[:MAX_VALUES]:
        yield OfValue(found.texts[number], rows[order[bounds[number + 1] : bounds[number + 2]]])
    if len(told) > MAX_VALUES:
        rest = np.isin(found.codes, told[MAX_VALUES:])
        yield OfValue(None, rows[rest], others=True)
