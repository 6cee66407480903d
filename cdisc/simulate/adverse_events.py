"""Adverse events of one subject: ae.csv with its log of grade changes, aelog.csv."""

from __future__ import annotations

from dataclasses import dataclass, field

from cdisc.simulate.chance import Chance
from cdisc.simulate.dates import DATA_CUT, EXPORT, edc, without_day, without_month
from cdisc.simulate.dosing import CTX, DRUGS, MSC, NAB, PD1, Treatment
from cdisc.simulate.fate import ADVERSE_EVENT, Fate
from cdisc.simulate.lab_events import lab_events
from cdisc.simulate.laboratory import Laboratory
from cdisc.simulate.sheets import Row, Sheets
from cdisc.simulate.subjects import COMBO, EVENTS, Person
from cdisc.simulate.terms import BY_NAME, LAB_TERMS, TERMS, Term

RECOVERED, RECOVERING, NOT_RECOVERED, WITH_SEQUELAE, FATAL, UNKNOWN = range(1, 7)
NONE, REDUCED, INTERRUPTED, WITHDRAWN, NOT_APPLICABLE = 0, 1, 2, 3, 9

_SAFETY_DAYS = 28


@dataclass(slots=True)
class Event:
    """One adverse event. `grade` is at onset, `changes` the later grades as (day, grade)."""

    verbatim: str
    name: str
    start: int
    end: int | None
    grade: int
    changes: list[tuple[int, int]] = field(default_factory=list)
    drug: int = MSC
    action: int = NONE
    fatal: bool = False
    dose_limiting: bool = False

    @property
    def worst(self) -> int:
        """The highest grade reached."""
        return max([self.grade, *(grade for _, grade in self.changes)])


def suffer(person: Person, treatment: Treatment, laboratory: Laboratory, fate: Fate) -> list[Event]:
    """All events of one subject in order of onset; empty when never dosed."""
    given = treatment.given()
    if person.first is None or not given:
        return []
    chance = person.chance(EVENTS)
    last = min(fate.last_alive, EXPORT)
    events = _after_doses(person, treatment, chance, last)
    events += _from_laboratory(person, laboratory, chance, last)
    events += _from_changes_of_dose(person, treatment, fate, last)
    if fate.fatal_event and fate.death is not None:
        onset = fate.death - 12
        events.append(
            Event("pneumonia", "Pneumonia", onset, fate.death, 3,
                  [(onset + 5, 4), (fate.death, 5)], MSC, WITHDRAWN, fatal=True)
        )  # fmt: skip
    if person.scenario == "dose-limiting toxicity":
        onset = treatment.given(MSC)[0].day + 1
        events.append(Event("fever", "Pyrexia", onset, onset + 6, 4, [], MSC, WITHDRAWN,
                            dose_limiting=True))  # fmt: skip
    events = _apart(sorted(events, key=lambda event: (event.start, event.name, event.verbatim)))
    return [event for event in events if event.start <= last]


def _after_doses(person: Person, treatment: Treatment, chance: Chance, last: int) -> list[Event]:
    events = []
    drugs = DRUGS if person.arm == COMBO else (MSC,)
    terms = [(term, term.weight) for term in TERMS if term.weight and term.drug in drugs]
    for dose in treatment.given():
        # Most doses pass without a complaint; cells and chemotherapy cause more than PD-1.
        if not chance.happens(0.42 if dose.drug in (MSC, NAB) else 0.16):
            continue
        term = chance.weighted([pair for pair in terms if pair[0].drug == dose.drug])
        start = dose.day + chance.whole(*term.delay)
        limit = min(last, (treatment.last or dose.day) + _SAFETY_DAYS + 30)
        if start <= limit:
            events.append(_drawn(term, start, chance, last))
    return events


def _drawn(term: Term, start: int, chance: Chance, last: int) -> Event:
    grade = chance.weighted(((1, 5.0), (2, 3.5), (3, 1.2), (4, 0.2)))
    grade = min(grade, term.worst)
    length = chance.whole(*term.length)
    end: int | None = start + length
    event = Event(chance.pick(term.verbatims), term.name, start, end, grade, drug=term.drug)
    if length >= 6 and grade < term.worst and chance.happens(0.3):
        worse = start + max(1, length // 3)
        event.changes = [(worse, grade + 1)]
        if chance.happens(0.5):
            event.changes.append((worse + max(1, length // 3), max(1, grade - 1)))
    if start + length > last:
        event.end = None
        event.changes = [change for change in event.changes if change[0] <= last]
    if event.worst >= 3 and term.drug in (NAB, CTX) and chance.happens(0.2):
        event.action = INTERRUPTED
    return event


def _from_laboratory(
    person: Person, laboratory: Laboratory, chance: Chance, last: int
) -> list[Event]:
    events = []
    for found in lab_events(laboratory, person.first or 0):
        if not chance.happens(0.35 if found.worst == 2 else 0.9):
            continue
        term = BY_NAME[LAB_TERMS[found.code]]
        drug = term.drug if person.arm == COMBO else MSC
        grade, changes = found.changes[0][1], list(found.changes[1:])
        end = found.end if found.end is None or found.end <= last else None
        verbatim = chance.pick(term.verbatims)
        events.append(Event(verbatim, term.name, found.start, end, grade, changes, drug))
    return events


def _from_changes_of_dose(
    person: Person, treatment: Treatment, fate: Fate, last: int
) -> list[Event]:
    """The events behind paused infusions, reduced doses and treatment given up."""
    name = "Infusion related reaction"
    events = [
        Event("infusion reaction", name, dose.day, dose.day, 2, [], MSC, INTERRUPTED)
        for dose in treatment.given(MSC)
        if dose.interrupted and dose.reason.startswith("chills")
    ]
    reduced = [d for d in treatment.given(NAB) if d.cycle == treatment.reduced_from]
    if reduced:
        onset = reduced[0].day - 16
        events.append(Event("neutropenia", "Neutrophil count decreased", onset, onset + 12, 3,
                            [], NAB, REDUCED))  # fmt: skip
    explained = person.scenario == "dose-limiting toxicity"
    gave_up = fate.stop is not None and fate.stop_reason == ADVERSE_EVENT
    if fate.stop is not None and gave_up and treatment.last and not explained:
        onset = min(fate.stop - 2, treatment.last + 20)
        drug = PD1 if person.arm == COMBO else MSC
        name, verbatim = (
            ("Pneumonitis", "immune pneumonitis") if drug == PD1 else ("Dyspnoea", "dyspnea")
        )
        end = onset + 24 if onset + 24 <= last else None
        events.append(Event(verbatim, name, onset, end, 3, [], drug, WITHDRAWN))
    return events


def _apart(events: list[Event]) -> list[Event]:
    """Drop an event that begins before an earlier one of the same name has ended."""
    open_until: dict[str, int] = {}
    kept = []
    for event in events:
        marked = event.fatal or event.dose_limiting or event.action in (REDUCED, WITHDRAWN)
        if event.start > open_until.get(event.name, 0) or marked:
            kept.append(event)
            until = event.end if event.end is not None else EXPORT
            open_until[event.name] = max(until, open_until.get(event.name, 0))
    return kept


def write_events(person: Person, events: list[Event], fate: Fate, sheets: Sheets) -> None:
    """Rows of ae.csv, numbered in order of onset, and of aelog.csv for their grade changes."""
    chance = Chance(person.seed, 8, person.number)
    for number, event in enumerate(events, start=1):
        row = _write(person, number, event, fate, chance, sheets)
        for when, grade in event.changes:
            log = sheets.add("aelog.csv", person.subject, number, edc(when), grade)
            sheets.mark("D21", "aelog.csv", log, "GRADE", "grade changed within one event")
        if person.golden is None and not event.changes and not event.fatal:
            _make_partial(row, chance, sheets)


def _write(
    person: Person, number: int, event: Event, fate: Fate, chance: Chance, sheets: Sheets
) -> Row:
    serious = event.fatal or event.dose_limiting or (event.worst >= 3 and chance.happens(0.35))
    criteria = "3"
    if event.fatal:
        criteria = "1;3"
    elif event.worst == 4:
        criteria = "2;3"
    related = chance.weighted(((2, 4.0), (3, 3.0), (4, 1.0), (1, 1.5)))
    drugs = DRUGS if person.arm == COMBO else (MSC,)
    relations = []
    actions = []
    for drug in DRUGS:
        if drug not in drugs:
            relations.append("")
            actions.append(str(NOT_APPLICABLE))
            continue
        relations.append(str(related if drug == event.drug else chance.whole(0, 2)))
        actions.append(str(event.action if drug == event.drug else NONE))
    ongoing = event.end is None
    row = sheets.add(
        "ae.csv",
        person.subject,
        number,
        event.verbatim,
        edc(event.start),
        None if event.end is None else edc(event.end),
        int(ongoing),
        event.grade,
        int(serious),
        criteria if serious else None,
        *relations,
        *actions,
        _outcome(event, fate, chance),
        int(event.dose_limiting),
    )
    if ongoing and fate.end() > DATA_CUT:
        sheets.mark("D20", "ae.csv", row, "ONGO", "still ongoing at the data cut-off")
    if event.start > DATA_CUT:
        sheets.mark("A24", "ae.csv", row, "AESTDAT", "begins after the data cut-off")
    return row


def _outcome(event: Event, fate: Fate, chance: Chance) -> int:
    if event.fatal:
        return FATAL
    if event.end is None:
        return UNKNOWN if fate.leave_reason else chance.pick((RECOVERING, NOT_RECOVERED))
    return RECOVERED if chance.happens(0.95) else WITH_SEQUELAE


def _make_partial(row: Row, chance: Chance, sheets: Sheets) -> None:
    kind = chance.unit()
    if kind < 0.03:
        text = without_day(row[3], chance.pick(("UN", "UNK")))
        sheets.set("D01", "ae.csv", row, "AESTDAT", text, "day of onset not known")
    elif kind < 0.045 and row[4]:
        sheets.set("D01", "ae.csv", row, "AEENDAT", without_day(row[4]), "day of end not known")
    elif kind < 0.055:
        sheets.set("D01", "ae.csv", row, "AESTDAT", without_month(row[3]), "only the year known")
