from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cdisc.errors import Location, SourceError, SpecError
from cdisc.model import Occurrence
from cdisc.validate import checks_for, codelists_of, read_suite, run_checks, suite_for, write_suites
from cdisc.validate.suite import check_of, codelists_in, suite_bytes


@pytest.fixture
def study(make, out, unit):
    """Datasets with a failure of nearly every topic, their checks and codelists."""
    dm = make(
        "DM",
        {
            "STUDYID": ["S", "S"],
            "DOMAIN": ["DM", "DM"],
            "USUBJID": ["S-1", "S-2"],
            "RFSTDTC": ["2024-01-10", "2024-02-30"],
        },
        keys=("USUBJID",),
    )
    ae = make(
        "AE",
        {
            "STUDYID": ["S", "T", "S", "S"],
            "DOMAIN": ["AE", "AE", "XX", "AE"],
            "USUBJID": ["S-1", "S-1", "S-9", None],
            "AESEQ": [1, 1, 2, None],
            "AETERM": ["Pain ", "naïve", "x" * 201, "ok | not"],
            "AEOUT": ["Recovered/Resolved ", "FATAL", "x", "x"],
            "AESTDTC": ["2024-01-09", "2024-01-12", "2024-13", "x"],
            "AEENDTC": ["2024-01-01", None, None, None],
            "AESTDY": [0, 3, None, 4],
            "AETESTCD": ["A", "A", "B", "1"],
            "AETEST": ["a", "b", "b", "c"],
        },
        keys=("USUBJID", "AESEQ"),
        meta={"AEOUT": {"codelist": "OUT"}, "AETERM": {"length": 20}},
    )
    supp = make(
        "SUPPAE",
        {
            "STUDYID": ["S", "S"],
            "RDOMAIN": ["AE", "XX"],
            "USUBJID": ["S-1", "S-1"],
            "IDVAR": ["AESEQ", "AESEQ"],
            "IDVARVAL": ["7", "1"],
            "QNAM": ["AEDLT", "AEDLT"],
            "QLABEL": ["DLT", "D L T"],
        },
    )
    datasets = {d.name: d for d in (dm, ae, supp)}
    find = {"OUT": out, "UNIT": unit}.get
    checks = {
        name: checks_for(d, codelist=find, subjects="DM", study_id="S")
        for name, d in datasets.items()
    }
    codelists = codelists_of([c for cs in checks.values() for c in cs], find)
    return datasets, checks, codelists


def test_a_suite_gives_its_checks_and_codelists_back(study):
    _, checks, codelists = study
    suite = json.loads(suite_bytes(suite_for("AE", checks["AE"], codelists)))
    assert [check_of(e) for e in suite["expectations"]] == checks["AE"]
    loaded = codelists_in(suite)
    assert [t.value for t in loaded["OUT"].terms] == [t.value for t in codelists["OUT"].terms]
    assert not loaded["OUT"].extensible


def test_a_suite_keeps_which_terms_are_extensions(make, unit):
    dataset = make("EX", {"EXDOSU": ["mg"]}, meta={"EXDOSU": {"codelist": "UNIT"}})
    checks = checks_for(dataset, codelist={"UNIT": unit}.get)
    loaded = codelists_in(suite_for("EX", checks, {"UNIT": unit}))["UNIT"]
    assert [t.value for t in loaded.terms if t.extended] == ["10^6 CELLS/KG"]
    assert loaded.extensible


def test_ids_are_unique_and_do_not_change(study):
    _, checks, codelists = study
    one = suite_for("AE", checks["AE"], codelists)
    ids = [e["id"] for e in one["expectations"]]
    assert len(set(ids)) == len(ids)
    assert suite_bytes(one) == suite_bytes(suite_for("AE", list(checks["AE"]), dict(codelists)))
    rule = next(e for e in one["expectations"] if e["meta"]["rule_id"] == "CT.TERM")
    assert rule["severity"] == "critical"
    assert rule["kwargs"]["variables"] == ["AEOUT"]


def test_writing_suites_leaves_unchanged_files_alone(tmp_path, study):
    _, checks, codelists = study
    paths = write_suites(tmp_path / "suites", checks, codelists)
    assert [p.name for p in paths] == ["ae.json", "dm.json", "suppae.json"]
    before = [p.stat().st_mtime_ns for p in paths]
    write_suites(tmp_path / "suites", checks, codelists)
    assert [p.stat().st_mtime_ns for p in paths] == before
    assert read_suite(paths[0]) == json.loads(paths[0].read_text(encoding="utf-8"))
    assert b"\r\n" not in paths[0].read_bytes()


def test_a_suite_that_is_not_there_or_not_json(tmp_path):
    with pytest.raises(SourceError, match="the suite cannot be read"):
        read_suite(tmp_path / "gone.json")
    path = tmp_path / "bad.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match="the suite is not JSON"):
        read_suite(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kwargs": {"rule": "CT.TERMM"}}, r"there is no rule 'CT.TERMM'. Did you mean CT.TERM\?"),
        ({"severity": "bad"}, "severity 'bad' is not one of critical, info, warning"),
        ({"type": None}, "the expectation has no type"),
        ({"kwargs": None}, "the expectation has no kwargs"),
        ({"kwargs": {"rule": "CT.TERM"}}, "kwargs.dataset is missing or of the wrong kind"),
    ],
)
def test_what_great_expectations_would_drop_is_refused(tmp_path, study, change, message):
    _, checks, codelists = study
    suite = suite_for("AE", checks["AE"], codelists)
    suite["expectations"][2].update(change)
    path = tmp_path / "ae.json"
    path.write_bytes(suite_bytes(suite))
    with pytest.raises(SpecError, match=message) as caught:
        read_suite(path)
    assert caught.value.at == Location(str(path), name="expectation 3")


def test_great_expectations_gives_the_findings_of_the_kernels(study):
    from cdisc.validate.gx import run_suite

    datasets, checks, codelists = study

    def locate(name, rows):
        return [Occurrence(f"{name.lower()}.csv", int(row) + 1) for row in rows]

    at = {"AEOUT": Location("mappings/sdtm/ae.yaml", 31, name="AEOUT")}
    rules = set()
    for name, dataset in datasets.items():
        suite = json.loads(suite_bytes(suite_for(name, checks[name], codelists)))
        direct = run_checks(
            dataset, checks[name], others=datasets, codelists=codelists, locate=locate, at=at
        )
        assert run_suite(dataset, suite, others=datasets, locate=locate, at=at) == direct
        rules |= {finding.rule for finding in direct}
    assert len(rules) >= 15


def test_an_unknown_type_of_expectation_is_not_dropped(study):
    from cdisc.validate.gx import run_suite

    datasets, _, _ = study
    foreign = {"type": "expect_column_values_to_be_nice", "kwargs": {"column": "AETERM"}}
    suite = {"name": "ae", "expectations": [foreign]}
    with pytest.raises(SpecError, match="does not take 1 of 1 expectations"):
        run_suite(datasets["AE"], suite, file="ae.json")


def test_own_expectations_of_great_expectations_become_findings(study):
    from cdisc.validate.gx import run_suite

    datasets, _, _ = study
    suite = {
        "name": "ae",
        "expectations": [
            {
                "type": "expect_column_values_to_be_between",
                "kwargs": {"column": "AESTDY", "min_value": 1, "max_value": 3},
                "severity": "warning",
                "description": "onset in the first three days",
                "meta": {"rule_id": "STUDY.ONSET"},
            },
            {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 4}},
            {"type": "expect_column_to_exist", "kwargs": {"column": "AEGONE"}},
            {
                "type": "expect_column_values_to_not_be_null",
                "kwargs": {"column": "AEGONE"},
                "severity": "info",
            },
        ],
    }
    findings = run_suite(datasets["AE"], suite)
    shown = {f.rule: (f.severity.value, f.variable, f.message, f.count) for f in findings}
    assert shown["STUDY.ONSET"] == ("warning", "AESTDY", "onset in the first three days", 2)
    assert shown["expect_column_to_exist"] == (
        "error",
        "AEGONE",
        "expect_column_to_exist does not hold",
        1,
    )
    severity, variable, message, _ = shown["CHECK.FAILED"]
    assert (severity, variable) == ("error", "AEGONE")
    assert message.startswith("check expect_column_values_to_not_be_null broke off: ")
    assert "AEGONE" in message
    assert len(findings) == 3


def test_a_kernel_that_breaks_is_an_error_and_never_a_pass(study):
    from cdisc.validate.gx import run_suite

    datasets, checks, codelists = study
    suite = suite_for("AE", checks["AE"], codelists)
    (expectation,) = [e for e in suite["expectations"] if e["meta"]["rule_id"] == "LENGTH.DECLARED"]
    expectation["kwargs"]["params"] = {}
    findings = run_suite(datasets["AE"], suite, others=datasets)
    (broken,) = [f for f in findings if f.rule == "CHECK.FAILED"]
    assert broken.severity.value == "error"
    assert broken.message.startswith("check LENGTH.DECLARED broke off: ")
    others = {f.rule for f in findings}
    assert "CT.TERM" in others


def test_a_suite_without_expectations_finds_nothing(make):
    from cdisc.validate.gx import run_suite

    assert run_suite(make("AE", {"A": ["x"]}), {"name": "ae", "expectations": []}) == []


def test_great_expectations_is_not_loaded_with_the_package():
    code = (
        "import sys, cdisc.validate, cdisc.validate.gx; "
        "loaded = [n for n in sys.modules if n.split('.')[0] in ('great_expectations', 'rich')]; "
        "sys.exit(', '.join(loaded) or None)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
