"""Assessments numbered by their first date, against the same thing done by hand."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.events.assessments import assessment_number
from cdisc.errors import UsageError
from cdisc.model import Severity


def text(values):
    return pd.Series(list(values), dtype="str")


def numbers(cells, within=14):
    """The numbers of (subject, visit, date), and the rows of each rule."""
    subjects, visits, dates = zip(*cells, strict=True)
    result = assessment_number(text(visits), text(dates), within, text(subjects))
    values = [None if pd.isna(value) else int(value) for value in result.values]
    return values, {issue.rule.partition(".")[2]: issue.rows.tolist() for issue in result.issues}


def test_scans_of_several_days_are_one_assessment():
    cells = [
        ("1", "SCREENING", "2024-02-14"),
        ("1", "WEEK 6", "2024-04-05"),
        ("1", "WEEK 6", "2024-04-01"),
        ("1", "UNSCHEDULED", "2024-03-20"),
        ("2", "WEEK 6", "2023-01-01"),
    ]
    assert numbers(cells) == ([1, 3, 3, 2, 1], {})


def test_assessments_near_each_other_stay_apart():
    """A scan again, eight days before the planned one, has a response of its own."""
    cells = [("1", "UNSCHEDULED", "2024-03-20"), ("1", "WEEK 6", "2024-03-28")]
    assert numbers(cells) == ([1, 2], {})


def test_the_last_day_allowed_and_the_day_after():
    cells = [("1", "W6", "2024-04-01"), ("1", "W6", "2024-04-15"), ("1", "W6", "2024-04-16")]
    assert numbers(cells) == ([1, 1, 1], {"too_far_apart": [2]})
    result = assessment_number(text(["W6"] * 2), text(["2024-04-01", "2024-05-01"]), 14,
                               text(["1"] * 2))  # fmt: skip
    assert result.issues[0].severity is Severity.WARNING


def test_a_partial_date_goes_with_its_assessment_and_an_undated_one_has_no_number():
    cells = [("1", "W6", "2024-04"), ("1", "W6", "2024-04-15"), ("1", "W12", "2024"),
             ("1", "W18", None), (None, "W6", "2024-04-01"), ("1", None, "2024-04-01")]  # fmt: skip
    assert numbers(cells) == ([1, 1, None, None, None, None], {"no_date": [2, 3]})


def test_assessments_of_one_day_are_told_apart_by_name_with_a_finding():
    cells = [("1", "W6", "2024-04-01"), ("1", "U1", "2024-04-01"), ("1", "W1", "2024-03-01")]
    assert numbers(cells) == ([3, 2, 1], {"tie": [0, 1]})


def test_no_records_and_no_days():
    empty = pd.Series([], dtype="str")
    assert len(assessment_number(empty, empty, 14, empty).values) == 0
    with pytest.raises(UsageError):
        assessment_number(empty, empty, -1, empty)


DAYS = [(date(2024, 2, 25) + timedelta(days=n)).isoformat() for n in range(0, 40, 3)]
CELLS = st.tuples(
    st.sampled_from(["1", "2", None]),
    st.sampled_from(["A", "B", "C", " ", None]),
    st.sampled_from([*DAYS, "2024-03", None]),
)


@given(st.lists(CELLS, min_size=1, max_size=25), st.integers(0, 20))
def test_numbers_are_those_counted_by_hand(cells, within):
    known = [bool(who and visit and visit.strip()) for who, visit, _ in cells]
    begins = {}
    for ok, (who, visit, when) in zip(known, cells, strict=True):
        if ok and when and len(when) == 10:
            begins[who, visit] = min(when, begins.get((who, visit), when))
    wanted, far = [], []
    for row, (ok, (who, visit, when)) in enumerate(zip(known, cells, strict=True)):
        mine = sorted((first, name) for (w, name), first in begins.items() if w == who)
        first = begins.get((who, visit))
        wanted.append(mine.index((first, visit)) + 1 if ok and first else None)
        if ok and first and len(when or "") == 10:
            gap = date.fromisoformat(when) - date.fromisoformat(first)
            far += [row] if gap.days > within else []
    found, issues = numbers(cells, within)
    assert found == wanted
    assert issues.get("too_far_apart", []) == far
    assert issues.get("no_date", []) == [
        row for row, ok in enumerate(known) if ok and wanted[row] is None
    ]
