"""Results in standard units, reference limits, and where a result lies among them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Column, Issue, NumberColumn, Result, Shared, Table
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.numbers import decimal, plain
from cdisc.algorithms.columns.uniques import Codes, distinct, is_missing, spread_text
from cdisc.algorithms.measurements.conversions import (
    Standardized,
    Units,
    bound,
    plain_text,
    standardized,
)
from cdisc.algorithms.registry import algorithm
from cdisc.model import Severity

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|~|to)\s*({_NUMBER})", re.IGNORECASE | re.ASCII)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"〜": "~", "∼": "~"})


def _digits_method(texts: Mapping[str, str]) -> str:
    digits = texts.get("digits")
    if not digits:
        return "rounded to 15 significant digits"
    return f"rounded half up to {digits} decimal digits"


def _number_method(texts: Mapping[str, str]) -> str:
    return (
        f"{texts['result']} converted from {texts['unit']} to {texts['to']} by the table "
        f"{texts['units']}, {_digits_method(texts)}; null when not a number."
    )


def _text_method(texts: Mapping[str, str]) -> str:
    return (
        f"{texts['result']} converted from {texts['unit']} to {texts['to']} by the table "
        f"{texts['units']}, {_digits_method(texts)}, as text; other text as collected."
    )


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """Results as collected, and what they are to be converted to.

    Args:
        result: the result as collected.
        unit: the unit it was collected in.
        to: the standard unit of the record.
        units: the table of conversions: test, from, to, factor, offset.
        test: the test, where conversions depend on it.
        digits: decimal digits to keep.
    """

    result: Column
    unit: Column
    to: Column
    units: Table
    test: Column | None = None
    digits: int | None = None

    def standardized(self) -> tuple[Codes, Sequence[Standardized]]:
        """Each distinct result in its standard unit: codes by row, and the results."""
        units = Units(self.units)
        return standardized(self.result, self.unit, self.to, self.test, units, self.digits)


@algorithm(main="result", method=_number_method, gives="number")
def standard_number(collected: Shared[Collected]) -> Result:
    """The number of a result in its standard unit (--STRESN).

    1. Read the number in the collected text; full-width digits are digits.
    2. Find the conversion from the collected to the standard unit in the table, for the test
       or, with `test` empty there, for any. The same unit needs none; nor does a result
       without unit whose standard has none.
    3. Convert by exact decimals: (number + offset) * factor.
    4. Round half up to the declared digits, otherwise to 15 significant ones.

    Missing: a missing result, or one that is no number (`<0.5`, POSITIVE), gives a missing
    number. A unit that the table does not convert, or no unit where the standard has one,
    gives a missing number and a finding; the collected result stays where it is.
    Source: SDTMIG 3.4, section 4.5.1 (original and standardized results).
    Example: result `98.6`, unit F, to C with factor 5/9 and offset -32 gives 37.

    Args:
        collected: the results.
    """
    codes, found = collected.standardized()
    numbers = [
        float(one.bound.value) if one.bound is not None and not one.bound.sign else np.nan
        for one in found
    ]
    values = np.array(numbers, dtype=np.float64)[codes]
    return Result(pd.Series(values), _unit_issue("standard_number", codes, found, collected.unit))


@algorithm(main="result", method=_text_method, gives="text")
def standard_text(collected: Shared[Collected]) -> Result:
    """The text of a result in its standard unit (--STRESC).

    1. Convert and round the number as `standard_number` does; write it without exponent and
       trailing zeros.
    2. Convert the number of a result like `<0.5` or `>=100` too and keep its sign.
    3. Any other text stays, full-width and compatibility characters in plain form, trimmed.

    Missing: stays missing. A number whose unit the table does not convert, or without unit where
    the standard has one, gives a missing text and a finding; the collected result stays where
    it is.
    Source: SDTMIG 3.4, section 4.5.1 (original and standardized results).
    Example: result `<0.5`, unit g/dL, to g/L with factor 10 gives `<5`.

    Args:
        collected: the results.
    """
    codes, found = collected.standardized()
    texts = [
        one.text if one.bound is None else one.bound.sign + plain(one.bound.value) for one in found
    ]
    values = spread_text(codes, texts)
    return Result(values, _unit_issue("standard_text", codes, found, collected.unit))


def _unit_issue(
    name: str, codes: Codes, found: Sequence[Standardized], unit: pd.Series[Any]
) -> tuple[Issue, ...]:
    unknown = np.array([one.unknown_unit for one in found], dtype=np.bool_)[codes]
    if not unknown.any():
        return ()
    without = is_missing(unit)
    return (
        *issue(
            f"{name}.unknown_unit",
            "unit {value} cannot be converted to the standard unit",
            unknown & ~without,
            unit,
            hint="Add the conversion to the table of units",
        ),
        *issue(
            f"{name}.no_unit",
            "a result without unit cannot be converted to the standard unit",
            unknown & without,
        ),
    )


@algorithm(main="of", method="The {side} limit of the reference range {of}.", gives="number")
def reference_limit(of: Column, side: Literal["low", "high"]) -> Result:
    """The lower or upper limit that a reference range in text states.

    1. `3.5-5.3` has both limits; `<40` and `<=40` have an upper one, `>60` and `>=60` a lower.
    2. Full-width digits and the various dashes are read like plain ones.

    Missing: stays missing, as does the side that the range leaves open. A text that is no range
    gives a missing limit and a finding.
    Source: SDTMIG 3.4, section 6.3.5.6 (LBORNRLO, LBORNRHI).
    Example: of `3.5-5.3`, side high gives 5.3.

    Args:
        of: the reference range as collected.
        side: which of the two limits.
    """
    values = distinct(of)
    limits = [_limits(plain_text(text).translate(_DASHES)) for text in values.texts]
    place = 0 if side == "low" else 1
    return Result(
        values.numbers([np.nan if pair is None else pair[place] for pair in limits]),
        issue(
            "reference_limit.unreadable",
            "{value} is not a reference range",
            values.flags([pair is None for pair in limits]),
            of,
            severity=Severity.WARNING,
        ),
    )


def _limits(text: str) -> tuple[float, float] | None:
    if match := _RANGE.fullmatch(text):
        low, high = (decimal(part) for part in match.groups())
        if low is None or high is None or low > high:
            return None
        return float(low), float(high)
    one = bound(text)
    if one is None or not one.sign:
        return None
    value = float(one.value)
    return (np.nan, value) if one.sign.startswith("<") else (value, np.nan)


@algorithm(
    main="result",
    method="LOW when {result} is below {low}, HIGH when above {high}, NORMAL when neither.",
    gives="text",
)
def reference_indicator(result: Column, low: NumberColumn, high: NumberColumn) -> Result:
    """Where a result lies among its reference limits (--NRIND): LOW, NORMAL or HIGH.

    1. LOW below the lower limit, HIGH above the upper one, NORMAL between, limits included.
       A range with one limit is open on the other side.
    2. A result like `<0.5` is decided when every number it may stand for lies on one side.

    Missing: a missing result, one that is no number, one that cannot be decided, or no limit
    at all gives a missing indicator.
    Source: SDTMIG 3.4, section 6.3.5.6 (LBNRIND); codelist NRIND (C78736).
    Example: result 6, low 3.5, high 5.3 gives HIGH.

    Args:
        result: the result, number or text, in the unit of the limits.
        low: the lower limit, a number.
        high: the upper limit, a number.
    """
    values = distinct(result)
    bounds = [bound(plain_text(text)) for text in values.texts]
    number = [np.nan if one is None else float(one.value) for one in bounds]
    signs = [one.sign if one is not None else "" for one in bounds]
    least = [-np.inf if sign.startswith("<") else n for n, sign in zip(number, signs, strict=True)]
    most = [np.inf if sign.startswith(">") else n for n, sign in zip(number, signs, strict=True)]
    beyond_least = values.flags([sign == ">" for sign in signs])
    beyond_most = values.flags([sign == "<" for sign in signs])
    return Result(
        _indicator(
            values.numbers(least).to_numpy(),
            values.numbers(most).to_numpy(),
            (beyond_least, beyond_most),
            (_floats(low), _floats(high)),
        )
    )


def _floats(column: pd.Series[Any]) -> npt.NDArray[np.float64]:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _indicator(
    least: npt.NDArray[np.float64],
    most: npt.NDArray[np.float64],
    strict: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
    limits: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
) -> pd.Series[Any]:
    low, high = limits
    below = (most < low) | ((most == low) & strict[1])
    above = (least > high) | ((least == high) & strict[0])
    within = (np.isnan(low) | (least >= low)) & (np.isnan(high) | (most <= high))
    within &= ~(np.isnan(low) & np.isnan(high)) & ~np.isnan(least) & ~np.isnan(most)
    codes = np.select([below, above, within], [0, 2, 1], default=-1)
    return spread_text(codes.astype(np.int64), ["LOW", "NORMAL", "HIGH"])
