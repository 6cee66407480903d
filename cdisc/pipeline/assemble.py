"""From partitions to the whole: what each leaves behind, put together in order.

Records and lineage go to the spool. What only the whole can tell is kept small: the records that
witness its metadata, its findings merged, its counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.build import Built, Plan
from cdisc.build.findings import NOT_SHOWN_AS_KEYS
from cdisc.algorithms.uniques import text_column
from cdisc.define import witnesses
from cdisc.model import Dataset, Finding, Occurrence, merge_findings
from cdisc.pipeline.metadata import described, levels_of
from cdisc.pipeline.rules import checks_of
from cdisc.pipeline.spool import Spool
from cdisc.spec import StudySpec
from cdisc.spec.needs import AUTOMATIC
from cdisc.validate import reach_of, run_checks

Positions = npt.NDArray[np.int64]


class OutOfOrderError(Exception):
    """Partitions in the order of person ids are not in the order of USUBJID."""


@dataclass(slots=True, eq=False)
class Assembly:
    """A package while its parts arrive; `alone` says that there is one partition only."""

    plan: Plan
    spool: Spool
    alone: bool
    findings: list[Finding] = field(default_factory=list)
    _shape: dict[str, Dataset] = field(default_factory=dict)
    _witnesses: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    _starts: dict[str, int] = field(default_factory=dict)
    _last_subject: dict[str, str] = field(default_factory=dict)

    def add(self, built: Built, others: Mapping[str, Dataset]) -> dict[str, Dataset]:
        """Take in what one stage, or one partition of it, has built.

        Args:
            built: its datasets, findings and lineage.
            others: datasets of earlier stages that rules may look up.

        Returns the datasets with their metadata as these records alone give them.

        Raises OutOfOrderError when the subjects come before those taken in already.
        """
        study = self.plan.study
        small, found = self._witnessed(study, built.datasets)
        metadata, _ = described(study, small)
        datasets = {
            name: replace(metadata[name], frame=dataset.frame, count=None)
            for name, dataset in built.datasets.items()
        }
        for name, dataset in datasets.items():
            self._check_order(dataset)
            due = checks_of(study, dataset, {**others, **datasets})
            checks = [check for check in due.checks if reach_of(check) == "subjects"]
            found += run_checks(
                dataset,
                checks,
                others={**others, **datasets},
                codelists=due.codelists,
                locate=built.locate,
                at=due.at,
            )
            self.spool.add(name, dataset.frame, _placed(built, name))
        self._add_lineage(built)
        self.findings = merge_findings([*self.findings, *built.findings, *found])
        return datasets

    def _witnessed(
        self, study: StudySpec, datasets: Mapping[str, Dataset]
    ) -> tuple[dict[str, Dataset], list[Finding]]:
        small = {}
        for name, dataset in datasets.items():
            self._shape.setdefault(name, dataset)
            frame = dataset.frame
            if not self.alone:
                levels = [(level.by, level.of) for level in levels_of(study, dataset)]
                frame = frame.take(witnesses(dataset, levels)).reset_index(drop=True)
            self._witnesses.setdefault(name, []).append(frame)
            small[name] = replace(dataset, frame=frame, count=len(dataset.frame))
        return small, []

    def _check_order(self, dataset: Dataset) -> None:
        if self.alone or dataset.name not in self.plan.subject_datasets(dataset.name):
            return
        if dataset.frame.empty:
            return
        subjects = dataset.frame["USUBJID"].fillna("")
        before = self._last_subject.get(dataset.name)
        if before is not None and str(subjects.iloc[0]) <= before:
            raise OutOfOrderError
        self._last_subject[dataset.name] = str(subjects.iloc[-1])

    def _add_lineage(self, built: Built) -> None:
        for name, edges in built.lineage.items():
            shift = np.array([self._starts.get(parent, 0) for parent in edges.parents])
            if name not in built.counts:
                raise KeyError(name)
            moved = replace(
                edges,
                child=edges.child + self._starts.get(name, 0),
                parent_row=edges.parent_row + shift[edges.parent],
            )
            self.spool.add_edges(name, moved)
        for name, count in built.counts.items():
            self._starts[name] = self._starts.get(name, 0) + count
