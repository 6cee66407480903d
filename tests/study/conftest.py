"""The reference study, read and built once for all tests of its specs."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree

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
    "disp.csv": ("DSDAT", "%d-%b-%Y"),
    "death.csv": ("DTHDAT", "%d-%b-%Y"),
    "surv.csv": ("CONDAT", "%d-%b-%Y"),
    "dose_msc.csv": ("STDTM", "%Y/%m/%d %H:%M"),
    "dose_reg.csv": ("DTM", "%Y/%m/%d %H:%M"),
    "ae.csv": ("AESTDAT", "%d-%b-%Y"),
    "aelog.csv": ("CHGDAT", "%d-%b-%Y"),
    "ecog.csv": ("ECOGDAT", "%d-%b-%Y"),
    "ecg.csv": ("EGDAT", "%d-%b-%Y"),
    "visit.csv": ("VISDAT", "%d-%b-%Y"),
    "mh.csv": ("MHSTDAT", "%d-%b-%Y"),
    "cadx.csv": ("DXDAT", "%d-%b-%Y"),
    "priortx.csv": ("STDAT", "%d-%b-%Y"),
    "clab_qpcr.csv": ("COLUTC", "%Y-%m-%dT%H:%M:%SZ"),
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
    if not text:
        return ""
    when = datetime.strptime(known, form)
    # the study is eight hours ahead of UTC
    local = when + timedelta(hours=8) if text.endswith("Z") else when
    return local.date().isoformat()


@pytest.fixture(scope="session")
def edc() -> Callable[[str], Sequence[Mapping[str, str]]]:
    """The rows of a form of the EDC snapshot as text, in file order; what is empty is absent."""
    space = "{http://www.cdisc.org/ns/odm/v1.3}"
    document = etree.parse(ROOT / "data" / "raw" / "edc_odm.xml")

    def rows(form: str) -> Sequence[Mapping[str, str]]:
        return [
            {"SUBJECT": subject.get("SubjectKey", "")}
            | {item.get("ItemOID", ""): item.get("Value", "") for item in group}
            for subject in document.iter(f"{space}SubjectData")
            for group in subject.iter(f"{space}ItemGroupData")
            if group.get("ItemGroupOID") == form
        ]

    return rows


@pytest.fixture(scope="session")
def design() -> Callable[[str], Sequence[Mapping[str, str]]]:
    """A table of the study design, which does not travel with the repository."""

    def table(name: str) -> Sequence[Mapping[str, str]]:
        path = DESIGN / name
        if not path.is_file():
            pytest.skip(f"the study design is not here: {name}")
        return read_csv(path)

    return table


@pytest.fixture(scope="session")
def registration() -> Mapping[str, str]:
    """The criteria of the registration, INCL01 on and EXCL01 on, as it words them."""
    path = DESIGN / "NCT05699811.txt"
    if not path.is_file():
        pytest.skip("the study design is not here: NCT05699811.txt")
    text = path.read_text(encoding="utf-8")
    criteria: dict[str, str] = {}
    for kind, start, end in (
        ("INCL", "Inclusion Criteria:", "Exclusion Criteria:"),
        ("EXCL", "Exclusion Criteria:", "To learn more"),
    ):
        part = text.split(start)[1].split(end)[0]
        lines = [line[2:].strip() for line in part.splitlines() if line.startswith("- ")]
        criteria |= {f"{kind}{number:02d}": line for number, line in enumerate(lines, start=1)}
    return criteria


def read_csv(path: Path, encoding: str = "utf-8") -> Sequence[Mapping[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))
