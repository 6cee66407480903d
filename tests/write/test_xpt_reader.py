"""Files by others: special missing values, foreign bytes, and files that are not whole."""

import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cdisc.errors import SourceError, UsageError
from cdisc.write.xpt import read_xpt, write_xpt

DAMAGED = "Transfer it again, in binary mode, or ask for a new export"
EXPORT = "Export the dataset as a SAS version 5 transport file (XPORT engine)"
DATA_START = 640 + 3 * 140 + 60 + 80


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with 20 rows of A (Char 6), N (Num) and B (Char 80)."""
    path = tmp_path / "ae.xpt"
    frame = pd.DataFrame(
        {
            "A": [f"a{i}" for i in range(20)],
            "N": np.arange(20.0),
            "B": ["b"] * 20,
        }
    )
    write_xpt(frame, path, name="AE", lengths={"A": 6, "B": 80})
    return path


def put(path: Path, position: int, content: bytes) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:position] + content + whole[position + len(content) :])


def refused(path: Path, **arguments: str) -> str:
    with pytest.raises(SourceError) as caught:
        read_xpt(path, **arguments)  # type: ignore[arg-type]
    assert caught.value.exit_code == 3
    return str(caught.value).removeprefix(str(path))


def test_special_missing_values_are_missing_and_counted_by_letter(path: Path) -> None:
    for row, letter in ((0, b"A"), (2, b"Z"), (3, b"_"), (5, b"A"), (6, b".")):
        put(path, DATA_START + row * 94 + 6, letter + b"\0" * 7)
    read = read_xpt(path)
    assert read.frame["N"].isna().tolist() == [i in (0, 2, 3, 5, 6) for i in range(20)]
    assert [(n.variable, n.value, n.count) for n in read.notes] == [
        ("N", ".A", 2),
        ("N", ".Z", 1),
        ("N", "._", 1),
    ]
    assert [(o.file, o.row) for o in read.notes[0].occurrences] == [(str(path), 1), (str(path), 6)]
    assert str(read.notes[1]) == (
        f"AE.N: the special missing value .Z is read as missing (1 row, {path} row 3)"
    )


def test_a_byte_outside_the_encoding_is_located(path: Path) -> None:
    put(path, DATA_START + 7 * 94 + 14, b"Alzheimer\x92s")
    assert refused(path) == (
        r" AE.B: row 8 has the byte 0x92, which is not ascii: 'Alzheimer\x92s'. "
        "Declare the encoding of the file, such as windows-1252"
    )
    assert r"row 8 has the byte 0x92, which is not utf-8" in refused(path, encoding="utf-8")
    assert read_xpt(path, encoding="windows-1252").frame["B"][7] == "Alzheimer\u2019s"


def test_bytes_outside_the_encoding_can_be_noted(path: Path) -> None:
    put(path, DATA_START + 7 * 94 + 14, b"Alzheimer\x92s")
    put(path, DATA_START + 9 * 94 + 14, b"\x81")
    read = read_xpt(path, undecodable="note")
    assert read.frame["B"].tolist()[6:10] == ["b", "Alzheimer\ufffds", "b", "\ufffd"]
    (note,) = read.notes
    assert (note.rule, note.value, note.count) == ("xpt_undecodable", "0x92", 2)
    assert [o.row for o in note.occurrences] == [8, 10]


def test_nul_padding_is_removed_and_noted(path: Path) -> None:
    put(path, DATA_START + 14, b"b" + b"\0" * 79)
    read = read_xpt(path)
    assert read.frame["B"].tolist() == ["b"] * 20
    assert [(n.rule, n.count) for n in read.notes] == [("xpt_nul_bytes", 1)]


def test_numbers_of_fewer_than_eight_bytes(path: Path) -> None:
    # A becomes 9 bytes long and N 5: the same record length, another division.
    put(path, 640 + 4, struct.pack(">h", 9))
    put(path, 640 + 140 + 4, struct.pack(">h", 5))
    put(path, 640 + 140 + 84, struct.pack(">i", 9))
    for row in range(20):
        put(path, DATA_START + row * 94 + 6, b"   " + bytes.fromhex("4118000000"))
    put(path, DATA_START + 9, b".\0\0\0\0")
    read = read_xpt(path)
    assert read.lengths == {"A": 9, "N": 5, "B": 80}
    assert read.frame["A"].tolist() == [f"a{i}" for i in range(20)]
    np.testing.assert_array_equal(read.frame["N"], [np.nan] + [1.5] * 19)


def test_headers_without_dates(path: Path) -> None:
    put(path, 464, b" " * 32)
    read = read_xpt(path)
    assert read.created is None
    assert read.modified is None


@pytest.mark.parametrize("kept", [1, 79, 80 * 9 + 1, DATA_START + 94 * 3 + 5])
def test_a_file_cut_within_a_record(kept: int, path: Path) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    if kept == 1:
        assert refused(path).endswith(f": is not a SAS transport file (XPT). {EXPORT}")
    else:
        assert refused(path) == (
            f": is cut short: it ends in the middle of the 80-byte record {kept // 80 + 1} "
            f"(byte {kept:,}). {DAMAGED}"
        )


@pytest.mark.parametrize("records", [1, 3, 7, 8, 11, 13])
def test_a_file_cut_within_its_header(records: int, path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 80 * records])
    assert refused(path) == f": is cut short: it ends within its header. {DAMAGED}"


def test_a_file_cut_between_two_records_of_a_row(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: DATA_START + 80 * 5])
    assert refused(path) == (
        " AE: is cut short or damaged: 400 bytes of data are not whole rows of 94 bytes; "
        f"the last whole row is 4. {DAMAGED}"
    )


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "ae.xpt"
    path.write_bytes(b"")
    assert refused(path) == f": is empty. {DAMAGED}"


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    missing = refused(tmp_path / "ae.xpt")
    assert missing == ": cannot be read: no such file or directory. Check the path"
    assert refused(tmp_path).startswith(": cannot be read: ")


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"STUDYID,USUBJID\n", "is not a SAS transport file (XPT)"),
        (
            b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!" + b"0" * 30 + b"  ",
            "is a version 8 transport file",
        ),
        (b"**COMPRESSED** " * 40, "is a PROC CPORT file, not an XPORT file"),
    ],
)
def test_other_kinds_of_files(start: bytes, message: str, path: Path) -> None:
    put(path, 0, start)
    assert refused(path) == f": {message}. {EXPORT}"


def test_two_datasets_in_one_file(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "dm.xpt"
    write_xpt(pd.DataFrame({"A": ["a"]}), other, name="DM")
    path.write_bytes(path.read_bytes() + other.read_bytes()[240:])
    hint = "Submissions have one dataset a file; export each into its own file"
    assert refused(path) == f": holds more than one dataset (AE and DM). {hint}"


def test_two_datasets_whose_bytes_happen_to_be_whole_rows(tmp_path: Path) -> None:
    path = tmp_path / "ae.xpt"
    write_xpt(pd.DataFrame({"A": ["a"] * 5}), path, name="AE", lengths={"A": 80})
    path.write_bytes(path.read_bytes() + path.read_bytes()[240:])
    assert "holds more than one dataset (AE and AE)" in refused(path)


@pytest.mark.parametrize(
    ("position", "content", "reason"),
    [
        (240, b"x", "record 4 is not the MEMBER header"),
        (320, b"x", "record 5 is not the DSCRPTR header"),
        (560, b"x", "record 8 is not the NAMESTR header"),
        (314, b"0139", "variable descriptors have 139 bytes"),
        (314, b"  14", "the size of the variable descriptors is not a number"),
        (614, b"000x", "the number of variables is not a number"),
        (614, b"0009", "no OBS header after 9 variables"),
        (
            640 + 140 + 84,
            struct.pack(">i", 5),
            "the variable N has 8 bytes at position 5, where position 6 was expected",
        ),
        (
            640 + 4,
            struct.pack(">h", 0),
            "the variable A has 0 bytes at position 0, where position 0 was expected",
        ),
        (640 + 8, b"N       ", "two variables are named N"),
    ],
)
def test_damaged_headers(position: int, content: bytes, reason: str, path: Path) -> None:
    put(path, position, content)
    assert refused(path) == f": has a damaged header: {reason}. {DAMAGED}"


def test_a_dataset_without_variables(path: Path) -> None:
    put(path, 614, b"0000")
    assert refused(path) == f": holds a dataset without variables. {EXPORT}"


def test_a_label_outside_the_encoding(path: Path) -> None:
    put(path, 640 + 16, b"caf\xe9")
    assert refused(path) == (
        r": the label of A ('caf\\xe9') has the byte 0xE9, which is not ascii. "
        "Declare the encoding of the file, such as windows-1252"
    )
    assert read_xpt(path, encoding="latin-1").variables[0].label == "caf\u00e9"


def test_an_encoding_that_does_not_exist(path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_xpt(path, encoding="klingon")
    assert str(caught.value) == (
        "the encoding 'klingon' is unknown or does not keep ASCII. "
        "Use ascii, windows-1252, latin-1 or utf-8"
    )
