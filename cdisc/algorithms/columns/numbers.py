"""Numbers as text and text as numbers: exact decimals, half-up rounding, no exponent."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
import numpy.typing as npt

SIGNIFICANT = 15
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
_SIGNIFICANT = Context(prec=SIGNIFICANT, rounding=ROUND_HALF_UP)
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_CODE = re.compile(r"-?(?:0|[1-9]\d*)\.\d+", re.ASCII)


def decimal(text: str) -> Decimal | None:
    """The exact number a text writes, or None; full-width digits are read as digits."""
    normal = unicodedata.normalize("NFKC", text).strip()
    return Decimal(normal) if NUMBER.fullmatch(normal) else None


def plain(value: float | Decimal) -> str:
    """A number without exponent or trailing zeros: 1.0 is `1`, 1e-05 is `0.00001`."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    text = f"{exact:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def canonical_code(text: str) -> str:
    """A code as recode keys compare it: `1.0` is `1`; leading zeros stay (`01` is not `1`)."""
    return plain(Decimal(text)) if _CODE.fullmatch(text) else text


def rounded(value: Decimal, digits: int | None) -> Decimal:
    """A number rounded half away from zero to decimal digits, else to 15 significant ones."""
    if digits is None:
        return _SIGNIFICANT.plus(value)
    return value.quantize(Decimal(1).scaleb(-digits), context=_EXACT)


def round_half_up(values: npt.NDArray[np.float64], digits: int) -> npt.NDArray[np.float64]:
    """Numbers rounded half away from zero, as their shortest decimal text would be by hand.

    2.675 to two digits is 2.68, though the nearest binary number lies below the half. Missing
    stays missing.
    """
    scale = 10.0**digits
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.abs(values) * scale
        whole = np.floor(scaled + 0.5)
        result = np.copysign(whole / scale, values) + 0.0
        # Only near a half can binary arithmetic err; of very large numbers all are near one.
        doubtful = np.abs(scaled - np.floor(scaled) - 0.5) <= 1e-14 * np.maximum(scaled, 1.0)
    for position in np.flatnonzero(doubtful & np.isfinite(values)).tolist():
        exact = Decimal(repr(float(values[position])))
        result[position] = float(rounded(exact, digits))
    return result
