"""Rivals: each record with those of its group, told only when a trace asks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms import find
from cdisc.algorithms.columns import rivals as module
from cdisc.algorithms.columns.rivals import Reasons, of_group, pairs
from cdisc.algorithms.dates.reference_dates import reference_date
from cdisc.algorithms.events.emergence import treatment_emergent
from cdisc.algorithms.events.nearest_records import nearest_record
from cdisc.algorithms.events.occurrences import occurrence_flag, worst_within
from cdisc.algorithms.events.reference_records import reference_record
from cdisc.algorithms.events.surrounding_references import Timed, reference_after, reference_before
from cdisc.algorithms.measurements.analysis_baseline import (
    after_baseline,
    baseline_flag,
    baseline_value,
)
from cdisc.algorithms.measurements.baseline import last_before_exposure
from cdisc.algorithms.measurements.extremes import extreme_flag, nearest_flag
from cdisc.algorithms.measurements.nadir import nadir
from cdisc.algorithms.values.neighbours import following, preceding
from tests.algorithms.rival_records import dates, numbers, of, text

ALGORITHMS = [
    treatment_emergent,
    occurrence_flag,
    worst_within,
    last_before_exposure,
    baseline_flag,
    baseline_value,
    after_baseline,
    extreme_flag,
    nearest_flag,
    nadir,
    reference_date,
    reference_record,
    reference_before,
    reference_after,
    nearest_record,
    following,
    preceding,
]


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda one: one.__name__)
def test_nothing_is_told_unless_a_trace_asks(algorithm) -> None:
    explaining = find(algorithm.__name__).parameter("explaining")
    assert (explaining.kind, explaining.default) == ("Explaining", False)


def test_a_run_does_not_even_begin_to_explain(monkeypatch) -> None:
    def never(*_arguments):
        raise AssertionError("explained without being asked")

    monkeypatch.setattr(Reasons, "__init__", never)
    days, ones, people = dates("2024-01-02", "2024-01-05"), numbers(1, 2), (text("A", "A"),)
    marks, dated = np.array([True, False]), text("2024-01-02", "2024-01-05")
    results = [
        treatment_emergent(days, days, days),
        occurrence_flag(people, (days,), marks, ones),
        worst_within(ones, people),
        last_before_exposure(text("1", "2"), people, text("2024", "2024"), text("2025", "2025")),
        baseline_flag(ones, people, days, days),
        baseline_value(ones, people, marks),
        after_baseline(days, people, marks),
        extreme_flag(ones, people, (days,)),
        nearest_flag(ones, ones, people, (days,)),
        nadir(ones, people, (days,), marks),
        reference_date((of(dated, dated),), "latest", dated),
        reference_record(dated, of(dated, dated), "missing", subject=dated),
        nearest_record(dated, of(dated, dated), 1, 1, "missing", subject=dated),
        reference_after(Timed(dated, of(dated, dated), "missing", subject=dated)),
        following(dated, people, (ones,)),
    ]
    assert all(result.considered == () for result in results)


# ---- the pairs ------------------------------------------------------------------------------


@given(groups=st.lists(st.integers(0, 4), max_size=12), seed=st.integers(0, 9))
def test_each_row_is_told_with_each_of_its_group(groups, seed) -> None:
    codes = np.array(groups, dtype=np.int64)
    alone = np.random.default_rng(seed).random(len(codes)) < 0.3
    row, rival = pairs(codes, np.zeros(len(codes), dtype=np.bool_), alone)
    expected = {
        (a, b)
        for a in range(len(codes))
        for b in range(len(codes))
        if a == b or (codes[a] == codes[b] and not alone[a] and not alone[b])
    }
    found = list(zip(row.tolist(), rival.tolist(), strict=True))
    assert len(found) == len(expected)
    assert set(found) == expected


def test_too_many_pairs_are_only_itself_and_the_one_taken(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", 8)
    codes = np.zeros(3, dtype=np.int64)
    row, rival = pairs(codes, np.array([False, True, False]))
    assert sorted(zip(row.tolist(), rival.tolist(), strict=True)) == [
        (0, 0), (0, 1), (1, 1), (2, 1), (2, 2),
    ]  # fmt: skip


def test_the_row_of_each_group_is_found() -> None:
    codes = np.array([3, 0, 3, 1])
    assert of_group(codes, np.array([2, 1])).tolist() == [2, 1, 2, -1]


def test_values_stand_in_reasons_as_text_and_never_as_a_format() -> None:
    why = Reasons(2, "otherwise")
    why.say(np.array([True, False]), "it is {}", text("{0.__class__}", ""))
    assert why.take(np.array([1, 0])).tolist() == ["otherwise", "it is {0.__class__}"]
