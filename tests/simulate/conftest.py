"""The raw exports of the reference study, made once for all tests of the simulator."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cdisc.simulate import simulate
from cdisc.simulate.sheets import ENCODINGS

Rows = list[dict[str, str]]


def read_rows(path: Path) -> Rows:
    with path.open(encoding=ENCODINGS.get(path.name, "utf-8"), newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `raw/` and `injected.csv`, of 40 subjects."""
    folder = tmp_path_factory.mktemp("exports")
    simulate(folder / "raw", manifest=folder / "injected.csv")
    return folder


@pytest.fixture(scope="session")
def raw(exports: Path) -> dict[str, Rows]:
    """The rows of every raw file, by its name without `.csv`."""
    return {path.stem: read_rows(path) for path in sorted((exports / "raw").glob("*.csv"))}
