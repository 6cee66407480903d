"""Which columns of which inputs feed a variable: followed through the specs.

A column feeds a variable when its value can become the variable's, or decides it: what an
algorithm reads, through variables of other datasets, lookups and row steps. What only chooses or
orders records (`where`, `match`, `by`, `order`, `subject`) does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from cdisc.spec.expressions import Ref
from cdisc.spec.model import Call, DatasetSpec, Rows
from cdisc.spec.needs import AUTOMATIC, argument_refs, call_records, call_refs, meaning

ROWS = "rows"
"""The role of the records that a record was made of; other roles are lookups and variables."""

_GROUPING = frozenset({"by", "order", "subject"})


class Feed(NamedTuple):
    """A column of a source or table."""

    origin: str
    column: str


class Read(NamedTuple):
    """A column that a dataset reads itself, and the role of the records it is read from."""

    role: str
    origin: str
    column: str


class Reading(NamedTuple):
    """What a variable is made of: variables of its own dataset, itself first, and columns read."""

    variables: tuple[str, ...]
    reads: frozenset[Read]


class Follow(Protocol):
    """Which records of an origin some records of a dataset go back to.

    Given the dataset, its records, a role (`rows`, a lookup's name, a variable's) and an origin,
    the records there; None where there are none. What records are is the follower's own affair.
    """

    def __call__(self, dataset: str, records: Any, role: str, origin: str, /) -> Any:
        """The records of the origin."""


def everything(_dataset: str, records: Any, _role: str, _origin: str) -> Any:
    """The follower that looks at no data: every origin that a spec names is reached."""
    return records


def feeds(
    datasets: Mapping[str, DatasetSpec],
    dataset: str,
    variable: str,
    *,
    follow: Follow = everything,
    records: Any = "",
    codes: Collection[str] = (),
) -> frozenset[Feed]:
    """The columns that feed a variable or supplemental qualifier of a dataset.

    Nothing feeds a constant. A name that is not in `datasets` is that of an input.

    Args:
        datasets: the specs by name.
        dataset: the name of one of them.
        variable: one of its variables or qualifiers.
        follow: leaves out the origins that the records do not go back to.
        records: the records that it is about, as `follow` understands them.
        codes: tests the records are of; of the tests of an `unpivot` only these are read.
    """
    return frozenset(
        _Search(datasets, follow, frozenset(codes)).variable(dataset, variable, records)
    )


def reading(
    datasets: Mapping[str, DatasetSpec], dataset: str, variable: str, *, codes: Collection[str] = ()
) -> Reading:
    """What a variable or qualifier is made of within its dataset, one step back from it.

    Args:
        datasets: the specs by name.
        dataset: the name of one of them.
        variable: one of its variables or qualifiers.
        codes: tests the record is of; of the tests of an `unpivot` only these are read.
    """
    search = _Search(datasets, everything, frozenset(codes), further=False)
    search.variable(dataset, variable, "")
    return Reading(tuple(search.met_names), frozenset(search.reads))


def _feeding(call: Call) -> Iterator[Ref]:
    """The names whose values a call uses, without those that only group or order records."""
    for name, argument in call.arguments.items():
        if name not in _GROUPING:
            yield from argument_refs(argument, ())


class _Search:
    """One search; a variable met again with the same records adds nothing new."""

    def __init__(
        self,
        datasets: Mapping[str, DatasetSpec],
        follow: Follow,
        codes: frozenset[str],
        *,
        further: bool = True,
    ) -> None:
        self.datasets = datasets
        self.follow = follow
        self.codes = codes
        self.further = further
        """Whether to go on into other datasets; otherwise `reads` holds what is read of them."""
        self.met: set[tuple[str, str, Any]] = set()
        self.met_names: list[str] = []
        self.reads: set[Read] = set()

    def variable(self, dataset: str, name: str, records: Any) -> set[Feed]:
        if (dataset, name, records) in self.met:
            return set()
        self.met.add((dataset, name, records))
        self.met_names.append(name)
        spec = self.datasets[dataset]
        found = spec.variables.get(name) or spec.supplemental.get(name)
        return set() if found is None else self._call(found.call, spec, name, records)

    def _call(self, call: Call, spec: DatasetSpec, inside: str, records: Any) -> set[Feed]:
        fed: set[Feed] = set()
        for ref in _feeding(call):
            match meaning(ref, spec, inside):
                case "own":
                    if ref.name in spec.variables or ref.name not in AUTOMATIC:
                        fed |= self.variable(spec.name, ref.name, records)
                case "source":
                    fed |= self._rows(spec.name, spec.rows, {ref.name}, records)
                case "lookup":
                    lookup = spec.lookups.get(ref.qualifier)
                    origin = lookup.origin if lookup else ref.qualifier
                    fed |= self._column(spec.name, origin, ref, ref.qualifier, records)
        return fed | self._records(call, spec.name, inside, records)

    def _records(self, call: Call, dataset: str, role: str, records: Any) -> set[Feed]:
        fed: set[Feed] = set()
        for selection in call_records(call):
            for what, ref in selection.columns.items():
                if what != "by":
                    fed |= self._column(dataset, selection.dataset, ref, role, records)
        return fed

    def _column(self, dataset: str, origin: str, ref: Ref, role: str, records: Any) -> set[Feed]:
        own = self.datasets[dataset].rows.parameters
        if not self.further:
            self.reads.add(Read(role, dataset if origin in own else origin, ref.name))
            return set()
        if origin in own:
            return self._rows(dataset, own[origin], {ref.name}, records)
        there = self.follow(dataset, records, role, origin)
        if there is None:
            return set()
        if origin in self.datasets:
            return self.variable(origin, ref.name, there)
        return {Feed(origin, ref.name)}

    @staticmethod
    def _tests_of(rows: Rows) -> set[str]:
        """The texts by which rows call their tests: those of an unpivot, and constants."""
        calls = (call for call in rows.columns.values() if call.algorithm.name == "constant")
        texts = {call.texts["value"] for call in calls}
        return texts | set(rows.unpivot.each if rows.unpivot else ())

    def _rows(self, dataset: str, rows: Rows, names: Iterable[str], records: Any) -> set[Feed]:
        """The columns that feed these columns of rows, step by step backwards."""
        wanted = set(names)
        fed: set[Feed] = set()
        if rows.derive:
            made = wanted - set(rows.derive.by)
            wanted -= made
            if made:
                wanted |= {ref.name for ref in call_refs(rows.derive.call, ())}
                fed |= self._records(rows.derive.call, dataset, ROWS, records)
        if rows.summarize:
            summed = rows.summarize.columns
            wanted = {summed[name][1] if name in summed else name for name in wanted}
        if rows.unpivot:
            tests = rows.unpivot.each
            asked = [tests[code] for code in tests if code in self.codes] or list(tests.values())
            cells = [test.get(name) for name in wanted for test in asked]
            wanted -= {rows.unpivot.name, *rows.unpivot.columns}
            wanted |= {cell for cell in cells if isinstance(cell, str)}
        for name, call in reversed(list(rows.columns.items())):
            if name in wanted:
                wanted.discard(name)
                for ref in _feeding(call):
                    if ref.qualifier in ("", "source"):
                        wanted.add(ref.name)
                    else:
                        fed |= self._column(dataset, ref.qualifier, ref, ROWS, records)
                fed |= self._records(call, dataset, ROWS, records)
        named = [self._tests_of(part) & self.codes for part in rows.stack]
        of_parameters = bool(rows.parameters.keys() & self.codes)
        of_tests = {part.unpivot.name for part in rows.stack if part.unpivot}
        for part, here in zip(rows.stack, named, strict=True):
            # another parameter than those asked for; one without a label names its own
            if of_parameters and part.parameter and part.parameter.name not in self.codes:
                continue
            # the tests asked for are those of another part of the stack
            if any(named) and not here and (part.unpivot or of_tests & set(part.columns)):
                continue
            fed |= self._rows(dataset, part, wanted, records)
        if rows.origin:
            for name in sorted(wanted):
                fed |= self._column(dataset, rows.origin, Ref(name), ROWS, records)
        return fed
