"""Exact conversion of results between units by a declared table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

import pandas as pd

from cdisc.algorithms.numbers import decimal, rounded
from cdisc.algorithms.uniques import Codes, distinct, pair
from cdisc.errors import UsageError

# More digits than any factor and result have between them, so that only ratios are inexact.
_LONG = Context(prec=60)
_RATIO = re.compile(r"\s*([^/\s]+)\s*(?:/\s*([^/\s]+)\s*)?")
_BOUND = re.compile(r"(<=|>=|<|>)\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class Conversion:
    """to = (from + offset) * numerator / denominator, in exact decimals."""

    numerator: Decimal = Decimal(1)
    denominator: Decimal = Decimal(1)
    offset: Decimal = Decimal(0)

    def __call__(self, value: Decimal) -> Decimal:
        """The value in the other unit, to 60 digits."""
        moved = _LONG.multiply(_LONG.add(value, self.offset), self.numerator)
        return moved if self.denominator == 1 else _LONG.divide(moved, self.denominator)


SAME = Conversion()


class Units:
    """A declared table of conversions: columns `from`, `to`, `factor`, perhaps `test`, `offset`."""

    def __init__(self, table: pd.DataFrame) -> None:
        """Read the table. Raises UsageError when it is not one or contradicts itself."""
        absent = sorted({"from", "to", "factor"} - set(table.columns))
        if absent:
            raise UsageError(f"the table of units has no column {' and '.join(absent)}")
        names = ("test", "from", "to", "factor", "offset")
        columns = [
            table[name].fillna("").astype(str).tolist() if name in table else [""] * len(table)
            for name in names
        ]
        self._known: dict[tuple[str, str, str], Conversion] = {}
        for row, (test, from_, to, factor, offset) in enumerate(zip(*columns, strict=True), 1):
            key = (plain_text(test), plain_text(from_), plain_text(to))
            conversion = _conversion(factor, offset, row)
            if self._known.setdefault(key, conversion) != conversion:
                raise UsageError(f"the table of units converts {from_} to {to} in two ways")

    def find(self, test: str, from_: str, to: str) -> Conversion | None:
        """How to convert, for the test or for any; None when the table does not say."""
        if from_ == to:
            return SAME
        return self._known.get((test, from_, to)) or self._known.get(("", from_, to))


def _conversion(factor: str, offset: str, row: int) -> Conversion:
    match = _RATIO.fullmatch(factor)
    numerator = decimal(match.group(1)) if match else None
    denominator = decimal(match.group(2) or "1") if match else None
    added = decimal(offset.strip() or "0")
    if not numerator or not denominator or added is None:
        raise UsageError(
            f"the table of units has factor {factor!r}, offset {offset!r} in row {row}",
            hint="Write a decimal number that is not 0, or a ratio like 5/9",
        )
    return Conversion(numerator, denominator, added)


def plain_text(text: str) -> str:
    """A text with full-width and compatibility characters in plain form, blanks trimmed."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


@dataclass(frozen=True, slots=True)
class Bound:
    """A result that is a number, or only known to be below or above one (`<`, `<=`, `>`, `>=`)."""

    sign: str
    value: Decimal


def bound(text: str) -> Bound | None:
    """The number a plain text writes, with its sign of comparison; None for other text."""
    exact = decimal(text)
    if exact is not None:
        return Bound("", exact)
    match = _BOUND.fullmatch(text.replace("≤", "<=").replace("≥", ">="))
    value = decimal(match.group(2)) if match else None
    return Bound(match.group(1), value) if match and value is not None else None


@dataclass(frozen=True, slots=True)
class Standardized:
    """One result in its standard unit: a bound, or the plain text of what is no number."""

    text: str = ""
    bound: Bound | None = None
    unknown_unit: bool = False


def standardized(
    result: pd.Series[Any],
    unit: pd.Series[Any],
    to: pd.Series[Any],
    test: pd.Series[Any] | None,
    units: Units,
    digits: int | None,
) -> tuple[Codes, Sequence[Standardized]]:
    """Each distinct result in its standard unit: codes by row (-1 missing), and the results."""
    columns = [distinct(c) for c in (result, unit, to, *(() if test is None else (test,)))]
    codes, parts = pair([column.codes for column in columns])
    words = [[plain_text(text) for text in column.texts] + [""] for column in columns]
    bounds = [bound(text) for text in words[0]]
    routes: dict[tuple[int, ...], Conversion | None] = {}
    found: list[Standardized] = []
    for combination in zip(*(part.tolist() for part in parts), strict=True):
        code, *route_codes = combination
        number = bounds[code]
        if number is None:
            found.append(Standardized(words[0][code]))
            continue
        route = tuple(route_codes)
        if route not in routes:
            from_, into, *tests = (words[place][part] for place, part in enumerate(route_codes, 1))
            routes[route] = units.find(tests[0] if tests else "", from_, into)
        conversion = routes[route]
        if conversion is None:
            found.append(Standardized(unknown_unit=True))
            continue
        value = number.value if conversion is SAME else conversion(number.value)
        sign = number.sign
        if conversion.numerator * conversion.denominator < 0 and sign:
            sign = sign.translate({ord("<"): ">", ord(">"): "<"})
        found.append(Standardized(bound=Bound(sign, rounded(value, digits))))
    return codes, found
