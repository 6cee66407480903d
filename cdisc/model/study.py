"""Who the study is and which standards and terminology its package declares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard a package conforms to (Define-XML 2.1 `def:Standard`).

    `name` is a term of the Define-XML standard name codelist (`SDTMIG`, `ADaMIG`, `CDISC/NCI`),
    `publishing_set` is `SDTM`, `ADaM` or `DEFINE-XML` for terminology and empty for an IG.
    """

    name: str
    type: Literal["IG", "CT"]
    version: str
    publishing_set: str = ""
    status: str = "Final"


@dataclass(frozen=True, slots=True)
class Document:
    """A document that travels with the package (`acrf.pdf`), relative to its define.xml."""

    name: str
    title: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyInfo:
    """Identity of the study. `created` is the only time that any output carries."""

    study_id: str
    name: str
    description: str
    protocol: str
    created: datetime
    standards: tuple[Standard, ...] = ()
    documents: tuple[Document, ...] = ()
