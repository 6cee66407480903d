"""The expression grammar of `where:` and `compute:`: Python-like, small and closed.

    expression := expression and|or expression | not expression | value comparison value
                | name in [literal, ...] | value + - * / value | function(value, ...)
    value      := name | DS.name | source['any name'] | 'text' | "text" | number

It is parsed by Python's `ast` and rebuilt from a white list into the nodes below; nothing is
ever evaluated as Python. A comparison with a missing value is false, `!=` too; so `not` may
stand only before a condition that cannot be false because of a missing value.
"""

from __future__ import annotations

import ast

from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.spec.expressions import (
    FUNCTIONS,
    TWO_ARGUMENTS,
    Binary,
    Call,
    Expr,
    In,
    Literal,
    Negative,
    Not,
    Ref,
    is_condition,
)

_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}


def parse_expression(text: str, at: Location) -> Expr:
    """The expression a text holds. Raises SpecError naming what is not part of the grammar."""
    # folded YAML text has line ends, which Python would take for the end of the expression
    flat = " ".join(text.split())
    try:
        tree = ast.parse(flat, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        offset = getattr(error, "offset", None)
        near = f" near {flat[max(0, offset - 1) : offset + 12]!r}" if offset else ""
        hint = "Compare with ==, not =" if "=" in flat and "==" not in flat else ""
        raise SpecError(f"cannot read the expression {flat!r}{near}", at=at, hint=hint) from None
    return _Builder(flat, at).build(tree.body)


def parse_condition(text: str, at: Location) -> Expr:
    """As `parse_expression`, for text that must be true or false of a row."""
    expression = parse_expression(text, at)
    if not is_condition(expression):
        raise SpecError(
            f"{text!r} is a value, not a condition", at=at, hint='Write e.g. SEX == "F"'
        )
    return expression


def parse_ref(text: str, at: Location) -> Ref:
    """A name as a spec writes it for a column: `AGE`, `DM.AGE`, `source['any name']`."""
    stripped = text.strip()
    if stripped.startswith("source["):
        inner = stripped[len("source[") : -1].strip()
        if (
            stripped.endswith("]")
            and len(inner) > 2
            and inner[0] == inner[-1]
            and inner[0] in "'\""
        ):
            return Ref(inner[1:-1], "source")
        raise SpecError(f"cannot read the name {text!r}", at=at, hint="Write source['NAME']")
    qualifier, dot, name = stripped.partition(".")
    if dot and qualifier and name:
        return Ref(name, qualifier)
    if not stripped:
        raise SpecError("a name is expected", at=at)
    return Ref(stripped)


def _missing_makes_false(expression: Expr) -> bool:
    match expression:
        case Binary(operator="and" | "or", left=left, right=right):
            return _missing_makes_false(left) or _missing_makes_false(right)
        case Not(condition=inner):
            return _missing_makes_false(inner)
        case Call(function=function):
            return function != "missing"
    return True


class _Builder:
    """Rebuilds a Python syntax tree from the white list; everything else is refused."""

    def __init__(self, text: str, at: Location) -> None:
        self.text = text
        self.at = at

    def build(self, node: ast.expr) -> Expr:
        match node:
            case ast.Name(id=name):
                if name in ("True", "False", "None"):
                    return self._refuse(node)
                return Ref(name)
            case ast.Attribute(value=value, attr=attr):
                return self._dotted(value, attr, node)
            case ast.Subscript(value=ast.Name(id="source"), slice=ast.Constant(value=str(name))):
                return Ref(name, "source")
            case ast.Constant(value=str(value)):
                return Literal(value)
            case ast.Constant(value=bool()):
                return self._refuse(node)
            case ast.Constant(value=int(value) | float(value)):
                return Literal(float(value))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.build(operand)
                if isinstance(inner, Literal) and isinstance(inner.value, float):
                    return Literal(-inner.value)
                return Negative(inner)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._negation(operand)
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                parts = [self._condition(value) for value in values]
                result = parts[0]
                for part in parts[1:]:
                    result = Binary(word, result, part)
                return result
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return Binary(_ARITHMETIC[type(op)], self.build(left), self.build(right))
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(name, args)
        return self._refuse(node)

    def _dotted(self, value: ast.expr, attr: str, node: ast.expr) -> Ref:
        parts = [attr]
        while isinstance(value, ast.Attribute):
            parts.append(value.attr)
            value = value.value
        if not isinstance(value, ast.Name):
            self._refuse(node)
            raise AssertionError
        return Ref(".".join(reversed(parts)), value.id)

    def _condition(self, node: ast.expr) -> Expr:
        built = self.build(node)
        if not is_condition(built):
            raise SpecError(f"{built} is a value, not a condition, in {self.text!r}", at=self.at)
        return built

    def _negation(self, operand: ast.expr) -> Expr:
        inner = self._condition(operand)
        if _missing_makes_false(inner):
            opposite = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
            hint = "Say what holds for a missing value: not missing(X) and ..."
            if isinstance(inner, Binary) and inner.operator in opposite:
                better = Binary(opposite[inner.operator], inner.left, inner.right)
                hint = f"Write {better}, and add `or missing(...)` if missing values count"
            raise SpecError(
                f"`not ({inner})` would be true for missing values", at=self.at, hint=hint
            )
        return Not(inner)

    def _comparison(self, node: ast.Compare) -> Expr:
        if len(node.ops) != 1:
            raise SpecError(
                f"one comparison at a time in {self.text!r}",
                at=self.at,
                hint="Write A < B and B < C",
            )
        operator, right = node.ops[0], node.comparators[0]
        left = self.build(node.left)
        if isinstance(operator, ast.In | ast.NotIn):
            if not isinstance(right, ast.List | ast.Tuple):
                raise SpecError(f"`in` needs a list of values in {self.text!r}", at=self.at)
            choices = [self.build(item) for item in right.elts]
            literals = tuple(choice for choice in choices if isinstance(choice, Literal))
            if len(literals) != len(choices) or len({type(c.value) for c in literals}) > 1:
                raise SpecError(
                    f"`in` takes texts or numbers, not names or a mix, in {self.text!r}",
                    at=self.at,
                )
            return In(left, literals, isinstance(operator, ast.NotIn))
        if type(operator) not in _COMPARE:
            return self._refuse(node)
        built = self.build(right)
        for side in (left, built):
            if is_condition(side):
                raise SpecError(f"cannot compare the condition {side}", at=self.at)
        return Binary(_COMPARE[type(operator)], left, built)

    def _call(self, name: str, args: list[ast.expr]) -> Expr:
        if name not in FUNCTIONS:
            raise SpecError(
                f"there is no function {name} in expressions",
                at=self.at,
                hint=did_you_mean(name, FUNCTIONS) or f"Known are {', '.join(FUNCTIONS)}",
            )
        wanted = 2 if name in TWO_ARGUMENTS else 1
        if len(args) != wanted:
            raise SpecError(f"{name} takes {wanted} value(s), {len(args)} given", at=self.at)
        return Call(name, tuple(self.build(arg) for arg in args))

    def _refuse(self, node: ast.expr) -> Ref:
        part = ast.get_source_segment(self.text, node) or self.text
        raise SpecError(
            f"{part!r} is not part of the expression language",
            at=self.at,
            hint="Use names, texts, numbers, comparisons, and/or/not, in [...], + - * /, missing()",
        )
