"""Baseline and change: one baseline, its value on the other records, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.records import groups_of, ranks
from cdisc.model import Severity
from cdisc.validate.columns import Column, is_text, missing
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule

Floats = npt.NDArray[np.float64]

CARRIED = (
    ("BASE", "AVAL"),
    ("BASEC", "AVALC"),
    ("BNRIND", "ANRIND"),
    ("BTOXGR", "ATOXGR"),
    ("BTOXGRL", "ATOXGRL"),
    ("BTOXGRH", "ATOXGRH"),
)
"""A baseline variable, and the one whose value it has on the baseline record."""

_TOLERANCE = 1e-9


def several_baselines(flags: Column, by: Sequence[Column]) -> Mask:
    """Baseline records that are not the only one of their group."""
    groups = groups_of(by)
    flagged = _flagged(flags)
    count = np.bincount(groups.of[flagged], minlength=groups.count)
    return np.asarray(flagged & (count[groups.of] > 1), dtype=bool)


def without_baseline(base: Column, flags: Column, by: Sequence[Column]) -> Mask:
    """Records with a baseline value in whose group no record is the baseline."""
    groups = groups_of(by)
    has = np.zeros(groups.count, dtype=bool)
    has[groups.of[_flagged(flags)]] = True
    return np.asarray(~missing(base) & ~has[groups.of], dtype=bool)


def not_of_baseline(base: Column, values: Column, flags: Column, by: Sequence[Column]) -> Mask:
    """Records whose baseline value is present and not the value of their group's baseline record.

    Groups without a baseline record or with several are somebody else's failure and pass.
    """
    groups = groups_of(by)
    flagged = _flagged(flags)
    count = np.bincount(groups.of[flagged], minlength=groups.count)
    record = np.full(groups.count, -1, dtype=np.int64)
    record[groups.of[flagged]] = np.flatnonzero(flagged)
    asked = np.flatnonzero((count == 1)[groups.of] & ~missing(base))
    theirs = record[groups.of[asked]]
    result = np.zeros(len(base), dtype=bool)
    if is_text(base) or is_text(values):
        both = ranks(pd.concat([_text(base), _text(values)], ignore_index=True))
        result[asked] = both[asked] != both[len(base) + theirs]
        return result
    result[asked] = ~_same(_numbers(base)[asked], _numbers(values)[theirs])
    return result


def not_difference(change: Column, values: Column, base: Column) -> Mask:
    """Records whose change is present and not the value less the baseline."""
    given, now, before = (_numbers(column) for column in (change, values, base))
    allowed = _TOLERANCE * np.maximum(np.abs(now), np.abs(before))
    fits = np.abs(given - (now - before)) <= allowed
    return np.asarray(~np.isnan(given) & ~fits, dtype=bool)


def not_percent(percent: Column, values: Column, base: Column) -> Mask:
    """Records whose percent change is present and not the change in percent of the baseline.

    Percent of a baseline below 0 may be counted of the baseline or of its size; the analysis
    plan says which.
    """
    given, now, before = (_numbers(column) for column in (percent, values, base))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = 100 * (now - before) / before
        allowed = 1e-6 + _TOLERANCE * np.abs(expected)
        fits = np.abs(given - expected) <= allowed
        fits |= (before < 0) & (np.abs(given + expected) <= allowed)
    return np.asarray(~np.isnan(given) & ~(fits & np.isfinite(expected)), dtype=bool)


def _flagged(flags: Column) -> Mask:
    return np.asarray((flags == "Y").fillna(False), dtype=bool)


def _text(column: Column) -> Column:
    return column.astype("str").where(column.notna())


def _numbers(column: Column) -> Floats:
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _same(left: Floats, right: Floats) -> Mask:
    allowed = _TOLERANCE * np.maximum(np.abs(left), np.abs(right))
    return np.asarray(np.abs(left - right) <= allowed, dtype=bool)


def _by(evidence: Evidence) -> list[Column]:
    return [evidence.frame[name] for name in evidence.params["by"]]


def _several(evidence: Evidence) -> Mask:
    return several_baselines(evidence.column, _by(evidence))


def _none(evidence: Evidence) -> Mask:
    base, flag = evidence.variables[:2]
    return without_baseline(evidence.frame[base], evidence.frame[flag], _by(evidence))


def _value(evidence: Evidence) -> Mask:
    base, value, flag = (evidence.frame[name] for name in evidence.variables[:3])
    return not_of_baseline(base, value, flag, _by(evidence))


def _difference(evidence: Evidence) -> Mask:
    return not_difference(*(evidence.frame[name] for name in evidence.variables))


def _percent(evidence: Evidence) -> Mask:
    return not_percent(*(evidence.frame[name] for name in evidence.variables))


def _across(check: Check) -> bool:
    return "USUBJID" not in check.params["by"]


RULES = (
    Rule(
        id="BASELINE.SEVERAL",
        severity=Severity.ERROR,
        title="Several baseline records",
        description="A subject has one baseline record for each parameter and type of baseline.",
        message="{variable} marks several records with the same {within}",
        reference="ADaMIG 1.3, section 3.3; ADaM Conformance Rules 5.0, 154, 155",
        kernel=_several,
        grain="rows",
        across=_across,
    ),
    Rule(
        id="BASELINE.NONE",
        severity=Severity.ERROR,
        title="Baseline value without a baseline record",
        description="A baseline value is that of a record, which is in the dataset and marked.",
        message="{variable} has a value, but no record with the same {within} is the baseline",
        reference="ADaMIG 1.3, section 3.3; ADaM Conformance Rules 5.0, 127, 128",
        kernel=_none,
        grain="rows",
        across=_across,
    ),
    Rule(
        id="BASELINE.VALUE",
        severity=Severity.ERROR,
        title="Baseline value is not that of the baseline record",
        description="Each baseline variable has the value of its variable on the baseline record.",
        message="{variable} is not {value} of the baseline record",
        reference="ADaMIG 1.3, section 3.3; ADaM Conformance Rules 5.0, 152, 181 to 183",
        kernel=_value,
        grain="rows",
        across=_across,
    ),
    Rule(
        id="CHANGE.DIFFERENCE",
        severity=Severity.ERROR,
        title="Change is not value less baseline",
        description="CHG is AVAL - BASE wherever it has a value.",
        message="CHG is not AVAL - BASE",
        reference="ADaMIG 1.3, section 3.3; ADaM Conformance Rules 5.0, 223",
        kernel=_difference,
        grain="rows",
    ),
    Rule(
        id="CHANGE.PERCENT",
        severity=Severity.ERROR,
        title="Percent change does not follow from value and baseline",
        description="PCHG is 100 * (AVAL - BASE) / BASE wherever it has a value.",
        message="PCHG is not the change in percent of BASE",
        reference="ADaMIG 1.3, section 3.3; ADaM Conformance Rules 5.0, 225",
        kernel=_percent,
        grain="rows",
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """Baseline and change of one dataset of parameters."""
    names = set(facts.names)
    if facts.tabulation or not {"USUBJID", "PARAMCD"} <= names:
        return
    by = [name for name in ("USUBJID", "PARAMCD", "BASETYPE") if name in names]
    params = {"by": by, "within": ", ".join(by)}
    if "ABLFL" in names:
        yield Check(
            rule="BASELINE.SEVERAL",
            dataset=facts.name,
            variables=("ABLFL", *by),
            params=params,
        )
        for base, value in CARRIED:
            if base in names:
                yield Check(
                    rule="BASELINE.NONE",
                    dataset=facts.name,
                    variables=(base, "ABLFL", *by),
                    params=params,
                )
            if base in names and value in names:
                yield Check(
                    rule="BASELINE.VALUE",
                    dataset=facts.name,
                    variables=(base, value, "ABLFL", *by),
                    params={"by": by, "value": value},
                )
    for rule, name in (("CHANGE.DIFFERENCE", "CHG"), ("CHANGE.PERCENT", "PCHG")):
        if {name, "AVAL", "BASE"} <= names:
            yield Check(rule=rule, dataset=facts.name, variables=(name, "AVAL", "BASE"))
