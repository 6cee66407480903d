"""Tumour biopsies of one subject, at screening and in cycle 2, both optional: biopsy.csv.

The specimen ids are those that the central laboratories' files name for tumour tissue.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdisc.simulate.dates import DATA_CUT, clock, iso
from cdisc.simulate.dosing import Treatment
from cdisc.simulate.sheets import Sheets
from cdisc.simulate.subjects import COMBO, Person
from cdisc.simulate.tumour import Course

# Name of the random stream, beside those of subjects.py and history.py.
BIOPSIES = 43

# Seven days after the second infusion.
_DAY_OF_CYCLE = {True: 13, False: 8}


@dataclass(frozen=True, slots=True)
class Biopsy:
    """One biopsy: its specimen, visit, ordinal day, local minute of the day, organ and site."""

    specimen: str
    visit: str
    day: int
    minute: int
    organ: str
    site: str


def biopsies(person: Person, course: Course, treatment: Treatment) -> list[Biopsy]:
    """The biopsies of an enrolled subject, in order of time; none when the subject declined."""
    chance = person.chance(BIOPSIES)
    if person.enrolled is None or not (chance.happens(0.6) or person.golden):
        return []
    lesion = chance.pick([reading.lesion for reading in course.timepoints[0].targets])
    moments = [("SCREENING", max(person.consent + 1, person.enrolled - chance.whole(1, 4)))]
    again = chance.happens(0.7) or person.golden
    wanted = _DAY_OF_CYCLE[person.arm == COMBO]
    moments += [
        (label, when)
        for label, when, cycle, number in treatment.visits
        if again and cycle == 2 and number == wanted
    ]
    return [
        Biopsy(
            specimen=f"BX{person.number:04d}-{count}",
            visit=visit,
            day=when,
            minute=chance.whole(540, 960),
            organ=lesion.organ,
            site=lesion.site,
        )
        for count, (visit, when) in enumerate(moments, start=1)
    ]


def write_biopsies(person: Person, taken: list[Biopsy], sheets: Sheets) -> None:
    """Rows of biopsy.csv; times are the hospital's own."""
    for biopsy in taken:
        site = f"{biopsy.organ}, {biopsy.site}" if biopsy.site else biopsy.organ
        moment = f"{iso(biopsy.day)} {clock(biopsy.minute)}"
        row = sheets.add("biopsy.csv", person.subject, biopsy.specimen, moment, site)
        if biopsy.day > DATA_CUT:
            sheets.mark("A24", "biopsy.csv", row, "BXDTM", "taken after the data cut-off")
