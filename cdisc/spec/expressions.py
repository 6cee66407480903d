"""Expressions as data: the nodes that `where:` and `compute:` are made of.

A node prints itself as the grammar writes it, so that a method text shows what really runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

STUDY = "study"
CUT = "CUT"
FACTS = (CUT,)
"""What `study.NAME` can be: CUT is the day of the data cut, of the record's person if each has one.
"""


@dataclass(frozen=True, slots=True)
class Ref:
    """A name: of this dataset or its source; of a dataset or lookup; or `source['...']`.

    `qualifier` is empty, the dataset's or lookup's name, or one of the words `source` and `study`.
    """

    name: str
    qualifier: str = ""

    def __str__(self) -> str:
        if self.qualifier == "source":
            return f"source[{_quoted(self.name, _SINGLE)}]"
        return f"{self.qualifier}.{self.name}" if self.qualifier else self.name


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or a number written in the expression."""

    value: str | float

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return _quoted(self.value, _DOUBLE)
        short = f"{self.value:.15g}"
        return short if float(short) == self.value else repr(self.value)


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`, the operator one of `== != < <= > >= + - * / and or`."""

    operator: str
    left: Expr
    right: Expr

    def __str__(self) -> str:
        rank = _rank(self)
        # a - b - c is (a - b) - c, so only the right side needs brackets at the same rank
        left = _grouped(self.left, _rank(self.left) < rank)
        return f"{left} {self.operator} {_grouped(self.right, _rank(self.right) <= rank)}"


@dataclass(frozen=True, slots=True)
class Not:
    """`not condition`, of a condition that a missing value cannot make false."""

    condition: Expr

    def __str__(self) -> str:
        return f"not {_grouped(self.condition, _rank(self.condition) < _rank(self))}"


@dataclass(frozen=True, slots=True)
class Negative:
    """`-value`."""

    value: Expr

    def __str__(self) -> str:
        return f"-{_grouped(self.value, _rank(self.value) < _rank(self))}"


@dataclass(frozen=True, slots=True)
class In:
    """`value in [literals]`, or `not in`; false when the value is missing, either way."""

    value: Expr
    choices: tuple[Literal, ...]
    negated: bool = False

    def __str__(self) -> str:
        word = "not in" if self.negated else "in"
        return f"{self.value} {word} [{', '.join(str(choice) for choice in self.choices)}]"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the closed set `FUNCTIONS`."""

    function: str
    arguments: tuple[Expr, ...]

    def __str__(self) -> str:
        return f"{self.function}({', '.join(str(argument) for argument in self.arguments)})"


Expr: TypeAlias = Ref | Literal | Binary | Not | Negative | In | Call

FUNCTIONS = {
    "missing": "whether there is no value",
    "number": "the number a text stands for; missing when it is not a number",
    "text": "a number as text",
    "upper": "the text in upper case",
    "trim": "the text without blanks around it",
    "starts_with": "whether the text starts with another: starts_with(VISIT, 'UNSCHEDULED')",
    "contains": "whether the text holds another",
    "before": "whether a date lies before another: before(AESTDTC, DM.RFSTDTC); a partial date is "
    "compared at its own precision",
    "on_or_after": "whether a date lies on or after another, compared likewise",
    "year": "the year of an ISO 8601 date, as a number",
    "date": "the date part of an ISO 8601 date/time",
    "abs": "the number without its sign",
}
SEARCHES = {"starts_with", "contains"}
DATE_ORDER = {"before", "on_or_after"}
TWO_ARGUMENTS = SEARCHES | DATE_ORDER
CONDITIONS = {"missing", *TWO_ARGUMENTS}
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def refs(expression: Expr) -> Iterator[Ref]:
    """Every name in an expression, left to right."""
    match expression:
        case Ref():
            yield expression
        case Binary(left=left, right=right):
            yield from refs(left)
            yield from refs(right)
        case Not(condition=inner) | Negative(value=inner) | In(value=inner):
            yield from refs(inner)
        case Call(arguments=arguments):
            for argument in arguments:
                yield from refs(argument)


def is_condition(expression: Expr) -> bool:
    """Whether an expression is true or false of a row, rather than a value."""
    match expression:
        case Binary(operator=operator):
            return operator in COMPARISONS or operator in ("and", "or")
        case Not() | In():
            return True
        case Call(function=function):
            return function in CONDITIONS
    return False


_SINGLE, _DOUBLE = "'", '"'


def _quoted(text: str, quote: str) -> str:
    """The text in quotes; the grammar has no escapes, so a text holds one kind at most."""
    other = _SINGLE if quote == _DOUBLE else _DOUBLE
    used = other if quote in text else quote
    return f"{used}{text}{used}"


def _grouped(inner: Expr, in_brackets: bool) -> str:
    return f"({inner})" if in_brackets else str(inner)


_RANKS = {"or": 0, "and": 1, "+": 4, "-": 4, "*": 5, "/": 5}


def _rank(expression: Expr) -> int:
    """How tightly an expression holds together, as in Python."""
    match expression:
        case Binary(operator=operator):
            return _RANKS.get(operator, 3)
        case Not():
            return 2
        case In():
            return 3
        case Negative():
            return 6
    return 7
