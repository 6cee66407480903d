"""Why an event or a date of censoring was taken for a survival time, and others were not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cdisc.algorithms.arguments import Considered
from cdisc.algorithms.columns.uniques import Codes
from cdisc.algorithms.endpoints.censoring import Applied, Censoring, Chosen, Dated, Event
from cdisc.algorithms.endpoints.histories import Days, considered, date_text


def reasons(
    made: Codes,
    end: Days,
    events: Sequence[Event],
    sources: Sequence[Dated],
    event: Chosen,
    rules: Sequence[Applied],
    censor: Chosen,
    censoring: Censoring,
) -> tuple[Considered, ...]:
    """What was considered for each record made: every event, every record of every rule.

    `made` are the subjects of the records, one each; all other arrays are by subject. Only asked
    for a few subjects, so it goes through them one by one.
    """
    number = np.full(len(event.source), -1, dtype=np.int64)
    number[made] = np.arange(len(made))
    told = []
    for kind, found in enumerate(sources):
        mine = np.flatnonzero(number[found.group] >= 0)
        why = [
            f"{events[kind].describe}: {_event(found, place, kind, end, event, rules, censor)}"
            for place in mine.tolist()
        ]
        own = found.group[mine]
        taken = (event.source[own] == kind) & (event.record[own] == found.record[mine])
        taken &= ~censor.known[own]
        told.append(considered(found.selected, number[own], found.record[mine], taken, why))
    for kind, rule in enumerate(rules):
        found = rule.records
        mine = np.flatnonzero(number[found.group] >= 0)
        why = [
            f"{rule.rule.describe}: {_rule(rule, place, kind, event, rules, censor, censoring)}"
            for place in mine.tolist()
        ]
        own = found.group[mine]
        taken = (censor.source[own] == kind) & (censor.record[own] == found.record[mine])
        told.append(considered(found.selected, number[own], found.record[mine], taken, why))
    return tuple(one for one in told if len(one.rows))


def _event(
    found: Dated,
    place: int,
    kind: int,
    end: Days,
    event: Chosen,
    rules: Sequence[Applied],
    censor: Chosen,
) -> str:
    group, day = int(found.group[place]), found.day[place]
    if day > end[group]:
        return f"after {_date(end, group)}, after which no event counts"
    if event.source[group] != kind or event.record[group] != found.record[place]:
        if day == event.day[group]:
            return "on the day of the event taken, which is listed before"
        return f"later than the event of {_date(event.day, group)}"
    if not censor.known[group]:
        return "the earliest event"
    rule = rules[int(censor.source[group])]
    return f"the earliest event, but censored: {rule.rule.describe}"


def _rule(
    rule: Applied,
    place: int,
    kind: int,
    event: Chosen,
    rules: Sequence[Applied],
    censor: Chosen,
    censoring: Censoring,
) -> str:
    found = rule.records
    group, day = int(found.group[place]), found.day[place]
    if not rule.counted[place]:
        return _not_counted(rule, group, day, event)
    if rule.place[group] != place:
        return f"there is a later record, of {_date(rule.day, group)}"
    failed = [name for name, marks in rule.failed.items() if marks[group]]
    if failed:
        return "; ".join(_failed(name, rule, group, event) for name in failed)
    if censor.source[group] == kind:
        which = "the first rule that holds" if censoring == "first_match" else "the latest date"
        because = _because(rule, group, event)
        return f"{which}, as {because}" if because else which
    deciding = rules[int(censor.source[group])].rule.describe
    if censoring == "first_match":
        return f"the rule holds, but one listed before does: {deciding}"
    return f"the rule holds, but another has a later date or is listed later: {deciding}"


def _because(rule: Applied, group: int, event: Chosen) -> str:
    """The conditions of a rule against events, in words, where it holds."""
    when = f"the event of {_date(event.day, group)}" if event.known[group] else ""
    said = []
    if rule.rule.stopped_by is not None:
        then = f"before {when}" if when else "and there is no event"
        said.append(f"{_date(rule.limits, group)} stops the time {then}")
    if rule.rule.if_gap_over is not None:
        days = int(event.day[group] - rule.day[group])
        said.append(f"{when} is {days} days later, more than {rule.rule.if_gap_over}")
    if rule.rule.if_none is not None:
        said.append("there is no record that it asks not to be")
    return " and ".join(said)


def _not_counted(rule: Applied, group: int, day: float, event: Chosen) -> str:
    if day > rule.limits[group]:
        return f"after {_date(rule.limits, group)}, until which records count"
    if not event.known[group]:
        return "there is no event"
    return f"not before the event of {_date(event.day, group)}"


def _failed(name: str, rule: Applied, group: int, event: Chosen) -> str:
    when = _date(event.day, group) if event.known[group] else ""
    if name == "event":
        return f"there is an event on {when}"
    if name == "not stopped":
        return "the date that would stop the time is missing"
    if name == "event before stop":
        return f"the event of {when} is not after {_date(rule.limits, group)}"
    if name == "no event":
        return "there is no event"
    if name == "no gap":
        days = int(event.day[group] - rule.day[group])
        return f"the event of {when} is {days} days later, not more than {rule.rule.if_gap_over}"
    if name == "some":
        return f"there is a record, of {_date(rule.others, group)}, that it asks not to be"
    return f"what it does not hold with lies within {rule.rule.within} days of the start"


def _date(days: Days, group: int) -> str:
    return str(date_text(days[[group]])[0])
