"""Tumour lesions over time: what was read of each at each assessment, and what became of it.

Measurements arrive as rows of TR. Here they become three tables in numbers: assessments in the
order of time, lesions with the assessments they are expected at, and readings (one lesion at one
assessment). Diameters are whole micrometres, so that everything after is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Issue, Selected
from cdisc.algorithms.iso_dates import complete_days
from cdisc.algorithms.issues import issue
from cdisc.algorithms.lesion_order import Assessments, assessments_of
from cdisc.algorithms.lesion_parents import Edges, edges_of
from cdisc.algorithms.lesion_words import NEW_NON_TARGET, NEW_TARGET, NON_TARGET, TARGET, Words
from cdisc.algorithms.records import Groups
from cdisc.algorithms.uniques import distinct, pair
from cdisc.errors import UsageError
from cdisc.model import Severity

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
class Measurements:
    """The columns of TR that lesions are read from, one value a row; `groups` are subjects."""

    groups: Groups
    subject: pd.Series[Any]
    lesion: pd.Series[Any]
    group: pd.Series[Any]
    test: pd.Series[Any]
    number: pd.Series[Any]
    result: pd.Series[Any]
    assessment: pd.Series[Any]
    date: pd.Series[Any]
    too_small: Marks | None
    too_small_mm: float
    words: Words


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
    """One lesion at one assessment: its diameter in micrometres (-1 when not measured), what it
    is like, the day, and `row`, one of its rows. `certain`: it is said to be a lesion beyond
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
class Tumors:
    """Everything that was read of the lesions of all subjects.

    `of_row` is the reading that each row of the input gave or -1: rows that were not used (a
    second measurement of a lesion at one assessment, a sum) gave none.
    """

    assessments: Assessments
    lesions: Lesions
    readings: Readings
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
        """How many of the lesions are expected at each assessment; `since` for another beginning."""
        steps = np.zeros(self.assessments.count + 1, dtype=np.int64)
        first = self.assessments.first[self.lesions.subject[which]]
        many = self.assessments.many[self.lesions.subject[which]]
        begin = np.minimum((self.lesions.since if since is None else since)[which], many)
        end = np.clip(self.lesions.until[which], begin, many)
        np.add.at(steps, first + begin, 1)
        np.add.at(steps, first + end, -1)
        return np.cumsum(steps)[:-1]

    def latest_day(self, which: Marks) -> Ints:
        """The latest day of the readings at each assessment; -1 without any."""
        day = np.full(self.assessments.count, -FOREVER, dtype=np.int64)
        np.maximum.at(day, self.readings.assessment[which], self.readings.day[which])
        return day


def tumors(
    measured: Measurements, start: Selected, identified: Selected | None, *, same_day: bool
) -> Tumors:
    """The lesions, assessments and readings of the rows.

    Args:
        measured: the rows.
        start: the start of treatment of each subject: `by`, `date`.
        identified: what lesions came from: `by`, `lesion`, `parents` (names, comma between).
        same_day: whether an assessment on the day of the start is before it.
    """
    role, role_issues = _roles(measured)
    axis, states, state_issues = _tests(measured, role)
    days = complete_days(measured.date).to_numpy(dtype=np.float64)
    assessments, order_issues = assessments_of(
        measured.groups,
        measured.assessment,
        measured.date,
        days,
        (role >= 0) & (axis >= 0),
        start,
        measured.subject,
        same_day=same_day,
    )
    name = distinct(measured.lesion)
    nameless = (role >= 0) & (axis >= 0) & name.missing
    used = (role >= 0) & (axis >= 0) & ~name.missing & (assessments.of_row >= 0)
    rows = np.flatnonzero(used)
    lesion_of, parts = pair([measured.groups.of[rows], name.codes[rows], role[rows]])
    lesions, parent_issues = _lesions(
        measured, rows, lesion_of, parts, axis, assessments, edges_of(measured, parts, identified)
    )
    readings, of_row, twice = _readings(
        measured, rows, lesion_of, axis, states, days, assessments, lesions
    )
    issues = (
        *role_issues,
        *state_issues,
        *order_issues,
        *issue("tumors.no_lesion", "a measurement names no lesion", nameless),
        *parent_issues,
        *issue(
            "tumors.measured_twice",
            "{value} has different results at one assessment; the latest stands, of one day the "
            "worst",
            twice,
            measured.lesion,
            severity=Severity.WARNING,
        ),
        *_not_counted(measured, lesions, readings, of_row),
    )
    return Tumors(assessments, lesions, readings, of_row, issues)


def _roles(measured: Measurements) -> tuple[Ints, tuple[Issue, ...]]:
    """The role of each row's lesion, -1 for a group that the words do not know."""
    groups = distinct(measured.group)
    known = measured.words.roles()
    codes = np.array([*(known.get(text, -1) for text in groups.texts), -1], dtype=np.int64)
    role = codes[groups.codes]
    return role, issue(
        "tumors.unknown_group",
        "{value} is no group of lesions that is known",
        (role < 0) & ~groups.missing,
        measured.group,
        hint="Name the groups: words",
    )


def _tests(measured: Measurements, role: Ints) -> tuple[Ints, Ints, tuple[Issue, ...]]:
    """Of each row: 0 longest diameter, 1 short axis, 2 state, -1 other; and the state it says."""
    tests = distinct(measured.test)
    known = measured.words.tests()
    axis = np.array([*(known.get(text, -1) for text in tests.texts), -1], dtype=np.int64)[
        tests.codes
    ]
    said = distinct(measured.result)
    meanings: Mapping[str, str] = measured.words.meanings()
    for word, meaning in meanings.items():
        if meaning not in MEANINGS:
            raise UsageError(
                f"{meaning} is no meaning of the state {word}",
                hint=f"There are {', '.join(MEANINGS)}",
            )
    codes = np.array(
        [*(MEANINGS.get(meanings.get(text, ""), -1) for text in said.texts), UNREAD],
        dtype=np.int64,
    )
    state = codes[said.codes]
    strange = (axis == 2) & (state < 0) & (role >= 0)
    state = np.where((axis == 2) & (state > 0), state, UNREAD)
    return (
        axis,
        state,
        issue(
            "tumors.unknown_state",
            "{value} is no state of a lesion that is known; it counts as not evaluable",
            strange,
            measured.result,
            hint="Say what it means: words, states",
        ),
    )


def _lesions(
    measured: Measurements,
    rows: Ints,
    lesion_of: Ints,
    parts: list[Ints],
    axis: Ints,
    assessments: Assessments,
    edges: Edges,
) -> tuple[Lesions, tuple[Issue, ...]]:
    subject, _, role = parts
    count = len(subject)
    at = assessments.number[assessments.of_row[rows]]
    appears = np.full(count, FOREVER, dtype=np.int64)
    np.minimum.at(appears, lesion_of, at)
    row = np.full(count, len(measured.lesion), dtype=np.int64)
    np.minimum.at(row, lesion_of, rows)
    axes = np.zeros((count, 2), dtype=np.bool_)
    sized = axis[rows] < 2
    axes[lesion_of[sized], axis[rows[sized]]] = True
    before = appears < assessments.treated[subject]
    derived = np.zeros(count, dtype=np.bool_)
    derived[edges.child] = True
    # what came from a lesion of the list is on the list; pieces may break again
    listed = np.where(role == TARGET, before & ~derived, ~derived | (role == NON_TARGET))
    heirs = edges.of_one_role(role)
    while True:
        more = listed.copy()
        more[heirs.child[listed[heirs.parent]]] = True
        if np.array_equal(more, listed):
            break
        listed = more
    until = np.full(count, FOREVER, dtype=np.int64)
    np.minimum.at(until, edges.parent, appears[edges.child])
    since = np.where(before & ~derived, 0, appears)
    new = np.isin(role, (NEW_TARGET, NEW_NON_TARGET))
    early = new & before
    lesions = Lesions(
        subject,
        role,
        axes[:, 1] & ~axes[:, 0],
        row,
        appears,
        since,
        until,
        listed & ~early,
        derived,
    )
    where = np.zeros(len(measured.lesion), dtype=np.bool_)
    where[row[early]] = True
    late = np.zeros(len(measured.lesion), dtype=np.bool_)
    late[row[(role == NON_TARGET) & ~before & ~derived]] = True
    return lesions, (
        *edges.issues,
        *issue(
            "tumors.new_before_treatment",
            "{value} is called new, but it was there before treatment; it counts as no new lesion",
            where,
            measured.lesion,
        ),
        *issue(
            "tumors.non_target_after_baseline",
            "{value} is a non-target lesion that was not there at baseline",
            late,
            measured.lesion,
            severity=Severity.WARNING,
        ),
    )


def _readings(
    measured: Measurements,
    rows: Ints,
    lesion_of: Ints,
    axis: Ints,
    states: Ints,
    days: npt.NDArray[np.float64],
    assessments: Assessments,
    lesions: Lesions,
) -> tuple[Readings, Ints, Marks]:
    reading_of, (lesion, assessment) = pair([lesion_of, assessments.of_row[rows]])
    count = len(lesion)
    node = lesions.node[lesion_of].astype(np.int64)
    diameter = diameters(measured)[rows]
    state = states[rows]
    day = np.where(np.isnan(days[rows]), assessments.last[assessment[reading_of]], days[rows])
    day = day.astype(np.int64)
    sized = (axis[rows] == node) & (diameter >= 0)
    said = (axis[rows] == 2) & (state > UNREAD)
    # of several the latest stands, of one day the worst: it is the last one written
    value, twice_sized = _last(sized, reading_of, day, diameter, count)
    meant, twice_said = _last(said, reading_of, day, state, count)
    chosen_day = np.full(count, -FOREVER, dtype=np.int64)
    np.maximum.at(chosen_day, reading_of, day)
    first = np.full(count, len(measured.lesion), dtype=np.int64)
    np.minimum.at(first, reading_of, rows)
    found = np.where(value >= 0, diameter[np.maximum(value, 0)], -1)
    known = np.where(meant >= 0, state[np.maximum(meant, 0)], UNREAD)
    # gone is gone, and a lesion with a size is there, whatever else is said or not said
    known = np.where((known == UNREAD) & (found > 0), PRESENT, known)
    certain = known >= PRESENT
    asked = np.zeros(count, dtype=np.bool_)
    asked[reading_of[axis[rows] == node]] = True
    # a new lesion that was to be measured and was not has not been seen
    unseen = asked & (found < 0) & (lesions.role[lesion] == NEW_TARGET)
    known = np.where(unseen, UNREAD, np.where(found == 0, ABSENT, known))
    counted = lesions.listed[lesion] & lesions.awaits(lesion, assessments.number[assessment])
    # rows that lost against another of their reading gave nothing
    gave = np.ones(len(rows), dtype=np.bool_)
    gave[sized] = value[reading_of[sized]] == np.flatnonzero(sized)
    gave[said] = meant[reading_of[said]] == np.flatnonzero(said)
    gave[(axis[rows] < 2) & (axis[rows] != node)] = False
    gave[(axis[rows] == node) & ~sized & (found[reading_of] >= 0)] = False
    gave[(axis[rows] == 2) & ~said & (meant[reading_of] >= 0)] = False
    of_row = np.full(len(measured.lesion), -1, dtype=np.int64)
    of_row[rows[gave]] = reading_of[gave]
    twice = np.zeros(len(measured.lesion), dtype=np.bool_)
    twice[rows[twice_sized | twice_said]] = True
    readings = Readings(
        lesion, assessment, found, known, certain, asked, chosen_day, first, counted
    )
    return readings, of_row, twice


def _last(which: Marks, reading: Ints, day: Ints, value: Ints, count: int) -> tuple[Ints, Marks]:
    """For each reading the position of its latest, then highest value; -1 without any."""
    places = np.flatnonzero(which)
    order = places[np.lexsort((value[places], day[places], reading[places]))]
    last = np.full(count, -1, dtype=np.int64)
    last[reading[order]] = order
    differs = np.zeros(len(which), dtype=np.bool_)
    differs[places] = value[places] != value[last[reading[places]]]
    return last, differs


def diameters(measured: Measurements) -> Ints:
    """The diameter of each row in micrometres, -1 where there is none."""
    millimetres = measured.number.to_numpy(dtype=np.float64, na_value=np.nan)
    if measured.too_small is not None:
        millimetres = np.where(measured.too_small, measured.too_small_mm, millimetres)
    known = np.isfinite(millimetres) & (millimetres >= 0)
    return np.where(known, np.rint(np.where(known, millimetres, 0.0) * MICROMETRES), -1).astype(
        np.int64
    )


def _not_counted(
    measured: Measurements, lesions: Lesions, readings: Readings, of_row: Ints
) -> tuple[Issue, ...]:
    """Targets that were measured and do not count in the sum."""
    lesion = readings.lesion
    lost = (lesions.role[lesion] == TARGET) & ~readings.counted & (readings.diameter >= 0)
    stranger = np.zeros(len(of_row) + 1, dtype=np.bool_)
    replaced = np.zeros(len(of_row) + 1, dtype=np.bool_)
    stranger[readings.row[lost & ~lesions.listed[lesion]]] = True
    replaced[readings.row[lost & lesions.listed[lesion]]] = True
    return (
        *issue(
            "tumors.not_at_baseline",
            "{value} was no target at baseline; it does not count in the sum of diameters",
            stranger[:-1],
            measured.lesion,
        ),
        *issue(
            "tumors.became_others",
            "{value} has split or merged before; it does not count beside what became of it",
            replaced[:-1],
            measured.lesion,
            severity=Severity.WARNING,
        ),
    )
