"""The reference study of this repository, built whole and in partitions of its persons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cdisc.build import Built, Inputs, build, of_subjects, read_inputs
from cdisc.model import merge_findings
from cdisc.spec import StudySpec, read_study

from .test_locality import by_subject

ROOT = Path(__file__).parents[2]
PARTS = 3


@pytest.fixture(scope="module")
def reference() -> tuple[StudySpec, Inputs, Built]:
    study = read_study(ROOT)
    inputs = read_inputs(study)
    return study, inputs, build(study, inputs)


def subject_level(study: StudySpec) -> list[str]:
    return [name for name, spec in study.datasets.items() if spec.scope == "subject"]


def partitions(inputs: Inputs) -> list[frozenset[str]]:
    """Each third of the persons, and the records without one."""
    frames = [table.frame for table in inputs.tables.values()]
    people = {name for frame in frames if "PERSON" in frame for name in frame["PERSON"].dropna()}
    ids = sorted(people)
    return [frozenset({*ids[0::PARTS], ""}), *(frozenset(ids[n::PARTS]) for n in range(1, PARTS))]


def test_the_study_is_the_partitions_of_its_persons_put_together(reference) -> None:
    study, inputs, whole = reference
    names = subject_level(study)
    parts = [
        build(study, of_subjects(study, inputs, some), only=names) for some in partitions(inputs)
    ]
    built = build(study, inputs, only=names)
    for name, dataset in built.datasets.items():
        pd.testing.assert_frame_equal(dataset.frame, whole.datasets[name].frame, obj=name)
        frames = [part.datasets[name].frame for part in parts]
        if name == "RELREC":  # relations of whole datasets are told once all parts are there
            frames = [frame.dropna(subset="USUBJID") for frame in frames]
            mine = dataset.frame.dropna(subset="USUBJID").reset_index(drop=True)
            dataset = replace(dataset, frame=mine)
        together = by_subject(frames)
        pd.testing.assert_frame_equal(dataset.frame, together, obj=name, check_exact=True)
    findings = merge_findings(
        [*inputs.notes, *(finding for part in parts for finding in part.findings)]
    )
    assert findings == built.findings


def test_two_builds_are_alike(reference) -> None:
    study, inputs, first = reference
    second = build(study, inputs)
    assert first.findings == second.findings
    for name, dataset in first.datasets.items():
        pd.testing.assert_frame_equal(dataset.frame, second.datasets[name].frame, check_exact=True)


def test_every_record_goes_back_to_raw_cells_or_lines_of_a_spec(reference) -> None:
    _, inputs, built = reference
    files = {file for table in inputs.tables.values() for file in table.files}
    for name, dataset in built.datasets.items():
        places = built.locate(name, np.arange(len(dataset.frame)))
        assert all(place.file in files or place.file.startswith("mappings/") for place in places)
        assert all(place.row >= 1 for place in places)
