"""Results outside the limits of quantification: the number to analyse, and how it was derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Column, NumberColumn, Result, Shared
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import distinct, spread_text
from cdisc.algorithms.measurements.conversions import bound, plain_text
from cdisc.algorithms.registry import algorithm
from cdisc.model import Severity

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Below = Literal["half", "limit", "zero", "missing"]
Above = Literal["limit", "missing"]

_BELOW_METHOD = {
    "half": "half of the limit",
    "limit": "the limit",
    "zero": "0",
    "missing": "null",
}
_TYPES = {"half": "HALFLLOQ", "limit": "LLOQ", "zero": "ZERO", "missing": ""}


def _limit_words(texts: Mapping[str, str]) -> str:
    below = _BELOW_METHOD.get(texts["below"], texts["below"])
    above = "the limit" if texts["above"] == "limit" else "null"
    return (
        f"below the lower limit of quantification ({texts['lower'] or 'as written'}) {below}, "
        f"above the upper one ({texts['upper'] or 'as written'}) {above}"
    )


@dataclass(frozen=True, slots=True, eq=False)
class Quantified:
    """Results, their limits of quantification, and what a result beyond one counts as.

    Args:
        result: the result as text in its standard unit (--STRESC).
        lower: the lower limit of quantification in that unit.
        upper: the upper limit of quantification in that unit.
        words: texts that say a result is below the lower limit; case does not matter.
        below: what a result below the lower limit counts as.
        above: what a result above the upper limit counts as.
    """

    result: Column
    lower: NumberColumn | None = None
    upper: NumberColumn | None = None
    words: tuple[str, ...] = ("BLQ", "BLOQ")
    below: Below = "half"
    above: Above = "limit"


@algorithm(
    main="result",
    method=lambda t: f"The number of {t['result']}; {_limit_words(t)}.",
    gives="number",
)
def quantified_value(given: Shared[Quantified]) -> Result:
    """The number to analyse of a result that may lie outside the limits of quantification.

    1. A number is that number.
    2. A result like `<7.8`, or one of `words`, is below the lower limit: half of the limit, the
       limit itself, 0 or missing, as `below` says. The limit is that of the column `lower`, or
       else the one written.
    3. A result like `>500` is above the upper limit: the limit or missing, as `above` says. The
       limit is that of the column `upper`, or else the one written.

    Missing: stays missing. Other text gives a missing number, with a finding; so does one of
    `words` without a limit, and `<=3` or `>=3`, which names no limit of quantification.
    Source: the convention that the study declares; CDISC codelist DTYPE (C81224) names it.
    Example: `<7.8` gives 3.9.

    Args:
        given: the results.
    """
    read = _read(given)
    values = read.number.copy()
    share = {"half": 0.5, "limit": 1.0, "missing": np.nan}
    values[read.below] = (
        0.0 if given.below == "zero" else read.limit[read.below] * share[given.below]
    )
    values[read.above] = read.limit[read.above] if given.above == "limit" else np.nan
    unknown = read.below & np.isnan(read.limit) & (given.below in ("half", "limit"))
    issues = issue(
        "quantified_value.no_limit",
        "{value} lies below a limit of quantification that is not known",
        unknown,
        given.result,
        severity=Severity.WARNING,
    ) + issue(
        "quantified_value.unreadable",
        "{value} is neither a number nor beyond a limit of quantification; it has no number",
        read.other,
        given.result,
        severity=Severity.WARNING,
    )
    return Result(pd.Series(values, copy=False), issues)


@algorithm(
    main="result",
    method=lambda t: (
        f"How the number of {t['result']} was derived, {_limit_words(t)}; null when measured."
    ),
    gives="text",
)
def quantified_type(given: Shared[Quantified]) -> Result:
    """How the number that `quantified_value` gives was derived (DTYPE).

    1. HALFLLOQ for half of the lower limit, LLOQ for the lower limit itself, ZERO for 0, ULOQ for
       the upper limit.

    Missing: missing where the number was measured or is missing.
    Source: CDISC codelist DTYPE (C81224), which ZERO extends.
    Example: `<7.8` gives HALFLLOQ.

    Args:
        given: the results.
    """
    read = _read(given)
    known = ~np.isnan(read.limit) | (given.below == "zero")
    codes = np.full(len(given.result), -1, dtype=np.int64)
    codes[read.below & known] = 0
    codes[read.above & ~np.isnan(read.limit)] = 1
    return Result(
        spread_text(codes, [_TYPES[given.below], "ULOQ" if given.above == "limit" else ""])
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """Results by row: the number, on which side of which limit it lies, or neither (`other`)."""

    number: Floats
    below: Marks
    above: Marks
    limit: Floats
    other: Marks


def _read(given: Quantified) -> _Read:
    values = distinct(given.result)
    bounds = [bound(plain_text(text)) for text in values.texts]
    # at most 3 may be 3 itself, which is no limit of quantification
    bounds = [one if one is not None and one.sign in ("", "<", ">") else None for one in bounds]
    signs = [one.sign if one is not None else "" for one in bounds]
    numbers = [float(one.value) if one is not None else np.nan for one in bounds]
    below_words = {plain_text(word).casefold() for word in given.words}
    said = [plain_text(text).casefold() in below_words for text in values.texts]
    written = values.numbers(numbers).to_numpy()
    below = values.flags([s == "<" or w for s, w in zip(signs, said, strict=True)])
    above = values.flags([sign == ">" for sign in signs])
    other = values.flags([one is None and not w for one, w in zip(bounds, said, strict=True)])
    limit = written.copy()
    for side, column in ((below, given.lower), (above, given.upper)):
        if column is not None:
            declared = column.to_numpy(dtype=np.float64, na_value=np.nan)
            there = side & ~np.isnan(declared)
            limit[there] = declared[there]
    return _Read(np.where(below | above, np.nan, written), below, above, limit, other)
