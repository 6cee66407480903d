"""Records of persons in the order of their moments, to find the one before or after another.

What the algorithms `reference_record`, `reference_before`, `reference_after` and `nearest_record`
have in common: they differ only in which of the moments they ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Considered, Result, Selected
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.rivals import Reasons, at, of_selections, records_of
from cdisc.algorithms.columns.subjects import Subjects, links_of_pairs, of_subject
from cdisc.algorithms.columns.uniques import Codes
from cdisc.algorithms.dates.days import DAY, NONE
from cdisc.algorithms.dates.partial_dates import Spans, spans
from cdisc.model import Severity

Marks = npt.NDArray[np.bool_]
Seconds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class References:
    """References sorted by person and moment; position -1 stands for none.

    `row` is the row of each among the records.
    """

    person: Codes
    moment: Seconds
    row: Codes

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
        if not len(self.person):
            return np.zeros(len(person), dtype=np.int64)
        # one number for both: moments of all references lie from 1 to room - 2
        low = int(self.moment.min())
        room = int(self.moment.max()) - low + 3

        def together(whose: Codes, when: Seconds) -> Codes:
            return np.asarray(whose * room + np.clip(when - low + 1, 0, room - 1), dtype=np.int64)

        return np.searchsorted(
            together(self.person, self.moment),
            together(person, moment),
            side="left" if before_equal else "right",
        )


def references(people: Codes, dates: pd.Series[Any]) -> References:
    """The records that have a person (-1: none) and a date of a known day."""
    when = spans(dates)
    usable = np.flatnonzero(when.complete & (people >= 0))
    moment = when.earliest[usable].astype(np.int64)
    order = np.lexsort((usable, moment, people[usable]))
    return References(people[usable][order], moment[order], usable[order])


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Which record of `of` a row belongs to: its person, its moments, and the references known.

    `asked` marks the rows that can belong to any: those with a person and a date of a known day.
    `until` is the last second of a row's date, as precisely as it is known, and `midnight` the
    first one of its day; 0 for a row that is not asked.
    """

    name: str
    date: pd.Series[Any]
    of: Selected
    when: Spans
    person: Codes
    asked: Marks
    until: Seconds
    midnight: Seconds
    known: References
    people: Subjects

    def answer(
        self,
        place: Codes,
        if_none: str,
        none: str,
        *,
        explaining: bool,
        one: str = "the one that counts",
        others: str = "not on the side of this record that counts",
    ) -> Result:
        """The value of the reference at each position, what there is to say, and where it is from.

        References of one moment with different values are a tie: no value, and a finding. Those
        of one value are all its origin. `none` says of a row, `{value}`, that it has no reference.
        With `explaining` it is told of each reference why it was taken or not: `one` is what the
        reference taken is called, `others` what all are where none was.
        """
        place = np.where(self.asked, place, -1)
        has = np.flatnonzero(place >= 0)
        starts, sizes, unlike = self._alike()
        moment = np.searchsorted(starts, place[has], side="right") - 1
        tied = np.zeros(len(place), dtype=np.bool_)
        tied[has] = unlike[moment]
        moment, has = moment[~tied[has]], has[~tied[has]]
        record = np.full(len(place), -1, dtype=np.int64)
        record[has] = self.known.row[starts[moment]]
        values = pd.api.extensions.take(self.of["value"].array, record, allow_fill=True)
        rows = np.repeat(has, sizes[moment])
        within = np.arange(len(rows)) - np.repeat(
            np.cumsum(sizes[moment]) - sizes[moment], sizes[moment]
        )
        origin = self.known.row[np.repeat(starts[moment], sizes[moment]) + within]
        issues = issue(
            f"{self.name}.undecided",
            "{value} has no day, so it belongs to no certain record",
            self.when.known & ~self.when.complete,
            self.date,
            severity=Severity.WARNING,
        ) + issue(
            f"{self.name}.tie",
            f"several records of {self.of.name} with different values have the time that {{value}} "
            "belongs to; none is taken",
            tied,
            self.date,
            hint="Let where of the records tell which one counts",
        )
        if if_none == "finding":
            issues += issue(f"{self.name}.none", none, self.asked & (place < 0), self.date)
        links = links_of_pairs([self.of], rows, origin)
        told: tuple[Considered, ...] = ()
        if explaining:
            told = self._told(place, tied, (rows, origin), (one, others))
        return Result(pd.Series(values), issues, links, told)

    def _told(
        self, place: Codes, tied: Marks, taken: tuple[Codes, Codes], words: tuple[str, str]
    ) -> tuple[Considered, ...]:
        """Of each record of a row's person, why it is the reference of the row or not."""
        known, count = self.known, len(self.of)
        one, others = words
        row, record = records_of(self.people, taken)
        moment = np.full(count, NONE, dtype=np.int64)
        moment[known.row] = known.moment
        chosen = np.append(known.row, -1)[place][row]
        is_taken = np.isin(row * count + record, taken[0] * count + taken[1])
        why = Reasons(len(row), "no date of a known day")
        dates = at(self.of["date"], chosen)
        dated = moment[record] != NONE
        why.say(dated, others)
        theirs = np.append(moment, NONE)[chosen]
        why.say(dated & (chosen >= 0) & (moment[record] < theirs), f"before {one}, of {{}}", dates)
        why.say(dated & (chosen >= 0) & (moment[record] > theirs), f"after {one}, of {{}}", dates)
        level = dated & (chosen >= 0) & (moment[record] == theirs)
        why.say(level & tied[row], "of the same time as others with another value; none is taken")
        why.say(~self.asked[row], "this record has no date of a known day")
        why.say(is_taken, one)
        reasons = why.take(np.arange(len(row)))
        return of_selections([self.of], row, record, is_taken, reasons)

    def _alike(self) -> tuple[Codes, Codes, Marks]:
        """Of each moment of a person: its first position, how many, whether values differ."""
        known = self.known
        new = np.ones(len(known.row), dtype=np.bool_)
        new[1:] = (known.person[1:] != known.person[:-1]) | (known.moment[1:] != known.moment[:-1])
        starts = np.flatnonzero(new)
        sizes = np.diff(np.append(starts, len(new)))
        if not len(starts):
            return starts, sizes, np.zeros(0, dtype=np.bool_)
        rank = ranks(self.of["value"])[known.row]
        unlike = np.minimum.reduceat(rank, starts) != np.maximum.reduceat(rank, starts)
        return starts, sizes, np.asarray(unlike, dtype=np.bool_)


def question(name: str, date: pd.Series[Any], of: Selected, subject: pd.Series[Any]) -> Question:
    """The question which record of `of` each row belongs to by its date."""
    when = spans(date)
    people = of_subject(subject, [of])
    asked = when.complete & (people.rows >= 0)
    until = np.where(asked, when.latest.astype(np.int64), 0)
    midnight = np.where(asked, when.earliest.astype(np.int64) // DAY * DAY, 0)
    known = references(people.records, of["date"])
    return Question(name, date, of, when, people.rows, asked, until, midnight, known, people)
