"""Dates, durations and intervals in ISO 8601, possible in the calendar and in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.model import Severity, Variable
from cdisc.validate import iso8601
from cdisc.validate.columns import Column, arrow_text, test_distinct
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule

PATTERNS = {
    "datetime": iso8601.DATETIME,
    "duration": iso8601.DURATION,
    "interval": iso8601.INTERVAL,
}
DURATIONS = ("DUR", "ELTM")
INTERVALS = ("EVINT", "EVLINT")


def not_iso8601(values: Column, kind: str) -> Mask:
    """Records whose text is not an ISO 8601 `datetime`, `duration` or `interval`."""
    return test_distinct(values, lambda texts: iso8601.badly_formed(texts, PATTERNS[kind]))


def not_in_calendar(values: Column) -> Mask:
    """Records whose well-formed date, or a date of whose interval, no calendar or clock has."""
    return test_distinct(values, _not_in_calendar)


def _not_in_calendar(texts: pa.Array) -> Mask:
    halves = pc.split_pattern(texts, "/")
    owner = pc.list_parent_indices(halves).to_numpy(zero_copy_only=False)
    bad = iso8601.impossible(iso8601.parse(pc.list_flatten(halves)))
    result = np.zeros(len(texts), dtype=bool)
    result[owner[bad]] = True
    return result


def ends_before_start(starts: Column, ends: Column) -> Mask:
    """Records whose end lies before the start at the coarser precision of the two.

    A missing, malformed or impossible date is somebody else's failure and passes here.
    """
    pairs = pd.DataFrame({"start": starts, "end": ends})
    both = (pairs["start"].notna() & pairs["end"].notna()).to_numpy(dtype=bool)
    result = np.zeros(len(pairs), dtype=bool)
    if not both.any():
        return result
    start, end = (_encoded(pairs.loc[both, name]) for name in ("start", "end"))
    result[both] = iso8601.after(start, end)
    return result


def _encoded(values: Column) -> iso8601.Parts:
    """Each text parsed once: distinct texts first, then taken for every row."""
    encoded = arrow_text(values).dictionary_encode()
    parts = iso8601.parse(encoded.dictionary)
    bad = iso8601.impossible(parts)
    parts.values[bad] = np.nan
    rows = encoded.indices.to_numpy(zero_copy_only=False)
    return iso8601.Parts(parts.values[rows], parts.offset[rows])


def _format(evidence: Evidence) -> Mask:
    return not_iso8601(evidence.column, evidence.params["kind"])


def _calendar(evidence: Evidence) -> Mask:
    return not_in_calendar(evidence.column)


def _order(evidence: Evidence) -> Mask:
    start, end = evidence.variables
    return ends_before_start(evidence.frame[start], evidence.frame[end])


RULES = (
    Rule(
        id="DATE.FORMAT",
        severity=Severity.ERROR,
        title="Text is not ISO 8601",
        description="Dates, durations and intervals are written in ISO 8601, as SDTM profiles it.",
        message="{0!r} in {variable} is not an ISO 8601 {kind}",
        reference="SDTMIG 3.4, section 4.4",
        kernel=_format,
    ),
    Rule(
        id="DATE.IMPOSSIBLE",
        severity=Severity.ERROR,
        title="Date is not in the calendar",
        description="Month, day, hour and minute exist: no 30 February, no 24:00, no month 13.",
        message="{0!r} in {variable} is not a date or time that exists",
        reference="ISO 8601-1:2019, section 4.3",
        kernel=_calendar,
        each=True,
        texts=_not_in_calendar,
    ),
    Rule(
        id="DATE.ORDER",
        severity=Severity.ERROR,
        title="End is before start",
        description="An end is not before its start, as far as both dates are known.",
        message="{end} {1!r} is before {start} {0!r}",
        reference="SDTMIG 3.4, section 4.4",
        kernel=_order,
    ),
)


def kind_of(facts: Facts, variable: Variable) -> str:
    """`datetime`, `duration` or `interval` for a variable that holds ISO 8601 text, else empty."""
    if variable.type != "Char":
        return ""
    standard = facts.standard.get(variable.name)
    prescribed = standard.format.lower() if standard is not None else ""
    if variable.name.endswith(INTERVALS):
        return "interval"
    if variable.name.endswith(DURATIONS) or variable.data_type == "durationDatetime":
        return "duration"
    if "8601" in prescribed and "duration" in prescribed and "date" not in prescribed:
        return "duration"
    return "datetime" if variable.name.endswith("DTC") else ""


def pairs_of(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Start and end dates that belong together: --STDTC and --ENDTC.

    Where a dataset has no --STDTC, its --DTC is the start (a specimen taken over some hours);
    beside a --STDTC it is the date of collection and starts nothing.
    """
    for end in names:
        stem = end.removesuffix("ENDTC")
        start = next((n for n in (f"{stem}STDTC", f"{stem}DTC") if n in names), "")
        if end != stem and start:
            yield start, end


def checks(facts: Facts) -> Iterator[Check]:
    """The date, duration and interval texts of one SDTM dataset, and its start and end dates.

    Analysis datasets hold dates as numbers; the --DTC texts they carry along are judged too.
    """
    points = []
    for variable in facts.dataset.variables:
        kind = kind_of(facts, variable)
        if not kind:
            continue
        points += [variable.name] if kind == "datetime" else []
        yield Check(
            rule="DATE.FORMAT",
            dataset=facts.name,
            variables=(variable.name,),
            params={"kind": kind},
        )
    if points:
        yield Check(rule="DATE.IMPOSSIBLE", dataset=facts.name, variables=tuple(points))
    for start, end in pairs_of(facts.names):
        yield Check(
            rule="DATE.ORDER",
            dataset=facts.name,
            variables=(start, end),
            params={"start": start, "end": end},
        )
