"""The expression grammar of `where:` and `compute:`: Python-like, small and closed.

    expression := expression and|or expression | not expression | value comparison value
                | name in [literal, ...] | value + - * / value | function(value, ...)
    value      := name | DS.name | source['any name'] | 'text' | "text" | number

It is parsed by Python's `ast` and rebuilt from a white list into the nodes below; nothing is
ever evaluated as Python. A comparison with a missing value is false, `!=` too; so `not` may
stand only before a condition that cannot be false because of a missing value. A text has no
escapes: a backslash is a backslash.
"""

from __future__ import annotations

import ast
import keyword
import math
import re
import warnings
from typing import NoReturn

from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.spec.expressions import (
    FUNCTIONS,
    SEARCHES,
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
    refs,
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
    # YAML block text has line ends, which Python would take for the end of the expression
    flat = re.sub(r"\s*[\r\n]\s*", " ", text).strip()
    shown = flat if len(flat) <= LONGEST_SHOWN else f"{flat[:LONGEST_SHOWN]}..."
    source = flat.replace("\\", "\\\\")
    try:
        with warnings.catch_warnings():
            # `1and A` is read with no more than a warning
            warnings.simplefilter("error")
            tree = ast.parse(source, mode="eval")
        built = _Builder(source, shown, at).build(tree.body)
        deep = _depth(built) > DEEPEST
    except (SyntaxError, ValueError) as error:
        offset = getattr(error, "offset", None)
        near = f" near {source[max(0, offset - 1) : offset + 12]!r}" if offset else ""
        raise SpecError(
            f"cannot read the expression {shown!r}{near}", at=at, hint=_reading_hint(flat)
        ) from None
    except (RecursionError, MemoryError):
        deep = True
    if deep:
        raise SpecError(
            f"the expression {shown!r} is nested too deeply",
            at=at,
            hint="Give parts of it a name: a step on the way is called _NAME",
        )
    return built


DEEPEST = 100
LONGEST_SHOWN = 100


def _depth(expression: Expr) -> int:
    match expression:
        case Binary(left=left, right=right):
            return 1 + max(_depth(left), _depth(right))
        case Not(condition=inner) | Negative(value=inner) | In(value=inner):
            return 1 + _depth(inner)
        case Call(arguments=arguments):
            return 1 + max(_depth(argument) for argument in arguments)
    return 1


def _reading_hint(text: str) -> str:
    """The commonest slips: `=` for `==`, and a column that has the name of a Python word."""
    if re.search(r"(?<![=!<>])=(?!=)", text):
        return "Compare with ==, not ="
    ours = {"and", "or", "not", "in"}
    words = [word for word in re.findall(r"\w+", text) if keyword.iskeyword(word)]
    column = next((word for word in words if word not in ours), "")
    return f"Write source['{column}'] for a column of that name" if column else ""


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
            and inner[0] not in inner[1:-1]
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

    def __init__(self, source: str, shown: str, at: Location) -> None:
        self.source = source
        self.shown = shown
        self.at = at
        self.present: frozenset[Ref] = frozenset()
        """Names that a `not missing(X) and` around the place being built says are there."""

    def build(self, node: ast.expr) -> Expr:
        match node:
            case ast.Name(id=name):
                return Ref(self._as_written(name, node))
            case ast.Attribute(value=value, attr=attr):
                return self._dotted(value, attr, node)
            case ast.Subscript(value=ast.Name(id="source"), slice=ast.Constant() as inner):
                quoted = self.build(inner)
                if isinstance(quoted, Literal) and isinstance(quoted.value, str) and quoted.value:
                    return Ref(quoted.value, "source")
            case ast.Constant(value=str(value)):
                return self._text(value, node)
            case ast.Constant(value=bool()):
                return self._refuse(node)
            case ast.Constant(value=int() | float()):
                return self._number(node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner_value = self._value(operand)
                if isinstance(inner_value, Literal) and isinstance(inner_value.value, float):
                    return Literal(-inner_value.value)
                self._refuse_text(inner_value)
                return Negative(inner_value)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._negation(operand)
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                before = self.present
                if word == "and":
                    self.present |= self._said_present(values)
                parts = [self._condition(value) for value in values]
                self.present = before
                result = parts[0]
                for part in parts[1:]:
                    result = Binary(word, result, part)
                return result
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                sides = (self._value(left), self._value(right))
                for side in sides:
                    self._refuse_text(side)
                return Binary(_ARITHMETIC[type(op)], *sides)
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(name, args)
        return self._refuse(node)

    def _as_written(self, name: str, node: ast.expr) -> str:
        # Python takes full-width and ligature letters for plain ones; a column's name does not
        if not name.isascii() or not self.source.isascii():
            written = ast.get_source_segment(self.source, node) or name
            if written.rpartition(".")[2].strip() != name:
                self._fail(
                    f"the name {written!r} has letters in compatibility form",
                    "Write source['...'] with the name in quotes",
                )
        return name

    def _dotted(self, value: ast.expr, attr: str, node: ast.expr) -> Ref:
        parts = [self._as_written(attr, node)]
        while isinstance(value, ast.Attribute):
            parts.append(self._as_written(value.attr, value))
            value = value.value
        if not isinstance(value, ast.Name):
            return self._refuse(node)
        return Ref(".".join(reversed(parts)), self._as_written(value.id, value))

    def _text(self, value: str, node: ast.expr) -> Literal:
        written = ast.get_source_segment(self.source, node) or ""
        quote = written[:1]
        if quote not in ("'", '"') or written[-1] != quote or quote in written[1:-1]:
            self._fail(f"{written} is not one text in quotes", "Write 'text' or \"text\"")
        return Literal(value)

    def _number(self, node: ast.Constant) -> Literal:
        try:
            value = float(node.value)  # type: ignore[arg-type]
        except OverflowError:
            value = math.inf
        if math.isinf(value):
            self._fail("a number is too large")
        return Literal(value)

    def _value(self, node: ast.expr) -> Expr:
        built = self.build(node)
        if is_condition(built):
            self._fail(f"{built} is a condition, where a value is expected, in {self.shown!r}")
        return built

    def _condition(self, node: ast.expr) -> Expr:
        built = self.build(node)
        if not is_condition(built):
            self._fail(f"{built} is a value, not a condition, in {self.shown!r}")
        return built

    def _negation(self, operand: ast.expr) -> Expr:
        inner = self._condition(operand)
        if _missing_makes_false(inner) and not self.present.issuperset(refs(inner)):
            opposite = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
            hint = "Say what holds for a missing value: not missing(X) and ..."
            if isinstance(inner, Binary) and inner.operator in opposite:
                better = Binary(opposite[inner.operator], inner.left, inner.right)
                hint = f"Write {better}, and add `or missing(...)` if missing values count"
            elif isinstance(inner, In) and not inner.negated:
                better_in = In(inner.value, inner.choices, negated=True)
                hint = f"Write {better_in}, and add `or missing(...)` if missing values count"
            self._fail(f"`not ({inner})` would be true for missing values", hint)
        return Not(inner)

    def _said_present(self, values: list[ast.expr]) -> frozenset[Ref]:
        """The names X of the conditions `not missing(X)` among these."""
        found = set()
        for value in values:
            if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
                inner = value.operand
                if isinstance(inner, ast.Call) and len(inner.args) == 1:
                    built = self.build(inner)
                    if isinstance(built, Call) and built.function == "missing":
                        found |= {ref for ref in built.arguments if isinstance(ref, Ref)}
        return frozenset(found)

    def _comparison(self, node: ast.Compare) -> Expr:
        if len(node.ops) != 1:
            self._fail(f"one comparison at a time in {self.shown!r}", "Write A < B and B < C")
        operator, right = node.ops[0], node.comparators[0]
        left = self._value(node.left)
        if isinstance(operator, ast.In | ast.NotIn):
            return In(left, self._choices(right), isinstance(operator, ast.NotIn))
        if type(operator) not in _COMPARE:
            return self._refuse(node)
        return Binary(_COMPARE[type(operator)], left, self._value(right))

    def _choices(self, node: ast.expr) -> tuple[Literal, ...]:
        if not isinstance(node, ast.List | ast.Tuple) or not node.elts:
            self._fail(f"`in` needs a list of values in {self.shown!r}", 'Write in ["A", "B"]')
        choices = [self.build(item) for item in node.elts]
        literals = tuple(choice for choice in choices if isinstance(choice, Literal))
        if len(literals) != len(choices) or len({type(c.value) for c in literals}) > 1:
            self._fail(f"`in` takes texts or numbers, not names or a mix, in {self.shown!r}")
        return literals

    def _call(self, name: str, args: list[ast.expr]) -> Expr:
        if name not in FUNCTIONS:
            self._fail(
                f"there is no function {name} in expressions",
                did_you_mean(name, FUNCTIONS) or f"Known are {', '.join(FUNCTIONS)}",
            )
        wanted = 2 if name in TWO_ARGUMENTS else 1
        if len(args) != wanted:
            self._fail(f"{name} takes {wanted} value(s), {len(args)} given")
        built = tuple(self._value(arg) for arg in args)
        sought = built[-1].value if isinstance(built[-1], Literal) else None
        if name in SEARCHES and not isinstance(sought, str):
            self._fail(f"{name} looks for a text in quotes, not {built[-1]}")
        return Call(name, built)

    def _refuse_text(self, side: Expr) -> None:
        if isinstance(side, Literal) and isinstance(side.value, str):
            self._fail(
                f"cannot calculate with the text {side}",
                "The algorithm join_text puts texts together",
            )

    def _fail(self, message: str, hint: str = "") -> NoReturn:
        raise SpecError(message, at=self.at, hint=hint)

    def _refuse(self, node: ast.expr) -> NoReturn:
        part = ast.get_source_segment(self.source, node) or self.shown
        self._fail(
            f"{part!r} is not part of the expression language",
            "Use names, texts, numbers, comparisons, and/or/not, in [...], + - * /, missing()",
        )
