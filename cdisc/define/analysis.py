"""Analysis results metadata of define.xml: arm:AnalysisResultDisplays (ARM 1.0)."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from cdisc.define.draft import Draft, document_reference
from cdisc.define.xml import element, translated, with_text
from cdisc.errors import Location, SpecError
from cdisc.model import AnalysisDataset, AnalysisDisplay, AnalysisResult
from cdisc.model.analysis import DocumentReferences


def analysis_displays(draft: Draft, displays: Sequence[AnalysisDisplay]) -> list[etree._Element]:
    """`arm:AnalysisResultDisplays` of these displays in their order; nothing without any.

    Where clauses and comments that they need are added to the draft.

    Raises:
        SpecError: a display names a dataset or variable that this define.xml does not have.
    """
    if not displays:
        return []
    made = [_display(draft, display) for display in displays]
    return [element("arm:AnalysisResultDisplays", None, *made)]


def _display(draft: Draft, display: AnalysisDisplay) -> etree._Element:
    oid, _ = draft.oid(("RD", display.id), ("display", display.id))
    made = element("arm:ResultDisplay", {"OID": oid, "Name": display.name})
    made.append(translated("Description", display.title))
    made.extend(_documents(draft, display.documents))
    made.extend(_result(draft, display, result) for result in display.results)
    return made


def _result(draft: Draft, display: AnalysisDisplay, result: AnalysisResult) -> etree._Element:
    oid, _ = draft.oid(("AR", display.id, result.id), ("result", display.id, result.id))
    parameter = None if result.parameter is None else draft.item_oid(*result.parameter)
    made = element(
        "arm:AnalysisResult",
        {
            "OID": oid,
            "ParameterOID": parameter,
            "AnalysisReason": result.reason,
            "AnalysisPurpose": result.purpose,
        },
        translated("Description", result.description),
    )
    join = draft.comment(("AR", display.id, result.id), result.join)
    datasets = element("arm:AnalysisDatasets", {"def:CommentOID": join})
    datasets.extend(_dataset(draft, display, dataset) for dataset in result.datasets)
    made.append(datasets)
    if result.documentation:
        documentation = element("arm:Documentation", None)
        documentation.append(translated("Description", result.documentation))
        documentation.extend(_documents(draft, result.documents))
        made.append(documentation)
    if result.code:
        code = element("arm:ProgrammingCode", {"Context": result.context or None})
        text = element("arm:Code")
        text.text = with_text("Code", result.code).text
        code.append(text)
        made.append(code)
    return made


def _dataset(draft: Draft, display: AnalysisDisplay, used: AnalysisDataset) -> etree._Element:
    known = {dataset.name: dataset for dataset in draft.datasets}
    if used.dataset not in known:
        raise SpecError(
            f"it names {used.dataset}, which this define.xml does not have",
            at=Location(name=display.name),
        )
    oid, _ = draft.oid(("IG", used.dataset), used.dataset)
    made = element("arm:AnalysisDataset", {"ItemGroupOID": oid})
    if used.where:
        clause = draft.where_clause(known[used.dataset], used.where)
        made.append(element("def:WhereClauseRef", {"WhereClauseOID": clause}))
    for variable in used.variables:
        item = draft.item_oid(used.dataset, variable)
        made.append(element("arm:AnalysisVariable", {"ItemOID": item}))
    return made


def _documents(draft: Draft, documents: DocumentReferences) -> list[etree._Element]:
    """References to those documents that travel with the package."""
    present = {document.name for document in draft.study.documents}
    return [document_reference(name, pages) for name, pages in documents if name in present]
