"""The CDISC pilot: what the example builds from the raw exports is what others published."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cdisc.pipeline import RunResult, Study

ROOT = Path(__file__).parents[2]
STUDY = ROOT / "examples" / "cdiscpilot01"
FILES = ROOT / ".." / "shared" / "real" / "cdiscpilot01"
RAW, EXPECTED = FILES / "raw", FILES / "expected"

needs_files = pytest.mark.skipif(
    not FILES.is_dir(), reason="the public files of the CDISC pilot are not beside the repository"
)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "compare_pilot.py"
    spec = importlib.util.spec_from_file_location("compare_pilot", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def comparison(script):
    return script.compare(RAW, EXPECTED)


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> RunResult:
    out = tmp_path_factory.mktemp("pilot") / "build"
    return Study.load(STUDY, data={"raw": RAW}).run(out=out)


def test_the_specs_check_clean():
    checked = Study.load(STUDY).check()
    assert checked.errors == ()
    assert checked.warnings == ()


@needs_files
def test_no_spec_names_a_subject():
    subjects = {line.split(",")[1] for line in (RAW / "dm_raw.csv").read_text("utf-8").splitlines()}
    subjects |= {subject.partition("-")[2] for subject in subjects}
    for path in sorted(STUDY.rglob("*.yaml")):
        words = path.read_text("utf-8").replace("{", " ").replace(",", " ").split()
        assert not subjects & {word.strip("\"'}[]") for word in words} - {"PATNUM", ""}, path


@needs_files
@pytest.mark.parametrize(
    ("dataset", "built", "published"),
    [
        ("DM", 306, 306),
        ("AE", 1191, 1191),
        ("EX", 591, 591),
        ("SUPPAE", 1191, 1191),
        ("SUPPDM", 963, 1197),
    ],
)
def test_as_many_records_as_published(comparison, dataset, built, published):
    # 234 flags of the efficacy population cannot be derived from these files
    assert comparison.records[dataset] == (built, published)


@needs_files
@pytest.mark.parametrize("dataset", ["DM", "AE", "EX", "SUPPAE", "SUPPDM"])
def test_every_variable_equals_the_published_one_unless_it_is_classed(comparison, dataset):
    classed = {name for name, *_ in CLASSED}
    lines = [line for line in comparison.lines if line.dataset == dataset]
    assert lines
    for line in lines:
        if line.name not in classed:
            counts = (line.different, line.raw_blank, line.published_blank)
            assert (line.name, *counts) == (line.name, 0, 0, 0)
            assert line.equal == line.compared


CLASSED = [
    # variable, class, equal, different, raw blank, published blank
    ("DM.RFICDTC", "published blank", 0, 0, 0, 254),
    ("DM.RFPENDTC", "lost in raw", 239, 67, 0, 0),
    ("DM.BRTHDTC", "lost in raw", 0, 0, 306, 0),
    ("DM.ARMCD", "published file departs from the standard", 254, 52, 0, 0),
    ("DM.ARM", "published file departs from the standard", 254, 52, 0, 0),
    ("DM.ACTARMCD", "published file departs from the standard", 254, 52, 0, 0),
    ("DM.ACTARM", "published file departs from the standard", 254, 52, 0, 0),
    ("AE.AESEQ", "lost in raw", 267, 924, 0, 0),
    ("AE.AESPID", "lost in raw", 0, 0, 1191, 0),
    ("AE.AELLTCD", "published blank", 0, 0, 0, 1182),
    ("AE.AESOCCD", "published blank", 0, 0, 0, 1182),
    ("AE.AESTDTC", "lost in raw", 1176, 0, 15, 0),
    ("AE.AESTDY", "published file departs from the standard", 1164, 1, 0, 0),
    ("SUPPAE.IDVARVAL", "lost in raw", 267, 924, 0, 0),
    ("SUPPAE.QVAL AETRTEM", "lost in raw", 1182, 0, 9, 0),
    ("SUPPDM.QVAL EFFICACY", "lost in raw", 0, 234, 0, 0),
]


@needs_files
def test_the_classed_variables_are_these_with_these_counts(comparison):
    found = [
        (one.name, one.class_, one.equal, one.different, one.raw_blank, one.published_blank)
        for one in comparison.lines
        if one.class_ != "equal"
    ]
    assert found == CLASSED


@needs_files
def test_the_published_number_of_an_event_follows_what_the_raw_file_lost(script):
    published = script.read_published("AE", EXPECTED)
    published["AESEQ"] = published["AESEQ"].astype(int)
    ordered = published.sort_values(["USUBJID", "AEDTC", "AESTDTC", "AESPID"], kind="stable")
    assert (ordered.groupby("USUBJID").cumcount() + 1).tolist() == ordered["AESEQ"].tolist()


@needs_files
def test_a_last_contact_that_differs_lies_before_the_published_one(script, result):
    published = script.read_published("DM", EXPECTED).set_index("USUBJID")["RFPENDTC"]
    ours = result.datasets["DM"].frame.set_index("USUBJID")["RFPENDTC"].reindex(published.index)
    assert not (ours > published).any()


@needs_files
def test_the_only_error_is_the_event_that_stands_twice(result):
    (finding,) = result.findings
    assert (finding.rule, finding.dataset, finding.count) == ("KEY.UNIQUE", "AE", 2)
    assert [place.row for place in finding.occurrences] == [559, 560]
    assert result.exit_code == 0


@needs_files
def test_vital_signs_keep_what_was_received_beside_standard_units(result):
    frame = result.datasets["VS"].frame
    assert len(frame) == 29635
    as_received = ["VSTESTCD", "VSORRES", "VSORRESU", "VSSTRESC", "VSSTRESN", "VSSTRESU"]
    rows = {tuple(row) for row in frame[as_received].to_numpy().tolist()}
    assert ("TEMP", "098.6", "F", "37", 37.0, "C") in rows
    assert ("HEIGHT", "58.0", "in", "147.32", 147.32, "cm") in rows
    assert ("HEIGHT", "162.6", "cm", "162.6", 162.6, "cm") in rows
    assert ("WEIGHT", "119.0", "LB", "53.98", 53.98, "kg") in rows
    assert ("SYSBP", "131", "mmHg", "131", 131.0, "mmHg") in rows
    metric = frame["VSORRESU"].isin(["cm", "kg", "C"])
    assert frame["VSTESTCD"][metric].value_counts().to_dict() == {
        "HEIGHT": 9,
        "TEMP": 7,
        "WEIGHT": 1,
    }


@needs_files
def test_every_treated_subject_has_one_last_result_of_each_test_before_exposure(result):
    frame = result.datasets["VS"].frame
    flagged = frame[frame["VSLOBXFL"] == "Y"]
    keys = ["USUBJID", "VSTESTCD", "VSTPTNUM"]
    assert not flagged.duplicated(keys).any()
    assert flagged.groupby("VSTESTCD").size().to_dict() == {
        "DIABP": 762,
        "HEIGHT": 254,
        "PULSE": 762,
        "SYSBP": 762,
        "TEMP": 254,
        "WEIGHT": 254,
    }


@needs_files
def test_visits_have_their_planned_numbers_and_unscheduled_ones_their_own(result):
    frame = result.datasets["DS"].frame
    visits = frame[["VISIT", "VISITNUM", "VISITDY"]].drop_duplicates().set_index("VISIT")
    assert visits.index.is_unique
    assert visits["VISITNUM"].loc[["AMBUL ECG REMOVAL", "RETRIEVAL"]].tolist() == [6.0, 201.0]
    assert visits["VISITDY"].loc[["AMBUL ECG REMOVAL", "RETRIEVAL"]].tolist() == [30.0, 168.0]
    assert visits["VISITNUM"]["UNSCHEDULED 13.1"] == 13.1
    assert visits.index[visits["VISITDY"].isna()].str.startswith("UNSCHEDULED ").all()


@needs_files
def test_dispositions_are_one_a_subject(result):
    frame = result.datasets["DS"].frame
    assert frame["DSCAT"].value_counts().to_dict() == {
        "DISPOSITION EVENT": 306,
        "OTHER EVENT": 290,
        "PROTOCOL MILESTONE": 254,
    }
    dispositions = frame[frame["DSCAT"] == "DISPOSITION EVENT"]
    assert dispositions["USUBJID"].is_unique


@needs_files
def test_the_readme_shows_the_comparison_as_it_is(script, comparison):
    text = (STUDY / "README.md").read_text("utf-8")
    assert script.with_comparison(text, comparison) == text
