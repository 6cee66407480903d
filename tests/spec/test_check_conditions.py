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
