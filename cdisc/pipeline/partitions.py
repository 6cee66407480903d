"""Persons in partitions, so that a large study is built a few persons at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.build import Inputs, Plan
from cdisc.build.persons import rows_of
from cdisc.spec.stages import by_subject, whole_only

Positions = npt.NDArray[np.int64]

ROWS = 400_000
"""Raw records of a partition: memory enough for them is small, the cost of a partition too."""

IDENTIFIERS = ("STUDYID", "DOMAIN")


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """The records of some persons: `rows` are their positions in the whole, by source.

    `persons` is how many persons there are. Of a study in one partition `rows` is empty and the
    inputs are the whole.
    """

    inputs: Inputs
    persons: int
    rows: Mapping[str, Positions]


@dataclass(frozen=True, slots=True, eq=False)
class Partitions:
    """The partitions of a study's persons, in the order of their ids; made one at a time."""

    whole: Inputs
    count: int
    persons: int
    _persons_in: npt.NDArray[np.int64]
    _order: Mapping[str, Positions]
    _starts: Mapping[str, Positions]

    def __iter__(self) -> Iterator[Partition]:
        if self.count == 1:
            yield Partition(self.whole, self.persons, {})
            return
        for number in range(self.count):
            rows = {
                name: order[self._starts[name][number] : self._starts[name][number + 1]]
                for name, order in self._order.items()
            }
            yield Partition(_taken(self.whole, rows), int(self._persons_in[number]), rows)


def partitions(plan: Plan, inputs: Inputs, rows: int = ROWS) -> Partitions:
    """The persons of a study in partitions of about `rows` raw records.

    1. Persons are put in the order of their ids, records without one first.
    2. A partition takes persons until it has its share of the raw records of all.
    3. A study that cannot be divided stays in one: a dataset of subjects starts from what names
       no subject, or its keys put something before the subject.

    Records of a person keep the order of their source.
    """
    study = plan.study
    named = {n: study.sources[n].subject for n in inputs.tables if n in study.subject_sources}
    ids = {name: inputs.tables[name].frame[column] for name, column in named.items()}
    person, of_row = _persons(ids)
    sizes = np.zeros(len(person), dtype=np.int64)
    for codes in of_row.values():
        sizes += np.bincount(codes, minlength=len(person))
    total = int(sizes.sum())
    count = -(-total // rows) if _divisible(plan) else 1
    if count <= 1:
        none = np.empty(0, dtype=np.int64)
        return Partitions(inputs, 1, len(person), none, {}, {})
    before = np.cumsum(sizes) - sizes
    _, number = np.unique(before * count // total, return_inverse=True)
    order: dict[str, Positions] = {}
    starts: dict[str, Positions] = {}
    count = int(number.max()) + 1
    for name, codes in of_row.items():
        mine = number[codes]
        order[name] = np.argsort(mine, kind="stable")
        starts[name] = np.searchsorted(mine[order[name]], np.arange(count + 1))
    return Partitions(inputs, count, len(person), np.bincount(number), order, starts)


def _persons(ids: Mapping[str, pd.Series[str]]) -> tuple[list[str], dict[str, Positions]]:
    """All ids in order, and for each source the place of the id of each record among them."""
    found = {name: pd.factorize(column.fillna("")) for name, column in ids.items()}
    person = sorted({str(text) for _, texts in found.values() for text in texts})
    place = {text: number for number, text in enumerate(person)}
    of_row = {}
    for name, (codes, texts) in found.items():
        places = np.array([place[str(text)] for text in texts], dtype=np.int64)
        of_row[name] = places[codes] if len(places) else codes.astype(np.int64)
    return person, of_row


def _divisible(plan: Plan) -> bool:
    """Whether the datasets of subjects are those of their partitions put one after another."""
    study = plan.study
    if any(True for _ in whole_only(study.datasets, study.subject_sources)):
        return False
    for spec in study.datasets.values():
        first = next((key for key in spec.keys if key not in IDENTIFIERS), "")
        if by_subject(spec) and spec.order == "keys" and first != "USUBJID":
            return False
    return True


def _taken(whole: Inputs, rows: Mapping[str, Positions]) -> Inputs:
    return Inputs({name: rows_of(t, rows[name]) if name in rows else t for name, t in whole.tables.items()})
