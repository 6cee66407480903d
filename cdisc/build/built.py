"""One build: every dataset of a study, or some of them, from its inputs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.build.engine import Engine
from cdisc.build.findings import findings_of, places_of
from cdisc.build.finish import finished, record_order
from cdisc.build.inputs import Inputs
from cdisc.build.lineage import edges_to, lineage_of
from cdisc.build.relations import (
    edges_of,
    related_datasets,
    related_records,
    relations_between,
    relrec,
)
from cdisc.build.supplemental import supplemental
from cdisc.model import Dataset, Edges, Finding, Occurrence, merge_findings
from cdisc.spec import StudySpec
from cdisc.spec.check_relations import RELREC
from cdisc.spec.graph import build_order, upstream
from cdisc.spec.needs import Node

Positions = npt.NDArray[np.int64]
Progress = Callable[[Node, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """What a build gives: datasets by name in the study's order, findings, lineage.

    `locate` gives the occurrence (raw file and row, subject, keys) of records of a dataset, by
    0-based position in its frame.
    """

    datasets: Mapping[str, Dataset]
    findings: list[Finding]
    lineage: Mapping[str, Edges]
    locate: Callable[[str, Positions], list[Occurrence]]


def build(
    study: StudySpec,
    inputs: Inputs,
    *,
    only: Collection[str] = (),
    progress: Progress | None = None,
) -> Built:
    """Build the datasets of a study; `only` limits what is finished, not what that needs.

    Raises SpecError where a spec asks for what the data do not have.
    """
    engine = Engine(study, inputs)
    nodes = build_order(study.datasets)
    if only:
        nodes = _needed(study, nodes, only)

    def report(node: Node) -> None:
        if progress is not None:
            progress(node, len(nodes))

    engine.compute(nodes, report)
    datasets: dict[str, Dataset] = {}
    orders = {name: record_order(engine, study.datasets[name]) for name in engine.rows}
    parents: dict[str, tuple[str, Positions]] = {}
    for name, spec in study.datasets.items():
        if only and name not in only:
            continue
        datasets[name] = finished(engine, spec, orders[name])
        if spec.supplemental:
            supp, parent_rows = supplemental(engine, spec, orders[name])
            datasets[supp.name] = supp
            parents[supp.name] = (name, parent_rows)

    relations = relations_between(study, datasets)
    related = related_records(engine, relations, orders)
    whole = related_datasets(study, relations, related.present)
    if relations:
        rows = pd.concat([whole, related.frame], ignore_index=True)
        datasets[RELREC] = relrec(study, rows)

    def locate(dataset: str, rows: Positions) -> list[Occurrence]:
        if dataset == RELREC and relations:
            return [
                located(related.names[related.dataset[row]], related.row[row : row + 1])[0]
                if row >= 0
                else Occurrence(relations[0].at.file)
                for row in rows - len(whole)
            ]
        return located(dataset, rows)

    def located(dataset: str, rows: Positions) -> list[Occurrence]:
        if dataset in parents:
            parent, parent_rows = parents[dataset]
            dataset, rows = parent, parent_rows[rows]
        return places_of(engine, dataset)(orders[dataset][rows])

    places = {name: _inverse(order) for name, order in orders.items()}
    lineage = lineage_of(engine, places)
    for name, (parent, parent_rows) in parents.items():
        lineage[name] = edges_to(engine, parent, parent_rows)
    if relations:
        lineage[RELREC] = edges_of(engine, related, len(whole))
    return Built(datasets, merge_findings(findings_of(engine)), lineage, locate)


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


def _inverse(order: Positions) -> Positions:
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place
