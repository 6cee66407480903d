"""New lesions: since when each is beyond doubt, where it is seen, and their sum of diameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.lesions.lesion_tables import ABSENT, FOREVER, GROWN, Tumors
from cdisc.algorithms.lesions.lesion_words import NEW_NON_TARGET, NEW_TARGET

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class AtAssessments:
    """Some readings by assessment: those of assessment a are `readings[low[a] : low[a + 1]]`."""

    readings: Ints
    low: Ints

    def of(self, at: Ints) -> tuple[Ints, Ints]:
        """The readings of those assessments, and for each the position in `at`."""
        sizes = self.low[at + 1] - self.low[at]
        inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return self.readings[np.repeat(self.low[at], sizes) + inside], np.repeat(
            np.arange(len(at)), sizes
        )


def at_assessments(tumors: Tumors, which: Marks) -> AtAssessments:
    """Those readings in the order of their assessments."""
    chosen = np.flatnonzero(which)
    chosen = chosen[np.argsort(tumors.readings.assessment[chosen], kind="stable")]
    places = np.arange(tumors.assessments.count + 1)
    return AtAssessments(
        chosen, np.searchsorted(tumors.readings.assessment[chosen], places, side="left")
    )


@dataclass(frozen=True, slots=True, eq=False)
class NewLesions:
    """New lesions that are beyond doubt.

    Of each lesion: `certain`, the first assessment that is sure of it (the number of assessments:
    never), and `seen`, the day on which it was first seen, surely or not. `present` are the
    readings that see one, without pieces of others. Of each assessment: `there`, that one is
    seen; `standing`, that one was seen and is not known to be gone; `first_seen`, the earliest day
    on which one of those that are there was first seen; `sum` in micrometres, `complete` when
    all that are measured at all were; `sum_day`, the last scan of those; `grown_day`, the first
    scan that shows one grown that is not measured (FOREVER without).
    """

    certain: Ints
    seen: Ints
    present: AtAssessments
    there: Marks
    standing: Marks
    first_seen: Ints
    sum: Ints
    complete: Marks
    sum_day: Ints
    grown_day: Ints


def new_lesions(tumors: Tumors) -> NewLesions:
    """The new lesions of all subjects."""
    lesions, readings, count = tumors.lesions, tumors.readings, tumors.assessments.count
    new = tumors.has_role(NEW_TARGET, NEW_NON_TARGET)
    certain = np.full(len(lesions), count, dtype=np.int64)
    sure = new & readings.certain
    np.minimum.at(certain, readings.lesion[sure], readings.assessment[sure])
    by_then = new & (readings.assessment >= certain[readings.lesion])
    shows = readings.state > ABSENT
    seen = np.full(len(lesions), FOREVER, dtype=np.int64)
    np.minimum.at(seen, readings.lesion[new & shows], readings.day[new & shows])
    present = by_then & shows
    first_seen = np.full(count, FOREVER, dtype=np.int64)
    np.minimum.at(first_seen, readings.assessment[present], seen[readings.lesion[present]])
    measured = by_then & (lesions.role[readings.lesion] == NEW_TARGET) & (readings.diameter >= 0)
    grown = by_then & (lesions.role[readings.lesion] == NEW_NON_TARGET) & (readings.state >= GROWN)
    grown_day = np.full(count, FOREVER, dtype=np.int64)
    np.minimum.at(grown_day, readings.assessment[grown], readings.day[grown])
    return NewLesions(
        certain,
        seen,
        at_assessments(tumors, present & ~lesions.derived[readings.lesion]),
        tumors.per_assessment(present) > 0,
        _standing(tumors, certain, present, by_then & (readings.state == ABSENT)),
        first_seen,
        tumors.per_assessment(measured, readings.diameter),
        tumors.per_assessment(measured) == _awaited(tumors, certain),
        tumors.latest_day(measured),
        grown_day,
    )


def _awaited(tumors: Tumors, certain: Ints) -> Ints:
    """How many new lesions, certain by then, are to be measured at each assessment.

    One that is only ever described, never measured, is not missing in the sum.
    """
    lesions = tumors.lesions
    measured = np.zeros(len(lesions), dtype=np.bool_)
    measured[tumors.readings.lesion[tumors.readings.asked]] = True
    return tumors.expected(
        lesions.listed
        & (lesions.role == NEW_TARGET)
        & measured
        & (certain < tumors.assessments.count),
        since=np.append(tumors.assessments.number, FOREVER)[certain],
    )


def _standing(tumors: Tumors, certain: Ints, present: Marks, absent: Marks) -> Marks:
    """Whether a lesion that was seen stands at each assessment.

    It stands until it is found gone or has become others.
    """
    lesions, readings, assessments = tumors.lesions, tumors.readings, tumors.assessments
    said = np.flatnonzero(present | absent)
    replaced = np.flatnonzero(
        (certain < assessments.count) & (lesions.until < assessments.many[lesions.subject])
    )
    lesion = np.r_[readings.lesion[said], replaced]
    place = np.r_[
        readings.assessment[said],
        assessments.first[lesions.subject[replaced]] + lesions.until[replaced],
    ]
    there = np.r_[present[said], np.zeros(len(replaced), dtype=np.bool_)]
    order = np.lexsort((place, lesion))
    lesion, place, there = lesion[order], place[order], there[order].astype(np.int64)
    before = np.zeros(len(there), dtype=np.int64)
    before[1:] = np.where(lesion[1:] == lesion[:-1], there[:-1], 0)
    steps = np.zeros(assessments.count + 1, dtype=np.int64)
    np.add.at(steps, place, there - before)
    so_far = np.cumsum(steps)[:-1]
    begin = assessments.first[assessments.subject]
    earlier = np.where(begin > 0, so_far[np.maximum(begin - 1, 0)], 0)
    result: Marks = so_far > earlier
    return result
