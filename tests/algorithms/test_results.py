"""Unit conversion, reference limits and indicators."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.measurements.results import (
    Collected,
    reference_indicator,
    reference_limit,
    standard_number,
    standard_text,
)
from cdisc.errors import UsageError
from cdisc.model import Severity
from tests.algorithms.columns import text


def listed(series):
    return [None if pd.isna(value) else value for value in series]


def table(*rows):
    names = ["test", "from", "to", "factor", "offset"]
    return pd.DataFrame(rows, columns=names, dtype="str")


UNITS = table(
    ("", "F", "C", "5/9", "-32"),
    ("GLUC", "mg/dL", "mmol/L", "0.0555", None),
    ("CHOL", "mg/dL", "mmol/L", "0.02586", None),
    (None, "g/dL", "g/L", "10", ""),
    ("", "umol/L", "mmol/L", "0.001", ""),
)


def convert(result, unit, to, test=None, digits=None, units=UNITS, algorithm=standard_number):
    tests = None if test is None else text(test)
    found = algorithm(Collected(text(result), text(unit), text(to), units, tests, digits))
    return listed(found.values)[0], [issue.rule for issue in found.issues]


def both(result, unit, to, **arguments):
    number, _ = convert(result, unit, to, **arguments)
    word, _ = convert(result, unit, to, algorithm=standard_text, **arguments)
    return number, word


def test_conversion_adds_the_offset_then_multiplies():
    assert both("98.6", "F", "C") == (37.0, "37")
    assert both("32", "F", "C") == (0.0, "0")


def test_conversion_is_in_exact_decimals():
    # In binary floating point 4.35 * 10 is 43.49999999999999 and 1.1 * 10 is 11.000000000000002.
    assert both("4.35", "g/dL", "g/L", digits=0) == (44.0, "44")
    assert both("1.1", "g/dL", "g/L") == (11.0, "11")


def test_factor_of_the_test_goes_before_that_of_any_test():
    assert both("100", "mg/dL", "mmol/L", test="GLUC") == (5.55, "5.55")
    assert both("100", "mg/dL", "mmol/L", test="CHOL") == (2.586, "2.586")
    assert both("5", "g/dL", "g/L", test="HGB") == (50.0, "50")


def test_same_unit_needs_no_row_and_neither_does_a_result_without_units():
    assert both("7.4", "mmol/L", "mmol/L") == (7.4, "7.4")
    assert both("7.4", None, None) == (7.4, "7.4")


@pytest.mark.parametrize(
    ("unit", "to", "rule"),
    [
        ("xx", "mmol/L", "unknown_unit"),
        ("mg/dL", "g/L", "unknown_unit"),
        ("g/L", None, "unknown_unit"),
        (None, "g/L", "no_unit"),
        (" ", "g/L", "no_unit"),
    ],
)
def test_unknown_unit_is_missing_with_a_finding(unit, to, rule):
    assert convert("5", unit, to) == (None, [f"standard_number.{rule}"])
    assert convert("5", unit, to, algorithm=standard_text) == (None, [f"standard_text.{rule}"])
    # Nothing to convert, nothing to say.
    assert convert(None, unit, to) == (None, [])


def test_unknown_unit_is_an_error_that_names_the_unit_and_leaves_the_original():
    result, unit = text("5", "6"), text("xx", "mmol/L")
    found = standard_number(Collected(result, unit, text("mmol/L", "mmol/L"), UNITS))
    (issue,) = found.issues
    assert issue.severity is Severity.ERROR
    assert (issue.rows.tolist(), issue.values.tolist()) == ([0], ["xx"])
    assert result.tolist() == ["5", "6"]
    assert listed(found.values) == [None, 6.0]


@pytest.mark.parametrize("signed", ["<0.5", "< 0.5", "＜０．５"])
def test_number_with_a_sign_has_no_number_but_a_converted_text(signed):
    assert both(signed, "g/dL", "g/L") == (None, "<5")
    assert convert(signed, "g/dL", "g/L")[1] == []


def test_signs_of_one_character_are_written_in_two():
    assert both("≥2", "g/dL", "g/L") == (None, ">=20")
    assert both("≤2", "g/dL", "g/L") == (None, "<=20")


def test_sign_turns_with_a_negative_factor():
    assert both("<2", "a", "b", units=table(("", "a", "b", "-1", "")))[1] == ">-2"


def test_other_text_stays_in_plain_form_without_a_finding():
    assert both("POSITIVE ", None, "g/L") == (None, "POSITIVE")
    assert both("（＋）", "xx", "g/L") == (None, "(+)")


def test_full_width_digits_are_digits():
    assert both("２．５", "g/dL", "g/L") == (25.0, "25")


@pytest.mark.parametrize("nothing", [None, "", " "])
def test_missing_result_is_missing_whatever_its_unit(nothing):
    assert convert(nothing, "xx", "g/L") == (None, [])
    assert convert(nothing, "xx", "g/L", algorithm=standard_text) == (None, [])


def test_rounding_is_half_up_to_digits_else_15_significant():
    assert both("0.25", "g/dL", "g/L", digits=0) == (3.0, "3")
    assert both("-0.25", "g/dL", "g/L", digits=0) == (-3.0, "-3")
    assert both("100", "F", "C") == (37.7777777777778, "37.7777777777778")
    assert both("0.00001", "umol/L", "mmol/L") == (1e-08, "0.00000001")


def test_text_has_no_exponent_and_no_trailing_zeros():
    assert both("1.2300e-3", "C", "C") == (0.00123, "0.00123")
    assert both("5.10", "g/dL", "g/L", digits=3) == (51.0, "51")


def test_micro_sign_and_greek_mu_are_one_unit():
    units = table(("", "μmol/L", "mmol/L", "0.001", ""))
    assert both("5", "µmol/L", "mmol/L", units=units) == (0.005, "0.005")


def test_units_are_case_sensitive():
    assert convert("5", "G/DL", "g/L")[0] is None


@pytest.mark.parametrize(
    "row",
    [
        ("", "a", "b", "", ""),
        ("", "a", "b", "0", ""),
        ("", "a", "b", "1/0", ""),
        ("", "a", "b", "x", ""),
        ("", "a", "b", "1/2/3", ""),
        ("", "a", "b", "1", "x"),
    ],
)
def test_table_with_a_factor_that_is_none_is_refused(row):
    with pytest.raises(UsageError, match="row 1"):
        convert("5", "a", "b", units=table(row))


def test_table_without_a_column_or_with_two_factors_is_refused():
    with pytest.raises(UsageError, match="factor"):
        convert("5", "a", "b", units=table(("", "a", "b", "1", "")).drop(columns="factor"))
    with pytest.raises(UsageError, match="two ways"):
        convert("5", "a", "b", units=table(("", "a", "b", "1", ""), ("", "a", "b", "2", "")))


def test_table_needs_neither_test_nor_offset():
    units = table(("", "a", "b", "2", "")).drop(columns=["test", "offset"])
    assert both("5", "a", "b", units=units) == (10.0, "10")


@settings(max_examples=100)
@given(
    st.decimals(-10000, 10000, places=3),
    st.fractions(min_value=Fraction(1, 50), max_value=50, max_denominator=50),
    st.decimals(-50, 50, places=2),
    st.integers(0, 4),
)
def test_conversion_agrees_with_fractions(value, factor, offset, digits):
    units = table(("", "a", "b", f"{factor.numerator}/{factor.denominator}", str(offset)))
    number, word = both(str(value), "a", "b", digits=digits, units=units)
    exact = (Fraction(value) + Fraction(offset)) * factor
    scaled = abs(exact) * 10**digits
    whole = int(scaled + Fraction(1, 2))
    expected = Decimal(whole if exact > 0 else -whole).scaleb(-digits)
    assert number == float(expected)
    assert Decimal(word) == expected
    assert "e" not in word.lower()


@given(st.lists(st.sampled_from(["1", "2.5", "<3", "x", None]), max_size=30))
def test_number_is_the_number_of_the_text(results):
    count = len(results)
    given_results, unit, to = text(*results), text(*["g/dL"] * count), text(*["g/L"] * count)
    numbers = listed(standard_number(Collected(given_results, unit, to, UNITS)).values)
    texts = listed(standard_text(Collected(given_results, unit, to, UNITS)).values)
    for number, word in zip(numbers, texts, strict=True):
        assert number is None or float(word) == number


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("3.5-5.3", 3.5, 5.3),
        ("3.5 - 5.3", 3.5, 5.3),
        ("3.5–5.3", 3.5, 5.3),
        ("3.5~5.3", 3.5, 5.3),
        ("３．５～５．３", 3.5, 5.3),
        ("3.5 to 5.3", 3.5, 5.3),
        ("-2-3", -2.0, 3.0),
        ("-3 - -2", -3.0, -2.0),
        ("<40", None, 40.0),
        ("<=40", None, 40.0),
        ("≤ 40", None, 40.0),
        (">60", 60.0, None),
        (">= 60", 60.0, None),
        (None, None, None),
    ],
)
def test_reference_limits_of_a_range(written, low, high):
    for side, limit in (("low", low), ("high", high)):
        result = reference_limit(text(written), side)
        assert listed(result.values) == [limit]
        assert result.issues == ()


@pytest.mark.parametrize("written", ["Negative", "5.3", "5-3", "1-2-3"])
def test_text_that_is_no_range_is_missing_with_a_finding(written):
    result = reference_limit(text(written), "low")
    assert listed(result.values) == [None]
    assert [issue.rule for issue in result.issues] == ["reference_limit.unreadable"]


@pytest.mark.parametrize(
    ("result", "low", "high", "expected"),
    [
        ("6", 3.5, 5.3, "HIGH"),
        ("3.4", 3.5, 5.3, "LOW"),
        ("3.5", 3.5, 5.3, "NORMAL"),
        ("5.3", 3.5, 5.3, "NORMAL"),
        ("30", None, 40, "NORMAL"),
        ("41", None, 40, "HIGH"),
        ("59", 60, None, "LOW"),
        ("5", None, None, None),
        ("POSITIVE", 1, 2, None),
        (None, 1, 2, None),
        ("<3.5", 3.5, 5.3, "LOW"),
        ("<3", 3.5, 5.3, "LOW"),
        ("<=3.5", 3.5, 5.3, None),
        ("<4", 3.5, 5.3, None),
        ("<4", None, 4, "NORMAL"),
        ("<5", None, 4, None),
        (">5.3", 3.5, 5.3, "HIGH"),
        (">=5.3", 3.5, 5.3, None),
        (">5", 3.5, 5.3, None),
        (">90", 60, None, "NORMAL"),
    ],
)
def test_indicator_of_a_result_among_its_limits(result, low, high, expected):
    limits = [pd.Series([limit], dtype="float64") for limit in (low, high)]
    assert listed(reference_indicator(text(result), *limits).values) == [expected]


def test_indicator_of_a_numeric_result():
    result = reference_indicator(
        pd.Series([1.0, np.nan, 9.0]), pd.Series([2.0] * 3), pd.Series([8.0] * 3)
    )
    assert listed(result.values) == ["LOW", None, "HIGH"]
