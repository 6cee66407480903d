"""From the conditions of specs to where clauses of Define-XML, which know less."""

from __future__ import annotations

from collections.abc import Iterator

from cdisc.errors import Location, SpecError
from cdisc.model import Condition
from cdisc.model.dataset import Comparator
from cdisc.spec.expressions import Binary, Call, Expr, In, Literal, Not, Ref

_COMPARATORS: dict[str, Comparator] = {
    "==": "EQ",
    "!=": "NE",
    "<": "LT",
    "<=": "LE",
    ">": "GT",
    ">=": "GE",
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_HINT = 'Write comparisons joined by `and`: PARAMCD == "PFS" and ANL01FL == "Y"'


def conditions_of(expression: Expr | None, at: Location) -> tuple[Condition, ...]:
    """The range checks that select what an expression selects; none for no expression.

    `missing(X)` is X equal to the empty value. A comparison is false for a missing value, which
    the range checks NE and NOTIN are not, so a second check beside them keeps it out.

    Raises SpecError for what a where clause cannot say: `or`, arithmetic, two variables compared.
    """
    return () if expression is None else tuple(_checks(expression, at))


def _checks(expression: Expr, at: Location) -> Iterator[Condition]:
    match expression:
        case Binary(operator="and", left=left, right=right):
            yield from _checks(left, at)
            yield from _checks(right, at)
        case Binary(operator=operator, left=Ref() as ref, right=Literal() as literal) if (
            operator in _COMPARATORS
        ):
            yield from _compared(ref, operator, literal, at)
        case Binary(operator=operator, left=Literal() as literal, right=Ref() as ref) if (
            operator in _COMPARATORS
        ):
            yield from _compared(ref, _TURNED.get(operator, operator), literal, at)
        case In(value=Ref() as ref, choices=choices, negated=negated):
            name = _name(ref, at)
            values = tuple(map(_text, choices))
            yield Condition(name, "NOTIN" if negated else "IN", values)
            if negated:
                yield Condition(name, "NE", ("",))
        case Call(function="missing", arguments=(Ref() as ref,)):
            yield Condition(_name(ref, at), "EQ", ("",))
        case Not(condition=Call(function="missing", arguments=(Ref() as ref,))):
            yield Condition(_name(ref, at), "NE", ("",))
        case _:
            raise SpecError(
                f"{expression} cannot be a where clause of Define-XML", at=at, hint=_HINT
            )


def _compared(ref: Ref, operator: str, literal: Literal, at: Location) -> Iterator[Condition]:
    name = _name(ref, at)
    yield Condition(name, _COMPARATORS[operator], (_text(literal),))
    if operator == "!=":
        yield Condition(name, "NE", ("",))


def _name(ref: Ref, at: Location) -> str:
    if ref.qualifier:
        raise SpecError(
            f"{ref} is not a variable of this dataset",
            at=at,
            hint="A display selects records by the variables that they have",
        )
    return ref.name


def _text(literal: Literal) -> str:
    if isinstance(literal.value, str):
        return literal.value
    short = f"{literal.value:.15g}"
    return short if float(short) == literal.value else repr(literal.value)
