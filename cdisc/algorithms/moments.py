"""Records of persons in the order of their moments, to find the one before or after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.partial_dates import spans
from cdisc.algorithms.uniques import Codes

Seconds = npt.NDArray[np.int64]
DAY = 86400
"""Seconds of a day."""


@dataclass(frozen=True, slots=True, eq=False)
class References:
    """References sorted by person and moment; position -1 stands for none.

    `tied` marks those of one person and moment, and ends with a False for position -1.
    """

    person: Codes
    moment: Seconds
    row: Codes
    tied: npt.NDArray[np.bool_]

    def latest(self, person: Codes, until: Seconds) -> Codes:
        """For each person the position of the last reference up to a moment."""
        place = self._places(person, until, before_equal=False) - 1
        return np.where((place >= 0) & (self._person(place) == person), place, -1)

    def first_from(self, person: Codes, since: Seconds) -> Codes:
        """For each person the position of the first reference at a moment or later."""
        return self.around(person, since)[1]

    def around(self, person: Codes, moment: Seconds) -> tuple[Codes, Codes]:
        """For each person the last reference before a moment, and the first at or after it."""
        place = self._places(person, moment, before_equal=True)
        earlier = np.where((place > 0) & (self._person(place - 1) == person), place - 1, -1)
        place = np.where(place < len(self.person), place, -1)
        later = np.where((place >= 0) & (self._person(place) == person), place, -1)
        return earlier, later

    def first_of_day(self, place: Codes) -> Codes:
        """The first reference of the person and day of each position; -1 stays."""
        if not len(self.person):
            return place
        day = self.moment // DAY
        starts = np.ones(len(day), dtype=np.bool_)
        starts[1:] = (day[1:] != day[:-1]) | (self.person[1:] != self.person[:-1])
        first = np.maximum.accumulate(np.where(starts, np.arange(len(day)), 0))
        return np.where(place >= 0, first[np.maximum(place, 0)], -1)

    def day(self, place: Codes) -> Seconds:
        """The day of each position."""
        if not len(self.moment):
            return np.full(len(place), -1, dtype=np.int64)
        return np.asarray(self.moment[np.maximum(place, 0)] // DAY, dtype=np.int64)

    def _person(self, place: Codes) -> Codes:
        if not len(self.person):
            return np.full(len(place), -2, dtype=np.int64)
        return np.asarray(self.person[np.maximum(place, 0)], dtype=np.int64)

    def _places(self, person: Codes, moment: Seconds, *, before_equal: bool) -> Codes:
        """How many references stand before each (person, moment)."""
        many, count = len(self.person), len(person)
        asked = np.zeros(count) if before_equal else np.full(count, 2.0)
        order = np.lexsort(
            (
                np.concatenate([np.ones(many), asked]),
                np.concatenate([self.moment, moment]),
                np.concatenate([self.person, person]),
            )
        )
        place = np.empty(many + count, dtype=np.int64)
        place[order] = np.cumsum(order < many)
        return place[many:]


def references(people: Codes, dates: pd.Series[Any]) -> References:
    """The records that have a person (-1: none) and a date of a known day."""
    when = spans(dates)
    usable = np.flatnonzero(when.complete & (people >= 0))
    moment = when.earliest[usable].astype(np.int64)
    order = np.lexsort((usable, moment, people[usable]))
    person, moment, row = people[usable][order], moment[order], usable[order]
    repeats = (person[1:] == person[:-1]) & (moment[1:] == moment[:-1])
    tied = np.append(repeats, False) | np.append(np.zeros(1, dtype=np.bool_), repeats)
    return References(person, moment, row, np.append(tied[: len(person)], False))
