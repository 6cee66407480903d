"""A lane for each subject: treatment, follow-up and what happened when."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.errors import SpecError
from cdisc.results.data import Data
from cdisc.results.figure_change import group_of, short_names
from cdisc.results.outcome import Outcome, Statistic
from cdisc.results.shown import counted, fixed
from cdisc.results.svg import (
    COLOURS,
    FAINT,
    INK,
    QUIET,
    Drawing,
    Frame,
    Key,
    Scale,
    horizontal_axis,
    legend,
    text_width,
    ticks,
)
from cdisc.spec.analyses import Swimmer

Numbers = npt.NDArray[np.float64]

_WIDTH, _RIGHT, _TOP = 900, 40, 20
_LANE = 17
_LIGHT = ("#9ccbe6", "#f3b48a", "#8ed3bd", "#e6bcd4", "#f5d68f", "#bfe2f6", "#b9c0c7")
_MARKS = (
    ("circle", "#1b5e20"),
    ("triangle", "#7a0c0c"),
    ("square", "#3d3d8f"),
    ("cross", "#000000"),
    ("diamond", "#6a1b9a"),
    ("down", "#8d5a00"),
    ("plus", "#37474f"),
)


def swimmer(data: Data, asked: Swimmer) -> Outcome:
    """One lane a subject of the records, the longest first in each group."""
    data.one_each(np.ones(len(data.frame), dtype=np.bool_))
    start = _dates(data, asked.start)
    end = pd.Series(pd.NaT, index=start.index, dtype="datetime64[s]")
    for name in asked.end:
        end = end.fillna(_dates(data, name))
    treated = _months(_dates(data, asked.treated_until), start, asked)
    length = _months(end, start, asked)
    lanes = np.flatnonzero(~np.isnan(length))
    without = len(data.subjects) - len(np.unique(data.of[lanes]))
    notes = (
        [f"{without} of {counted(len(data.subjects), 'subject')} without lane."] if without else []
    )
    if not len(lanes):
        return Outcome((), notes=tuple(notes))
    groups = group_of(data)
    order = sorted(
        lanes.tolist(),
        key=lambda row: (groups[data.of[row]], -length[row], str(data.subjects[data.of[row]])),
    )
    marks, left_out = _marks(data, asked, start)
    notes += left_out
    statistics = _statistics(data, order, groups, treated, length, marks)
    figure = _draw(data, asked, order, groups, treated, length, marks)
    return Outcome(statistics, figure=figure, notes=tuple(notes))


def _dates(data: Data, name: str) -> pd.Series[Any]:
    column = data.column(name)
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        raise SpecError(
            f"{data.display.records.dataset}.{name} is not a date",
            at=data.display.at,
            hint="A swimmer plot needs variables such as TRTSDT, with the format DATE9.",
        )
    return column


def _months(dates: pd.Series[Any], start: pd.Series[Any], asked: Swimmer) -> Numbers:
    days = (dates - start).dt.total_seconds().to_numpy(dtype=np.float64) / 86_400
    found: Numbers = days / asked.days_per_month
    return found


Marks = dict[str, list[tuple[int, float]]]
"""For each label the positions of subjects with the month of the mark."""


def _marks(data: Data, asked: Swimmer, start: pd.Series[Any]) -> tuple[Marks, list[str]]:
    began = pd.Series(start.to_numpy(), index=data.of)
    marks: Marks = {}
    notes = []
    for label, records in asked.marks.items():
        of, column = data.of_subjects(records)
        if not pd.api.types.is_datetime64_any_dtype(column.dtype):
            raise SpecError(f"{records.dataset}.{records.variable} is not a date", at=records.at)
        begins = began.reindex(of).reset_index(drop=True)
        months = _months(column, begins, asked)
        known = ~np.isnan(months)
        if (~known).any():
            notes.append(
                f"{counted(int((~known).sum()), 'mark')} of {label} without a lane left out."
            )
        pairs = zip(of[known].tolist(), months[known].tolist(), strict=True)
        marks[label] = sorted(set(pairs))
    return marks, notes


def _draw(
    data: Data,
    asked: Swimmer,
    order: list[int],
    groups: list[int],
    treated: Numbers,
    length: Numbers,
    marks: Marks,
) -> str:
    names = short_names([str(subject) for subject in data.subjects])
    left = max(map(text_width, names)) + 34
    used = sorted({groups[data.of[row]] for row in order})
    fills = {group: n % len(COLOURS) for n, group in enumerate(used)}
    styles = {label: _MARKS[n % len(_MARKS)] for n, label in enumerate(marks)}
    keys = [
        key
        for group in used
        for key in (
            Key(f"{data.groups[group].name}: treatment", COLOURS[fills[group]], "square"),
            Key("follow-up", _LIGHT[fills[group]], "square"),
        )
    ]
    keys += [Key(label, colour, shape) for label, (shape, colour) in styles.items()]
    ongoing = data.holds(asked.ongoing) if asked.ongoing is not None else None
    if ongoing is not None:
        keys.append(Key("Ongoing", INK, "right"))
    room = _WIDTH - left - _RIGHT
    top = legend(Drawing(_WIDTH, 0), left, _TOP, room, keys)
    height = len(order) * _LANE + (len(used) - 1) * 10
    drawing = Drawing(_WIDTH, top + height + 65)
    legend(drawing, left, _TOP, room, keys)
    reach = [float(length[row]) for row in order]
    reach += [month for pairs in marks.values() for _, month in pairs]
    most, least = max(*reach, 1), min(*reach, 0)
    frame = Frame(
        Scale(least, most * 1.03, left, _WIDTH - _RIGHT), Scale(0, 1, top + height + 5, top)
    )
    at = ticks(least, most, 12)
    for value in at:
        drawing.line(frame.x(value), top, frame.x(value), frame.y.start, FAINT)
    horizontal_axis(drawing, frame, at, "Months since the start of treatment")
    line, before = top, used[0]
    for row in order:
        subject = int(data.of[row])
        group = groups[subject]
        line += 10 if group != before else 0
        before = group
        middle = line + _LANE / 2
        tip = f"{names[subject]}: {fixed(float(length[row]), 1)} months, {data.groups[group].name}"
        zero, ends = frame.x(0), frame.x(float(length[row]))
        drawing.box(zero, line + 5, ends - zero, _LANE - 10, _LIGHT[fills[group]], tip)
        if not np.isnan(treated[row]):
            until = frame.x(min(float(treated[row]), float(length[row])))
            # who was treated on one day was treated
            drawing.box(zero, line + 3, max(until - zero, 3), _LANE - 6, COLOURS[fills[group]], tip)
        if ongoing is not None and ongoing[row]:
            drawing.mark(ends + 6, middle, "right", INK, 5)
        drawing.text(left - 8, middle + 4, names[subject], 11, "end", QUIET)
        for label, (shape, colour) in styles.items():
            for month in (month for who, month in marks[label] if who == subject):
                said = f"{names[subject]}: {label} at {fixed(month, 1)} months"
                drawing.mark(frame.x(month), middle, shape, colour, 5, said)
        line += _LANE
    return drawing.finish(
        f"{data.display.name} {data.display.title}",
        f"Lanes of {len(order)} subjects of up to {fixed(max(reach), 1)} months.",
    )


def _statistics(
    data: Data,
    order: list[int],
    groups: list[int],
    treated: Numbers,
    length: Numbers,
    marks: Marks,
) -> tuple[Statistic, ...]:
    found = []
    for row in order:
        subject = int(data.of[row])
        levels = (("USUBJID", str(data.subjects[subject])),)
        name = data.groups[groups[subject]].name
        values = [("months treated", float(treated[row])), ("months", float(length[row]))]
        values += [
            (f"month of {label}", month)
            for label, pairs in marks.items()
            for who, month in pairs
            if who == subject
        ]
        for statistic, value in values:
            if not np.isnan(value):
                found.append(Statistic(name, levels, statistic, value, fixed(value, 1)))
    return tuple(found)
