"""The records that a subject's responses give: an answer, its date, what it came from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Considered, Issue, Made, Selected, records
from cdisc.algorithms.columns.records import Groups
from cdisc.algorithms.columns.subjects import links_to
from cdisc.algorithms.columns.uniques import Codes, spread_text
from cdisc.algorithms.endpoints.histories import (
    History,
    dates_of,
    days_of,
    source_columns,
    taken,
)

MADE = ("AVALC", "AVAL", "ADT", "SRCDOM", "SRCVAR", "SRCSEQ")
"""The columns of a record about a subject's responses."""
YES_OR_NO = {"AVALC": ("Y", "N")}
"""What such a record holds where it answers a question."""

RESPONSES = records(
    by="USUBJID",
    date="ADT",
    response="AVALC",
    domain="SRCDOM",
    variable="SRCVAR",
    sequence="SRCSEQ",
)
"""Overall responses, one record each, with where each came from."""


def made_records(
    groups: Groups,
    selected: Selected,
    record: Codes,
    answer: pd.Series[Any],
    number: pd.Series[Any],
    issues: tuple[Issue, ...],
    considered: tuple[Considered, ...] = (),
) -> Made:
    """One record for each subject, made of the subject's rows and of one record of a selection.

    `record` is that one, by position, -1 without one; its date becomes ADT.
    """
    days = taken(pd.Series(days_of(selected["date"])), record)
    columns = {
        "AVALC": answer,
        "AVAL": number,
        "ADT": dates_of(days.to_numpy(dtype=np.float64)),
        **source_columns(selected, record),
    }
    none = np.empty(0, dtype=np.int64)
    every = np.arange(groups.count, dtype=np.int64)
    return Made(columns, every, none, none, issues, links_to([selected], record), considered)


def yes_or_no(
    groups: Groups,
    selected: Selected,
    record: Codes,
    issues: tuple[Issue, ...],
    considered: tuple[Considered, ...] = (),
) -> Made:
    """Y for each subject that a record speaks for, by position, otherwise (-1) N; 1 and 0."""
    yes = record >= 0
    answer = spread_text(np.where(yes, 0, 1), ["Y", "N"])
    number = pd.Series(yes.astype(np.float64))
    return made_records(groups, selected, record, answer, number, issues, considered)


def one_each(
    groups: Groups,
    selected: Selected,
    found: History,
    chosen: Codes,
    issues: tuple[Issue, ...],
    considered: tuple[Considered, ...] = (),
) -> Made:
    """As `yes_or_no`, of the assessment chosen for each subject, by its place in the history."""
    yes = chosen >= 0
    record = np.full(groups.count, -1, dtype=np.int64)
    record[yes] = found.record[chosen[yes]]
    return yes_or_no(groups, selected, record, issues, considered)
