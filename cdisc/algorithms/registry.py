"""Algorithms by name: the function, its parameters, its documentation and its method text.

The registry knows no spec and no engine. A parameter's annotation decides what a spec may
write for it (`cdisc.algorithms.arguments`), so that the JSON Schema, the reference page, the
checks and the call cannot disagree.
"""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from cdisc.algorithms.arguments import Argument, Made, Result
from cdisc.errors import Location, UsageError, did_you_mean

REQUIRED: Any = inspect.Parameter.empty

MethodText = Callable[[Mapping[str, str]], str]
Kind = Literal["", "text", "number", "date"]
Function = TypeVar("Function", bound=Callable[..., Result | Made])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of an algorithm as a spec may write it.

    `kind` is Column, NumberColumn, DateColumn, Columns, Condition, Expression, Records,
    RecordsList, Terms, LevelTerms, Table, RowCount, Grouped, Explaining, Text, Integer, Number,
    Flag, Choice, TextList, TextMap, Group or GroupList; `choices` the words of a Choice; `fields`
    the parameters of a Group; `marker` the annotation of Records. `argument` is the name in the
    function, which ends in `_` where the spec's word is one of Python's.
    """

    name: str
    argument: str
    kind: str
    default: Any = REQUIRED
    optional: bool = False
    choices: tuple[str, ...] = ()
    fields: tuple[Parameter, ...] = ()
    marker: Argument | None = None
    group: type[Any] | None = None
    help: str = ""

    @property
    def required(self) -> bool:
        """Whether a spec must give it."""
        return self.default is REQUIRED and self.spoken

    @property
    def spoken(self) -> bool:
        """Whether a spec may write it at all; rows, groups and explanations are the engine's."""
        return self.kind not in ("RowCount", "Grouped", "Explaining")


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A named way to fill a variable, or to make new records of groups of rows.

    `main` is the argument a bare value stands for. `makes` are the columns of the records that a
    record algorithm makes; empty for one that fills a variable. `holds` are the texts that such
    columns can hold, of those that hold no others. `shared` are the dataclasses whose fields stand
    among the parameters, by the function's name for each. `gives` is text, number or date where
    what fills a variable is that whatever the arguments are, else empty.
    """

    name: str
    topic: str
    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    main: str
    origin: str
    method: MethodText | None
    doc: str
    makes: tuple[str, ...] = ()
    holds: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict, hash=False)
    shared: Mapping[str, type[Any]] = dataclasses.field(default_factory=dict, hash=False)
    gives: Kind = ""

    @property
    def summary(self) -> str:
        """The first sentence of the documentation."""
        return self.doc.partition("\n")[0]

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or None."""
        return next((p for p in self.parameters if p.name == name), None)

    def call(self, values: Mapping[str, Any]) -> Any:
        """What the function returns for a value of each parameter, by its `argument`."""
        own = dict(values)
        for name, group in self.shared.items():
            fields = [field.name for field in dataclasses.fields(group) if field.name in own]
            own[name] = group(**{field: own.pop(field) for field in fields})
        return self.function(**own)


_registry: dict[str, Algorithm] = {}


def algorithm(
    *,
    main: str = "",
    origin: str = "Derived",
    method: str | MethodText | None = None,
    name: str = "",
    makes: tuple[str, ...] = (),
    holds: Mapping[str, tuple[str, ...]] | None = None,
    gives: Kind = "",
) -> Callable[[Function], Function]:
    """Register a function as an algorithm under its own name.

    Args:
        main: the argument that a bare value in a spec stands for.
        origin: the Define-XML origin type of what it makes, unless the spec says otherwise;
            `Carried` for the origin of its main argument, which it only carries over.
        method: text of the Define-XML method; a template over the arguments as the spec wrote
            them (`{date}`), or a function from those texts to a text. None: no method.
        name: the name in specs when it is a Python word (`copy` is not, `from` would be).
        makes: the columns of the records it makes (`Made`); empty when it fills a variable.
        holds: of columns that it makes, all texts that they can hold: `{"AVALC": ("Y", "N")}`.
        gives: text, number or date, when what it fills a variable with is that in every case.
    """

    def register(function: Function) -> Function:
        known = name or function.__name__
        if known in _registry and _registry[known].function.__module__ != function.__module__:
            raise UsageError(f"two algorithms are named {known}")
        parameters, shared = _parameters(function)
        render = (lambda texts: method.format_map(texts)) if isinstance(method, str) else method
        _registry[known] = Algorithm(
            name=known,
            topic=function.__module__.rpartition(".")[2],
            function=function,
            parameters=parameters,
            main=main,
            origin=origin,
            method=render,
            doc=inspect.cleandoc(function.__doc__ or ""),
            makes=makes,
            holds=holds or {},
            shared=shared,
            gives=gives,
        )
        return function

    return register


def algorithms() -> Mapping[str, Algorithm]:
    """Every registered algorithm by name, in the order of the names."""
    return dict(sorted(_registry.items()))


def find(name: str) -> Algorithm:
    """The algorithm of that name. Raises UsageError with the nearest name otherwise."""
    if name not in _registry:
        raise UsageError(f"there is no algorithm {name}", hint=did_you_mean(name, _registry))
    return _registry[name]


def _parameters(
    function: Callable[..., Result | Made],
) -> tuple[tuple[Parameter, ...], dict[str, type[Any]]]:
    """What a spec may write, and the dataclasses that some of it is shared by."""
    hints = typing.get_type_hints(function, include_extras=True)
    helps = _argument_help(function.__doc__ or "")
    found: dict[str, Parameter] = {}
    shared: dict[str, type[Any]] = {}
    for p in inspect.signature(function).parameters.values():
        if p.name not in hints:
            raise _refused(
                function,
                f"the parameter {p.name} has no annotation",
                f"Say what a spec gives for it, e.g. {p.name}: Column",
            )
        hint = hints[p.name]
        if Argument("Shared") in getattr(hint, "__metadata__", ()):
            shared[p.name] = _group(function, p.name, hint.__origin__)
            new = _fields(shared[p.name])
        else:
            new = (_parameter(p.name, hint, p.default, helps.get(p.name, "")),)
        twice = [parameter.name for parameter in new if parameter.name in found]
        if twice:
            groups = ", ".join(f"Shared[{group.__name__}]" for group in shared.values())
            raise _refused(
                function,
                f"the argument {twice[0]} stands twice",
                f"Leave it to {groups}, or give it another name",
            )
        found |= {parameter.name: parameter for parameter in new}
    return tuple(found.values()), shared


def _group(function: Callable[..., Any], name: str, hint: Any) -> type[Any]:
    """The dataclass whose fields are arguments of the function."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return hint
    shown = getattr(hint, "__name__", hint)
    raise _refused(
        function,
        f"{name} shares the arguments of {shown}, which is no dataclass",
        "Write a frozen dataclass with a field for each argument",
    )


def _refused(function: Callable[..., Any], message: str, hint: str) -> UsageError:
    line = inspect.unwrap(function).__code__.co_firstlineno
    at = Location(function.__module__, line, name=function.__name__)
    return UsageError(message, at=at, hint=hint)


def _parameter(name: str, hint: Any, default: Any, help_: str) -> Parameter:
    # A trailing underscore lets an argument be called `from` in a spec.
    spoken = name.removesuffix("_")
    optional = False
    if get_origin(hint) in (Union, UnionType):
        members = [member for member in get_args(hint) if member is not type(None)]
        optional = len(members) < len(get_args(hint))
        hint = members[0] if len(members) == 1 else str
    common: dict[str, Any] = {"default": default, "optional": optional, "help": help_}
    for marker in getattr(hint, "__metadata__", ()):
        if isinstance(marker, Argument) and marker.kind != "Shared":
            many = marker.kind == "Records" and get_origin(hint.__origin__) is tuple
            kind = "RecordsList" if many else marker.kind
            return Parameter(spoken, name, kind, marker=marker, **common)
    simple = {str: "Text", int: "Integer", float: "Number", bool: "Flag"}
    if hint in simple:
        return Parameter(spoken, name, simple[hint], **common)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return Parameter(spoken, name, "Choice", choices=args, **common)
    if origin is tuple and args[0] is str:
        return Parameter(spoken, name, "TextList", **common)
    if origin is tuple and isinstance(args[0], type) and dataclasses.is_dataclass(args[0]):
        return Parameter(
            spoken, name, "GroupList", group=args[0], fields=_fields(args[0]), **common
        )
    if origin in (dict, Mapping):
        return Parameter(spoken, name, "TextMap", **common)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return Parameter(spoken, name, "Group", group=hint, fields=_fields(hint), **common)
    # list-typed and Optional text ends here too; anything else is a defect of the algorithm
    raise TypeError(f"parameter {name}: a spec cannot write a value of type {hint}")


def _fields(group: Any) -> tuple[Parameter, ...]:
    hints = typing.get_type_hints(group, include_extras=True)
    helps = _argument_help(group.__doc__ or "")
    return tuple(
        _parameter(
            field.name,
            hints[field.name],
            _default(field),
            helps.get(field.name, ""),
        )
        for field in dataclasses.fields(group)
    )


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return REQUIRED if field.default is dataclasses.MISSING else field.default


def _argument_help(doc: str) -> dict[str, str]:
    """The `name: text` lines of a docstring's Args section."""
    helps: dict[str, str] = {}
    current = ""
    inside = False
    for line in inspect.cleandoc(doc).splitlines():
        if not line.startswith(" "):
            inside = line.strip() == "Args:"
            current = ""
        elif inside and line.startswith("    ") and not line.startswith("     "):
            current, _, text = line.strip().partition(":")
            helps[current] = text.strip()
        elif inside and current:
            helps[current] += " " + line.strip()
    return helps
