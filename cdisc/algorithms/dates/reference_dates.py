"""The earliest or latest date of a subject over several datasets (RFSTDTC and its kin)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Considered,
    Explaining,
    Result,
    Selected,
    default,
    records,
)
from cdisc.algorithms.columns.rivals import Reasons, at, of_selections, records_of
from cdisc.algorithms.columns.subjects import Subjects, links_to, of_subject
from cdisc.algorithms.columns.uniques import Codes, text_column
from cdisc.algorithms.dates.partial_dates import spans
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError

Marks = npt.NDArray[np.bool_]


@algorithm(
    main="of",
    method="The {take} date of the subject in {of}; dates are compared as precisely as both "
    "are known.",
)
def reference_date(
    of: Annotated[tuple[Selected, ...], records(by="USUBJID", date=None)],
    take: Literal["earliest", "latest"],
    subject: Column = default("USUBJID"),
    explaining: Explaining = False,
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
        explaining: whether to tell of each record why it was taken or not.
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
    told: tuple[Considered, ...] = ()
    if explaining:
        level = np.zeros(len(dates), dtype=np.bool_)
        level[near] = True
        told = _told(of, people, record, dates, level, found.known, take)
    return Result(values, links=links_to(of, record), considered=told)


def _told(
    of: Sequence[Selected],
    people: Subjects,
    taken: Codes,
    dates: pd.Series[Any],
    level: Marks,
    known: Marks,
    take: str,
) -> tuple[Considered, ...]:
    """Of each record of a subject, why it was taken or not; `taken` is the record of each row.

    `level` are records whose date may be as early (or late) as any other.
    """
    has = np.flatnonzero(taken >= 0)
    row, record = records_of(people, (has, taken[has]))
    best = at(dates, taken[row])
    why = Reasons(len(row), "no date")
    other = "later than" if take == "earliest" else "earlier than"
    why.say(known[record], f"{other} the {take}, {{}}", best)
    why.say(level[record], f"not known to be {other} the {take}, {{}}, but less precise", best)
    same = level[record] & (at(dates, record).to_numpy() == best.to_numpy())
    why.say(same, "the same as the one taken, which is listed before")
    is_taken = record == taken[row]
    why.say(is_taken, f"the {take}")
    return of_selections(of, row, record, is_taken, why.take(np.arange(len(row))))
