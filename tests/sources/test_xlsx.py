"""Excel: sheets, merged headers, cells as text."""

from __future__ import annotations

import datetime as dt
import gc
from pathlib import Path

import pytest

from cdisc.errors import SourceError
from cdisc.sources import SourceSpec, read_source

openpyxl = pytest.importorskip("openpyxl", reason="openpyxl writes the workbooks of these tests")


def write(path: Path, rows: list[list[object]], **sheets: list[list[object]]) -> object:
    book = openpyxl.Workbook()
    for name, content in {"Data": rows, **sheets}.items():
        sheet = book.active if name == "Data" else book.create_sheet(name)
        sheet.title = name
        for row in content:
            sheet.append(row)
    book.save(path)
    return book


def test_cells_become_canonical_text(tmp_path: Path, read, cells) -> None:
    header = ["ID", "N", "D", "DT", "T", "H", "B", "X"]
    write(
        tmp_path / "lab.xlsx",
        [
            header,
            ["007", 12, dt.date(2024, 3, 5), dt.datetime(2024, 3, 5, 14, 30, 15), dt.time(9, 5),
             dt.timedelta(hours=30, minutes=1), True, " x "],
            ["1.10", 0.1, dt.date(1999, 12, 31), dt.datetime(2024, 3, 5), dt.time(0, 0, 1),
             dt.timedelta(seconds=1), False, "＞10"],
            ["", 1e15, None, None, None, None, None, "  "],
            ["a", 1 / 3, "UNK", None, None, None, None, "12.0"],
        ],
    )  # fmt: skip
    table = read("lab.xlsx")
    assert list(table.frame.columns) == header
    assert cells(table) == [
        ["007", "12", "2024-03-05", "2024-03-05T14:30:15", "09:05:00", "30:01:00", "true", " x "],
        ["1.10", "0.1", "1999-12-31", "2024-03-05T00:00:00", "00:00:01", "00:00:01", "false",
         "＞10"],
        [None, "1000000000000000", None, None, None, None, None, None],
        ["a", "0.3333333333333333", "UNK", None, None, None, None, "12.0"],
    ]  # fmt: skip


def test_blank_rows_and_columns(tmp_path: Path, read, refusal, cells) -> None:
    write(tmp_path / "lab.xlsx", [["A", None, "B", None], [1, None, 2, ""], [], [3, None, 4], [""]])
    table = read("lab.xlsx")
    assert cells(table) == [["1", "2"], ["3", "4"]]
    assert table.row_of.tolist() == [1, 3]
    assert [n.rule for n in table.notes] == ["source_unnamed_columns", "source_blank_rows"]
    write(tmp_path / "lab.xlsx", [["A", None], [1, None], [1, "?"]])
    assert refusal("lab.xlsx") == (
        "lab.xlsx:1: column 2 has no name but holds data (1 rows, first row 2)."
        " Name the column in its header, or remove what stands below it"
    )


def test_which_sheet(tmp_path: Path, read, refusal, cells) -> None:
    write(tmp_path / "lab.xlsx", [["A"], [1]], Second=[["B"], [2]], **{"3": [["C"], [3]]})
    assert cells(read("lab.xlsx", sheet="Second")) == [["2"]]
    assert cells(read("lab.xlsx", sheet="1")) == cells(read("lab.xlsx", sheet=1)) == [["1"]]
    assert cells(read("lab.xlsx", sheet="3")) == [["3"]]
    assert refusal("lab.xlsx") == (
        "lab.xlsx: the workbook has 3 visible sheets and none is declared."
        " Declare sheet. Its sheets: Data, Second, 3"
    )
    assert refusal("lab.xlsx", sheet="second") == (
        "lab.xlsx: the workbook has no sheet second."
        " Did you mean Second? Its sheets: Data, Second, 3"
    )
    assert refusal("lab.xlsx", sheet="9").startswith("lab.xlsx: the workbook has no sheet 9.")


def test_a_hidden_sheet_is_not_in_the_way(tmp_path: Path, read, cells) -> None:
    book = write(tmp_path / "lab.xlsx", [["A"], [1]], Lists=[["x"]])
    book["Lists"].sheet_state = "hidden"
    book.save(tmp_path / "lab.xlsx")
    assert cells(read("lab.xlsx")) == [["1"]]


def test_merged_header_cells(tmp_path: Path, read) -> None:
    book = write(
        tmp_path / "lab.xlsx",
        [
            ["Flow export"],
            ["SUBJ", "CD4", None, "NK", None, None],
            [None, "N", "PCT", "N", "PCT", "LAB"],
            ["7", 1, 2, 3, 4, "x"],
        ],
    )
    sheet = book["Data"]
    sheet.merge_cells("B2:C2")
    sheet.merge_cells("D2:E2")
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "lab.xlsx")
    table = read("lab.xlsx", header_row=2, header_rows=2)
    assert list(table.frame.columns) == ["SUBJ", "CD4.N", "CD4.PCT", "NK.N", "NK.PCT", "LAB"]
    assert table.row_of.tolist() == [1]


def test_transfers_by_pattern_with_merged_headers_are_one_source(
    tmp_path: Path, read, refusal, cells
) -> None:
    def transfer(name: str, header: list[object], *rows: list[object]) -> None:
        book = write(tmp_path / name, [["SUBJ", "CD4", None], header, *rows])
        book["Data"].merge_cells("B1:C1")
        book.save(tmp_path / name)

    transfer("lab_1.xlsx", [None, "N", "PCT"], ["7", 1, 2], ["8", 3, 4])
    transfer("lab_2.xlsx", [None, "PCT", "N"], ["9", 6, 5])
    table = read("lab_*.xlsx", header_rows=2)
    assert list(table.frame.columns) == ["SUBJ", "CD4.N", "CD4.PCT"]
    assert cells(table) == [["7", "1", "2"], ["8", "3", "4"], ["9", "5", "6"]]
    assert [table.files[number] for number in table.file_of] == ["lab_1.xlsx"] * 2 + ["lab_2.xlsx"]
    assert table.row_of.tolist() == [1, 2, 1]
    transfer("lab_3.xlsx", [None, "N", "RATIO"], ["9", 6, 5])
    assert refusal("lab_*.xlsx", header_rows=2) == (
        "lab_3.xlsx: the columns are not those of lab_1.xlsx: it lacks CD4.PCT and has CD4.RATIO "
        "more. All transfer files of one source need the same columns"
    )


def test_upper_cells_that_are_not_merged_belong_to_their_left(tmp_path: Path, read) -> None:
    write(tmp_path / "lab.xlsx", [["S", "CD4", None], [None, "N", "PCT"], ["7", 1, 2]])
    assert list(read("lab.xlsx", header_rows=2).frame.columns) == ["S", "CD4.N", "CD4.PCT"]


def test_cells_that_excel_shows_but_the_file_does_not_hold(tmp_path: Path, read, cells) -> None:
    write(tmp_path / "lab.xlsx", [["A", "B"], [1, "#N/A"], [2, "=A2+1"], [3, "x"]])
    table = read("lab.xlsx")
    assert cells(table) == [["1", None], ["2", None], ["3", "x"]]
    assert [(n.rule, str(n.severity), n.message) for n in table.notes] == [
        (
            "source_cell_error",
            "warning",
            "cells with an Excel error are missing: 1 in the workbook, first B2",
        ),
        (
            "source_formula",
            "warning",
            "formulas without a stored result are missing: 1 in the workbook, first B3",
        ),
    ]


def test_unreadable_and_empty_workbooks(tmp_path: Path, refusal, read) -> None:
    path = tmp_path / "lab.xlsx"
    write(path, [["A"], [1]])
    whole = path.read_bytes()
    save = ". Open it in Excel, remove any password and save it as .xlsx"
    for content, why in (
        (b"", "it is empty" + save),
        (b"A,B\n1,2\n", "it holds something else" + save),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
            "it has a password or is an old one" + save,
        ),
        (whole[: len(whole) // 2], "it is cut short or damaged. Ask for the transfer again"),
    ):
        path.write_bytes(content)
        assert refusal("lab.xlsx") == f"lab.xlsx: cannot be read as an Excel workbook: {why}"
    write(path, [])
    assert refusal("lab.xlsx") == "lab.xlsx: sheet Data is empty: it has no header"
    write(path, [["A", "B"]])
    assert read("lab.xlsx").frame.shape == (0, 2)


def test_only_some_columns_and_declared_missing_texts(tmp_path: Path, read, cells) -> None:
    write(tmp_path / "lab.xlsx", [["A", "B", "C"], ["ND", 1, None], ["x", None, None]])
    assert cells(read("lab.xlsx", only=["C", "A"], missing=("ND",))) == [[None, None], ["x", None]]


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collection_is_left_as_it_was(tmp_path, enabled):
    book = openpyxl.Workbook()
    book.active.append(["A"])
    book.save(tmp_path / "a.xlsx")
    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        read_source(SourceSpec(name="a", file="a.xlsx"), tmp_path)
        (tmp_path / "a.xlsx").write_bytes(b"no workbook")
        with pytest.raises(SourceError):
            read_source(SourceSpec(name="a", file="a.xlsx"), tmp_path)
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if was else gc.disable)()
