"""Expressions as data: the nodes that `where:` and `compute:` are made of.

A node prints itself as the grammar writes it, so that a method text shows what really runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Ref:
    """A name: of this dataset or its source; of a dataset or lookup; or `source['...']`.

    `qualifier` is empty, the dataset's or lookup's name, or the word `source`.
    """

    name: str
    qualifier: str = ""

    def __str__(self) -> str:
        if self.qualifier == "source":
            return f"source[{self.name!r}]"
        return f"{self.qualifier}.{self.name}" if self.qualifier else self.name


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or a number written in the expression."""

    value: str | float

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return f'"{self.value}"'
        return f"{self.value:.15g}"


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`, the operator one of `== != < <= > >= + - * / and or`."""

    operator: str
    left: Expr
    right: Expr

    def __str__(self) -> str:
        return f"{_grouped(self.left, self)} {self.operator} {_grouped(self.right, self)}"


@dataclass(frozen=True, slots=True)
class Not:
    """`not condition`, of a condition that a missing value cannot make false."""

    condition: Expr

    def __str__(self) -> str:
        return f"not {_grouped(self.condition, self)}"


@dataclass(frozen=True, slots=True)
class Negative:
    """`-value`."""

    value: Expr

    def __str__(self) -> str:
        return f"-{_grouped(self.value, self)}"


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
    "year": "the year of an ISO 8601 date, as a number",
    "date": "the date part of an ISO 8601 date/time",
    "abs": "the number without its sign",
}
TWO_ARGUMENTS = {"starts_with", "contains"}
CONDITIONS = {"missing", "starts_with", "contains"}
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


def _grouped(inner: Expr, outer: Expr) -> str:
    loose = isinstance(inner, Binary | Not) and not (
        isinstance(outer, Binary)
        and isinstance(inner, Binary)
        and _rank(inner.operator) > _rank(outer.operator)
    )
    same = isinstance(inner, Binary) and isinstance(outer, Binary)
    if same and inner.operator == outer.operator and outer.operator in ("and", "or", "+"):  # type: ignore[union-attr]
        loose = False
    return f"({inner})" if loose else str(inner)


def _rank(operator: str) -> int:
    ranks = {"or": 0, "and": 1, "+": 3, "-": 3, "*": 4, "/": 4}
    return ranks.get(operator, 2)
