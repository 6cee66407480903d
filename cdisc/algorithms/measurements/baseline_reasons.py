"""Why a record is the baseline of its group or not, in words: told when a trace asks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.rivals import Reasons, at, of_group

Codes = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


def say_why_not_the_last(
    why: Reasons,
    groups: Codes,
    date: pd.Series[Any],
    candidates: tuple[Marks, Marks],
    chosen: tuple[Marks, Marks],
) -> None:
    """Say of each record that could be the last one of its group why it is not.

    Args:
        why: the reasons, to which these are added.
        groups: the group of each record.
        date: the date of each record.
        candidates: which records could be the last one of their group, and which of these no date
            tells from it.
        chosen: which of them are, and which of them no order tells apart.
    """
    could, level = candidates
    last, several = (of_group(groups, np.flatnonzero(marks)) for marks in chosen)
    why.say(could & (last >= 0), "earlier than the last one, of {}", at(date, last))
    why.say(could & (last >= 0) & level, "of the date of the last one, but before it by the order")
    why.say(could & (several >= 0), "earlier than the last ones, of {}", at(date, several))
    before = "of the date of the last ones, but before them by the order"
    why.say(could & (several >= 0) & level, before)
    tied = chosen[1]
    why.say(tied, "one of several last ones that the order does not tell apart; none is taken")
