"""Study days: no day 0, and each day what its date and the reference date make it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.coded import coded
from cdisc.model import Dataset, Severity
from cdisc.validate import iso8601
from cdisc.validate.columns import Column, arrow_text
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule
from cdisc.validate.subjects import records_of

Days = npt.NDArray[np.datetime64]


def days_of(dates: Column) -> Days:
    """The calendar day of each ISO 8601 text; NaT where it is missing, partial or impossible."""
    values = coded(arrow_text(dates))
    days = iso8601.parse(values.texts).complete_days()
    with_missing = np.append(days, np.datetime64("NaT", "D"))
    return np.asarray(with_missing[values.codes])


def is_zero(days: Column) -> Mask:
    """Records with study day 0."""
    return np.asarray(_numbers(days) == 0, dtype=bool)


def not_study_day(dates: Days, days: Column, reference: Days) -> Mask:
    """Records whose study day is not counted from the reference date, day 1, without a day 0.

    A day beside a date that is not complete fails too. Records without a study day, or whose
    subject has no complete reference date, pass.
    """
    given = _numbers(days)
    difference = (dates - reference).astype("timedelta64[D]")
    expected = difference.astype(np.float64)
    expected[np.isnat(difference)] = np.nan
    expected += expected >= 0
    return np.asarray(~np.isnan(given) & ~np.isnat(reference) & (given != expected), dtype=bool)


def reference_days(subjects: Column, table: Dataset, variable: str) -> Days:
    """The subject's reference day for each record; NaT for a subject that the table lacks."""
    days = np.append(days_of(table.frame[variable]), np.datetime64("NaT", "D"))
    return np.asarray(days[records_of(subjects, table.frame["USUBJID"])])


def _numbers(days: Column) -> npt.NDArray[np.float64]:
    return pd.to_numeric(days, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _zero(evidence: Evidence) -> Mask:
    return is_zero(evidence.column)


def _counted(evidence: Evidence) -> Mask:
    day, date, subject = evidence.variables
    params, frame = evidence.params, evidence.frame
    table = evidence.others[params["subjects"]]
    if not {"USUBJID", params["reference"]} <= set(table.frame.columns):
        return np.zeros(len(frame), dtype=bool)
    reference = reference_days(frame[subject], table, params["reference"])
    return not_study_day(days_of(frame[date]), frame[day], reference)


RULES = (
    Rule(
        id="DAY.ZERO",
        severity=Severity.ERROR,
        title="Study day is 0",
        description="Study days run ..., -2, -1, 1, 2, ...; the reference date is day 1.",
        message="{variable} is 0, and there is no study day 0",
        reference="SDTMIG 3.4, section 4.4.4; ADaM Conformance Rules 5.0, 46",
        kernel=_zero,
        grain="rows",
        each=True,
    ),
    Rule(
        id="DAY.COUNT",
        severity=Severity.ERROR,
        title="Study day does not follow from its date",
        description="A study day is its date counted from the subject's RFSTDTC, which is day 1.",
        message="{variable} is not {date} counted from {subjects}.{reference}",
        reference="SDTMIG 3.4, section 4.4.4",
        kernel=_counted,
        grain="rows",
        needs=("subjects",),
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """Each --DY, and of an SDTM dataset against its --DTC where that is there too."""
    numbers = {v.name for v in facts.dataset.variables if v.type == "Num"}
    days = tuple(name for name in facts.names if name.endswith("DY") and name in numbers)
    if days:
        yield Check(rule="DAY.ZERO", dataset=facts.name, variables=days)
    if not facts.tabulation or not facts.subjects or "USUBJID" not in facts.names:
        return
    for day in days:
        date = day.removesuffix("DY") + "DTC"
        if date in facts.names:
            yield Check(
                rule="DAY.COUNT",
                dataset=facts.name,
                variables=(day, date, "USUBJID"),
                params={"date": date, "subjects": facts.subjects, "reference": "RFSTDTC"},
            )
