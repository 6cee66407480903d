"""From partitions to the whole: what each leaves behind, put together in order.

Records and lineage go to the spool. What only the whole can tell is kept small: the records that
witness its metadata, its findings merged, its counts.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.coded import forget
from cdisc.build import (
    Built,
    Given,
    Inputs,
    Plan,
    RawPlaces,
    build,
    build_stage,
    joined_given,
    partitions,
    without_notes,
)
from cdisc.build.built import preceded
from cdisc.build.relations import Present
from cdisc.build.relrec import related_datasets
from cdisc.build.selections import Selections
from cdisc.define import DueLevels, witnesses
from cdisc.model import Dataset, Finding, Occurrence, merge_findings
from cdisc.pipeline.metadata import described, levels_of
from cdisc.pipeline.partitions import partition_size, persons_of
from cdisc.pipeline.rules import DatasetChecks, checks_of
from cdisc.pipeline.spool import Spool
from cdisc.spec.check_relations import RELREC
from cdisc.validate import Check, Locate, capped, reach_of, run_checks

Positions = npt.NDArray[np.int64]
Progress = Callable[[str, int, int], None]


def assembled(
    plan: Plan, inputs: Inputs, folder: Path, rows: int, say: Progress
) -> tuple[Spool, dict[str, Dataset], list[Finding]]:
    """A study built, partition by partition when it is large.

    Args:
        plan: what to build.
        inputs: all raw records.
        folder: where the records of partitions wait for the package; made when needed.
        rows: raw records of a partition, about.
        say: called with what is being done, persons done and persons in all.

    Returns the records, the datasets with the records that witness their metadata in place of
    all, and the findings of the build and of the rules.
    """
    persons = persons_of(plan, inputs)
    size = partition_size(plan, inputs, persons, rows)
    if size < persons:
        try:
            return _in_partitions(plan, inputs, size, persons, folder, say)
        except OutOfOrderError:
            # ids and USUBJID are ordered differently, so only the whole can be put in order
            shutil.rmtree(folder)
    assembly = Assembly(plan, Spool(), alone=True)
    assembly.add(build(plan.study, inputs, only=plan.only, progress=_nodes(say)), {})
    say("Describing the datasets", 0, 1)
    return assembly.spool, *assembly.finish()


def _in_partitions(
    plan: Plan, inputs: Inputs, size: int, persons: int, folder: Path, say: Progress
) -> tuple[Spool, dict[str, Dataset], list[Finding]]:
    folder.mkdir()
    assembly = Assembly(plan, Spool(folder), alone=False, findings=inputs.notes)
    silent = without_notes(inputs)
    first = build_stage(plan, "first", silent, {})
    others = assembly.add(first, {})
    kept: list[Mapping[str, Given]] = []
    related: list[Present] = []
    for done, part in enumerate(partitions(plan.study, inputs, size)):
        say(f"Building {done * size:,} of {persons:,} persons", done * size, persons)
        left = assembly.add_partition(part, first.given, others)
        kept.append(left[0])
        related.append(left[1])
        # what built a partition refers to itself, and would wait for the collector with its columns
        gc.collect()
    given = {**first.given, **joined_given(kept)}
    last = build_stage(plan, "last", silent, given)
    assembly.add(last, others)
    assembly.add_relations(frozenset().union(*related))
    say("Describing the datasets", persons, persons)
    return assembly.spool, *assembly.finish()


def _nodes(say: Progress) -> Callable[[object, int], None]:
    done = 0

    def report(node: object, total: int) -> None:
        nonlocal done
        done += 1
        say(f"Building {node}", done, total)

    return report


class OutOfOrderError(Exception):
    """Partitions in the order of the persons' ids are not in the order of USUBJID."""


@dataclass(slots=True, eq=False)
class Assembly:
    """A package while its parts arrive.

    `alone` says that all comes in one part, which then is the whole: nothing is looked at twice.
    """

    plan: Plan
    spool: Spool
    alone: bool
    findings: list[Finding] = field(default_factory=list)
    selections: Selections = field(default_factory=Selections)
    _whole: dict[str, Dataset] = field(default_factory=dict)
    _shapes: dict[str, Dataset] = field(default_factory=dict)
    _witnesses: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    _starts: dict[str, int] = field(default_factory=dict)
    _checks: dict[str, DatasetChecks] = field(default_factory=dict)
    _last_subject: dict[str, str] = field(default_factory=dict)
    _ahead: tuple[Dataset, Sequence[Occurrence]] | None = None

    def add(self, built: Built, others: Mapping[str, Dataset]) -> dict[str, Dataset]:
        """Take in what one stage, or one partition of it, has built.

        Args:
            built: its datasets, findings and lineage.
            others: datasets of earlier stages that rules may look up.

        Returns the datasets with their metadata as these records alone give them.

        Raises OutOfOrderError when a subject belongs before those taken in already.
        """
        study = self.plan.study
        metadata, found = described(study, self._witnessed(built.datasets))
        if self.alone:
            self._whole, self.findings = metadata, found
        datasets = {
            name: replace(metadata[name], frame=dataset.frame, count=None)
            for name, dataset in built.datasets.items()
        }
        present = {**others, **datasets}
        findings = [*self.findings, *built.findings]
        for name, dataset in datasets.items():
            self._check_order(dataset)
            places = cache(partial(built.places, name))
            findings += self._rules(dataset, present, "subjects", built.locate, places)
            self.spool.add(name, dataset.frame, places)
        self._add_lineage(built)
        self.selections.add(built.selections)
        self.findings = capped(merge_findings(findings))
        forget()
        return datasets

    def add_partition(
        self, part: Inputs, given: Mapping[str, Given], others: Mapping[str, Dataset]
    ) -> tuple[Mapping[str, Given], Present]:
        """Build a partition and take it in; what later stages need of it is all that stays.

        Its datasets are let go of before the next partition is built.
        """
        built = build_stage(self.plan, "subjects", part, given)
        self.add(built, others)
        return built.given, built.related

    def add_relations(self, present: Present) -> None:
        """Put the relations of whole datasets before those of records, now that all are known.

        `present` are the (relation, dataset) pairs of all partitions.
        """
        if not self.plan.relations:
            return
        found = related_datasets(self.plan.study, self.plan.relations, present)
        records = self._shapes[RELREC]
        dataset = found.before(replace(records, frame=records.frame.iloc[:0], count=None))
        self._ahead = (dataset, found.places)
        self._witnesses[RELREC].insert(0, dataset.frame)
        self.spool.add_before(RELREC, dataset.frame, lambda: preceded(None, found.places))

    def finish(self) -> tuple[dict[str, Dataset], list[Finding]]:
        """The datasets of the whole, their frames the witnesses, and all findings."""
        study = self.plan.study
        found: list[Finding] = []
        if not self.alone:
            whole = {
                name: replace(
                    self._shapes[name],
                    frame=pd.concat(self._witnesses[name], ignore_index=True),
                    count=self.spool.count(name),
                )
                for name in self.plan.in_order(self._shapes)
            }
            self._whole, found = described(study, whole)
        findings = [*self.findings, *found, *self.selections.findings(study)]
        if self._ahead is not None:
            findings += self._ahead_rules(*self._ahead)
        for dataset in self._whole.values():
            findings += self._rules(dataset, self._whole, "dataset", self._locate)
            findings += self._across(dataset)
        return self._whole, capped(merge_findings(findings))

    def _ahead_rules(self, ahead: Dataset, places: Sequence[Occurrence]) -> list[Finding]:
        dataset = replace(self._whole[ahead.name], frame=ahead.frame, count=None)
        others = {**self._whole, ahead.name: dataset}
        return self._rules(
            dataset, others, "subjects", lambda _name, rows: [places[row] for row in rows.tolist()]
        )

    # ---- metadata ----------------------------------------------------------------------

    def _witnessed(self, datasets: Mapping[str, Dataset]) -> dict[str, Dataset]:
        """The datasets with the records that decide their metadata, noted for the whole."""
        if self.alone:
            return dict(datasets)
        small = {}
        for name, dataset in datasets.items():
            due = levels_of(self.plan.study, dataset)
            levels = [DueLevels(level.by, level.of, level.codelists) for level in due]
            rows = witnesses(dataset, levels)
            frame = dataset.frame.take(rows).reset_index(drop=True)
            small[name] = replace(dataset, frame=frame, count=len(dataset.frame))
            self._shapes.setdefault(name, small[name])
            self._witnesses.setdefault(name, []).append(frame)
        return small

    def _check_order(self, dataset: Dataset) -> None:
        if self.alone or "USUBJID" not in dataset.frame.columns or dataset.frame.empty:
            return
        first, last = (dataset.frame["USUBJID"].iloc[row] for row in (0, -1))
        before = self._last_subject.get(dataset.name)
        # a missing one is first in the order, and stands in the first part
        if before is not None and not (isinstance(first, str) and first > before):
            raise OutOfOrderError
        self._last_subject[dataset.name] = last if isinstance(last, str) else ""

    # ---- rules -------------------------------------------------------------------------

    def _rules(
        self,
        dataset: Dataset,
        others: Mapping[str, Dataset],
        reach: str,
        locate: Locate,
        places: Callable[[], RawPlaces] | None = None,
    ) -> list[Finding]:
        due = self._due(dataset, others)
        return run_checks(
            dataset,
            [check for check in due.checks if reach_of(check) == reach],
            others=others,
            codelists=due.codelists,
            locate=locate,
            at=due.at,
            first=None if places is None else (lambda _name, rows: places().first(rows)),
        )

    def _due(self, dataset: Dataset, others: Mapping[str, Dataset]) -> DatasetChecks:
        """The checks of a dataset; the same all the time when all comes in one part."""
        if not self.alone:
            return checks_of(self.plan.study, dataset, others)
        if dataset.name not in self._checks:
            self._checks[dataset.name] = checks_of(self.plan.study, dataset, others)
        return self._checks[dataset.name]

    def _across(self, dataset: Dataset) -> list[Finding]:
        """What rules say that must see all records, given those of their variables."""
        due = self._due(dataset, self._whole)
        checks = [check for check in due.checks if reach_of(check) == "all"]
        names = [v.name for v in dataset.variables if v.name in _variables(checks)]
        if not checks or not dataset.records:
            return []
        return run_checks(
            replace(dataset, frame=self.spool.frame(dataset.name, names), count=None),
            checks,
            others=self._whole,
            codelists=due.codelists,
            locate=self._locate,
            at=due.at,
            first=self.spool.first,
        )

    def _locate(self, name: str, rows: Positions) -> list[Occurrence]:
        """The occurrences of records of the whole, by position."""
        parent, of_parent = self.spool.parent_rows(name, rows)
        if parent:
            return self._locate(parent, of_parent)
        return self.spool.occurrences(name, rows, self._whole[name].keys)

    # ---- lineage -----------------------------------------------------------------------

    def _add_lineage(self, built: Built) -> None:
        """Rows of a part become rows of the whole: those of earlier parts come before them."""
        before = {name: self._starts.get(name, 0) for name in built.counts}
        for name, edges in built.lineage.items():
            shift = np.array([before.get(parent, 0) for parent in edges.parents], dtype=np.int64)
            child = edges.child + before[name]
            parent_row = edges.parent_row + shift[edges.parent]
            self.spool.add_edges(name, replace(edges, child=child, parent_row=parent_row))
        for name, count in built.counts.items():
            self._starts[name] = before[name] + count


def _variables(checks: Iterable[Check]) -> set[str]:
    """Every variable that checks look at."""
    found = {name for check in checks for name in check.variables}
    where = (condition for check in checks for condition in check.params.get("where", ()))
    return found | {condition["variable"] for condition in where}
