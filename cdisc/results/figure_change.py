"""Figures of the change in tumour size: best change as a waterfall, all changes as a spider."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cdisc.errors import SpecError
from cdisc.results.categories import UNKNOWN, colours_of
from cdisc.results.data import Data, as_text
from cdisc.results.look import HATCHES, INK, MARKERS, QUIET
from cdisc.results.outcome import Outcome, Statistic
from cdisc.results.picture import Picture, draw, legend, legend_height, signed, text_width
from cdisc.results.shown import counted, fixed
from cdisc.spec.analyses import Records, Spider, Waterfall

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEFT, _PLOT = 80, 380
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


def _lines(axes: Axes, values: Sequence[float]) -> None:
    """The line of no change, and those from which a change is called one."""
    axes.axhline(0, color=INK, linewidth=1)
    # changes of nothing, at the first day, still have axes that say something
    axes.update_datalim([(0, -20), (1, 20)])
    for value in values:
        axes.axhline(value, color=QUIET, linewidth=1.2, linestyle=(0, (4, 3)))
        beside: dict[str, Any] = {
            "transform": axes.get_yaxis_transform(),
            "va": "center",
            "color": QUIET,
        }
        axes.text(1.008, value, f"{signed(value)} %", size=11, **beside)


def _waterfall(
    data: Data, asked: Waterfall, order: list[int], best: Numbers, colours: list[str]
) -> str:
    palette = colours_of({colours[n] for n in order})
    hatches = dict(zip(palette, cycle(HATCHES), strict=False))
    groups = group_of(data)
    arms = sorted({groups[n] for n in order}) if asked.colour is not None else []
    arms = arms if len(arms) > 1 else []
    names = short_names([str(data.subjects[n]) for n in order])
    changes = best[order]
    places = np.arange(len(order))
    labels = [*palette, *(data.groups[group].name for group in arms)]
    top, size = legend_height(labels, _LEFT), min(11, 640 / len(order))
    named = len(order) <= _NAMED
    below = 66 + (max(text_width(name, size) for name in names) if named else 0)
    # a bar of no height would be no bar: a subject whose best change is nothing has a line
    least = 0.004 * max(float(np.ptp(changes)), 40)
    heights = np.where(np.abs(changes) < least, np.copysign(least, changes), changes)

    def paint(picture: Picture) -> None:
        from matplotlib.patches import Patch

        axes = picture.plot(_LEFT, top, below)
        _lines(axes, asked.lines)
        rim: dict[str, Any] = {"edgecolor": "white", "linewidth": 0}
        looks: dict[str, Any] = {
            "color": [palette[colours[n]] for n in order],
            "hatch": [hatches[colours[n]] for n in order],
        }
        bars = axes.bar(places, heights, 0.8, **looks, **rim)
        for n, bar, change, name in zip(order, bars, changes.tolist(), names, strict=True):
            arm = data.groups[groups[n]].name
            picture.tip(bar, f"{name}: {fixed(change, 1)} %, {colours[n]}, {arm}")
        keys: list[Any] = [
            Patch(facecolor=colour, hatch=hatches[value], **rim)
            for value, colour in palette.items()
        ]
        for group, marker in zip(arms, cycle(MARKERS), strict=False):
            mine = places[[groups[n] == group for n in order]]
            strip = axes.get_xaxis_transform()
            style: dict[str, Any] = {"markersize": min(6, 600 / len(order)), "clip_on": False}
            keys += axes.plot(
                mine, [-0.035] * len(mine), marker, color=INK, transform=strip, **style
            )
        axes.set(xlim=(-0.5, len(order) - 0.5), xlabel="Subject")
        axes.set(ylabel=fill(f"Best {data.label(asked.value).lower()}, %", 45))
        axes.set_xticks(places, names if named else [""] * len(order))
        axes.tick_params("x", length=0, pad=22 if arms else 6, labelrotation=90, labelsize=size)
        axes.spines.bottom.set_visible(False)
        legend(axes, keys, labels)

    said = (
        f"Bars of {len(order)} subjects from {fixed(float(changes[0]), 1)} to "
        f"{fixed(float(changes[-1]), 1)} percent."
    )
    return draw(data.display, said, top + _PLOT + below, paint)


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
    markers = dict(zip(palette, cycle(MARKERS), strict=False))
    names = short_names([str(subject) for subject in data.subjects])
    top = legend_height(list(palette), _LEFT)

    def paint(picture: Picture) -> None:
        axes = picture.plot(_LEFT, top, 60)
        _lines(axes, asked.lines)
        style: dict[str, Any] = {"linewidth": 1.6, "markersize": 8, "clip_on": False}
        style |= {"markeredgecolor": "white", "markeredgewidth": 0.8}
        keys = {}
        for n in subjects:
            rows = order[data.of[order] == n]
            value = colours[n]
            (keys[value],) = axes.plot(
                [0, *months[rows]],
                [0, *values[rows]],
                color=palette[value],
                marker=markers[value],
                markevery=slice(1, None),
                **style,
            )
            said = f"{names[n]}: {value}"
            pairs = zip(values[rows].tolist(), months[rows].tolist(), strict=True)
            points = (f"{said}, {fixed(v, 1)} % at {fixed(m, 1)} months" for v, m in pairs)
            picture.tip(keys[value], said, *points)
        axes.set(xlabel="Months since the start of treatment")
        axes.set(ylabel=fill(f"{data.label(asked.value)}, %", 45))
        legend(axes, [keys[value] for value in palette], list(palette))

    said = f"Lines of {len(subjects)} subjects."
    return draw(data.display, said, top + _PLOT + 60, paint)
