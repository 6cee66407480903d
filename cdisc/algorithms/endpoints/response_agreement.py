"""Derived responses beside those of the investigator: where they differ, and in which part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Column, Issue, Link, Result, Selected, default, records
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import TEXT, distinct, pair, spread_text, text_column
from cdisc.algorithms.dates.iso_dates import complete_days
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError
from cdisc.model import Severity

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

# The parts of a response have the words of RECIST 1.1 or those of iRECIST.
_PLAIN = {
    "iCR": "CR",
    "iPR": "PR",
    "iSD": "SD",
    "iUPD": "PD",
    "iCPD": "PD",
    "NON-iCR/NON-iUPD": "NON-CR/NON-PD",
}
_PROGRESSIONS = ("iUPD", "iCPD")
_REASONS = (
    "confirmation of progression",
    "what becomes of a progression before",
    "the parts are the same, so the investigator's overall response does not follow from them",
)


@dataclass(frozen=True, slots=True)
class Tests:
    """The tests under which the parts of a response stand.

    Args:
        overall: the overall response.
        target: the response of target lesions.
        non_target: the response of non-target lesions.
        new_lesion: whether there is a new lesion.
    """

    overall: str = "OVRLRESP"
    target: str = "TRGRESP"
    non_target: str = "NTRGRESP"
    new_lesion: str = "NEWLIND"


@algorithm(
    main="response",
    method=lambda texts: (
        ("Y where" if texts["give"] == "agreement" else "How")
        + f" {texts['response']} at {texts['assessment']} "
        + ("equals" if texts["give"] == "agreement" else "differs from")
        + f" the response in {texts['investigator']}, with {texts['target']}, "
        f"{texts['non_target']}, {texts['new_lesion']} and {texts['date']}"
        + (", otherwise N" if texts["give"] == "agreement" else "")
        + "; null where there is none."
    ),
    gives="text",
)
def response_agreement(
    response: Column,
    target: Column,
    non_target: Column,
    new_lesion: Column,
    date: Column,
    investigator: Annotated[
        Selected,
        records(
            "RS",
            by="USUBJID",
            assessment="VISIT",
            test="RSTESTCD",
            result="RSSTRESC",
            date="RSDTC",
        ),
    ],
    give: Literal["agreement", "difference"],
    date_within: int = 0,
    tests: Tests | None = None,
    assessment: Column = default("VISIT"),
    subject: Column = default("USUBJID"),
) -> Result:
    """Whether a derived response is that of the investigator, or in what it differs.

    1. Take the investigator's responses of the same subject and assessment.
    2. The two agree when the overall responses are equal and their dates are no more than
       `date_within` days apart. `agreement` is Y or N.
    3. `difference` names the parts that differ: target, non-target, new lesion, date, with both
       values. Where none differs and the overall response does, it says which parts were not
       compared. When all were, the investigator's overall response does not follow from its
       parts; in iRECIST the two may also differ in the confirmation of a progression (iUPD, iCPD)
       or in what becomes of a progression before.
    4. With `agreement`, each difference is a finding, as is a response that only one has.

    Missing: without an overall response of the investigator the outcome is missing. A part that
    either has not is not compared; the words of iRECIST count as those of RECIST 1.1.
    Ties: several overall responses of one assessment: the outcome is missing, with a finding.
    Several records of a part: it is not compared, with a finding.
    Source: FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs (2018), on the
    verification of responses by the underlying measurements.
    Example: derived PD with target PD, where the investigator has SD with target SD, gives N, and
    `target PD, investigator SD`.

    Args:
        response: the derived overall response.
        target: the derived response of target lesions.
        non_target: the derived response of non-target lesions.
        new_lesion: Y where there is a new lesion, otherwise N.
        date: the date of the derived response.
        investigator: the investigator's responses by the same criteria.
        give: whether to give Y and N, or what differs.
        date_within: how many days the dates may differ.
        tests: the tests under which the investigator's responses stand.
        assessment: what names the assessment.
        subject: the subject.
    """
    if date_within < 0:
        raise UsageError("response_agreement: date_within cannot be negative")
    words = tests or Tests()
    match = _Match(investigator, subject, assessment)
    overall, several = match.of(words.overall)
    ours, theirs = text_column(response), match.text(overall)
    there = theirs.notna().to_numpy() & ours.notna().to_numpy()
    responses = there & (ours.to_numpy() != theirs.to_numpy())
    days = complete_days(date).to_numpy(dtype=np.float64)
    stated = np.append(complete_days(investigator["date"]).to_numpy(dtype=np.float64), np.nan)
    dates = there & (np.abs(days - stated[overall]) > date_within)
    parts = [
        _Part("target", target, *match.said(words.target)),
        _Part("non-target", non_target, *match.said(words.non_target)),
        _Part("new lesion", new_lesion, *match.said(words.new_lesion)),
    ]
    differs = responses | dates
    said = [part.difference() for part in parts]
    alone = responses & ~np.any([piece.notna().to_numpy() for piece in said], axis=0)
    said.append(_alone(ours, theirs, parts).where(alone))
    stated_on = _Part("date", date, _taken(investigator["date"], overall), several)
    said.append(stated_on.difference().where(dates))
    text = _joined(said, differs)
    link = np.flatnonzero(overall >= 0)
    links = (Link(investigator.name, link, investigator.rows[overall[link]]),)
    if give == "difference":
        return Result(text.where(differs), (), links)
    flag = spread_text(np.where(there, np.where(differs, 1, 0), -1).astype(np.int64), ["Y", "N"])
    issues = (
        *_differences(ours, theirs, text, text_column(assessment), differs),
        *issue(
            "response_agreement.several",
            "the investigator has several overall responses at {value}",
            several,
            assessment,
        ),
        *(
            found
            for part in parts
            for found in issue(
                "response_agreement.several",
                f"the investigator has several records of {part.name} at {{value}}; it is not "
                "compared",
                part.several & there,
                assessment,
            )
        ),
        *issue(
            "response_agreement.only_derived",
            "a response is derived at {value}, and there is none of the investigator",
            ours.notna().to_numpy() & (overall < 0) & ~several,
            assessment,
            severity=Severity.INFO,
        ),
        *match.only_theirs(words.overall, ours.notna().to_numpy()),
    )
    return Result(flag, issues, links)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of the response on both sides; `several`: the investigator says it more than once."""

    name: str
    ours: pd.Series[Any]
    theirs: pd.Series[Any]
    several: Marks

    @property
    def compared(self) -> Marks:
        """Where both sides have it."""
        both: Marks = self.ours.notna().to_numpy() & self.theirs.notna().to_numpy()
        return both

    def difference(self) -> pd.Series[Any]:
        """What both sides say where they differ, otherwise missing."""
        mine, other = _plain(self.ours), _plain(self.theirs)
        differs = self.compared & (mine != other).to_numpy()
        return (self.name + " " + mine + ", investigator " + other).where(differs)


def _alone(ours: pd.Series[Any], theirs: pd.Series[Any], parts: list[_Part]) -> pd.Series[Any]:
    """Why overall responses may differ where none of the parts does."""
    confirmed = ours.isin(_PROGRESSIONS).to_numpy(), theirs.isin(_PROGRESSIONS).to_numpy()
    # an iUPD lasts until it is confirmed or taken back, whatever the parts of this assessment say
    progress = np.any([(_plain(part.ours) == "PD").to_numpy() for part in parts[:2]], axis=0)
    earlier = (confirmed[0] ^ confirmed[1]) & ~progress
    equal = np.all([part.compared for part in parts], axis=0)
    lacking = [pd.Series(part.name, index=ours.index, dtype=TEXT) for part in parts]
    lacking = [name.mask(part.compared) for name, part in zip(lacking, parts, strict=True)]
    missed = "parts not compared: " + _joined(lacking, ~equal, ", ")
    codes = np.select([confirmed[0] & confirmed[1], ~equal, earlier], [0, -1, 1], default=2)
    return missed.where(codes < 0, spread_text(codes.astype(np.int64), list(_REASONS)))


class _Match:
    """The investigator's records by subject, assessment and test."""

    def __init__(
        self, records_: Selected, subject: pd.Series[Any], assessment: pd.Series[Any]
    ) -> None:
        self.records = records_
        count = len(subject)
        keys = []
        for ours, theirs in ((subject, "by"), (assessment, "assessment")):
            both = pd.concat([text_column(ours), text_column(records_[theirs])], ignore_index=True)
            keys.append(distinct(both).codes)
        self.person = keys[0]
        key = pair(keys)[0]
        known = (keys[0] >= 0) & (keys[1] >= 0)
        self.ours = np.where(known, key, -1)[:count]
        self.theirs = np.where(known, key, -2)[count:]
        self.size = int(key.max(initial=-1)) + 1
        self.tests = distinct(records_["test"])
        self.missing = distinct(records_["result"]).missing

    def _of_test(self, test: str) -> Ints:
        of_test = self.tests.flags([text == test for text in self.tests.texts])
        return np.flatnonzero(of_test & ~self.missing & (self.theirs >= 0))

    def of(self, test: str) -> tuple[Ints, Marks]:
        """For each of our rows the record with that test or -1; and where there are several."""
        rows = self._of_test(test)
        record = np.full(self.size + 1, -1, dtype=np.int64)
        record[self.theirs[rows]] = rows
        many = np.zeros(self.size + 1, dtype=np.int64)
        np.add.at(many, self.theirs[rows], 1)
        several = many[self.ours] > 1
        return np.where(several, -1, record[self.ours]), several

    def said(self, test: str) -> tuple[pd.Series[Any], Marks]:
        """For each of our rows the result of that test; and where there are several."""
        record, several = self.of(test)
        return self.text(record), several

    def text(self, record: Ints) -> pd.Series[Any]:
        """The results of those records."""
        return _taken(self.records["result"], record)

    def only_theirs(self, test: str, responds: Marks) -> tuple[Issue, ...]:
        """Findings, at a row of the subject, for responses at an assessment without one of ours."""
        rows = self._of_test(test)
        rows = rows[~np.isin(self.theirs[rows], self.ours[responds])]
        count = len(self.ours)
        first = np.full(int(self.person.max(initial=-1)) + 2, -1, dtype=np.int64)
        first[self.person[:count][::-1]] = np.arange(count)[::-1]  # the first is written last
        first[-1] = -1
        at = first[self.person[count:][rows]]
        rows, at = rows[at >= 0], at[at >= 0]
        visits = _taken(self.records["assessment"], rows)
        told: list[Issue] = []
        order = np.argsort(at, kind="stable")
        if len(rows):
            told.append(
                Issue(
                    "response_agreement.only_investigator",
                    "the investigator has a response at {value}, and none is derived",
                    at[order],
                    Severity.INFO,
                    visits.take(order).reset_index(drop=True),
                )
            )
        return tuple(told)


def _taken(column: pd.Series[Any], record: Ints) -> pd.Series[Any]:
    values = pd.api.extensions.take(text_column(column).array, record, allow_fill=True)
    return pd.Series(values)


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    values = distinct(column)
    return values.text([_PLAIN.get(text, text) for text in values.texts])


def _joined(parts: list[pd.Series[Any]], where: Marks, between: str = "; ") -> pd.Series[Any]:
    """The parts that there are, one after another; only where asked."""
    rows = np.flatnonzero(where)
    whole = pd.Series("", index=range(len(rows)), dtype=TEXT)
    for part in parts:
        piece = part.take(rows).reset_index(drop=True)
        gap = whole.where(whole == "", whole + between)
        whole = whole.where(piece.isna(), gap + piece.fillna(""))
    place = np.full(len(where), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    said = whole.mask(whole == "").array
    return pd.Series(pd.api.extensions.take(said, place, allow_fill=True))


def _differences(
    ours: pd.Series[Any],
    theirs: pd.Series[Any],
    text: pd.Series[Any],
    visit: pd.Series[Any],
    differs: Marks,
) -> tuple[Issue, ...]:
    """One finding for each way in which the two differ."""
    rows = np.flatnonzero(differs)
    if not len(rows):
        return ()
    mine = (ours + " at " + visit).take(rows).reset_index(drop=True)
    why = "the investigator says " + theirs.take(rows) + ": " + text.take(rows)
    ways = distinct(why.reset_index(drop=True).astype(TEXT))
    told: list[Issue] = []
    order = np.argsort(ways.codes, kind="stable")
    ends = np.cumsum(np.bincount(ways.codes, minlength=len(ways.texts)))
    for words, chosen in zip(ways.texts, np.split(order, ends[:-1]), strict=True):
        told.append(
            Issue(
                "response_agreement.differs",
                f"derived {{value}}, {words}",
                rows[chosen],
                Severity.WARNING,
                mine.take(chosen).reset_index(drop=True),
                "The investigator's response stands; read the measurements behind both",
            )
        )
    return tuple(told)
