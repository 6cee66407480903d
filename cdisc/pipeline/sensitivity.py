"""Sensitivity of endpoints: what changes, subject by subject, under other conventions.

Everything upstream of the datasets that an alternative changes is built once. Persons come in
partitions, as in a run, so that a study of any size can be asked.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc.algorithms.columns.coded import forget
from cdisc.algorithms.columns.uniques import text_column
from cdisc.build import Plan, build_stage, partitions, plan_of, read_inputs, without_notes
from cdisc.build.again import Basis, affected, basis, built_again
from cdisc.errors import SpecError
from cdisc.pipeline.partitions import ROWS, partition_size, persons_of
from cdisc.pipeline.replace import MARK, replaced_folder
from cdisc.pipeline.run import OUT, Progress
from cdisc.spec import StudySpec
from cdisc.spec.check import check_study
from cdisc.spec.graph import build_order
from cdisc.spec.model import DatasetSpec
from cdisc.spec.sensitivity import Alternative, Sensitivity, read_sensitivity

FOLDER = "sensitivity"
KEYS = ("USUBJID", "PARAMCD")
FIRST = ("AVALC", "AVAL", "ADT", "CNSR", "EVNTDESC")
"""What a reader looks for first; the tables have these columns whether or not they change."""
WHAT = ("alternative", "label", "dataset", "parameter")
SOURCE = ("SRCDOM", "SRCVAR", "SRCSEQ")
"""Where a value was taken from (ADaMIG 1.3, section 3.3.9): another place is no other result."""


@dataclass(frozen=True, slots=True)
class Change:
    """A record that an alternative makes otherwise, its values or None where there is no record.

    The values are texts by variable: all that the dataset is written with, but for those that say
    which record it is and those that only number records.
    """

    alternative: str
    dataset: str
    parameter: str
    subject: str
    old: Mapping[str, str] | None
    new: Mapping[str, str] | None

    @property
    def differing(self) -> list[str]:
        """The variables that have other values; none of a record that is only in one of the two."""
        if self.old is None or self.new is None:
            return []
        return [name for name, value in self.old.items() if value != self.new[name]]


@dataclass(frozen=True, slots=True)
class Compared:
    """How many records of a parameter there are, and how many an alternative makes otherwise.

    Those that `moved` say the same and take it from another record (SRCDOM, SRCVAR, SRCSEQ).
    """

    alternative: str
    dataset: str
    parameter: str
    records: int
    changed: int
    moved: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class SensitivityResult:
    """All changes, and counts for each alternative and parameter, in the order declared."""

    out: Path
    alternatives: tuple[Alternative, ...]
    changes: tuple[Change, ...]
    compared: tuple[Compared, ...]


def sensitivity(
    study: StudySpec,
    *,
    only: Collection[str] = (),
    out: Path | None = None,
    progress: Progress | None = None,
    rows: int = ROWS,
) -> SensitivityResult:
    """Derive the parameters that define/sensitivity.yaml compares under each alternative.

    Args:
        study: the specs, read.
        only: names of the alternatives wanted; empty for all.
        out: the folder to write; `build/sensitivity/` in the study folder.
        progress: called with what is being done, steps done and steps in all.
        rows: raw records of a partition of persons, about; the result is the same for any.

    Raises:
        SpecError: a spec, or the file of alternatives, is wrong; Problems when several things are.
        UsageError: there are no alternatives, or none of a name in `only`.
        SourceError: an input cannot be read.
    """
    say = progress or (lambda _what, _done, _total: None)
    check_study(study).raise_errors()
    declared = read_sensitivity(study, only)
    target = out or study.home / OUT / FOLDER
    say("Reading the sources", 0, 1)
    inputs = read_inputs(study)
    wanted = {*declared.compare, *(n for one in declared.alternatives for n in one.changed)}
    plan = plan_of(study, wanted)
    needed = frozenset(node.dataset for node in plan.nodes("subjects"))
    others = [
        (one, _planned(one, wanted), affected(study, one.changed, needed))
        for one in declared.alternatives
    ]
    plan = _with_needs_of(plan, [(other, names) for _, other, names in others])
    first = build_stage(plan, "first", without_notes(inputs), {}).given
    persons = persons_of(plan, inputs)
    size = partition_size(plan, inputs, persons, rows)
    found = _Found(declared, {name: _compared(study.datasets[name]) for name in declared.compare})
    for done, part in enumerate(partitions(study, inputs, size)):
        say("Building as declared", done * size, persons)
        made = basis(plan, part, first)
        texts = found.base(made)
        for one, other, names in others:
            say(f"Building {one.name}", done * size, persons)
            found.add(one, texts, _under(one, other, made, names))
        forget()
    result = SensitivityResult(
        target, declared.alternatives, tuple(found.changes), tuple(found.compared())
    )
    with replaced_folder(target) as folder:
        _write(result, folder)
    say("Done", 1, 1)
    return result


def _with_needs_of(plan: Plan, others: Sequence[tuple[Plan, frozenset[str]]]) -> Plan:
    """The plan, with what the alternatives read besides of datasets that they do not change."""
    nodes = {*plan.order}
    for other, names in others:
        nodes |= {node for node in other.order if node.dataset not in names}
    every = build_order(plan.study.datasets)
    return replace(plan, order=tuple(node for node in every if node in nodes))


def _planned(one: Alternative, wanted: Collection[str]) -> Plan:
    """The plan of an alternative. An error of the spec stands where the alternative does."""
    with _told_at(one):
        return plan_of(one.study, wanted)


def _under(one: Alternative, plan: Plan, made: Basis, names: frozenset[str]) -> Basis:
    """What an alternative makes. An error of the spec stands where the alternative does."""
    with _told_at(one):
        return built_again(plan, made, names)


@contextmanager
def _told_at(one: Alternative) -> Iterator[None]:
    try:
        yield
    except SpecError as error:
        message = f"it cannot be built so: {error.message}"
        raise SpecError(message, at=one.at, hint=error.hint) from None


class _Found:
    """What changed so far, partition by partition."""

    def __init__(self, declared: Sensitivity, variables: Mapping[str, Sequence[str]]) -> None:
        self._declared = declared
        self._variables = variables
        self._changes: dict[str, list[Change]] = {one.name: [] for one in declared.alternatives}
        self._records: dict[tuple[str, str], int] = {}
        self._moved: dict[tuple[str, str, str], int] = {}

    @property
    def changes(self) -> Iterator[Change]:
        """Changes by alternative as declared, then by parameter as compared, then by subject."""
        order = {
            (dataset, parameter): place
            for place, (dataset, parameter) in enumerate(_parameters(self._declared))
        }
        for found in self._changes.values():
            yield from sorted(
                found, key=lambda one: (order[one.dataset, one.parameter], one.subject)
            )

    def compared(self) -> Iterator[Compared]:
        """The counts of each alternative and parameter."""
        for one in self._declared.alternatives:
            for dataset, parameter in _parameters(self._declared):
                changed = sum(
                    change.dataset == dataset and change.parameter == parameter
                    for change in self._changes[one.name]
                )
                records = self._records.get((dataset, parameter), 0)
                moved = self._moved.get((one.name, dataset, parameter), 0)
                yield Compared(one.name, dataset, parameter, records, changed, moved)

    def base(self, made: Basis) -> dict[str, pd.DataFrame]:
        """The records of a partition as the specs make them, by dataset; they are counted."""
        texts = self._texts(made, self._declared.alternatives[0])
        for dataset, parameters in self._declared.compare.items():
            for parameter in parameters:
                count = int((texts[dataset]["PARAMCD"] == parameter).sum())
                key = (dataset, parameter)
                self._records[key] = self._records.get(key, 0) + count
        return texts

    def add(self, one: Alternative, base: Mapping[str, pd.DataFrame], after: Basis) -> None:
        """Compare one partition under one alternative with what the specs make of it."""
        for dataset, new in self._texts(after, one).items():
            both = _side_by_side(base[dataset], new)
            self._changes[one.name] += _different(one.name, dataset, both)
            for parameter, count in both.moved.items():
                key = (one.name, dataset, parameter)
                self._moved[key] = self._moved.get(key, 0) + count

    def _texts(self, made: Basis, one: Alternative) -> dict[str, pd.DataFrame]:
        return {
            dataset: _records(made, dataset, parameters, self._variables[dataset], one)
            for dataset, parameters in self._declared.compare.items()
        }


def _compared(spec: DatasetSpec) -> tuple[str, ...]:
    """The variables that are written, but keys of a record and numbers that only count records."""
    numbers = {
        name for name, one in spec.variables.items() if one.call.algorithm.name == "sequence"
    }
    others = [
        name
        for name, one in spec.variables.items()
        if not one.intermediate and name not in numbers and name not in ("STUDYID", *KEYS)
    ]
    return (*(name for name in FIRST if name in others), *(n for n in others if n not in FIRST))


def _parameters(declared: Sensitivity) -> list[tuple[str, str]]:
    return [(dataset, name) for dataset, names in declared.compare.items() for name in names]


def _records(
    made: Basis,
    dataset: str,
    parameters: Sequence[str],
    variables: Sequence[str],
    one: Alternative,
) -> pd.DataFrame:
    """The records of parameters, as texts, sorted by subject and parameter."""
    frame = made.frame(dataset, (*KEYS, *variables))
    frame = frame[frame["PARAMCD"].isin(parameters)].reset_index(drop=True)
    several = frame.duplicated(list(KEYS))
    if several.any():
        name = frame.loc[several, "PARAMCD"].iloc[0]
        raise SpecError(
            f"{dataset} has several records of a subject for {name}, which cannot be compared",
            at=one.at,
            hint="Under compare, name parameters with one record for each subject",
        )
    return pd.DataFrame({name: text_column(frame[name]).fillna("") for name in frame.columns})


@dataclass(frozen=True, slots=True, eq=False)
class _Both:
    """Records that differ, `NAME old` beside `NAME new`, and how many only moved, by parameter."""

    changed: pd.DataFrame
    names: Sequence[str]
    moved: Mapping[str, int]


def _side_by_side(old: pd.DataFrame, new: pd.DataFrame) -> _Both:
    both = old.merge(new, on=list(KEYS), how="outer", suffixes=(" old", " new"), indicator=True)
    names = [name for name in old.columns if name not in KEYS]
    differs = np.asarray(both["_merge"] != "both", dtype=np.bool_)
    moves = np.zeros(len(both), dtype=np.bool_)
    for name in names:
        unlike = np.asarray(both[f"{name} old"] != both[f"{name} new"])
        if name in SOURCE:
            moves = moves | unlike
        else:
            differs = differs | unlike
    moved = both.loc[moves & ~differs, "PARAMCD"].value_counts()
    counts = {str(name): int(count) for name, count in moved.items()}
    return _Both(both[differs], names, counts)


def _different(alternative: str, dataset: str, both: _Both) -> Iterator[Change]:
    for row in both.changed.to_dict("records"):
        was, now = ({name: row[f"{name} {when}"] for name in both.names} for when in ("old", "new"))
        yield Change(
            alternative,
            dataset,
            row["PARAMCD"],
            row["USUBJID"],
            None if row["_merge"] == "right_only" else was,
            None if row["_merge"] == "left_only" else now,
        )


def _others_that_change(changes: Sequence[Change]) -> list[str]:
    """The other variables that some alternative changes, in the order of their names."""
    return sorted({name for one in changes for name in one.differing} - {*FIRST})


def _write(result: SensitivityResult, folder: Path) -> None:
    """changes.csv: a line a record that changes; summary.csv: counts by parameter."""
    labels = {one.name: one.label for one in result.alternatives}
    shown = (*FIRST, *_others_that_change(result.changes))
    names = [f"{name} {when}" for name in shown for when in ("old", "new")]
    with (folder / "changes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*WHAT, "subject", *names])
        for one in result.changes:
            old, new = one.old or {}, one.new or {}
            cells = [side.get(name, "") for name in shown for side in (old, new)]
            head = (one.alternative, labels[one.alternative], one.dataset, one.parameter)
            writer.writerow([*head, one.subject, *cells])
    with (folder / "summary.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*WHAT, "records", "changed", "moved"])
        for row in result.compared:
            head = (row.alternative, labels[row.alternative], row.dataset, row.parameter)
            writer.writerow([*head, row.records, row.changed, row.moved])
    (folder / MARK).write_text('{"made_by": "cdisc sensitivity"}\n', encoding="utf-8")
