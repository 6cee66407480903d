"""Study drug given to one subject: dose_msc.csv and dose_reg.csv.

The schedule of the study design (section 1.3): in the combination, cycles 1 to 4 give
nab-paclitaxel on day 1, cyclophosphamide on day 2, cells on day 6 and anti-PD-1 on day 13;
cycles 5 to 8 cells on day 1 and anti-PD-1 on day 8; cycles 9 to 12 anti-PD-1 alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from cdisc.simulate.chance import Chance
from cdisc.simulate.dates import EXPORT, clock, slashed
from cdisc.simulate.fate import Fate
from cdisc.simulate.sheets import Row, Sheets
from cdisc.simulate.subjects import COMBO, DOSING, VISITS, Person

MSC, NAB, CTX, PD1 = 0, 1, 2, 3
DRUGS = (MSC, NAB, CTX, PD1)

CHEMO_DAYS = (1, 2, 6, 7, 9, 13, 20, 27, 34)
CELL_DAYS = (1, 2, 4, 8, 15, 22, 29)

# Visits without a dose or a sample for the local laboratory, which a subject may miss.
_SPARE_CHEMO_DAYS = (7, 27, 34)
_SPARE_CELL_DAYS = (2, 4, 22, 29)

_ABSENT = ("patient did not come", "public holiday", "patient in another hospital")
_MISSED = ("neutrophil count 0.9", "patient refused", "fever on the day", "platelets low")
_PAUSED = ("chills during infusion", "infusion line changed", "blood pressure fell")


@dataclass(frozen=True, slots=True)
class Dose:
    """One planned administration; `amount` is 10^6 cells or mg, None when it was not given."""

    drug: int
    cycle: int
    infusion: int
    day: int
    minute: int
    amount: float | None
    reason: str = ""
    interrupted: bool = False


@dataclass(slots=True)
class Treatment:
    """What was given, and the visits that went with it.

    `visits` are (label, day, cycle, day of the cycle) in order of time; `not_held` the other
    planned visits of the cycles begun: (label, day due, reason).
    """

    doses: list[Dose] = field(default_factory=list)
    visits: list[tuple[str, int, int, int]] = field(default_factory=list)
    not_held: list[tuple[str, int, str]] = field(default_factory=list)
    completed: bool = False
    last: int | None = None
    reduced_from: int = 99
    weights: dict[int, float] = field(default_factory=dict)

    def given(self, drug: int | None = None) -> list[Dose]:
        """Doses really given, of one drug or of all."""
        return [
            dose
            for dose in self.doses
            if dose.amount is not None and (drug is None or dose.drug == drug)
        ]


def treat(person: Person, fate: Fate) -> Treatment:
    """All doses and on-treatment visits up to the stop, the planned end or the export."""
    treatment = Treatment()
    if person.first is None:
        return treatment
    chance = person.chance(DOSING)
    combo = person.arm == COMBO
    if combo and person.golden is None and chance.happens(0.15):
        treatment.reduced_from = chance.whole(2, 4)
    stop = min(EXPORT, fate.stop if fate.stop is not None else EXPORT)
    cycles = 12 if combo else 4 if person.golden else chance.whole(1, 4) + chance.whole(0, 1)
    cycles = cycles if combo else min(4, max(2 if person.scenario else 1, cycles))
    start, done = person.first, 0
    misses = person.chance(VISITS)
    for cycle in range(1, cycles + 1):
        if start > stop:
            break
        spare = _SPARE_CHEMO_DAYS if combo and cycle <= 4 else _SPARE_CELL_DAYS
        plan, visit_days, step = _plan(combo, cycle, chance, fixed=person.golden is not None)
        treatment.weights[cycle] = round(person.weight + chance.between(-1.4, 1.0), 1)
        for drug, offset in plan:
            when = start + offset
            if when <= stop:
                treatment.doses.append(_dose(person, chance, treatment, drug, cycle, when))
        for number in visit_days:
            label, due = f"CYCLE {cycle} DAY {number}", start + number - 1
            reason = _not_held(person, misses, due, start + step, stop, number in spare)
            if reason:
                treatment.not_held.append((label, due, reason))
            else:
                treatment.visits.append((label, due, cycle, number))
        start += step
        done = cycle
    given = treatment.given()
    treatment.completed = done == cycles and (fate.stop is None or start <= fate.stop)
    treatment.last = given[-1].day if given else None
    return treatment


def _not_held(
    person: Person, misses: Chance, due: int, next_cycle: int, stop: int, spare: bool
) -> str:
    """Why a planned visit was not held; empty when it was."""
    missed, which = misses.happens(0.04), misses.unit()
    if due > stop:
        return "treatment stopped"
    if due >= next_cycle:
        return "replaced by the next visit"
    if missed and spare and person.golden is None:
        return _ABSENT[int(which * len(_ABSENT))]
    return ""


def surface(person: Person, weight: float) -> float:
    """Body surface area in m2 (Mosteller), two decimals as on the form."""
    # math.sqrt is rounded correctly everywhere; a power need not be.
    return round(math.sqrt(person.height * weight / 3600), 2)


def write_doses(person: Person, treatment: Treatment, sheets: Sheets) -> None:
    """Rows of dose_msc.csv and dose_reg.csv in order of time."""
    chance = Chance(person.seed, 7, person.number)
    for dose in treatment.doses:
        if dose.drug == MSC:
            _write_cells(person, dose, treatment.weights[dose.cycle], chance, sheets)
        else:
            _write_drug(person, dose, treatment.weights[dose.cycle], sheets)


def _plan(
    combo: bool, cycle: int, chance: Chance, *, fixed: bool
) -> tuple[list[tuple[int, int]], tuple[int, ...], int]:
    """Drugs with their offset from day 1, the visit days, and the days to the next cycle."""
    late = chance.whole(0, 2)
    drawn = chance.weighted(((28, 6.0), (29, 1.0), (32, 1.0), (35, 2.0), (39, 0.5), (42, 0.5)))
    # The kinetics of the golden subjects need 28 undisturbed days after each infusion.
    spacing = 35 if fixed else drawn
    if not combo:
        return [(MSC, 0)], CELL_DAYS, spacing
    if cycle <= 4:
        plan = [(NAB, 0), (CTX, 1), (MSC, 5), (PD1, 12 + (late if late < 2 else 0))]
        # Cycle 5 starts with the infusion itself, five days into the rhythm.
        return plan, CHEMO_DAYS, spacing + (5 if cycle == 4 else 0)
    if cycle <= 8:
        return [(MSC, 0), (PD1, 7)], CELL_DAYS, 28 if cycle == 8 else spacing
    return [(PD1, 0)], (1,), 21 + late - 1


def _dose(
    person: Person, chance: Chance, treatment: Treatment, drug: int, cycle: int, when: int
) -> Dose:
    weight = treatment.weights[cycle]
    area = surface(person, weight)
    minute = chance.whole(9 * 60, 11 * 60) if drug != MSC else chance.whole(9 * 60 + 30, 14 * 60)
    infusion = sum(1 for dose in treatment.doses if dose.drug == MSC) + 1
    amount: float | None = {
        MSC: round(2 * weight, 1),
        NAB: round((100 if cycle >= treatment.reduced_from else 125) * area, 1),
        CTX: round(200 * area, 1),
        PD1: 200.0,
    }[drug]
    draw, second = chance.unit(), chance.unit()
    if person.golden is not None:
        return Dose(drug, cycle, infusion, when, minute, amount)
    first = when == person.first
    forced = (person.number, drug, cycle)
    if forced in ((20, CTX, 2), (11, MSC, 3)) or (draw < 0.015 and not first):
        return Dose(drug, cycle, infusion, when, minute, None, _MISSED[int(second * 4)])
    if drug == MSC and (forced in ((13, MSC, 2), (25, MSC, 2)) or draw > 0.965):
        if forced[0] == 25:
            amount = round(0.8 * weight, 1)
        reason = _PAUSED[int(second * 3)]
        return Dose(drug, cycle, infusion, when, minute, amount, reason, interrupted=True)
    if drug == MSC:
        amount = round(weight * (1.94 + 0.1 * second), 1)
    return Dose(drug, cycle, infusion, when, minute, amount)


def _write_cells(person: Person, dose: Dose, weight: float, chance: Chance, sheets: Sheets) -> None:
    plan = round(2 * weight, 1)
    viability = round(chance.between(84, 97), 1)
    lot = f"MSC{slashed(dose.day)[2:4]}{chance.whole(1, 60):03d}"
    date = slashed(dose.day)
    length = chance.whole(30, 55)

    def add(start: int, end: int | None, planned: float | None, cells: float | None,
            interrupted: int, reason: str) -> Row:  # fmt: skip
        given = cells is not None
        return sheets.add(
            "dose_msc.csv",
            person.subject,
            dose.infusion,
            f"{date} {clock(start)}",
            f"{date} {clock(end)}" if end is not None else None,
            planned,
            cells,
            viability if given else None,
            weight,
            lot if given else None,
            interrupted,
            reason,
        )

    if dose.amount is None:
        row = add(dose.minute, None, plan, None, 0, dose.reason)
        sheets.mark("D19", "dose_msc.csv", row, "CELLGIVEN", "planned infusion not given")
    elif not dose.interrupted:
        add(dose.minute, dose.minute + length, plan, dose.amount, 0, "")
    elif dose.amount < plan / 2:
        row = add(dose.minute, dose.minute + 14, plan, dose.amount, 1, dose.reason)
        sheets.mark("D19", "dose_msc.csv", row, "INTERR", "infusion broken off, not resumed")
    else:
        part = round(dose.amount * 0.4, 1)
        row = add(dose.minute, dose.minute + 15, plan, part, 1, dose.reason)
        sheets.mark("D19", "dose_msc.csv", row, "INTERR", "infusion paused, first part")
        resumed = dose.minute + 15 + chance.whole(25, 60)
        row = add(resumed, resumed + 25, None, round(dose.amount - part, 1), 0, "")
        sheets.mark("D19", "dose_msc.csv", row, "INFNO", "infusion resumed, second part")


def _write_drug(person: Person, dose: Dose, weight: float, sheets: Sheets) -> None:
    given = dose.amount is not None
    row = sheets.add(
        "dose_reg.csv",
        person.subject,
        dose.drug,
        dose.cycle,
        f"{slashed(dose.day)} {clock(dose.minute)}",
        dose.amount,
        surface(person, weight) if given else None,
        dose.reason,
    )
    if not given:
        sheets.mark("D19", "dose_reg.csv", row, "NDREASON", "planned dose not given")
    if (person.number, dose.drug, dose.cycle) == (17, PD1, 1):
        year, month, rest = row[3].split("/")
        text = f"{year}/{int(month)}/{rest.lstrip('0')}"
        sheets.set("D02", "dose_reg.csv", row, "DTM", text, "month and day without zeros")
