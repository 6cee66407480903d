"""The `sources:` part of study.yaml: which raw files there are and how to read them."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from cdisc.errors import Location, SpecError
from cdisc.model import Origin
from cdisc.sources import SourceSpec
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
from cdisc.spec.yaml_nodes import Node, Text

COLLECTED = Origin("Collected", "Investigator")
KEYS = (
    "file",
    "folder",
    "subject",
    "format",
    "encoding",
    "delimiter",
    "sheet",
    "header_row",
    "header_rows",
    "missing",
    "columns",
    "origin",
)


@dataclass(frozen=True, slots=True)
class SourceDeclaration:
    """One source: how to read it, in which data folder it is, and its column of subject ids.

    `origin` is where its values come from: collected by the investigator unless study.yaml says
    otherwise (a laboratory's transfer, a coding dictionary).
    """

    spec: SourceSpec
    folder: str
    subject: str
    origin: Origin


def read_sources(node: Node | None, folders: tuple[str, ...]) -> dict[str, SourceDeclaration]:
    """Sources by name. Raises SpecError at what a source cannot be."""
    if node is None:
        return {}
    fields = fields_of(node, "sources")
    return {
        name: _source(name, value, named(fields.keys_at[name], name), folders)
        for name, value in fields.fields.items()
    }


def _source(name: str, node: Node, at: Location, folders: tuple[str, ...]) -> SourceDeclaration:
    if name.isupper():
        raise SpecError(
            f"a source cannot be called {name}",
            at=at,
            hint="Capitals are for datasets; write it in small letters",
        )
    fields = fields_of(node, name).only(*KEYS)
    folder = optional_text(fields, "folder")
    if not folder:
        if len(folders) != 1:
            raise SpecError(f"source {name} needs folder", at=at, hint=", ".join(folders))
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
    missing, columns = fields.get("missing"), fields.get("columns")
    delimiter = fields.get("delimiter")
    spec = SourceSpec(
        name=name,
        file=text_of(required(fields, "file", name), "file"),
        format=optional_text(fields, "format"),
        encoding=encoding,
        delimiter=_delimiter(delimiter) if delimiter is not None else "",
        sheet=int(sheet) if sheet.isdigit() else sheet,
        missing=() if missing is None else texts_of(missing, "missing"),
        columns=() if columns is None else texts_of(columns, "columns"),
        at=at,
        **rows,
    )
    written = fields.get("origin")
    origin = COLLECTED if written is None else read_origin(written)
    return SourceDeclaration(spec, folder, optional_text(fields, "subject"), origin)


def _delimiter(node: Node) -> str:
    text = text_of(node, "delimiter") if isinstance(node, Text) else ""
    text = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(text) != 1:
        raise SpecError("delimiter must be one character, or tab", at=node.at)
    return text
