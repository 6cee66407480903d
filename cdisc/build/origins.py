"""Where a variable's values come from, when its spec does not say (Define-XML 2.1, 4.3).

An algorithm that only carries a value over (copies, recodes, writes a date in ISO 8601) takes the
origin of what it carries: a raw column was collected, a column of a declared table assigned, a
variable of a dataset is what it is there. Every other algorithm says its origin itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdisc.model import Origin
from cdisc.spec import StudySpec, model
from cdisc.spec.expressions import Ref
from cdisc.spec.model import DatasetSpec, Rows, VariableSpec
from cdisc.spec.needs import AUTOMATIC, meaning
from cdisc.spec.read_dataset import SOURCES

CARRIED = "Carried"
COLLECTED = "Collected"
ASSIGNED = "Assigned"
PROTOCOL = "Protocol"
DERIVED = "Derived"


def variable_origin(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> Origin:
    """The origin the spec gives, else the one its algorithm has or carries over."""
    if variable.origin is not None:
        return variable.origin
    type_ = _type(study, spec, variable, ())
    return Origin(type_, SOURCES.get(type_, ""))


def variable_method(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """The method text of a derived variable, from the arguments that really run."""
    if variable_origin(study, spec, variable).type != DERIVED:
        return ""
    return variable.method or variable.call.method


def _type(
    study: StudySpec, spec: DatasetSpec, variable: VariableSpec, above: tuple[VariableSpec, ...]
) -> str:
    if variable.origin is not None:
        return variable.origin.type
    algorithm = variable.call.algorithm
    if algorithm.origin != CARRIED:
        return algorithm.origin
    if variable in above:  # a circle through another dataset's rows; the graph refuses real ones
        return DERIVED
    types = {
        _carried(study, spec, ref, variable, (*above, variable))
        for ref in _main_refs(variable.call)
    }
    return types.pop() if len(types) == 1 else DERIVED


def _main_refs(call: model.Call) -> Iterator[Ref]:
    main = call.algorithm.parameter(call.algorithm.main)
    argument = call.arguments[main.argument] if main else None
    match argument:
        case model.ColumnArgument(ref=ref):
            yield ref
        case model.ColumnsArgument(refs=refs):
            yield from refs


def _carried(
    study: StudySpec,
    spec: DatasetSpec,
    ref: Ref,
    variable: VariableSpec,
    above: tuple[VariableSpec, ...],
) -> str:
    match meaning(ref, spec, variable.name):
        case "own":
            if ref.name in AUTOMATIC and ref.name not in spec.variables:
                return ASSIGNED
            return _type(study, spec, spec.variables[ref.name], above)
        case "source":
            origins = {_of_rows(study, rows, ref.name, above) for rows in _starts(spec.rows)}
            return origins.pop() if len(origins) == 1 else DERIVED
    lookup = spec.lookups.get(ref.qualifier)
    return _of_table(study, lookup.origin if lookup else ref.qualifier, ref.name, above)


def _starts(rows: Rows) -> Iterator[Rows]:
    """The parts of rows that begin with an input, or make the column themselves."""
    if not rows.stack:
        yield rows
    for part in rows.stack:
        yield from _starts(part)


def _of_rows(study: StudySpec, rows: Rows, name: str, above: tuple[VariableSpec, ...]) -> str:
    if rows.values:
        return PROTOCOL
    return _of_table(study, rows.origin, name, above)


def _of_table(study: StudySpec, origin: str, name: str, above: tuple[VariableSpec, ...]) -> str:
    if origin in study.sources:
        return COLLECTED
    if origin in study.tables:
        return ASSIGNED
    other = study.datasets.get(origin)
    if other is None or name not in other.variables:
        return ASSIGNED
    return _type(study, other, other.variables[name], above)
