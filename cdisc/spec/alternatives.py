"""Specs with another convention: an argument, or a selection, replaced, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cdisc.algorithms import Parameter
from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.spec.bind import Scope, bind_argument, spoken
from cdisc.spec.bind_records import records_condition
from cdisc.spec.change_selections import with_selection
from cdisc.spec.expressions import Ref
from cdisc.spec.model import (
    Argument,
    Call,
    DatasetSpec,
    GroupArgument,
    ListArgument,
    PlainArgument,
    RecordsArgument,
    Rows,
)
from cdisc.spec.read_fields import fields_of, text_of
from cdisc.spec.selections import Selection
from cdisc.spec.study import StudySpec
from cdisc.spec.yaml_nodes import Fields, Node, Text

NONE = "none"
Kind = Literal["parameter", "variable", "selection"]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """What an argument is instead, as a spec would write it."""

    node: Node


@dataclass(frozen=True, slots=True, eq=False)
class Without:
    """Which items a list loses: those that give a field, or whose field names something."""

    node: Node


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Change:
    """One argument replaced in some parameters, variables or named selections of a dataset.

    `path` names the argument, after the column where a parameter `set`s several
    (`AVALC.read_as`), and the field of each item where it is a list (`censors.if_gap_over`); of a
    selection it is what the selection says: `from`, `where` or a column. `other` is what it
    becomes: a value, `none` as if it were not given; or a list without some items.
    """

    dataset: str
    kind: Kind
    targets: tuple[tuple[str, Location], ...]
    path: tuple[str, ...]
    argument_at: Location
    other: Value | Without
    at: Location


def changed(study: StudySpec, change: Change) -> StudySpec:
    """The study with the change. Raises SpecError where the change names what is not there."""
    spec = study.datasets[change.dataset]
    scope = Scope({*study.datasets, *spec.lookups}, spec.selections)
    for name, at in change.targets:
        match change.kind:
            case "parameter":
                check_parameter(spec, name, at)
                spec = _in_parameter(spec, name, change, scope)
            case "variable":
                spec = _in_variable(spec, name, at, change, scope)
            case "selection":
                spec = with_selection(spec, _in_selection(spec, name, at, change, study))
    return replace(study, datasets={**study.datasets, change.dataset: spec})


def check_parameter(spec: DatasetSpec, name: str, at: Location) -> None:
    """Refuse a parameter that the dataset does not have."""
    if name not in spec.rows.parameters:
        known = list(spec.rows.parameters)
        hint = did_you_mean(name, known)
        hint = hint or (f"It has {', '.join(known)}" if known else "It has no parameters")
        raise SpecError(f"{spec.name} has no parameter {name}", at=at, hint=hint)


def _in_parameter(spec: DatasetSpec, name: str, change: Change, scope: Scope) -> DatasetSpec:
    part = spec.rows.parameters[name]
    other = _in_part(part, name, change, scope)
    stack = tuple(other if one is part else one for one in spec.rows.stack)
    return replace(spec, rows=replace(spec.rows, stack=stack))


def _in_part(part: Rows, name: str, change: Change, scope: Scope) -> Rows:
    first, rest = change.path[0], change.path[1:]
    if part.derive is not None and part.derive.call.algorithm.parameter(first) is not None:
        call = _in_call(part.derive.call, change.path, change, scope)
        return replace(part, derive=replace(part.derive, call=call))
    if first in part.columns and rest:
        call = _in_call(part.columns[first], rest, change, scope)
        return replace(part, columns={**part.columns, first: call})
    known = [f"{column}.{p}" for column, call in part.columns.items() for p in _spoken(call)]
    if part.derive is not None:
        known = [*_spoken(part.derive.call), *known]
    raise _no_argument(name, ".".join(change.path), known, change)


def _in_variable(
    spec: DatasetSpec, name: str, at: Location, change: Change, scope: Scope
) -> DatasetSpec:
    if name not in spec.variables:
        hint = did_you_mean(name, spec.variables)
        raise SpecError(f"{spec.name} has no variable {name}", at=at, hint=hint)
    variable = spec.variables[name]
    if variable.call.algorithm.parameter(change.path[0]) is None:
        raise _no_argument(name, ".".join(change.path), _spoken(variable.call), change)
    call = _in_call(variable.call, change.path, change, scope)
    return replace(spec, variables={**spec.variables, name: replace(variable, call=call)})


def _in_selection(
    spec: DatasetSpec, name: str, at: Location, change: Change, study: StudySpec
) -> Selection:
    """The selection with what it says otherwise."""
    selection = spec.selections.get(name)
    if selection is None:
        known = list(spec.selections)
        hint = did_you_mean(name, known)
        hint = hint or (f"It has {', '.join(known)}" if known else "It names none")
        raise SpecError(f"{spec.name} has no selection {name}", at=at, hint=hint)
    said = ["from", *(["where"] if selection.where is not None else []), *selection.columns]
    path = ".".join(change.path)
    if path not in said:
        raise _no_argument(f"the selection {name}", path, said, change)
    if isinstance(change.other, Without):
        raise SpecError(f"{path} is no list of rules to leave out of", at=change.other.node.at)
    node = change.other.node
    match path:
        case "from":
            return replace(selection, dataset=_start(spec, text_of(node, path), node.at, study))
        case "where":
            is_none = isinstance(node, Text) and node.text == NONE
            return replace(selection, where=None if is_none else records_condition(node))
    columns = {**selection.columns, path: Ref(text_of(node, path))}
    return replace(selection, columns=columns)


def _start(spec: DatasetSpec, name: str, at: Location, study: StudySpec) -> str:
    known = [*spec.rows.parameters, *study.datasets, *study.sources, *study.tables]
    if name not in known:
        hint = did_you_mean(name, known)
        raise SpecError(f"{name} is no parameter, dataset, source or table", at=at, hint=hint)
    return name


def _spoken(call: Call) -> list[str]:
    return [parameter.name for parameter in call.algorithm.parameters if parameter.spoken]


def _no_argument(where: str, path: str, known: list[str], change: Change) -> SpecError:
    hint = did_you_mean(path, known) or f"There are {', '.join(known)}"
    return SpecError(f"{where} has no argument {path}", at=change.argument_at, hint=hint)


def _in_call(call: Call, path: tuple[str, ...], change: Change, scope: Scope) -> Call:
    """The call with the argument at `path` replaced, and said so in its texts."""
    parameter = call.algorithm.parameter(path[0])
    if parameter is None or not parameter.spoken:
        raise _no_argument(call.algorithm.name, path[0], _spoken(call), change)
    bound = _replaced(parameter, call.arguments[parameter.argument], path[1:], change, scope)
    return replace(
        call,
        arguments={**call.arguments, parameter.argument: bound},
        texts={**call.texts, parameter.name: spoken(bound)},
    )


def _replaced(
    parameter: Parameter, old: Argument, rest: tuple[str, ...], change: Change, scope: Scope
) -> Argument:
    if not rest:
        if isinstance(change.other, Without):
            return _shorter(parameter, old, change.other.node)
        return _bound(parameter, change.other.node, scope)
    fields = {field.name: field for field in parameter.fields}
    if rest[0] not in fields or len(rest) > 1:
        path = f"{parameter.name}.{'.'.join(rest)}"
        known = [f"{parameter.name}.{name}" for name in fields]
        raise SpecError(
            f"there is no argument {path}",
            at=change.argument_at,
            hint=did_you_mean(path, known) or f"There are {', '.join(known) or parameter.name}",
        )
    field = fields[rest[0]]
    items = old.items if isinstance(old, ListArgument) else (old,)
    given = [item for item in items if _given(item, field) is not None]
    if not given:
        raise SpecError(
            f"no item of {parameter.name} gives {field.name}",
            at=change.argument_at,
            hint="Only what a spec says can be said otherwise",
        )

    def other(item: Argument) -> Argument:
        if not isinstance(item, GroupArgument) or item not in given:
            return item
        bound = _replaced(field, item.fields[field.argument], (), change, scope)
        return replace(item, fields={**item.fields, field.argument: bound})

    if isinstance(old, ListArgument):
        return ListArgument(tuple(other(item) for item in items))
    return other(old)


def _bound(parameter: Parameter, value: Node, scope: Scope) -> Argument:
    """The other value; `none` takes back what an argument that need not be given says."""
    unsaid = parameter.optional and parameter.default is None and parameter.kind != "Text"
    if unsaid and isinstance(value, Text) and value.text == NONE:
        return PlainArgument(None)
    return bind_argument(parameter, value, scope)


def _given(item: Argument, field: Parameter) -> Argument | None:
    """What an item of a list says for a field; None where it leaves it at its default."""
    if not isinstance(item, GroupArgument):
        return None
    found = item.fields[field.argument]
    left = isinstance(found, PlainArgument) and found.value == field.default
    return None if left else found


def _shorter(parameter: Parameter, old: Argument, without: Node) -> Argument:
    """A list without the items that give a field, or whose field names something."""
    if not isinstance(old, ListArgument) or not parameter.fields:
        raise SpecError(f"{parameter.name} is no list of rules to leave out of", at=without.at)
    drops = _dropped(parameter, without)
    kept = tuple(item for item in old.items if not drops(item))
    if len(kept) == len(old.items):
        raise SpecError(
            f"no item of {parameter.name} is left out by this",
            at=without.at,
            hint="Name a field that items give, or {field: a name it has}",
        )
    return ListArgument(kept)


def _dropped(parameter: Parameter, without: Node) -> Callable[[Argument], bool]:
    fields = {field.name: field for field in parameter.fields}
    wanted: Mapping[str, str] = {}
    if isinstance(without, Fields):
        given = fields_of(without, "without").fields
        wanted = {key: text_of(node, key) for key, node in given.items()}
        names = list(wanted)
    else:
        names = [text_of(without, "without")]
    for name in names:
        if name not in fields:
            hint = did_you_mean(name, fields) or f"They have {', '.join(fields)}"
            raise SpecError(f"items of {parameter.name} have no {name}", at=without.at, hint=hint)

    def drops(item: Argument) -> bool:
        for name in names:
            given = _given(item, fields[name])
            if given is None or (name in wanted and not _mentions(given, wanted[name])):
                return False
        return bool(names)

    return drops


def _mentions(given: Argument, text: str) -> bool:
    """Whether an argument is this selection, or this text, or has it as one of its words."""
    taken = given.taken if isinstance(given, RecordsArgument) else None
    said = spoken(given)
    if text in (said, taken and taken.selection.name):
        return True
    words = "".join(c if c.isalnum() or c == "_" else " " for c in said).split()
    return text in words
