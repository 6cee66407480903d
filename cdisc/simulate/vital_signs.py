"""vs.sas7bdat and ecg.csv: vital signs and electrocardiograms of one subject at its visits."""

from __future__ import annotations

from datetime import date

from cdisc.simulate.dates import edc, iso
from cdisc.simulate.dosing import Treatment
from cdisc.simulate.sheets import Row, Sheets
from cdisc.simulate.subjects import HEART, VITAL_SIGNS, Person
from cdisc.simulate.visits import Visit

NORMAL, NOT_SIGNIFICANT, SIGNIFICANT = 1, 2, 3

_VITAL_SIGNS, _ECG = "vs.sas7bdat", "ecg.csv"
_BEFORE_CONSENT = 26


def write_vital_signs(
    person: Person, treatment: Treatment, found: list[Visit], sheets: Sheets
) -> None:
    """A row at screening, on the days of doses, at unscheduled visits and after treatment."""
    chance = person.chance(VITAL_SIGNS)
    systolic, pulse = chance.between(108, 138), chance.between(62, 86)
    in_jin, in_fahrenheit = person.number % 8 == 6, person.number % 11 == 7
    dosed = {dose.day for dose in treatment.given()}
    for visit in found:
        weight = person.weight + chance.between(-1.5, 1.0)
        pressure, beats = systolic + chance.between(-9, 9), pulse + chance.between(-8, 10)
        celsius, breaths = 36.1 + chance.between(0, 1.1), chance.whole(14, 20)
        if visit.day is None or not _is_measured(visit, dosed):
            continue
        when = visit.day
        if visit.label == "SCREENING" and person.number == _BEFORE_CONSENT:
            # Measured the evening before the consent was signed.
            when -= 1
        row = sheets.add(
            _VITAL_SIGNS,
            person.subject,
            visit.label,
            iso(when),
            round(pressure),
            round(pressure * 0.62 + chance.between(-4, 4)),
            round(beats),
            breaths,
            round(celsius * 1.8 + 32, 1) if in_fahrenheit else round(celsius, 1),
            "F" if in_fahrenheit else "C",
            round(weight * 2, 1) if in_jin else round(weight, 1),
            "jin" if in_jin else "kg",
            round(person.height) if visit.label == "SCREENING" else None,
        )
        if in_jin:
            sheets.mark("D07", _VITAL_SIGNS, row, "WTU", "weight in jin, half a kilogram")
        if in_fahrenheit:
            sheets.mark("D07", _VITAL_SIGNS, row, "TEMPU", "temperature in Fahrenheit")
    if person.enrolled is not None:
        _soil_vital_signs(person.number, sheets)


def write_ecg(person: Person, treatment: Treatment, found: list[Visit], sheets: Sheets) -> None:
    """A row at screening, on the first day of each cycle and at the end of treatment."""
    chance = person.chance(HEART)
    usual = chance.between(392, 428)
    first_days = {label for label, _, _, number in treatment.visits if number == 1}
    for visit in found:
        interval, draw = usual + chance.between(-14, 16), chance.unit()
        if visit.day is None or not (
            visit.label in ("SCREENING", "END OF TREATMENT") or visit.label in first_days
        ):
            continue
        read = NORMAL if draw < 0.72 else NOT_SIGNIFICANT if draw < 0.97 else SIGNIFICANT
        if read == SIGNIFICANT:
            interval += 48
        sheets.add(_ECG, person.subject, visit.label, edc(visit.day), read, round(interval))
    rows = sheets.tables[_ECG]
    if person.number == 25:
        sheets.set("D08", _ECG, rows[1], "INTERP", "4", "code that the form does not have")
    elif person.number == 16:
        rows[-1][4] = ""


def _is_measured(visit: Visit, dosed: set[int]) -> bool:
    if visit.label in ("SCREENING", "END OF TREATMENT", "SAFETY FOLLOW-UP"):
        return True
    if visit.label.startswith("UNSCHEDULED "):
        return visit.label.split(" ")[1].isdigit() and visit.mode == 1
    return visit.label.startswith("CYCLE") and visit.day in dosed


def _soil_vital_signs(number: int, sheets: Sheets) -> None:
    rows: list[Row] = sheets.tables[_VITAL_SIGNS]
    if number == 5:
        text = f"a SAS date: {_sas_day(rows[0][2])} days since 1960-01-01"
        sheets.mark("D02", _VITAL_SIGNS, rows[0], "VSDAT", text)
    elif number == 9:
        sheets.set("D07", _VITAL_SIGNS, rows[1], "WTU", "", "weight without unit")
    elif number == 13:
        sheets.set("D06", _VITAL_SIGNS, rows[1], "WTU", "ｋｇ", "unit in full-width letters")
    elif number == 15:
        rows[2][7] = ""
    elif number == 10:
        sheets.set("D06", _VITAL_SIGNS, rows[1], "TEMPU", "\u2103", "unit as one sign")


def _sas_day(text: str) -> int:
    return (date.fromisoformat(text) - date(1960, 1, 1)).days
