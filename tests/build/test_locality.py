"""Subject locality: a build of all subjects is the builds of any partition of them put together.

Datasets value for value, findings with their counts and places, lineage edge by edge.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc.algorithms.columns.records import ranks
from cdisc.build import Built, Inputs, build, of_subjects
from cdisc.model import merge_findings
from cdisc.spec import StudySpec

from .made_up import SUBJECTS, inputs_of, raw_data

WITHOUT_SUBJECT = ""

several_runs = settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def partitions(draw: st.DrawFn) -> list[frozenset[str]]:
    """Subjects, and the records without one, in one to three parts."""
    ids = (*SUBJECTS, WITHOUT_SUBJECT)
    places = draw(st.lists(st.integers(0, 2), min_size=len(ids), max_size=len(ids)))
    parts = [
        frozenset(name for name, place in zip(ids, places, strict=True) if place == part)
        for part in range(3)
    ]
    return [part for part in parts if part]


def by_subject(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Records put together, subjects in order, each one's as they were."""
    whole = pd.concat(frames, ignore_index=True)
    return whole.take(positions_by_subject(frames)).reset_index(drop=True)


def positions_by_subject(frames: list[pd.DataFrame]) -> np.ndarray:
    """Where the records of `by_subject` stand in the frames put together."""
    subjects = pd.concat([frame["USUBJID"] for frame in frames], ignore_index=True)
    return np.argsort(ranks(subjects), kind="stable")


@several_runs
@given(tables=raw_data(), parts=partitions())
def test_building_all_is_building_the_parts(study: StudySpec, tables, parts) -> None:
    inputs = inputs_of(tables)
    whole = build(study, inputs)
    built = [build(study, of_subjects(study, inputs, part)) for part in parts]
    for name, dataset in whole.datasets.items():
        together = by_subject([part.datasets[name].frame for part in built])
        pd.testing.assert_frame_equal(dataset.frame, together, obj=name, check_exact=True)
    findings = merge_findings(finding for part in built for finding in part.findings)
    assert findings == whole.findings


def raw_edges(built: Built, inputs: Inputs, offset: dict[str, np.ndarray]) -> set[tuple]:
    """Every edge in terms that partitions share: places in the whole, raw files and rows."""
    found = set()
    for name, edges in built.lineage.items():
        for child, parent, row, role in zip(
            edges.child, edges.parent, edges.parent_row, edges.role, strict=True
        ):
            origin = edges.parents[parent]
            if origin.startswith("raw:"):
                row = inputs.tables[origin.removeprefix("raw:")].row_of[row]
            else:
                row = offset[origin][row]
            found.add((name, int(offset[name][child]), origin, int(row), edges.roles[role]))
    return found


@several_runs
@given(tables=raw_data(), parts=partitions())
def test_lineage_of_all_is_the_lineage_of_the_parts(study: StudySpec, tables, parts) -> None:
    inputs = inputs_of(tables)
    whole = build(study, inputs)
    pieces = [of_subjects(study, inputs, part) for part in parts]
    built = [build(study, piece) for piece in pieces]
    names = list(whole.datasets)
    counts = {name: [len(part.datasets[name].frame) for part in built] for name in names}
    place = {}
    for name in names:
        order = positions_by_subject([part.datasets[name].frame for part in built])
        place[name] = np.empty(len(order), dtype=np.int64)
        place[name][order] = np.arange(len(order))
    together: set[tuple] = set()
    for number, part in enumerate(built):
        offset = {
            name: place[name][sum(counts[name][:number]) :][: counts[name][number]]
            for name in names
        }
        # a part tells of raw records by their place in the whole
        together |= raw_edges(part, inputs, offset)
    same = {name: np.arange(len(whole.datasets[name].frame)) for name in names}
    assert together == raw_edges(whole, inputs, same)


@several_runs
@given(tables=raw_data(unique=True), seed=st.integers(0, 2**16))
def test_the_order_of_the_input_rows_does_not_matter(study: StudySpec, tables, seed) -> None:
    shuffled = {}
    for name, cells in tables.items():
        order = np.random.default_rng(seed).permutation(len(cells))
        shuffled[name] = [cells[position] for position in order]
    first, second = build(study, inputs_of(tables)), build(study, inputs_of(shuffled))
    for name, dataset in first.datasets.items():
        # of units that are not the same the first in the file is taken, with a finding
        columns = [c for c in dataset.frame if c not in ("EXDOSU", "EXLOT")]
        one, other = dataset.frame[columns], second.datasets[name].frame[columns]
        pd.testing.assert_frame_equal(one, other, obj=name, check_exact=True)
    told = [
        {finding.group for finding in built.findings if finding.rule != "rows.not_the_same"}
        for built in (first, second)
    ]
    assert told[0] == told[1]
