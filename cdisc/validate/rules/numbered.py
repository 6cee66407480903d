"""Texts and the numbers that stand for them: one number for each text, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cdisc.algorithms.columns.records import group_codes
from cdisc.model import Severity
from cdisc.validate.columns import Column
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule
from cdisc.validate.rules.testcodes import not_one_to_one

WITHIN_PARAMETER = frozenset({"AVISIT", "ATPT"})
"""What is numbered for each parameter by itself (ADaMIG 1.3, section 3.3)."""


def not_one_to_one_within(left: Column, right: Column, within: Column) -> Mask:
    """Records whose value on one side has several on the other, in their group.

    Records with either value missing are left out.
    """
    there = np.flatnonzero((left.notna() & right.notna()).to_numpy(dtype=bool))
    result = np.zeros(len(left), dtype=bool)
    one, other, group = (c.take(there).reset_index(drop=True) for c in (left, right, within))
    sides = [group_codes([group, column]) for column in (one, other)]
    result[there] = not_one_to_one(pd.Series(sides[0]), pd.Series(sides[1]))
    return result


def _pair(evidence: Evidence) -> Mask:
    text, number = (evidence.frame[name] for name in evidence.variables[:2])
    within = evidence.params["within"]
    if not within:
        return not_one_to_one(text, number)
    return not_one_to_one_within(text, number, evidence.frame[within])


RULES = (
    Rule(
        id="NUMBERED.PAIR",
        severity=Severity.ERROR,
        title="Text and its number are not one to one",
        description="A text always goes with the same number, and a number with the same text.",
        message="{texts} {0!r} with {numbers} {1!r} is not one to one",
        reference="ADaMIG 1.3, section 3.1; ADaM Conformance Rules 5.0, 92 to 118, 146, 147",
        kernel=_pair,
        shown=2,
        across=lambda _check: True,
    ),
    Rule(
        id="NUMBERED.RESULT",
        severity=Severity.WARNING,
        title="Analysis value and its text are not one to one",
        description="Where a parameter has both AVAL and AVALC, each value has one text.",
        message="{texts} {0!r} with {numbers} {1!r} is not one to one within a parameter",
        reference="ADaMIG 1.3, section 3.3; ADaM Conformance Rules 5.0, 149, 150",
        kernel=_pair,
        shown=2,
        across=lambda _check: True,
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """The texts of one analysis dataset that have a number, and its results in both forms."""
    if facts.tabulation:
        return
    numbers = {v.name for v in facts.dataset.variables if v.type == "Num"}
    parameters = "PARAMCD" in facts.names
    for name in facts.texts:
        number = f"{name}N"
        if number in numbers:
            within = "PARAMCD" if parameters and name in WITHIN_PARAMETER else ""
            yield _check(facts, "NUMBERED.PAIR", name, number, within)
    if parameters and "AVALC" in facts.texts and "AVAL" in numbers:
        yield _check(facts, "NUMBERED.RESULT", "AVALC", "AVAL", "PARAMCD")


def _check(facts: Facts, rule: str, text: str, number: str, within: str) -> Check:
    return Check(
        rule=rule,
        dataset=facts.name,
        variables=(text, number, *([within] if within else [])),
        params={"texts": text, "numbers": number, "within": within},
    )
