"""What the investigator reads out of the lesions: RECIST 1.1 to progression, iRECIST throughout.

This is the simulator's own reading, kept apart from the algorithms under test so that the two
can disagree. Rules: study design section 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass, field

TOO_SMALL_MM = 5
CONFIRMATION_MIN_DAYS = 26


@dataclass(frozen=True, slots=True)
class Lesion:
    """A lesion as identified: `T01`, `NT01`, `NEW01`; organ and site in the site's words."""

    name: str
    organ: str
    site: str
    nodal: bool


@dataclass(slots=True)
class Reading:
    """A target lesion at one timepoint. `diameter` is the text of the form: mm, TSTM, 0 or ND."""

    lesion: Lesion
    diameter: str
    split_from: str = ""
    merged_with: str = ""
    reason: str = ""

    @property
    def millimetres(self) -> int | None:
        """Millimetres, 5 for too small to measure, None when not done."""
        if self.diameter == "ND":
            return None
        return TOO_SMALL_MM if self.diameter == "TSTM" else int(self.diameter)

    @property
    def state(self) -> int:
        """The code of the form: 1 measured, 2 too small, 3 absent, 4 NE, 5 split, 6 merged."""
        if self.diameter == "ND":
            return 4
        if self.split_from:
            return 5
        if self.merged_with:
            return 6
        return {"TSTM": 2, "0": 3}.get(self.diameter, 1)


@dataclass(slots=True)
class Timepoint:
    """Everything seen at one tumor assessment.

    `non_targets` pairs a lesion with 1 absent, 2 present, 3 unequivocal progression, 4 further
    increase, 5 not evaluable. `new` gives (lesion, unequivocal, mm; None if not measurable).
    """

    visit: str
    day: int
    targets: list[Reading]
    non_targets: list[tuple[Lesion, int]] = field(default_factory=list)
    new: list[tuple[Lesion, bool, int | None]] = field(default_factory=list)

    @property
    def total(self) -> int | None:
        """Sum of diameters in mm, None when a target was not assessed."""
        found = [reading.millimetres for reading in self.targets]
        return None if None in found else sum(mm for mm in found if mm is not None)


@dataclass(frozen=True, slots=True)
class Response:
    """Answers at one timepoint; `recist` is empty after progression by RECIST 1.1."""

    target: str
    non_target: str
    new_lesion: bool
    recist: str
    irecist: str
    immune_target: str
    non_target_worse: bool
    new_worse: bool


@dataclass(slots=True)
class _Unconfirmed:
    """What stood at an iUPD and must get worse to confirm it."""

    day: int
    total: int | None
    new_total: int
    by_target: bool
    by_non_target: bool


class Investigator:
    """Reads one assessment after the other, remembering what came before."""

    def __init__(self, baseline: Timepoint) -> None:
        self._baseline = baseline.total or 0
        self._nadir = self._baseline
        self._seen: set[str] = set()
        self._progressed = False
        self._pending: _Unconfirmed | None = None

    def read(self, point: Timepoint) -> Response:
        """The response at the next assessment, by both criteria."""
        total = point.total
        target = _target(point, self._baseline, self._nadir)
        non_target = _non_target(point)
        present = [item for item in point.new if item[1] and item[2] != 0]
        appeared = {item[0].name for item in present} - self._seen
        self._seen |= appeared
        new_total = sum(mm or 0 for _, _, mm in present)
        worse = any(status == 4 for _, status in point.non_targets)
        overall = _overall(target, non_target, new=bool(appeared))
        pending = self._pending
        new_worse = False
        if pending is None:
            immune = "iUPD" if overall == "PD" else _immune(overall)
            if immune == "iUPD":
                self._pending = _Unconfirmed(
                    point.day, total, new_total, target == "PD", non_target == "PD"
                )
        else:
            new_worse = bool(appeared) or new_total - pending.new_total >= 5
            immune = _after_unconfirmed(
                point, pending, target, non_target, new_total, worse, new_worse
            )
            if immune not in ("iUPD", "iCPD", "NE"):
                self._pending = None
        answer = Response(
            target=target,
            non_target=non_target,
            new_lesion=bool(present),
            recist="" if self._progressed else overall,
            irecist=immune,
            immune_target="iCPD" if target == "PD" and immune == "iCPD" else _immune(target),
            non_target_worse=worse,
            new_worse=new_worse,
        )
        self._progressed = self._progressed or overall == "PD"
        if total is not None:
            self._nadir = min(self._nadir, total)
        return answer


def _target(point: Timepoint, baseline: int, nadir: int) -> str:
    known = sum(reading.millimetres or 0 for reading in point.targets)
    grown = known - nadir
    if (grown >= 5 and 5 * grown >= nadir) or (nadir == 0 and known > 0):
        return "PD"
    if point.total is None:
        return "NE"
    if all((r.millimetres or 0) < 10 if r.lesion.nodal else not r.millimetres
           for r in point.targets):  # fmt: skip
        return "CR"
    return "PR" if 10 * point.total <= 7 * baseline else "SD"


def _non_target(point: Timepoint) -> str:
    states = {status for _, status in point.non_targets}
    if not states:
        return ""
    if states & {3, 4}:
        return "PD"
    if 5 in states:
        return "NE"
    return "CR" if states == {1} else "NON-CR/NON-PD"


def _overall(target: str, non_target: str, *, new: bool) -> str:
    if new or "PD" in (target, non_target):
        return "PD"
    if target == "CR" and non_target not in ("CR", ""):
        return "PR"
    return target


def _immune(response: str) -> str:
    """The iRECIST word for a RECIST word; an empty text and NE stay as they are."""
    named = {"PD": "iUPD", "NON-CR/NON-PD": "NON-iCR/NON-iUPD", "NE": "NE", "": ""}
    return named.get(response, f"i{response}")


def immune_non_target(response: Response) -> str:
    """The non-target response in iRECIST words."""
    confirmed = response.irecist == "iCPD" and response.non_target_worse
    return "iCPD" if confirmed else _immune(response.non_target)


def _after_unconfirmed(
    point: Timepoint,
    pending: _Unconfirmed,
    target: str,
    non_target: str,
    new_total: int,
    worse: bool,
    new_worse: bool,
) -> str:
    if point.day - pending.day >= CONFIRMATION_MIN_DAYS:
        total, before = point.total, pending.total
        grown = total is not None and before is not None and total - before >= 5
        other = (target == "PD" and not pending.by_target) or (
            non_target == "PD" and not pending.by_non_target
        )
        if (pending.by_target and grown) or other or worse or new_worse:
            return "iCPD"
    if target == "NE":
        return "NE"
    smaller = (
        point.total is not None and pending.total is not None and point.total < pending.total
    ) or new_total < pending.new_total
    if smaller and target != "PD":
        return _immune("PR" if target == "CR" and non_target not in ("CR", "") else target)
    return "iUPD"
