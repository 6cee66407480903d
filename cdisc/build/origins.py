"""Where a variable's values come from, when its spec does not say (Define-XML 2.1, 4.3).

An algorithm that only carries a value over (copies, recodes, writes a date in ISO 8601) takes the
origin of what it carries: a raw column has its source's, a column of a declared table is assigned,
a variable of a dataset is what it is there. Every other algorithm says its origin itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cdisc.model import Origin
from cdisc.spec import StudySpec, model
from cdisc.spec.expressions import Ref
from cdisc.spec.feeds import Feed, feeds
from cdisc.spec.model import DatasetSpec, Rows, VariableSpec
from cdisc.spec.needs import AUTOMATIC, meaning
from cdisc.spec.predecessors import predecessor
from cdisc.spec.read_origin import SOURCES
from cdisc.spec.read_sources import COLLECTED

CARRIED = "Carried"
PREDECESSOR = "Predecessor"
NAMES_OF_PARAMETERS = ("PARAM", "PARAMCD", "PARAMN")
ASSIGNED = Origin("Assigned", SOURCES["Assigned"])
DERIVED = Origin("Derived", SOURCES["Derived"])
PROTOCOL = Origin("Protocol", SOURCES["Protocol"])

Above = tuple[VariableSpec, ...]


def variable_origin(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> Origin:
    """The origin the spec gives, else the one its algorithm has or carries over.

    Who collected, and on which CRF pages, is said by the sources that feed the variable, unless
    the spec says so itself.
    """
    copied = None if variable.origin else predecessor(study, spec, variable)
    if copied is not None:
        return Origin(PREDECESSOR, predecessor=str(copied))
    if spec.layer == "adam" and variable.origin is None:
        return _of_analysis(variable)
    origin = _origin(study, spec, variable, ())
    if origin.type != COLLECTED.type or origin.pages:
        return origin
    fed = {
        feed.origin
        for feed in feeds(study.datasets, spec.name, variable.name)
        if is_column(study, feed)
    }
    found = [_of_source(study, name) for name in study.sources if name in fed]
    stated = merged([origin for origin in found if origin.type == COLLECTED.type])
    if stated.type != COLLECTED.type:
        return replace(origin, source=origin.source or COLLECTED.source)
    return replace(origin, source=origin.source or stated.source, pages=stated.pages)


def _of_analysis(variable: VariableSpec) -> Origin:
    """The origin of an ADaM variable that is no copy: what is not assigned is derived."""
    type_ = variable.call.algorithm.origin
    if type_ != CARRIED:
        return Origin(type_, SOURCES.get(type_, ""))
    return ASSIGNED if variable.name in NAMES_OF_PARAMETERS else DERIVED


def _origin(study: StudySpec, spec: DatasetSpec, variable: VariableSpec, above: Above) -> Origin:
    if variable.origin is not None:
        return variable.origin
    algorithm = variable.call.algorithm
    if algorithm.origin != CARRIED:
        return Origin(algorithm.origin, SOURCES.get(algorithm.origin, ""))
    if variable in above:  # a circle through another dataset's rows; the graph refuses real ones
        return DERIVED
    refs = _main_refs(variable.call)
    return merged([_carried(study, spec, ref, variable, (*above, variable)) for ref in refs])


def is_column(study: StudySpec, feed: Feed) -> bool:
    """Whether a source has the column, as far as study.yaml declares its columns."""
    source = study.sources.get(feed.origin)
    return source is not None and (not source.spec.columns or feed.column in source.spec.columns)


def _of_source(study: StudySpec, name: str) -> Origin:
    """The origin of a source, with the pages of its form in the annotated CRF."""
    origin = study.sources[name].origin
    return origin if origin.pages else replace(origin, pages=study.info.crf_pages(name))


def merged(origins: Iterable[Origin]) -> Origin:
    """The one origin of values that come from several places; Derived where types differ.

    Values of one type from several sources have the usual source of that type; which values
    have another one is said by value. Pages come together, in the order given.
    """
    found = list(dict.fromkeys(origins))
    if not found or len({origin.type for origin in found}) > 1:
        return DERIVED
    if len(found) == 1:
        return found[0]
    type_ = found[0].type
    sources = {origin.source for origin in found}
    pages = dict.fromkeys(page for origin in found for page in origin.pages)
    source = sources.pop() if len(sources) == 1 else SOURCES.get(type_, "")
    return Origin(type_, source, tuple(pages))


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
            starts = list(_starts(spec.rows))
            # a column that no source has is made by a step over them
            given = [rows for rows in starts if _gives(study, rows, ref.name)] or starts
            return merged(_of_rows(study, rows, ref.name, above) for rows in given)
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


def _gives(study: StudySpec, rows: Rows, name: str) -> bool:
    """Whether rows can have a column: a source that declares others only, and none is made."""
    source = study.sources.get(rows.origin)
    made = bool(rows.columns or rows.unpivot or rows.summarize or rows.derive)
    return source is None or made or not source.spec.columns or name in source.spec.columns


def _of_rows(study: StudySpec, rows: Rows, name: str, above: Above) -> Origin:
    if rows.derive is not None and name in rows.derive.call.algorithm.makes:
        return DERIVED
    return PROTOCOL if rows.values else _of_table(study, rows.origin, name, above)


def _of_table(study: StudySpec, origin: str, name: str, above: Above) -> Origin:
    if origin in study.sources:
        return study.sources[origin].origin
    other = study.datasets.get(origin)
    found = None if other is None else other.variables.get(name) or other.supplemental.get(name)
    if other is None or found is None:
        return ASSIGNED
    return _origin(study, other, found, above)
