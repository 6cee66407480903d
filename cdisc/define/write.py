"""define.xml of a package: Define-XML 2.1 over ODM 1.3.2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal

from lxml import etree

import cdisc
from cdisc.define.analysis import analysis_displays
from cdisc.define.codelists import Codelists
from cdisc.define.draft import Draft, document_reference, leaf, leaf_id
from cdisc.define.items import add_dataset
from cdisc.define.measure import LENGTH_TYPES, measured
from cdisc.define.standards import (
    MODELS,
    declared_standards,
    guide_of,
    package_of,
    standard_element,
    standard_oid,
)
from cdisc.define.vocabulary import CLASSES, class_of
from cdisc.define.xml import element, with_text, writable
from cdisc.errors import Location, SourceError, SpecError, did_you_mean
from cdisc.model import AnalysisDisplay, Codelist, Dataset, StudyInfo, Variable
from cdisc.write.atomic import atomic_path


def write_define(
    study: StudyInfo,
    datasets: Sequence[Dataset],
    codelists: Mapping[str, Codelist],
    path: Path,
    *,
    archive_suffix: str = ".xpt",
    stylesheet: str | None = "define2-1.xsl",
    context: Literal["Submission", "Other"] = "Submission",
    stylesheet_source: Path | None = None,
    displays: Sequence[AnalysisDisplay] = (),
) -> None:
    """Write the define.xml of the datasets, and the stylesheet it names beside it.

    Lengths and data types are those of the variables; a dataset that has not been `measured` is
    measured here. Datasets come in the order of their class, then by name, whatever the order
    given; the bytes depend on nothing but the arguments and the version of this package.

    Args:
        study: identity, standards, documents; `created` becomes CreationDateTime.
        datasets: what the package holds; a dataset without records has `def:HasNoData` and no
            file.
        codelists: by the names that the variables use; cut as `docs/decisions/define-xml.md` says.
        path: the file to write; its folder must exist.
        archive_suffix: `.xpt`, or `.json` for a Dataset-JSON package.
        stylesheet: file name of the XSL stylesheet; None writes neither reference nor file.
        context: `Submission`, or `Other`.
        stylesheet_source: a stylesheet to put beside the file instead of the one of this package.
        displays: analysis results metadata (ARM 1.0), in the order given.

    Raises:
        SpecError: an unknown class, origin, codelist, standard, document or key is named.
        SourceError: `stylesheet_source` cannot be read.
        WriteError: a text has a control character, or the file cannot be written.
    """
    root = define_element(
        study,
        datasets,
        codelists,
        archive_suffix=archive_suffix,
        context=context,
        displays=displays,
    )
    style = stylesheet_bytes() if stylesheet_source is None else _read(stylesheet_source)
    body = etree.tostring(root, encoding="UTF-8", pretty_print=True)
    lines = [b'<?xml version="1.0" encoding="UTF-8"?>\n']
    if stylesheet is not None:
        href = writable(stylesheet, "stylesheet")
        lines.append(f'<?xml-stylesheet type="text/xsl" href="{href}"?>\n'.encode())
    with atomic_path(path) as temporary:
        temporary.write_bytes(b"".join((*lines, _without_declaration(body))))
    if stylesheet is not None:
        with atomic_path(path.parent / stylesheet) as temporary:
            temporary.write_bytes(style)


def stylesheet_bytes() -> bytes:
    """The XSLT 1.0 stylesheet that both browsers and `render_html` apply."""
    return files("cdisc.define").joinpath("data", "define.xsl").read_bytes()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError("the stylesheet cannot be read", at=Location(file=str(path))) from error


def _without_declaration(body: bytes) -> bytes:
    return body.split(b"?>\n", 1)[1] if body.startswith(b"<?xml") else body


def define_element(
    study: StudyInfo,
    datasets: Sequence[Dataset],
    codelists: Mapping[str, Codelist],
    *,
    archive_suffix: str = ".xpt",
    context: Literal["Submission", "Other"] = "Submission",
    displays: Sequence[AnalysisDisplay] = (),
) -> etree._Element:
    """The `ODM` element of the define.xml; arguments and errors as for `write_define`."""
    if not datasets:
        raise SpecError("a define.xml needs at least one dataset", at=Location(name="define.xml"))
    _check_names(datasets)
    ordered = sorted(map(_complete, datasets), key=_reviewer_order)
    lists = Codelists(codelists, ordered, study.dictionaries)
    draft = Draft(study, ordered, archive_suffix)
    standards = declared_standards(study, ordered, lists.standards())
    guides = {p: guide_of(standards, p) for p in sorted({d.purpose for d in ordered})}
    for dataset in ordered:
        add_dataset(draft, lists, dataset, standard_oid=standard_oid(guides[dataset.purpose]))
    arm = analysis_displays(draft, displays)
    version = element("MetaDataVersion", _version_attributes(study, ordered))
    version.append(element("def:Standards", None, *map(standard_element, standards)))
    version.extend(_document_references(draft))
    published = {package_of(s): standard_oid(s) for s in standards if s.type == "CT"}
    codelist_elements = lists.elements(published, draft.comment)
    for part in (
        draft.value_lists,
        draft.where_clauses,
        draft.item_groups,
        draft.items,
        codelist_elements,
        draft.methods,
        draft.comments,
    ):
        version.extend(part)
    version.extend(leaf(leaf_id(d.name), d.file, d.title) for d in study.documents)
    version.extend(arm)
    return _odm(study, ordered, context, version)


def _check_names(datasets: Sequence[Dataset]) -> None:
    seen = set()
    for dataset in datasets:
        if dataset.name in seen:
            raise SpecError("two datasets have this name", at=Location(name=dataset.name))
        seen.add(dataset.name)
        names = [variable.name for variable in dataset.variables]
        for key in dataset.keys:
            if key not in names:
                raise SpecError(
                    f"the key {key} is not a variable of {dataset.name}",
                    at=Location(name=dataset.name),
                    hint=did_you_mean(key, names),
                )


def _complete(dataset: Dataset) -> Dataset:
    return measured(dataset) if any(map(_is_open, dataset.variables)) else dataset


def _is_open(variable: Variable) -> bool:
    """Whether a variable is as the catalogue left it: no length, or a number still called text."""
    has_length = bool(variable.length) or variable.data_type not in LENGTH_TYPES
    return not has_length or (variable.type == "Num" and variable.data_type == "text")


def _reviewer_order(dataset: Dataset) -> tuple[int, str]:
    return CLASSES.index(class_of(dataset.class_, dataset.name)[0]), dataset.name


def _purposes(datasets: Sequence[Dataset]) -> str:
    return "-".join(sorted({MODELS[dataset.purpose] for dataset in datasets}))


def _odm(
    study: StudyInfo, datasets: Sequence[Dataset], context: str, version: etree._Element
) -> etree._Element:
    created = study.created.isoformat(timespec="seconds")
    attributes: dict[str, str | None] = {
        "ODMVersion": "1.3.2",
        "FileType": "Snapshot",
        "FileOID": f"{study.study_id}/define/{_purposes(datasets)}/{created}",
        "CreationDateTime": created,
        "SourceSystem": "cdisc",
        "SourceSystemVersion": cdisc.__version__,
        "def:Context": context,
    }
    names = element(
        "GlobalVariables",
        None,
        with_text("StudyName", study.name),
        with_text("StudyDescription", study.description),
        with_text("ProtocolName", study.protocol),
    )
    root = element("ODM", attributes)
    root.append(element("Study", {"OID": f"STDY.{study.study_id}"}, names, version))
    etree.cleanup_namespaces(root, keep_ns_prefixes=["def", "xlink"])
    return root


def _version_attributes(study: StudyInfo, datasets: Sequence[Dataset]) -> dict[str, str | None]:
    models = _purposes(datasets)
    return {
        "OID": f"MDV.{study.study_id}.{models}",
        "Name": f"Study {study.name}, Data Definitions",
        "Description": f"Data definitions for the {models} datasets of study {study.name}",
        "def:DefineVersion": "2.1.0",
    }


def _document_references(draft: Draft) -> list[etree._Element]:
    crf = draft.annotated_crf()
    others = [document for document in draft.study.documents if document is not crf]
    made = []
    if crf is not None:
        made.append(element("def:AnnotatedCRF", None, document_reference(crf.name)))
    if others:
        references = [document_reference(document.name) for document in others]
        made.append(element("def:SupplementalDoc", None, *references))
    return made
