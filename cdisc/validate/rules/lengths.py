"""The limits of SAS XPT version 5: 200 bytes of text, 8 characters of name, 40 of label."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from cdisc.algorithms.columns.coded import coded
from cdisc.model import Severity
from cdisc.validate.columns import Column, arrow_text, as_mask, is_text, spread
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule, Statement

MAX_TEXT = 200
MAX_LABEL = 40
NAME = re.compile(r"[A-Z][A-Z0-9_]{0,7}")


def longer_than(values: Column, length: int) -> Mask:
    """Records whose text takes more bytes in UTF-8 than `length`."""
    if not is_text(values):
        return np.zeros(len(values), dtype=bool)
    found = coded(arrow_text(values))
    if found.longest <= length:
        return np.zeros(len(values), dtype=bool)
    return spread(found, lambda texts: as_mask(pc.greater(pc.binary_length(texts), length)))


def over_limit(evidence: Evidence) -> Mask:
    """Records whose text is longer than XPT can hold."""
    return longer_than(evidence.column, MAX_TEXT)


def over_declared(evidence: Evidence) -> Mask:
    """Records whose text is longer than the length declared for the variable."""
    return longer_than(evidence.column, int(evidence.params["lengths"][evidence.variables[0]]))


def bad_names(evidence: Evidence) -> Iterator[Statement]:
    """A statement for each variable whose name SAS XPT version 5 cannot hold."""
    for variable in evidence.dataset.variables:
        if not NAME.fullmatch(variable.name):
            yield Statement(variable=variable.name)


def bad_labels(evidence: Evidence) -> Iterator[Statement]:
    """A statement for each label that is empty, over 40 characters, or not ASCII."""
    for variable in evidence.dataset.variables:
        label = variable.label
        if not label.strip() or len(label) > MAX_LABEL or not label.isascii():
            yield Statement(variable=variable.name, says={"label": label, "size": str(len(label))})


RULES = (
    Rule(
        id="LENGTH.LIMIT",
        severity=Severity.ERROR,
        title="Text is longer than 200 bytes",
        description="SAS XPT version 5 holds 200 bytes of text; what is over goes to SUPP--.",
        message="{variable} has text of more than 200 bytes",
        reference="SDTMIG 3.4, section 4.5.3",
        kernel=over_limit,
        grain="rows",
        each=True,
    ),
    Rule(
        id="LENGTH.DECLARED",
        severity=Severity.ERROR,
        title="Text is longer than declared",
        description="No value takes more bytes than the length declared for its variable.",
        message="{variable} has text longer than its declared length",
        reference="Define-XML 2.1, section 4.3.1",
        kernel=over_declared,
        grain="rows",
        each=True,
    ),
    Rule(
        id="LENGTH.NAME",
        severity=Severity.ERROR,
        title="Variable name is not allowed",
        description="A name has up to 8 capital letters, digits and _, and begins with a letter.",
        message="{variable} is not a name of up to 8 capital letters, digits and underscores",
        reference="SAS Technical Support TS-140",
        kernel=bad_names,
        grain="dataset",
    ),
    Rule(
        id="LENGTH.LABEL",
        severity=Severity.ERROR,
        title="Label is not allowed",
        description="A variable has a label of 1 to 40 ASCII characters.",
        message="label '{label}' of {variable} is not 1 to 40 ASCII characters (it has {size})",
        reference="SAS Technical Support TS-140",
        kernel=bad_labels,
        grain="dataset",
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """Names, labels and text lengths of one dataset."""
    yield Check(rule="LENGTH.NAME", dataset=facts.name)
    yield Check(rule="LENGTH.LABEL", dataset=facts.name)
    if facts.texts:
        yield Check(rule="LENGTH.LIMIT", dataset=facts.name, variables=facts.texts)
    lengths = {
        v.name: v.length
        for v in facts.dataset.variables
        if v.type == "Char" and v.length is not None and v.length < MAX_TEXT
    }
    if lengths:
        yield Check(
            rule="LENGTH.DECLARED",
            dataset=facts.name,
            variables=tuple(lengths),
            params={"lengths": lengths},
        )
