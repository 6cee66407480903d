"""Times to events of one subject. Study design 5.6 and 5.7; time-to-event acceptance rules.

Choices where the texts leave room:

- An event after the stop date (the data cut) is as if it were not there; censors stay as they are.
- Adequate are the responses that are not NE, PD included. Missed assessments are looked for between
  the event and the last adequate assessment before it, not further back.
- PD without an adequate assessment before it is one: rule 2 does not hold. The gap is then
  counted from the start date, and a censored subject is dated there (`gap_from_start`; without it
  such a PD is always an event).
- Rules 2 and 3: adequate assessments after new therapy do not count. A death within the gap but
  after new therapy, without any assessment, is dated at the start (3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

PROGRESSION, DEATH, RESPONSE = "Disease progression", "Death", "Response"
LAST_ALIVE = "Last known alive"
NO_ASSESSMENT = "Enrollment, no adequate assessment"
BEFORE_THERAPY = "Last adequate assessment on or before new anticancer therapy"
BEFORE_MISSED = "Last adequate assessment before missed assessments"
LAST_ASSESSMENT = "Last adequate assessment"


@dataclass(frozen=True)
class Source:
    """Where an event (cnsr 0) or a censoring (cnsr > 0) may come from; no date: it did not."""

    date: date | None
    text: str
    cnsr: int = 0


@dataclass(frozen=True)
class Outcome:
    """ADT, AVAL in days, CNSR, and the text of the event or censoring.

    `query`: the date is before the start, so AVAL is 1.
    """

    date: date
    days: int | None
    cnsr: int
    text: str
    query: bool = False

    @property
    def months(self) -> Fraction | None:
        return None if self.days is None else self.days / Fraction("30.4375")


def outcome(start: date | None, source: Source) -> Outcome:
    """Days are counted from 1; missing without a start."""
    assert source.date is not None
    if start is None:
        return Outcome(source.date, None, source.cnsr, source.text)
    if source.date < start:
        return Outcome(source.date, 1, source.cnsr, source.text, query=True)
    return Outcome(source.date, (source.date - start).days + 1, source.cnsr, source.text)


def earliest_event(events: Iterable[Source], stop: date | None = None) -> Source | None:
    """The earliest; of several on one day the first listed; none after the stop date."""
    found: Source | None = None
    for event in events:
        if event.date is None or (stop is not None and event.date > stop):
            continue
        if found is None or event.date < found.date:
            found = event
    return found


def latest_censor(censors: Iterable[Source]) -> Source | None:
    """The latest; of several on one day the last listed."""
    found: Source | None = None
    for censor in censors:
        if censor.date is not None and (found is None or censor.date >= found.date):
            found = censor
    return found


def first_censor(censors: Iterable[Source]) -> Source | None:
    """The first listed that has a date."""
    for censor in censors:
        if censor.date is not None:
            return censor
    return None


def time_to_event(
    start: date | None,
    events: Sequence[Source],
    censors: Sequence[Source],
    stop: date | None = None,
    take: str = "latest",
) -> Outcome | None:
    """An event beats any censor; with neither there is no record.

    `take`: the latest censor, or the first listed.
    """
    found = earliest_event(events, stop)
    if found is None:
        found = latest_censor(censors) if take == "latest" else first_censor(censors)
    return None if found is None else outcome(start, found)


def overall_survival(
    start: date | None, death: date | None, last_alive: date | None, stop: date | None = None
) -> Outcome | None:
    """OS from first dose, OSMSC from first infusion."""
    return time_to_event(start, [Source(death, DEATH)], [Source(last_alive, LAST_ALIVE, 1)], stop)


def progression_free(
    start: date | None,
    progression: date | None,
    death: date | None,
    adequate: Iterable[date],
    new_therapy: date | None = None,
    stop: date | None = None,
    gap_days: int = 98,
    use_new_therapy: bool = True,
    use_gap: bool = True,
    gap_from_start: bool = True,
) -> Outcome | None:
    """PFS, IPFS; DOR, IDOR from the response on. PFSS: without new therapy and gap.

    `progression` is the date of PD; for iRECIST see `irecist_progression`.
    """
    therapy = new_therapy if use_new_therapy else None
    if stop is not None and therapy is not None and therapy > stop:
        therapy = None
    # The assessment of a PD is adequate, also when it is not listed.
    days = sorted({*adequate, *([progression] if progression else [])})
    days = [day for day in days if therapy is None or day <= therapy]
    days = [day for day in days if stop is None or day <= stop]
    gap = timedelta(gap_days)
    # Progression is listed first: on the day of death it is the event.
    event = earliest_event([Source(progression, PROGRESSION), Source(death, DEATH)], stop)

    # 2: no adequate assessment, unless there was an early death
    if not days and start is not None:
        early_death = event is not None and event.text == DEATH and event.date <= start + gap
        if not early_death:
            return outcome(start, Source(start, NO_ASSESSMENT, 2))
    last = days[-1] if days else start

    # 3: new therapy before the event, or without one
    if therapy is not None and (event is None or therapy < event.date):
        return censored(start, last, BEFORE_THERAPY, 3)

    # 4: missed assessments before the event
    if use_gap and event is not None:
        if event.text == PROGRESSION:
            before = [day for day in days if day < event.date]
        else:
            before = [day for day in days if day <= event.date]
        since = before[-1] if before else (start if gap_from_start else None)
        if since is not None and event.date - since > gap:
            return censored(start, since, BEFORE_MISSED, 4)

    if event is not None:
        return outcome(start, event)

    # 1: the last adequate assessment
    return censored(start, last, LAST_ASSESSMENT, 1)


def censored(start: date | None, day: date | None, text: str, cnsr: int) -> Outcome | None:
    return None if day is None else outcome(start, Source(day, text, cnsr))


def irecist_progression(
    confirmed: date | None, unresolved: date | None, count_unresolved: bool = True
) -> date | None:
    """ICPD, else an unresolved iUPD (A26)."""
    if confirmed is not None:
        return confirmed
    return unresolved if count_unresolved else None


def duration_of_response(
    response: date | None,
    progression: date | None,
    death: date | None,
    adequate: Iterable[date],
    new_therapy: date | None = None,
    stop: date | None = None,
    gap_days: int = 98,
) -> Outcome | None:
    """DOR, IDOR: of responders only, from the first response that was confirmed."""
    if response is None:
        return None
    return progression_free(response, progression, death, adequate, new_therapy, stop, gap_days)


def time_to_response(
    enrolled: date | None, response: date | None, stop: date | None = None
) -> Outcome | None:
    """TTR, ITTR: of responders only."""
    return time_to_event(enrolled, [Source(response, RESPONSE)], [], stop)
