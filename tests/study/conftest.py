"""The reference study, read and built once for all tests of its specs."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from cdisc.build import Built, Inputs, build, read_inputs
from cdisc.spec import StudySpec, read_study

ROOT = Path(__file__).parents[2]
DESIGN = ROOT / ".." / "shared" / "study"
SUBJECT = "CHN-PLAGH-BT-078-001-"


@pytest.fixture(scope="session")
def study() -> StudySpec:
    return read_study(ROOT)


@pytest.fixture(scope="session")
def inputs(study: StudySpec) -> Inputs:
    return read_inputs(study)


@pytest.fixture(scope="session")
def built(study: StudySpec, inputs: Inputs) -> Built:
    return build(study, inputs)


@pytest.fixture(scope="session")
def frames(built: Built) -> Mapping[str, pd.DataFrame]:
    return {name: dataset.frame for name, dataset in built.datasets.items()}


@pytest.fixture(scope="session")
def subject(frames: Mapping[str, pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """The records of a dataset of one subject, by the last four digits; conditions as `A=value`."""

    def records(dataset: str, number: str, **conditions: object) -> pd.DataFrame:
        frame = frames[dataset]
        found = frame[frame["USUBJID"] == SUBJECT + number]
        for name, value in conditions.items():
            found = found[found[name] == value]
        return found.reset_index(drop=True)

    return records


@pytest.fixture(scope="session")
def injected() -> Sequence[Mapping[str, str]]:
    """The cells of the raw exports that were made dirty on purpose."""
    return read_csv(ROOT / "data" / "injected.csv")


@pytest.fixture(scope="session")
def raw() -> Callable[[str], Sequence[Mapping[str, str]]]:
    """The rows of a raw export as text."""

    def rows(name: str) -> Sequence[Mapping[str, str]]:
        encoding = "gb18030" if name == "lab_local.csv" else "utf-8"
        return read_csv(ROOT / "data" / "raw" / name, encoding)

    return rows


CUT = "2025-06-30"
# the column that dates the records of a file, and its format
DATED = {
    "dm.csv": ("ICDAT", "%Y-%m-%d"),
    "disp.csv": ("DSDAT", "%d-%b-%Y"),
    "death.csv": ("DTHDAT", "%d-%b-%Y"),
    "surv.csv": ("CONDAT", "%d-%b-%Y"),
    "dose_msc.csv": ("STDTM", "%Y/%m/%d %H:%M"),
    "dose_reg.csv": ("DTM", "%Y/%m/%d %H:%M"),
    "ae.csv": ("AESTDAT", "%d-%b-%Y"),
    "aelog.csv": ("CHGDAT", "%d-%b-%Y"),
    "ecog.csv": ("ECOGDAT", "%d-%b-%Y"),
    "img.csv": ("SCANDAT", "%d-%b-%Y"),
    "resp.csv": ("RSPDAT", "%d-%b-%Y"),
    "lab_local.csv": ("COLDTM", "%Y-%m-%d %H:%M"),
}
LESIONS = ("tl.csv", "ntl.csv", "nl.csv")


@pytest.fixture(scope="session")
def late(raw: Callable[[str], Sequence[Mapping[str, str]]]) -> Mapping[str, set[int]]:
    """By raw file the numbers of the rows that start after the data cut, read by another route."""
    there = {path.name for path in (ROOT / "data" / "raw").iterdir()}
    found = {}
    for name, (column, form) in DATED.items():
        if name in there:
            days = [_earliest(row[column], form) for row in raw(name)]
            found[name] = {number for number, day in enumerate(days, 1) if day > CUT}
    scans = raw("img.csv")
    after = {(scans[n - 1]["SUBJECT"], scans[n - 1]["SCANID"]) for n in found["img.csv"]}
    for name in LESIONS:
        keys = [(row["SUBJECT"], row["SCANID"]) for row in raw(name)]
        found[name] = {number for number, key in enumerate(keys, 1) if key in after}
    return found


@pytest.fixture(scope="session")
def at_cut(
    raw: Callable[[str], Sequence[Mapping[str, str]]], late: Mapping[str, set[int]]
) -> Callable[[str], Sequence[Mapping[str, str]]]:
    """The rows of a raw export that had started on the day of the data cut."""

    def rows(name: str) -> Sequence[Mapping[str, str]]:
        return [row for number, row in enumerate(raw(name), 1) if number not in late[name]]

    return rows


def _earliest(text: str, form: str) -> str:
    """The earliest ISO day that a collected date can be; empty when there is none."""
    known = re.sub(r"^UNK?-", "01-", re.sub(r"^UNK?-UNK?-", "01-JAN-", text))
    return datetime.strptime(known, form).date().isoformat() if text else ""


@pytest.fixture(scope="session")
def design() -> Callable[[str], Sequence[Mapping[str, str]]]:
    """A table of the study design, which does not travel with the repository."""

    def table(name: str) -> Sequence[Mapping[str, str]]:
        path = DESIGN / name
        if not path.is_file():
            pytest.skip(f"the study design is not here: {name}")
        return read_csv(path)

    return table


def read_csv(path: Path, encoding: str = "utf-8") -> Sequence[Mapping[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))
