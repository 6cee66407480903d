"""RECIST 1.1: what target, non-target and new lesions say at each assessment, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.lesion_words import (
    NEW_NON_TARGET,
    NEW_TARGET,
    NON_TARGET,
    TARGET,
)
from cdisc.algorithms.lesions import (
    ABSENT,
    FOREVER,
    GROWN,
    GROWN_FURTHER,
    MICROMETRES,
    UNREAD,
    Tumors,
)
from cdisc.algorithms.numbers import plain
from cdisc.algorithms.responses import CR, NE, NON_CR_NON_PD, NONE, PD, PR, SD, combined
from cdisc.algorithms.sums_of_diameters import Sums

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares as exact fractions, lengths in micrometres."""

    progression: Fraction
    growth: int
    response: Fraction
    node: int

    @classmethod
    def of(
        cls, progression_percent: float, progression_mm: float, response_percent: float, node_mm: float
    ) -> Thresholds:
        """Thresholds of the numbers that a spec writes: 20, 5, 30, 10."""
        return cls(
            Fraction(plain(progression_percent)) / 100,
            round(Fraction(plain(progression_mm)) * MICROMETRES),
            Fraction(plain(response_percent)) / 100,
            round(Fraction(plain(node_mm)) * MICROMETRES),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Of each assessment, parallel; responses are numbers among ANSWERS.

    `new` says that an unequivocal new lesion is there; `appeared` is how many of the subject have
    appeared so far (so that more of them than before means another one), `grown` the same of
    non-target lesions that have grown. `further` and `new_grown`: a non-target lesion has grown
    further, a new one that is not measured has grown. Days: `target_day` that of the last scan
    of targets, `growth_day` the first scan that shows a non-target lesion grown, `new_day` the
    first scan with a lesion that appears here (FOREVER without any).
    """

    target: Ints
    non_target: Ints
    new: Marks
    overall: Ints
    appeared: Ints
    grown: Ints
    further: Marks
    new_grown: Marks
    target_day: Ints
    growth_day: Ints
    new_day: Ints
    last_day: Ints

    def progression_day(self, by_new: Marks) -> Ints:
        """The day of a progression: of the scan that shows a new lesion or a grown non-target
        one, otherwise of the last scan of targets; the latest scan where nothing progressed."""
        by_scan = np.minimum(
            np.where(by_new, self.new_day, FOREVER),
            np.where(self.non_target == PD, self.growth_day, FOREVER),
        )
        by_sum = np.where(self.target == PD, self.target_day, self.last_day)
        return np.where(by_scan < FOREVER, by_scan, by_sum)


def exceeds(sums: Ints, nadir: Ints, limits: Thresholds) -> Marks:
    """Whether sums are over a nadir by the share and the length of a progression, exactly."""
    share = limits.progression
    grown = sums - nadir
    by_share = share.denominator * grown >= share.numerator * nadir
    result: Marks = by_share & (grown >= limits.growth) & (grown > 0)
    return result


def responds(sums: Ints, base: Ints, limits: Thresholds) -> Marks:
    """Whether sums are below a baseline by the share of a partial response, exactly."""
    share = limits.response
    result: Marks = sums * share.denominator <= base * (share.denominator - share.numerator)
    return result


def parts_of(tumors: Tumors, sums: Sums, limits: Thresholds) -> Parts:
    """The parts of the response at every assessment."""
    target = _target(tumors, sums, limits)
    non_target = _non_target(tumors)
    new = tumors.has_role(NEW_TARGET, NEW_NON_TARGET) & tumors.unequivocal()
    present = tumors.per_assessment(new) > 0
    appeared, new_day = _appearing(tumors, new & ~tumors.lesions.derived[tumors.readings.lesion])
    state = tumors.readings.state
    grown = tumors.has_role(NON_TARGET) & (state >= GROWN)
    further = tumors.has_role(NON_TARGET) & (state == GROWN_FURTHER)
    new_grown = tumors.has_role(NEW_NON_TARGET) & (state >= GROWN)
    growth_day = np.full(tumors.assessments.count, FOREVER, dtype=np.int64)
    np.minimum.at(growth_day, tumors.readings.assessment[grown], tumors.readings.day[grown])
    sized = tumors.has_role(TARGET) & (tumors.readings.diameter >= 0)
    return Parts(
        target,
        non_target,
        present,
        combined(target, non_target, present),
        appeared,
        _appearing(tumors, grown)[0],
        tumors.per_assessment(further) > 0,
        tumors.per_assessment(new_grown) > 0,
        tumors.latest_day(sized),
        growth_day,
        new_day,
        tumors.assessments.last,
    )


def _target(tumors: Tumors, sums: Sums, limits: Thresholds) -> Ints:
    count = tumors.assessments.count
    if not count:
        return np.empty(0, dtype=np.int64)
    base = sums.base(tumors.assessments)
    against = (base >= 0) & (sums.nadir >= 0)
    nadir = sums.known[np.maximum(sums.nadir, 0)]
    baseline = sums.known[np.maximum(base, 0)]
    lesions, readings = tumors.lesions, tumors.readings
    targets = tumors.has_role(TARGET)
    limit = np.where(lesions.node[readings.lesion], limits.node, 1)
    remains = tumors.per_assessment(targets & (readings.diameter >= limit)) > 0
    # an incomplete sum can only be larger, so what is known may be enough
    grown = against & (
        exceeds(sums.known, nadir, limits) | ((nadir == 0) & (sums.known > 0))
    )
    answers: Ints = np.select(
        [
            sums.expected == 0,
            grown,
            ~sums.complete | ~against,
            ~remains,
            responds(sums.known, baseline, limits),
        ],
        [NONE, PD, NE, CR, PR],
        default=SD,
    )
    return answers


def _non_target(tumors: Tumors) -> Ints:
    lesions, state = tumors.lesions, tumors.readings.state
    expected = tumors.expected(lesions.listed & (lesions.role == NON_TARGET))
    others = tumors.has_role(NON_TARGET)
    read = tumors.per_assessment(others & (state > UNREAD))
    gone = tumors.per_assessment(others & (state == ABSENT))
    grown = tumors.per_assessment(others & (state >= GROWN)) > 0
    answers: Ints = np.select(
        [expected == 0, grown, read < expected, gone == expected],
        [NONE, PD, NE, CR],
        default=NON_CR_NON_PD,
    )
    return answers


def _appearing(tumors: Tumors, which: Marks) -> tuple[Ints, Ints]:
    """How many lesions of a subject have appeared up to each assessment, and the first day of
    those that appear at it: the day on which they were first seen, surely or not."""
    readings, lesions = tumors.readings, tumors.lesions
    count = tumors.assessments.count
    place = np.full(len(lesions), count, dtype=np.int64)
    np.minimum.at(place, readings.lesion[which], readings.assessment[which])
    found = np.flatnonzero(place < count)
    many = np.bincount(place[found], minlength=count).astype(np.int64)
    so_far = np.cumsum(many)
    begin = tumors.assessments.first[tumors.assessments.subject]
    so_far = so_far - np.where(begin > 0, so_far[np.maximum(begin - 1, 0)], 0)
    seen = np.full(len(lesions), FOREVER, dtype=np.int64)
    there = readings.state > ABSENT
    np.minimum.at(seen, readings.lesion[there], readings.day[there])
    day = np.full(count, FOREVER, dtype=np.int64)
    np.minimum.at(day, place[found], seen[found])
    return so_far, day
