"""The difference of two decimal numbers is that of decimal arithmetic."""

from __future__ import annotations

from decimal import Decimal
from math import isnan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.measurements.changes import change, percent_change
from cdisc.algorithms.measurements.differences import difference


def apart(value: float, base: float) -> float:
    return float(difference(np.array([value]), np.array([base]))[0])


@pytest.mark.parametrize(
    ("value", "base", "expected"),
    [
        (5.2, 6.1, -0.9),
        (1.1, 1.0, 0.1),
        (140.3, 137.8, 2.5),
        (0.3, 0.1, 0.2),
        (7.0, 5.0, 2.0),
        (123456.789, 0.001, 123456.788),
        (9.9, -9.9, 19.8),
        (1e-12, 3e-12, 1e-12 - 3e-12),
        (1e20, 1.0, 1e20),
        (0.0, 0.0, 0.0),
        (2.5, 2.5, 0.0),
    ],
)
def test_known_differences(value: float, base: float, expected: float) -> None:
    assert apart(value, base) == expected


def test_a_missing_operand_gives_none_and_an_infinite_one_stays() -> None:
    assert isnan(apart(np.nan, 1.0))
    assert isnan(apart(1.0, np.nan))
    assert apart(np.inf, 1.0) == np.inf
    assert isnan(apart(np.inf, np.inf))


@settings(max_examples=2000)
@given(
    st.integers(-(10**14) + 1, 10**14 - 1),
    st.integers(-(10**14) + 1, 10**14 - 1),
    st.integers(0, 6),
    st.integers(0, 6),
)
def test_up_to_14_digits_it_is_the_decimal_difference(
    value: int, base: int, decimals: int, other: int
) -> None:
    one, two = Decimal(value).scaleb(-decimals), Decimal(base).scaleb(-other)
    places = max(decimals, other)
    # both written to the same place have at most 14 digits, else a double does not tell them
    if max(len(str(abs(int(x.scaleb(places))))) for x in (one, two, one - two)) > 14:
        return
    assert apart(float(one), float(two)) == float(one - two)


# a transport file holds no number nearer to zero than 1e-78
NUMBERS = st.floats(-1e12, 1e12).map(lambda number: 0.0 if abs(number) < 1e-78 else number)


@settings(max_examples=500)
@given(NUMBERS, NUMBERS)
def test_it_is_never_further_from_the_binary_difference_than_14_digits(
    value: float, base: float
) -> None:
    largest = max(abs(value), abs(base), abs(value - base))
    assert abs(apart(value, base) - (value - base)) <= largest * 1e-14
    assert apart(value, base) == -apart(base, value)


def test_a_record_does_not_depend_on_those_beside_it() -> None:
    random = np.random.default_rng(1)
    value, base = np.round(random.normal(50, 40, (2, 50_000)), 2)
    value[7], base[9] = np.nan, 1e-15
    together = difference(value, base)
    order = random.permutation(len(value))
    np.testing.assert_array_equal(difference(value[order], base[order]), together[order])
    alone = [apart(*pair) for pair in zip(value[:100], base[:100], strict=True)]
    np.testing.assert_array_equal(alone, together[:100])


def test_change_and_percent_rest_on_it() -> None:
    value, base = pd.Series([5.2, 1.1]), pd.Series([6.1, 1.0])
    assert change(value, base).values.tolist() == [-0.9, 0.1]
    assert percent_change(value, base).values.tolist() == [100 * -0.9 / 6.1, 100 * 0.1 / 1.0]
