"""Each exit code by a real case, never with a traceback."""

from __future__ import annotations

import pytest


def test_0_a_new_study_runs_as_it_is(study, cdisc):
    ran = cdisc("run")
    assert ran.code == 0
    assert ran.lines == [
        "Dataset  Records  Variables  Errors  Warnings  Notes",
        "AE             6         27       -         -      -",
        "DM             6         24       -         -      -",
        "EX             6         14       -         -      -",
        "",
        "Gate     open",
        "Package  build",
        "Read     build/report.html, build/sdtm/define.html",
        "Next     cdisc validate",
    ]


def test_1_the_gate_is_closed_by_an_error_in_the_data(study, cdisc):
    study.replace("data/raw/dm.csv", "101-001,101,F", "101-001,101,X")
    ran = cdisc("run")
    assert ran.code == 1
    assert "Gate     closed: 2 records with error findings (2 findings), 0 allowed" in ran.lines
    assert (study.home / "build" / "sdtm" / "dm.xpt").exists()


def test_1_the_gate_of_a_package_is_closed_too(study, cdisc):
    study.replace("data/raw/dm.csv", "101-001,101,F", "101-001,101,X")
    cdisc("run")
    ran = cdisc("validate")
    assert ran.code == 1
    assert "SEX is required and has no value" in ran.out


def test_0_a_waived_finding_lets_the_gate_open(study, cdisc):
    study.replace("data/raw/ae.csv", "13-NOV-2024", "31-FEB-2024")
    waiver = (
        "waivers:\n"
        "  - {rule: iso8601.impossible, dataset: AE, reason: asked the site,"
        " author: DM, expires: 2026-12-31}\n"
        "# "
    )
    study.replace("validation/gate.yaml", "waivers: []", waiver)
    ran = cdisc("run")
    assert ran.code == 0
    assert "Waived   1 finding" in ran.lines


def test_2_a_spec_error(study, cdisc):
    study.replace("mappings/sdtm/ae.yaml", "{copy: LINE}", "{cpy: LINE}")
    for command in ("run", "check"):
        ran = cdisc(command)
        assert ran.code == 2
        assert ran.lines[0] == (
            "mappings/sdtm/ae.yaml:10:3 AESPID: error: there is no algorithm cpy."
            " Did you mean copy?"
        )


def test_2_no_study_here(tmp_path, cdisc):
    ran = cdisc("run", "-C", tmp_path)
    assert ran.code == 2
    assert ran.err.startswith(f"{tmp_path}: error: this is no study folder: it has no study.yaml.")


def test_3_a_source_is_missing(study, cdisc):
    (study.home / "data" / "raw" / "ae.csv").unlink()
    ran = cdisc("run")
    assert ran.code == 3
    assert ran.lines == [
        "study.yaml:22:3 ae: error: source ae: file ae.csv is not in data/raw. Did you mean ex.csv?"
    ]


def test_3_the_disk_refuses(study, cdisc, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", "study.yaml")

    monkeypatch.setattr("cdisc.pipeline.study.read_study", refuse)
    ran = cdisc("check")
    assert (ran.code, ran.err) == (3, "study.yaml: error: Permission denied\n")


@pytest.fixture
def defect(monkeypatch):
    """A defect of ours in the middle of a run."""

    def fail(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("cdisc.pipeline.run.assembled", fail)
    monkeypatch.delenv("CDISC_DEBUG", raising=False)


def test_4_a_defect_of_ours_is_said_plainly(study, cdisc, defect):
    ran = cdisc("run")
    assert ran.code == 4
    assert ran.lines == [
        "Internal error: ZeroDivisionError: division by zero",
        "This is a defect of cdisc, not of your study; the last package is unchanged.",
        "Set CDISC_DEBUG=1 and run again for the details to report.",
    ]


def test_4_the_details_are_shown_when_asked_for(study, defect, monkeypatch, capsys):
    from cdisc.cli.main import run

    monkeypatch.setenv("CDISC_DEBUG", "1")
    assert run(["run"]) == 4
    printed = capsys.readouterr().err
    assert printed.startswith("Traceback (most recent call last):")
    assert printed.rstrip().endswith("ZeroDivisionError: division by zero")


def test_130_stopping_it_changes_nothing(study, cdisc, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("cdisc.pipeline.run.read_inputs", stop)
    ran = cdisc("run")
    assert (ran.code, ran.lines) == (130, ["", "Stopped; the last package is as it was."])
    assert not (study.home / "build").exists()
