"""The `sources:` and `crosswalk:` of study.yaml: which raw files there are and how to read them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.model import Origin
from cdisc.sources import SourceSpec
from cdisc.spec.read_contract import Contract, read_columns, read_unique
from cdisc.spec.read_cut import RecordDate, read_record_date
from cdisc.spec.read_fields import (
    fields_of,
    integer_of,
    named,
    optional_text,
    required,
    text_of,
    texts_of,
)
from cdisc.spec.read_origin import read_origin
from cdisc.spec.yaml_nodes import Fields, Node, Text

COLLECTED = Origin("Collected", "Investigator")
FILE_KEYS = (
    "file",
    "folder",
    "format",
    "encoding",
    "delimiter",
    "sheet",
    "header_row",
    "header_rows",
    "missing",
)
KEYS = (*FILE_KEYS, "subject", "columns", "unique", "date", "origin", "supplemental")
SUBMITTED = ("xpt", "json", "ndjson", "dataset-json")
CROSSWALK_KEYS = (*FILE_KEYS, "person", "ids")
SUBJECT_KEYS = ("column", "id")
CROSSWALK = "crosswalk"
_NAME = re.compile(r"\w[\w-]*")


@dataclass(frozen=True, slots=True)
class SourceDeclaration:
    """One source: how to read it, in which data folder it is, and its column of subject ids.

    `subject_id` names the column of the crosswalk that `subject` is matched with, empty without
    a crosswalk. `person` is the column that says whose a record is, empty when the source has
    no subjects: the one the crosswalk adds, without a crosswalk `subject` itself. `date` says
    when a record was, for the data cut. `contract` says of columns what they hold, `unique` which
    of them are together different on every record.

    `origin` is where its values come from: collected by the investigator unless study.yaml says
    otherwise (a laboratory's transfer, a coding dictionary). `supplemental` is the file of its
    supplemental qualifiers, when it has them in a dataset of their own.
    """

    spec: SourceSpec
    folder: str
    subject: str
    origin: Origin
    subject_id: str = ""
    person: str = ""
    date: RecordDate | None = None
    contract: Contract = field(default_factory=dict)
    unique: tuple[str, ...] = ()
    supplemental: SourceSpec | None = None

    @property
    def submitted(self) -> bool:
        """Whether it is a dataset as submitted (XPT, Dataset-JSON), such as SDTM others made."""
        ending = self.spec.file.rpartition(".")[2].lower()
        return (self.spec.format or ending).lower() in SUBMITTED

    @property
    def columns(self) -> frozenset[str] | None:
        """The columns that specs may read; None when only the file knows them."""
        declared = frozenset(self.spec.columns)
        added = frozenset({self.person} if self.subject_id else ())
        return declared | added if declared else None


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The table of ids: `person` is the column of persons, `ids` are the columns of their ids.

    One line says that its ids all belong to one person; a person may have several lines.
    """

    spec: SourceSpec
    folder: str
    person: str
    ids: tuple[str, ...]


def read_crosswalk(node: Node | None, folders: tuple[str, ...]) -> Crosswalk | None:
    """The crosswalk, when there is one. Raises SpecError at what it cannot be."""
    if node is None:
        return None
    fields = fields_of(node, CROSSWALK).only(*CROSSWALK_KEYS)
    person = text_of(required(fields, "person", CROSSWALK), "person")
    ids_node = required(fields, "ids", CROSSWALK)
    ids = texts_of(ids_node, "ids")
    if not ids:
        raise SpecError("ids names no column", at=ids_node.at)
    if person in ids:
        raise SpecError(
            f"{person} cannot be the person and one of the ids",
            at=ids_node.at,
            hint="The person has a column of its own",
        )
    at = named(fields.at, CROSSWALK)
    spec, folder = _file(CROSSWALK, fields, at, folders, (*ids, person))
    return Crosswalk(spec, folder, person, tuple(dict.fromkeys(ids)))


def read_sources(
    node: Node | None, folders: tuple[str, ...], crosswalk: Crosswalk | None = None
) -> dict[str, SourceDeclaration]:
    """Sources by name. Raises SpecError at what a source cannot be."""
    if node is None:
        return {}
    fields = fields_of(node, "sources")
    return {
        name: _source(name, value, named(fields.keys_at[name], name), folders, crosswalk)
        for name, value in fields.fields.items()
    }


def _source(
    name: str, node: Node, at: Location, folders: tuple[str, ...], crosswalk: Crosswalk | None
) -> SourceDeclaration:
    if name.isupper():
        raise SpecError(
            f"a source cannot be called {name}",
            at=at,
            hint="Capitals are for datasets; write it in small letters",
        )
    if not _NAME.fullmatch(name):
        raise SpecError(
            f"a source cannot be called {name}",
            at=at,
            hint="Letters, digits, - and _: files of the package are called like it",
        )
    if name == CROSSWALK and crosswalk is not None:
        raise SpecError("a source cannot be called as the crosswalk", at=at, hint="Rename it")
    fields = fields_of(node, name).only(*KEYS)
    declared, contract = read_columns(fields.get("columns"))
    spec, folder = _file(name, fields, at, folders, declared)
    written = fields.get("origin")
    origin = COLLECTED if written is None else read_origin(written)
    subject, subject_id = _subject(fields.get("subject"), crosswalk)
    date = read_record_date(fields.get("date"))
    resolved = crosswalk is not None and bool(subject)
    person = crosswalk.person if crosswalk is not None and subject else subject
    known = (*declared, person) if declared and resolved else declared
    unique = read_unique(fields.get("unique"), known)
    if resolved and person in declared:
        raise SpecError(
            f"source {name} has a column {person}, the crosswalk's name for the person",
            at=at,
            hint="Call the person otherwise under crosswalk",
        )
    return SourceDeclaration(
        spec,
        folder,
        subject,
        origin,
        subject_id,
        person,
        date,
        contract,
        unique,
        _supplemental(fields.get("supplemental"), spec),
    )


def _supplemental(node: Node | None, parent: SourceSpec) -> SourceSpec | None:
    """The file of supplemental qualifiers, read as its parent is."""
    if node is None:
        return None
    return replace(parent, file=text_of(node, "supplemental"), columns=(), at=node.at)


def _subject(node: Node | None, crosswalk: Crosswalk | None) -> tuple[str, str]:
    """The column of subject ids, and the column of the crosswalk that it is matched with."""
    if node is None:
        return "", ""
    if not isinstance(node, Fields):
        return text_of(node, "subject"), crosswalk.ids[0] if crosswalk else ""
    fields = node.only(*SUBJECT_KEYS)
    column = text_of(required(fields, "column", "subject"), "column")
    id_node = required(fields, "id", "subject")
    name = text_of(id_node, "id")
    if crosswalk is None:
        raise SpecError(
            f"there is no crosswalk whose column {name} could be",
            at=id_node.at,
            hint="Declare it: crosswalk: {file: ..., person: ..., ids: [...]}",
        )
    if name not in crosswalk.ids:
        raise SpecError(
            f"the crosswalk has no id {name}",
            at=id_node.at,
            hint=did_you_mean(name, crosswalk.ids) or f"There are {', '.join(crosswalk.ids)}",
        )
    return column, name


def _file(
    name: str, fields: Fields, at: Location, folders: tuple[str, ...], columns: tuple[str, ...]
) -> tuple[SourceSpec, str]:
    """How a file is read, and its data folder."""
    folder = optional_text(fields, "folder")
    if not folder:
        if len(folders) != 1:
            what = name if name == CROSSWALK else f"source {name}"
            raise SpecError(f"{what} needs folder", at=at, hint=", ".join(folders))
        folder = folders[0]
    elif folder not in folders:
        raise SpecError(f"data declares no folder {folder}", at=fields.fields["folder"].at)
    encoding = optional_text(fields, "encoding") or "utf-8"
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise SpecError(
            f"there is no encoding {encoding!r}",
            at=fields.fields["encoding"].at,
            hint="e.g. utf-8, gb18030, windows-1252",
        ) from None
    sheet = optional_text(fields, "sheet")
    rows = {
        key: integer_of(fields.fields[key], key)
        for key in ("header_row", "header_rows")
        if key in fields.fields
    }
    missing = fields.get("missing")
    delimiter = fields.get("delimiter")
    spec = SourceSpec(
        name=name,
        file=text_of(required(fields, "file", name), "file"),
        format=optional_text(fields, "format"),
        encoding=encoding,
        delimiter=_delimiter(delimiter) if delimiter is not None else "",
        sheet=int(sheet) if sheet.isdigit() else sheet,
        missing=() if missing is None else texts_of(missing, "missing"),
        columns=columns,
        at=at,
        **rows,
    )
    return spec, folder


def _delimiter(node: Node) -> str:
    text = text_of(node, "delimiter") if isinstance(node, Text) else ""
    text = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(text) != 1:
        raise SpecError("delimiter must be one character, or tab", at=node.at)
    return text
