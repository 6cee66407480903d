"""The datasets of a package as Python sees them: records come when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from cdisc.model import Dataset
from cdisc.pipeline.spool import Spool
from cdisc.write.xpt import read_xpt


class PackageDatasets(Mapping[str, Dataset]):
    """Datasets by name in the study's order, each with all its records in `frame`.

    A study of one partition has its records in memory. Those of a larger one are read from the
    XPT file of the package whenever a dataset is asked for, and not kept: `result.datasets["LB"]`
    twice reads twice.
    """

    def __init__(self, described: Mapping[str, Dataset], spool: Spool, package: Path) -> None:
        self.described = described
        """The datasets with `records` but, in a study of several partitions, few rows."""
        self._spool = spool
        self._package = package

    def __getitem__(self, name: str) -> Dataset:
        dataset = self.described[name]
        return replace(dataset, frame=self._frame(dataset), count=None)

    def __iter__(self) -> Iterator[str]:
        return iter(self.described)

    def __len__(self) -> int:
        return len(self.described)

    def _frame(self, dataset: Dataset) -> pd.DataFrame:
        if self._spool.folder is None:
            return self._spool.frame(dataset.name)
        if not dataset.records:
            return dataset.frame
        layer = "sdtm" if dataset.purpose == "Tabulation" else "adam"
        return read_xpt(self._package / layer / f"{dataset.name.lower()}.xpt").frame
