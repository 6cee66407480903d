"""Lookups: for each of our rows the row of another table that matches, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.columns.records import groups_of, ranks
from cdisc.algorithms.columns.uniques import (
    TEXT,
    distinct,
    is_missing,
    pair,
    spread_array,
    text_column,
)
from cdisc.model import Severity
from cdisc.spec.model import Lookup

Positions = npt.NDArray[np.int64]
Columns = Sequence["pd.Series[Any]"]


def match_rows(ours: Columns, theirs: Columns) -> tuple[Positions, Positions]:
    """A group number for each of our rows and each of theirs: equal where all columns are.

    A row with a missing match value belongs to no group (-1), so missing never joins missing.
    """
    sides = [_numbered(*columns) for columns in zip(ours, theirs, strict=True)]
    if len(sides) == 1:
        return sides[0]
    count = len(ours[0])
    codes = [np.concatenate(both) for both in sides]
    absent = np.logical_or.reduce([code < 0 for code in codes])
    groups = np.where(absent, -1, pair(codes)[0])
    return groups[:count], groups[count:]


def _numbered(our: pd.Series[Any], their: pd.Series[Any]) -> tuple[Positions, Positions]:
    """Numbers for the values of two columns, equal for equal texts; -1 where missing.

    Each side is coded by itself and remembered; only the few distinct texts are put together.
    """
    ours, theirs = distinct(our), distinct(their)
    both = pd.Series(pd.array(pa.concat_arrays([ours.array, theirs.array]), TEXT))
    first, second = np.split(distinct(both).codes, [len(ours.array)])
    return spread_array(ours.codes, first, -1), spread_array(theirs.codes, second, -1)


def one_of(theirs: Positions, order: Columns, *, take: str) -> tuple[Positions, Positions]:
    """Their row for each group number, and the groups that hold several rows.

    `take` is one, first or last; with `one` a group of several has no row (-1). For first and
    last, only rows that tie in the whole order count as several.
    """
    size = int(theirs.max(initial=-1)) + 1
    chosen = np.full(size, -1, dtype=np.int64)
    rows = np.flatnonzero(theirs >= 0)
    if not len(rows):
        return chosen, np.empty(0, dtype=np.int64)
    groups = theirs[rows]
    if take == "one":
        counts = np.bincount(groups, minlength=size)
        chosen[groups] = rows
        several = np.flatnonzero(counts > 1)
        chosen[several] = -1
        return chosen, several
    keys = [ranks(column.take(rows).reset_index(drop=True)) for column in order]
    sorted_rows = np.lexsort([*keys[::-1], groups])
    # writing in reverse leaves the first of each group, writing forwards the last
    walk = sorted_rows if take == "last" else sorted_rows[::-1]
    chosen[groups[walk]] = rows[walk]
    alike = groups_of([pd.Series(key.astype(np.float64)) for key in (groups, *keys)])
    place = np.empty(len(theirs), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    sizes = np.bincount(alike.of)
    winners = chosen[chosen >= 0]
    tied = sizes[alike.of[place[winners]]] > 1
    return chosen, np.unique(theirs[winners[tied]])


def rows_found(ours: Positions, chosen: Positions) -> Positions:
    """Their row for each of our rows, -1 where there is none."""
    if not len(chosen):
        return np.full(len(ours), -1, dtype=np.int64)
    inside = (ours >= 0) & (ours < len(chosen))
    return np.where(inside, chosen[np.where(inside, ours, 0)], -1)


def match_texts(columns: Columns, rows: Positions) -> pd.Series[Any]:
    """What some rows matched by, as a finding shows it: `30 | 02` for two columns."""
    texts = [text_column(column.take(rows).reset_index(drop=True)) for column in columns]
    shown = texts[0]
    for other in texts[1:]:
        shown = shown + " | " + other
    return shown


def none_found(lookup: Lookup, ours: Columns, found: Positions, several: Positions) -> Issue | None:
    """What there is to say of our rows for which a lookup finds no record, if it is to be said."""
    if lookup.if_none != "finding":
        return None
    absent = (found < 0) & has_value(ours)
    absent[several] = False
    rows = np.flatnonzero(absent)
    if not len(rows):
        return None
    theirs = ", ".join(lookup.match)
    message = f"lookup {lookup.name}: {lookup.origin} has no record with {theirs} {{value}}"
    if lookup.dictionary:
        message = f"{{value}} is not coded in the dictionary {lookup.dictionary}"
    return Issue("lookup.none", message, rows, Severity.ERROR, match_texts(ours, rows))


def has_value(columns: Columns) -> npt.NDArray[np.bool_]:
    """Where every column has a value."""
    absent = np.zeros(len(columns[0]), dtype=np.bool_)
    for column in columns:
        absent |= is_missing(column)
    return ~absent
