"""Which variables a dataset has, in what order, with which labels, and which may be null."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from cdisc.errors import did_you_mean
from cdisc.model import Severity
from cdisc.standards.never_null import NEVER_NULL
from cdisc.validate.columns import missing
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule, Statement


def absent_variables(evidence: Evidence) -> Iterator[Statement]:
    """A statement for each named variable that the frame does not have."""
    for name in evidence.variables:
        if name not in evidence.frame.columns:
            yield Statement(variable=name)


def null_values(evidence: Evidence) -> Mask:
    """Records where the variable is missing."""
    return missing(evidence.column)


def unknown_variables(evidence: Evidence) -> Iterator[Statement]:
    """A statement for each variable of the frame that is not among the known ones."""
    for name in evidence.frame.columns:
        if name not in evidence.variables:
            yield Statement(variable=name, hint=did_you_mean(name, evidence.variables))


def disordered_variables(evidence: Evidence) -> Iterator[Statement]:
    """A statement for each variable followed by one that the standard puts before it.

    The check's variables are in the order of the standard.
    """
    place = {name: position for position, name in enumerate(evidence.variables)}
    names = [name for name in evidence.frame.columns if name in place]
    for before, after in pairwise(names):
        if place[before] > place[after]:
            yield Statement(variable=after, says={"before": before})


def wrong_labels(evidence: Evidence) -> Iterator[Statement]:
    """A statement for each variable whose label is not the standard's, to the letter."""
    for variable in evidence.dataset.variables:
        wanted = evidence.params["labels"].get(variable.name)
        if wanted is not None and variable.label != wanted:
            yield Statement(
                variable=variable.name, says={"label": variable.label, "wanted": wanted}
            )


def no_records(evidence: Evidence) -> Iterator[Statement]:
    """One statement when the dataset is empty."""
    if len(evidence.frame) == 0:
        yield Statement()


RULES = (
    Rule(
        id="STRUCTURE.REQUIRED",
        severity=Severity.ERROR,
        title="Required variable is absent",
        description="Every variable whose core is Req must be in the dataset.",
        message="required variable {variable} is not in {dataset}",
        reference="SDTMIG 3.4, section 4.1.5",
        kernel=absent_variables,
        grain="dataset",
    ),
    Rule(
        id="STRUCTURE.EXPECTED",
        severity=Severity.WARNING,
        title="Expected variable is absent",
        description="A variable whose core is Exp belongs in the dataset even when it is null.",
        message="expected variable {variable} is not in {dataset}",
        reference="SDTMIG 3.4, section 4.1.5",
        kernel=absent_variables,
        grain="dataset",
    ),
    Rule(
        id="STRUCTURE.NULL",
        severity=Severity.ERROR,
        title="Required variable is null",
        description="A variable whose core is Req has a value on every record; in ADaM these are "
        "identifiers, parameters and population flags.",
        message="{variable} is required and has no value",
        reference="SDTMIG 3.4, section 4.1.5",
        kernel=null_values,
        grain="rows",
        each=True,
    ),
    Rule(
        id="STRUCTURE.UNKNOWN",
        severity=Severity.ERROR,
        title="Variable is not in the standard",
        description="An SDTM dataset has only variables of the model; a study's own go to SUPP--.",
        message="variable {variable} is not a variable of {dataset} in the standard",
        reference="SDTMIG 3.4, section 2.5",
        kernel=unknown_variables,
        grain="dataset",
    ),
    Rule(
        id="STRUCTURE.ORDER",
        severity=Severity.ERROR,
        title="Variables are out of order",
        description="Variables stand in the order of the standard.",
        message="variable {variable} stands after {before}, the standard puts it before",
        reference="SDTMIG 3.4, section 4.1.4",
        kernel=disordered_variables,
        grain="dataset",
    ),
    Rule(
        id="STRUCTURE.LABEL",
        severity=Severity.ERROR,
        title="Label differs from the standard",
        description="The label of a standard variable is the standard's, to the letter.",
        message="label of {variable} is '{label}', the standard says '{wanted}'",
        reference="SDTMIG 3.4, section 3.2.2",
        kernel=wrong_labels,
        grain="dataset",
    ),
    Rule(
        id="STRUCTURE.EMPTY",
        severity=Severity.WARNING,
        title="Dataset has no records",
        description="A dataset without records is not submitted.",
        message="{dataset} has no records",
        reference="SDTMIG 3.4, section 3.2",
        kernel=no_records,
        grain="dataset",
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """Presence, order, labels and required values of one dataset.

    Order and unknown variables are asked of SDTM only: an ADaM dataset may have variables of its
    own, anywhere.
    """
    yield Check(rule="STRUCTURE.EMPTY", dataset=facts.name)
    if not facts.standard:
        return
    for core, rule in (("Req", "STRUCTURE.REQUIRED"), ("Exp", "STRUCTURE.EXPECTED")):
        names = tuple(s.name for s in facts.standard.values() if s.core == core)
        if names:
            yield Check(rule=rule, dataset=facts.name, variables=names)
    if facts.tabulation:
        required = tuple(v.name for v, s in facts.known() if s.core == "Req")
    else:
        required = tuple(v.name for v, _ in facts.known() if v.name in NEVER_NULL)
    if required:
        yield Check(rule="STRUCTURE.NULL", dataset=facts.name, variables=required)
    labels = {v.name: s.label for v, s in facts.known() if s.label}
    if labels:
        yield Check(
            rule="STRUCTURE.LABEL",
            dataset=facts.name,
            variables=tuple(labels),
            params={"labels": labels},
        )
    if facts.tabulation:
        known = tuple(facts.standard)
        yield Check(rule="STRUCTURE.UNKNOWN", dataset=facts.name, variables=known)
        yield Check(rule="STRUCTURE.ORDER", dataset=facts.name, variables=known)
