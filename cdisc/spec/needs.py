"""What each part of a spec reads: the edges of the dependency graph, and source columns.

Nodes are (dataset, rows), (dataset, lookup), (dataset, variable) and (dataset, supplemental),
not datasets, so that DM may read EX dates while EX reads DM's reference date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from cdisc.errors import Location
from cdisc.spec import model
from cdisc.spec.expressions import STUDY, Expr, Ref, refs
from cdisc.spec.model import Call, DatasetSpec, Rows
from cdisc.spec.selections import Taken

Kind = Literal["rows", "lookup", "variable", "supplemental"]
Meaning = Literal["own", "source", "lookup", "study"]

ALL = frozenset({"*"})
SUBJECT = frozenset({"USUBJID"})


class Node(NamedTuple):
    """One thing to compute."""

    dataset: str
    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        if self.kind == "rows":
            return f"{self.dataset} rows"
        if self.kind == "lookup":
            return f"{self.dataset} lookup {self.name}"
        return f"{self.dataset}.{self.name}"


class Named(NamedTuple):
    """A name in a spec: its meaning (own variable, source column, lookup, study) and its place."""

    meaning: Meaning
    ref: Ref
    at: Location


def meaning(ref: Ref, spec: DatasetSpec, inside: str) -> Meaning:
    """What a name means in the variables of a spec; `inside` is the variable being defined.

    A bare name is this dataset's variable if the spec defines one, otherwise a source column;
    a variable's own name inside its own definition is the source column.
    """
    if ref.qualifier == "source":
        return "source"
    if ref.qualifier == STUDY:
        return "study"
    if ref.qualifier:
        return "lookup"
    own = ref.name in spec.variables or ref.name in automatic(spec)
    return "own" if own and ref.name != inside else "source"


AUTOMATIC = ("STUDYID", "DOMAIN")
"""Identifiers that every SDTM dataset has and no spec needs to repeat."""


def automatic(spec: DatasetSpec) -> tuple[str, ...]:
    """The identifiers a dataset has without saying so: ADaM datasets have no DOMAIN."""
    return AUTOMATIC if spec.layer == "sdtm" else AUTOMATIC[:1]


def argument_refs(argument: model.Argument, keys: tuple[str, ...]) -> Iterator[Ref]:
    """The names an argument reads in its own dataset."""
    for leaf in model.leaves([argument]):
        match leaf:
            case model.ColumnArgument(ref=ref):
                yield ref
            case model.ColumnsArgument(refs=many, word=word):
                yield from many
                if word == "keys":
                    yield from (Ref(key) for key in keys)
            case (
                model.ExpressionArgument(expression=expression)
                | model.ConditionArgument(expression=expression)
            ):
                yield from refs(expression)


def call_refs(call: Call, keys: tuple[str, ...]) -> Iterator[Ref]:
    """The names a call reads in its own dataset."""
    for argument in call.arguments.values():
        yield from argument_refs(argument, keys)


def call_records(call: Call) -> Iterator[model.RecordsArgument]:
    """The record selections of other datasets that a call reads."""
    for argument in model.leaves(call.arguments.values()):
        if isinstance(argument, model.RecordsArgument):
            yield argument


def taken_selections(spec: DatasetSpec) -> Iterator[Taken]:
    """Everything in a spec that takes records by the name of a selection."""
    variables = (*spec.variables.values(), *spec.supplemental.values())
    calls = (*(variable.call for variable in variables), *row_calls(spec.rows))
    parts = [lookup.taken for lookup in spec.lookups.values()] + [*_taken_in(spec.rows)]
    parts += [records.taken for call in calls for records in call_records(call)]
    yield from (part for part in parts if part is not None)


def _taken_in(rows: Rows) -> Iterator[Taken | None]:
    yield rows.taken
    for part in rows.stack:
        yield from _taken_in(part)


def names(spec: DatasetSpec) -> Iterator[Named]:
    """Every name that the variables, supplementals and lookups of a spec use."""
    for variable in (*spec.variables.values(), *spec.supplemental.values()):
        for ref in call_refs(variable.call, spec.sort_keys(variable.name)):
            yield Named(meaning(ref, spec, variable.name), ref, variable.at)
    for lookup in spec.lookups.values():
        for ref in lookup.match.values():
            yield Named(meaning(ref, spec, ""), ref, lookup.at)


def source_columns(spec: DatasetSpec) -> Mapping[str, Location]:
    """The columns that the rows of a dataset must carry, with where each is first asked for."""
    columns: dict[str, Location] = {}
    for named in names(spec):
        if named.meaning == "source":
            columns.setdefault(named.ref.name, named.at)
    return columns


def step_columns(rows: Rows, wanted: frozenset[str]) -> frozenset[str]:
    """The columns a row step must receive from its origin so that `wanted` come out of it."""

    def reading(expression: Expr | None) -> frozenset[str]:
        if expression is None:
            return frozenset()
        return frozenset(ref.name for ref in refs(expression) if not _elsewhere(ref))

    wanted |= reading(rows.keep) | _subject(rows.keep)
    if rows.derive:
        named = list(call_refs(rows.derive.call, ()))
        wanted = frozenset((*rows.derive.by, *(n.name for n in named if not _elsewhere(n))))
        wanted |= SUBJECT if any(_elsewhere(n) for n in named) else frozenset()
    if rows.summarize:
        summary = rows.summarize
        wanted = frozenset(summary.by) | {of for _, of in summary.columns.values()}
    if rows.deduplicate:
        rule = rows.deduplicate
        wanted = wanted | set(rule.by) | set(rule.order) if rule.by else ALL | wanted
    if rows.take:
        wanted |= {*rows.take.by, *rows.take.order}
    if rows.unpivot:
        made = {rows.unpivot.name, *rows.unpivot.columns}
        cells = (cell for test in rows.unpivot.each.values() for cell in test.values())
        wanted = (wanted - made) | {cell for cell in cells if isinstance(cell, str)}
    for name, call in reversed(list(rows.columns.items())):
        read = {ref.name for ref in call_refs(call, ()) if not _elsewhere(ref)}
        other = any(_elsewhere(ref) for ref in call_refs(call, ()))
        wanted = (wanted - {name}) | read | (SUBJECT if other else frozenset())
    return wanted | reading(rows.where) | _subject(rows.where)


def _subject(expression: Expr | None) -> frozenset[str]:
    """What `DS.VAR` goes by in rows."""
    other = expression is not None and any(_elsewhere(ref) for ref in refs(expression))
    return SUBJECT if other else frozenset()


def _elsewhere(ref: Ref) -> bool:
    return ref.qualifier not in ("", "source", STUDY)


def inputs(rows: Rows, wanted: frozenset[str]) -> Iterator[tuple[str, frozenset[str], Location]]:
    """The sources, tables and datasets that rows start from, with the columns they must give."""
    own = rows.parameters
    for origin, columns, at in _starts(rows, wanted):
        if origin not in own:
            yield origin, columns, at


def _starts(rows: Rows, wanted: frozenset[str]) -> Iterator[tuple[str, frozenset[str], Location]]:
    needed = step_columns(rows, wanted)
    if rows.origin:
        yield rows.origin, needed, rows.at
    for part, columns in zip(rows.stack, stack_columns(rows, needed), strict=True):
        yield from _starts(part, columns)


def stack_columns(rows: Rows, needed: frozenset[str]) -> list[frozenset[str]]:
    """The columns that each part of a stack must have: a parameter also those that others read."""
    own = rows.parameters
    if not own:
        return [needed] * len(rows.stack)
    read: dict[str, frozenset[str]] = dict.fromkeys(own, frozenset())
    wanted: list[frozenset[str]] = []
    for part in reversed(rows.stack):
        parameter = part.parameter
        name, given = (parameter.name, parameter.columns) if parameter else ("", {})
        columns = (needed | read.get(name, frozenset())) - frozenset(given)
        wanted.append(columns)
        for origin, asked, _ in _starts(part, columns):
            if origin in read:
                read[origin] |= asked
        for call in row_calls(part):
            for records in call_records(call):
                if records.dataset in read:
                    read[records.dataset] |= frozenset(records_columns(records))
    return wanted[::-1]


def row_calls(rows: Rows) -> Iterator[Call]:
    """Every algorithm call among the row steps."""
    yield from rows.columns.values()
    if rows.derive is not None:
        yield rows.derive.call
    for part in rows.stack:
        yield from row_calls(part)


def row_lookups(rows: Rows) -> Iterator[Ref]:
    """The `DS.VAR` names that row steps read from one-record-per-subject datasets."""
    conditions = [e for e in (rows.where, rows.keep) if e is not None]
    for expression in conditions:
        yield from (ref for ref in refs(expression) if _elsewhere(ref))
    for call in (*rows.columns.values(), *((rows.derive.call,) if rows.derive else ())):
        yield from (ref for ref in call_refs(call, ()) if _elsewhere(ref))
    for part in rows.stack:
        yield from row_lookups(part)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A spec among those of its study: the same question is asked about the same objects."""

    spec: DatasetSpec
    datasets: Mapping[str, DatasetSpec]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Asked):
            return NotImplemented
        return self.spec is other.spec and self.datasets is other.datasets

    def __hash__(self) -> int:
        return hash((id(self.spec), id(self.datasets)))


def edges(
    spec: DatasetSpec, datasets: Mapping[str, DatasetSpec]
) -> Mapping[Node, Collection[Node]]:
    """For each node of a dataset, the nodes it reads; worked out once for the specs of a study."""
    return _edges(_Asked(spec, datasets))


@lru_cache(maxsize=256)
def _edges(asked: _Asked) -> Mapping[Node, Collection[Node]]:
    spec, datasets = asked.spec, asked.datasets
    own_rows = Node(spec.name, "rows")
    graph: dict[Node, set[Node]] = {own_rows: set(_rows_edges(spec, datasets))}
    lookups = {**{name: lookup.origin for name, lookup in spec.lookups.items()}}
    for named in names(spec):
        if named.meaning == "lookup":
            lookups.setdefault(named.ref.qualifier, named.ref.qualifier)
    for name in lookups:
        graph[Node(spec.name, "lookup", name)] = {own_rows, *_lookup_edges(spec, name, datasets)}
    for kind, variables in (("variable", spec.variables), ("supplemental", spec.supplemental)):
        for variable in variables.values():
            reads = {own_rows}
            for ref in call_refs(variable.call, spec.sort_keys(variable.name)):
                what = meaning(ref, spec, variable.name)
                if what == "own" and ref.name in spec.variables:
                    reads.add(Node(spec.name, "variable", ref.name))
                elif what == "lookup":
                    reads.add(Node(spec.name, "lookup", ref.qualifier))
                    reads |= _columns_of(lookups[ref.qualifier], [ref.name], datasets)
            for records in call_records(variable.call):
                reads |= _records_edges(records, datasets)
            graph[Node(spec.name, kind, variable.name)] = reads  # type: ignore[arg-type]
    return graph


def _rows_edges(spec: DatasetSpec, datasets: Mapping[str, DatasetSpec]) -> Iterator[Node]:
    wanted = frozenset(source_columns(spec))
    for origin, columns, _ in inputs(spec.rows, wanted):
        yield from _columns_of(origin, columns, datasets)
    for ref in row_lookups(spec.rows):
        yield from _columns_of(ref.qualifier, ["USUBJID", ref.name], datasets)
    for call in row_calls(spec.rows):
        for records in call_records(call):
            yield from _records_edges(records, datasets)


def _records_edges(
    records: model.RecordsArgument, datasets: Mapping[str, DatasetSpec]
) -> set[Node]:
    return _columns_of(records.dataset, records_columns(records), datasets)


def records_columns(records: model.RecordsArgument) -> list[str]:
    """The columns of the other dataset that a selection of its records reads."""
    columns = [ref.name for ref in records.columns.values()]
    if records.where is not None:
        columns += [ref.name for ref in refs(records.where)]
    return columns


def _lookup_edges(
    spec: DatasetSpec, name: str, datasets: Mapping[str, DatasetSpec]
) -> Iterator[Node]:
    lookup = spec.lookups.get(name)
    if lookup is None:
        yield from _columns_of(name, ["USUBJID"], datasets)
        if "USUBJID" in spec.variables:
            yield Node(spec.name, "variable", "USUBJID")
        return
    theirs = [*lookup.match, *lookup.order]
    if lookup.where is not None:
        theirs += [ref.name for ref in refs(lookup.where)]
    yield from _columns_of(lookup.origin, theirs, datasets)
    for ref in lookup.match.values():
        if meaning(ref, spec, "") == "own" and ref.name in spec.variables:
            yield Node(spec.name, "variable", ref.name)
        elif _elsewhere(ref):
            yield Node(spec.name, "lookup", ref.qualifier)
            through = spec.lookups.get(ref.qualifier)
            origin = through.origin if through else ref.qualifier
            yield from _columns_of(origin, [ref.name], datasets)


def _columns_of(
    origin: str, columns: Iterable[str], datasets: Mapping[str, DatasetSpec]
) -> set[Node]:
    """The nodes that give these columns of an origin; sources and tables need none."""
    spec = datasets.get(origin)
    if spec is None:
        return set()
    wanted = set(spec.variables) if "*" in columns else set(columns)
    found = {Node(origin, "variable", name) for name in wanted if name in spec.variables}
    found |= {Node(origin, "supplemental", name) for name in wanted if name in spec.supplemental}
    return found | {Node(origin, "rows")}
