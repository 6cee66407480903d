"""Tables of rates: response with exact limits, time to event by Kaplan-Meier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cdisc.results.data import Block, Data, Group, Mask
from cdisc.results.outcome import Line, Outcome, Statistic, Table, Value
from cdisc.results.proportion import clopper_pearson
from cdisc.results.shown import NOT_ESTIMABLE, counted, fixed, interval, percentage
from cdisc.results.survival import Curve, Estimate, kaplan_meier, quantile, survival_at
from cdisc.spec.analyses import KaplanMeier, KmCurve, ResponseRate, percent

MONTHS = "months"


def heads(data: Data) -> tuple[str, ...]:
    """The groups as column heads: `Placebo (N=12)`."""
    return tuple(f"{group.name} (N={group.subjects})" for group in data.groups)


def of_block(block: Block) -> str:
    """The beginning of a note about a block."""
    return f"{block.title}: " if block.title else ""


def response_rate(data: Data, asked: ResponseRate) -> Outcome:
    """N of N, percent, exact limits, for each block and group.

    A subject of the population without a record is counted, as without response, and noted.
    """
    statistics: list[Statistic] = []
    lines: list[Line] = []
    notes: list[str] = []
    responders = data.holds(asked.responder)
    if len(responders) and not responders.any():
        notes.append(f"{asked.responder} holds for no record.")
    for block in data.blocks:
        data.one_each(block.rows)
        columns: list[list[str]] = []
        for group in data.groups:
            mine = block.rows & data.members(group)
            found = clopper_pearson(
                data.persons(mine & responders), group.subjects, asked.confidence
            )
            rate, limits = (
                percentage(found.estimate),
                (percentage(found.lower), percentage(found.upper)),
            )
            columns.append([f"{found.count}/{found.total}", rate, interval(*limits)])
            statistics += _named(
                group,
                block,
                ("n", found.count, str(found.count)),
                ("N", found.total, str(found.total)),
                ("rate", found.estimate, rate),
                ("lower", found.lower, limits[0]),
                ("upper", found.upper, limits[1]),
            )
        without = len(data.subjects) - data.persons(block.rows)
        if without:
            notes.append(
                f"{of_block(block)}{counted(without, 'subject')} without a record, "
                "counted as without response."
            )
        labels = ("Responders, n/N", "Response rate, %", f"{percent(asked.confidence)} CI, exact")
        lines += _lines(block, labels, columns)
    table = Table("", heads(data), tuple(lines))
    return Outcome(tuple(statistics), table, notes=tuple(notes))


def kaplan_meier_table(data: Data, asked: KaplanMeier) -> Outcome:
    """Subjects, events, median and rates, for each block and group."""
    statistics: list[Statistic] = []
    lines: list[Line] = []
    notes: list[str] = []
    labels = [
        "Subjects",
        "Events, n (%)",
        "Censored, n (%)",
        f"Median, {asked.unit}",
        f"{percent(asked.confidence)} CI, log-log",
    ]
    if asked.unit != MONTHS:
        labels.append("Median, months")
    for month in asked.months:
        labels += [f"Rate at {month:g} months, %", f"{percent(asked.confidence)} CI, log-log"]
    for block in data.blocks:
        columns = []
        for group, curve in curves(data, block, asked, notes):
            cells, found = _km_cells(curve, asked)
            columns.append(cells)
            statistics += _named(group, block, *found)
        lines += _lines(block, labels, columns)
    table = Table("", heads(data), tuple(lines))
    return Outcome(tuple(statistics), table, notes=tuple(notes))


def curves(
    data: Data, block: Block, asked: KaplanMeier | KmCurve, notes: list[str]
) -> Iterator[tuple[Group, Curve]]:
    """The curve of each group in a block; records without a time are left out and noted."""
    data.one_each(block.rows)
    times, censor = data.numbers(asked.time), data.numbers(asked.censor)
    known: Mask = block.rows & ~np.isnan(times) & ~np.isnan(censor)
    unknown = int((block.rows & ~known).sum())
    if unknown:
        notes.append(
            f"{of_block(block)}{counted(unknown, 'record')} without {asked.time} or {asked.censor} "
            "left out."
        )
    for group in data.groups:
        rows = known & data.members(group)
        yield group, kaplan_meier(times[rows], censor[rows] == 0)


def _km_cells(curve: Curve, asked: KaplanMeier) -> tuple[list[str], list[tuple[str, Value, str]]]:
    total = curve.subjects
    events, censored = int(curve.events.sum()), int(curve.censored.sum())
    median = quantile(curve, 0.5, asked.confidence)
    times = tuple(days_text(number) for number in (median.value, median.lower, median.upper))
    months = None if median.value is None else median.value / asked.per_month
    cells = [
        str(total),
        _share(events, total),
        _share(censored, total),
        times[0],
        interval(times[1], times[2]) if total else "",
    ]
    if asked.unit != MONTHS:
        cells.append(fixed(months, 1))
    found: list[tuple[str, Value, str]] = [
        ("N", total, str(total)),
        ("events", events, str(events)),
        ("censored", censored, str(censored)),
        ("median", median.value, times[0]),
        ("median lower", median.lower, times[1]),
        ("median upper", median.upper, times[2]),
        ("median months", months, fixed(months, 1)),
    ]
    for month in asked.months:
        rate: Estimate = survival_at(curve, month * asked.per_month, asked.confidence)
        texts = tuple(percentage(number) for number in (rate.value, rate.lower, rate.upper))
        cells += [texts[0], interval(texts[1], texts[2]) if rate.value is not None else ""]
        found += [
            (f"rate at {month:g} months", rate.value, texts[0]),
            (f"rate at {month:g} months lower", rate.lower, texts[1]),
            (f"rate at {month:g} months upper", rate.upper, texts[2]),
        ]
    return cells, found


def days_text(number: float | None) -> str:
    """A time, with one decimal unless it is a whole number."""
    if number is None:
        return NOT_ESTIMABLE
    return fixed(number, 0 if number == int(number) else 1)


def _share(count: int, total: int) -> str:
    return f"{count} ({percentage(count / total)})" if total else "0"


def _named(group: Group, block: Block, *found: tuple[str, Value, str]) -> list[Statistic]:
    return [Statistic(group.name, block.levels, *one) for one in found]


def _lines(block: Block, labels: Sequence[str], columns: list[list[str]]) -> Iterator[Line]:
    yield from block.heading
    depth = 1 if block.title else 0
    for number, label in enumerate(labels):
        yield Line(label, tuple(column[number] for column in columns), depth)
