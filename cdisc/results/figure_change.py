"""Figures of the change in tumour size: best change as a waterfall, all changes as a spider."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cdisc.errors import SpecError
from cdisc.results.categories import UNKNOWN, colours_of
from cdisc.results.data import Data, as_text
from cdisc.results.outcome import Outcome, Statistic
from cdisc.results.shown import counted, fixed
from cdisc.results.svg import (
    INK,
    QUIET,
    SHAPES,
    Drawing,
    Frame,
    Key,
    Scale,
    horizontal_axis,
    legend,
    signed,
    text_width,
    ticks,
    vertical_axis,
)
from cdisc.spec.analyses import Records, Spider, Waterfall

_WIDTH, _LEFT, _RIGHT, _TOP, _PLOT = 900, 80, 60, 20, 380
_NAMED = 80
"""So many subjects can be named under their bars."""

Numbers = npt.NDArray[np.float64]


def short_names(subjects: Sequence[str]) -> list[str]:
    """Ids without what all begin with, up to its last hyphen."""
    if len(set(subjects)) < 2:
        return list(subjects)
    # what the first and the last in order begin with, all between them begin with
    first, last = min(subjects), max(subjects)
    same = next(
        (n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first)
    )
    cut = first[:same].rfind("-") + 1
    return [subject[cut:] for subject in subjects]


def group_of(data: Data) -> list[int]:
    """The first group of each subject."""
    members = np.array([group.members for group in data.groups])
    return members.argmax(axis=0).tolist() if len(data.groups) else []


def values_of(data: Data, records: Records | None) -> list[str]:
    """The one value of each subject that colours it.

    Raises SpecError when subjects have several.
    """
    found = [UNKNOWN] * len(data.subjects)
    if records is None:
        return [data.groups[group].name for group in group_of(data)]
    of, column = data.of_subjects(records)
    if len(np.unique(of)) < len(of):
        raise SpecError(
            f"{records.dataset} has several records of a subject here",
            at=records.at,
            hint="Select one a subject in where",
        )
    for place, value in zip(of.tolist(), as_text(column).tolist(), strict=True):
        found[place] = value
    return found


def waterfall(data: Data, asked: Waterfall) -> Outcome:
    """The lowest change of each subject, from the worst to the best."""
    values = data.numbers(asked.value)
    known = ~np.isnan(values)
    best = np.full(len(data.subjects), np.inf)
    np.minimum.at(best, data.of[known], values[known])
    there = np.flatnonzero(np.isfinite(best))
    without = len(data.subjects) - len(there)
    notes = (
        (f"{without} of {counted(len(data.subjects), 'subject')} without {asked.value} and bar.",)
        if without
        else ()
    )
    if not len(there):
        return Outcome((), notes=notes)
    order = sorted(there.tolist(), key=lambda n: (-best[n], data.subjects[n]))
    colours = values_of(data, asked.colour)
    statistics = _subject_statistics(data, order, colours, asked.value, best)
    return Outcome(statistics, figure=_waterfall(data, asked, order, best, colours), notes=notes)


def _subject_statistics(
    data: Data, order: list[int], colours: list[str], name: str, best: Numbers
) -> tuple[Statistic, ...]:
    groups = group_of(data)
    return tuple(
        Statistic(
            data.groups[groups[n]].name,
            (("USUBJID", str(data.subjects[n])), ("category", colours[n])),
            f"lowest {name}",
            float(best[n]),
            fixed(float(best[n]), 1),
        )
        for n in order
    )


def _bounds(values: Sequence[float], lines: Sequence[float]) -> tuple[float, float]:
    """From a round number below to one above, so that no value is cut off."""
    low, high = min(*values, *lines, 0, -20), max(*values, *lines, 0, 20)
    step = ticks(low, high)[1] - ticks(low, high)[0]
    return step * np.floor(low / step), step * np.ceil(high / step)


def _reference_lines(drawing: Drawing, frame: Frame, lines: Sequence[float]) -> None:
    for value in lines:
        y = frame.y(value)
        drawing.line(frame.x.start, y, frame.x.end, y, QUIET, 1.2, "5 4")
        drawing.text(frame.x.end + 6, y + 4, f"{signed(value, '+')} %", 11, colour=QUIET)


def _waterfall(
    data: Data, asked: Waterfall, order: list[int], best: Numbers, colours: list[str]
) -> str:
    palette = colours_of({colours[n] for n in order})
    groups = group_of(data)
    used = sorted({groups[n] for n in order})
    strip = len(used) > 1 and asked.colour is not None
    names = short_names([str(data.subjects[n]) for n in order])
    named = len(order) <= _NAMED
    keys = [Key(value, colour, "square") for value, colour in palette.items()]
    arms = {group: SHAPES[n % len(SHAPES)] for n, group in enumerate(used)}
    if strip:
        keys += [Key(data.groups[group].name, INK, shape) for group, shape in arms.items()]
    room = _WIDTH - _LEFT - _RIGHT
    top = legend(Drawing(_WIDTH, 0), _LEFT, _TOP, room, keys)
    below = (18 if strip else 0) + (max(map(text_width, names)) + 10 if named else 0) + 34
    drawing = Drawing(_WIDTH, top + _PLOT + below)
    legend(drawing, _LEFT, _TOP, room, keys)
    low, high = _bounds([float(best[n]) for n in order], asked.lines)
    frame = Frame(
        Scale(0, len(order), _LEFT, _WIDTH - _RIGHT), Scale(low, high, top + _PLOT, top + 5)
    )
    unit = data.label(asked.value)
    vertical_axis(drawing, frame, ticks(low, high), f"Best {unit.lower()}, %")
    width = frame.x(1) - frame.x(0)
    zero = frame.y(0)
    for place, n in enumerate(order):
        y = frame.y(float(best[n]))
        # a bar of no height would be no bar: a subject whose best change is nothing has a line
        up, height = min(y, zero), max(abs(y - zero), 1.5)
        left = frame.x(place) + width * 0.1
        tip = f"{names[place]}: {fixed(float(best[n]), 1)} %, {colours[n]}, "
        drawing.box(
            left, up, width * 0.8, height, palette[colours[n]], tip + data.groups[groups[n]].name
        )
        middle, line = frame.x(place) + width / 2, frame.y.start + 14
        if strip:
            drawing.mark(middle, line, arms[groups[n]], INK, min(4.0, width * 0.35))
            line += 16
        if named:
            drawing.text(
                middle + 3.5, line, names[place], min(11, width * 0.9), "end", QUIET, turned=-90
            )
    drawing.line(frame.x.start, zero, frame.x.end, zero)
    _reference_lines(drawing, frame, asked.lines)
    drawing.text((_LEFT + _WIDTH - _RIGHT) / 2, drawing.height - 10, "Subject", 13, "middle")
    return drawing.finish(
        f"{data.display.name} {data.display.title}",
        f"Bars of {len(order)} subjects from {fixed(float(best[order[0]]), 1)} to "
        f"{fixed(float(best[order[-1]]), 1)} percent.",
    )


def spider(data: Data, asked: Spider) -> Outcome:
    """Each subject's changes over time, joined by a line that starts at zero."""
    values, days = data.numbers(asked.value), data.numbers(asked.time)
    kept = np.flatnonzero(~np.isnan(values) & ~np.isnan(days))
    notes = []
    undated = int((~np.isnan(values) & np.isnan(days)).sum())
    if undated:
        notes.append(f"{counted(undated, 'record')} without {asked.time} left out.")
    without = len(data.subjects) - len(np.unique(data.of[kept]))
    if without:
        notes.append(
            f"{without} of {counted(len(data.subjects), 'subject')} without value and line."
        )
    if not len(kept):
        return Outcome((), notes=tuple(notes))
    order = kept[np.lexsort((values[kept], days[kept], data.of[kept]))]
    colours = values_of(data, asked.colour)
    groups = group_of(data)
    statistics = tuple(
        Statistic(
            data.groups[groups[data.of[row]]].name,
            (
                ("USUBJID", str(data.subjects[data.of[row]])),
                ("category", colours[data.of[row]]),
                ("day", f"{days[row]:g}"),
            ),
            asked.value,
            float(values[row]),
            fixed(float(values[row]), 1),
        )
        for row in order.tolist()
    )
    figure = _spider(data, asked, order, values, days / asked.days_per_month, colours)
    return Outcome(statistics, figure=figure, notes=tuple(notes))


def _spider(
    data: Data,
    asked: Spider,
    order: npt.NDArray[np.int64],
    values: Numbers,
    months: Numbers,
    colours: list[str],
) -> str:
    subjects = np.unique(data.of[order]).tolist()
    palette = colours_of({colours[n] for n in subjects})
    shapes = {value: SHAPES[n % len(SHAPES)] for n, value in enumerate(palette)}
    keys = [Key(value, colour, shapes[value]) for value, colour in palette.items()]
    room = _WIDTH - _LEFT - _RIGHT
    top = legend(Drawing(_WIDTH, 0), _LEFT, _TOP, room, keys)
    drawing = Drawing(_WIDTH, top + _PLOT + 55)
    legend(drawing, _LEFT, _TOP, room, keys)
    low, high = _bounds(values[order].tolist(), asked.lines)
    most = max(float(months[order].max()), 1)
    start = min(float(months[order].min()), 0)
    frame = Frame(
        Scale(start, most * 1.02, _LEFT, _WIDTH - _RIGHT), Scale(low, high, top + _PLOT, top + 5)
    )
    unit = data.label(asked.value)
    vertical_axis(drawing, frame, ticks(low, high), f"{unit}, %")
    horizontal_axis(drawing, frame, ticks(start, most, 10), "Months since the start of treatment")
    zero = frame.y(0)
    drawing.line(frame.x.start, zero, frame.x.end, zero, QUIET)
    _reference_lines(drawing, frame, asked.lines)
    names = short_names([str(subject) for subject in data.subjects])
    for n in subjects:
        rows = order[data.of[order] == n].tolist()
        points = [(frame.x(0), zero)]
        points += [(frame.x(float(months[r])), frame.y(float(values[r]))) for r in rows]
        tip = f"{names[n]}: {colours[n]}"
        drawing.path(points, palette[colours[n]], 1.6, tip=tip)
        for row, (x, y) in zip(rows, points[1:], strict=True):
            change, month = fixed(float(values[row]), 1), fixed(float(months[row]), 1)
            said = f"{tip}, {change} % at {month} months"
            drawing.mark(x, y, shapes[colours[n]], palette[colours[n]], 3.6, said)
    return drawing.finish(
        f"{data.display.name} {data.display.title}", f"Lines of {len(subjects)} subjects."
    )
