"""Times to event: one for each subject and parameter, with what ended or censored it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc.algorithms.columns.records import groups_of
from cdisc.model import Severity
from cdisc.validate.columns import Column, missing
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule
from cdisc.validate.rules.keys import not_unique

KEYS = ("USUBJID", "PARAMCD")


def not_censoring(values: Column) -> Mask:
    """Records whose censoring is not 0 or a whole number above it; missing fails too."""
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(~((numbers >= 0) & (numbers == np.rint(numbers))), dtype=bool)


def undecided(censoring: Column, described: Column, parameter: Column) -> Mask:
    """Records whose description stands for events and for censored times of one parameter."""
    numbers = censoring.to_numpy(dtype=np.float64, na_value=np.nan)
    there = ~missing(described) & ~np.isnan(numbers)
    groups = groups_of([parameter, described])
    sides = []
    for side in (numbers == 0, numbers > 0):
        found = np.zeros(groups.count, dtype=bool)
        found[groups.of[there & side]] = True
        sides.append(found)
    return np.asarray(there & (sides[0] & sides[1])[groups.of], dtype=bool)


def _several(evidence: Evidence) -> Mask:
    return not_unique(evidence.frame, evidence.variables)


def _censoring(evidence: Evidence) -> Mask:
    return not_censoring(evidence.column)


def _undescribed(evidence: Evidence) -> Mask:
    described, censoring = evidence.variables
    return missing(evidence.frame[described]) & ~missing(evidence.frame[censoring])


def _undecided(evidence: Evidence) -> Mask:
    described, censoring, parameter = (evidence.frame[name] for name in evidence.variables)
    return undecided(censoring, described, parameter)


def _reason_of_event(evidence: Evidence) -> Mask:
    reason, censoring = (evidence.frame[name] for name in evidence.variables)
    return np.asarray(~missing(reason) & (censoring == 0).to_numpy(dtype=bool), dtype=bool)


RULES = (
    Rule(
        id="TTE.RECORDS",
        severity=Severity.ERROR,
        title="Several times of one subject and parameter",
        description="A subject has at most one time to event for each parameter.",
        message="a subject has several records of one PARAMCD",
        reference="ADaM BDS for Time-to-Event Analyses 1.0, section 2",
        kernel=_several,
        grain="rows",
        of_record=True,
    ),
    Rule(
        id="TTE.CENSOR",
        severity=Severity.ERROR,
        title="Censoring is not a whole number from 0",
        description="CNSR is 0 for an event and a positive whole number for a censored time.",
        message="{0!r} in {variable} is not 0 or a positive whole number",
        reference="ADaMIG 1.3, section 3.3; ADaM Conformance Rules 5.0, 169",
        kernel=_censoring,
    ),
    Rule(
        id="TTE.UNDESCRIBED",
        severity=Severity.WARNING,
        title="Event or censoring is not described",
        description="EVNTDESC says what ended or censored each time.",
        message="{variable} says nothing of the event or the censoring",
        reference="ADaM BDS for Time-to-Event Analyses 1.0, section 2",
        kernel=_undescribed,
        grain="rows",
    ),
    Rule(
        id="TTE.DESCRIBED",
        severity=Severity.WARNING,
        title="One description for events and censored times",
        description="Within a parameter a description stands for events or for censored times.",
        message="{0!r} in {variable} describes events and censored times of one parameter",
        reference="ADaM BDS for Time-to-Event Analyses 1.0, section 2",
        kernel=_undecided,
        shown=1,
        across=lambda _check: True,
    ),
    Rule(
        id="TTE.REASON",
        severity=Severity.ERROR,
        title="Reason of censoring beside an event",
        description="CNSDTDSC says how a censored time was dated; an event has none.",
        message="{variable} has a value though CNSR is 0",
        reference="ADaM BDS for Time-to-Event Analyses 1.0, section 2",
        kernel=_reason_of_event,
        grain="rows",
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """The records of one dataset of times to event, which has CNSR."""
    names = set(facts.names)
    if facts.tabulation or not {*KEYS, "CNSR"} <= names:
        return
    yield Check(rule="TTE.RECORDS", dataset=facts.name, variables=KEYS)
    yield Check(rule="TTE.CENSOR", dataset=facts.name, variables=("CNSR",))
    if "EVNTDESC" in names:
        yield Check(rule="TTE.UNDESCRIBED", dataset=facts.name, variables=("EVNTDESC", "CNSR"))
        yield Check(
            rule="TTE.DESCRIBED", dataset=facts.name, variables=("EVNTDESC", "CNSR", "PARAMCD")
        )
    if "CNSDTDSC" in names:
        yield Check(rule="TTE.REASON", dataset=facts.name, variables=("CNSDTDSC", "CNSR"))
