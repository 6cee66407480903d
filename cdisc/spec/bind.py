"""From what a spec wrote for an algorithm to arguments bound to its parameters.

Unknown algorithms and arguments, missing arguments and values of the wrong shape are refused
here, each with its place; whether the columns named exist is checked later (`spec.names`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from cdisc.algorithms import Algorithm, Parameter, find, library
from cdisc.errors import Location, SpecError, UsageError, did_you_mean
from cdisc.spec import model
from cdisc.spec.bind_records import bind_records
from cdisc.spec.expression_parser import parse_condition, parse_expression, parse_ref
from cdisc.spec.expressions import Expr, Ref
from cdisc.spec.qualify import qualify, qualify_expression
from cdisc.spec.read_fields import (
    choice_of,
    fields_of,
    flag_of,
    integer_of,
    items_of,
    text_of,
    texts_of,
)
from cdisc.spec.selections import Selection
from cdisc.spec.yaml_nodes import Fields, Node, Text

SAID_OF_RECORDS = ("value", "response", "result", "date")
"""The column of records that a method text names, the first of them that is read."""

MUST: Mapping[str, Literal["number", "date"]] = {"NumberColumn": "number", "DateColumn": "date"}
"""What a column must hold, by the kind of argument it is given for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names stand for: those that may stand before a dot, and those of selections.

    Before a dot stand declared datasets and this spec's lookups.
    """

    qualifiers: Collection[str]
    selections: Mapping[str, Selection] = field(default_factory=dict)

    def ref(self, text: str, at: Location) -> Ref:
        """A column name; `IT.AETERM` is a source column unless IT is declared."""
        return qualify(parse_ref(text, at), self.qualifiers)

    def condition(self, node: Node, what: str) -> Expr:
        """A condition over columns."""
        expression = parse_condition(text_of(node, what), node.at)
        return qualify_expression(expression, self.qualifiers)

    def expression(self, node: Node, what: str) -> Expr:
        """A computed value."""
        expression = parse_expression(text_of(node, what), node.at)
        return qualify_expression(expression, self.qualifiers)


def bind_call(
    name: str, node: Node, at: Location, scope: Scope, *, of_records: bool = False
) -> model.Call:
    """The algorithm `name` with the arguments of `node`: a mapping, or its main argument.

    With `of_records` it must be one that makes new records, otherwise one that fills a variable.
    """
    try:
        algorithm = find(name)
    except UsageError as error:
        raise SpecError(error.message, at=at, hint=error.hint) from None
    if bool(algorithm.makes) != of_records:
        raise SpecError(
            f"{name} fills a variable, it makes no records"
            if of_records
            else f"{name} makes records, it cannot fill a variable",
            at=at,
            hint="Write it under variables" if of_records else "Write it in rows, under derive",
        )
    written = _written(algorithm, node, at)
    arguments: dict[str, model.Argument] = {}
    texts: dict[str, str] = {}
    for parameter in algorithm.parameters:
        if not parameter.spoken:
            arguments[parameter.argument] = _of_engine(parameter)
            continue
        given = written.get(parameter.name)
        if given is not None:
            bound = _bind(parameter, given, scope)
        elif parameter.required:
            raise SpecError(f"{name} needs {parameter.name}", at=at, hint=_usage(algorithm))
        else:
            bound = _default(parameter, at, scope)
        arguments[parameter.argument] = bound
        texts[parameter.name] = spoken(bound)
    return model.Call(algorithm, arguments, texts, at)


def known_algorithms(*, of_records: bool = False) -> Collection[str]:
    """The names a spec may call for a variable, or those that make new records."""
    return [name for name, found in library().items() if bool(found.makes) == of_records]


def _of_engine(parameter: Parameter) -> model.Argument:
    match parameter.kind:
        case "RowCount":
            return model.RowCountArgument()
        case "Grouped":
            return model.GroupedArgument()
    return model.ExplainingArgument()


def _written(algorithm: Algorithm, node: Node, at: Location) -> dict[str, Node]:
    """The arguments by name; a value that is no mapping of arguments is the main one."""
    spoken_names = [p.name for p in algorithm.parameters if p.spoken]
    main = algorithm.parameter(algorithm.main) if algorithm.main else None
    takes_mapping = main is not None and main.kind in ("TextMap", "Group", "Records")
    if isinstance(node, Fields) and not (
        takes_mapping and not any(key in spoken_names for key in node.fields)
    ):
        for key, key_at in node.keys_at.items():
            if key not in spoken_names:
                hint = did_you_mean(key, spoken_names)
                raise SpecError(
                    f"{algorithm.name} has no argument {key}",
                    at=key_at,
                    hint=hint or _usage(algorithm),
                )
        return dict(node.fields)
    if isinstance(node, Text) and node.is_empty:
        return {}
    if main is None:
        raise SpecError(f"{algorithm.name} takes named arguments", at=at, hint=_usage(algorithm))
    return {main.name: node}


def _usage(algorithm: Algorithm) -> str:
    names = [p.name if p.required else f"[{p.name}]" for p in algorithm.parameters if p.spoken]
    return f"It takes {', '.join(names)}; see `cdisc algorithms {algorithm.name}`"


def _bind(parameter: Parameter, node: Node, scope: Scope) -> model.Argument:
    what = parameter.name
    match parameter.kind:
        case "Column" | "NumberColumn" | "DateColumn":
            ref = scope.ref(text_of(node, what), node.at)
            return model.ColumnArgument(ref, MUST.get(parameter.kind, ""), what)
        case "Columns":
            if isinstance(node, Text) and node.text in ("keys", "source"):
                return model.ColumnsArgument((), node.text)  # type: ignore[arg-type]
            refs = tuple(scope.ref(text_of(item, what), item.at) for item in items_of(node))
            return model.ColumnsArgument(refs)
        case "Condition":
            return model.ConditionArgument(scope.condition(node, what))
        case "Expression":
            return model.ExpressionArgument(scope.expression(node, what))
        case "Records":
            return bind_records(parameter, node, scope.selections)
        case "RecordsList":
            return model.ListArgument(
                tuple(bind_records(parameter, item, scope.selections) for item in items_of(node))
            )
        case "Terms":
            return model.TermsArgument(text_of(node, what))
        case "LevelTerms":
            return model.LevelTermsArgument(text_of(node, what), node.at)
        case "Table":
            return model.TableArgument(text_of(node, what))
        case "Group":
            return _group(parameter, node, scope)
        case "GroupList":
            groups = tuple(_group(parameter, item, scope) for item in items_of(node))
            return model.ListArgument(groups)
    return model.PlainArgument(_plain(parameter, node))


def _plain(parameter: Parameter, node: Node) -> object:
    what = parameter.name
    match parameter.kind:
        case "Integer":
            return integer_of(node, what)
        case "Number":
            text = text_of(node, what)
            try:
                return float(text)
            except ValueError:
                raise SpecError(f"{what} must be a number, not {text!r}", at=node.at) from None
        case "Flag":
            return flag_of(node, what)
        case "Choice":
            return choice_of(node, what, parameter.choices)
        case "TextList":
            return texts_of(node, what)
        case "TextMap":
            fields = fields_of(node, what)
            for value in fields.fields.values():
                if not isinstance(value, Text):
                    raise SpecError(f"{what} maps texts to texts", at=value.at)
            return {key: cast(Text, value).text for key, value in fields.fields.items()}
    return text_of(node, what)


def _group(parameter: Parameter, node: Node, scope: Scope) -> model.GroupArgument:
    fields = fields_of(node, parameter.name).only(*(one.name for one in parameter.fields))
    bound: dict[str, model.Argument] = {}
    for one in parameter.fields:
        given = fields.get(one.name)
        if given is not None:
            bound[one.argument] = _bind(one, given, scope)
        elif one.required:
            raise SpecError(f"{parameter.name} needs {one.name}", at=node.at)
        else:
            bound[one.argument] = _default(one, node.at, scope)
    assert parameter.group is not None  # noqa: S101 - a Group parameter always has its class
    return model.GroupArgument(parameter.group, bound)


def _default(parameter: Parameter, at: Location, scope: Scope) -> model.Argument:
    value = parameter.default
    if value is None:
        return model.PlainArgument(None)
    match parameter.kind:
        case "Terms":
            return model.TermsArgument("" if value == "variable" else value)
        case (
            "Column"
            | "NumberColumn"
            | "DateColumn"
            | "Columns"
            | "Condition"
            | "Expression"
            | "Records"
            | "Table"
        ):
            return _bind(parameter, Text(str(value), at), scope)
    return model.PlainArgument(value)


def spoken(argument: model.Argument) -> str:
    """An argument as a method text shows it."""
    match argument:
        case model.ColumnArgument(ref=ref):
            return ref.name if ref.qualifier == "source" else str(ref)
        case model.ColumnsArgument(refs=refs, word=word):
            if word:
                return "the dataset's keys" if word == "keys" else "the order of the source"
            return ", ".join(ref.name if ref.qualifier == "source" else str(ref) for ref in refs)
        case (
            model.ExpressionArgument(expression=expression)
            | model.ConditionArgument(expression=expression)
        ):
            return str(expression)
        case model.RecordsArgument(dataset=dataset, columns=columns, where=where):
            condition = f" where {where}" if where is not None else ""
            return _spoken_records(dataset, columns) + condition
        case model.TermsArgument(name=name):
            return name or "variable"
        case model.LevelTermsArgument(variable=variable):
            return variable
        case model.TableArgument(name=name):
            return name
        case model.ListArgument(items=items):
            return "; ".join(spoken(item) for item in items)
        case model.GroupArgument(group=group, fields=fields):
            said = {key.removesuffix("_"): spoken(value) for key, value in fields.items()}
            in_words: Callable[[Mapping[str, str]], str] | None = getattr(group, "in_words", None)
            if in_words is not None:
                return in_words(said)
            return ", ".join(f"{key} {text}" for key, text in said.items() if text)
        case model.PlainArgument(value=value):
            return _spoken_plain(value)
    return ""


def _spoken_records(dataset: str, columns: Mapping[str, Ref]) -> str:
    """Records by the variable that matters: what is taken of them, otherwise when they were.

    The subject is understood; dose, sequence number and the like decide which records count.
    """
    what = next((key for key in SAID_OF_RECORDS if key in columns), "")
    if not what:
        names = [f"{dataset}.{ref.name}" for key, ref in columns.items() if key != "by"]
        return ", ".join(names) or dataset
    when = columns["date"].name if "date" in columns else ""
    by = f" by {when}" if what == "value" and when not in ("", columns[what].name) else ""
    return f"{dataset}.{columns[what].name}{by}"


def _spoken_plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{key} = {text}" for key, text in value.items())
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value)


def bind_argument(parameter: Parameter, node: Node, scope: Scope) -> model.Argument:
    """One argument of an algorithm as a spec would write it, bound as `bind_call` does."""
    return _bind(parameter, node, scope)
