"""How a variable came to its value, in words: the rule with its arguments, and what it gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cdisc.build.methods import Asked, method_steps, said_method
from cdisc.errors import Location
from cdisc.spec import StudySpec
from cdisc.spec.feeds import ROWS, Read
from cdisc.spec.model import DatasetSpec, Rows
from cdisc.trace.again import Again
from cdisc.trace.answer import Candidate, Considered, Rule, RuleStep
from cdisc.trace.package import RAW, Package

if TYPE_CHECKING:
    from cdisc.trace.chain import Chain

CANDIDATES = 12
"""Candidates shown one by one; of others only the reasons are counted."""


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
        for step in method_steps(spec, variable, asked):
            if step.name in self._told and step.name != name:
                continue
            self._told.add(step.name)
            given = None
            if self.again is not None and step.name not in spec.lookups and step.name != name:
                given = self.again.value(spec.name, row, step.name)
            steps.append(RuleStep(step.name, _sentence(step.says), place(step.at), given))
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
        edges = self.package.edges(spec.name, row)
        parents = {edge.parent.removeprefix(RAW) for edge in edges if edge.role == ROWS}
        starts = set(_starts(part))
        own = part.parameter is not None or bool(starts & spec.rows.parameters.keys())
        return own or not parents or not starts or bool(parents & starts)


def _starts(rows: Rows) -> Iterator[str]:
    """What rows start from: sources, tables, datasets or parameters."""
    if rows.origin:
        yield rows.origin
    for part in rows.stack:
        yield from _starts(part)


def considered_for(
    chain: Chain, dataset: str, row: int, variable: str, reads: Collection[Read]
) -> Considered | None:
    """What was considered for a variable of a record, or the record itself; None if nothing.

    All that were taken are shown, then those that were not in the order of their rows.
    """
    if chain.again is None:
        return None
    told = chain.again.considered(dataset, row, variable)
    if not told:
        return None
    told = sorted(told, key=lambda one: not one.taken)
    taken = sum(one.taken for one in told)
    shown = told[: max(taken, CANDIDATES)]
    candidates = [
        Candidate(chain.candidate(one.origin, one.row, reads, variable), one.taken, one.why)
        for one in shown
    ]
    others = Counter(one.why for one in told[len(shown) :])
    return Considered(variable, candidates, tuple(others.items()))


def _sentence(text: str) -> str:
    """A text with a capital at its beginning, unless that is a name."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text


def place(at: Location) -> str:
    """A line of a spec, as short as it can be said."""
    return f"{at.file}:{at.line}" if at.line is not None else at.file
