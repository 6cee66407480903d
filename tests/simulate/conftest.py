"""The raw exports of the reference study, made once for all tests of the simulator."""

from __future__ import annotations

import csv
from pathlib import Path

import pyreadstat
import pytest

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


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `raw/` and `injected.csv`, of 40 subjects."""
    folder = tmp_path_factory.mktemp("exports")
    simulate(folder / "raw", manifest=folder / "injected.csv")
    return folder


@pytest.fixture(scope="session")
def raw(exports: Path) -> dict[str, Rows]:
    """The rows of every raw file, by its name without the ending."""
    return {path.stem: read_rows(path) for path in sorted((exports / "raw").iterdir())}
