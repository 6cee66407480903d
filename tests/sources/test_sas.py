"""SAS transport and SAS7BDAT: whole files only, dates by their format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from cdisc.sources import SourceSpec, read_source

TDF = Path(__file__).parents[2] / ".." / "shared" / "real" / "tdf-sdtm"


def write(path: Path, frame: pd.DataFrame, version: int = 5, **formats: str) -> bytes:
    pyreadstat.write_xport(
        frame, str(path), table_name="VS", file_format_version=version, variable_format=formats
    )
    return path.read_bytes()


def sample() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ID": ["007", " 1.10", "白"],
            "N": [12.0, 0.1, np.nan],
            "D": [0.0, 23440.0, np.nan],
            "DT": [0.0, 2025268215.5, -1.0],
            "T": [0.0, 32700.25, 108060.0],
        }
    )


EXPECTED = [
    ["007", "12", "1960-01-01", "1960-01-01T00:00:00", "00:00:00"],
    [" 1.10", "0.1", "2024-03-05", "2024-03-05T14:30:15.5", "09:05:00.25"],
    ["白", None, None, "1959-12-31T23:59:59", "30:01:00"],
]


@pytest.mark.parametrize("version", [5, 8])
def test_values_and_dates(tmp_path: Path, read, cells, version: int) -> None:
    write(tmp_path / "vs.xpt", sample(), version, D="DATE9.", DT="DATETIME20.", T="TIME8.")
    table = read("vs.xpt")
    assert list(table.frame.columns) == ["ID", "N", "D", "DT", "T"]
    assert cells(table) == EXPECTED
    assert table.row_of.tolist() == [1, 2, 3]
    assert table.notes == ()


def test_only_some_columns(tmp_path: Path, read, cells) -> None:
    write(tmp_path / "vs.xpt", sample())
    assert cells(read("vs.xpt", only=["N"])) == [["12"], ["0.1"], [None]]
    assert len(read("vs.xpt", only=[]).frame) == 3


def test_transport_named_sas7bdat_is_read_and_noted(tmp_path: Path, read, cells) -> None:
    write(tmp_path / "vs.sas7bdat", sample(), D="DATE9.", DT="DATETIME20.", T="TIME8.")
    table = read("vs.sas7bdat")
    assert cells(table) == EXPECTED
    assert [str(n) for n in table.notes] == [
        "vs.sas7bdat: the file is SAS transport (XPT) inside; read as such (1 row)"
    ]


def test_neither_transport_nor_sas7bdat(tmp_path: Path, refusal) -> None:
    (tmp_path / "vs.sas7bdat").write_bytes(b"nothing of the kind" * 500)
    message = refusal("vs.sas7bdat")
    assert message.startswith("vs.sas7bdat: cannot be read as SAS data: ")
    (tmp_path / "vs.xpt").write_bytes(b"nothing of the kind" * 500)
    assert refusal("vs.xpt") == "vs.xpt: is not a SAS transport (XPT) file. Check its format"


def test_every_truncation_within_a_row_is_refused(tmp_path: Path, refusal, read) -> None:
    frame = pd.DataFrame({"ID": ["x" * 33] * 20, "N": [1.5] * 20})
    whole = write(tmp_path / "vs.xpt", frame)
    data_at = len(whole) - -(-41 * 20 // 80) * 80
    for size in [0, 79, 80, 240, 640, data_at - 80, *range(data_at + 80, len(whole), 80)]:
        (tmp_path / "vs.xpt").write_bytes(whole[:size])
        message = refusal("vs.xpt")
        assert "cut short" in message or "is not a SAS transport" in message, size
    for size in (len(whole) - 1, len(whole) - 40, data_at + 1):
        (tmp_path / "vs.xpt").write_bytes(whole[:size])
        assert refusal("vs.xpt") == (
            "vs.xpt: the file is cut short. The transfer is not whole: ask for it again"
        )
    (tmp_path / "vs.xpt").write_bytes(whole)
    assert len(read("vs.xpt").frame) == 20


def test_two_datasets_in_one_file_are_refused(tmp_path: Path, refusal) -> None:
    whole = write(tmp_path / "vs.xpt", sample())
    (tmp_path / "vs.xpt").write_bytes(whole + whole[240:])
    assert refusal("vs.xpt") == (
        "vs.xpt: the file does not hold exactly one dataset. Ask for one file a dataset"
    )


def test_text_in_another_encoding(tmp_path: Path, read, refusal, cells) -> None:
    whole = write(tmp_path / "vs.xpt", pd.DataFrame({"A": ["it~s"]}))
    (tmp_path / "vs.xpt").write_bytes(whole.replace(b"it~s", b"it\x92s"))
    assert refusal("vs.xpt") == (
        "vs.xpt: byte 0x92 in a text is not utf-8."
        " Declare the encoding it was written with, such as encoding: windows-1252"
    )
    assert cells(read("vs.xpt", encoding="windows-1252")) == [["it’s"]]


def test_zero_rows(tmp_path: Path, read) -> None:
    write(tmp_path / "vs.xpt", sample().iloc[:0])
    table = read("vs.xpt")
    assert table.frame.shape == (0, 5)
    assert [n.rule for n in table.notes] == ["source_no_rows"]


@pytest.mark.parametrize("name", ["dm", "ex", "suppae", "ds", "ta", "relrec"])
def test_real_transport_files_equal_pandas_text(name: str, cells) -> None:
    path = TDF / f"{name}.xpt"
    if not path.is_file():
        pytest.skip("the public transport files are not beside this repository")
    table = read_source(SourceSpec(name=name, file=path.name), TDF)
    frame, _ = pyreadstat.read_xport(str(path))
    assert list(table.frame.columns) == list(frame.columns)
    assert len(table.frame) == len(frame)
    for column in frame.columns:
        text = table.frame[column]
        if pd.api.types.is_numeric_dtype(frame[column]):
            assert np.array_equal(text.astype(float), frame[column], equal_nan=True)
        else:
            assert text.fillna("").tolist() == frame[column].tolist()


def test_a_damaged_header_is_refused(tmp_path: Path, refusal) -> None:
    whole = write(tmp_path / "vs.xpt", sample())
    for at in (240 + 74, 560 + 54):
        (tmp_path / "vs.xpt").write_bytes(whole[:at] + b"????" + whole[at + 4 :])
        assert refusal("vs.xpt") == (
            "vs.xpt: the file is damaged or cut short. The transfer is not whole: ask for it again"
        )


def test_two_columns_of_one_name_are_refused(tmp_path: Path, refusal) -> None:
    whole = bytearray(write(tmp_path / "vs.xpt", sample()))
    name_of_second = 640 + 140 + 8
    assert whole[name_of_second : name_of_second + 8] == b"N       "
    whole[name_of_second : name_of_second + 2] = b"ID"
    (tmp_path / "vs.xpt").write_bytes(whole)
    assert refusal("vs.xpt") == (
        "vs.xpt: two columns have the same name 'ID'. Each column needs a name of its own"
    )
