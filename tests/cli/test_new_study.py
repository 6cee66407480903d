"""`cdisc init`: a study to start from, and nothing of anybody's overwritten."""

from __future__ import annotations

import pytest

from cdisc.pipeline import new_study

FILES = [
    ".gitignore",
    "README.md",
    "data/raw/ae.csv",
    "data/raw/dm.csv",
    "data/raw/ex.csv",
    "define/codelists.yaml",
    "mappings/sdtm/ae.yaml",
    "mappings/sdtm/dm.yaml",
    "mappings/sdtm/ex.yaml",
    "study.yaml",
    "validation/gate.yaml",
]


def test_init_writes_a_study_and_says_what_to_do_next(tmp_path, monkeypatch, cdisc):
    monkeypatch.chdir(tmp_path)
    ran = cdisc("init", "new")
    assert ran.code == 0
    assert ran.lines == [*(f"new/{file}" for file in FILES), "", "Next     cdisc run -C new"]
    for file in FILES:
        assert (tmp_path / "new" / file).is_file()
    assert (tmp_path / "new" / ".gitignore").read_text(encoding="utf-8").startswith("/build/\n")


def test_a_new_study_has_nothing_to_complain_about(study, cdisc):
    ran = cdisc("check")
    assert ran.code == 0
    assert ran.lines == ["3 specs: 0 errors, 0 warnings", "Next     cdisc run"]
    cdisc("run")
    findings = (study.home / "build" / "findings.json").read_text(encoding="utf-8")
    assert '"findings": []' in findings
    ran = cdisc("validate")
    assert ran.code == 0
    assert ran.lines[-1] == "Gate     open"


def test_its_readme_names_commands_that_exist(study):
    from cdisc.cli.commands import cdisc as group

    readme = (study.home / "README.md").read_text(encoding="utf-8")
    named = {line.split()[1] for line in readme.splitlines() if line.startswith("cdisc ")}
    assert named == {"check", "run", "validate"}
    assert named <= set(group.commands)


def test_a_folder_with_a_blank_in_its_name_is_quoted_in_the_next_command(
    tmp_path, monkeypatch, cdisc
):
    monkeypatch.chdir(tmp_path)
    assert cdisc("init", "my study").lines[-1] == 'Next     cdisc run -C "my study"'


def test_an_empty_folder_will_do(tmp_path, cdisc):
    assert cdisc("init", tmp_path).code == 0
    assert (tmp_path / "study.yaml").is_file()


def test_a_folder_that_holds_something_is_left_alone(tmp_path, cdisc):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    ran = cdisc("init", tmp_path)
    assert ran.code == 2
    (line,) = ran.lines
    assert line == (
        f"{tmp_path}: error: a new study needs a new or empty folder."
        " Nothing was written; name another folder"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path, cdisc):
    (tmp_path / "new").write_text("mine", encoding="utf-8")
    ran = cdisc("init", tmp_path / "new")
    assert ran.code == 2
    assert (tmp_path / "new").read_text(encoding="utf-8") == "mine"


def test_a_disk_that_refuses_is_told(tmp_path, cdisc, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(new_study, "_copied", refuse)
    ran = cdisc("init", tmp_path / "new")
    assert ran.code == 2
    assert ran.lines == [f"{tmp_path / 'new'}: error: cannot write: No space left on device"]


@pytest.mark.parametrize("file", [name for name in FILES if not name.startswith("data")])
def test_its_files_are_plain_text_with_unix_line_ends(study, file):
    data = (study.home / file).read_bytes()
    assert data.isascii()
    assert b"\r" not in data
    assert data.endswith(b"\n")
