"""The few records of a dataset that decide all its metadata.

Data types, lengths, significant digits, value levels, codelist terms and what is empty follow
from extreme and from distinct values. The records that hold one of each are its witnesses: to
describe them is to describe the dataset. Witnesses of parts, put together, are witnesses of the
whole, so that a study built in parts is described as if it had been built at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.columns.coded import coded
from cdisc.algorithms.columns.uniques import arrow_text
from cdisc.define.codelists import decoded_by
from cdisc.define.conditions import selected
from cdisc.define.iso8601 import date_fits, is_date_name, is_duration_name
from cdisc.define.measure import decimals_of
from cdisc.define.values import describing
from cdisc.model import Dataset, Variable

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int64]

DOMAINS = ("DOMAIN", "RDOMAIN")
_INTEGER = r"^-?(?:0|[1-9][0-9]*)$"
_DECIMAL = r"^-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)$"
_DOUBLE_DIGITS = 15


@dataclass(frozen=True, slots=True)
class DueLevels:
    """Value levels to be derived, as `value_levels` takes them.

    `coded` are the values of the last `by` that have a codelist of their own.
    """

    by: Sequence[str]
    of: Sequence[str]
    coded: Collection[str] = ()


def witnesses(dataset: Dataset, levels: Sequence[DueLevels] = ()) -> Rows:
    """Positions of the records that decide what the dataset's metadata are, ascending.

    Args:
        dataset: with the value levels that its spec declares.
        levels: the value levels still to be derived.

    A later look at other things than types, lengths, digits, levels, terms of codelists, decodes
    and emptiness needs its own witnesses here.
    """
    frame = dataset.frame
    if frame.empty:
        return np.empty(0, dtype=np.int64)
    columns = _Columns(frame)
    found = [columns.one_each([name]) for name in DOMAINS if name in frame.columns]
    declared: dict[str, npt.NDArray[np.bool_]] = {}
    for variable in dataset.variables:
        found.append(_of_values(columns, variable, None, free=bool(variable.values)))
        seen = [variable.name, *decoded_by(dataset, variable)]
        if variable.codelist:
            found.append(columns.one_each(seen))
        for level in variable.values:
            inside = selected(frame, level.where, dataset.name).to_numpy()
            declared[variable.name] = declared.get(variable.name, False) | inside
            rows = np.flatnonzero(inside)
            found.append(_of_values(columns, variable, rows, free=True))
            if level.codelist:
                found.append(columns.one_each(seen, rows))
    for due in levels:
        for name in due.of:
            # records of a declared level are no part of a derived one
            groups = columns.codes(due.by) * 2 + declared.get(name, 0)
            found += _of_levels(columns, dataset, dataset.variable(name), due, groups)
    return np.unique(np.concatenate(found))


def _of_levels(
    columns: _Columns, dataset: Dataset, variable: Variable, due: DueLevels, groups: Codes
) -> list[Rows]:
    """Witnesses of the levels that a variable gets, one for each of the groups by `by`."""
    filled = np.flatnonzero(columns.filled(variable.name))
    seen = describing(dataset, due.by)
    found = [columns.one_each(seen, filled, groups)]
    found.append(_of_values(columns, variable, filled, free=True, groups=groups))
    if variable.codelist or due.coded:
        terms = [variable.name, *decoded_by(dataset, variable)]
        if not variable.codelist:
            coded = columns.frame[due.by[-1]].isin(list(due.coded)).to_numpy(dtype=np.bool_)
            filled = filled[coded[filled]]
        found.append(columns.one_each(terms, filled, groups))
    return found


def _of_values(
    columns: _Columns,
    variable: Variable,
    rows: Rows | None,
    *,
    free: bool,
    groups: Codes | None = None,
) -> Rows:
    """Witnesses of type, length and digits of a variable, on some rows, in each of the groups.

    `free` says that the text of a Char variable may be told to be a number or a date.
    """
    values = columns.distinct(variable.name)
    filled = columns.filled(variable.name)
    rows = np.flatnonzero(filled) if rows is None else rows[filled[rows]]
    if not len(rows):
        return rows
    codes = values.codes[rows]
    group = np.zeros(len(rows), dtype=np.int64) if groups is None else groups[rows]
    # one row for each value of a group: all rows of a value witness the same
    _, first = np.unique(group * (int(codes.max()) + 1) + codes, return_index=True)
    rows, codes, group = rows[first], codes[first], group[first]
    date = is_date_name(variable.name)
    number = free and not date
    found = [rows[_highest(group, measure[codes])] for measure in values.measures(number=number)]
    if free or date or is_duration_name(variable.name):
        kinds = values.kinds(number=number)[codes]
        _, first = np.unique(group * (int(kinds.max()) + 1) + kinds, return_index=True)
        found.append(rows[first])
    return np.concatenate(found)


def _highest(group: Codes, measure: npt.NDArray[Any]) -> Rows:
    """The position of the highest measure in each group."""
    order = np.lexsort((measure, group))
    last = np.flatnonzero(np.append(group[order][1:] != group[order][:-1], True))
    return order[last].astype(np.int64)


@dataclass(eq=False)
class _Values:
    """The distinct values of a column: a code a row, -1 where missing; `empty` the empty text's."""

    codes: Codes
    texts: pa.Array | None
    numbers: npt.NDArray[np.float64] | None
    empty: int = -1

    def measures(self, *, number: bool) -> list[npt.NDArray[Any]]:
        """What the highest of matters: bytes of texts, size and decimals of numbers."""
        if self.numbers is not None:
            size = np.abs(self.numbers)
            whole = self.numbers == np.rint(self.numbers)
            return [size, decimals_of(self.numbers), ~whole]
        if self.texts is None:
            return [np.zeros(int(self.codes.max(initial=0)) + 1)]
        length = pc.binary_length(self.texts).to_numpy(zero_copy_only=False)
        if not number:
            return [length]
        is_number = _flags(pc.match_substring_regex(self.texts, _DECIMAL))
        digits = pc.utf8_ltrim(self.texts, characters="-")
        point = pc.find_substring(digits, ".").to_numpy(zero_copy_only=False)
        size = pc.utf8_length(digits).to_numpy(zero_copy_only=False)
        before = np.where(point < 0, size, point)
        after = np.where(point < 0, 0, size - point - 1)
        return [length, np.where(is_number, before, -1), np.where(is_number, after, -1)]

    def kinds(self, *, number: bool) -> Codes:
        """A number for each value: alike where values are alike to whoever tells the type."""
        if self.texts is None:
            return np.zeros(int(self.codes.max(initial=0)) + 1, dtype=np.int64)
        shapes = pc.dictionary_encode(pc.replace_substring_regex(self.texts, "[0-9]", "9"))
        fits = [date_fits(shape) for shape in shapes.dictionary.to_pylist()]
        numbers = {fit: number for number, fit in enumerate(dict.fromkeys(fits))}
        of_shape = np.array([numbers[fit] for fit in fits], dtype=np.int64)
        kinds: Codes = of_shape[shapes.indices.to_numpy(zero_copy_only=False)]
        if not number:
            return kinds
        short = pc.less_equal(pc.count_substring_regex(self.texts, "[0-9]"), _DOUBLE_DIGITS)
        for pattern in (_INTEGER, _DECIMAL):
            matches = pc.and_(pc.match_substring_regex(self.texts, pattern), short)
            kinds = kinds * 2 + _flags(matches)
        return kinds


@dataclass(eq=False)
class _Columns:
    """The columns of a frame as codes, each worked out once."""

    frame: pd.DataFrame

    def __post_init__(self) -> None:
        self._distinct: dict[str, _Values] = {}

    def distinct(self, name: str) -> _Values:
        """The values of a column."""
        if name not in self._distinct:
            self._distinct[name] = _distinct(self.frame[name])
        return self._distinct[name]

    def filled(self, name: str) -> npt.NDArray[np.bool_]:
        """Where a column has a value."""
        values = self.distinct(name)
        there: npt.NDArray[np.bool_] = (values.codes >= 0) & (values.codes != values.empty)
        return there

    def codes(self, names: Sequence[str], groups: Codes | None = None) -> Codes:
        """A number for each row, equal where all these columns are, and the groups."""
        codes = np.zeros(len(self.frame), dtype=np.int64) if groups is None else groups
        for name in names:
            part = self.distinct(name).codes
            codes = codes * (int(part.max(initial=-1)) + 2) + part + 1
            codes = pd.factorize(codes)[0].astype(np.int64)
        return codes

    def one_each(
        self, names: Sequence[str], rows: Rows | None = None, groups: Codes | None = None
    ) -> Rows:
        """A record for each combination of values in a group, of all records or of some."""
        codes = self.codes(names, groups)
        if rows is None:
            return np.unique(codes, return_index=True)[1].astype(np.int64)
        return rows[np.unique(codes[rows], return_index=True)[1]]


def _distinct(column: pd.Series[Any]) -> _Values:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _Values(np.where(column.isna(), -1, 0).astype(np.int64), None, None)
    if pd.api.types.is_numeric_dtype(column.dtype):
        codes, uniques = pd.factorize(column)
        return _Values(codes.astype(np.int64), None, np.asarray(uniques, dtype=np.float64))
    found = coded(arrow_text(column))
    return _Values(found.codes, found.texts, None, int(pc.index(found.texts, "").as_py()))


def _flags(array: Any) -> npt.NDArray[np.bool_]:
    flags: npt.NDArray[np.bool_] = np.asarray(pc.fill_null(array, False), dtype=np.bool_)
    return flags
