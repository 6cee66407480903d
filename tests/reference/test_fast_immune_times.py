"""IPFS and IDOR: the fast progression by iRECIST as an event, against the slow one.

From the responses of a subject on: which iUPD counts, and then the time to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Made, Selected
from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.endpoints.censoring import Censor, Event
from cdisc.algorithms.endpoints.immune_progression import immune_progression
from cdisc.algorithms.endpoints.time_to_event import time_to_event

from . import best_response as best
from . import time_to_event as tte
from .best_response import IRECIST
from .fast import Subjects, dated_records, dates, ids, kept, outcomes, text
from .histories import INTERVALS, ResponseHistory, response_histories
from .time_to_event import Outcome

THERAPY_FIRST = "Enrollment, no adequate assessment before new anticancer therapy"
MISSED_FIRST = "Enrollment, no adequate assessment before missed assessments"
# the two words of the study for what the slow way calls the same
SAME = {THERAPY_FIRST: tte.BEFORE_THERAPY, MISSED_FIRST: tte.BEFORE_MISSED}


@dataclass(frozen=True)
class Subject:
    """Responses by iRECIST, and the days around them."""

    history: ResponseHistory
    enrolled: date
    death: date | None


@st.composite
def subjects_by_irecist(draw: st.DrawFn) -> Subject:
    """Responses that may hold several blocks of iUPD, confirmed, reset or open at the end."""
    plain = draw(response_histories(IRECIST))
    if draw(st.integers(0, 2)):
        day = plain.reference + timedelta(draw(st.sampled_from((34, 42))))
        records = []
        for seq in range(1, draw(st.integers(1, 8)) + 1):
            value = draw(st.sampled_from(("iUPD", "iUPD", "iUPD", "iCPD", "iSD", "iPR", "NE")))
            records.append(best.Assessed(day, value, seq))
            day += timedelta(draw(st.sampled_from(INTERVALS)))
        therapy = draw(st.none() | st.sampled_from([one.date for one in records]))
        records = draw(st.permutations(records))
        plain = ResponseHistory(plain.reference, therapy, tuple(records))
    plain = confirmable(plain)
    last = max((one.date for one in plain.records), default=plain.reference)
    near = st.sampled_from((-43, -1, 0, 1, 42, 98, 99))
    death = draw(st.none() | near.map(lambda days: last + timedelta(days)))
    enrolled = plain.reference - timedelta(draw(st.sampled_from((0, 2, 9))))
    return Subject(plain, enrolled, death)


def confirmable(history: ResponseHistory) -> ResponseHistory:
    """As in a study: new therapy is later than the first dose, and what iCPD confirms is there.

    An iCPD with no iUPD to confirm is an iUPD itself.
    """
    first = history.reference + timedelta(1)
    if history.new_therapy is not None and history.new_therapy < first:
        history = replace(history, new_therapy=first)
    chosen = best.select(history.records, IRECIST, history.reference, history.new_therapy)
    if chosen and chosen[-1].value == "iCPD" and best.confirmed_progression(chosen) == best.NO:
        day = chosen[-1].date
        records = tuple(
            replace(one, value="iUPD") if (one.date, one.value) == (day, "iCPD") else one
            for one in history.records
        )
        return confirmable(replace(history, records=records))
    return history


batches = st.lists(subjects_by_irecist(), min_size=14, max_size=20)
GAPS = st.sampled_from((42, 97, 98, 98))


def answered(made: Made) -> Selected:
    """The records of a parameter that say Y, as ADTTE reads them from ADRS."""
    columns = made.columns
    yes = np.flatnonzero(columns["AVALC"] == "Y")
    named = {
        "by": text([f"S{group:03}" for group in made.group.tolist()]),
        "date": columns["ADT"],
        "sequence": columns["SRCSEQ"],
    }
    return Selected(
        "ADRS",
        {name: column.take(yes).reset_index(drop=True) for name, column in named.items()},
        yes,
        {"date": "ADT"},
    )


def fast(
    batch: Sequence[Subject], starts: Sequence[date | None], gap: int, *, duration: bool = False
) -> list[Outcome | None]:
    """By the rules as the spec of the study has them, with and without those of enrollment."""
    made = Subjects([one.history for one in batch], IRECIST)
    by = text(ids(len(batch)))
    counting = made.input()
    events = [
        Event(
            answered(immune_progression(made.groups, counting, take, subject=by)),
            tte.PROGRESSION,
            assessed=True,
        )
        for take in ("confirmed", "unresolved")
    ]
    death = dated_records("ADSL", ids(len(batch)), [one.death for one in batch])
    events.append(Event(death, tte.DEATH))
    # the worst of each day whatever therapy it was under, but for those that tell nothing
    every = made.input(therapy=False, through=False)
    adequate = kept(every, (every["response"] != "NE").to_numpy())
    enrolled = dated_records("ADSL", ids(len(batch)), starts)
    therapy = dates([one.history.new_therapy for one in batch])
    censors = [
        Censor(adequate, tte.BEFORE_THERAPY, 3, stopped_by=therapy),
        Censor(enrolled, THERAPY_FIRST, 3, stopped_by=therapy),
        Censor(adequate, tte.BEFORE_MISSED, 4, if_gap_over=gap),
        Censor(enrolled, MISSED_FIRST, 4, if_gap_over=gap, if_none=adequate),
        Censor(adequate, tte.LAST_ASSESSMENT, 1),
    ]
    none = Censor(
        enrolled, tte.NO_ASSESSMENT, 2, up_to=therapy, if_none=adequate, unless=death, within=gap
    )
    found = time_to_event(
        groups_of([by]),
        dates(starts),
        tuple(events),
        tuple(censors[0:3:2] + censors[4:] if duration else [none, *censors]),
        "first_match",
        if_none="missing",
        subject=by,
    )
    return outcomes(found, len(batch))


def slow_progression(one: Subject) -> tuple[list[best.Assessed], date | None]:
    history = one.history
    chosen = best.select(history.records, IRECIST, history.reference, history.new_therapy)
    return chosen, tte.irecist_progression(
        best.confirmed_progression(chosen).date, best.unresolved_progression(chosen).date
    )


def slow(one: Subject, start: date | None, gap: int) -> Outcome | None:
    chosen, progression = slow_progression(one)
    adequate = [record.date for record in chosen if record.value != "NE"]
    return tte.progression_free(
        start, progression, one.death, adequate, one.history.new_therapy, None, gap
    )


def same_words(found: Outcome | None) -> Outcome | None:
    if found is None:
        return None
    said = SAME.get(found.text, found.text)
    return Outcome(found.date, found.days, found.cnsr, said, found.query)


@settings(max_examples=80)
@given(batches, GAPS)
def test_progression_free_survival_by_irecist(batch, gap):
    """More than 1,100 subjects, 14 to 20 an example."""
    found = fast(batch, [one.enrolled for one in batch], gap)
    for one, mine in zip(batch, found, strict=True):
        assert same_words(mine) == slow(one, one.enrolled, gap)


@settings(max_examples=60)
@given(batches, GAPS)
def test_duration_of_response_by_irecist(batch, gap):
    """Of those of more than 800 subjects who have a confirmed response."""
    answers = [best.confirmed_response(slow_progression(one)[0], IRECIST) for one in batch]
    responders = [(one, answer.date) for one, answer in zip(batch, answers, strict=True)
                  if answer.date]  # fmt: skip
    if not responders:
        return
    found = fast([one for one, _ in responders], [day for _, day in responders], gap, duration=True)
    for (one, day), mine in zip(responders, found, strict=True):
        assert mine == slow(one, day, gap)


@settings(max_examples=30)
@given(batches)
def test_an_iupd_is_an_event_when_confirmed_or_never_resolved(batch):
    """By date: the first iUPD of the block that counts, unless a death was earlier."""
    found = fast(batch, [one.enrolled for one in batch], 10_000)
    for one, mine in zip(batch, found, strict=True):
        chosen, progression = slow_progression(one)
        if progression is None or (one.death is not None and one.death < progression):
            assert mine is None or mine.text != tte.PROGRESSION
            continue
        if one.history.new_therapy is not None and one.history.new_therapy < progression:
            continue
        assert (mine.date, mine.cnsr, mine.text) == (progression, 0, tte.PROGRESSION)
        assert "iUPD" in {record.value for record in chosen if record.date == progression}


def test_the_subjects_drawn_progress_in_every_way():
    """What is compared is not all the same: see that each end is reached."""
    reached = set()

    @settings(max_examples=40, database=None, derandomize=True)
    @given(batches)
    def look(batch):
        for one in batch:
            chosen, _ = slow_progression(one)
            end = slow(one, one.enrolled, 98)
            reached.add((end.cnsr, end.text))
            for name, answer in (
                ("confirmed", best.confirmed_progression(chosen)),
                ("unresolved", best.unresolved_progression(chosen)),
                ("reset", best.pseudo_progression(chosen)),
            ):
                reached.add((name, answer.value))

    look()
    assert reached == {
        *((name, value) for name in ("confirmed", "unresolved", "reset") for value in "YN"),
        (0, tte.PROGRESSION),
        (0, tte.DEATH),
        (1, tte.LAST_ASSESSMENT),
        (2, tte.NO_ASSESSMENT),
        (3, tte.BEFORE_THERAPY),
        (4, tte.BEFORE_MISSED),
    }
