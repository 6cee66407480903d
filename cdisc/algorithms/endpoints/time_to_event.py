"""Time to event: from a start to the first event, or to the date of censoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Considered,
    DateColumn,
    Explaining,
    Grouped,
    Issue,
    Link,
    Made,
    Selected,
    default,
)
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import Groups
from cdisc.algorithms.columns.uniques import Codes
from cdisc.algorithms.endpoints.censoring import (
    Applied,
    Censor,
    Censoring,
    Chosen,
    Event,
    applied,
    censored,
    check_rules,
    dated,
    earliest,
    texts_of,
)
from cdisc.algorithms.endpoints.durations import Unit, time_between
from cdisc.algorithms.endpoints.histories import Days, date_text, dates_of, of_group, persons
from cdisc.algorithms.endpoints.survival_reasons import reasons
from cdisc.algorithms.registry import algorithm
from cdisc.model import Severity

MADE = (
    "STARTDT",
    "ADT",
    "AVAL",
    "CNSR",
    "EVNTDESC",
    "CNSDTDSC",
    "SRCDOM",
    "SRCVAR",
    "SRCSEQ",
)
_NAME = "time_to_event"


def _method(texts: Mapping[str, str]) -> str:
    unit = {
        "months": f"Days, both counted, divided by {texts['days_in_month']},",
        "calendar_months": "Calendar months",
    }.get(texts["unit"], "Days, both counted,")
    text = f"{unit} from {texts['start']} to the earliest event: {texts['events']}"
    if texts["stop"]:
        text += f" (not after {texts['stop']})"
    if texts["censors"]:
        which = "first rule that holds" if texts["censoring"] == "first_match" else "latest date"
        text += f"; censored by the {which}: {texts['censors']}"
    return text + "."


@algorithm(main="start", method=_method, makes=MADE)
def time_to_event(
    groups: Grouped,
    start: DateColumn,
    events: tuple[Event, ...],
    censors: tuple[Censor, ...] = (),
    censoring: Censoring = "latest",
    stop: DateColumn | None = None,
    unit: Unit = "days",
    days_in_month: float = 30.4375,
    if_none: Literal["finding", "missing"] = "finding",
    subject: Column = default("USUBJID"),
    explain: Explaining = False,
) -> Made:
    """The time from a start to the first event, or to censoring: a record for each subject.

    1. Take the earliest event of the subject that is not after `stop`; of one day the first
       listed.
    2. A censoring rule without conditions holds where there is no event. One with `stopped_by`,
       `if_gap_over` or `if_none` holds when each of its conditions does, also against an event.
       Its date is that of its latest record that counts; without such a record it does not hold.
    3. Where no rule holds against it the event counts, with CNSR 0. Otherwise the rule that
       holds decides: of several that with the latest date, of one day the last listed; with
       `first_match` the first listed.
    4. The time is ADT - STARTDT + 1 days, or that in months.

    Missing: without start there is a time of censoring or event but no AVAL, with a finding. A
    subject without event and without a rule that holds gets no record, with a finding unless
    `if_none` is missing. A record without date does not count; one with an incomplete date
    neither, with a finding. A date before the start gives AVAL of one day and a finding.
    Ties: of records of one selection and day the one with the lowest sequence tells of an
    event, the one with the highest of censoring.
    Source: ADaM BDS-TTE 1.0; FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs
    (2018), appendix, for rules that censor against an event.
    Example: enrolled 2024-01-01, progression 2024-01-31 give 31 days and CNSR 0.

    Args:
        groups: the subjects, a group of rows each.
        start: the first day of the time.
        events: the kinds of events, by which a tie is decided.
        censors: the rules of censoring.
        censoring: which rule decides where several hold.
        stop: the day after which no event counts.
        unit: days, months of `days_in_month`, or calendar months.
        days_in_month: the length of a month.
        if_none: what to make of a subject without event and censoring; missing where only some
            subjects are meant to have a record, as responders.
        subject: the subject of the row.
        explain: whether to say of each candidate why it was taken or not.
    """
    check_rules(events, censors)
    people = persons(groups, subject, _NAME)
    begin, issues = of_group(start, groups, _NAME, "start")
    end, more = of_group(stop, groups, _NAME, "stop")
    issues += more
    sources = []
    for kind in events:
        found, more = dated(kind.of, people, _NAME, kind.describe)
        sources.append(found)
        issues += more
    event = earliest(sources, end, groups.count)
    assessed = np.array([*(kind.assessed for kind in events), False])[event.source]
    rules: list[Applied] = []
    for rule in censors:
        ruled, more = applied(rule, people, begin, event, assessed, _NAME)
        rules.append(ruled)
        issues += more
    censor = censored(rules, censoring, groups.count)
    made = np.flatnonzero(event.known | censor.known)
    day = np.where(censor.known, censor.day, event.day)
    issues += _told(groups, begin, day, if_none)
    asked: tuple[Considered, ...] = ()
    if explain:
        asked = reasons(made, end, events, sources, event, rules, censor, censoring)
    columns, links = _columns(made, begin, day, events, censors, event, censor)
    early = day[made] < begin[made]
    time = time_between(begin[made], np.where(early, begin[made], day[made]), unit, days_in_month)
    columns["AVAL"] = pd.Series(time)
    none = np.empty(0, dtype=np.int64)
    return Made(columns, made, none, none, issues, links, asked)


def _columns(
    made: Codes,
    begin: Days,
    day: Days,
    events: Sequence[Event],
    censors: Sequence[Censor],
    event: Chosen,
    censor: Chosen,
) -> tuple[dict[str, pd.Series[Any]], tuple[Link, ...]]:
    """The columns of the records made but AVAL, and what they came from."""
    count = len(made)
    rule = censor.source[made]
    # events first, then rules: one number for what each record came from
    source = np.where(rule >= 0, rule + len(events), event.source[made])
    record = np.where(rule >= 0, censor.record[made], event.record[made])
    selections = [*(kind.of for kind in events), *(kind.of for kind in censors)]
    said = [kind.describe for kind in events] + [kind.outcome or kind.describe for kind in censors]
    value = np.array([0, *(kind.cnsr for kind in censors)], dtype=np.float64)[rule + 1]
    sequence = np.full(count, np.nan)
    links: list[Link] = []
    for number, selected in enumerate(selections):
        rows = np.flatnonzero(source == number)
        if not len(rows):
            continue
        if "sequence" in selected.columns:
            numbers = selected["sequence"].to_numpy(dtype=np.float64, na_value=np.nan)
            sequence[rows] = numbers[record[rows]]
        links.append(Link(selected.name, rows, selected.rows[record[rows]]))
    names = [_variable(selected) for selected in selections]
    columns: dict[str, pd.Series[Any]] = {
        "STARTDT": dates_of(begin[made]),
        "ADT": dates_of(day[made]),
        "CNSR": pd.Series(value),
        "EVNTDESC": texts_of(count, source, said),
        "CNSDTDSC": texts_of(count, rule, [kind.describe for kind in censors]),
        "SRCDOM": texts_of(count, source, [selected.name for selected in selections]),
        "SRCVAR": texts_of(count, source, names),
        "SRCSEQ": pd.Series(sequence),
    }
    return columns, tuple(links)


def _variable(selected: Selected) -> str:
    return selected.variables.get("date", "date")


def _told(groups: Groups, begin: Days, day: Days, if_none: str) -> tuple[Issue, ...]:
    """What there is to say of subjects, at their first rows."""

    def at(where: Any) -> Any:
        rows = np.zeros(len(groups.of), dtype=np.bool_)
        rows[groups.first[np.flatnonzero(where)]] = True
        return rows

    texts = pd.Series(pd.array(date_text(day)[groups.of], dtype="str"))
    issues = (
        *issue(
            f"{_NAME}.before_start",
            "the event or censoring is on {value}, before the start; the time is one day",
            at(day < begin),
            texts,
            severity=Severity.WARNING,
            hint="Ask the site which of the two dates is right",
        ),
        *issue(
            f"{_NAME}.no_start",
            "there is no date of the start, so there is no time",
            at(np.isnan(begin) & np.isfinite(day)),
            severity=Severity.WARNING,
        ),
    )
    if if_none == "missing":
        return issues
    return issues + issue(
        f"{_NAME}.none",
        "there is neither an event nor a date of censoring; the subject has no record",
        at(np.isnan(day)),
        hint="Add a rule of censoring, or: if_none: missing",
    )
