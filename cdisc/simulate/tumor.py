"""The course of the lesions of one subject: what is there at baseline and at every assessment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cdisc.simulate.chance import Chance
from cdisc.simulate.dates import EXPORT, day
from cdisc.simulate.golden import Golden
from cdisc.simulate.response import Investigator, Lesion, Reading, Response, Timepoint
from cdisc.simulate.subjects import COMBO, TUMOR, Person

_ORGANS = (
    ("liver", "", False),
    ("lung", "right lower lobe", False),
    ("lung", "left upper lobe", False),
    ("adrenal gland", "left", False),
    ("lymph node", "axillary", True),
    ("lymph node", "mediastinal", True),
    ("lymph node", "retroperitoneal", True),
    ("soft tissue", "", False),
)
_NON_TARGET_ORGANS = (
    ("bone", "", False),
    ("pleura", "", False),
    ("lung", "", False),
    ("lymph node", "hilar", True),
)
_OUTLOOKS = {
    1: (("PD", 4.0), ("SD", 4.0), ("PR", 1.5), ("PSEUDO", 0.5)),
    2: (("PD", 2.0), ("SD", 3.5), ("PR", 3.5), ("CR", 0.7), ("PSEUDO", 0.5)),
}
_SCENARIO_OUTLOOK = {
    "death before first scan": "PD",
    "not evaluable between responses": "PR",
    "pseudo-progression": "PSEUDO",
    "new lesion equivocal": "SD",
    "non-target progression": "SD",
    "response contradicts lesions": "PR",
    "target changed": "SD",
    "scans over several days": "PR",
    "progression confirmed": "PR",
    "lesion split": "PR",
    "new therapy before progression": "SD",
    "complete response": "CR",
    "death after data cut": "PR",
    "progression, then complete response": "CR",
    "progression, then partial response": "PSEUDO",
    "response confirmed at 28 days": "PR",
    "response not confirmed at 27 days": "PR",
}
# How large the tumor is when a first progression is looked at again, relative to baseline.
_RESETS = {"progression, then complete response": 0.0, "progression, then partial response": 0.5}
# Days after which a first response is looked at again.
_SECOND_LOOKS = {"response confirmed at 28 days": 28, "response not confirmed at 27 days": 27}
LAST_WEEK = 54


@dataclass(frozen=True, slots=True)
class Course:
    """Assessments in order, baseline first, and what the investigator made of the later ones."""

    outlook: str
    timepoints: list[Timepoint]
    responses: list[Response]

    def confirmed(self) -> int | None:
        """The day of iCPD, None when progression was not confirmed."""
        for point, response in zip(self.timepoints[1:], self.responses, strict=False):
            if response.irecist == "iCPD":
                return point.day
        return None

    def progressed(self) -> int | None:
        """The day of the first progression by RECIST 1.1, None when there was none."""
        for point, response in zip(self.timepoints[1:], self.responses, strict=False):
            if response.recist == "PD":
                return point.day
        return None

    def until(self, last: int) -> Course:
        """The course as far as it was scanned: no assessment after `last`."""
        kept = [point for point in self.timepoints if point.day <= last]
        return Course(self.outlook, kept, self.responses[: max(0, len(kept) - 1)])


def outlook(person: Person) -> str:
    """How the tumor will do: PD, SD, PR, CR or PSEUDO (grows, then shrinks)."""
    chance = Chance(person.seed, 5, person.number)
    drawn = chance.weighted(_OUTLOOKS.get(person.arm or COMBO, _OUTLOOKS[COMBO]))
    return _SCENARIO_OUTLOOK.get(person.scenario, drawn)


def course(person: Person) -> Course:
    """The whole course to week 54, confirmed progression or the export, unlimited by fate."""
    if person.golden is not None:
        points = [_golden_point(person.golden, scan) for scan in person.golden.scans]
        reader = Investigator(points[0])
        return Course("", points, [reader.read(point) for point in points[1:]])
    chance = person.chance(TUMOR)
    name = outlook(person)
    baseline = _baseline(person, chance, name)
    if person.first is None:
        return Course(name, [baseline], [])
    points, answers = [baseline], []
    for point, answer in _follow(person, chance, name, baseline):
        if point.day > EXPORT:
            break
        points.append(point)
        answers.append(answer)
        if answer.irecist == "iCPD":
            break
    return Course(name, points, answers)


def _baseline(person: Person, chance: Chance, name: str) -> Timepoint:
    when = max(person.consent + 1, (person.enrolled or person.consent) - chance.whole(1, 7))
    nodal_only = person.scenario == "complete response"
    wanted = 2 if nodal_only else 3 if person.scenario == "lesion split" else chance.whole(1, 4)
    if person.scenario in _RESETS:
        wanted = max(wanted, 2)  # so that a third more is 5 mm more
    start = chance.whole(0, len(_ORGANS) - 1)
    targets = []
    for index in range(wanted):
        organ, site, nodal = _ORGANS[(start + 3 * index) % len(_ORGANS)]
        millimetres = chance.whole(16, 34) if nodal else chance.whole(13, 58)
        lesion = Lesion(f"T{index + 1:02d}", organ, site, nodal)
        targets.append(Reading(lesion, str(millimetres)))
    count = chance.whole(0, 2) if name != "CR" else chance.whole(0, 1)
    if person.scenario == "non-target progression":
        count = 1
    first = chance.whole(0, 2)
    non_targets = [
        (Lesion(f"NT{index + 1:02d}", *_NON_TARGET_ORGANS[first + index]), 2)
        for index in range(count)
    ]
    return Timepoint("SCREENING", when, targets, non_targets)


def _sizes(chance: Chance, name: str, visits: int) -> list[float]:
    """The sum of diameters relative to baseline at each visit."""
    best = {"PD": 1.0, "SD": chance.between(0.78, 1.02), "PR": chance.between(0.3, 0.6), "CR": 0.0,
            "PSEUDO": chance.between(0.35, 0.6)}[name]  # fmt: skip
    turn = {"PD": 0, "SD": chance.whole(2, 5), "PR": chance.whole(4, 11), "CR": chance.whole(7, 14),
            "PSEUDO": chance.whole(5, 11)}[name]  # fmt: skip
    rate = chance.between(0.14, 0.34)
    down = (0.55, 0.85, 1.0)
    sizes = []
    for visit in range(visits):
        if name == "PSEUDO" and visit == 0:
            size = 1.0 + chance.between(0.24, 0.36)
        elif visit >= turn:
            size = max(best, 0.25) + rate * (visit - turn + 1) * max(best, 0.5)
        else:
            size = 1.0 - (1.0 - best) * down[min(visit, 2)]
        sizes.append(size)
    return sizes


def _follow(
    person: Person, chance: Chance, name: str, baseline: Timepoint
) -> Iterator[tuple[Timepoint, Response]]:
    first = person.first or 0
    scenario = person.scenario
    sizes = _sizes(chance, name, LAST_WEEK // 6 + 1)
    if scenario in ("new lesion equivocal", "non-target progression"):
        # The targets stay as they are, so that the other finding alone makes the progression.
        sizes = [0.9] * len(sizes)
    elif scenario in _RESETS:
        sizes = [1.4] + [_RESETS[scenario]] * (len(sizes) - 1)
    weights = [chance.between(0.85, 1.15) for _ in baseline.targets]
    new_at = next((v for v, s in enumerate(sizes) if v and s > sizes[v - 1] + 0.03), 99)
    if scenario == "new lesion equivocal":
        new_at = 2
    elif scenario == "scans over several days" or not chance.happens(0.35):
        new_at = 99
    worse_at = 2 if scenario == "non-target progression" else 99
    site = Lesion("NEW01", *chance.pick(_NON_TARGET_ORGANS))
    new_mm = chance.whole(9, 16)
    rescans = 0
    reader = Investigator(baseline)
    for visit in range(LAST_WEEK // 6):
        week = 6 * (visit + 1)
        when = first + 7 * week + chance.whole(-4, 5)
        if scenario == "" and chance.happens(0.03):
            continue
        point = _point(f"TUMOR WEEK {week}", when, baseline, sizes[visit], weights, chance)
        _spoil(scenario, visit, point, chance)
        _add_others(point, visit, baseline, sizes[visit], name, worse_at)
        if visit >= new_at and not site.nodal:
            sure = visit > new_at or scenario != "new lesion equivocal"
            point.new = [(site, sure, new_mm + 2 * (visit - new_at))]
        answer = reader.read(point)
        yield point, answer
        if answer.recist == "PR" and scenario in _SECOND_LOOKS and not rescans:
            rescans += 1
            later = when + _SECOND_LOOKS[scenario]
            size = sizes[visit] - 0.05
            again = _point(f"UNSCHEDULED TUMOR {rescans}", later, baseline, size, weights, chance)
            _add_others(again, visit, baseline, size, name, 99)
            yield again, reader.read(again)
            if later - when < 28:
                sizes[visit + 1 :] = [1.3] * (len(sizes) - visit - 1)
        if answer.irecist != "iUPD":
            continue
        # A first progression is looked at again before the next planned scan.
        rescans += 1
        later = when + chance.whole(28, 32)
        size = sizes[visit] + (-0.18 if name == "PSEUDO" else chance.between(0.1, 0.25))
        size = _RESETS.get(scenario, size) if visit == 0 else size
        again = _point(f"UNSCHEDULED TUMOR {rescans}", later, baseline, size, weights, chance)
        _add_others(again, visit, baseline, size, name, 99)
        again.non_targets = [(lesion, 4 if s == 3 else s) for lesion, s in point.non_targets]
        again.new = [(lesion, True, (mm or 0) + 6) for lesion, _, mm in point.new]
        yield again, reader.read(again)


def _point(
    visit: str,
    when: int,
    baseline: Timepoint,
    size: float,
    weights: list[float],
    chance: Chance,
) -> Timepoint:
    targets = []
    for reading, weight in zip(baseline.targets, weights, strict=True):
        before = reading.millimetres or 0
        millimetres = round(before * (1 + (size - 1) * weight)) + chance.whole(-1, 1)
        text = str(millimetres)
        if reading.lesion.nodal:
            text = str(max(6, millimetres))
        elif size <= 0.02:
            text = "0"
        elif millimetres < 5:
            text = "TSTM"
        targets.append(Reading(reading.lesion, text))
    return Timepoint(visit, when, targets)


def _add_others(
    point: Timepoint, visit: int, baseline: Timepoint, size: float, name: str, worse_at: int
) -> None:
    status = 1 if name == "CR" and size <= 0.02 else 2
    point.non_targets = [
        (lesion, 3 if visit >= worse_at else status) for lesion, _ in baseline.non_targets
    ]


def _spoil(scenario: str, visit: int, point: Timepoint, chance: Chance) -> None:
    """Unassessed, split and exchanged lesions, at fixed places or rarely by chance."""
    targets = point.targets
    if (scenario == "not evaluable between responses" and visit == 3) or (
        scenario == "" and chance.happens(0.02)
    ):
        targets[-1].diameter = "ND"
        targets[-1].reason = chance.pick(("motion artefact", "slice missing", "no contrast given"))
    if scenario == "target changed" and visit >= 1:
        extra = Lesion(f"T{len(targets) + 1:02d}", "liver", "segment VI", False)
        targets.append(Reading(extra, str(14 + visit)))
    if scenario == "lesion split" and visit >= 1:
        whole = targets[0]
        half = (whole.millimetres or 0) // 2
        pieces = [
            Reading(
                Lesion(f"{whole.lesion.name}.{piece}", whole.lesion.organ, whole.lesion.site,
                       whole.lesion.nodal),
                str(max(5, half + piece - 1)),
                split_from=whole.lesion.name,
            )
            for piece in (1, 2)
        ]  # fmt: skip
        targets[0:1] = pieces


def _golden_point(golden: Golden, scan: tuple[str, str, str]) -> Timepoint:
    visit, when, tokens = scan
    lesions = {
        name: Lesion(name, organ, site, nodal) for name, organ, site, nodal in golden.lesions
    }
    point = Timepoint(visit, day(when), [])
    for token in tokens.split():
        name, value = token.split("=")
        parent = lesions[name.split(".")[0]]
        lesion = Lesion(name, parent.organ, parent.site, parent.nodal)
        if name.startswith("NT"):
            point.non_targets.append((lesion, int(value)))
        elif name.startswith("NEW"):
            point.new.append((lesion, True, int(value)))
        elif name == "T02.M":
            point.targets.append(Reading(lesion, value, merged_with="T03"))
        elif "." in name:
            reason = "lesion outside the scanned field" if value == "ND" else ""
            point.targets.append(Reading(lesion, value, split_from=parent.name, reason=reason))
        else:
            point.targets.append(Reading(lesion, value))
    return point
