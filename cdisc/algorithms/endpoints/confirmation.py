"""Confirmation of response: a second assessment some weeks after the first one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.arguments import (
    Column,
    Considered,
    Explaining,
    Grouped,
    Made,
    Selected,
    Shared,
    default,
)
from cdisc.algorithms.columns.uniques import Codes
from cdisc.algorithms.endpoints.histories import (
    History,
    Marks,
    considered,
    date_text,
    history,
    persons,
)
from cdisc.algorithms.endpoints.response_records import MADE, RESPONSES, YES_OR_NO, one_each
from cdisc.algorithms.endpoints.response_terms import (
    CRITERIA,
    Criteria,
    CriteriaName,
)
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError

Reasons = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Convention:
    """How a response is confirmed: days apart, and what may lie between.

    Args:
        confirm_days: the days from a response to its confirmation, at least.
        max_not_evaluable: how many NE may lie between.
        accept_one_stable: whether one stable disease may lie between a partial response and its
            confirmation.
    """

    confirm_days: int = 28
    max_not_evaluable: int = 1
    accept_one_stable: bool = False

    def __post_init__(self) -> None:
        if self.confirm_days < 0 or self.max_not_evaluable < 0:
            raise UsageError("confirm_days and max_not_evaluable cannot be negative")


USUAL = Convention()
"""What holds unless a spec says otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class Confirmed:
    """Which complete and partial responses are confirmed, by assessment.

    `by` is the place of the first assessment late enough and good enough to confirm it, -1
    without one; `others`, `not_evaluable`, `stable` count what lies between the two;
    `worsened` says that a partial response follows a complete one there.
    """

    complete: Marks
    partial: Marks
    by: Codes
    others: Codes
    not_evaluable: Codes
    stable: Codes
    worsened: Marks

    @property
    def either(self) -> Marks:
        """Which responses are confirmed."""
        return self.complete | self.partial


def confirm(found: History, criteria: Criteria, convention: Convention) -> Confirmed:
    """Confirmation of each complete and partial response of a history.

    A complete response is confirmed by the first complete one at least `confirm_days` later, with
    only complete responses and NE between; a partial one by the first partial or complete response
    at least `confirm_days` later, with only those and NE (and one stable disease where accepted)
    between and no partial response after a complete one, that assessment included. In both
    cases at most `max_not_evaluable` NE.
    """
    is_complete = criteria.are(found.answer, criteria.complete)
    is_partial = criteria.are(found.answer, criteria.partial)
    is_ne = criteria.are(found.answer, criteria.not_evaluable)
    is_stable = criteria.are(found.answer, criteria.stable)
    after = np.arange(len(found)) + 1
    due = np.maximum(_place(found, convention.confirm_days), after)
    ends = found.ends
    next_complete = _next(is_complete)
    next_either = _next(is_complete | is_partial)
    by = np.where(is_complete, next_complete[due], next_either[due])
    by = np.where((is_complete | is_partial) & (by < ends), by, -1)
    stop = np.where(by >= 0, by, after)  # counts between are from `after` up to here, exclusive

    def between(marks: Marks) -> Codes:
        sums = np.concatenate([[0], np.cumsum(marks)]).astype(np.int64)
        return np.asarray(np.maximum(sums[stop] - sums[np.minimum(after, stop)], 0))

    ne, stable = between(is_ne), between(is_stable)
    others = between(~(is_complete | is_partial | is_ne | is_stable))
    first_complete = next_complete[np.minimum(after, len(found))]
    last_partial = _last(is_partial)
    worsened = (by >= 0) & (last_partial[by] > first_complete)
    fits = (by >= 0) & (others == 0) & (ne <= convention.max_not_evaluable)
    no_stable = fits & (stable == 0)
    complete = is_complete & no_stable & (between(is_partial) == 0)
    accepted = fits & (stable <= 1) if convention.accept_one_stable else no_stable
    return Confirmed(complete, is_partial & accepted & ~worsened, by, others, ne, stable, worsened)


def _place(found: History, days: int) -> Codes:
    """For each assessment the place of the first one of all at least `days` later."""
    if not len(found):
        return np.empty(0, dtype=np.int64)
    low = found.day.min()
    span = float(found.day.max() - low) + days + 1
    key = found.group * span + (found.day - low)
    return np.asarray(np.searchsorted(key, key + days, side="left"), dtype=np.int64)


def _next(marks: Marks) -> Codes:
    """For each place, and the one after the last, the first marked place from there on."""
    count = len(marks)
    places = np.where(np.append(marks, True), np.arange(count + 1), count)
    nexts: Codes = np.minimum.accumulate(places[::-1])[::-1].astype(np.int64)
    return nexts


def _last(marks: Marks) -> Codes:
    """For each place the last marked place up to there, -1 without one."""
    places = np.where(marks, np.arange(len(marks)), -1)
    return np.maximum.accumulate(places).astype(np.int64) if len(places) else places


def why_not(
    found: History, criteria: Criteria, convention: Convention, confirmed: Confirmed
) -> Reasons:
    """In words, whether each complete and partial response is confirmed; None for the others."""
    said: Reasons = np.full(len(found), None, dtype=object)
    asked = np.flatnonzero(criteria.are(found.answer, criteria.complete, criteria.partial))
    for place in asked.tolist():
        term = criteria.worst_first[found.answer[place]]
        said[place] = f"{term} {_verdict(found, criteria, convention, confirmed, place)}"
    return said


def _verdict(
    found: History, criteria: Criteria, convention: Convention, confirmed: Confirmed, place: int
) -> str:
    by = int(confirmed.by[place])
    is_complete = criteria.worst_first[found.answer[place]] == criteria.complete
    wanted = criteria.complete if is_complete else f"{criteria.complete} or {criteria.partial}"
    if by < 0:
        return f"not confirmed: no {wanted} at least {convention.confirm_days} days later"
    when = date_text(found.day[[by]])[0]
    if confirmed.either[place]:
        return f"confirmed by the assessment of {when}"
    start = f"not confirmed: until the {wanted} of {when} there "
    if confirmed.others[place]:
        return start + "is another response"
    if confirmed.not_evaluable[place] > convention.max_not_evaluable:
        return start + f"are {confirmed.not_evaluable[place]} {criteria.not_evaluable}"
    if confirmed.stable[place]:
        return start + f"is {criteria.stable}"
    return start + f"is {criteria.partial} after {criteria.complete}"


def _method(texts: Mapping[str, str]) -> str:
    stable = " or one stable disease" if texts["accept_one_stable"] == "yes" else ""
    return (
        f"Y when a complete or partial response ({texts['criteria']}) in {texts['responses']} is "
        f"confirmed at least {texts['confirm_days']} days later: complete by complete, partial by "
        f"partial or complete, with at most {texts['max_not_evaluable']} not evaluable{stable} "
        "between and no partial after complete response; date of the first of the pair. "
        "N otherwise."
    )


@algorithm(main="responses", method=_method, makes=MADE, holds=YES_OR_NO)
def confirmed_response(
    groups: Grouped,
    responses: Annotated[Selected, RESPONSES],
    criteria: CriteriaName = "RECIST 1.1",
    convention: Shared[Convention] = USUAL,
    subject: Column = default("USUBJID"),
    explain: Explaining = False,
) -> Made:
    """Whether a subject has a confirmed response, Y or N, and the date it began.

    1. Sort the responses of each subject by date; of one day the worst counts.
    2. A complete response is confirmed by the first complete response at least `confirm_days`
       later, when only complete responses and NE lie between.
    3. A partial response is confirmed by the first partial or complete response at least
       `confirm_days` later, when only those and NE lie between, and one stable disease if that
       is accepted, and no partial response follows a complete one up to and including that
       assessment.
    4. In both cases at most `max_not_evaluable` NE lie between.
    5. Y with the date of the earliest response confirmed; otherwise N.

    Missing: every subject of the rows gets a record; one without responses gets N. A response
    without complete date, or one that the criteria do not have, is left out with a finding.
    Ties: of two responses of one day the worst counts, then the one with the highest sequence.
    Source: RECIST 1.1 (Eisenhauer 2009), section 4.6 and table 3; iRECIST (Seymour 2017).
    Example: PR on 2024-01-01, NE and PR on 2024-02-01 give Y and 2024-01-01.

    Args:
        groups: the subjects, a group of rows each.
        responses: the overall responses, as far as they count.
        criteria: which words the responses are in.
        convention: how a response is confirmed.
        subject: the subject of the row.
        explain: whether to say of each response why it counts or not.
    """
    name = "confirmed_response"
    terms = CRITERIA[criteria]
    people = persons(groups, subject, name)
    found, issues = history(responses, people, terms.worst_first, name)
    confirmed = confirm(found, terms, convention)
    chosen = found.first(confirmed.either)
    explained: tuple[Considered, ...] = ()
    if explain:
        why = why_not(found, terms, convention, confirmed)
        told_of = np.flatnonzero([text is not None for text in why])
        is_chosen = chosen[found.group[told_of]] == told_of
        explained = (
            considered(
                responses, found.group[told_of], found.record[told_of], is_chosen, why[told_of]
            ),
        )
    return one_each(groups, responses, found, chosen, issues, explained)
