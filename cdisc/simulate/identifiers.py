"""The ids that one person has: in the EDC, at the laboratories, on the screening list."""

from __future__ import annotations

from cdisc.simulate.sheets import Sheets
from cdisc.simulate.subjects import Person


def lab_id(number: int) -> str:
    """How the central laboratories write a subject: `BT078_001_7`."""
    return f"BT078_001_{number}"


def write_identifiers(person: Person, sheets: Sheets) -> None:
    """The row of idmap.csv for the id that the person's forms carry."""
    number = person.number
    sheets.add("idmap.csv", person.subject, lab_id(number), person.screening_number, person.subject)


def write_earlier_identifiers(person: Person, subject: str, screening: str, sheets: Sheets) -> None:
    """The row of idmap.csv for a screening that a person failed before; no laboratory saw it."""
    sheets.add("idmap.csv", subject, None, screening, person.subject)
