"""define.xml of a package: Define-XML 2.1 over ODM 1.3.2."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal

from lxml import etree

import cdisc
from cdisc.define.codelists import Codelists
from cdisc.define.draft import Draft, leaf, leaf_id
from cdisc.define.items import add_dataset
from cdisc.define.measure import LENGTH_TYPES, measured
from cdisc.define.vocabulary import CLASSES, PUBLISHING_SETS, class_of
from cdisc.define.xml import element, with_text, writable
from cdisc.errors import Location, SpecError
from cdisc.model import Codelist, Dataset, Standard, StudyInfo
from cdisc.write.atomic import atomic_path

_GUIDES = {"Tabulation": ("SDTMIG", "SENDIG", "BIMO"), "Analysis": ("ADaM",)}
_TERMINOLOGY = {"Tabulation": ("SDTM", "SEND"), "Analysis": ("ADaM",)}
_MODELS = {"Tabulation": "SDTM", "Analysis": "ADaM"}


def write_define(
    study: StudyInfo,
    datasets: Sequence[Dataset],
    codelists: Mapping[str, Codelist],
    path: Path,
    *,
    archive_suffix: str = ".xpt",
    stylesheet: str | None = "define2-1.xsl",
    context: Literal["Submission", "Other"] = "Submission",
    non_standard: Collection[str] = (),
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
        non_standard: names of datasets that no implementation guide has.

    Raises:
        SpecError: an unknown class, origin, codelist, standard or document is named.
        WriteError: a text has a control character, or the file cannot be written.
    """
    root = define_element(
        study,
        datasets,
        codelists,
        archive_suffix=archive_suffix,
        context=context,
        non_standard=non_standard,
    )
    body = etree.tostring(root, encoding="UTF-8", pretty_print=True)
    lines = [b'<?xml version="1.0" encoding="UTF-8"?>\n']
    if stylesheet is not None:
        href = writable(stylesheet, "stylesheet")
        lines.append(f'<?xml-stylesheet type="text/xsl" href="{href}"?>\n'.encode())
    with atomic_path(path) as temporary:
        temporary.write_bytes(b"".join((*lines, _without_declaration(body))))
    if stylesheet is not None:
        with atomic_path(path.parent / stylesheet) as temporary:
            temporary.write_bytes(stylesheet_bytes())


def stylesheet_bytes() -> bytes:
    """The XSLT 1.0 stylesheet that both browsers and `render_html` apply."""
    return files("cdisc.define").joinpath("data", "define.xsl").read_bytes()


def _without_declaration(body: bytes) -> bytes:
    return body.split(b"?>\n", 1)[1] if body.startswith(b"<?xml") else body


def define_element(
    study: StudyInfo,
    datasets: Sequence[Dataset],
    codelists: Mapping[str, Codelist],
    *,
    archive_suffix: str = ".xpt",
    context: Literal["Submission", "Other"] = "Submission",
    non_standard: Collection[str] = (),
) -> etree._Element:
    """The `ODM` element of the define.xml; arguments and errors as for `write_define`."""
    if not datasets:
        raise SpecError("a define.xml needs at least one dataset", at=Location(name="define.xml"))
    ordered = sorted(map(_complete, datasets), key=_reviewer_order)
    lists = Codelists(codelists, ordered)
    draft = Draft(study, ordered, archive_suffix)
    standards = _standards(study, ordered, lists.standards())
    guides = {p: _guide(standards, p) for p in sorted({d.purpose for d in ordered})}
    for dataset in ordered:
        add_dataset(
            draft,
            lists,
            dataset,
            standard_oid=_standard_oid(guides[dataset.purpose]),
            is_standard=dataset.name not in non_standard,
        )
    version = element("MetaDataVersion", _version_attributes(study, ordered))
    version.append(element("def:Standards", None, *map(_standard_element, standards)))
    version.extend(_document_references(draft))
    published = {_package(s): _standard_oid(s) for s in standards if s.type == "CT"}
    for part in (
        draft.value_lists,
        draft.where_clauses,
        draft.item_groups,
        draft.items,
        lists.elements(published),
        draft.methods,
        draft.comments,
    ):
        version.extend(part)
    version.extend(leaf(leaf_id(d.name), d.file, d.title) for d in study.documents)
    return _odm(study, ordered, context, version)


def _complete(dataset: Dataset) -> Dataset:
    lacking = any(v.data_type in LENGTH_TYPES and not v.length for v in dataset.variables)
    return measured(dataset) if lacking else dataset


def _reviewer_order(dataset: Dataset) -> tuple[int, str]:
    return CLASSES.index(class_of(dataset.class_, dataset.name)[0]), dataset.name


def _purposes(datasets: Sequence[Dataset]) -> str:
    return "-".join(sorted({_MODELS[dataset.purpose] for dataset in datasets}))


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


def _standards(
    study: StudyInfo, datasets: Sequence[Dataset], packages: Sequence[str]
) -> list[Standard]:
    """The declared standards that concern these datasets, in the order declared.

    A study's SDTM and ADaM packages each have their own define.xml, so that one leaves out what
    belongs to the other; terminology of Define-XML itself concerns both.
    """
    purposes = sorted({dataset.purpose for dataset in datasets})
    guides = tuple(name for purpose in purposes for name in _GUIDES[purpose])
    sets = {name for purpose in purposes for name in _TERMINOLOGY[purpose]} | {"DEFINE-XML"}
    declared = {_package(standard) for standard in study.standards if standard.type == "CT"}
    for package in packages:
        if package not in declared:
            raise SpecError(
                f"a codelist comes from {package}, which the study does not declare",
                at=Location(name="standards"),
                hint=f"Declared: {', '.join(sorted(declared)) or 'none'}",
            )
    return [
        standard
        for standard in study.standards
        if (standard.type == "IG" and standard.name.startswith(guides))
        or (
            standard.type == "CT"
            and (standard.publishing_set in sets or _package(standard) in packages)
        )
    ]


def _guide(standards: Sequence[Standard], purpose: str) -> Standard:
    for standard in standards:
        if standard.type == "IG" and standard.name.startswith(_GUIDES[purpose]):
            return standard
    raise SpecError(
        f"the study declares no implementation guide for {_MODELS[purpose]} datasets",
        at=Location(name="standards"),
        hint=f"Declare one, such as {_GUIDES[purpose][0]} with its version",
    )


def _package(standard: Standard) -> str:
    """The package name of a terminology: `sdtmct-2025-03-28`."""
    for prefix, publishing_set in PUBLISHING_SETS.items():
        if publishing_set == standard.publishing_set:
            return f"{prefix}-{standard.version}"
    raise SpecError(
        f"{standard.publishing_set!r} is not a terminology publishing set",
        at=Location(name=f"standard {standard.name} {standard.version}"),
        hint=f"Use one of {', '.join(PUBLISHING_SETS.values())}",
    )


def _standard_oid(standard: Standard) -> str:
    name = f"CT.{standard.publishing_set}" if standard.type == "CT" else standard.name
    return f"STD.{name}.{standard.version}"


def _standard_element(standard: Standard) -> etree._Element:
    return element(
        "def:Standard",
        {
            "OID": _standard_oid(standard),
            "Name": standard.name,
            "Type": standard.type,
            "PublishingSet": standard.publishing_set or None,
            "Version": standard.version,
            "Status": standard.status,
        },
    )


def _document_references(draft: Draft) -> list[etree._Element]:
    crf = draft.annotated_crf()
    others = [document for document in draft.study.documents if document is not crf]
    made = []
    if crf is not None:
        made.append(element("def:AnnotatedCRF", None, _document_reference(crf.name)))
    if others:
        references = [_document_reference(document.name) for document in others]
        made.append(element("def:SupplementalDoc", None, *references))
    return made


def _document_reference(name: str) -> etree._Element:
    return element("def:DocumentRef", {"leafID": leaf_id(name)})
