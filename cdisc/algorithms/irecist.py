"""iRECIST: a progression is unconfirmed until a later assessment confirms it or takes it back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.lesions import FOREVER, Tumors
from cdisc.algorithms.recist import Parts, Thresholds
from cdisc.algorithms.responses import CR, NE, NON_CR_NON_PD, NONE, PD, PR, SD, combined
from cdisc.algorithms.sums_of_diameters import Sums

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

ANSWERS = ("iCR", "iPR", "iSD", "iUPD", "NE", "NON-iCR/NON-iUPD", "iCPD")
"""In the order of the words of RECIST 1.1 that they go with; confirmed progression is last."""
IUPD, ICPD = 3, 6


@dataclass(frozen=True, slots=True, eq=False)
class Immune:
    """Of each assessment, parallel: the response by number among ANSWERS (NONE before
    treatment); `against`, the assessment whose unconfirmed progression it was compared with or
    -1; `reset`, that it took that back; its `day`; and `causes`, bits of CAUSES."""

    response: Ints
    against: Ints
    reset: Marks
    day: Ints
    causes: Ints


CAUSES = (
    "target",
    "non-target",
    "new lesion",
    "growth of target",
    "growth of non-target",
    "growth of new target",
    "growth of new non-target",
    "another new lesion",
)
(TARGET, NON_TARGET, NEW, MORE_TARGET, MORE_NON_TARGET, MORE_NEW, MORE_NEW_OTHER, ANOTHER) = (
    1 << bit for bit in range(len(CAUSES))
)


@dataclass(slots=True, eq=False)
class _State:
    """What is remembered of every subject: the assessment of the first unconfirmed progression
    since the last reset (-1: none is open) and its causes; whether one was confirmed."""

    open: Ints
    causes: Ints
    confirmed: Marks


def immune_responses(
    tumors: Tumors,
    sums: Sums,
    parts: Parts,
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
        symptoms: assessments made because the patient had got worse.
        limits: the growth that confirms is the growth of a progression.
        confirmation_days: days from an unconfirmed progression to one that may confirm it.
    """
    assessments = tumors.assessments
    count = assessments.count
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
        np.zeros(people, dtype=np.bool_),
    )
    ahead = assessments.many - assessments.treated
    # subjects by how many assessments they have, so that each step takes a leading part of them
    order = np.argsort(-ahead, kind="stable")
    sizes = -ahead[order]
    for step in range(int(ahead.max(initial=0))):
        who = order[: np.searchsorted(sizes, -step, side="left")]
        at = assessments.first[who] + assessments.treated[who] + step
        _step(at, who, state, found, tumors, sums, parts, symptoms, limits, confirmation_days)
    return found


def _step(
    at: Ints,
    who: Ints,
    state: _State,
    found: Immune,
    tumors: Tumors,
    sums: Sums,
    parts: Parts,
    symptoms: Marks,
    limits: Thresholds,
    confirmation_days: int,
) -> None:
    """The next assessment `at` of the subjects `who`, all different."""
    earlier = np.where(tumors.assessments.number[at] > 0, parts.appeared[np.maximum(at - 1, 0)], 0)
    appears = parts.appeared[at] > earlier
    by_part = (
        TARGET * (parts.target[at] == PD)
        + NON_TARGET * (parts.non_target[at] == PD)
        + NEW * appears
    )
    plain = combined(parts.target[at], parts.non_target[at], appears)
    is_open = (state.open[who] >= 0) & ~state.confirmed[who]
    before = np.where(is_open, state.open[who], at)
    growth = _growth(at, before, state.causes[who], sums, parts, limits)
    another = (growth & ANOTHER) > 0
    late = tumors.assessments.last[at] - found.day[before] >= confirmation_days
    confirms = is_open & np.where(late, growth > 0, symptoms[at] & another)
    shrinks = (sums.complete[at] & (sums.known[at] < sums.known[before])) | (
        sums.new_complete[at] & (sums.new[at] < sums.new[before])
    )
    without_new = combined(parts.target[at], parts.non_target[at], np.zeros(len(at), dtype=np.bool_))
    responds = np.isin(without_new, (CR, PR, SD, NON_CR_NON_PD)) & ~another
    reset = is_open & ~confirms & shrinks & responds
    unread = is_open & (without_new == NE) & ~parts.new[at] & ~another
    response = np.select(
        [state.confirmed[who] | confirms, reset, unread, is_open],
        [ICPD, without_new, NE, IUPD],
        default=plain,
    )
    causes = np.where(confirms, growth, by_part)
    progresses = (response == IUPD) | (response == ICPD)
    found.response[at] = response
    found.against[at] = np.where(is_open, before, -1)
    found.reset[at] = reset
    found.causes[at] = np.where(progresses, causes, 0)
    found.day[at] = _days(at, response, causes, appears & ~is_open, parts)
    opens = ~is_open & ~state.confirmed[who] & (response == IUPD)
    state.causes[who[opens]] = by_part[opens]
    state.open[who[opens]] = at[opens]
    state.open[who[reset]] = -1
    state.confirmed[who[confirms]] = True


def _growth(
    at: Ints, before: Ints, causes: Ints, sums: Sums, parts: Parts, limits: Thresholds
) -> Ints:
    """What has grown since an unconfirmed progression, as bits of CAUSES."""
    target = parts.target[at] == PD
    other = parts.non_target[at] == PD
    was_target, was_other = (causes & TARGET) > 0, (causes & NON_TARGET) > 0
    more = sums.complete[before] & (sums.known[at] - sums.known[before] >= limits.growth)
    more_new = sums.new_complete[before] & (sums.new[at] - sums.new[before] >= limits.growth)
    further = parts.further[at] | (other & (parts.grown[at] > parts.grown[before]))
    found: Ints = (
        TARGET * (target & ~was_target)
        + NON_TARGET * (other & ~was_other)
        + MORE_TARGET * (was_target & more)
        + MORE_NON_TARGET * (further & was_other)
        + MORE_NEW * more_new
        + MORE_NEW_OTHER * parts.new_grown[at]
        + ANOTHER * (parts.appeared[at] > parts.appeared[before])
    ).astype(np.int64)
    return found


def _days(at: Ints, response: Ints, causes: Ints, first_seen: Marks, parts: Parts) -> Ints:
    """The day of each response: of the scan with the new or grown lesion, otherwise of the last
    scan of targets for growth of the sum, otherwise of the latest scan.

    A first progression by a new lesion has the day on which the lesion was first seen; one that
    is confirmed by another lesion has the day of this assessment.
    """
    confirmed = response == ICPD
    progresses = (response == IUPD) | confirmed
    by_scan = np.minimum(
        np.where(first_seen, parts.new_day[at], FOREVER),
        np.where(parts.non_target[at] == PD, parts.growth_day[at], FOREVER),
    )
    by_new = confirmed & ((causes & (MORE_NEW | MORE_NEW_OTHER | ANOTHER)) > 0)
    by_sum = np.where(by_new, parts.last_day[at], np.where(parts.target[at] == PD, parts.target_day[at], parts.last_day[at]))
    day: Ints = np.where(progresses & (by_scan < FOREVER), by_scan, np.where(progresses, by_sum, parts.last_day[at]))
    return day
