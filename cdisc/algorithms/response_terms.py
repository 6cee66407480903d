"""The words that response criteria have for an overall response, and how they rank."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from cdisc.algorithms.histories import History, Marks
from cdisc.algorithms.uniques import Codes

CriteriaName = Literal["RECIST 1.1", "iRECIST"]
CompleteThenPartial = Literal["as_reported", "pd", "sd"]


@dataclass(frozen=True, slots=True)
class Criteria:
    """The terms of one set of criteria.

    `neither` is the response of persons without target lesions; `unconfirmed` the progression
    that still has to be confirmed, empty where one assessment is enough. `best_first` ranks the
    best overall response, `worst_first` the responses of one day.
    """

    complete: str
    partial: str
    stable: str
    neither: str
    progression: str
    unconfirmed: str
    best_first: tuple[str, ...]
    worst_first: tuple[str, ...]
    not_evaluable: str = "NE"

    def number(self, *terms: str) -> tuple[int, ...]:
        """Terms as numbers among `worst_first`, as a history has them."""
        return tuple(self.worst_first.index(term) for term in terms)

    def are(self, answers: Codes, *terms: str) -> Marks:
        """Which answers are one of the terms."""
        return np.isin(answers, self.number(*terms))


CRITERIA = {
    "RECIST 1.1": Criteria(
        complete="CR",
        partial="PR",
        stable="SD",
        neither="NON-CR/NON-PD",
        progression="PD",
        unconfirmed="",
        best_first=("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"),
        worst_first=("PD", "SD", "NON-CR/NON-PD", "PR", "CR", "NE"),
    ),
    "iRECIST": Criteria(
        complete="iCR",
        partial="iPR",
        stable="iSD",
        neither="NON-iCR/NON-iUPD",
        progression="iCPD",
        unconfirmed="iUPD",
        best_first=("iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "iCPD", "iUPD", "NE"),
        worst_first=("iCPD", "iUPD", "iSD", "NON-iCR/NON-iUPD", "iPR", "iCR", "NE"),
    ),
}


def settled(
    found: History, criteria: Criteria, policy: CompleteThenPartial
) -> tuple[History, Marks]:
    """The history with partial responses after a complete one read as the policy says.

    `as_reported` leaves them; `sd` makes them stable disease; `pd` makes them progression, which
    ends the history. Returns it with a mark on each subject that has such a response.
    """
    complete, partial, stable, progression = criteria.number(
        criteria.complete, criteria.partial, criteria.stable, criteria.progression
    )
    first = found.first(found.answer == complete)[found.group]
    later = (first >= 0) & (np.arange(len(found)) > first) & (found.answer == partial)
    concerned = np.zeros(found.count, dtype=np.bool_)
    concerned[found.group[later]] = True
    if policy == "as_reported" or not later.any():
        return found, concerned
    read = stable if policy == "sd" else progression
    found = replace(found, answer=np.where(later, read, found.answer))
    if policy == "pd":
        end = found.first(later)[found.group]
        found = found.where((end < 0) | (np.arange(len(found)) <= end))
    return found, concerned
