"""Kaplan-Meier curves with limits, censoring marks and the number at risk."""

from __future__ import annotations

import math
from textwrap import fill, shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from cdisc.errors import SpecError
from cdisc.results.data import Data, Group
from cdisc.results.look import COLOURS, DASHES
from cdisc.results.outcome import Outcome, Statistic
from cdisc.results.picture import Picture, draw, legend, legend_height, text_width
from cdisc.results.rates import curves, days_text
from cdisc.results.shown import fixed
from cdisc.results.survival import Curve, at_risk, log_log_limits, quantile
from cdisc.spec.analyses import KmCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

_PLOT = 330

Drawn = list[tuple[Group, Curve]]


def km_curve(data: Data, asked: KmCurve) -> Outcome:
    """One curve a group; the statistics are its steps, with the number at risk."""
    notes: list[str] = []
    drawn = list(curves(data, data.blocks[0], asked, notes)) if data.blocks else []
    drawn = [(group, curve) for group, curve in drawn if curve.subjects]
    if not drawn:
        return Outcome((), notes=("No subject has a time, so there is no curve.",))
    last = max(float(curve.times[-1]) for _, curve in drawn) / asked.days_per_month
    months = max(math.ceil(last / asked.every - 1e-9), 1)
    if months > 400:
        raise SpecError(
            f"numbers at risk every {asked.every:g} months would be {months:,} columns",
            at=data.display.at,
            hint="Write every: with more months",
        )
    marks = [number * asked.every for number in range(months + 1)]
    statistics = _statistics(drawn, asked, marks)
    return Outcome(statistics, figure=_draw(data, drawn, asked, marks), notes=tuple(notes))


def _draw(data: Data, drawn: Drawn, asked: KmCurve, marks: list[float]) -> str:
    names = [fill(group.name, 27) for group, _ in drawn]
    labels = [_said(group, curve) for group, curve in drawn]
    shown = marks[:: max(1, math.ceil(len(marks) / 18))]
    room = 15 * (1.5 + sum(name.count("\n") + 1.5 for name in names))
    left = max(100, *(text_width(name, 11) + 46 for name in names))
    top = legend_height(labels, left)

    def paint(picture: Picture) -> None:
        plot = picture.plot(left, top, room + 80, 30)
        plot.set(xlim=(0, marks[-1]), ylim=(0, 1), xticks=shown, xlabel="Months")
        plot.set(ylabel=fill(f"{asked.probability}, %", 40), yticks=np.linspace(0, 1, 6))
        plot.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g}")
        lines = []
        for n, (_, curve) in enumerate(drawn):
            style = {"color": COLOURS[n % len(COLOURS)], "linestyle": DASHES[n % len(DASHES)]}
            lines += _curve(plot, curve, asked, style)
            picture.tip(lines[-1], labels[n])
        legend(plot, lines, labels)
        risk = picture.plot(left, top + _PLOT + 65, 15, 30)
        risk.set(xlim=plot.get_xlim())
        _risk(risk, drawn, asked, shown, names)

    said = " ".join(f"{label}." for label in labels)
    return draw(data.display, said, top + _PLOT + room + 80, paint)


def _said(group: Group, curve: Curve) -> str:
    median = quantile(curve).value
    reached = "median not reached" if median is None else f"median {days_text(median)} days"
    name = shorten(group.name, 45, placeholder="\u2026")
    return f"{name}: {int(curve.events.sum())} of {curve.subjects} with event, {reached}"


def _curve(plot: Axes, curve: Curve, asked: KmCurve, style: dict[str, Any]) -> list[Line2D]:
    """The steps of a curve, a tick where subjects are censored, and the limits."""
    months, colour = curve.times / asked.days_per_month, style["color"]
    left = curve.censored > 0
    ticks: dict[str, Any] = {"markersize": 12, "markeredgewidth": 1.6, "clip_on": False}
    plot.plot(months[left], curve.survival[left], "|", color=colour, **ticks)
    lower, upper = log_log_limits(curve, asked.confidence)
    # limits hold until the next time, also where the curve then comes to zero and has none
    known = np.repeat(~np.isnan(lower), 2)
    until = np.append(np.repeat(months, 2)[1:], months[-1])[known]
    low, high = (np.repeat(limit, 2)[known] for limit in (lower, upper))
    plot.fill_between(until, low, high, color=colour, alpha=0.12, linewidth=0)
    steps = [0, *months], [1, *curve.survival]
    return plot.step(*steps, where="post", linewidth=2.2, clip_on=False, **style)


def _risk(risk: Axes, drawn: Drawn, asked: KmCurve, shown: list[float], names: list[str]) -> None:
    """The numbers at risk below the plot, a line for each curve."""
    from matplotlib.transforms import offset_copy

    lines = np.cumsum([1.5, *(name.count("\n") + 1.5 for name in names)])
    places = (lines[:-1] + lines[1:]) / 2
    risk.set(ylim=(lines[-1], 0), yticks=places, yticklabels=names)
    risk.tick_params(axis="y", length=0, pad=31, labelsize=11)
    risk.xaxis.set_visible(False)
    risk.grid(visible=False)
    risk.spines[:].set_visible(False)
    edge = risk.get_yaxis_transform()
    named, beside = (offset_copy(edge, x=x, units="dots") for x in (-31, -24))
    risk.text(0, 0.6, "Number at risk", transform=named, ha="right", weight="bold")
    for n, ((_, curve), place) in enumerate(zip(drawn, places, strict=True)):
        numbers = at_risk(curve, np.array(shown) * asked.days_per_month)
        for month, number in zip(shown, numbers.tolist(), strict=True):
            risk.text(month, place, str(number), ha="center", va="center_baseline")
        ends = [lines[n] + 0.2, lines[n + 1] - 0.2]
        colour = COLOURS[n % len(COLOURS)]
        risk.plot([0, 0], ends, color=colour, lw=4, transform=beside, clip_on=False)


def _statistics(drawn: Drawn, asked: KmCurve, marks: list[float]) -> tuple[Statistic, ...]:
    found = []
    for group, curve in drawn:
        lower, upper = log_log_limits(curve, asked.confidence)
        for place, time in enumerate(curve.times.tolist()):
            levels = (("day", f"{time:g}"),)
            for name, value in (
                ("survival", float(curve.survival[place])),
                ("lower", None if np.isnan(lower[place]) else float(lower[place])),
                ("upper", None if np.isnan(upper[place]) else float(upper[place])),
                ("at risk", int(curve.at_risk[place])),
                ("events", int(curve.events[place])),
                ("censored", int(curve.censored[place])),
            ):
                text = str(value) if isinstance(value, int) else fixed(value, 4)
                found.append(Statistic(group.name, levels, name, value, text))
        numbers = at_risk(curve, np.array(marks) * asked.days_per_month)
        for month, number in zip(marks, numbers.tolist(), strict=True):
            levels = (("month", f"{month:g}"),)
            found.append(Statistic(group.name, levels, "at risk", number, str(number)))
    return tuple(found)
