"""What a build computes in which stage, worked out once for all partitions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from cdisc.spec import StudySpec
from cdisc.spec.graph import build_order, upstream
from cdisc.spec.needs import Node, edges
from cdisc.spec.relations import Relation
from cdisc.spec.stages import Stages, stages

SUPPLEMENTAL = "SUPP"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The nodes of a study in the order they are computed, and the stage of each dataset.

    `only` are the datasets to finish, all when it is empty. `read_last` are the variables of
    subjects' datasets that the last stage reads, by dataset. `relations` are those whose datasets
    are all finished.
    """

    study: StudySpec
    only: frozenset[str]
    stages: Stages
    order: tuple[Node, ...]
    read_last: Mapping[str, frozenset[str]]
    relations: tuple[Relation, ...] = ()

    @property
    def size(self) -> int:
        """How many nodes are computed when there is one partition."""
        return len(self.order)

    def names(self, stage: str) -> tuple[str, ...]:
        """The datasets of a stage: `first`, `subjects` or `last`."""
        found: tuple[str, ...] = getattr(self.stages, stage)
        return found

    def nodes(self, stage: str) -> tuple[Node, ...]:
        """What a stage computes, in order."""
        names = frozenset(self.names(stage))
        return tuple(node for node in self.order if node.dataset in names)

    def finishes(self, name: str) -> bool:
        """Whether a dataset is wanted, not only needed by one that is."""
        return not self.only or name in self.only

    def keeps(self, stage: str, name: str) -> bool:
        """Whether a later stage may read a dataset."""
        return stage == "first" or name in self.read_last

    def kept(self, stage: str, name: str) -> frozenset[str] | None:
        """The variables of a dataset that later stages may read; None for all of them."""
        return None if stage == "first" else self.read_last[name]

    def in_order(self, present: Collection[str]) -> list[str]:
        """The names of datasets in the study's order, each before its SUPP--, others after."""
        wanted = [
            found
            for name in self.study.datasets
            for found in (name, f"{SUPPLEMENTAL}{name}")
            if found in present
        ]
        return [*wanted, *(name for name in present if name not in wanted)]


def plan_of(study: StudySpec, only: Collection[str] = ()) -> Plan:
    """The plan of a build; `only` limits what is finished, not what that needs.

    Raises SpecError naming a cycle.
    """
    order = build_order(study.datasets)
    if only:
        order = _needed(study, order, only)
    found = stages(study.datasets, study.subject_sources)
    computed = {node.dataset for node in order}
    read = _read_by((name for name in found.last if name in computed), study, found)
    relations = tuple(
        relation
        for relation in study.relations
        if not only or all(side.dataset in only for side in relation.sides)
    )
    return Plan(study, frozenset(only), found, order, read, relations)


def _read_by(names: Iterable[str], study: StudySpec, found: Stages) -> dict[str, frozenset[str]]:
    subjects = frozenset(found.subjects)
    read: dict[str, set[str]] = {}
    for name in names:
        for reads in edges(study.datasets[name], study.datasets).values():
            for node in reads:
                if node.dataset in subjects:
                    columns = read.setdefault(node.dataset, set())
                    if node.kind in ("variable", "supplemental"):
                        columns.add(node.name)
    return {name: frozenset(columns) for name, columns in read.items()}


def _needed(study: StudySpec, nodes: tuple[Node, ...], only: Collection[str]) -> tuple[Node, ...]:
    """The nodes that these datasets need, with the keys of every dataset among them.

    The keys put an upstream dataset's records in order, so that lineage can name them.
    """
    wanted = {node for node in nodes if node.dataset in only}
    touched: set[str] = set()
    while True:
        needed = upstream(iter(wanted), study.datasets)
        if {node.dataset for node in needed} == touched:
            return tuple(node for node in nodes if node in needed)
        touched = {node.dataset for node in needed}
        for name in touched:
            spec = study.datasets[name]
            keys = (key for key in spec.keys if key in spec.variables)
            wanted |= {Node(name, "variable", key) for key in keys}
