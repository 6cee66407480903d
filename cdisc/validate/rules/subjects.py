"""Who and what a record belongs to: a subject of the study, one study, one domain."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc.model import Severity
from cdisc.validate.columns import Column, missing
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule
from cdisc.validate.rules.terminology import not_in


def not_a_subject(subjects: Column, known: Column) -> Mask:
    """Records whose USUBJID is present and not among the known ones."""
    return not_in(subjects, known.dropna().unique().tolist())


def not_constant(values: Column, expected: str) -> Mask:
    """Records whose value is present and not the expected one; an empty text means the first's."""
    present = ~missing(values)
    if not expected and present.any():
        expected = str(values.iloc[int(np.argmax(present))])
    return not_in(values, [expected]) & present


def _not_a_subject(evidence: Evidence) -> Mask:
    table = evidence.others[evidence.params["subjects"]].frame
    if "USUBJID" not in table.columns:
        return ~missing(evidence.column)
    return not_a_subject(evidence.column, table["USUBJID"])


def _not_constant(evidence: Evidence) -> Mask:
    return not_constant(evidence.column, evidence.params["value"])


RULES = (
    Rule(
        id="SUBJECT.UNKNOWN",
        severity=Severity.ERROR,
        title="Subject is not in the subject list",
        description="Every USUBJID has its record in DM (SDTM) or ADSL (ADaM).",
        message="subject {0!r} is not in {subjects}",
        reference="SDTMIG 3.4, section 5.2; ADaMIG 1.3, section 2.3.1",
        kernel=_not_a_subject,
        needs=("subjects",),
    ),
    Rule(
        id="CONSTANT.STUDY",
        severity=Severity.ERROR,
        title="STUDYID is of another study",
        description="All records of a package carry the same STUDYID.",
        message="STUDYID {0!r} is not the study's",
        reference="SDTMIG 3.4, section 4.1.2",
        kernel=_not_constant,
    ),
    Rule(
        id="CONSTANT.DOMAIN",
        severity=Severity.ERROR,
        title="DOMAIN is not the dataset's",
        description="All records of a dataset carry its own domain code.",
        message="DOMAIN {0!r} is not {value!r}",
        reference="SDTMIG 3.4, section 4.1.2",
        kernel=_not_constant,
    ),
)


def domain_of(name: str) -> str:
    """The domain code of a dataset: `LB` of LB and of its split LBCH; `APMH` of APMH."""
    return name if name.startswith("AP") and len(name) == 4 else name[:2]


def checks(facts: Facts) -> Iterator[Check]:
    """Subject, study and domain of one dataset."""
    if facts.subjects and facts.name != facts.subjects and "USUBJID" in facts.names:
        yield Check(
            rule="SUBJECT.UNKNOWN",
            dataset=facts.name,
            variables=("USUBJID",),
            params={"subjects": facts.subjects},
        )
    constants = {"STUDYID": ("CONSTANT.STUDY", facts.study_id)}
    if facts.tabulation:
        constants["DOMAIN"] = ("CONSTANT.DOMAIN", domain_of(facts.name))
    for variable, (rule, value) in constants.items():
        if variable in facts.names:
            yield Check(
                rule=rule, dataset=facts.name, variables=(variable,), params={"value": value}
            )
