"""Expressions over columns, vectorised; a comparison with a missing value is false."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from cdisc.algorithms.columns.numbers import decimal
from cdisc.algorithms.columns.uniques import TEXT, arrow_text, distinct, text_column
from cdisc.algorithms.dates.partial_dates import before, spans
from cdisc.build import date_values as dates
from cdisc.errors import Location, SpecError
from cdisc.spec.expressions import Binary, Call, Expr, In, Literal, Negative, Not, Ref, is_condition

_DATE = re.compile(r"\d{4}(-|T|$)")
"""How ISO 8601 begins, also that of a part of a date."""

Mask: TypeAlias = npt.NDArray[np.bool_]
Value: TypeAlias = "pd.Series[Any] | str | float"


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What an expression may read: columns by name, and how many rows there are."""

    column: Callable[[Ref], pd.Series[Any]]
    count: int
    at: Location


def condition(expression: Expr, table: Table) -> Mask:
    """Which rows a condition holds for."""
    match expression:
        case Binary(operator="and", left=left, right=right):
            return condition(left, table) & condition(right, table)
        case Binary(operator="or", left=left, right=right):
            return condition(left, table) | condition(right, table)
        case Binary(operator=operator, left=left, right=right):
            return _compare(operator, left, right, table)
        case Not(condition=inner):
            return ~condition(inner, table)
        case In(value=inner, choices=choices, negated=negated):
            return _is_in(inner, choices, negated, table)
        case Call(function="missing", arguments=(inner,)):
            return _missing(_series(inner, table))
        case Call(function="before" | "on_or_after" as function, arguments=(left, right)):
            return _date_order(function, left, right, table)
        case Call(function=function, arguments=(inner, Literal(value=str(part)))):
            values = distinct(_text(inner, table))
            search = pc.starts_with if function == "starts_with" else pc.match_substring
            return values.flags(np.asarray(search(values.array, part), dtype=np.bool_))
    raise SpecError(f"cannot tell whether {expression} holds", at=table.at)


def _date_order(function: str, left: Expr, right: Expr, table: Table) -> Mask:
    sides = [_series(side, table) for side in (left, right)]
    if all(dates.is_date(side) for side in sides):
        return dates.compare("<" if function == "before" else ">=", *sides)
    first, second = (spans(_text(side, table)) for side in (left, right))
    earlier = before(first, second)
    return earlier if function == "before" else first.known & second.known & ~earlier


def value(expression: Expr, table: Table) -> pd.Series[Any]:
    """The value of an expression on each row; conditions give Y or N."""
    if is_condition(expression):
        flags = condition(expression, table)
        return pd.Series(np.where(flags, "Y", "N")).astype(TEXT)
    return _series(expression, table)


def _series(expression: Expr, table: Table) -> pd.Series[Any]:
    found = _value(expression, table)
    if isinstance(found, pd.Series):
        return found
    if isinstance(found, str):
        return pd.Series(pd.array([found], dtype=TEXT).take(np.zeros(table.count, dtype=np.int64)))
    return pd.Series(np.full(table.count, found, dtype=np.float64))


def _value(expression: Expr, table: Table) -> Value:
    match expression:
        case Ref():
            return table.column(expression)
        case Literal(value=literal):
            return literal
        case Negative(value=inner):
            return -_number(inner, table)
        case Binary(operator="+" | "-" | "*" | "/" as operator, left=left, right=right):
            return _arithmetic(operator, left, right, table)
        case Call(function=function, arguments=arguments):
            return _function(function, arguments[0], table)
    raise SpecError(f"{expression} is a condition where a value is needed", at=table.at)


def _arithmetic(operator: str, left: Expr, right: Expr, table: Table) -> pd.Series[Any]:
    if operator in "+-":
        sides = [_series(side, table) for side in (left, right)]
        found = dates.arithmetic(operator, *sides)
        if found is not None:
            return found
    a, b = _number(left, table).to_numpy(), _number(right, table).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        match operator:
            case "+":
                result = a + b
            case "-":
                result = a - b
            case "*":
                result = a * b
            case _:
                result = a / b
    # infinity marks what has no value though all its parts have one, as a division by zero, and
    # what is made of that; `compute` makes it a finding, and comparisons take it for missing
    finite = np.isfinite(a) & np.isfinite(b) & np.isfinite(result)
    nothing = ~finite & ~np.isnan(a) & ~np.isnan(b)
    return pd.Series(np.where(nothing, np.inf, result))


def _number(expression: Expr, table: Table) -> pd.Series[Any]:
    series = _series(expression, table)
    if dates.is_date(series):
        raise SpecError(
            f"{expression} is a date, not a number",
            at=table.at,
            hint="Two dates give their days apart, A - B; a date and a number of days a date",
        )
    if not pd.api.types.is_numeric_dtype(series.dtype):
        raise SpecError(
            f"{expression} is text, not a number", at=table.at, hint=f"Write number({expression})"
        )
    return series.astype(np.float64)


def _text(expression: Expr, table: Table) -> pd.Series[Any]:
    series = _series(expression, table)
    if pd.api.types.is_numeric_dtype(series.dtype):
        raise SpecError(
            f"{expression} is a number, not text", at=table.at, hint=f"Write text({expression})"
        )
    return text_column(series) if dates.is_date(series) else series


def _function(function: str, argument: Expr, table: Table) -> pd.Series[Any]:
    if function == "abs":
        return _number(argument, table).abs()
    if function == "text":
        series = _series(argument, table)
        return text_column(series.mask(_missing(series)))
    series = _series(argument, table)
    if function == "number" and pd.api.types.is_numeric_dtype(series.dtype):
        return series.astype(np.float64)
    values = distinct(_text(argument, table))
    if function == "number":
        return values.numbers([_number_in(text) for text in values.texts])
    if function == "upper":
        return values.text(pc.utf8_upper(values.array))
    if function == "trim":
        return values.text(pc.utf8_trim_whitespace(values.array))
    if function == "date":
        return values.text(pc.utf8_slice_codeunits(values.array, 0, 10))
    years = pc.utf8_slice_codeunits(values.array, 0, 4)
    return values.numbers([_number_in(text) for text in years.to_pylist()])


def _number_in(text: str) -> float:
    # the same reading as the algorithm `number` and numeric variables have
    exact = decimal(text)
    return math.nan if exact is None else float(exact)


def _missing(series: pd.Series[Any]) -> Mask:
    if pd.api.types.is_numeric_dtype(series.dtype):
        finite = np.isfinite(series.to_numpy(dtype=np.float64, na_value=np.nan))
        return np.asarray(~finite, dtype=np.bool_)
    if dates.is_date(series):
        return series.isna().to_numpy(dtype=np.bool_)
    return distinct(series).missing


def _compare(operator: str, left: Expr, right: Expr, table: Table) -> Mask:
    a, b = (_value(side, table) for side in (left, right))
    moments = dates.both(a, b)
    if moments is not None:
        return dates.compare(operator, *moments)
    for date, other, side in ((a, b, left), (b, a, right)):
        if dates.is_date(date) and isinstance(other, str) and not _DATE.match(other):
            raise SpecError(
                f"{left} {operator} {right} compares a date with text that is no date",
                at=table.at,
                hint=f'{side} is a date: write one such as "2024-03-01"',
            )
    a, b = _without_dates(a), _without_dates(b)
    kinds = [_is_number(side) for side in (a, b)]
    if kinds[0] != kinds[1]:
        raise _unlike(operator, (left, right), kinds, table)
    if not isinstance(a, pd.Series) and not isinstance(b, pd.Series):
        a = _series(left, table)
    if kinds[0]:
        return _compare_numbers(operator, a, b)
    return _compare_texts(operator, a, b)


def _unlike(
    operator: str, sides: tuple[Expr, Expr], numbers: list[bool], table: Table
) -> SpecError:
    """Text compared with a number: what is which, and how to write it."""
    number, text = sides if numbers[0] else sides[::-1]
    hint = f"Write number({text}), or the number in quotes"
    if isinstance(text, Literal):
        plain = _plain_number(str(text.value))
        turned = [plain if side is text else side for side in sides]
        hint = f"{number} is a number" + (
            f": write {turned[0]} {operator} {turned[1]}"
            if plain is not None
            else ", and a number is written without quotes"
        )
    said = f"{sides[0]} {operator} {sides[1]} compares text with a number"
    return SpecError(said, at=table.at, hint=hint)


def _plain_number(text: str) -> Literal | None:
    found = decimal(text)
    return None if found is None else Literal(float(found))


def _compare_numbers(operator: str, a: Value, b: Value) -> Mask:
    left = a.to_numpy(dtype=np.float64) if isinstance(a, pd.Series) else np.float64(a)
    right = b.to_numpy(dtype=np.float64) if isinstance(b, pd.Series) else np.float64(b)
    compare = _NUMPY[operator]
    # NaN differs from everything for numpy, but a missing value compares as false
    known = np.isfinite(left) & np.isfinite(right)
    return np.asarray(compare(left, right) & known, dtype=np.bool_)


def _compare_texts(operator: str, a: Value, b: Value) -> Mask:
    if isinstance(a, pd.Series) and isinstance(b, str):
        values = distinct(a)
        found = _ARROW[operator](values.array, b)
        return values.flags(np.asarray(found, dtype=np.bool_))
    if isinstance(a, str) and isinstance(b, pd.Series):
        return _compare_texts(_MIRROR[operator], b, a)
    if not isinstance(a, pd.Series) or not isinstance(b, pd.Series):
        raise TypeError("one side of a comparison is a column")
    compared = _ARROW[operator](arrow_text(a), arrow_text(b))
    known = ~(distinct(a).missing | distinct(b).missing)
    return np.asarray(pc.fill_null(compared, False), dtype=np.bool_) & known


def _is_in(inner: Expr, choices: tuple[Literal, ...], negated: bool, table: Table) -> Mask:
    series = _series(inner, table)
    if dates.is_date(series):
        series = text_column(series)
    number = _is_number(series)
    if choices and isinstance(choices[0].value, str) == number:
        raise SpecError(
            f"{inner} is {'a number' if number else 'text'}, the list is not",
            at=table.at,
            hint=f"Write {'text' if number else 'number'}({inner})",
        )
    found = series.isin([choice.value for choice in choices]).to_numpy(dtype=np.bool_)
    return (~found & ~_missing(series)) if negated else found & ~_missing(series)


def _without_dates(found: Value) -> Value:
    """Dates as ISO 8601 texts, to compare with texts that may be partial dates."""
    if isinstance(found, pd.Series) and dates.is_date(found):
        return text_column(found)
    return found


def _is_number(found: Value) -> bool:
    if isinstance(found, pd.Series):
        return bool(pd.api.types.is_numeric_dtype(found.dtype))
    return isinstance(found, float)


_NUMPY: dict[str, Callable[..., Any]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_ARROW: dict[str, Callable[..., Any]] = {
    "==": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
_MIRROR = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
