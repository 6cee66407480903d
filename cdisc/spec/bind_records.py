"""Records of another dataset as an algorithm's argument: written out, or by name.

`ADSL.DTHDT`, `{from: ADRS, where: CONDITION, date: ADT}`, or the name of a selection, alone
(`ADEQUATE`) or with what it does not say itself (`{from: INFUSIONS, date: EXENDTC}`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from cdisc.algorithms import Parameter, library
from cdisc.algorithms.arguments import RecordsArgument as RecordsMarker
from cdisc.errors import SpecError, did_you_mean
from cdisc.spec import model
from cdisc.spec.expression_parser import parse_condition
from cdisc.spec.expressions import Expr, Ref
from cdisc.spec.qualify import qualify_expression
from cdisc.spec.read_fields import text_of
from cdisc.spec.selections import Selection, Taken
from cdisc.spec.yaml_nodes import Fields, Node

WORDS = ("from", "where")


@dataclass(frozen=True, slots=True)
class _Said:
    """What was written: where records are from, which of them, and what columns are called."""

    source: str
    where: Expr | None
    columns: Mapping[str, Ref]


def bind_records(
    parameter: Parameter, node: Node, selections: Mapping[str, Selection]
) -> model.RecordsArgument:
    """The records that an argument asks for. Raises SpecError where what it needs is not said."""
    marker = cast(RecordsMarker, parameter.marker)
    what = parameter.name
    said = _said(marker, node, what)
    dataset, where, given = said.source, said.where, said.columns
    taken = None
    named_so = selections.get(dataset)
    if named_so is not None:
        _check_use(named_so, said, marker, node, what)
        taken = Taken(named_so, said.where, said.columns)
        dataset, where = named_so.dataset, taken.condition
        given = {**named_so.columns, **said.columns}
    usual = {key: Ref(name) for key, name in marker.columns.items() if name}
    columns = {
        key: (given if key in given else usual)[key]
        for key in marker.columns
        if key in given or key in usual
    }
    lacking = [key for key, name in marker.columns.items() if name is None and key not in columns]
    if lacking:
        of = f", which the selection {named_so.name} does not say" if named_so else ""
        written = f"{{from: {said.source or 'DATASET'}, {lacking[0]}: VARIABLE}}"
        hint = f"Write {written}, or name a selection that says it"
        meant = did_you_mean(said.source, selections) if named_so is None else ""
        if meant:
            of, hint = f", and {said.source} is no selection that says it", meant
        raise SpecError(f"{what} needs {', '.join(lacking)}{of}", at=node.at, hint=hint)
    if not dataset:
        raise SpecError(f"{what} needs from", at=node.at)
    return model.RecordsArgument(dataset, columns, where, node.at, taken)


def records_condition(node: Node) -> Expr:
    """A condition on the columns of records; a dot in a name is part of the name there."""
    return qualify_expression(parse_condition(text_of(node, "where"), node.at), ())


def record_columns() -> tuple[str, ...]:
    """What the algorithms there are call the columns of records: date, sequence, value..."""
    found = (
        name
        for algorithm in library().values()
        for parameter in algorithm.parameters
        for name in _columns_of(parameter)
    )
    return tuple(dict.fromkeys(found))


def _columns_of(parameter: Parameter) -> Iterator[str]:
    if parameter.kind in ("Records", "RecordsList"):
        yield from cast(RecordsMarker, parameter.marker).columns
    for field in parameter.fields:
        yield from _columns_of(field)


def _said(marker: RecordsMarker, node: Node, what: str) -> _Said:
    if isinstance(node, Fields):
        node.only(*WORDS, *marker.columns)
        source, where = node.get("from"), node.get("where")
        return _Said(
            marker.source if source is None else text_of(source, "from"),
            None if where is None else records_condition(where),
            {
                key: Ref(text_of(value, key))
                for key, value in node.fields.items()
                if key not in WORDS
            },
        )
    source_text = text_of(node, what)
    dataset, dot, column = source_text.partition(".")
    is_open = [key for key, usual in marker.columns.items() if usual is None]
    if dot and len(is_open) == 1:
        return _Said(dataset, None, {is_open[0]: Ref(column)})
    return _Said(source_text, None, {})


def _check_use(
    selection: Selection, said: _Said, marker: RecordsMarker, node: Node, what: str
) -> None:
    """Refuse what is said twice, and what the argument has no use for: one of them is a slip."""
    for key in said.columns:
        if key in selection.columns:
            raise SpecError(
                f"{key} is said by the selection {selection.name} already",
                at=node.at,
                hint="Say it in one of the two places",
            )
    for key in selection.columns:
        if key not in marker.columns:
            raise SpecError(
                f"{what} does not take {key}, which the selection {selection.name} says",
                at=node.at,
                hint=f"It takes {', '.join(marker.columns) or 'none'}; say {key} where it is "
                f"wanted: {{from: {selection.name}, {key}: ...}}",
            )
