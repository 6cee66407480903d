"""Method texts: what really runs, with every step on the way explained.

A spec may put a sentence of its own before it (`method:`), never in its place, so that the text
in Define-XML cannot say something else than the program does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cdisc.build.origins import DERIVED, variable_origin
from cdisc.build.predecessors import copied
from cdisc.errors import Location
from cdisc.spec import StudySpec, model
from cdisc.spec.bind import spoken
from cdisc.spec.expressions import CUT
from cdisc.spec.model import Call, DatasetSpec, Lookup, Rows, VariableSpec
from cdisc.spec.needs import call_refs, meaning

# What a record algorithm is asked for; its other columns say more about it.
RESULTS = ("AVAL", "AVALC")
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


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way to a value: the name it goes by, what it says, and where it stands."""

    name: str
    says: str
    at: Location


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
    own, *others = method_steps(spec, variable)
    ref = copied(variable.call)
    if others and ref is not None and meaning(ref, spec, variable.name) == "source":
        # that it is a copy of a column says nothing where the next step tells how that is made
        own, *others = others
    computed = " ".join([own.says, *(f"{step.name}: {step.says}" for step in others)])
    said = said_method(study, spec, variable)
    return f"{said.rstrip('.')}. Computed as: {computed}" if said else computed


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records a method is asked of: of one parameter, of some parts of stacked rows."""

    parameter: str = ""
    part: Callable[[Rows], bool] = lambda _: True


ALL_RECORDS = Asked()


def method_steps(
    spec: DatasetSpec, variable: VariableSpec, asked: Asked = ALL_RECORDS
) -> list[Step]:
    """How a variable is computed, step by step: itself first, then what it uses.

    `asked` leaves out how other records are made.
    """
    explained: dict[str, Step] = {}
    _explain(spec, variable, asked, explained)
    return [Step(variable.name, _text(variable.call), variable.at), *explained.values()]


def said_method(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """What the spec, or a note of the study, says of the method in its own words."""
    return study.info.note_text(_said(study, spec, variable))


def method_name(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """The name that the method of a derived variable goes by; empty if it has none."""
    said = _said(study, spec, variable)
    named = said in {note.name for note in study.info.notes}
    return said if named and variable_method(study, spec, variable) else ""


def _said(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """The sentence of the spec, the name of a note, or the note that is on this variable."""
    return variable.method or study.info.note_on("MT.", spec.name, variable.name)


def _explain(
    spec: DatasetSpec, variable: VariableSpec, asked: Asked, explained: dict[str, Step]
) -> None:
    for ref in call_refs(variable.call, ()):
        what = meaning(ref, spec, variable.name)
        if what == "own":
            _explain_own(spec, ref.name, asked, explained)
        elif what == "source" and ref.name not in explained:
            step = step_in_rows(spec.rows, ref.name, asked)
            if step is not None:
                explained[ref.name] = step
        elif what == "study":
            explained.setdefault(str(ref), Step(str(ref), FACTS_SAID[ref.name], variable.at))
        elif what == "lookup" and ref.qualifier in spec.lookups and ref.qualifier not in explained:
            lookup = spec.lookups[ref.qualifier]
            explained[ref.qualifier] = Step(ref.qualifier, _lookup(lookup), lookup.at)
            for ours in lookup.match.values():
                if meaning(ours, spec, "") == "own":
                    _explain_own(spec, ours.name, asked, explained)


def _explain_own(spec: DatasetSpec, name: str, asked: Asked, explained: dict[str, Step]) -> None:
    if name.startswith("_") and name not in explained:
        step = spec.variables[name]
        explained[name] = Step(name, _text(step.call), step.at)
        _explain(spec, step, asked, explained)


def made_in_rows(
    rows: Rows, name: str, asked: Asked = ALL_RECORDS
) -> Iterator[tuple[str, Location]]:
    """How each part of the rows makes a column, and where; empty where it is the source's own.

    Of a stack of parameters it tells the one asked for, or all.
    """
    if rows.derive is not None and name in rows.derive.call.algorithm.makes:
        yield _text(rows.derive.call), rows.derive.call.at
    elif rows.summarize is not None and name in rows.summarize.columns:
        function, of = rows.summarize.columns[name]
        grain = ", ".join(rows.summarize.by)
        said = f"{SUMMARIES[function].format(of)} of the records with the same {grain}."
        yield said, rows.summarize.at
    elif name in rows.columns:
        yield _text(rows.columns[name]), rows.columns[name].at
    elif not rows.stack:
        yield "", rows.at
    else:
        own = rows.parameters
        for part in filter(asked.part, rows.stack):
            if asked.parameter not in own or part is own[asked.parameter]:
                yield from made_in_rows(part, name, asked)


def step_in_rows(rows: Rows, name: str, asked: Asked = ALL_RECORDS) -> Step | None:
    """How rows make a column, part by part; None where none of them makes it.

    Parameters that make it alike are named together, unless one of them is asked for.
    """
    own = rows.parameters
    if not own or asked.parameter in own:
        made: dict[str, Location] = {}
        for way, at in made_in_rows(rows, name, asked):
            made.setdefault(way, at)
        said = " Or: ".join(way or "as received." for way in made)
    else:
        made, codes = {}, dict[str, list[str]]()
        parts = {code: part for code, part in own.items() if asked.part(part)}
        if len(parts) == 1:
            return step_in_rows(next(iter(parts.values())), name)
        for code, part in parts.items():
            beside = made_beside(part, name)
            for told, at in dict(made_in_rows(part, name)).items():
                way = beside or told
                made.setdefault(way, at)
                codes.setdefault(way, []).append(code)
        said = " ".join(
            f"For {', '.join(named)}: {way or 'as in the records it is made of.'}"
            for way, named in codes.items()
        )
    if not any(made):
        return None
    return Step(name, said, next(iter(made.values())) if len(made) == 1 else rows.at)


def made_beside(part: Rows, name: str) -> str:
    """Of a record algorithm that makes a result and more about it, only the result tells how."""
    makes = part.derive.call.algorithm.makes if part.derive is not None else ()
    result = next((column for column in RESULTS if column in makes), "")
    return f"made with {result}." if result and name in makes and name != result else ""


def part_method(part: Rows, name: str) -> str:
    """How one part of the rows makes a column, with the columns that it is made of explained."""
    steps: dict[str, Step] = {}

    def explain(column: str) -> None:
        step = step_in_rows(part, column)
        if step is None or column in steps:
            return
        steps[column] = step
        call = part.columns.get(column)
        for ref in call_refs(call, ()) if call is not None else ():
            explain(ref.name)

    explain(name)
    call = part.columns.get(name)
    ref = copied(call) if call is not None else None
    if ref is not None and ref.name in steps and ref.name != name:
        del steps[name]
    own, *others = steps.values() if steps else (None,)
    return " ".join([own.says, *(f"{s.name}: {s.says}" for s in others)]) if own else ""


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
