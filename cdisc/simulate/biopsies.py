"""The form of tumor biopsies: biopsy.csv, one row a specimen of tumor tissue."""

from __future__ import annotations

from collections.abc import Iterable

from cdisc.simulate.dates import DATA_CUT, clock, iso
from cdisc.simulate.sheets import Sheets
from cdisc.simulate.specimens import Biopsy
from cdisc.simulate.subjects import Person
from cdisc.simulate.tumor import Course

# Name of the random stream, beside those of subjects.py and history.py.
BIOPSIES = 43


def write_biopsies(person: Person, course: Course, taken: Iterable[Biopsy], sheets: Sheets) -> None:
    """Rows of biopsy.csv: all of one subject's are of one target; times are the hospital's own."""
    lesions = [reading.lesion for reading in course.timepoints[0].targets]
    lesion = person.chance(BIOPSIES).pick(lesions) if lesions else None
    for biopsy in taken:
        site = "" if lesion is None else lesion.organ
        if lesion is not None and lesion.site:
            site = f"{lesion.organ}, {lesion.site}"
        moment = f"{iso(biopsy.day)} {clock(biopsy.minute)}"
        row = sheets.add("biopsy.csv", person.subject, biopsy.specimen, moment, site)
        if biopsy.day > DATA_CUT:
            sheets.mark("A24", "biopsy.csv", row, "BXDTM", "taken after the data cut-off")
