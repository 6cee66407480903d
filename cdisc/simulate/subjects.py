"""Who the subjects are: demography, arm, enrolment, and the story each one is to live through."""

from __future__ import annotations

from dataclasses import dataclass

from cdisc.simulate.chance import Chance
from cdisc.simulate.dates import day, edc, iso
from cdisc.simulate.golden import GOLDEN, Golden
from cdisc.simulate.sheets import Sheets

MONO, COMBO = 1, 2

# The person who failed screening once and was screened again, under another EDC id.
RESCREENED = 31

# Forms, as names of their random streams.
PERSON, TUMOR, DOSING, LABORATORY, EVENTS, DISPOSITION = range(6)
VISITS, VITAL_SIGNS, HEART = 20, 21, 22

# Subjects who live through what the study design asks to be present at least once.
SCENARIOS: dict[int, str] = {
    5: "death before first scan",
    6: "not evaluable between responses",
    8: "pseudo-progression",
    9: "new lesion equivocal",
    10: "non-target progression",
    11: "response contradicts lesions",
    12: "target changed",
    13: "scans over several days",
    14: "withdrawn, later death",
    15: "progression confirmed",
    16: "lesion split",
    18: "new therapy before progression",
    19: "complete response",
    21: "lost to follow-up",
    22: "fatal adverse event",
    23: "followed past data cut",
    24: "death after data cut",
    26: "progression, then complete response",
    30: "dose-limiting toxicity",
    32: "followed past data cut",
    33: "progression, then partial response",
    34: "response confirmed at 28 days",
    37: "response not confirmed at 27 days",
}


@dataclass(frozen=True, slots=True)
class Person:
    """One screened person. Days are ordinals; an absent day or arm is None or 0.

    `first` is the first dose of any study drug. `golden` carries the fixed history of subjects
    1 to 4.
    """

    number: int
    subject: str
    seed: int
    arm: int
    sex: int
    birth_year: int
    of_childbearing_potential: bool
    consent: int
    enrolled: int | None
    first: int | None
    height: float
    weight: float
    scenario: str = ""
    golden: Golden | None = None

    @property
    def screening_number(self) -> str:
        """The number of the screening; the earlier one of the re-screened person used up one."""
        return f"S{self.number + (self.number >= RESCREENED):02d}"

    def chance(self, form: int) -> Chance:
        """The random stream of one form of this person."""
        kind = 1 if self.enrolled is not None else 2
        return Chance(self.seed, kind, self.number, form)


def enrolled_person(number: int, seed: int) -> Person:
    """Enrolled subject `number`, counted from 1; the same for every size of the study."""
    chance = Chance(seed, 1, number, PERSON)
    golden = GOLDEN.get(number)
    arm = golden.arm if golden else (MONO if number % 3 == 0 else COMBO)
    sex = golden.sex if golden else chance.whole(1, 2)
    enrolled = day(golden.enrolled) if golden else _enrolment_day(arm, chance)
    first: int | None = enrolled + chance.whole(1, 3)
    if golden:
        first = day(golden.first_dose)
    elif number % 20 == 7:  # enrolled, never dosed
        first = None
    if number % 40 == 27:  # left before an arm was assigned
        arm = 0
    age = chance.whole(28, 74)
    birth_year = golden.birth_year if golden else int(iso(enrolled)[:4]) - age
    consent = enrolled - chance.whole(6, 16)
    if golden:
        consent = min(consent, day(golden.scans[0][1]) - 1)
    return Person(
        number=number,
        subject=f"001-{number:04d}",
        seed=seed,
        arm=arm,
        sex=sex,
        birth_year=birth_year,
        of_childbearing_potential=sex == 2 and int(iso(enrolled)[:4]) - birth_year < 52,
        consent=consent,
        enrolled=enrolled,
        first=first,
        height=round(chance.between(152, 168) + (8 if sex == 1 else 0), 0),
        weight=round(chance.between(46, 74) + (9 if sex == 1 else 0), 1),
        scenario=SCENARIOS.get(number, ""),
        golden=golden,
    )


def failed_person(index: int, number: int, seed: int) -> Person:
    """Screen failure `index`, counted from 1, who carries subject number `number`."""
    chance = Chance(seed, 2, index, PERSON)
    sex = chance.whole(1, 2)
    consent = day("2023-03-01") + chance.whole(0, 540)
    return Person(
        number=number,
        subject=f"001-{number:04d}",
        seed=seed,
        arm=0,
        sex=sex,
        birth_year=int(iso(consent)[:4]) - chance.whole(28, 74),
        of_childbearing_potential=False,
        consent=consent,
        enrolled=None,
        first=None,
        height=round(chance.between(152, 176), 0),
        weight=round(chance.between(46, 82), 1),
    )


def write_performance_status(person: Person, visits: list[tuple[str, int]], sheets: Sheets) -> None:
    """Rows of ecog.csv at screening, on day 1 of each cycle and at the end of treatment."""
    chance = Chance(person.seed, 4, person.number)
    score = chance.whole(0, 1) if person.number % 9 else 2
    for visit, when in visits:
        if visit != "SCREENING" and chance.happens(0.15):
            score = min(4, max(0, score + (1 if chance.happens(0.6) else -1)))
        row = sheets.add("ecog.csv", person.subject, visit, edc(when), score)
        if (person.number, visit) == (19, "CYCLE 2 DAY 1"):
            sheets.set("D08", "ecog.csv", row, "SCORE", "9", "score that the scale does not have")


def _enrolment_day(arm: int, chance: Chance) -> int:
    """Sequential assignment: monotherapy first, then the combination, overlapping a little."""
    if arm == MONO:
        return day("2023-03-06") + chance.whole(0, 330)
    return day("2023-10-09") + chance.whole(0, 385)
