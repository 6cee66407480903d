"""Kaplan-Meier curves with limits, censoring marks and the number at risk."""

from __future__ import annotations

import math

import numpy as np

from cdisc.errors import SpecError
from cdisc.results.data import Data, Group
from cdisc.results.outcome import Outcome, Statistic
from cdisc.results.rates import curves, days_text
from cdisc.results.shown import fixed
from cdisc.results.survival import Curve, at_risk, log_log_limits, quantile
from cdisc.results.svg import (
    COLOURS,
    DASHES,
    INK,
    QUIET,
    Drawing,
    Frame,
    Key,
    Scale,
    horizontal_axis,
    legend,
    vertical_axis,
    wrapped,
)
from cdisc.spec.analyses import KmCurve

_LEFT, _RIGHT, _TOP, _PLOT = 190, 30, 20, 330
_WIDTH = 900
_LINE = 15

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
    labels = [list(wrapped(group.name, 27)) for group, _ in drawn]
    keys = [
        Key(_said(group, curve), COLOURS[n % len(COLOURS)], dash=DASHES[n % len(DASHES)])
        for n, (group, curve) in enumerate(drawn)
    ]
    risk = sum(len(lines) * _LINE + 7 for lines in labels) + 30
    probe = Drawing(_WIDTH, 0)
    top = legend(probe, _LEFT, _TOP, _WIDTH - _LEFT - _RIGHT, keys)
    drawing = Drawing(_WIDTH, top + _PLOT + 60 + risk + 15)
    legend(drawing, _LEFT, _TOP, _WIDTH - _LEFT - _RIGHT, keys)
    x = Scale(0, marks[-1], _LEFT, _WIDTH - _RIGHT)
    frame = Frame(x, Scale(0, 1, top + _PLOT, top + 5))
    vertical_axis(drawing, frame, [0, 0.2, 0.4, 0.6, 0.8, 1], f"{asked.probability}, %", 100)
    shown = marks[:: max(1, math.ceil(len(marks) / 18))]
    horizontal_axis(drawing, frame, shown, "Months")
    for key, (_, curve) in zip(keys, drawn, strict=True):
        _band(drawing, frame, curve, asked, key.colour)
    for key, (_, curve) in zip(keys, drawn, strict=True):
        _curve(drawing, frame, curve, asked, key)
    _risk(drawing, frame, drawn, asked, shown, labels, keys)
    return drawing.finish(
        f"{data.display.name} {data.display.title}", " ".join(key.label + "." for key in keys)
    )


def _said(group: Group, curve: Curve) -> str:
    median = quantile(curve).value
    reached = "median not reached" if median is None else f"median {days_text(median)} days"
    return f"{group.name}: {int(curve.events.sum())} of {curve.subjects} with event, {reached}"


def _steps(curve: Curve, days: float) -> list[tuple[float, float]]:
    """The corners of a curve, in months."""
    corners = [(0.0, 1.0)]
    for time, survival in zip((curve.times / days).tolist(), curve.survival.tolist(), strict=True):
        corners.append((time, corners[-1][1]))
        if survival != corners[-1][1]:
            corners.append((time, survival))
    return corners


def _curve(drawing: Drawing, frame: Frame, curve: Curve, asked: KmCurve, key: Key) -> None:
    corners = _steps(curve, asked.days_per_month)
    drawing.path([(frame.x(x), frame.y(y)) for x, y in corners], key.colour, 2.2, key.dash)
    for place in np.flatnonzero(curve.censored).tolist():
        x = frame.x(float(curve.times[place]) / asked.days_per_month)
        y = frame.y(float(curve.survival[place]))
        drawing.line(x, y - 6, x, y + 6, key.colour, 1.6)


def _band(drawing: Drawing, frame: Frame, curve: Curve, asked: KmCurve, colour: str) -> None:
    lower, upper = log_log_limits(curve, asked.confidence)
    times = (curve.times / asked.days_per_month).tolist()
    high: list[tuple[float, float]] = []
    low: list[tuple[float, float]] = []
    for place in np.flatnonzero(~np.isnan(lower)).tolist():
        until = times[place + 1] if place + 1 < len(times) else times[place]
        for time in (times[place], until):
            high.append((frame.x(time), frame.y(float(upper[place]))))
            low.append((frame.x(time), frame.y(float(lower[place]))))
    if high:
        drawing.path([*high, *reversed(low)], fill=colour, opacity=0.12)


def _risk(
    drawing: Drawing,
    frame: Frame,
    drawn: Drawn,
    asked: KmCurve,
    shown: list[float],
    labels: list[list[str]],
    keys: list[Key],
) -> None:
    line = frame.y.start + 70
    drawing.text(12, line, "Number at risk", 12, bold=True)
    line += 20
    for (_, curve), lines, key in zip(drawn, labels, keys, strict=True):
        numbers = at_risk(curve, np.array(shown) * asked.days_per_month)
        for month, number in zip(shown, numbers.tolist(), strict=True):
            drawing.text(frame.x(month), line, str(number), anchor="middle", colour=INK)
        drawing.box(12, line - 10, 4, len(lines) * _LINE - 2, key.colour)
        for part in lines:
            drawing.text(22, line, part, 11, colour=QUIET)
            line += _LINE
        line += 7


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
