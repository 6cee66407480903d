"""Other treatment during the study: cm.csv.

Drugs for diseases of the history, to prevent side effects of chemotherapy, for adverse events
(AENO names the event, the drug is given while it lasts), and new treatment of the tumor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cdisc.simulate.adverse_events import Event
from cdisc.simulate.catalogues import DRUGS, PROCEDURES, TREATMENTS, Drug
from cdisc.simulate.chance import Chance
from cdisc.simulate.dates import DATA_CUT, EXPORT, edc, without_day, without_month
from cdisc.simulate.dosing import NAB, Treatment
from cdisc.simulate.fate import Fate
from cdisc.simulate.history import Past
from cdisc.simulate.sheets import Row, Sheets
from cdisc.simulate.subjects import Person

# Name of the random stream, beside those of subjects.py, history.py and biopsies.py.
MEDICATION = 44

FOR_EVENT, FOR_HISTORY, PROPHYLAXIS, NEW_ANTICANCER = 1, 2, 3, 9

_STDAT = 9
# How the hospital's departments write the same thing; the first is the form's own code.
_SPELLINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "unit": {"mg": ("MG",), "TABLET": ("tab", "tab"), "CAPSULE": ("cap",), "ug": ("mcg",)},
    "frequency": {"qd": ("QD",), "bid": ("BID",), "tid": ("TID",), "once": ("st",)},
    "route": {"po": ("ORAL", "PO"), "iv": ("IV",), "sc": ("ih",)},
}


@dataclass(frozen=True, slots=True)
class Given:
    """One line of the form. Days are ordinals, `end` None while it goes on; `event` 0: none."""

    drug: Drug
    verbatim: str
    purpose: int
    start: int
    end: int | None
    event: int = 0


def medicate(
    person: Person, found: Past, treatment: Treatment, events: list[Event], fate: Fate
) -> list[Given]:
    """All lines of one subject in order of their start."""
    chance = person.chance(MEDICATION)
    last = min(fate.last_alive, EXPORT)
    lines = _for_history(person, found, chance)
    if person.first is not None:
        lines += _against_side_effects(person, treatment, chance)
        lines += _for_events(person, events, chance)
        lines += _against_the_tumor(person, treatment, fate, chance)
    if fate.death is not None:
        # Nothing goes on after death.
        lines = [replace(one, end=last) if one.end is None else one for one in lines]
    lines = [line for line in lines if line.start <= last]
    return sorted(lines, key=lambda line: (line.start, line.purpose, line.event, line.drug.name))


def write_medication(person: Person, lines: list[Given], sheets: Sheets) -> None:
    """Rows of cm.csv, numbered in order of their start."""
    chance = Chance(person.seed, MEDICATION, person.number)
    for number, line in enumerate(lines, start=1):
        row = sheets.add(
            "cm.csv",
            person.subject,
            number,
            line.verbatim,
            line.drug.dose,
            line.drug.unit,
            line.drug.frequency,
            line.drug.route,
            line.purpose,
            line.event or None,
            edc(line.start),
            None if line.end is None else edc(line.end),
            int(line.end is None),
        )
        if not line.verbatim.isascii():
            sheets.mark("D28", "cm.csv", row, "CMTRT", "written in Chinese")
        if not line.drug.dose.replace(".", "").isdigit() and line.drug.dose:
            sheets.mark("D06", "cm.csv", row, "DOSE", "dose as a range")
        if line.start > DATA_CUT:
            sheets.mark("A24", "cm.csv", row, "STDAT", "begins after the data cut-off")
        if line.purpose == NEW_ANTICANCER:
            _mark_repeated(line, sheets)
            continue
        if person.golden is None:
            _respell(line, row, chance, sheets)
            _forget(line, row, chance, sheets)


def _for_history(person: Person, found: Past, chance: Chance) -> list[Given]:
    lines = []
    for disease in found.diseases:
        if disease.end is None and disease.condition.drug and chance.happens(0.8):
            drug = DRUGS[disease.condition.drug]
            start = max(disease.start + chance.whole(0, 60), person.consent - 900)
            start = min(start, person.consent)
            verbatim = _written(drug, person, chance)
            lines.append(Given(drug, verbatim, FOR_HISTORY, start, None))
    return lines


def _against_side_effects(person: Person, treatment: Treatment, chance: Chance) -> list[Given]:
    lines = []
    for dose in treatment.given(NAB):
        for name in ("Ondansetron", "Dexamethasone"):
            verbatim = _written(DRUGS[name], person, chance)
            lines.append(Given(DRUGS[name], verbatim, PROPHYLAXIS, dose.day, dose.day))
    return lines


def _for_events(person: Person, events: list[Event], chance: Chance) -> list[Given]:
    """Drugs for the events that have some; the number of an event is its place in ae.csv."""
    lines = []
    for number, event in enumerate(events, start=1):
        usual = TREATMENTS.get(event.name, ())
        wanted = chance.happens(0.35 + 0.2 * event.worst)
        if not usual or not wanted:
            continue
        drug = chance.pick(usual)
        verbatim = _written(drug, person, chance)
        start, end = event.start, event.end
        if end is not None:
            start = min(end, start + chance.whole(0, 1))
            end = max(start, end - chance.whole(0, 1))
        if drug.frequency == "once":
            end = start
        lines.append(Given(drug, verbatim, FOR_EVENT, start, end, number))
    return lines


def _against_the_tumor(
    person: Person, treatment: Treatment, fate: Fate, chance: Chance
) -> list[Given]:
    """Treatment of the tumor after the study's own: told here, at a follow-up contact, or both."""
    if person.golden is not None:
        return []
    lines = []
    by_name = {verbatim: drug for drug in DRUGS.values() for verbatim in drug.verbatims}
    new = fate.new_therapy
    if new is not None and person.number % 2:
        end = new + chance.whole(40, 120)
        ended = None if end > min(fate.last_alive, EXPORT) else end
        lines.append(Given(by_name[fate.therapy], fate.therapy, NEW_ANTICANCER, new, ended))
    if new is not None and person.number % 4 == 0:
        later = DRUGS["Anlotinib"] if fate.therapy.startswith("doc") else DRUGS["Docetaxel"]
        lines.append(Given(later, later.verbatims[0], NEW_ANTICANCER, new + 63, None))
    if person.number % 8 == 0 and treatment.last is not None:
        # The form has no line of its own for radiotherapy.
        palliative = next(p for p in PROCEDURES if p.kind == "palliative").verbatims[0]
        start = treatment.last + 25
        drug = Drug("", "", "", (palliative,), "8", "Gy", "once", "", ())
        lines.append(Given(drug, palliative, NEW_ANTICANCER, start, start))
    return lines


def _written(drug: Drug, person: Person, chance: Chance) -> str:
    """How the site writes it; the golden subjects are written in English."""
    picked = chance.pick(drug.verbatims)
    return drug.verbatims[0] if person.golden is not None else picked


def _mark_repeated(line: Given, sheets: Sheets) -> None:
    """Mark the follow-up contact that tells of the same treatment."""
    for contact in sheets.tables["surv.csv"]:
        if contact[1:4:2] == [edc(line.start), line.verbatim]:
            note = "the same treatment stands in cm.csv"
            sheets.mark("D03", "surv.csv", contact, "NEWTX", note)


def _respell(line: Given, row: Row, chance: Chance, sheets: Sheets) -> None:
    """Write unit, frequency and route as another department does in some of the rows."""
    for column, what, case in (
        ("DOSU", "unit", "D07"),
        ("FREQ", "frequency", "D08"),
        ("ROUTE", "route", "D08"),
    ):
        others = _SPELLINGS[what].get(str(getattr(line.drug, what)))
        if chance.happens(0.2) and others:
            text = chance.pick(others)
            sheets.set(case, "cm.csv", row, column, text, f"other spelling of a {what}")


def _forget(line: Given, row: Row, chance: Chance, sheets: Sheets) -> None:
    """What was begun long ago is often not known to the day."""
    if line.purpose == FOR_HISTORY and chance.happens(0.5):
        known = without_month if chance.happens(0.4) else without_day
        sheets.set("D01", "cm.csv", row, "STDAT", known(row[_STDAT]), "start not known to the day")
