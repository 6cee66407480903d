"""Which records of persons are related (SDTMIG 3.4, section 8.3).

Done for the datasets of one partition of persons; what relates whole datasets is `relrec.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.uniques import TEXT, distinct, is_missing, pair, text_column
from cdisc.build.engine import Engine
from cdisc.build.row_issues import ValueIssue
from cdisc.build.rowset import taken
from cdisc.model import Edges, Severity
from cdisc.spec.relations import Relation, Side

Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Present = frozenset[tuple[str, str]]

COLUMNS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELTYPE", "RELID")


@dataclass(frozen=True, slots=True, eq=False)
class RelatedRecords:
    """The records of RELREC that name records, sorted by subject, relation, link and dataset.

    `frame` has the columns of RELREC as text. Row for row `dataset` is an index into `names` and
    `row` the 0-based position of the related record in that dataset. `present` are the
    (relation, dataset) pairs that have any value to relate by, for `relrec.related_datasets`.
    """

    frame: pd.DataFrame
    names: tuple[str, ...]
    dataset: Positions
    row: Positions
    present: Present

    def edges(self, engine: Engine) -> Edges:
        """The lineage of the rows: each leads to the record it names."""
        numbers = np.array([engine.parent(name) for name in self.names], dtype=np.int16)
        roles = np.zeros(len(self.row), dtype=np.int16)
        child = np.arange(len(self.row), dtype=np.int64)
        return Edges(engine.parent_names, ("rows",), child, numbers[self.dataset], self.row, roles)


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """What the sides of one relation hold, one after the other: records that have a value.

    `row` is the engine's row of its dataset, `place` the position in submission order; `link`
    numbers equal values of one person, `subject` ranks persons.
    """

    side: Positions
    row: Positions
    place: Positions
    value: pd.Series[Any]
    usubjid: pd.Series[Any]
    subject: Positions
    link: Positions


def related_records(
    engine: Engine, relations: Sequence[Relation], orders: Mapping[str, Positions]
) -> RelatedRecords:
    """The related records of the datasets that an engine has computed.

    1. Records with equal values within a person, on two sides or more, are one link.
    2. Of a relation of records each record of a link gets a row: --SEQ as IDVAR, and as RELID
       the relation's name and the number of the link in the person, in the order of the records.
    3. A value that no other side has is a finding where the relation says so; so are two records
       of a person with one value on a side of type ONE. Both are left with the engine.

    Records without a value, or without a person, are related to nothing. `orders` gives the rows
    of each dataset in submission order.
    """
    names = tuple(dict.fromkeys(side.dataset for r in relations for side in r.sides))
    parts: list[pd.DataFrame] = []
    present: set[tuple[str, str]] = set()
    for number, relation in enumerate(relations):
        found = _values(engine, relation, orders)
        seen = _seen(found, len(relation.sides))
        present |= {
            (relation.name, side.dataset)
            for index, side in enumerate(relation.sides)
            if seen[:, index].any()
        }
        linked = seen.sum(axis=1) > 1
        _note_orphans(engine, relation, found, linked)
        if relation.level == "dataset":
            _note_several(engine, relation, found)
        else:
            parts.append(_rows(engine, relation, number, found, linked, names))
    return _sorted(engine, parts, names, frozenset(present))


# ---- what is equal -----------------------------------------------------------------------


def _values(engine: Engine, relation: Relation, orders: Mapping[str, Positions]) -> _Values:
    sides, rows, places = [], [], []
    values, subjects = [], []
    for index, side in enumerate(relation.sides):
        own = engine.values[side.dataset]
        order = orders[side.dataset]
        value = text_column(taken(own[side.by], order))
        subject = text_column(taken(own["USUBJID"], order))
        place = np.flatnonzero(~(is_missing(value) | is_missing(subject)))
        sides.append(np.full(len(place), index, dtype=np.int64))
        rows.append(order[place])
        places.append(place)
        values.append(taken(value, place))
        subjects.append(taken(subject, place))
    value = pd.concat(values, ignore_index=True)
    usubjid = pd.concat(subjects, ignore_index=True)
    link, _ = pair([distinct(usubjid).codes, distinct(value).codes])
    return _Values(
        np.concatenate(sides),
        np.concatenate(rows),
        np.concatenate(places),
        value,
        usubjid,
        ranks(usubjid),
        link,
    )


def _seen(found: _Values, sides: int) -> Flags:
    """For each link, the sides that have its value."""
    seen = np.zeros((int(found.link.max(initial=-1)) + 1, sides), dtype=np.bool_)
    seen[found.link, found.side] = True
    return seen


# ---- findings ----------------------------------------------------------------------------


def _note_orphans(engine: Engine, relation: Relation, found: _Values, linked: Flags) -> None:
    for index, side in enumerate(relation.sides):
        if side.if_none == "finding":
            alone = np.flatnonzero((found.side == index) & ~linked[found.link])
            others = " or ".join(
                f"{other.dataset}.{other.by.lstrip('_')}"
                for other in relation.sides
                if other is not side
            )
            message = f"relation {relation.name}: no record of the person has {{value}} as {others}"
            _note(engine, side, found, alone, "relation.none", message)


def _note_several(engine: Engine, relation: Relation, found: _Values) -> None:
    for index, side in enumerate(relation.sides):
        if side.type == "ONE":
            mine = np.flatnonzero(found.side == index)
            counts = np.bincount(found.link[mine], minlength=int(found.link.max(initial=-1)) + 1)
            message = (
                f"relation {relation.name}: {side.dataset} is of type ONE but has several records "
                "of the person with {value}"
            )
            several = mine[counts[found.link[mine]] > 1]
            _note(engine, side, found, several, "relation.several", message)


def _note(
    engine: Engine, side: Side, found: _Values, at: Positions, rule: str, message: str
) -> None:
    if len(at):
        values = taken(found.value, at)
        issue = Issue(rule, message, found.row[at], Severity.ERROR, values)
        engine.value_issues.append(ValueIssue(issue, side.dataset, side.by, side.at))


# ---- records -----------------------------------------------------------------------------


def _rows(
    engine: Engine,
    relation: Relation,
    number: int,
    found: _Values,
    linked: Flags,
    names: tuple[str, ...],
) -> pd.DataFrame:
    """The rows of a relation of records, with what sorts them; in the order of their links."""
    kept = np.flatnonzero(linked[found.link])
    order = kept[np.lexsort((found.place[kept], found.side[kept], found.subject[kept]))]
    frame = pd.DataFrame({"USUBJID": taken(found.usubjid, order)})
    frame["link"] = _numbers_within(found.subject[order], found.link[order])
    frame["subject"], frame["relation"], frame["side"] = (
        found.subject[order],
        number,
        found.side[order],
    )
    frame["row"] = found.place[order]
    frame["RDOMAIN"] = frame["IDVAR"] = frame["IDVARVAL"] = pd.Series(
        None, index=frame.index, dtype=TEXT
    )
    frame["dataset"] = 0
    for index, side in enumerate(relation.sides):
        mine = np.flatnonzero(found.side[order] == index)
        sequence = text_column(engine.values[side.dataset][f"{side.dataset}SEQ"])
        frame.loc[mine, "RDOMAIN"] = side.dataset
        frame.loc[mine, "IDVAR"] = f"{side.dataset}SEQ"
        frame.loc[mine, "IDVARVAL"] = taken(sequence, found.row[order[mine]]).array
        frame.loc[mine, "dataset"] = names.index(side.dataset)
    frame["RELID"] = f"{relation.name}-" + frame["link"].astype(str)
    return frame


def _numbers_within(subject: Positions, link: Positions) -> Positions:
    """Numbers links from 1 within each subject by their first row; subjects stand together."""
    _, first, inverse = np.unique(link, return_index=True, return_inverse=True)
    by_first = np.argsort(first, kind="stable")
    rank = np.empty(len(first), dtype=np.int64)
    rank[by_first] = np.arange(len(first))
    place = rank[inverse]  # the number of the link among all, in the order of the rows
    start = np.flatnonzero(np.r_[True, subject[1:] != subject[:-1]]) if len(subject) else link
    size = np.diff(np.r_[start, len(subject)])
    return place - np.repeat(place[start], size) + 1


def _sorted(
    engine: Engine, parts: Sequence[pd.DataFrame], names: tuple[str, ...], present: Present
) -> RelatedRecords:
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["USUBJID"])
    empty = np.empty(0, dtype=np.int64)
    if not len(frame):
        return RelatedRecords(
            pd.DataFrame(columns=list(COLUMNS)).astype(TEXT), names, empty, empty, present
        )
    sorting = [frame[name].to_numpy() for name in ("row", "side", "link", "relation")]
    order = np.lexsort((*sorting, ranks(frame["USUBJID"].astype(TEXT))))
    frame = frame.take(order).reset_index(drop=True)
    frame["STUDYID"], frame["RELTYPE"] = engine.study.info.study_id, None
    return RelatedRecords(
        frame[list(COLUMNS)].astype(TEXT),
        names,
        frame["dataset"].to_numpy(dtype=np.int64),
        frame["row"].to_numpy(dtype=np.int64),
        present,
    )
