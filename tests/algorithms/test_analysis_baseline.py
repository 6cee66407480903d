"""Baseline of an analysis (ABLFL, BASE), and what comes after it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.measurements.analysis_baseline import (
    after_baseline,
    baseline_flag,
    baseline_value,
)
from cdisc.algorithms.measurements.changes import change, percent_change, ratio, shift
from cdisc.algorithms.measurements.nadir import nadir
from cdisc.errors import UsageError
from cdisc.model import Severity
from tests.algorithms.columns import dates, numbers, plain, text


def flag(days, values=None, reference="2024-01-10", **arguments):
    """Positions that are baseline, and what was found, for records of one group."""
    count = len(days)
    result = baseline_flag(
        arguments.pop("value", numbers(*(values or [1.0] * count))),
        arguments.pop("by", (text(*["S1"] * count),)),
        dates(*days),
        dates(*[reference] * count),
        **arguments,
    )
    assert result.values.dropna().eq("Y").all()
    flagged = [i for i, v in enumerate(result.values) if v == "Y"]
    return flagged, {issue.rule: issue.rows.tolist() for issue in result.issues}


# ---- ALGORITHMS: baseline -------------------------------------------------------------------


def test_baseline_is_the_last_non_missing_record_before_the_reference():
    days = ["2024-01-02", "2024-01-05", "2024-01-08", "2024-01-12"]
    assert flag(days) == ([2], {})
    assert flag(days, [1, 2, None, 4]) == ([1], {})
    assert flag(days, [None, None, None, 4]) == ([], {})


def test_baseline_of_a_text_is_the_last_with_a_text():
    days = ["2024-01-02", "2024-01-05", "2024-01-08"]
    assert flag(days, value=text("NEGATIVE", "POSITIVE", " ")) == ([1], {})


def test_on_the_day_a_record_known_to_be_earlier_counts_when_so_declared():
    times = dates("2024-01-05T08:00", "2024-01-10T07:00", "2024-01-10T09:00")
    given = {"datetime": times, "reference_datetime": dates(*["2024-01-10T08:00"] * 3)}
    days = ["2024-01-05", "2024-01-10", "2024-01-10"]
    assert flag(days, **given) == ([1], {})
    assert flag(days, same_day="predose", **given) == ([0], {})
    assert flag(days, same_day="included", **given) == ([1], {})


def test_on_the_day_without_a_time_only_a_declared_predose_time_point_counts():
    points = {"timepoint": text("", "PRE-INFUSION"), "predose": ("PRE-INFUSION",)}
    other = {"timepoint": text("", "DAY 1"), "predose": ("PRE-INFUSION",)}
    days = ["2024-01-05", "2024-01-10"]
    for same_day in ("earlier", "predose"):
        assert flag(days, same_day=same_day) == ([0], {})
        assert flag(days, same_day=same_day, **points) == ([1], {})
        assert flag(days, same_day=same_day, **other) == ([0], {})
    assert flag(days, same_day="included") == ([1], {})


def test_on_the_day_a_later_time_never_counts_though_declared_predose():
    given = {
        "datetime": dates("NaT", "2024-01-10T09:00"),
        "reference_datetime": dates(*["2024-01-10T08:00"] * 2),
        "timepoint": text("PRE", "PRE"),
        "predose": ("PRE",),
    }
    for same_day in ("earlier", "predose", "included"):
        assert flag(["2024-01-05", "2024-01-10"], same_day=same_day, **given) == ([0], {})


def test_on_the_day_an_equal_time_counts_strictly_not_inclusively_so():
    given = {
        "datetime": dates("2024-01-10T08:00"),
        "reference_datetime": dates("2024-01-10T08:00"),
    }
    assert flag(["2024-01-10"], **given) == ([], {})
    assert flag(["2024-01-10"], same_day="included", **given) == ([0], {})


def test_records_of_one_date_go_by_the_order_columns():
    days = ["2024-01-05"] * 3
    order = (numbers(1, 2, 2), numbers(9, 3, 4))
    assert flag(days, order=order) == ([2], {})
    assert flag(days, order=(numbers(5, 2, None),)) == ([0], {})
    assert flag(days, order=(text("B", "C", "A"),)) == ([1], {})


def test_two_baselines_are_a_finding_and_no_flag():
    days = ["2024-01-02", "2024-01-05", "2024-01-05"]
    assert flag(days) == ([], {"baseline_flag.tie": [1, 2]})
    assert flag(days, order=(numbers(1, 7, 7),)) == ([], {"baseline_flag.tie": [1, 2]})


def test_each_subject_parameter_and_basetype_has_its_own():
    by = (text("S1", "S1", "S2", "S1"), text("A", "B", "A", "A"), text("X", "X", "X", "Y"))
    assert flag(["2024-01-05"] * 4, by=by) == ([0, 1, 2, 3], {})
    assert flag(["2024-01-05"] * 4, by=by[:2]) == ([1, 2], {"baseline_flag.tie": [0, 3]})


def test_without_date_or_reference_there_is_no_baseline():
    assert flag(["NaT"]) == ([], {})
    assert flag(["2024-01-05"], reference="NaT") == ([], {})


def test_only_records_among_those_declared_may_be_baseline():
    days = ["2024-01-02", "2024-01-05"]
    assert flag(days, among=np.array([True, False])) == ([0], {})


def test_dates_as_iso_text_count_too_and_a_partial_one_does_not():
    result = baseline_flag(
        numbers(1, 2, 3),
        (text("S", "S", "S"),),
        text("2024-01-05", "2024-01-10T07:00", "2024-01"),
        text(*["2024-01-10T08:00"] * 3),
        text("2024-01-05", "2024-01-10T07:00", "2024-01"),
        text(*["2024-01-10T08:00"] * 3),
    )
    assert plain(result.values) == [None, "Y", None]


def test_predose_needs_a_time_point():
    with pytest.raises(UsageError, match="predose needs timepoint"):
        flag(["2024-01-05"], predose=("PRE",))


# ---- base, after baseline -------------------------------------------------------------------


def test_base_is_on_every_record_of_the_group_numbers_and_texts():
    by = (text("S1", "S1", "S2", "S1"), text("A", "A", "A", "B"))
    marks = np.array([False, True, True, False])
    assert plain(baseline_value(numbers(1, 2, 3, 4), by, marks).values) == [2, 2, 3, None]
    assert plain(baseline_value(text("x", "y", None, "z"), by, marks).values) == [
        "y",
        "y",
        None,
        None,
    ]
    days = baseline_value(dates("2024-01-01", "2024-01-02", "NaT", "2024-01-04"), by, marks)
    assert days.values.dtype == "datetime64[s]"
    assert plain(days.values)[:2] == [pd.Timestamp("2024-01-02")] * 2


def test_a_record_without_a_value_in_a_group_column_is_no_baseline_and_has_none():
    by = (text("S", None, "S"), text("A", "A", None))
    days = ["2024-01-05", "2024-01-05", "2024-01-12"]
    assert flag(days, by=by) == ([0], {"baseline_flag.no_group": [1]})
    result = baseline_value(numbers(1, 2, 3), by, np.array([True, True, False]))
    assert plain(result.values) == [1, None, None]
    assert [(i.rule, i.rows.tolist()) for i in result.issues] == [("baseline_value.no_group", [1])]
    later = dates("2024-01-05", "2024-01-05", "2024-01-12")
    after = after_baseline(later, by, np.array([True, True, False]))
    assert plain(after.values) == [None, None, None]


def test_two_baseline_records_of_a_group_give_none_and_a_finding():
    result = baseline_value(numbers(1, 2, 3), (text("S", "S", "T"),), np.array([True] * 3))
    assert plain(result.values) == [None, None, 3]
    assert [(i.rule, i.rows.tolist()) for i in result.issues] == [("baseline_value.tie", [0, 1])]


def test_two_baselines_are_an_error():
    """Of the flag, of the value that is read from it, and of the nadir that starts at it."""
    days, by = dates("2024-01-05", "2024-01-05"), (text("S", "S"),)
    both = np.array([True, True])
    flagged = baseline_flag(numbers(1, 2), by, days, dates(*["2024-01-10"] * 2))
    valued = baseline_value(numbers(1, 2), by, both)
    lowest = nadir(numbers(1, 2), by, (numbers(1, 2),), both)
    for result in (flagged, valued, lowest):
        assert [issue.severity for issue in result.issues] == [Severity.ERROR], result.issues


def test_after_baseline_is_later_by_date_then_time_then_order():
    days = dates(*["2024-01-09"] * 2, *["2024-01-10"] * 5, "2024-01-11", "NaT")
    times = dates(
        "NaT",
        "NaT",
        "2024-01-10T07:00",
        "2024-01-10T08:00",
        "2024-01-10T09:00",
        "NaT",
        "NaT",
        "NaT",
        "NaT",
    )
    sequence = numbers(8, 2, 9, 5, 1, 6, 4, 1, 9)
    marks = np.array([False, False, False, True, False, False, False, False, False])
    result = after_baseline(days, (text(*["S"] * 9),), marks, times, (sequence,))
    assert [i for i, v in enumerate(result.values) if v == "Y"] == [4, 5, 7]
    plain_dates = after_baseline(days, (text(*["S"] * 9),), marks)
    assert [i for i, v in enumerate(plain_dates.values) if v == "Y"] == [7]


def test_nothing_is_after_a_baseline_that_is_not_there():
    result = after_baseline(dates("2024-01-10"), (text("S"),), np.array([False]))
    assert plain(result.values) == [None]


# ---- ALGORITHMS: CHG, PCHG after baseline only; PCHG missing when BASE = 0, by |BASE| ---------


def test_change_and_percent_change_after_baseline_only():
    value, base = numbers(4, 6, None), numbers(4, 4, 4)
    after = np.array([False, True, True])
    assert plain(change(value, base, after).values) == [None, 2, None]
    assert plain(percent_change(value, base, after).values) == [None, 50, None]
    assert plain(change(value, base).values) == [0, 2, None]


def test_percent_change_is_missing_when_base_is_0():
    result = percent_change(numbers(5, 0), numbers(0, 0))
    assert plain(result.values) == [None, None]
    assert result.issues == ()


def test_percent_change_divides_by_the_size_of_base():
    assert plain(percent_change(numbers(-3, -5), numbers(-4, -4)).values) == [25, -25]


def test_ratio_to_base_and_limits():
    assert plain(ratio(numbers(90, 1, 0, None), numbers(45, 0, 0, 2)).values) == [
        2,
        None,
        None,
        None,
    ]
    assert plain(ratio(numbers(1, 2), numbers(1, 1), np.array([False, True])).values) == [None, 2]


def test_shift_is_x_to_y():
    before, now = text("NORMAL", "LOW", None, None), text("HIGH", "LOW", "HIGH", None)
    assert plain(shift(before, now).values) == ["NORMAL to HIGH", "LOW to LOW", None, None]
    assert plain(shift(before, now, missing="NULL").values) == [
        "NORMAL to HIGH",
        "LOW to LOW",
        "NULL to HIGH",
        "NULL to NULL",
    ]
    assert plain(shift(before, now, np.array([False, True, True, True])).values) == [
        None,
        "LOW to LOW",
        None,
        None,
    ]


# ---- properties, against one record after another ---------------------------------------------

records = st.lists(
    st.tuples(
        st.sampled_from(["S1", "S2"]),
        st.sampled_from(["A", "B"]),
        st.one_of(st.none(), st.integers(1, 12)),
        st.one_of(st.none(), st.sampled_from([6, 8, 10])),
        st.one_of(st.none(), st.integers(0, 5)),
        st.sampled_from(["", "PRE"]),
        st.integers(1, 3),
    ),
    max_size=14,
)


def run(rows, same_day="earlier"):
    day = [f"2024-01-{r[2]:02}" if r[2] else "NaT" for r in rows]
    time = [f"{d}T{r[3]:02}:00" if r[2] and r[3] else "NaT" for d, r in zip(day, rows, strict=True)]
    by = (text(*(r[0] for r in rows)), text(*(r[1] for r in rows)))
    value = numbers(*(r[4] for r in rows))
    count = len(rows)
    order = (numbers(*(r[6] for r in rows)),)
    found = baseline_flag(
        value,
        by,
        dates(*day),
        dates(*["2024-01-06"] * count),
        dates(*time),
        dates(*["2024-01-06T08:00"] * count),
        same_day,
        text(*(r[5] for r in rows)),
        ("PRE",),
        order,
    )
    marks = (found.values == "Y").to_numpy(dtype=bool)
    base = baseline_value(value, by, marks)
    after = (after_baseline(dates(*day), by, marks, dates(*time), order).values == "Y").to_numpy()
    delta = change(value, base.values, after)
    tied = {int(row) for issue in found.issues for row in issue.rows}
    return marks.tolist(), plain(base.values), after.tolist(), plain(delta.values), tied


def slow(rows, same_day):
    """Baseline and its value, record by record."""
    best = {}
    for number, (subject, test, day, hour, value, point, order) in enumerate(rows):
        if value is None or day is None or day > 6:
            continue
        if day == 6:
            later, earlier = hour is not None and hour > 8, hour is not None and hour < 8
            good = {
                "included": not later,
                "predose": point == "PRE" and not later,
                "earlier": earlier or (point == "PRE" and not later),
            }[same_day]
            if not good:
                continue
        best.setdefault((subject, test), []).append(((day, order), number))
    chosen, tied = {}, set()
    for group, candidates in best.items():
        top = max(candidates)[0]
        last = [number for key, number in candidates if key == top]
        if len(last) == 1:
            chosen[group] = last[0]
        else:
            tied |= set(last)
    return chosen, tied


@settings(max_examples=300)
@given(records, st.sampled_from(["earlier", "predose", "included"]))
def test_baseline_agrees_with_the_records_read_one_by_one(rows, same_day):
    marks, base, after, delta, tied = run(rows, same_day)
    chosen, expected_ties = slow(rows, same_day)
    assert {i for i, m in enumerate(marks) if m} == set(chosen.values())
    assert tied == expected_ties
    for number, row in enumerate(rows):
        start = chosen.get(row[:2])
        assert base[number] == (None if start is None else rows[start][4])
        if after[number] and row[4] is not None:
            assert delta[number] == row[4] - base[number]
        else:
            assert delta[number] is None


@settings(max_examples=200)
@given(records)
def test_one_baseline_per_subject_parameter_and_none_after_itself(rows):
    marks, _, after, _, _ = run(rows)
    groups = [row[:2] for row, mark in zip(rows, marks, strict=True) if mark]
    assert len(groups) == len(set(groups))
    assert not any(mark and late for mark, late in zip(marks, after, strict=True))


@settings(max_examples=200)
@given(records, st.randoms(use_true_random=False))
def test_baseline_does_not_depend_on_the_order_of_the_records(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    whole, shuffled = run(rows), run([rows[i] for i in order])
    for part in range(4):
        assert [whole[part][i] for i in order] == shuffled[part]


@settings(max_examples=200)
@given(records)
def test_baseline_is_the_same_for_each_subject_alone(rows):
    whole = run(rows)
    for subject in ("S1", "S2"):
        mine = [i for i, row in enumerate(rows) if row[0] == subject]
        alone = run([rows[i] for i in mine])
        for part in range(4):
            assert [whole[part][i] for i in mine] == alone[part]
