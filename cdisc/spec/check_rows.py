"""The row steps of a spec, followed with column names in place of data."""

from __future__ import annotations

from collections.abc import Iterable

from cdisc.errors import Location, did_you_mean
from cdisc.spec.check_names import Columns, NameCheck
from cdisc.spec.expressions import STUDY, Expr, Ref, refs
from cdisc.spec.model import (
    Argument,
    ColumnsArgument,
    Derive,
    Parameter,
    PlainArgument,
    Rows,
    Unpivot,
)
from cdisc.spec.needs import call_refs
from cdisc.spec.notes import nearest, step
from cdisc.spec.parameter_lists import CODE
from cdisc.spec.selections import conditions


def rows_columns(rows: Rows, check: NameCheck) -> Columns:
    """The columns that the rows of a spec have; reports names that no step before gives."""
    columns = _start(rows, check)
    for where, at in conditions(rows.where, rows.taken, step(rows.at, "rows.where")):
        _condition(where, columns, at, check)
    for name, call in rows.columns.items():
        for ref in call_refs(call, ()):
            _name(ref, columns, call.at, check)
        if any(_by_keys(argument) for argument in call.arguments.values()):
            check.notes.error(
                "the keys are not known while rows are made",
                call.at,
                "Name the columns to sort by, or: order: source",
            )
        check.call(call, call.at)
        columns = None if columns is None else columns | {name}
    if rows.unpivot is not None:
        columns = _unpivot(rows.unpivot, columns, check)
    if rows.take is not None:
        _all((*rows.take.by, *rows.take.order), columns, step(rows.take.at, "take"), check)
    if rows.deduplicate is not None:
        rule = rows.deduplicate
        _all((*rule.by, *rule.order), columns, step(rule.at, "deduplicate"), check)
    if rows.summarize is not None:
        summary = rows.summarize
        read = (*summary.by, *(of for _, of in summary.columns.values()))
        _all(read, columns, step(summary.at, "summarize"), check)
        columns = frozenset((*summary.by, *summary.columns))
    if rows.derive is not None:
        columns = _derive(rows.derive, columns, check)
    _condition(rows.keep, columns, step(rows.at, "rows.keep"), check)
    if rows.parameter is not None:
        columns = None if columns is None else columns | frozenset(rows.parameter.columns)
        _coded(rows.parameter, columns, check)
        check.parts[rows.parameter.name] = columns
    return columns


def _coded(parameter: Parameter, columns: Columns, check: NameCheck) -> None:
    """The records of a part without label have no parameter unless it sets the code."""
    code = check.spec.variables.get(CODE)
    copies = code is not None and Ref(CODE) in tuple(call_refs(code.call, ()))
    if copies and columns is not None and CODE not in columns:
        check.notes.error(
            f"has no label and sets no {CODE}",
            parameter.at,
            "Add label: ..., or set PARAMCD and PARAM",
        )


def _start(rows: Rows, check: NameCheck) -> Columns:
    if not rows.origin and not rows.stack and not rows.values:
        check.notes.error("there are no records: the list is empty", rows.at)
    if rows.origin:
        return check.origin(rows.origin, check.starts_at(rows.taken, step(rows.at, "rows.from")))
    if rows.stack:
        parts = [rows_columns(part, check) for part in rows.stack]
        known = [part for part in parts if part is not None]
        return frozenset().union(*known) if len(known) == len(parts) else None
    return frozenset(name for cells, _ in rows.values for name in cells)


def _unpivot(unpivot: Unpivot, columns: Columns, check: NameCheck) -> Columns:
    at = step(unpivot.at, "unpivot")
    if not unpivot.each:
        check.notes.error("there are no records: each is empty", at)
    for cells in unpivot.each.values():
        read = [cell for cell in cells.values() if not isinstance(cell, PlainArgument)]
        _all(read, columns, at, check)
    return None if columns is None else columns | {unpivot.name, *unpivot.columns}


def _derive(derive: Derive, columns: Columns, check: NameCheck) -> Columns:
    _all(derive.by, columns, step(derive.at, "derive"), check)
    for ref in call_refs(derive.call, ()):
        _name(ref, columns, derive.at, check)
    check.call(derive.call, derive.at)
    return frozenset((*derive.by, *derive.call.algorithm.makes))


def _by_keys(argument: Argument) -> bool:
    return isinstance(argument, ColumnsArgument) and argument.word == "keys"


def _condition(condition: Expr | None, columns: Columns, at: Location, check: NameCheck) -> None:
    if condition is not None:
        for ref in refs(condition):
            _name(ref, columns, at, check)


def _all(names: Iterable[str], columns: Columns, at: Location, check: NameCheck) -> None:
    for name in names:
        _name(Ref(name), columns, at, check)


def _name(ref: Ref, columns: Columns, at: Location, check: NameCheck) -> None:
    if ref.qualifier == STUDY:
        check.fact(ref, at)
    elif ref.qualifier and ref.qualifier != "source":
        check.dotted(ref, at)
        of_subject = ref.qualifier in check.study.datasets
        if of_subject and columns is not None and "USUBJID" not in columns:
            check.notes.error(
                f"{ref} is found by USUBJID, which the rows do not have here",
                at,
                "Make it before, under set:, or read it in a variable",
            )
    elif columns is not None and ref.name not in columns:
        hint = did_you_mean(ref.name, columns)
        if not hint and ref.name in check.spec.variables:
            hint = f"{ref.name} is a variable; rows see the columns they start from"
        check.notes.error(
            f"the rows have no column {ref.name} here", at, hint or nearest(ref.name, columns)
        )
