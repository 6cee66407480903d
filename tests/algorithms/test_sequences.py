"""Sequence numbers, numbers within a group, and neighbouring records."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.values.neighbours import following, preceding
from cdisc.algorithms.values.sequences import number_within, sequence
from tests.algorithms.columns import text


def listed(series):
    return [None if pd.isna(value) else value for value in series]


def rules(result):
    return {issue.rule: issue.rows.tolist() for issue in result.issues}


def test_records_are_sorted_by_keys_and_numbered_within_the_subject():
    result = sequence(text("2", "1", "1", "2"), (text("b", "b", "a", "a"),))
    assert result.values.tolist() == [2.0, 2.0, 1.0, 1.0]
    assert result.values.dtype == np.float64
    assert result.issues == ()


def test_non_unique_keys_are_a_finding_naming_every_row_of_the_tie():
    result = sequence(text("1", "1", "1", "2"), (text("a", "b", "a", "a"),))
    assert rules(result) == {"sequence.keys_not_unique": [0, 2]}
    assert result.values.tolist() == [1.0, 3.0, 2.0, 1.0]


def test_missing_sorts_first():
    assert sequence(text("1", "1"), (text("a", None),)).values.tolist() == [2.0, 1.0]
    numbers = pd.Series([-5.0, np.nan])
    assert sequence(text("1", "1"), (numbers,)).values.tolist() == [2.0, 1.0]


def test_text_sorts_by_code_point_and_numbers_by_size():
    order = text("b", "B", "é", "10", "9")
    assert sequence(text(*"11111"), (order,)).values.tolist() == [4.0, 3.0, 5.0, 1.0, 2.0]
    sizes = pd.Series([10.0, 9.0])
    assert sequence(text("1", "1"), (sizes,)).values.tolist() == [2.0, 1.0]


def test_characters_beyond_the_basic_plane_sort_by_code_point_too():
    order = text("\U0001f600", "￿")
    assert sequence(text("1", "1"), (order,)).values.tolist() == [2.0, 1.0]


def test_record_without_subject_has_no_number_and_a_finding():
    result = sequence(text("1", None, None), (text("a", "a", "a"),))
    assert listed(result.values) == [1.0, None, None]
    assert rules(result) == {"sequence.no_group": [1, 2]}


def test_order_of_the_source_is_an_order():
    result = sequence(text("1", "2", "1"), (pd.Series([0.0, 1.0, 2.0]),))
    assert result.values.tolist() == [1.0, 1.0, 2.0]


def test_no_records_have_no_numbers():
    assert len(sequence(text(), (text(),)).values) == 0


rows = st.lists(
    st.tuples(
        st.sampled_from(["01", "02", "10"]),
        st.one_of(st.none(), st.text("abé", max_size=2)),
        st.one_of(st.none(), st.integers(-3, 3)),
    ),
    max_size=40,
)


def columns(records):
    subjects, texts, numbers = zip(*records, strict=True) if records else ((), (), ())
    blank = [None if t is None or not t.strip() else t for t in texts]
    return text(*subjects), (text(*blank), pd.Series(numbers, dtype="float64"))


def sort_key(record):
    _, word, number = record
    return (word or "", -np.inf if number is None else number)


@settings(max_examples=80)
@given(rows)
def test_numbers_are_those_of_a_plain_sort(records):
    by, order = columns(records)
    expected = {}
    for subject in {record[0] for record in records}:
        own = [i for i, record in enumerate(records) if record[0] == subject]
        for place, i in enumerate(sorted(own, key=lambda i: sort_key(records[i])), 1):
            expected[i] = float(place)
    assert sequence(by, order).values.tolist() == [expected[i] for i in range(len(records))]


@settings(max_examples=60)
@given(st.sets(st.tuples(st.sampled_from("12"), st.text("ab", min_size=1, max_size=3))), st.data())
def test_with_unique_keys_the_order_of_the_input_does_not_matter(records, data):
    records = sorted(records)
    shuffled = data.draw(st.permutations(records))
    straight = sequence(text(*(r[0] for r in records)), (text(*(r[1] for r in records)),))
    mixed = sequence(text(*(r[0] for r in shuffled)), (text(*(r[1] for r in shuffled)),))
    assert straight.issues == mixed.issues == ()
    one = dict(zip(records, straight.values, strict=True))
    assert one == dict(zip(shuffled, mixed.values, strict=True))


def test_keys_too_many_for_one_packed_number_are_sorted_all_the_same():
    many = 5000
    values = [f"{i:05d}" for i in range(many)]
    column = text(*reversed(values))
    result = sequence(text(*["1"] * many), (column,) * 8)
    assert result.values.tolist() == [float(many - i) for i in range(many)]


def test_number_within_several_columns():
    by = (text("1", "1", "1"), text("x", "y", "x"))
    result = number_within(by, (text("b", "a", "a"),))
    assert result.values.tolist() == [2.0, 1.0, 1.0]
    assert rules(number_within(by, (text("a", "a", "a"),))) == {"number_within.tie": [0, 2]}


@pytest.mark.parametrize(
    ("algorithm", "expected"), [(following, ["b", None, None]), (preceding, [None, "a", None])]
)
def test_neighbours_stay_within_their_group(algorithm, expected):
    order = (pd.Series([1.0, 2.0, 0.0]),)
    result = algorithm(text("a", "b", "c"), (text("1", "1", "2"),), order)
    assert listed(result.values) == expected


def test_neighbours_of_numbers_and_unsorted_rows():
    result = following(pd.Series([3.0, 1.0, 2.0]), (text(*"111"),), (pd.Series([3.0, 1.0, 2.0]),))
    assert listed(result.values) == [None, 2.0, 3.0]


def test_neighbours_that_tie_are_a_finding_and_ungrouped_ones_have_none():
    by = (text("1", "1", None, None),)
    result = following(text("a", "b", "c", "d"), by, (text("x", "x", "x", "y"),))
    assert rules(result) == {"following.tie": [0, 1]}
    assert listed(result.values) == ["b", None, None, None]
