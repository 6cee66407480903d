"""Exposure in numbers, against a slow second way."""

import datetime as dt
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.events.exposure import exposure_summary
from cdisc.errors import UsageError
from tests.algorithms.columns import text

PEOPLE = text("A", "A", "A", "B", "C")
DOSE = pd.Series([2, None, 1, 2, None], dtype="float64")
START = text("2024-01-10T10:00", "2024-02-07", "2024-03-06T09:00", "2024-01-01", "2024-01-02")
PLAN = pd.Series([2.0] * 5)


def summary(measure, dose=DOSE, start=START, people=PEOPLE, **arguments):
    made = exposure_summary(groups_of([people]), measure, dose, start, **arguments)
    values = [None if pd.isna(v) else v for v in made.columns["AVAL"]]
    return dict(
        zip([people[g] for g in groups_of([people]).first[made.group]], values, strict=True)
    )


def test_total_dose_and_number_of_doses_are_of_those_given():
    assert summary("total") == {"A": 3, "B": 2, "C": 0}
    assert summary("count") == {"A": 2, "B": 1, "C": 0}


def test_duration_is_from_the_first_to_the_last_dose_both_days_included():
    assert summary("duration") == {"A": 57, "B": 1}
    ends = text("2024-01-10T10:30", None, "2024-03-07", "2024-01-01", None)
    assert summary("duration", end=ends) == {"A": 58, "B": 1}


def test_relative_dose_intensity_is_actual_of_planned_and_a_missed_dose_was_planned():
    assert summary("relative_intensity", planned=PLAN) == {"A": 50, "B": 100, "C": 0}


def test_relative_dose_intensity_by_time_falls_with_delay():
    late = summary("relative_intensity", planned=PLAN, interval=28.0)
    # three doses in 84 days were planned; 56 days from first to last, and the last one's 28
    assert late == {"A": 50, "B": 100, "C": 0}
    sooner = summary("relative_intensity", planned=PLAN, interval=42.0)
    assert sooner["A"] == pytest.approx(50 * 126 / 98)


def test_dose_intensity_is_by_week():
    assert summary("intensity", interval=28.0) == {"A": 3 * 7 / 84, "B": 0.5}


def test_a_dose_of_zero_is_one_where_that_is_told():
    nothing = pd.Series([0.0] * 5)
    told = np.array([True, False, True, True, False])
    assert summary("count", dose=nothing) == {"A": 0, "B": 0, "C": 0}
    assert summary("count", dose=nothing, given=told) == {"A": 2, "B": 1, "C": 0}


def test_days_of_the_first_and_last_dose_stand_beside_the_number():
    columns = exposure_summary(groups_of([PEOPLE]), "total", DOSE, START).columns
    assert [str(v)[:10] for v in columns["ASTDT"]] == ["2024-01-10", "2024-01-01", "NaT"]
    assert [str(v)[:10] for v in columns["AENDT"]] == ["2024-03-06", "2024-01-01", "NaT"]


def test_what_is_not_known_gives_no_number_and_a_finding():
    partial = START.copy()
    partial[2] = "2024-03"
    made = exposure_summary(groups_of([PEOPLE]), "duration", DOSE, partial)
    assert pd.isna(made.columns["AVAL"][0])
    assert [(i.rule, i.rows.tolist()) for i in made.issues] == [("exposure_summary.no_date", [2])]
    plan = PLAN.copy()
    plan[1] = np.nan
    made = exposure_summary(groups_of([PEOPLE]), "relative_intensity", DOSE, START, planned=plan)
    assert pd.isna(made.columns["AVAL"][0])
    assert [(i.rule, i.rows.tolist()) for i in made.issues] == [("exposure_summary.no_plan", [1])]


def test_what_a_measure_needs_is_asked_for():
    with pytest.raises(UsageError, match="needs planned"):
        summary("relative_intensity")
    with pytest.raises(UsageError, match="needs interval"):
        summary("intensity")
    with pytest.raises(UsageError, match="dose as a number"):
        summary("total", dose=text("2", "2", "2", "2", "2"))


def test_a_dose_given_whose_amount_is_not_known_gives_no_number_and_a_finding():
    told = np.array([True, True, True, True, True])
    arguments = {"given": told, "planned": PLAN, "interval": 28}
    for measure in ("total", "intensity", "relative_intensity"):
        made = exposure_summary(groups_of([PEOPLE]), measure, DOSE, START, **arguments)
        assert [pd.isna(v) for v in made.columns["AVAL"]] == [True, False, True]
        assert [(i.rule, i.rows.tolist()) for i in made.issues] == [
            ("exposure_summary.no_dose", [1, 4])
        ]
    for measure in ("count", "duration"):
        made = exposure_summary(groups_of([PEOPLE]), measure, DOSE, START, **arguments)
        assert (made.columns["AVAL"].notna().all(), made.issues) == (True, ())


@pytest.mark.parametrize("measure", ["total", "count", "duration"])
@pytest.mark.parametrize("told", [None, np.ones(5, dtype=bool)])
def test_a_negative_dose_gives_no_number_and_a_finding(measure, told):
    dose = pd.Series([2.0, -1.0, 1.0, 2.0, 0.0])
    made = exposure_summary(groups_of([PEOPLE]), measure, dose, START, given=told)
    assert pd.isna(made.columns["AVAL"][0])
    assert not pd.isna(made.columns["AVAL"][1])
    (negative,) = made.issues
    assert (negative.rule, negative.rows.tolist()) == ("exposure_summary.negative_dose", [1])
    assert list(negative.values) == [-1]


@pytest.mark.parametrize("measure", ["intensity", "relative_intensity", "total"])
@pytest.mark.parametrize("interval", [0, -7])
def test_an_interval_is_a_number_of_days_from_1(measure, interval):
    with pytest.raises(UsageError, match="interval is a number of days from 1"):
        summary(measure, planned=PLAN, interval=interval)


ROW = st.tuples(
    st.sampled_from("ABC"),
    st.one_of(st.none(), st.integers(0, 300)),
    st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    st.integers(1, 300),
)


@settings(max_examples=200)
@given(st.lists(ROW, min_size=1, max_size=12), st.randoms())
def test_it_agrees_with_adding_by_hand_in_any_order(rows, random):
    random.shuffle(rows)
    people, tenths, days, plans = (list(column) for column in zip(*rows, strict=True))
    dose = pd.Series([None if t is None else t / 10 for t in tenths], dtype="float64")
    start = text(*(d.isoformat() for d in days))
    named = {"dose": dose, "start": start, "people": text(*people)}
    plan = pd.Series([p / 10 for p in plans])
    total, relative = (
        summary("total", **named),
        summary("relative_intensity", planned=plan, **named),
    )
    duration = summary("duration", **named)
    for person in set(people):
        mine = [row for row in rows if row[0] == person]
        given_ = [row for row in mine if row[1]]
        amount = Fraction(sum(row[1] for row in given_), 10)
        assert total[person] == float(amount)
        planned = Fraction(sum(row[3] for row in mine), 10)
        assert relative[person] == pytest.approx(float(100 * amount / planned))
        if given_:
            dates = [row[2] for row in given_]
            assert duration[person] == (max(dates) - min(dates)).days + 1
        else:
            assert person not in duration
