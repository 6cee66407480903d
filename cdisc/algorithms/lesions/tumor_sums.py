"""Sums of diameters and the diameters of single lesions, a record for each assessment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Made, Shared
from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.lesions.lesion_names import numbers_of, roots
from cdisc.algorithms.lesions.lesion_tables import FOREVER, Tumors
from cdisc.algorithms.lesions.lesion_words import NEW_TARGET, TARGET
from cdisc.algorithms.lesions.lesions import tumors
from cdisc.algorithms.lesions.measurements import Measurements
from cdisc.algorithms.lesions.new_lesions import new_lesions
from cdisc.algorithms.lesions.sums_of_diameters import no_baseline, sums_of
from cdisc.algorithms.lesions.tumor_records import (
    day_text,
    expected_readings,
    joined,
    links_of,
    millimetres,
    rows_of,
    taken_text,
)
from cdisc.algorithms.registry import algorithm

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

_ROLES = {"target": TARGET, "new": NEW_TARGET}


def _sum_method(texts: Mapping[str, str]) -> str:
    return (
        f"Sum of {texts['number']} of the {texts['of']} lesions at each {texts['assessment']}: the "
        "pieces of a lesion that split, the merged lesion for those that merged; null unless all "
        f"are measured (targets: all of the list before {texts['start']})."
    )


@algorithm(
    main="of",
    makes=("ASSESSMENT", "DATE", "SUM", "KNOWN", "EXPECTED", "ASSESSED"),
    method=_sum_method,
)
def tumor_sums(of: Literal["target", "new"], measured: Shared[Measurements]) -> Made:
    """The sum of diameters of target or new lesions at each assessment.

    1. The targets are those measured before treatment; the list is frozen then. One that is named
       later does not count, with a finding. Pieces and merged lesions count for what they came
       from, which does not count beside them. Lesions that are said to have come from themselves
       count each by itself, with a finding.
    2. The diameter is the longest of a lesion, the short axis of a lymph node; one too small to
       measure has `too_small_mm`.
    3. SUM is the sum when all expected lesions were measured, KNOWN that of those that were;
       EXPECTED and ASSESSED name them.
    4. New lesions count from the assessment on at which they are beyond doubt.
    5. DATE is the day of the last scan of these lesions.

    Missing: a lesion that was not measured makes SUM missing. No complete sum before treatment is a
    finding. An assessment without any row of
    these lesions has no record.
    Ties: of several measurements of a lesion at one assessment the latest stands, of one day the
    largest, with a finding.
    Source: RECIST 1.1 (Eisenhauer 2009), sections 4.1 to 4.3; SDTMIG 3.4, section 6.3.14 (TR).
    Example: T01 in pieces of 24 and 20 mm, T02 and T03 merged to 34 mm: 78.

    Args:
        of: whether the target or the new lesions are summed.
        measured: the measurements.
    """
    found = tumors(measured)
    role, lesions, issues = _ROLES[of], found.lesions, found.issues
    wanted, since = lesions.listed & (lesions.role == role), lesions.since
    if role == TARGET:
        sums = sums_of(found)
        known, complete = sums.known, sums.complete
        issues += no_baseline(found, sums, len(measured.subject))
    else:
        new = new_lesions(found)
        known, complete = new.sum, new.complete
        wanted &= new.certain < found.assessments.count
        since = np.append(found.assessments.number, FOREVER)[new.certain]
    of_lesion, of_assessment, reading = expected_readings(found, wanted, since)
    there = reading >= 0
    at = np.unique(of_assessment[there])
    record = _positions(at, found.assessments.count)[of_assessment]
    name = _Names(measured.lesion, lesions.row[of_lesion])
    sized = there & (np.append(found.readings.diameter, -1)[reading] >= 0)
    columns: dict[str, pd.Series[Any]] = {
        "ASSESSMENT": taken_text(measured.assessment, found.assessments.row[at]),
        "DATE": _latest(found, record[there], reading[there], len(at)),
        "SUM": millimetres(known[at], complete[at]),
        "KNOWN": millimetres(known[at]),
        "EXPECTED": name.joined(record, record >= 0, len(at)),
        "ASSESSED": name.joined(record, sized, len(at)),
    }
    made_of = rows_of(found, record[there], reading[there])
    subjects = found.assessments.subject[at]
    linked = links_of(found, subjects, made_of, measured)
    return Made(columns, subjects, *made_of, issues, linked)


@algorithm(
    main="of",
    makes=("LESION", "NUMBER", "ASSESSMENT", "DATE", "DIAMETER", "PIECES"),
    method=lambda texts: (
        f"{texts['number']} of each of the {texts['of']} lesions at each {texts['assessment']}, "
        f"targets of the list before {texts['start']}: the sum of the pieces of one that split; "
        "merged lesions stand under the first of those that merged."
    ),
)
def lesion_diameters(of: Literal["target", "new"], measured: Shared[Measurements]) -> Made:
    """The diameter of each target or new lesion at each assessment.

    1. A lesion that split is the sum of its pieces; lesions that merged stand under the first of
       them, and the others have no record any more. So the diameters of an assessment make its
       sum (`tumor_sums`).
    2. LESION is the lesion as it was at first, PIECES are the lesions that were measured for it.
    3. NUMBER is the number in its name, where all lesions of the subject have different ones,
       otherwise its place among them.

    Missing: DIAMETER is missing where the lesion or one of its pieces was not measured; a lesion
    without any row at an assessment has no record.
    Ties: as in `tumor_sums`.
    Source: RECIST 1.1 (Eisenhauer 2009), sections 4.1 and 4.4; SDTMIG 3.4, section 6.3.14 (TR).
    Example: T01.1 of 24 mm and T01.2 of 20 mm give T01 44 mm, number 1.

    Args:
        of: whether target or new lesions are asked for.
        measured: the measurements.
    """
    found = tumors(measured)
    lesions, count = found.lesions, found.assessments.count
    root = roots(found, ranks(measured.lesion)[lesions.row])
    wanted = lesions.listed & (lesions.role == _ROLES[of])
    of_lesion, of_assessment, reading = expected_readings(found, wanted)
    there = reading >= 0
    key = root[of_lesion] * count + of_assessment
    shown, record = np.unique(key[there], return_inverse=True)
    record_of_all = np.searchsorted(shown, key)
    inside = np.append(shown, -1)[record_of_all] == key
    diameter = np.append(found.readings.diameter, -1)[reading]
    total = np.zeros(len(shown), dtype=np.int64)
    np.add.at(total, record_of_all[inside & (diameter >= 0)], diameter[inside & (diameter >= 0)])
    lost = np.zeros(len(shown), dtype=np.bool_)
    lost[record_of_all[inside & (diameter < 0)]] = True
    whole, at = np.divmod(shown, max(count, 1))
    name = _Names(measured.lesion, lesions.row[of_lesion])
    columns: dict[str, pd.Series[Any]] = {
        "LESION": taken_text(measured.lesion, lesions.row[whole]),
        "NUMBER": pd.Series(
            numbers_of(found, root, wanted, measured.lesion)[whole].astype(np.float64)
        ),
        "ASSESSMENT": taken_text(measured.assessment, found.assessments.row[at]),
        "DATE": _latest(found, record, reading[there], len(shown)),
        "DIAMETER": millimetres(total, ~lost),
        "PIECES": name.joined(np.where(inside, record_of_all, -1), inside, len(shown)),
    }
    subjects = lesions.subject[whole]
    made_of = rows_of(found, record, reading[there])
    linked = links_of(found, subjects, made_of, measured)
    return Made(columns, subjects, *made_of, found.issues, linked)


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    """The names of lesions, by a row of each."""

    lesion: pd.Series[Any]
    rows: Ints

    def joined(self, record: Ints, where: Marks, count: int) -> pd.Series[Any]:
        """The names of those `where`, of each record together."""
        rows = self.rows[where]
        return joined(record[where], count, taken_text(self.lesion, rows), ranks(self.lesion)[rows])


def _positions(at: Ints, count: int) -> Ints:
    """The position of each assessment in `at`, or -1."""
    place = np.full(count, -1, dtype=np.int64)
    place[at] = np.arange(len(at))
    return place


def _latest(found: Tumors, record: Ints, reading: Ints, count: int) -> pd.Series[Any]:
    """The day of the last of the readings of each record."""
    day = np.full(count, -FOREVER, dtype=np.int64)
    np.maximum.at(day, record, found.readings.day[reading])
    return day_text(day)
