"""How treatment and study ended: disp.csv, death.csv and surv.csv."""

from __future__ import annotations

from dataclasses import dataclass

from cdisc.simulate.adverse_events import Event
from cdisc.simulate.dates import DATA_CUT, EXPORT, edc
from cdisc.simulate.dosing import CTX, DRUGS, MSC, NAB, Treatment
from cdisc.simulate.fate import COMPLETED, DEATH, OTHER, Fate
from cdisc.simulate.sheets import Sheets
from cdisc.simulate.subjects import COMBO, Person

END_OF_TREATMENT, END_OF_STUDY = 1, 2
ALIVE, DEAD, UNKNOWN = 1, 2, 3

_CONTACT_EVERY = 84
_LAST_TURN = 12
# Of forty subjects, the one who does not come to the safety follow-up.
_MISSES_SAFETY = 29
_LAST_DAY_OF_DRUG = {NAB: 4, CTX: 4, MSC: 8}


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that told that the subject was alive.

    `turn` is the number of the planned survival follow-up, 0 for a contact out of turn.
    """

    day: int
    therapy: str = ""
    turn: int = 0


def planned_safety(treatment: Treatment, fate: Fate) -> list[tuple[str, int]]:
    """End of treatment and safety follow-up as (label, day due)."""
    decided = _decided(treatment, fate)
    if treatment.last is None or decided is None:
        return []
    return [
        ("END OF TREATMENT", max(decided, treatment.last + 1)),
        ("SAFETY FOLLOW-UP", treatment.last + 30),
    ]


def safety_visits(person: Person, treatment: Treatment, fate: Fate) -> list[tuple[str, int]]:
    """End of treatment and safety follow-up as (label, day), as far as the subject was there."""
    held = [
        (label, when)
        for label, when in planned_safety(treatment, fate)
        if when <= min(fate.last_alive, EXPORT)
    ]
    return held[:1] if person.number % 40 == _MISSES_SAFETY else held


def write_disposition(
    person: Person, treatment: Treatment, events: list[Event], fate: Fate, sheets: Sheets
) -> None:
    """All rows about the end of treatment, of participation and of life."""
    _write_treatment(person, treatment, fate, sheets)
    if fate.leave is not None:
        when = fate.death_text if fate.leave_reason == DEATH else edc(fate.leave)
        row = sheets.add("disp.csv", person.subject, END_OF_STUDY, None, when, fate.leave_reason)
        if when.startswith("UN"):
            sheets.mark("D12", "disp.csv", row, "DSDAT", "day of death not known")
    if fate.death is not None:
        fatal = next((n for n, e in enumerate(events, start=1) if e.fatal), None)
        row = sheets.add("death.csv", person.subject, fate.death_text, fate.cause, fatal)
        if fate.death_text.startswith("UN"):
            sheets.mark("D12", "death.csv", row, "DTHDAT", "day of death not known")
        if fate.leave is not None and fate.leave < fate.death:
            sheets.mark("D27", "death.csv", row, "DTHDAT", "died after withdrawing")
        if fate.death > DATA_CUT:
            sheets.mark("A24", "death.csv", row, "DTHDAT", "died after the data cut-off")
    if person.first is not None:
        _write_contacts(person, treatment, fate, sheets)


def _decided(treatment: Treatment, fate: Fate) -> int | None:
    """The day it was settled that no more drug is given; None while treatment goes on."""
    if treatment.last is None:
        return None
    if treatment.completed:
        return treatment.last + 28
    return fate.stop


def _write_treatment(person: Person, treatment: Treatment, fate: Fate, sheets: Sheets) -> None:
    """One row per drug of the arm; a drug whose last planned cycle was given is completed."""
    decided = _decided(treatment, fate)
    if decided is None:
        return
    for drug in DRUGS if person.arm == COMBO else (MSC,):
        given = treatment.given(drug)
        planned = _LAST_DAY_OF_DRUG.get(drug, 12) if person.arm == COMBO else 0
        through = treatment.completed or (planned and given and given[-1].cycle == planned)
        if not given:
            when, reason = decided, OTHER if fate.stop_reason == COMPLETED else fate.stop_reason
        elif through:
            when, reason = given[-1].day, COMPLETED
        else:
            when, reason = max(decided, given[-1].day), fate.stop_reason
        sheets.add("disp.csv", person.subject, END_OF_TREATMENT, drug, edc(when), reason)


def contacts(person: Person, treatment: Treatment, fate: Fate) -> list[Contact]:
    """The contacts with the living subject in order of time: survival follow-up and others."""
    if person.first is None:
        return []
    decided = _decided(treatment, fate)
    last = fate.last_alive
    turns: dict[int, int] = {}
    therapies: dict[int, str] = {}
    if decided is not None:
        when = decided + _CONTACT_EVERY + person.number % 7
        while when < last:
            turn = len(turns) + 1
            turns[when] = turn if turn <= _LAST_TURN else 0
            when += _CONTACT_EVERY
        therapies[last if person.golden else max(decided, last - person.number % 9)] = ""
    if fate.new_therapy is not None and fate.new_therapy <= last:
        therapies[fate.new_therapy] = fate.therapy
    days = sorted({*turns, *therapies})
    return [Contact(when, therapies.get(when, ""), turns.get(when, 0)) for when in days]


def _write_contacts(person: Person, treatment: Treatment, fate: Fate, sheets: Sheets) -> None:
    decided = _decided(treatment, fate)
    met = contacts(person, treatment, fate)
    for contact in met:
        row = sheets.add("surv.csv", person.subject, edc(contact.day), ALIVE, contact.therapy)
        if contact.day > DATA_CUT:
            sheets.mark("A24", "surv.csv", row, "CONDAT", "contact after the data cut-off")
    if fate.death is not None:
        known = fate.death + (30 if fate.death_text.startswith("UN") else person.number % 6)
        row = sheets.add("surv.csv", person.subject, edc(min(known, EXPORT)), DEAD, None)
        if fate.leave is not None and fate.leave < fate.death:
            sheets.mark("D27", "surv.csv", row, "STATUS", "died after withdrawing")
    elif (
        fate.leave is not None
        and decided is not None
        and fate.leave > max([fate.last_alive, *(contact.day for contact in met)])
    ):
        sheets.add("surv.csv", person.subject, edc(fate.leave), UNKNOWN, None)
