"""The last result before exposure (--LOBXFL), from which a baseline is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import (
    Column,
    Columns,
    Considered,
    Explaining,
    Issue,
    Result,
    default,
)
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.ordering import ordered
from cdisc.algorithms.columns.records import group_codes
from cdisc.algorithms.columns.rivals import Reasons, rivals
from cdisc.algorithms.columns.uniques import Codes, distinct, is_missing
from cdisc.algorithms.dates.partial_dates import Spans, before, same, spans
from cdisc.algorithms.measurements.baseline_reasons import say_why_not_the_last
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError
from cdisc.model import Severity

Marks = npt.NDArray[np.bool_]
NOT_DONE = "NOT DONE"


def _method(texts: Mapping[str, str]) -> str:
    text = (
        f"Y for the last record within {texts['by']} with a result in {texts['result']} and "
        f"{texts['date']} before {texts['reference']}"
    )
    if texts.get("timepoint") and texts.get("predose"):
        text += (
            f", or on the same day without an earlier time when {texts['timepoint']} is "
            f"{texts['predose']}"
        )
    return text + "; null otherwise."


@algorithm(main="result", method=_method, gives="text")
def last_before_exposure(
    result: Column,
    by: Columns,
    date: Column,
    reference: Column = default("DM.RFXSTDTC"),
    status: Column | None = None,
    timepoint: Column | None = None,
    predose: tuple[str, ...] = (),
    order: Columns | None = None,
    explaining: Explaining = False,
) -> Result:
    """The flag Y on the last result of a subject and test before first exposure.

    1. Leave out records without a result and those NOT DONE.
    2. A record qualifies when its date lies before the reference date, or on the same day with
       an earlier time; on the same day with a missing or equal time only if its time point is
       declared pre-dose.
    3. Of those, flag the latest within each group. When the dates do not tell which one is the
       latest, the last by `order` is.

    Missing: without a date or a reference date nothing is flagged. A partial date qualifies
    when all its possible days lie before the reference date; when only some do, there is a
    finding and no flag on the record.
    Ties: records that neither date nor `order` tells apart are all left without a flag, with a
    finding; there are never two flags.
    Source: SDTMIG 3.4, section 4.5.9 (--LOBXFL).
    Example: weights on 2019-03-01 and 2019-03-05, first dose on 2019-03-05T09:00 flag the first.

    Args:
        result: the result.
        by: subject, test, and whatever else has a baseline of its own (specimen, location).
        date: ISO 8601 date of the record.
        reference: ISO 8601 date of first exposure.
        status: completion status; NOT DONE leaves a record out.
        timepoint: the planned time point, or the visit.
        predose: the time points, or visits, that lie before the dose.
        order: what tells records of one date apart, the last one counts.
        explaining: whether to tell of each record why it is the last or not.
    """
    if predose and timepoint is None:
        raise UsageError("last_before_exposure: predose needs timepoint", hint="Name the column")
    if not by:
        raise UsageError("last_before_exposure needs at least one column under by")
    done = ~is_missing(result)
    if status is not None:
        values = distinct(status)
        done &= ~values.flags([text.strip().upper() == NOT_DONE for text in values.texts])
    when, first_dose = spans(date), spans(reference)
    earlier, undecided = _qualifies(when, first_dose, _declared(timepoint, predose, len(result)))
    groups = group_codes(by)
    latest = _latest(np.flatnonzero(done & earlier), groups, when)
    flagged, tied = _last_of_ties(latest, by, order or ())
    issues = _partial_issue(done & undecided, date) + issue(
        "last_before_exposure.tie",
        "several results are the last before exposure on {value}; none is flagged",
        tied,
        date,
        hint="Declare what tells them apart under order, or a further column under by",
    )
    values_y = np.where(flagged, 0, -1).astype(np.int64)
    flags = pd.array(["Y"], dtype="str")
    told: tuple[Considered, ...] = ()
    if explaining:
        why = _reasons(date, reference, when, first_dose, earlier, undecided)
        why.say(~done, "not done")
        why.say(is_missing(result), "no result")
        level = np.zeros(len(date), dtype=np.bool_)
        level[latest] = True
        say_why_not_the_last(why, groups, date, (done & earlier, level), (flagged, tied))
        why.say(flagged, "the last one before first exposure, {}", reference)
        told = rivals(groups, flagged, why)
    found = pd.Series(pd.api.extensions.take(flags, values_y, allow_fill=True))
    return Result(found, issues, considered=told)


def _reasons(
    date: pd.Series[Any],
    reference: pd.Series[Any],
    when: Spans,
    first_dose: Spans,
    earlier: Marks,
    undecided: Marks,
) -> Reasons:
    """Why a record does not lie before first exposure."""
    why = Reasons(len(date))
    why.say(~earlier, "not before first exposure, {}", reference)
    level = same(when, first_dose) & ~earlier
    why.say(level, "not known to be before first exposure, {}", reference)
    why.say(undecided, "{} may lie before first exposure, {}, or not", date, reference)
    why.say(~first_dose.known, "the date of first exposure is not known")
    why.say(~when.known, "no date")
    return why


def _declared(timepoint: pd.Series[Any] | None, predose: Sequence[str], count: int) -> Marks:
    if timepoint is None:
        return np.zeros(count, dtype=np.bool_)
    values = distinct(timepoint)
    return values.flags([text in predose for text in values.texts])


def _qualifies(when: Spans, first_dose: Spans, predose: Marks) -> tuple[Marks, Marks]:
    """Which records lie before the dose; and which partial dates may or may not."""
    earlier = before(when, first_dose)
    level = same(when, first_dose)
    whole = when.complete & first_dose.complete
    return earlier | (level & whole & predose), level & ~whole


def _latest(rows: Codes, groups: Codes, when: Spans) -> Codes:
    """Of some rows those that are not before another one of their group."""
    limit = np.full(int(groups.max(initial=-1)) + 1, np.iinfo(np.int64).min)
    np.maximum.at(limit, groups[rows], when.earliest[rows].astype(np.int64))
    return rows[when.latest[rows].astype(np.int64) >= limit[groups[rows]]]


def _last_of_ties(rows: Codes, by: Columns, order: Columns) -> tuple[Marks, Marks]:
    """The one row to flag in each group, and the rows of groups where no one is the last."""
    flagged = np.zeros(len(by[0]), dtype=np.bool_)
    tied = np.zeros(len(by[0]), dtype=np.bool_)
    found = ordered(
        [column.take(rows).reset_index(drop=True) for column in by],
        [column.take(rows).reset_index(drop=True) for column in order],
    )
    flagged[rows[found.last & ~found.tied]] = True
    tied[rows[found.last & found.tied]] = True
    return flagged, tied


def _partial_issue(where: Marks, date: pd.Series[Any]) -> tuple[Issue, ...]:
    return issue(
        "last_before_exposure.partial_date",
        "{value} may lie before first exposure or not; the record is not considered",
        where,
        date,
        severity=Severity.WARNING,
    )
