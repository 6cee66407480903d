"""A spec with a named selection said otherwise, in every place that takes it by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cdisc.spec.bind import spoken
from cdisc.spec.model import (
    Argument,
    Call,
    DatasetSpec,
    GroupArgument,
    ListArgument,
    Lookup,
    RecordsArgument,
    Rows,
    VariableSpec,
)
from cdisc.spec.selections import Selection, Taken


def with_selection(spec: DatasetSpec, selection: Selection) -> DatasetSpec:
    """The spec in which the name of the selection stands for this one."""
    return replace(
        spec,
        selections={**spec.selections, selection.name: selection},
        rows=_rows(spec.rows, selection),
        lookups={name: _lookup(lookup, selection) for name, lookup in spec.lookups.items()},
        variables=_variables(spec.variables, selection),
        supplemental=_variables(spec.supplemental, selection),
    )


def _variables(
    variables: Mapping[str, VariableSpec], selection: Selection
) -> dict[str, VariableSpec]:
    return {
        name: replace(variable, call=_call(variable.call, selection))
        for name, variable in variables.items()
    }


def _rows(rows: Rows, selection: Selection) -> Rows:
    taken = _taken(rows.taken, selection)
    derive = rows.derive
    return replace(
        rows,
        stack=tuple(_rows(part, selection) for part in rows.stack),
        columns={name: _call(call, selection) for name, call in rows.columns.items()},
        derive=derive and replace(derive, call=_call(derive.call, selection)),
        origin=rows.origin if taken is None else taken.selection.dataset,
        where=rows.where if taken is None else taken.condition,
        taken=taken,
    )


def _lookup(lookup: Lookup, selection: Selection) -> Lookup:
    taken = _taken(lookup.taken, selection)
    if taken is None:
        return lookup
    return replace(lookup, origin=taken.selection.dataset, where=taken.condition, taken=taken)


def _call(call: Call, selection: Selection) -> Call:
    arguments = {name: _argument(one, selection) for name, one in call.arguments.items()}
    texts = {
        parameter.name: spoken(arguments[parameter.argument])
        for parameter in call.algorithm.parameters
        if parameter.spoken
    }
    return replace(call, arguments=arguments, texts=texts)


def _argument(argument: Argument, selection: Selection) -> Argument:
    match argument:
        case RecordsArgument(taken=Taken(selection=old)) if old.name == selection.name:
            return _records(argument, selection)
        case ListArgument(items=items):
            return ListArgument(tuple(_argument(item, selection) for item in items))
        case GroupArgument(fields=fields):
            return replace(
                argument,
                fields={name: _argument(field, selection) for name, field in fields.items()},
            )
    return argument


def _records(records: RecordsArgument, selection: Selection) -> RecordsArgument:
    """Records of the selection, with the condition and columns that their place adds."""
    assert records.taken is not None  # noqa: S101 - only such records are given
    taken = replace(records.taken, selection=selection)
    said = {**selection.columns, **taken.columns}
    return replace(
        records,
        dataset=selection.dataset,
        columns={key: said.get(key, usual) for key, usual in records.columns.items()},
        where=taken.condition,
        taken=taken,
    )


def _taken(taken: Taken | None, selection: Selection) -> Taken | None:
    if taken is None or taken.selection.name != selection.name:
        return taken
    return replace(taken, selection=selection)
