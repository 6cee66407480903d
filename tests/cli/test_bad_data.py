"""Dirty data: a finding or an error with its raw row, never a traceback, never silence."""

from __future__ import annotations

import pytest

AE_RAW = "data/raw/ae.csv"
AE = "mappings/sdtm/ae.yaml"


def finding_lines(ran) -> list[str]:
    """The findings as printed, each as one line of words: message, then its details."""
    shown = [line.split() for line in ran.lines if line.startswith("  ")]
    return [" ".join([*shown[i], *shown[i + 1]]) for i in range(0, len(shown), 2)]


DIRT = {
    "a term outside its codelist": (
        [(AE_RAW, "1,N,1,0,Recovered,13-NOV", "1,Maybe,1,0,Recovered,13-NOV")],
        """
        error AESER 'Maybe' is not in codelist NY
        1 record, ae.csv row 1 | mappings/sdtm/ae.yaml:31 | codelist_term.unmatched
        """,
    ),
    "a code without mapping": (
        [(AE_RAW, ",Not recovered,", ",not recovered,")],
        """
        error AEOUT 'not recovered' has no mapping. Did you mean Not recovered?
        1 record, ae.csv row 5 | mappings/sdtm/ae.yaml:45 | recode.unmapped
        """,
    ),
    "a date that does not exist": (
        [(AE_RAW, "13-NOV-2024", "31-FEB-2024")],
        """
        error AESTDTC '31-FEB-2024' is a date that does not exist
        1 record, ae.csv row 1 | mappings/sdtm/ae.yaml:57 | iso8601.impossible
        """,
    ),
    "a date that may be two": (
        [
            (AE_RAW, "13-NOV-2024", "03/04/2024"),
            (AE, "START, formats: [", "START, formats: [DD/MM/YYYY, MM/DD/YYYY, "),
        ],
        """
        error AESTDTC '03/04/2024' is a different date in each of the declared formats. Declare the
        one format that the source uses
        1 record, ae.csv row 1 | mappings/sdtm/ae.yaml:57 | iso8601.ambiguous
        """,
    ),
    "a date that is none": (
        [(AE_RAW, "13-NOV-2024", "yesterday")],
        """
        error AESTDTC 'yesterday' is not a date in the declared formats
        1 record, ae.csv row 1 | mappings/sdtm/ae.yaml:57 | iso8601.unreadable
        """,
    ),
    "a subject without DM": (
        [(AE_RAW, "102-003,1,Liver", "102-999,1,Liver")],
        """
        error USUBJID subject 'DEMO-01-102-999' is not in DM
        1 record, ae.csv row 6 | mappings/sdtm/ae.yaml:8 | SUBJECT.UNKNOWN
        """,
    ),
    "text in a number": (
        [("data/raw/dm.csv", "F,54,", "F,fifty,")],
        """
        error AGE 'fifty' is not a number; the value is left missing
        1 record, dm.csv row 1 | mappings/sdtm/dm.yaml:24 | type.not_a_number
        """,
    ),
    "characters that would steer the terminal": (
        [(AE_RAW, "disorders,1,N,1,0,Recovered,13", "disorders,\x1b[31m1,N,1,0,Recovered,13")],
        """
        error AESEV '\\x1b[31m1' has no mapping
        1 record, ae.csv row 1 | mappings/sdtm/ae.yaml:25 | recode.unmapped
        """,
    ),
    "square brackets, which the terminal must not take for markup": (
        [(AE_RAW, "disorders,1,N,1,0,Recovered,13", "disorders,[bold]1,N,1,0,Recovered,13")],
        """
        error AESEV '[bold]1' has no mapping
        1 record, ae.csv row 1 | mappings/sdtm/ae.yaml:25 | recode.unmapped
        """,
    ),
}


@pytest.mark.parametrize("dirt", DIRT)
def test_a_finding_tells_the_raw_row_and_the_line_of_the_spec(study, cdisc, dirt):
    edits, said = DIRT[dirt]
    for file, old, new in edits:
        study.replace(file, old, new)
    ran = cdisc("run")
    assert ran.code == 1
    assert finding_lines(ran) == [" ".join(said.split())]
    assert "Gate     closed: 1 record with error findings (1 finding), 0 allowed" in ran.lines


def test_records_that_the_keys_do_not_tell_apart_are_findings(study, cdisc):
    path = study.home / AE_RAW
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1], ""]), encoding="utf-8")
    ran = cdisc("run")
    assert ran.code == 1
    first, second = finding_lines(ran)
    assert first == (
        "error records are not unique by STUDYID, USUBJID, AESTDTC, AESPID"
        " 2 records, first ae.csv row 1 | mappings/sdtm/ae.yaml:2 | KEY.UNIQUE"
    )
    assert second.endswith("ae.csv row 1 | mappings/sdtm/ae.yaml:9 | sequence.keys_not_unique")
    assert ran.lines[1].split() == ["AE", "7", "27", "2", "-", "-"]


def test_two_records_of_a_subject_in_dm_are_findings_everywhere_they_matter(study, cdisc):
    path = study.home / "data" / "raw" / "dm.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1], ""]), encoding="utf-8")
    ran = cdisc("run")
    assert ran.code == 1
    assert [line.rpartition("| ")[2] for line in finding_lines(ran)] == [
        "lookup.several",
        "KEY.UNIQUE",
        "lookup.several",
    ]


def written(study, file: str, data: bytes) -> None:
    (study.home / file).write_bytes(data)


def raw_bytes(study, file: str = AE_RAW) -> bytes:
    return (study.home / file).read_bytes()


def test_the_declared_encoding_is_read_and_what_xpt_cannot_hold_is_refused(study, cdisc):
    written(study, AE_RAW, raw_bytes(study).replace(b"Common cold", b"Erk\xe4ltung"))
    study.replace("study.yaml", "{file: ae.csv,", "{file: ae.csv, encoding: cp1252,")
    ran = cdisc("run")
    assert ran.code == 2
    (line,) = ran.lines
    assert line == (
        "mappings/sdtm/ae.yaml:11:3 AE.AETERM: error: 'Erk\u00e4ltung' has characters that are not"
        " ASCII (1 record, ae.csv row 3). Say what to write for them:"
        " {clean_text: {of: COLUMN, replace: {\u00e4: ae}}}"
    )
    assert not (study.home / "build").exists()


def test_what_the_hint_says_about_such_text_works(study, cdisc):
    study.replace(AE_RAW, "Common cold,", "Erk\u00e4ltung,")
    study.replace(AE, "{copy: TERM}", "{clean_text: {of: TERM, replace: {\u00e4: ae}}}")
    ran = cdisc("run")
    assert ran.code == 0
    assert b"Erkaeltung" in (study.home / "build" / "sdtm" / "ae.xpt").read_bytes()


def test_control_characters_are_refused_with_a_hint_that_works(study, cdisc):
    study.replace(AE_RAW, "Common cold,", '"Common\ncold",')
    ran = cdisc("run")
    assert ran.code == 2
    (line,) = ran.lines
    assert line == (
        "mappings/sdtm/ae.yaml:11:3 AE.AETERM: error: 'Common\\ncold' holds control characters,"
        " which an XPT file must not have (1 record, ae.csv row 3). Say what to write for them:"
        ' {replace_text: {of: COLUMN, replace: {"\\n": " "}}}'
    )
    study.replace(AE, "{copy: TERM}", '{replace_text: {of: TERM, replace: {"\\n": " "}}}')
    assert cdisc("run").code == 0


def test_a_text_of_300_bytes_is_refused_by_variable_length_and_raw_row(study, cdisc):
    study.replace(AE_RAW, "Back pain,Back", "B" * 300 + ",Back")
    ran = cdisc("run")
    assert ran.code == 2
    (line,) = ran.lines
    assert line == (
        "mappings/sdtm/ae.yaml:11:3 AE.AETERM: error: the longest text has 300 bytes, and XPT"
        " version 5 holds 200 (1 record, ae.csv row 5). Split it:"
        " {text_piece: {of: COLUMN, piece: 1}}, the other pieces in supplemental"
    )


def test_a_text_of_200_bytes_is_written(study, cdisc):
    study.replace(AE_RAW, "Back pain,Back", "B" * 200 + ",Back")
    assert cdisc("run").code == 0
    assert b"B" * 200 in (study.home / "build" / "sdtm" / "ae.xpt").read_bytes()


def test_everything_that_cannot_be_written_is_told_at_once(study, cdisc):
    study.replace(AE_RAW, "Common cold,", "\u611f\u5192,")
    study.replace(AE_RAW, "Nausea,Nausea", "\u5934\u75db" * 50 + ",Nausea")
    study.replace("data/raw/ex.csv", "DRUG A,25,mg", "DRUG \u0391,25,mg")
    ran = cdisc("run")
    assert ran.code == 2
    assert [line.partition(" error: ")[0] for line in ran.lines[:-1]] == [
        "mappings/sdtm/ae.yaml:11:3 AE.AETERM:",
        "mappings/sdtm/ae.yaml:11:3 AE.AETERM:",
        "mappings/sdtm/ex.yaml:8:3 EX.EXTRT:",
    ]
    assert "(2 records, first ae.csv row 3)" in ran.lines[0]
    assert ran.lines[-1] == "3 errors; nothing was written"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (2000, "ae.xpt: error: the file is damaged or cut short."),
        (400, "ae.xpt: error: the file is cut short."),
    ],
)
def test_a_truncated_xpt_source_is_refused(study, cdisc, size, said):
    cdisc("run")
    whole = raw_bytes(study, "build/sdtm/ae.xpt")
    written(study, "data/raw/ae.xpt", whole[:size])
    study.replace("study.yaml", "ae.csv", "ae.xpt")
    ran = cdisc("run")
    assert ran.code == 3
    assert ran.lines == [f"{said} The transfer is not whole: ask for it again"]


REFUSED = {
    "an empty file": (
        lambda data: b"",
        """
        ae.csv: error: the file is empty: it has no header. Ask for the transfer again
        """,
    ),
    "a NUL": (
        lambda data: data.replace(b"Common", b"Com\0on"),
        """
        ae.csv:4: error: byte 281 is NUL, which no text file holds. The file is damaged, or it is
        UTF-16: declare encoding: utf-16
        """,
    ),
    "a comma that splits a cell": (
        lambda data: data.replace(b"Common cold,", b"Common, cold,"),
        """
        ae.csv:4: error: row 3 has 13 cells but the header names 12 columns. A cell that contains
        ',' or a line break must be in quotes
        """,
    ),
    "a quote that never ends": (
        lambda data: data.replace(b"Common cold,", b'"Common cold,'),
        """
        ae.csv:4: error: a quoted cell never ends in the row that begins here. A quoted cell must
        end with a quote; a quote inside it is written twice ("")
        """,
    ),
    "another encoding": (
        lambda data: data.replace(b"Common cold", b"Erk\xe4ltung"),
        """
        ae.csv:4: error: byte 281 (0xE4) is not utf-8 text. It looks like cp1252: declare encoding:
        cp1252
        """,
    ),
}


@pytest.mark.parametrize("damage", REFUSED)
def test_a_damaged_file_is_refused_with_its_line(study, cdisc, damage):
    spoil, said = REFUSED[damage]
    written(study, AE_RAW, spoil(raw_bytes(study)))
    ran = cdisc("run")
    assert ran.code == 3
    assert ran.lines == [" ".join(said.split())]


def test_a_source_without_records_gives_a_dataset_without_file(study, cdisc):
    written(study, AE_RAW, raw_bytes(study).splitlines(keepends=True)[0])
    ran = cdisc("run")
    assert ran.code == 0
    assert ran.lines[1].split() == ["AE", "0", "27", "-", "1", "1"]
    assert "warning AE has no records mappings/sdtm/ae.yaml:2 | STRUCTURE.EMPTY" in (
        finding_lines(ran)
    )
    assert "note the source has columns but no rows ae.csv | source_no_rows" in finding_lines(ran)
    assert not (study.home / "build" / "sdtm" / "ae.xpt").exists()
    assert 'def:HasNoData="Yes"' in (study.home / "build" / "sdtm" / "define.xml").read_text(
        encoding="utf-8"
    )
