"""Issues about values, and about rows on their way to a dataset, each record told of once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.columns.uniques import text_column
from cdisc.build.rowset import Positions, RowSet
from cdisc.errors import Location


@dataclass(frozen=True, slots=True, eq=False)
class RowIssue:
    """An issue about rows at some step, with the rows as they were at that step."""

    issue: Issue
    rows: RowSet
    at: Location


@dataclass(frozen=True, slots=True, eq=False)
class ValueIssue:
    """An issue about the values of a variable or a lookup of a dataset."""

    issue: Issue
    dataset: str
    variable: str
    at: Location


def untold(issue: Issue, rows: RowSet, earlier: Iterable[RowIssue]) -> Issue | None:
    """The issue about those records that no earlier one says the same of; None without any.

    Parameters of a dataset that are made of the same records find the same wrong with them.
    Which one tells of a record does not depend on what other records there are.
    """
    same = [told for told in earlier if _says(told.issue) == _says(issue)]
    if not same:
        return issue
    mine = _records(issue, rows)
    new = np.ones(len(issue.rows), dtype=np.bool_)
    for told in same:
        new &= ~mine.isin(_records(told.issue, told.rows))
    if not new.any():
        return None
    values = None if issue.values is None else issue.values[new].reset_index(drop=True)
    return replace(issue, rows=issue.rows[new], values=values)


def _says(issue: Issue) -> tuple[Any, ...]:
    return issue.rule, issue.message, issue.severity, issue.hint, issue.values is None


def _records(issue: Issue, rows: RowSet) -> pd.MultiIndex:
    """The record each position of an issue is about: raw place, parents, and the value told."""
    at: Positions = issue.rows
    parts: list[Any] = [rows.raw_table[at], rows.raw_row[at], _parents(rows, at)]
    if issue.values is not None:
        parts.append(text_column(issue.values).fillna("").to_numpy(dtype=object))
    return pd.MultiIndex.from_arrays(parts)


def _parents(rows: RowSet, at: Positions) -> npt.NDArray[np.uint64]:
    """A number for all parents of each row together, whatever their order."""
    edges = rows.parents.take(at, rows.count)
    place = edges.table.astype(np.int64) << 32 | edges.row.astype(np.int64)
    total = np.zeros(len(at), dtype=np.uint64)
    np.add.at(total, edges.child, pd.util.hash_array(place))
    return total
