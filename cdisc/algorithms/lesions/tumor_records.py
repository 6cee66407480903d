"""What records about lesions have in common: their rows, their texts, their dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Link, Selected
from cdisc.algorithms.columns.uniques import TEXT, spread_text
from cdisc.algorithms.lesions.lesion_tables import MICROMETRES, Tumors
from cdisc.algorithms.lesions.measurements import Measurements

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


def links_of(tumors: Tumors, subject: Ints, rows: Rows, measured: Measurements) -> tuple[Link, ...]:
    """Every record to the start of treatment of its subject, and to what its lesions came from."""
    parent = tumors.assessments.start[subject]
    known = np.flatnonzero(parent >= 0)
    return (
        Link(measured.start.name, known, parent[known]),
        *parent_links(tumors, rows, measured.identified),
    )


def parent_links(tumors: Tumors, rows: Rows, identified: Selected | None) -> tuple[Link, ...]:
    """Every record to what says where its pieces and merged lesions came from."""
    if identified is None or not len(tumors.edges.child):
        return ()
    record, row = rows
    lesion = tumors.readings.lesion[tumors.of_row[row]]
    order = np.argsort(tumors.edges.child, kind="stable")
    children = tumors.edges.child[order]
    low = np.searchsorted(children, lesion, side="left")
    sizes = np.searchsorted(children, lesion, side="right") - low
    inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    parent = identified.rows[tumors.edges.record[order[np.repeat(low, sizes) + inside]]]
    record, parent = together([(np.repeat(record, sizes), parent)])
    return (Link(identified.name, record, parent),) if len(record) else ()


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


def rows_of(tumors: Tumors, record: Ints, reading: Ints) -> Rows:
    """The rows of the readings; parallel: a record and a reading it is made of."""
    rows = np.flatnonzero(tumors.of_row >= 0)
    rows = rows[np.argsort(tumors.of_row[rows], kind="stable")]
    readings = tumors.of_row[rows]
    low = np.searchsorted(readings, reading, side="left")
    sizes = np.searchsorted(readings, reading, side="right") - low
    inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.repeat(record, sizes), rows[np.repeat(low, sizes) + inside]


def expected_readings(
    tumors: Tumors, which: Marks, since: Ints | None = None
) -> tuple[Ints, Ints, Ints]:
    """All pairs of a lesion and an assessment where it is expected, and its reading or -1.

    `since` is another beginning for each lesion, as a number of an assessment of its subject.
    """
    assessments, lesions, readings = tumors.assessments, tumors.lesions, tumors.readings
    chosen = np.flatnonzero(which)
    many = assessments.many[lesions.subject[chosen]]
    since = np.minimum((lesions.since if since is None else since)[chosen], many)
    sizes = np.clip(lesions.until[chosen], since, many) - since
    lesion = np.repeat(chosen, sizes)
    inside = np.arange(len(lesion)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    begin = assessments.first[lesions.subject[chosen]] + since
    assessment = np.repeat(begin, sizes) + inside
    back = which[tumors.back.lesion]
    lesion = np.r_[lesion, tumors.back.lesion[back]]
    assessment = np.r_[assessment, tumors.back.assessment[back]]
    wanted = lesion * assessments.count + assessment
    stays = ~np.isin(wanted, tumors.away.lesion * assessments.count + tumors.away.assessment)
    lesion, assessment, wanted = lesion[stays], assessment[stays], wanted[stays]
    keys = readings.lesion * assessments.count + readings.assessment
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[order], wanted)
    hit = np.append(keys[order], -1)[place] == wanted
    return lesion, assessment, np.where(hit, np.append(order, -1)[place], -1)


def joined(group: Ints, count: int, name: pd.Series[Any], rank: Ints) -> pd.Series[Any]:
    """The names of each group in the order of their ranks, with commas between."""
    order = np.lexsort((rank, group))
    of, names = group[order], name.take(order).to_numpy(dtype=object)
    starts = np.searchsorted(of, np.arange(count), side="left")
    sizes = np.searchsorted(of, np.arange(count), side="right") - starts
    texts = np.full(count, "", dtype=object)
    for place in range(int(sizes.max(initial=0))):
        more = np.flatnonzero(sizes > place)
        texts[more] += ("," if place else "") + names[starts[more] + place]
    return pd.Series(texts, dtype=TEXT).replace("", np.nan).astype(TEXT)
