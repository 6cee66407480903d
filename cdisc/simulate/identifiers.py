"""The ids that one person has: in the EDC, at the laboratories, on the screening list."""

from __future__ import annotations

from collections.abc import Iterator

from cdisc.simulate.sheets import Sheets
from cdisc.simulate.subjects import Person

RESCREENED = 31
"""The person who was screened twice: the earlier screening used up a screening number and an id."""


def screening_number(number: int) -> str:
    """The number on the screening list of the screening that is in the forms."""
    return f"S{number + (number >= RESCREENED):02d}"


def lab_id(number: int) -> str:
    """How the central laboratories write a subject: `BT078_001_7`."""
    return f"BT078_001_{number}"


def earlier_screenings(number: int) -> Iterator[tuple[str, str]]:
    """EDC id and screening number of a person's earlier screenings."""
    if number == RESCREENED:
        yield f"001-S{number:03d}", f"S{number:02d}"


def write_identifiers(person: Person, sheets: Sheets) -> None:
    """Rows of idmap.csv, one for each EDC id; no laboratory has seen an earlier screening."""
    for edc_id, screening in earlier_screenings(person.number):
        sheets.add("idmap.csv", edc_id, None, screening, person.subject)
    number = person.number
    sheets.add(
        "idmap.csv", person.subject, lab_id(number), screening_number(number), person.subject
    )
