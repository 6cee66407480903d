"""Why a record is flagged among its rivals: extremes, events, neighbours."""

from __future__ import annotations

import numpy as np

from cdisc.algorithms.events.emergence import treatment_emergent
from cdisc.algorithms.events.occurrences import occurrence_flag, worst_within
from cdisc.algorithms.measurements.analysis_baseline import (
    after_baseline,
    baseline_value,
)
from cdisc.algorithms.measurements.extremes import extreme_flag, nearest_flag
from cdisc.algorithms.measurements.nadir import nadir
from cdisc.algorithms.values.neighbours import following, preceding
from tests.algorithms.rival_records import dates, numbers, said, text


def test_the_highest_is_told_with_its_number() -> None:
    result = extreme_flag(
        numbers(3, 5, 5, None, 9),
        (text(*["A"] * 5),),
        (numbers(1, 2, 3, 4, 5),),
        among=np.array([True, True, True, True, False]),
        explaining=True,
    )
    assert said(result, 0) == {
        0: (False, "below the highest, 5"),
        1: (True, "the highest, 5"),
        2: (False, "as high, 5, but not the first by the order"),
        3: (False, "no number"),
        4: (False, "not among the records that may be flagged"),
    }
    low = extreme_flag(
        numbers(3, 5), (text("A", "A"),), (numbers(1, 2),), "lowest", explaining=True
    )
    assert said(low, 0) == {0: (True, "the lowest, 3"), 1: (False, "above the lowest, 3")}


def test_extremes_that_nothing_tells_apart_say_so() -> None:
    result = extreme_flag(numbers(5, 5), (text("A", "A"),), (numbers(1, 1),), explaining=True)
    tie = (False, "as high, 5, as others that the order does not tell apart")
    assert said(result, 0) == {0: tie, 1: tie}


def test_the_nearest_is_told_with_its_distance() -> None:
    result = nearest_flag(
        numbers(6, 9, None),
        numbers(7, 7, 7),
        (text(*["A"] * 3),),
        (numbers(1, 2, 3),),
        explaining=True,
    )
    assert said(result, 1) == {
        0: (True, "the nearest, 1 from its target"),
        1: (False, "farther from its target than the nearest one, which is 1 from it"),
        2: (False, "no number, or no target"),
    }


# ---- events ---------------------------------------------------------------------------------


def test_a_later_occurrence_names_the_first() -> None:
    result = occurrence_flag(
        (text("A", "A", "A", "A", "B"),),
        (
            dates("2024-01-05", "2024-01-02", "2024-01-02", "2024-01-01", "2024-01-01"),
            numbers(1, 2, 3, 4, 5),
        ),
        np.array([True, True, True, False, True]),
        explaining=True,
    )
    assert said(result, 0) == {
        0: (False, "comes after the first one, of 2024-01-02"),
        1: (True, "the first one"),
        2: (False, "of the same 2024-01-02 as the first one, but comes after it"),
        3: (False, "not among the records that can be flagged"),
    }
    assert said(result, 4) == {4: (True, "the first one")}


def test_an_occurrence_of_the_worst_grade_names_the_grade() -> None:
    result = occurrence_flag(
        (text(*["A"] * 4),),
        (numbers(1, 2, 3, 4),),
        worst=text("1", "3", "3", ""),
        explaining=True,
    )
    assert said(result, 0) == {
        0: (False, "below the highest grade, 3"),
        1: (True, "the first one of the highest grade"),
        2: (False, "comes after the first one, of 2"),
        3: (False, "no grade"),
    }


def test_without_any_grade_the_first_occurrence_is_just_the_first() -> None:
    by, order = (text("A", "A"),), (numbers(1, 2),)
    result = occurrence_flag(by, order, worst=text("", ""), explaining=True)
    assert said(result, 0) == {
        0: (True, "the first one; none has a grade"),
        1: (False, "comes after the first one, of 1"),
    }


def test_occurrences_that_nothing_tells_apart_say_so() -> None:
    result = occurrence_flag((text("A", "A", ""),), (numbers(1, 1, 1),), explaining=True)
    tie = (False, "as first as another, which the order does not tell apart; none is flagged")
    assert said(result, 0) == {0: tie, 1: tie}
    assert said(result, 2) == {2: (False, "no value in a column of its group")}


def test_a_worst_grade_names_the_record_it_is_of() -> None:
    result = worst_within(
        text("1", "3", "3", "", "4"),
        (text(*["A"] * 5),),
        np.array([True, True, True, True, False]),
        explaining=True,
    )
    assert [taken for taken, _ in said(result, 0).values()].count(True) == 1
    assert sorted(why for _, why in said(result, 0).values()) == [
        "below the worst grade, 3",
        "no grade",
        "not among the records that count",
        "the worst grade",
        "the worst grade too",
    ]


def emergent(starts, ends=None, **arguments):
    count = len(starts)
    return treatment_emergent(
        dates(*starts),
        dates(*(ends or ["NaT"] * count)),
        dates(*[arguments.pop("first", "2024-01-10")] * count),
        explaining=True,
        **arguments,
    )


def test_an_event_says_how_it_lies_to_treatment() -> None:
    result = emergent(
        ["2024-01-02", "2024-01-12", "2024-03-20", "NaT", "2024-01-01"],
        ["NaT", "NaT", "NaT", "NaT", "2024-01-03"],
        treatment_end=dates(*["2024-02-10"] * 5),
        window=28,
    )
    assert [said(result, row) for row in range(5)] == [
        {0: (False, "began 2024-01-02, before the start of treatment, 2024-01-10")},
        {1: (True, "began 2024-01-12, on or after the start of treatment, 2024-01-10")},
        {2: (False, "began 2024-03-20, more than 28 days after the end of treatment, 2024-02-10")},
        {3: (True, "when it began is not known, which counts as under treatment")},
        {4: (False, "ended 2024-01-03, before the start of treatment, 2024-01-10")},
    ]
    untreated = emergent(["2024-01-12"], first="NaT")
    assert said(untreated, 0) == {0: (False, "there is no start of treatment")}


def test_the_records_of_an_episode_are_told_together() -> None:
    event = {"episode": (text("E", "E", "E"),), "intensity": numbers(1, 1, 2)}
    result = emergent(["2024-01-02", "2024-01-12", "2024-01-14"], **event)
    expected = {
        0: (False, "began 2024-01-02, before the start of treatment, 2024-01-10"),
        1: (False, "under treatment, but its event began before and is not worse"),
        2: (True, "its event rose above what it was before treatment, here or before"),
    }
    assert said(result, 1) == said(result, 2) == expected


def test_an_event_worse_than_at_onset_says_so() -> None:
    result = emergent(["2024-01-02"], intensity=numbers(2), initial_intensity=numbers(1))
    assert said(result, 0) == {
        0: (True, "began before treatment, but is worse than it was at onset")
    }


def test_a_value_of_a_neighbour_names_its_record() -> None:
    people, order = (text("A", "A", "A", "B"),), (numbers(2, 1, 3, 1),)
    after = following(text("x", "y", "z", "w"), people, order, explaining=True)
    assert [said(after, row) for row in range(4)] == [
        {2: (True, "the next one by the order")},
        {0: (True, "the next one by the order")},
        {},
        {},
    ]
    before = preceding(text("x", "y", "z", "w"), people, order, explaining=True)
    assert said(before, 0) == {1: (True, "the one before by the order")}


def test_values_of_other_records_are_told_from_flags_on_them() -> None:
    marks, ones, people = np.array([True, False]), numbers(1, 2), (text("A", "A"),)
    given = [
        baseline_value(ones, people, marks, explaining=True),
        nadir(ones, people, (ones,), marks, explaining=True),
        worst_within(ones, people, explaining=True),
        following(ones, people, (ones,), explaining=True),
    ]
    flags = [
        after_baseline(dates("2024-01-02", "2024-01-05"), people, marks, explaining=True),
        occurrence_flag(people, (ones,), explaining=True),
        extreme_flag(ones, people, (ones,), explaining=True),
    ]
    assert [one.gives for result in given for one in result.considered] == [True] * len(given)
    assert [one.gives for result in flags for one in result.considered] == [False] * len(flags)
