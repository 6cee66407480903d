"""A trace tells where a value comes from, and what was considered and not taken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdisc import Study
from cdisc.errors import SpecError, UsageError
from cdisc.pipeline.run import run
from cdisc.trace import trace_page
from cdisc.trace.answer import Answer, Considered, Record, Rule

PFS = 'USUBJID == "S1-01" and PARAMCD == "PFS"'


TRIAL_SUMMARY = """\
dataset: TS
keys: [STUDYID, TSPARMCD, TSSEQ]
rows: plan
variables:
  TSSEQ: {sequence: {by: TSPARMCD}}
  TSPARMCD: {copy: CODE}
  TSPARM: {copy: TEXT}
  TSVAL: {copy: IS}
"""


def records(record: Record) -> Iterator[Record]:
    """A record and all below it."""
    yield record
    for below in record.below():
        yield from records(below)


def raw_cells(answer: Answer) -> list[tuple[str, str, str]]:
    """File and row, column and text of every raw cell that feeds the value."""
    return [
        (record.place, cell.name, cell.text)
        for record in records(answer.record)
        if record.raw
        for cell in (*record.keys, *record.cells)
        if cell.asked
    ]


def rule(record: Record, variable: str) -> Rule:
    [found] = [rule for rule in record.content.rules if rule.variable == variable]
    return found


def told(considered: Considered) -> list[tuple[str, str, bool, str]]:
    return [
        (one.record.origin, (*one.record.keys, *one.record.cells)[-1].text, one.taken, one.why)
        for one in considered.candidates
    ]


# ---- the chain --------------------------------------------------------------------------------


def test_a_value_leads_to_the_raw_cells_it_was_made_of(traced: Study) -> None:
    answer = traced.trace("ADTTE", where=PFS, variable="AVAL")
    assert (answer.value, answer.matched) == ("121", 1)
    assert raw_cells(answer) == [
        ("dm.csv row 1", "ENROLLED", "2024-01-02"),
        ("dm.csv row 1", "DIED", "2025-01-19"),
        ("resp.csv row 2", "DATE", "2024-05-01"),
    ]


def test_the_rule_has_its_actual_arguments_and_its_line(traced: Study) -> None:
    answer = traced.trace("ADTTE", where=PFS, variable="AVAL")
    copied, made = rule(answer.record, "AVAL").steps
    lines = (traced.spec.home / "mappings/adam/adtte.yaml").read_text().splitlines()
    assert copied.says == "Copied from AVAL."
    assert made.says == (
        "Days from ENRLDTC to the first of PD.ADTC; ADSL.DTHDTC, plus 1; of one day the first "
        "listed."
    )
    file, _, line = copied.at.partition(":")
    assert (file, lines[int(line) - 1]) == ("mappings/adam/adtte.yaml", "  AVAL: {copy: AVAL}")
    file, _, line = made.at.partition(":")
    assert "days_to_first:" in "".join(lines[int(line) - 1 : int(line) + 1])


def test_a_record_made_of_an_earlier_parameter_leads_to_that_one(traced: Study) -> None:
    answer = traced.trace("ADTTE", where=PFS, variable="AVAL")
    below = {record.origin: record for record in answer.record.below()}
    assert set(below) == {"ADSL", "ADTTE"}
    assert [cell.text for cell in below["ADTTE"].keys] == ["PD", "2024-05-01"]
    assert [record.origin for record in below["ADTTE"].below()] == ["RS"]


def test_only_the_parameter_of_the_record_is_explained(traced: Study) -> None:
    answer = traced.trace("ADTTE", where='USUBJID == "S1-01" and PARAMCD == "PD"', variable="ADTC")
    says = [step.says for step in rule(answer.record, "ADTC").steps]
    assert "Copied from RSDTC." in says
    assert not any("Days from" in text for text in says)
    assert raw_cells(answer) == [("resp.csv row 2", "DATE", "2024-05-01")]


def test_without_a_variable_all_of_them_are_told_briefly(traced: Study) -> None:
    answer = traced.trace("DM", where='USUBJID == "S1-02"')
    values = {rule.variable: rule.value for rule in answer.record.content.rules}
    assert values["SEX"] == "M"
    assert values["DTHDTC"] == ""
    assert values["RFPENDTC"] == "2024-06-05"
    assert ("dm.csv row 2", "SEX", "M") in raw_cells(answer)


def test_a_finding_is_told_where_it_was_made(traced: Study) -> None:
    answer = traced.trace("RS", where='USUBJID == "S1-03"', variable="RSSTRESC")
    assert rule(answer.record, "RSSTRESC").findings == (
        "'SDD' is not in codelist ONCRSR and is kept as collected (codelist_term.unmatched)",
    )
    other = traced.trace("RS", where='USUBJID == "S1-02"', variable="RSSTRESC")
    assert rule(other.record, "RSSTRESC").findings == ()


def test_a_supplemental_qualifier_is_asked_by_its_name_or_by_its_record(traced: Study) -> None:
    one = traced.trace("RS", where='USUBJID == "S1-01" and RSSEQ == 2', variable="RSFORM")
    assert (one.value, one.variable_label) == ("2", "Number of the Form")
    assert raw_cells(one) == [("resp.csv row 2", "VISIT", "2")]
    where = 'USUBJID == "S1-01" and IDVARVAL == "2" and QNAM == "RSFORM"'
    other = traced.trace("SUPPRS", where=where, variable="QVAL")
    assert other.value == "2"
    assert raw_cells(other) == raw_cells(one)


def test_many_records_of_one_kind_are_counted(traced: Study) -> None:
    answer = traced.trace("SUPPRS", where='USUBJID == "S1-01"')
    assert answer.matched == 3
    considered = traced.trace("DM", where='USUBJID == "S1-01"', variable="RFPENDTC", limit=1)
    [link] = considered.record.content.links
    assert (link.count, link.more) == (1, 0)


# ---- what was considered ------------------------------------------------------------------------


def test_candidates_of_a_record_are_told_with_why_each_was_not_taken(traced: Study) -> None:
    [considered] = traced.trace("ADTTE", where=PFS, variable="AVAL").record.content.considered
    assert considered.variable == ""
    assert told(considered) == [
        ("ADTTE", "2024-05-01", True, "the first event"),
        ("ADTTE", "2024-07-01", False, "later than 2024-05-01"),
        ("ADSL", "2025-01-19", False, "later than 2024-05-01"),
    ]


def test_candidates_of_a_variable_are_told_under_its_name(traced: Study) -> None:
    answer = traced.trace("DM", where='USUBJID == "S1-01"', variable="RFPENDTC")
    [considered] = answer.record.content.considered
    assert considered.variable == "RFPENDTC"
    assert told(considered) == [
        ("RS", "2024-07-01", True, "the latest"),
        ("RS", "2024-03-01", False, "not the latest: 2024-03-01"),
        ("RS", "2024-05-01", False, "not the latest: 2024-05-01"),
    ]


def test_a_flag_given_while_rows_are_made_names_the_raw_records(traced_home: Path) -> None:
    spec = traced_home / "mappings" / "sdtm" / "rs.yaml"
    text = spec.read_text().replace(
        "rows: resp",
        "rows:\n  from: resp\n  set: {FIRST: {occurrence_flag: {by: SUBJ, order: DATE}}}",
    )
    text = text.replace("  RSORRES:", "  RSSPID: {copy: FIRST}\n  RSORRES:")
    spec.write_text(text, encoding="utf-8")
    study = Study.load(traced_home)
    study.run()
    answer = study.trace("RS", where='USUBJID == "S1-01" and RSSEQ == 2', variable="RSSPID")
    [considered] = answer.record.content.considered
    assert [(one.record.place, one.taken, one.why) for one in considered.candidates] == [
        ("resp.csv row 1", True, "the first one"),
        ("resp.csv row 2", False, "comes after the first one, of 2024-03-01"),
        ("resp.csv row 3", False, "comes after the first one, of 2024-03-01"),
    ]


BORROWED = """\
import numpy as np
import pandas as pd
from cdisc.algorithms import algorithm
from cdisc.algorithms.arguments import Column, Considered, Explaining, Result
@algorithm(method="Of the first record.")
def borrowed(of: Column, explaining: Explaining = False) -> Result:
    \"\"\"The value of the first record there is.\"\"\"
    rows = np.arange(len(of))
    why = pd.Series(["the first"] * len(of), dtype="str")
    told = Considered("", rows, rows * 0, rows >= 0, why, gives=True)
    return Result(of.take(rows * 0).reset_index(drop=True), considered=(told,) * explaining)
"""


def test_an_algorithm_of_the_study_need_not_say_which_column_it_takes(traced_home: Path) -> None:
    (traced_home / "borrowed.py").write_text(BORROWED, encoding="utf-8")
    settings = traced_home / "study.yaml"
    text = settings.read_text().replace("survival.py", "survival.py, borrowed.py")
    settings.write_text(text, encoding="utf-8")
    spec = traced_home / "mappings" / "sdtm" / "rs.yaml"
    text = spec.read_text().replace("  RSORRES:", "  RSSPID: {borrowed: {of: DATE}}\n  RSORRES:")
    spec.write_text(text, encoding="utf-8")
    study = Study.load(traced_home)
    study.run()
    answer = study.trace("RS", where='USUBJID == "S1-01" and RSSEQ == 2', variable="RSSPID")
    [considered] = answer.record.content.considered
    assert [(one.taken, one.why) for one in considered.candidates] == [(True, "the first")]
    assert {link.role for link in answer.record.content.links} == {"rows"}


def test_every_subject_run_again_gives_what_the_package_has(traced: Study) -> None:
    """Subject locality: nothing differs, and every value is told from the records of one person."""
    for dataset in ("DM", "RS", "ADSL", "ADTTE"):
        for subject in ("S1-01", "S1-02", "S1-03"):
            try:
                answer = traced.trace(dataset, where=f'USUBJID == "{subject}"')
            except UsageError:
                continue
            assert answer.notes == ()


# ---- the package --------------------------------------------------------------------------------


def test_the_answer_does_not_depend_on_how_the_study_was_divided(traced_home: Path) -> None:
    study = Study.load(traced_home)
    pages = []
    for rows in (10**9, 4):
        run(study.spec, rows=rows)
        pages.append(trace_page(study.trace("ADTTE", where=PFS, variable="AVAL")))
    assert pages[0] == pages[1]


def test_a_changed_spec_is_noted(traced_home: Path) -> None:
    study = Study.load(traced_home)
    study.run()
    spec = traced_home / "mappings" / "sdtm" / "rs.yaml"
    spec.write_text(spec.read_text() + "# changed\n", encoding="utf-8")
    [note] = Study.load(traced_home).trace("RS").notes
    assert note.startswith("mappings/sdtm/rs.yaml changed since the package was made")
    assert "cdisc run" in note


def test_a_changed_input_is_noted_and_what_cannot_be_told_is_not(traced_home: Path) -> None:
    study = Study.load(traced_home)
    study.run()
    raw = traced_home / "raw" / "resp.csv"
    raw.write_text(raw.read_text().replace("01,1,2024-03-01,SD\n", ""), encoding="utf-8")
    answer = study.trace("DM", where='USUBJID == "S1-01"', variable="RFPENDTC")
    assert any(note.startswith("resp.csv changed since") for note in answer.notes)
    assert any("records of RS are others than in the package" in note for note in answer.notes)


def test_rows_that_a_changed_input_no_longer_has_are_no_defect(traced_home: Path) -> None:
    study = Study.load(traced_home)
    study.run()
    raw = traced_home / "raw" / "resp.csv"
    lines = raw.read_text().splitlines(keepends=True)
    raw.write_text("".join(lines[:2]), encoding="utf-8")
    answer = study.trace("RS", where='USUBJID == "S1-03"', variable="RSORRES")
    assert answer.value == "SDD"
    assert any("resp.csv changed" in note for note in answer.notes)


def test_sdtm_that_others_made_ends_the_chain_at_its_record(traced: Study, tmp_path: Path) -> None:
    home = tmp_path / "analysis"
    (home / "mappings" / "adam").mkdir(parents=True)
    spec = traced.spec.home / "mappings" / "adam" / "adsl.yaml"
    text = spec.read_text().replace("rows: DM", "rows: dm")
    (home / "mappings" / "adam" / "adsl.yaml").write_text(text, encoding="utf-8")
    (home / "study.yaml").write_text(
        "study: {id: S1}\ncreated: 2025-01-31T12:00:00\n"
        "standards: {adam: ADaMIG 1.3, terminology: sdtmct 2025-03-28}\n"
        "data: {sdtm: sdtm}\nsources:\n  dm: {file: dm.xpt, subject: USUBJID}\n",
        encoding="utf-8",
    )
    shutil.copytree(traced.spec.home / "build" / "sdtm", home / "sdtm")
    study = Study.load(home)
    study.run()
    answer = study.trace("ADSL", where='USUBJID == "S1-02"', variable="ENRLDTC")
    assert raw_cells(answer) == [("dm.xpt row 2", "RFICDTC", "2024-01-08")]


def test_a_record_whose_subject_is_not_found_says_what_is_not_told(
    traced: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cdisc.pipeline.trace.MOST_ASKED", 2)
    answer = traced.trace("ADTTE", where=PFS, variable="AVAL")
    assert answer.record.content.considered == []
    [note] = answer.notes
    assert note == (
        "nothing was run again, so that steps on the way, findings and what was considered are "
        "not told: the first 2 records that it goes back to name no subject"
    )


def test_a_record_made_of_no_subject_s_records_says_what_is_not_told(traced_home: Path) -> None:
    (traced_home / "mappings" / "sdtm" / "ts.yaml").write_text(TRIAL_SUMMARY, encoding="utf-8")
    with (traced_home / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("  plan: {file: plan.csv, unique: [CODE]}\n")
    (traced_home / "raw" / "plan.csv").write_text("CODE,TEXT,IS\nTITLE,Title,A study\n")
    study = Study.load(traced_home)
    study.run()
    answer = study.trace("TS", variable="TSVAL")
    assert answer.value == "A study"
    [note] = answer.notes
    assert note.endswith("are not told: TS is made of records of no subject")


# ---- questions that cannot be answered ----------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "question", "said"),
    [
        ("ADTE", {}, "the package has no dataset ADTE. Did you mean ADTTE?"),
        ("DM", {"variable": "SEXX"}, "--variable: DM has no variable SEXX. Did you mean SEX?"),
        ("DM", {"where": 'SEXX == "F"'}, "--where: DM has no variable SEXX. Did you mean SEX?"),
        (
            "DM",
            {"where": 'SEX == "F" and SUBJID == "3"'},
            (
                '--where: no record of DM matches SEX == "F" and SUBJID == "3". '
                'SUBJID == "3" holds for none. Did you mean 03?'
            ),
        ),
        (
            "DM",
            {"where": 'SEX == "M" and SUBJID == "01"'},
            (
                '--where: no record of DM matches SEX == "M" and SUBJID == "01". '
                "Each part holds for some records, but not all parts for one"
            ),
        ),
        ("DM", {"where": "ADSL.SEX"}, "--where: 'ADSL.SEX' is a value, not a condition"),
        (
            "DM",
            {"where": 'ADSL.SEX == "F"'},
            (
                "--where: ADSL.SEX: only variables of DM itself can be asked for. Write SEX, or "
                "trace ADSL"
            ),
        ),
        ("DM", {"where": 'SEX = "F"'}, "--where: cannot read the expression"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_there_is(
    traced: Study, dataset: str, question: dict[str, str], said: str
) -> None:
    with pytest.raises((UsageError, SpecError)) as caught:
        traced.trace(dataset, **question)
    assert str(caught.value).startswith(said)


def test_a_study_that_was_not_run_says_so(traced_home: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no package here to ask\. First `cdisc run`"):
        Study.load(traced_home).trace("DM")


def test_a_dataset_without_records_is_not_in_the_package(traced_home: Path) -> None:
    raw = traced_home / "raw" / "resp.csv"
    raw.write_text(raw.read_text().splitlines()[0] + "\n", encoding="utf-8")
    study = Study.load(traced_home)
    study.run()
    with pytest.raises(UsageError, match="the package has no records of RS"):
        study.trace("RS")
