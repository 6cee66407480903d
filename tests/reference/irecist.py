"""iRECIST from lesions, one assessment after the other. Study design 5.4.

Choices where the text leaves room:

- An iUPD stays open until iCPD or reset; each later assessment is compared with the first iUPD of
  the open block ("cumulative"), and the 26 days are counted from its date to the latest scan.
- Growth is only told from a complete sum at the iUPD; a decrease only from a complete sum now.
  What was not assessed thus never confirms and never resets.
- New lesions of a block that was reset no longer cause progression by being there; they bar iCR
  while they last. Another new lesion, targets or non-targets do cause a new iUPD.
- An open iUPD with nothing decreased stays iUPD even if its cause is gone; it is NE when the
  targets are not evaluable and nothing shows progression.
- iUPD by a new lesion that was equivocal before is dated at first appearance; iCPD never is.
- After iCPD there is no response any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .lesions import (
    ENLARGED,
    FURTHER,
    Assessment,
    Baseline,
    Size,
    find_baseline,
    in_order,
    is_before_treatment,
)
from .recist import CR, NON, PD, PR, SD, Timepoint, overall_response, progression_date, recist

ICR, IPR, ISD, IUPD, ICPD, INE = "iCR", "iPR", "iSD", "iUPD", "iCPD", "NE"
INON = "NON-iCR/NON-iUPD"
TARGET, NON_TARGET, NEW = "target", "non-target", "new lesion"

IWORD = {CR: ICR, PR: IPR, SD: ISD, NON: INON, PD: IUPD, "NE": INE}


@dataclass(frozen=True)
class ITimepoint:
    """What iRECIST says of one assessment; `causes` are those of an iUPD or iCPD."""

    number: int
    date: date
    iovr: str | None
    causes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Open:
    """The first iUPD of a block that is neither confirmed nor reset: date, sums, causes."""

    date: date
    causes: frozenset[str]
    known: Size | None
    complete: bool
    new_sum: Size
    new_complete: bool
    new_lesions: frozenset[str]
    enlarged: frozenset[str]


def irecist(
    assessments: Iterable[Assessment],
    first_dose: date,
    confirm_days: int = 26,
    growth: Size = 5,
) -> list[ITimepoint]:
    """All assessments after baseline, in order of time."""
    assessments = in_order(assessments)
    baseline = find_baseline(assessments, first_dose)
    after = [one for one in assessments if not is_before_treatment(one, first_dose)]
    timepoints = []
    new = NewLesions()
    block: Open | None = None
    confirmed = False
    for one, seen in zip(after, recist(assessments, first_dose), strict=True):
        new.look_at(one)
        day = one.latest_scan
        iovr: str | None = None
        causes: frozenset[str] = frozenset()

        if confirmed:
            pass

        elif block is None:
            causes = causes_of_progression(seen, new.present - new.absorbed)
            if causes:
                iovr = IUPD
                appeared = [new.first_seen[name] for name in new.present - new.absorbed]
                day = progression_date(one, baseline, seen.tl, seen.nt, appeared)
                block = Open(
                    date=day,
                    causes=causes,
                    known=seen.known,
                    complete=seen.complete,
                    new_sum=seen.new_sum,
                    new_complete=new.all_measured,
                    new_lesions=frozenset(new.unequivocal),
                    enlarged=enlarged(one, baseline),
                )
            else:
                iovr = without_progression(seen, new.standing)

        else:
            additional = new.present - block.new_lesions
            reasons = reasons_to_confirm(one, baseline, seen, block, additional, new, growth)
            late_enough = (one.latest_scan - block.date).days >= confirm_days
            if not late_enough:  # for symptoms, and with an additional new lesion
                by_lesion = {row.lesion: row.date for row in one.new_lesions}
                reasons = {name: by_lesion[name] for name in additional if one.symptomatic}
            calm = without_progression(seen, new.standing)
            if reasons:
                iovr, causes, confirmed = ICPD, frozenset(reasons), True
                day = min(reasons.values())
            elif (
                has_decreased(seen, block, new)
                and seen.tl != PD
                and seen.nt != PD
                and not additional
                and calm in (ICR, IPR, ISD, INON)
            ):
                iovr = calm  # reset: the bar for a new iUPD is as before, the nadir is kept
                new.absorbed |= new.unequivocal
                block = None
            else:
                still = new.present - new.absorbed
                causes = causes_of_progression(seen, still)
                if causes:
                    iovr = IUPD
                    dates = [row.date for row in one.new_lesions if row.lesion in still]
                    day = progression_date(one, baseline, seen.tl, seen.nt, dates)
                else:
                    iovr = INE if calm == INE else IUPD

        timepoints.append(ITimepoint(one.number, day, iovr, causes))
    return timepoints


class NewLesions:
    """New lesions as they become known; equivocal ones do not count until they are beyond doubt."""

    def __init__(self) -> None:
        self.first_seen: dict[str, date] = {}
        self.unequivocal: set[str] = set()
        self.absorbed: set[str] = set()  # those of blocks that were reset
        self.standing: set[str] = set()  # beyond doubt and not known to be gone
        self.present: frozenset[str] = frozenset()
        self.all_measured = True
        self.grown: dict[str, date] = {}
        self.measured: dict[str, date] = {}
        self.new_targets: set[str] = set()

    def look_at(self, one: Assessment) -> None:
        for row in one.new_lesions:
            if row.present:
                self.first_seen.setdefault(row.lesion, row.date)
            if row.unequivocal:
                self.unequivocal.add(row.lesion)
        rows = [row for row in one.new_lesions if row.lesion in self.unequivocal]
        self.present = frozenset(row.lesion for row in rows if row.present)
        self.standing |= self.present
        self.standing -= {row.lesion for row in rows if row.absent}
        self.new_targets |= {row.lesion for row in rows if row.measured}
        self.measured = {
            row.lesion: row.date for row in rows if row.measured and row.size is not None
        }
        self.all_measured = self.new_targets <= set(self.measured)
        self.grown = {row.lesion: row.date for row in rows if row.grown and not row.measured}


def enlarged(one: Assessment, baseline: Baseline) -> frozenset[str]:
    """The non-targets in progression at this assessment."""
    return frozenset(
        row.lesion
        for row in one.non_targets
        if row.lesion in baseline.non_targets and row.state in (ENLARGED, FURTHER)
    )


def causes_of_progression(seen: Timepoint, new: frozenset[str]) -> frozenset[str]:
    causes = set()
    if seen.tl == PD:
        causes.add(TARGET)
    if seen.nt == PD:
        causes.add(NON_TARGET)
    if new:
        causes.add(NEW)
    return frozenset(causes)


def without_progression(seen: Timepoint, standing: set[str]) -> str:
    """The response but for new lesions; it is not complete while one of them stands."""
    word = IWORD[overall_response(seen.tl, seen.nt, new=False)]
    if word == ICR and standing:
        return INON if seen.tl is None else IPR
    return word


def reasons_to_confirm(
    one: Assessment,
    baseline: Baseline,
    seen: Timepoint,
    block: Open,
    additional: frozenset[str],
    new: NewLesions,
    growth: Size,
) -> dict[str, date]:
    """What confirms the iUPD at this assessment, each with its scan."""
    reasons = {}

    # Targets: their sum was the cause and has grown on, or they are newly PD
    if TARGET in block.causes:
        if block.complete and seen.known - block.known >= growth:
            reasons["targets have grown on"] = one.last_target_scan
    elif seen.tl == PD:
        reasons["targets are newly PD"] = one.last_target_scan

    # Non-targets: newly PD, or any further growth: said so, or another one enlarged
    for row in one.non_targets:
        if row.lesion not in baseline.non_targets:
            continue
        newly = row.state == ENLARGED and row.lesion not in block.enlarged
        if row.state == FURTHER or newly:
            reasons[f"non-target {row.lesion} has grown"] = row.date

    # New lesions: their sum has grown on, one that is not measured has grown, or there are more
    if block.new_complete and seen.new_sum - block.new_sum >= growth:
        reasons["new targets have grown"] = max(new.measured.values())
    for lesion, day in new.grown.items():
        reasons[f"new non-target {lesion} has grown"] = day
    for row in one.new_lesions:
        if row.lesion in additional:
            reasons[f"{row.lesion} is another new lesion"] = row.date
    return reasons


def has_decreased(seen: Timepoint, block: Open, new: NewLesions) -> bool:
    """Target or new-lesion sum below that of the iUPD."""
    if seen.sum is not None and block.known is not None and seen.sum < block.known:
        return True
    return new.all_measured and seen.new_sum < block.new_sum
