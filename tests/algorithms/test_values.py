"""Constants, copies, choices, numbers; and the exact arithmetic under them."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.columns.numbers import canonical_code, plain, round_half_up, rounded
from cdisc.algorithms.values.values import (
    Case,
    choose,
    compute,
    constant,
    copy,
    first_present,
    number,
    round_number,
)
from cdisc.errors import UsageError
from tests.algorithms.columns import text


def listed(series):
    return [None if pd.isna(value) else value for value in series]


def rules(result):
    return {issue.rule: issue.rows.tolist() for issue in result.issues}


def test_constant_stands_on_every_row():
    assert listed(constant("AE", 3).values) == ["AE"] * 3
    assert len(constant("AE", 0).values) == 0


def test_copy_gives_the_text_as_received():
    given_text = text(" Headache ", None, "")
    assert copy(given_text).values.equals(given_text)


def test_first_present_takes_the_first_value_that_is_not_blank():
    result = first_present((text("a", " ", None, None), text("b", "b", "b", None)))
    assert listed(result.values) == ["a", "b", "b", None]


def test_first_present_of_numbers_is_a_number_and_of_both_a_text():
    numbers = first_present((pd.Series([np.nan, 1.0]), pd.Series([2.0, 3.0]))).values
    assert numbers.tolist() == [2.0, 1.0]
    assert listed(first_present((pd.Series([np.nan, 1.0]), text("x", "y"))).values) == ["x", "1"]


def test_first_true_case_wins():
    cases = (
        Case(np.array([True, True, False]), text="first"),
        Case(np.array([True, False, True]), value=text("a", "b", None)),
    )
    assert listed(choose(cases).values) == ["first", "first", None]


def test_no_true_case_gives_otherwise_or_missing():
    cases = (Case(np.array([False, True]), text="yes"),)
    assert listed(choose(cases).values) == [None, "yes"]
    assert listed(choose(cases, "no").values) == ["no", "yes"]


def test_deciding_case_with_a_missing_value_is_missing():
    cases = (Case(np.array([True]), value=text(None)), Case(np.array([True]), text="later"))
    assert listed(choose(cases, "otherwise").values) == [None]


def test_choice_among_numbers_is_a_number():
    cases = (Case(np.array([True, False]), value=pd.Series([1.5, 2.5])),)
    values = choose(cases).values
    assert values.dtype == np.float64
    assert listed(values) == [1.5, None]


@pytest.mark.parametrize(
    "case", [Case(np.array([True])), Case(np.array([True]), text="a", value=text("b"))]
)
def test_case_needs_a_text_or_a_value(case):
    with pytest.raises(UsageError, match="case 1"):
        choose((case,))


def test_division_by_zero_is_missing_with_a_finding():
    result = compute(pd.Series([1.0, np.inf, np.nan]))
    assert listed(result.values) == [1.0, None, None]
    assert rules(result) == {"compute.not_finite": [1]}
    assert listed(compute(text("a", None)).values) == ["a", None]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2.50", 2.5),
        ("-3", -3.0),
        (" 7 ", 7.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("2．5", 2.5),
        ("１２", 12.0),
    ],
)
def test_number_of_a_text(written, value):
    result = number(text(written))
    assert result.values.tolist() == [value]
    assert result.issues == ()


@pytest.mark.parametrize("written", ["<5", "1,5", "abc", "1 2", "nan", "inf", "1_000", "1e999"])
def test_text_that_is_no_number_is_missing_with_a_finding(written):
    result = number(text(written, None, ""))
    assert listed(result.values) == [None, None, None]
    assert rules(result) == {"number.not_a_number": [0]}
    assert rules(number(text(written), if_text="missing")) == {}


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (2.5, 0, 3.0),
        (-2.5, 0, -3.0),
        (2.675, 2, 2.68),
        (1.005, 2, 1.01),
        (0.5, 0, 1.0),
        (1.45, 1, 1.5),
        (2.4999999999, 0, 2.0),
        (15.0, -1, 20.0),
        (0.285, 2, 0.29),
        (123456789012345.675, 2, 123456789012345.67),
    ],
)
def test_halves_are_rounded_away_from_zero_as_written(value, digits, expected):
    assert round_number(pd.Series([value]), digits).values.tolist() == [expected]


@given(
    st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30),
    st.integers(0, 6),
)
def test_rounding_is_that_of_the_shortest_decimal_text(values, digits):
    expected = [
        float(Decimal(repr(v)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))
        for v in values
    ]
    assert round_half_up(np.array(values), digits).tolist() == expected


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_rounding_of_exact_halves(whole, digits):
    value = float(Decimal(whole * 10 + 5).scaleb(-digits - 1))
    expected = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    assert round_half_up(np.array([value]), digits).tolist() == [float(expected)]


def test_whole_numbers_at_the_edge_of_doubles_stay_what_they_are():
    assert round_half_up(np.array([2.0**52 + 1, 2.0**53 - 1]), 0).tolist() == [
        2.0**52 + 1,
        2.0**53 - 1,
    ]


def test_missing_numbers_stay_missing_when_rounded():
    assert np.isnan(round_half_up(np.array([np.nan]), 2)).all()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, "1"),
        (1e-05, "0.00001"),
        (1e21, "1" + "0" * 21),
        (-0.0, "0"),
        (0.1, "0.1"),
        (100.0, "100"),
        (-2.50, "-2.5"),
    ],
)
def test_plain_text_has_no_exponent_and_no_trailing_zeros(value, expected):
    assert plain(value) == expected


def test_fifteen_significant_digits_without_declared_digits():
    assert rounded(Decimal(1) / Decimal(3), None) == Decimal("0.333333333333333")
    assert rounded(Decimal("0.1000000000000005"), None) == Decimal("0.100000000000001")


@pytest.mark.parametrize(
    ("code", "same"),
    [
        ("1.0", "1"),
        ("1.50", "1.5"),
        ("01", "01"),
        ("01.0", "01.0"),
        ("-1.0", "-1"),
        ("A", "A"),
        ("1.", "1."),
        ("", ""),
        ("0.0", "0"),
    ],
)
def test_canonical_codes(code, same):
    assert canonical_code(code) == same


def test_a_choice_among_dates_is_a_date_and_so_is_the_first_present():
    one = pd.Series(np.array(["2024-01-01", "NaT"], dtype="datetime64[s]"))
    two = pd.Series(np.array(["2024-02-01", "2024-02-02"], dtype="datetime64[s]"))
    chosen = choose(
        (Case(np.array([True, False]), value=one), Case(np.array([True, True]), value=two))
    )
    assert [str(v)[:10] for v in chosen.values] == ["2024-01-01", "2024-02-02"]
    present = first_present((one, two)).values
    assert present.dtype.kind == "M"
    assert [str(v)[:10] for v in present] == ["2024-01-01", "2024-02-02"]
