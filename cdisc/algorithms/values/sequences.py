"""Numbering records within a group, in a declared order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Column, Columns, Issue, Result, default
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.ordering import Ordered, ordered
from cdisc.algorithms.registry import algorithm


@algorithm(
    main="by",
    method="Consecutive number of the record within {by}, records sorted by {order}.",
    gives="number",
)
def sequence(by: Column, order: Columns = default("keys")) -> Result:
    """The sequence number of a record within its subject.

    1. Sort the records of each subject by the order columns: missing first, text by code point,
       numbers by size.
    2. Number them 1, 2, 3, ...

    Missing: a record without subject gets no number, with a finding.
    Ties: records that the order does not tell apart are numbered in the order of the source,
    with a finding; unless they tie, the order of the source does not matter.
    Source: SDTMIG 3.4, section 4.1.5 (--SEQ) and section 4.1.9 (keys).
    Example: by USUBJID numbers three adverse events of a subject 1, 2 and 3.

    Args:
        by: the subject.
        order: the columns to sort by; `keys` are the dataset's keys, `source` the file order.
    """
    sorted_rows = ordered([by], order)
    issues = issue(
        "sequence.keys_not_unique",
        "the keys do not tell this record from another one of the subject",
        sorted_rows.tied & ~sorted_rows.ungrouped,
        hint="Add the variable that tells them apart to keys",
    )
    return _numbered("sequence", sorted_rows, issues)


@algorithm(
    main="by",
    method="Consecutive number of the record within {by}, records sorted by {order}.",
    gives="number",
)
def number_within(by: Columns, order: Columns) -> Result:
    """The number of a record within a group of records.

    1. Sort the records of each group by the order columns: missing first, text by code point,
       numbers by size.
    2. Number them 1, 2, 3, ...

    Missing: a record without a value in any of the group columns gets no number, with a finding.
    Ties: records that the order does not tell apart are numbered in the order of the source,
    with a finding.
    Source: SDTMIG 3.4, section 4.1.6 (grouping of related records).
    Example: by [USUBJID, AESPID], order AESTDTC numbers the parts of each event.

    Args:
        by: the columns that make a group.
        order: the columns to sort by; `source` is the file order.
    """
    sorted_rows = ordered(by, order)
    issues = issue(
        "number_within.tie",
        "the order does not tell this record from another one of its group",
        sorted_rows.tied & ~sorted_rows.ungrouped,
    )
    return _numbered("number_within", sorted_rows, issues)


def _numbered(name: str, rows: Ordered, issues: tuple[Issue, ...]) -> Result:
    values: pd.Series[Any] = pd.Series(np.where(rows.ungrouped, np.nan, rows.numbers()))
    issues += issue(f"{name}.no_group", "there is no value to number the record by", rows.ungrouped)
    return Result(values, issues)
