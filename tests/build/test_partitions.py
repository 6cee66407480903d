"""Partitions of persons: each record in one part, and the parts built are the whole built."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc.build import Inputs, build, of_subjects, partitions
from cdisc.model import merge_findings
from cdisc.spec import StudySpec

from .made_up import inputs_of, raw_data

several = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def persons(inputs: Inputs) -> list[str]:
    frames = [table.frame for name, table in inputs.tables.items() if name != "sites"]
    return sorted({name for frame in frames for name in frame["SUBJ"].dropna()})


@several
@given(tables=raw_data(), size=st.integers(1, 6))
def test_a_part_is_the_records_of_its_persons(study: StudySpec, tables, size) -> None:
    whole = inputs_of(tables)
    names = persons(whole)
    parts = list(partitions(study, whole, size))
    assert len(parts) == max(1, -(-len(names) // size))
    for number, part in enumerate(parts):
        wanted = frozenset(names[number * size :][:size]) | ({""} if number == 0 else set())
        expected = of_subjects(study, whole, wanted)
        assert list(part.tables) == list(whole.tables)
        for name, table in part.tables.items():
            pd.testing.assert_frame_equal(table.frame, expected.tables[name].frame)
            np.testing.assert_array_equal(table.row_of, expected.tables[name].row_of)
            np.testing.assert_array_equal(table.file_of, expected.tables[name].file_of)
            assert table.notes == ()
    for name, table in whole.tables.items():
        if name == "sites":
            assert all(name not in part.positions for part in parts)
            continue
        places = np.concatenate([part.positions[name] for part in parts])
        assert sorted(places.tolist()) == list(range(len(table.frame)))
        rows = np.concatenate([part.tables[name].row_of for part in parts])
        np.testing.assert_array_equal(table.row_of[places], rows)


@several
@given(tables=raw_data(), size=st.integers(1, 6))
def test_the_parts_built_are_the_whole_built(study: StudySpec, tables, size) -> None:
    whole = inputs_of(tables)
    built = build(study, whole)
    parts = [build(study, part) for part in partitions(study, whole, size)]
    for name, dataset in built.datasets.items():
        together = pd.concat([part.datasets[name].frame for part in parts], ignore_index=True)
        pd.testing.assert_frame_equal(dataset.frame, together, obj=name, check_exact=True)
    assert merge_findings(f for part in parts for f in part.findings) == built.findings


@pytest.mark.parametrize("size", [1, 7])
def test_inputs_without_records_are_one_part(study: StudySpec, size: int) -> None:
    empty = inputs_of({name: [] for name in ("dm", "ae", "old", "dose", "vs", "sites")})
    parts = list(partitions(study, empty, size))
    assert len(parts) == 1
    assert all(table.frame.empty for table in parts[0].tables.values())
