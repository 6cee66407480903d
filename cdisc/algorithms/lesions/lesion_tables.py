"""Lesions over time as tables of numbers: assessments in order, lesions, and readings of them.

Diameters are whole micrometres, so that everything made of them is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.lesions.lesion_edges import Edges
from cdisc.algorithms.lesions.lesion_order import Assessments

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

MICROMETRES = 1000
"""Diameters are counted in these parts of a millimetre."""

# What a reading says of its lesion, from least to worst; where a lesion was read twice on one
# day the worst stands.
UNREAD, ABSENT, EQUIVOCAL, PRESENT, GROWN, GROWN_FURTHER = range(6)
MEANINGS = {
    "absent": ABSENT,
    "equivocal": EQUIVOCAL,
    "present": PRESENT,
    "grown": GROWN,
    "grown further": GROWN_FURTHER,
    "not evaluable": UNREAD,
}
FOREVER = np.iinfo(np.int64).max // 2


@dataclass(frozen=True, slots=True, eq=False)
class Lesions:
    """All lesions. Numbers of assessments are those within the subject, from 0.

    `role` is TARGET, NON_TARGET, NEW_TARGET or NEW_NON_TARGET. A lesion is expected at the
    assessments from `since` on and before `until`; `listed` says whether it counts at all: a
    target at baseline, or what became of one; a new lesion that was not there before treatment.
    `derived`: it came from another one, so that it is not new.
    """

    subject: Ints
    role: Ints
    node: Marks
    row: Ints
    appears: Ints
    since: Ints
    until: Ints
    listed: Marks
    derived: Marks

    def __len__(self) -> int:
        return len(self.subject)

    def awaits(self, lesion: Ints, number: Ints) -> Marks:
        """Whether those lesions are expected at those numbers of assessments."""
        result: Marks = (number >= self.since[lesion]) & (number < self.until[lesion])
        return result


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """One lesion at one assessment.

    Its diameter in micrometres (-1 when not measured), what it is like, the day, and `row`, one of
    its rows. `certain`: it is said to be a lesion beyond
    doubt, be it there or not; `asked`: it was to be measured. `counted`: it is expected there.
    """

    lesion: Ints
    assessment: Ints
    diameter: Ints
    state: Ints
    certain: Marks
    asked: Marks
    day: Ints
    row: Ints
    counted: Marks


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Parallel: lesions and assessments."""

    lesion: Ints
    assessment: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Tumors:
    """Everything that was read of the lesions of all subjects.

    `edges` lead between lesions of one role; `back` are lesions that had split or merged and are
    expected under their own name again, `away` what they had become and is not expected there.
    `of_row` is the reading that each row of the input
    gave or -1: rows that were not used (a second measurement of a lesion at one assessment, a
    sum) gave none.
    """

    assessments: Assessments
    lesions: Lesions
    readings: Readings
    edges: Edges
    back: Pairs
    away: Pairs
    of_row: Ints
    issues: tuple[Issue, ...]

    def has_role(self, *roles: int) -> Marks:
        """Which readings are of a lesion of those roles that is expected there."""
        return self.readings.counted & np.isin(self.lesions.role[self.readings.lesion], roles)

    def per_assessment(self, which: Marks, weight: Ints | None = None) -> Ints:
        """How many of the readings there are at each assessment, or the sum of their weights."""
        at, count = self.readings.assessment[which], self.assessments.count
        if weight is None:
            return np.bincount(at, minlength=count).astype(np.int64)
        total = np.zeros(count, dtype=np.int64)
        np.add.at(total, at, weight[which])
        return total

    def expected(self, which: Marks, since: Ints | None = None) -> Ints:
        """How many of the lesions are expected at each assessment, `since` another beginning."""
        steps = np.zeros(self.assessments.count + 1, dtype=np.int64)
        first = self.assessments.first[self.lesions.subject[which]]
        many = self.assessments.many[self.lesions.subject[which]]
        begin = np.minimum((self.lesions.since if since is None else since)[which], many)
        end = np.clip(self.lesions.until[which], begin, many)
        np.add.at(steps, first + begin, 1)
        np.add.at(steps, first + end, -1)
        expected = np.cumsum(steps)[:-1]
        np.add.at(expected, self.back.assessment[which[self.back.lesion]], 1)
        np.add.at(expected, self.away.assessment[which[self.away.lesion]], -1)
        return expected

    def latest_day(self, which: Marks) -> Ints:
        """The latest day of the readings at each assessment; -1 without any."""
        day = np.full(self.assessments.count, -FOREVER, dtype=np.int64)
        np.maximum.at(day, self.readings.assessment[which], self.readings.day[which])
        return day
