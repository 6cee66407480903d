"""Best overall response, with or without confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Considered,
    DateColumn,
    Explaining,
    Grouped,
    Issue,
    Made,
    Selected,
    Shared,
    default,
)
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import Codes, spread_text
from cdisc.algorithms.endpoints.confirmation import (
    USUAL,
    Confirmed,
    Convention,
    Reasons,
    confirm,
    why_not,
)
from cdisc.algorithms.endpoints.histories import (
    Days,
    History,
    Marks,
    considered,
    date_text,
    history,
    of_group,
    persons,
)
from cdisc.algorithms.endpoints.response_records import MADE, RESPONSES, made_records
from cdisc.algorithms.endpoints.response_terms import (
    CRITERIA,
    MISSING,
    Criteria,
    CriteriaName,
    criteria_of,
)
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError


def _method(texts: Mapping[str, str]) -> str:
    terms = criteria_of(texts["criteria"])
    order = ", ".join((*terms.best_first, MISSING))
    text = (
        f"The best of the responses in {texts['responses']}, in the order {order}. "
        f"{terms.stable} and {terms.neither} count from {texts['stable_days']} days after "
        f"{texts['reference']}, earlier ones as {terms.not_evaluable}."
    )
    if texts["confirmed"] == "yes":
        stable = " or one stable disease" if texts["accept_one_stable"] == "yes" else ""
        text += (
            f" {terms.complete} and {terms.partial} count when confirmed at least "
            f"{texts['confirm_days']} days later, with at most {texts['max_not_evaluable']} "
            f"{terms.not_evaluable}{stable} between; unconfirmed ones count as {terms.stable}, "
            f"and before that day as {terms.not_evaluable}, which any progression outranks."
        )
    return text + f" Without responses {texts['without']}."


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """What each assessment counts as: a number in `best_first`; whether it was too early."""

    rank: Codes
    early: Marks


@algorithm(main="responses", method=_method, makes=MADE)
def best_overall_response(
    groups: Grouped,
    responses: Annotated[Selected, RESPONSES],
    reference: DateColumn,
    stable_days: int,
    confirmed: bool,
    criteria: CriteriaName = "RECIST 1.1",
    convention: Shared[Convention] = USUAL,
    without: Literal["MISSING", "NE"] = "MISSING",
    subject: Column = default("USUBJID"),
    explain: Explaining = False,
) -> Made:
    """The best overall response of each subject.

    1. Sort the responses of each subject by date; of one day the worst counts.
    2. Stable disease (and NON-CR/NON-PD) counts from `stable_days` after the reference date on;
       an earlier one counts as NE. Progression has no such window.
    3. With `confirmed`, a complete or partial response counts when it is confirmed, as
       `confirmed_response` says. An unconfirmed one counts as stable disease, and as NE when it
       lies before `stable_days`.
    4. An iUPD that iSD, iPR, iCR or NON-iCR/NON-iUPD follows later counts as NE.
    5. Take the best in the order CR, PR, SD, NON-CR/NON-PD, PD, NE (iRECIST: iCR, iPR, iSD,
       NON-iCR/NON-iUPD, iCPD, iUPD, NE), with the date of the first that counts as such.

    Missing: a subject without responses gets MISSING, or NE as `without` says, without a date.
    Without a reference date stable disease counts as NE, with a finding. AVAL is the place of
    the response in the order, MISSING is last.
    Ties: of two responses of one day the worst counts, then the one with the highest sequence.
    Source: RECIST 1.1 (Eisenhauer 2009), section 4.6 and table 3; iRECIST (Seymour 2017).
    Example: PR, SD, PD, the PR not confirmed, gives PR, and SD with `confirmed`.

    Args:
        groups: the subjects, a group of rows each.
        responses: the overall responses, as far as they count.
        reference: the date from which the window of stable disease is counted.
        stable_days: days from the reference date after which stable disease counts.
        confirmed: whether complete and partial response must be confirmed.
        criteria: which words the responses are in.
        convention: how a response is confirmed.
        without: what a subject without any response gets.
        subject: the subject of the row.
        explain: whether to say of each response what it counts as.
    """
    name = "best_overall_response"
    if stable_days < 0:
        raise UsageError(f"{name}: stable_days cannot be negative")
    terms = CRITERIA[criteria]
    people = persons(groups, subject, name)
    start, issues = of_group(reference, groups, name, "reference")
    found, told = history(responses, people, terms.worst_first, name)
    pairs = confirm(found, terms, convention) if confirmed else None
    judged = _judged(found, terms, start + stable_days, pairs)
    chosen = _best(found, judged.rank)
    issues += told
    issues += _no_reference(groups, found, terms, start)
    none = len(terms.best_first) if without == MISSING else terms.best_first.index("NE")
    rank = np.full(groups.count, none, dtype=np.int64)
    record = np.full(groups.count, -1, dtype=np.int64)
    known = chosen >= 0
    rank[known] = judged.rank[chosen[known]]
    record[known] = found.record[chosen[known]]
    asked: tuple[Considered, ...] = ()
    if explain:
        said = why_not(found, terms, convention, pairs) if pairs is not None else None
        taken = chosen[found.group] == np.arange(len(found))
        why = _why(found, terms, judged, start + stable_days, taken, said)
        asked = (considered(responses, found.group, found.record, taken, why),)
    return made_records(
        groups,
        responses,
        record,
        spread_text(rank, [*terms.best_first, MISSING]),
        pd.Series(rank + 1.0),
        issues,
        asked,
    )


def _judged(found: History, terms: Criteria, since: Days, pairs: Confirmed | None) -> _Judged:
    """What each assessment counts as. `since` is the day, a subject each, of stable disease."""
    place = {term: number for number, term in enumerate(terms.best_first)}
    rank = np.array([place[term] for term in terms.worst_first], dtype=np.int64)[found.answer]
    early = ~(found.day >= since[found.group])
    if terms.unconfirmed:
        calm = found.last(terms.are(found.answer, *terms.calm))[found.group]
        reset = terms.are(found.answer, terms.unconfirmed) & (calm > np.arange(len(found)))
        rank = np.where(reset, place[terms.not_evaluable], rank)
    if pairs is not None:
        response = terms.are(found.answer, terms.complete, terms.partial)
        rank = np.where(response & ~pairs.either, place[terms.stable], rank)
    windowed = np.isin(rank, (place[terms.stable], place[terms.neither]))
    return _Judged(np.where(windowed & early, place[terms.not_evaluable], rank), windowed & early)


def _best(found: History, rank: Codes) -> Codes:
    """For each subject the place of the first assessment of the best rank, -1 without any."""
    best = np.full(found.count, np.iinfo(np.int64).max)
    starts = np.flatnonzero(found.starts)
    if len(starts):
        best[found.group[starts]] = np.minimum.reduceat(rank, starts)
    return found.first(rank == best[found.group])


def _no_reference(
    groups: Grouped, found: History, terms: Criteria, start: Days
) -> tuple[Issue, ...]:
    asked = np.zeros(found.count, dtype=np.bool_)
    stable = terms.are(found.answer, terms.stable, terms.neither)
    asked[found.group[stable]] = True
    where = np.zeros(len(groups.of), dtype=np.bool_)
    where[groups.first[asked & np.isnan(start)]] = True
    return issue(
        "best_overall_response.no_reference",
        "there is no reference date, so stable disease counts as NE",
        where,
    )


def _why(
    found: History,
    terms: Criteria,
    judged: _Judged,
    since: Days,
    taken: Marks,
    said: Reasons | None,
) -> list[str]:
    """In words what each assessment counts as."""
    limit = date_text(since)[found.group]
    texts = []
    for place, (answer, rank) in enumerate(
        zip(found.answer.tolist(), judged.rank.tolist(), strict=True)
    ):
        text = (said[place] if said is not None else None) or terms.worst_first[answer]
        text += f"; counts as {terms.best_first[rank]}"
        if judged.early[place]:
            text += f", as it is before {limit[place]}"
        if taken[place]:
            text += "; the first of the best"
        texts.append(text)
    return texts
