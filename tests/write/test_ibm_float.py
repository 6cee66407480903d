import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.write.ibm_float import LIMIT, SMALLEST, from_ibm, missing_letters, to_ibm, too_large

EXACT = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda x: x == 0 or SMALLEST <= abs(x) < LIMIT
)


def ibm(value: float) -> int:
    return int(to_ibm(np.array([value]))[0])


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0.0, 0),
        (-0.0, 0),
        (1.0, 0x4110_0000_0000_0000),
        (-1.0, 0xC110_0000_0000_0000),
        (0.1, 0x4019_9999_9999_999A),
        (100.0, 0x4264_0000_0000_0000),
        (-118.625, 0xC276_A000_0000_0000),
        (np.nan, 0x2E00_0000_0000_0000),
        (SMALLEST, 0x0010_0000_0000_0000),
        (np.nextafter(SMALLEST, 0), 0),
        (5e-324, 0),
        (np.nextafter(LIMIT, 0), 0x7F1F_FFFF_FFFF_FFFF),
    ],
)
def test_known_words(value: float, word: int) -> None:
    assert f"{ibm(value):016X}" == f"{word:016X}"


@given(st.lists(EXACT, min_size=1))
def test_every_number_in_range_comes_back_bit_for_bit(values: list[float]) -> None:
    array = np.array(values)
    back, missing = from_ibm(to_ibm(array))
    assert not missing.any()
    assert (back == array).all()


@given(EXACT.filter(bool))
def test_a_word_is_normalised_and_has_the_value_of_its_parts(value: float) -> None:
    word = ibm(value)
    fraction = word & (2**56 - 1)
    exponent = (word >> 56) & 0x7F
    assert fraction >> 52, "the first hexadecimal digit of the fraction is not zero"
    sign = -1 if word >> 63 else 1
    # Integers, so that this check rounds nothing: value * 2**312 = fraction * 16**exponent.
    numerator, denominator = value.as_integer_ratio()
    assert numerator * 2**312 == sign * fraction * 16**exponent * denominator


def test_every_binary_exponent_comes_back() -> None:
    powers = 2.0 ** np.arange(-260, 249)
    for values in (powers, -powers, np.nextafter(powers, np.inf), powers * 1.7):
        back, _ = from_ibm(to_ibm(values))
        assert (back == values).all()


def test_special_missing_values_are_missing_and_zero_is_not() -> None:
    codes = [ord(c) for c in "._ABZ"]
    words = np.array([code << 56 for code in [*codes, 0, 0x80, 0x30]], dtype=np.uint64)
    values, missing = from_ibm(words)
    assert missing.tolist() == [True] * 5 + [False] * 3
    assert np.isnan(values[:5]).all()
    assert (values[5:] == 0).all()
    assert bytes(missing_letters(words)[:5]) == b"._ABZ"


def test_a_letter_with_a_fraction_is_a_number() -> None:
    values, missing = from_ibm(np.array([0x4110_0000_0000_0000], dtype=np.uint64))
    assert values.tolist() == [1.0]
    assert not missing.any()


def test_what_is_too_large() -> None:
    values = np.array([LIMIT, -LIMIT, np.inf, -np.inf, np.nextafter(LIMIT, 0), np.nan])
    assert too_large(values).tolist() == [True, True, True, True, False, False]
