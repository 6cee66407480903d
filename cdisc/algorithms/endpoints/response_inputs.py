"""Which overall responses count: one a day, within treatment and up to progression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from cdisc.algorithms.arguments import (
    Column,
    Condition,
    Considered,
    Explaining,
    Result,
    default,
)
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.records import in_order, packed
from cdisc.algorithms.columns.uniques import Codes, distinct, spread_array, spread_text, text_column
from cdisc.algorithms.endpoints.histories import days_of, ordering
from cdisc.algorithms.endpoints.response_reasons import Sifted, reasons
from cdisc.algorithms.endpoints.response_terms import CRITERIA, Criteria, CriteriaName, criteria_of
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError, did_you_mean
from cdisc.model import Severity


def _method(texts: Mapping[str, str]) -> str:
    order = texts["worst_first"] or ", ".join(criteria_of(texts["criteria"]).worst_first)
    text = f"Y for the worst {texts['response']} of each {texts['date']}, worst first {order}"
    if texts["sequence"]:
        text += f", then the highest {texts['sequence']}"
    if texts["start"]:
        text += f", on or after {texts['start']}"
    if texts["new_therapy"]:
        on = "on or before" if texts["day_of_new_therapy"] == "included" else "before"
        text += f", {on} {texts['new_therapy']}"
    if texts["through"]:
        text += f", up to and including the first {texts['through']}"
    return text + "; null otherwise."


@algorithm(main="response", method=_method, gives="text")
def response_input(
    response: Column,
    date: Column,
    start: Column | None = None,
    new_therapy: Column | None = None,
    day_of_new_therapy: Literal["excluded", "included"] = "excluded",
    through: tuple[str, ...] = (),
    worst_first: tuple[str, ...] = (),
    sequence: Column | None = None,
    criteria: CriteriaName = "RECIST 1.1",
    subject: Column = default("USUBJID"),
    explaining: Explaining = False,
) -> Result:
    """The flag Y on the responses that count: one of a subject and day, within their time.

    1. Leave out responses before `start`, and those after new therapy began; those on the day
       that it began too, unless that day is included.
    2. Of the responses of one day keep the worst in the declared order, then the one with the
       highest sequence.
    3. With `through`, leave out what comes after the first response of these terms.

    Missing: a record without response or without complete date is not flagged, the latter with
    a finding. Where `start` is named but missing for a subject nothing is flagged; where
    `new_therapy` is missing there was none. A response that the order, or the criteria,
    do not have is not flagged, with a finding.
    Ties: equal responses of one day and sequence are one; the first in the dataset is flagged,
    with a finding.
    Source: RECIST 1.1 (Eisenhauer 2009), section 4.6; admiralonco, preparation of responses.
    Example: SD and PD of one day, worst_first [PD, SD], flag the PD.

    Args:
        response: the overall response.
        date: the date of the assessment.
        start: the first day on which a response counts.
        new_therapy: the day on which new anticancer therapy began.
        day_of_new_therapy: whether a response on that day counts.
        through: the terms after which no response counts, as PD.
        worst_first: all terms, the worst first, where it is another order than that of the
            criteria.
        sequence: what tells equal responses of one day apart; the highest counts.
        criteria: which words the responses are in.
        subject: the subject.
        explaining: whether to tell of each response why it counts or not.
    """
    name = "response_input"
    terms = worst_first or CRITERIA[criteria].worst_first
    strange = [term for term in through if term not in terms]
    if strange:
        raise UsageError(
            f"{name}: {strange[0]} stands in through but not in "
            f"{'worst_first' if worst_first else criteria}",
            hint=did_you_mean(strange[0], terms) or f"There are {', '.join(terms)}",
        )
    who, said = distinct(subject), distinct(response)
    place = {term: number for number, term in enumerate(terms)}
    answer = spread_array(
        said.codes,
        np.array([place.get(text.strip(), -2) for text in said.texts], dtype=np.int64),
        -1,
    )
    day = days_of(date)
    counts = (answer >= 0) & np.isfinite(day) & ~who.missing
    early = late = np.zeros(len(day), dtype=np.bool_)
    if start is not None:
        first_day = days_of(start)
        early = day < first_day
        counts &= day >= first_day
    if new_therapy is not None:
        limit = days_of(new_therapy)
        late = day > limit if day_of_new_therapy == "included" else day >= limit
        counts &= ~late
    rows = np.flatnonzero(counts)
    last_first = np.zeros(len(day), dtype=np.int64) if sequence is None else -ordering(sequence)
    keys = packed([who.codes[rows], day[rows].astype(np.int64), answer[rows], last_first[rows]])
    order = in_order(keys)
    rows = rows[order]
    fresh = np.ones(len(rows), dtype=np.bool_)
    fresh[1:] = (who.codes[rows][1:] != who.codes[rows][:-1]) | (day[rows][1:] != day[rows][:-1])
    tied = np.zeros(len(day), dtype=np.bool_)
    if len(rows):
        sorted_keys = [key[order] for key in keys]
        same = np.r_[False, np.all([key[1:] == key[:-1] for key in sorted_keys], axis=0)]
        tied[rows[np.flatnonzero(same & np.r_[False, fresh[:-1]]) - 1]] = True
    rows = daily = rows[fresh]
    ends = np.isin(answer[rows], [place[term] for term in through])
    if through:
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = who.codes[rows][1:] != who.codes[rows][:-1]
        # how many ends lie before each response of the subject
        before: Codes = np.cumsum(ends) - ends
        group = np.cumsum(first) - 1
        rows = rows[before == before[first][group]] if len(rows) else rows
    flagged = np.full(len(day), -1, dtype=np.int64)
    flagged[rows] = 0
    issues = (
        *issue(
            f"{name}.unknown",
            "{value} is not among the responses "
            f"{'of worst_first' if worst_first else 'that these criteria have'}; the record is "
            "left out",
            answer == -2,
            response,
            hint=f"There are {', '.join(terms)}",
        ),
        *issue(
            f"{name}.no_date",
            "a response {value} has no complete date; the record is left out",
            (answer >= 0) & ~np.isfinite(day),
            response,
        ),
        *issue(
            f"{name}.tie",
            "there are several responses {value} of one day; the first in the dataset counts",
            tied & (flagged == 0),
            response,
            severity=Severity.WARNING,
            hint="Name under sequence what tells them apart",
        ),
    )
    considered: tuple[Considered, ...] = ()
    if explaining:
        sifted = Sifted(who.codes, day, answer, early, late, counts, daily, daily[ends], rows)
        considered = reasons(sifted, response, date, start, new_therapy)
    return Result(spread_text(flagged, ["Y"]), issues, considered=considered)


def _after_method(texts: Mapping[str, str]) -> str:
    terms = criteria_of(texts["criteria"])
    text = f"{texts['response']}; {terms.partial} after {terms.complete} by {texts['date']} "
    read = {"as_reported": "stays", "sd": f"is {terms.stable}", "pd": f"is {_worse(terms)}"}
    return text + read.get(texts["read_as"], f"is read as {texts['read_as']}") + "."


def _worse(terms: Criteria) -> str:
    return terms.unconfirmed or terms.progression


@algorithm(main="response", method=_after_method, gives="text")
def partial_after_complete(
    response: Column,
    date: Column,
    read_as: Literal["as_reported", "pd", "sd"],
    criteria: CriteriaName = "RECIST 1.1",
    counts: Condition | None = None,
    subject: Column = default("USUBJID"),
) -> Result:
    """The response, with partial response after complete response read as the study declares.

    1. Find the first complete response of the subject among the responses that count.
    2. A partial response on a later day stays (`as_reported`), is stable disease (`sd`), or
       progression (`pd`; in iRECIST iUPD). In each case there is a finding.

    Missing: a response without complete date stays as it is.
    Ties: of one day nothing is later.
    Source: RECIST 1.1 (Eisenhauer 2009), table 3, footnote: disease that reappears after a
    complete response is progression, or the complete response was none.
    Example: CR, PR with `sd` give CR, SD.

    Args:
        response: the overall response.
        date: the date of the assessment.
        read_as: what partial response after complete response is.
        criteria: which words the responses are in.
        counts: which responses count; all without it.
        subject: the subject.
    """
    terms = CRITERIA[criteria]
    who, said = distinct(subject), distinct(response)
    day = days_of(date)
    usable = np.isfinite(day) & ~who.missing
    if counts is not None:
        usable &= counts
    complete = said.flags([text.strip() == terms.complete for text in said.texts]) & usable
    partial = said.flags([text.strip() == terms.partial for text in said.texts]) & usable
    first = np.full(len(who.array) + 1, np.inf)
    np.minimum.at(first, who.codes[complete], day[complete])
    later = partial & (day > first[who.codes])
    values = text_column(response)
    if read_as != "as_reported":
        values = values.mask(later, terms.stable if read_as == "sd" else _worse(terms))
    read = {"as_reported": "", "sd": f"as {terms.stable}", "pd": f"as {_worse(terms)}"}[read_as]
    return Result(
        values,
        issue(
            "partial_after_complete.found",
            f"{{value}} follows {terms.complete}; it counts {read or 'as reported'}",
            later,
            response,
            severity=Severity.WARNING,
        ),
    )
