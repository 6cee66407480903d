"""Analysis results metadata (ARM 1.0 for Define-XML): displays, their results and their data."""

from __future__ import annotations

from dataclasses import dataclass

from cdisc.model.dataset import Condition

DocumentReferences = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class AnalysisDataset:
    """Records of a dataset that an analysis uses, and the variables it analyses of them."""

    dataset: str
    where: tuple[Condition, ...] = ()
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisResult:
    """One result of a display.

    `reason` and `purpose` are terms of the extensible codelists Analysis Reason and Analysis
    Purpose; `parameter` is the variable that names the parameter (`ADTTE`, `PARAMCD`), None when
    the data have none; `join` says how several datasets are put together; `documentation` is what
    was done in words, `code` and `context` what was run and by what.
    """

    id: str
    description: str
    reason: str
    purpose: str
    datasets: tuple[AnalysisDataset, ...]
    parameter: tuple[str, str] | None = None
    join: str = ""
    documentation: str = ""
    documents: DocumentReferences = ()
    code: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisDisplay:
    """A table or figure of the study report: `Table 14.2.1`, its title and its results."""

    id: str
    name: str
    title: str
    results: tuple[AnalysisResult, ...]
    documents: DocumentReferences = ()
