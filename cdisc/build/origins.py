"""Where a variable's values come from, when its spec does not say (Define-XML 2.1, 4.3).

An algorithm that only carries a value over (copies, recodes, writes a date in ISO 8601) takes the
origin of what it carries: a raw column has its source's, a column of a declared table is assigned,
a variable of a dataset is what it is there. Every other algorithm says its origin itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdisc.model import Origin
from cdisc.spec import StudySpec, model
from cdisc.spec.expressions import Ref
from cdisc.spec.model import DatasetSpec, Rows, VariableSpec
from cdisc.spec.needs import AUTOMATIC, meaning
from cdisc.spec.read_origin import SOURCES

CARRIED = "Carried"
ASSIGNED = Origin("Assigned", SOURCES["Assigned"])
DERIVED = Origin("Derived", SOURCES["Derived"])
PROTOCOL = Origin("Protocol", SOURCES["Protocol"])

Above = tuple[VariableSpec, ...]


def variable_origin(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> Origin:
    """The origin the spec gives, else the one its algorithm has or carries over."""
    return _origin(study, spec, variable, ())


def _origin(study: StudySpec, spec: DatasetSpec, variable: VariableSpec, above: Above) -> Origin:
    if variable.origin is not None:
        return variable.origin
    algorithm = variable.call.algorithm
    if algorithm.origin != CARRIED:
        return Origin(algorithm.origin, SOURCES.get(algorithm.origin, ""))
    if variable in above:  # a circle through another dataset's rows; the graph refuses real ones
        return DERIVED
    refs = _main_refs(variable.call)
    found = {_carried(study, spec, ref, variable, (*above, variable)) for ref in refs}
    return found.pop() if len(found) == 1 else DERIVED


def variable_dictionary(spec: DatasetSpec, variable: VariableSpec) -> str:
    """The dictionary whose terms or codes a variable carries over, empty when there is none."""
    if variable.call.algorithm.origin != CARRIED:
        return ""
    found = {_dictionary(spec, ref, variable) for ref in _main_refs(variable.call)}
    return found.pop() if len(found) == 1 else ""


def _dictionary(spec: DatasetSpec, ref: Ref, variable: VariableSpec) -> str:
    match meaning(ref, spec, variable.name):
        case "own":
            other = spec.variables.get(ref.name)
            return "" if other is None else variable_dictionary(spec, other)
        case "lookup":
            lookup = spec.lookups.get(ref.qualifier)
            return lookup.dictionary if lookup is not None else ""
    return ""


def _main_refs(call: model.Call) -> Iterator[Ref]:
    main = call.algorithm.parameter(call.algorithm.main)
    argument = call.arguments[main.argument] if main else None
    match argument:
        case model.ColumnArgument(ref=ref):
            yield ref
        case model.ColumnsArgument(refs=refs):
            yield from refs


def _carried(
    study: StudySpec, spec: DatasetSpec, ref: Ref, variable: VariableSpec, above: Above
) -> Origin:
    match meaning(ref, spec, variable.name):
        case "own":
            if ref.name in AUTOMATIC and ref.name not in spec.variables:
                return ASSIGNED
            return _origin(study, spec, spec.variables[ref.name], above)
        case "source":
            found = {_of_rows(study, rows, ref.name, above) for rows in _starts(spec.rows)}
            return found.pop() if len(found) == 1 else DERIVED
        case "study":
            return ASSIGNED
    lookup = spec.lookups.get(ref.qualifier)
    return _of_table(study, lookup.origin if lookup else ref.qualifier, ref.name, above)


def _starts(rows: Rows) -> Iterator[Rows]:
    """The parts of rows that begin with an input, or hold their values themselves."""
    if not rows.stack:
        yield rows
    for part in rows.stack:
        yield from _starts(part)


def _of_rows(study: StudySpec, rows: Rows, name: str, above: Above) -> Origin:
    if rows.derive is not None and name in rows.derive.call.algorithm.makes:
        return DERIVED
    return PROTOCOL if rows.values else _of_table(study, rows.origin, name, above)


def _of_table(study: StudySpec, origin: str, name: str, above: Above) -> Origin:
    if origin in study.sources:
        return study.sources[origin].origin
    other = study.datasets.get(origin)
    if other is None or name not in other.variables:
        return ASSIGNED
    return _origin(study, other, other.variables[name], above)
