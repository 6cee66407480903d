"""What stands before a dot: a declared dataset or lookup, or part of a source column's name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cdisc.spec.expressions import STUDY, Binary, Call, Expr, In, Negative, Not, Ref


def qualify(ref: Ref, qualifiers: Collection[str]) -> Ref:
    """`DM.AGE` stays when DM is declared; `IT.AETERM` is else the source column of that name."""
    if not ref.qualifier or ref.qualifier in ("source", STUDY) or ref.qualifier in qualifiers:
        return ref
    return Ref(f"{ref.qualifier}.{ref.name}", "source")


def qualify_expression(expression: Expr, qualifiers: Collection[str]) -> Expr:
    """The expression with every name in it qualified."""
    match expression:
        case Ref():
            return qualify(expression, qualifiers)
        case Binary(left=left, right=right):
            return replace(
                expression,
                left=qualify_expression(left, qualifiers),
                right=qualify_expression(right, qualifiers),
            )
        case Not(condition=inner):
            return Not(qualify_expression(inner, qualifiers))
        case Negative(value=inner):
            return Negative(qualify_expression(inner, qualifiers))
        case In(value=inner):
            return replace(expression, value=qualify_expression(inner, qualifiers))
        case Call(arguments=arguments):
            inner_arguments = tuple(qualify_expression(item, qualifiers) for item in arguments)
            return replace(expression, arguments=inner_arguments)
    return expression
