"""Which columns of which inputs feed a variable: followed through the specs, without data.

A column feeds a variable when its value can become the variable's, or decides it: what an
algorithm reads, through variables of other datasets, lookups and row steps. What only chooses or
orders records (`where`, `match`, `by`, `order`) does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cdisc.spec.expressions import Ref
from cdisc.spec.model import Call, DatasetSpec, Rows
from cdisc.spec.needs import AUTOMATIC, call_records, call_refs, meaning


class Feed(NamedTuple):
    """A column of a source or table."""

    origin: str
    column: str


def feeds(datasets: Mapping[str, DatasetSpec], dataset: str, variable: str) -> frozenset[Feed]:
    """The columns that feed a variable or supplemental qualifier of a dataset.

    Nothing feeds a constant. Every dataset and variable on the way must be one of `datasets`;
    another name is that of an input.
    """
    return frozenset(_Search(datasets).variable(dataset, variable))


class _Search:
    """One search; a variable met again on the way adds nothing new."""

    def __init__(self, datasets: Mapping[str, DatasetSpec]) -> None:
        self.datasets = datasets
        self.met: set[tuple[str, str]] = set()

    def variable(self, dataset: str, name: str) -> set[Feed]:
        if (dataset, name) in self.met:
            return set()
        self.met.add((dataset, name))
        spec = self.datasets[dataset]
        found = spec.variables.get(name) or spec.supplemental.get(name)
        return set() if found is None else self._call(found.call, spec, name)

    def _call(self, call: Call, spec: DatasetSpec, inside: str) -> set[Feed]:
        fed: set[Feed] = set()
        for ref in call_refs(call, ()):
            match meaning(ref, spec, inside):
                case "own":
                    if ref.name in spec.variables or ref.name not in AUTOMATIC:
                        fed |= self.variable(spec.name, ref.name)
                case "source":
                    fed |= self._rows(spec.rows, {ref.name})
                case "lookup":
                    fed |= self._read(spec, ref)
        return fed | self._records(call)

    def _read(self, spec: DatasetSpec, ref: Ref) -> set[Feed]:
        lookup = spec.lookups.get(ref.qualifier)
        return self._column(lookup.origin if lookup else ref.qualifier, ref.name)

    def _records(self, call: Call) -> set[Feed]:
        fed: set[Feed] = set()
        for records in call_records(call):
            for what, ref in records.columns.items():
                if what != "by":
                    fed |= self._column(records.dataset, ref.name)
        return fed

    def _column(self, origin: str, name: str) -> set[Feed]:
        if origin in self.datasets:
            return self.variable(origin, name)
        return {Feed(origin, name)}

    def _rows(self, rows: Rows, names: Iterable[str]) -> set[Feed]:
        """The columns that feed these columns of rows, step by step backwards."""
        wanted = set(names)
        fed: set[Feed] = set()
        if rows.summarize:
            made = rows.summarize.columns
            wanted = {made[name][1] if name in made else name for name in wanted}
        if rows.unpivot:
            cells = [test.get(name) for name in wanted for test in rows.unpivot.each.values()]
            wanted -= {rows.unpivot.name, *rows.unpivot.columns}
            wanted |= {cell for cell in cells if isinstance(cell, str)}
        for name, call in reversed(list(rows.columns.items())):
            if name in wanted:
                wanted.discard(name)
                for ref in call_refs(call, ()):
                    if ref.qualifier in ("", "source"):
                        wanted.add(ref.name)
                    else:
                        fed |= self._column(ref.qualifier, ref.name)
                fed |= self._records(call)
        for part in rows.stack:
            fed |= self._rows(part, wanted)
        if rows.origin:
            for name in sorted(wanted):
                fed |= self._column(rows.origin, name)
        return fed
