"""Documents that travel with a package: from `define/` to the folder of its define.xml."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cdisc.errors import Location
from cdisc.model import Dataset, Finding, Origin, Severity, StudyInfo, ValueLevel
from cdisc.spec import StudySpec

FOLDER = "define"


def copy_documents(study: StudySpec, folder: Path) -> tuple[StudyInfo, list[Finding]]:
    """Copy the documents study.yaml names; the study as define.xml may describe it.

    A document that is not there yet is left out of define.xml, where it would be a dead link, and
    is a finding; one that is about another layer is left out. The folder is named for its layer.
    """
    present = []
    findings = []
    for document in study.info.documents:
        if document.layers and folder.name not in document.layers:
            continue
        source = study.home / FOLDER / document.file
        if source.is_file():
            shutil.copyfile(source, folder / document.file)
            present.append(document)
            continue
        findings.append(
            Finding(
                rule="document.missing",
                severity=Severity.WARNING,
                message=f"{document.title}: there is no file {FOLDER}/{document.file}",
                hint="Until it is there, define.xml does not name it",
                at=Location("study.yaml", name="documents"),
                value=document.file,
            )
        )
    return replace(study.info, documents=tuple(present)), findings


def described_in(study: StudySpec, info: StudyInfo, datasets: Sequence[Dataset]) -> list[Dataset]:
    """The datasets as define.xml may describe them: without CRF pages where the CRF is missing.

    That it is missing has been told; pages that a spec names where study.yaml declares no CRF
    stay, and are an error of that spec.
    """
    if _has_crf(info) or not _has_crf(study.info):
        return list(datasets)
    return [
        replace(
            dataset,
            variables=tuple(
                replace(v, origin=_bare(v.origin), values=tuple(map(_bare_level, v.values)))
                for v in dataset.variables
            ),
        )
        for dataset in datasets
    ]


def _has_crf(info: StudyInfo) -> bool:
    return any(document.name.casefold().startswith("acrf") for document in info.documents)


def _bare(origin: Origin | None) -> Origin | None:
    return None if origin is None else replace(origin, pages=())


def _bare_level(level: ValueLevel) -> ValueLevel:
    return replace(level, origin=_bare(level.origin))
