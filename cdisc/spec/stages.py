"""When a dataset can be built: before the subjects, with each of them, or after the last.

A dataset of subjects (it has USUBJID) is built partition by partition, so it sees the records of
some subjects only. A dataset of the study is built once: before the partitions when it reads no
subject, and every partition sees it (trial arms, visits); after the last one otherwise (trial
summary), and then no dataset of subjects can read it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cdisc.errors import Location
from cdisc.spec.graph import place_of
from cdisc.spec.model import DatasetSpec, Rows
from cdisc.spec.needs import (
    call_records,
    edges,
    inputs,
    row_calls,
    source_columns,
)


@dataclass(frozen=True, slots=True)
class Stages:
    """The names of the datasets built first, with the subjects, and last; in the study's order."""

    first: tuple[str, ...]
    subjects: tuple[str, ...]
    last: tuple[str, ...]


def by_subject(spec: DatasetSpec) -> bool:
    """Whether a dataset is built subject by subject: it has USUBJID and says nothing else."""
    return spec.scope == "subject" and "USUBJID" in spec.variables


def stages(datasets: Mapping[str, DatasetSpec], subject_sources: Collection[str]) -> Stages:
    """The stage of every dataset; `subject_sources` are the sources with a column of subjects."""
    subjects = {name for name, spec in datasets.items() if by_subject(spec)}
    reads = {
        name: {*datasets_read(spec, datasets), *sources_read(spec)}
        for name, spec in datasets.items()
        if name not in subjects
    }
    late = {*subjects, *subject_sources}
    while grown := {name for name, origins in reads.items() if origins & late} - late:
        late |= grown
    return Stages(
        tuple(name for name in datasets if name not in late),
        tuple(name for name in datasets if name in subjects),
        tuple(name for name in datasets if name in late and name not in subjects),
    )


def datasets_read(spec: DatasetSpec, datasets: Mapping[str, DatasetSpec]) -> set[str]:
    """The other datasets that a spec reads."""
    found = {node.dataset for reads in edges(spec, datasets).values() for node in reads}
    return found - {spec.name}


def sources_read(spec: DatasetSpec) -> set[str]:
    """What a spec reads by name in rows, lookups and records: sources, tables, datasets."""
    wanted = frozenset(source_columns(spec))
    found = {origin for origin, _, _ in inputs(spec.rows, wanted)}
    found |= {lookup.origin for lookup in spec.lookups.values()}
    variables = (*spec.variables.values(), *spec.supplemental.values())
    calls = (*row_calls(spec.rows), *(variable.call for variable in variables))
    found |= {records.dataset for call in calls for records in call_records(call)}
    return found - set(spec.rows.parameters)


def too_late(
    datasets: Mapping[str, DatasetSpec], found: Stages
) -> Iterator[tuple[str, str, Location]]:
    """A dataset of subjects that reads one built last: its name, the other's, and the place."""
    last = set(found.last)
    for name in found.subjects:
        told: set[str] = set()
        graph = edges(datasets[name], datasets)
        for node in sorted(graph, key=lambda node: place_of(node, datasets).line or 0):
            for other in sorted({read.dataset for read in graph[node]} & last - told):
                told.add(other)
                yield name, other, place_of(node, datasets)


def whole_only(
    datasets: Mapping[str, DatasetSpec], subject_sources: Collection[str]
) -> Iterator[tuple[str, str, Location]]:
    """Datasets of subjects whose records come from what names no subject, and what that is.

    A partition could not tell its own records from the others', so such a study is built in one.
    """
    subjects = {name for name, spec in datasets.items() if by_subject(spec)}
    known = {*subjects, *subject_sources}
    for name in datasets:
        if name in subjects:
            own = datasets[name].rows.parameters
            for origin, at in _starts(datasets[name].rows):
                if origin not in known and origin not in own:
                    yield name, origin, at


def _starts(rows: Rows) -> Iterator[tuple[str, Location]]:
    """What records begin with; the empty name for those that stand in the spec."""
    if not rows.stack:
        yield rows.origin, rows.at
    for part in rows.stack:
        yield from _starts(part)
