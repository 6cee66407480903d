"""Clinical benefit: a response, or disease that stayed stable long enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Considered,
    DateColumn,
    Explaining,
    Grouped,
    Made,
    Selected,
    default,
    records,
)
from cdisc.algorithms.columns.uniques import Codes
from cdisc.algorithms.endpoints.censoring import dated
from cdisc.algorithms.endpoints.histories import (
    Days,
    considered,
    date_text,
    dates_of,
    days_of,
    history,
    of_group,
    persons,
    present,
    taken,
    told,
)
from cdisc.algorithms.endpoints.response_records import (
    MADE,
    RESPONSES,
    YES_OR_NO,
    yes_or_no,
)
from cdisc.algorithms.endpoints.response_terms import CRITERIA, CriteriaName, criteria_of
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError


def _benefit_method(texts: Mapping[str, str]) -> str:
    terms = criteria_of(texts["criteria"])
    calm = terms.calm if texts["neither_counts"] == "yes" else terms.calm[:-1]
    return (
        f"Y for a responder in {texts['responders']}, and when a response in {texts['responses']} "
        f"is {', '.join(calm[:-1])} or {calm[-1]} at least "
        f"{texts['at_least_days']} days after {texts['reference']}; date of the earlier of the "
        "two. N otherwise."
    )


@algorithm(main="responses", method=_benefit_method, makes=MADE, holds=YES_OR_NO)
def clinical_benefit(
    groups: Grouped,
    responses: Annotated[Selected, RESPONSES],
    responders: Annotated[
        Selected,
        records(by="USUBJID", date="ADT", domain="SRCDOM", variable="SRCVAR", sequence="SRCSEQ"),
    ],
    reference: DateColumn,
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
    benefit. A response or responder without complete date does not count, with a finding.
    Ties: of a response and an assessment of one day the response; of responders of one day the one
    with the lowest sequence.
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
    found, strange = history(responses, people, terms.worst_first, name)
    limit = start + at_least_days
    calm = terms.calm if neither_counts else terms.calm[:-1]
    good = terms.are(found.answer, *calm)
    long_enough = good & (found.day >= limit[found.group])
    chosen = found.first(long_enough)
    assessed = found.record_of(chosen)
    by_day, undated = dated(responders, people, name, "response")
    theirs = people.of(responders["by"])
    undated += told(
        groups,
        f"{name}.no_date",
        "a responder has no date of response, so the response does not count",
        theirs,
        (theirs >= 0) & ~present(responders["date"]),
    )
    answered = by_day.record_of(by_day.first(np.ones(len(by_day), dtype=np.bool_)))
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
                by_day.group,
                by_day.record,
                by_response[by_day.group] & (answered[by_day.group] == by_day.record),
                ["the response" if by_response[g] else "later" for g in by_day.group.tolist()],
            ),
        )
    return yes_or_no(groups, both, record, issues + strange + undated, asked)


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
