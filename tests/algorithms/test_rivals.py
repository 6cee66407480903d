"""Why a record was taken among its rivals: flags tell of each record of the group, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms import find
from cdisc.algorithms.arguments import Result, Selected
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

NAN = float("nan")


def text(*values):
    return pd.Series(values, dtype="str")


def numbers(*values):
    return pd.Series([NAN if value is None else value for value in values], dtype="float64")


def dates(*values):
    return pd.Series(np.array(values, dtype="datetime64[s]"))


def said(result: Result, row: int) -> dict[int, tuple[bool, str]]:
    """What is told for a row: by rival, whether it was taken, and why."""
    return {
        rival: (taken, why)
        for one in result.considered
        for about, rival, taken, why in zip(
            one.rows.tolist(),
            one.parent_rows.tolist(),
            one.taken.tolist(),
            one.why.tolist(),
            strict=True,
        )
        if about == row
    }


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


# ---- baseline -------------------------------------------------------------------------------


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


# ---- extremes -------------------------------------------------------------------------------


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


# ---- records of other datasets --------------------------------------------------------------


def of(dated, values, people=None):
    """Records of one subject, the first of which is row 10 of its dataset."""
    by = people or text(*["S1"] * len(dated))
    return Selected(
        "EX",
        {"by": by, "date": dated, "value": values},
        np.arange(len(dated), dtype=np.int64) + 10,
    )


def asked(result: Result, row: int = 0) -> list[tuple[int, bool, str]]:
    return [(rival, *told) for rival, told in sorted(said(result, row).items())]


def test_a_reference_date_tells_of_each_record_why_it_is_not_the_earliest() -> None:
    dated = text("2019-03-07", "2019-03-05", "2019-03-05T08:30", "", "2019-03-05T08:30")
    result = reference_date((of(dated, dated),), "earliest", text("S1", "S2"), explaining=True)
    assert asked(result) == [
        (10, False, "later than the earliest, 2019-03-05T08:30"),
        (11, False, "not known to be later than the earliest, 2019-03-05T08:30, but less precise"),
        (12, True, "the earliest"),
        (13, False, "no date"),
        (14, False, "the same as the one taken, which is listed before"),
    ]
    assert asked(result, 1) == []


def test_the_record_that_one_is_timed_by_names_those_before_and_after_it() -> None:
    dated = text("2024-01-08", "2024-01-15", "2024-02-19", "2024-03")
    result = reference_record(
        text("2024-01-16", "2024-01-01", "2024-01"),
        of(dated, text("A", "B", "C", "D")),
        "missing",
        subject=text("S1", "S1", "S1"),
        explaining=True,
    )
    assert asked(result) == [
        (10, False, "before the one that counts, of 2024-01-15"),
        (11, True, "the one that counts"),
        (12, False, "after the one that counts, of 2024-01-15"),
        (13, False, "no date of a known day"),
    ]
    assert asked(result, 1)[0] == (10, False, "not on the side of this record that counts")
    assert asked(result, 2)[0] == (10, False, "this record has no date of a known day")


def test_the_nearest_record_tells_how_near_it_had_to_be() -> None:
    dated = text("2024-03-08", "2024-03-12", "2024-03-08")
    near = nearest_record(
        text("2024-03-10", "2024-01-01"),
        of(dated, text("A", "B", "A")),
        3,
        2,
        "missing",
        subject=text("S1", "S1"),
        explaining=True,
    )
    assert asked(near) == [
        (10, True, "the nearest one"),
        (11, False, "after the nearest one, of 2024-03-08"),
        (12, True, "the nearest one"),
    ]
    far = (False, "more than 3 days before this record or 2 after it")
    assert asked(near, 1) == [(10, *far), (11, *far), (12, *far)]


def test_references_that_differ_at_one_moment_say_so() -> None:
    dated = text("2024-01-08", "2024-01-08")
    timed = Timed(
        text("2024-01-16"),
        of(dated, text("A", "B")),
        "missing",
        subject=text("S1"),
        explaining=True,
    )
    result = reference_before(timed)
    tie = (False, "of the same time as others with another value; none is taken")
    assert asked(result) == [(10, *tie), (11, *tie)]


def test_too_many_records_are_told_by_those_taken_only(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", 1)
    dated = text("2024-01-08", "2024-01-15")
    timed = Timed(
        text("2024-01-10"), of(dated, dated), "missing", subject=text("S1"), explaining=True
    )
    result = reference_after(timed)
    assert asked(result) == [(11, True, "the one that counts")]
