"""Why a record is the baseline, comes after it or is the lowest before, in words."""

from __future__ import annotations

import numpy as np

from cdisc.algorithms.measurements.analysis_baseline import (
    after_baseline,
    baseline_flag,
    baseline_value,
)
from cdisc.algorithms.measurements.baseline import last_before_exposure
from cdisc.algorithms.measurements.nadir import nadir
from tests.algorithms.rival_records import dates, numbers, said, text


def baseline(days, reference="2024-01-10", **arguments):
    count = len(days)
    return baseline_flag(
        arguments.pop("value", numbers(*[1] * count)),
        arguments.pop("by", (text(*["S1"] * count),)),
        dates(*days),
        dates(*[reference] * count),
        explaining=True,
        **arguments,
    )


def test_a_baseline_names_the_earlier_and_the_later_ones() -> None:
    result = baseline(["2024-01-02", "2024-01-08", "2024-01-12"])
    expected = {
        0: (False, "earlier than the last one, of 2024-01-08"),
        1: (True, "the last one that counts as before 2024-01-10"),
        2: (False, "after 2024-01-10, which baseline lies before"),
    }
    assert [said(result, row) for row in range(3)] == [expected] * 3


def test_what_is_no_candidate_says_what_it_lacks() -> None:
    result = baseline(
        ["2024-01-02", "2024-01-03", "NaT", "2024-01-10", "2024-01-04"],
        value=numbers(1, None, 1, 1, 1),
        among=np.array([True, True, True, True, False]),
    )
    assert [why for _, why in said(result, 0).values()] == [
        "the last one that counts as before 2024-01-10",
        "no value",
        "no complete date",
        "on 2024-01-10 itself, which baseline lies before, and not known to be earlier that day",
        "not among the records that may be baseline",
    ]
    assert said(baseline(["2024-01-02"], reference="NaT"), 0) == {
        0: (False, "there is no date that baseline lies before")
    }


def test_of_one_date_the_order_or_a_tie_is_the_reason() -> None:
    days = ["2024-01-08", "2024-01-08"]
    assert said(baseline(days, order=(numbers(1, 2),)), 0) == {
        0: (False, "of the date of the last one, but before it by the order"),
        1: (True, "the last one that counts as before 2024-01-10"),
    }
    tie = (False, "one of several last ones that the order does not tell apart; none is taken")
    assert said(baseline([*days, "2024-01-02"]), 2) == {
        0: tie,
        1: tie,
        2: (False, "earlier than the last ones, of 2024-01-08"),
    }
    assert said(baseline([*days, "2024-01-08"], order=(numbers(2, 2, 1),)), 2) == {
        0: tie,
        1: tie,
        2: (False, "of the date of the last ones, but before them by the order"),
    }


def test_a_record_of_no_group_has_no_rivals() -> None:
    result = baseline(["2024-01-02", "2024-01-08"], by=(text("", "S1"),))
    assert said(result, 0) == {0: (False, "no value in a column of its group")}
    assert said(result, 1) == {1: (True, "the last one that counts as before 2024-01-10")}


def test_the_last_before_exposure_tells_what_cannot_be_known() -> None:
    dated = text(
        "2024-01-02", "2024-01-05", "2024-01", "2024-01-10", "2024-02-01", "", "2024-01-06"
    )
    result = last_before_exposure(
        text("1", "1", "1", "1", "1", "1", ""),
        (text(*["S1"] * 7),),
        dated,
        text(*["2024-01-10T08:00"] * 7),
        explaining=True,
    )
    assert said(result, 0) == {
        0: (False, "earlier than the last one, of 2024-01-05"),
        1: (True, "the last one before first exposure, 2024-01-10T08:00"),
        2: (False, "2024-01 may lie before first exposure, 2024-01-10T08:00, or not"),
        3: (False, "not known to be before first exposure, 2024-01-10T08:00"),
        4: (False, "not before first exposure, 2024-01-10T08:00"),
        5: (False, "no date"),
        6: (False, "no result"),
    }
    never = last_before_exposure(
        text("1"), (text("S1"),), text("2024-01-02"), text(""), explaining=True
    )
    assert said(never, 0) == {0: (False, "the date of first exposure is not known")}


def test_a_value_of_the_baseline_names_its_record() -> None:
    marks = np.array([True, False, False])
    result = baseline_value(numbers(1, 2, 3), (text("A", "A", "B"),), marks, explaining=True)
    assert said(result, 1) == {0: (True, "the baseline record")}
    assert said(result, 2) == {}
    several = baseline_value(
        numbers(1, 2), (text("A", "A"),), np.array([True, True]), explaining=True
    )
    assert said(several, 0) == {0: (False, "one of several baseline records, of which none counts")}


def test_what_comes_after_baseline_names_its_date() -> None:
    days = dates("2024-01-02", "2024-01-05", "2024-01-01", "NaT", "2024-01-09")
    marks = np.array([True, False, False, False, False])
    result = after_baseline(days, (text("A", "A", "A", "A", "B"),), marks, explaining=True)
    assert [said(result, row)[row] for row in range(5)] == [
        (False, "the baseline itself"),
        (True, "after the baseline, of 2024-01-02"),
        (False, "not after the baseline, of 2024-01-02"),
        (False, "no complete date"),
        (False, "the group has no baseline"),
    ]


def test_what_comes_after_none_of_several_baselines_says_so() -> None:
    days, by = dates("2024-01-02", "2024-01-05", "2024-01-09"), (text("A", "A", ""),)
    result = after_baseline(days, by, np.array([True, True, False]), explaining=True)
    assert [said(result, row)[row] for row in range(3)] == [
        (False, "the group has several baseline records, of which none counts"),
        (False, "the group has several baseline records, of which none counts"),
        (False, "no value in a column of its group"),
    ]


def test_a_nadir_names_the_lowest_record_before() -> None:
    days = dates("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-06")
    marks = np.array([False, True, False, False, False, False])
    result = nadir(
        numbers(1, 88, 71, 71, None, 38), (text(*["A"] * 6),), (days,), marks, explaining=True
    )
    assert said(result, 4) == {
        0: (False, "before baseline, from which on values count"),
        1: (False, "higher than the lowest so far"),
        2: (True, "the lowest so far"),
        3: (False, "as low as the lowest so far, but later"),
        5: (False, "not before this record"),
    }
    assert said(result, 1) == {1: (False, "at baseline or before it, or there is none")}
    assert said(result, 5)[4] == (False, "no value")
