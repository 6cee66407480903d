"""What the three central laboratories send of one subject: ELISA, flow cytometry, qPCR.

ELISA and qPCR tell times in UTC, flow cytometry the local time as an Excel serial number. How
the values move after an infusion is a table of shares, so that no function of the platform's
mathematics library decides a digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cdisc.simulate.chance import Chance
from cdisc.simulate.dates import clock, iso
from cdisc.simulate.identifiers import lab_id
from cdisc.simulate.sheets import Row, Sheets
from cdisc.simulate.specimens import TIME_POINTS, Biopsy, Draw
from cdisc.simulate.subjects import Person

ELISA, FLOW, QPCR = 42, 43, 44

BEIJING = 8 * 60
_EXCEL_EPOCH = date(1899, 12, 30).toordinal()

# hours after the infusion: copies/ug of the golden subjects (study design, section 7)
GOLDEN_COPIES = {0: 0, 24: 1200, 72: 800, 168: 300, 336: 90, 504: 0, 672: 0}
QPCR_LIMIT = 50
_LEFT = {
    "": (0.0, 0.0), "PRE": (0.0, 0.0), "D1": (0.9, 1.0), "D3": (0.45, 0.8), "D7": (0.15, 0.4),
    "D14": (0.03, 0.14), "D21": (0.0, 0.06), "D28": (0.0, 0.01),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cytokine:
    """One analyte: its name, limits and usual level in pg/mL, and its rise at each time point."""

    name: str
    lower: float
    upper: float
    low: float
    high: float
    rise: tuple[float, ...]


CYTOKINES = (
    Cytokine("IFN-α", 1.95, 500, 0.4, 3.2, (0, 60, 85, 40, 12, 3, 1)),
    Cytokine("IFN-β", 7.8, 500, 3, 11, (0, 1.5, 2, 1, 0.4, 0.1, 0)),
    Cytokine("IL-2", 2, 250, 1, 6, (0, 3, 4, 2, 0.6, 0.2, 0.1)),
    Cytokine("IL-6", 0.7, 300, 1.2, 9, (0, 9, 3, 1, 0.3, 0.1, 0)),
    Cytokine("TNF-α", 1.6, 1000, 2, 12, (0, 4, 3, 1.5, 0.5, 0.2, 0.1)),
)
# unit and how many of it one pg/mL is, as decimal places to shift
ELISA_UNITS = (("pg/mL", 0), ("ng/L", 0), ("ng/mL", 3))


@dataclass(frozen=True, slots=True)
class Population:
    """Gated cells: usual count per uL and percent of the parent, and what the gate is."""

    name: str
    low: float
    high: float
    percent: tuple[float, float]
    parent: str
    gate: str
    definition: str


POPULATIONS = (
    Population("MONO", 24, 70, (7, 16), "Monocytes", "CD14+CD16+",
               "Singlets, CD45+, SSC intermediate, CD14+, then CD16+"),
    Population("CD4", 380, 900, (48, 66), "T lymphocytes", "CD3+CD4+",
               "Singlets, CD45+, SSC low, CD3+, then CD4+"),
    Population("CD8", 220, 620, (24, 42), "T lymphocytes", "CD3+CD8+",
               "Singlets, CD45+, SSC low, CD3+, then CD8+"),
    Population("NK", 90, 340, (6, 19), "Lymphocytes", "CD3-CD16+CD56+",
               "Singlets, CD45+, SSC low, CD3-, then CD16+CD56+"),
)  # fmt: skip
FLOW_POINTS = ("", "PRE", "D1", "D7", "D14", "D28")


def write_elisa(person: Person, draws: Sequence[Draw], sheets: Sheets) -> None:
    """Rows of clab_elisa.xlsx: five analytes of each draw."""
    chance = person.chance(ELISA)
    unit, places = ELISA_UNITS[0 if person.golden is not None else person.number % 3]
    usual = [chance.between(analyte.low, analyte.high) for analyte in CYTOKINES]
    answer = chance.between(0.4, 1.5)
    points = [point for point, _ in TIME_POINTS]
    for number, draw in enumerate(draws, 1):
        for analyte, level in zip(CYTOKINES, usual, strict=True):
            rise = analyte.rise[points.index(draw.time_point)] if draw.time_point else 0.0
            value = level * (1 + rise * answer) * chance.between(0.8, 1.25)
            row = sheets.add(
                "clab_elisa.xlsx",
                lab_id(person.number),
                f"E{person.number:04d}{number:03d}",
                utc(draw.day, draw.minute),
                draw.time_point,
                analyte.name,
                _measured(value, analyte, places),
                unit,
                _shifted(analyte.lower, places),
                _shifted(analyte.upper, places),
                0,
            )
            if number == 1 and analyte is CYTOKINES[0] and places:
                sheets.mark("D07", "clab_elisa.xlsx", row, "UNIT", "unit variant: ng/mL")
        _mark_midnight(draw, "clab_elisa.xlsx", sheets.tables["clab_elisa.xlsx"][-5], sheets)


def write_flow(person: Person, draws: Sequence[Draw], sheets: Sheets) -> None:
    """Rows of clab_flow.xlsx: one a draw, the populations beside each other."""
    chance = person.chance(FLOW)
    per_litre = person.golden is None and person.number % 4 == 2
    micro = ("cells/uL", "cells/\u03bcL", "cells/\u00b5L")[
        0 if person.golden is not None else person.number % 3
    ]
    usual = [
        (chance.between(one.low, one.high), chance.between(*one.percent)) for one in POPULATIONS
    ]
    taken = [draw for draw in draws if draw.time_point in FLOW_POINTS]
    for number, draw in enumerate(taken, 1):
        cells: list[object] = []
        for population, (count, percent) in zip(POPULATIONS, usual, strict=True):
            # the day after an infusion lymphocytes leave the blood, later they are activated
            dip = {"D1": 0.7, "D7": 1.1, "D14": 1.15}.get(draw.time_point, 1.0)
            now = count * dip * chance.between(0.85, 1.18)
            share = percent * chance.between(0.92, 1.09)
            shown = f"{now / 1000:.3f}" if per_litre else f"{now:.0f}"
            cells += [shown, f"{share:.1f}"]
            cells += [population.parent, population.gate, population.definition]
        row = sheets.add(
            "clab_flow.xlsx",
            lab_id(person.number),
            f"F{person.number:04d}{number:03d}",
            serial(draw.day, draw.minute),
            "10^9/L" if per_litre else micro,
            *cells,
        )
        if number == 1 and person.golden is None:
            _mark_flow(person, row, per_litre, micro, sheets)


def write_qpcr(
    person: Person, draws: Sequence[Draw], taken: Sequence[Biopsy], sheets: Sheets
) -> None:
    """Rows of clab_qpcr.csv: blood of each draw, tissue of each biopsy."""
    chance = person.chance(QPCR)
    per_100 = person.golden is None and person.number % 4 == 1
    peak, infusion = 0.0, -1
    for number, draw in enumerate(draws, 1):
        if draw.infusion != infusion:
            infusion, peak = draw.infusion, chance.between(260, 2600)
        share = chance.between(*_LEFT[draw.time_point])
        copies = round(peak * share)
        if person.golden is not None and infusion == 1:
            copies = GOLDEN_COPIES[draw.hours]
        specimen = f"Q{person.number:04d}{number:03d}"
        row = _qpcr_row(person, specimen, "blood", draw, copies, per_100, chance, sheets)
        _mark_midnight(draw, "clab_qpcr.csv", row, sheets)
        if per_100 and number == 1:
            sheets.mark("D07", "clab_qpcr.csv", row, "UNIT", "unit variant: copies/100ng")
    for biopsy in taken:
        found = 0 if biopsy.visit == "SCREENING" else chance.whole(20, 1800)
        _qpcr_row(person, biopsy.specimen, "tumor", biopsy, found, per_100, chance, sheets)


def utc(day: int, minute: int) -> str:
    """A local time of day as the laboratories write it: `2024-03-05T00:30:00Z`."""
    days, minutes = divmod(day * 1440 + minute - BEIJING, 1440)
    return f"{iso(days)}T{clock(minutes)}:00Z"


def serial(day: int, minute: int) -> str:
    """A local time of day as Excel counts it: days since 1899-12-30."""
    return f"{day - _EXCEL_EPOCH + minute / 1440:.8f}"


def _measured(value: float, analyte: Cytokine, places: int) -> str:
    if value < analyte.lower:
        return f"<{_shifted(analyte.lower, places)}"
    if value > analyte.upper:
        return f">{_shifted(analyte.upper, places)}"
    return f"{value / 10**places:.{2 + places}f}"


def _shifted(value: float, places: int) -> str:
    text = f"{value / 10**places:.{2 + places}f}"
    return text.rstrip("0").rstrip(".")


def _qpcr_row(
    person: Person,
    specimen: str,
    matrix: str,
    at: Draw | Biopsy,
    copies: int,
    per_100: bool,
    chance: Chance,
    sheets: Sheets,
) -> Row:
    if copies >= QPCR_LIMIT:
        text = f"{copies / 10:.1f}" if per_100 else str(copies)
    elif matrix == "tumor" and copies == 0:
        text = "ND"
    else:
        text = "<50" if person.number % 5 == 0 and not per_100 else "BLQ"
    return sheets.add(
        "clab_qpcr.csv",
        lab_id(person.number),
        specimen,
        matrix,
        utc(at.day, at.minute),
        text,
        "copies/100ng" if per_100 else "copies/ug",
        QPCR_LIMIT,
        _cycles(copies, chance),
        f"{chance.between(220, 950):.0f}",
        0,
    )


def _cycles(copies: int, chance: Chance) -> str:
    """The cycle at which the signal rises: one fewer for each doubling of the copies."""
    cycles, left = 36.4, float(copies)
    if copies == 0:
        return ""
    while left > QPCR_LIMIT:
        left, cycles = left / 2, cycles - 1
    return f"{cycles + chance.between(-0.3, 0.3):.1f}"


def _mark_midnight(draw: Draw, file: str, row: Row, sheets: Sheets) -> None:
    if draw.minute < BEIJING:
        sheets.mark("D04", file, row, "COLUTC", "local date is a day later than in UTC")


def _mark_flow(person: Person, row: Row, per_litre: bool, micro: str, sheets: Sheets) -> None:
    if person.number == 6:  # all dates of the file are written so
        sheets.mark("D02", "clab_flow.xlsx", row, "COLLDATE", "date as Excel serial number")
    if per_litre:
        sheets.mark("D07", "clab_flow.xlsx", row, "UNIT", "unit variant: 10^9/L")
    elif not micro.isascii():
        sheets.mark("D28", "clab_flow.xlsx", row, "UNIT", "one of the two signs for micro")
