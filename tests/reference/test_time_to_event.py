"""Times to events of the slow implementation. Study design 5.6 and 5.7."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from . import time_to_event as tte
from .histories import FIRST_DOSE, event_histories, sources
from .shorthand import after
from .time_to_event import Outcome, Source, time_to_event

START = FIRST_DOSE


# Any event


def test_the_earliest_event_counts_and_of_one_day_the_first_listed():
    events = [Source(after(9), "a"), Source(after(5), "b"), Source(after(5), "c")]
    assert time_to_event(START, events, []) == Outcome(after(5), 6, 0, "b")


def test_an_event_beats_a_later_censor():
    made = time_to_event(START, [Source(after(5), "a")], [Source(after(9), "c", 1)])
    assert made == Outcome(after(5), 6, 0, "a")


def test_the_latest_censor_counts_and_of_one_day_the_last_listed():
    censors = [Source(after(5), "a", 1), Source(after(9), "b", 2), Source(after(9), "c", 3)]
    assert time_to_event(START, [Source(None, "x")], censors) == Outcome(after(9), 10, 3, "c")


def test_the_first_censor_that_matches_counts_where_they_are_ranked():
    censors = [Source(None, "a", 2), Source(after(5), "b", 3), Source(after(9), "c", 1)]
    made = time_to_event(START, [], censors, take="first")
    assert made == Outcome(after(5), 6, 3, "b")


def test_a_stop_date_before_the_event_censors_the_same_day_does_not():
    events, censors = [Source(after(9), "a")], [Source(after(5), "c", 1)]
    assert time_to_event(START, events, censors, stop=after(9)).cnsr == 0
    assert time_to_event(START, events, censors, stop=after(8)) == Outcome(after(5), 6, 1, "c")


def test_a_missing_start_keeps_the_date_without_a_value():
    assert time_to_event(None, [Source(after(5), "a")], []) == Outcome(after(5), None, 0, "a")


def test_a_date_before_the_start_has_value_1_and_a_query():
    made = time_to_event(START, [Source(after(-3), "a")], [])
    assert made == Outcome(after(-3), 1, 0, "a", query=True)
    assert time_to_event(START, [Source(START, "a")], []) == Outcome(START, 1, 0, "a")


def test_without_event_and_censor_there_is_no_record():
    assert time_to_event(START, [Source(None, "a")], [Source(None, "c", 1)]) is None


def test_months_are_30_4375_days():
    assert Outcome(START, 487, 0, "a").months == 16


# Survival


def test_survival_ends_with_death_or_last_known_alive():
    assert tte.overall_survival(START, after(99), after(50)) == Outcome(after(99), 100, 0, "Death")
    made = tte.overall_survival(START, None, after(50))
    assert made == Outcome(after(50), 51, 1, tte.LAST_ALIVE)


def test_death_after_the_data_cut_is_censored():
    made = tte.overall_survival(START, after(99), after(50), stop=after(90))
    assert (made.date, made.cnsr) == (after(50), 1)


# Progression-free survival; enrolled on the day of the first dose


def pfs(
    progression: int | None = None,
    death: int | None = None,
    adequate: tuple[int, ...] = (),
    therapy: int | None = None,
    stop: int | None = None,
    **conventions: bool,
) -> tuple[int, int]:
    """(days after the start, CNSR); PD is an adequate assessment."""
    days = adequate + (() if progression is None else (progression,))
    made = tte.progression_free(
        START,
        *(None if one is None else after(one) for one in (progression, death)),
        [after(one) for one in days],
        *(None if one is None else after(one) for one in (therapy, stop)),
        **conventions,
    )
    return (made.date - START).days, made.cnsr


def test_the_earlier_of_progression_and_death_is_the_event():
    assert pfs(progression=84, death=90, adequate=(42,)) == (84, 0)
    assert pfs(death=90, adequate=(42,)) == (90, 0)


def test_progression_and_death_on_one_day_are_progression():
    made = tte.progression_free(START, after(84), after(84), [after(42), after(84)])
    assert (made.text, made.cnsr) == (tte.PROGRESSION, 0)


def test_without_event_the_last_adequate_assessment_censors():
    assert pfs(adequate=(84, 42)) == (84, 1)


def test_progression_counts_as_an_assessment_where_it_is_not_listed():
    made = tte.progression_free(START, after(42), None, [])
    assert (made.date, made.cnsr) == (after(42), 0)


def test_without_adequate_assessment_the_enrollment_censors():
    assert pfs() == (0, 2)


@pytest.mark.parametrize(("death", "wanted"), [(10, (10, 0)), (98, (98, 0)), (99, (0, 2))])
def test_death_before_the_first_scan_is_an_event_within_98_days(death, wanted):
    assert pfs(death=death) == wanted


def test_new_therapy_before_the_event_censors_at_the_last_assessment_before_it():
    assert pfs(progression=126, adequate=(42, 84), therapy=100) == (84, 3)
    assert pfs(progression=126, adequate=(42, 84), therapy=84) == (84, 3)
    assert pfs(death=126, adequate=(42, 84), therapy=100) == (84, 3)


def test_new_therapy_without_event_censors_at_the_last_assessment_before_it():
    assert pfs(adequate=(42, 84, 126), therapy=100) == (84, 3)


def test_progression_on_the_day_of_new_therapy_is_an_event():
    assert pfs(progression=84, adequate=(42,), therapy=84) == (84, 0)
    assert pfs(progression=84, adequate=(42,), therapy=85) == (84, 0)
    assert pfs(progression=84, adequate=(42,), therapy=83) == (42, 3)


def test_without_adequate_assessment_before_new_therapy_the_enrollment_censors():
    assert pfs(progression=84, therapy=30) == (0, 2)
    assert pfs(death=84, therapy=30) == (0, 3)
    assert pfs(therapy=30) == (0, 2)


@pytest.mark.parametrize(("days", "wanted"), [(98, (140, 0)), (99, (42, 4))])
def test_missed_assessments_before_the_event_censor_at_the_last_before_them(days, wanted):
    assert pfs(progression=42 + days, adequate=(42,)) == wanted
    assert pfs(death=42 + days, adequate=(42,)) == wanted


def test_death_on_the_day_of_an_assessment_is_an_event():
    assert pfs(death=200, adequate=(42, 200)) == (200, 0)


def test_missed_assessments_further_back_do_not_matter():
    assert pfs(progression=242, adequate=(42, 200)) == (242, 0)


def test_missed_assessments_without_event_do_not_matter():
    assert pfs(adequate=(42, 200)) == (200, 1)


def test_new_therapy_comes_before_missed_assessments():
    assert pfs(progression=200, adequate=(42,), therapy=150) == (42, 3)


def test_progression_at_the_first_assessment():
    assert pfs(progression=42) == (42, 0)
    assert pfs(progression=98) == (98, 0)
    assert pfs(progression=99) == (0, 4)
    assert pfs(progression=99, gap_from_start=False) == (99, 0)


def test_the_sensitivity_analysis_ignores_new_therapy_and_missed_assessments():
    other = {"use_new_therapy": False, "use_gap": False}
    assert pfs(progression=200, adequate=(42,), therapy=50, **other) == (200, 0)
    assert pfs(adequate=(42, 84), therapy=50, **other) == (84, 1)
    assert pfs(death=99, **other) == (0, 2)


def test_an_event_after_the_data_cut_is_censored():
    assert pfs(progression=126, adequate=(42, 84), stop=126) == (126, 0)
    assert pfs(progression=126, adequate=(42, 84), stop=125) == (84, 1)
    assert pfs(death=126, adequate=(42, 84), therapy=120, stop=110) == (84, 1)
    assert pfs(adequate=(42, 84), therapy=110, stop=110) == (84, 3)
    assert pfs(adequate=(42, 84), stop=84) == (84, 1)


def test_progression_by_irecist_is_confirmed_or_unresolved():
    assert tte.irecist_progression(after(42), None) == after(42)
    assert tte.irecist_progression(None, after(84)) == after(84)
    assert tte.irecist_progression(None, after(84), count_unresolved=False) is None
    assert tte.irecist_progression(None, None) is None


# Responders


def test_only_responders_have_duration_of_and_time_to_response():
    assert tte.duration_of_response(None, after(84), None, [after(42)]) is None
    assert tte.time_to_response(START, None) is None


def test_duration_counts_from_the_response():
    adequate = [after(42), after(84), after(126)]
    made = tte.duration_of_response(after(42), after(126), None, adequate)
    assert (made.date, made.days, made.cnsr) == (after(126), 85, 0)
    made = tte.duration_of_response(after(42), None, None, adequate)
    assert (made.date, made.days, made.cnsr) == (after(126), 85, 1)


def test_time_to_response_counts_from_enrollment():
    made = tte.time_to_response(START, after(42))
    assert (made.date, made.days, made.cnsr) == (after(42), 43, 0)


# What holds of every history


@given(sources(st.just(0)), sources(st.integers(1, 4)), st.none() | st.integers(0, 6))
def test_any_event_within_the_stop_date_beats_any_censor(events, censors, stop):
    limit = date.max if stop is None else after(stop)
    made = time_to_event(START, events, censors, None if stop is None else limit)
    days = [one.date for one in events if one.date is not None and one.date <= limit]
    if days:
        assert (made.date, made.cnsr) == (min(days), 0)
    elif any(one.date for one in censors):
        assert made.cnsr > 0
        assert made.date == max(one.date for one in censors if one.date)
    else:
        assert made is None


@given(event_histories())
def test_progression_free_survival_of_any_history(made):
    def of(**conventions: bool) -> Outcome | None:
        return tte.progression_free(
            made.start, made.progression, made.death, made.adequate, made.new_therapy, made.stop,
            **conventions,
        )  # fmt: skip

    found, sensitive = of(), of(use_new_therapy=False, use_gap=False)
    if found is None:
        assert made.start is None
        return
    dates = {made.start, made.progression, made.death, *made.adequate}
    assert found.date in dates
    assert made.stop is None or found.date <= max(made.stop, made.start or made.stop)
    if found.cnsr == 0:
        assert found.date == min(one for one in (made.progression, made.death) if one)
        assert sensitive == found
    if found.cnsr == 3:
        assert found.date <= max(made.new_therapy, made.start or made.new_therapy)
    if found.cnsr == 4:
        event = min(one for one in (made.progression, made.death) if one)
        assert event - found.date > timedelta(98)
