"""RECIST 1.1: what target, non-target and new lesions say at each assessment, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.columns.numbers import plain
from cdisc.algorithms.endpoints.responses import CR, NE, NON_CR_NON_PD, NONE, PD, PR, SD, combined
from cdisc.algorithms.lesions.lesion_tables import (
    ABSENT,
    FOREVER,
    GROWN,
    MICROMETRES,
    UNREAD,
    Tumors,
)
from cdisc.algorithms.lesions.lesion_words import NON_TARGET, TARGET
from cdisc.algorithms.lesions.new_lesions import AtAssessments, NewLesions, at_assessments
from cdisc.algorithms.lesions.sums_of_diameters import Sums

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
        cls,
        progression_percent: float,
        progression_mm: float,
        response_percent: float,
        node_mm: float,
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

    `overall` is that of RECIST 1.1. Days: `target_day` that of the last scan of targets,
    `growth_day` the first scan that shows a non-target lesion grown (FOREVER without).
    `grown` are the readings of non-target lesions that have grown.
    """

    target: Ints
    non_target: Ints
    overall: Ints
    target_day: Ints
    growth_day: Ints
    last_day: Ints
    grown: AtAssessments

    def progression_day(self, new_day: Ints, at: Ints) -> Ints:
        """The day of a progression at the assessments `at`, the earliest of several causes.

        That of the scan that shows a new or a grown non-target lesion, that of the last scan of
        targets for their sum; the latest scan where nothing progressed. `new_day` is the day of
        the new lesions that count, FOREVER without any.
        """
        day = np.minimum.reduce(
            [
                new_day,
                np.where(self.non_target[at] == PD, self.growth_day[at], FOREVER),
                np.where(self.target[at] == PD, self.target_day[at], FOREVER),
            ]
        )
        return np.where(day < FOREVER, day, self.last_day[at])


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


def parts_of(tumors: Tumors, sums: Sums, new: NewLesions, limits: Thresholds) -> Parts:
    """The parts of the response at every assessment."""
    target = _target(tumors, sums, limits)
    non_target = _non_target(tumors)
    readings = tumors.readings
    grown = tumors.has_role(NON_TARGET) & (readings.state >= GROWN)
    growth_day = np.full(tumors.assessments.count, FOREVER, dtype=np.int64)
    np.minimum.at(growth_day, readings.assessment[grown], readings.day[grown])
    return Parts(
        target,
        non_target,
        combined(target, non_target, new.there),
        tumors.latest_day(tumors.has_role(TARGET) & (readings.diameter >= 0)),
        growth_day,
        tumors.assessments.last,
        at_assessments(tumors, grown),
    )


def _target(tumors: Tumors, sums: Sums, limits: Thresholds) -> Ints:
    count = tumors.assessments.count
    if not count:
        return np.empty(0, dtype=np.int64)
    base = sums.base(tumors.assessments)
    nadir = sums.known[np.maximum(sums.nadir, 0)]
    baseline = sums.known[np.maximum(base, 0)]
    lesions, readings = tumors.lesions, tumors.readings
    targets = tumors.has_role(TARGET)
    limit = np.where(lesions.node[readings.lesion], limits.node, 1)
    remains = tumors.per_assessment(targets & (readings.diameter >= limit)) > 0
    # an incomplete sum can only be larger, so what is known may be enough
    grown = (sums.nadir >= 0) & (
        exceeds(sums.known, nadir, limits) | ((nadir == 0) & (sums.known > 0))
    )
    answers: Ints = np.select(
        [
            sums.expected == 0,
            grown,
            ~sums.complete,
            ~remains,
            base < 0,
            responds(sums.known, baseline, limits),
        ],
        [NONE, PD, NE, CR, NE, PR],
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
