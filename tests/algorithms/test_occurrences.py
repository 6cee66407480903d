"""First occurrences and worst grades: one flag a group, whatever the order of the records."""

import datetime as dt

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.events.occurrences import occurrence_flag, worst_within
from cdisc.model import Severity
from tests.algorithms.columns import text


def days(*values):
    return pd.Series(np.array([v or "NaT" for v in values], dtype="datetime64[s]"))


def told(result):
    return "".join("-" if pd.isna(v) else str(v) for v in result.values)


PERSON = text("A", "A", "A", "B", "B", None)
TERM = text("RASH", "RASH", "ACHE", "RASH", None, "RASH")
DAY = days("2024-02-01", "2024-01-01", "2024-03-01", "2024-01-05", "2024-01-01", "2024-01-01")
GRADE = text("3", "1", "3", None, "2", "1")
SEQ = pd.Series([1.0, 2, 3, 1, 2, 1])


def test_the_first_of_each_subject_and_of_each_term():
    assert told(occurrence_flag((PERSON,), (DAY, SEQ))) == "-Y--Y-"
    assert told(occurrence_flag((PERSON, TERM), (DAY, SEQ))) == "-YYY--"


def test_only_records_that_qualify_can_be_flagged():
    emergent = np.array([True, False, True, True, False, True])
    assert told(occurrence_flag((PERSON,), (DAY, SEQ), emergent)) == "Y--Y--"


def test_the_first_of_the_worst_grade():
    assert told(occurrence_flag((PERSON,), (DAY, SEQ), worst=GRADE)) == "Y---Y-"
    assert told(occurrence_flag((PERSON, TERM), (DAY, SEQ), worst=GRADE)) == "Y-YY--"


def test_grades_are_compared_as_numbers():
    result = occurrence_flag((text("A", "A"),), (SEQ.head(2),), worst=text("9", "10"))
    assert told(result) == "-Y"
    result = occurrence_flag((text("A", "A"),), (SEQ.head(2),), worst=text("9", "SEVERE"))
    assert (told(result), [i.rule for i in result.issues]) == ("Y-", ["occurrence_flag.grade"])


def test_a_tie_is_a_finding_and_no_flag():
    same = days("2024-01-01", "2024-01-01", "2024-01-02")
    result = occurrence_flag((text("A", "A", "B"),), (same,))
    assert told(result) == "--Y"
    assert [(i.rule, i.rows.tolist(), i.severity) for i in result.issues] == [
        ("occurrence_flag.tie", [0, 1], Severity.ERROR)
    ]
    settled = occurrence_flag((text("A", "A", "B"),), (same, pd.Series([2.0, 1.0, 1.0])))
    assert (told(settled), settled.issues) == ("-YY", ())


def test_a_record_without_a_value_in_a_group_column_is_in_no_group():
    when = days("2024-01-01", "2024-01-02", "2024-01-03")
    people, terms = text("A", "A", "A"), text("X", None, "X")
    flagged = occurrence_flag((people, terms), (when,))
    assert told(flagged) == "Y--"
    assert [(i.rule, i.rows.tolist()) for i in flagged.issues] == [
        ("occurrence_flag.no_group", [1])
    ]
    among = occurrence_flag((people, terms), (when,), np.array([True, False, True]))
    assert among.issues == ()
    worst = worst_within(text("1", "2", "1"), (people, terms))
    assert [(i.rule, i.rows.tolist()) for i in worst.issues] == [("worst_within.no_group", [1])]


def test_a_tie_behind_the_first_is_no_finding():
    when = days("2024-01-01", "2024-01-02", "2024-01-02")
    assert occurrence_flag((text("A", "A", "A"),), (when,)).issues == ()


def test_the_worst_grade_of_an_episode_stands_on_all_its_records():
    episode = text("1", "1", "2", "1", None, "3")
    assert told(worst_within(GRADE, (PERSON, episode))) == "333---"
    counted = np.array([False, True, True, True, True, True])
    assert told(worst_within(GRADE, (PERSON, episode), counted)) == "113---"


def test_the_worst_grade_is_the_highest_number():
    assert list(worst_within(text("9", "10"), (text("A", "A"),)).values) == ["10", "10"]
    numbers = worst_within(pd.Series([2.0, 4.0, np.nan]), (text("A", "A", "B"),)).values
    assert numbers[:2].tolist() == [4, 4]
    assert pd.isna(numbers[2])
    result = worst_within(text("2", "BAD"), (text("A", "A"),))
    assert (list(result.values), [i.rule for i in result.issues]) == (
        ["2", "2"],
        ["worst_within.grade"],
    )


EVENT = st.tuples(
    st.sampled_from("AB"),
    st.sampled_from("XY"),
    st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 6)),
    st.sampled_from([None, "1", "2", "10"]),
    st.booleans(),
)


@settings(max_examples=200)
@given(st.lists(EVENT, max_size=12), st.randoms())
def test_it_is_the_first_by_hand_whatever_the_order_of_records(events, random):
    events = [(*event, number) for number, event in enumerate(events)]
    wanted = {}
    for person, term, when, grade, counts, number in events:
        key = (-int(grade or 0), when, number)
        if counts:
            wanted[person, term] = min(wanted.get((person, term), (key, number)), (key, number))
    random.shuffle(events)
    people, terms, when, grades, counts, numbers = zip(*events, strict=True) if events else [()] * 6
    result = occurrence_flag(
        (text(*people), text(*terms)),
        (days(*(d.isoformat() for d in when)), pd.Series(numbers, dtype="float64")),
        np.array(counts, dtype=bool),
        text(*grades),
    )
    flagged = {n for n, v in zip(numbers, result.values, strict=True) if v == "Y"}
    assert flagged == {number for _, number in wanted.values()}
    assert result.issues == ()
