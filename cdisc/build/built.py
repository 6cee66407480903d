"""One build: every dataset of a study, or some of them, from its inputs.

A study is built in stages (`cdisc.spec.stages`): datasets of the study that read no subject, then
those of subjects, for all at once or partition by partition, then those that read subjects. Each
stage sees what the ones before it left, in submission order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from cdisc.build.engine import Engine, Given
from cdisc.build.findings import file_names, findings_of, first_places, places_of
from cdisc.build.finish import finished, record_order
from cdisc.build.inputs import Inputs
from cdisc.build.lineage import edges_to, lineage_of
from cdisc.build.plan import Plan, plan_of
from cdisc.build.relations import Present, RelatedRecords, related_records
from cdisc.build.relrec import RelatedDatasets, related_datasets, relrec
from cdisc.build.rowset import Parents, RowSet, joined, stacked, taken
from cdisc.build.selections import Selections
from cdisc.build.supplemental import supplemental
from cdisc.model import Dataset, Edges, Finding, Occurrence, merge_findings
from cdisc.spec import StudySpec
from cdisc.spec.check_relations import RELREC
from cdisc.spec.needs import Node

Positions = npt.NDArray[np.int64]
Progress = Callable[[Node, int], None]
Locate = Callable[[str, Positions], list[Occurrence]]


@dataclass(frozen=True, slots=True, eq=False)
class RawPlaces:
    """Where the records of a dataset come from, row for row.

    `file` indexes `files`, `row` is the 1-based data row there; `parent` is, for records made
    of another dataset's (SUPP--), that dataset's name and the 0-based row of each.
    """

    files: Sequence[str]
    file: npt.NDArray[np.int32]
    row: npt.NDArray[np.int32]
    parent: tuple[str, Positions] | None = None

    def first(self, rows: Positions) -> Positions:
        """Of some records those that come first by file and row: 1,000, or more where they tie."""
        rank = np.argsort(np.argsort(np.array(self.files, dtype=object)))
        return rows[first_places(rank[self.file[rows]], self.row[rows].astype(np.int64))]


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """What a build gives: datasets by name in the study's order, findings, lineage.

    `locate` gives the occurrence (raw file and row, subject, keys) of records of a dataset, by
    0-based position in its frame, `places` only the raw places, of all records. `given` is what
    a later stage may read of these datasets; `counts` are the records of every dataset that has
    lineage, also of those built only because others need them. RELREC of one stage has related
    records only; `related` tells which (relation, dataset) pairs have a value to relate by,
    `selections` what conditions met, which only the whole can judge.
    """

    datasets: Mapping[str, Dataset]
    findings: list[Finding]
    lineage: Mapping[str, Edges]
    locate: Locate
    places: Callable[[str], RawPlaces]
    given: Mapping[str, Given] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    related: Present = frozenset()
    selections: Selections = field(default_factory=Selections)


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
    plan = plan_of(study, only)
    silent = without_notes(inputs)
    first = build_stage(plan, "first", silent, {}, progress=progress)
    part = build_stage(plan, "subjects", inputs, first.given, progress=progress)
    last = build_stage(plan, "last", silent, {**first.given, **part.given}, progress=progress)
    part = _with_datasets_related(plan, part)
    stages = (first, part, last)
    stage_of = {name: stage for stage in stages for name in stage.datasets}
    findings = merge_findings(finding for stage in stages for finding in stage.findings)
    return Built(
        {name: stage_of[name].datasets[name] for name in plan.in_order(stage_of)},
        findings,
        {name: edges for stage in stages for name, edges in stage.lineage.items()},
        lambda dataset, rows: stage_of[dataset].locate(dataset, rows),
        lambda dataset: stage_of[dataset].places(dataset),
        counts={name: count for stage in stages for name, count in stage.counts.items()},
        selections=Selections.of(stage.selections for stage in stages),
    )


def _with_datasets_related(plan: Plan, subjects: Built) -> Built:
    """The stage of all subjects with the relations of whole datasets before those of records."""
    if not plan.relations:
        return subjects
    whole: RelatedDatasets = related_datasets(plan.study, plan.relations, subjects.related)
    count = len(whole.places)

    def locate(dataset: str, rows: Positions) -> list[Occurrence]:
        if dataset != RELREC:
            return subjects.locate(dataset, rows)
        named = iter(subjects.locate(dataset, rows[rows >= count] - count))
        return [whole.places[row] if row < count else next(named) for row in rows.tolist()]

    def places(dataset: str) -> RawPlaces:
        found = subjects.places(dataset)
        return preceded(found, whole.places) if dataset == RELREC else found

    return replace(
        subjects,
        datasets={**subjects.datasets, RELREC: whole.before(subjects.datasets[RELREC])},
        lineage={**subjects.lineage, RELREC: whole.edges_before(subjects.lineage[RELREC])},
        locate=locate,
        places=places,
    )


def build_stage(
    plan: Plan,
    stage: str,
    inputs: Inputs,
    given: Mapping[str, Given],
    *,
    progress: Progress | None = None,
) -> Built:
    """One stage of a build: `first`, `subjects` (all of them or a partition) or `last`.

    Args:
        plan: what is to be built.
        stage: which part of it.
        inputs: for a partition only its persons' records, with their positions in the whole.
        given: the datasets that earlier stages left.
        progress: called with each node computed and the number of them.
    """
    study = plan.study
    nodes = plan.nodes(stage)
    engine = Engine(study, inputs, given)

    def report(node: Node) -> None:
        if progress is not None:
            progress(node, plan.size)

    engine.compute(nodes, report)
    touched = [name for name in study.datasets if name in engine.rows and name not in given]
    datasets: dict[str, Dataset] = {}
    orders = {name: record_order(engine, study.datasets[name]) for name in touched}
    parents: dict[str, tuple[str, Positions]] = {}
    for name in touched:
        spec = study.datasets[name]
        if not plan.finishes(name):
            continue
        datasets[name] = finished(engine, spec, orders[name])
        if spec.supplemental:
            supp, parent_rows = supplemental(engine, spec, orders[name])
            datasets[supp.name] = supp
            parents[supp.name] = (name, parent_rows)

    relations = plan.relations if stage == "subjects" else ()
    related = related_records(engine, relations, orders) if relations else None
    if related is not None:
        datasets[RELREC] = relrec(study, related.frame)

    def locate(dataset: str, rows: Positions) -> list[Occurrence]:
        if related is not None and dataset == RELREC:
            pairs = zip(related.dataset[rows].tolist(), related.row[rows, None], strict=True)
            return [locate(related.names[name], row)[0] for name, row in pairs]
        if dataset in parents:
            parent, parent_rows = parents[dataset]
            dataset, rows = parent, parent_rows[rows]
        return places_of(engine, dataset)(orders[dataset][rows])

    def places(dataset: str) -> RawPlaces:
        if dataset in parents:
            parent, parent_rows = parents[dataset]
            of = places(parent)
            return RawPlaces(of.files, of.file[parent_rows], of.row[parent_rows], parents[dataset])
        if related is not None and dataset == RELREC:
            return _places_of_related(related, places)
        file, row = places_of(engine, dataset).raw_order(orders[dataset])
        return RawPlaces(file_names(engine), file.astype(np.int32), row.astype(np.int32))

    positions = {name: _inverse(order) for name, order in orders.items()}
    positions |= {f"raw:{name}": rows.astype(np.int64) for name, rows in inputs.positions.items()}
    lineage = lineage_of(engine, positions)
    for name, (parent, parent_rows) in parents.items():
        lineage[name] = edges_to(engine, parent, parent_rows)
    if related is not None:
        lineage[RELREC] = related.edges(engine)
    left = {
        name: given_of(engine, name, orders[name], plan.kept(stage, name))
        for name in touched
        if plan.keeps(stage, name)
    }
    counts = {name: len(order) for name, order in orders.items()}
    counts |= {name: len(dataset.frame) for name, dataset in datasets.items()}
    return Built(
        datasets,
        merge_findings(findings_of(engine)),
        lineage,
        locate,
        places,
        left,
        counts,
        frozenset() if related is None else related.present,
        engine.selections,
    )


def _places_of_related(related: RelatedRecords, places: Callable[[str], RawPlaces]) -> RawPlaces:
    """The raw place of each related record; the files are the same for all datasets."""
    count = len(related.row)
    file, row = np.zeros(count, dtype=np.int32), np.zeros(count, dtype=np.int32)
    files: Sequence[str] = ()
    for number, name in enumerate(related.names):
        of, mine = places(name), related.dataset == number
        file[mine], row[mine] = of.file[related.row[mine]], of.row[related.row[mine]]
        files = of.files
    return RawPlaces(files, file, row)


def preceded(found: RawPlaces | None, before: Sequence[Occurrence]) -> RawPlaces:
    """Raw places, if any, with those of other records, which stand in a spec, before them."""
    if found is None:
        found = RawPlaces((), np.empty(0, np.int32), np.empty(0, np.int32))
    names = list(found.files)
    names += [name for name in dict.fromkeys(place.file for place in before) if name not in names]
    file = np.array([names.index(place.file) for place in before], dtype=np.int32)
    row = np.array([place.row for place in before], dtype=np.int32)
    return RawPlaces(names, np.r_[file, found.file], np.r_[row, found.row])


def given_of(
    engine: Engine,
    name: str,
    order: Positions,
    columns: Collection[str] | None,
) -> Given:
    """What later stages may read of a dataset, in submission order."""
    rows = engine.rows[name]
    table, raw_row = rows.raw_table[order], rows.raw_row[order]
    for source, of_whole in engine.inputs.positions.items():
        mine = table == engine.inputs.number(source)
        raw_row[mine] = of_whole[raw_row[mine]]
    values = engine.columns_of(name)
    wanted = values if columns is None else [column for column in values if column in columns]
    none = np.empty(0, dtype=np.int32)
    parents = Parents(none, np.empty(0, dtype=np.int16), none)
    return Given(
        RowSet({}, len(order), table, raw_row, parents),
        {column: taken(values[column], order) for column in wanted},
    )


def joined_given(parts: Sequence[Mapping[str, Given]]) -> dict[str, Given]:
    """What partitions left of the same datasets, put together in their order."""
    return {
        name: Given(
            stacked([part[name].rows for part in parts]),
            {
                column: joined(
                    [part[name].values[column] for part in parts],
                    [part[name].rows.count for part in parts],
                )
                for column in parts[0][name].values
            },
        )
        for name in parts[0]
    }


def without_notes(inputs: Inputs) -> Inputs:
    """The same records without what reading had to say, for stages beside that of subjects."""
    return inputs.part({name: replace(table, notes=()) for name, table in inputs.tables.items()})


def _inverse(order: Positions) -> Positions:
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place
