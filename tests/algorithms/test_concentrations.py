"""Results below the limit in their profile, against a slow second way and the parameters of PP."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.measurements.concentrations import profile_value
from cdisc.algorithms.measurements.profiles import profile

LOW = "BLQ"


def analysed(*records):
    """The value of each (profile, hour, result) record, None where it is missing, and findings."""
    by, hours, results = zip(*records, strict=True) if records else ((), (), ())
    result = profile_value(
        pd.Series([np.nan if r in (LOW, None) else float(r) for r in results], dtype="float64"),
        np.array([r == LOW for r in results], dtype=np.bool_),
        (pd.Series(by, dtype="str"),),
        pd.Series(hours, dtype="float64"),
    )
    values = [None if np.isnan(v) else v for v in result.values]
    return values, {i.rule: i.rows.tolist() for i in result.issues}


def profile_of(*results):
    return analysed(*[("A", hour, result) for hour, result in enumerate(results)])[0]


def test_below_the_limit_is_0_before_the_first_quantifiable_result():
    assert profile_of(LOW, LOW, 5) == [0, 0, 5]


def test_below_the_limit_between_quantifiable_results_is_missing():
    assert profile_of(5, LOW, LOW, 3) == [5, None, None, 3]


def test_the_first_below_the_limit_after_the_last_result_is_0_and_later_ones_are_missing():
    assert profile_of(5, LOW, LOW, LOW) == [5, 0, None, None]


def test_the_golden_profile():
    assert profile_of(LOW, 1200, 800, 300, 90, LOW, LOW) == [0, 1200, 800, 300, 90, 0, None]


def test_without_a_quantifiable_result_all_are_0():
    assert profile_of(LOW, LOW) == [0, 0]


def test_a_record_without_result_has_no_value_and_hides_nothing():
    assert profile_of(LOW, None, 5, None, LOW) == [0, None, 5, None, 0]


def test_profiles_do_not_see_each_other():
    records = [("A", 0, 5), ("B", 1, LOW), ("A", 2, LOW), ("B", 3, 7)]
    assert analysed(*records) == ([5, 0, 0, 7], {})


def test_the_order_of_the_records_does_not_matter():
    assert analysed(("A", 3, LOW), ("A", 1, LOW), ("A", 2, 5))[0] == [0, 0, 5]


def test_of_one_time_below_the_limit_yields_to_a_result():
    assert profile_of_times((0, LOW), (0, 5), (1, LOW), (1, LOW)) == [None, 5, 0, 0]


def profile_of_times(*records):
    return analysed(*[("A", hour, result) for hour, result in records])[0]


def test_below_the_limit_without_time_or_profile_is_told():
    values, issues = analysed(("A", None, LOW), ("A", 1, 5), (None, 1, LOW), ("A", None, 7))
    assert values == [None, 5, None, 7]
    assert issues == {"profile_value.unplaced": [0, 2]}


def test_nothing_gives_nothing():
    assert analysed() == ([], {})


def slow(records):
    """Each record by itself, all others of its profile looked at."""
    made = []
    for by, hour, result in records:
        if result != LOW:
            made.append(result)
            continue
        mine = [(h, r) for b, h, r in records if b == by and r is not None]
        known = [h for h, r in mine if r != LOW]
        after = [h for h, r in mine if r == LOW and all(h > k for k in known)]
        zero = all(hour < k for k in known) or (after and hour == min(after))
        made.append(0 if zero else None)
    return made


record = st.tuples(
    st.sampled_from("AB"), st.integers(0, 6), st.sampled_from([LOW, LOW, None, 1, 2])
)


@given(st.lists(record, max_size=12))
def test_every_record_as_looked_at_by_itself(records):
    assert analysed(*records) == (slow(records), {})


@given(st.lists(st.sampled_from([LOW, None, 1, 2]), max_size=10))
def test_the_values_are_the_points_that_parameters_are_computed_from(results):
    """Two routes: where anything is quantifiable, what is not missing is what areas are made of."""
    values = profile_of(*results)
    numbers = np.array([np.nan if r in (LOW, None) else r for r in results], dtype=np.float64)
    low = np.array([r == LOW for r in results], dtype=np.bool_)
    there = low | ~np.isnan(numbers)
    hours = np.where(there, np.arange(1.0, len(results) + 1), np.nan)
    found = profile(groups_of([pd.Series(["A"] * len(results), dtype="str")]), numbers, low, hours)
    points = dict(zip(found.row.tolist(), found.value.tolist(), strict=True))
    if any(r not in (LOW, None) for r in results):
        assert {n: v for n, v in enumerate(values) if v is not None} == points
