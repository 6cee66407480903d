"""The lowest earlier value, baseline included."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.measurements.nadir import nadir
from cdisc.errors import UsageError
from tests.algorithms.columns import text


def found(values, baseline, days=None, subject=None):
    count = len(values)
    days = list(range(count)) if days is None else days
    result = nadir(
        pd.Series([np.nan if v is None else float(v) for v in values], dtype="float64"),
        (text(*(subject or ["S"] * count)),),
        (pd.Series(days, dtype="float64"),),
        np.array(baseline, dtype=np.bool_),
    )
    numbers = [None if np.isnan(v) else v for v in result.values]
    return numbers, [(one.rule, one.rows.tolist()) for one in result.issues]


def test_nadir_is_the_lowest_earlier_usable_sum_baseline_included():
    values = [90, 88, 71, None, 38, 42]
    baseline = [False, True, False, False, False, False]
    assert found(values, baseline)[0] == [None, None, 88, 71, 71, 38]


def test_a_record_of_the_same_moment_is_not_earlier():
    assert found([50, 40, 30], [True, False, False], days=[1, 2, 2])[0] == [None, 50, 50]


def test_without_baseline_there_is_no_nadir():
    assert found([50, 40], [False, False])[0] == [None, None]


def test_two_baselines_are_a_finding_and_the_earlier_counts():
    numbers, issues = found([50, 60, 40], [True, True, False])
    assert numbers == [None, 50, 50]
    assert issues == [("nadir.baselines", [1])]


def test_no_records():
    assert found([], []) == ([], [])


def test_text_has_no_nadir():
    with pytest.raises(UsageError, match="not of text"):
        nadir(text("1"), (text("S"),), (text("1"),), np.array([True]))


RECORDS = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.integers(0, 5), st.none() | st.integers(0, 9), st.booleans()
    ),
    max_size=14,
)


@given(RECORDS)
def test_nadir_agrees_with_looking_at_all_earlier_records(records):
    subjects, days, values, flags = map(list, zip(*records, strict=True)) if records else ([],) * 4
    want = []
    for subject, day, _, _ in records:
        begun = [d for s, d, _, flag in records if s == subject and flag]
        first = min(begun, default=None)
        earlier = [
            v
            for s, d, v, _ in records
            if s == subject and v is not None and first is not None and first <= d < day
        ]
        want.append(min(earlier, default=None))
    got, _ = found(values, flags, days, subjects)
    # of one moment as the baseline, records may stand before it; they are no nadir then
    same = [
        any(s == s2 and d == d2 for s2, d2, _, flag in records if flag) for s, d, _, _ in records
    ]
    if not any(same[i] and not flags[i] for i in range(len(records))):
        assert got == want
