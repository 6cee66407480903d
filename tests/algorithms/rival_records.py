"""Columns for algorithms that explain themselves, and what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Result, Selected

NAN = float("nan")


def text(*values):
    return pd.Series(values, dtype="str")


def numbers(*values):
    return pd.Series([NAN if value is None else value for value in values], dtype="float64")


def dates(*values):
    return pd.Series(np.array(values, dtype="datetime64[s]"))


def said(result: Result, row: int) -> dict[int, tuple[bool, str]]:
    """What is told for a row: by rival, whether it was taken, and why."""
    return {
        rival: (taken, why)
        for one in result.considered
        for about, rival, taken, why in zip(
            one.rows.tolist(),
            one.parent_rows.tolist(),
            one.taken.tolist(),
            one.why.tolist(),
            strict=True,
        )
        if about == row
    }


def of(dated, values, people=None):
    """Records of one subject, the first of which is row 10 of its dataset."""
    by = people or text(*["S1"] * len(dated))
    return Selected(
        "EX",
        {"by": by, "date": dated, "value": values},
        np.arange(len(dated), dtype=np.int64) + 10,
    )


def asked(result: Result, row: int = 0) -> list[tuple[int, bool, str]]:
    return [(rival, *told) for rival, told in sorted(said(result, row).items())]
