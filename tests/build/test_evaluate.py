"""Expressions over columns against the same expression worked out for one row in plain Python."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.columns.uniques import TEXT, distinct, text_column
from cdisc.build.evaluate import Table, condition, value
from cdisc.errors import Location, SpecError
from cdisc.spec.expression_parser import parse_expression
from cdisc.spec.expressions import (
    Binary,
    Call,
    Expr,
    In,
    Literal,
    Negative,
    Not,
    Ref,
    is_condition,
)

TEXTS = ("A", "a", "AB", "1", "10", "9.5", "-3", "2024-02-03T10:11", "2024", "", "  ", " A ", None)
NUMBERS = (0.0, 1.0, -2.5, 10.0, 1e300, math.nan)
COLUMNS = {"T": TEXTS, "U": TEXTS, "N": NUMBERS, "M": NUMBERS}

MISSING = None
Value = str | float | None


# ---- one row in plain Python -------------------------------------------------------------


def of_row(expression: Expr, row: dict[str, Value]) -> Value:
    """The value of an expression for a row; Y or N for a condition; None when it has none."""
    match expression:
        case Ref(name=name):
            return known(row[name])
        case Literal(value=literal):
            return known(literal)
        case Negative(value=inner):
            number = of_row(inner, row)
            return MISSING if number is None else -number
        case Binary(operator="+" | "-" | "*" | "/" as operator, left=left, right=right):
            return calculated(operator, of_row(left, row), of_row(right, row))
        case Call(function=function, arguments=arguments) if function in SINGLE:
            inner = of_row(arguments[0], row)
            return MISSING if inner is None else known(SINGLE[function](inner))
    return "Y" if holds(expression, row) else "N"


def holds(expression: Expr, row: dict[str, Value]) -> bool:
    """Whether a condition holds for a row."""
    match expression:
        case Binary(operator="and", left=left, right=right):
            return holds(left, row) and holds(right, row)
        case Binary(operator="or", left=left, right=right):
            return holds(left, row) or holds(right, row)
        case Binary(operator=operator, left=left, right=right):
            a, b = of_row(left, row), of_row(right, row)
            return a is not None and b is not None and COMPARE[operator](a, b)
        case Not(condition=inner):
            return not holds(inner, row)
        case In(value=inner, choices=choices, negated=negated):
            found = of_row(inner, row)
            inside = found in [choice.value for choice in choices]
            return found is not None and inside != negated
        case Call(function="missing", arguments=(inner,)):
            return of_row(inner, row) is None
        case Call(function=function, arguments=(inner, Literal(value=str(part)))):
            found = of_row(inner, row)
            assert found is None or isinstance(found, str)
            if found is None:
                return False
            return found.startswith(part) if function == "starts_with" else part in found
    raise AssertionError(expression)


def known(found: Value) -> Value:
    """A value, or None for what counts as missing."""
    if isinstance(found, str):
        return found if found.strip() else MISSING
    return MISSING if found is None or not math.isfinite(found) else found


def calculated(operator: str, a: Value, b: Value) -> Value:
    if a is None or b is None or (operator == "/" and b == 0):
        return MISSING
    with np.errstate(all="ignore"):
        return known(float(ARITHMETIC[operator](np.float64(a), np.float64(b))))


def read_number(found: Value) -> Value:
    if not isinstance(found, str):
        return found
    try:
        return float(Decimal(found.strip()))
    except InvalidOperation:
        return MISSING


def plain_text(found: Value) -> Value:
    if isinstance(found, str) or found is None:
        return found
    return f"{Decimal(repr(found)):f}".removesuffix(".0") if found != 0 else "0"


ARITHMETIC = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
SINGLE = {
    "number": read_number,
    "text": plain_text,
    "upper": str.upper,
    "trim": str.strip,
    "date": lambda found: found[:10],
    "year": lambda found: read_number(found[:4]),
    "abs": abs,
}


# ---- expressions of the right types ------------------------------------------------------

Strategy = st.SearchStrategy[Expr]


def call(functions: list[str], inner: Strategy) -> Strategy:
    """One of these functions of a value."""
    return st.builds(lambda name, x: Call(name, (x,)), st.sampled_from(functions), inner)


def values_of(depth: int) -> tuple[Strategy, Strategy]:
    """Expressions whose value is text, and whose value is a number."""
    texts = st.sampled_from([Ref("T"), Ref("U"), Ref("T", "source"), Literal("A"), Literal("10")])
    numbers = st.sampled_from([Ref("N"), Ref("M"), Literal(1.0), Literal(-2.5), Literal(0.0)])
    for _ in range(depth):
        texts, numbers = (
            texts | call(["upper", "trim", "date", "text"], texts) | call(["text"], numbers),
            numbers
            | st.builds(Binary, st.sampled_from("+-*/"), numbers, numbers)
            | st.builds(Negative, numbers)
            | call(["abs", "number"], numbers)
            | call(["number", "year"], texts),
        )
    return texts, numbers


def conditions_of(depth: int) -> Strategy:
    """Conditions over such values."""
    texts, numbers = values_of(depth)
    comparison = st.sampled_from(list(COMPARE))
    of_texts = st.sampled_from(["A", "AB", "10", ""]).map(Literal)
    of_numbers = st.sampled_from([1.0, 10.0, -2.5]).map(Literal)
    found = (
        st.builds(Binary, comparison, texts, texts)
        | st.builds(Binary, comparison, numbers, numbers)
        | call(["missing"], texts | numbers)
        | st.builds(Not, call(["missing"], texts | numbers))
        | st.builds(In, texts, st.tuples(of_texts, of_texts), st.booleans())
        | st.builds(In, numbers, st.tuples(of_numbers, of_numbers), st.booleans())
        | st.builds(
            lambda name, x, part: Call(name, (x, Literal(part))),
            st.sampled_from(["starts_with", "contains"]),
            texts,
            st.sampled_from(["A", "1", " "]),
        )
    )
    for _ in range(depth):
        found = found | st.builds(Binary, st.sampled_from(["and", "or"]), found, found)
    return found


values = st.one_of(values_of(3))
conditions = conditions_of(2)
rows = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in COLUMNS.items()}),
    max_size=6,
)


def table_of(records: list[dict[str, Value]]) -> Table:
    columns = {
        name: pd.Series(
            [record[name] for record in records], dtype=TEXT if name in "TU" else np.float64
        )
        for name in COLUMNS
    }
    return Table(lambda ref: columns[ref.name], len(records), Location("spec.yaml", 3))


@settings(max_examples=200)
@given(expression=values | conditions, records=rows)
def test_columns_give_what_each_row_gives(expression: Expr, records) -> None:
    found = value(expression, table_of(records))
    assert len(found) == len(records)
    for one, record in zip(found.tolist(), records, strict=True):
        expected = of_row(expression, record)
        if isinstance(expected, float):
            assert math.isclose(one, expected, rel_tol=1e-15, abs_tol=0)
        else:
            assert known(one) == expected


@settings(max_examples=200)
@given(expression=conditions, records=rows)
def test_conditions_mark_the_rows_they_hold_for(expression: Expr, records) -> None:
    assert is_condition(expression)
    found = condition(expression, table_of(records))
    assert found.dtype == np.bool_
    assert found.tolist() == [holds(expression, record) for record in records]


ROW = [{"T": "A", "U": None, "N": 1.0, "M": math.nan}]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("T == 1", "T == 1 compares text with a number. Write number(T), or the number in quotes"),
        ("1 < T", "1 < T compares text with a number. Write number(T), or the number in quotes"),
        (
            'N == "1"',
            'N == "1" compares text with a number. N is a number: write N == 1',
        ),
        (
            'N > "abc"',
            (
                'N > "abc" compares text with a number. N is a number, and a number is written '
                "without quotes"
            ),
        ),
        ("T + 1 > 2", "T is text, not a number. Write number(T)"),
        ("upper(N) == T", "N is a number, not text. Write text(N)"),
        ("abs(T) > 1", "T is text, not a number. Write number(T)"),
        ("T in [1, 2]", "T is text, the list is not. Write number(T)"),
        ('N in ["1"]', "N is a number, the list is not. Write text(N)"),
        ('contains(N, "1")', "N is a number, not text. Write text(N)"),
    ],
)
def test_text_and_numbers_do_not_mix(written: str, message: str) -> None:
    at = Location("spec.yaml", 3)
    with pytest.raises(SpecError) as caught:
        value(parse_expression(written, at), table_of(ROW))
    assert str(caught.value).startswith(f"spec.yaml:3: {message}")


def test_comparing_two_constants_needs_no_column() -> None:
    at = Location("spec.yaml", 3)
    assert condition(parse_expression('"a" == "a"', at), table_of(ROW)).tolist() == [True]
    assert condition(parse_expression("1 > 2", at), table_of(ROW)).tolist() == [False]


def test_what_has_no_rows_has_no_values() -> None:
    at = Location("spec.yaml", 3)
    assert value(parse_expression("upper(T)", at), table_of([])).tolist() == []
    assert value(parse_expression("N / 0", at), table_of([])).tolist() == []
    assert condition(parse_expression("T == U", at), table_of([])).tolist() == []


def test_a_quotient_without_a_value_is_a_finding_of_compute() -> None:
    from cdisc.algorithms.values.values import compute

    records = [
        {"T": None, "U": None, "N": 4.0, "M": 2.0},
        {"T": None, "U": None, "N": 0.0, "M": 0.0},
    ]
    result = compute(value(parse_expression("N / M", Location("spec.yaml", 3)), table_of(records)))
    assert result.values.tolist()[0] == 2.0
    assert math.isnan(result.values.tolist()[1])
    assert [(issue.rule, issue.rows.tolist()) for issue in result.issues] == [
        ("compute.not_finite", [1])
    ]


@pytest.mark.parametrize(
    ("left", "right", "is_before", "is_on_or_after"),
    [
        ("2014-01-01", "2014-01-02", True, False),
        ("2014-01-02", "2014-01-02", False, True),
        ("2014-01-02T08:00", "2014-01-02", False, True),
        ("2014-01", "2014-01-02", False, True),
        ("2013-12", "2014-01-02", True, False),
        ("2013", "2014-01-02", True, False),
        ("2014", "2014-01-02", False, True),
        (None, "2014-01-02", False, False),
        ("2014-01-02", None, False, False),
        ("soon", "2014-01-02", False, False),
    ],
)
def test_dates_are_compared_at_the_coarser_precision(
    left: str | None, right: str | None, is_before: bool, is_on_or_after: bool
) -> None:
    table = table_of([{"T": left, "U": right, "N": math.nan, "M": math.nan}])
    at = Location("spec.yaml", 3)
    assert condition(parse_expression("before(T, U)", at), table).tolist() == [is_before]
    assert condition(parse_expression("on_or_after(T, U)", at), table).tolist() == [is_on_or_after]


def test_what_follows_from_no_finite_value_has_none_either() -> None:
    from cdisc.algorithms.values.values import compute

    table = table_of([{"T": None, "U": None, "N": 4.0, "M": 0.0}])
    result = compute(value(parse_expression("1 / (N / M)", Location("spec.yaml", 3)), table))
    assert result.values.isna().tolist() == [True]
    assert [issue.rule for issue in result.issues] == ["compute.not_finite"]


DAY, TIME, NONE = "2024-01-02T00:00:00", "2024-01-03T10:11:12", "NaT"


@pytest.mark.parametrize("days", [[DAY], [DAY, TIME, NONE]])
def test_an_analysis_date_compares_alike_whatever_else_its_column_holds(days: list[str]) -> None:
    dates = pd.Series(np.array(days, dtype="datetime64[s]"))
    texts = pd.Series(days, dtype=TEXT).str.removesuffix("T00:00:00")
    columns = {"D": dates, "T": texts}
    table = Table(lambda ref: columns[ref.name], len(days), Location())
    for written in ('D <= "2024-01-02"', 'D in ["2024-01-02"]', "D == T"):
        assert condition(parse_expression(written, Location()), table)[0], written
    assert distinct(dates).texts[0] == "2024-01-02"
    assert text_column(dates)[0] == "2024-01-02"


def test_an_analysis_date_with_a_time_is_text_in_iso_8601() -> None:
    dates = pd.Series(np.array([DAY, TIME, NONE], dtype="datetime64[s]"))
    assert text_column(dates).dropna().tolist() == ["2024-01-02", TIME]
