"""Datasets of some subjects are the part of the whole that is theirs, value for value."""

import pandas as pd
import pytest

from cdisc.build import build, of_subjects
from cdisc.model import merge_findings
from cdisc.spec.stages import stages


@pytest.fixture(scope="module")
def halves(study, inputs):
    subjects = sorted(set(inputs.tables["dm"].frame["PERSON"]))
    parts = (frozenset(subjects[0::2]), frozenset(subjects[1::2]))
    return [build(study, of_subjects(study, inputs, part)) for part in parts]


def test_two_halves_of_the_subjects_make_the_whole(study, built, halves):
    found = stages(study.datasets, study.subject_sources)
    for name, dataset in built.datasets.items():
        parts = [half.datasets[name].frame for half in halves]
        if name in found.last:  # what counts all subjects, as TS does
            continue
        if "USUBJID" not in dataset.frame:
            for part in parts:
                pd.testing.assert_frame_equal(part, dataset.frame)
            continue
        if name == "RELREC":  # relations of whole datasets are told once all parts are there
            parts = [part.dropna(subset="USUBJID") for part in parts]
        whole = pd.concat(parts, ignore_index=True)
        whole = whole.sort_values("USUBJID", kind="stable", ignore_index=True)
        mine = dataset.frame.dropna(subset="USUBJID").reset_index(drop=True)
        pd.testing.assert_frame_equal(whole, mine)


def test_two_halves_find_what_the_whole_finds(inputs, built, halves):
    both = merge_findings([*inputs.notes, *(f for half in halves for f in half.findings)])
    assert both == built.findings
