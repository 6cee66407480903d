"""What was seen of the lesions of one subject, and what adds up to a sum.

Study design 3.2 (D13-D18, D26) and 5.4. Sizes are whole millimetres or exact fractions, so that
no test on them is ever a matter of rounding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

Size = int | Fraction

TOO_SMALL = 5  # D15: too small to measure counts as 5 mm
PRESENT = "PRESENT"
ABSENT = "ABSENT"
ENLARGED = "ENLARGEMENT FROM NADIR"
FURTHER = "FURTHER ENLARGEMENT FROM NADIR"


@dataclass(frozen=True)
class Target:
    """One target lesion, or a piece `T01.1` of one, or several merged: `T02.M`.

    `size` None is NOT DONE. `parents` are the lesions that a merged one stands for.
    """

    lesion: str
    date: date
    size: Size | None
    nodal: bool = False
    parents: tuple[str, ...] = ()


@dataclass(frozen=True)
class NonTarget:
    """One non-target lesion; `state` None is NOT DONE."""

    lesion: str
    date: date
    state: str | None


@dataclass(frozen=True)
class NewLesion:
    """One new lesion at one assessment.

    `measured` tells a new target (with a size, None is NOT DONE) from a new non-target (without),
    of which `gone` says that it is no longer there and `grown` that it is larger than before.
    """

    lesion: str
    date: date
    unequivocal: bool
    measured: bool
    size: Size | None = None
    gone: bool = False
    grown: bool = False

    @property
    def present(self) -> bool:
        if self.measured:
            return self.size is not None and self.size > 0
        return not self.gone

    @property
    def absent(self) -> bool:
        return self.size == 0 if self.measured else self.gone


@dataclass(frozen=True)
class Assessment:
    """The scans of one assessment (those of up to 14 days, D26).

    `symptomatic`: done for symptoms. `pre_dose`: declared before the dose of the same day.
    """

    number: int
    targets: tuple[Target, ...] = ()
    non_targets: tuple[NonTarget, ...] = ()
    new_lesions: tuple[NewLesion, ...] = ()
    symptomatic: bool = False
    pre_dose: bool = False

    @property
    def latest_scan(self) -> date:
        return max(
            row.date for rows in (self.targets, self.non_targets, self.new_lesions) for row in rows
        )

    @property
    def last_target_scan(self) -> date:
        return max(row.date for row in self.targets if row.size is not None)


@dataclass(frozen=True)
class TargetSum:
    """`known` is the sum of what was measured; `complete` if that is all baseline targets.

    `vanished`: every lesion is gone, every node below 10 mm.
    """

    known: Size
    complete: bool
    vanished: bool


@dataclass(frozen=True)
class Baseline:
    """The lesions chosen before treatment, and their sum; D13: the list is frozen."""

    targets: tuple[str, ...]
    non_targets: tuple[str, ...]
    sum: Size | None


def size_of(text: str) -> Size | None:
    """The size that a result says: millimetres, TOO SMALL TO MEASURE or NOT DONE."""
    if text == "NOT DONE":
        return None
    if text == "TOO SMALL TO MEASURE":
        return TOO_SMALL
    value = Fraction(text)
    return value.numerator if value.denominator == 1 else value


def parent_of_piece(lesion: str) -> str | None:
    """`T01` of its piece `T01.1`; None of anything else."""
    found = re.fullmatch(r"(.+)\.\d+", lesion)
    return found[1] if found else None


def sum_of_targets(
    assessment: Assessment, chosen: Sequence[str], pieces_so_far: Iterable[str] = ()
) -> TargetSum:
    """The sum over the lesions chosen at baseline.

    5.4 and D14: a split lesion is the sum of its pieces, merged ones are the merged diameter.
    A lesion is assessed if it was measured itself, or all its pieces (those of earlier
    assessments too) were, or the merged lesion that it went into was. Targets that were not chosen
    at baseline are left out (D13).
    """
    recorded = {row.lesion: row for row in assessment.targets}
    used: dict[str, Target] = {}
    complete = True
    for lesion in chosen:
        mergers = [row for row in assessment.targets if lesion in row.parents]
        pieces = {name for name in recorded if parent_of_piece(name) == lesion}
        if mergers:
            names = {row.lesion for row in mergers}
        elif lesion in recorded:
            names = {lesion}
        elif pieces:
            names = pieces | {name for name in pieces_so_far if parent_of_piece(name) == lesion}
        else:
            names = {lesion}
        if sum([bool(mergers), lesion in recorded, bool(pieces)]) > 1:
            raise ValueError(f"{lesion} is recorded in two ways at assessment {assessment.number}")
        for name in names:
            row = recorded.get(name)
            if row is None or row.size is None:
                complete = False
            else:
                used[name] = row  # a merged lesion is met once for each parent, and counts once
    sizes = [(row.size, row.nodal) for row in used.values() if row.size is not None]
    return TargetSum(
        known=sum((size for size, _ in sizes), start=0),
        complete=complete,
        vanished=complete and all(size < 10 if nodal else size == 0 for size, nodal in sizes),
    )


def in_order(assessments: Iterable[Assessment]) -> list[Assessment]:
    return sorted(assessments, key=lambda one: (one.latest_scan, one.number))


def is_before_treatment(assessment: Assessment, first_dose: date) -> bool:
    """Decision 9: before the first dose; the same day only when declared pre-dose."""
    if assessment.latest_scan == first_dose:
        return assessment.pre_dose
    return assessment.latest_scan < first_dose


def find_baseline(assessments: Iterable[Assessment], first_dose: date) -> Baseline:
    """BASE is the last (complete) sum before treatment; the lists are those of the last scans.

    Of several assessments before treatment, each list is taken from the last that has one.
    """
    before = [one for one in in_order(assessments) if is_before_treatment(one, first_dose)]
    targets: tuple[str, ...] = ()
    non_targets: tuple[str, ...] = ()
    for one in before:
        if one.targets:
            targets = tuple(row.lesion for row in one.targets)
        if one.non_targets:
            non_targets = tuple(row.lesion for row in one.non_targets)
    base: Size | None = None
    for one in before:
        total = sum_of_targets(one, targets)
        if targets and total.complete:
            base = total.known
    return Baseline(targets, non_targets, base)


def new_target_sum(assessment: Assessment, unequivocal: Iterable[str]) -> Size:
    """The sum of the measured new lesions that are beyond doubt by now."""
    sizes = [
        row.size
        for row in assessment.new_lesions
        if row.measured and row.size is not None and row.lesion in set(unequivocal)
    ]
    return sum(sizes, start=0)
