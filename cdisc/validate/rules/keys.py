"""Whether records can be told apart: declared keys, and --SEQ within a subject."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from cdisc.model import Severity
from cdisc.validate.columns import codes_of
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule


def not_unique(frame: pd.DataFrame, names: Sequence[str]) -> Mask:
    """Records that share the values of `names` with another record; missing equals missing."""
    if not len(frame):
        return np.zeros(0, dtype=bool)
    # Whole-column codes keep one row of integers a record, whatever the texts.
    codes = [codes_of(frame[name]) for name in names]
    table = pd.DataFrame(dict(enumerate(codes)))
    return table.duplicated(keep=False).to_numpy(dtype=bool)


def _not_unique(evidence: Evidence) -> Mask:
    return not_unique(evidence.frame, evidence.variables)


def _of_several_subjects(check: Check) -> bool:
    return "USUBJID" not in check.variables


RULES = (
    Rule(
        id="KEY.UNIQUE",
        severity=Severity.ERROR,
        title="Records share their keys",
        description="The keys declared for a dataset identify each record; no two have the same.",
        message="records are not unique by {variables}",
        reference="Define-XML 2.1, section 4.2 (KeySequence)",
        kernel=_not_unique,
        grain="rows",
        of_record=True,
        across=_of_several_subjects,
    ),
    Rule(
        id="KEY.SEQUENCE",
        severity=Severity.ERROR,
        title="Sequence number is not unique",
        description="--SEQ numbers the records of a subject; each number is used once.",
        message="{variable} is not unique within {within}",
        reference="SDTMIG 3.4, section 4.1.7",
        kernel=_not_unique,
        grain="rows",
        across=_of_several_subjects,
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """The declared keys, and the sequence number when the dataset has one."""
    keys = facts.dataset.keys
    if keys:
        yield Check(rule="KEY.UNIQUE", dataset=facts.name, variables=keys)
    sequence = sequence_name(facts)
    within = next((name for name in ("USUBJID", "TSPARMCD") if name in facts.names), "")
    if sequence and within:
        yield Check(
            rule="KEY.SEQUENCE",
            dataset=facts.name,
            variables=(sequence, within),
            params={"within": within},
        )


def sequence_name(facts: Facts) -> str:
    """The dataset's own sequence variable: AESEQ of AE, ASEQ of an analysis dataset, or empty."""
    own = f"{facts.name[:2]}SEQ" if facts.tabulation else "ASEQ"
    return own if own in facts.names else ""
