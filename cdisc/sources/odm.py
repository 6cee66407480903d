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
_TAGS = tuple(f"{{*}}{tag}" for tag in (*_KEY_OF, "ItemGroupDef"))


def read_odm(path: Path, file: str, spec: SourceSpec, columns: Collection[str] | None) -> Received:
    """Read the item group (or the form) that `spec.sheet` names; only `columns` when given.

    Columns are the keys of ODM (`SubjectKey`, `StudyEventOID`...), then one an item, named by
    its ItemOID, in the order of the metadata if the file has them. A data row is numbered
    within its item group or form, in file order. No entity is resolved and nothing is fetched.

    Raises SourceError for what is not ODM 1.3, a transactional file (it holds changes, not
    data), an item group that is not there, and an item given twice in a row.
    """
    from lxml import etree

    reader = _Reader(file, str(spec.sheet), columns)
    try:
        # An entity or a DTD has no place in an export; nothing is resolved or loaded.
        options = {"resolve_entities": False, "no_network": True}
        _, root = next(etree.iterparse(str(path), events=("start",), **options))
        _refuse_other(root, file)
        walk = etree.iterparse(str(path), events=("start", "end"), tag=_TAGS, **options)
        for event, element in walk:
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                reader.enter(tag, element)
            else:
                reader.leave(tag, element)
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"is not whole XML: {error.msg}",
            at=Location(file, error.lineno),
            hint="The transfer may be cut short: ask for it again",
        ) from None
    return reader.received(spec)


def _refuse_other(root: _Element, file: str) -> None:
    """Raise SourceError for a file that is not a snapshot of ODM 1.3, or that has a DTD."""
    at = Location(file)
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceError(
            "has a document type declaration, which an export does not need",
            at=at,
            hint="Export without it",
        )
    tag = str(root.tag).rpartition("}")[2]
    version = root.get("ODMVersion", "1.3")
    if tag != "ODM" or not version.startswith("1."):
        what = f"ODM {version}" if tag == "ODM" else f"<{tag}>"
        raise SourceError(f"is {what}, not ODM 1.3", at=at, hint="Export as ODM 1.3.2")
    if root.get("FileType") == "Transactional":
        raise SourceError(
            "is a transactional ODM file: it holds changes, not data",
            at=at,
            hint="Export a snapshot",
        )


class _Reader:
    """Collects the rows, column by column, while the file goes by; subjects are not kept.

    Only the elements in `_TAGS` are looked at one by one: items are read when their group ends
    and the group is wanted, which is what makes one form of a large file cheap.
    """

    def __init__(self, file: str, wanted: str, columns: Collection[str] | None) -> None:
        self._file = file
        self._wanted = wanted
        self._asked = columns
        self._keys: dict[str, str] = {}
        self._count = 0
        self._values: dict[str, list[str | None]] = {}
        self._items: dict[str, None] = {}
        self._present: dict[str, None] = {}
        self._groups: dict[str, None] = {}
        self._forms: dict[str, None] = {}
        self._order: dict[str, list[str]] = {}
        # Codes, dates and keys repeat over and over: one text object serves them all.
        self._texts: dict[str, str] = {}

    def enter(self, tag: str, element: _Element) -> None:
        """An element begins: note the keys that it carries."""
        for key in _KEY_OF.get(tag, ()):
            self._keys[key] = element.get(key, "")
        if tag == "SubjectData":
            self._keys["LocationOID"] = ""

    def leave(self, tag: str, element: _Element) -> None:
        """An element ends: take its row or its definition, and forget it."""
        if tag == "ItemGroupDef":
            references = (item.get("ItemOID", "") for item in element.iter("{*}ItemRef"))
            self._order[element.get("OID", "")] = list(references)
        elif tag == "ItemGroupData":
            group, form = self._keys["ItemGroupOID"], self._keys.get("FormOID", "")
            self._groups[group] = None
            self._forms[form] = None
            if not self._wanted or self._wanted in (group, form):
                self._present[group] = None
                self._row(element)
        elif tag == "SubjectData":
            element.clear()
            parent = element.getparent()
            while parent is not None and parent[0] is not element:
                del parent[0]

    def _row(self, element: _Element) -> None:
        items: dict[str, str | None] = {}
        for item in element:
            tag = item.tag.rpartition("}")[2] if isinstance(item.tag, str) else ""
            if not tag.startswith("ItemData"):
                continue
            oid = item.get("ItemOID", "")
            if oid in items:
                raise SourceError(
                    f"item {oid} stands twice in one {self._keys['ItemGroupOID']}",
                    at=Location(self._file, _line(item)),
                    hint="Each item has one value a row",
                )
            value = item.get("Value") if tag == "ItemData" else item.text
            items[oid] = None if item.get("IsNull") == "Yes" else value
        self._items.update(dict.fromkeys(items))
        for name in KEYS:
            self._put(name, self._keys.get(name))
        for name, value in items.items():
            if name not in KEYS:
                self._put(name, value)
        self._count += 1

    def _put(self, name: str, value: str | None) -> None:
        if value is None or (self._asked is not None and name not in self._asked):
            return
        column = self._values.setdefault(name, [])
        column.extend([None] * (self._count - len(column)))
        column.append(self._texts.setdefault(value, value))

    def received(self, spec: SourceSpec) -> Received:
        """What was collected. Raises SourceError when the group or form is not there."""
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
        names: dict[str, None] = dict.fromkeys(KEYS)
        for group in self._present or dict.fromkeys([self._wanted]):
            names |= dict.fromkeys(self._order.get(group, []))
        names |= self._items
        wanted = [name for name in names if self._asked is None or name in self._asked]
        texts: list[Any] = []
        for name in wanted:
            column = self._values.get(name, [])
            column.extend([None] * (self._count - len(column)))
            texts.append(pa.array(column, pa.large_string()))
        return Received(
            table=blank_to_missing(pa.table(texts, names=wanted), ("", *spec.missing)),
            available=tuple(names),
            rows=np.arange(1, self._count + 1, dtype=np.int64),
        )


def _line(element: _Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None
