"""Records of other datasets by subject: whose each is, and which of them each row goes with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Link, Selected
from cdisc.algorithms.columns.uniques import Codes, distinct, text_column


@dataclass(frozen=True, slots=True, eq=False)
class Subjects:
    """Subjects as numbers below `count`, of each row and of each record; -1: nobody's.

    Records are those of all selections, put end to end.
    """

    rows: Codes
    records: Codes
    count: int


def of_subject(subject: pd.Series[Any], parts: Sequence[Selected]) -> Subjects:
    """The subjects of the rows, and those of the records by their column `by`."""
    columns = [text_column(subject), *(text_column(part["by"]) for part in parts)]
    people = distinct(pd.concat(columns, ignore_index=True))
    count = len(subject)
    return Subjects(people.codes[:count], people.codes[count:], len(people.array))


def first_row(codes: Codes, count: int) -> Codes:
    """The first place of each number below `count`; -1 for one without, and for code -1."""
    first = np.full(count + 1, -1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    first[-1] = -1
    return first


def each_with_its_records(owners: Codes, records: Codes) -> tuple[Codes, Codes]:
    """All pairs of an owner and a record of one subject: places in both, sorted by owner.

    Records of one owner are in the order of their places. Nobody (-1) has none.
    """
    known = np.flatnonzero(records >= 0)
    order = known[np.argsort(records[known], kind="stable")]
    sizes = np.bincount(records[known], minlength=int(owners.max(initial=-1)) + 1)
    starts = np.append(np.cumsum(sizes) - sizes, 0)
    count = np.append(sizes, 0)[owners]
    owner = np.repeat(np.arange(len(owners)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return owner, order[starts[owners[owner]] + within]


def links_to(of: Sequence[Selected], record: Codes) -> tuple[Link, ...]:
    """Which record of the selections, put end to end, each row took; -1: none."""
    return links_of_pairs(of, np.arange(len(record)), record)


def links_of_pairs(of: Sequence[Selected], rows: Codes, records: Codes) -> tuple[Link, ...]:
    """Links from rows to records of the selections, put end to end; -1: none."""
    links = []
    start = 0
    for part in of:
        inside = np.flatnonzero((records >= start) & (records < start + len(part)))
        if len(inside):
            links.append(Link(part.name, rows[inside], part.rows[records[inside] - start]))
        start += len(part)
    return tuple(links)
