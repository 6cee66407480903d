"""Adverse events that a laboratory shows: runs of abnormal values, graded as CTCAE 5.0 does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cdisc.simulate.lab_tests import CODES, TESTS
from cdisc.simulate.laboratory import Laboratory

_BELOW: dict[str, tuple[float, ...]] = {
    "HGB": (100, 80),
    "NEUT": (1.5, 1.0, 0.5),
    "WBC": (3.0, 2.0, 1.0),
    "LYM": (0.8, 0.5, 0.2),
    "PLAT": (75, 50, 25),
    "ALB": (30, 20),
}
# Multiples of the upper limit of normal above which grades 2, 3, 4 begin.
_ABOVE: dict[str, tuple[float, ...]] = {
    "ALT": (3, 5, 20),
    "AST": (3, 5, 20),
    "BILI": (1.5, 3, 10),
}


@dataclass(frozen=True, slots=True)
class LabEvent:
    """A run of graded draws of one test: onset, end (None: not over) and its grade changes."""

    code: str
    start: int
    end: int | None
    changes: tuple[tuple[int, int], ...]

    @property
    def worst(self) -> int:
        """The highest grade of the run."""
        return max(grade for _, grade in self.changes)


def lab_events(laboratory: Laboratory, first: int) -> list[LabEvent]:
    """Runs of grade 2 or worse that begin on or after the first dose, in order of the tests."""
    days = [draw.day for draw in laboratory.draws]
    tested = {
        "chemistry": [i for i, draw in enumerate(laboratory.draws) if draw.panel != 1],
        "hematology": list(range(len(days))),
    }
    found = []
    for index, test in enumerate(TESTS):
        if test.panel not in tested or test.code not in (*_BELOW, *_ABOVE, "K", "SODIUM"):
            continue
        places = [place for place in tested[test.panel] if days[place] >= first]
        grades = _grades(test.code, laboratory.values[places, index], test.high).tolist()
        found.extend(_runs(CODES[index], [days[place] for place in places], grades))
    return found


def _grades(code: str, values: NDArray[np.float64], high: float | None) -> NDArray[np.int64]:
    grades = np.zeros(len(values), dtype=np.int64)
    if code in _BELOW:
        for grade, limit in enumerate(_BELOW[code], start=2):
            grades[values < limit] = grade
    elif code in _ABOVE and high is not None:
        for grade, times in enumerate(_ABOVE[code], start=2):
            grades[values > times * high] = grade
    elif code == "K":
        for grade, limit in ((2, 3.5), (3, 3.0), (4, 2.5)):
            grades[values < limit] = grade
    elif code == "SODIUM":
        for grade, limit in ((2, 134.0), (3, 130.0), (4, 120.0)):
            grades[values < limit] = grade
    return grades


def _runs(code: str, days: list[int], grades: list[int]) -> list[LabEvent]:
    found = []
    changes: list[tuple[int, int]] = []
    for day, grade in zip(days, grades, strict=True):
        if grade == 0 and changes:
            found.append(LabEvent(code, changes[0][0], day, tuple(changes)))
            changes = []
        elif grade and (not changes or changes[-1][1] != grade):
            changes.append((day, grade))
    if changes:
        found.append(LabEvent(code, changes[0][0], None, tuple(changes)))
    return found
