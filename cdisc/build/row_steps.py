"""From a spec's `rows:` to the records of a dataset, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.records import (
    exact_duplicates,
    groups_of,
    summarize,
    take_record,
    unlike,
)
from cdisc.algorithms.uniques import TEXT, is_missing
from cdisc.build.calls import ROW_ORDER, Surroundings, check_result, run_call
from cdisc.build.evaluate import Table, condition
from cdisc.build.rowset import Parents, RowSet, stacked
from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.model import Severity
from cdisc.spec import model
from cdisc.spec.expressions import Ref
from cdisc.spec.model import Rows
from cdisc.spec.needs import ALL, step_columns


@dataclass(frozen=True, slots=True, eq=False)
class RowIssue:
    """An issue about rows at some step, with the rows as they were at that step."""

    issue: Issue
    rows: RowSet
    at: Location


@dataclass(frozen=True, slots=True, eq=False)
class RowBuilder:
    """Builds row sets.

    `origin` gives an input or dataset with the columns asked for; `around` what calls can see;
    `per_subject` reads `DS.VAR` of a one-record-per-subject dataset for given USUBJIDs;
    `written` makes rows of what stands in the spec itself.
    """

    origin: Callable[[str, frozenset[str]], RowSet]
    around: Callable[[Callable[[Ref], pd.Series[Any]], int, Location], Surroundings]
    per_subject: Callable[[Ref, pd.Series[Any], Location], pd.Series[Any]]
    written: Callable[[Rows], RowSet]
    issues: list[RowIssue] = field(default_factory=list)

    def build(self, rows: Rows, wanted: frozenset[str]) -> RowSet:
        """The records that `rows` describes, with the `wanted` columns among theirs."""
        needed = step_columns(rows, wanted)
        if rows.origin:
            found = self.origin(rows.origin, needed)
        elif rows.values:
            found = self.written(rows)
        else:
            found = stacked([self.build(part, needed) for part in rows.stack])
        if rows.where is not None:
            found = self._filter(found, rows.where, rows.at)
        for name, call in rows.columns.items():
            around = self.around(self._columns(found, call.at), found.count, call.at)
            result = run_call(call, around)
            for issue in check_result(result, found.count, call):
                self.issues.append(RowIssue(issue, found, call.at))
            found = found.with_columns({name: result.values.reset_index(drop=True)})
        if rows.unpivot is not None:
            later = replace(rows, where=None, columns={}, unpivot=None)
            found = self._unpivot(found, rows.unpivot, step_columns(later, wanted))
        if rows.take is not None:
            found = self._take(found, rows.take)
        if rows.deduplicate is not None:
            found = self._deduplicate(found, rows.deduplicate)
        if rows.summarize is not None:
            found = self._summarize(found, rows.summarize)
        if rows.keep is not None:
            found = self._filter(found, rows.keep, rows.at)
        return found

    def _columns(self, rows: RowSet, at: Location) -> Callable[[Ref], pd.Series[Any]]:
        def column(ref: Ref) -> pd.Series[Any]:
            if ref == ROW_ORDER:
                return pd.Series(np.arange(rows.count, dtype=np.float64))
            if ref.qualifier and ref.qualifier != "source":
                return self.per_subject(ref, named_column(rows, "USUBJID", at), at)
            return named_column(rows, ref.name, at)

        return column

    def _filter(self, rows: RowSet, expression: Any, at: Location) -> RowSet:
        keep = condition(expression, Table(self._columns(rows, at), rows.count, at))
        return rows if keep.all() else rows.take(np.flatnonzero(keep))

    def _unpivot(self, rows: RowSet, step: model.Unpivot, wanted: frozenset[str]) -> RowSet:
        parts = []
        kept = rows if wanted >= ALL else rows.only(wanted)
        for test, cells in step.each.items():
            made = {step.name: _repeated(test, rows.count)}
            for name in step.columns:
                cell = cells.get(name)
                if isinstance(cell, str):
                    made[name] = named_column(rows, cell, step.at)
                else:
                    made[name] = _repeated(None if cell is None else cell.value, rows.count)
            part = kept.with_columns(made)
            if step.drop_if_missing:
                absent = np.logical_and.reduce([is_missing(made[n]) for n in step.drop_if_missing])
                part = part.take(np.flatnonzero(~absent)) if absent.any() else part
            parts.append(part)
        return stacked(parts)

    def _take(self, rows: RowSet, step: model.TakeRecord) -> RowSet:
        by = [named_column(rows, name, step.at) for name in step.by]
        order = [named_column(rows, name, step.at) for name in step.order]
        taken = take_record(by, order, last=step.record == "last")
        if len(taken.tied):
            message = (
                f"several records are {step.record} by {', '.join(step.order)}; "
                f"the {step.record} in the file was taken"
            )
            issue = Issue("rows.tie", message, taken.tied, Severity.WARNING)
            self.issues.append(RowIssue(issue, rows, step.at))
        return rows.take(taken.kept)

    def _deduplicate(self, rows: RowSet, step: model.Deduplicate) -> RowSet:
        if step.by:
            by = [named_column(rows, name, step.at) for name in step.by]
            order = [named_column(rows, name, step.at) for name in step.order]
            taken = take_record(by, order, last=step.keep == "last")
            message = (
                f"a repeated record for {', '.join(step.by)} was dropped; "
                f"the {step.keep} by {', '.join(step.order)} is kept"
            )
        else:
            taken = exact_duplicates(list(rows.columns.values()))
            message = "an exact duplicate of an earlier record was dropped"
        if len(taken.dropped):
            issue = Issue("rows.duplicate_dropped", message, taken.dropped, Severity.WARNING)
            self.issues.append(RowIssue(issue, rows, step.at))
        if len(taken.tied):
            issue = Issue(
                "rows.tie",
                f"repeated records for {', '.join(step.by)} do not differ in "
                f"{', '.join(step.order)}; the {step.keep} in the file is kept",
                taken.tied,
                Severity.WARNING,
            )
            self.issues.append(RowIssue(issue, rows, step.at))
        return rows.take(taken.kept)

    def _summarize(self, rows: RowSet, step: model.Summarize) -> RowSet:
        by = {name: named_column(rows, name, step.at) for name in step.by}
        groups = groups_of(list(by.values()))
        columns = {name: column.take(groups.first) for name, column in by.items()}
        for name, (function, of) in step.columns.items():
            values = named_column(rows, of, step.at)
            columns[name] = summarize(values, groups, function)
            if function == "same" and len(odd := unlike(values, groups)):
                message = f"{of} differs within one {', '.join(step.by)}: {{value}}"
                found = values.take(odd).reset_index(drop=True)
                issue = Issue("rows.not_the_same", message, odd, Severity.ERROR, found)
                self.issues.append(RowIssue(issue, rows, step.at))
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


def named_column(rows: RowSet, name: str, at: Location) -> pd.Series[Any]:
    """A column of the records. Raises SpecError with the nearest name when there is none."""
    if name not in rows.columns:
        shown = ", ".join(list(rows.columns)[:12])
        hint = did_you_mean(name, rows.columns) or f"There are {shown}"
        raise SpecError(f"there is no column {name}", at=at, hint=hint)
    return rows.columns[name]


def _repeated(text: str | None, count: int) -> pd.Series[Any]:
    values = pd.array([text], dtype=TEXT)
    return pd.Series(values.take(np.zeros(count, dtype=np.int64)))
