"""Supplemental qualifiers of a source brought back to their records (SDTMIG 3.4, section 8.4).

A source may name its SUPP-- file; each QNAM then is a column of the source like any other. What
cannot be brought back to one record, or says two things of one, is a finding of the SUPP-- file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.numbers import canonical_code
from cdisc.algorithms.columns.uniques import TEXT, distinct, pair, rows_by_code
from cdisc.build.source_findings import findings_by_value
from cdisc.errors import Location, SpecError
from cdisc.model import Finding, Severity
from cdisc.sources import SourceTable
from cdisc.spec.read_sources import SourceDeclaration

Positions = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

NEEDED = ("USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL")


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Which record of the parent each SUPP-- record qualifies, in pairs of positions."""

    supp: Positions
    parent: Positions


def with_qualifiers(
    parent: SourceTable, supp: SourceTable, declared: SourceDeclaration
) -> SourceTable:
    """The source with one column more for each QNAM, in the order of their names.

    1. A SUPP-- record without QVAL says nothing and is left out.
    2. Its parent is the record of the same USUBJID whose IDVAR has the value IDVARVAL; where
       IDVAR is blank, as in DM, the one record of the subject. Texts are compared as they are
       without blanks around them, then as numbers (`1` and `1.0`). An IDVAR that several
       records share, such as --GRPID, qualifies them all.
    3. The qualifier's value is QVAL.

    Findings, each with file and row of the SUPP-- record: no such parent, a blank IDVAR where
    the subject has several records, two different values of one QNAM for one record (which
    then has none), the same value twice, a QNAM that is a column of the source already.

    Raises SpecError when one of the two has not the columns that this needs.
    """
    at = declared.spec.at
    _require(supp, NEEDED, at)
    _require(parent, ("USUBJID",), at)
    has_value = ~distinct(supp.frame["QVAL"]).missing & ~distinct(supp.frame["QNAM"]).missing
    said = np.flatnonzero(has_value)
    foreign = _of_another_domain(parent, supp)
    asked = said[~foreign[said]]
    found, unmatched, several = _parents(parent, supp, asked)
    notes = list(_unmatched(supp, np.union1d(said[foreign[said]], unmatched), several, declared))
    columns, more_notes = _columns(parent, supp, found, declared)
    frame = parent.frame.assign(**columns)
    notes = [*parent.notes, *supp.notes, *notes, *more_notes]
    return replace(parent, frame=frame, notes=tuple(replace(n, dataset=parent.name) for n in notes))


def _require(table: SourceTable, columns: tuple[str, ...], at: Location) -> None:
    lacking = [name for name in columns if name not in table.frame.columns]
    if lacking:
        raise SpecError(
            f"{table.files[0]} has no column {' and '.join(lacking)}",
            at=at,
            hint="supplemental names the SUPP-- dataset of the source, with USUBJID in both",
        )


def _of_another_domain(parent: SourceTable, supp: SourceTable) -> Marks:
    """SUPP-- records whose RDOMAIN is no DOMAIN of the parent; none where either is not there."""
    if "RDOMAIN" not in supp.frame.columns or "DOMAIN" not in parent.frame.columns:
        return np.zeros(len(supp.frame), dtype=np.bool_)
    domains = parent.frame["DOMAIN"].dropna().unique().tolist()
    rdomain = supp.frame["RDOMAIN"]
    return np.asarray(rdomain.notna() & ~rdomain.isin(domains), dtype=np.bool_)


def _parents(
    parent: SourceTable, supp: SourceTable, asked: Positions
) -> tuple[_Found, Positions, Positions]:
    """The pairs, the SUPP-- records without a parent, and those with several by subject alone."""
    idvar = distinct(supp.frame["IDVAR"].take(asked).reset_index(drop=True))
    pairs: list[_Found] = []
    several: list[Positions] = []
    blank = asked[idvar.missing]
    if len(blank):
        subjects = [parent.frame["USUBJID"]], [supp.frame["USUBJID"].take(blank)]
        found = _equal(*subjects, blank)
        many = found.supp[1:] == found.supp[:-1]
        several.append(np.unique(found.supp[1:][many]))
        one = ~np.isin(found.supp, several[0])
        pairs.append(_Found(found.supp[one], found.parent[one]))
    places = rows_by_code(idvar.codes, len(idvar.array))
    for name, here in zip(idvar.texts, places, strict=True):
        rows = asked[here]
        if name.strip() in parent.frame.columns:
            pairs.append(_by_value(parent, supp, name.strip(), rows))
    found = _Found(
        np.concatenate([p.supp for p in pairs]) if pairs else np.empty(0, dtype=np.int64),
        np.concatenate([p.parent for p in pairs]) if pairs else np.empty(0, dtype=np.int64),
    )
    ambiguous = several[0] if several else np.empty(0, dtype=np.int64)
    return found, np.setdiff1d(asked, np.union1d(found.supp, ambiguous)), ambiguous


def _by_value(parent: SourceTable, supp: SourceTable, name: str, rows: Positions) -> _Found:
    """Parents by the value of one variable: as text first, then as number for those left over."""
    people, subject = parent.frame["USUBJID"], supp.frame["USUBJID"].take(rows)
    values, value = parent.frame[name], supp.frame["IDVARVAL"].take(rows)
    exact = _equal([people, values], [subject, value], rows)
    left = ~np.isin(rows, exact.supp)
    if not left.any():
        return exact
    theirs, ours = [people, _canonical(values)], [subject[left], _canonical(value[left])]
    more = _equal(theirs, ours, rows[left])
    return _Found(
        np.concatenate([exact.supp, more.supp]), np.concatenate([exact.parent, more.parent])
    )


def _canonical(column: pd.Series[Any]) -> pd.Series[Any]:
    texts = distinct(column.reset_index(drop=True))
    return texts.text([canonical_code(text) for text in texts.texts])


def _equal(
    theirs: Sequence[pd.Series[Any]], ours: Sequence[pd.Series[Any]], rows: Positions
) -> _Found:
    """Pairs of equal keys, sorted by our row, which `rows` names; missing equals nothing."""
    many = len(theirs[0])
    keys = [_codes(left, right) for left, right in zip(theirs, ours, strict=True)]
    code = keys[0] if len(keys) == 1 else pair(keys)[0]
    usable = np.all([key >= 0 for key in keys], axis=0)
    parents = np.flatnonzero(usable[:many])
    order = parents[np.argsort(code[parents], kind="stable")]
    asked = np.flatnonzero(usable[many:])
    wanted = code[many:][asked]
    first = np.searchsorted(code[order], wanted, side="left")
    count = np.searchsorted(code[order], wanted, side="right") - first
    owner = np.repeat(np.arange(len(asked)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return _Found(rows[asked[owner]], order[first[owner] + within])


def _codes(left: pd.Series[Any], right: pd.Series[Any]) -> Positions:
    both = pd.concat([left, right], ignore_index=True).astype(TEXT)
    return distinct(both.str.strip()).codes


def _unmatched(
    supp: SourceTable, rows: Positions, several: Positions, declared: SourceDeclaration
) -> Iterator[Finding]:
    name = declared.spec.name
    reasons = (
        (rows, "supplemental.unmatched", f"the qualifier {{value}} has no parent record in {name}"),
        (
            several,
            "supplemental.several_parents",
            f"the qualifier {{value}} names no IDVAR; its subject has several records in {name}",
        ),
    )
    for found, rule, message in reasons:
        yield from _told(supp, found, declared, rule, message)


def _columns(
    parent: SourceTable, supp: SourceTable, found: _Found, declared: SourceDeclaration
) -> tuple[dict[str, pd.Series[Any]], list[Finding]]:
    """One column for each QNAM that has a parent, and what was wrong with its values."""
    notes: list[Finding] = []
    columns: dict[str, pd.Series[Any]] = {}
    names = distinct(supp.frame["QNAM"])
    values = distinct(supp.frame["QVAL"])
    places = rows_by_code(names.codes[found.supp], len(names.array))
    for name, here in sorted(zip(names.texts, places, strict=True), key=itemgetter(0)):
        if not len(here):
            continue
        rows, records = found.supp[here], found.parent[here]
        if name in parent.frame.columns:
            message = (
                f"the qualifier {{value}} is a column of {parent.name} already; it is left out"
            )
            notes += _told(supp, np.unique(rows), declared, "supplemental.known_column", message)
            continue
        order = np.lexsort((rows, records))
        rows, records = rows[order], records[order]
        again = np.r_[False, records[1:] == records[:-1]]
        value = values.codes[rows]
        starts = np.flatnonzero(~again)
        lowest, highest = (f.reduceat(value, starts) for f in (np.minimum, np.maximum))
        unlike = np.repeat(lowest != highest, np.diff(np.r_[starts, len(rows)]))
        code = np.full(len(parent.frame), -1, dtype=np.int64)
        alike = ~unlike & ~again
        code[records[alike]] = value[alike]
        columns[name] = replace(values, codes=code).text(values.array)
        notes += _told(
            supp,
            np.unique(rows[unlike]),
            declared,
            "supplemental.several_values",
            "there are different values of {value} for one record; it has none",
        )
        notes += _told(
            supp,
            np.unique(rows[again & ~unlike]),
            declared,
            "supplemental.repeated",
            "the value of {value} is given again for the same record",
            Severity.WARNING,
        )
    return columns, notes


def _told(
    supp: SourceTable,
    rows: Positions,
    declared: SourceDeclaration,
    rule: str,
    message: str,
    severity: Severity = Severity.ERROR,
) -> list[Finding]:
    return findings_by_value(
        supp,
        rows,
        supp.frame["QNAM"].take(rows).reset_index(drop=True),
        rule=rule,
        message=message,
        severity=severity,
        column="QNAM",
        at=declared.spec.at,
    )
