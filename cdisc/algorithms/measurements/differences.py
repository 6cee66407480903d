"""Differences of decimal numbers, without the noise that binary numbers leave in them.

5.2 - 6.1 is -0.9, but doubles give -0.8999999999999995: both operands are a little off, by up to
half a unit of the 53rd binary digit, and the difference keeps what is off while it loses size.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_DIGITS = 15
_BLOCK = 1 << 14
_EXACT = 22  # 10 ** 22 is the last power of ten that a double holds exactly
_MANTISSA = 52


def _scales() -> Floats:
    """By the exponent bits of a double, ten to the decimals that numbers of its size can have.

    Those of 15 significant digits for the largest number with that exponent; 0 for numbers too
    small to be scaled exactly, 1 for whole ones and for what is no number.
    """
    exponent = np.arange(2048) - 1023
    decimals = _DIGITS - 1 - np.floor((exponent + 1) * np.log10(2.0))
    scales = np.zeros(2048)
    inside = (decimals >= 0) & (decimals <= _EXACT)
    scales[inside] = 10.0 ** decimals[inside]
    scales[decimals < 0] = 1.0
    # no difference at all: nothing to scale
    scales[0] = 1.0
    return scales


_SCALES = _scales()


def difference(value: Floats, base: Floats) -> Floats:
    """Value minus base, each taken as the decimal number that it stands for.

    The difference is rounded at the place where the larger of value, base and difference has its
    15th significant digit, or its 14th when 15 do not fit between two powers of two. So numbers
    of up to 14 significant digits have exactly their decimal difference; more than 15 digits no
    double holds. Numbers whose largest is below 1e-8 keep the binary difference.

    Args:
        value: numbers, NaN where missing.
        base: as many numbers.

    Returns:
        New numbers, NaN where either is missing.

    Examples:
        >>> difference(np.array([5.2, 1.1]), np.array([6.1, 1.0])).tolist()
        [-0.9, 0.1]
    """
    with np.errstate(invalid="ignore"):
        apart: Floats = value - base
    sizes, scales = np.empty((2, _BLOCK)), np.empty(_BLOCK)
    for start in range(0, len(apart), _BLOCK):
        found = apart[start : start + _BLOCK]
        largest, other = sizes[:, : len(found)]
        np.abs(value[start : start + _BLOCK], out=largest)
        np.maximum(largest, np.abs(base[start : start + _BLOCK], out=other), out=largest)
        np.maximum(largest, np.abs(found, out=other), out=largest)
        exponent = largest.view(np.int64)
        exponent >>= _MANTISSA
        scale = _SCALES.take(exponent, mode="clip", out=scales[: len(found)])
        if not scale.all():
            small = scale == 0
            kept = found[small]
            scale[small] = 1.0
            _rounded(found, scale)
            found[small] = kept
        else:
            _rounded(found, scale)
    # a difference of nothing is 0, not -0
    apart += 0.0
    return apart


def _rounded(found: Floats, scale: Floats) -> None:
    found *= scale
    np.rint(found, out=found)
    found /= scale
