"""The `rows:` part of a mapping spec: where records come from and what their grain is."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.spec.bind import Scope, bind_call, known_algorithms
from cdisc.spec.expressions import Expr
from cdisc.spec.model import (
    Call,
    Deduplicate,
    Derive,
    PlainArgument,
    Rows,
    Summarize,
    TakeRecord,
    Unpivot,
)
from cdisc.spec.read_fields import (
    choice_of,
    fields_of,
    items_of,
    named,
    optional_text,
    required,
    text_of,
    texts_of,
)
from cdisc.spec.selections import Taken
from cdisc.spec.yaml_nodes import Fields, Node, Text

STARTS = ("from", "stack", "values")
STEPS = (
    "from",
    "stack",
    "values",
    "where",
    "set",
    "unpivot",
    "take",
    "deduplicate",
    "summarize",
    "derive",
    "keep",
)
TIES = ("by_file", "keep_all")
SUMMARIES = ("sum", "count", "min", "max", "earliest", "latest", "first", "last", "same")


def read_rows(node: Node, scope: Scope) -> Rows:
    """The rows a spec describes. Raises SpecError at what the language does not allow."""
    if isinstance(node, Text):
        return _from(text_of(node, "rows"), node.at, scope)
    fields = fields_of(node, "rows").only(*STEPS)
    return rows_of(fields, scope)


def rows_of(fields: Fields, scope: Scope, *, base: Rows | None = None, by: str = "") -> Rows:
    """The rows that steps describe; they begin with `base` when they say no start themselves.

    A step `derive` without `by` has groups of the column `by`.
    """
    given = [step for step in STARTS if step in fields.fields]
    if not given and base is not None:
        return _with_steps(Rows(at=fields.at, stack=(base,)), fields, scope, by)
    if len(given) != 1:
        raise SpecError(
            "rows takes exactly one of from, stack and values",
            at=fields.at,
            hint="from: a source or dataset; stack: several; values: written here",
        )
    rows = Rows(at=fields.at)
    start = fields.fields[given[0]]
    if given[0] == "from":
        if isinstance(start, Text):
            rows = _from(text_of(start, "from"), fields.at, scope)
        else:
            rows = replace(rows, stack=(read_rows(start, scope),))
    elif given[0] == "stack":
        rows = replace(rows, stack=tuple(read_rows(item, scope) for item in items_of(start)))
    else:
        rows = replace(rows, values=_values(start))
    return _with_steps(rows, fields, scope, by)


def _from(name: str, at: Location, scope: Scope) -> Rows:
    """All records of a source, table, dataset or parameter, or those of a named selection."""
    named_so = scope.selections.get(name)
    if named_so is None:
        return Rows(at=at, origin=name)
    taken = Taken(named_so)
    return Rows(at=at, origin=named_so.dataset, where=taken.condition, taken=taken)


def _with_steps(rows: Rows, fields: Fields, scope: Scope, by: str) -> Rows:
    get = fields.get
    where = _condition(get("where"), scope)
    taken = rows.taken and replace(rows.taken, where=where)
    return replace(
        rows,
        where=where if taken is None else taken.condition,
        taken=taken,
        columns=_columns(get("set"), scope),
        unpivot=_unpivot(get("unpivot")),
        take=_take(get("take")),
        deduplicate=_deduplicate(get("deduplicate")),
        summarize=_summarize(get("summarize")),
        derive=_derive(get("derive"), scope, by),
        keep=_condition(get("keep"), scope),
    )


def algorithm_key(
    fields: Fields, metadata: tuple[str, ...], name: str, *, of_records: bool = False
) -> str:
    """The one key of a variable, or of the step `derive`, that names an algorithm."""
    keys = [key for key in fields.fields if key not in metadata]
    if len(keys) == 1:
        return keys[0]
    if not keys:
        raise SpecError(
            f"{name} says no algorithm", at=fields.at, hint="e.g. {copy: COLUMN}, {constant: text}"
        )
    algorithms = known_algorithms(of_records=of_records)
    known = [key for key in keys if key in algorithms]
    odd = next((key for key in keys if key not in known), "")
    if odd:
        hint = did_you_mean(odd, (*metadata, *algorithms) if not known else metadata)
        beside = f"Beside an algorithm stand {', '.join(metadata)}" if metadata else ""
        raise SpecError(f"{odd} is not known here", at=fields.keys_at[odd], hint=hint or beside)
    raise SpecError(
        f"{known[0]} and {known[1]} cannot both fill {name}",
        at=fields.keys_at[known[1]],
        hint="One algorithm fills a variable; name a step on the way _NAME",
    )


def _condition(node: Node | None, scope: Scope) -> Expr | None:
    return None if node is None else scope.condition(node, "where")


def _columns(node: Node | None, scope: Scope) -> dict[str, Call]:
    if node is None:
        return {}
    fields = fields_of(node, "set")
    calls = {}
    for name, value in fields.fields.items():
        at = named(fields.keys_at[name], name)
        call = fields_of(value, name)
        key = algorithm_key(call, (), name)
        calls[name] = bind_call(key, call.fields[key], at, scope)
    return calls


def _values(node: Node) -> tuple[tuple[dict[str, str], Location], ...]:
    rows = []
    for item in items_of(node):
        fields = fields_of(item, "values")
        cells = {
            key: cast(Text, value).text
            for key, value in fields.fields.items()
            if not (isinstance(value, Text) and value.is_empty) and _is_text(value)
        }
        rows.append((cells, fields.at))
    return tuple(rows)


def _is_text(node: Node) -> bool:
    if not isinstance(node, Text):
        raise SpecError("a value must be plain text", at=node.at)
    return True


def _unpivot(node: Node | None) -> Unpivot | None:
    if node is None:
        return None
    fields = fields_of(node, "unpivot").only("name", "columns", "each", "drop_if_missing")
    columns = texts_of(required(fields, "columns", "unpivot"), "columns")
    each: dict[str, dict[str, str | PlainArgument]] = {}
    tests = fields_of(required(fields, "each", "unpivot"), "each")
    for test, cells in tests.fields.items():
        cell_fields = fields_of(cells, test)
        for column, at in cell_fields.keys_at.items():
            if column not in columns:
                hint = did_you_mean(column, columns)
                raise SpecError(f"{column} is not among columns", at=at, hint=hint)
        each[test] = {column: _cell(value) for column, value in cell_fields.fields.items()}
    drop = fields.get("drop_if_missing")
    dropped = texts_of(drop, "drop_if_missing") if drop is not None else ()
    for column in dropped:
        if column not in columns:
            raise SpecError(f"{column} is not among columns", at=drop.at if drop else fields.at)
    name = text_of(required(fields, "name", "unpivot"), "name")
    return Unpivot(name, columns, each, dropped, fields.at)


def _cell(node: Node) -> str | PlainArgument:
    """A column's name, or `{text: ...}` for the same text on every row."""
    if isinstance(node, Fields):
        node.only("text")
        return PlainArgument(text_of(required(node, "text", "a cell"), "text"))
    return text_of(node, "a column")


def _take(node: Node | None) -> TakeRecord | None:
    if node is None:
        return None
    fields = fields_of(node, "take").only("record", "by", "order")
    record = choice_of(required(fields, "record", "take"), "record", ("first", "last"))
    by = texts_of(required(fields, "by", "take"), "by")
    order = texts_of(required(fields, "order", "take"), "order")
    return TakeRecord(record, by, order, fields.at)  # type: ignore[arg-type]


def _deduplicate(node: Node | None) -> Deduplicate | None:
    if node is None:
        return None
    if isinstance(node, Text):
        choice_of(node, "deduplicate", ("exact",))
        return Deduplicate((), "first", (), node.at)
    fields = fields_of(node, "deduplicate").only("by", "keep", "order", "ties")
    by = texts_of(required(fields, "by", "deduplicate"), "by")
    keep = choice_of(required(fields, "keep", "deduplicate"), "keep", ("first", "last"))
    order = texts_of(required(fields, "order", "deduplicate"), "order")
    written = fields.get("ties")
    ties = TIES[0] if written is None else choice_of(written, "ties", TIES)
    return Deduplicate(by, keep, order, fields.at, ties)  # type: ignore[arg-type]


def _summarize(node: Node | None) -> Summarize | None:
    if node is None:
        return None
    fields = fields_of(node, "summarize").only("by", "columns")
    by = texts_of(required(fields, "by", "summarize"), "by")
    columns: dict[str, tuple[str, str]] = {}
    for name, value in fields_of(
        required(fields, "columns", "summarize"), "columns"
    ).fields.items():
        if isinstance(value, Fields):
            value.only("of", "by")
            function = choice_of(required(value, "by", name), name, SUMMARIES)
            columns[name] = (function, optional_text(value, "of") or name)
        else:
            columns[name] = (choice_of(value, name, SUMMARIES), name)
    return Summarize(by, columns, fields.at)


def _derive(node: Node | None, scope: Scope, otherwise: str) -> Derive | None:
    if node is None:
        return None
    fields = fields_of(node, "derive")
    key = algorithm_key(fields, ("by",), "derive", of_records=True)
    given = fields.get("by") if otherwise else required(fields, "by", "derive")
    by = (otherwise,) if given is None else texts_of(given, "by")
    at = named(fields.at, "derive")
    return Derive(by, bind_call(key, fields.fields[key], at, scope, of_records=True), at)
