"""Answers about a subject: any response, any record, the last assessment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
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
from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.uniques import Codes, distinct, spread_text
from cdisc.algorithms.endpoints.histories import (
    History,
    Marks,
    Persons,
    considered,
    days_of,
    history,
    persons,
    sequence_of,
    told,
)
from cdisc.algorithms.endpoints.response_records import (
    MADE,
    RESPONSES,
    YES_OR_NO,
    made_records,
    one_each,
    yes_or_no,
)
from cdisc.algorithms.endpoints.response_terms import (
    CRITERIA,
    MISSING,
    CriteriaName,
    check_terms,
)
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError
from cdisc.model import Severity


@algorithm(
    main="responses",
    method="Y with the date of the first response in {responses} that is one of {terms}; "
    "otherwise N.",
    makes=MADE,
    holds=YES_OR_NO,
)
def response(
    groups: Grouped,
    responses: Annotated[Selected, RESPONSES],
    terms: tuple[str, ...] = ("CR", "PR"),
    criteria: CriteriaName = "RECIST 1.1",
    subject: Column = default("USUBJID"),
    explain: Explaining = False,
) -> Made:
    """Whether a subject has a response of certain terms, Y or N, and the date of the first.

    1. Take the responses of the subject that are one of the terms.
    2. Y with the date of the earliest; N where there is none.

    Missing: every subject of the rows gets a record. A response of these terms without complete
    date, or a response that the criteria do not have, does not count, with a finding. MISSING, as
    best overall response has it, is no response.
    Ties: of several of one day the worst, then the one with the highest sequence.
    Source: RECIST 1.1 (Eisenhauer 2009), section 4.6; admiralonco, responder parameters.
    Example: SD, PR, CR with terms [CR, PR] give Y and the date of the PR.

    Args:
        groups: the subjects, a group of rows each.
        responses: the overall responses, as far as they count.
        terms: the responses that make a responder.
        criteria: which words the responses are in.
        subject: the subject of the row.
        explain: whether to say of each response whether it is the one.
    """
    if not terms:
        raise UsageError("response needs at least one of terms")
    words = CRITERIA[criteria].worst_first
    check_terms("response", criteria, terms)
    people = persons(groups, subject, "response")
    asked_for = _without(responses, {*words, MISSING} - {*terms})
    found, issues = history(asked_for, people, words, "response")
    chosen = found.first(np.ones(len(found), dtype=np.bool_))
    asked: tuple[Considered, ...] = ()
    if explain:
        asked = (_all_considered(responses, people, terms, chosen, found),)
    return one_each(groups, responses, found, chosen, issues, asked)


def _without(selected: Selected, answers: Collection[str]) -> Selected:
    """The same records, with no response where it is one of these."""
    values = distinct(selected["response"])
    texts = [None if text.strip() in answers else text for text in values.texts]
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
    holds=YES_OR_NO,
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
    Ties: of several of one day the one with the lowest (or highest) sequence, then the one whose
    domain and variable come first in the alphabet. Of those that nothing tells apart the first in
    the dataset is named, with a finding.
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
    rows = np.flatnonzero(group >= 0)
    sign = 1 if take == "first" else -1
    # those without a date come last, whichever is taken
    keys = [
        np.nan_to_num(sign * days_of(of["date"]), nan=np.inf),
        sign * sequence_of(of),
        *(ranks(of[name]) for name in ("domain", "variable") if name in of.columns),
    ]
    order = rows[np.lexsort([*(key[rows] for key in keys[::-1]), group[rows]])]
    record = np.full(groups.count, -1, dtype=np.int64)
    record[group[order][::-1]] = order[::-1]
    issues = told(
        groups,
        "has_record.tie",
        "several records are the {take} one, and nothing tells them apart; the first in the "
        "dataset is named".replace("{take}", take),
        group,
        _equal_to_next(order, record, group, keys),
        severity=Severity.WARNING,
        hint="Name under sequence what tells them apart",
    )
    asked: tuple[Considered, ...] = ()
    if explain:
        is_taken = record[group[rows]] == rows
        why = [f"the {take} record" if yes else f"not the {take} record" for yes in is_taken]
        asked = (considered(of, group[rows], rows, is_taken, why),)
    return yes_or_no(groups, of, record, issues, asked)


def _equal_to_next(
    order: Codes, record: Codes, group: Codes, keys: Sequence[npt.NDArray[Any]]
) -> Marks:
    """The records taken whose next one in the order is of the same group and has equal keys."""
    tied = np.zeros(len(group), dtype=np.bool_)
    one, other = order[:-1], order[1:]
    same = (record[group[one]] == one) & (group[one] == group[other])
    for key in keys:
        same &= key[one] == key[other]
    tied[one[same]] = True
    return tied


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
    check_terms(name, criteria, not_adequate)
    terms = CRITERIA[criteria]
    people = persons(groups, subject, name)
    found, issues = history(responses, people, terms.worst_first, name)
    out = [number for number, term in enumerate(terms.worst_first) if term in not_adequate]
    adequate = ~np.isin(found.answer, out)
    chosen = found.last(adequate)
    yes = chosen >= 0
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
        found.record_of(chosen),
        spread_text(answer, [*terms.worst_first, MISSING]),
        pd.Series(np.full(groups.count, np.nan)),
        issues,
        asked,
    )
