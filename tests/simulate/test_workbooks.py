"""Workbooks of the simulator: several transfers, merged headers, the same bytes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cdisc.errors import UsageError
from cdisc.simulate.workbooks import WorkbookFiles

COLUMNS = ("ID", "A.X", "A.Y", "B.X")


def write(path: Path, rows: int, most: int = 100, columns: tuple[str, ...] = ("ID", "N")):
    book = WorkbookFiles(path, columns, "Data", frozenset({"N"}), most)
    book.writerows([f"id {number}", str(number)] for number in range(1, rows + 1))
    book.close()
    return book


def test_one_transfer_has_the_plain_name_and_numbers_are_numbers(tmp_path: Path) -> None:
    book = write(tmp_path / "lab.xlsx", 3)
    assert [path.name for path in book.paths] == ["lab.xlsx"]
    sheet = load_workbook(tmp_path / "lab.xlsx")["Data"]
    assert list(sheet.values) == [("ID", "N"), ("id 1", 1), ("id 2", 2), ("id 3", 3)]
    assert book.place(3) == ("lab.xlsx", 3)


def test_a_full_sheet_goes_on_in_the_next_transfer(tmp_path: Path) -> None:
    book = write(tmp_path / "lab.xlsx", 7, most=4)
    names = ["lab_01.xlsx", "lab_02.xlsx", "lab_03.xlsx"]
    assert [path.name for path in book.paths] == names
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    rows = [list(load_workbook(path)["Data"].values)[1:] for path in book.paths]
    assert [len(part) for part in rows] == [3, 3, 1]
    assert [row[1] for part in rows for row in part] == list(range(1, 8))
    assert [book.place(row) for row in (3, 4, 7)] == [
        ("lab_01.xlsx", 3),
        ("lab_02.xlsx", 1),
        ("lab_03.xlsx", 1),
    ]


def test_a_sheet_that_is_just_full_needs_no_further_one(tmp_path: Path) -> None:
    assert len(write(tmp_path / "lab.xlsx", 3, most=4).paths) == 1


def test_transfers_of_an_earlier_export_go_and_other_files_stay(tmp_path: Path) -> None:
    write(tmp_path / "lab.xlsx", 7, most=4)
    (tmp_path / "lab_notes.xlsx").write_bytes(b"")
    write(tmp_path / "lab.xlsx", 2, most=4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lab.xlsx", "lab_notes.xlsx"]


def test_groups_stand_in_merged_cells(tmp_path: Path) -> None:
    book = WorkbookFiles(tmp_path / "wide.xlsx", COLUMNS, "Wide", frozenset())
    book.writerows([["1", "a", "", "c"]])
    book.close()
    sheet = load_workbook(tmp_path / "wide.xlsx")["Wide"]
    assert list(sheet.values) == [
        (None, "A", None, "B"),
        ("ID", "X", "Y", "X"),
        ("1", "a", None, "c"),
    ]
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["B1:C1"]


def test_the_bytes_depend_on_nothing_but_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "lab.xlsx", 5)
    (tmp_path / "two").mkdir()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    old = os.umask(0o077)
    try:
        write(tmp_path / "two" / "lab.xlsx", 5)
    finally:
        os.umask(old)
    first, again = ((tmp_path / name).read_bytes() for name in ("lab.xlsx", "two/lab.xlsx"))
    assert first == again


def test_without_the_library_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match="XlsxWriter, which is not installed") as told:
        write(tmp_path / "lab.xlsx", 1)
    assert told.value.hint == 'pip install "cdisc[simulate]"'
