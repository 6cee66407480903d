"""The engine: computes every node of the graph once, in order, and remembers it.

It alone changes datasets. Algorithms get columns and return columns; everything they and the
steps here have to say is kept with the rows it is about, to become findings at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Issue, Link, Selected
from cdisc.algorithms.columns.uniques import TEXT
from cdisc.build.calls import (
    ROW_ORDER,
    Surroundings,
    check_result,
    no_level_terms,
    run_call,
    select,
)
from cdisc.build.casting import cast
from cdisc.build.explain import ValueConsidered, about, about_rows
from cdisc.build.inputs import Inputs
from cdisc.build.lookups import has_value, match_rows, match_texts, none_found, one_of, rows_found
from cdisc.build.missing_columns import in_its_file
from cdisc.build.parts import Parts
from cdisc.build.row_issues import RowIssue, ValueIssue
from cdisc.build.row_steps import RowBuilder
from cdisc.build.rowset import NoColumnError, Parents, RowSet, named_column, taken
from cdisc.build.selections import Selections
from cdisc.build.standard import variable_codelist, variable_type
from cdisc.errors import Location, SpecError
from cdisc.model import Codelist, Severity
from cdisc.spec import StudySpec, model
from cdisc.spec.expressions import CUT, Ref
from cdisc.spec.model import DatasetSpec, Rows, VariableSpec
from cdisc.spec.needs import Node, automatic, meaning, source_columns

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ValueLink:
    """Which records a variable of a dataset was read from."""

    dataset: str
    variable: str
    link: Link


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A dataset as an earlier stage of the build left it, in submission order.

    `rows` (no columns) says where its records come from; `values` are variables that may be read.
    """

    rows: RowSet
    values: Mapping[str, pd.Series[Any]]


class Engine:
    """The state of one build; `given` are datasets built before; `explain`: ask for reasons."""

    def __init__(
        self,
        study: StudySpec,
        inputs: Inputs,
        given: Mapping[str, Given] | None = None,
        explain: bool = False,
    ) -> None:
        self.study = study
        self.inputs = inputs
        self.parent_names = (*(f"raw:{name}" for name in inputs.order), *study.datasets)
        before = given or {}
        self.rows = {name: one.rows for name, one in before.items()}
        self.values = {name: dict(one.values) for name, one in before.items()}
        self.supplemental: dict[str, dict[str, pd.Series[Any]]] = {}
        self.found: dict[tuple[str, str], Positions] = {}
        self.value_issues: list[ValueIssue] = []
        self.row_issues: list[tuple[str, RowIssue]] = []
        self.links: list[ValueLink] = []
        self.selections = Selections()
        self.explain = explain
        self.considered: list[ValueConsidered] = []
        self._tables: dict[str, RowSet] = {}

    def compute(self, nodes: Iterable[Node], progress: Callable[[Node], None]) -> None:
        """Compute the nodes, which must come in the order of the graph."""
        for node in nodes:
            try:
                self._compute(node, self.study.datasets[node.dataset])
            except NoColumnError as error:
                raise in_its_file(error, self.study, self.inputs, self.parent_names) from None
            progress(node)

    def _compute(self, node: Node, spec: DatasetSpec) -> None:
        match node.kind:
            case "rows":
                self._rows(spec)
            case "lookup":
                self.found[(spec.name, node.name)] = self._lookup(spec, node.name)
            case "variable":
                self._variable(spec, spec.variables[node.name], self.values[spec.name])
            case "supplemental":
                variable = spec.supplemental[node.name]
                self._variable(spec, variable, self.supplemental[spec.name])

    # ---- rows ----------------------------------------------------------------------

    def _rows(self, spec: DatasetSpec) -> None:
        columns = source_columns(spec)
        builder = RowBuilder(
            self._origin,
            self._around_rows,
            self._per_subject,
            lambda rows: self._written(spec, rows),
            self._fact,
            self.parent,
            lambda number: self.parent_names[number].removeprefix("raw:"),
            Parts(spec.name, self.parent(spec.name)),
            self.selections,
        )
        rows = builder.build(spec.rows, frozenset(columns))
        for name, at in columns.items():
            named_column(rows, name, at)
        self.rows[spec.name] = rows.only(columns)
        self.considered += about_rows(spec, builder.explained, rows)
        self.row_issues += [(spec.name, issue) for issue in builder.issues]
        self.values[spec.name] = {}
        self.supplemental[spec.name] = {}

    def _origin(self, name: str, columns: frozenset[str]) -> RowSet:
        """An input or dataset as the start of another dataset's rows."""
        parent = self.parent(name)
        if name not in self.study.datasets:
            rows = self.inputs.rows(name, parent)
            return rows if "*" in columns else rows.only(columns)
        rows = self.rows[name]
        values = self.columns_of(name)
        wanted = values if "*" in columns else [n for n in values if n in columns]
        index = np.arange(rows.count, dtype=np.int32)
        parents = Parents(index, np.full(rows.count, parent, dtype=np.int16), index)
        given = automatic(self.study.datasets[name])
        own = {name_: self.constant(name, name_) for name_ in given if name_ in columns}
        return RowSet(
            {**own, **{column: values[column] for column in wanted}},
            rows.count,
            rows.raw_table,
            rows.raw_row,
            parents,
            tuple(column for column in values if column not in wanted),
        )

    def _written(self, spec: DatasetSpec, rows: Rows) -> RowSet:
        """Records written in the spec itself; their raw place is a line of the spec."""
        names = list(dict.fromkeys(name for cells, _ in rows.values for name in cells))
        count = len(rows.values)
        columns = {
            name: pd.Series([cells.get(name) for cells, _ in rows.values], dtype=TEXT)
            for name in names
        }
        lines = np.array([(at.line or 0) for _, at in rows.values], dtype=np.int32)
        spec_number = -1 - list(self.study.datasets).index(spec.name)
        table = np.full(count, spec_number, dtype=np.int16)
        empty = np.empty(0, dtype=np.int32)
        parents = Parents(empty, np.empty(0, dtype=np.int16), empty)
        return RowSet(columns, count, table, lines, parents)

    def _around_rows(
        self, column: Callable[[Ref], pd.Series[Any]], count: int, at: Location
    ) -> Surroundings:
        return Surroundings(
            column,
            count,
            self._records,
            self._no_terms(at),
            no_level_terms,
            self._table(at),
            None,
            at,
            explaining=self.explain,
        )

    def _per_subject(
        self, ref: Ref, subjects: pd.Series[Any], at: Location
    ) -> tuple[pd.Series[Any], Positions]:
        found, several = self._match([subjects], ref.qualifier, ["USUBJID"], None, "one", (), at)
        return taken(self._column_of(ref.qualifier, ref.name, at), found), several

    # ---- lookups -------------------------------------------------------------------

    def _lookup(self, spec: DatasetSpec, name: str) -> Positions:
        lookup = spec.lookups.get(name)
        if lookup is None:
            at = spec.at
            ours = [self._own_column(spec, Ref("USUBJID"), "", at)]
            found, several = self._match(ours, name, ["USUBJID"], None, "one", (), at)
            self._note_several(spec, name, ours, several, at, "has several records of the subject")
            return found
        ours = [self._own_column(spec, ref, "", lookup.at) for ref in lookup.match.values()]
        theirs = list(lookup.match)
        found, several = self._match(
            ours, lookup.origin, theirs, lookup.where, lookup.take, lookup.order, lookup.at
        )
        message = f"has several records with {', '.join(theirs)}"
        if lookup.take != "one":
            message = f"has records that tie in {', '.join(lookup.order)} for {', '.join(theirs)}"
        self._note_several(spec, name, ours, several, lookup.at, message)
        self.selections.matches(lookup, has_value(ours), found >= 0, several)
        none = none_found(lookup, ours, found, several)
        if none is not None:
            self.value_issues.append(ValueIssue(none, spec.name, "", lookup.at))
        return found

    def _match(
        self,
        ours: list[pd.Series[Any]],
        origin: str,
        theirs: list[str],
        where: Any,
        take: str,
        order: tuple[str, ...],
        at: Location,
    ) -> tuple[Positions, Positions]:
        """Their row for each of ours, and our rows for which several compete."""
        argument = model.RecordsArgument(
            origin, {name: Ref(name) for name in (*theirs, *order)}, where, at
        )
        selected = self._records(argument)
        our_groups, their_groups = match_rows(ours, [selected[name] for name in theirs])
        chosen, several = one_of(their_groups, [selected[name] for name in order], take=take)
        found = rows_found(our_groups, chosen)
        if len(selected.rows):
            found = np.where(found >= 0, selected.rows[np.maximum(found, 0)], -1)
        return found, np.flatnonzero(np.isin(our_groups, several))

    def _note_several(
        self,
        spec: DatasetSpec,
        name: str,
        ours: list[pd.Series[Any]],
        rows: Positions,
        at: Location,
        message: str,
    ) -> None:
        if len(rows):
            lookup = spec.lookups.get(name)
            said = f"lookup {name}: {lookup.origin if lookup else name} {message} {{value}}"
            values = match_texts(ours, rows)
            issue = Issue("lookup.several", said, rows, Severity.ERROR, values)
            self.value_issues.append(ValueIssue(issue, spec.name, "", at))

    # ---- variables -----------------------------------------------------------------

    def _variable(
        self, spec: DatasetSpec, variable: VariableSpec, into: dict[str, pd.Series[Any]]
    ) -> None:
        count = self.rows[spec.name].count

        def column(ref: Ref) -> pd.Series[Any]:
            return self._own_column(spec, ref, variable.name, variable.at)

        around = Surroundings(
            column,
            count,
            self._records,
            lambda name: self._terms(spec, variable, name),
            lambda levels: self._level_terms(spec, levels),
            self._table(variable.at),
            tuple(Ref(key) for key in spec.sort_keys(variable.name)) or (ROW_ORDER,),
            variable.at,
            explaining=self.explain,
        )
        result = run_call(variable.call, around)
        for issue in check_result(result, count, variable.call):
            self._note(spec, variable, issue)
        for link in result.links:
            self.links.append(ValueLink(spec.name, variable.name, link))
        self.considered += about(spec.name, variable.name, result.considered)
        values = result.values.reset_index(drop=True)
        if not variable.intermediate:
            values, issues = cast(values, variable_type(self.study, spec, variable))
            for issue in issues:
                self._note(spec, variable, issue)
        into[variable.name] = values

    def _note(self, spec: DatasetSpec, variable: VariableSpec, issue: Issue) -> None:
        self.value_issues.append(ValueIssue(issue, spec.name, variable.name, variable.at))

    def _own_column(self, spec: DatasetSpec, ref: Ref, inside: str, at: Location) -> pd.Series[Any]:
        rows = self.rows[spec.name]
        if ref == ROW_ORDER:
            return pd.Series(np.arange(rows.count, dtype=np.float64))
        match meaning(ref, spec, inside):
            case "own":
                if ref.name in self.values[spec.name]:
                    return self.values[spec.name][ref.name]
                return self.constant(spec.name, ref.name)
            case "source":
                return named_column(rows, ref.name, at)
            case "study":
                return self._fact(ref, rows)
        lookup = spec.lookups.get(ref.qualifier)
        origin = lookup.origin if lookup else ref.qualifier
        return taken(self._column_of(origin, ref.name, at), self.found[(spec.name, ref.qualifier)])

    # ---- the rest of the study, by name --------------------------------------------

    def constant(self, dataset: str, name: str) -> pd.Series[Any]:
        """STUDYID or DOMAIN of every row of a dataset."""
        text = self.study.info.study_id if name == "STUDYID" else dataset
        zeros = np.zeros(self.rows[dataset].count, dtype=np.int64)
        return pd.Series(pd.array([text], dtype=TEXT).take(zeros))

    def _fact(self, ref: Ref, rows: RowSet) -> pd.Series[Any]:
        """What the study says of each row: the day of the data cut of its person."""
        if ref.name != CUT:
            raise SpecError(f"the study has no {ref.name}")
        return self.inputs.cut_dates(rows)

    def _column_of(self, origin: str, name: str, at: Location) -> pd.Series[Any]:
        if origin not in self.study.datasets:
            return named_column(self._whole(origin), name, at)
        if name in automatic(self.study.datasets[origin]) and name not in self.values[origin]:
            return self.constant(origin, name)
        columns = self.columns_of(origin)
        if name not in columns:
            raise SpecError(f"{origin} has no variable {name}", at=at)
        return columns[name]

    def columns_of(self, dataset: str) -> Mapping[str, pd.Series[Any]]:
        """What others read of a dataset: its variables, and its qualifiers beside them."""
        qualifiers = self.supplemental.get(dataset)
        return {**qualifiers, **self.values[dataset]} if qualifiers else self.values[dataset]

    def _whole(self, name: str) -> RowSet:
        if name not in self._tables:
            self._tables[name] = self.inputs.rows(name, self.parent(name))
        return self._tables[name]

    def parent(self, name: str) -> int:
        """The number of a source or dataset among `parent_names`."""
        known = name if name in self.study.datasets else f"raw:{name}"
        return self.parent_names.index(known)

    def _records(self, argument: model.RecordsArgument) -> Selected:
        def column(ref: Ref) -> pd.Series[Any]:
            return self._column_of(argument.dataset, ref.name, argument.at)

        if argument.dataset in self.study.datasets:
            count = self.rows[argument.dataset].count
        elif argument.dataset in self.inputs.tables:
            count = self._whole(argument.dataset).count
        else:
            raise SpecError(f"there is no dataset or source {argument.dataset}", at=argument.at)
        return self.selections.records(argument, select(argument, column, count), count)

    def _terms(self, spec: DatasetSpec, variable: VariableSpec, name: str) -> Codelist:
        wanted = name or variable_codelist(self.study, spec, variable)
        found = self.study.codelists.find(wanted) if wanted else None
        if found is None:
            what = f"no codelist {wanted}" if wanted else "no one codelist"
            raise SpecError(
                f"the standard gives {variable.name} {what}",
                at=variable.at,
                hint=self.study.codelists.hint(wanted) if wanted else "Name it: codelist: ...",
            )
        return found

    def _no_terms(self, at: Location) -> Callable[[str], Codelist]:
        def terms(name: str) -> Codelist:
            found = self.study.codelists.find(name)
            if found is None:
                hint = self.study.codelists.hint(name)
                raise SpecError(f"there is no codelist {name}", at=at, hint=hint)
            return found

        return terms

    def _level_terms(
        self, spec: DatasetSpec, levels: model.LevelTermsArgument
    ) -> dict[str, Codelist]:
        """The codelists that value levels give a variable, by code."""
        named = spec.level_codelists(levels.variable)
        return {code: self._no_terms(levels.at)(name) for code, name in named.items()}

    def _table(self, at: Location) -> Callable[[str], pd.DataFrame]:
        def table(name: str) -> pd.DataFrame:
            if name in self.inputs.tables:
                return self.inputs.tables[name].frame
            raise SpecError(f"study.yaml declares no table {name}", at=at)

        return table
