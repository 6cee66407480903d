"""Comments and methods with a name: read, and held against what refers to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.errors import SpecError
from cdisc.pipeline.new_study import write_template
from cdisc.spec import read_study
from cdisc.spec.check import check_study

DOCUMENTS = "\ndocuments: [{name: csdrg, title: Guide, file: csdrg.pdf}]\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    write_template(folder)
    with (folder / "study.yaml").open("a", encoding="utf-8", newline="\n") as file:
        file.write(DOCUMENTS)
    return folder


def write(home: Path, file: str, text: str) -> None:
    (home / "define" / file).write_text(text, encoding="utf-8", newline="\n")


def told(home: Path) -> list[str]:
    checked = check_study(read_study(home))
    return [str(found) for found in (*checked.errors, *checked.warnings)]


def test_notes_are_read_with_what_they_are_on_and_their_documents(home: Path) -> None:
    write(
        home, "comments.yaml", "COM.A: {text: Said once, on: [AE, USUBJID], documents: {csdrg: }}\n"
    )
    write(home, "methods.yaml", "MT.B: {text: Done so, on: DM.AGE}\n")
    info = read_study(home).info
    assert [(n.name, n.text, n.on, n.documents) for n in info.notes] == [
        ("COM.A", "Said once", ("AE", "USUBJID"), (("csdrg", ()),)),
        ("MT.B", "Done so", ("DM.AGE",), ()),
    ]
    assert info.note_on("COM.", "AE") == "COM.A"
    assert info.note_on("COM.", "DM", "USUBJID") == "COM.A"
    assert info.note_on("COM.", "DM", "AGE") == ""
    assert info.note_on("MT.", "DM", "AGE") == "MT.B"


def test_a_note_on_one_variable_goes_before_one_on_all(home: Path) -> None:
    write(
        home,
        "comments.yaml",
        "COM.ALL: {text: Everywhere, on: USUBJID}\nCOM.DM: {text: There, on: DM.USUBJID}\n",
    )
    info = read_study(home).info
    assert info.note_on("COM.", "DM", "USUBJID") == "COM.DM"
    assert info.note_on("COM.", "AE", "USUBJID") == "COM.ALL"


def test_a_name_that_no_file_explains_is_an_error(home: Path) -> None:
    write(home, "comments.yaml", "COM.AGE: Age at consent\n")
    spec = home / "mappings" / "sdtm" / "dm.yaml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("dataset: DM", "dataset: DM\ncomment: COM.AEG"), encoding="utf-8")
    error, warning = told(home)
    assert "DM: define/comments.yaml has no COM.AEG. Did you mean COM.AGE?" in error
    assert warning == "define/comments.yaml:1:1 COM.AGE: nothing refers to it"


def test_a_note_on_what_no_spec_has_is_an_error(home: Path) -> None:
    write(home, "comments.yaml", "COM.A: {text: A, on: [USUBJD]}\n")
    assert told(home) == [
        "define/comments.yaml:1:1 COM.A: no spec has USUBJD, which on names. Did you mean USUBJID?"
    ]


def test_a_note_that_a_spec_overrules_is_told(home: Path) -> None:
    spec = home / "mappings" / "sdtm" / "dm.yaml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("dataset: DM", "dataset: DM\ncomment: Mine"), encoding="utf-8")
    write(home, "comments.yaml", "COM.DM: {text: A, on: [DM]}\n")
    assert told(home) == [
        "define/comments.yaml:1:1 COM.DM: DM has a text of its own, which is written instead"
    ]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("comments.yaml", "AGE: x\n", "'AGE' cannot be a name here"),
        ("comments.yaml", "MT.AGE: x\n", "'MT.AGE' cannot be a name here"),
        ("methods.yaml", "MT.A B: x\n", "'MT.A B' cannot be a name here"),
        ("methods.yaml", "MT.A: {on: AE}\n", "MT.A needs text"),
        (
            "comments.yaml",
            "COM.A: {text: x, documents: {csdgr: }}\n",
            "study.yaml declares no document csdgr",
        ),
    ],
)
def test_what_cannot_be_a_note_is_refused(home: Path, file: str, text: str, message: str) -> None:
    write(home, file, text)
    with pytest.raises(SpecError) as error:
        read_study(home)
    assert message in str(error.value)
    assert f"define/{file}:1" in str(error.value)
