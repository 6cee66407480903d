"""Values held against what follows from others; sums that such comparisons need."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Column, Columns, Condition, Issue, Result
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.numbers import SIGNIFICANT
from cdisc.algorithms.columns.records import groups_of, summarize
from cdisc.algorithms.columns.uniques import distinct, text_column
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.values.values import number
from cdisc.errors import UsageError
from cdisc.model import Severity


@algorithm(main="of", origin="Carried", method="{of}, compared with {expected}.")
def checked_against(of: Column, expected: Column, what: str) -> Result:
    """A value as it is, reported where another one says that it should differ.

    1. Keep the value.
    2. Where both values are known and differ, there is a finding. Numbers are compared as
       numbers, whatever their texts.

    Missing: a missing value stays missing; nothing is compared with a missing one.
    Source: the comparison that the spec declares.
    Example: PR, expected SD, what `the response its parts give` keeps PR, with a finding.

    Args:
        of: the value to keep.
        expected: what it should be.
        what: words for what it should be, to follow `is not`.
    """
    ours, theirs = distinct(of), distinct(expected)
    numbers = [number(column, if_text="missing").values.to_numpy() for column in (of, expected)]
    both = ~(ours.missing | theirs.missing)
    texts = text_column(of).to_numpy() != text_column(expected).to_numpy()
    known = ~(np.isnan(numbers[0]) | np.isnan(numbers[1]))
    differs = both & np.where(known, numbers[0] != numbers[1], texts)
    issues: list[Issue] = []
    for code in np.unique(theirs.codes[differs]).tolist():
        issues += issue(
            "checked_against.differs",
            f"{{value}} is not '{theirs.texts[code]}', {what}",
            differs & (theirs.codes == code),
            of,
            severity=Severity.WARNING,
        )
    return Result(of, tuple(issues))


@algorithm(
    main="of",
    method=lambda texts: (
        f"Sum of {texts['of']} over the records of {texts['by']}"
        + (f" where {texts['where']}" if texts.get("where") else "")
        + "."
    ),
    gives="number",
)
def total_within(
    of: Column,
    by: Columns,
    where: Condition | None = None,
    if_missing: Literal["missing", "skip"] = "missing",
) -> Result:
    """The sum of a number over the records of a group, on each record of the group.

    1. Take the records of the group for which the condition holds, all without one.
    2. Add their numbers, to 15 digits of the sum of their sizes: 0.1 and 0.2 make 0.3.

    Missing: a record taken without a number makes the sum missing, or is left out, as
    `if_missing` says; a group without any number has no sum. A record without a value in any
    of the group columns belongs to no group.
    Source: the groups the spec declares.
    Example: of TRSTRESN, by [USUBJID, VISITNUM] gives the sum of diameters at each visit.

    Args:
        of: the numbers to add.
        by: the columns that make a group.
        where: which records count.
        if_missing: what a record without a number does to the sum.
    """
    if not pd.api.types.is_numeric_dtype(of.dtype):
        raise UsageError("total_within adds numbers, not text", hint="Make one: number")
    grouped = ~np.any([distinct(column).missing for column in by], axis=0)
    taken = grouped if where is None else grouped & where
    groups = groups_of(by)
    numbers: pd.Series[Any] = pd.Series(np.where(taken, of.to_numpy(dtype=np.float64), np.nan))
    sums = to_fifteen_digits(
        summarize(numbers, groups, "sum"), summarize(numbers.abs(), groups, "sum")
    )
    if if_missing == "missing":
        lost = taken & of.isna().to_numpy(dtype=np.bool_)
        sums[groups.of[lost]] = np.nan
    return Result(pd.Series(np.where(grouped, sums[groups.of], np.nan)))


def to_fifteen_digits(sums: pd.Series[Any], sizes: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """Sums without what binary addition leaves behind the 15th digit of all that was added."""
    known = sizes.to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore"):
        whole = np.floor(np.log10(np.where(known > 0, known, 1.0)))
    digits = (SIGNIFICANT - 1 - whole).astype(np.int64)
    pairs = zip(sums.tolist(), digits.tolist(), strict=True)
    return np.array([round(value, places) for value, places in pairs], dtype=np.float64)
