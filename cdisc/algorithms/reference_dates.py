"""The earliest or latest date of a subject over several datasets (RFSTDTC and its kin)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Column, Link, Result, Selected, default, records
from cdisc.algorithms.partial_dates import spans
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.uniques import Codes, distinct, text_column
from cdisc.errors import UsageError


@algorithm(
    main="of",
    method="The {take} date of the subject in {of}; dates are compared as precisely as both "
    "are known.",
)
def reference_date(
    of: Annotated[tuple[Selected, ...], records(by="USUBJID", date=None)],
    take: Literal["earliest", "latest"],
    subject: Column = default("USUBJID"),
) -> Result:
    """The earliest or latest ISO 8601 date of a subject over declared records.

    1. Take all records of the subject that the declared selections keep; a dose of 0 counts
       like any other unless `where` leaves it out, so placebo is exposure.
    2. Take the earliest (or latest) date. Two values are compared at the precision of the
       coarser one; of equal ones the most precise counts, then the earliest (or latest).

    Missing: missing dates are ignored; a subject without any date has none.
    Ties: the same value in several records is one value; the first selection is its origin.
    Source: SDTMIG 3.4, section 5.2 (RFSTDTC, RFENDTC, RFXSTDTC, RFXENDTC).
    Example: take earliest of EX start dates 2019-03-05 and 2019-03-05T08:30 gives the latter.

    Args:
        of: the records with their date, one or several selections.
        take: which one to take.
        subject: the subject of the row.
    """
    if not of:
        raise UsageError("reference_date needs at least one selection of records")
    dates = pd.concat([text_column(part["date"]) for part in of], ignore_index=True)
    subjects = pd.concat([text_column(part["by"]) for part in of], ignore_index=True)
    both = distinct(pd.concat([text_column(subject), subjects], ignore_index=True))
    row_codes, codes = both.codes[: len(subject)], both.codes[len(subject) :]
    found = spans(dates)
    usable = np.flatnonzero(found.known & (codes >= 0))
    first = found.earliest.astype(np.int64)
    last = found.latest.astype(np.int64)
    # Mirrored on the time line, the latest date is the earliest one.
    if take == "latest":
        first, last = -last, -first
    limit = np.full(len(both.array) + 1, np.iinfo(np.int64).max)
    np.minimum.at(limit, codes[usable], last[usable])
    near = usable[first[usable] <= limit[codes[usable]]]
    best = near[np.lexsort((near, first[near], (last - first)[near], codes[near]))]
    leading = np.ones(len(best), dtype=np.bool_)
    leading[1:] = codes[best][1:] != codes[best][:-1]
    chosen = np.full(len(both.array) + 1, -1, dtype=np.int64)
    chosen[codes[best[leading]]] = best[leading]
    record = np.where(row_codes >= 0, chosen[row_codes], -1)
    values = pd.Series(pd.api.extensions.take(dates.array, record, allow_fill=True))
    return Result(values, links=links_to(of, record))


def links_to(of: Sequence[Selected], record: Codes) -> tuple[Link, ...]:
    """Which record of the selections, put end to end, each row took; -1: none."""
    links = []
    start = 0
    for part in of:
        rows = np.flatnonzero((record >= start) & (record < start + len(part)))
        if len(rows):
            links.append(Link(part.name, rows, part.rows[record[rows] - start]))
        start += len(part)
    return tuple(links)
