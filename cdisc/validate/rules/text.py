"""What text may hold: printable ASCII, no blanks at either end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.model import Severity
from cdisc.validate.columns import Column, as_mask, is_text, test_distinct
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule


def not_printable_ascii(values: Column) -> Mask:
    """Records with a character outside the printable ASCII range, tabs and line ends included."""
    if not is_text(values):
        return np.zeros(len(values), dtype=bool)
    return test_distinct(values, _not_printable)


def _not_printable(distinct: pa.Array) -> Mask:
    return as_mask(pc.match_substring_regex(distinct, r"[^\x20-\x7e]"))


def outer_blanks(values: Column) -> Mask:
    """Records whose text begins or ends with white space; a text of blanks alone is missing."""
    if not is_text(values):
        return np.zeros(len(values), dtype=bool)
    return test_distinct(values, _outer_blanks)


def _outer_blanks(distinct: pa.Array) -> Mask:
    trimmed = pc.utf8_trim_whitespace(distinct)
    return as_mask(pc.and_(pc.not_equal(trimmed, distinct), pc.not_equal(trimmed, "")))


def _ascii(evidence: Evidence) -> Mask:
    return not_printable_ascii(evidence.column)


def _blanks(evidence: Evidence) -> Mask:
    return outer_blanks(evidence.column)


RULES = (
    Rule(
        id="TEXT.ASCII",
        severity=Severity.ERROR,
        title="Text is not printable ASCII",
        description="Submitted text holds printable ASCII only: no accents, tabs or line ends.",
        message="{0!a} in {variable} has a character that is not printable ASCII",
        reference="FDA Study Data Technical Conformance Guide, section 3.3",
        kernel=_ascii,
        each=True,
        texts=_not_printable,
    ),
    Rule(
        id="TEXT.BLANKS",
        severity=Severity.WARNING,
        title="Text begins or ends with a blank",
        description="A blank at either end makes two values of what reads as one.",
        message="{0!r} in {variable} begins or ends with a blank",
        reference="SDTMIG 3.4, section 4.2",
        kernel=_blanks,
        each=True,
        texts=_outer_blanks,
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """Every character variable of one dataset."""
    if facts.texts:
        yield Check(rule="TEXT.ASCII", dataset=facts.name, variables=facts.texts)
        yield Check(rule="TEXT.BLANKS", dataset=facts.name, variables=facts.texts)
