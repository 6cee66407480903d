"""IBM System/360 double-precision numbers, the way SAS transport files store every Num value.

Layout (IBM System/360 Principles of Operation; SAS technical note TS-140), most significant bit
first: 1 sign bit, 7 bits of exponent in excess 64, 56 bits of fraction. The value is
`fraction / 2**56 * 16**(exponent - 64)`, and a normalised fraction has a first hexadecimal digit
that is not zero. A missing value is a code in the first byte (`.`, `_` or `A` to `Z`) followed by
zeros, which no normalised number can be.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]

# SAS converts IEEE exponents from -260 to 248; outside it loses the value.
SMALLEST = 2.0**-260
LIMIT = 2.0**249

MISSING = 0x2E << 56

_SIGN = np.uint64(1 << 63)
_IEEE_FRACTION = np.uint64((1 << 52) - 1)
_IEEE_HIDDEN = np.uint64(1 << 52)
_IEEE_EXPONENT = np.uint64(0x7FF)
_IBM_FRACTION = np.uint64((1 << 56) - 1)
_MISSING_CODES = np.zeros(256, dtype=np.bool_)
_MISSING_CODES[[ord("."), ord("_"), *range(ord("A"), ord("Z") + 1)]] = True

# What one unit of the fraction is worth, by the first byte (sign and exponent). Powers of two
# from -312 to 196, hence exact.
_SCALE = np.array([(-1.0 if b > 127 else 1.0) * 2.0 ** (4 * (b & 127) - 312) for b in range(256)])


def to_ibm(values: Floats) -> Words:
    """Exact IBM doubles, as native-order 64-bit words, of IEEE doubles of magnitude below 2**249.

    NaN becomes the missing value `.`; magnitudes below 2**-260 and negative zero become zero.
    The caller refuses larger magnitudes and infinities first (`too_large`).
    """
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64)
    exponent = (bits >> np.uint64(52)) & _IEEE_EXPONENT
    # The IBM exponent counts powers of 16, so the 53-bit fraction is shifted left by 0 to 3 bits
    # (of the 56 available) until the power of two that is left is a multiple of four.
    shift = (exponent + np.uint64(1)) & np.uint64(3)
    words = (bits & _IEEE_FRACTION) | _IEEE_HIDDEN
    words <<= shift
    # (exponent - 763 - shift) / 4 is the excess-64 exponent; << 54 is / 4 and << 56 in one.
    exponent -= np.uint64(763)
    exponent -= shift
    exponent <<= np.uint64(54)
    words |= exponent
    words |= bits & _SIGN
    words[np.abs(values) < SMALLEST] = 0
    words[np.isnan(values)] = MISSING
    return words


def from_ibm(words: Words) -> tuple[Floats, Mask]:
    """IEEE doubles of IBM doubles in native-order words, and which of them are missing values.

    Missing values are NaN. Fractions of more than 53 bits (never written from IEEE doubles) are
    rounded to the nearest double.
    """
    fraction = words & _IBM_FRACTION
    first = (words >> np.uint64(56)).view(np.int64)
    values = fraction.view(np.int64).astype(np.float64)
    values *= _SCALE[first]
    missing = (fraction == 0) & _MISSING_CODES[first]
    values[missing] = np.nan
    return values, missing


def missing_letters(words: Words) -> npt.NDArray[np.uint8]:
    """The first byte of each word: for a missing value its code, `.`, `_` or `A` to `Z`."""
    return (words >> np.uint64(56)).astype(np.uint8)


def too_large(values: Floats) -> Mask:
    """Which values (infinities included, NaN not) no SAS transport file can hold."""
    mask: Mask = np.abs(values) >= LIMIT
    return mask


def too_small(values: Floats) -> Mask:
    """Which values are not zero but so near it that they are written as zero."""
    mask: Mask = (np.abs(values) < SMALLEST) & (values != 0)
    return mask
