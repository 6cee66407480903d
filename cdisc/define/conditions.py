"""Which records a where clause selects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import pandas as pd

from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.model import Condition

_NEGATED = {"NE": "EQ", "NOTIN": "IN"}


def selected(frame: pd.DataFrame, conditions: Sequence[Condition], dataset: str) -> pd.Series[bool]:
    """True for each record that meets every condition; an empty value stands for missing.

    A missing value meets `NE` and `NOTIN` (Define-XML 2.1 section 5.3.9.3 has no third truth
    value), and no order comparison.

    Raises:
        SpecError: a condition names a variable the dataset does not have, or compares a number
            with text.
    """
    everything = pd.Series(True, index=frame.index)
    return reduce(
        lambda mask, condition: mask & _meets(frame, condition, dataset), conditions, everything
    )


def _meets(frame: pd.DataFrame, condition: Condition, dataset: str) -> pd.Series[bool]:
    if condition.variable not in frame.columns:
        raise SpecError(
            f"the where clause names {condition.variable}, which {dataset} does not have",
            at=Location(name=dataset),
            hint=did_you_mean(condition.variable, map(str, frame.columns)),
        )
    column: pd.Series[Any] = frame[condition.variable]
    comparator = _NEGATED.get(condition.comparator, condition.comparator)
    if comparator in ("EQ", "IN"):
        met = _is_one_of(column, condition, dataset)
    else:
        bounds = _typed(column, condition, dataset)
        # Nothing is before or after a missing value.
        met = _in_order(column, comparator, bounds[0]) if bounds else column.isin([])
    return ~met if condition.comparator in _NEGATED else met


def _is_one_of(column: pd.Series[Any], condition: Condition, dataset: str) -> pd.Series[bool]:
    met = column.isin(_typed(column, condition, dataset))
    return met | column.isna() if "" in condition.values else met


def _in_order(column: pd.Series[Any], comparator: str, bound: Any) -> pd.Series[bool]:
    compared: dict[str, Any] = {
        "LT": column.lt,
        "LE": column.le,
        "GT": column.gt,
        "GE": column.ge,
    }
    result: pd.Series[bool] = compared[comparator](bound).fillna(False).astype(bool)
    return result


def _typed(column: pd.Series[Any], condition: Condition, dataset: str) -> list[str] | list[float]:
    values = [value for value in condition.values if value != ""]
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return values
    try:
        return [float(value) for value in values]
    except ValueError:
        raise SpecError(
            f"the where clause compares the number {condition.variable} with text: "
            f"{', '.join(values)}",
            at=Location(name=f"{dataset}.{condition.variable}"),
        ) from None
