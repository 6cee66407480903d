"""Which files a source has, and which it must never reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.errors import Location

AT = Location("study.yaml", 12, 5)


@pytest.mark.parametrize(
    "file",
    [
        "../lab.csv",
        "a/../../lab.csv",
        "/etc/lab.csv",
        "C:\\lab.csv",
        "c:lab.csv",
        "\\\\srv\\lab.csv",
        "..\\lab.csv",
        "../*.csv",
    ],
)
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, refusal, file: str) -> None:
    assert refusal(file, at=AT) == (
        f"study.yaml:12:5: source lab: file {file} leads out of the data folder."
        " A folder elsewhere is granted on the command line: --data NAME=DIR"
    )


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, read, refusal, monkeypatch) -> None:
    outside = tmp_path.parent / "outside.csv"
    outside.write_bytes(b"A\n1\n")
    try:
        (tmp_path / "lab.csv").symlink_to(outside)
    except OSError:
        pytest.skip("this system does not let us make symbolic links")
    assert "file lab.csv is a link that leads out of the data folder" in refusal("lab.csv")
    (tmp_path / "real.csv").write_bytes(b"A\n1\n")
    (tmp_path / "inside.csv").symlink_to(tmp_path / "real.csv")
    assert len(read("inside.csv").frame) == 1


def test_a_missing_file_names_folder_and_nearest(tmp_path: Path, refusal) -> None:
    folder = tmp_path.as_posix()
    assert refusal("lab.csv", at=AT) == (
        f"study.yaml:12:5: source lab: file lab.csv is not in {folder}."
        " The folder holds no files; name another with --data NAME=DIR"
    )
    (tmp_path / "vitals.csv").write_bytes(b"A\n1\n")
    assert refusal("lab.csv").endswith("The folder holds vitals.csv")
    (tmp_path / "labs.csv").write_bytes(b"A\n1\n")
    assert refusal("lab.csv").endswith("Did you mean labs.csv?")


def test_a_missing_folder(tmp_path: Path, refusal, monkeypatch) -> None:
    tmp_path.rmdir()
    assert "does not exist. Name the folder with the raw data" in refusal("lab.csv")


def test_a_pattern_without_files(tmp_path: Path, refusal) -> None:
    (tmp_path / "labs_1.csv").write_bytes(b"A\n1\n")
    assert refusal("lab_*.csv") == (
        f"source lab: no file in {tmp_path.as_posix()} matches lab_*.csv. Did you mean labs_1.csv?"
    )


def test_transfer_files_are_put_together_by_name(tmp_path: Path, read, cells) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "lab_b.csv").write_bytes(b"B,A\n4,3\n\n6,5\n")
    (tmp_path / "lab_a.csv").write_bytes(b"A,B\n1,2\n")
    (tmp_path / "lab_c.csv").write_bytes(b"A,B\n")
    (tmp_path / "~$lab_a.csv").write_bytes(b"lock")
    (tmp_path / ".lab_a.csv").write_bytes(b"hidden")
    table = read("lab_*.csv")
    assert table.files == ("lab_a.csv", "lab_b.csv", "lab_c.csv")
    assert list(table.frame.columns) == ["A", "B"]
    assert cells(table) == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert table.file_of.tolist() == [0, 1, 1]
    assert table.row_of.tolist() == [1, 1, 3]
    assert [str(n) for n in table.notes] == [
        "lab_b.csv: blank rows left out (1 row, lab_b.csv row 2)"
    ]
    (tmp_path / "sub" / "x.csv").write_bytes(b"A\n1\n")
    assert read("sub/*.csv").files == ("sub/x.csv",)


def test_transfer_files_with_other_columns_are_refused(tmp_path: Path, refusal) -> None:
    (tmp_path / "lab_a.csv").write_bytes(b"A,B,C\n1,2,3\n")
    (tmp_path / "lab_b.csv").write_bytes(b"A,b,C\n1,2,3\n")
    expected = (
        "lab_b.csv: the columns are not those of lab_a.csv: it lacks B and has b more."
        " All transfer files of one source need the same columns"
    )
    assert refusal("lab_*.csv") == expected
    assert refusal("lab_*.csv", only=["A"]) == expected


def test_unknown_formats(tmp_path: Path, refusal) -> None:
    (tmp_path / "lab.dat").write_bytes(b"A\n1\n")
    assert refusal("lab.dat").startswith("source lab: what format lab.dat has is not known.")
    assert refusal("lab.dat", format="cvs", at=AT) == (
        "study.yaml:12:5: source lab: format 'cvs' is not known. Did you mean csv?"
    )
