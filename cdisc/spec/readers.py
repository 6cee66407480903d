"""Which parts of which specs read a column of a source: what a column that is gone would break."""

from __future__ import annotations

from collections.abc import Iterator

from cdisc.spec.expressions import Ref, refs
from cdisc.spec.model import DatasetSpec, Lookup, RecordsArgument
from cdisc.spec.needs import call_records, call_refs, inputs, meaning, row_calls, source_columns
from cdisc.spec.study import StudySpec


def readers(study: StudySpec, source: str, column: str) -> tuple[str, ...]:
    """The readers of a column in a user's words: `AE.AESTDTC`, `AE rows`, `study.yaml date`."""
    found: list[str] = []
    declared = study.sources.get(source)
    if declared is not None:
        if column == declared.subject:
            found.append("subject in study.yaml")
        if declared.date is not None and study.cut is not None and column in declared.date.columns:
            found.append("date in study.yaml")
    for spec in study.datasets.values():
        found += dict.fromkeys(_of_spec(spec, source, column))
    return tuple(found)


def _of_spec(spec: DatasetSpec, source: str, column: str) -> Iterator[str]:
    variables = (*spec.variables.values(), *spec.supplemental.values())
    wanted = frozenset(source_columns(spec))
    starts = [needed for origin, needed, _ in inputs(spec.rows, wanted) if origin == source]
    through = {lookup.name for lookup in spec.lookups.values() if lookup.origin == source}
    in_rows = any(column in needed for needed in starts)
    for variable in variables:
        read = list(call_refs(variable.call, spec.sort_keys(variable.name)))
        own = in_rows and any(
            ref.name == column and meaning(ref, spec, variable.name) == "source" for ref in read
        )
        looked = any(ref.qualifier in through and ref.name == column for ref in read)
        if own or looked or any(_selects(r, source, column) for r in call_records(variable.call)):
            yield f"{spec.name}.{variable.name}"
    direct = column in wanted
    if in_rows and not direct:
        yield f"{spec.name} rows"
    selected = (records for call in row_calls(spec.rows) for records in call_records(call))
    if any(_selects(records, source, column) for records in selected):
        yield f"{spec.name} rows"
    for lookup in spec.lookups.values():
        ours = in_rows and Ref(column) in lookup.match.values()
        if ours or (lookup.origin == source and _looks_at(lookup, column)):
            yield f"{spec.name} lookup {lookup.name}"


def _selects(records: RecordsArgument, source: str, column: str) -> bool:
    if records.dataset != source:
        return False
    names = {ref.name for ref in records.columns.values()}
    if records.where is not None:
        names |= {ref.name for ref in refs(records.where)}
    return column in names


def _looks_at(lookup: Lookup, column: str) -> bool:
    names = {*lookup.match, *lookup.order}
    if lookup.where is not None:
        names |= {ref.name for ref in refs(lookup.where)}
    return column in names
