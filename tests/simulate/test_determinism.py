from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.errors import UsageError, WriteError
from cdisc.simulate import simulate
from cdisc.simulate.edc_metadata import ODM_FILE
from cdisc.simulate.sheets import COLUMNS, TRANSPORT

from .conftest import read_rows

FILES = (ODM_FILE, *COLUMNS)

DATA = Path(__file__).parents[2] / "data"


def test_the_same_seed_gives_the_same_bytes_twice(exports: Path, tmp_path: Path) -> None:
    paths = simulate(tmp_path / "raw", manifest=tmp_path / "injected.csv")
    assert [path.name for path in paths] == list(FILES)
    for path in paths:
        assert path.read_bytes() == (exports / "raw" / path.name).read_bytes(), path.name
    assert (tmp_path / "injected.csv").read_bytes() == (exports / "injected.csv").read_bytes()


@pytest.mark.parametrize("name", [*(f"raw/{name}" for name in FILES), "injected.csv"])
def test_the_committed_exports_are_what_the_simulator_writes(exports: Path, name: str) -> None:
    assert (exports / name).read_bytes() == (DATA / name).read_bytes()


def test_another_seed_gives_another_study(exports: Path, tmp_path: Path) -> None:
    simulate(tmp_path, seed=1)
    assert (tmp_path / "ae.csv").read_bytes() != (exports / "raw" / "ae.csv").read_bytes()


@pytest.mark.parametrize("subjects", [1, 17, 60])
def test_a_subject_is_the_same_in_a_study_of_any_size(
    exports: Path, tmp_path: Path, subjects: int
) -> None:
    simulate(tmp_path, subjects=subjects)
    common = {f"001-{number:04d}".encode() for number in range(1, min(subjects, 40) + 1)}

    def rows(folder: Path, name: str) -> list[object]:
        if name in TRANSPORT:
            people = {subject.decode() for subject in common}
            return [row for row in read_rows(folder / name) if row["SUBJECT"] in people]
        lines = (folder / name).read_bytes().split(b"\n")
        return [line for line in lines if line.split(b",")[0] in common]

    for name in COLUMNS:
        assert rows(tmp_path, name) == rows(exports / "raw", name), name


def test_line_ends_are_lf_only(exports: Path) -> None:
    for path in sorted((exports / "raw").glob("*.csv")):
        data = path.read_bytes()
        assert b"\r" not in data, path.name
        assert data.endswith(b"\n"), path.name


@pytest.mark.parametrize(("subjects", "seed"), [(0, 1), (-3, 1), (5, -1)])
def test_a_study_without_subjects_or_with_a_negative_seed_is_refused(
    tmp_path: Path, subjects: int, seed: int
) -> None:
    with pytest.raises(UsageError, match="at least 1 subject"):
        simulate(tmp_path, subjects=subjects, seed=seed)


def test_a_folder_that_is_a_file_is_named_in_the_error(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    with pytest.raises(WriteError, match="taken cannot be written"):
        simulate(taken, subjects=1)
