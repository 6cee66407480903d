"""Tables of summary statistics, arithmetic and geometric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cdisc.results.data import Block, Data, Group
from cdisc.results.outcome import Line, Outcome, Statistic, Table, Value
from cdisc.results.rates import heads, of_block
from cdisc.results.shown import NONE, counted, fixed
from cdisc.spec.analyses import Descriptive

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Summary:
    """Summary statistics of numbers; None where they need more numbers than there are.

    The geometric ones are of the `positive` numbers above zero; `geometric_cv` is in percent.
    """

    n: int
    mean: float | None
    sd: float | None
    median: float | None
    minimum: float | None
    maximum: float | None
    positive: int
    geometric_mean: float | None
    geometric_cv: float | None


def summary(values: Numbers) -> Summary:
    """The summary of numbers, missing ones left out; the SD divides by n - 1.

    The geometric mean is exp of the mean of the logarithms, the geometric coefficient of
    variation 100 sqrt(exp(s2) - 1) with s2 their variance.
    """
    known = np.sort(values[~np.isnan(values)])
    logs = np.log(known[known > 0])
    variance = _sd(logs)
    return Summary(
        n=len(known),
        mean=float(known.mean()) if len(known) else None,
        sd=_sd(known),
        median=float(np.median(known)) if len(known) else None,
        minimum=float(known[0]) if len(known) else None,
        maximum=float(known[-1]) if len(known) else None,
        positive=len(logs),
        geometric_mean=float(np.exp(logs.mean())) if len(logs) else None,
        geometric_cv=None if variance is None else 100 * float(np.sqrt(np.expm1(variance**2))),
    )


def _sd(values: Numbers) -> float | None:
    return float(values.std(ddof=1)) if len(values) > 1 else None


def descriptive(data: Data, asked: Descriptive) -> Outcome:
    """Summary statistics of each variable, for each block and group."""
    statistics: list[Statistic] = []
    lines: list[Line] = []
    notes: list[str] = []
    several = len(asked.of) > 1
    names = [*asked.of, *(name for name in asked.geometric if name not in asked.of)]
    columns = {name: data.numbers(name) for name in names}
    for block in data.blocks:
        lines += block.heading
        depth = 1 if block.title else 0
        for name in names:
            values = columns[name]
            geometric = name in asked.geometric
            found = [summary(values[block.rows & data.members(group)]) for group in data.groups]
            for group, one in zip(data.groups, found, strict=True):
                statistics += _statistics(group, block, name, one, asked.decimals, geometric)
            if several and not any(one.n for one in found):
                # a change at baseline has no value in any group: not a line of the table
                continue
            if several:
                lines.append(Line(data.label(name), (), depth))
            lines += _lines(found, asked.decimals, geometric, depth + (1 if several else 0))
            dropped = int((values[block.rows] <= 0).sum()) if geometric else 0
            if dropped:
                left_out = f"{counted(dropped, 'value')} of {name} not above zero"
                notes.append(f"{of_block(block)}{left_out} left out of its geometric statistics.")
    return Outcome(tuple(statistics), Table("", heads(data), tuple(lines)), notes=tuple(notes))


def _lines(found: list[Summary], decimals: int, geometric: bool, depth: int) -> list[Line]:
    more, most = decimals + 1, decimals + 2
    rows = [
        ("n", [str(one.n) for one in found]),
        ("Mean (SD)", [_pair(one.mean, more, one.sd, most) for one in found]),
        ("Median", [_shown(one.median, more) for one in found]),
        ("Minimum, maximum", [_range(one, decimals) for one in found]),
    ]
    if geometric:
        rows.append(
            (
                "Geometric mean (CV %)",
                [_pair(one.geometric_mean, more, one.geometric_cv, 1) for one in found],
            )
        )
    return [Line(label, tuple(cells), depth) for label, cells in rows]


def _shown(value: float | None, digits: int) -> str:
    return NONE if value is None else fixed(value, digits)


def _pair(value: float | None, digits: int, other: float | None, other_digits: int) -> str:
    return NONE if value is None else f"{fixed(value, digits)} ({_shown(other, other_digits)})"


def _range(one: Summary, digits: int) -> str:
    if one.minimum is None:
        return NONE
    return f"{fixed(one.minimum, digits)}, {_shown(one.maximum, digits)}"


def _statistics(
    group: Group, block: Block, name: str, one: Summary, decimals: int, geometric: bool
) -> list[Statistic]:
    found: list[tuple[str, Value, str]] = [
        ("n", one.n, str(one.n)),
        ("mean", one.mean, _shown(one.mean, decimals + 1)),
        ("SD", one.sd, _shown(one.sd, decimals + 2)),
        ("median", one.median, _shown(one.median, decimals + 1)),
        ("minimum", one.minimum, _shown(one.minimum, decimals)),
        ("maximum", one.maximum, _shown(one.maximum, decimals)),
    ]
    if geometric:
        found += [
            ("geometric n", one.positive, str(one.positive)),
            ("geometric mean", one.geometric_mean, _shown(one.geometric_mean, decimals + 1)),
            ("geometric CV", one.geometric_cv, _shown(one.geometric_cv, 1)),
        ]
    levels = (*block.levels, ("variable", name))
    return [Statistic(group.name, levels, *statistic) for statistic in found]
