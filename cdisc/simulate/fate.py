"""How a subject's part in the study ends: treatment stop, new therapy, leaving, death."""

from __future__ import annotations

from dataclasses import dataclass

from cdisc.simulate.chance import Chance
from cdisc.simulate.dates import EXPORT, day, edc
from cdisc.simulate.subjects import DISPOSITION, Person
from cdisc.simulate.tumor import Course

# Codes of the disposition form.
(
    COMPLETED,
    PROGRESSIVE_DISEASE,
    ADVERSE_EVENT,
    DEATH,
    WITHDRAWAL,
    PHYSICIAN_DECISION,
    LOST,
    PROTOCOL_DEVIATION,
    TERMINATED,
    PREGNANCY,
    SCREEN_FAILURE,
    OTHER,
) = range(1, 13)

_SURVIVAL = {
    "PD": (95, 430),
    "SD": (210, 800),
    "PR": (380, 1100),
    "CR": (700, 1700),
    "PSEUDO": (420, 1200),
}
_THERAPIES = ("docetaxel", "regorafenib", "anlotinib hydrochloride", "gemcitabine + cisplatin")


@dataclass(slots=True)
class Fate:
    """Days are ordinals, None where it did not happen before the export.

    `stop` is the last day on which study drug could be given (None: treatment runs to its
    planned end), `leave` the end of participation, `contacts` the survival follow-up contacts.
    """

    stop: int | None = None
    stop_reason: int = COMPLETED
    leave: int | None = None
    leave_reason: int = 0
    death: int | None = None
    death_text: str = ""
    cause: str = ""
    fatal_event: bool = False
    new_therapy: int | None = None
    therapy: str = ""
    last_alive: int = EXPORT

    def end(self) -> int:
        """The last day on which anything but a death can be recorded for the subject."""
        ends = [EXPORT]
        if self.leave_reason == LOST:
            ends.append(self.last_alive)
        if self.leave is not None:
            ends.append(self.leave)
        if self.death is not None:
            ends.append(self.death)
        return min(ends)


def fate(person: Person, course: Course) -> Fate:
    """What becomes of the subject, given how the tumor does."""
    if person.golden is not None:
        return _golden_fate(person)
    chance = person.chance(DISPOSITION)
    found = Fate()
    if person.first is None:
        found.leave = (person.enrolled or person.consent) + chance.whole(2, 20)
        found.leave_reason = WITHDRAWAL if person.enrolled is not None else SCREEN_FAILURE
        found.last_alive = found.leave
        found.stop = found.leave
        return found
    first = person.first
    _draw_death(person, course, first, chance, found)
    _draw_leaving(person, first, chance, found)
    if found.leave_reason == LOST and found.leave is not None:
        # Contact breaks off a month before the site gives the subject up.
        found.last_alive = found.leave - 30
    _draw_stop(person, course, first, chance, found)
    found.last_alive = found.end() - (1 if found.death == found.end() else 0)
    return found


def _golden_fate(person: Person) -> Fate:
    golden = person.golden
    if golden is None:
        return Fate()
    found = Fate(
        stop=day(golden.stop), stop_reason=golden.stop_reason, last_alive=day(golden.last_alive)
    )
    if golden.death:
        found.death = day(golden.death)
        found.death_text = golden.death_text or edc(found.death)
        found.cause = "disease progression"
        found.leave, found.leave_reason = found.death, DEATH
    if golden.new_therapy:
        found.new_therapy, found.therapy = day(golden.new_therapy), "docetaxel"
    return found


def _draw_death(person: Person, course: Course, first: int, chance: Chance, found: Fate) -> None:
    low, high = _SURVIVAL[course.outlook]
    death = first + chance.whole(low, high)
    progression = course.progressed()
    if progression is not None:
        death = max(death, progression + chance.whole(20, 60))
    if person.scenario == "death before first scan":
        death = first + 31
    elif person.scenario == "fatal adverse event":
        death, found.fatal_event = first + 77, True
    elif person.scenario == "followed past data cut":
        death = EXPORT + 1
    elif person.scenario == "death after data cut":
        death = EXPORT - 6
    elif person.scenario == "withdrawn, later death":
        death = first + 210
    elif person.scenario:
        death = max(death, first + 400)
    if death <= EXPORT:
        found.death, found.death_text = death, edc(death)
        found.cause = chance.pick(
            ("disease progression", "Disease Progression", "progression of tumour")
        )
        if found.fatal_event:
            found.cause = "pneumonia"


def _draw_leaving(person: Person, first: int, chance: Chance, found: Fate) -> None:
    kind = chance.weighted(((0, 0.88), (WITHDRAWAL, 0.07), (LOST, 0.05)))
    after = chance.whole(60, 320)
    if person.scenario:
        kind = {"withdrawn, later death": WITHDRAWAL, "lost to follow-up": LOST}.get(
            person.scenario, 0
        )
        after = 120
    leave = first + after
    if kind and leave < (found.death or EXPORT):
        found.leave, found.leave_reason = leave, kind
        if found.death is not None and person.scenario != "withdrawn, later death":
            found.death, found.death_text, found.cause = None, "", ""
    elif found.death is not None:
        found.leave, found.leave_reason = found.death, DEATH


def _draw_stop(person: Person, course: Course, first: int, chance: Chance, found: Fate) -> None:
    ends: list[tuple[int, int]] = []
    confirmed = course.confirmed()
    if confirmed is not None:
        ends.append((confirmed + chance.whole(0, 5), PROGRESSIVE_DISEASE))
    if person.scenario == "" and chance.happens(0.07):
        ends.append((first + chance.whole(40, 160), ADVERSE_EVENT))
    if person.scenario == "dose-limiting toxicity":
        ends.append((first + 7, ADVERSE_EVENT))
    if person.scenario == "new therapy before progression":
        ends.append((first + 120, PHYSICIAN_DECISION))
    if found.leave is not None:
        # Nobody is dosed in the last weeks of life.
        before = 0 if found.leave_reason != DEATH else 21 if found.leave - first > 60 else 3
        reason = DEATH if found.leave_reason == DEATH else found.leave_reason
        ends.append((found.leave - before, reason))
    if not ends:
        return
    found.stop, found.stop_reason = min(ends)
    takes_therapy = found.stop_reason in (PROGRESSIVE_DISEASE, ADVERSE_EVENT) and chance.happens(
        0.5
    )
    if takes_therapy or person.scenario == "new therapy before progression":
        start = found.stop + chance.whole(12, 45)
        if start < min(found.end() - 10, EXPORT):
            found.new_therapy, found.therapy = start, chance.pick(_THERAPIES)
