"""Whether every name in a spec stands for something: origins, columns, variables, tables.

The columns of a source are known when study.yaml lists its `columns`; those of a dataset
always. Where they are not known, a name is left for the build to resolve.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

from cdisc.errors import Location, did_you_mean
from cdisc.spec import model
from cdisc.spec.expressions import FACTS, STUDY, Expr, Ref, refs
from cdisc.spec.model import Call, DatasetSpec, Lookup, VariableSpec
from cdisc.spec.needs import automatic, call_records, call_refs, meaning
from cdisc.spec.notes import Notes, nearest, step
from cdisc.spec.selections import Taken, conditions
from cdisc.spec.study import StudySpec

Columns: TypeAlias = frozenset[str] | None
"""The columns of something, or None when they are only known from the data."""


class NameCheck:
    """Checks the names of one dataset's spec against everything the study declares."""

    def __init__(self, study: StudySpec, spec: DatasetSpec, notes: Notes) -> None:
        self.study = study
        self.spec = spec
        self.notes = notes
        self.parts: dict[str, Columns] = {}

    # ---- what there is ---------------------------------------------------------------

    def origin(self, name: str, at: Location) -> Columns:
        """The columns of a source, table or dataset; an error when there is none such."""
        study = self.study
        if name in self.parts:
            return self.parts[name]
        if name in self.spec.rows.parameters:
            self.notes.error(f"{name} stands below", at, "A parameter reads those above it only")
            return None
        if name in study.datasets:
            return variables_of(study.datasets[name])
        if name in study.sources:
            return study.sources[name].columns
        if name in study.tables:
            return frozenset(study.tables[name].columns) or None
        known = [*study.sources, *study.tables, *study.datasets, *self.spec.selections]
        self.notes.error(
            f"{name} is no source, table or dataset of this study",
            at,
            did_you_mean(name, known) or "Sources and tables are declared in study.yaml",
        )
        return None

    def has(self, name: str, columns: Columns, of: str, at: Location) -> None:
        """An error when `columns` are known and `name` is not one of them."""
        if columns is not None and name not in columns:
            self.notes.error(f"{of} has no column {name}", at, nearest(name, columns))

    # ---- variables, lookups ----------------------------------------------------------

    def variable(self, variable: VariableSpec, rows: Columns) -> None:
        """Checks the names that a variable's algorithm reads."""
        # what the word `keys` stands for is checked where the keys are
        for ref in call_refs(variable.call, ()):
            self._own_name(ref, variable.name, rows, variable.at)
        self.call(variable.call, variable.at)

    def lookup(self, lookup: Lookup, rows: Columns) -> None:
        """Checks a lookup's origin and the names on both sides of its match."""
        theirs = self.origin(lookup.origin, self.starts_at(lookup.taken, lookup.at))
        for name in (*lookup.match, *lookup.order):
            self.has(name, theirs, lookup.origin, lookup.at)
        for where, at in conditions(lookup.where, lookup.taken, lookup.at):
            self._condition(where, theirs, lookup.origin, at)
        for ref in lookup.match.values():
            self._own_name(ref, "", rows, lookup.at)

    def call(self, call: Call, at: Location) -> None:
        """Checks the records of other datasets and the tables that a call reads."""
        for records in call_records(call):
            taken, here = records.taken, step(records.at, at.name)
            columns = self.origin(records.dataset, self.starts_at(taken, records.at))
            for key, ref in records.columns.items():
                by_name = taken is not None and key in taken.selection.columns
                place = taken.selection.at if taken is not None and by_name else here
                self.has(ref.name, columns, records.dataset, place)
            for where, place in conditions(records.where, taken, here):
                self._condition(where, columns, records.dataset, place)
        for table in tables_of(call.arguments.values()):
            if table not in self.study.tables:
                hint = did_you_mean(table, self.study.tables)
                self.notes.error(
                    f"study.yaml declares no table {table}",
                    at,
                    hint or "Tables are declared under tables:",
                )

    def starts_at(self, taken: Taken | None, at: Location) -> Location:
        """Where the origin of records is written; that one stands below is told at its use."""
        below = taken is not None and taken.selection.dataset in self.spec.rows.parameters
        return at if taken is None or below else taken.selection.at

    def dotted(self, ref: Ref, at: Location) -> None:
        """Checks `DS.VAR`: a dataset with one record per subject that has the variable."""
        target = self.study.datasets.get(ref.qualifier)
        if target is None:
            self.notes.error(
                f"rows cannot read the lookup {ref.qualifier}",
                at,
                "Rows come before lookups; read it in a variable",
            )
        elif target is self.spec:
            self.notes.error(f"{ref} is this dataset's own", at, f"Write {ref.name}")
        elif not target.one_per_subject:
            self.notes.error(
                f"{ref} needs a lookup: {target.name} has several records per subject",
                at,
                f"Declare one under lookups: {{from: {target.name}, match: ..., take: ..., "
                "if_none: ...}",
            )
        else:
            self._variable_of(target, ref.name, at)

    def fact(self, ref: Ref, at: Location) -> None:
        """Checks `study.CUT`: a known word, for which study.yaml has an answer."""
        if ref.name not in FACTS:
            hint = did_you_mean(ref.name, FACTS) or f"There is {', '.join(FACTS)}"
            self.notes.error(f"the study has no {ref.name}", at, hint)
        elif self.study.cut is None:
            self.notes.error(
                f"{ref} is not known: study.yaml declares no cut",
                at,
                "e.g. cut: {date: 2025-06-30}",
            )

    def _variable_of(self, target: DatasetSpec, name: str, at: Location) -> None:
        known = variables_of(target)
        if name not in known:
            hint = did_you_mean(name, known)
            self.notes.error(f"{target.name} has no variable {name}", at, hint)

    def _own_name(self, ref: Ref, inside: str, rows: Columns, at: Location) -> None:
        what = meaning(ref, self.spec, inside)
        if what == "lookup":
            lookup = self.spec.lookups.get(ref.qualifier)
            if lookup is None:
                self.dotted(ref, at)
                if "USUBJID" not in self.spec.variables:
                    self.notes.error(f"{ref} is found by USUBJID, which the dataset lacks", at)
            elif lookup.origin in self.study.datasets:
                self._variable_of(self.study.datasets[lookup.origin], ref.name, at)
            elif lookup.origin in self.study.sources:
                self.has(ref.name, self.study.sources[lookup.origin].columns, lookup.origin, at)
            return
        if what == "study":
            self.fact(ref, at)
            return
        if what == "own":
            return
        if rows is None:
            near = did_you_mean(ref.name, self._dotted_names(ref))
            if near:
                self.notes.warning(f"{ref.name} is read as a source column", at, near)
        elif ref.name not in rows:
            self._no_column(ref, inside, rows, at)

    def _no_column(self, ref: Ref, inside: str, rows: frozenset[str], at: Location) -> None:
        own = frozenset() if ref.qualifier else frozenset(self.spec.variables) - {inside}
        hint = did_you_mean(ref.name, rows | own | self._dotted_names(ref))
        nor = "" if ref.qualifier or ref.name == inside else f" and no variable of {self.spec.name}"
        self.notes.error(f"{ref.name} is no column of the rows{nor}", at, hint)

    def _dotted_names(self, ref: Ref) -> frozenset[str]:
        """What may be meant when a name was taken for a source column with a dot: `persn.SITE`."""
        qualifier, dot, name = ref.name.partition(".")
        known = (*self.spec.lookups, *self.study.datasets) if dot else ()
        # only what stands before the dot is in doubt; in `IT.AETERM` it is near to no `TV`
        near = (word for word in known if did_you_mean(qualifier, [word]))
        return frozenset(f"{word}.{name}" for word in near)

    def _condition(self, condition: Expr | None, known: Columns, of: str, at: Location) -> None:
        if condition is not None:
            for ref in refs(condition):
                self.has(ref.name, known, of, at)


def variables_of(spec: DatasetSpec) -> frozenset[str]:
    """The variables and qualifiers that other specs may read from a dataset."""
    return frozenset((*spec.variables, *spec.supplemental, *automatic(spec)))


def tables_of(arguments: Iterable[model.Argument]) -> Iterator[str]:
    """The tables of study.yaml that arguments name."""
    for argument in model.leaves(arguments):
        if isinstance(argument, model.TableArgument):
            yield argument.name


def check_declared(study: StudySpec, notes: Notes) -> None:
    """One name must not be two things: source, table, dataset, or a spec's lookup."""
    for name, source in study.sources.items():
        columns = source.spec.columns
        if source.subject and columns and source.subject not in columns:
            notes.error(
                f"{name} has no column {source.subject}, which subject names",
                source.spec.at,
                nearest(source.subject, columns),
            )
    for name, table in study.tables.items():
        for others, what in ((study.sources, "source"), (study.datasets, "dataset")):
            if name in others:
                notes.error(f"{name} is also a {what}", table.at, "Give the table another name")
    taken: Collection[str] = {*study.datasets, *study.tables, *study.sources}
    for spec in study.datasets.values():
        for name, part in spec.rows.parameters.items():
            if name in study.tables or name in study.sources:
                at = part.parameter.at if part.parameter else part.at
                notes.error(f"a parameter cannot be called {name}", at, "The name is taken")
        for name, selection in spec.selections.items():
            if name in study.tables or name in study.sources or name in ("source", STUDY):
                notes.error(
                    f"a selection cannot be called {name}", selection.at, "The name is taken"
                )
        for name, lookup in spec.lookups.items():
            if name in taken or name in ("source", STUDY):
                notes.error(f"a lookup cannot be called {name}", lookup.at, "The name is taken")
