"""Who the study is and which standards and terminology its package declares."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cdisc.errors import Location


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
    """A document that travels with the package (`acrf.pdf`), relative to its define.xml.

    `pages` is, for an annotated CRF, where each source has its form: source to pages. `layers` are
    the layers it is about, `sdtm` or `adam`; none means all.
    """

    name: str
    title: str
    file: str
    pages: tuple[tuple[str, tuple[str, ...]], ...] = ()
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dictionary:
    """An external dictionary that the study codes with (Define-XML 2.1 `ExternalCodeList`).

    `name` is a term of the codelist DICTNAM where it has one (`MedDRA`, `WHODD`, `ISO 3166`);
    `version` the version used, empty where none is stated; `href` where its owner publishes it.
    """

    name: str
    version: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A text with a name of its own, which several places refer to: `COM.TS`, `MT.EPOCH`.

    `on` names what it is about without being asked: a variable wherever it is (`USUBJID`), one
    of one dataset (`DM.RFSTDTC`), or a dataset (`TS`). `documents` are the documents it refers
    to by name, each with its pages or none. `at` is where it is written.
    """

    name: str
    text: str
    on: tuple[str, ...] = ()
    documents: tuple[tuple[str, tuple[str, ...]], ...] = ()
    at: Location = field(default=Location(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyInfo:
    """Identity of the study. `created` is the only time that any output carries.

    `dictionaries` are the external dictionaries in their versions; a variable names one of them
    (`MedDRA`). `notes` are the comments and methods that go by a name of their own; a variable's
    comment that is such a name stands for its text.
    """

    study_id: str
    name: str
    description: str
    protocol: str
    created: datetime
    standards: tuple[Standard, ...] = ()
    documents: tuple[Document, ...] = ()
    dictionaries: tuple[Dictionary, ...] = ()
    notes: tuple[Note, ...] = ()

    def crf_pages(self, source: str) -> tuple[str, ...]:
        """The pages of the annotated CRF that hold the form of a source."""
        found = (dict(document.pages).get(source, ()) for document in self.documents)
        return next((pages for pages in found if pages), ())

    def note_on(self, begin: str, dataset: str, variable: str = "") -> str:
        """The name of the note, among those beginning `COM.` or `MT.`, that is about this.

        A note about the variable of one dataset goes before one about it wherever it is.
        """
        names = (f"{dataset}.{variable}", variable) if variable else (dataset,)
        notes = [note for note in self.notes if note.name.startswith(begin)]
        found = (note.name for name in names for note in notes if name in note.on)
        return next(found, "")

    def note_text(self, text: str) -> str:
        """The text of the note of that name; any other text stays as it is."""
        return next((note.text for note in self.notes if note.name == text), text)
