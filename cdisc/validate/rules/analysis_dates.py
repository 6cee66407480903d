"""Dates and times of analysis datasets: numbers with a format, in order, and of one day."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.model import Severity
from cdisc.standards.moments import moment
from cdisc.validate.columns import Column, missing
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule, Statement
from cdisc.write.sas_dates import EPOCH, SECONDS

Floats = npt.NDArray[np.float64]

_FORMATS = {
    "date": re.compile(
        r"(DATE|YYMMDD|DDMMYY|MMDDYY|E8601DA|B8601DA|IS8601DA|WORDDATE)[A-Z]?\d*\.?"
    ),
    "datetime": re.compile(r"(DATETIME|DATEAMPM|E8601DT|B8601DT|IS8601DT)\d*\.?\d*"),
    "time": re.compile(r"(TIME|TOD|HHMM|HOUR|E8601TM|B8601TM|IS8601TM)\d*\.?\d*"),
}
_DAY = SECONDS["date"]


def numbers_of(column: Column, kind: str) -> Floats:
    """Dates as days, date/times and times as seconds, counted as SAS counts; NaN where missing."""
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        return pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    moments = column.to_numpy(dtype="datetime64[s]")
    seconds = (moments - EPOCH).astype(np.float64)
    seconds[np.isnat(moments)] = np.nan
    if kind == "date":
        return np.asarray(np.floor(seconds / _DAY))
    return np.asarray(np.mod(seconds, _DAY) if kind == "time" else seconds)


def not_part(parts: Floats, whole: Floats, kind: str) -> Mask:
    """Records whose date or time, and date/time, are both there and do not agree."""
    expected = np.floor(whole / _DAY) if kind == "date" else np.mod(whole, _DAY)
    return np.asarray(~np.isnan(parts) & ~np.isnan(expected) & (parts != expected), dtype=bool)


def _without_format(evidence: Evidence) -> Iterator[Statement]:
    for variable in evidence.dataset.variables:
        kind = moment(variable.name) if variable.name in evidence.variables else ""
        if not kind:
            continue
        if variable.type != "Num":
            yield Statement(variable=variable.name, says={"kind": kind, "what": "is not numeric"})
        elif not _FORMATS[kind].fullmatch(variable.format.upper()):
            shown = f"has the format {variable.format}" if variable.format else "has no format"
            yield Statement(variable=variable.name, says={"kind": kind, "what": shown})


def _parts(evidence: Evidence) -> Mask:
    part, whole = evidence.variables
    kind = moment(part)
    return not_part(
        numbers_of(evidence.frame[part], kind), numbers_of(evidence.frame[whole], "datetime"), kind
    )


def _order(evidence: Evidence) -> Mask:
    start, end = (numbers_of(evidence.frame[n], moment(n)) for n in evidence.variables)
    return np.asarray(start > end, dtype=bool)


def _imputed(evidence: Evidence) -> Mask:
    flag, *dates = evidence.variables
    without = np.logical_and.reduce([missing(evidence.frame[name]) for name in dates])
    return np.asarray(~missing(evidence.frame[flag]) & without, dtype=bool)


RULES = (
    Rule(
        id="NUMERIC_DATE.FORMAT",
        severity=Severity.ERROR,
        title="Date is not a number with a date's format",
        description="Variables named --DT, --DTM, --TM are numbers shown as date, date/time, time.",
        message="{variable} is a {kind} by its name, but {what}",
        reference="ADaMIG 1.3, section 3.1; ADaM Conformance Rules 5.0, 41 to 43, 58 to 60",
        kernel=_without_format,
        grain="dataset",
    ),
    Rule(
        id="NUMERIC_DATE.PARTS",
        severity=Severity.ERROR,
        title="Date or time differs from the date/time",
        description="--DT and --TM are the date and the time of --DTM beside them.",
        message="{part} is not that of {whole}",
        reference="ADaMIG 1.3, section 3.1; ADaM Conformance Rules 5.0, 44, 45",
        kernel=_parts,
        grain="rows",
    ),
    Rule(
        id="NUMERIC_DATE.ORDER",
        severity=Severity.ERROR,
        title="End is before start",
        description="An analysis end date is not before its start date.",
        message="{end} is before {start}",
        reference="ADaMIG 1.3, section 3.1; ADaM Conformance Rules 5.0, 121, 122, 361, 362",
        kernel=_order,
    ),
    Rule(
        id="NUMERIC_DATE.IMPUTED",
        severity=Severity.ERROR,
        title="Imputation flag without a date",
        description="--DTF and --TMF say what was imputed of a date that is there.",
        message="{variable} has a value, but {dates} has none",
        reference="ADaMIG 1.3, section 3.1; ADaM Conformance Rules 5.0, 369, 370",
        kernel=_imputed,
        grain="rows",
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """The dates and times of one analysis dataset."""
    if facts.tabulation:
        return
    named = tuple(name for name in facts.names if moment(name))
    if named:
        yield Check(rule="NUMERIC_DATE.FORMAT", dataset=facts.name, variables=named)
    numbers = {v.name for v in facts.dataset.variables if v.type == "Num" and v.name in named}
    for part in named:
        kind = moment(part)
        whole = f"{part.removesuffix('TM') if kind == 'time' else part.removesuffix('DT')}DTM"
        if kind != "datetime" and {part, whole} <= numbers:
            yield Check(
                rule="NUMERIC_DATE.PARTS",
                dataset=facts.name,
                variables=(part, whole),
                params={"part": part, "whole": whole},
            )
    for start in named:
        for begin, finish in (("SDT", "EDT"), ("STDT", "ENDT")):
            end = re.sub(f"{begin}(M?)$", rf"{finish}\1", start)
            if end != start and {start, end} <= numbers:
                yield Check(
                    rule="NUMERIC_DATE.ORDER",
                    dataset=facts.name,
                    variables=(start, end),
                    params={"start": start, "end": end},
                )
    for flag in facts.texts:
        stem = flag.removesuffix("DTF").removesuffix("TMF")
        own = f"{stem}{'TM' if flag.endswith('TMF') else 'DT'}"
        dates = tuple(name for name in (own, f"{stem}DTM") if name in named)
        if stem != flag and dates:
            yield Check(
                rule="NUMERIC_DATE.IMPUTED",
                dataset=facts.name,
                variables=(flag, *dates),
                params={"dates": " or ".join(dates)},
            )
