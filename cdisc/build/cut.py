"""The data cut: records that start after it are left out, later end dates are blanked.

The cut is made in the sources, before anything is mapped, so that it holds in every dataset,
supplemental qualifiers and lineage included. Rules (those of the package datacutr, and stricter):
a partial date counts as the earliest day it can be; a record without a date is kept, with a
finding; date-times are cut by their day, at the offset the source declares; a person without a
cut, where each person has one, is left out. Everything that was cut is listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.uniques import (
    TEXT,
    distinct,
    is_missing,
    pair,
    spread_array,
    text_column,
)
from cdisc.algorithms.dates.iso_dates import complete_days, iso8601
from cdisc.algorithms.dates.partial_dates import spans
from cdisc.build.cut_list import CutList
from cdisc.build.lookups import match_rows
from cdisc.build.persons import rows_of
from cdisc.build.source_findings import findings_by_value, occurrences
from cdisc.errors import SpecError, did_you_mean
from cdisc.model import Finding, Severity
from cdisc.sources import SourceTable
from cdisc.spec import StudySpec
from cdisc.spec.read_cut import Becomes, Cut, EndDate, RecordDate
from cdisc.spec.read_sources import SourceDeclaration

Positions = npt.NDArray[np.int64]
Days = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """The day of the cut in ISO 8601: one `date`, or one by person; persons without are cut off."""

    date: str
    by_person: Mapping[str, str] | None = None

    def of(self, person: pd.Series[Any] | None, count: int) -> pd.Series[Any]:
        """The cut of each of some records as text; missing where its person has none."""
        if self.by_person is None or person is None:
            return _constant(self.date, count)
        values = distinct(person)
        return values.text([self.by_person.get(name) for name in values.texts])

    def days(self, person: pd.Series[Any]) -> Days:
        """The cut of each person in days since 1970-01-01; NaN where there is none."""
        if self.by_person is None:
            day = np.datetime64(self.date, "D").astype(np.int64)
            return np.full(len(person), float(day))
        return complete_days(self.of(person, len(person))).to_numpy()


@dataclass(frozen=True, slots=True, eq=False)
class _Dates:
    """When the records of a source were: earliest possible day (NaN: not known) and the text."""

    days: Days
    texts: pd.Series[Any]
    unreadable: Flags


def read_cuts(study: StudySpec, tables: Mapping[str, SourceTable]) -> tuple[Cuts, list[Finding]]:
    """The cut of the study, or of each person; findings for persons without a clear one."""
    cut = study.cut
    if cut is None or cut.date:
        return Cuts(cut.date if cut else ""), []
    table = tables[cut.table]
    for name in (cut.column, cut.person):
        _require(name, table, cut)
    column = table.frame[cut.column]
    person = distinct(table.frame[cut.person])
    day = complete_days(iso8601(date=column, formats=cut.formats).values).to_numpy()
    findings = findings_by_value(
        table,
        np.flatnonzero(np.isnan(day) & ~person.missing),
        column[np.isnan(day) & ~person.missing],
        rule="cut.no_day",
        message=f"{cut.column} {{value}} is no day: it is no cut for the person",
        column=cut.column,
        at=cut.at,
    )
    known = np.flatnonzero(~np.isnan(day) & ~person.missing)
    days, day_codes = np.unique(day[known].astype(np.int64), return_inverse=True)
    _, (who, when) = pair([person.codes[known], day_codes.astype(np.int64)])
    count = np.bincount(who, minlength=len(person.texts))
    several = person.flags(count > 1)
    findings += findings_by_value(
        table,
        np.flatnonzero(several),
        table.frame[cut.person][several],
        rule="cut.several_days",
        message="{value} has more than one data cut: none of them counts",
        column=cut.person,
        at=cut.at,
    )
    texts = np.datetime_as_string(days.astype("datetime64[D]")).tolist()
    one = count[who] == 1
    by_person = {
        person.texts[name]: texts[place]
        for name, place in zip(who[one].tolist(), when[one].tolist(), strict=True)
    }
    return Cuts("", by_person), findings


def cut_sources(
    study: StudySpec, tables: dict[str, SourceTable], cuts: Cuts
) -> dict[str, pd.DataFrame]:
    """Cut every source to what it was on the day of the cut, in place: two copies are too many.

    Returns by source what was cut, cell by cell (`CutList`). Raises SpecError when a source has
    not the columns that its `date` names.
    """
    listed: dict[str, pd.DataFrame] = {}
    if study.cut is None:
        return listed
    reader = _Reader(study, tables)
    # a source that others follow is needed as received until they are cut
    for name in sorted(tables, key=lambda name: -_steps(study, name)):
        source = study.sources.get(name)
        if source is not None and source.person:
            tables[name], cells = _cut_source(tables[name], source, study.cut, cuts, reader)
            if len(cells):
                listed[name] = cells.frame()
    return {name: listed[name] for name in tables if name in listed}


def _steps(study: StudySpec, name: str) -> int:
    """How many sources a source follows, one through the other."""
    source = study.sources.get(name)
    follows = source.date.follows if source and source.date else ""
    return 1 + _steps(study, follows) if follows else 0


def _cut_source(
    table: SourceTable, source: SourceDeclaration, cut: Cut, cuts: Cuts, reader: _Reader
) -> tuple[SourceTable, CutList]:
    person = table.frame[source.person]
    limit = cuts.days(person)
    homeless = np.isnan(limit)
    findings: list[Finding] = []
    if cuts.by_person is not None:
        findings += _without_cut(table, person, homeless, cut)
    cells = CutList(table, person, cuts.of).removed(np.flatnonzero(homeless), source.person)
    date = source.date
    if date is None or not date.columns:
        kept = rows_of(table, np.flatnonzero(~homeless))
        return replace(kept, notes=(*table.notes, *findings)), cells
    found = reader.dates(table.name)
    after = ~homeless & (found.days > limit)
    shown = date.column or ", ".join((date.match or {}).values())
    cells = cells.removed(np.flatnonzero(after), shown, found.texts)
    findings += _about_dates(table, date, found, after, shown, ~homeless)
    frame = table.frame
    for end in date.ends:
        late = reader.column(table, date, end.column).days > limit
        late &= ~homeless & ~after
        rows = np.flatnonzero(late)
        if not len(rows):
            continue
        for column, becomes in ((end.column, Becomes()), *end.becomes.items()):
            was = frame[column]
            now = _becomes(was, becomes).where(late, was)
            cells = cells.changed(rows, column, was, now)
            frame = frame.assign(**{column: now})
        findings.append(_finding(table, rows, "cut.blanked", end.column, _blanked(end), date))
    whole = replace(table, frame=frame)
    kept = rows_of(whole, np.flatnonzero(~homeless & ~after))
    return replace(kept, notes=(*table.notes, *findings)), cells


class _Reader:
    """Reads when the records of sources were, each source once, from the tables as received."""

    def __init__(self, study: StudySpec, tables: Mapping[str, SourceTable]) -> None:
        self._study = study
        self._tables = tables
        self._known: dict[str, _Dates] = {}

    def dates(self, name: str) -> _Dates:
        """The dates of the records of a source that has a `date`."""
        if name not in self._known:
            date = self._study.sources[name].date
            assert date is not None  # noqa: S101 - asked only for sources that have one
            table = self._tables[name]
            for column in date.columns:
                _require(column, table, date)
            found = self._followed(table, date) if date.follows else None
            self._known[name] = found or self.column(table, date, date.column)
        return self._known[name]

    def column(self, table: SourceTable, date: RecordDate, column: str) -> _Dates:
        """The dates of a column, read in the formats and at the offsets of the source."""
        values = distinct(table.frame[column])
        raw = pd.Series(pd.array(values.array, dtype=TEXT))
        iso = iso8601(
            date=raw,
            formats=date.formats,
            from_offset=date.from_offset,
            to_offset=date.to_offset,
        )
        dates = iso.values
        # a time that cannot be told at another offset leaves the date as it was written
        lost = is_missing(dates)
        bad = np.zeros(len(raw), dtype=np.bool_)
        for issue in iso.issues:
            if issue.rule != "iso8601.time":
                bad[issue.rows] = True
        if (lost & bad).any() and date.to_offset is not None:
            plain = iso8601(date=raw, formats=date.formats).values
            dates = dates.where(~lost, plain)
            bad &= is_missing(plain)
        year_unknown = dates.str.startswith("-").fillna(value=False).to_numpy(dtype=np.bool_)
        moments = spans(dates).earliest
        days = moments.astype("datetime64[D]").astype(np.int64).astype(np.float64)
        days[np.isnat(moments) | year_unknown] = np.nan
        bad &= np.isnan(days)
        whole = spread_array(values.codes, days, np.nan)
        return _Dates(whole, table.frame[column], values.flags(bad))

    def _followed(self, table: SourceTable, date: RecordDate) -> _Dates:
        """The earliest date of the records of another source that match."""
        theirs = self._tables[date.follows]
        other = self._study.sources[date.follows].date
        match = date.match or {}
        for column in match:
            if column not in theirs.frame:
                _require(column, theirs, date)
        known = self.dates(date.follows) if other is not None and other.columns else None
        groups, their_groups = match_rows(
            [table.frame[ours] for ours in match.values()], [theirs.frame[name] for name in match]
        )
        size = int(max(groups.max(initial=-1), their_groups.max(initial=-1))) + 1
        first = np.full(size + 1, np.inf)
        if known is not None:
            dated = (their_groups >= 0) & ~np.isnan(known.days)
            np.minimum.at(first, their_groups[dated], known.days[dated])
        first[np.isinf(first)] = np.nan
        first[size] = np.nan
        days = first[np.where(groups >= 0, groups, size)]
        lost = np.isnan(days)
        whole = np.where(lost, 0, days).astype(np.int64).astype("datetime64[D]")
        texts = pd.Series(np.datetime_as_string(whole), dtype=TEXT).where(~lost)
        return _Dates(days, texts, np.zeros(len(days), dtype=np.bool_))


def _constant(text: str, count: int) -> pd.Series[Any]:
    one = pd.array([text or None], dtype=TEXT)
    return pd.Series(one.take(np.zeros(count, dtype=np.int64)))


def _becomes(was: pd.Series[Any], becomes: Becomes) -> pd.Series[Any]:
    """What cells hold once their end date is blanked."""
    if not becomes.without:
        return _constant(becomes.text, len(was))
    values = distinct(was)
    split: Callable[[str], list[str]] = lambda text: text.split(becomes.separator)  # noqa: E731
    left = [
        becomes.separator.join(part for part in split(text) if part.strip() != becomes.without)
        for text in values.texts
    ]
    return values.text(left)


def _require(name: str, table: SourceTable, asked: Cut | RecordDate) -> None:
    columns = [str(column) for column in table.frame.columns]
    if name not in columns:
        raise SpecError(
            f"{table.name} has no column {name}",
            at=asked.at,
            hint=did_you_mean(name, columns) or f"There are {', '.join(columns[:12])}",
        )


def _without_cut(
    table: SourceTable, person: pd.Series[Any], homeless: Flags, cut: Cut
) -> list[Finding]:
    rows = np.flatnonzero(homeless)
    found = findings_by_value(
        table,
        rows,
        text_column(person.take(rows).reset_index(drop=True)),
        rule="cut.no_cut",
        message="{value} has no data cut: the person's records are left out",
        severity=Severity.WARNING,
        at=cut.at,
    )
    # said of the person, not of each source the person is in
    return [replace(finding, dataset="") for finding in found]


def _about_dates(
    table: SourceTable,
    date: RecordDate,
    found: _Dates,
    after: Flags,
    shown: str,
    here: Flags,
) -> list[Finding]:
    findings: list[Finding] = []
    source = f"{date.follows} of {shown}" if date.follows else shown
    rows = np.flatnonzero(after)
    if len(rows):
        message = f"{source} is after the data cut: the record is left out"
        findings.append(_finding(table, rows, "cut.removed", date.column, message, date))
    bad = found.unreadable & here
    findings += findings_by_value(
        table,
        np.flatnonzero(bad),
        found.texts[bad],
        rule="cut.unreadable",
        message=f"{shown} {{value}} cannot be read as a date: the record is kept",
        severity=Severity.WARNING,
        column=date.column,
        at=date.at,
    )
    rows = np.flatnonzero(np.isnan(found.days) & ~bad & here)
    if len(rows):
        message = f"{source} tells no date: the record is kept whatever the data cut"
        severity = Severity.WARNING if date.expected else Severity.INFO
        findings.append(
            _finding(table, rows, "cut.no_date", date.column, message, date, severity=severity)
        )
    return findings


def _blanked(end: EndDate) -> str:
    message = f"{end.column} is after the data cut: it is blank"
    for column, becomes in end.becomes.items():
        if becomes.without:
            message += f", {column} is without {becomes.without}"
        else:
            message += f", {column} is {becomes.text or 'blank'}"
    return message


def _finding(
    table: SourceTable,
    rows: Positions,
    rule: str,
    column: str,
    message: str,
    date: RecordDate,
    severity: Severity = Severity.INFO,
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        dataset=table.name,
        variable=column,
        at=date.at,
        count=len(rows),
        occurrences=occurrences(table, rows),
    )
