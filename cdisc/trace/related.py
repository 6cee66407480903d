"""Records that rest on others without being made of them: those that a relation ties together.

A response is the reader's judgement of measurements; the relation of the two (RELREC) leads from it
to the lesions. Of the sides of a relation a later one rests on those before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cdisc.algorithms.columns.uniques import text_column
from cdisc.spec import StudySpec
from cdisc.spec.relations import Relation, Side
from cdisc.trace.package import Package

DATASETS = "dataset"
RESULTS = ("STRESC", "STRESU", "STAT")


@dataclass(frozen=True, slots=True)
class Related:
    """The records of one dataset that a record rests on, by a relation."""

    relation: str
    dataset: str
    rows: tuple[int, ...]

    @property
    def says(self) -> str:
        """How the records stand to the one above them."""
        return f"rests on ({self.relation})"


def rests_on(
    study: StudySpec, package: Package, dataset: str, row: int, met: Collection[str]
) -> Iterator[Related]:
    """What a record rests on; `met` are datasets that lineage leads to already."""
    texts = package.texts(dataset, row)
    subject = texts.get("USUBJID", "")
    for relation, ours, theirs in _pairs(study, dataset):
        value = texts.get(ours.by, "")
        if not value or not subject or theirs.dataset in {*met, dataset}:
            continue
        if theirs.dataset in package.files:
            rows = _rows(package, theirs, subject, value)
            if rows:
                yield Related(relation.name, theirs.dataset, rows)


def result_columns(study: StudySpec, dataset: str) -> frozenset[str]:
    """What a related record is shown with: its result as standardized, or that there is none."""
    known = study.datasets[dataset].variables
    return frozenset(name for end in RESULTS if (name := f"{dataset}{end}") in known)


def _pairs(study: StudySpec, dataset: str) -> Iterator[tuple[Relation, Side, Side]]:
    """Each side of `dataset` with every side before it, in relations of whole datasets."""
    for relation in study.relations:
        if relation.level == DATASETS:
            for place, ours in enumerate(relation.sides):
                if ours.dataset == dataset:
                    for theirs in relation.sides[:place]:
                        yield relation, ours, theirs


def _rows(package: Package, side: Side, subject: str, value: str) -> tuple[int, ...]:
    mine = package.rows_with(side.dataset, "USUBJID", subject)
    values = text_column(package.table(side.dataset).frame(mine, [side.by])[side.by])
    return tuple(mine[values.fillna("").to_numpy() == value].tolist())
