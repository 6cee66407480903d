"""iRECIST: a progression is unconfirmed until a later assessment confirms it or takes it back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.endpoints.responses import CR, NE, NON_CR_NON_PD, NONE, PD, PR, SD, combined
from cdisc.algorithms.lesions.lesion_tables import FOREVER, GROWN_FURTHER, Tumors
from cdisc.algorithms.lesions.new_lesions import NewLesions
from cdisc.algorithms.lesions.recist import Parts, Thresholds
from cdisc.algorithms.lesions.sums_of_diameters import Sums

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

ANSWERS = ("iCR", "iPR", "iSD", "iUPD", "NE", "NON-iCR/NON-iUPD", "iCPD")
"""In the order of the words of RECIST 1.1 that they go with; confirmed progression is last."""
IUPD, ICPD = 3, 6

CAUSES = (
    "target",
    "non-target",
    "new lesion",
    "growth of targets",
    "growth of non-target",
    "growth of new targets",
    "growth of new non-target",
    "another new lesion",
)
(TARGET, NON_TARGET, NEW, MORE_TARGET, MORE_NON_TARGET, MORE_NEW, MORE_NEW_OTHER, ANOTHER) = (
    1 << bit for bit in range(len(CAUSES))
)


@dataclass(frozen=True, slots=True, eq=False)
class Immune:
    """Of each assessment, parallel, what iRECIST says.

    `response` is a number among ANSWERS (NONE before treatment and after iCPD); `against` the
    assessment whose unconfirmed progression it was compared with or -1; `reset`, that it took
    that back; `day` its day; `causes` bits of CAUSES.
    """

    response: Ints
    against: Ints
    reset: Marks
    day: Ints
    causes: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Everything that the responses are made of.

    `symptoms`: which assessments were made because the patient had got worse; `grown`: sorted keys
    (lesion, assessment) of grown non-targets.
    """

    tumors: Tumors
    sums: Sums
    parts: Parts
    new: NewLesions
    symptoms: Marks
    grown: Ints

    def key(self, lesion: Ints, assessment: Ints) -> Ints:
        """One number for a lesion and an assessment."""
        return lesion * self.tumors.assessments.count + assessment


@dataclass(slots=True, eq=False)
class _State:
    """What is remembered of every subject.

    The assessment of the first unconfirmed progression since the last reset (-1: none is open)
    and its causes; the last reset (-1: never), because new lesions known by then cause no further
    progression; whether one was confirmed.
    """

    open: Ints
    causes: Ints
    reset: Ints
    confirmed: Marks


def immune_responses(
    tumors: Tumors,
    sums: Sums,
    parts: Parts,
    new: NewLesions,
    symptoms: Marks,
    limits: Thresholds,
    confirmation_days: int,
) -> Immune:
    """The iRECIST response at every assessment from treatment on.

    All subjects go from one assessment to the next together: there are as many steps as the
    subject with the most assessments has.

    Args:
        tumors: what was read of the lesions.
        sums: their sums of diameters.
        parts: the parts of the response by RECIST 1.1.
        new: the new lesions.
        symptoms: assessments made because the patient had got worse.
        limits: the growth that confirms is the growth of a progression.
        confirmation_days: days from an unconfirmed progression to one that may confirm it.
    """
    assessments, count = tumors.assessments, tumors.assessments.count
    readings = tumors.readings
    grown = parts.grown.readings
    keys = np.sort(readings.lesion[grown] * count + readings.assessment[grown])
    seen = Seen(tumors, sums, parts, new, symptoms, keys)
    found = Immune(
        np.full(count, NONE, dtype=np.int64),
        np.full(count, -1, dtype=np.int64),
        np.zeros(count, dtype=np.bool_),
        assessments.last.copy(),
        np.zeros(count, dtype=np.int64),
    )
    people = len(assessments.first)
    state = _State(
        np.full(people, -1, dtype=np.int64),
        np.zeros(people, dtype=np.int64),
        np.full(people, -1, dtype=np.int64),
        np.zeros(people, dtype=np.bool_),
    )
    ahead = assessments.many - assessments.treated
    for step in range(int(ahead.max(initial=0))):
        who = np.flatnonzero((ahead > step) & ~state.confirmed)
        at = assessments.first[who] + assessments.treated[who] + step
        _step(at, who, state, found, seen, limits, confirmation_days)
    return found


def _step(
    at: Ints,
    who: Ints,
    state: _State,
    found: Immune,
    seen: Seen,
    limits: Thresholds,
    confirmation_days: int,
) -> None:
    """The next assessment `at` of the subjects `who`, all different."""
    parts, sums, new = seen.parts, seen.sums, seen.new
    target, other = parts.target[at], parts.non_target[at]
    is_open = state.open[who] >= 0
    before = np.where(is_open, state.open[who], at)
    still = _of_new(seen, at, state.reset[who])
    causes = (
        TARGET * (target == PD) + NON_TARGET * (other == PD) + NEW * (still.day < FOREVER)
    ).astype(np.int64)
    another = _of_new(seen, at, before)
    growth, growth_day = _growth(at, before, state.causes[who], another.day, seen, limits)
    late = parts.last_day[at] - found.day[before] >= confirmation_days
    early = seen.symptoms[at] & (another.day < FOREVER)
    confirms = is_open & np.where(late, growth > 0, early)
    shrinks = (sums.complete[at] & (sums.known[at] < sums.known[before])) | (
        new.complete[at] & (new.sum[at] < new.sum[before])
    )
    calm = _without_new(target, other, new.standing[at])
    reset = (
        is_open
        & ~confirms
        & shrinks
        & (another.day == FOREVER)
        & np.isin(calm, (CR, PR, SD, NON_CR_NON_PD))
    )
    progresses = ~confirms & ~reset & (causes > 0)
    response = np.select(
        [confirms, reset, progresses, is_open & (calm != NE)],
        [ICPD, calm, IUPD, IUPD],
        default=calm,
    )
    new_day = np.where(is_open, still.day, still.first_seen)
    confirmed_day = np.where(late, growth_day, another.day)
    found.response[at] = response
    found.against[at] = np.where(is_open, before, -1)
    found.reset[at] = reset
    found.causes[at] = np.select(
        [confirms, progresses], [np.where(late, growth, ANOTHER), causes], default=0
    )
    found.day[at] = np.select(
        [confirms, progresses],
        [confirmed_day, parts.progression_day(new_day, at)],
        default=parts.last_day[at],
    )
    opens = progresses & ~is_open
    state.causes[who[opens]] = causes[opens]
    state.open[who[opens]] = at[opens]
    state.open[who[reset]] = -1
    state.reset[who[reset]] = at[reset]
    state.confirmed[who[confirms]] = True


def _without_new(target: Ints, other: Ints, standing: Marks) -> Ints:
    """The response but for new lesions; it is not complete while one of them stands."""
    calm = combined(target, other, np.zeros(len(target), dtype=np.bool_))
    less = np.where(target == NONE, NON_CR_NON_PD, PR)
    return np.where((calm == CR) & standing, less, calm)


@dataclass(frozen=True, slots=True, eq=False)
class _Days:
    """Of each subject the first day of new lesions; FOREVER without any.

    `day` is that at the assessment, `first_seen` the earliest on which one of them was first seen.
    """

    day: Ints
    first_seen: Ints


def _of_new(seen: Seen, at: Ints, known: Ints) -> _Days:
    """New lesions seen at the assessments that were not yet certain at the assessments `known`."""
    readings, place = seen.new.present.of(at)
    lesion = seen.tumors.readings.lesion[readings]
    fresh = seen.new.certain[lesion] > known[place]
    day = np.full(len(at), FOREVER, dtype=np.int64)
    first = np.full(len(at), FOREVER, dtype=np.int64)
    np.minimum.at(day, place[fresh], seen.tumors.readings.day[readings[fresh]])
    np.minimum.at(first, place[fresh], seen.new.seen[lesion[fresh]])
    return _Days(day, first)


def _growth(
    at: Ints, before: Ints, causes: Ints, another_day: Ints, seen: Seen, limits: Thresholds
) -> tuple[Ints, Ints]:
    """What has grown since an unconfirmed progression, as bits of CAUSES, and since which day.

    The sums at that progression must be complete, or what was not measured then would be growth.
    """
    parts, sums, new = seen.parts, seen.sums, seen.new
    target = parts.target[at] == PD
    was_target, was_other = (causes & TARGET) > 0, (causes & NON_TARGET) > 0
    more = sums.complete[before] & (sums.known[at] - sums.known[before] >= limits.growth)
    more_new = new.complete[before] & (new.sum[at] - new.sum[before] >= limits.growth)
    other_day = _non_target_growth(seen, at, before)
    other = other_day < FOREVER
    new_other = new.grown_day[at] < FOREVER
    another = another_day < FOREVER
    bits: Ints = (
        TARGET * (target & ~was_target)
        + NON_TARGET * (other & ~was_other)
        + MORE_TARGET * (was_target & more)
        + MORE_NON_TARGET * (other & was_other)
        + MORE_NEW * more_new
        + MORE_NEW_OTHER * new_other
        + ANOTHER * another
    ).astype(np.int64)
    day = np.minimum.reduce(
        [
            np.where((bits & (TARGET | MORE_TARGET)) > 0, parts.target_day[at], FOREVER),
            other_day,
            np.where(more_new, new.sum_day[at], FOREVER),
            new.grown_day[at],
            another_day,
        ]
    )
    return bits, day


def _non_target_growth(seen: Seen, at: Ints, before: Ints) -> Ints:
    """The first day of a non-target lesion that has grown further, or had not grown before."""
    readings, place = seen.parts.grown.of(at)
    found = seen.tumors.readings
    key = seen.key(found.lesion[readings], before[place])
    grew = np.append(seen.grown, -1)[np.searchsorted(seen.grown, key)] == key
    counts = (found.state[readings] == GROWN_FURTHER) | ~grew
    day = np.full(len(at), FOREVER, dtype=np.int64)
    np.minimum.at(day, place[counts], found.day[readings[counts]])
    return day
