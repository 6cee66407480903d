"""Values held against others, and sums over a group."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.values.comparisons import checked_against, total_within
from cdisc.errors import UsageError
from cdisc.model import Severity
from tests.algorithms.columns import text


def told(result):
    return [(i.message, i.rows.tolist(), i.values.tolist()) for i in result.issues]


def test_a_value_that_differs_is_kept_and_told():
    ours, theirs = text("PR", "SD", None, "PD", "CR"), text("SD", "SD", "PD", None, "PD")
    result = checked_against(ours, theirs, "what its parts give")
    assert result.values.tolist()[:2] == ["PR", "SD"]
    pd.testing.assert_series_equal(result.values, ours)
    assert told(result) == [
        ("{value} is not 'SD', what its parts give", [0], ["PR"]),
        ("{value} is not 'PD', what its parts give", [4], ["CR"]),
    ] or told(result) == [
        ("{value} is not 'PD', what its parts give", [4], ["CR"]),
        ("{value} is not 'SD', what its parts give", [0], ["PR"]),
    ]
    assert {issue.severity for issue in result.issues} == {Severity.WARNING}


def test_numbers_are_compared_as_numbers():
    result = checked_against(text("71", "71.0", "72"), pd.Series([71.0, 71.0, 71.0]), "the sum")
    assert told(result) == [("{value} is not '71', the sum", [2], ["72"])]


def test_digits_are_read_as_everywhere_else():
    assert told(checked_against(text("７１", " 71 "), text("71", "71.0"), "the sum")) == []


def total(values, groups, **arguments):
    column = pd.Series(values, dtype="float64")
    result = total_within(column, (text(*groups),), **arguments)
    return [None if pd.isna(value) else value for value in result.values]


def test_every_record_of_a_group_has_its_sum():
    assert total([0.1, 0.2, 5], "aab") == [0.3, 0.3, 5]


def test_only_records_that_count_are_added_but_all_have_the_sum():
    where = np.array([True, False, True, False])
    assert total([1, 2, 4, 8], "aaab", where=where) == [5, 5, 5, None]


def test_a_missing_number_takes_the_sum_away_or_is_left_out():
    assert total([1, None, 4], "aab") == [None, None, 4]
    assert total([1, None, 4], "aab", if_missing="skip") == [1, 1, 4]
    assert total([None], "a", if_missing="skip") == [None]
    # one that does not count takes nothing away
    assert total([1, None], "aa", where=np.array([True, False])) == [1, 1]


def test_a_record_without_group_has_no_sum():
    column = pd.Series([1.0, 2.0])
    assert total_within(column, (text("a", None),)).values.isna().tolist() == [False, True]


def test_text_is_not_added():
    with pytest.raises(UsageError, match="adds numbers"):
        total_within(text("1"), (text("a"),))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-999, 999)), min_size=1))
def test_sums_are_exact_to_fifteen_digits(cells):
    groups, tenths = zip(*cells, strict=True)
    found = total([value / 10 for value in tenths], groups)
    for group, value in zip(groups, found, strict=True):
        exact = sum(Fraction(t, 10) for g, t in cells if g == group)
        assert value == float(exact)


@given(st.permutations([0.1, 0.2, 0.3, 0.7, 1e-3, 12.25]))
def test_the_order_of_records_does_not_matter(values):
    assert total(values, "a" * 6) == [13.551] * 6
