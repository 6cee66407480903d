"""How a value compares with another of its group: change, percent, ratio and shift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Column, Condition, NumberColumn, Result
from cdisc.algorithms.columns.uniques import distinct, spread_text
from cdisc.algorithms.measurements.differences import difference
from cdisc.algorithms.registry import algorithm

Floats = npt.NDArray[np.float64]


def _where(texts: Mapping[str, str]) -> str:
    return f" where {texts['after']}" if texts.get("after") else ""


def _floats(column: pd.Series[Any]) -> Floats:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _kept(values: Floats, after: npt.NDArray[np.bool_] | None) -> pd.Series[Any]:
    """The values as a column, only on the records they are for; they are written to."""
    if after is not None:
        np.copyto(values, np.nan, where=~after)
    return pd.Series(values, copy=False)


@algorithm(
    main="value",
    method=lambda texts: f"{texts['value']} - {texts['base']}{_where(texts)}.",
    gives="number",
)
def change(value: NumberColumn, base: NumberColumn, after: Condition | None = None) -> Result:
    """The change from baseline (CHG): value minus baseline.

    1. Subtract, on the records that `after` holds for; as decimal numbers, so that 5.2 - 6.1 is
       -0.9: the difference is rounded at the 15th significant digit of the larger number.

    Missing: missing where either value is, and where `after` does not hold.
    Source: ADaMIG 1.3, analysis parameter variables (CHG).
    Example: value 7, base 5 gives 2.

    Args:
        value: the value of the record.
        base: the baseline value.
        after: which records have a change, as those after baseline.
    """
    return Result(_kept(difference(_floats(value), _floats(base)), after))


@algorithm(
    main="value",
    method=lambda texts: (
        f"100 * ({texts['value']} - {texts['base']}) / |{texts['base']}|{_where(texts)}; "
        f"null when {texts['base']} is 0."
    ),
    gives="number",
)
def percent_change(
    value: NumberColumn, base: NumberColumn, after: Condition | None = None
) -> Result:
    """The percent change from baseline (PCHG), by the size of the baseline.

    1. Divide the change by the baseline without its sign, so that a rise is positive from a
       negative baseline too; multiply by 100. Only on the records that `after` holds for. The
       change is that of `change`; the quotient is not rounded.

    Missing: missing where either value is, where the baseline is 0, and where `after` does not
    hold.
    Source: ADaMIG 1.3, analysis parameter variables (PCHG).
    Example: value -3, base -4 gives 25.

    Args:
        value: the value of the record.
        base: the baseline value.
        after: which records have a change, as those after baseline.
    """
    ours, start = _floats(value), _floats(base)
    apart = difference(ours, start)
    apart *= 100
    return Result(_kept(_divided(apart, np.abs(start), into=apart), after))


@algorithm(
    main="value",
    method=lambda texts: (
        f"{texts['value']} / {texts['to']}{_where(texts)}; null when {texts['to']} is 0."
    ),
    gives="number",
)
def ratio(value: NumberColumn, to: NumberColumn, after: Condition | None = None) -> Result:
    """The ratio of a value to its baseline or to a limit (R2BASE, fold change).

    1. Divide, on the records that `after` holds for, or on all.

    Missing: missing where either value is, where the divisor is 0, and where `after` does not
    hold.
    Source: ADaMIG 1.3, analysis parameter variables (R2BASE, R2AyLO, R2AyHI).
    Example: value 90, to 45 gives 2.

    Args:
        value: the value of the record.
        to: what it is divided by.
        after: which records have a ratio.
    """
    return Result(_kept(_divided(_floats(value), _floats(to)), after))


def _divided(over: Floats, under: Floats, into: Floats | None = None) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.divide(over, under, out=into)
    np.copyto(found, np.nan, where=under == 0)
    return found


def _shift_method(texts: Mapping[str, str]) -> str:
    text = f"{texts['from']} to {texts['to']}{_where(texts)}"
    if texts.get("missing"):
        return f"{text}, a missing one written {texts['missing']}."
    return f"{text}; null when either is missing."


@algorithm(main="to", method=_shift_method)
def shift(
    from_: Column,
    to: Column,
    after: Condition | None = None,
    missing: str = "",
    between: str = " to ",
) -> Result:
    """The shift from a baseline category to that of the record (SHIFT1): `NORMAL to HIGH`.

    1. Write the two texts with `between` between them, on the records that `after` holds for.

    Missing: missing where either text is, unless `missing` says how to write it (two missing
    ones then give `X to X`). Missing where `after` does not hold.
    Source: ADaMIG 1.3, analysis parameter variables (SHIFTy).
    Example: from NORMAL, to HIGH gives `NORMAL to HIGH`.

    Args:
        from_: the category at baseline.
        to: the category of the record.
        after: which records have a shift, as those after baseline.
        missing: the word for a missing category.
        between: what stands between the two.
    """
    before, now = distinct(from_), distinct(to)
    width = len(now.array) + 1
    # a missing text is the last of its side
    first = np.where(before.codes < 0, len(before.array), before.codes)
    codes = first * width + np.where(now.codes < 0, width - 1, now.codes)
    texts = [
        f"{one}{between}{other}" if one and other else ""
        for one in [*before.texts, missing]
        for other in [*now.texts, missing]
    ]
    if after is not None:
        codes[~after] = -1
    return Result(spread_text(codes, texts))
