"""Tumour lesions over time: what was read of each at each assessment, and what became of it.

Measurements arrive as rows of TR. Here they become three tables in numbers: assessments in the
order of time, lesions with the assessments they are expected at, and readings (one lesion at one
assessment). Diameters are whole micrometres, so that everything after is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.arguments import Issue, Selected
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import distinct, pair, text_column
from cdisc.algorithms.dates.iso_dates import complete_days
from cdisc.algorithms.lesions.lesion_edges import Edges
from cdisc.algorithms.lesions.lesion_order import Assessments, assessments_of
from cdisc.algorithms.lesions.lesion_parents import edges_of
from cdisc.algorithms.lesions.lesion_readings import readings_of
from cdisc.algorithms.lesions.lesion_returns import returns_of
from cdisc.algorithms.lesions.lesion_tables import (
    FOREVER,
    MEANINGS,
    UNREAD,
    Lesions,
    Readings,
    Tumors,
)
from cdisc.algorithms.lesions.lesion_words import NEW_NON_TARGET, NEW_TARGET, NON_TARGET, TARGET
from cdisc.algorithms.lesions.measurements import Measurements
from cdisc.errors import UsageError
from cdisc.model import Severity

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


def tumors(measured: Measurements) -> Tumors:
    """The lesions, assessments and readings of the measurements."""
    role, role_issues = _roles(measured)
    axis, states, state_issues = _tests(measured, role)
    days = complete_days(measured.date).to_numpy(dtype=np.float64)
    assessments, order_issues = assessments_of(
        measured.groups,
        measured.assessment,
        days,
        (role >= 0) & (axis >= 0),
        measured.start,
        measured.subject,
        same_day=measured.same_day,
    )
    name = distinct(measured.lesion)
    nameless = (role >= 0) & (axis >= 0) & name.missing
    used = (role >= 0) & (axis >= 0) & ~name.missing & (assessments.of_row >= 0)
    rows = np.flatnonzero(used)
    lesion_of, parts = pair([measured.groups.of[rows], name.codes[rows], role[rows]])
    stated = edges_of(measured, parts)
    circular = stated.circular(len(parts[0]))
    edges = stated.take(~circular)
    lesions, lesion_issues = _lesions(measured, rows, lesion_of, parts, axis, assessments, edges)
    readings, of_row, twice = readings_of(
        measured, rows, lesion_of, axis, states, days, assessments, lesions
    )
    own = edges.of_one_role(lesions.role)
    returns = returns_of(assessments, lesions, readings, own)
    again = returns.back.lesion * assessments.count + returns.back.assessment
    keys = readings.lesion * assessments.count + readings.assessment
    readings = replace(readings, counted=readings.counted | np.isin(keys, again))
    issues = (
        *role_issues,
        *state_issues,
        *order_issues,
        *issue("tumor_sums.no_lesion", "a measurement names no lesion", nameless),
        *lesion_issues,
        *_circular(lesions, stated.take(circular), measured.identified),
        *issue(
            "tumor_sums.measured_twice",
            "{value} has different results at one assessment; the latest stands, of one day the "
            "worst",
            twice,
            measured.lesion,
            severity=Severity.WARNING,
        ),
        *_not_counted(measured, lesions, readings, of_row),
    )
    return Tumors(assessments, lesions, readings, own, returns.back, returns.away, of_row, issues)


def _roles(measured: Measurements) -> tuple[Ints, tuple[Issue, ...]]:
    """The role of each row's lesion, -1 for a group that the words do not know."""
    groups = distinct(measured.group)
    known = measured.vocabulary.roles()
    codes = np.array([*(known.get(text, -1) for text in groups.texts), -1], dtype=np.int64)
    role = codes[groups.codes]
    return role, issue(
        "tumor_sums.unknown_group",
        "{value} is no group of lesions that is known",
        (role < 0) & ~groups.missing,
        measured.group,
        hint="Name its kind of lesion, e.g. words: {new_target: [NEW TARGET, ADDITIONAL]}",
    )


def _tests(measured: Measurements, role: Ints) -> tuple[Ints, Ints, tuple[Issue, ...]]:
    """Of each row: 0 longest diameter, 1 short axis, 2 state, -1 other; and the state it says."""
    tests = distinct(measured.test)
    known = measured.vocabulary.tests()
    axis = np.array([*(known.get(text, -1) for text in tests.texts), -1], dtype=np.int64)[
        tests.codes
    ]
    said = distinct(measured.result)
    meanings: Mapping[str, str] = measured.vocabulary.meanings()
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
            "tumor_sums.unknown_state",
            "{value} is no state of a lesion that is known; it counts as not evaluable",
            strange,
            measured.result,
            hint="Say what it means, e.g. words: {states: {GONE: absent}}",
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
        *issue(
            "tumor_sums.new_before_treatment",
            "{value} is called new, but it was there before treatment; it counts as no new lesion",
            where,
            measured.lesion,
        ),
        *issue(
            "tumor_sums.non_target_after_baseline",
            "{value} is a non-target lesion that was not there at baseline",
            late,
            measured.lesion,
            severity=Severity.WARNING,
        ),
    )


def _circular(lesions: Lesions, edges: Edges, identified: Selected | None) -> tuple[Issue, ...]:
    """The findings on records of TU that lead in a circle, at a measurement of their lesion."""
    if identified is None or not len(edges.child):
        return ()
    record, first = np.unique(edges.record, return_index=True)
    rows = lesions.row[edges.child[first]]
    names = [text_column(identified[name]).take(record) for name in ("lesion", "parents")]
    said = (names[0] + " from " + names[1]).reset_index(drop=True)
    order = np.argsort(rows, kind="stable")
    return (
        Issue(
            "tumor_sums.circular",
            f"{identified.name} has {{value}}, which leads back to the lesion itself; it counts "
            "as a lesion of its own",
            rows[order],
            Severity.ERROR,
            said.take(order).reset_index(drop=True),
            "Say what the lesion was before it split or merged",
        ),
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
            "tumor_sums.not_at_baseline",
            "{value} was no target at baseline; it does not count in the sum of diameters",
            stranger[:-1],
            measured.lesion,
            severity=Severity.WARNING,
        ),
        *issue(
            "tumor_sums.became_others",
            "{value} has split or merged before; it does not count beside what became of it",
            replaced[:-1],
            measured.lesion,
            severity=Severity.WARNING,
        ),
    )
