"""The analyses a display can be made by: a closed set, each with its typed arguments.

Reader, JSON Schema, name check and analysis results metadata all go by the fields declared here,
so that none of them can know an argument that another does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar

from cdisc.errors import Location
from cdisc.spec.expressions import Expr, refs


class Kind(StrEnum):
    """What an argument holds."""

    VARIABLE = "a variable of the dataset"
    VARIABLES = "variables of the dataset"
    CONDITION = "a condition on records of the dataset"
    CONDITIONS = "texts, each with the condition it stands for"
    NUMBER = "a number"
    NUMBERS = "numbers"
    WHOLE = "a whole number"
    FLAG = "yes or no"
    TEXT = "a text"
    UNIT = "a unit of time: days, weeks or months"
    VALUE = "one value a subject from records of a dataset: from, where, value"
    MARKS = "texts, each with the records it stands for: from, where, date"


UNITS = ("days", "weeks", "months")
"""What a time to event can be counted in."""


@dataclass(frozen=True, slots=True)
class Records:
    """Records of a dataset, and the variable that is read of them."""

    dataset: str
    where: Expr | None
    variable: str
    at: Location


def argument(kind: Kind, about: str, default: Any = MISSING) -> Any:
    """A field of an analysis: what it holds, in words, and what it is unless given."""
    return field(default=default, metadata={"kind": kind, "about": about})


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One analysis with its arguments. A subclass is a name that a display can use."""

    name: ClassVar[str] = ""
    figure: ClassVar[bool] = False
    about: ClassVar[str] = ""

    def said(self) -> str:
        """The analysis in one or two sentences, with its actual arguments."""
        return self.about

    def own_variables(self) -> Iterator[str]:
        """The variables of the display's dataset that it reads, in the order of its arguments."""
        for item in fields(self):
            given = getattr(self, item.name)
            match item.metadata["kind"]:
                case Kind.VARIABLE if given:
                    yield given
                case Kind.VARIABLES:
                    yield from given
                case Kind.CONDITION if given is not None:
                    yield from _names(given)
                case Kind.CONDITIONS:
                    for condition in given.values():
                        yield from () if condition is None else _names(condition)

    def own_conditions(self) -> Iterator[Expr | None]:
        """The conditions on records of the display's dataset."""
        for item in fields(self):
            given = getattr(self, item.name)
            match item.metadata["kind"]:
                case Kind.CONDITION:
                    yield given
                case Kind.CONDITIONS:
                    yield from given.values()

    def other_records(self) -> Iterator[Records]:
        """Records of other datasets that it reads."""
        for item in fields(self):
            given = getattr(self, item.name)
            match item.metadata["kind"]:
                case Kind.VALUE if given is not None:
                    yield given
                case Kind.MARKS:
                    yield from given.values()


def _names(condition: Expr) -> Iterator[str]:
    return (ref.name for ref in refs(condition))


_TIME = "Time to event or censoring"
_CENSOR = "0 where the event happened, above 0 where it was censored"
_CONFIDENCE = "Confidence of the limits"
_DAYS = "How many days a month has"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRate(Analysis):
    """Subjects with a response: n, N, rate and exact limits."""

    name: ClassVar[str] = "response_rate"
    about: ClassVar[str] = "Subjects with a response, with exact (Clopper-Pearson) limits"
    responder: Expr = argument(Kind.CONDITION, "Which subjects have the response")
    confidence: float = argument(Kind.NUMBER, _CONFIDENCE, 0.95)

    def said(self) -> str:
        """The analysis with its arguments."""
        return (
            f"Number and percentage of subjects with {self.responder} among all subjects of the "
            "population, those without a record counted as without response. Exact "
            f"(Clopper-Pearson) {percent(self.confidence)} confidence limits: "
            "beta(a/2; x, n-x+1) and beta(1-a/2; x+1, n-x)."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KaplanMeier(Analysis):
    """Product-limit estimates: median with limits, rates at given months."""

    name: ClassVar[str] = "kaplan_meier"
    about: ClassVar[str] = "Median time and event-free rates by Kaplan-Meier, log-log limits"
    time: str = argument(Kind.VARIABLE, _TIME, "AVAL")
    unit: str = argument(Kind.UNIT, "What the time is counted in: days, weeks or months", "days")
    censor: str = argument(Kind.VARIABLE, _CENSOR, "CNSR")
    confidence: float = argument(Kind.NUMBER, _CONFIDENCE, 0.95)
    months: tuple[float, ...] = argument(Kind.NUMBERS, "Months at which rates are given", (6, 12))
    days_per_month: float = argument(Kind.NUMBER, _DAYS, 30.4375)

    @property
    def per_month(self) -> float:
        """How many units of the time a month has."""
        return {
            "days": self.days_per_month,
            "weeks": self.days_per_month / 7,
            "months": 1.0,
        }[self.unit]

    def said(self) -> str:
        """The analysis with its arguments."""
        rates = ""
        if self.months:
            listed = ", ".join(f"{month:g}" for month in self.months)
            long = "" if self.unit == "months" else f" of {self.days_per_month:g} days"
            rates = f" and survival at {listed} months{long}"
        return (
            f"Kaplan-Meier estimates of {self.time} in {self.unit}, an event where "
            f"{self.censor} is 0: median{rates}, with {percent(self.confidence)} confidence limits "
            "by the log-log transformation (Brookmeyer-Crowley for the median; Greenwood's "
            "variance)."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts(Analysis):
    """Subjects with at least one record of a kind."""

    name: ClassVar[str] = "counts"
    about: ClassVar[str] = "Subjects with at least one record of each kind: n and percent"
    rows: Mapping[str, Expr | None] = argument(
        Kind.CONDITIONS, "A line each: its text, and which records it is about (nothing: all)"
    )

    def said(self) -> str:
        """The analysis with its arguments."""
        return (
            "Number and percentage of subjects of the population with at least one record of "
            "each kind, and the number of records."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsBy(Analysis):
    """Subjects by nested terms and worst grade."""

    name: ClassVar[str] = "counts_by"
    about: ClassVar[str] = "Subjects by nested terms and their worst grade: n and percent"
    terms: tuple[str, ...] = argument(Kind.VARIABLES, "Terms from the widest to the narrowest")
    grade: str = argument(Kind.VARIABLE, "Grade of a record", "")
    at_least: tuple[float, ...] = argument(
        Kind.NUMBERS, "Columns for worst grades of at least these", ()
    )

    def said(self) -> str:
        """The analysis with its arguments."""
        worst = f", each at the subject's worst {self.grade} for it" if self.grade else ""
        return (
            f"Number and percentage of subjects of the population by {' and '.join(self.terms)}"
            f"{worst}. A subject counts once in each line. Lines by falling number of subjects, "
            "then by name."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftTable(Analysis):
    """From the grade at baseline to the worst one after it."""

    name: ClassVar[str] = "shift_table"
    about: ClassVar[str] = "Subjects from their grade at baseline to their worst grade after it"
    before: str = argument(Kind.VARIABLE, "The grade at baseline")
    after: str = argument(Kind.VARIABLE, "The grade after baseline; a subject's highest counts")

    def said(self) -> str:
        """The analysis with its arguments."""
        return (
            f"Number of subjects by {self.before} and the highest {self.after} of their records; "
            "a missing grade at baseline is shown as Missing, and subjects without a graded "
            "record are left out and counted below."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptive(Analysis):
    """Summary statistics of a number."""

    name: ClassVar[str] = "descriptive"
    about: ClassVar[str] = "n, mean, SD, median, minimum, maximum, and geometric statistics"
    of: tuple[str, ...] = argument(Kind.VARIABLES, "The numbers that are summarised")
    geometric: tuple[str, ...] = argument(
        Kind.VARIABLES, "Those of them that get a geometric mean and coefficient of variation", ()
    )
    decimals: int = argument(Kind.WHOLE, "Decimals of the data; means get one more, SD two", 1)

    def said(self) -> str:
        """The analysis with its arguments."""
        text = (
            f"n, mean, standard deviation, median, minimum and maximum of {', '.join(self.of)}, "
            "missing values left out"
        )
        if self.geometric:
            text += (
                f"; geometric mean and coefficient of variation, 100 sqrt(exp(s2) - 1) with s2 the "
                f"variance of the logarithms, of the values of {', '.join(self.geometric)} above "
                "zero"
            )
        return f"{text}."


@dataclass(frozen=True, slots=True, kw_only=True)
class KmCurve(Analysis):
    """Kaplan-Meier curves with the number at risk."""

    name: ClassVar[str] = "km_curve"
    figure: ClassVar[bool] = True
    about: ClassVar[str] = "Kaplan-Meier curves with censoring marks and the number at risk"
    time: str = argument(Kind.VARIABLE, f"{_TIME}, in days", "AVAL")
    censor: str = argument(Kind.VARIABLE, _CENSOR, "CNSR")
    confidence: float = argument(Kind.NUMBER, "Confidence of the shaded limits", 0.95)
    every: float = argument(Kind.NUMBER, "Months between the numbers at risk", 3)
    days_per_month: float = argument(Kind.NUMBER, _DAYS, 30.4375)
    probability: str = argument(Kind.TEXT, "What the vertical axis shows", "Survival probability")

    def said(self) -> str:
        """The analysis with its arguments."""
        return (
            f"Kaplan-Meier curves of {self.time} by {self.days_per_month:g} days a month, an event "
            f"where {self.censor} is 0, censored subjects marked; pointwise log-log "
            f"{percent(self.confidence)} limits; number at risk every {self.every:g} months."
        )


_COLOUR = "What colours a subject: one value each, such as the confirmed best response"
_LINES = "Where reference lines are drawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall(Analysis):
    """A bar for each subject: the best change."""

    name: ClassVar[str] = "waterfall"
    figure: ClassVar[bool] = True
    about: ClassVar[str] = "A bar for each subject, by falling best (lowest) change"
    value: str = argument(Kind.VARIABLE, "The change; the lowest of a subject is the best", "PCHG")
    colour: Records | None = argument(Kind.VALUE, _COLOUR, None)
    lines: tuple[float, ...] = argument(Kind.NUMBERS, _LINES, (-30, 20))

    def said(self) -> str:
        """The analysis with its arguments."""
        return (
            f"The lowest {self.value} of each subject with one, as bars in falling order; "
            "subjects without are counted below."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spider(Analysis):
    """A line for each subject: the change over time."""

    name: ClassVar[str] = "spider"
    figure: ClassVar[bool] = True
    about: ClassVar[str] = "A line for each subject: the change over time"
    value: str = argument(Kind.VARIABLE, "The change", "PCHG")
    time: str = argument(Kind.VARIABLE, "Study day of the assessment", "ADY")
    colour: Records | None = argument(Kind.VALUE, _COLOUR, None)
    lines: tuple[float, ...] = argument(Kind.NUMBERS, _LINES, (-30, 20))
    days_per_month: float = argument(Kind.NUMBER, _DAYS, 30.4375)

    def said(self) -> str:
        """The analysis with its arguments."""
        return f"{self.value} of each subject over {self.time}, from zero at the start."


@dataclass(frozen=True, slots=True, kw_only=True)
class Swimmer(Analysis):
    """A lane for each subject: treatment, follow-up and events."""

    name: ClassVar[str] = "swimmer"
    figure: ClassVar[bool] = True
    about: ClassVar[str] = "A lane for each subject: treatment, follow-up and events over time"
    start: str = argument(Kind.VARIABLE, "The date at which a lane starts", "TRTSDT")
    treated_until: str = argument(Kind.VARIABLE, "The date until which it is thick", "TRTEDT")
    end: tuple[str, ...] = argument(
        Kind.VARIABLES, "The date at which it ends: the first of these that is known"
    )
    ongoing: Expr | None = argument(Kind.CONDITION, "Which lanes end in an arrow", None)
    marks: Mapping[str, Records] = argument(Kind.MARKS, "What is marked on the lanes")
    days_per_month: float = argument(Kind.NUMBER, _DAYS, 30.4375)

    def said(self) -> str:
        """The analysis with its arguments."""
        return (
            f"A lane for each subject from {self.start} to {' or else '.join(self.end)}, thick "
            f"until {self.treated_until}; marked are {', '.join(self.marks)}."
        )


ANALYSES: Mapping[str, type[Analysis]] = {
    kind.name: kind
    for kind in (
        ResponseRate,
        KaplanMeier,
        Counts,
        CountsBy,
        ShiftTable,
        Descriptive,
        KmCurve,
        Waterfall,
        Swimmer,
        Spider,
    )
}


def percent(fraction: float) -> str:
    """`95 %` of 0.95."""
    return f"{100 * fraction:.6g} %"
