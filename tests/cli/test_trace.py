"""`cdisc trace` on the terminal and as a page: what people see, and what they are told instead."""

from __future__ import annotations

import io
import itertools
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from rich.console import Console
from rich.text import Text

from cdisc import Study
from cdisc.cli.cells import CellLine
from cdisc.cli.trace_screen import show_trace

TRACED = Path(__file__).parents[1] / "pipeline" / "traced"
PFS = 'USUBJID == "S1-01" and PARAMCD == "PFS"'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "traced"
    shutil.copytree(TRACED, folder, ignore=shutil.ignore_patterns("build", "__pycache__"))
    Study.load(folder).run()
    return folder


def test_the_screen_has_the_value_the_rule_the_candidates_and_the_raw_cells(cdisc, home) -> None:
    ran = cdisc("trace", "ADTTE", "-C", home, "--where", PFS, "--variable", "AVAL")
    assert ran.code == 0
    shown = [re.sub(" +", " ", line) for line in ran.lines]
    for line in (
        "ADTTE record 3 of 5",
        " USUBJID S1-01 PARAMCD PFS ADTC 2024-05-01",
        "AVAL = 121 Analysis Value",
        " AVAL: Copied from AVAL. mappings/adam/adtte.yaml:27",
        "├── considered",
        "│ taken ADTTE PARAMCD PD ADTC 2024-05-01 the first event",
        "│ not taken ADTTE PARAMCD PD ADTC 2024-07-01 later than 2024-05-01",
        "│ └── made of dm.csv row 1 SUBJ 01 ENROLLED 2024-01-02 DIED 2025-01-19",
        " └── made of resp.csv row 2 SUBJ 01 VISIT 2 DATE 2024-05-01",
    ):
        assert any(found.endswith(line) for found in shown), line


def test_the_first_line_answers_the_question(cdisc, home) -> None:
    ran = cdisc("trace", "ADTTE", "-C", home, "--where", PFS, "--variable", "AVAL")
    assert ran.lines[0].startswith(
        "ADTTE.AVAL (Analysis Value) of PFS (ADTC 2024-05-01) of subject S1-01 is 121: days from"
    )
    assert ran.lines[0].endswith("It rests on 3 raw cells of 2 files: dm.csv and resp.csv.")
    assert ran.lines[1] == ""
    whole = cdisc("trace", "DM", "-C", home, "--where", 'USUBJID == "S1-02"')
    assert whole.lines[0].startswith("DM (Demographics) of subject S1-02 is made of dm")


def test_the_whole_record_is_a_line_a_variable(cdisc, home) -> None:
    ran = cdisc("trace", "DM", "-C", home, "--where", 'USUBJID == "S1-02"')
    shown = [re.sub(" +", " ", line) for line in ran.lines]
    assert "SEX M Copied from SEX. mappings/sdtm/dm.yaml:17" in shown
    assert any(line.startswith("DTHDTC (missing) Copied from DIED.") for line in shown)
    assert any("dm.csv row 2" in line for line in shown)


def test_several_records_are_told_with_the_question_for_one(cdisc, home) -> None:
    ran = cdisc("trace", "RS", "-C", home, "--where", 'USUBJID == "S1-01"', "--variable", "RSDTC")
    note = next(line for line in ran.lines if line.startswith("Note"))
    assert 'USUBJID == "S1-01" holds for 3 records; this is the first.' in note
    one = re.search(r"--where '(.+)'", note)[1]
    again = cdisc("trace", "RS", "-C", home, "--where", one, "--variable", "RSDTC")
    assert again.code == 0
    assert not any(line.startswith("Note") for line in again.lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["AEE"], "error: the package has no dataset AEE. There are "),
        (["DM", "--where", "SEXX == 1"], "--where: error: DM has no variable SEXX. Did you mean"),
        (["DM", "--where", 'SEX == "X"'], '--where: error: no record of DM matches SEX == "X".'),
        (["DM", "--where", "SEX =="], "--where: error: cannot read the expression"),
        (["DM", "--variable", "SEXX"], "--variable: error: DM has no variable SEXX. Did you mean"),
    ],
)
def test_a_wrong_question_is_a_usage_error_in_one_line(cdisc, home, arguments, message) -> None:
    ran = cdisc("trace", *arguments, "-C", home)
    assert (ran.code, ran.out) == (2, "")
    [line] = ran.err.splitlines()
    assert line.startswith(message)


def test_without_a_package_the_next_command_is_named(cdisc, study) -> None:
    ran = cdisc("trace", "DM")
    assert ran.code == 2
    assert "there is no package here to ask. First `cdisc run`" in ran.err


def test_a_damaged_lineage_is_told_by_its_file(cdisc, home, tmp_path) -> None:
    folder = tmp_path / "build"
    shutil.copytree(home / "build", folder)
    (folder / "lineage" / "dm.parquet").write_bytes(b"PAR1 this is none")
    ran = cdisc("trace", "DM", "-C", home, "--out", folder)
    assert ran.code == 3
    assert "dm.parquet: error: the lineage cannot be read" in ran.err


def test_the_page_stands_alone_and_marks_raw_cells(cdisc, home, tmp_path) -> None:
    file = tmp_path / "pages" / "why.html"
    ran = cdisc("trace", "ADTTE", "-C", home, "--where", PFS, "--variable", "AVAL", "--html", file)
    assert ran.code == 0
    text = file.read_text(encoding="utf-8")
    assert "<script" not in text
    assert not re.search(r"(src|href)=\"(?!#)", text)
    page = html.fromstring(text)
    assert page.xpath("string(//h1)") == "AVAL = 121"
    [answer] = page.xpath("//p[@class='answer']")
    assert answer.text_content().startswith("ADTTE.AVAL (Analysis Value) of PFS (ADTC 2024-05-01)")
    assert [bold.text for bold in answer] == ["121"]
    marked = page.xpath("//td[contains(@class, 'asked raw')]")
    assert [cell.text_content() for cell in marked] == ["2024-01-02", "2025-01-19", "2024-05-01"]
    assert page.xpath("//td[@class='file']/span/text() | //td[@class='file']/text()") == [
        "dm.csv row 1",
        "resp.csv row 2",
    ]
    verdicts = [cell.text_content() for cell in page.xpath("//td[@class='verdict']")]
    assert verdicts == ["✓ taken", "not taken", "not taken"]
    targets = {link.get("href").removeprefix("#") for link in page.xpath("//a")}
    assert targets <= {block.get("id") for block in page.xpath("//*[@id]")}


def test_what_stands_in_the_data_cannot_become_markup(cdisc, tmp_path) -> None:
    folder = tmp_path / "traced"
    shutil.copytree(TRACED, folder, ignore=shutil.ignore_patterns("build", "__pycache__"))
    raw = folder / "raw" / "resp.csv"
    raw.write_text(raw.read_text().replace("SDD", "<b>SD</b>"), encoding="utf-8")
    assert cdisc("run", "-C", folder).code in (0, 1)
    file = tmp_path / "why.html"
    where = 'USUBJID == "S1-03"'
    ran = cdisc(
        "trace", "RS", "-C", folder, "--where", where, "--variable", "RSORRES", "--html", file
    )
    assert (ran.code, "RSORRES = <b>SD</b>" in ran.out) == (0, True)
    page = html.fromstring(file.read_text(encoding="utf-8"))
    assert page.xpath("string(//h1)") == "RSORRES = <b>SD</b>"
    assert page.xpath("//h1//b") == []
    assert [bold.text for bold in page.xpath("//p[@class='answer']/b")] == ["<b>SD</b>"]


def test_what_stands_in_the_data_cannot_steer_a_terminal(home) -> None:
    answer = Study.load(home).trace("DM", variable="SEX")
    out = Console(file=io.StringIO(), width=100, color_system=None)
    show_trace(replace(answer, value="\x1b[31mF", notes=("\x1b[31m",)), out)
    assert "\x1b" not in out.file.getvalue()
    assert "SEX = \\x1b[31mF" in out.file.getvalue()
    assert "is \\x1b[31mF: " in out.file.getvalue()


def test_piped_lines_are_as_long_as_what_they_say(cdisc_process, home) -> None:
    ran = cdisc_process("trace", "ADTTE", "-C", home, "--where", PFS, "--variable", "AVAL")
    assert ran.code == 0
    assert max(len(line) - len(line.rstrip()) for line in ran.out.splitlines()) < 100


@pytest.mark.parametrize("width", [60, 100])
def test_a_narrow_terminal_wraps(home, width) -> None:
    answer = Study.load(home).trace("ADTTE", where=PFS, variable="AVAL")
    out = Console(file=io.StringIO(), width=width, color_system=None)
    show_trace(answer, out)
    assert max(map(len, out.file.getvalue().splitlines())) <= width


@pytest.mark.parametrize("width", range(24, 80, 7))
def test_a_line_of_cells_is_broken_between_them_only(width) -> None:
    parts = [Text(f"NAME {'v' * size}") for size in range(1, 9)]
    out = Console(file=io.StringIO(), width=width, color_system=None)
    out.print(CellLine(parts))
    lines = out.file.getvalue().splitlines()
    assert [part for line in lines for part in line.strip().split("  ")] == [
        part.plain for part in parts
    ]
    assert max(map(len, lines)) <= width
    # a line is only as short as the next part is long
    for line, after in itertools.pairwise(lines):
        assert len(line) + 2 + len(after.split("  ")[0]) > width


def test_a_part_of_a_line_keeps_its_own_style() -> None:
    out = Console(file=io.StringIO(), width=40, force_terminal=True, color_system="standard")
    out.print(CellLine([Text("ADLB", style="red"), Text("ADT")]))
    assert out.file.getvalue() == "\x1b[31mADLB\x1b[0m  ADT\n"
