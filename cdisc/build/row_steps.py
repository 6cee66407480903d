"""From a spec's `rows:` to the records of a dataset, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Issue, Link, Made, Selected
from cdisc.algorithms.columns.records import (
    Groups,
    exact_duplicates,
    groups_of,
    keep_ties,
    summarize,
    take_record,
    unlike,
)
from cdisc.algorithms.columns.uniques import TEXT, is_missing
from cdisc.build.calls import ROW_ORDER, Surroundings, check_result, run_call, run_record_call
from cdisc.build.evaluate import Table, condition
from cdisc.build.explain import Explanations, of_own_rows
from cdisc.build.parts import Parts
from cdisc.build.row_issues import RowIssue, untold
from cdisc.build.rowset import (
    Parents,
    Positions,
    RowSet,
    joined,
    mixed,
    named_column,
    stacked,
    taken,
)
from cdisc.build.selections import Selections
from cdisc.errors import Location, SpecError
from cdisc.model import Severity
from cdisc.spec import model
from cdisc.spec.expressions import STUDY, Expr, Ref
from cdisc.spec.model import Rows
from cdisc.spec.needs import ALL, stack_columns, step_columns


@dataclass(frozen=True, slots=True, eq=False)
class RowBuilder:
    """Builds row sets.

    `origin` gives an input or dataset with the columns asked for; `around` what calls can see;
    `per_subject` reads `DS.VAR` of a one-record-per-subject dataset for given USUBJIDs, and
    tells for which of them it has several records; `written` makes rows of what stands in the
    spec itself; `fact` tells what the study says of each row (`study.CUT`); `number` is that of a
    dataset or input among parents, `named` its name; `parts` keeps the parameters made so far,
    `selections` what conditions met.
    """

    origin: Callable[[str, frozenset[str]], RowSet]
    around: Callable[[Callable[[Ref], pd.Series[Any]], int, Location], Surroundings]
    per_subject: Callable[[Ref, pd.Series[Any], Location], tuple[pd.Series[Any], Positions]]
    written: Callable[[Rows], RowSet]
    fact: Callable[[Ref, RowSet], pd.Series[Any]]
    number: Callable[[str], int]
    named: Callable[[int], str]
    parts: Parts
    selections: Selections
    issues: list[RowIssue] = field(default_factory=list)
    explained: Explanations = field(default_factory=Explanations)

    def build(self, rows: Rows, wanted: frozenset[str]) -> RowSet:
        """The records that `rows` describes, with the `wanted` columns among theirs."""
        needed = step_columns(rows, wanted)
        if rows.origin in self.parts.known:
            found = self.parts.rows(rows.origin)
        elif rows.origin:
            found = self.origin(rows.origin, needed)
        elif rows.values:
            found = self.written(rows)
        elif rows.stack:
            columns = stack_columns(rows, needed)
            parts = [self.build(*part) for part in zip(rows.stack, columns, strict=True)]
            found = _stacked(parts, rows.at)
        else:
            raise SpecError("there are no records: the list is empty", at=rows.at)
        if rows.where is not None:
            found = self._filter(found, rows.where, rows)
        for name, call in rows.columns.items():
            result = run_call(call, self._around(found, call.at))
            for issue in check_result(result, found.count, call):
                self._note(issue, found, call.at)
            told = tuple(of_own_rows(result.considered, found, self.named))
            found = self.explained.of_rows(found, told, name)
            found = found.with_columns({name: result.values.reset_index(drop=True)})
            found = self._linked(found, result.links)
        if rows.unpivot is not None:
            later = replace(rows, where=None, columns={}, unpivot=None)
            found = self._unpivot(found, rows.unpivot, step_columns(later, wanted))
        if rows.take is not None:
            found = self._take(found, rows.take)
        if rows.deduplicate is not None:
            found = self._deduplicate(found, rows.deduplicate)
        if rows.summarize is not None:
            found = self._summarize(found, rows.summarize)
        if rows.derive is not None:
            found = self._derive(found, rows.derive)
        if rows.keep is not None:
            found = self._filter(found, rows.keep, rows)
        return found if rows.parameter is None else self.parts.add(rows.parameter, found)

    def _around(self, rows: RowSet, at: Location) -> Surroundings:
        around = self.around(self._columns(rows, at), rows.count, at)
        return replace(around, records=lambda argument: self._records(argument, around))

    def _records(self, argument: model.RecordsArgument, around: Surroundings) -> Selected:
        """Records of another dataset, or those of an earlier parameter of this one."""
        if argument.dataset not in self.parts.known:
            return around.records(argument)
        selected, count = self.parts.records(argument)
        return self.selections.records(argument, selected, count)

    def _linked(self, rows: RowSet, links: tuple[Link, ...]) -> RowSet:
        """The rows with the records of other datasets that they were read from."""
        parents = [
            Parents(
                link.rows.astype(np.int32),
                np.full(len(link.rows), self.number(link.dataset), dtype=np.int16),
                link.parent_rows.astype(np.int32),
            )
            for link in links
            if len(link.rows)
        ]
        return rows.with_parents(parents) if parents else rows

    def _columns(self, rows: RowSet, at: Location) -> Callable[[Ref], pd.Series[Any]]:
        def column(ref: Ref) -> pd.Series[Any]:
            if ref == ROW_ORDER:
                return pd.Series(np.arange(rows.count, dtype=np.float64))
            if ref.qualifier == STUDY:
                return self.fact(ref, rows)
            if ref.qualifier and ref.qualifier != "source":
                return self._of_subject(ref, rows, at)
            return named_column(rows, ref.name, at)

        return column

    def _of_subject(self, ref: Ref, rows: RowSet, at: Location) -> pd.Series[Any]:
        values, several = self.per_subject(ref, named_column(rows, "USUBJID", at), at)
        message = f"{ref.qualifier} has several records of a subject"
        known = any(told.at == at and told.issue.message == message for told in self.issues)
        if len(several) and not known:
            self._note(Issue("lookup.several", message, several, Severity.ERROR), rows, at)
        return values

    def _note(self, issue: Issue, rows: RowSet, at: Location) -> None:
        # findings need the place of a record, not its columns, which may be large
        self.issues.append(RowIssue(issue, rows.only(("USUBJID",)), at))

    def _filter(self, rows: RowSet, expression: Expr, spec: Rows) -> RowSet:
        at = spec.at
        keep = condition(expression, Table(self._columns(rows, at), rows.count, at))
        kept = np.flatnonzero(keep)
        self.selections.rows(spec, expression, rows.count, len(kept))
        return rows if len(kept) == rows.count else rows.take(kept)

    def _unpivot(self, rows: RowSet, step: model.Unpivot, wanted: frozenset[str]) -> RowSet:
        if not step.each:
            raise SpecError("there are no records: each is empty", at=step.at)
        cells = {
            name: [_cell(rows, test.get(name), step.at) for test in step.each.values()]
            for name in step.columns
        }
        present = [
            _with_any([cells[name][number] for name in step.drop_if_missing], rows.count)
            for number in range(len(step.each))
        ]
        counts = [len(positions) for positions in present]
        row = np.concatenate(present)
        # the records of one raw row stay together: that is the order of the source
        order = np.argsort(row, kind="stable")
        test = np.repeat(np.arange(len(counts)), counts)[order]
        made = {step.name: taken(pd.Series(list(step.each), dtype=TEXT), test)}
        for name, parts in cells.items():
            columns = [
                taken(part, positions) if isinstance(part, pd.Series) else part
                for part, positions in zip(parts, present, strict=True)
            ]
            made[name] = _unpivoted(columns, counts, order, test, name, step.at)
        kept = rows if wanted >= ALL else rows.only(wanted - made.keys())
        return kept.take(row[order]).with_columns(made)

    def _take(self, rows: RowSet, step: model.TakeRecord) -> RowSet:
        by = [named_column(rows, name, step.at) for name in step.by]
        order = [named_column(rows, name, step.at) for name in step.order]
        found = take_record(by, order, last=step.record == "last")
        if len(found.tied):
            message = (
                f"several records are {step.record} by {', '.join(step.order)}; "
                f"the {step.record} in the file was taken"
            )
            issue = Issue("rows.tie", message, found.tied, Severity.WARNING)
            self._note(issue, rows, step.at)
        return rows.take(found.kept)

    def _deduplicate(self, rows: RowSet, step: model.Deduplicate) -> RowSet:
        if step.by:
            by = [named_column(rows, name, step.at) for name in step.by]
            order = [named_column(rows, name, step.at) for name in step.order]
            found = take_record(by, order, last=step.keep == "last")
            if step.ties == "keep_all":
                found = keep_ties(found, by, order)
            message = (
                f"a repeated record for {', '.join(step.by)} was dropped; "
                f"the {step.keep} by {', '.join(step.order)} is kept"
            )
        else:
            found = exact_duplicates(list(rows.columns.values()))
            message = "an exact duplicate of an earlier record was dropped"
        if len(found.dropped):
            issue = Issue("rows.duplicate_dropped", message, found.dropped, Severity.WARNING)
            self._note(issue, rows, step.at)
        if len(found.tied) and step.ties == "keep_all":
            issue = Issue(
                "rows.undecided",
                f"repeated records for {', '.join(step.by)} do not differ in "
                f"{', '.join(step.order)}; all are kept",
                found.tied,
                Severity.ERROR,
                hint="Ask the source which one stands",
            )
            self._note(issue, rows, step.at)
        elif len(found.tied):
            issue = Issue(
                "rows.tie",
                f"repeated records for {', '.join(step.by)} do not differ in "
                f"{', '.join(step.order)}; the {step.keep} in the file is kept",
                found.tied,
                Severity.WARNING,
            )
            self._note(issue, rows, step.at)
        return rows.take(found.kept)

    def _summarize(self, rows: RowSet, step: model.Summarize) -> RowSet:
        by = {name: named_column(rows, name, step.at) for name in step.by}
        groups = groups_of(list(by.values()))
        columns = {name: column.take(groups.first) for name, column in by.items()}
        for name, (function, of) in step.columns.items():
            values = named_column(rows, of, step.at)
            _refuse_text(function, values, of, step.at)
            columns[name] = summarize(values, groups, function)
            if function == "same" and len(odd := unlike(values, groups)):
                message = f"{of} differs within one {', '.join(step.by)}: {{value}}"
                found = values.take(odd).reset_index(drop=True)
                issue = Issue("rows.not_the_same", message, odd, Severity.ERROR, found)
                self._note(issue, rows, step.at)
        parents = Parents(
            groups.of[rows.parents.child].astype(np.int32), rows.parents.table, rows.parents.row
        )
        return RowSet(
            {name: column.reset_index(drop=True) for name, column in columns.items()},
            groups.count,
            rows.raw_table[groups.first],
            rows.raw_row[groups.first],
            parents,
        )

    def _derive(self, rows: RowSet, step: model.Derive) -> RowSet:
        by = {name: named_column(rows, name, step.at) for name in step.by}
        groups = groups_of(list(by.values()))
        around = replace(self._around(rows, step.at), groups=groups)
        made = run_record_call(step.call, around)
        for issue in made.issues:
            if (rest := untold(issue, rows, self.issues)) is not None:
                self._note(rest, rows, step.at)
        linked = self._linked(_derived(rows, by, groups, made), made.links)
        told = tuple(of_own_rows(made.considered, rows, self.named))
        return self.explained.of_rows(linked, told)


def _derived(rows: RowSet, by: dict[str, pd.Series[Any]], groups: Groups, made: Made) -> RowSet:
    """New records: the columns of their group, those made, and the rows they were made of."""
    columns = {name: taken(column, groups.first[made.group]) for name, column in by.items()}
    named = np.zeros(len(made.group), dtype=np.bool_)
    named[made.record] = True
    # a record that names no rows comes from all rows of its group
    rest = np.flatnonzero(~named)
    order = np.argsort(groups.of, kind="stable")
    starts = np.searchsorted(groups.of[order], made.group[rest], side="left")
    sizes = np.searchsorted(groups.of[order], made.group[rest], side="right") - starts
    offset = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    record = np.concatenate([made.record, np.repeat(rest, sizes)])
    row = np.concatenate([made.row, order[np.repeat(starts, sizes) + offset]])
    edges = rows.parents.take(row, rows.count)
    first = groups.first[made.group]
    return RowSet(
        {
            **columns,
            **{name: column.reset_index(drop=True) for name, column in made.columns.items()},
        },
        len(made.group),
        rows.raw_table[first],
        rows.raw_row[first],
        Parents(record[edges.child].astype(np.int32), edges.table, edges.row),
    )


def _stacked(parts: list[RowSet], at: Location) -> RowSet:
    for name in dict.fromkeys(name for part in parts for name in part.columns):
        if mixed(part.columns.get(name) for part in parts):
            raise SpecError(
                f"{name} is text in one part and a number in another",
                at=at,
                hint=f"Make it the same in all, e.g. set: {{{name}: {{number: {name}}}}}",
            )
    return stacked(parts)


Cell = pd.Series | str | None


def _cell(rows: RowSet, cell: str | model.PlainArgument | None, at: Location) -> Cell:
    """A column, one text for all rows, or nothing."""
    if isinstance(cell, str):
        return named_column(rows, cell, at)
    return None if cell is None else str(cell.value)


def _with_any(cells: list[Cell], count: int) -> Positions:
    """The rows where any of the cells has a value; all rows when there are no cells."""
    absent = np.full(count, bool(cells))
    for cell in cells:
        if isinstance(cell, pd.Series):
            absent &= is_missing(cell)
        elif cell is not None:
            absent[:] = False
    return np.flatnonzero(~absent)


def _unpivoted(
    parts: list[Cell], counts: list[int], order: Positions, test: Positions, name: str, at: Location
) -> pd.Series[Any]:
    """The cells of one column: part by part `counts` values, put in `order`."""
    if not any(isinstance(part, pd.Series) for part in parts):
        return taken(pd.Series(parts, dtype=TEXT), test)
    columns = [
        _repeated(part, count) if isinstance(part, str) else part
        for part, count in zip(parts, counts, strict=True)
    ]
    if mixed(columns):
        raise SpecError(
            f"{name} takes text from one column and numbers from another",
            at=at,
            hint="Make them all numbers before, e.g. set: {COLUMN: {number: COLUMN}}",
        )
    return taken(joined(columns, counts), order)


def _refuse_text(function: str, values: pd.Series[Any], name: str, at: Location) -> None:
    if function in ("sum", "min", "max") and not pd.api.types.is_numeric_dtype(values.dtype):
        dates = "" if function == "sum" else "; dates have earliest and latest"
        raise SpecError(
            f"{name} is text, which has no {function}",
            at=at,
            hint=f"Make it a number before: set: {{{name}: {{number: {name}}}}}{dates}",
        )


def _repeated(text: str, count: int) -> pd.Series[Any]:
    return taken(pd.Series([text], dtype=TEXT), np.zeros(count, dtype=np.int64))
