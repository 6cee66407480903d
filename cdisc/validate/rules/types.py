"""Whether a variable is Char or Num as the standard says, and its column holds that."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cdisc.model import Severity
from cdisc.validate.columns import is_text
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule, Statement


def wrong_types(evidence: Evidence) -> Iterator[Statement]:
    """A statement for each variable declared Char where the standard says Num, or the reverse."""
    for variable in evidence.dataset.variables:
        wanted = evidence.params["types"].get(variable.name)
        if wanted is not None and variable.type != wanted:
            yield Statement(variable=variable.name, says={"type": variable.type, "wanted": wanted})


def wrong_columns(evidence: Evidence) -> Iterator[Statement]:
    """A statement for each column that holds text though declared Num, or the reverse."""
    frame = evidence.frame
    for variable in evidence.dataset.variables:
        if variable.name not in evidence.variables or variable.name not in frame.columns:
            continue
        column = frame[variable.name]
        holds = "Char" if is_text(column) else "Num"
        # A character column without any value may have lost its type on the way.
        if holds != variable.type and not column.isna().all():
            says = {"type": variable.type, "holds": "text" if holds == "Char" else "numbers"}
            yield Statement(variable=variable.name, says=says)


def infinite(evidence: Evidence) -> Mask:
    """Records where a number is infinite: no transport format can hold it."""
    column = evidence.column
    if not pd.api.types.is_float_dtype(column.dtype):
        return np.zeros(len(column), dtype=bool)
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(np.isinf(numbers), dtype=bool)


RULES = (
    Rule(
        id="TYPE.STANDARD",
        severity=Severity.ERROR,
        title="Type differs from the standard",
        description="A standard variable is Char or Num as the standard says.",
        message="{variable} is {type}, the standard says {wanted}",
        reference="SDTMIG 3.4, section 4.1.5",
        kernel=wrong_types,
        grain="dataset",
    ),
    Rule(
        id="TYPE.COLUMN",
        severity=Severity.ERROR,
        title="Column does not hold its declared type",
        description="A Char variable holds text, a Num variable numbers or ADaM dates.",
        message="{variable} is declared {type} and holds {holds}",
        reference="Define-XML 2.1, section 4.3.1",
        kernel=wrong_columns,
        grain="dataset",
    ),
    Rule(
        id="TYPE.INFINITE",
        severity=Severity.ERROR,
        title="Number is infinite",
        description="Infinity cannot be written to SAS XPT; a value that is not known is missing.",
        message="{variable} is {0}, which is not a number that can be submitted",
        reference="SAS Technical Support TS-140",
        kernel=infinite,
        each=True,
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """Declared and held types of one dataset."""
    types = {v.name: s.type for v, s in facts.known() if s.type}
    if types:
        yield Check(
            rule="TYPE.STANDARD",
            dataset=facts.name,
            variables=tuple(types),
            params={"types": types},
        )
    yield Check(rule="TYPE.COLUMN", dataset=facts.name, variables=facts.names)
    numbers = tuple(v.name for v in facts.dataset.variables if v.type == "Num")
    if numbers:
        yield Check(rule="TYPE.INFINITE", dataset=facts.name, variables=numbers)
