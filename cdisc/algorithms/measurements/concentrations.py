"""Concentrations as they are analysed: what a result below the limit counts as in its profile."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Columns, Condition, NumberColumn, Result
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.columns.uniques import is_missing
from cdisc.algorithms.measurements.profiles import counts_as_zero
from cdisc.algorithms.registry import algorithm

_METHOD = (
    "{of}; where {below_limit}: 0 before the first quantifiable result of the profile ({by}, "
    "by {time}), 0 for the first one after the last quantifiable result, otherwise null; 0 in a "
    "profile without a quantifiable result."
)


@algorithm(main="of", method=_METHOD)
def profile_value(
    of: NumberColumn, below_limit: Condition, by: Columns, time: NumberColumn
) -> Result:
    """The concentration to analyse, a result below the limit by its place in the profile.

    1. A quantifiable result is taken as it is.
    2. A result below the limit of quantitation is 0 before the first quantifiable result of its
       profile, and 0 at the first time after the last one.
    3. Any other result below the limit is missing: between quantifiable results it would bend
       the curve, and late after the last one it says nothing new.
    4. In a profile without any quantifiable result all are 0.

    Missing: a record that has no result, and is not below the limit, has no value. A result
    below the limit without a time, or of no profile, has none either, with a finding.
    Ties: records of one time are alike: below the limit beside a quantifiable result of the
    same time is missing.
    Source: the rule of non-compartmental analysis in `noncompartmental`; ADaM Implementation
    Guide for Non-compartmental Analysis Input Data 1.0.
    Example: BLQ, 5, BLQ, 3, BLQ, BLQ becomes 0, 5, missing, 3, 0, missing.

    Args:
        of: the concentration, a number in one unit.
        below_limit: which records are below the limit of quantitation.
        by: the columns that make a profile: subject, analyte, specimen and dose.
        time: the time of the record, a number that grows with it, such as hours since the dose.
    """
    values = of.to_numpy(dtype=np.float64, na_value=np.nan)
    at = time.to_numpy(dtype=np.float64, na_value=np.nan)
    measured = below_limit | ~np.isnan(values)
    nowhere = np.logical_or.reduce([is_missing(column) for column in by])
    placed = np.flatnonzero(measured & ~np.isnan(at) & ~nowhere)
    groups = groups_of(by)
    zero = np.zeros(len(values), dtype=np.bool_)
    zero[placed] = counts_as_zero(groups.of[placed], at[placed], below_limit[placed], groups.count)
    made = np.where(below_limit, np.where(zero, 0.0, np.nan), values)
    lost = below_limit & (np.isnan(at) | nowhere)
    return Result(
        pd.Series(made),
        issue(
            "profile_value.unplaced",
            "a result below the limit has no time or profile, so it has no value",
            lost,
        ),
    )
