"""The earliest or latest date of a subject over several datasets (RFSTDTC and its kin)."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Column, Result, Selected, default, records
from cdisc.algorithms.columns.subjects import links_to, of_subject
from cdisc.algorithms.columns.uniques import text_column
from cdisc.algorithms.dates.partial_dates import spans
from cdisc.algorithms.registry import algorithm
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

    A numeric date, as in ADaM, within bounds or imputed is for `extreme_date`; that of the first
    or last exposure for `exposure_date`.

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
    people = of_subject(subject, of)
    codes = people.records
    found = spans(dates)
    usable = np.flatnonzero(found.known & (codes >= 0))
    first = found.earliest.astype(np.int64)
    last = found.latest.astype(np.int64)
    # Mirrored on the time line, the latest date is the earliest one.
    if take == "latest":
        first, last = -last, -first
    limit = np.full(people.count + 1, np.iinfo(np.int64).max)
    np.minimum.at(limit, codes[usable], last[usable])
    near = usable[first[usable] <= limit[codes[usable]]]
    best = near[np.lexsort((near, first[near], (last - first)[near], codes[near]))]
    leading = np.ones(len(best), dtype=np.bool_)
    leading[1:] = codes[best][1:] != codes[best][:-1]
    chosen = np.full(people.count + 1, -1, dtype=np.int64)
    chosen[codes[best[leading]]] = best[leading]
    record = chosen[people.rows]
    values = pd.Series(pd.api.extensions.take(dates.array, record, allow_fill=True))
    return Result(values, links=links_to(of, record))
