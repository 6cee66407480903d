"""Records that point to others: SUPP--, RELREC and CO by RDOMAIN, IDVAR and IDVARVAL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.model import Dataset, Severity
from cdisc.validate.columns import Column, missing
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule
from cdisc.validate.rules.subjects import domain_of

Rows: TypeAlias = "npt.NDArray[np.int64]"
Groups: TypeAlias = "dict[tuple[str, str], Rows]"
POINTERS = ("RDOMAIN", "IDVAR", "USUBJID", "IDVARVAL")
LEVEL = ("RELID", "RELTYPE", "USUBJID", "IDVARVAL")


def unresolved(frame: pd.DataFrame, parents: Mapping[str, tuple[pd.DataFrame, ...]]) -> Mask:
    """Records that point to no record of their parent domain.

    Args:
        frame: Columns RDOMAIN, USUBJID, IDVAR and IDVARVAL as text.
        parents: The datasets of each domain (several when it is split).

    Without IDVAR the subject must be in the parent; with IDVAR and no IDVARVAL (a dataset-level
    relation) the parent must have the variable. IDVARVAL is compared as a number when the
    variable is numeric. A record without USUBJID is matched by value alone. Records whose RDOMAIN
    is missing or not among `parents` pass here.
    """
    result = np.zeros(len(frame), dtype=bool)
    if not len(frame):
        return result
    pointers = pd.DataFrame({name: _filled(frame[name]) for name in POINTERS})
    groups = pointers.groupby(["RDOMAIN", "IDVAR"], sort=True).indices
    for (domain, variable), rows in cast("Groups", groups).items():
        if domain in parents:
            part = pointers.iloc[rows]
            result[rows] = _dangling(part, variable, parents[domain])
    return result


def _filled(values: Column) -> Column:
    text = values if isinstance(values.dtype, pd.StringDtype) else values.astype("str")
    return text.fillna("").str.strip()


def _dangling(part: pd.DataFrame, variable: str, parents: tuple[pd.DataFrame, ...]) -> Mask:
    frames = [parent for parent in parents if not variable or variable in parent.columns]
    if not frames:
        return np.ones(len(part), dtype=bool)
    subjects, their_subjects = _codes(part["USUBJID"], [_subjects(parent) for parent in frames])
    if not variable:
        return ~np.isin(subjects, their_subjects)
    theirs: list[Column] = [parent[variable] for parent in frames]
    ours: Column = part["IDVARVAL"]
    if all(pd.api.types.is_numeric_dtype(column.dtype) for column in theirs):
        ours = pd.to_numeric(ours, errors="coerce")
    else:
        theirs = [_filled(column) for column in theirs]
    values, their_values = _codes(ours, theirs)
    size = int(max(values.max(initial=0), their_values.max(initial=0))) + 1
    found = np.isin(subjects * size + values, their_subjects * size + their_values)
    anybody = (part["USUBJID"] == "").to_numpy(dtype=bool)
    found |= anybody & np.isin(values, their_values)
    # what is no number leads to no record, not to one whose number is missing
    found &= ours.notna().to_numpy(dtype=bool)
    return np.asarray(~(found | (part["IDVARVAL"] == "").to_numpy(dtype=bool)), dtype=bool)


def _subjects(parent: pd.DataFrame) -> Column:
    if "USUBJID" in parent.columns:
        return _filled(parent["USUBJID"])
    return pd.Series("", index=parent.index, dtype="str")


def _codes(ours: Column, theirs: Sequence[Column]) -> tuple[Rows, Rows]:
    """A number for each of our values and of theirs, equal where the values are."""
    whole = pd.concat([ours, *theirs], ignore_index=True)
    codes = pd.factorize(whole, use_na_sentinel=False)[0].astype(np.int64)
    return codes[: len(ours)], codes[len(ours) :]


def parents_by_domain(others: Mapping[str, Dataset]) -> dict[str, tuple[pd.DataFrame, ...]]:
    """The frames of each domain; SUPP-- and RELREC, which are none (no DOMAIN), are left out."""
    found: dict[str, tuple[pd.DataFrame, ...]] = {}
    for name in sorted(others):
        columns = others[name].frame.columns
        if "RDOMAIN" not in columns or "DOMAIN" in columns:
            domain = domain_of(name)
            found[domain] = (*found.get(domain, ()), others[name].frame)
    return found


def _unresolved(evidence: Evidence) -> Mask:
    return unresolved(evidence.frame, parents_by_domain(evidence.others))


def _no_parent(evidence: Evidence) -> Mask:
    domains: Any = list(parents_by_domain(evidence.others))
    column = evidence.column
    return ~missing(column) & ~column.isin(domains).to_numpy(dtype=bool)


def alone(frame: pd.DataFrame) -> Mask:
    """Records of RELREC that share their RELID with no other one of the subject."""
    subject, name = (_filled(frame[column]) for column in ("USUBJID", "RELID"))
    together = pd.MultiIndex.from_arrays([subject, name])
    return (~together.duplicated(keep=False) & (name != "").to_numpy()).astype(np.bool_)


def level_unclear(frame: pd.DataFrame) -> Mask:
    """Records of RELREC that relate neither a whole dataset nor a record.

    A whole dataset has RELTYPE and neither USUBJID nor IDVARVAL; a record or a group of records
    has IDVARVAL and no RELTYPE.
    """
    whole = (_filled(frame["USUBJID"]) == "") & (_filled(frame["IDVARVAL"]) == "")
    typed = _filled(frame["RELTYPE"]) != ""
    record = _filled(frame["IDVARVAL"]) != ""
    return (~((whole & typed) | (record & ~typed))).to_numpy(dtype=bool)


def _alone(evidence: Evidence) -> Mask:
    return alone(evidence.frame)


def _level_unclear(evidence: Evidence) -> Mask:
    return level_unclear(evidence.frame)


RULES = (
    Rule(
        id="RELATION.ALONE",
        severity=Severity.ERROR,
        title="Relation has one record",
        description="RELID names what belongs together, so a subject has it twice or more.",
        message="relation {0!r} relates nothing else of the subject",
        reference="SDTMIG 3.4, section 8.2",
        kernel=_alone,
        of_record=True,
        shown=1,
    ),
    Rule(
        id="RELATION.LEVEL",
        severity=Severity.ERROR,
        title="Relation of records or of datasets",
        description="RELTYPE is given where whole datasets are related, which have neither "
        "USUBJID nor IDVARVAL, and only there.",
        message="relation {0!r} with RELTYPE {1!r} is neither of datasets nor of records",
        reference="SDTMIG 3.4, section 8.3",
        kernel=_level_unclear,
        of_record=True,
        shown=2,
    ),
    Rule(
        id="RELATION.DOMAIN",
        severity=Severity.ERROR,
        title="Related domain is absent",
        description="RDOMAIN of SUPP--, RELREC and CO names a domain of the package.",
        message="RDOMAIN {0!r} is not a domain of this package",
        reference="SDTMIG 3.4, section 8.4",
        kernel=_no_parent,
    ),
    Rule(
        id="RELATION.RECORD",
        severity=Severity.ERROR,
        title="Record points to no parent record",
        description="RDOMAIN, USUBJID, IDVAR and IDVARVAL lead to a record of the parent domain.",
        message="RDOMAIN {0!r} with IDVAR {1!r} leads to no parent record",
        reference="SDTMIG 3.4, section 8.4",
        kernel=_unresolved,
        of_record=True,
        shown=2,
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """The pointers of a dataset that has all four."""
    if set(POINTERS) <= set(facts.names):
        yield Check(rule="RELATION.DOMAIN", dataset=facts.name, variables=("RDOMAIN",))
        yield Check(rule="RELATION.RECORD", dataset=facts.name, variables=POINTERS)
    if {*POINTERS, "RELTYPE", "RELID"} <= set(facts.names):
        yield Check(rule="RELATION.ALONE", dataset=facts.name, variables=("RELID", "USUBJID"))
        yield Check(rule="RELATION.LEVEL", dataset=facts.name, variables=LEVEL)
