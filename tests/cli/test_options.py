"""`--data`, `--only`, `--out`, `-C`."""

from __future__ import annotations

import shutil

import pytest


def test_data_may_come_from_another_folder(study, cdisc, tmp_path):
    here = cdisc("run")
    package = study.tree()
    shutil.move(study.home / "data" / "raw", tmp_path / "transfer")
    ran = cdisc("run", "--data", f"raw={tmp_path / 'transfer'}")
    assert (here.code, ran.code) == (0, 0)
    assert study.tree() == package


def test_data_of_a_name_that_the_study_does_not_declare_is_refused(study, cdisc, tmp_path):
    ran = cdisc("run", "--data", f"lab={tmp_path}")
    assert ran.code == 2
    assert ran.lines == [
        "error: --data lab: study.yaml declares no data folder of that name. Declared are raw"
    ]


def test_data_without_a_folder_is_refused(study, cdisc):
    ran = cdisc("run", "--data", "raw")
    assert ran.code == 2
    assert ran.lines == ["error: --data raw: write NAME=DIR. e.g. --data raw=transfer_7"]


def test_a_data_folder_outside_the_study_is_refused_in_study_yaml(study, cdisc):
    study.replace("study.yaml", "raw: data/raw", "raw: ../elsewhere")
    ran = cdisc("run")
    assert ran.code == 2
    (line,) = ran.lines
    assert line == (
        "study.yaml:17:8: error: the data folder '../elsewhere' is outside the study folder."
        " Grant it on the command line: --data raw=DIR"
    )


def test_only_makes_a_partial_package_and_leaves_the_whole_one(study, cdisc):
    cdisc("run")
    package = study.tree()
    ran = cdisc("run", "--only", "AE, DM")
    assert ran.code == 0
    assert "Package  build-partial" in ran.lines
    assert study.tree() == package
    part = study.tree("build-partial")
    assert sorted(name for name in part if name.endswith(".xpt")) == ["sdtm/ae.xpt", "sdtm/dm.xpt"]
    assert part["sdtm/ae.xpt"] == package["sdtm/ae.xpt"]
    assert part["sdtm/dm.xpt"] == package["sdtm/dm.xpt"]


def test_only_of_an_unknown_dataset_is_refused(study, cdisc):
    ran = cdisc("run", "--only", "AE,LB")
    assert ran.code == 2
    assert ran.lines == ["error: no spec describes a dataset LB. There are AE, DM, EX"]


def test_the_package_goes_where_out_says(study, cdisc, tmp_path):
    cdisc("run")
    ran = cdisc("run", "--out", tmp_path / "elsewhere")
    assert ran.code == 0
    assert study.tree("../elsewhere") == study.tree()
    assert cdisc("validate", "--out", tmp_path / "elsewhere").code == 0


def test_a_folder_that_no_run_made_is_not_replaced(study, cdisc, tmp_path):
    own = tmp_path / "mine"
    own.mkdir()
    (own / "notes.txt").write_text("keep me", encoding="utf-8")
    ran = cdisc("run", "--out", own)
    assert ran.code == 2
    (line,) = ran.lines
    assert line == (
        f"{own}: error: the folder mine is not empty and not the output of a run."
        " Choose another --out, or move that folder away"
    )
    assert (own / "notes.txt").read_text(encoding="utf-8") == "keep me"


def test_an_out_that_is_a_file_is_refused(study, cdisc):
    ran = cdisc("run", "--out", "study.yaml")
    assert ran.code == 2
    assert "is a file" in ran.err


def test_the_study_may_be_elsewhere_and_the_next_command_says_so(study, cdisc, monkeypatch):
    monkeypatch.chdir(study.home.parent)
    ran = cdisc("run", "-C", "study")
    assert ran.code == 0
    assert "Read     study/build/report.html, study/build/sdtm/define.html" in ran.lines
    assert ran.lines[-1] == "Next     cdisc validate -C study"
    assert cdisc("check", "-C", "study").lines[-1] == "Next     cdisc run -C study"


def test_the_next_command_after_a_run_to_another_folder_asks_that_folder(study, cdisc):
    ran = cdisc("run", "--out", "other place")
    assert ran.lines[-1] == 'Next     cdisc validate --out "other place"'
    assert cdisc("validate", "--out", "other place").code == 0


def test_validating_before_building_is_told(study, cdisc):
    ran = cdisc("validate")
    assert ran.code == 3
    assert ran.lines == ["error: there is no built package in build. Run `cdisc run` first"]


def test_any_folder_of_xpt_files_can_be_validated(study, cdisc):
    cdisc("run")
    ran = cdisc("validate", "build/sdtm")
    assert ran.code == 0
    assert ran.lines[1].split() == ["AE", "6", "-", "-", "-"]


def test_a_folder_without_xpt_files_is_refused(study, cdisc):
    ran = cdisc("validate", "data/raw")
    assert ran.code == 3
    assert ran.lines[0].startswith("error: no XPT files in")
    cdisc("run")
    ran = cdisc("validate", "build")
    assert ran.code == 3
    assert ran.lines == ["error: no XPT files in build. There are some in build/sdtm"]


def test_analysis_files_are_held_to_the_guide_of_analysis_unless_another_is_named(study, cdisc):
    def held_to(*arguments):
        lines = cdisc("validate", *arguments).lines
        return next(line.split(maxsplit=1)[1] for line in lines if line.startswith("Standard"))

    cdisc("run")
    assert held_to("build/sdtm") == "SDTMIG 3.4, sdtmct 2025-03-28"
    (study.home / "build" / "sdtm").rename(study.home / "analysis")
    for path in (study.home / "analysis").glob("*.xpt"):
        path.rename(path.with_name(f"ad{path.name}"))
    assert held_to("analysis") == "ADaMIG 1.3, sdtmct 2025-03-28"
    assert held_to("analysis", "--standard", "SDTMIG 3.4") == "SDTMIG 3.4, sdtmct 2025-03-28"


def test_a_standard_that_is_not_packaged_is_refused(study, cdisc):
    cdisc("run")
    ran = cdisc("validate", "build/sdtm", "--standard", "SDTMIG 9.9")
    assert ran.code == 2
    assert "SDTMIG 9.9" in ran.err
    ran = cdisc("validate", "build/sdtm", "--standard", "SDTMIG")
    assert ran.code == 2
    assert ran.lines == [
        """error: --standard 'SDTMIG' names no version: write e.g. "SDTMIG 3.4\""""
    ]


WAIVED = """\
waivers:
  - {rule: DATE.ORDER, dataset: AE, reason: was asked, author: site, expires: 2099-12-31}
"""


@pytest.fixture
def with_a_waiver(study, cdisc):
    """A package with one error, which its study has waived."""
    study.replace("data/raw/ae.csv", "13-NOV-2024,14-NOV-2024", "13-NOV-2024,12-NOV-2024")
    study.replace("validation/gate.yaml", "waivers: []", WAIVED)
    assert cdisc("run").code == 0
    return study


def test_a_folder_of_a_study_says_how_its_waivers_would_count(with_a_waiver, cdisc):
    ran = cdisc("validate", "build/sdtm")
    assert ran.code == 1
    waivers = "Waivers  those of validation/gate.yaml do not count here; add -C . and they do"
    assert waivers in ran.lines
    ran = cdisc("validate", "build/sdtm", "-C", ".")
    assert ran.code == 0
    assert "Waived   1 finding" in ran.lines
    assert not any(line.startswith("Waivers") for line in ran.lines)


def test_from_elsewhere_the_study_of_a_folder_is_named(with_a_waiver, cdisc, monkeypatch):
    monkeypatch.chdir(with_a_waiver.home.parent)
    ran = cdisc("validate", "study/build/sdtm")
    said = " ".join(ran.lines)
    assert "those of study/validation/gate.yaml do not count here; add -C study and they do" in said
    assert cdisc("validate", "study/build/sdtm", "-C", "study").code == 0


def test_a_folder_of_no_study_speaks_of_no_waivers(with_a_waiver, cdisc, tmp_path):
    shutil.copytree(with_a_waiver.home / "build" / "sdtm", tmp_path / "loose")
    ran = cdisc("validate", tmp_path / "loose")
    assert ran.code == 1
    assert not any(line.startswith("Waivers") for line in ran.lines)
