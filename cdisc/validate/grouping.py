"""From a mask of failing rows to failures: one for each distinct value, counted, in row order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.model import Finding, merge_findings
from cdisc.model.finding import MAX_OCCURRENCES, MAX_VALUES, others_message
from cdisc.validate.columns import is_text, show
from cdisc.validate.rule import Failure, Mask

Rows = npt.NDArray[np.int64]
First: TypeAlias = Callable[[Rows], Rows]


def first_in_frame(rows: Rows) -> Rows:
    """Which of many failing rows are told of when nothing is known of their origin."""
    return rows[:MAX_OCCURRENCES]


def one_failure(
    mask: Mask, message: str, variable: str, first: First = first_in_frame
) -> Iterator[Failure]:
    """All failing rows as one failure; none when no row fails."""
    rows = np.flatnonzero(mask)
    if rows.size:
        yield Failure(
            message=message, variable=variable, count=int(rows.size), rows=_told(rows, first)
        )


def failures_by_value(
    mask: Mask,
    frame: pd.DataFrame,
    *,
    variable: str,
    message: Callable[[Sequence[str]], str],
    hint: Callable[[str], str],
    first: First = first_in_frame,
) -> Iterator[Failure]:
    """One failure for each distinct combination of values of `frame` among the failing rows.

    Values come in the order in which they first appear. Of more than 1,000 the first 1,000 as
    text have their own and the rest are one failure, so that a column that fails throughout does
    not bury every other finding. `first` chooses the rows to tell of where there are many.
    """
    rows = np.flatnonzero(mask)
    if not rows.size:
        return
    failing = frame.iloc[rows]
    codes = _codes(failing)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(codes.max() + 1))
    groups = np.split(rows[order], starts[1:])
    firsts = frame.iloc[[int(group[0]) for group in groups]]
    columns = [[show(cell) or "" for cell in firsts[name].tolist()] for name in firsts.columns]
    shown = list(zip(*columns, strict=True))
    told: Sequence[int] = range(len(groups))
    if len(groups) > MAX_VALUES:
        told = sorted(told, key=lambda number: " | ".join(shown[number]))
    for number in told[:MAX_VALUES]:
        value = " | ".join(shown[number])
        yield Failure(
            message=message(shown[number]),
            variable=variable,
            value=value,
            hint=hint(value),
            count=int(groups[number].size),
            rows=_told(groups[number], first),
        )
    rest = told[MAX_VALUES:]
    if rest:
        others = np.sort(np.concatenate([groups[number] for number in rest]))
        yield Failure(
            message=others_message(variable),
            variable=variable,
            count=int(others.size),
            rows=_told(others, first),
        )


def capped(findings: Sequence[Finding]) -> list[Finding]:
    """Findings of checks, merged, with no more values of a variable than one part may have.

    What is over goes to the finding of the others: to cap parts, merge and cap again is to cap
    the whole.
    """
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        if finding.value is not None:
            at = str(finding.at)
            key = (finding.dataset, finding.variable, finding.rule, at)
            groups.setdefault(key, []).append(finding)
    over = [sorted(g, key=lambda f: f.value or "")[MAX_VALUES:] for g in groups.values()]
    gone = {finding.group for members in over for finding in members}
    if not gone:
        return list(findings)
    rest = [
        replace(finding, message=others_message(finding.variable), value=None, hint="")
        for members in over
        for finding in members
    ]
    kept = [finding for finding in findings if finding.group not in gone]
    return merge_findings([*kept, *rest])


def _told(rows: Rows, first: First) -> tuple[int, ...]:
    chosen = rows if len(rows) <= MAX_OCCURRENCES else first(rows)
    return tuple(chosen.tolist())


def _codes(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """A number for each distinct row, by first appearance; missing is a value of its own."""
    codes = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        column, _ = pd.factorize(frame[name], use_na_sentinel=False)
        # Renumbered at each step, so that the product of two numbers cannot overflow.
        codes, _ = pd.factorize(codes * (int(column.max()) + 1) + column)
    return codes


def select(frame: pd.DataFrame, where: Sequence[Mapping[str, Any]]) -> Mask:
    """Rows for which every condition holds; a comparison with a missing value is false.

    A condition is `{variable, comparator, values}` as in `cdisc.model.Condition`. Numbers are
    compared as numbers, text to the letter; LT, LE, GT and GE take one value.
    """
    mask = np.ones(len(frame), dtype=bool)
    for condition in where:
        column = frame[condition["variable"]]
        mask &= _holds(column, condition["comparator"], condition["values"])
    return mask


def _holds(column: pd.Series[Any], comparator: str, values: Sequence[str]) -> Mask:
    wanted: list[Any] = list(values) if is_text(column) else [float(value) for value in values]
    present = column.notna().to_numpy(dtype=bool)
    if comparator in ("EQ", "IN"):
        return column.isin(wanted).to_numpy(dtype=bool) & present
    if comparator in ("NE", "NOTIN"):
        return ~column.isin(wanted).to_numpy(dtype=bool) & present
    compare = {"LT": column.lt, "LE": column.le, "GT": column.gt, "GE": column.ge}[comparator]
    return compare(wanted[0]).fillna(False).to_numpy(dtype=bool) & present
