"""The record of a group that stands out: worst, peak, nearest to the target of a window."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.measurements.extremes import extreme_flag, nearest_flag
from tests.algorithms.columns import dates, numbers, text


def flagged(result):
    assert result.values.dropna().eq("Y").all()
    return [i for i, v in enumerate(result.values) if v == "Y"], [
        (issue.rule, issue.rows.tolist()) for issue in result.issues
    ]


ONE = (text("S", "S", "S", "S"),)


def test_highest_and_lowest_of_each_group():
    by = (text("S", "S", "T", "T"),)
    order = (numbers(1, 2, 3, 4),)
    assert flagged(extreme_flag(numbers(1, 2, 4, 3), by, order)) == ([1, 2], [])
    assert flagged(extreme_flag(numbers(1, 2, 4, 3), by, order, "lowest")) == ([0, 3], [])


def test_worst_grade_reads_grades_as_numbers():
    assert flagged(extreme_flag(text("0", "3", None, "2"), ONE, (numbers(1, 2, 3, 4),))) == (
        [1],
        [],
    )


def test_of_equal_ones_the_first_by_the_order():
    order = (dates("2024-01-04", "2024-01-02", "2024-01-02", "2024-01-03"), numbers(1, 9, 8, 1))
    assert flagged(extreme_flag(numbers(3, 3, 3, 1), ONE, order)) == ([2], [])
    by_text = (text("D", "B", "C", "A"),)
    assert flagged(extreme_flag(numbers(3, 3, 3, 1), ONE, by_text)) == ([1], [])
    missing_first = (dates("2024-01-04", "NaT", "2024-01-02", "NaT"),)
    assert flagged(extreme_flag(numbers(3, 3, 3, 1), ONE, missing_first)) == ([1], [])


def test_text_that_is_no_number_is_told_where_it_could_count():
    grades, order = text("GRADE 3", "2", None, "3"), (numbers(1, 2, 3, 4),)
    assert flagged(extreme_flag(grades, ONE, order)) == ([3], [("extreme_flag.number", [0])])
    among = np.array([False, True, True, True])
    assert flagged(extreme_flag(grades, ONE, order, among=among)) == ([3], [])
    near = nearest_flag(numbers(1, 2, 3, 4), text("DAY 1", "1", "1", None), ONE, order)
    assert flagged(near) == ([1], [("nearest_flag.target", [0])])


def test_a_record_without_a_value_in_a_group_column_is_in_no_group():
    by = (text("S", None, "S", None), text("A", "A", None, None))
    result = extreme_flag(numbers(1, 9, 9, None), by, (numbers(1, 2, 3, 4),))
    assert flagged(result) == ([0], [("extreme_flag.no_group", [1, 2])])


def test_a_tie_is_a_finding_and_no_flag():
    assert flagged(extreme_flag(numbers(3, 3, 1, 1), ONE, (numbers(1, 1, 2, 2),))) == (
        [],
        [("extreme_flag.tie", [0, 1])],
    )


def test_only_those_among_are_flagged():
    among = np.array([True, False, True, False])
    result = extreme_flag(numbers(1, 9, 2, 8), ONE, (numbers(1, 2, 3, 4),), among=among)
    assert flagged(result) == ([2], [])
    none = extreme_flag(numbers(1, 9, 2, 8), ONE, (numbers(1, 2, 3, 4),), among=among & False)
    assert flagged(none) == ([], [])


# ---- ALGORITHMS: windows: nearest, tie earlier ------------------------------------------------


def test_window_takes_the_record_nearest_to_its_target():
    days, target = numbers(6, 8, 10, 7.5), numbers(7, 7, 7, 7)
    order = (dates("2024-01-06", "2024-01-08", "2024-01-10", "2024-01-07"),)
    assert flagged(nearest_flag(days, target, ONE, order)) == ([3], [])


def test_window_takes_the_earlier_of_equally_near_records():
    days, target = numbers(8, 6, 10, 9), numbers(7, 7, 7, 7)
    order = (dates("2024-01-08", "2024-01-06", "2024-01-10", "2024-01-09"),)
    assert flagged(nearest_flag(days, target, ONE, order)) == ([1], [])


def test_window_leaves_out_records_without_number_or_target():
    days, target = numbers(None, 6, 10, 7), numbers(7, 7, 7, None)
    assert flagged(nearest_flag(days, target, ONE, (numbers(1, 2, 3, 4),))) == ([1], [])


def test_each_window_has_its_own():
    by = (text("S", "S", "S", "S"), text("D1", "D1", "D7", None))
    result = nearest_flag(numbers(1, 2, 8, 7), numbers(1, 1, 7, 7), by, (numbers(1, 2, 3, 4),))
    assert flagged(result) == ([0, 2], [("nearest_flag.no_group", [3])])


records = st.lists(
    st.tuples(st.sampled_from("ST"), st.one_of(st.none(), st.integers(0, 4)), st.integers(0, 3)),
    max_size=12,
)


@settings(max_examples=200)
@given(records, st.booleans())
def test_extreme_agrees_with_the_records_read_one_by_one(rows, highest):
    result = extreme_flag(
        numbers(*(r[1] for r in rows)),
        (text(*(r[0] for r in rows)),),
        (numbers(*(r[2] for r in rows)),),
        "highest" if highest else "lowest",
    )
    expected, ties = [], []
    for subject in "ST":
        mine = [
            ((-r[1] if highest else r[1], r[2]), i)
            for i, r in enumerate(rows)
            if r[0] == subject and r[1] is not None
        ]
        first = [i for key, i in mine if key == min(mine)[0]]
        (expected if len(first) == 1 else ties).extend(first)
    assert flagged(result)[0] == sorted(expected)
    assert sorted(row for _, tied in flagged(result)[1] for row in tied) == sorted(ties)
