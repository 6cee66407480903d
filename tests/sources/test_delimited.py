"""CSV and TSV: text exactly as received, and refusals that name the line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc.errors import SourceError
from cdisc.sources import SourceSpec, SourceTable, read_source

REAL = Path(__file__).parents[2] / ".." / "shared" / "real" / "cdiscpilot01" / "raw"
TEXT = pd.StringDtype(na_value=np.nan)


def read(folder: Path, content: bytes, *, file: str = "ae.csv", **options: object) -> SourceTable:
    (folder / file).write_bytes(content)
    columns = options.pop("only", None)
    return read_source(SourceSpec(name="ae", file=file, **options), folder, columns=columns)


def refusal(folder: Path, content: bytes, **options: object) -> str:
    with pytest.raises(SourceError) as caught:
        read(folder, content, **options)
    assert caught.value.exit_code == 3
    return str(caught.value)


def cells(table: SourceTable) -> list[list[str | None]]:
    assert all(dtype == TEXT for dtype in table.frame.dtypes)
    return table.frame.astype(object).where(table.frame.notna(), None).to_numpy().tolist()


def test_numbers_dates_and_padding_stay_the_text_they_were(tmp_path: Path) -> None:
    table = read(tmp_path, b"A,B,C,D\n007,1.10, x ,2024-03-05\n1e5,NaN,NA,null\n")
    assert list(table.frame.columns) == ["A", "B", "C", "D"]
    assert cells(table) == [["007", "1.10", " x ", "2024-03-05"], ["1e5", "NaN", "NA", "null"]]
    assert table.files == ("ae.csv",)
    assert table.file_of.tolist() == [0, 0]
    assert table.file_of.dtype == np.int16
    assert table.row_of.tolist() == [1, 2]
    assert table.row_of.dtype == np.int32
    assert table.notes == ()


def test_empty_quoted_empty_and_blank_cells_are_one_missing(tmp_path: Path) -> None:
    table = read(tmp_path, 'A,B\n"",1\n,2\n  ,3\n\u3000\t,4\n'.encode())
    assert cells(table) == [[None, "1"], [None, "2"], [None, "3"], [None, "4"]]


def test_declared_texts_are_missing_too_quoted_or_not(tmp_path: Path) -> None:
    table = read(tmp_path, b'A,B\nNA,1\n"NA",2\nna,3\nNA ,.\n', missing=("NA", "."))
    assert cells(table) == [[None, "1"], [None, "2"], ["na", "3"], ["NA ", None]]


def test_quotes_line_breaks_and_crlf(tmp_path: Path) -> None:
    content = b'A,"B,b"\r\n1,"say ""ah"""\r\n"two\r\nlines",2\r\n5" pipe,"x,y"\r\n'
    table = read(tmp_path, content)
    assert list(table.frame.columns) == ["A", "B,b"]
    assert cells(table) == [["1", 'say "ah"'], ["two\r\nlines", "2"], ['5" pipe', "x,y"]]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_ending_and_no_last_one(tmp_path: Path, end: bytes) -> None:
    table = read(tmp_path, end.join([b"A,B", b"1,2", b"3,4"]))
    assert cells(table) == [["1", "2"], ["3", "4"]]


def test_tsv_and_declared_delimiter(tmp_path: Path) -> None:
    assert cells(read(tmp_path, b"A\tB\n1,5\t2\n", file="a.tsv")) == [["1,5", "2"]]
    assert cells(read(tmp_path, b"A;B\n1,5;2\n", delimiter=";")) == [["1,5", "2"]]
    assert cells(read(tmp_path, b"A|B\n1|2\n", file="a.dat", format="csv", delimiter="|")) == [
        ["1", "2"]
    ]
    assert "delimiter '::' is not one plain character" in refusal(
        tmp_path, b"A::B\n", delimiter="::"
    )


def test_a_file_without_rows_is_fine_and_noted(tmp_path: Path) -> None:
    for content in (b"A,B\n", b"A,B", b"A,B\r\n\r\n"):
        table = read(tmp_path, content)
        assert table.frame.shape == (0, 2)
        assert all(dtype == TEXT for dtype in table.frame.dtypes)
        assert [n.rule for n in table.notes] == ["source_no_rows"]
        assert table.notes[0].message == "the source has columns but no rows"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    expected = "ae.csv: the file is empty: it has no header. Ask for the transfer again"
    assert refusal(tmp_path, b"") == expected
    assert refusal(tmp_path, b" \r\n\n") == expected
    assert refusal(tmp_path, b"\xef\xbb\xbf") == expected


def test_blank_rows_are_left_out_counted_and_keep_the_row_numbers(tmp_path: Path) -> None:
    table = read(tmp_path, b"A,B\n1,2\n\n,\n   \n3,4\n \n\n")
    assert cells(table) == [["1", "2"], ["3", "4"]]
    assert table.row_of.tolist() == [1, 5]


def test_blank_rows_note(tmp_path: Path) -> None:
    table = read(tmp_path, b"A,B\n1,2\n\n,\n3,4\n\n")
    assert [str(n) for n in table.notes] == [
        "ae.csv: blank rows left out (2 rows, first ae.csv row 2)"
    ]
    assert table.notes[0].rule == "source_blank_rows"
    assert [o.row for o in table.notes[0].occurrences] == [2, 3]


def test_a_column_of_its_own_with_blank_lines(tmp_path: Path) -> None:
    table = read(tmp_path, b"A\n1\n\n2\n")
    assert cells(table) == [["1"], ["2"]]
    assert table.row_of.tolist() == [1, 3]


def test_rows_do_not_depend_on_the_columns_asked_for(tmp_path: Path) -> None:
    content = b"A,B\n1,\n,2\n,\n3,4\n"
    table = read(tmp_path, content, only={"A"})
    assert cells(table) == [["1"], [None], ["3"]]
    assert table.row_of.tolist() == read(tmp_path, content).row_of.tolist() == [1, 2, 4]
    assert read(tmp_path, content, only=()).row_of.tolist() == [1, 2, 4]
    assert len(read(tmp_path, content, only=()).frame) == 3


def test_asked_columns_come_in_file_order(tmp_path: Path) -> None:
    table = read(tmp_path, b"A,B,C\n1,2,3\n", only=["C", "A"])
    assert list(table.frame.columns) == ["A", "C"]


def test_ragged_rows_are_refused_with_their_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, b'A,B\n"x\ny",1\n\n3,4,5\n6\n') == (
        "ae.csv:5: row 3 has 3 cells but the header names 2 columns, and 1 more such rows."
        " A cell that contains ',' or a line break must be in quotes"
    )
    assert "ae.csv:2: row 1 has 1 cells but the header names 2 columns." in refusal(
        tmp_path, b"A,B\n1\n2,3\n"
    )


def test_an_open_quote_is_refused_where_it_opens(tmp_path: Path) -> None:
    expected = (
        "ae.csv:3: a quoted cell never ends in the row that begins here."
        ' A quoted cell must end with a quote; a quote inside it is written twice ("")'
    )
    assert refusal(tmp_path, b'A,B\n1,2\n3,"open\n5,6\n7,8\n') == expected
    assert refusal(tmp_path, b'A,B\n1,2\n3,"open') == expected
    assert refusal(tmp_path, b'A,B\n1,2\n"open,4\n5,6\n') == expected
    assert refusal(tmp_path, b'A,B\n1,x"y\n3,"open\n5,6\n') == expected
    assert refusal(tmp_path, b'A,B\n1,2\n3,"open\n5,6\n', only=["A"]) == expected


def test_a_quote_inside_a_quoted_cell_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b'A,B\n1,2\n"5" pipe",6\n"a "b" c",1\n').startswith(
        "ae.csv:3: a quote stands inside a quoted cell in the row that begins here."
    )
    assert refusal(tmp_path, b'A,B\n1,2\n"a "b" c",1\n').startswith("ae.csv:3: a quote stands")


def test_header_names(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"A,B,A\n1,2,3\n") == (
        "ae.csv:1: columns 1 and 3 have the same name 'A'. Each column needs a name of its own"
    )
    assert refusal(tmp_path, b"A,,C\n1,,3\n1,2,3\n1,2,3\n") == (
        "ae.csv:1: column 2 has no name but holds data (2 rows, first row 2)."
        " Name the column in its header, or remove what stands below it"
    )
    assert refusal(tmp_path, b",,\n1,2,3\n").startswith("ae.csv:1: the header row is blank.")
    assert refusal(tmp_path, b'A,"B\n1,2\n').startswith("ae.csv:2: the header cannot be read:")
    table = read(tmp_path, b"A,a, B ,,\n1,2,3,,\n")
    assert list(table.frame.columns) == ["A", "a", "B"]
    assert [str(n) for n in table.notes] == [
        "ae.csv: white space around column names left out: ' B ' (1 row)",
        "ae.csv: empty columns without a name left out: column 4, column 5 (1 row)",
    ]


def test_title_rows_and_several_header_rows(tmp_path: Path) -> None:
    content = b"Export of 2024,,,\nSUBJ,CD4,,NK\n,COUNT,PCT,COUNT\n7,1,2,3\n"
    table = read(tmp_path, content, header_row=2, header_rows=2)
    assert list(table.frame.columns) == ["SUBJ", "CD4.COUNT", "CD4.PCT", "NK.COUNT"]
    assert cells(table) == [["7", "1", "2", "3"]]
    assert table.row_of.tolist() == [1]
    assert refusal(tmp_path, b"A\n1\n", header_row=4) == (
        "ae.csv: the header should end in row 4 but the file has 2. See header_row and header_rows"
    )


def test_missing_columns_are_named_with_the_nearest(tmp_path: Path) -> None:
    content = b"AETERM,aesev\nx,1\n"
    assert refusal(tmp_path, content, columns=("AETERM", "AESEV")) == (
        "ae.csv: source ae has no column AESEV. Did you mean aesev?"
    )
    assert refusal(tmp_path, content, only=["Q1", "Q2"]) == (
        "ae.csv: source ae has no columns Q1, Q2. The file has AETERM, aesev"
    )
    assert refusal(tmp_path, b"AETERM;AESEV\n1;2\n", columns=("AETERM",)) == (
        "ae.csv: source ae has no column AETERM. The header holds ';': declare delimiter: ';'"
    )
    assert len(read(tmp_path, content, only=["aesev"], columns=("AETERM",)).frame.columns) == 1


def test_a_record_longer_than_a_block(tmp_path: Path) -> None:
    long = "x" * (9 << 20)
    table = read(tmp_path, f'A,B\n1,"{long}"\n2,y\n'.encode())
    assert cells(table) == [["1", long], ["2", "y"]]


def test_many_quoted_line_breaks_across_blocks(tmp_path: Path) -> None:
    rows = [[str(i), f"line {i}\nand, another " + "x" * 100] for i in range(60_000)]
    text = io.StringIO()
    csv.writer(text).writerows([["A", "B"], *rows])
    assert cells(read(tmp_path, text.getvalue().encode())) == rows


blank_or_not = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(blank_or_not, min_size=3, max_size=3), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    # With "\n" as line ending the csv module leaves a lone "\r" unquoted, which is a line break.
    style=st.sampled_from(
        [(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\n")]
    ),
)
def test_what_the_csv_module_writes_is_read_back(
    tmp_path: Path, rows: list[list[str]], delimiter: str, style: tuple[int, str]
) -> None:
    quoting, end = style
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([["A", "B", "C"], *rows])
    table = read(tmp_path, text.getvalue().encode("utf-8"), delimiter=delimiter)
    expected = [[cell if cell.strip() else None for cell in row] for row in rows]
    places = [i for i, row in enumerate(expected, 1) if any(row)]
    assert cells(table) == [expected[i - 1] for i in places]
    assert table.row_of.tolist() == places


@pytest.mark.parametrize("name", ["ae_raw", "dm_raw", "ds_raw", "ec_raw", "vs_raw"])
def test_real_exports_equal_the_csv_module(name: str) -> None:
    path = REAL / f"{name}.csv"
    if not path.is_file():
        pytest.skip("the public pilot exports are not beside this repository")
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    table = read_source(SourceSpec(name=name, file=path.name), REAL)
    assert list(table.frame.columns) == header
    assert cells(table) == [[cell if cell.strip() else None for cell in row] for row in rows]
