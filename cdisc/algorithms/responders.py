"""Answers about a subject's responses: any response, clinical benefit, the last assessment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Considered,
    Explaining,
    Grouped,
    Made,
    Selected,
    default,
    records,
)
from cdisc.algorithms.histories import (
    Days,
    History,
    Persons,
    considered,
    date_text,
    dates_of,
    days_of,
    history,
    of_group,
    persons,
    taken,
)
from cdisc.algorithms.records import ranks
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.response_records import MADE, RESPONSES, made_records, one_each
from cdisc.algorithms.response_terms import CRITERIA, CriteriaName, criteria_of
from cdisc.algorithms.uniques import Codes, distinct, spread_text
from cdisc.errors import UsageError


@algorithm(
    main="responses",
    method="Y with the date of the first response in {responses} that is one of {terms}; "
    "otherwise N.",
    makes=MADE,
)
def response(
    groups: Grouped,
    responses: Annotated[Selected, RESPONSES],
    terms: tuple[str, ...] = ("CR", "PR"),
    subject: Column = default("USUBJID"),
    explain: Explaining = False,
) -> Made:
    """Whether a subject has a response of certain terms, Y or N, and the date of the first.

    1. Take the responses of the subject that are one of the terms.
    2. Y with the date of the earliest; N where there is none.

    Missing: every subject of the rows gets a record. A response without complete date does not
    count, with a finding.
    Ties: of several of one day the one with the highest sequence.
    Source: RECIST 1.1 (Eisenhauer 2009), section 4.6; admiralonco, responder parameters.
    Example: SD, PR, CR with terms [CR, PR] give Y and the date of the PR.

    Args:
        groups: the subjects, a group of rows each.
        responses: the overall responses, as far as they count.
        terms: the responses that make a responder.
        subject: the subject of the row.
        explain: whether to say of each response whether it is the one.
    """
    if not terms:
        raise UsageError("response needs at least one of terms")
    people = persons(groups, subject, "response")
    found, issues = history(_only(responses, terms), people, terms, "response")
    chosen = found.first(np.ones(len(found), dtype=np.bool_))
    asked: tuple[Considered, ...] = ()
    if explain:
        asked = (_all_considered(responses, people, terms, chosen, found),)
    return one_each(groups, responses, found, chosen, issues, asked)


def _only(selected: Selected, terms: tuple[str, ...]) -> Selected:
    """The same records with a response only where it is one of the terms."""
    values = distinct(selected["response"])
    texts = [text if text.strip() in terms else None for text in values.texts]
    columns = {**selected.columns, "response": values.text(texts)}
    return Selected(selected.name, columns, selected.rows)


def _all_considered(
    selected: Selected, people: Persons, terms: tuple[str, ...], chosen: Codes, found: History
) -> Considered:
    group = people.of(selected["by"])
    rows = np.flatnonzero(group >= 0)
    picked = np.full(people.count, -1, dtype=np.int64)
    picked[chosen >= 0] = found.record[chosen[chosen >= 0]]
    is_taken = picked[group[rows]] == rows
    said = distinct(selected["response"])
    texts = np.array([*said.texts, ""], dtype=object)[said.codes[rows]]
    why = [
        f"the first {text}"
        if first
        else f"{text} is later than the first"
        if text.strip() in terms
        else f"{text or 'no response'} is not one of {', '.join(terms)}"
        for text, first in zip(texts, is_taken.tolist(), strict=True)
    ]
    return considered(selected, group[rows], rows, is_taken, why)


@algorithm(
    main="of",
    method="Y with the date of the {take} record in {of}; N where the subject has none.",
    makes=MADE,
)
def has_record(
    groups: Grouped,
    of: Annotated[Selected, records(by="USUBJID", date=None, domain="", variable="", sequence="")],
    take: Literal["first", "last"] = "first",
    subject: Column = default("USUBJID"),
    explain: Explaining = False,
) -> Made:
    """Whether a subject has a certain record, Y or N, and the date of the first or last one.

    1. Take the records of the subject that the selection keeps.
    2. Y with the date of the first (or last) one; N where there is none.

    Missing: every subject of the rows gets a record. A subject whose records have no complete
    date gets Y without a date.
    Ties: of several of one day the one with the lowest (or highest) sequence.
    Source: ADaMIG 1.3, section 3.3 (parameters that answer a question).
    Example: of the target lesions of TU by TUDTC: Y for a subject with measurable disease.

    Args:
        groups: the subjects, a group of rows each.
        of: the records, with their date, and where they came from if not from themselves.
        take: which of them to name.
        subject: the subject of the row.
        explain: whether to say of each record whether it is the one.
    """
    people = persons(groups, subject, "has_record")
    group = people.of(of["by"])
    day = days_of(of["date"])
    sequence = ranks(of["sequence"]) if "sequence" in of.columns else np.zeros(len(of))
    rows = np.flatnonzero(group >= 0)
    sign = 1 if take == "first" else -1
    # those without a date come last, whichever is taken
    order = rows[np.lexsort((sign * sequence[rows], sign * day[rows], group[rows]))]
    record = np.full(groups.count, -1, dtype=np.int64)
    record[group[order][::-1]] = order[::-1]
    asked: tuple[Considered, ...] = ()
    if explain:
        is_taken = record[group[rows]] == rows
        why = [f"the {take} record" if yes else f"not the {take} record" for yes in is_taken]
        asked = (considered(of, group[rows], rows, is_taken, why),)
    yes = record >= 0
    return made_records(
        groups,
        of,
        record,
        spread_text(np.where(yes, 0, 1), ["Y", "N"]),
        pd.Series(yes.astype(np.float64)),
        (),
        asked,
    )


@algorithm(
    main="responses",
    method="The last response in {responses} that is not one of {not_adequate}, and its date; "
    "MISSING where there is none.",
    makes=MADE,
)
def last_assessment(
    groups: Grouped,
    responses: Annotated[Selected, RESPONSES],
    criteria: CriteriaName = "RECIST 1.1",
    not_adequate: tuple[str, ...] = ("NE",),
    subject: Column = default("USUBJID"),
    explain: Explaining = False,
) -> Made:
    """The last adequate assessment of each subject: its response and date.

    1. Leave out responses that are not adequate, NE.
    2. Take the latest.

    Missing: a subject without an adequate assessment gets MISSING, without a date. A response
    without complete date does not count, with a finding.
    Ties: of several of one day the worst, then the one with the highest sequence.
    Source: FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs (2018), appendix.
    Example: SD, PR, NE give PR and its date.

    Args:
        groups: the subjects, a group of rows each.
        responses: the overall responses.
        criteria: which words the responses are in.
        not_adequate: the responses that tell nothing.
        subject: the subject of the row.
        explain: whether to say of each response whether it is the one.
    """
    name = "last_assessment"
    terms = CRITERIA[criteria]
    people = persons(groups, subject, name)
    found, issues = history(responses, people, terms.worst_first, name)
    out = [number for number, term in enumerate(terms.worst_first) if term in not_adequate]
    adequate = ~np.isin(found.answer, out)
    chosen = found.last(adequate)
    yes = chosen >= 0
    record = np.full(groups.count, -1, dtype=np.int64)
    record[yes] = found.record[chosen[yes]]
    answer = np.full(groups.count, len(terms.worst_first), dtype=np.int64)
    answer[yes] = found.answer[chosen[yes]]
    asked: tuple[Considered, ...] = ()
    if explain:
        is_taken = chosen[found.group] == np.arange(len(found))
        why = [
            "the last adequate one"
            if yes_
            else "there is a later one"
            if fit
            else f"{terms.worst_first[number]} is not adequate"
            for yes_, fit, number in zip(is_taken, adequate, found.answer.tolist(), strict=True)
        ]
        asked = (considered(responses, found.group, found.record, is_taken, why),)
    return made_records(
        groups,
        responses,
        record,
        spread_text(answer, [*terms.worst_first, "MISSING"]),
        pd.Series(np.full(groups.count, np.nan)),
        issues,
        asked,
    )


def _benefit_method(texts: Mapping[str, str]) -> str:
    terms = criteria_of(texts["criteria"])
    calm = terms.calm if texts["neither_counts"] == "yes" else terms.calm[:-1]
    return (
        f"Y for a responder in {texts['responders']}, and when a response in {texts['responses']} "
        f"is {', '.join(calm[:-1])} or {calm[-1]} at least "
        f"{texts['at_least_days']} days after {texts['reference']}; date of the earlier of the "
        "two. N otherwise."
    )


@algorithm(main="responses", method=_benefit_method, makes=MADE)
def clinical_benefit(
    groups: Grouped,
    responses: Annotated[Selected, RESPONSES],
    responders: Annotated[
        Selected,
        records(by="USUBJID", date="ADT", domain="SRCDOM", variable="SRCVAR", sequence="SRCSEQ"),
    ],
    reference: Column,
    at_least_days: int = 168,
    criteria: CriteriaName = "RECIST 1.1",
    neither_counts: bool = False,
    subject: Column = default("USUBJID"),
    explain: Explaining = False,
) -> Made:
    """Whether a subject had clinical benefit: a response, or disease that stayed stable.

    1. A responder has benefit from the date of response.
    2. So has a subject with stable disease, or better, at least `at_least_days` after the
       reference date, from the first such assessment.
    3. Y with the earlier of the two dates; N otherwise.

    Missing: every subject of the rows gets a record. Without a reference date only a response is
    benefit.
    Ties: of a response and an assessment of one day the response.
    Source: admiralonco, clinical benefit rate; the protocol for the duration (often 24 weeks).
    Example: SD on day 170 after the start gives Y with at_least_days 168.

    Args:
        groups: the subjects, a group of rows each.
        responses: the overall responses, as far as they count.
        responders: the responders, with the date of their response.
        reference: the date from which the duration is counted.
        at_least_days: the days for which disease must not have progressed.
        criteria: which words the responses are in.
        neither_counts: whether NON-CR/NON-PD counts like stable disease.
        subject: the subject of the row.
        explain: whether to say of each record whether it counts.
    """
    name = "clinical_benefit"
    terms = CRITERIA[criteria]
    people = persons(groups, subject, name)
    start, issues = of_group(reference, groups, name, "reference")
    found, told = history(responses, people, terms.worst_first, name)
    limit = start + at_least_days
    calm = terms.calm if neither_counts else terms.calm[:-1]
    good = terms.are(found.answer, *calm)
    long_enough = good & (found.day >= limit[found.group])
    chosen = found.first(long_enough)
    assessed = _records(found, chosen)
    group, day = people.of(responders["by"]), days_of(responders["date"])
    rows = np.flatnonzero((group >= 0) & np.isfinite(day))
    order = rows[np.lexsort((day[rows], group[rows]))]
    answered = np.full(groups.count, -1, dtype=np.int64)
    answered[group[order][::-1]] = order[::-1]
    both = _joined(responses, responders)
    first, second = _day_at(responders, answered), _day_at(responses, assessed)
    by_response = (answered >= 0) & ~(second < first)
    record = np.where(by_response, answered + len(responses), assessed)
    asked: tuple[Considered, ...] = ()
    if explain:
        texts = date_text(limit)
        is_taken = (record[found.group] == found.record) & ~by_response[found.group]
        why = [
            f"the first one on or after {texts[g]}"
            if yes
            else "there is earlier benefit"
            if long_
            else f"before {texts[g]}"
            if fit
            else "no benefit"
            for g, yes, long_, fit in zip(
                found.group.tolist(), is_taken, long_enough, good, strict=True
            )
        ]
        asked = (
            considered(responses, found.group, found.record, is_taken, why),
            considered(
                responders,
                group[rows],
                rows,
                by_response[group[rows]] & (answered[group[rows]] == rows),
                ["the response" if by_response[g] else "later" for g in group[rows].tolist()],
            ),
        )
    yes = record >= 0
    return made_records(
        groups,
        both,
        record,
        spread_text(np.where(yes, 0, 1), ["Y", "N"]),
        pd.Series(yes.astype(np.float64)),
        issues + told,
        asked,
    )


def _records(found: History, chosen: Codes) -> Codes:
    record = np.full(found.count, -1, dtype=np.int64)
    record[chosen >= 0] = found.record[chosen[chosen >= 0]]
    return record


def _day_at(selected: Selected, record: Codes) -> Days:
    return taken(pd.Series(days_of(selected["date"])), record).to_numpy(dtype=np.float64)


def _joined(first: Selected, second: Selected) -> Selected:
    """Two selections of one dataset, one after the other."""
    if first.name != second.name:
        raise UsageError(
            "clinical_benefit: responses and responders are of different datasets",
            hint="Make the responders a parameter of the dataset of the responses",
        )
    columns = {
        name: pd.concat([first[name], second[name]], ignore_index=True)
        for name in ("by", "domain", "variable", "sequence")
    }
    dates = [days_of(part["date"]) for part in (first, second)]
    columns["date"] = dates_of(np.concatenate(dates))
    return Selected(first.name, columns, np.concatenate([first.rows, second.rows]))
