"""Which specimens a subject gives to the central laboratory: blood around infusions, biopsies.

The forms that mention a specimen (the biopsy form, the three central laboratories' transfers)
ask here, so that they agree on ids, days and minutes without knowing of each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdisc.simulate.dosing import MSC, Dose, Treatment
from cdisc.simulate.fate import Fate
from cdisc.simulate.subjects import Person

# Names of random streams, beside those of subjects.py, history.py and central_lab.py.
SPECIMENS, DRAWS = 60, 64

SCREENING = "SCREENING"
# Planned time points of sampling and the days after the infusion they stand for.
TIME_POINTS: tuple[tuple[str, int], ...] = (
    ("PRE", 0),
    ("D1", 1),
    ("D3", 3),
    ("D7", 7),
    ("D14", 14),
    ("D21", 21),
    ("D28", 28),
)


@dataclass(frozen=True, slots=True)
class Draw:
    """One blood draw for the central laboratories: local day and minute.

    `infusion` is the number of the infusion it belongs to and `time_point` one of
    `TIME_POINTS`; 0 and empty at screening. `hours` is the planned time since the infusion.
    """

    infusion: int
    time_point: str
    visit: str
    day: int
    minute: int
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Biopsy:
    """One tumor biopsy: its specimen id, the visit, local day and minute."""

    specimen: str
    visit: str
    day: int
    minute: int


def biopsies(person: Person, treatment: Treatment, fate: Fate) -> tuple[Biopsy, ...]:
    """The biopsies of a subject who agrees: at screening, a week after the second infusion."""
    if person.enrolled is None or person.first is None:
        return ()
    chance = person.chance(SPECIMENS)
    wanted = chance.unit(), chance.unit()
    minutes = chance.whole(8 * 60 + 30, 16 * 60), chance.whole(8 * 60 + 30, 16 * 60)
    if person.golden is None and wanted[0] >= 0.7:
        return ()
    found = [(SCREENING, max(person.consent, person.enrolled - 1), minutes[0])]
    second = [draw for draw in blood_draws(person, treatment, fate) if draw.infusion == 2]
    week = next((draw for draw in second if draw.time_point == "D7"), None)
    if week is not None and (person.golden is not None or wanted[1] < 0.55):
        found.append((week.visit, week.day, minutes[1]))
    number = person.number
    return tuple(
        Biopsy(f"BX{number:04d}-{place:02d}", visit, day, minute)
        for place, (visit, day, minute) in enumerate(found, 1)
    )


def blood_draws(person: Person, treatment: Treatment, fate: Fate) -> tuple[Draw, ...]:
    """The draws of a subject in order of time: one at screening, then around each infusion given.

    An infusion that was not given has none. Golden subjects are drawn at the exact hours of the
    study design; the others in the morning of the visit.
    """
    if person.enrolled is None or person.first is None:
        return ()
    chance = person.chance(DRAWS)
    draws = [Draw(0, "", SCREENING, _screening_day(person), chance.whole(490, 600))]
    for dose in treatment.given(MSC):
        visits = {day: label for label, day, cycle, _ in treatment.visits if cycle == dose.cycle}
        for time_point, offset in TIME_POINTS:
            early, morning = chance.whole(20, 60), chance.whole(490, 600)
            day = dose.day + offset
            if day not in visits or day > fate.end():
                continue
            minute = _minute(person, dose, offset, early, morning)
            draws.append(Draw(dose.infusion, time_point, visits[day], day, minute, offset * 24))
    return tuple(draws)


def _screening_day(person: Person) -> int:
    """The day of the local laboratory's screening draw."""
    planned = (person.enrolled or person.consent) - 2
    return max(person.consent, planned - person.number % 3)


def _minute(person: Person, dose: Dose, offset: int, early: int, morning: int) -> int:
    if offset == 0:
        return dose.minute - early
    if person.golden is not None:
        return dose.minute
    # before 08:00 in Beijing it is still the day before in UTC
    early_riser = person.number % 9 == 4 and offset == 7
    return morning - 90 if early_riser else morning
