"""Why an overall response counts or not: against the others of its subject, in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.arguments import Column, Considered
from cdisc.algorithms.columns.rivals import Reasons, at, of_group, rivals
from cdisc.algorithms.columns.uniques import pair

Positions = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Days = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sifted:
    """Responses and how far each came.

    `person`, `day` and `answer` (its place among the terms; -1 none, -2 unknown) are one a row;
    `early` and `late` lie outside the time in which responses count, `counts` may count. `daily`
    are the rows that stand for their day, `ending` those of them after which none counts, and
    `flagged` those that do count.
    """

    person: Positions
    day: Days
    answer: Positions
    early: Marks
    late: Marks
    counts: Marks
    daily: Positions
    ending: Positions
    flagged: Positions


def reasons(
    sifted: Sifted,
    response: Column,
    date: Column,
    start: Column | None,
    new_therapy: Column | None,
) -> tuple[Considered, ...]:
    """Each response with all of its subject: whether each counts, and why or why not."""
    count = len(sifted.day)
    why = Reasons(count, "no response")
    why.say(sifted.answer == -2, "{} is not among the responses", response)
    said = sifted.answer >= 0
    why.say(said & ~np.isfinite(sifted.day), "no complete date")
    if start is not None:
        why.say(said & np.isfinite(sifted.day), "the first day that counts is missing")
        why.say(said & sifted.early, "before {}, the first day that counts", start)
    if new_therapy is not None:
        why.say(said & sifted.late, "new therapy began on {}", new_therapy)
    _of_one_day(why, sifted, response, date)
    _after_the_end(why, sifted, response, date)
    taken = np.zeros(count, dtype=np.bool_)
    taken[sifted.flagged] = True
    why.say(taken, "it counts")
    nobody = sifted.person < 0
    why.say(nobody, "no subject")
    return rivals(sifted.person, taken, why, nobody)


def _of_one_day(why: Reasons, sifted: Sifted, response: Column, date: Column) -> None:
    rows = np.flatnonzero(sifted.counts)
    group = np.full(len(sifted.day), -1, dtype=np.int64)
    group[rows] = pair([sifted.person[rows], sifted.day[rows].astype(np.int64)])[0]
    best = np.full(len(sifted.day), -1, dtype=np.int64)
    best[rows] = of_group(group[rows], np.searchsorted(rows, sifted.daily))
    best[rows] = rows[best[rows]]
    other = sifted.counts & (best != np.arange(len(best)))
    worse = other & (sifted.answer[best] < sifted.answer)
    why.say(other, "the same response of {} counts once", date)
    why.say(worse, "{} of the same day is worse", at(response, best))


def _after_the_end(why: Reasons, sifted: Sifted, response: Column, date: Column) -> None:
    # the first of each subject: what is written last stays
    first = np.full(int(sifted.person.max(initial=-1)) + 2, -1, dtype=np.int64)
    last_first = sifted.ending[::-1]
    first[sifted.person[last_first]] = last_first
    end = first[sifted.person]
    daily = np.zeros(len(end), dtype=np.bool_)
    daily[sifted.daily] = True
    after = daily & (end >= 0) & (sifted.day > sifted.day[end])
    why.say(after, "after {} of {}, the last that counts", at(response, end), at(date, end))
