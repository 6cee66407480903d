"""Selections of the specs that no record of the study satisfies.

A part of the study cannot tell: what none of its persons has, another may have. So each part says
what it met, and what nothing was found for in any of them is told of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.arguments import Selected
from cdisc.errors import Location
from cdisc.model import Finding, Severity
from cdisc.spec import StudySpec, model
from cdisc.spec.expressions import Expr
from cdisc.spec.selections import condition_at

Marks = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

HINT = "Correct it if there should be such records"


@dataclass(frozen=True, slots=True)
class Selection:
    """A condition on records of `origin`, or what a lookup matches them by, where it stands.

    `origin` is a source, table, dataset or parameter; empty for rows that steps have made. An
    empty `condition` selects all records.
    """

    at: Location
    origin: str
    condition: str
    matched: bool = False

    @property
    def message(self) -> str:
        """What is told when nothing satisfies it."""
        of = self.origin or "these rows"
        if self.matched:
            return f"no record of {of} has {self.condition} of any record here"
        return f"no record of {of} satisfies {self.condition}"


@dataclass(slots=True, eq=False)
class Selections:
    """What the selections of one part of a build, or of several, met.

    `there` are those that had records to choose from, `kept` those that some record satisfied.
    """

    there: set[Selection] = field(default_factory=set)
    kept: set[Selection] = field(default_factory=set)

    def rows(self, rows: model.Rows, condition: Expr, count: int, kept: int) -> None:
        """A condition of row steps, `where` or `keep`: how many records it saw, and kept."""
        first = condition is rows.where
        origin = _before(rows) if first else _start(rows)
        at = condition_at(rows.taken, rows.at) if first else rows.at
        self._add(Selection(at, origin, str(condition)), count, kept)

    def records(self, argument: model.RecordsArgument, selected: Selected, count: int) -> Selected:
        """What a selection of records, or a lookup, kept of those of its dataset."""
        condition = "" if argument.where is None else str(argument.where)
        at = condition_at(argument.taken, argument.at)
        self._add(Selection(at, argument.dataset, condition), count, len(selected.rows))
        return selected

    def matches(self, lookup: model.Lookup, asking: Marks, found: Marks, several: Rows) -> None:
        """A lookup that does not tell of each record for which it finds none.

        Args:
            lookup: the lookup.
            asking: which records have something to match by.
            found: for which of them there is a record.
            several: the records for which there are several.
        """
        if lookup.if_none == "missing":
            what = f"the {', '.join(lookup.match)}"
            selection = Selection(lookup.at, lookup.origin, what, matched=True)
            self._add(selection, int(asking.sum()), int(found.sum()) + len(several))

    def _add(self, what: Selection, count: int, kept: int) -> None:
        if count:
            self.there.add(what)
        if kept:
            self.kept.add(what)

    def add(self, other: Selections) -> None:
        """Take in what another part met."""
        self.there |= other.there
        self.kept |= other.kept

    @classmethod
    def of(cls, parts: Iterable[Selections]) -> Selections:
        """What several parts met together."""
        found = cls()
        for part in parts:
            found.add(part)
        return found

    def findings(self, study: StudySpec) -> list[Finding]:
        """A note for each selection that nothing satisfies, at its place in the spec.

        What a spec says of the same records in several places is told once, at the first. What
        selects from no records is not told: a source, and a dataset, without records are.
        """
        found = {what for what in self.there - self.kept if what.condition}
        some = {(what.at, what.origin) for what in self.kept if not what.matched}
        # what matches nothing because nothing was selected is told as the selection
        found = {what for what in found if not what.matched or (what.at, what.origin) in some}
        places: dict[tuple[str, str, str], list[Selection]] = {}
        for what in sorted(found, key=_place):
            places.setdefault((what.at.file, what.origin, what.message), []).append(what)
        described_in = {spec.file: name for name, spec in study.datasets.items()}
        findings = []
        for (file, _origin, message), same in places.items():
            also = [str(what.at.line) for what in same[1:] if what.at.line]
            lines = f". The same stands in line {', '.join(dict.fromkeys(also))}" if also else ""
            findings.append(
                Finding(
                    rule="selection.nothing",
                    severity=Severity.INFO,
                    message=message,
                    dataset=described_in.get(file, ""),
                    value=same[0].condition,
                    hint=f"{HINT}{lines}",
                    at=same[0].at,
                )
            )
        return findings


def _before(rows: model.Rows) -> str:
    """The origin of rows as their first steps see it."""
    return _start(rows.stack[0]) if len(rows.stack) == 1 else rows.origin


def _start(rows: model.Rows) -> str:
    """The origin of rows whose steps only choose among its records; empty for new records."""
    made = rows.unpivot or rows.summarize or rows.derive
    return "" if made else _before(rows)


def _place(what: Selection) -> tuple[str, int, int, str]:
    return what.at.file, what.at.line or 0, what.at.column or 0, what.message
