"""One subject run again, with explanations: what a package does not keep.

A dataset of subjects is a pure function of one subject's records, so that the records of one person
alone give the values of the package again, and with them the steps on the way, the findings and
what algorithms considered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.arguments import Considered
from cdisc.algorithms.columns.uniques import text_column
from cdisc.build import Inputs, Plan, build_stage, of_subjects, without_notes
from cdisc.build.engine import Engine
from cdisc.build.finish import record_order
from cdisc.build.lookup_reasons import considered_in_lookup
from cdisc.spec.expressions import CUT, STUDY, Ref
from cdisc.trace.package import Package

THE_CUT = Ref(CUT, STUDY)
Positions = npt.NDArray[np.int64]


class Told(NamedTuple):
    """A candidate: the dataset or source, its 0-based row in the whole, taken or not, and why.

    A `rival` is a record of the dataset itself, which could have had the value. `gives` says that
    the value is that of the record taken.
    """

    origin: str
    row: int
    taken: bool
    why: str
    rival: bool = False
    gives: bool = False


@dataclass(slots=True, eq=False)
class Again:
    """A subject's datasets as an engine has computed them again, beside those of the package."""

    engine: Engine
    package: Package
    differing: set[str] = field(default_factory=set)
    """Datasets whose records of the subject are not those of the package."""
    _maps: dict[tuple[str, str], tuple[dict[int, int], dict[int, int]]] = field(
        default_factory=dict
    )

    def value(self, dataset: str, row: int, variable: str) -> str | None:
        """What a variable, or a step on the way, was for a record of the package."""
        at = self._row(dataset, row)
        if at is None:
            return None
        if variable == str(THE_CUT):
            return str(self.engine.inputs.cut_dates(self.engine.rows[dataset]).fillna("").iloc[at])
        made = self.engine.rows[dataset].columns
        for values in (self.engine.values[dataset], self.engine.supplemental[dataset], made):
            column = values.get(variable)
            if column is not None:
                texts = text_column(column.iloc[[at]].reset_index(drop=True))
                return str(texts.fillna("").iloc[0])
        return None

    def findings(self, dataset: str, row: int, variable: str) -> tuple[str, ...]:
        """What there was to say about the value of a variable of a record."""
        at = self._row(dataset, row)
        if at is None:
            return ()
        found: dict[str, None] = {}
        for about in self.engine.value_issues:
            if (about.dataset, about.variable) != (dataset, variable):
                continue
            for place in np.flatnonzero(about.issue.rows == at).tolist():
                values = about.issue.values
                value = None if values is None else values.iloc[place]
                shown = f"'{value}'" if isinstance(value, str) else "a missing value"
                message = about.issue.message.replace("{value}", shown)
                found[f"{message} ({about.issue.rule})"] = None
        return tuple(found)

    def considered(self, dataset: str, row: int, variable: str) -> list[Told]:
        """The candidates for a variable of a record, for a lookup, or for the record itself."""
        at = self._row(dataset, row)
        if at is None:
            return []
        known = [
            (one.considered, one.rivals)
            for one in self.engine.considered
            if (one.dataset, one.variable) == (dataset, variable)
        ]
        looked = considered_in_lookup(self.engine, dataset, variable)
        return [
            told
            for one, rivals in (*known, *((one, False) for one in looked))
            for told in self._told(one, at, dataset, row, rival=rivals)
        ]

    def _told(self, one: Considered, at: int, dataset: str, row: int, *, rival: bool) -> list[Told]:
        places = np.flatnonzero(one.rows == at)
        why = one.why.fillna("")
        found = []
        for place in places.tolist():
            of_whole = self._whole(one.dataset, int(one.parent_rows[place]), dataset, row)
            if of_whole is not None:
                taken = bool(one.taken[place])
                said = str(why.iloc[place])
                found.append(Told(one.dataset, of_whole, taken, said, rival, one.gives))
        return found

    def _whole(self, origin: str, engine_row: int, dataset: str, row: int) -> int | None:
        """The row in the package, or in the source, of a row that the engine has."""
        if origin in self.engine.inputs.tables:
            of_whole = self.engine.inputs.positions.get(origin)
            return engine_row if of_whole is None else int(of_whole[engine_row])
        if origin not in self.engine.rows or origin not in self.package.files:
            return None
        subject = self.package.texts(dataset, row).get("USUBJID", "")
        return self._rows_of(origin, subject)[1].get(engine_row)

    def _row(self, dataset: str, row: int) -> int | None:
        """The engine's row of a record of the package."""
        if dataset not in self.engine.rows or dataset not in self.package.files:
            return None
        subject = self.package.texts(dataset, row).get("USUBJID", "")
        return self._rows_of(dataset, subject)[0].get(row)

    def _rows_of(self, dataset: str, subject: str) -> tuple[dict[int, int], dict[int, int]]:
        """Rows in the package -> rows of the engine of a subject's records, and back."""
        if (dataset, subject) not in self._maps:
            there = self._mapped(dataset, subject)
            back = {mine: whole for whole, mine in there.items()}
            self._maps[(dataset, subject)] = (there, back)
        return self._maps[(dataset, subject)]

    def _mapped(self, dataset: str, subject: str) -> dict[int, int]:
        engine, table = self.engine, self.package.table(dataset)
        order = record_order(engine, engine.study.datasets[dataset])
        values = engine.values[dataset]
        if "USUBJID" in values and "USUBJID" in table.names:
            texts = text_column(values["USUBJID"]).fillna("").to_numpy()
            order = order[texts[order] == subject]
            rows = self.package.rows_with(dataset, "USUBJID", subject)
        else:
            rows = np.arange(table.count)
        if not self._same(dataset, order, rows):
            self.differing.add(dataset)
            return {}
        return dict(zip(rows.tolist(), order.tolist(), strict=True))

    def _same(self, dataset: str, order: Positions, rows: Positions) -> bool:
        """Whether the records run again have the keys of those in the package."""
        if len(order) != len(rows):
            return False
        spec, table = self.engine.study.datasets[dataset], self.package.table(dataset)
        keys = [
            key for key in spec.keys if key in table.names and key in self.engine.values[dataset]
        ]
        frame = table.frame(rows, keys)
        return all(
            _texts(frame[key]) == _texts(self.engine.values[dataset][key].iloc[order])
            for key in keys
        )


def _texts(column: Any) -> list[str]:
    texts: list[str] = text_column(column.reset_index(drop=True)).fillna("").tolist()
    return texts


def run_again(plan: Plan, inputs: Inputs, package: Package, persons: frozenset[str]) -> Again:
    """Compute what the datasets of a plan hold for some persons, with explanations.

    Args:
        plan: the datasets wanted and what they need.
        inputs: all raw records.
        package: the package that the records are compared with.
        persons: as the sources name them; empty to take all records, where a study cannot be
            divided by persons.
    """
    silent = without_notes(inputs)
    first = build_stage(plan, "first", silent, {})
    part = of_subjects(plan.study, inputs, persons) if persons else silent
    engine = Engine(plan.study, part, first.given, explain=True)
    engine.compute(plan.nodes("subjects"), lambda _node: None)
    return Again(engine, package)
