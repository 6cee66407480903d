"""Record operations against the same thing done row by row."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.columns.records import (
    exact_duplicates,
    groups_of,
    ranks,
    summarize,
    take_record,
    unlike,
)
from cdisc.algorithms.columns.uniques import TEXT
from cdisc.build.lookups import match_rows, one_of, rows_found

TEXTS = st.sampled_from(["A", "a", "B", "1", "10", "9", "é", "", "  ", None])
NUMBERS = st.sampled_from([0.1, 0.2, 0.3, -1.0, 10.0, 2.5, math.nan])


def text(values) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


def number(values) -> pd.Series:
    return pd.Series(list(values), dtype=np.float64)


def known(value) -> bool:
    """Whether there is a value: blanks and NaN are none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return False
    return not isinstance(value, str) or bool(value.strip())


def key(value) -> tuple:
    """How one value sorts: missing first, text by code point, numbers by size."""
    return (1, value) if known(value) else (0,)


@given(st.lists(TEXTS), st.lists(NUMBERS))
def test_ranks_order_missing_first_then_by_value(texts, numbers) -> None:
    for column, values in ((text(texts), texts), (number(numbers), numbers)):
        rank = ranks(column)
        for i, one in enumerate(values):
            for j, other in enumerate(values):
                assert (rank[i] < rank[j]) == (key(one) < key(other))
                assert (rank[i] == rank[j]) == (key(one) == key(other))


records = st.lists(st.tuples(TEXTS, TEXTS, NUMBERS), max_size=25)


@given(records, st.booleans())
def test_take_record_is_the_first_or_last_of_each_group(rows, last) -> None:
    by = [text(r[0] for r in rows)]
    order = [text(r[1] for r in rows), number(r[2] for r in rows)]
    groups: dict[tuple, list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(key(row[0]), []).append(place)
    kept, tied = [], []
    for members in groups.values():
        keys = {m: (key(rows[m][1]), key(rows[m][2])) for m in members}
        best = max(keys.values()) if last else min(keys.values())
        candidates = [m for m in members if keys[m] == best]
        kept.append(candidates[-1 if last else 0])
        tied += [kept[-1]] if len(candidates) > 1 else []
    found = take_record(by, order, last=last)
    assert found.kept.tolist() == sorted(kept)
    assert found.dropped.tolist() == sorted(set(range(len(rows))) - set(kept))
    assert found.tied.tolist() == sorted(tied)


@given(records)
def test_exact_duplicates_drop_what_an_earlier_row_already_was(rows) -> None:
    seen: set[tuple] = set()
    kept = []
    for place, row in enumerate(rows):
        whole = tuple(key(value) for value in row)
        if whole not in seen:
            kept.append(place)
        seen.add(whole)
    found = exact_duplicates(
        [text(r[0] for r in rows), text(r[1] for r in rows), number(r[2] for r in rows)]
    )
    assert found.kept.tolist() == kept
    assert found.dropped.tolist() == sorted(set(range(len(rows))) - set(kept))
    assert found.tied.tolist() == []


def grouped(values, by) -> list[list]:
    groups: dict[tuple, list] = {}
    for value, group in zip(values, by, strict=True):
        groups.setdefault(key(group), []).append(value)
    return list(groups.values())


FUNCTIONS = {
    "count": lambda found: float(len(found)),
    "first": lambda found: found[0] if found else None,
    "last": lambda found: found[-1] if found else None,
    "same": lambda found: found[0] if found else None,
    "earliest": lambda found: min(found) if found else None,
    "latest": lambda found: max(found) if found else None,
}
OF_NUMBERS = {
    "min": lambda found: min(found) if found else None,
    "max": lambda found: max(found) if found else None,
    "sum": lambda found: math.fsum(found) if found else None,
}


def assert_same(found: pd.Series, expected: list) -> None:
    values = [value if known(value) else None for value in found.tolist()]
    assert len(values) == len(expected)
    for one, other in zip(values, expected, strict=True):
        if isinstance(other, float) and one is not None:
            assert math.isclose(one, other, rel_tol=1e-15, abs_tol=1e-15)
        else:
            assert one == other


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=25), st.sampled_from(sorted(FUNCTIONS)))
def test_summaries_of_texts(rows, function) -> None:
    groups = groups_of([text(r[1] for r in rows)])
    parts = grouped([r[0] for r in rows], [r[1] for r in rows])
    expected = [FUNCTIONS[function]([v for v in part if known(v)]) for part in parts]
    assert_same(summarize(text(r[0] for r in rows), groups, function), expected)


@given(
    st.lists(st.tuples(NUMBERS, TEXTS), max_size=25),
    st.sampled_from(sorted({**FUNCTIONS, **OF_NUMBERS})),
)
def test_summaries_of_numbers(rows, function) -> None:
    groups = groups_of([text(r[1] for r in rows)])
    parts = grouped([r[0] for r in rows], [r[1] for r in rows])
    naive = {**FUNCTIONS, **OF_NUMBERS}[function]
    expected = [naive([v for v in part if known(v)]) for part in parts]
    assert_same(summarize(number(r[0] for r in rows), groups, function), expected)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.randoms())
def test_a_sum_does_not_depend_on_the_order_of_the_rows(values, random) -> None:
    def total(numbers) -> list[float]:
        groups = groups_of([text("A" for _ in numbers)])
        return summarize(number(numbers), groups, "sum").tolist()

    shuffled = list(values)
    random.shuffle(shuffled)
    assert total(shuffled) == total(values)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=25))
def test_unlike_are_the_values_that_are_not_the_first_of_their_group(rows) -> None:
    first: dict[tuple, str] = {}
    odd = []
    for place, (value, group) in enumerate(rows):
        if known(value) and first.setdefault(key(group), value) != value:
            odd.append(place)
    groups = groups_of([text(r[1] for r in rows)])
    assert unlike(text(r[0] for r in rows), groups).tolist() == odd


@given(records, records, st.sampled_from(["one", "first", "last"]))
def test_lookups_find_what_comparing_every_pair_finds(ours, theirs, take) -> None:
    our_groups, their_groups = match_rows(
        [text(r[0] for r in ours), text(r[1] for r in ours)],
        [text(r[0] for r in theirs), text(r[1] for r in theirs)],
    )
    chosen, several = one_of(their_groups, [number(r[2] for r in theirs)], take=take)
    found = rows_found(our_groups, chosen).tolist()
    told = np.isin(our_groups, several).tolist()
    for place, row in enumerate(ours):
        match = [
            i
            for i, their in enumerate(theirs)
            if known(row[0]) and known(row[1]) and their[:2] == row[:2]
        ]
        expected, tie = -1, False
        if take == "one":
            expected, tie = (match[0], False) if len(match) == 1 else (-1, len(match) > 1)
        elif match:
            keys = [key(theirs[i][2]) for i in match]
            best = max(keys) if take == "last" else min(keys)
            candidates = [i for i, k in zip(match, keys, strict=True) if k == best]
            expected, tie = candidates[-1 if take == "last" else 0], len(candidates) > 1
        assert (found[place], told[place]) == (expected, tie)


def test_numbers_match_texts_by_their_plain_text() -> None:
    ours, theirs = match_rows([number([1.0, 2.5, math.nan])], [text(["1", "1.0", "2.5", None])])
    assert ours[0] == theirs[0]
    assert ours[0] != theirs[1]
    assert ours[1] == theirs[2]
    assert ours[2] == theirs[3] == -1
