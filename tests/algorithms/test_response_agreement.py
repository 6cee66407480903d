"""Derived responses beside those of the investigator."""

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.endpoints.response_agreement import response_agreement
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
DOES_NOT_FOLLOW = (
    "the parts are the same, so the investigator's overall response does not follow from them"
)


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
        (("SD", "PD", NON, "N"), DOES_NOT_FOLLOW),
        (("SD", None, NON, "N"), "parts not compared: target"),
        (("SD", None, None, None), "parts not compared: target, non-target, new lesion"),
        (("SD", "SD", None, "N"), "target PD, investigator SD"),
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


@pytest.mark.parametrize(
    ("ours", "theirs", "why"),
    [
        (("iUPD", "SD", NON, "N"), ("iSD", "SD", NON, "N"), "what becomes of a progression before"),
        (("iSD", "SD", NON, "N"), ("iUPD", "SD", NON, "N"), "what becomes of a progression before"),
        (("NE", "NE", NON, "N"), ("iUPD", "NE", NON, "N"), "what becomes of a progression before"),
        (("iUPD", "PD", NON, "N"), ("iSD", "iUPD", NON, "N"), DOES_NOT_FOLLOW),
        (("iSD", "SD", NON, "N"), ("iPR", "iSD", NON, "N"), DOES_NOT_FOLLOW),
        (("iUPD", None, NON, "N"), ("iSD", "iSD", NON, "N"), "parts not compared: target"),
    ],
)
def test_in_irecist_equal_parts_leave_room_for_a_progression_before(ours, theirs, why):
    ours = ("S", "W6", *ours, OURS[-1])
    theirs = investigator(("S", "W6", *theirs, OURS[-1]))
    assert compared([ours], theirs, "difference")[0] == [why]


def test_what_the_parts_say_is_told_beside_a_date_that_differs():
    theirs = investigator(("S", "W6", "SD", "PD", NON, "N", "2024-02-25"))
    assert compared([OURS], theirs, "difference")[0] == [
        f"{DOES_NOT_FOLLOW}; date 2024-02-21, investigator 2024-02-25"
    ]


def test_several_target_responses_are_not_compared_with_a_finding():
    one = investigator(("S", "W6", "SD", "SD", NON, "N", OURS[-1]))
    two = investigator(
        ("S", "W6", "SD", "SD", NON, "N", OURS[-1]), ("S", "W6", None, "PD", None, None, OURS[-1])
    )
    assert compared([OURS], one, "difference")[0] == ["target PD, investigator SD"]
    assert compared([OURS], two, "difference")[0] == ["parts not compared: target"]
    assert told(compared([OURS], two)[1]) == [
        ("differs", "derived PD at W6, the investigator says SD: parts not compared: target", 0),
        (
            "several",
            "the investigator has several records of target at W6; it is not compared",
            0,
        ),
    ]


def test_a_response_of_the_investigator_alone_is_told_at_the_first_row_of_the_subject():
    other = ("T", *OURS[1:])
    later = ("S", "W12", *OURS[2:])
    theirs = investigator(
        ("S", "W6", "PD", "PD", NON, "N", OURS[-1]),
        ("S", "W12", "PD", "PD", NON, "N", OURS[-1]),
        ("T", "W6", "PD", "PD", NON, "N", OURS[-1]),
        ("S", "W18", "PD", "PD", NON, "N", OURS[-1]),
    )
    result = compared([other, OURS, later], theirs)[1]
    assert [(rule, row) for rule, _, row in told(result)] == [("only_investigator", 1)]


def test_each_way_to_differ_names_its_own_records():
    count = 300
    ways = [(f"S{n}", "W6", "PD", "PD", NON, "N", OURS[-1]) for n in range(count)]
    theirs = investigator(
        *((f"S{n}", "W6", f"X{n}", "PD", NON, "N", OURS[-1]) for n in range(count))
    )
    result = compared(ways, theirs)[1]
    assert sorted(one.rows.tolist() for one in result.issues) == [[n] for n in range(count)]


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
