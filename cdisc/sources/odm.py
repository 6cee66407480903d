"""CDISC ODM-XML 1.3 clinical data: one item group as a table, one row an ItemGroupData."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cdisc.errors import Location, SourceError, did_you_mean
from cdisc.sources.received import Received, blank_to_missing
from cdisc.sources.table import SourceSpec

if TYPE_CHECKING:
    from lxml.etree import _Element

KEYS = (
    "StudyOID",
    "LocationOID",
    "SubjectKey",
    "StudyEventOID",
    "StudyEventRepeatKey",
    "FormOID",
    "FormRepeatKey",
    "ItemGroupOID",
    "ItemGroupRepeatKey",
)
# The element of ODM 1.3 that carries each key attribute.
_KEY_OF = {
    "ClinicalData": ("StudyOID",),
    "SubjectData": ("SubjectKey",),
    "SiteRef": ("LocationOID",),
    "StudyEventData": ("StudyEventOID", "StudyEventRepeatKey"),
    "FormData": ("FormOID", "FormRepeatKey"),
    "ItemGroupData": ("ItemGroupOID", "ItemGroupRepeatKey"),
}


def read_odm(path: Path, file: str, spec: SourceSpec, columns: Collection[str] | None) -> Received:
    """Read the item group (or the form) that `spec.sheet` names; only `columns` when given.

    Columns are the keys of ODM (`SubjectKey`, `StudyEventOID`...), then one an item, named by
    its ItemOID, in the order of the metadata if the file has them. A data row is numbered
    within its item group or form, in file order. No entity is resolved and nothing is fetched.

    Raises SourceError for what is not ODM 1.3, a transactional file (it holds changes, not
    data), an item group that is not there, and an item given twice in a row.
    """
    from lxml import etree

    reader = _Reader(file, str(spec.sheet))
    try:
        # An entity or a DTD has no place in an export; nothing is resolved or loaded.
        walk = etree.iterparse(
            str(path), events=("start", "end"), resolve_entities=False, no_network=True
        )
        for event, element in walk:
            if isinstance(element.tag, str):
                reader.take(event, element)
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"is not whole XML: {error.msg}",
            at=Location(file, error.lineno),
            hint="The transfer may be cut short: ask for it again",
        ) from None
    return reader.received(spec, columns)


class _Reader:
    """Collects the rows while the file goes by, and forgets each subject when it ends."""

    def __init__(self, file: str, wanted: str) -> None:
        self._file = file
        self._wanted = wanted
        self._keys: dict[str, str] = {}
        self._items: dict[str, str | None] = {}
        self._rows: list[tuple[dict[str, str], dict[str, str | None]]] = []
        self._groups: dict[str, None] = {}
        self._forms: dict[str, None] = {}
        self._order: dict[str, list[str]] = {}
        self._defined = ""
        self._started = False

    def take(self, event: str, element: _Element) -> None:
        tag = element.tag.rpartition("}")[2]
        if not self._started:
            self._begin(tag, element)
        if event == "start":
            self._enter(tag, element)
        else:
            self._leave(tag, element)

    def _begin(self, tag: str, element: _Element) -> None:
        self._started = True
        at = Location(self._file)
        if element.getroottree().docinfo.internalDTD is not None:
            raise SourceError(
                "has a document type declaration, which an export does not need",
                at=at,
                hint="Export without it",
            )
        version = element.get("ODMVersion", "1.3")
        if tag != "ODM" or not version.startswith("1."):
            what = f"ODM {version}" if tag == "ODM" else f"<{tag}>"
            raise SourceError(f"is {what}, not ODM 1.3", at=at, hint="Export as ODM 1.3.2")
        if element.get("FileType") == "Transactional":
            raise SourceError(
                "is a transactional ODM file: it holds changes, not data",
                at=at,
                hint="Export a snapshot",
            )

    def _enter(self, tag: str, element: _Element) -> None:
        for key in _KEY_OF.get(tag, ()):
            self._keys[key] = element.get(key, "")
        if tag == "SubjectData":
            self._keys["LocationOID"] = ""
        elif tag == "ItemGroupData":
            self._items = {}
        elif tag == "ItemGroupDef":
            self._defined = element.get("OID", "")
        elif tag == "ItemRef" and self._defined:
            self._order.setdefault(self._defined, []).append(element.get("ItemOID", ""))

    def _leave(self, tag: str, element: _Element) -> None:
        if tag == "ItemGroupDef":
            self._defined = ""
        elif tag.startswith("ItemData"):
            self._item(tag, element)
        elif tag == "ItemGroupData":
            group, form = self._keys["ItemGroupOID"], self._keys.get("FormOID", "")
            self._groups[group] = None
            self._forms[form] = None
            if not self._wanted or self._wanted in (group, form):
                self._rows.append((dict(self._keys), self._items))
        elif tag == "SubjectData":
            element.clear()

    def _item(self, tag: str, element: _Element) -> None:
        oid = element.get("ItemOID", "")
        if oid in self._items:
            raise SourceError(
                f"item {oid} stands twice in one {self._keys['ItemGroupOID']}",
                at=Location(self._file, _line(element)),
                hint="Each item has one value a row",
            )
        value = element.get("Value") if tag == "ItemData" else element.text
        self._items[oid] = None if element.get("IsNull") == "Yes" else value

    def received(self, spec: SourceSpec, columns: Collection[str] | None) -> Received:
        known = ", ".join(self._groups) or "none"
        if self._wanted and self._wanted not in self._groups and self._wanted not in self._forms:
            near = did_you_mean(self._wanted, [*self._groups, *self._forms])
            raise SourceError(
                f"the file has no item group or form {self._wanted}",
                at=Location(self._file),
                hint=near or f"Its item groups: {known}",
            )
        if not self._wanted and len(self._groups) > 1:
            raise SourceError(
                f"the file has {len(self._groups)} item groups and none is declared",
                at=Location(self._file),
                hint=f"Declare sheet, one of {known}",
            )
        present = dict.fromkeys(keys["ItemGroupOID"] for keys, _ in self._rows)
        names: dict[str, None] = dict.fromkeys(KEYS)
        for group in present or dict.fromkeys([self._wanted]):
            names |= dict.fromkeys(self._order.get(group, []))
        for _, items in self._rows:
            names |= dict.fromkeys(items)
        wanted = [name for name in names if columns is None or name in columns]
        texts: list[Any] = []
        for name in wanted:
            side = 0 if name in KEYS else 1
            texts.append(pa.array([row[side].get(name) for row in self._rows], pa.large_string()))
        return Received(
            table=blank_to_missing(pa.table(texts, names=wanted), ("", *spec.missing)),
            available=tuple(names),
            rows=np.arange(1, len(self._rows) + 1, dtype=np.int64),
        )


def _line(element: _Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None
