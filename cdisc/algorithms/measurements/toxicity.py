"""Toxicity grades of laboratory results, by direction and combined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Column, Condition, Issue, NumberColumn, Result, Table
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import Codes, Distinct, distinct, rows_by_code, spread_text
from cdisc.algorithms.measurements.toxicity_criteria import (
    Criterion,
    Floats,
    Marks,
    Term,
    Terms,
    declared,
    packaged,
)
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.values.readings import read
from cdisc.errors import UsageError, did_you_mean
from cdisc.model import Severity

GRADES = ("0", "1", "2", "3", "4", "5")
SCALES = {"CTCAE 5.0": "ctcae-5.0"}
# A baseline that is abnormal in the direction of the term, as --NRIND says it.
ABNORMAL = {"low": ("LOW", "LOW LOW"), "high": ("HIGH", "HIGH HIGH")}
_UNKNOWN = -1


def _method(texts: Mapping[str, str]) -> str:
    by = f"the criteria {texts['criteria']}" if texts.get("criteria") else texts["scale"]
    text = (
        f"Grade of {texts['value']} in {texts['unit']} by {by} for the term {texts['term']} "
        f"({texts['direction']}), limits {texts['low'] or 'none'} and {texts['high'] or 'none'}, "
        "compared at 15 significant digits; 0 when no criterion is met"
    )
    if texts.get("base"):
        text += (
            f"; multiples of {texts['base']} where {texts['after_baseline']}, and only when "
            f"{texts['base_indicator']} is abnormal if the term says so"
        )
    if texts.get("wording") == "worst":
        text += "; what needs symptoms or treatment is read as the worst case"
    return f"{text}."


@algorithm(main="value", method=_method, gives="text")
def toxicity_grade(
    value: NumberColumn,
    term: Column,
    direction: Literal["low", "high"],
    unit: Column,
    low: NumberColumn | None = None,
    high: NumberColumn | None = None,
    base: NumberColumn | None = None,
    base_indicator: Column | None = None,
    after_baseline: Condition | None = None,
    wording: Literal["worst", "least"] = "worst",
    scale: Literal["CTCAE 5.0"] = "CTCAE 5.0",
    criteria: Table | None = None,
    abnormal: tuple[str, ...] = (),
) -> Result:
    """The toxicity grade of a laboratory result in one direction (ATOXGRL, ATOXGRH).

    1. Take the criteria of the record's term in the direction, for results in its unit.
    2. The grade is the highest of which a criterion holds; both sides of a comparison are
       rounded to 15 significant digits, so that 3.3 is 3 times 1.1.
    3. A multiple of baseline counts after baseline only, and where the term makes it depend on
       an abnormal baseline, only then; the limits are for all others. So an abnormal baseline
       is itself graded by the limits.
    4. Wording that asks for symptoms or treatment is read as the worst case, or with
       `wording: least` as if there were none.
    5. A result that can be graded and meets no criterion has grade 0.

    Missing: a missing result or term gives a missing grade. Where no criterion holds but a limit
    that one needs is missing, the grade is missing too: haemoglobin of 75 g/L is grade 3 without
    any limit, 120 g/L is not graded without a lower one. A unit that is not the one of the
    criteria, or a term they do not have in the direction, gives a missing grade and a finding,
    as does a result that is no number. Without `base`, criteria by baseline never hold; that is
    told of results whose term has some.
    Source: NCI CTCAE version 5.0 (2017), as in `cdisc/algorithms/measurements/data`; ADaMIG 1.3,
    toxicity and range variables.
    Example: 9.5 with term Hypercalcemia and unit mmol/L gives 4.

    Args:
        value: the result, a number.
        term: the term of the criteria that the record is graded by (ATOXDSCL, ATOXDSCH).
        direction: whether low or high results are graded.
        unit: the unit of the result.
        low: the lower limit of normal.
        high: the upper limit of normal.
        base: the baseline result.
        base_indicator: where the baseline result lies among its limits (BNRIND).
        after_baseline: which records come after baseline; needed with `base`.
        wording: how to read what needs more than a number.
        scale: the criteria that come with the toolkit.
        criteria: a table of the study's own, instead of them.
        abnormal: the indicators of an abnormal baseline; LOW or HIGH by the direction otherwise.
    """
    if base is not None and (base_indicator is None or after_baseline is None):
        raise UsageError(
            "toxicity_grade: base needs base_indicator and after_baseline",
            hint="Multiples of baseline are for records after baseline, by its indicator",
        )
    known = declared(criteria) if criteria is not None else packaged(SCALES[scale])
    terms, units = distinct(term), distinct(unit)
    values, unread = read(
        "toxicity_grade.number", value, message="{value} is no number; it is not graded"
    )
    found = [_found(known, text, direction) for text in terms.texts]
    groups = rows_by_code(terms.codes, len(terms.array))
    switch = _Baseline(base, base_indicator, after_baseline, abnormal or ABNORMAL[direction])
    limits: dict[str, Floats | None] = {"LLN": None, "ULN": None}
    for name, column in (("LLN", low), ("ULN", high)):
        if column is not None:
            limits[name], more = read("toxicity_grade.number", column)
            unread += more
    grades = np.full(len(values), _UNKNOWN, dtype=np.int8)
    for one, rows in zip(found, groups, strict=True):
        if one is not None:
            rows = _in_unit(one, rows, units)
            grades[rows] = _grades(one, rows, values[rows], limits, switch, wording)
    issues = _issues(known, direction, values, (term, terms), (unit, units), (found, groups))
    if base is None:
        issues += _no_base(values, term, found, groups, wording)
    return Result(spread_text(grades.astype(np.int64), GRADES), unread + switch.issues + issues)


def _found(known: Terms, text: str, direction: str) -> Term | None:
    return known.get((text.strip().lower(), direction))


def _in_unit(term: Term, rows: Codes, units: Distinct) -> Codes:
    """The rows whose unit is the one of the term; all of them where it needs none."""
    if not term.unit:
        return rows
    right = np.array([_same(text, term.unit) for text in units.texts] + [False], dtype=np.bool_)
    fits = right[units.codes[rows]]
    return rows if fits.all() else rows[fits]


def _same(one: str, other: str) -> bool:
    return one.strip() == other


class _Baseline:
    """Of which records the baseline counts, and of which of those it is abnormal."""

    def __init__(
        self,
        base: pd.Series[Any] | None,
        indicator: pd.Series[Any] | None,
        after: Marks | None,
        abnormal: tuple[str, ...],
    ) -> None:
        self.value: Floats | None = None
        self.issues: tuple[Issue, ...] = ()
        if base is None or indicator is None or after is None:
            return
        self.value, self.issues = read("toxicity_grade.number", base)
        self.after = after
        self.words = distinct(indicator)
        wrong = [text.strip().upper() in abnormal for text in self.words.texts]
        self.wrong = np.array([*wrong, False], dtype=np.bool_)

    def of(self, rows: Codes) -> Floats:
        """The baseline of some rows, missing where it does not count."""
        if self.value is None:
            return np.full(len(rows), np.nan)
        return np.where(self.after[rows], self.value[rows], np.nan)

    def abnormal(self, rows: Codes, base: Floats) -> Marks:
        """Which rows have a baseline that counts and is abnormal."""
        if self.value is None:
            return np.zeros(len(rows), dtype=np.bool_)
        return self.wrong[self.words.codes[rows]] & ~np.isnan(base)


def _grades(
    term: Term,
    rows: Codes,
    values: Floats,
    limits: Mapping[str, Floats | None],
    baseline: _Baseline,
    wording: str,
) -> npt.NDArray[np.int8]:
    """The grades of rows of one term, -1 where there is none."""
    criteria = _read_as(term, wording)
    needed = set().union(*(c.references for c in criteria))
    references: dict[str, Floats] = {"": np.empty(0)}
    for name in needed - {"BASE"}:
        limit = limits[name]
        references[name] = np.full(len(rows), np.nan) if limit is None else limit[rows]
    absent = {name: np.isnan(references[name]) for name in needed - {"BASE"}}
    absent = {name: where for name, where in absent.items() if where.any()}
    abnormal = None
    if "BASE" in needed:
        references["BASE"] = baseline.of(rows)
        abnormal = baseline.abnormal(rows, references["BASE"])
        if not abnormal.any():
            abnormal = None
    grades = np.zeros(len(rows), dtype=np.int8)
    unknown = np.zeros(len(rows), dtype=np.bool_)
    for criterion in criteria:
        if criterion.baseline == "abnormal" and abnormal is None:
            continue
        holds, possible = _evaluated(criterion, values, references, absent)
        if criterion.baseline and abnormal is not None:
            applies = abnormal if criterion.baseline == "abnormal" else ~abnormal
            holds, possible = holds & applies, possible & applies
        grades[holds] = criterion.grade
        if absent:
            unknown |= possible & ~holds
    grades[(unknown & (grades == 0)) | np.isnan(values)] = _UNKNOWN
    return grades


def _evaluated(
    criterion: Criterion,
    values: Floats,
    references: Mapping[str, Floats],
    absent: Mapping[str, Marks],
) -> tuple[Marks, Marks]:
    """Where a criterion holds, and where it might if limits that are missing were known."""
    first, *others = criterion.comparisons
    holds = possible = first.holds(values, references[first.reference])
    if first.reference in absent:
        possible = holds | absent[first.reference]
    for one in others:
        true = one.holds(values, references[one.reference])
        may = true | absent[one.reference] if one.reference in absent else true
        holds, possible = holds & true, possible & may
    return holds, possible


def _read_as(term: Term, wording: str) -> list[Criterion]:
    """The criteria of a term, without those that ask for more than a number if so read."""
    return [c for c in term.criteria if wording == "worst" or not c.assuming]


def _marks(rows: Codes, count: int) -> Marks:
    marks = np.zeros(count, dtype=np.bool_)
    marks[rows] = True
    return marks


def _issues(
    known: Terms,
    direction: str,
    values: Floats,
    term: tuple[pd.Series[Any], Distinct],
    unit: tuple[pd.Series[Any], Distinct],
    grouped: tuple[list[Term | None], list[Codes]],
) -> tuple[Issue, ...]:
    """Terms that the criteria do not have, and units that they are not for."""
    terms, units = term[1], unit[1]
    issues: tuple[Issue, ...] = ()
    for text, one, rows in zip(terms.texts, *grouped, strict=True):
        if one is None:
            names = [one.name for (_, side), one in known.items() if side == direction]
            issues += issue(
                "toxicity_grade.unknown_term",
                f"the criteria have no term {{value}} for {direction} results",
                _marks(rows, len(values)),
                term[0],
                hint=did_you_mean(text, names) or _example(direction, names),
            )
        elif one.unit:
            there = rows[~np.isnan(values[rows])]
            right = [_same(word, one.unit) for word in units.texts]
            other = there[~np.array([*right, True], dtype=np.bool_)[units.codes[there]]]
            if len(other):
                issues += issue(
                    "toxicity_grade.unit",
                    f"the unit {{value}} is not {one.unit}, for which {one.name} is graded",
                    _marks(other, len(values)),
                    unit[0],
                    hint="Convert the result to the unit of the criteria",
                )
            without = there[units.codes[there] < 0]
            if len(without):
                issues += issue(
                    "toxicity_grade.no_unit",
                    f"a result without unit is not graded; {one.name} is for {one.unit}",
                    _marks(without, len(values)),
                )
    return issues


def _example(direction: str, names: list[str]) -> str:
    """What a spec writes to name a term."""
    if not names:
        return ""
    variable = "ATOXDSCL" if direction == "low" else "ATOXDSCH"
    return f"Name a term of the criteria, e.g. {variable}: {{constant: {min(names)}}}"


def _no_base(
    values: Floats,
    term: pd.Series[Any],
    found: list[Term | None],
    groups: list[Codes],
    wording: str,
) -> tuple[Issue, ...]:
    """Results graded by limits alone although their term has criteria by baseline."""
    by_base = [
        rows
        for one, rows in zip(found, groups, strict=True)
        if one is not None and any("BASE" in c.references for c in _read_as(one, wording))
    ]
    rows = np.concatenate([*by_base, np.empty(0, dtype=np.int64)])
    return issue(
        "toxicity_grade.no_base",
        "{value} has criteria by baseline, which is not given; the others alone decide",
        _marks(rows, len(values)) & ~np.isnan(values),
        term,
        severity=Severity.INFO,
        hint="Name base, base_indicator and after_baseline",
    )


@algorithm(
    main="low",
    method="-{low} when {low} is 1 or more, otherwise {high} when that is; 0 when every direction "
    "that has a term ({low_term}, {high_term}) is 0; null otherwise.",
    gives="text",
)
def combined_grade(low: Column, high: Column, low_term: Column, high_term: Column) -> Result:
    """One toxicity grade of both directions (ATOXGR): a low one is negative.

    1. A low grade of 1 or more gives that grade with a minus sign, whatever the high one is.
    2. Otherwise a high grade of 1 or more gives that grade.
    3. Otherwise 0, when every direction that has a term has grade 0.

    Missing: where a direction that has a term has no grade, and the other is not 1 or more, the
    result is missing, as it is where neither has a term. Text that is no grade counts as missing,
    with a finding.
    Source: ADaMIG 1.3, toxicity and range variables (ATOXGR, ATOXGRL, ATOXGRH).
    Example: low 2, high 0 gives -2.

    Args:
        low: the grade of low results.
        high: the grade of high results.
        low_term: the term that low results are graded by.
        high_term: the term that high results are graded by.
    """
    (lows, unread), (highs, more) = (_numbers(column) for column in (low, high))
    graded_low, graded_high = lows >= 0, highs >= 0
    nothing = (graded_low | distinct(low_term).missing) & (
        graded_high | distinct(high_term).missing
    )
    codes = np.select(
        [lows > 0, highs > 0, nothing & (graded_low | graded_high)],
        [lows + len(GRADES) - 1, highs, 0],
        default=-1,
    )
    words = [*GRADES, *(f"-{g}" for g in GRADES[1:])]
    return Result(spread_text(codes.astype(np.int64), words), unread + more)


def _numbers(grade: pd.Series[Any]) -> tuple[npt.NDArray[np.int64], tuple[Issue, ...]]:
    """Grades as numbers, -1 where there is none; and what is said of other text."""
    values = distinct(grade)
    numbers = [GRADES.index(text) if text in GRADES else -1 for text in values.texts]
    found = np.array([*numbers, -1], dtype=np.int64)[values.codes]
    return found, issue(
        "combined_grade.grade",
        "{value} is no grade from 0 to 5; it counts as missing",
        (found < 0) & ~values.missing,
        grade,
        severity=Severity.WARNING,
    )
