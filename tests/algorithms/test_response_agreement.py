"""Derived responses beside those of the investigator."""

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.response_agreement import response_agreement
from cdisc.errors import UsageError
from cdisc.model import Severity

TESTS = ("OVRLRESP", "TRGRESP", "NTRGRESP", "NEWLIND")
NAMES = ("visit", "response", "target", "non_target", "new", "date")


def text(values):
    return pd.Series(list(values), dtype="str")


def investigator(*records):
    """Records of RS: subject, visit, then overall, target, non-target, new; and the date."""
    rows = [
        (subject, visit, test, result, date)
        for subject, visit, *results, date in records
        for test, result in zip(TESTS, results, strict=True)
    ]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    names = ("by", "assessment", "test", "result", "date")
    found = {name: text(column) for name, column in zip(names, columns, strict=True)}
    return Selected("RS", found, np.arange(100, 100 + len(rows)))


def compared(ours, theirs, give="agreement", **options):
    """`ours`: subject, then NAMES."""
    columns = list(zip(*ours, strict=True)) or [()] * 7
    subject, visit, response, target, non_target, new, date = map(text, columns)
    result = response_agreement(
        response,
        target,
        non_target,
        new,
        date,
        theirs,
        give,
        assessment=visit,
        subject=subject,
        **options,
    )
    values = [None if pd.isna(value) else value for value in result.values]
    return values, result


OURS = ("S", "W6", "PD", "PD", "NON-CR/NON-PD", "N", "2024-02-21")
NON = "NON-CR/NON-PD"


def told(result):
    return [
        (one.rule.partition(".")[2], one.message.replace("{value}", str(value)), row)
        for one in result.issues
        for value, row in zip(one.values, one.rows.tolist(), strict=True)
    ]


def test_equal_responses_agree():
    values, result = compared([OURS], investigator(("S", "W6", "PD", "PD", NON, "N", OURS[-1])))
    assert values == ["Y"]
    assert result.issues == ()
    assert result.links[0].parent_rows.tolist() == [100]


def test_a_difference_is_a_finding_with_visit_both_responses_and_the_part_that_differs():
    theirs = investigator(("S", "W6", "SD", "SD", NON, "N", OURS[-1]))
    values, result = compared([OURS], theirs)
    assert values == ["N"]
    assert told(result) == [
        ("differs", "derived PD at W6, the investigator says SD: target PD, investigator SD", 0)
    ]
    assert result.issues[0].severity is Severity.WARNING
    assert compared([OURS], theirs, "difference")[0] == ["target PD, investigator SD"]


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        (("PR", "PD", "CR", "N"), f"non-target {NON}, investigator CR"),
        (("SD", "PD", NON, "Y"), "new lesion N, investigator Y"),
        (("SD", "SD", NON, "Y"), "target PD, investigator SD; new lesion N, investigator Y"),
        (("SD", "PD", NON, "N"), "every part is the same"),
        (("SD", None, None, None), "every part is the same"),
    ],
)
def test_every_part_that_differs_is_named(theirs, why):
    found = compared([OURS], investigator(("S", "W6", *theirs, OURS[-1])), "difference")[0]
    assert found == [why]


def test_a_date_that_differs_is_a_difference_unless_it_is_near_enough():
    theirs = investigator(("S", "W6", "PD", "PD", NON, "N", "2024-02-25"))
    why = "date 2024-02-21, investigator 2024-02-25"
    assert compared([OURS], theirs, "difference")[0] == [why]
    assert compared([OURS], theirs)[0] == ["N"]
    assert compared([OURS], theirs, date_within=4)[0] == ["Y"]


def test_parts_in_the_words_of_irecist_are_those_of_recist():
    ours = ("S", "W6", "iCPD", "PD", NON, "N", "2024-02-21")
    theirs = investigator(("S", "W6", "iCPD", "iCPD", "NON-iCR/NON-iUPD", "N", "2024-02-21"))
    assert compared([ours], theirs)[0] == ["Y"]


def test_a_progression_that_only_one_confirms_is_named():
    ours = ("S", "W6", "iUPD", "PD", NON, "N", "2024-02-21")
    theirs = investigator(("S", "W6", "iCPD", "iUPD", "NON-iCR/NON-iUPD", "N", "2024-02-21"))
    assert compared([ours], theirs, "difference")[0] == ["confirmation of progression"]


def test_a_response_that_only_one_has_is_a_note():
    theirs = investigator(("S", "W12", "SD", "SD", NON, "N", "2024-04-03"))
    values, result = compared([OURS], theirs)
    assert values == [None]
    assert [(rule, row) for rule, _, row in told(result)] == [
        ("only_derived", 0),
        ("only_investigator", 0),
    ]
    assert {one.severity for one in result.issues} == {Severity.INFO}


def test_several_responses_of_the_investigator_are_a_finding():
    one = ("S", "W6", "SD", "SD", NON, "N", "2024-02-21")
    values, result = compared([OURS], investigator(one, one))
    assert values == [None]
    assert [rule for rule, _, _ in told(result)] == ["several"]


def test_other_subjects_and_visits_do_not_meet():
    theirs = investigator(("T", "W6", "SD", "SD", NON, "N", "2024-02-21"))
    assert compared([OURS], theirs)[0] == [None]


def test_nothing_to_compare():
    assert compared([], investigator())[0] == []


def test_days_cannot_be_negative():
    with pytest.raises(UsageError, match="negative"):
        compared([OURS], investigator(), date_within=-1)
