"""The reference study, read and built once for all tests of its specs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
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
