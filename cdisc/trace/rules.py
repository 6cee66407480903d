"""How a variable came to its value, in words: the rule with its arguments, and what it gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cdisc.build.methods import Asked, Step, method_steps, said_method, step_in_rows
from cdisc.errors import Location
from cdisc.spec import StudySpec
from cdisc.spec.bind import spoken
from cdisc.spec.feeds import ROWS
from cdisc.spec.model import DatasetSpec, GroupArgument, ListArgument, Parameter, Rows
from cdisc.spec.needs import call_refs, row_calls
from cdisc.trace.again import Again
from cdisc.trace.answer import Rule, RuleStep
from cdisc.trace.package import RAW, Package

LONG_LIST = 160
"""Longer arguments that are lists stand apart from the sentence, an entry a line."""


@dataclass(slots=True, eq=False)
class Rules:
    """The rules of one record; a step that several of them use is told once."""

    study: StudySpec
    package: Package
    again: Again | None
    _told: set[str] = field(default_factory=set)

    def of(self, spec: DatasetSpec, row: int, names: Iterable[str]) -> list[Rule]:
        """The rules of some variables, in the order given."""
        wanted = [n for n in names if n in spec.variables or n in spec.supplemental]
        return [self._rule(spec, row, name) for name in wanted]

    def _rule(self, spec: DatasetSpec, row: int, name: str) -> Rule:
        variable = spec.variables.get(name) or spec.supplemental[name]
        table = self.package.table(spec.name)
        texts = self.package.texts(spec.name, row)
        value = texts.get(name)
        asked = Asked(texts.get("PARAMCD", ""), lambda part: self._is_of(part, spec, row))
        steps = []
        known = method_steps(spec, variable, asked)
        seen = {step.name for step in known[1:]}
        behind = [more for step in known[1:] for more in _behind(spec.rows, step.name, asked, seen)]
        for step in (*known, *behind):
            if step.name in self._told and step.name != name:
                continue
            self._told.add(step.name)
            given = None
            if self.again is not None and step.name not in spec.lookups and step.name != name:
                given = self.again.value(spec.name, row, step.name)
            says, details = _with_lists_apart(spec, step.says)
            steps.append(RuleStep(step.name, _sentence(says), place(step.at), given, details))
        if value is None:
            value = self.again.value(spec.name, row, name) if self.again is not None else None
        findings: tuple[str, ...] = ()
        if self.again is not None:
            findings = self.again.findings(spec.name, row, name)
        return Rule(
            name,
            variable.label or table.labels.get(name, ""),
            value or "",
            tuple(steps),
            said_method(self.study, spec, variable),
            findings,
        )

    def _is_of(self, part: Rows, spec: DatasetSpec, row: int) -> bool:
        """Whether a record can come from a part of stacked rows: one that starts at its parents."""
        named = part.parameter
        if named is not None and not _may_be(named, spec, self.package.texts(spec.name, row)):
            return False
        edges = self.package.edges(spec.name, row)
        parents = {edge.parent.removeprefix(RAW) for edge in edges if edge.role == ROWS}
        starts = set(_starts(part))
        own = bool(starts & spec.rows.parameters.keys())
        return own or not parents or not starts or bool(parents & starts)


def _may_be(named: Parameter, spec: DatasetSpec, texts: Mapping[str, str]) -> bool:
    """Whether a record with these values can be of a parameter, or of a part without label."""
    code = texts.get("PARAMCD", "")
    if named.label:
        return named.name == code
    return code not in spec.rows.labelled


def _behind(rows: Rows, name: str, asked: Asked, seen: set[str]) -> Iterator[Step]:
    """The columns that a column of rows is set from, where the steps before it make them."""
    own = rows.parameters
    parts = [own[asked.parameter]] if asked.parameter in own else [*filter(asked.part, rows.stack)]
    call = rows.columns.get(name)
    for ref in call_refs(call, ()) if call is not None else ():
        if ref.qualifier in ("", "source") and ref.name not in seen:
            step = step_in_rows(rows, ref.name, asked)
            if step is not None:
                seen.add(ref.name)
                yield step
                yield from _behind(rows, ref.name, asked, seen)
    if call is None:
        for part in parts:
            yield from _behind(part, name, asked, seen)


def _starts(rows: Rows) -> Iterator[str]:
    """What rows start from: sources, tables, datasets or parameters."""
    if rows.origin:
        yield rows.origin
    for part in rows.stack:
        yield from _starts(part)


def _with_lists_apart(spec: DatasetSpec, says: str) -> tuple[str, tuple[str, ...]]:
    """A method text, and apart from it the entries of the arguments that are lists of groups."""
    calls = [variable.call for variable in spec.variables.values()]
    details: list[str] = []
    for call in (*calls, *row_calls(spec.rows)):
        if call.method and says.rstrip(".") == call.method.rstrip("."):
            for name, argument in call.arguments.items():
                items = argument.items if isinstance(argument, ListArgument) else ()
                text = spoken(argument)
                grouped = items and all(isinstance(item, GroupArgument) for item in items)
                if grouped and len(items) > 1 and len(text) > LONG_LIST:
                    says = says.replace(text, f"the {name} below")
                    details += [f"{name} {n}: {spoken(i)}" for n, i in enumerate(items, start=1)]
            break
    return says, tuple(details)


def _sentence(text: str) -> str:
    """A text with a capital at its beginning, unless that is a name."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text


def place(at: Location) -> str:
    """A line of a spec, as short as it can be said."""
    return f"{at.file}:{at.line}" if at.line is not None else at.file
