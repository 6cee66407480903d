"""The raw exports of the reference study, made once for all tests of the simulator."""

from __future__ import annotations

import csv
from pathlib import Path

import pyreadstat
import pytest
from lxml import etree

from cdisc.simulate import simulate
from cdisc.simulate.sheets import ENCODINGS

Rows = list[dict[str, str]]


def read_rows(path: Path) -> Rows:
    if path.suffix == ".sas7bdat":
        return read_transport(path)
    with path.open(encoding=ENCODINGS.get(path.name, "utf-8"), newline="") as handle:
        return list(csv.DictReader(handle))


def read_transport(path: Path) -> Rows:
    """The rows of a SAS transport file as text, dates as ISO 8601, by another reader than ours."""
    frame, _ = pyreadstat.read_xport(path)
    rows = []
    for record in frame.to_dict("records"):
        row = {}
        for name, value in record.items():
            if isinstance(value, float):
                value = "" if value != value else f"{value:g}"
            row[name] = str(value)
        rows.append(row)
    return rows


def read_forms(path: Path) -> dict[str, Rows]:
    """The rows of every form of an ODM file, by its name in small letters, in file order."""
    forms: dict[str, Rows] = {}
    space = "{http://www.cdisc.org/ns/odm/v1.3}"
    for subject in etree.parse(path).iter(f"{space}SubjectData"):
        for group in subject.iter(f"{space}ItemGroupData"):
            row = {"SUBJECT": subject.get("SubjectKey", "")}
            row |= {item.get("ItemOID", ""): item.get("Value", "") for item in group}
            forms.setdefault(group.get("ItemGroupOID", "").lower(), []).append(row)
    return forms


def read_exports(folder: Path) -> dict[str, Rows]:
    """The rows of every raw file, by its name without `.csv`, and of every EDC form.

    `screenings` has the forms that a screening has once, put together to one row.
    """
    tables = {path.stem: read_rows(path) for path in sorted(folder.glob("*.csv"))}
    tables |= {path.stem: read_transport(path) for path in sorted(folder.glob("*.sas7bdat"))}
    forms = read_forms(folder / "edc_odm.xml")
    single = ("ic", "dm", "enr")
    names = {name for form in single for row in forms[form] for name in row}
    screenings: dict[str, dict[str, str]] = {}
    for form in single:
        for row in forms[form]:
            screenings.setdefault(row["SUBJECT"], dict.fromkeys(sorted(names), "")).update(row)
    return {**tables, **forms, "screenings": list(screenings.values())}


def marked_row(raw: dict[str, Rows], mark: dict[str, str], before: int = 0) -> dict[str, str]:
    """The row that the manifest names, or the one so many before it."""
    name = mark["file"].removesuffix(".csv").removesuffix(".sas7bdat")
    if name == "edc_odm.xml":
        name = next(form for form in ("ic", "dm", "ie", "enr", "co")
                    if mark["column"] in {key for row in raw[form] for key in row})  # fmt: skip
    return raw[name][int(mark["row"]) - 1 - before]


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `raw/` and `injected.csv`, of 40 subjects."""
    folder = tmp_path_factory.mktemp("exports")
    simulate(folder / "raw", manifest=folder / "injected.csv")
    return folder


@pytest.fixture(scope="session")
def raw(exports: Path) -> dict[str, Rows]:
    return read_exports(exports / "raw")


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """300 subjects of another seed, so that what holds is not luck; nobody changes them."""
    folder = tmp_path_factory.mktemp("many")
    simulate(folder, subjects=300, seed=77)
    return read_exports(folder)
