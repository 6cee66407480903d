"""When in the trial a record happened: epoch and element from the subject's elements (SE)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Column, Issue, Link, Result, Selected, default, records
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import Codes, distinct, text_column
from cdisc.algorithms.dates.partial_dates import DAY, Moments, Spans, spans
from cdisc.algorithms.registry import algorithm
from cdisc.model import Severity

_METHOD = (
    "{what} of the subject's element in {{elements}} that {{date}} falls into; on the day two "
    "elements meet, the later one. A partial date counts when all its possible days fall into "
    "one element."
)


@algorithm(main="date", method=_METHOD.format(what="Epoch"), gives="text")
def epoch(
    date: Column,
    subject: Column = default("USUBJID"),
    elements: Annotated[
        Selected, records("SE", by="USUBJID", start="SESTDTC", end="SEENDTC", value="EPOCH")
    ] = default("SE"),
) -> Result:
    """The epoch in which a date falls, by the subject's elements.

    1. Of the subject's elements that start on or before the date, take the one that starts
       last; dates are compared at the coarser precision, so the day two elements meet belongs
       to the later one.
    2. The date must not lie after that element's end; a missing end is open.
    3. A partial date is decided when its first and last possible day fall into one element.

    Missing: a missing date, or one in no element, gives a missing epoch. A partial date that
    may fall into several elements, or into none, gives a missing epoch and a finding.
    Ties: of elements with the same start, the one that stands later in the dataset.
    Source: SDTMIG 3.4, section 4.1.3.1 and section 5.3 (EPOCH, Subject Elements).
    Example: date 2019-03-05 with TREATMENT from 2019-03-05 to 2019-06-01 gives TREATMENT.

    Args:
        date: ISO 8601 date of the record.
        subject: the subject of the row.
        elements: the subject's elements.
    """
    return _by_element("epoch", date, subject, elements)


@algorithm(main="date", method=_METHOD.format(what="Planned order"), gives="number")
def element_order(
    date: Column,
    subject: Column = default("USUBJID"),
    elements: Annotated[
        Selected, records("SE", by="USUBJID", start="SESTDTC", end="SEENDTC", value="TAETORD")
    ] = default("SE"),
) -> Result:
    """The planned order of the element in which a date falls (TAETORD).

    1. Find the element as `epoch` does and take its planned order.

    Missing: a missing date, or one in no element, gives a missing order. A partial date that
    may fall into several elements, or into none, gives a missing order and a finding.
    Ties: of elements with the same start, the one that stands later in the dataset.
    Source: SDTMIG 3.4, section 5.3 (Subject Elements) and section 7.2 (Trial Arms).
    Example: date 2019-03-05 with the second element from 2019-03-05 gives 2.

    Args:
        date: ISO 8601 date of the record.
        subject: the subject of the row.
        elements: the subject's elements.
    """
    return _by_element("element_order", date, subject, elements)


@dataclass(frozen=True, slots=True, eq=False)
class _Elements:
    """Elements sorted by subject and start: those of subject code s are first[s]:first[s + 1]."""

    rows: Codes
    first: Codes
    spans: tuple[Spans, Spans]


def _by_element(name: str, date: Column, subject: Column, elements: Selected) -> Result:
    subjects = [text_column(subject), text_column(elements["by"])]
    people = distinct(pd.concat(subjects, ignore_index=True))
    person = people.codes[: len(subject)]
    known = _sorted_elements(people.codes[len(subject) :], len(people.array), elements)
    when = spans(date)
    # The last moment of the first possible day, unless the time is known.
    opening = np.where(when.timed, when.earliest, when.earliest.astype("datetime64[D]") + DAY)
    opening = np.where(when.complete, when.latest, opening)
    at_first = _element_at(known, person, opening, when.earliest)
    at_last = at_first
    if not when.complete.all():
        end_start = np.where(
            when.timed, when.latest, when.latest.astype("datetime64[D]").astype("datetime64[s]")
        )
        end_start = np.where(when.complete, when.earliest, end_start)
        at_last = _element_at(known, person, when.latest, end_start)
    decided = at_first == at_last
    record = np.where(decided & (at_first >= 0), at_first, -1)
    values = pd.api.extensions.take(elements["value"].array, record, allow_fill=True)
    rows = np.flatnonzero(record >= 0)
    links = (Link(elements.name, rows, elements.rows[record[rows]]),) if len(rows) else ()
    return Result(pd.Series(values), _undecided(name, ~decided, date), links)


def _undecided(name: str, where: Any, date: Column) -> tuple[Issue, ...]:
    return issue(
        f"{name}.undecided",
        "{value} may fall into more than one element, or into none",
        where,
        date,
        severity=Severity.WARNING,
    )


def _sorted_elements(codes: Codes, people: int, elements: Selected) -> _Elements:
    start, end = spans(elements["start"]), spans(elements["end"])
    usable = np.flatnonzero(start.known & (codes >= 0))
    order = usable[np.lexsort((usable, start.earliest[usable], codes[usable]))]
    first = np.searchsorted(codes[order], np.arange(people + 2))
    return _Elements(order, first.astype(np.int64), (start.take(order), end.take(order)))


def _element_at(known: _Elements, person: Codes, opening: Moments, closing: Moments) -> Codes:
    """The element of each person at a moment: its row; -1 before the first or missing.

    `opening` is compared with the elements' starts, `closing` with the end of the one chosen.
    A moment after that end gives -2 - its position, so that two moments outside agree only
    when no other element starts between them.
    """
    place = np.full(len(person), -1, dtype=np.int64)
    begins, ends = known.spans
    base = np.where(person >= 0, known.first[np.maximum(person, 0)], 0)
    count = np.where(person >= 0, known.first[np.maximum(person, 0) + 1] - base, 0)
    for step in range(int(count.max(initial=0))):
        candidates = np.flatnonzero(count > step)
        position = base[candidates] + step
        started = begins.earliest[position] <= opening[candidates]
        place[candidates[started]] = position[started]
    found = np.flatnonzero(place >= 0)
    result = np.full(len(person), -1, dtype=np.int64)
    position = place[found]
    over = closing[found] > ends.latest[position]
    result[found] = np.where(over, -2 - position, known.rows[position])
    return result
