"""One mapping spec: a YAML file that describes one dataset."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Literal

from cdisc.errors import CdiscError, Location, Problems, SpecError, did_you_mean
from cdisc.model import Origin
from cdisc.spec.bind import Scope, bind_call
from cdisc.spec.dictionaries import DictionaryDeclaration, read_coded_lookup
from cdisc.spec.model import DatasetSpec, Lookup, Rows, ValueLevels, VariableSpec
from cdisc.spec.read_fields import (
    choice_of,
    fields_of,
    integer_of,
    items_of,
    named,
    optional_text,
    required,
    text_of,
    texts_of,
)
from cdisc.spec.read_origin import ORIGINS, SOURCES, read_origin
from cdisc.spec.read_parameters import read_parameters
from cdisc.spec.read_rows import algorithm_key, read_rows
from cdisc.spec.read_selections import read_selections
from cdisc.spec.selections import Selection, Taken
from cdisc.spec.yaml_nodes import Fields, Items, Node, Text

TOP = (
    "dataset",
    "label",
    "class",
    "structure",
    "scope",
    "keys",
    "order",
    "comment",
    "selections",
    "rows",
    "parameters",
    "carry",
    "lookups",
    "variables",
    "supplemental",
    "value_levels",
)
METADATA = (
    "label",
    "type",
    "length",
    "format",
    "codelist",
    "dictionary",
    "origin",
    "comment",
    "method",
)


LEVEL_ORIGINS = {
    **{word: Origin(type_, SOURCES.get(type_, "")) for word, type_ in ORIGINS.items()},
    "vendor": Origin("Collected", "Vendor"),
    "subject": Origin("Collected", "Subject"),
}
"""What `origins` of value levels may say; `vendor` and `subject` are who collected."""


def dataset_name(fields: Fields) -> str:
    """The name a mapping spec gives its dataset."""
    node = required(fields, "dataset", "a mapping spec")
    name = text_of(node, "dataset")
    if not (name.isupper() and name.isalnum() and len(name) <= 8 and name[0].isalpha()):
        raise SpecError(
            f"{name!r} cannot name a dataset",
            at=node.at,
            hint="Up to 8 capital letters and digits, as in the standard",
        )
    return name


def read_dataset(
    fields: Fields,
    layer: Literal["sdtm", "adam"],
    datasets: Collection[str],
    dictionaries: Mapping[str, DictionaryDeclaration] = MappingProxyType({}),
) -> DatasetSpec:
    """The spec that a mapping file holds; `datasets` and `dictionaries` are all that there are.

    Raises Problems with every error of the file that can be told apart.
    """
    fields.only(*TOP)
    name = dataset_name(fields)
    lookups_node = fields.get("lookups")
    lookups = fields_of(lookups_node, "lookups") if lookups_node is not None else None
    lookup_names = tuple(lookups.fields) if lookups else ()
    selections = _selections(fields, {*datasets}, lookup_names)
    scope = Scope({*datasets, *lookup_names}, selections)
    errors: list[CdiscError] = []
    variables = _carried(fields.get("carry"), scope)
    written = _variables(required(fields, "variables", name), scope, errors)
    errors += [
        SpecError(
            "carried and written here as well",
            at=written[both].at,
            hint="Take it out of carry, or out of variables",
        )
        for both in variables
        if both in written
    ]
    variables |= written
    supplemental = _variables(fields.get("supplemental"), scope, errors)
    keys = texts_of(required(fields, "keys", name), "keys")
    if errors:
        raise Problems(errors)
    return DatasetSpec(
        name=name,
        file=fields.at.file,
        at=named(fields.keys_at["dataset"], name),
        layer=layer,
        keys=keys,
        rows=_rows(fields, name, scope),
        variables=variables,
        lookups={
            key: _lookup(key, node, scope, dictionaries) for key, node in lookups.fields.items()
        }
        if lookups
        else {},
        supplemental=supplemental,
        order=_word(fields, "order", ("keys", "source"), "keys"),  # type: ignore[arg-type]
        scope=_word(fields, "scope", ("subject", "study"), "subject"),  # type: ignore[arg-type]
        label=optional_text(fields, "label"),
        structure=optional_text(fields, "structure"),
        class_=optional_text(fields, "class"),
        comment=optional_text(fields, "comment"),
        value_levels=_value_levels(fields.get("value_levels")),
        selections=selections,
    )


def _selections(
    fields: Fields, datasets: Collection[str], lookups: Collection[str]
) -> dict[str, Selection]:
    """The named selections; a name that stands for something else in the spec is refused."""
    taken = dict.fromkeys(datasets, "a dataset") | dict.fromkeys(lookups, "a lookup")
    for key, what in (
        ("parameters", "a parameter"),
        ("variables", "a variable"),
        ("supplemental", "a variable"),
    ):
        node = fields.get(key)
        taken |= dict.fromkeys(node.fields, what) if isinstance(node, Fields) else {}
    return read_selections(fields.get("selections"), taken)


def _rows(fields: Fields, name: str, scope: Scope) -> Rows:
    parameters = fields.get("parameters")
    if parameters is None:
        return read_rows(required(fields, "rows", name), scope)
    return read_parameters(parameters, fields.get("rows"), scope, scope.qualifiers)


def _carried(node: Node | None, scope: Scope) -> dict[str, VariableSpec]:
    """Variables copied under their own names, by the dataset that they come from."""
    if node is None:
        return {}
    variables: dict[str, VariableSpec] = {}
    for dataset, names in fields_of(node, "carry").fields.items():
        if dataset not in scope.qualifiers:
            hint = did_you_mean(dataset, scope.qualifiers)
            raise SpecError(f"{dataset} is no dataset to carry from", at=names.at, hint=hint)
        for item in items_of(names):
            name = text_of(item, dataset)
            if name in variables:
                raise SpecError(f"{name} is carried twice", at=item.at)
            at = named(item.at, name)
            call = bind_call("copy", Text(f"{dataset}.{name}", item.at), at, scope)
            variables[name] = VariableSpec(name=name, call=call, at=at)
    return variables


def _word(fields: Fields, key: str, choices: tuple[str, ...], otherwise: str) -> str:
    node = fields.get(key)
    return otherwise if node is None else choice_of(node, key, choices)


def _variables(
    node: Node | None, scope: Scope, errors: list[CdiscError]
) -> dict[str, VariableSpec]:
    if node is None:
        return {}
    fields = fields_of(node, "variables")
    variables = {}
    for name, value in fields.fields.items():
        at = named(fields.keys_at[name], name)
        try:
            variables[name] = _variable(name, fields_of(value, name), at, scope)
        except CdiscError as error:
            place = error.at if error.at.line else at
            errors.append(SpecError(error.message, at=named(place, name), hint=error.hint))
    return variables


def _variable(name: str, fields: Fields, at: Location, scope: Scope) -> VariableSpec:
    metadata = (*METADATA, "evaluator")
    key = algorithm_key(fields, metadata, name)
    call = bind_call(key, fields.fields[key], at, scope)
    length = fields.get("length")
    origin = fields.get("origin")
    return VariableSpec(
        name=name,
        call=call,
        at=at,
        label=optional_text(fields, "label"),
        type=_word(fields, "type", ("Char", "Num"), ""),  # type: ignore[arg-type]
        length=None if length is None else integer_of(length, "length"),
        format=optional_text(fields, "format"),
        codelist=optional_text(fields, "codelist"),
        dictionary=optional_text(fields, "dictionary"),
        origin=None if origin is None else read_origin(origin),
        comment=optional_text(fields, "comment"),
        method=optional_text(fields, "method"),
        evaluator=optional_text(fields, "evaluator"),
    )


def _lookup(
    name: str, node: Node, scope: Scope, dictionaries: Mapping[str, DictionaryDeclaration]
) -> Lookup:
    fields = fields_of(node, name)
    if "dictionary" in fields.fields:
        return read_coded_lookup(name, fields, scope, dictionaries)
    fields.only("from", "match", "where", "take", "order", "if_none")
    match_node = required(fields, "match", f"lookup {name}")
    if isinstance(match_node, Fields):
        match = {
            theirs: scope.ref(text_of(ours, theirs), ours.at)
            for theirs, ours in match_node.fields.items()
        }
    else:
        match = {
            text_of(item, "match"): scope.ref(text_of(item, "match"), item.at)
            for item in items_of(match_node)
        }
    take = choice_of(required(fields, "take", f"lookup {name}"), "take", ("one", "first", "last"))
    order_node = fields.get("order")
    if (take == "one") != (order_node is None):
        raise SpecError(
            f"lookup {name}: take: {take} {'needs no' if take == 'one' else 'needs an'} order",
            at=fields.at,
        )
    if_none = required(fields, "if_none", f"lookup {name}")
    where_node = fields.get("where")
    where = None if where_node is None else Scope(()).condition(where_node, "where")
    origin = text_of(required(fields, "from", f"lookup {name}"), "from")
    selection = scope.selections.get(origin)
    taken = None if selection is None else Taken(selection, where)
    return Lookup(
        name=name,
        origin=origin if selection is None else selection.dataset,
        match=match,
        take=take,  # type: ignore[arg-type]
        order=() if order_node is None else texts_of(order_node, "order"),
        where=where if taken is None else taken.condition,
        if_none=choice_of(if_none, "if_none", ("missing", "finding")),  # type: ignore[arg-type]
        at=named(fields.at, name),
        taken=taken,
    )


def _value_levels(node: Node | None) -> tuple[ValueLevels, ...]:
    if node is None:
        return ()
    levels = []
    for item in node.items if isinstance(node, Items) else (node,):
        fields = fields_of(item, "value_levels").only("by", "of", "codelists", "origins")
        by = texts_of(required(fields, "by", "value_levels"), "by")
        of = texts_of(required(fields, "of", "value_levels"), "of")
        codelists = _by_code(fields.get("codelists"), "codelists")
        origins = {
            code: LEVEL_ORIGINS[word]
            for code, word in _by_code(
                fields.get("origins"), "origins", tuple(LEVEL_ORIGINS)
            ).items()
        }
        levels.append(ValueLevels(by, of, codelists, origins))
    return tuple(levels)


def _by_code(node: Node | None, what: str, words: tuple[str, ...] = ()) -> dict[str, str]:
    """What each code has, from `CODELIST: [CODE, CODE]`; a code has one. `words` are allowed."""
    if node is None:
        return {}
    found: dict[str, str] = {}
    fields = fields_of(node, what)
    if words:
        fields.only(*words)
    for word, codes in fields.fields.items():
        for code in texts_of(codes, word):
            if code in found:
                raise SpecError(f"{code} has two {what}, {found[code]} and {word}", at=codes.at)
            found[code] = word
    return found
