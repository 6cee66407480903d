"""A folder of ADaM, whoever made it: what a reviewer finds without the specs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from cdisc.pipeline import RunResult
from cdisc.pipeline.package_check import validate_folder
from cdisc.write.xpt import read_xpt, write_xpt

from .conftest import PUBLISHED


def judged(folder: Path) -> dict[str, list[str]]:
    """The messages of errors and warnings, by dataset and rule."""
    result = validate_folder(
        folder,
        standard=("ADaMIG", "1.3"),
        release=("sdtmct", "2025-03-28"),
        encoding="ascii",
        progress=lambda _what, _done, _all: None,
    )
    found: dict[str, list[str]] = {}
    for f in result.findings:
        found.setdefault(f"{f.dataset} {f.rule}", []).append(f.message)
    return found


def changed(source: Path, target: Path, change: dict[str, object]) -> None:
    """A transport file with one value of its first record changed."""
    read = read_xpt(source)
    frame = read.frame.copy()
    for name, value in change.items():
        column = frame[name].astype(object) if isinstance(value, str) else frame[name]
        column.iloc[0] = value
        frame[name] = column.astype("str") if isinstance(value, str) else column
    variables = [v for v in read.variables if v.name in frame]
    write_xpt(frame, target, name=read.name, label=read.label, variables=variables)


@pytest.fixture
def folder(made: RunResult, tmp_path: Path) -> Path:
    for name in ("adsl", "adae"):
        shutil.copy(made.out / "adam" / f"{name}.xpt", tmp_path / f"{name}.xpt")
    return tmp_path


def test_what_the_example_makes_has_no_faults(folder: Path) -> None:
    assert judged(folder) == {}


@pytest.mark.parametrize(
    ("dataset", "change", "rule", "message"),
    [
        ("adae", {"TRTEMFL": "N"}, "ADAE FLAG.RECORD", "'N' in TRTEMFL is not Y or null"),
        (
            "adae",
            {"TRTSDT": 19000.0},
            "ADAE SUBJECT.COPY",
            "'2012-01-08' in TRTSDT is not what ADSL says of the subject",
        ),
        ("adae", {"ASTDY": 0.0}, "ADAE DAY.ZERO", "ASTDY is 0, and there is no study day 0"),
        ("adae", {"AENDT": 1.0}, "ADAE NUMERIC_DATE.ORDER", "AENDT is before ASTDT"),
        ("adae", {"USUBJID": "T-9"}, "ADAE SUBJECT.UNKNOWN", "subject 'T-9' is not in ADSL"),
        ("adsl", {"USUBJID": "T-2"}, "ADSL SUBJECT.REPEATED", "subject 'T-2' has several records"),
        ("adsl", {"SAFFL": "U"}, "ADSL FLAG.POPULATION", "'U' in SAFFL is not Y or N"),
    ],
)
def test_one_wrong_value_is_found(
    folder: Path, dataset: str, change: dict[str, object], rule: str, message: str
) -> None:
    path = folder / f"{dataset}.xpt"
    changed(path, path, change)
    assert message in judged(folder).get(rule, [])


def test_a_folder_without_adsl_is_told_once(folder: Path) -> None:
    shutil.copy(folder / "adae.xpt", folder / "adbe.xpt")
    (folder / "adsl.xpt").unlink()
    found = judged(folder)
    assert found["ADAE SUBJECT.NO_ADSL"] == ["there is ADAE, but no ADSL in the package"]
    assert [key for key in found if "NO_ADSL" in key] == ["ADAE SUBJECT.NO_ADSL"]


@pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the published ADaM is not beside the repository"
)
def test_the_published_files_have_few_faults(tmp_path: Path) -> None:
    for name in ("adsl", "adae", "adtte"):
        shutil.copy(PUBLISHED / f"{name}.xpt", tmp_path / f"{name}.xpt")
    found = judged(tmp_path)
    assert {key for key in found if "STRUCTURE" not in key} == {"ADAE CT.EXTENSION"}
    assert sorted(found["ADAE STRUCTURE.REQUIRED"]) == [
        f"required variable {name} is not in ADAE" for name in ("AEBDSYCD", "AEENDTC", "AESTDTC")
    ]
    assert pd.Series(found["ADTTE STRUCTURE.LABEL"]).str.contains("STARTDT").all()
