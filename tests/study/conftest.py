"""The reference study, read and built once for all tests of its specs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
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
