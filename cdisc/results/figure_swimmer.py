"""A lane for each subject: treatment, follow-up and what happened when."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.errors import SpecError
from cdisc.results.data import Data
from cdisc.results.figure_change import group_of, short_names
from cdisc.results.look import COLOURS, EVENTS, INK, PALE
from cdisc.results.outcome import Outcome, Statistic
from cdisc.results.picture import Picture, draw, legend, legend_height, text_width
from cdisc.results.shown import counted, fixed
from cdisc.spec.analyses import Swimmer

if TYPE_CHECKING:
    from matplotlib.artist import Artist

Numbers = npt.NDArray[np.float64]

_LANE = 17
"""Pixels from lane to lane."""
_HEAD = 1.3
"""Lanes that the name of an arm takes."""
_STYLE: dict[str, Any] = {
    "markersize": 9.5,
    "markeredgecolor": "white",
    "markeredgewidth": 0.8,
    "clip_on": False,
}


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
    rows = np.array(order)
    people = data.of[rows]
    arms = np.array([groups[n] for n in people])
    used, turn = np.unique(arms, return_inverse=True)
    # lanes from above, with room for the name of an arm before its first
    lanes = np.arange(len(rows)) + _HEAD * (turn + 1)
    lane_of = dict(zip(people.tolist(), lanes.tolist(), strict=True))
    most = max(float(length[rows].max()), 1)
    # who was treated on one day was treated
    treatment = np.clip(treated[rows], 0.004 * most, length[rows])

    labels = ["Treatment", "Follow-up", *marks]
    labels += ["Ongoing"] if asked.ongoing is not None else []
    left = 25 + max(text_width(name, 11) for name in names)
    top = legend_height(labels, left)

    def paint(picture: Picture) -> None:
        from matplotlib.transforms import offset_copy

        axes = picture.plot(left, top, 60, 40)
        both: list[list[Artist]] = []
        for n, arm in enumerate(used.tolist()):
            mine = np.flatnonzero(arms == arm)
            name = data.groups[arm].name
            tips = [
                f"{names[people[k]]}: {fixed(float(length[rows[k]]), 1)} months, {name}"
                for k in mine
            ]
            shades = ((PALE, 0.45, length[rows]), (COLOURS, 0.72, treatment))
            both.append([])
            for shade, thick, until in shades:
                colour = shade[n % len(shade)]
                bars = axes.barh(lanes[mine], np.nan_to_num(until[mine]), thick, color=colour)
                for bar, tip in zip(bars, tips, strict=True):
                    picture.tip(bar, tip)
                both[-1].append(bars[0])
            head: dict[str, Any] = {"weight": "bold", "va": "center", "size": 11}
            axes.text(0, lanes[mine[0]] - 1.05, name, color=colour, **head)
        keys: list[Any] = [tuple(pair[k] for pair in both) for k in (1, 0)]
        for (label, pairs), (marker, colour) in zip(marks.items(), cycle(EVENTS), strict=False):
            shown = [(lane_of[who], month, names[who]) for who, month in pairs if who in lane_of]
            x, y = [at for _, at, _ in shown], [lane for lane, _, _ in shown]
            keys += axes.plot(x, y, marker, color=colour, **_STYLE)
            said = (f"{name}: {label} at {fixed(at, 1)} months" for _, at, name in shown)
            picture.tip(keys[-1], *said)
        if asked.ongoing is not None:
            on = data.holds(asked.ongoing)[rows]
            beyond = offset_copy(axes.transData, x=8, units="dots")
            look = _STYLE | {"color": INK, "transform": beyond}
            keys += axes.plot(length[rows][on], lanes[on], ">", **look)
        axes.update_datalim([(most, 0)])
        axes.set(ylim=(lanes[-1] + 0.8, -0.2), xlabel="Months since the start of treatment")
        axes.set_yticks(lanes, [names[n] for n in people])
        axes.tick_params("y", length=0, labelsize=11)
        axes.locator_params("x", nbins=14)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.spines.left.set_visible(False)
        legend(axes, keys, labels)

    reach = [most, *(month for pairs in marks.values() for _, month in pairs)]
    said = f"Lanes of {len(order)} subjects of up to {fixed(max(reach), 1)} months."
    return draw(data.display, said, top + _LANE * float(lanes[-1] + 1) + 60, paint)


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
