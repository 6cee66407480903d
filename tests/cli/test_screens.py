"""What the terminal shows: aligned, short, whole when piped, wrapped under itself when narrow."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text

from cdisc.cli import screens
from cdisc.cli.findings import show_findings
from cdisc.cli.texts import print_fitted, print_hanging
from cdisc.errors import Location, Problems, SpecError
from cdisc.model import Finding, Occurrence, Severity


def finding(**changes) -> Finding:
    fields = {
        "rule": "CT.TERM",
        "severity": Severity.ERROR,
        "message": "'Recovered' is not in codelist OUT",
        "dataset": "AE",
        "variable": "AEOUT",
        "hint": "Did you mean RECOVERED/RESOLVED?",
        "at": Location("mappings/sdtm/ae.yaml", 31, 3, "AEOUT"),
        "count": 1204,
        "occurrences": (Occurrence("ae.csv", 118), Occurrence("ae.csv", 120)),
    }
    return Finding(**{**fields, **changes})


def shown(findings, width: int = 10_000, file: str = "build/findings.json") -> list[str]:
    out = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    show_findings(out, findings, file)
    return [line.rstrip() for line in out.file.getvalue().splitlines()]


def test_a_finding_has_its_message_and_below_it_how_often_where_and_why():
    assert shown([finding()]) == [
        "",
        "AE: 1 error",
        "  error  AEOUT  'Recovered' is not in codelist OUT. Did you mean RECOVERED/RESOLVED?",
        "                1,204 records, first ae.csv row 118 | mappings/sdtm/ae.yaml:31 | CT.TERM",
    ]


def test_a_narrow_terminal_wraps_a_finding_under_itself():
    lines = shown([finding()], width=60)
    assert max(map(len, lines)) <= 60
    assert all(line.startswith(" " * 16) for line in lines[3:])
    assert " ".join(" ".join(lines).split()) == " ".join(" ".join(shown([finding()])).split())


def test_the_worst_datasets_come_first_and_the_study_has_a_name():
    lines = shown(
        [
            finding(dataset="DM", severity=Severity.WARNING),
            finding(dataset="", severity=Severity.INFO),
            finding(dataset="VS"),
            finding(dataset="DM", severity=Severity.INFO, message="another"),
        ]
    )
    titles = [line for line in lines if line and not line.startswith(" ")]
    assert titles == ["VS: 1 error", "DM: 1 warning, 1 note", "Study: 1 note"]


def test_what_is_left_out_is_counted_and_where_it_is_is_said():
    many = [finding(message=f"message {number:02}") for number in range(12)]
    lines = shown(many)
    assert sum("message" in line for line in lines) == 10
    assert lines[-1] == "  2 more in build/findings.json"


def test_where_no_file_holds_them_more_are_shown():
    lines = shown([finding(message=f"message {number:02}") for number in range(52)], file="")
    assert sum("message" in line for line in lines) == 50
    assert lines[-1] == "  2 more"


def test_a_finding_about_no_record_tells_none():
    lines = shown([finding(variable="", hint="", count=1, occurrences=())])
    assert lines[2:] == [
        "  error  'Recovered' is not in codelist OUT",
        "         mappings/sdtm/ae.yaml:31 | CT.TERM",
    ]


def test_without_a_raw_row_the_keys_or_the_subject_tell_the_record():
    keys = (Occurrence("", 0, "S-1", (("STUDYID", "S"), ("AESEQ", "1"))),)
    assert "1 record, AESEQ=1 | " in shown([finding(count=1, occurrences=keys)])[3]
    subject = (Occurrence("", 0, "S-1"),)
    assert "1 record, S-1 | " in shown([finding(count=1, occurrences=subject)])[3]


def test_wide_characters_keep_the_columns_aligned():
    out = Console(file=io.StringIO(), width=40, color_system=None, legacy_windows=False)
    print_hanging(out, Text("\u5934\u75db  "), Text("one two three four five six seven eight"))
    assert out.file.getvalue().splitlines() == [
        "\u5934\u75db  one two three four five six seven",
        "      eight",
    ]


ROWS = [
    [Text("Table"), Text("Title"), Text("Records")],
    [Text("Table 1"), Text("A title that needs more room than there is"), Text("1,000")],
    [Text("Table 10"), Text("Short"), Text("7")],
]


def fitted(width: int, **more) -> list[str]:
    out = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    print_fitted(out, ROWS, wrapped=(1,), right=(2,), **more)
    return out.file.getvalue().splitlines()


def test_a_column_of_texts_wraps_under_itself_beside_its_numbers():
    assert fitted(45) == [
        "Table     Title                       Records",
        "Table 1   A title that needs more       1,000",
        "          room than there is",
        "Table 10  Short                             7",
    ]


def test_where_there_is_room_columns_are_as_wide_as_they_need():
    assert fitted(200) == [
        "Table     Title                                       Records",
        "Table 1   A title that needs more room than there is    1,000",
        "Table 10  Short                                             7",
    ]


def test_columns_of_texts_share_the_room_by_what_they_need():
    out = Console(file=io.StringIO(), width=40, color_system=None, legacy_windows=False)
    rows = [[Text("short one"), Text("->"), Text("and one that is a good deal longer")]]
    print_fitted(out, rows, wrapped=(0, 2), indent=2, above=[Text("A row")])
    assert out.file.getvalue().splitlines() == [
        "A row",
        "  short one  ->  and one that is a good",
        "                 deal longer",
    ]


def test_a_terminal_too_narrow_for_words_still_shows_all_of_them():
    lines = fitted(10)
    assert " ".join(" ".join(lines).split()).replace("1,000 ", "") == (
        "Table Title Records Table 1 A title that needs more room than there is Table 10 Short 7"
    )


def errors_shown(capsys, error) -> list[str]:
    screens.show_error(error)
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err.splitlines()


def test_an_error_puts_its_place_first_and_its_hint_last(capsys):
    error = SpecError("no [such] thing", at=Location("a.yaml", 3, 5, "AE"), hint="Did you mean X?")
    assert errors_shown(capsys, error) == ["a.yaml:3:5 AE: error: no [such] thing. Did you mean X?"]


def test_an_error_cannot_steer_the_terminal(capsys):
    (line,) = errors_shown(capsys, SpecError("odd \x1b[2J text", at=Location("a\x07.csv")))
    assert line == "a\\x07.csv: error: odd \\x1b[2J text"


def test_a_long_error_is_one_line_when_piped(capsys):
    assert len(errors_shown(capsys, SpecError("word " * 200))) == 1


def test_fifty_errors_are_enough(capsys):
    errors = Problems(SpecError(f"number {number:02}") for number in range(60))
    lines = errors_shown(capsys, errors)
    assert lines[49:] == ["error: number 49", "... and 10 more", "60 errors; nothing was written"]


@pytest.mark.parametrize("spoiled", [False, True])
def test_piped_output_has_no_colour_codes_and_no_blanks_at_line_ends(study, cdisc_process, spoiled):
    if spoiled:
        study.replace("data/raw/ae.csv", "13-NOV-2024", "31-FEB-2024")
    ran = cdisc_process("run", cwd=study.home)
    assert ran.code == (1 if spoiled else 0)
    assert "\x1b" not in ran.out + ran.err
    assert ran.err == ""
    assert not [line for line in ran.out.splitlines() if line != line.rstrip()]


def test_a_terminal_that_knows_no_such_letters_is_no_reason_to_fail(study, cdisc_process):
    study.replace("data/raw/ae.csv", ",Recovering,", ",\u5b8c\u5168\u7f13\u89e3,")
    ran = cdisc_process("run", cwd=study.home, PYTHONIOENCODING="ascii")
    assert ran.code == 1
    assert "'\\u5b8c\\u5168\\u7f13\\u89e3' has no mapping" in ran.out
