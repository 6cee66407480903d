"""Non-compartmental analysis: from concentrations over time to parameters of each dose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Condition,
    DateColumn,
    Grouped,
    Issue,
    Made,
    NumberColumn,
    Selected,
    default,
    records,
)
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import Groups
from cdisc.algorithms.columns.subjects import of_subject
from cdisc.algorithms.columns.uniques import spread_text
from cdisc.algorithms.dates.partial_dates import Spans, spans
from cdisc.algorithms.measurements.profiles import Profile, areas, profile
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError, did_you_mean
from cdisc.model import Severity

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

PARAMETERS = ("CMAX", "TMAX", "CLST", "TLST", "AUCLST", "AUCINT")
_OF_INTERVAL = "AUCINT"

REASONS = (
    "NO TIME OF DOSING",
    "NO RESULT AFTER DOSING",
    "SEVERAL RESULTS OF ONE TIME",
    "ALL RESULTS BELOW THE LIMIT OF QUANTITATION",
    "NO RESULT BEFORE DOSING",
    "NEXT DOSE BEFORE THE END OF THE INTERVAL",
    "LAST RESULT QUANTIFIABLE AND BEFORE THE END OF THE INTERVAL",
)
NO_REFERENCE, NO_SAMPLE, SEVERAL, ALL_BELOW, NO_PREDOSE, NEXT_DOSE, NOT_COVERED = range(7)


def _method(texts: Mapping[str, str]) -> str:
    text = (
        f"Non-compartmental analysis of {texts['concentration']} by hours from "
        f"{texts['reference']} to {texts['time']}, areas by linear up, logarithmic down "
        "trapezoids. Results below the limit of quantitation are 0 before the first quantifiable "
        "result and once after the last, otherwise left out; the last result before dosing "
        "counts as hour 0."
    )
    if texts.get("interval_hours"):
        text += f" AUCINT is from 0 to {texts['interval_hours']} hours, without extrapolation"
        text += f", and null when a dose in {texts['doses']} is earlier." if texts["doses"] else "."
    return text


@algorithm(main="concentration", method=_method, makes=("PARAMETER", "RESULT", "REASON"))
def noncompartmental(
    groups: Grouped,
    concentration: NumberColumn,
    below_limit: Condition,
    time: DateColumn,
    reference: DateColumn,
    parameters: tuple[str, ...] = PARAMETERS[:-1],
    interval_hours: float | None = None,
    doses: Annotated[Selected, records(by="USUBJID", date=None)] | None = None,
    subject: Column = default("USUBJID"),
) -> Made:
    """Parameters of concentrations over time, one record for each dose and parameter.

    1. Times are hours since the dose. The last result at or before dosing counts as hour 0,
       earlier ones are left out, as are records without a result.
    2. A result below the limit of quantitation is 0 before the first quantifiable one and
       directly after the last; between two of those and later it is left out.
    3. CMAX is the highest concentration, TMAX the time of the first such; CLST the last
       quantifiable one, TLST its time.
    4. AUCLST is the area from 0 to TLST by trapezoids: linear where the concentration rises,
       stays or falls to 0, logarithmic where it falls.
    5. AUCINT is the area from 0 to `interval_hours`, the concentration at its end read from the
       trapezoid that crosses it; after a last result that is 0 nothing is added.

    Missing: a parameter that cannot be computed has no RESULT but a REASON: no time of dosing,
    no result after dosing, none before it (areas), everything below the limit (then CMAX is 0),
    the next dose before the end of the interval, or a last quantifiable result before it. A
    result whose time is not known to the minute is left out, with a finding.
    Ties: two different results of one time leave all parameters of the dose without a result,
    with a finding; equal ones count once.
    Source: SDTMIG 3.4, section 6.3.5.9 (PC, PP); FDA Bioavailability and Bioequivalence
    guidance for the trapezoids.
    Example: concentrations 0, 100, 50 at hours 0, 1, 2 give CMAX 100, TMAX 1, TLST 2.

    Args:
        groups: the records of one dose.
        concentration: the concentration, a number in one unit.
        below_limit: which records are below the limit of quantitation.
        time: ISO 8601 date/time of the sample.
        reference: ISO 8601 date/time of the dose, the same on all records of a dose.
        parameters: the parameters to make, in this order: CMAX, TMAX, CLST, TLST, AUCLST, AUCINT.
        interval_hours: the end of the interval of AUCINT.
        doses: all doses, to see whether the next one is before the end of the interval.
        subject: the subject of the row, to find the next dose.
    """
    _check(parameters, interval_hours)
    values = concentration.to_numpy(dtype=np.float64, na_value=np.nan)
    when, dosed = spans(time), spans(reference)
    exact = _exact(when)
    start = dosed.take(groups.first)
    known = _exact(start)
    hours = _hours(when, start.take(groups.of))
    measured = below_limit | ~np.isnan(values)
    usable = measured & exact & known[groups.of]
    found = profile(groups, values, below_limit, np.where(usable, hours, np.nan))
    computed = _computed(
        found, groups.count, interval_hours, _next_dose(doses, subject, groups, start)
    )
    _say_what_is_not_there(computed, found, groups, known, usable & (hours > 0))
    issues = (
        *_unlike_references(groups, dosed, reference),
        *issue(
            "noncompartmental.time",
            "the time {value} is not known to the minute; the result is left out",
            measured & known[groups.of] & ~exact,
            time,
        ),
        *issue(
            "noncompartmental.tie",
            "there are different results of the time {value}; no parameter is computed",
            found.tied,
            time,
        ),
    )
    return _records(parameters, computed, found, groups, issues)


def _check(parameters: tuple[str, ...], interval_hours: float | None) -> None:
    if not parameters:
        raise UsageError("noncompartmental needs at least one parameter")
    for name in parameters:
        if name not in PARAMETERS:
            hint = did_you_mean(name, PARAMETERS) or f"There are {', '.join(PARAMETERS)}"
            raise UsageError(f"noncompartmental knows no parameter {name}", hint=hint)
    if _OF_INTERVAL in parameters and interval_hours is None:
        raise UsageError("noncompartmental: AUCINT needs interval_hours")
    if interval_hours is not None and not interval_hours > 0:
        raise UsageError("noncompartmental: interval_hours must be more than 0")


@dataclass(slots=True, eq=False)
class _Parameter:
    """One parameter of every group: its value, or which reason it has not (-1); its points."""

    value: Floats
    reason: Positions
    points: Positions


def _computed(
    found: Profile, count: int, end: float | None, next_dose: Floats
) -> dict[str, _Parameter]:
    """Every parameter as far as the points give it; reasons are still to be said."""
    none = np.full(count, -1, dtype=np.int64)
    last = found.last
    top = found.highest()
    quantified = np.flatnonzero(last >= 0)

    def at(points: Positions, of: Floats) -> _Parameter:
        value = np.full(count, np.nan)
        value[quantified] = of[points[quantified]]
        return _Parameter(value, none.copy(), points[quantified])

    inside = np.arange(len(found.hour)) <= last[found.group]
    to_last = found.sums(np.where(inside[1:], areas(found, np.inf), 0.0), count)
    made = {
        "CMAX": at(top, found.value),
        "TMAX": at(top, found.hour),
        "CLST": at(last, found.value),
        "TLST": at(last, found.hour),
        "AUCLST": _Parameter(to_last, none.copy(), np.flatnonzero(inside)),
    }
    if end is not None:
        area = found.sums(areas(found, end), count)
        points = np.flatnonzero(found.needed_until(end))
        made[_OF_INTERVAL] = _Parameter(area, none.copy(), points)
        final = found.final()
        reaches = np.zeros(count, dtype=np.bool_)
        has = final >= 0
        reaches[has] = (found.hour[final[has]] >= end) | (found.value[final[has]] == 0)
        made[_OF_INTERVAL].reason[~reaches] = NOT_COVERED
        made[_OF_INTERVAL].reason[next_dose < end] = NEXT_DOSE
    return made


def _say_what_is_not_there(
    computed: dict[str, _Parameter], found: Profile, groups: Groups, known: Marks, after: Marks
) -> None:
    """Reasons that several parameters share, the first cause last so that it stands."""
    count = groups.count
    quantified = found.last >= 0
    sampled = np.zeros(count, dtype=np.bool_)
    sampled[groups.of[after]] = True
    tied = np.zeros(count, dtype=np.bool_)
    tied[groups.of[found.tied]] = True
    for name, parameter in computed.items():
        if name.startswith("AUC"):
            parameter.reason[~found.from_zero(count)] = NO_PREDOSE
        if name == "CMAX":
            parameter.value[~quantified] = 0.0
        else:
            parameter.reason[~quantified] = ALL_BELOW
        parameter.reason[tied] = SEVERAL
        parameter.reason[~sampled] = NO_SAMPLE
        parameter.reason[~known] = NO_REFERENCE
        parameter.value[parameter.reason >= 0] = np.nan


def _records(
    parameters: tuple[str, ...],
    computed: dict[str, _Parameter],
    found: Profile,
    groups: Groups,
    issues: tuple[Issue, ...],
) -> Made:
    """One record for each group and parameter, group by group."""
    many, count = len(parameters), groups.count
    order = np.arange(count * many).reshape(many, count).T.reshape(-1)
    value = np.concatenate([computed[name].value for name in parameters])[order]
    reason = np.concatenate([computed[name].reason for name in parameters])[order]
    names = np.tile(np.arange(many), count)
    record, row = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for place, name in enumerate(parameters):
        points = computed[name].points
        mine = found.group[points] * many + place
        said = ~np.isnan(value[mine])
        record.append(mine[said])
        row.append(found.row[points[said]])
    columns: dict[str, pd.Series[Any]] = {
        "PARAMETER": spread_text(names, parameters),
        "RESULT": pd.Series(value),
        "REASON": spread_text(reason, REASONS),
    }
    group = np.repeat(np.arange(count), many)
    return Made(columns, group, np.concatenate(record), np.concatenate(row), issues)


def _exact(when: Spans) -> Marks:
    """Where the moment is known to the minute."""
    width = (when.latest - when.earliest).astype(np.int64)
    return when.complete & when.timed & (width < 60)


def _hours(when: Spans, since: Spans) -> Floats:
    exact = _exact(when) & _exact(since)
    seconds = (when.earliest - since.earliest).astype(np.int64)
    return np.where(exact, seconds, np.nan) / 3600


def _unlike_references(
    groups: Groups, dosed: Spans, reference: pd.Series[Any]
) -> tuple[Issue, ...]:
    moment = dosed.earliest.astype(np.int64)
    return issue(
        "noncompartmental.references",
        "the dose is at {value} here and at another time on the first record of the dose",
        moment != moment[groups.first][groups.of],
        reference,
        severity=Severity.ERROR,
    )


def _next_dose(
    doses: Selected | None, subject: pd.Series[Any], groups: Groups, start: Spans
) -> Floats:
    """Hours from each group's dose to the subject's next one; infinite when there is none."""
    after = np.full(groups.count, np.inf)
    if doses is None or not len(doses) or not groups.count:
        return after
    people = of_subject(subject.take(groups.first), [doses])
    mine, theirs = people.rows, people.records
    given = spans(doses["date"])
    there = np.flatnonzero(given.known & (theirs >= 0))
    begun = start.earliest.astype(np.int64)
    moments = given.earliest[there].astype(np.int64)
    order = np.lexsort((moments, theirs[there]))
    people_sorted, moments_sorted = theirs[there][order], moments[order]
    # the rank of a (person, moment) among the doses, equal moments before
    both = np.lexsort(
        (
            np.r_[np.zeros(len(order)), np.ones(groups.count)],
            np.r_[moments_sorted, begun],
            np.r_[people_sorted, mine],
        )
    )
    is_dose = both < len(order)
    place = np.empty(len(both), dtype=np.int64)
    place[both] = np.cumsum(is_dose)
    following = place[len(order) :]
    inside = following < len(order)
    following = np.where(inside, following, 0)
    same = inside & (people_sorted[following] == mine) & start.known
    after[same] = (moments_sorted[following[same]] - begun[same]) / 3600
    return after
