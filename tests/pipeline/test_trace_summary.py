"""The first sentence of a trace: what the value is, why, and what it rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cdisc import Study
from cdisc.trace.answer import (
    Answer,
    Candidate,
    Cell,
    Considered,
    Content,
    Link,
    Record,
    Rule,
    RuleStep,
)
from cdisc.trace.summary import summary

PFS = 'USUBJID == "S1-01" and PARAMCD == "PFS"'


def record(origin="X", *, keys=(), cells=(), content=None, place="record 1 of 9", raw=False):
    return Record(
        origin,
        0,
        raw,
        place,
        tuple(Cell(name, text) for name, text in keys),
        tuple(Cell(name, text, asked=True) for name, text in cells),
        content,
    )


def rule(says, *, value="1", said="", steps=()):
    return Rule("V", "Label", value, (RuleStep("V", says, "x.yaml:1"), *steps), said)


def answer(content, *, value="1", variable="V", keys=(("USUBJID", "S1"), ("PARAMCD", "P"))):
    return Answer(
        study="S",
        package="build",
        dataset="X",
        label="Data",
        condition="",
        variable=variable,
        variable_label="Label" if variable else "",
        value=value,
        matched=1,
        count=9,
        record=record(keys=keys, content=content),
    )


def why(*rules, considered=(), value="1", links=()):
    found = summary(answer(Content([*rules], [*considered], [*links]), value=value))
    return found.why


# ---- what the value is of ---------------------------------------------------------------------


def test_the_sentence_names_value_label_parameter_and_subject() -> None:
    said = str(summary(answer(Content([rule("Half of W.")]))))
    assert said == "X.V (Label) of P of subject S1 is 1: half of W. It rests on no raw cell."


def test_a_missing_value_is_said_to_be_missing() -> None:
    said = str(summary(answer(Content([rule("Half of W; null without it.", value="")]), value="")))
    assert said.startswith("X.V (Label) of P of subject S1 is missing: half of W; null without it.")


@pytest.mark.parametrize(
    ("keys", "whose"),
    [
        ("USUBJID=S1", " of subject S1"),
        ("USUBJID=S1 AETERM=Cough AESTDTC=2024", " of Cough (AESTDTC 2024) of subject S1"),
        ("USUBJID=S1 RDOMAIN=AE QNAM=AEDLT", " of AEDLT (RDOMAIN AE) of subject S1"),
        ("TSPARMCD=TITLE TSVAL1=", " of TITLE"),
        ("", ""),
    ],
)
def test_a_record_is_named_by_what_it_is_about(keys, whose) -> None:
    named = [tuple(key.split("=")) for key in keys.split()]
    assert summary(answer(Content(), keys=named)).of == f"X.V (Label){whose}"


def test_a_number_alone_says_nothing_and_has_its_name() -> None:
    asked = answer(Content(), keys=())
    asked.record.keys = (Cell("AESEQ", "4", number=True),)
    assert summary(asked).of == "X.V (Label) of AESEQ 4"


def test_a_date_alone_has_its_name_and_a_comment_does_not_name_itself() -> None:
    comment = "The visit was moved by telephone because of a death in the family"
    named = [("CODTC", "2024-01-05"), ("COVAL", comment)]
    assert summary(answer(Content(), keys=named)).of == "X.V (Label) of CODTC 2024-01-05"


def test_a_whole_record_is_told_by_what_it_was_made_of() -> None:
    below = [Link("rows", "made of", [record(origin)], 1) for origin in ("A", "A", "B", "C", "D")]
    said = str(summary(answer(Content(links=below), variable="")))
    assert said == (
        "X (Data) of P of subject S1 is made of A, B and 2 more. It rests on no raw cell."
    )


def test_a_relation_names_records_and_says_nothing_of_their_cells() -> None:
    below = [Link("rows", "names", [record("AE")], 1)]
    said = str(summary(answer(Content(links=below), variable="")))
    assert said == "X (Data) of P of subject S1 names AE."


# ---- why --------------------------------------------------------------------------------------


def test_the_rule_has_the_values_that_it_reads() -> None:
    steps = (RuleStep("AVAL", "", "", "41.1"), RuleStep("BASE", "", "", ""))
    assert why(rule("AVAL - BASE where AVAL > 3.", steps=steps)) == (
        "AVAL (41.1) - BASE (missing) where AVAL > 3"
    )


def test_names_in_quotes_and_compared_ones_stay_as_they_are() -> None:
    steps = (RuleStep("FLAG", "", "", "Y"), RuleStep("A", "", "", "1"))
    assert why(rule('A when FLAG == "A" and missing(A).', steps=steps)) == (
        'A (1) when FLAG == "A" and missing(A)'
    )


def test_values_of_the_records_behind_are_known_by_their_dataset_too() -> None:
    below = Link("rows", "made of", [record("ADSL", cells=[("START", "2024-01-08")])], 1)
    assert why(rule("Days from ADSL.START."), links=[below]) == "days from ADSL.START (2024-01-08)"


def test_the_words_of_the_spec_come_first_and_are_left_alone() -> None:
    steps = (RuleStep("AVAL", "", "", "41.1"),)
    told = rule("AVAL.", said="Height of AVAL; in cm. More of it.", steps=steps)
    assert why(told) == "height of AVAL; in cm"


def test_a_copy_of_what_a_row_step_made_is_told_by_that_step() -> None:
    made = RuleStep("V", "Sum of W.", "x.yaml:2")
    assert why(rule("Copied from V.", steps=[made])) == "sum of W"
    assert why(rule("Copied from W.")) == "copied from W"


def test_what_does_not_hold_for_a_value_is_left_out_and_a_long_rule_ends_in_dots() -> None:
    assert why(rule("Sum of W; null without one; 0 when W is.")) == "sum of W; 0 when W is"
    long = rule("Sum of " + "W and " * 60)
    said = summary(answer(Content([long])))
    assert said.why.endswith(" ...")
    assert len(said.why) < 210
    assert " ... It rests" in str(said)


def test_the_candidate_taken_stands_in_place_of_the_list() -> None:
    taken = record("RS", keys=[("PARAMCD", "PD")], cells=[("ADT", "2024-05-01")])
    other = record("DM", cells=[("ADT", "2025-01-01")])
    listed = Considered(
        "", [Candidate(taken, True, "Progression: the first"), Candidate(other, False, "later")]
    )

    def made(says):
        return rule("Copied from V.", steps=[RuleStep("V", says, "x.yaml:2")])

    assert why(made("Days from START to the first of: RS; DM."), considered=[listed]) == (
        "days from START to the first of; "
        "the record taken is RS PARAMCD PD, ADT 2024-05-01 (Progression: the first)"
    )
    assert why(made("First: RS; DM."), considered=[listed]).startswith("the record taken is RS")


def test_a_rule_of_several_parts_of_the_records_is_told_of_all_of_them() -> None:
    parts = "In part 1 of the records: always 'A'. In part 2 of the records: B of the dose."
    said = "in part 1 of the records: always 'A'. In part 2 of the records: B of the dose"
    assert why(rule(parts)) == said
    dose = Candidate(record("EX", cells=[("EXDOSE", "2")]), True, "the latest")
    assert why(rule(parts), considered=[Considered("V", [dose])]) == (
        f"{said}; the record taken is EX EXDOSE 2 (the latest)"
    )


def test_what_the_record_was_taken_for_is_no_reason_of_a_value_worked_out_later() -> None:
    dose = Candidate(record("EX", cells=[("EXSTDTC", "2024-05-01")]), True, "the one that counts")
    listed = Considered("", [dose])
    assert why(rule("AVAL - BASE."), considered=[listed]) == "AVAL - BASE"
    other = rule("Copied from W.", steps=[RuleStep("W", "The dose.", "x.yaml:2")])
    assert why(other, considered=[listed]).endswith("EXSTDTC 2024-05-01 (the one that counts)")
    assert why(rule("Copied from W."), considered=[listed]) == "copied from W"


def test_among_rivals_the_reason_of_the_record_itself_comes_first() -> None:
    mine, theirs = record(cells=[("ADT", "2024-01-15")]), record(cells=[("ADT", "2024-01-10")])
    left = Considered(
        "V",
        [Candidate(mine, False, "after it", itself=True), Candidate(theirs, True, "the last")],
        rivals=True,
    )
    assert why(rule("Y for the last."), considered=[left]) == (
        "after it; the record taken is X ADT 2024-01-10"
    )
    had = Considered("V", [Candidate(mine, True, "the last", itself=True)], rivals=True)
    assert why(rule("Y for the last."), considered=[had]) == "the last"
    value_of = Considered("V", [Candidate(theirs, True, "the baseline record")], rivals=True)
    assert why(rule("W of it."), considered=[value_of]) == "the baseline record, X ADT 2024-01-10"


# ---- what it rests on -------------------------------------------------------------------------


def raw(place, *names):
    return record("src", place=place, raw=True, cells=[(name, "1") for name in names])


def test_raw_cells_are_counted_once_and_files_named_without_rows_and_sheets() -> None:
    shared = Content(links=[Link("rows", "made of", [raw("a.csv row 1", "A", "B")], 1)])
    content = Content(
        links=[
            Link("rows", "made of", [record(content=shared), record(content=shared)], 2),
            Link("one", "looked up", [raw("b.xlsx [Sheet 1] row 1,002", "A")], 1),
        ]
    )
    said = summary(answer(content)).rests
    assert said == "It rests on 3 raw cells of 2 files: a.csv and b.xlsx."
    content.links[0].count = 5
    assert summary(answer(content)).rests.startswith("It rests on at least 3 raw cells")


def test_many_files_are_counted() -> None:
    links = [Link("rows", "made of", [raw(f"{name}.csv row 1", "A")], 1) for name in "abcde"]
    assert summary(answer(Content(links=links))).rests == (
        "It rests on 5 raw cells of 5 files: a.csv, b.csv and 3 more."
    )


# ---- a study ----------------------------------------------------------------------------------


def test_a_survival_time_is_told_in_one_sentence(traced: Study) -> None:
    answer = traced.trace("ADTTE", where=PFS, variable="AVAL")
    assert str(summary(answer)) == (
        "ADTTE.AVAL (Analysis Value) of PFS (ADTC 2024-05-01) of subject S1-01 is 121: days from "
        "ENRLDTC (2024-01-02) to the first of PD.ADTC; the record taken is ADTTE PARAMCD PD, "
        "ADTC 2024-05-01 (the first event). It rests on 3 raw cells of 2 files: dm.csv and "
        "resp.csv."
    )


def test_an_answer_about_another_value_says_another_sentence(traced: Study) -> None:
    answer = traced.trace("DM", where='USUBJID == "S1-02"', variable="SEX")
    assert str(summary(answer)) == (
        "DM.SEX (Sex) of subject S1-02 is M: copied from SEX. It rests on 1 raw cell of dm.csv."
    )
    assert summary(replace(answer, value="F")).value == "F"
