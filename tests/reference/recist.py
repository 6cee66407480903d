"""RECIST 1.1 from lesions, one assessment after the other. Study design 5.4."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .lesions import (
    ABSENT,
    ENLARGED,
    FURTHER,
    Assessment,
    Baseline,
    Size,
    TargetSum,
    find_baseline,
    in_order,
    is_before_treatment,
    new_target_sum,
    sum_of_targets,
)

CR, PR, SD, PD, NE = "CR", "PR", "SD", "PD", "NE"
NON = "NON-CR/NON-PD"


@dataclass(frozen=True)
class Timepoint:
    """What RECIST says of one assessment after baseline.

    `sum` and what is computed from it are None unless all targets were assessed; `known` is the
    sum of those that were. `tl`, `nt` are None when there are no such lesions. `ovr` is None after
    the first PD (A10: RECIST to PD).
    """

    number: int
    date: date
    sum: Size | None
    known: Size | None
    complete: bool
    base: Size | None
    nadir: Size | None
    chg: Size | None
    pchg: Fraction | None
    chgnad: Size | None
    pchgnad: Fraction | None
    tl: str | None
    nt: str | None
    new: bool
    new_sum: Size
    ovr: str | None


def is_progression(known: Size, nadir: Size) -> bool:
    """At least 20 % and at least 5 mm above nadir; or anything at all above a nadir of 0."""
    if nadir == 0 and known > 0:
        return True
    return 5 * (known - nadir) >= nadir and known - nadir >= 5


def is_partial_response(total: Size, base: Size) -> bool:
    """At least 30 % below baseline."""
    return 10 * total <= 7 * base


def target_response(total: TargetSum, base: Size | None, nadir: Size | None) -> str:
    """TL: PD (an incomplete sum can suffice); NE if any is missing; CR; PR; SD.

    Without a baseline sum neither PR nor SD can be told: NE. Progression comes first, so it is
    also PD when nodes of less than 10 mm grow by 20 % and 5 mm.
    """
    if nadir is not None and is_progression(total.known, nadir):
        return PD
    if not total.complete:
        return NE
    if total.vanished:
        return CR
    if base is None:
        return NE
    if is_partial_response(total.known, base):
        return PR
    return SD


def non_target_response(assessment: Assessment, chosen: tuple[str, ...]) -> str:
    """NT: PD; NE if any is missing (or not recorded); CR if all are absent; else neither."""
    states = {row.lesion: row.state for row in assessment.non_targets}
    found = [states.get(lesion) for lesion in chosen]
    if ENLARGED in found or FURTHER in found:
        return PD
    if None in found:
        return NE
    if all(state == ABSENT for state in found):
        return CR
    return NON


def overall_response(tl: str | None, nt: str | None, new: bool) -> str:
    """OVR; with neither targets nor non-targets there is nothing to evaluate: NE."""
    if PD in (tl, nt) or new:
        return PD
    if tl is None:
        return nt or NE
    if tl == NE:
        return NE
    if tl == CR:
        return CR if nt in (CR, None) else PR
    return tl


def progression_date(
    assessment: Assessment,
    baseline: Baseline,
    tl: str | None,
    nt: str | None,
    appeared: Iterable[date],
) -> date:
    """Date of a progression, the earliest if there are several causes.

    By new lesion or non-target: that scan; by sum: the last scan of targets. `appeared` are the
    dates of the new lesions that make it one.
    """
    dates = list(appeared)
    if tl == PD:
        dates.append(assessment.last_target_scan)
    if nt == PD:
        dates += [
            row.date
            for row in assessment.non_targets
            if row.lesion in baseline.non_targets and row.state in (ENLARGED, FURTHER)
        ]
    return min(dates, default=assessment.latest_scan)


def recist(assessments: Iterable[Assessment], first_dose: date) -> list[Timepoint]:
    """All assessments after baseline, in order of time."""
    assessments = in_order(assessments)
    baseline = find_baseline(assessments, first_dose)
    nadir = baseline.sum  # the lowest complete sum so far, baseline included
    pieces: set[str] = set()
    first_seen: dict[str, date] = {}
    unequivocal: set[str] = set()
    progressed = False
    timepoints = []
    for one in assessments:
        if is_before_treatment(one, first_dose):
            continue

        # Target lesions
        total = sum_of_targets(one, baseline.targets, pieces)
        pieces |= {row.lesion for row in one.targets}
        tl = target_response(total, baseline.sum, nadir) if baseline.targets else None
        usable = total.known if baseline.targets and total.complete else None

        # Non-target lesions
        nt = non_target_response(one, baseline.non_targets) if baseline.non_targets else None

        # New lesions; once beyond doubt a lesion stays so, and it dates from when it was first seen
        for row in one.new_lesions:
            if row.present:
                first_seen.setdefault(row.lesion, row.date)
            if row.unequivocal:
                unequivocal.add(row.lesion)
        present = [
            row.lesion for row in one.new_lesions if row.present and row.lesion in unequivocal
        ]

        # Overall
        ovr = overall_response(tl, nt, bool(present))
        day = one.latest_scan
        if ovr == PD:
            seen = [first_seen[lesion] for lesion in present]
            day = progression_date(one, baseline, tl, nt, seen)

        timepoints.append(
            Timepoint(
                number=one.number,
                date=one.latest_scan if progressed else day,
                sum=usable,
                known=total.known if baseline.targets else None,
                complete=bool(baseline.targets) and total.complete,
                base=baseline.sum,
                nadir=nadir,
                chg=difference(usable, baseline.sum),
                pchg=percentage(usable, baseline.sum),
                chgnad=difference(usable, nadir),
                pchgnad=percentage(usable, nadir),
                tl=tl,
                nt=nt,
                new=bool(present),
                new_sum=new_target_sum(one, unequivocal),
                ovr=None if progressed else ovr,
            )
        )
        progressed = progressed or ovr == PD
        if usable is not None and (nadir is None or usable < nadir):
            nadir = usable
    return timepoints


def difference(value: Size | None, reference: Size | None) -> Size | None:
    if value is None or reference is None:
        return None
    return value - reference


def percentage(value: Size | None, reference: Size | None) -> Fraction | None:
    """Change in percent, exact; missing when the reference is 0."""
    if value is None or reference is None or reference == 0:
        return None
    return Fraction(100 * (value - reference)) / Fraction(reference)
