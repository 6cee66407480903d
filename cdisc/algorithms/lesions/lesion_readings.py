"""What was read of each lesion at each assessment: one of several measurements is chosen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.columns.uniques import pair
from cdisc.algorithms.lesions.lesion_order import Assessments
from cdisc.algorithms.lesions.lesion_tables import (
    ABSENT,
    FOREVER,
    MICROMETRES,
    PRESENT,
    UNREAD,
    Lesions,
    Readings,
)
from cdisc.algorithms.lesions.lesion_words import NEW_TARGET
from cdisc.algorithms.lesions.measurements import Measurements

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


def readings_of(
    measured: Measurements,
    rows: Ints,
    lesion_of: Ints,
    axis: Ints,
    states: Ints,
    days: npt.NDArray[np.float64],
    assessments: Assessments,
    lesions: Lesions,
) -> tuple[Readings, Ints, Marks]:
    """The readings, the one that each row of the input gave or -1, and rows that lost.

    Args:
        measured: all rows.
        rows: the positions of those that are used.
        lesion_of: the lesion of each of them.
        axis: of all rows, what was measured: 0 longest diameter, 1 short axis, 2 the state.
        states: of all rows, the state that they say.
        days: of all rows, the day.
        assessments: the assessments.
        lesions: the lesions.
    """
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
