"""Method texts: what really runs, with every step on the way explained.

A spec may put a sentence of its own before it (`method:`), never in its place, so that the text
in Define-XML cannot say something else than the program does.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdisc.build.origins import DERIVED, variable_origin
from cdisc.spec import StudySpec, model
from cdisc.spec.bind import spoken
from cdisc.spec.expressions import CUT, Ref
from cdisc.spec.model import Call, DatasetSpec, Lookup, Rows, VariableSpec
from cdisc.spec.needs import call_refs, meaning

FACTS_SAID = {CUT: "The day of the data cut."}
SUMMARIES = {
    "sum": "sum of {}",
    "count": "number of values of {}",
    "min": "smallest {}",
    "max": "largest {}",
    "earliest": "earliest {}",
    "latest": "latest {}",
    "first": "first {}",
    "last": "last {}",
    "same": "the one {}",
}


def variable_method(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """The method text of a derived variable; empty for any other.

    After the text of its own algorithm follow, in the order of their use, the intermediates, the
    columns made while rows were made and the lookups that it reads, each explained once.
    """
    if variable_origin(study, spec, variable).type != DERIVED.type:
        return ""
    return computed_method(study, spec, variable)


def computed_method(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """How the values of a variable are computed, whatever its origin is."""
    explained: dict[str, str] = {}
    _explain(spec, variable, explained)
    computed = " ".join([_text(variable.call), *explained.values()])
    said = study.info.note_text(_said(study, spec, variable))
    return f"{said.rstrip('.')}. Computed as: {computed}" if said else computed


def method_name(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """The name that the method of a derived variable goes by; empty if it has none."""
    said = _said(study, spec, variable)
    named = said in {note.name for note in study.info.notes}
    return said if named and variable_method(study, spec, variable) else ""


def _said(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """The sentence of the spec, the name of a note, or the note that is on this variable."""
    return variable.method or study.info.note_on("MT.", spec.name, variable.name)


def _explain(spec: DatasetSpec, variable: VariableSpec, explained: dict[str, str]) -> None:
    for ref in call_refs(variable.call, ()):
        what = meaning(ref, spec, variable.name)
        if what == "own" and ref.name.startswith("_") and ref.name not in explained:
            step = spec.variables[ref.name]
            explained[ref.name] = f"{ref.name}: {_text(step.call)}"
            _explain(spec, step, explained)
        elif what == "source" and ref.name not in explained:
            made = dict.fromkeys(made_in_rows(spec.rows, ref.name))
            if any(made):
                ways = (way or "as received." for way in made)
                explained[ref.name] = f"{ref.name}: {' Or: '.join(ways)}"
        elif what == "study":
            explained.setdefault(str(ref), f"{ref}: {FACTS_SAID[ref.name]}")
        elif what == "lookup" and ref.qualifier in spec.lookups and ref.qualifier not in explained:
            lookup = spec.lookups[ref.qualifier]
            explained[ref.qualifier] = f"{ref.qualifier}: {_lookup(lookup)}"
            for ours in lookup.match.values():
                _explain_name(spec, ours, explained)


def _explain_name(spec: DatasetSpec, ref: Ref, explained: dict[str, str]) -> None:
    own = meaning(ref, spec, "") == "own" and ref.name.startswith("_")
    if own and ref.name not in explained:
        step = spec.variables[ref.name]
        explained[ref.name] = f"{ref.name}: {_text(step.call)}"
        _explain(spec, step, explained)


def made_in_rows(rows: Rows, name: str) -> Iterator[str]:
    """How each part of the rows makes a column; empty where it is the source's own."""
    if rows.derive is not None and name in rows.derive.call.algorithm.makes:
        yield _text(rows.derive.call)
    elif rows.summarize is not None and name in rows.summarize.columns:
        function, of = rows.summarize.columns[name]
        grain = ", ".join(rows.summarize.by)
        yield f"{SUMMARIES[function].format(of)} of the records with the same {grain}."
    elif name in rows.columns:
        yield _text(rows.columns[name])
    elif not rows.stack:
        yield ""
    else:
        for part in rows.stack:
            label = f"for {part.parameter.name}, " if part.parameter is not None else ""
            for way in made_in_rows(part, name):
                yield f"{label}{way}" if way else ""


def _text(call: Call) -> str:
    """The method of a call as a sentence; a constant has none, so its value is said."""
    if call.method:
        return call.method if call.method.endswith(".") else f"{call.method}."
    main = call.algorithm.parameter(call.algorithm.main)
    argument = call.arguments[main.argument] if main else model.PlainArgument("")
    return f"always {spoken(argument)!r}."


def _lookup(lookup: Lookup) -> str:
    which = "the record" if lookup.take == "one" else f"the {lookup.take} record"
    order = f" by {', '.join(lookup.order)}" if lookup.order else ""
    where = f", where {lookup.where}" if lookup.where is not None else ""
    match = " and ".join(f"{theirs} = {ours}" for theirs, ours in lookup.match.items())
    return f"{which} of {lookup.origin}{order} with {match}{where}."
