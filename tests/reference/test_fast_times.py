"""The fast times to events are those of the slow ones, of thousands of random histories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Made
from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.endpoints.censoring import Censor, Event
from cdisc.algorithms.endpoints.time_to_event import time_to_event

from . import time_to_event as tte
from .fast import dated_records, dates, ids, outcomes, text
from .histories import FIRST_DOSE, EventHistory, event_histories
from .time_to_event import Outcome, Source

# An example is a batch of ten to twenty subjects, fourteen on average: with `most` two thousand
# histories in a test, with `many` one thousand, with `some` more than five hundred.
most = settings(max_examples=150)
many = settings(max_examples=70)
some = settings(max_examples=40)
batches = st.lists(event_histories(), min_size=10, max_size=20)

DAYS = st.none() | st.integers(-2, 6).map(lambda days: FIRST_DOSE + timedelta(days))
SLOTS = st.lists(DAYS, min_size=4, max_size=4)


def one_each(name: str, when: Sequence[date | None]):
    """A dataset with one record for each subject."""
    return dated_records(name, ids(len(when)), when)


def shuffled(name: str, when: Sequence[Sequence[date]], order: np.random.Generator):
    """A dataset with several records for each subject, in any order."""
    pairs = [(by, day) for by, days in zip(ids(len(when)), when, strict=True) for day in days]
    order.shuffle(pairs)
    return dated_records(name, [by for by, _ in pairs], [day for _, day in pairs])


@many
@given(
    st.lists(st.tuples(DAYS, SLOTS, SLOTS, DAYS), min_size=1, max_size=20),
    st.sampled_from(("latest", "first_match")),
)
def test_any_time_to_event(subjects, take):
    """Of whatever rules and dates: 70 batches of 1 to 20 subjects."""
    starts = [start for start, _, _, _ in subjects]
    stops = [stop for _, _, _, stop in subjects]
    made = time_to_event(
        groups_of([text(ids(len(subjects)))]),
        dates(starts),
        tuple(
            Event(one_each("E", [events[slot] for _, events, _, _ in subjects]), f"event {slot}")
            for slot in range(4)
        ),
        tuple(
            Censor(
                one_each("C", [censors[slot] for _, _, censors, _ in subjects]),
                f"censor {slot}",
                slot + 1,
            )
            for slot in range(4)
        ),
        take,
        dates(stops),
        subject=text(ids(len(subjects))),
        explain=True,
    )
    found = outcomes(made, len(subjects))
    for (start, events, censors, stop), mine in zip(subjects, found, strict=True):
        wanted = tte.time_to_event(
            start,
            [Source(day, f"event {slot}") for slot, day in enumerate(events)],
            [Source(day, f"censor {slot}", slot + 1) for slot, day in enumerate(censors)],
            stop,
            "latest" if take == "latest" else "first",
        )
        assert mine == wanted


def in_time(one: EventHistory, days: Sequence[date]) -> list[date]:
    return [day for day in days if one.stop is None or day <= one.stop]


def progression_free(
    histories: Sequence[EventHistory],
    start: Sequence[date | None],
    gap: int,
    *,
    therapy: bool = True,
    missed: bool = True,
    seed: int = 0,
) -> Made:
    """PFS of all subjects, by rules as the study's spec has them."""
    order = np.random.default_rng(seed)
    by = text(ids(len(histories)))
    enrolled = one_each("ADSL", start)
    adequate = shuffled("ADRS", [in_time(one, one.adequate) for one in histories], order)
    death = one_each(
        "ADSL",
        [next(iter(in_time(one, [one.death] if one.death else [])), None) for one in histories],
    )
    # without new therapy nothing after it needs to be left out
    limit = dates(
        [
            one.new_therapy
            if therapy and one.new_therapy and in_time(one, [one.new_therapy])
            else None
            for one in histories
        ]
    )
    censors = [
        Censor(
            enrolled,
            tte.NO_ASSESSMENT,
            2,
            up_to=limit,
            if_none=adequate,
            unless=death,
            within=gap,
        )
    ]
    if therapy:
        censors += [
            Censor(adequate, tte.BEFORE_THERAPY, 3, stopped_by=limit),
            Censor(enrolled, tte.BEFORE_THERAPY, 3, stopped_by=limit),
        ]
    if missed:
        censors += [
            Censor(adequate, tte.BEFORE_MISSED, 4, if_gap_over=gap),
            Censor(enrolled, tte.BEFORE_MISSED, 4, if_gap_over=gap, if_none=adequate),
        ]
    censors.append(Censor(adequate, tte.LAST_ASSESSMENT, 1))
    progression = one_each("ADRS", [one.progression for one in histories])
    events = (Event(progression, tte.PROGRESSION, assessed=True), Event(death, tte.DEATH))
    return time_to_event(
        groups_of([by]),
        dates(start),
        events,
        tuple(censors),
        "first_match",
        dates([one.stop for one in histories]),
        if_none="missing",
        subject=by,
        explain=True,
    )


def slow(
    one: EventHistory, start: date | None, gap: int, *, therapy: bool = True, missed: bool = True
) -> Outcome | None:
    """Responses end with new therapy, so the slow parameters know no later progression."""
    late = (
        therapy
        and one.new_therapy is not None
        and bool(in_time(one, [one.new_therapy]))
        and one.progression is not None
        and one.progression > one.new_therapy
    )
    return tte.progression_free(
        start,
        None if late else one.progression,
        one.death,
        one.adequate,
        one.new_therapy,
        one.stop,
        gap,
        use_new_therapy=therapy,
        use_gap=missed,
    )


@most
@given(batches, st.sampled_from((42, 97, 98, 98)), st.booleans(), st.booleans(), st.integers(0, 9))
def test_progression_free_survival(histories, gap, therapy, missed, seed):
    """Of some 2,100 histories: 150 batches of 10 to 20."""
    start = [one.start for one in histories]
    made = progression_free(histories, start, gap, therapy=therapy, missed=missed, seed=seed)
    found = outcomes(made, len(histories))
    for one, mine in zip(histories, found, strict=True):
        if one.start is None and therapy and one.new_therapy:
            # enrolled on no known day, and new therapy: there may be no day to censor at
            assert mine is None or mine.days is None
            continue
        assert mine == slow(one, one.start, gap, therapy=therapy, missed=missed)


@many
@given(batches)
def test_duration_of_response(histories):
    """Of the responders among some 1,000 histories: 70 batches of 10 to 20."""
    responders = [
        one
        for one in histories
        if one.response is not None
        # a response after new therapy does not count
        and (one.new_therapy is None or one.response <= one.new_therapy)
    ]
    if not responders:
        return
    made = progression_free(responders, [one.response for one in responders], 98)
    for one, mine in zip(responders, outcomes(made, len(responders)), strict=True):
        assert mine == slow(one, one.response, 98)


@many
@given(batches)
def test_overall_survival(histories):
    """Of some 1,000 histories: 70 batches of 10 to 20."""
    by = text(ids(len(histories)))
    start = dates([one.start for one in histories])
    made = time_to_event(
        groups_of([by]),
        start,
        (Event(one_each("ADSL", [one.death for one in histories]), tte.DEATH),),
        (Censor(one_each("ADSL", [one.last_alive for one in histories]), tte.LAST_ALIVE),),
        stop=dates([one.stop for one in histories]),
        subject=by,
    )
    for one, mine in zip(histories, outcomes(made, len(histories)), strict=True):
        assert mine == tte.overall_survival(one.start, one.death, one.last_alive, one.stop)


@some
@given(batches, st.integers(1, 9))
def test_times_do_not_depend_on_order_and_company(histories, seed):
    """Of some 570 histories: 40 batches of 10 to 20, each history by itself, too."""
    start = [one.start for one in histories]
    together = outcomes(progression_free(histories, start, 98), len(histories))
    again = outcomes(progression_free(histories, start, 98, seed=seed), len(histories))
    alone = [outcomes(progression_free([one], [one.start], 98), 1)[0] for one in histories]
    assert together == again == alone


@many
@given(batches)
def test_progression_is_never_after_death(histories):
    """By date, as the two start on different days; of some 1,000 histories."""
    start = [one.start for one in histories]
    pfs = outcomes(progression_free(histories, start, 98), len(histories))
    for one, mine in zip(histories, pfs, strict=True):
        lived = one.death if one.death and in_time(one, [one.death]) else None
        if mine is not None and lived is not None and mine.cnsr == 0:
            assert mine.date <= lived


@pytest.mark.parametrize("days", [97, 98, 99])
def test_the_gap_is_counted_as_in_the_study(days):
    one = EventHistory(
        start=FIRST_DOSE,
        response=None,
        progression=FIRST_DOSE + timedelta(42 + days),
        death=None,
        adequate=(FIRST_DOSE + timedelta(42), FIRST_DOSE + timedelta(42 + days)),
        new_therapy=None,
        last_alive=None,
        stop=None,
    )
    found = outcomes(progression_free([one], [one.start], 98), 1)[0]
    assert found is not None
    assert found.cnsr == (0 if days <= 98 else 4)
