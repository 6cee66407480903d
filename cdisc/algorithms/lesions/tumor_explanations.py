"""Why a derived response is what it is, in words, assessment by assessment.

Only asked for when one subject is run again, so that texts are made one after another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Considered
from cdisc.algorithms.columns.numbers import plain
from cdisc.algorithms.columns.uniques import TEXT
from cdisc.algorithms.endpoints.responses import ANSWERS, NE, NONE, PD
from cdisc.algorithms.lesions.irecist import ANSWERS as IMMUNE_ANSWERS
from cdisc.algorithms.lesions.irecist import CAUSES, ICPD, Immune
from cdisc.algorithms.lesions.lesion_tables import (
    ABSENT,
    EQUIVOCAL,
    GROWN,
    MICROMETRES,
    UNREAD,
    Tumors,
)
from cdisc.algorithms.lesions.lesion_words import NEW_NON_TARGET, NEW_TARGET, NON_TARGET, TARGET
from cdisc.algorithms.lesions.new_lesions import NewLesions
from cdisc.algorithms.lesions.recist import Parts, Thresholds
from cdisc.algorithms.lesions.sums_of_diameters import Sums

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Telling:
    """What the words are made of; `names` and `results` are columns of the input."""

    tumors: Tumors
    sums: Sums
    parts: Parts
    new: NewLesions
    limits: Thresholds
    immune: Immune | None
    confirmation_days: int
    names: pd.Series[Any]
    results: pd.Series[Any]

    def considered(self, at: Ints) -> tuple[Considered, ...]:
        """The measurements behind each record, one a part, with what they come to.

        They are rows that the algorithm was given, which is what no name of a dataset means.
        """
        told = [
            (record, row, taken, why)
            for record, place in enumerate(at.tolist())
            for row, taken, why in self._told(place)
        ]
        if not told:
            return ()
        record, row, taken, why = zip(*told, strict=True)
        return (
            Considered(
                "",
                np.array(record, dtype=np.int64),
                np.array(row, dtype=np.int64),
                np.array(taken, dtype=np.bool_),
                pd.Series(why, dtype=TEXT),
            ),
        )

    def _told(self, at: int) -> Iterator[tuple[int, bool, str]]:
        readings = np.flatnonzero(self.tumors.readings.assessment == at)
        role = self.tumors.lesions.role[self.tumors.readings.lesion[readings]]
        counted = self.tumors.readings.counted[readings]
        yield from self._targets(at, readings[role == TARGET], counted[role == TARGET])
        yield from self._non_targets(at, readings[(role == NON_TARGET) & counted])
        yield from self._new(at, readings[np.isin(role, (NEW_TARGET, NEW_NON_TARGET))])
        yield from self._confirmed(at, readings)

    def _targets(
        self, at: int, readings: Ints, counted: npt.NDArray[np.bool_]
    ) -> Iterator[tuple[int, bool, str]]:
        found = self.tumors.readings
        for reading in readings[~counted].tolist():
            name = self._name(reading)
            yield int(found.row[reading]), False, f"{name} is not in the sum of the baseline list"
        if not counted.any():
            return
        row = int(found.row[readings[counted][-1]])
        answer = ANSWERS[self.parts.target[at]]
        known, nadir, base = self.sums.known[at], self.sums.nadir[at], self._base(at)
        text = f"targets: {'sum' if self.sums.complete[at] else 'what was measured'} "
        text += millimetres(known)
        if nadir >= 0:
            text += f" against nadir {self._against(int(known), int(self.sums.known[nadir]))}"
        if base >= 0:
            text += f", baseline {self._against(int(known), int(self.sums.known[base]))}"
        if not self.sums.complete[at]:
            text += "; not all were measured"
        yield row, self._decides(at, int(self.parts.target[at])), f"{text}: {answer}"

    def _base(self, at: int) -> int:
        return int(self.sums.baseline[self.tumors.assessments.subject[at]])

    @staticmethod
    def _against(value: int, other: int) -> str:
        """`35 mm: +20.0 %, +7 mm`."""
        share = "" if not other else f"{100 * (value - other) / other:+.1f} %, "
        sign = "+" if value >= other else "-"
        return f"{millimetres(other)}: {share}{sign}{millimetres(abs(value - other))}"

    def _decides(self, at: int, part: int) -> bool:
        """Whether a part counts for the overall response: where that is PD, only what is PD."""
        return part == PD or self.parts.overall[at] != PD

    def _non_targets(self, at: int, readings: Ints) -> Iterator[tuple[int, bool, str]]:
        found, answer = self.tumors.readings, int(self.parts.non_target[at])
        if answer == NONE or not len(readings):
            return
        state = found.state[readings]
        chosen = readings[state >= GROWN] if answer == PD else readings[state == UNREAD]
        chosen = chosen if answer in (PD, NE) and len(chosen) else readings[-1:]
        for reading in chosen.tolist():
            said = self.results.iloc[found.row[reading]]
            text = "was not assessed" if pd.isna(said) else f"is {said}"
            yield (
                int(found.row[reading]),
                self._decides(at, answer),
                f"non-target {self._name(reading)} {text}: {ANSWERS[answer]}",
            )

    def _new(self, at: int, readings: Ints) -> Iterator[tuple[int, bool, str]]:
        found = self.tumors.readings
        for reading in readings.tolist():
            lesion, row = found.lesion[reading], int(found.row[reading])
            name, state = self._name(reading), found.state[reading]
            if not found.counted[reading]:
                yield row, False, f"{name} was there before treatment, or came from another lesion"
            elif state == ABSENT:
                yield row, False, f"{name} is gone"
            elif state == UNREAD:
                yield row, False, f"{name} was not assessed"
            elif self.new.certain[lesion] > at:
                doubt = "is equivocal" if state == EQUIVOCAL else "is not certain"
                yield row, False, f"{name} {doubt}; it does not count yet"
            else:
                seen = np.datetime64(int(self.new.seen[lesion]), "D")
                yield row, True, f"{name} is there beyond doubt, first seen on {seen}: new lesion"

    def _confirmed(self, at: int, readings: Ints) -> Iterator[tuple[int, bool, str]]:
        if self.immune is None or self.immune.against[at] < 0 or not len(readings):
            return
        before = int(self.immune.against[at])
        days = int(self.parts.last_day[at] - self.immune.day[before])
        since = np.datetime64(int(self.immune.day[before]), "D")
        answer = IMMUNE_ANSWERS[self.immune.response[at]]
        text = f"{days} days after the iUPD of {since}"
        if days < self.confirmation_days:
            text += f", less than {self.confirmation_days}"
        change = self._against(int(self.sums.known[at]), int(self.sums.known[before]))
        text += f"; targets against then {change}"
        if self.new.sum[at] or self.new.sum[before]:
            then = millimetres(int(self.new.sum[before]))
            text += f"; new lesions {millimetres(int(self.new.sum[at]))}, then {then}"
        if self.immune.response[at] == ICPD:
            causes = [
                word for bit, word in enumerate(CAUSES) if int(self.immune.causes[at]) >> bit & 1
            ]
            text += f"; {' and '.join(causes)}"
        elif self.immune.reset[at]:
            text += "; smaller, so it is taken back"
        # of the targets if there are any
        role = self.tumors.lesions.role[self.tumors.readings.lesion[readings]]
        row = int(self.tumors.readings.row[readings[np.argmin(role)]])
        yield row, True, f"{text}: {answer}"

    def _name(self, reading: int) -> str:
        return str(self.names.iloc[self.tumors.readings.row[reading]])


def millimetres(value: int) -> str:
    """Micrometres in words: `35 mm`."""
    return f"{plain(value / MICROMETRES)} mm"
