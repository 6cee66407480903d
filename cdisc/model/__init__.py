"""Frozen values that every other package speaks in; no input or output."""

from __future__ import annotations

from cdisc.model.analysis import AnalysisDataset, AnalysisDisplay, AnalysisResult
from cdisc.model.codelist import Codelist, Term
from cdisc.model.dataset import Condition, Dataset, Origin, ValueLevel, Variable
from cdisc.model.finding import Finding, Occurrence, Severity, merge_findings
from cdisc.model.lineage import Edges
from cdisc.model.study import Dictionary, Document, Note, Standard, StudyInfo

__all__ = [
    "AnalysisDataset",
    "AnalysisDisplay",
    "AnalysisResult",
    "Codelist",
    "Condition",
    "Dataset",
    "Dictionary",
    "Document",
    "Edges",
    "Finding",
    "Note",
    "Occurrence",
    "Origin",
    "Severity",
    "Standard",
    "StudyInfo",
    "Term",
    "ValueLevel",
    "Variable",
    "merge_findings",
]
