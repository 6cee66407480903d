"""Tables of subjects who had something: lines of kinds, nested terms by grade, shifts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.results.data import MISSING, Data, Group, Mask, Positions, as_text
from cdisc.results.outcome import Line, Outcome, Statistic, Table
from cdisc.results.rates import heads, of_block
from cdisc.results.shown import counted, share
from cdisc.spec.analyses import Counts, CountsBy, ShiftTable

Numbers = npt.NDArray[np.float64]

ANY = "Any"


def counts(data: Data, asked: Counts) -> Outcome:
    """Subjects with at least one record of each kind, and how many records they have."""
    statistics: list[Statistic] = []
    lines: list[Line] = []
    for block in data.blocks:
        lines += block.heading
        for label, where in asked.rows.items():
            kind = block.rows & data.holds(where)
            cells = []
            for group in data.groups:
                mine = kind & data.members(group)
                persons, records = data.persons(mine), int(mine.sum())
                shown = share(persons, group.subjects)
                cells.append(f"{shown} [{records}]" if records else shown)
                levels = (*block.levels, ("row", label))
                statistics += _counted(group, levels, persons)
                statistics.append(Statistic(group.name, levels, "records", records, str(records)))
            lines.append(Line(label, tuple(cells), 1 if block.title else 0))
    notes = ("Subjects: n (%) [number of records].",)
    return Outcome(tuple(statistics), Table("", heads(data), tuple(lines)), notes=notes)


def _counted(group: Group, levels: tuple[tuple[str, str], ...], persons: int) -> list[Statistic]:
    fraction = persons / group.subjects if group.subjects else None
    text = share(persons, group.subjects)
    return [
        Statistic(group.name, levels, "n", persons, str(persons)),
        Statistic(group.name, levels, "fraction", fraction, text),
    ]


# ---- nested terms by worst grade -------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """A column of a group: all of them, one worst grade, or worst grades of at least one."""

    head: str
    low: float
    high: float

    def within(self, worst: Numbers) -> Mask:
        """Which worst grades belong to the column; all do to that of any grade."""
        if self.head == ANY:
            return np.ones(len(worst), dtype=np.bool_)
        found: Mask = (worst >= self.low) & (worst <= self.high)
        return found


def counts_by(data: Data, asked: CountsBy) -> Outcome:
    """Subjects by nested terms, each counted once a line, at the worst grade for that line."""
    grades = _grades(data, asked.grade)
    columns = _columns(grades, asked)
    texts = [as_text(data.column(name)) for name in asked.terms]
    lines: list[Line] = []
    statistics: list[Statistic] = []
    for label, depth, levels, rows in _nested(data, asked.terms, texts):
        cells: list[str] = []
        subjects, worst = _worst(data.of[rows], grades[rows], len(data.subjects))
        for group in data.groups:
            mine = group.members[subjects]
            for column in columns:
                persons = int((mine & column.within(worst)).sum())
                cells.append(share(persons, group.subjects))
                at = (*levels, (asked.grade or "grade", column.head))
                statistics += _counted(group, at, persons)
        lines.append(Line(label, tuple(cells), depth))
    over = tuple((head, len(columns)) for head in heads(data))
    one = len(columns) == 1
    shown = heads(data) if one else tuple(column.head for column in columns) * len(data.groups)
    table = Table("", shown, tuple(lines), () if one else over)
    ungraded = int(np.isnan(grades).sum()) if asked.grade else 0
    note = f"{counted(ungraded, 'record')} without {asked.grade}, under {ANY} only."
    return Outcome(tuple(statistics), table, notes=(note,) if ungraded else ())


def _columns(grades: Numbers, asked: CountsBy) -> list[_Column]:
    found = [_Column(ANY, -np.inf, np.inf)]
    found += [_Column(f"{g:g}", g, g) for g in np.unique(grades[~np.isnan(grades)]).tolist()]
    return found + [_Column(f"\u2265{low:g}", low, np.inf) for low in asked.at_least]


def _grades(data: Data, name: str) -> Numbers:
    """Grades as numbers; a text that is no number is no grade."""
    if not name:
        return np.full(len(data.frame), np.nan)
    column = pd.to_numeric(data.column(name), errors="coerce")
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _worst(of: Positions, grades: Numbers, subjects: int) -> tuple[Positions, Numbers]:
    """The subjects with a record, each with the highest grade of theirs, NaN without any."""
    worst = np.full(subjects, -np.inf)
    np.maximum.at(worst, of, np.where(np.isnan(grades), -np.inf, grades))
    there = np.unique(of)
    found = worst[there]
    return there, np.where(np.isinf(found), np.nan, found)


def _nested(
    data: Data, names: tuple[str, ...], texts: list[pd.Series[str]]
) -> Iterator[tuple[str, int, tuple[tuple[str, str], ...], Positions]]:
    """Lines of a tree: label, depth, levels and record positions, widest terms first.

    Terms of a level come by falling number of subjects, then by name.
    """
    everything = np.arange(len(data.frame), dtype=np.int64)
    yield "Any event", 0, (), everything
    yield from _below(data, names, texts, 0, (), everything)


def _below(
    data: Data,
    names: tuple[str, ...],
    texts: list[pd.Series[str]],
    depth: int,
    levels: tuple[tuple[str, str], ...],
    rows: Positions,
) -> Iterator[tuple[str, int, tuple[tuple[str, str], ...], Positions]]:
    if depth == len(names) or not len(rows):
        return
    codes, terms = pd.factorize(texts[depth].iloc[rows])
    order = np.argsort(codes, kind="stable")
    parts = np.split(rows[order], np.flatnonzero(np.diff(codes[order])) + 1)
    ranks = [
        (-len(np.unique(data.of[part])), str(term)) for part, term in zip(parts, terms, strict=True)
    ]
    for place in sorted(range(len(parts)), key=lambda n: ranks[n]):
        term = ranks[place][1]
        at = (*levels, (names[depth], term))
        yield term, depth, at, parts[place]
        yield from _below(data, names, texts, depth + 1, at, parts[place])


# ---- shifts ----------------------------------------------------------------------------


def shift_table(data: Data, asked: ShiftTable) -> Outcome:
    """Subjects by their grade at baseline (lines) and the highest after it (columns)."""
    before, after = _grades(data, asked.before), _grades(data, asked.after)
    graded = ~np.isnan(after)
    values = np.unique(np.concatenate((before[~np.isnan(before)], after[graded])))
    names = [f"{value:g}" for value in values.tolist()]
    statistics: list[Statistic] = []
    lines: list[Line] = []
    notes: list[str] = []
    for block in data.blocks:
        rows = np.flatnonzero(block.rows & graded)
        subjects, start, worst = _shifts(data.of[rows], before[rows], after[rows])
        without = data.persons(block.rows) - len(subjects)
        if without:
            notes.append(
                f"{of_block(block)}{counted(without, 'subject')} without a grade left out."
            )
        lines += block.heading
        known = np.isnan(start)
        for name, mine in (
            *((name, start == value) for name, value in zip(names, values, strict=True)),
            *(((MISSING, known),) if known.any() else ()),
        ):
            cells = []
            for group in data.groups:
                inside = mine & group.members[subjects]
                for head, value in zip(names, values, strict=True):
                    number = int((inside & (worst == value)).sum())
                    levels = (*block.levels, (asked.before, name), (asked.after, head))
                    statistics.append(Statistic(group.name, levels, "n", number, str(number)))
                    cells.append(str(number))
                cells.append(str(int(inside.sum())))
            if mine.any():
                lines.append(Line(name, tuple(cells), 1 if block.title else 0))
    columns = (*names, "All")
    over = tuple((head, len(columns)) for head in heads(data))
    table = Table(data.label(asked.before), columns * len(data.groups), tuple(lines), over)
    return Outcome(tuple(statistics), table, notes=tuple(notes))


def _shifts(of: Positions, before: Numbers, after: Numbers) -> tuple[Positions, Numbers, Numbers]:
    """Each subject with a record: the position, its grade before and the highest after."""
    order = np.lexsort((-after, of))
    first = order[np.unique(of[order], return_index=True)[1]] if len(order) else order
    return of[first], before[first], after[first]
