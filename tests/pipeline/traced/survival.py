"""Days from a start to the first of several events, told with all that was considered.

Row by row, since it is only here to be explained.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd

from cdisc.algorithms import algorithm
from cdisc.algorithms.arguments import (
    Column,
    Considered,
    Explaining,
    Grouped,
    Link,
    Made,
    Result,
    Selected,
    default,
    records,
)

Dated = Annotated[tuple[Selected, ...], records(by="USUBJID", date=None)]


@algorithm(
    makes=("AVAL", "ADT"),
    method="Days from {start} to the first of {of}, plus 1; of one day the first listed.",
)
def days_to_first(
    groups: Grouped,
    start: Column,
    of: Dated,
    subject: Column = default("USUBJID"),
    explaining: Explaining = False,
) -> Made:
    """Days from a date to the first of several dates.

    Args:
        groups: one record each.
        start: the day that counts as 1.
        of: records with the date of an event.
        subject: the subject of the row.
        explaining: whether to say what was considered.
    """
    dates, links, told = [], [], []
    for made, row in enumerate(groups.first.tolist()):
        found = sorted(
            (date, number, place)
            for number, part in enumerate(of)
            for place, (by, date) in enumerate(zip(part["by"], part["date"], strict=True))
            if by == subject.iloc[row] and isinstance(date, str)
        )
        dates.append(found[0][0] if found else None)
        for rank, (_, number, place) in enumerate(found):
            parent = np.array([of[number].rows[place]])
            if rank == 0:
                links.append(Link(of[number].name, np.array([made]), parent))
            why = "the first event" if rank == 0 else f"later than {found[0][0]}"
            told.append(
                Considered(
                    of[number].name,
                    np.array([made]),
                    parent,
                    np.array([rank == 0]),
                    pd.Series([why]),
                )
            )
    ends = pd.Series(dates, dtype="str")
    starts = start.take(groups.first).reset_index(drop=True)
    days = (pd.to_datetime(ends) - pd.to_datetime(starts)).dt.days + 1
    every = np.arange(groups.count)
    return Made(
        {"AVAL": days.astype("float64"), "ADT": ends},
        every,
        every,
        groups.first,
        links=tuple(links),
        considered=tuple(told) if explaining else (),
    )


@algorithm(main="of", method="The latest date of {of}.")
def latest_of(
    of: Dated, subject: Column = default("USUBJID"), explaining: Explaining = False
) -> Result:
    """The latest date of the subject.

    Args:
        of: records with a date.
        subject: the subject of the row.
        explaining: whether to say what was considered.
    """
    dates, links, told = [], [], []
    for row, who in enumerate(subject):
        found = sorted(
            (date, number, place)
            for number, part in enumerate(of)
            for place, (by, date) in enumerate(zip(part["by"], part["date"], strict=True))
            if by == who and isinstance(date, str)
        )
        dates.append(found[-1][0] if found else None)
        for rank, (date, number, place) in enumerate(found, start=1):
            taken = rank == len(found)
            parent, at = np.array([of[number].rows[place]]), np.array([row])
            if taken:
                links.append(Link(of[number].name, at, parent))
            why = pd.Series(["the latest" if taken else f"not the latest: {date}"])
            told.append(Considered(of[number].name, at, parent, np.array([taken]), why))
    return Result(
        pd.Series(dates, dtype="str"),
        links=tuple(links),
        considered=tuple(told) if explaining else (),
    )
