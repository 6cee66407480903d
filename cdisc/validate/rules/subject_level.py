"""ADSL and the other analysis datasets: one record a subject, and the same values everywhere."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from cdisc.algorithms.columns.uniques import distinct
from cdisc.model import Severity
from cdisc.standards.moments import moment
from cdisc.validate.columns import Column
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule, Statement
from cdisc.validate.rules.analysis_dates import numbers_of
from cdisc.validate.rules.keys import not_unique
from cdisc.validate.subjects import records_of

Codes = npt.NDArray[np.int64]
SUBJECTS = "ADSL"


def not_as_there(subjects: Column, values: Column, known: Column, theirs: Column) -> Mask:
    """Records whose value is not what the subject list says of their subject; missing is a value.

    Records of a subject that is not listed pass: that is somebody else's failure.
    """
    found = records_of(subjects, known)
    there = found >= 0
    given, told = _comparable(values, theirs)
    result = np.zeros(len(subjects), dtype=bool)
    result[there] = given[there] != told[found[there]]
    return result


def _comparable(values: Column, theirs: Column) -> tuple[Codes, Codes]:
    """Codes of two columns that are equal where the values are; -1 where there is none."""
    if all(pd.api.types.is_numeric_dtype(column.dtype) for column in (values, theirs)):
        codes, _ = pd.factorize(np.concatenate([values, theirs]).astype(np.float64))
        return codes[: len(values)], codes[len(values) :]
    ours, others = distinct(values), distinct(theirs)
    # a text that is none of ours has a code that none of ours has
    code = pc.fill_null(pc.index_in(others.array, ours.array), -2).to_numpy().astype(np.int64)
    return ours.codes, np.append(code, -1)[others.codes]


def _repeated(evidence: Evidence) -> Mask:
    return not_unique(evidence.frame, evidence.variables)


def _differs(evidence: Evidence) -> Mask:
    name = evidence.variables[0]
    table = evidence.others[evidence.params["subjects"]].frame
    if name not in table.columns or "USUBJID" not in table.columns:
        return np.zeros(len(evidence.frame), dtype=bool)
    ours, theirs = evidence.column, table[name]
    kind = moment(name)
    if kind:
        ours, theirs = (pd.Series(numbers_of(column, kind)) for column in (ours, theirs))
    return not_as_there(evidence.frame["USUBJID"], ours, table["USUBJID"], theirs)


def _unlisted(evidence: Evidence) -> Iterator[Statement]:
    if SUBJECTS not in evidence.others and evidence.dataset.name != SUBJECTS:
        yield Statement(hint=f"Make one: {SUBJECTS} has one record for each subject")


def _labels(evidence: Evidence) -> Iterator[Statement]:
    table = evidence.others.get(evidence.params["subjects"])
    theirs = {v.name: v.label for v in table.variables} if table is not None else {}
    for variable in evidence.dataset.variables:
        wanted = theirs.get(variable.name)
        if wanted is not None and variable.label != wanted:
            said = {"label": variable.label, "wanted": wanted, "subjects": SUBJECTS}
            yield Statement(variable=variable.name, says=said)


RULES = (
    Rule(
        id="SUBJECT.NO_ADSL",
        severity=Severity.ERROR,
        title="Package has no ADSL",
        description="Analysis data of a trial have an ADSL, whatever else they have.",
        message="there is {dataset}, but no ADSL in the package",
        reference="ADaMIG 1.3, section 2.3.1",
        kernel=_unlisted,
        grain="dataset",
    ),
    Rule(
        id="SUBJECT.REPEATED",
        severity=Severity.ERROR,
        title="Subject has several records in ADSL",
        description="ADSL has one record for each subject.",
        message="subject {0!r} has several records",
        reference="ADaMIG 1.3, section 2.3.1; ADaM Conformance Rules 5.0, 54",
        kernel=_repeated,
        across=lambda _check: True,
    ),
    Rule(
        id="SUBJECT.COPY",
        severity=Severity.ERROR,
        title="Value differs from ADSL",
        description="A variable of ADSL has in every dataset the value that it has there.",
        message="{0!r} in {variable} is not what {subjects} says of the subject",
        reference="ADaMIG 1.3, section 3.1; ADaM Conformance Rules 5.0, 86",
        kernel=_differs,
        needs=("subjects",),
        each=True,
    ),
    Rule(
        id="SUBJECT.COPY_LABEL",
        severity=Severity.ERROR,
        title="Label differs from ADSL",
        description="A variable of ADSL has in every dataset the label that it has there.",
        message="label of {variable} is '{label}', {subjects} has '{wanted}'",
        reference="ADaMIG 1.3, section 3.1; ADaM Conformance Rules 5.0, 85",
        kernel=_labels,
        grain="dataset",
        needs=("subjects",),
    ),
)

NOT_COPIED = frozenset({"STUDYID", "USUBJID"})


def checks(facts: Facts) -> Iterator[Check]:
    """ADSL itself; of another analysis dataset the variables, once ADSL is there to look at.

    That there is none is asked once in a package.
    """
    if facts.unlisted:
        yield Check(rule="SUBJECT.NO_ADSL", dataset=facts.name)
    if facts.tabulation or "USUBJID" not in facts.names:
        return
    if facts.name == SUBJECTS:
        yield Check(rule="SUBJECT.REPEATED", dataset=facts.name, variables=("USUBJID",))
    elif facts.subjects == SUBJECTS:
        params = {"subjects": SUBJECTS}
        names = tuple(name for name in facts.names if name not in NOT_COPIED)
        if names:
            yield Check(rule="SUBJECT.COPY", dataset=facts.name, variables=names, params=params)
        yield Check(rule="SUBJECT.COPY_LABEL", dataset=facts.name, params=params)
