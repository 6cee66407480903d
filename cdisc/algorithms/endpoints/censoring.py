"""Events and censoring of a survival time: candidates in order, and the rule that holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Column, Issue, Selected, records
from cdisc.algorithms.columns.records import in_order, packed
from cdisc.algorithms.columns.uniques import Codes, spread_text
from cdisc.algorithms.endpoints.histories import (
    Days,
    InOrder,
    Marks,
    Persons,
    days_of,
    of_group,
    present,
    sequence_of,
    told,
)
from cdisc.errors import UsageError
from cdisc.model import Severity

DATED = records(by="USUBJID", date=None, sequence="")
"""Records with a date, and a sequence number where they have one."""

Censoring = Literal["latest", "first_match"]


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One kind of event: the records that tell of it.

    Args:
        of: the records with the date of the event, and the sequence number if they have one.
        describe: what happened, for EVNTDESC.
        assessed: whether the event is found at an assessment, which then is not one before it.
    """

    of: Annotated[Selected, DATED]
    describe: str
    assessed: bool = False

    @staticmethod
    def in_words(texts: Mapping[str, str]) -> str:
        """An event as the method text tells it, from the texts of its fields."""
        found = ", found at an assessment" if texts["assessed"] == "yes" else ""
        return f"{texts['describe']} ({texts['of']}{found})"


@dataclass(frozen=True, slots=True, eq=False)
class Censor:
    """One rule of censoring: which records give the date, and when it holds.

    A rule without `stopped_by`, `if_gap_over` or `if_none` holds where there is no event. With
    them it also holds against an event, when each of its conditions does. Records on the day of
    the start always count as far as `up_to` and `stopped_by` go.

    Args:
        of: the records with the date of censoring; the latest that counts is taken.
        describe: the date in words, for CNSDTDSC.
        cnsr: the value of CNSR.
        outcome: what EVNTDESC says; `describe` without it.
        up_to: records after this date do not count; where it is missing all do.
        stopped_by: holds where this date is known and no event lies on or before it; records
            after it do not count.
        if_gap_over: holds where an event lies more than so many days after the record; records
            from the event on do not count.
        if_none: holds where the subject has none of these records, as far as they count.
        unless: does not hold where the subject has one of these records `within` days of the
            start.
        within: the days from the start to a record of `unless`, at most.
    """

    of: Annotated[Selected, DATED]
    describe: str
    cnsr: int = 1
    outcome: str | None = None
    up_to: Column | None = None
    stopped_by: Column | None = None
    if_gap_over: int | None = None
    if_none: Annotated[Selected, DATED] | None = None
    unless: Annotated[Selected, DATED] | None = None
    within: int | None = None

    @property
    def against_events(self) -> bool:
        """Whether it may hold although there is an event."""
        given = (self.stopped_by, self.if_gap_over, self.if_none)
        return any(condition is not None for condition in given)

    @staticmethod
    def in_words(texts: Mapping[str, str]) -> str:
        """A rule as the method text tells it, from the texts of its fields."""
        bounds = [texts[name] for name in ("up_to", "stopped_by") if texts[name]]
        bounds += ["the event"] if texts["if_gap_over"] else []
        # the same date may bound in two ways
        limit = f" up to {' and '.join(dict.fromkeys(bounds))}" if bounds else ""
        outcome = f", outcome '{texts['outcome']}'" if texts["outcome"] else ""
        text = f"at the latest {texts['of']}{limit} as '{texts['describe']}' "
        text += f"(CNSR {texts['cnsr']}{outcome}), if "
        holds = []
        if texts["stopped_by"]:
            holds.append(f"{texts['stopped_by']} is known and no event lies on or before it")
        if texts["if_gap_over"]:
            holds.append(f"the event lies more than {texts['if_gap_over']} days after it")
        if texts["if_none"]:
            holds.append(f"there is no record of {texts['if_none']}{limit}")
        text += " and ".join(holds) or "there is no event"
        if texts["unless"]:
            text += f", unless there is a record of {texts['unless']} within {texts['within']} "
            text += "days of the start"
        return text


def check_rules(events: Sequence[Event], censors: Sequence[Censor]) -> None:
    """Refuse rules that cannot mean anything."""
    if not events:
        raise UsageError("time_to_event needs at least one of events")
    for number, rule in enumerate(censors, 1):
        where = f"time_to_event: rule {number} of censors"
        if rule.cnsr < 1:
            raise UsageError(f"{where}: cnsr must be 1 or more", hint="0 stands for an event")
        if rule.if_gap_over is not None and rule.if_gap_over < 0:
            raise UsageError(f"{where}: if_gap_over cannot be negative")
        if (rule.unless is None) != (rule.within is None):
            raise UsageError(f"{where}: unless and within go together")


@dataclass(frozen=True, slots=True, eq=False)
class Dated(InOrder):
    """Records of one selection, sorted by subject, day and sequence."""

    selected: Selected


def dated(
    selected: Selected, people: Persons, algorithm: str, what: str
) -> tuple[Dated, tuple[Issue, ...]]:
    """The records of the subjects that have a complete date, and an issue for other dates."""
    group = people.of(selected["by"])
    day = days_of(selected["date"])
    rows = np.flatnonzero((group >= 0) & np.isfinite(day))
    days = day[rows].astype(np.int64)
    order = rows[in_order(packed([group[rows], days, sequence_of(selected)[rows]]))]
    issues: tuple[Issue, ...] = ()
    incomplete = (group >= 0) & ~np.isfinite(day)
    if incomplete.any():
        issues = told(
            people.groups,
            f"{algorithm}.partial_date",
            f"{{value}} is no complete date, so it does not count ({what})",
            group,
            incomplete & present(selected["date"]),
            selected["date"],
            severity=Severity.WARNING,
        )
    return Dated(group[order], day[order], order, people.count, selected), issues


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """For each subject a number of a source (event or rule), its record and day.

    `source` is -1 where none was chosen, `day` NaN then.
    """

    source: Codes
    record: Codes
    day: Days

    @property
    def known(self) -> Marks:
        """Which subjects have one."""
        return self.source >= 0


def earliest(sources: Sequence[Dated], end: Days, count: int) -> Chosen:
    """The earliest record of each subject over several sources; of one day the first listed.

    Records after `end`, a day for each subject, do not count; NaN is no end.
    """
    best = np.full(count, np.inf)
    source = np.full(count, -1, dtype=np.int64)
    record = np.full(count, -1, dtype=np.int64)
    for number, part in enumerate(sources):
        place = part.first(~(part.day > end[part.group]))
        day = part.day_of(place)
        better = day < best  # never where there is no record, as NaN is not less
        best[better], source[better] = day[better], number
        record[better] = part.record_of(place)[better]
    return Chosen(source, record, np.where(source >= 0, best, np.nan))


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """One rule on every subject: the record it takes, by place, and whether it holds.

    For who asks why, `counted` says of each record whether it counts; `limits` until which day
    they do, `others` the day of the last record that `if_none` asks not to be; `failed` has the
    conditions that do not hold, one by one.
    """

    rule: Censor
    records: Dated
    counted: Marks
    place: Codes
    day: Days
    limits: Days
    others: Days
    failed: dict[str, Marks]

    @property
    def holds(self) -> Marks:
        """The subjects that the rule holds for."""
        holds = self.place >= 0
        for failed in self.failed.values():
            holds &= ~failed
        return np.asarray(holds, dtype=np.bool_)


def applied(
    rule: Censor, people: Persons, start: Days, event: Chosen, assessed: Marks, algorithm: str
) -> tuple[Applied, tuple[Issue, ...]]:
    """Which subjects a rule holds for, and the record it takes.

    Args:
        rule: the rule.
        people: the subjects.
        start: the first day of each subject's time.
        event: the event of each subject.
        assessed: whether that event is found at an assessment.
        algorithm: the name that issues bear.
    """
    found, issues = dated(rule.of, people, algorithm, rule.describe)
    up_to, more_issues = of_group(rule.up_to, people.groups, algorithm, "up_to")
    stopped, stops = of_group(rule.stopped_by, people.groups, algorithm, "stopped_by")
    issues += more_issues + stops
    limits = np.fmin(up_to, stopped)

    def counts(part: Dated) -> Marks:
        own = part.group
        # the start is before any limit, whatever a wrong date of new therapy says
        kept = ~(part.day > limits[own]) | (part.day == start[own])
        if rule.if_gap_over is not None:
            at_event = (part.day == event.day[own]) & ~assessed[own]
            kept &= (part.day < event.day[own]) | at_event
        return np.asarray(kept, dtype=np.bool_)

    counted = counts(found)
    place = found.last(counted)
    day = found.day_of(place)
    failed: dict[str, Marks] = {}
    there = np.full(people.count, np.nan)
    if not rule.against_events:
        failed["event"] = event.known
    if rule.stopped_by is not None:
        failed["not stopped"] = np.isnan(stopped)
        failed["event before stop"] = event.day <= stopped
    if rule.if_gap_over is not None:
        failed["no event"] = ~event.known
        failed["no gap"] = event.known & (event.day - day <= rule.if_gap_over)
    if rule.if_none is not None:
        others, more_issues = dated(rule.if_none, people, algorithm, rule.describe)
        issues += more_issues
        there = others.day_of(others.last(counts(others)))
        failed["some"] = np.isfinite(there)
    if rule.unless is not None and rule.within is not None:
        others, more_issues = dated(rule.unless, people, algorithm, rule.describe)
        issues += more_issues
        soon = others.day - start[others.group] <= rule.within
        failed["unless"] = others.first(soon) >= 0
    return Applied(rule, found, counted, place, day, limits, there, failed), issues


def censored(rules: Sequence[Applied], censoring: Censoring, count: int) -> Chosen:
    """The rule that decides for each subject: the first that holds, or that of the latest day.

    Of rules that give the same latest day the last listed decides.
    """
    source = np.full(count, -1, dtype=np.int64)
    day = np.full(count, -np.inf)
    record = np.full(count, -1, dtype=np.int64)
    for number, rule in enumerate(rules):
        better = rule.holds & ((source < 0) if censoring == "first_match" else (rule.day >= day))
        source[better] = number
        day[better] = rule.day[better]
        record[better] = rule.records.record_of(rule.place)[better]
    return Chosen(source, record, np.where(source >= 0, day, np.nan))


def texts_of(count: int, source: Codes, texts: Sequence[str]) -> pd.Series[Any]:
    """A text for each source number, missing at -1."""
    return spread_text(source, texts) if count else pd.Series([], dtype="str")
