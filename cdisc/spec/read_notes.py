"""Comments and methods with a name: define/comments.yaml and define/methods.yaml.

A spec refers to one by its name (`comment: COM.TS`, `method: MT.EPOCH`), or the note itself says
what it is on, so that what holds for several variables is said once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.model import Document, Note
from cdisc.spec.read_fields import fields_of, named, required, text_of, texts_of
from cdisc.spec.yaml_nodes import Fields, Node, Text, read_yaml

FILES = {"COM.": "comments.yaml", "MT.": "methods.yaml"}
"""The beginning of the names in each file of the folder `define`."""

_NAME = re.compile(r"(?:COM|MT)\.[A-Za-z0-9_.-]+")


def is_note_name(text: str) -> bool:
    """Whether a text can only be meant as the name of a note: one word, `COM.` or `MT.` first."""
    return _NAME.fullmatch(text) is not None


def read_notes(home: Path, documents: Collection[Document]) -> tuple[Note, ...]:
    """The notes of a study folder, comments first, each file in its own order.

    Raises SpecError for a name that does not begin as its file wants, and for a document that
    study.yaml does not declare.
    """
    known = {document.name for document in documents}
    notes = []
    for begin, file in FILES.items():
        path = home / "define" / file
        if not path.exists():
            continue
        fields = read_yaml(path, f"define/{file}")
        for name, node in fields.fields.items():
            if not (name.startswith(begin) and is_note_name(name)):
                raise SpecError(
                    f"{name!r} cannot be a name here",
                    at=fields.keys_at[name],
                    hint=f"{begin} and letters, digits, _ . or -: {begin}NAME",
                )
            notes.append(replace(_note(name, node, known), at=named(fields.keys_at[name], name)))
    return tuple(notes)


def _note(name: str, node: Node, known: Collection[str]) -> Note:
    if isinstance(node, Text):
        return Note(name, text_of(node, name))
    fields = fields_of(node, name).only("text", "on", "documents")
    text = text_of(required(fields, "text", name), "text")
    on, documents = fields.get("on"), fields.get("documents")
    return Note(
        name,
        text,
        () if on is None else texts_of(on, "on"),
        () if documents is None else _documents(documents, known),
    )


def _documents(node: Node, known: Collection[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    fields: Fields = fields_of(node, "documents")
    found = []
    for document, pages in fields.fields.items():
        if document not in known:
            raise SpecError(
                f"study.yaml declares no document {document}",
                at=fields.keys_at[document],
                hint=did_you_mean(document, known),
            )
        none = isinstance(pages, Text) and pages.is_empty
        found.append((document, () if none else texts_of(pages, "pages")))
    return tuple(found)


def read_pages(home: Path, file: str, at: Location) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The pages of a document for each source: a table with the columns SOURCE and PAGES.

    No file, no pages: the table is written together with the document, which may not be there.

    Raises SpecError when the table has other columns.
    """
    path = home / "define" / file
    if not file or not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if any(set(row) != {"SOURCE", "PAGES"} for row in rows):
        raise SpecError(f"define/{file} must have the columns SOURCE and PAGES", at=at)
    return tuple((row["SOURCE"], tuple(row["PAGES"].split())) for row in rows)
