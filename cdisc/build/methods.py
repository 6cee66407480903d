"""Method texts: what really runs, with every step on the way explained.

A spec may put a sentence of its own before it (`method:`), never in its place, so that the text
in Define-XML cannot say something else than the program does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cdisc.build.made_columns import said_beside
from cdisc.build.origins import DERIVED, variable_origin
from cdisc.build.standard import automatic_variable
from cdisc.errors import Location
from cdisc.spec import StudySpec, model
from cdisc.spec.bind import spoken
from cdisc.spec.expressions import CUT
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
    own, *others = method_steps(spec, variable, Asked(has=columns_known(study)))
    ref = variable.call.copied
    if others and ref is not None and meaning(ref, spec, variable.name) == "source":
        # that it is a copy of a column says nothing where the next step tells how that is made
        own, *others = others
    # what has the name of the variable itself is what it was before that
    names = [f"{s.name} before that" if s.name == variable.name else s.name for s in others]
    told = (f"{name}: {step.says}" for name, step in zip(names, others, strict=True))
    computed = " ".join([own.says, *told])
    said = said_method(study, spec, variable)
    return f"{said.rstrip('.')}. Computed as: {computed}" if said else computed


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records a method is asked of: of one parameter, of some parts of stacked rows.

    `has` tells whether a dataset or source has a column, where that is known.
    """

    parameter: str = ""
    part: Callable[[Rows], bool] = lambda _: True
    has: Callable[[str, str], bool] = lambda _dataset, _column: True


ALL_RECORDS = Asked()


def columns_known(study: StudySpec) -> Callable[[str, str], bool]:
    """Tells of the datasets that specs make whether they have a column; of others it says yes."""

    def has(dataset: str, column: str) -> bool:
        spec = study.datasets.get(dataset)
        if spec is None:
            return True
        made = {**spec.variables, **spec.supplemental}
        return column in made or automatic_variable(study, spec, column) is not None

    return has


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


@dataclass(frozen=True, slots=True)
class _Way:
    """How a part of the rows comes to a column: makes it, or has it from where it starts.

    `origin` is where the part starts; `says` is empty where the part has no such column.
    """

    origin: str
    says: str
    at: Location
    made: bool


def _ways(rows: Rows, name: str, asked: Asked, parameters: Mapping[str, Rows]) -> Iterator[_Way]:
    derived = rows.derive is not None and name in rows.derive.call.algorithm.makes
    if rows.derive is not None and derived:
        call = rows.derive.call
        said = said_beside(call.algorithm.makes, name) or _text(call)
        yield _Way(rows.origin, said, call.at, made=True)
    elif rows.summarize is not None and name in rows.summarize.columns:
        function, of = rows.summarize.columns[name]
        grain = ", ".join(rows.summarize.by)
        said = f"{SUMMARIES[function].format(of)} of the records with the same {grain}."
        yield _Way(rows.origin, said, rows.summarize.at, made=True)
    elif name in rows.columns:
        yield from _set(rows, name, asked, parameters)
    elif rows.stack:
        own = rows.parameters
        for part in filter(asked.part, rows.stack):
            if asked.parameter not in own or part is own[asked.parameter]:
                yield from _ways(part, name, asked, parameters or own)
    elif _lost(rows, name) or not rows.origin:
        yield _Way(rows.origin, "", rows.at, made=False)
    elif rows.origin in parameters:
        start = parameters[rows.origin]
        yield from (replace(way, made=False) for way in _ways(start, name, asked, parameters))
    else:
        kept = f"{name} of {rows.origin}." if asked.has(rows.origin, name) else ""
        yield _Way(rows.origin, kept, rows.at, made=False)


def _set(rows: Rows, name: str, asked: Asked, parameters: Mapping[str, Rows]) -> Iterator[_Way]:
    """How a column that is set is made; a copy as what it is a copy of, where that is made."""
    call = rows.columns[name]
    ref = call.copied
    if ref is not None and ref.qualifier in ("", "source") and ref.name != name:
        others = {column: made for column, made in rows.columns.items() if column != name}
        ways = list(_ways(replace(rows, columns=others), ref.name, asked, parameters))
        if all(way.made for way in ways):
            yield from ways
            return
    yield _Way(rows.origin, _text(call), call.at, made=True)


def _lost(rows: Rows, name: str) -> bool:
    """Whether records are made of groups that do not keep the column."""
    for step in (rows.derive, rows.summarize):
        if step is not None:
            return name not in step.by
    return False


def step_in_rows(rows: Rows, name: str, asked: Asked = ALL_RECORDS) -> Step | None:
    """How rows make a column, part by part; None where none of them makes it.

    Parameters that make it alike are named together, unless one of them is asked for; parts
    that lack the column are left out.
    """
    own = rows.parameters
    places: dict[str, list[str]] = {}
    made: dict[str, Location] = {}

    def told(ways: Sequence[_Way]) -> str:
        made.update({way.says: way.at for way in reversed(ways) if way.made})
        return " Or: ".join(dict.fromkeys(way.says for way in ways if way.says))

    if own and asked.parameter not in own:
        for code, part in own.items():
            if asked.part(part):
                places.setdefault(told(list(_ways(part, name, asked, own))), []).append(code)
        word, of = "For", ""
    else:
        ways = list(_ways(rows, name, asked, own))
        origins = [way.origin for way in ways]
        alone = len(set(origins)) == len(origins)
        for number, way in enumerate(ways, 1):
            places.setdefault(told([way]), []).append(way.origin if alone else str(number))
        word, of = ("Of", "") if alone else ("In part", " of the records")
    if not made:
        return None
    said = [f"{word} {', '.join(which)}{of}: {says}" for says, which in places.items() if says]
    at = next(iter(made.values())) if len(places) == 1 else rows.at
    return Step(name, next(iter(places)) if len(places) == 1 else " ".join(said), at)


def part_method(part: Rows, name: str, asked: Asked = ALL_RECORDS) -> str:
    """How one part of the rows makes a column, with the columns that it is made of explained."""
    steps: dict[str, Step] = {}

    def explain(column: str) -> None:
        step = step_in_rows(part, column, asked)
        if step is None or column in steps:
            return
        steps[column] = step
        call = part.columns.get(column)
        for ref in call_refs(call, ()) if call is not None else ():
            explain(ref.name)

    explain(name)
    call = part.columns.get(name)
    ref = call.copied if call is not None else None
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
