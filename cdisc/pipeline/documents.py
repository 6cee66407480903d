"""Documents that travel with a package: from `define/` to the folder of its define.xml."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from cdisc.errors import Location
from cdisc.model import Finding, Severity, StudyInfo
from cdisc.spec import StudySpec

FOLDER = "define"


def copy_documents(study: StudySpec, folder: Path) -> tuple[StudyInfo, list[Finding]]:
    """Copy the documents study.yaml names; the study as define.xml may describe it.

    A document that is not there yet is left out of define.xml, where it would be a dead link, and
    is a finding.
    """
    present = []
    findings = []
    for document in study.info.documents:
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
