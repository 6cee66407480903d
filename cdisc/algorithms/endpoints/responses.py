"""Tumor response: what the parts of an assessment make together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.arguments import Column, Condition, Result
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import distinct, spread_text
from cdisc.algorithms.endpoints.response_terms import CRITERIA
from cdisc.algorithms.registry import algorithm

_TERMS = CRITERIA["RECIST 1.1"]
_BAD_OR_UNKNOWN = (_TERMS.progression, _TERMS.not_evaluable)
TARGET = (_TERMS.complete, _TERMS.partial, _TERMS.stable, *_BAD_OR_UNKNOWN)
NON_TARGET = (_TERMS.complete, _TERMS.neither, *_BAD_OR_UNKNOWN)
ANSWERS = (*TARGET, _TERMS.neither)
CR, PR, SD, PD, NE, NON_CR_NON_PD = range(len(ANSWERS))
NONE = -1
_STRANGE = -2


@algorithm(
    main="target",
    method="RECIST 1.1: PD when {target} or {non_target} is PD or {new_lesion}; NE when {target} "
    "is; CR when {target} is CR and {non_target} is CR or there is none, otherwise PR; PR and SD "
    "of {target}; {non_target} when there are no targets.",
    gives="text",
)
def overall_response(target: Column, non_target: Column, new_lesion: Condition) -> Result:
    """The overall response that target, non-target and new lesions give by RECIST 1.1.

    1. PD when target or non-target lesions are PD, or there is a new lesion.
    2. NE when the targets are.
    3. Targets CR: CR when the non-targets are CR or there are none, otherwise PR.
    4. PR or SD of the targets.
    5. Without targets, the response of the non-targets.

    Missing: without either response and without a new lesion there is none. A word that RECIST
    does not know gives a missing response and a finding.
    Source: RECIST 1.1 (Eisenhauer 2009), tables 1 to 3.
    Example: target CR, non-target NON-CR/NON-PD and no new lesion give PR.

    Args:
        target: the response of the target lesions: CR, PR, SD, PD, NE.
        non_target: the response of the others: CR, NON-CR/NON-PD, PD, NE.
        new_lesion: whether there is an unequivocal new lesion.
    """
    ours, others = distinct(target), distinct(non_target)
    t = _known(ours.texts, TARGET)[ours.codes]
    n = _known(others.texts, NON_TARGET)[others.codes]
    strange = (t == _STRANGE) | (n == _STRANGE)
    response = np.where(strange & ~new_lesion, NONE, combined(t, n, new_lesion))
    issues = (
        *issue(
            "overall_response.unknown", "{value} is no response of targets", t == _STRANGE, target
        ),
        *issue(
            "overall_response.unknown",
            "{value} is no response of non-targets",
            n == _STRANGE,
            non_target,
        ),
    )
    return Result(spread_text(response.astype(np.int64), list(ANSWERS)), issues)


def combined(
    target: npt.NDArray[np.int64], non_target: npt.NDArray[np.int64], new: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """The overall response by number among ANSWERS; NONE where there is neither part nor new."""
    response: npt.NDArray[np.int64] = np.select(
        [
            (target == PD) | (non_target == PD) | new,
            target == NE,
            (target == CR) & ((non_target == CR) | (non_target == NONE)),
            target == CR,
            target >= 0,
            non_target >= 0,
        ],
        [PD, NE, CR, PR, target, non_target],
        default=NONE,
    )
    return response


def _known(texts: list[str], words: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """The number among ANSWERS of each text, one more for a missing one at the end."""
    numbers = [ANSWERS.index(text) if text in words else _STRANGE for text in texts]
    return np.array([*numbers, NONE], dtype=np.int64)
