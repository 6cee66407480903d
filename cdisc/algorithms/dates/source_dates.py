"""The first or last numeric date of a subject over declared records, such as last known alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Columns,
    Considered,
    Explaining,
    Issue,
    Link,
    Result,
    Selected,
    default,
    records,
)
from cdisc.algorithms.columns.subjects import each_with_its_records, first_row, links_to, of_subject
from cdisc.algorithms.columns.uniques import Codes, distinct, is_missing, pair, text_column
from cdisc.algorithms.dates.analysis_dates import (
    date_flags,
    date_imputation,
    imputation_issues,
    imputation_words,
    time_flags,
    with_time,
)
from cdisc.algorithms.dates.possible_dates import Imputation, Imputed, Moments, Unknown
from cdisc.algorithms.dates.possible_dates import impute as imputed
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.values.readings import numbers_of
from cdisc.errors import UsageError
from cdisc.model import Severity

Marks = npt.NDArray[np.bool_]
Give = Literal["date", "datetime", "date_flag", "time_flag"]
_TAKEN, _OTHER, _AFTER, _BEFORE, _INCOMPLETE, _UNDATED, _NO_DOSE = range(7)
_WHY = (
    "after the last day that counts",
    "before the first day that counts",
    "incomplete and not imputed, or no date",
    "no date",
    "no dose above 0 and no placebo",
)
_WORDS = {"date": "date", "datetime": "date/time"}


def _method(texts: Mapping[str, str]) -> str:
    give = texts.get("give") or "date"
    text = f"The {texts['take']} {_WORDS.get(give, give)} of the subject in {texts['of']}"
    if give.endswith("_flag"):
        what = "date" if give == "date_flag" else "date/time"
        text = f"Of the {texts['take']} {what} of the subject in {texts['of']}"
    if texts.get("since"):
        text += f", from {texts['since']} on"
    if texts.get("until"):
        text += f", up to {texts['until']}"
    timed = give in ("datetime", "time_flag")
    text += imputation_words(texts, timed=timed) + "; incomplete ones are left out"
    if give == "date_flag":
        return f"{text}: the highest part that was imputed, Y the year, M the month, D the day."
    if give == "time_flag":
        return f"{text}: the highest part that was imputed, H the hour, M the minute, S the second."
    return f"{text}."


@algorithm(main="of", method=_method)
def extreme_date(
    of: Annotated[tuple[Selected, ...], records(by="USUBJID", date=None)],
    take: Literal["earliest", "latest"],
    give: Give = "date",
    since: Column | None = None,
    until: Column | None = None,
    impute: Literal["none", "first", "last", "mid"] = "none",
    highest: Literal["day", "month", "year"] = "month",
    impute_time: Literal["none", "first", "last"] = "none",
    not_before: Columns | None = None,
    not_after: Columns | None = None,
    ignore_seconds: bool = False,
    subject: Column = default("USUBJID"),
    explaining: Explaining = False,
) -> Result:
    """The earliest or latest complete numeric date of a subject over declared records.

    1. Take all records of the subject that the declared selections keep, and their dates; an
       incomplete one counts only as `impute` and `impute_time` complete it, within the bounds of
       the subject (as `analysis_date` and `analysis_datetime` do).
    2. Leave out dates before `since` or after `until`, compared as days.
    3. Take the earliest or latest of them: as a date, as a date/time, or what of it was imputed.

    Each row of a subject has bounds of its own. The dates of treatment are for `exposure_date`,
    which knows what a dose is; a text in ISO 8601, as in SDTM, for `reference_date`.

    Missing: incomplete dates that are not imputed are left out; a subject without any date has
    none. A text that is no date is left out, with a finding. A record without a subject is
    nobody's.
    Ties: the same moment in several records is one value; the first selection is its origin.
    Source: ADaMIG 1.3, section 3.2 (LSTALVDT, DTHDT, TRTSDT and their kin).
    Example: take latest of visits 2024-01-05 and 2024-02 gives 2024-01-05.

    Args:
        of: the records with their date, one or several selections.
        take: which one to take.
        give: the date, the date/time, or the flag of what was imputed in it.
        since: the day of the subject from which dates count.
        until: the last day of the subject on which dates count.
        impute: which of the possible days of an incomplete date to take.
        highest: the highest part of a date that may be imputed.
        impute_time: which of the possible times to take, for a date/time.
        not_before: dates of the subject that an imputed one must not be before.
        not_after: dates of the subject that an imputed one must not be after.
        ignore_seconds: whether times are collected without seconds, which then need no flag.
        subject: the subject of the row.
        explaining: whether to tell of each record why it was taken or not.
    """
    how = _how("extreme_date", give, impute, highest, impute_time, not_before, not_after)
    bounds = _Bounds(since, until, not_before or (), not_after or ())
    taken = _taken("extreme_date", of, take, how, bounds, subject, each=explaining)
    return taken.result(give, ignore_seconds, of if explaining else ())


def _exposure_method(texts: Mapping[str, str]) -> str:
    text = _method(texts).removesuffix(".")
    return (
        f"{text}. Records count whose dose is above 0, or whose treatment names a placebo "
        f"({texts.get('placebo') or 'PLACEBO'})."
    )


@algorithm(main="of", method=_exposure_method)
def exposure_date(
    of: Annotated[
        tuple[Selected, ...],
        records(by="USUBJID", date=None, dose="EXDOSE", treatment="EXTRT"),
    ],
    take: Literal["earliest", "latest"],
    give: Give = "date",
    placebo: tuple[str, ...] = ("PLACEBO",),
    impute: Literal["none", "first", "last", "mid"] = "none",
    highest: Literal["day", "month", "year"] = "month",
    impute_time: Literal["none", "first", "last"] = "none",
    ignore_seconds: bool = False,
    subject: Column = default("USUBJID"),
    explaining: Explaining = False,
) -> Result:
    """When a subject was first or last exposed to treatment: dose above 0, or a placebo.

    1. Take the records of the subject with a dose above 0, and those whose treatment contains one
       of the words for placebo, whatever their dose.
    2. Complete their dates as `impute` and `impute_time` say.
    3. Take the earliest or latest: as a date, as a date/time, or what of it was imputed.

    Any other date of a subject is for `extreme_date`; a text in ISO 8601, as in SDTM, for
    `reference_date`; how much was given for `exposure_summary`.

    Missing: incomplete dates that are not imputed are left out; a subject who was never exposed
    has none. A text that is no date is left out, with a finding; so is a dose that is no number.
    Ties: the same moment in several records is one value; the first selection is its origin.
    Source: ADaMIG 1.3, section 3.2.5 (TRTSDT, TRTSDTM, TRTEDT, TRTEDTM).
    Example: doses 0 on 2024-01-08 and 2 on 2024-01-10, take earliest gives 2024-01-10.

    Args:
        of: the doses with their date, dose and treatment.
        take: whether the first exposure or the last.
        give: the date, the date/time, or the flag of what was imputed in it.
        placebo: words that tell a placebo in the name of a treatment; case does not matter.
        impute: which of the possible days of an incomplete date to take.
        highest: the highest part of a date that may be imputed; not year, which has no bound.
        impute_time: which of the possible times to take, for a date/time.
        ignore_seconds: whether times are collected without seconds, which then need no flag.
        subject: the subject of the row.
        explaining: whether to tell of each record why it was taken or not.
    """
    how = _how("exposure_date", give, impute, highest, impute_time, (), ())
    given = [_administered(part, placebo) for part in of]
    counts = np.concatenate([marks for marks, _ in given]) if given else None
    taken = _taken("exposure_date", of, take, how, _Bounds(), subject, counts, each=explaining)
    told = taken.result(give, ignore_seconds, of if explaining else ())
    return replace(told, issues=told.issues + _no_numbers(of, subject, [text for _, text in given]))


def _administered(doses: Selected, placebo: Sequence[str]) -> tuple[Marks, Marks]:
    """Which doses are exposure; and of the others, which have a dose that is no number."""
    treatment = distinct(doses["treatment"])
    words = [word.casefold() for word in placebo]
    named = treatment.flags([any(w in text.casefold() for w in words) for text in treatment.texts])
    dose, unread = numbers_of(doses["dose"])
    return np.asarray((dose > 0) | named), unread & ~named


def _no_numbers(
    of: Sequence[Selected], subject: pd.Series[Any], unread: Sequence[Marks]
) -> tuple[Issue, ...]:
    """Doses that are no number, said of the first row of their subject."""
    people = of_subject(subject, of)
    row = first_row(people.rows, people.count)[people.records]
    lost = np.flatnonzero(np.concatenate(unread) & (row >= 0))
    if not len(lost):
        return ()
    lost = lost[np.argsort(row[lost], kind="stable")]
    doses = pd.concat([text_column(part["dose"]) for part in of], ignore_index=True)
    return (
        Issue(
            "exposure_date.dose",
            "the dose {value} is no number; it does not count as exposure",
            row[lost],
            Severity.ERROR,
            doses.take(lost).reset_index(drop=True),
            "Map the dose as a number",
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Bounds:
    """Columns of the rows given that limit the dates of their subject."""

    since: pd.Series[Any] | None = None
    until: pd.Series[Any] | None = None
    not_before: Columns = ()
    not_after: Columns = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """Moments of records of the rows' subjects, and which of them each row takes; -1: none.

    Parallel to the moments, `record` is the record of each, `row` the first row that asks for it
    with its bounds, and `why` the reason it was not taken, a place in `words`.
    """

    found: Imputed
    place: Codes
    record: Codes
    row: Codes
    why: Codes
    words: Sequence[str]
    issues: tuple[Issue, ...]
    links: tuple[Link, ...]

    def result(self, give: str, ignore_seconds: bool, explained: Sequence[Selected] = ()) -> Result:
        """The date of each row, or the flag of what was imputed in it."""
        considered = self._considered(explained)
        if give in ("date", "datetime"):
            moments = np.append(self.found.moments, np.datetime64("NaT", "s"))
            return Result(pd.Series(moments[self.place]), self.issues, self.links, considered)
        unknown = np.append(self.found.unknown, np.int8(Unknown.NOTHING))[self.place]
        flags = date_flags(unknown) if give == "date_flag" else time_flags(unknown, ignore_seconds)
        return Result(flags, self.issues, self.links, considered)

    def _considered(self, of: Sequence[Selected]) -> tuple[Considered, ...]:
        """Of each record of a subject, why it was taken or not."""
        taken = np.zeros(len(self.row), dtype=np.bool_)
        taken[self.place[self.place >= 0]] = True
        told = []
        start = 0
        for part in of:
            mine = np.flatnonzero((self.record >= start) & (self.record < start + len(part)))
            why = pd.Series([self.words[code] for code in self.why[mine]], dtype="str")
            why = why.mask(taken[mine], self.words[_TAKEN])
            parents = part.rows[self.record[mine] - start]
            told.append(Considered(part.name, self.row[mine], parents, taken[mine], why))
            start += len(part)
        return tuple(told)


def _how(
    name: str,
    give: str,
    method: str,
    highest: str,
    time: str,
    not_before: Columns | None,
    not_after: Columns | None,
) -> Imputation:
    how = date_imputation(name, method, highest, False, not_before, not_after)
    if give in ("datetime", "time_flag"):
        return with_time(how, time, "hour")
    if time != "none":
        raise UsageError(
            f"{name} imputes a time only for a date/time", hint="Say give: datetime or time_flag"
        )
    return how


def _taken(
    name: str,
    of: tuple[Selected, ...],
    take: str,
    how: Imputation,
    bounds: _Bounds,
    subject: pd.Series[Any],
    counts: Marks | None = None,
    *,
    each: bool,
) -> _Taken:
    """The record with the earliest or latest usable moment of each row's subject.

    With `each`, rows of one subject and equal bounds are looked at one by one, to tell of each.
    """
    if not of:
        raise UsageError(f"{name} needs at least one selection of records")
    people = of_subject(subject, of)
    cells = np.arange(len(subject)) if each else _cells(people.rows, bounds)
    first = first_row(cells, int(cells.max(initial=-1)) + 1)[:-1]
    cell, record = each_with_its_records(people.rows[first], people.records)
    theirs = first[cell]

    def spread(column: pd.Series[Any]) -> pd.Series[Any]:
        return column.take(theirs).reset_index(drop=True)

    every = pd.concat([text_column(part["date"]) for part in of], ignore_index=True)
    dates = every.take(record).reset_index(drop=True)
    found = imputed(
        dates,
        how,
        [spread(column) for column in bounds.not_before],
        [spread(column) for column in bounds.not_after],
    )
    why = np.full(len(dates), _OTHER, dtype=np.int64)
    if bounds.until is not None:
        why[_earlier(_day(spread(bounds.until)), found.moments)] = _AFTER
    if bounds.since is not None:
        why[_earlier(found.moments, _day(spread(bounds.since)))] = _BEFORE
    why[np.isnat(found.moments)] = _INCOMPLETE
    why[is_missing(dates) & np.isnat(found.moments)] = _UNDATED
    if counts is not None:
        why[~counts[record]] = _NO_DOSE
    usable = np.flatnonzero(why == _OTHER)
    moment = found.moments[usable].astype(np.int64)
    keys = (record[usable], moment if take == "earliest" else -moment, cell[usable])
    best = usable[np.lexsort(keys)]
    leading = np.ones(len(best), dtype=np.bool_)
    leading[1:] = cell[best][1:] != cell[best][:-1]
    chosen = np.full(len(first), -1, dtype=np.int64)
    chosen[cell[best[leading]]] = best[leading]
    issues = _issues(name, found, dates, theirs)
    other = "later than the earliest" if take == "earliest" else "earlier than the latest"
    words = (f"the {take}", f"{other}, or equal to it", *_WHY)
    place = chosen[cells]
    links = links_to(of, np.append(record, -1)[place])
    return _Taken(found, place, record, theirs, why, words, issues, links)


def _cells(subjects: Codes, bounds: _Bounds) -> Codes:
    """A number for each subject and its bounds: rows that have both in common are one question."""
    given = [bounds.since, bounds.until, *bounds.not_before, *bounds.not_after]
    return pair([subjects, *(distinct(column).codes for column in given if column is not None)])[0]


def _day(column: pd.Series[Any]) -> Moments:
    return imputed(column, Imputation()).moments


def _earlier(left: Moments, right: Moments) -> Marks:
    """Where the day of one lies before that of the other; never where either is missing."""
    return np.asarray(left.astype("datetime64[D]") < right.astype("datetime64[D]"), dtype=np.bool_)


def _issues(name: str, found: Imputed, dates: pd.Series[Any], row: Codes) -> tuple[Issue, ...]:
    """What there is to say about dates of other records, said of the row of their subject."""
    said: list[Issue] = []
    for one in imputation_issues(name, found, dates, np.ones(len(row), dtype=np.bool_)):
        # Incomplete dates are left out: that is the definition.
        if not one.rule.endswith(".incomplete"):
            rows = row[one.rows]
            order = np.argsort(rows, kind="stable")
            values = None if one.values is None else one.values.take(order).reset_index(drop=True)
            said.append(replace(one, rows=rows[order], values=values))
    return tuple(said)
