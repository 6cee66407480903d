"""Faults of SDTM that others made: each told once, with the file that has it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest

from cdisc.errors import CdiscError
from cdisc.pipeline import RunResult, Study

from .conftest import HOME, SDTM, Records, write_package

RunIn = Callable[..., RunResult]


def errors(result: RunResult) -> list[str]:
    """The errors of findings that the package has anyway left out."""
    told = [f for f in result.findings if f.severity == "error"]
    return [str(f) for f in told if not f.rule.startswith("supplemental.")]


def without(dataset: str, *columns: str) -> Mapping[str, Records]:
    """The package, one of its datasets without some columns."""
    left = [{k: v for k, v in r.items() if k not in columns} for r in SDTM[dataset]]
    return {**SDTM, dataset: left}


@pytest.mark.parametrize(
    ("again", "row", "hint"),
    [
        ({}, 5, "They are alike; row 1 is kept"),
        (
            {"AGE": 99, "RACE": "WHITER"},
            5,
            "They differ in AGE, RACE; row 1 is kept until the source says which stands",
        ),
        (
            {"AGE": 11},
            1,
            "They differ in AGE; row 5 is kept until the source says which stands",
        ),
    ],
)
def test_a_subject_twice_in_demographics_is_one_error_and_nothing_else(
    run_in: RunIn, tmp_path: Path, again: dict[str, object], row: int, hint: str
) -> None:
    dm = [*SDTM["DM"], {**SDTM["DM"][0], **again}]
    result = run_in(write_package(tmp_path / "sdtm", {**SDTM, "DM": dm}))
    assert errors(result) == [
        (
            "study.yaml:19:3 dm: dm.xpt has several records of subject 'T-1'; DM has one of each, "
            f"so the others are rejected (1 row, dm.xpt row {row}). {hint}"
        )
    ]
    assert result.datasets["ADSL"].frame["USUBJID"].tolist() == ["T-1", "T-2", "T-3"]
    with (result.out / "rejected" / "dm.csv").open(encoding="utf-8", newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["file"], line["row"], line["USUBJID"]) == ("dm.xpt", str(row), "T-1")


def test_which_of_several_records_is_kept_does_not_depend_on_their_order(
    run_in: RunIn, tmp_path: Path
) -> None:
    others = [{**SDTM["DM"][0], "AGE": age} for age in (64, 50, 70)]
    frames = []
    for number, dm in enumerate(([*others, *SDTM["DM"][1:]], [*SDTM["DM"][1:], *others[::-1]])):
        folder = write_package(tmp_path / f"sdtm{number}", {**SDTM, "DM": dm})
        study = Study.load(HOME, data={"sdtm": folder})
        frames.append(study.run(out=tmp_path / f"out{number}").datasets["ADSL"].frame)
    pd.testing.assert_frame_equal(*frames)
    assert frames[0]["AGE"].tolist() == [50, 80, 81]


@pytest.mark.parametrize(
    ("dataset", "column", "message"),
    [
        (
            "DM",
            "ETHNIC",
            (
                "adsl.yaml:57:3 ETHNIC: there is no column ETHNIC in dm.xpt and no qualifier "
                "ETHNIC in suppdm.xpt"
            ),
        ),
        ("DM", "ARMCD", "adsl.yaml:5:7: there is no column ARMCD in dm.xpt and no qualifier"),
        ("SV", "VISITNUM", "adsl.yaml:8:13 baseline: there is no column VISITNUM in sv.xpt. There"),
        ("EX", "EXSEQ", "adsl.yaml:9:14 last_dose: there is no column EXSEQ in ex.xpt. There are"),
        ("DS", "DSDECOD", "adsl.yaml:95:3 DCDECOD: there is no column DSDECOD in ds.xpt and no"),
        (
            "AE",
            "AESEV",
            "adae.yaml:28:3 AESEV: there is no column AESEV in ae.xpt and no qualifier",
        ),
    ],
)
def test_a_column_that_is_not_there_is_told_with_its_file(
    run_in: RunIn, tmp_path: Path, dataset: str, column: str, message: str
) -> None:
    with pytest.raises(CdiscError) as caught:
        run_in(write_package(tmp_path / "sdtm", without(dataset, column)))
    assert str(caught.value).startswith(f"mappings/adam/{message}")


def test_a_qualifier_that_nobody_has_is_told_with_both_files(run_in: RunIn, tmp_path: Path) -> None:
    few = [record for record in SDTM["SUPPDM"] if record["QNAM"] != "EFFICACY"]
    with pytest.raises(CdiscError, match=r"dm\.xpt and no qualifier EFFICACY in suppdm\.xpt"):
        run_in(write_package(tmp_path / "sdtm", {**SDTM, "SUPPDM": few}))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("ZZNAME: {copy: ZZNAME}", True),
        ("OTHER: {copy: ZZNAME}", True),
        ("ZZNAME: {copy: ZZNAME, label: Own Name}", False),
        ("INVNAM: {copy: INVNAM}", False),
    ],
)
def test_a_copy_that_no_standard_knows_needs_the_label_of_its_file(
    tmp_path: Path, line: str, told: bool
) -> None:
    home = tmp_path / "study"
    shutil.copytree(HOME, home)
    spec = home / "mappings" / "adam" / "adsl.yaml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("  ETHNIC: ", f"  {line}\n  ETHNIC: "), encoding="utf-8")
    name = line.partition(":")[0]
    assert [str(error) for error in Study.load(home).check().errors] == [
        (
            f"mappings/adam/adsl.yaml:57:3 {name}: a label is needed: it is a copy of ZZNAME in "
            "dm.xpt or suppdm.xpt, which neither ADaMIG 1.3 nor SDTMIG 3.4 has. Write the one that "
            f"the file has: {name}: {{copy: ZZNAME, label: ...}}"
        )
    ] * told
