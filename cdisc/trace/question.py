"""Which record is asked about: the condition of `--where` on a dataset of a package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.uniques import distinct
from cdisc.build.evaluate import Table, condition
from cdisc.errors import Location, SpecError, UsageError, did_you_mean
from cdisc.spec import StudySpec
from cdisc.spec.expression_parser import parse_condition
from cdisc.spec.expressions import Binary, Expr, Literal, Ref, refs
from cdisc.trace.absent import equal_values, no_record_of
from cdisc.trace.package import Package

WHERE = Location("--where")


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A record of a dataset, and the variable asked for (empty: the whole record).

    `rows` are all records that the condition holds for; the first one is asked about.
    """

    dataset: str
    variable: str
    condition: str
    rows: npt.NDArray[np.int64]

    @property
    def row(self) -> int:
        """The record asked about."""
        return int(self.rows[0])


NOT_TOGETHER = "Each part holds for some records, but not all parts for one"


def asked(study: StudySpec, package: Package, dataset: str, where: str, variable: str) -> Question:
    """The question that a condition puts to a package.

    Raises UsageError for a dataset or variable that is not there, and when no record matches;
    SpecError for a condition that cannot be read. Each says what there is.
    """
    name = _dataset(study, package, dataset)
    table = package.table(name)
    asked_for = _variable(study, package, name, variable) if variable else ""
    if not where.strip():
        return Question(name, asked_for, "", np.arange(table.count))
    expression = parse_condition(where, WHERE)
    for ref in refs(expression):
        if ref.qualifier not in ("", "source", name):
            raise SpecError(
                f"{ref}: only variables of {name} itself can be asked for",
                at=WHERE,
                hint=f"Write {ref.name}, or trace {ref.qualifier}",
            )
        if ref.name not in table.names:
            hint = did_you_mean(ref.name, table.names) or f"There are {', '.join(table.names)}"
            raise UsageError(f"{name} has no variable {ref.name}", at=WHERE, hint=hint)
    columns: dict[str, pd.Series[Any]] = {}

    def column(ref: Ref) -> pd.Series[Any]:
        if ref.name not in columns:
            columns[ref.name] = package.column(name, ref.name)
        return columns[ref.name]

    known = Table(column, table.count, WHERE)
    rows = np.flatnonzero(condition(expression, known))
    if not len(rows):
        why = _why(expression, known)
        if why == NOT_TOGETHER:
            why = no_record_of(study.datasets.get(name), equal_values(expression)) or why
        raise UsageError(f"no record of {name} matches {expression}", at=WHERE, hint=why)
    return Question(name, asked_for, str(expression), rows)


def _dataset(study: StudySpec, package: Package, text: str) -> str:
    name = text.upper()
    if name in package.files:
        return name
    if name in study.datasets:
        raise UsageError(
            f"the package has no records of {name}", hint="`cdisc run` builds all datasets"
        )
    hint = did_you_mean(name, package.files) or f"There are {', '.join(package.files)}"
    raise UsageError(f"the package has no dataset {text}", hint=hint)


def _variable(study: StudySpec, package: Package, dataset: str, text: str) -> str:
    name = text.upper()
    spec = study.datasets.get(dataset)
    known = [*package.table(dataset).names, *(spec.supplemental if spec else ())]
    if name in known:
        return name
    if spec is not None and text in spec.variables:
        return text  # a step on the way, which only the spec names
    hint = did_you_mean(name, known) or f"There are {', '.join(known)}"
    raise UsageError(f"{dataset} has no variable {text}", at=Location("--variable"), hint=hint)


def _why(expression: Expr, table: Table) -> str:
    """Which part of a condition holds for no record, and what is near to what it asks for."""
    parts = list(_conjuncts(expression))
    for part in parts:
        if condition(part, table).any():
            continue
        near = _near(part, table)
        return near if len(parts) == 1 and near else f"{part} holds for none. {near}".strip()
    return NOT_TOGETHER if len(parts) > 1 else ""


def _conjuncts(expression: Expr) -> Iterator[Expr]:
    if isinstance(expression, Binary) and expression.operator == "and":
        yield from _conjuncts(expression.left)
        yield from _conjuncts(expression.right)
    else:
        yield expression


def _near(part: Expr, table: Table) -> str:
    match part:
        case Binary(operator="==", left=Ref() as ref, right=Literal(value=str(text))):
            texts = distinct(table.column(ref)).texts
            ending = [known for known in texts if text and known.endswith(text)]
            if len(ending) == 1:
                return f"Did you mean {ending[0]}?"
            hint = did_you_mean(text, texts)
            return hint or f"{ref} is e.g. {', '.join(sorted(texts)[:5])}"
    return ""
