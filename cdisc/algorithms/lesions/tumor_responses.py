"""Tumor responses by RECIST 1.1 and iRECIST, derived from the measurements of lesions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import (
    Considered,
    Explaining,
    Made,
    Selected,
    Shared,
    records,
)
from cdisc.algorithms.columns.uniques import distinct, pair, spread_text, text_column
from cdisc.algorithms.endpoints import responses
from cdisc.algorithms.endpoints.responses import PD
from cdisc.algorithms.lesions import irecist
from cdisc.algorithms.lesions.irecist import CAUSES, Immune, immune_responses
from cdisc.algorithms.lesions.lesion_tables import ABSENT, Tumors
from cdisc.algorithms.lesions.lesion_words import (
    NEW_NON_TARGET,
    NEW_TARGET,
    NON_TARGET,
    TARGET,
)
from cdisc.algorithms.lesions.lesions import tumors
from cdisc.algorithms.lesions.measurements import Measurements
from cdisc.algorithms.lesions.new_lesions import NewLesions, new_lesions
from cdisc.algorithms.lesions.recist import Parts, Thresholds, parts_of
from cdisc.algorithms.lesions.sums_of_diameters import Sums, no_baseline, sums_of
from cdisc.algorithms.lesions.tumor_explanations import Telling
from cdisc.algorithms.lesions.tumor_records import (
    Rows,
    day_text,
    links_of,
    millimetres,
    rows_behind,
    taken_text,
    together,
    yes,
)
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

MAKES = (
    "ASSESSMENT",
    "DATE",
    "RESPONSE",
    "CAUSE",
    "TARGET",
    "NONTARGET",
    "NEW",
    "SUM",
    "KNOWN",
    "BASE",
    "NADIR",
    "NEWSUM",
    "SINCE",
    "RESET",
)


def _method(texts: Mapping[str, str]) -> str:
    numbers = {name: text.removesuffix(".0") for name, text in texts.items()}
    text = (
        f"Response by {texts['criteria']} of the lesions of each {texts['assessment']} ("
        f"{texts['number']}, {texts['result']}), treatment starting with {texts['start']}: "
        f"progression from {numbers['progression_percent']} percent and "
        f"{numbers['progression_mm']} mm "
        "over the lowest earlier sum of diameters, partial response from "
        f"{numbers['response_percent']} percent under the baseline sum, lymph nodes normal below "
        f"{numbers['node_mm']} mm"
    )
    if texts["criteria"] == "iRECIST":
        text += f"; confirmed from {texts['confirmation_days']} days after the first progression"
    return f"{text}."


@algorithm(main="criteria", makes=MAKES, method=_method)
def tumor_responses(
    criteria: Literal["RECIST 1.1", "iRECIST"],
    measured: Shared[Measurements],
    symptoms: Annotated[Selected | None, records("RS", by="USUBJID", assessment="VISIT")] = None,
    progression_percent: float = 20,
    progression_mm: float = 5,
    response_percent: float = 30,
    node_mm: float = 10,
    confirmation_days: int = 26,
    explaining: Explaining = False,
) -> Made:
    """The response at each tumor assessment that the measurements of its lesions give.

    1. Sums, baseline and nadir are those of `tumor_sums`.
    2. Target lesions: PD when the sum of what was measured is `progression_percent` and
       `progression_mm` over the nadir, or above a nadir of 0; NE when a target was not measured;
       CR when nodes are below `node_mm` and all others 0; PR when the sum is
       `response_percent` below baseline; otherwise SD. All comparisons are exact.
    3. Non-target lesions: PD when one has grown from nadir; NE when one was not assessed; CR when
       all are absent; otherwise NON-CR/NON-PD.
    4. RECIST 1.1: the `overall_response` of both and of unequivocal new lesions; a record for
       each assessment up to the first PD.
    5. iRECIST: the first PD is iUPD. An assessment at least `confirmation_days` after it is iCPD
       when the sum has grown `progression_mm` since then (if targets were the cause), another
       part is newly PD, a non-target lesion has grown further, the sum of new lesions has grown
       `progression_mm`, a new lesion that is not measured has grown, or another one is there. An
       earlier one is iCPD only when symptoms led to it and another new lesion is there.
    6. iRECIST, not confirmed: when the sum of targets or of new lesions is less than at the iUPD,
       nothing else is new and targets and non-targets are CR, PR or SD, the response is that, and
       a later progression is a first one again (RESET); the nadir stays, and the new lesions
       known by then cause no other progression, but no iCR while one stands. Otherwise NE when
       a target was not measured and nothing progressed, else iUPD. There is a record for each
       assessment up to the iCPD.
    7. DATE is the day of the scan with the new or grown non-target lesion, for progression by the
       sum that of the last scan of targets, the earliest of several causes; otherwise that of the
       latest scan. A new lesion that
       was equivocal at first has the day on which it was first seen.

    Missing: a lesion that is not measured never makes PD or CR. Without a complete sum before
    treatment the target response is NE, with a finding. A subject without start of treatment has
    no responses, with a finding. Without targets the non-targets decide; TARGET is then missing.
    Ties: of several measurements of a lesion at one assessment the latest stands, of one day the
    largest, with a finding; assessments that begin on one day are a finding.
    Source: RECIST 1.1 (Eisenhauer 2009), section 4; iRECIST (Seymour 2017), tables 2 and 3.
    Example: sums of 88, 35 (nadir) and 42 give PD: +20.0 % and +7 mm.

    Args:
        criteria: by which criteria.
        measured: the measurements.
        symptoms: the assessments that were made because the patient had got worse.
        progression_percent: the growth over the nadir that is progression, in percent.
        progression_mm: the least growth over the nadir that is progression, in mm.
        response_percent: how far below baseline the sum is in a partial response, in percent.
        node_mm: the short axis below which a lymph node is normal, in mm.
        confirmation_days: the days after which a progression may be confirmed.
        explaining: whether to say why each response is what it is.
    """
    limits = Thresholds.of(progression_percent, progression_mm, response_percent, node_mm)
    if confirmation_days < 0:
        raise UsageError("tumor_responses: confirmation_days cannot be negative")
    found = tumors(measured)
    sums = sums_of(found)
    new = new_lesions(found)
    parts = parts_of(found, sums, new, limits)
    issues = found.issues + no_baseline(found, sums, len(measured.subject))
    immune: Immune | None = None
    if criteria == "RECIST 1.1":
        at = _until(found, parts.overall == PD)
        made = _by_recist(found, sums, parts, new, at, measured.assessment)
    else:
        asked = _asked(symptoms, found, measured)
        immune = immune_responses(found, sums, parts, new, asked, limits, confirmation_days)
        at = _until(found, immune.response == irecist.ICPD)
        made = _by_irecist(found, sums, parts, new, immune, at, measured.assessment)
    told: tuple[Considered, ...] = ()
    if explaining:
        telling = Telling(
            found,
            sums,
            parts,
            new,
            limits,
            immune,
            confirmation_days,
            measured.lesion,
            measured.result,
        )
        told = telling.considered(at)
    linked = links_of(found, made.group, (made.record, made.row), measured)
    return Made(made.columns, made.group, made.record, made.row, issues, linked, told)


def _asked(symptoms: Selected | None, found: Tumors, measured: Measurements) -> Marks:
    """Which assessments were made because of symptoms."""
    asked = np.zeros(found.assessments.count, dtype=np.bool_)
    if symptoms is None or not len(symptoms):
        return asked
    rows = found.assessments.row
    ours = [text_column(column).take(rows) for column in (measured.subject, measured.assessment)]
    theirs = [text_column(symptoms[name]) for name in ("by", "assessment")]
    codes = [
        distinct(pd.concat(both, ignore_index=True)).codes
        for both in zip(ours, theirs, strict=True)
    ]
    key = pair(codes)[0]
    return np.isin(key[: len(rows)], key[len(rows) :])


def _until(found: Tumors, ends: Marks) -> Ints:
    """The assessments from treatment on, up to and including the first that ends them."""
    assessments = found.assessments
    counted = (ends & ~assessments.before).astype(np.int64)
    so_far = np.cumsum(counted) - counted
    begin = so_far[assessments.first[assessments.subject]]
    return np.flatnonzero(~assessments.before & (so_far == begin))


def _by_recist(
    found: Tumors,
    sums: Sums,
    parts: Parts,
    new: NewLesions,
    at: Ints,
    assessment: pd.Series[Any],
) -> Made:
    causes = 1 * (parts.target[at] == PD) + 2 * (parts.non_target[at] == PD) + 4 * new.there[at]
    none = np.full(len(at), -1, dtype=np.int64)
    columns = {
        "DATE": day_text(parts.progression_day(new.first_seen[at], at)),
        "RESPONSE": spread_text(parts.overall[at], list(responses.ANSWERS)),
        "CAUSE": _cause(np.where(parts.overall[at] == PD, causes, 0)),
        "SINCE": day_text(none, none >= 0),
        "RESET": yes(none >= 0),
    }
    lineage = _lineage(found, sums, new, at, none)
    return _made(found, sums, parts, new, at, assessment, columns, lineage)


def _by_irecist(
    found: Tumors,
    sums: Sums,
    parts: Parts,
    new: NewLesions,
    immune: Immune,
    at: Ints,
    assessment: pd.Series[Any],
) -> Made:
    against = immune.against[at]
    columns = {
        "DATE": day_text(immune.day[at]),
        "RESPONSE": spread_text(immune.response[at], list(irecist.ANSWERS)),
        "CAUSE": _cause(immune.causes[at]),
        "SINCE": day_text(immune.day[np.maximum(against, 0)], against >= 0),
        "RESET": yes(immune.reset[at]),
    }
    lineage = _lineage(found, sums, new, at, against)
    return _made(found, sums, parts, new, at, assessment, columns, lineage)


def _cause(bits: Ints) -> pd.Series[Any]:
    """The causes of a progression in words."""
    texts, codes = np.unique(bits, return_inverse=True)
    words = [
        " and ".join(word for bit, word in enumerate(CAUSES) if int(value) >> bit & 1)
        for value in texts
    ]
    return spread_text(codes.astype(np.int64), words)


def _lineage(found: Tumors, sums: Sums, new: NewLesions, at: Ints, against: Ints) -> Rows:
    """The rows that a response is made of.

    Those of its assessment, the targets of baseline and nadir, the assessment it is compared with,
    and where a new lesion was first seen.
    """
    record = np.arange(len(at))
    everything = found.has_role(TARGET, NON_TARGET, NEW_TARGET, NEW_NON_TARGET)
    targets = found.has_role(TARGET)
    compared = [
        rows_behind(found, record, place, targets)
        for place in (sums.base(found.assessments)[at], sums.nadir[at])
    ]
    return together(
        [
            rows_behind(found, record, at, everything),
            *compared,
            rows_behind(found, record, against, everything),
            _first_seen(found, new, at),
        ]
    )


def _of_first_sight(found: Tumors) -> tuple[Marks, Ints]:
    """Readings that are the first to show their lesion, a new one; of each lesion where."""
    readings, lesions = found.readings, found.lesions
    shows = found.has_role(NEW_TARGET, NEW_NON_TARGET) & (readings.state > ABSENT)
    first = np.full(len(lesions), found.assessments.count, dtype=np.int64)
    np.minimum.at(first, readings.lesion[shows], readings.assessment[shows])
    return shows & (readings.assessment == first[readings.lesion]), first


def _first_seen(found: Tumors, new: NewLesions, at: Ints) -> Rows:
    """The rows that first showed a lesion which is certain for the first time in a record."""
    count = found.assessments.count
    sight, first = _of_first_sight(found)
    record_of = np.full(count + 1, -1, dtype=np.int64)
    record_of[at] = np.arange(len(at))
    earlier = first < new.certain
    record = np.where(earlier, record_of[new.certain], -1)
    lesion = np.flatnonzero(record >= 0)
    return rows_behind(found, record[lesion], first[lesion], sight)


def _made(
    found: Tumors,
    sums: Sums,
    parts: Parts,
    new: NewLesions,
    at: Ints,
    assessment: pd.Series[Any],
    columns: Mapping[str, pd.Series[Any]],
    lineage: Rows,
) -> Made:
    """The records of the assessments `at`, with what both criteria share."""
    words = list(responses.ANSWERS)
    shared: dict[str, pd.Series[Any]] = {
        "ASSESSMENT": taken_text(assessment, found.assessments.row[at]),
        "TARGET": spread_text(parts.target[at], words),
        "NONTARGET": spread_text(parts.non_target[at], words),
        "NEW": yes(new.there[at], "N"),
        "SUM": pd.Series(sums.at(at)),
        "KNOWN": millimetres(sums.known[at], sums.expected[at] > 0),
        "BASE": pd.Series(sums.at(sums.base(found.assessments)[at])),
        "NADIR": pd.Series(sums.at(sums.nadir[at])),
        "NEWSUM": millimetres(new.sum[at]),
    }
    ordered = {name: {**shared, **columns}[name] for name in MAKES}
    return Made(ordered, found.assessments.subject[at], *lineage, ())
