"""Criteria that grade a laboratory result, read from a table: one row for each way to a grade."""

from __future__ import annotations

import csv
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.numbers import rounded
from cdisc.errors import UsageError

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

COLUMNS = ("term", "direction", "unit", "grade", "baseline", "criterion", "assuming")
_NUMBER = r"\d+(?:\.\d+)?"
_COMPARISON = re.compile(
    rf"(?P<sign><=|>=|<|>)\s*(?:(?P<number>{_NUMBER})(?!\s*\*)"
    rf"|(?:(?P<factor>{_NUMBER})\s*\*\s*)?(?P<of>LLN|ULN|BASE)(?:\s*\+\s*(?P<more>{_NUMBER}))?)"
)
_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# Numbers further apart than this (relatively) differ in their 15 significant digits too.
_NEAR = 2e-14


@dataclass(frozen=True, slots=True)
class Comparison:
    """A result compared with `factor * reference + more`, or with `more` alone."""

    sign: str
    reference: str
    factor: Decimal
    more: Decimal

    def holds(self, values: Floats, reference: Floats) -> Marks:
        """Where it holds, both sides at 15 significant digits; not where one is missing.

        Shape: `values` one a row; `reference` one a row too, or empty where none is needed.
        """
        limit: Floats | float = float(self.more)
        if self.reference:
            limit = reference * float(self.factor) if self.factor != 1 else reference
            limit = limit + float(self.more) if self.more else limit
        found: Marks = _OPERATORS[self.sign](values, limit)
        apart = np.abs(values - limit)
        near = np.flatnonzero((apart <= _NEAR * np.abs(values)) & (apart > 0))
        if len(near):
            exact = np.column_stack((values[near], reference[near] if self.reference else near * 0))
            pairs, place = np.unique(exact, axis=0, return_inverse=True)
            answers = np.array([self._exactly(*pair) for pair in pairs.tolist()], dtype=np.bool_)
            found[near] = answers[place.reshape(-1)]
        return found

    def _exactly(self, value: float, reference: float) -> bool:
        of = Decimal(repr(reference)) if self.reference else Decimal(0)
        limit = rounded(of * self.factor + self.more, None)
        return bool(_OPERATORS[self.sign](rounded(Decimal(repr(value)), None), limit))


@dataclass(frozen=True, slots=True)
class Criterion:
    """One way to a grade: comparisons that must all hold.

    `baseline` is `normal` or `abnormal` when it is for such a baseline only; `assuming` what no
    number tells, such as symptoms.
    """

    grade: int
    comparisons: tuple[Comparison, ...]
    baseline: str
    assuming: str

    @property
    def references(self) -> set[str]:
        """What the result is compared with besides numbers."""
        return {one.reference for one in self.comparisons if one.reference}


@dataclass(frozen=True, slots=True)
class Term:
    """A term in one direction: its criteria, lowest grade first, and the unit of their numbers."""

    name: str
    direction: str
    unit: str
    criteria: tuple[Criterion, ...]

    @property
    def grades(self) -> tuple[int, ...]:
        """The grades it knows."""
        return tuple(sorted({criterion.grade for criterion in self.criteria}))


Terms = Mapping[tuple[str, str], Term]
"""Terms by name in lower case and direction."""


@cache
def packaged(name: str) -> Terms:
    """The terms of a table that comes with the toolkit, such as `ctcae-5.0`."""
    text = (files("cdisc.algorithms.measurements") / "data" / f"{name}.csv").read_text(
        encoding="utf-8"
    )
    return _terms([*csv.DictReader(text.splitlines())], f"{name}.csv")


def declared(table: pd.DataFrame) -> Terms:
    """The terms of a study's own table. Raises UsageError when it is not one."""
    lacking = [column for column in COLUMNS[:6] if column not in table]
    if lacking:
        raise UsageError(
            f"the table of criteria has no column {' and '.join(lacking)}",
            hint=f"Its columns are {', '.join(COLUMNS)}",
        )
    texts = table.assign(**{name: "" for name in COLUMNS if name not in table})
    texts = texts[list(COLUMNS)].fillna("").astype(str)
    return _terms(texts.to_dict("records"), "the table of criteria")


def _terms(rows: Sequence[Mapping[Any, Any]], where: str) -> Terms:
    found: dict[tuple[str, str], list[Criterion]] = {}
    heads: dict[tuple[str, str], tuple[str, str]] = {}
    for number, row in enumerate(rows, 1):
        place = f"row {number} of {where}"
        name, direction, unit, grade, baseline, text, assuming = (
            str(row[column]).strip() for column in COLUMNS
        )
        if direction not in ("low", "high"):
            raise UsageError(f"{place}: direction {direction!r} is neither low nor high")
        if grade not in ("1", "2", "3", "4", "5"):
            raise UsageError(f"{place}: grade {grade!r} is none of 1 to 5")
        if baseline not in ("", "normal", "abnormal"):
            raise UsageError(f"{place}: baseline {baseline!r} is neither normal nor abnormal")
        key = (name.lower(), direction)
        head = heads.setdefault(key, (name, unit))
        if head[1] != unit:
            raise UsageError(f"{place}: {name} has unit {head[1]!r} above and {unit!r} here")
        comparisons = tuple(_comparison(part, place) for part in re.split(r"\s+and\s+", text))
        found.setdefault(key, []).append(Criterion(int(grade), comparisons, baseline, assuming))
    return {
        key: Term(
            heads[key][0], key[1], heads[key][1], tuple(sorted(criteria, key=lambda c: c.grade))
        )
        for key, criteria in found.items()
    }


def _comparison(text: str, place: str) -> Comparison:
    match = _COMPARISON.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"{place}: {text!r} is no comparison",
            hint="Write one like `<80`, `>ULN`, `>=1.5*BASE` or `>ULN+20`",
        )
    more = match["number"] or match["more"] or "0"
    return Comparison(
        match["sign"], match["of"] or "", Decimal(match["factor"] or "1"), Decimal(more)
    )
