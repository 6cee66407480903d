"""Epoch and element order from the subject's elements."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.events.timing import element_order, epoch
from tests.algorithms.columns import text


def listed(series):
    return [None if pd.isna(value) else value for value in series]


def elements(*rows, numeric=False):
    by, start, end, value = zip(*rows, strict=True) if rows else ((), (), (), ())
    values = pd.Series(value, dtype="float64") if numeric else text(*value)
    columns = {"by": text(*by), "start": text(*start), "end": text(*end), "value": values}
    return Selected("SE", columns, np.arange(len(by), dtype=np.int64) + 100)


STUDY = elements(
    ("1", "2020-01-01", "2020-02-01T10:00", "SCREENING"),
    ("1", "2020-02-01T10:00", "2020-03-01", "TREATMENT"),
    ("1", "2020-03-01", "2020-04-01", "FOLLOW-UP"),
)


def at(*dates, subject="1", of=STUDY):
    result = epoch(text(*dates), text(*[subject] * len(dates)), of)
    return listed(result.values), {i.rule: i.rows.tolist() for i in result.issues}


def test_date_falls_into_the_element_around_it():
    assert at("2020-01-15", "2020-02-15", "2020-03-15") == (
        ["SCREENING", "TREATMENT", "FOLLOW-UP"],
        {},
    )


def test_day_two_elements_meet_belongs_to_the_later_one():
    assert at("2020-03-01", "2020-02-01") == (["FOLLOW-UP", "TREATMENT"], {})


def test_times_decide_when_both_are_known():
    assert at("2020-02-01T09:59", "2020-02-01T10:00") == (["SCREENING", "TREATMENT"], {})


def test_seconds_decide_when_both_are_known():
    exact = elements(
        ("1", "2020-01-01T08:00:00", "2020-02-01T10:00:00", "A"),
        ("1", "2020-02-01T10:00:00", "2020-03-01T12:00:00", "B"),
    )
    dates = ["2020-02-01T09:59:59", "2020-02-01T10:00:00", "2020-03-01T12:00:00"]
    assert at(*dates, "2020-03-01T12:00:01", of=exact) == (["A", "B", "B", None], {})


def test_first_and_last_day_belong_to_their_elements():
    assert at("2020-01-01", "2020-04-01") == (["SCREENING", "FOLLOW-UP"], {})


def test_date_before_the_first_or_after_the_last_element_is_missing_without_a_finding():
    assert at("2019-12-31", "2020-04-02", "2021", None) == ([None] * 4, {})


def test_missing_end_is_open():
    open_ended = elements(("1", "2020-01-01", None, "TREATMENT"))
    assert at("2030-01-01", of=open_ended) == (["TREATMENT"], {})


def test_date_between_two_elements_is_in_none():
    gap = elements(("1", "2020-01-01", "2020-01-10", "A"), ("1", "2020-02-01", None, "B"))
    assert at("2020-01-20", of=gap) == ([None], {})


def test_partial_date_is_decided_when_every_day_falls_into_one_element():
    assert at("2020-01", "2020-03") == (["SCREENING", "FOLLOW-UP"], {})


def test_partial_date_of_a_month_that_starts_in_the_later_element_is_decided():
    # On the first of February the later element counts, so all of February is treatment.
    assert at("2020-02") == (["TREATMENT"], {})


def test_partial_date_over_several_elements_is_missing_with_a_finding():
    assert at("2020", "2020---20") == ([None, None], {"epoch.undecided": [0, 1]})


def test_partial_date_that_may_lie_outside_is_missing_with_a_finding():
    assert at("2020-04", "2019", of=STUDY) == ([None, None], {"epoch.undecided": [0]})


def test_subject_without_elements_has_no_epoch():
    assert at("2020-01-15", subject="2") == ([None], {})
    assert at("2020-01-15", of=elements()) == ([None], {})
    assert at("2020-01-15", subject=None) == ([None], {})


def test_elements_with_one_start_give_the_one_that_stands_later():
    same = elements(("1", "2020-01-01", None, "A"), ("1", "2020-01-01", None, "B"))
    assert at("2020-01-05", of=same) == (["B"], {})


def test_order_of_the_elements_in_the_dataset_does_not_matter():
    turned = elements(
        ("1", "2020-03-01", "2020-04-01", "FOLLOW-UP"),
        ("1", "2020-01-01", "2020-03-01", "SCREENING"),
    )
    assert at("2020-01-15", "2020-03-15", of=turned)[0] == ["SCREENING", "FOLLOW-UP"]


def test_element_order_is_the_number_of_the_element():
    numbered = elements(
        ("1", "2020-01-01", "2020-02-01", 1.0), ("1", "2020-02-01", None, 2.0), numeric=True
    )
    result = element_order(text("2020-02-05", None, "2020"), text("1", "1", "1"), numbered)
    assert listed(result.values) == [2.0, None, None]
    assert [issue.rule for issue in result.issues] == ["element_order.undecided"]


def test_links_name_the_element():
    (link,) = epoch(text("2019-01-01", "2020-02-15"), text("1", "1"), STUDY).links
    assert (link.dataset, link.rows.tolist(), link.parent_rows.tolist()) == ("SE", [1], [101])


START = date(2020, 1, 1)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.sampled_from("12"), st.integers(0, 40), st.integers(0, 20)), max_size=8),
    st.lists(st.tuples(st.sampled_from("123"), st.integers(0, 70)), max_size=20),
)
def test_complete_dates_agree_with_a_search_row_by_row(periods, records):
    def day(number):
        return (START + timedelta(days=number)).isoformat()

    table = elements(*((s, day(a), day(a + n), f"E{i}") for i, (s, a, n) in enumerate(periods)))
    expected = []
    for subject, number in records:
        started = [(a, i) for i, (s, a, _) in enumerate(periods) if s == subject and a <= number]
        best = max(started, default=None)
        inside = best is not None and number <= best[0] + periods[best[1]][2]
        expected.append(f"E{best[1]}" if inside else None)
    result = epoch(text(*(day(n) for _, n in records)), text(*(s for s, _ in records)), table)
    assert listed(result.values) == expected


@pytest.mark.parametrize("month", range(1, 13))
def test_partial_dates_agree_with_trying_every_day(month):
    days = [date(2020, month, 1) + timedelta(days=n) for n in range(31)]
    possible = {at(d.isoformat())[0][0] for d in days if d.month == month}
    value, issues = at(f"2020-{month:02d}")
    assert value == [possible.pop() if len(possible) == 1 else None]
    assert bool(issues) == bool(possible)
