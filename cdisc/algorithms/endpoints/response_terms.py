"""The words that response criteria have for an overall response, and how they rank."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cdisc.algorithms.columns.uniques import Codes
from cdisc.algorithms.endpoints.histories import Marks
from cdisc.errors import UsageError, did_you_mean

CriteriaName = Literal["RECIST 1.1", "iRECIST"]

MISSING = "MISSING"
"""What stands for the best response of a subject without any."""


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

    @property
    def calm(self) -> tuple[str, ...]:
        """The responses that are no progression and can be told."""
        return (self.complete, self.partial, self.stable, self.neither)

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
        worst_first=("PD", "NON-CR/NON-PD", "SD", "PR", "CR", "NE"),
    ),
    "iRECIST": Criteria(
        complete="iCR",
        partial="iPR",
        stable="iSD",
        neither="NON-iCR/NON-iUPD",
        progression="iCPD",
        unconfirmed="iUPD",
        best_first=("iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "iCPD", "iUPD", "NE"),
        worst_first=("iCPD", "iUPD", "NON-iCR/NON-iUPD", "iSD", "iPR", "iCR", "NE"),
    ),
}


def criteria_of(text: str) -> Criteria:
    """The criteria that a method text is about, RECIST 1.1 unless it names others."""
    return CRITERIA.get(text, CRITERIA["RECIST 1.1"])


def check_terms(algorithm: str, criteria: CriteriaName, terms: Iterable[str]) -> None:
    """Refuse terms that the criteria do not have."""
    known = CRITERIA[criteria].worst_first
    for term in terms:
        if term not in known:
            raise UsageError(
                f"{algorithm}: {criteria} has no response {term}",
                hint=did_you_mean(term, known) or f"It has {', '.join(known)}",
            )
