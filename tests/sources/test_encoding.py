"""Declared encodings, and the place of the first byte that does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.sources.encoding import plausible

CHINESE = "项目,结果\n白细胞,＞10\n血红蛋白,2．5 µg\n"


def test_chinese_and_full_width_text_is_kept(tmp_path: Path, read, cells) -> None:
    (tmp_path / "lab.csv").write_bytes(CHINESE.replace("µ", "μ").encode("gb18030"))
    table = read("lab.csv", encoding="gb18030")
    assert list(table.frame.columns) == ["项目", "结果"]
    assert cells(table) == [["白细胞", "＞10"], ["血红蛋白", "2．5 μg"]]
    assert table.notes == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_encodings_of_the_same_text_read_alike(tmp_path: Path, read, cells, encoding: str) -> None:
    (tmp_path / "lab.csv").write_bytes(CHINESE.encode(encoding))
    assert cells(read("lab.csv", encoding=encoding)) == [
        ["白细胞", "＞10"],
        ["血红蛋白", "2．5 µg"],
    ]


def test_windows_text(tmp_path: Path, read, cells) -> None:
    (tmp_path / "lab.csv").write_bytes("A\n5 µg – “x”\n".encode("cp1252"))
    assert cells(read("lab.csv", encoding="cp1252")) == [["5 µg – “x”"]]


def test_a_byte_order_mark_is_left_out_and_noted(tmp_path: Path, read, cells) -> None:
    (tmp_path / "lab.csv").write_bytes(b"\xef\xbb\xbfA,B\n1,2\n")
    table = read("lab.csv")
    assert list(table.frame.columns) == ["A", "B"]
    assert [str(n) for n in table.notes] == ["lab.csv: byte order mark left out (1 row)"]


def test_wrong_encoding_names_line_byte_and_a_plausible_one(tmp_path: Path, refusal) -> None:
    (tmp_path / "lab.csv").write_bytes(b"A,B\n1,2\n" + "白细胞,3\n".encode("gb18030"))
    assert refusal("lab.csv") == (
        "lab.csv:3: byte 8 (0xB0) is not utf-8 text."
        " It looks like gb18030: declare encoding: gb18030"
    )
    (tmp_path / "lab.csv").write_bytes("A,B\n1,5 µg\n".encode("cp1252"))
    assert refusal("lab.csv") == (
        "lab.csv:2: byte 8 (0xB5) is not utf-8 text. It looks like cp1252: declare encoding: cp1252"
    )
    (tmp_path / "lab.csv").write_bytes("A,B\n1,2\n".encode("utf-16"))
    assert refusal("lab.csv") == (
        "lab.csv:1: byte 0 (0xFF) is not utf-8 text. It looks like utf-16: declare encoding: utf-16"
    )


def test_the_byte_offset_is_exact_beyond_the_first_chunk(tmp_path: Path, refusal) -> None:
    head = b"A\n" + "é\n".encode() * 500_000
    (tmp_path / "lab.csv").write_bytes(head + b"\xe9\n")
    assert refusal("lab.csv").startswith("lab.csv:500002: byte 1,500,002 (0xE9) is not utf-8")
    # A character cut by the chunk's end, then a wrong byte.
    head = b"A\n" + b"x" * ((1 << 20) - 3)
    (tmp_path / "lab.csv").write_bytes(head + b"\xc3\x28\n")
    assert refusal("lab.csv").startswith(f"lab.csv:2: byte {len(head):,} (0xC3) is not utf-8")


def test_text_cut_within_its_last_character(tmp_path: Path, refusal) -> None:
    (tmp_path / "lab.csv").write_bytes("A\n白".encode()[:-1])
    assert refusal("lab.csv").startswith("lab.csv:2: byte 2 (0xE7) is not utf-8 text")


def test_nul_bytes_are_refused(tmp_path: Path, refusal) -> None:
    (tmp_path / "lab.csv").write_bytes(b"A,B\n1,x\x00y\n")
    assert refusal("lab.csv") == (
        "lab.csv:2: byte 7 is NUL, which no text file holds."
        " The file is damaged, or it is UTF-16: declare encoding: utf-16"
    )


def test_utf8_declared_as_something_else_is_a_warning(tmp_path: Path, read) -> None:
    (tmp_path / "lab.csv").write_bytes("A\n5 µg\n".encode())
    note = read("lab.csv", encoding="cp1252").notes[0]
    assert (note.rule, note.severity) == ("source_encoding", "warning")
    assert str(note) == (
        "lab.csv: declared cp1252, but every byte of it is valid UTF-8 (1 row)."
        " If letters look wrong, declare encoding: utf-8"
    )


@pytest.mark.parametrize("name", ["utf-99", "rot13", "hex"])
def test_unknown_encoding(tmp_path: Path, refusal, name: str) -> None:
    (tmp_path / "lab.csv").write_bytes(b"A\n1\n")
    assert refusal("lab.csv", encoding=name) == (
        f"lab.csv: encoding '{name}' is not known. Common ones: utf-8, gb18030, cp1252, utf-16"
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("中国人民解放军总医院", "gb18030"),
        ("検査結果は正常です", "cp932"),
        ("Größe: 5 µg/L – naïve", "cp1252"),
    ],
)
def test_plausible_encodings(text: str, encoding: str) -> None:
    assert plausible(text.encode(encoding)) == encoding
