"""A raw file that is not what was agreed: a located message, a gate decision, nothing lost."""

from __future__ import annotations

import pytest

AE_RAW = "data/raw/ae.csv"
COLUMNS = (
    "  ae: {file: ae.csv, subject: SUBJECT, unique: [SUBJECT, LINE], columns: "
    "{SUBJECT: {required: yes}, LINE: integer, TERM: , PT: , SOC: , SEVERITY: {codes: [1, 2, 3]},"
    " SERIOUS: , RELATED: , ACTION: , OUTCOME: , START: , END: , COMMENT: }}\n"
)


@pytest.fixture
def study(study):
    """The template study with a contract of its adverse events, run once."""
    path = study.home / "study.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = [COLUMNS if line.startswith("  ae:") else line for line in lines]
    assert changed != lines
    path.write_text("".join(changed), encoding="utf-8")
    raw = study.home / AE_RAW
    rows = raw.read_text(encoding="utf-8").splitlines()
    rows = [f"{row},{'COMMENT' if number == 0 else ''}" for number, row in enumerate(rows)]
    raw.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return study


def words(ran) -> str:
    return " ".join(" ".join(ran.lines).split())


def test_a_file_that_keeps_its_contract_leaves_the_gate_open(study, cdisc):
    assert cdisc("check").code == 0
    ran = cdisc("run")
    assert ran.code == 0, ran.lines


@pytest.mark.parametrize(
    ("new", "hint"),
    [
        ("", "The file has SUBJECT, LINE, PT, SOC"),
        ("AETERM", "AETERM, which is not declared, may be it: declare it, or ask for TERM"),
    ],
    ids=["gone", "renamed"],
)
def test_a_column_that_a_spec_reads_stops_the_run_and_the_last_package_stays(
    study, cdisc, new, hint
):
    assert cdisc("run").code == 0
    before = study.tree()
    path = study.home / AE_RAW
    rows = [row.split(",") for row in path.read_text(encoding="utf-8").splitlines()]
    rows[0][2] = new
    kept = [row if new else [*row[:2], *row[3:]] for row in rows]
    path.write_text("\n".join([",".join(row) for row in kept] + [""]), encoding="utf-8")
    ran = cdisc("run")
    assert ran.code == 3
    said = words(ran)
    assert "ae.csv column TERM: error: source ae has no column TERM, which " in said
    assert "AE.AETERM" in said
    assert hint in said
    assert study.tree() == before


def test_a_column_that_no_spec_reads_is_for_the_gate(study, cdisc):
    study.replace(AE_RAW, ",COMMENT\n", ",REMARK\n")
    ran = cdisc("run")
    assert ran.code == 1
    said = words(ran)
    assert (
        "error COMMENT there is no column COMMENT; no spec reads it. REMARK, which is not "
        "declared, may be it: declare it, or ask for COMMENT"
    ) in said
    assert "note REMARK ae.csv has a column REMARK, which study.yaml does not declare" in said
    assert "Gate closed" in said


def test_a_new_code_is_told_by_the_source_and_by_the_dataset(study, cdisc):
    study.replace(
        AE_RAW, "disorders,1,N,1,0,Recovered,13-NOV", "disorders,7,N,1,0,Recovered,13-NOV"
    )
    ran = cdisc("run")
    assert ran.code == 1
    said = words(ran)
    assert "ae: 1 error error SEVERITY SEVERITY '7' is none of its codes. They are 1, 2, 3" in said
    assert "1 record, ae.csv row 1 | study.yaml:" in said
    assert "error AESEV '7' has no mapping" in said
    assert "Gate closed: 2 records with error findings (2 findings), 0 allowed" in said


def test_a_number_that_is_none_and_a_record_sent_twice_are_told(study, cdisc):
    path = study.home / AE_RAW
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace("101-001,2,", "101-001,two,")
    path.write_text("\n".join([*lines, lines[1], ""]), encoding="utf-8")
    ran = cdisc("run")
    assert ran.code == 1
    said = words(ran)
    assert "error LINE LINE 'two' is not a whole number 1 record, ae.csv row 2" in said
    assert "several records have SUBJECT, LINE '101-001 | 1' 2 records, first ae.csv row 1" in said


def test_columns_are_still_names_for_the_check(study, cdisc):
    study.replace("mappings/sdtm/ae.yaml", "AETERM:", "AETERM_:")
    assert cdisc("check").code == 2
