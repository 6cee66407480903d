"""visit.csv: every visit of one subject, held, missed or unscheduled.

The other forms decide when somebody came; here their visits are put together and the planned
visits that nobody came to are added, up to the end of participation.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdisc.simulate.dates import DATA_CUT, edc
from cdisc.simulate.disposition import Contact, planned_safety
from cdisc.simulate.dosing import Treatment
from cdisc.simulate.fate import LOST, Fate
from cdisc.simulate.laboratory import Laboratory
from cdisc.simulate.sheets import Sheets
from cdisc.simulate.subjects import Person
from cdisc.simulate.tumor import LAST_WEEK, Course

IN_PERSON, TELEPHONE = 1, 2

_AWAY = "could not be reached"
_NOT_SCANNED = ("scanner not available", "patient too unwell to travel", "patient declined")
# A scan may be a week late, so only weeks well before the cut are known to be missed.
_LATE = 7


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: its label, the day it was due, and the day it was held (None: missed).

    `reason` says why a visit was missed, or why an unscheduled one took place.
    """

    label: str
    due: int
    day: int | None
    reason: str = ""
    unscheduled: bool = False
    mode: int = IN_PERSON


def visits(
    person: Person,
    treatment: Treatment,
    seen: Course,
    lesions: Course,
    laboratory: Laboratory,
    end: Fate,
    contacts: list[Contact],
    safety: list[tuple[str, int]],
) -> list[Visit]:
    """All visits of the subject in order of their days.

    `seen` is the course of the tumor as far as it was scanned, `lesions` the whole of it;
    `safety` the end of treatment and safety follow-up that were held.
    """
    found = [Visit("SCREENING", person.consent, person.consent)]
    found += [Visit(label, when, when) for label, when, _, _ in treatment.visits]
    found += [Visit(label, when, when) for label, when in safety]
    found += [
        Visit(point.visit, point.day, point.day)
        for point in seen.timepoints
        if point.visit.startswith("TUMOR")
    ]
    held = {visit.label for visit in found}
    last = _participates_until(end)
    planned = [*treatment.not_held]
    planned += [(label, due, _AWAY) for label, due in planned_safety(treatment, end)]
    planned += _weeks(person, lesions, end)
    found += [
        Visit(label, due, None, reason)
        for label, due, reason in planned
        if label not in held and due <= last
    ]
    found += _unscheduled(seen, laboratory)
    found += _by_telephone(found, contacts)
    return sorted(found, key=lambda visit: (visit.due, visit.unscheduled))


def write_visits(person: Person, found: list[Visit], sheets: Sheets) -> None:
    """Rows of visit.csv."""
    for visit in found:
        row = sheets.add(
            "visit.csv",
            person.subject,
            visit.label,
            None if visit.day is None else edc(visit.day),
            int(visit.unscheduled),
            visit.reason,
            None if visit.day is None else visit.mode,
        )
        if visit.day is None:
            sheets.mark("D10", "visit.csv", row, "VISDAT", "planned visit that was missed")
        elif visit.unscheduled:
            sheets.mark("D11", "visit.csv", row, "UNSCH", "visit that was not planned")


def _participates_until(end: Fate) -> int:
    """The last day for which a visit can be missed: none after the disposition or the cut."""
    ends = [DATA_CUT, *(when - 1 for when in (end.leave, end.death) if when is not None)]
    return min(ends)


def _weeks(person: Person, lesions: Course, end: Fate) -> list[tuple[str, int, str]]:
    """Planned tumor assessments up to confirmed progression or another therapy."""
    if person.first is None:
        return []
    known = (lesions.confirmed(), end.new_therapy)
    last = min([DATA_CUT - _LATE, *(when - 1 for when in known if when is not None)])
    weeks = []
    for week in range(6, LAST_WEEK + 1, 6):
        due = person.first + 7 * week
        if due <= last:
            away = end.leave_reason == LOST and due > end.last_alive
            reason = _AWAY if away else _NOT_SCANNED[(person.number + week) % len(_NOT_SCANNED)]
            weeks.append((f"TUMOR WEEK {week}", due, reason))
    return weeks


def _unscheduled(seen: Course, laboratory: Laboratory) -> list[Visit]:
    """Visits that only the laboratory or the scans tell of, under the labels they have there."""
    found = [
        Visit(point.visit, point.day, point.day, "progression to be confirmed", unscheduled=True)
        for point in seen.timepoints
        if point.visit.startswith("UNSCHEDULED")
    ]
    found += [
        Visit(draw.visit, draw.day, draw.day, "blood count to be checked", unscheduled=True)
        for draw in laboratory.draws
        if draw.visit.startswith("UNSCHEDULED")
    ]
    return found


def _by_telephone(found: list[Visit], contacts: list[Contact]) -> list[Visit]:
    """Survival follow-up; a contact out of turn is unscheduled unless the subject came that day."""
    came = {visit.day for visit in found}
    number = sum(_is_numbered(visit.label) for visit in found)
    calls = []
    for contact in contacts:
        if contact.turn:
            label, reason, extra = f"SURVIVAL FOLLOW-UP {contact.turn}", "", False
        elif contact.day in came:
            continue
        else:
            number += 1
            label, extra = f"UNSCHEDULED {number}", True
            reason = "new therapy reported" if contact.therapy else "status at the end of data"
        calls.append(Visit(label, contact.day, contact.day, reason, extra, TELEPHONE))
    return calls


def _is_numbered(label: str) -> bool:
    return label.startswith("UNSCHEDULED ") and label.split(" ")[1].isdigit()
