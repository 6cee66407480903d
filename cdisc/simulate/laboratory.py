"""Local laboratory results of one subject: values over time, their texts, and what they show."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cdisc.simulate.dates import clock, iso
from cdisc.simulate.dosing import NAB, Treatment
from cdisc.simulate.fate import Fate
from cdisc.simulate.lab_tests import (
    CHEMISTRY,
    CODES,
    CONVENTIONAL,
    HCG,
    HEMATOLOGY,
    TESTS,
    LabTest,
)
from cdisc.simulate.sheets import Sheets
from cdisc.simulate.subjects import LABORATORY, Person

_FULL, _BLOOD_COUNT, _WITH_COAGULATION = 0, 1, 2
_PANELS: dict[int, tuple[int, ...]] = {
    _FULL: tuple(i for i, t in enumerate(TESTS) if t.panel in (HEMATOLOGY, CHEMISTRY)),
    _BLOOD_COUNT: tuple(i for i, t in enumerate(TESTS) if t.panel == HEMATOLOGY),
    _WITH_COAGULATION: tuple(range(len(TESTS))),
}
_COLUMN = {code: index for index, code in enumerate(CODES)}

# Share of the neutrophils left, by days since nab-paclitaxel (an early fall, recovery in 4 weeks).
_NADIR = ((0, 1.0), (5, 0.85), (9, 0.55), (12, 0.45), (19, 0.65), (27, 0.95), (60, 1.0))
_LEFT_BY_DAY = np.array(
    [
        left + (right - left) * (day - start) / (end - start)
        for (start, left), (end, right) in pairwise(_NADIR)
        for day in range(start, end)
    ]
    + [1.0]
)


@dataclass(frozen=True, slots=True)
class Draw:
    """One blood draw: the visit label, the day, the minute of the day and the panel."""

    visit: str
    day: int
    minute: int
    panel: int


@dataclass(slots=True)
class Laboratory:
    """Draws in order of time and the values of all tests at each, in catalogue units."""

    draws: list[Draw] = field(default_factory=list)
    values: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, len(TESTS))))


def measure(
    person: Person, treatment: Treatment, fate: Fate, safety: list[tuple[str, int]]
) -> Laboratory:
    """All draws of one subject with their values.

    `safety` holds the (label, day) of end of treatment and safety follow-up.
    """
    chance = person.chance(LABORATORY)
    draws = [Draw("SCREENING", _screening_day(person), chance.whole(420, 540), _WITH_COAGULATION)]
    last = fate.end()
    for label, when, cycle, number in treatment.visits:
        panel = _panel(cycle, number, chemo=cycle <= 4 and person.arm == 2)
        if panel is not None and when <= last:
            draws.append(Draw(label, when, chance.whole(400, 500), panel))
    for label, when in safety:
        if when <= last:
            draws.append(Draw(label, when, chance.whole(420, 560), _FULL))
    extra = chance.happens(0.4) if person.golden is None else False
    if extra and len(draws) > 3:
        between = draws[2]
        when = between.day + 1
        if when <= last:
            draws.insert(3, Draw("UNSCHEDULED 1", when, chance.whole(480, 1300), _BLOOD_COUNT))
    draws.sort(key=lambda draw: (draw.day, draw.minute))
    usual = chance.bell(1, len(TESTS))
    wobble = chance.bell(len(draws), len(TESTS))
    return Laboratory(draws, _values(person, treatment, draws, usual, wobble, chance.unit()))


def _screening_day(person: Person) -> int:
    """Within two weeks before the first dose, and not before consent."""
    planned = (person.enrolled if person.enrolled is not None else person.consent + 6) - 2
    return max(person.consent, planned - person.number % 3)


def _panel(cycle: int, number: int, *, chemo: bool) -> int | None:
    if number == 1:
        return _WITH_COAGULATION if cycle in (1, 5) else _FULL
    if chemo:
        return {6: _FULL, 9: _BLOOD_COUNT, 13: _FULL, 20: _BLOOD_COUNT}.get(number)
    return {8: _FULL, 15: _BLOOD_COUNT}.get(number)


def _values(
    person: Person,
    treatment: Treatment,
    draws: list[Draw],
    usual: NDArray[np.float64],
    wobble: NDArray[np.float64],
    sensitivity: float,
) -> NDArray[np.float64]:
    centre = np.array([test.centre for test in TESTS])
    spread = np.array([test.spread for test in TESTS])
    drift = np.array([test.wobble for test in TESTS])
    values = centre + spread * usual + drift * wobble
    days = np.array([draw.day for draw in draws])
    chemo = np.array([dose.day for dose in treatment.given(NAB)] or [10**7])
    since = days[:, None] - chemo[None, :]
    since = np.where(since >= 0, since, 60).min(axis=1)
    left = _LEFT_BY_DAY[np.minimum(since, 60)]
    depth = 1 - (1 - left) * (0.5 + 1.1 * sensitivity)
    cycles = (since < 60).cumsum()
    for code, share in (("NEUT", 1.0), ("LYM", 0.4), ("MONO", 0.5), ("PLAT", 0.5)):
        values[:, _COLUMN[code]] *= 1 - (1 - depth) * share
    values[:, _COLUMN["HGB"]] -= np.minimum(cycles, 14) * (0.6 + 1.8 * sensitivity)
    if person.sex == 1:
        values[:, _COLUMN["HGB"]] += 12
        values[:, _COLUMN["CREAT"]] += 8
    _flare(person, values)
    # The white cells are the sum of their parts, as on a real count.
    parts = sum(values[:, _COLUMN[code]] for code in ("NEUT", "LYM", "MONO"))
    values[:, _COLUMN["WBC"]] = parts * 1.05
    return np.maximum(values, 0.02)


def _flare(person: Person, values: NDArray[np.float64]) -> None:
    """A liver flare in every sixth subject, a fall of potassium or sodium in others."""
    where = slice(4, 6)
    kind = person.number % 12
    if kind in (4, 10) and person.golden is None:
        for code, times in (("ALT", 5.2), ("AST", 4.1), ("GGT", 2.4), ("BILI", 1.9)):
            values[where, _COLUMN[code]] *= times if kind == 4 else times * 0.75
    elif kind == 5:
        values[where, _COLUMN["K"]] -= 1.0
    elif kind == 8:
        values[where, _COLUMN["SODIUM"]] -= 8.0
        values[where, _COLUMN["ALB"]] -= 9.0


def write_laboratory(person: Person, laboratory: Laboratory, sheets: Sheets) -> None:
    """Rows of lab_local.csv: a draw's tests in the catalogue's order, then HCG at screening."""
    style = [_style(test, index, person) for index, test in enumerate(TESTS)]
    texts = [
        [f"{value:.{decimals}f}" for value in (column / factor).tolist()]
        for column, (_, _, factor, decimals, _) in zip(laboratory.values.T, style, strict=True)
    ]
    for number, draw in enumerate(laboratory.draws):
        when = f"{iso(draw.day)} {clock(draw.minute)}"
        for index in _PANELS[draw.panel]:
            name, unit, _, _, limits = style[index]
            sheets.tables["lab_local.csv"].append(
                [person.subject, draw.visit, when, name, texts[index][number], unit, limits]
            )
        if number == 0 and person.of_childbearing_potential:
            name, unit, _, _, limits = _style(HCG, len(TESTS), person)
            row = sheets.add("lab_local.csv", person.subject, draw.visit, when, name, "<0.5",
                             unit, limits)  # fmt: skip
            sheets.mark("D06", "lab_local.csv", row, "RESULT", "below the limit of the assay")


def _style(test: LabTest, index: int, person: Person) -> tuple[str, str, float, int, str]:
    """How this subject's laboratory prints a test: name, unit, factor, decimals, range."""
    number = person.number
    chinese = number % 3 == 0 or (number % 3 == 2 and index % 2 == 0)
    name = test.chinese if chinese else test.english
    unit, factor, decimals = test.unit, 1.0, test.decimals
    conventional = {"HGB": number % 5 == 0, "CREAT": number % 7 == 3, "BILI": number % 9 == 4}
    if conventional.get(test.code):
        unit, factor, decimals = CONVENTIONAL[test.code]
    elif unit == "umol/L":
        # U+03BC and U+00B5 look the same and are not.
        unit = ("umol/L", "\u03bcmol/L", "\u00b5mol/L")[number % 3]
    elif unit == "10~9/L" and number % 4 == 1:
        unit = "10^9/L"
    low, high = test.low, test.high
    if test.code == "HGB" and person.sex == 1:
        low, high = 130.0, 175.0
    shown = [None if limit is None else _limit(limit / factor) for limit in (low, high)]
    limits = f"<{shown[1]}" if shown[0] is None else f"{shown[0]}-{shown[1]}"
    return name, unit, factor, decimals, limits


def _limit(value: float) -> str:
    return f"{round(value, 2):g}"
