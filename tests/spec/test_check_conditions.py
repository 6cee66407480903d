"""Conditions that can never hold are told without data."""

from __future__ import annotations

import pytest

from cdisc.errors import Location
from cdisc.spec.check_conditions import compared
from cdisc.spec.expression_parser import parse_expression

AE = "mappings/sdtm/ae.yaml"
ADAE = "mappings/adam/adae.yaml"
NEVER = "is never 'Yes', which is not in codelist NY. Its terms are N, NA, U, Y"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (ADAE, 'AESER == "Y"', 'AESER == "Yes"', f"{ADAE}:10:3 OWNFL: AESER {NEVER}"),
        (
            ADAE,
            "rows: AE",
            'rows: {from: AE, where: \'AESER in ["Y", "Yes"]\'}',
            f"{ADAE}:3:7 rows.where: AESER {NEVER}",
        ),
        (
            AE,
            "where: not missing(TERM)",
            'where: DM.SEX != "Female"',
            (
                f"{AE}:4:3 rows.where: DM.SEX is never 'Female', which is not in codelist SEX. "
                "Its terms are F, INTERSEX, M, U"
            ),
        ),
        (
            AE,
            "{copy: DLT,",
            '{choose: [{when: AESER == "Yes", text: Y}],',
            f"{AE}:18:3 AEDLT: AESER {NEVER}",
        ),
        (
            ADAE,
            "variables:",
            (
                "lookups:\n  serious: {from: AE, match: [USUBJID], where: AESER == 'Yes', "
                "take: last, order: AESEQ, if_none: missing}\nvariables:\n"
                "  SERFL: {choose: [{when: serious.AEOUT == 'dead', text: Y}], label: Serious}"
            ),
            f"{ADAE}:5:12 serious: AESER {NEVER}",
        ),
        (
            AE,
            "AESTDY: {study_day: AESTDTC}",
            (
                "_DAY: {reference_date: {of: {from: AE, where: AESER == 'Yes', date: AESTDTC}, "
                "take: latest}}"
            ),
            f"{AE}:15:31 _DAY: AESER {NEVER}",
        ),
    ],
)
def test_a_text_outside_the_closed_codelist_of_a_variable_is_told(folder, file, old, new, message):
    folder.change(file, old, new)
    assert message in folder.warnings()


def test_a_lookup_in_a_condition_is_followed_to_its_dataset(folder):
    folder.change(
        ADAE,
        "variables:",
        "lookups:\n  last: {from: AE, match: [USUBJID], take: last, order: AESEQ, "
        "if_none: missing}\nvariables:\n"
        "  OUTFL: {choose: [{when: last.AEOUT == 'fatal', text: Y}], label: Fatal}",
    )
    assert (
        f"{ADAE}:7:3 OUTFL: last.AEOUT is never 'fatal', which is not in codelist OUT. "
        "Did you mean FATAL?" in folder.warnings()
    )


def test_source_columns_and_open_codelists_are_left_alone(folder):
    folder.change(AE, "where: not missing(TERM)", 'where: SER == "Yes"')
    folder.change(ADAE, 'AESER == "Y"', 'AETERM == "anything"')
    assert not any("is never" in warning for warning in folder.warnings())


def test_names_are_found_beside_the_texts_they_are_compared_with():
    text = 'A == "x" and ("y" != DM.B or not missing(C)) and D in ["p", "q"] and E == F and G < "z"'
    found = compared(parse_expression(text, Location("f")))
    assert [(str(ref), value) for ref, value in found] == [
        ("A", "x"),
        ("DM.B", "y"),
        ("D", "p"),
        ("D", "q"),
    ]


ADRS = """\
dataset: ADRS
structure: BDS
keys: [STUDYID, USUBJID, PARAMCD]
rows: DM
parameters:
  RSP:
    label: Response
    derive: {has_record: {from: AE, where: AESER == "Y", date: AESTDTC}}
  OTHER:
    label: Other
    set: {AVALC: {recode: {from: SEX, to: {M: YES}, if_missing: missing, if_unmapped: missing}}}
  LATER:
    label: Later
    derive: {has_record: {from: RSP, where: AVALC == "Y", date: ADT}}
variables:
  USUBJID: {copy: USUBJID}
  PARAM: {copy: PARAM}
  PARAMCD: {copy: PARAMCD}
  AVALC: {copy: AVALC}
"""
OTHERS = """\
dataset: ADAE
keys: [USUBJID, AESEQ]
rows: AE
lookups:
  responder: {from: ADRS, match: [USUBJID], where: WHERE, take: one, if_none: missing}
variables:
  USUBJID: {copy: USUBJID}
  RSPFL: {copy: responder.AVALC, label: Response}
"""


@pytest.fixture
def responses(folder):
    folder.write("mappings/adam/adrs.yaml", ADRS)
    return folder


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ('PARAMCD == "RSPP"', "ADRS has no parameter RSPP. Did you mean RSP?"),
        ('PARAMCD in ["RSP", "X"]', "ADRS has no parameter X. Known are LATER, OTHER, RSP"),
        (
            'PARAMCD == "RSP" and AVALC == "YES"',
            "AVALC is never 'YES' as ADRS makes it. Its terms are N, Y",
        ),
        ('AVALC == "MAYBE"', "AVALC is never 'MAYBE' as ADRS makes it. Its terms are N, Y, YES"),
    ],
)
def test_a_parameter_or_value_that_a_dataset_never_has_is_told(responses, where, told):
    responses.write(ADAE, OTHERS.replace("WHERE", f"'{where}'"))
    found = responses.check()
    problems = found.errors if "parameter" in told else found.warnings
    assert f"{ADAE}:5:14 responder: {told}" in map(str, problems)


@pytest.mark.parametrize(
    "where", ['PARAMCD == "RSP" and AVALC == "Y"', 'PARAMCD == "OTHER" and AVALC == "YES"']
)
def test_a_value_that_a_parameter_has_is_not_told(responses, where):
    responses.write(ADAE, OTHERS.replace("WHERE", f"'{where}'"))
    assert not any("is never" in warning for warning in responses.warnings())


def test_parameters_that_only_the_data_know_are_left_alone(responses):
    responses.change("mappings/adam/adrs.yaml", "    label: Other\n", "")
    responses.write(ADAE, OTHERS.replace("WHERE", "PARAMCD == 'RSPP'"))
    assert not any("has no parameter" in error for error in responses.errors())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('AVALC == "Y"', 'AVALC == "T"', "AVALC is never 'T' in these rows. Its terms are N, Y"),
        ('AESER == "Y"', 'AESER == "Yes"', f"AESER {NEVER}"),
        ("from: SEX, to", "from: SEXX, to", ""),
    ],
)
def test_conditions_on_records_that_rows_read_are_checked(responses, old, new, told):
    responses.change("mappings/adam/adrs.yaml", old, new)
    found = [warning for warning in responses.warnings() if "is never" in warning]
    assert bool(found) == bool(told)
    assert all(warning.endswith(f": {told}") for warning in found)


def test_the_values_of_parameters_are_known_within_the_variables_of_their_dataset(responses):
    responses.change(
        "mappings/adam/adrs.yaml",
        "  AVALC: {copy: AVALC}\n",
        "  AVALC: {copy: AVALC}\n"
        "  CRIT1: {choose: [{when: PARAMCD == 'RRSP' and AVALC == 'y', text: x}]}\n",
    )
    assert any("CRIT1: ADRS has no parameter RRSP" in error for error in responses.errors())


def test_a_part_without_label_and_code_is_refused(responses):
    responses.change("mappings/adam/adrs.yaml", "    label: Later\n", "")
    told = "mappings/adam/adrs.yaml:12:3 LATER: has no label and sets no PARAMCD. Add label:"
    assert any(told in error for error in responses.errors())


def test_a_variable_both_carried_and_written_is_refused(folder, refusal):
    folder.change(ADAE, "variables:", "carry: {DM: [SEX]}\nvariables:")
    assert refusal(folder.read) == (
        f"{ADAE}:10:3 SEX: carried and written here as well. Take it out of carry, or out of "
        "variables"
    )
