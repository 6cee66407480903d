"""Sums of diameters at every assessment, their baseline and their nadir, in micrometres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.lesions.lesion_order import Assessments
from cdisc.algorithms.lesions.lesion_tables import MICROMETRES, Tumors
from cdisc.algorithms.lesions.lesion_words import TARGET

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_ROOM = np.int64(1) << 40
"""More micrometres than any sum has: a kilometre and more."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Of each assessment, parallel, the sum of its targets.

    `known` is the sum of those that were measured, `complete` says that these are all that were
    expected.

    `baseline` is for each subject its baseline assessment, -1 without one; `nadir` for each
    assessment the one with the lowest complete sum before it, from the baseline on, or -1.
    """

    known: Ints
    complete: Marks
    expected: Ints
    baseline: Ints
    nadir: Ints

    def base(self, assessments: Assessments) -> Ints:
        """The baseline assessment of the subject of each assessment, -1 without one."""
        return self.baseline[assessments.subject]

    def at(self, place: Ints) -> Floats:
        """The complete sums of those assessments in millimetres; NaN at -1 or where incomplete."""
        inside = np.maximum(place, 0)
        if not len(self.known):
            return np.full(len(place), np.nan)
        use = (place >= 0) & self.complete[inside]
        return np.where(use, self.known[inside] / MICROMETRES, np.nan)


def sums_of(tumors: Tumors) -> Sums:
    """The sums of targets.

    All lesions of the list must be measured; pieces and merged lesions are for what they came
    from.
    """
    assessments, lesions, readings = tumors.assessments, tumors.lesions, tumors.readings
    sized = tumors.has_role(TARGET) & (readings.diameter >= 0)
    expected = tumors.expected(lesions.listed & (lesions.role == TARGET))
    complete = (expected > 0) & (tumors.per_assessment(sized) == expected)
    known = tumors.per_assessment(sized, readings.diameter)
    baseline = _baseline(assessments, complete)
    return Sums(known, complete, expected, baseline, nadirs(assessments, known, complete, baseline))


def _baseline(assessments: Assessments, complete: Marks) -> Ints:
    """The last complete assessment before treatment of each subject who was treated."""
    baseline = np.full(len(assessments.first), -1, dtype=np.int64)
    fit = np.flatnonzero(complete & assessments.before)
    baseline[assessments.subject[fit]] = fit  # of several the last one stays
    baseline[assessments.start < 0] = -1
    return baseline


def nadirs(assessments: Assessments, known: Ints, complete: Marks, baseline: Ints) -> Ints:
    """For each assessment the earliest one with the lowest complete sum before it, or -1."""
    count = assessments.count
    nadir = np.full(count, -1, dtype=np.int64)
    if not count:
        return nadir
    place = np.arange(count)
    base = baseline[assessments.subject]
    # without a baseline the sums under treatment are still prior sums
    usable = complete & (place >= base) & (assessments.start[assessments.subject] >= 0)
    level = np.where(usable, known, _ROOM - 1) - assessments.subject * _ROOM
    # a later subject lies below all of an earlier one, so the minimum begins again with it
    lowest = np.minimum.accumulate(level)
    falls = np.r_[True, lowest[1:] < lowest[:-1]] & usable
    # the assessment that made the minimum; -1 until the subject has one
    held = np.maximum.accumulate(np.where(falls, place, -1))
    before = np.r_[-1, held[:-1]]
    own = before >= assessments.first[assessments.subject]
    nadir[own] = before[own]
    return nadir


def no_baseline(found: Tumors, sums: Sums, rows: int) -> tuple[Issue, ...]:
    """The finding on subjects with targets and a start of treatment, and no complete sum before."""
    assessments = found.assessments
    targets = np.zeros(len(assessments.first), dtype=np.bool_)
    targets[found.lesions.subject[found.lesions.listed & (found.lesions.role == TARGET)]] = True
    lost = targets & (assessments.start >= 0) & (sums.baseline < 0)
    where = np.zeros(rows, dtype=np.bool_)
    where[assessments.row[assessments.first[lost]]] = True
    return issue(
        "tumor_sums.no_baseline",
        "there is no complete sum of diameters before treatment; targets are not evaluable",
        where,
    )
