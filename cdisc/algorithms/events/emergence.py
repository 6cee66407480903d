"""Whether an adverse event is treatment-emergent: began, or became worse, under treatment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Columns,
    Considered,
    Explaining,
    Issue,
    Result,
    default,
)
from cdisc.algorithms.columns.ordering import ordered
from cdisc.algorithms.columns.records import group_codes
from cdisc.algorithms.columns.rivals import Reasons, rivals, told
from cdisc.algorithms.columns.uniques import is_missing, spread_text
from cdisc.algorithms.dates.days import of_moments
from cdisc.algorithms.dates.partial_dates import Spans, before, spans
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.values.readings import read
from cdisc.errors import UsageError

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]


def _method(texts: Mapping[str, str]) -> str:
    start, first = texts["start"], texts["treatment_start"]
    text = f"Null without {first}, or when {texts['end']} is before {first}; Y without {start}; "
    text += f"Y when {start} is on or after {first}"
    if texts.get("treatment_end"):
        text += f" and not after {texts['treatment_end']} plus {texts.get('window') or 0} days"
    if texts.get("episode") and texts.get("intensity"):
        if texts.get("new") != "record":
            text += f" and no record of the episode ({texts['episode']}) is before {first}"
        previous = texts.get("compare") == "previous"
        against = "that of the record before" if previous else "all those before treatment"
        text += (
            f"; Y from the first record of the episode on treatment whose {texts['intensity']} is "
            f"above {against}"
        )
    elif texts.get("initial_intensity") and texts.get("intensity"):
        text += (
            f"; Y when it began before {first} and {texts['intensity']} is above "
            f"{texts['initial_intensity']}"
        )
    return f"{text}; null otherwise."


@algorithm(main="start", method=_method, gives="text")
def treatment_emergent(
    start: Column = default("ASTDT"),
    end: Column = default("AENDT"),
    treatment_start: Column = default("TRTSDT"),
    treatment_end: Column | None = None,
    window: int = 0,
    intensity: Column | None = None,
    initial_intensity: Column | None = None,
    episode: Columns | None = None,
    new: Literal["episode", "record"] = "episode",
    compare: Literal["before_treatment", "previous"] = "before_treatment",
    explaining: Explaining = False,
) -> Result:
    """The flag Y on events that began under treatment or became worse under it.

    The first rule that holds decides:

    1. Without a start of treatment: no flag.
    2. The event ended before the start of treatment: no flag.
    3. The start of the event is missing: Y.
    4. It started on or after the start of treatment and not more than `window` days after its
       end, both days included: Y. A missing end of treatment sets no limit.
    5. It started before treatment and its intensity is above its initial intensity, both known: Y.
    6. With `episode`, the records of an event that changes its intensity are one: from the first
       record on treatment whose intensity is above all those before treatment (or above the
       record before it) on, all records of the episode are Y. With `new: episode` rule 4 holds
       only for episodes without a record before treatment; with `new: record` for every record.

    Dates are compared as days, or as moments where both have a time; the window counts days.

    Missing: an intensity that is missing, or no number, is never worse and never exceeded; one
    that is no number is a finding. An incomplete date is as one that is missing.
    Ties: records of an episode of one moment are one step; each is compared with what was before.
    Source: OCCDS 1.1, section 3.2.4 (TRTEMFL); ICH E9 for treatment-emergent events.
    Example: treatment from 2024-01-10 to 2024-02-10 and window 28 flag a start on 2024-03-09.

    Args:
        start: when the event started.
        end: when it ended.
        treatment_start: the subject's first day or moment of treatment.
        treatment_end: the subject's last day of treatment.
        window: days after the end of treatment on which a start still counts.
        intensity: the grade or severity as a number, or text of a number.
        initial_intensity: the intensity at onset, for events of one record.
        episode: the columns that make the records of one event, the subject among them.
        new: whether a new episode, or each record, counts as starting under treatment.
        compare: what an intensity within an episode must exceed.
        explaining: whether to tell of each record why it is flagged or not.
    """
    if intensity is None and (initial_intensity is not None or episode):
        raise UsageError("treatment_emergent compares intensities only with: intensity")
    if intensity is not None and initial_intensity is None and not episode:
        raise UsageError(
            "treatment_emergent needs what the intensity is compared with",
            hint="Name initial_intensity, or the columns of an episode",
        )
    if initial_intensity is not None and episode:
        raise UsageError("treatment_emergent takes initial_intensity or episode, not both")
    first, began = _whole(treatment_start), _whole(start)
    earlier = before(began, first)
    treated = first.known
    over = before(_whole(end), first)
    unknown = treated & ~over & ~began.known
    inside = treated & ~over & began.known & ~earlier
    if treatment_end is not None:
        last = _whole(treatment_end)
        inside &= ~last.known | (_days(began) <= _days(last) + window)
    timely = inside
    issues: tuple[Issue, ...] = ()
    worse = np.zeros(len(start), dtype=np.bool_)
    if intensity is not None:
        grade, issues = _grades(intensity)
        if initial_intensity is not None:
            initial, more_issues = _grades(initial_intensity)
            issues += more_issues
            worse = earlier & (grade > initial)
        else:
            worse, old = _worse_in_episode(
                grade, began, earlier, episode or (), previous=compare == "previous"
            )
            if new == "episode":
                inside = inside & ~old
        worse &= treated & ~over & began.known
    flagged = unknown | inside | worse
    said: tuple[Considered, ...] = ()
    if explaining:
        why = Reasons(len(start), "there is no start of treatment")
        under = treated & ~over & began.known & ~earlier
        why.say(under & timely, "under treatment, but its event began before and is not worse")
        if treatment_end is not None:
            late = f"began {{}}, {_after(window)} the end of treatment, {{}}"
            why.say(under & ~timely, late, start, treatment_end)
        why.say(
            treated & earlier, "began {}, before the start of treatment, {}", start, treatment_start
        )
        why.say(over, "ended {}, before the start of treatment, {}", end, treatment_start)
        why.say(worse, _WORSE["onset" if episode is None else compare])
        why.say(inside, "began {}, on or after the start of treatment, {}", start, treatment_start)
        why.say(unknown, "when it began is not known, which counts as under treatment")
        said = _told(episode or (), flagged, why)
    flags = spread_text(np.where(flagged, 0, -1).astype(np.int64), ("Y",))
    return Result(flags, issues, considered=said)


_WORSE = {
    "onset": "began before treatment, but is worse than it was at onset",
    "before_treatment": "its event rose above what it was before treatment, here or before",
    "previous": "its event rose above the record before, here or before",
}


def _after(window: int) -> str:
    return f"more than {window} days after" if window else "after"


def _told(episode: Columns, flagged: Marks, why: Reasons) -> tuple[Considered, ...]:
    """Of each record the records of its event, with why each is flagged or not."""
    if not episode:
        rows = np.arange(len(flagged))
        return told(rows, rows, flagged, why.take(rows))
    alone = np.any([is_missing(column) for column in episode], axis=0)
    return rivals(group_codes(episode), flagged, why, alone)


def _whole(column: pd.Series[Any]) -> Spans:
    """The spans of whole dates; none where a date is missing or incomplete."""
    when = spans(column)
    rows = np.where(when.complete, np.arange(len(when)), -1)
    return when if when.complete.all() else when.take(rows.astype(np.int64))


def _days(when: Spans) -> Days:
    return of_moments(when.earliest.astype(np.int64))


def _grades(column: pd.Series[Any]) -> tuple[Floats, tuple[Issue, ...]]:
    return read(
        "treatment_emergent.intensity", column, message="{value} is no number; it is not compared"
    )


def _worse_in_episode(
    grade: Floats, began: Spans, before: Marks, episode: Columns, *, previous: bool
) -> tuple[Marks, Marks]:
    """Which records are at or after a worsening of their episode; which episodes are old."""
    count = len(grade)
    seconds = began.earliest.astype(np.int64).astype(np.float64)
    moment: pd.Series[Any] = pd.Series(np.where(began.known, seconds, np.nan))
    rows = ordered(episode, [moment])
    order = rows.positions
    group = np.cumsum(rows.starts) - 1
    step = np.cumsum(rows.starts | ~rows.repeats) - 1  # records of one moment are one step
    known = np.where(np.isnan(grade), -np.inf, grade)[order]
    old = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.bool_)
    np.logical_or.at(old, group, before[order])
    bar = np.full(len(old), -np.inf)
    if previous:
        bars = _highest_of_step_before(known, step, rows.starts)
    else:
        np.maximum.at(bar, group[before[order]], known[before[order]])
        bars = bar[group]
    exceeds = (bars > -np.inf) & (known > bars) & ~before[order] & began.known[order]
    first = np.full(len(old), np.iinfo(np.int64).max)
    np.minimum.at(first, group[exceeds], step[exceeds])
    worse, belongs = np.empty(count, dtype=np.bool_), np.empty(count, dtype=np.bool_)
    worse[order] = step >= first[group]
    belongs[order] = old[group]
    alone = rows.ungrouped
    return worse & ~alone, np.where(alone, before, belongs)


def _highest_of_step_before(known: Floats, step: Days, starts: Marks) -> Floats:
    """The highest intensity of the moment before in an episode; minus infinity for its first."""
    highest = np.full(int(step.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(highest, step, known)
    first = np.zeros(len(highest), dtype=np.bool_)
    first[step[starts]] = True
    earlier = np.append(-np.inf, highest[:-1])
    return np.asarray(np.where(first, -np.inf, earlier)[step])
