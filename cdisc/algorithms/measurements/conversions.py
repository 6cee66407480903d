"""Exact conversion of results between units by a declared table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.columns.numbers import decimal, rounded
from cdisc.algorithms.columns.uniques import Codes, distinct, pair
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
    results = distinct(result)
    route_of_row, routes = _routes([unit, to, *(() if test is None else (test,))], units)
    codes, (result_codes, route_codes) = pair([results.codes, route_of_row])
    texts = [plain_text(text) for text in results.texts]
    bounds = [bound(text) for text in texts]
    found: list[Standardized] = []
    for code, route in zip(result_codes.tolist(), route_codes.tolist(), strict=True):
        number = bounds[code] if code >= 0 else None
        conversion = routes[route]
        if number is None:
            found.append(Standardized(texts[code] if code >= 0 else ""))
        elif conversion is None:
            found.append(Standardized(unknown_unit=True))
        else:
            found.append(Standardized(bound=_converted(number, conversion, digits)))
    return codes, found


def _routes(
    columns: Sequence[pd.Series[Any]], units: Units
) -> tuple[Codes, Sequence[Conversion | None]]:
    """The conversion each row needs: a code by row, and the few conversions there are."""
    values = [distinct(column) for column in columns]
    codes, parts = pair([column.codes for column in values])
    words = [[*(plain_text(text) for text in column.texts), ""] for column in values]
    numbers: dict[Conversion | None, int] = {}
    route: list[int] = []
    for combination in zip(*(part.tolist() for part in parts), strict=True):
        from_, to, *test = (texts[code] for texts, code in zip(words, combination, strict=True))
        conversion = units.find(test[0] if test else "", from_, to)
        route.append(numbers.setdefault(conversion, len(numbers)))
    return np.array(route, dtype=np.int64)[codes], list(numbers)


def _converted(number: Bound, conversion: Conversion, digits: int | None) -> Bound:
    value = conversion(number.value) if conversion != SAME else number.value
    sign = number.sign
    if conversion.numerator * conversion.denominator < 0:
        sign = sign.translate({ord("<"): ">", ord(">"): "<"})
    return Bound(sign, rounded(value, digits))
