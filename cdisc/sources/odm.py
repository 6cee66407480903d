"""CDISC ODM-XML 1.3 clinical data: one item group as a table, one row an ItemGroupData."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cdisc.errors import Location, SourceError, did_you_mean
from cdisc.sources.odm_transactions import UPSERT, Transactions, holds_changes, item_value
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
# What is looked at when it ends: a subject as a whole, so that one is in memory at a time.
_TAGS = ("{*}SubjectData", "{*}ItemGroupDef", "{*}FormDef")


def read_odm(path: Path, file: str, spec: SourceSpec, columns: Collection[str] | None) -> Received:
    """Read the item group (or the form) that `spec.sheet` names; only `columns` when given.

    Columns are the keys of ODM (`SubjectKey`, `StudyEventOID`...), then one an item, named by
    its ItemOID, in the order of the metadata if the file has them. A data row is numbered
    within its item group or form, in file order. No entity is resolved and nothing is fetched.

    An item group or form that the metadata define and nobody has filled in yet has no rows.

    A file of changes gives what is there after all of them, in the order it was inserted; the
    data row of a record is then that of the group which inserted it (`odm_transactions`).

    Raises SourceError for what is not ODM 1.3, changes that cannot be, an item group that is
    not there, and an item given twice in a row.
    """
    from lxml import etree

    try:
        # An entity or a DTD has no place in an export; nothing is resolved or loaded.
        options = {"resolve_entities": False, "no_network": True}
        _, root = next(etree.iterparse(str(path), events=("start",), **options))
        _refuse_other(root, file)
        reader = _Reader(file, str(spec.sheet), columns)
        transactional = root.get("FileType") == "Transactional"
        if transactional or holds_changes(path):
            # a snapshot shows what is there: an element without a type says that it is
            reader.changes = Transactions(file, str(spec.sheet), "" if transactional else UPSERT)
        walk = etree.iterparse(str(path), events=("end",), tag=_TAGS, **options)
        for _, element in walk:
            reader.take(element)
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"is not whole XML: {error.msg}",
            at=Location(file, error.lineno),
            hint="The transfer may be cut short: ask for it again",
        ) from None
    return reader.received(spec)


def _refuse_other(root: _Element, file: str) -> None:
    """Raise SourceError for a file that is not ODM 1.3, or that has a DTD."""
    at = Location(file)
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceError(
            "has a document type declaration, which an export does not need",
            at=at,
            hint="Export without it",
        )
    tag = _tag(root)
    version = root.get("ODMVersion", "1.3")
    if tag != "ODM" or not version.startswith("1."):
        what = f"ODM {version}" if tag == "ODM" else f"<{tag}>"
        raise SourceError(f"is {what}, not ODM 1.3", at=at, hint="Export as ODM 1.3.2")


class _Reader:
    """Collects the rows, column by column, while the file goes by; subjects are not kept.

    Items are read only in groups that are wanted, which is what makes one form of a large file
    cheap.
    """

    def __init__(self, file: str, wanted: str, columns: Collection[str] | None) -> None:
        self.changes: Transactions | None = None
        self._file = file
        self._wanted = wanted
        self._asked = columns
        self._count = 0
        self._rows: list[int] = []
        self._values: dict[str, list[str | None]] = {}
        self._items: dict[str, None] = {}
        self._present: dict[str, None] = {}
        self._groups: dict[str, None] = {}
        self._forms: dict[str, None] = {}
        # By the metadata: the items of each group, the groups of each form.
        self._items_of: dict[str, list[str]] = {}
        self._groups_of: dict[str, list[str]] = {}
        # Codes, dates and keys repeat over and over: one text object serves them all.
        self._texts: dict[str, str] = {}

    def take(self, element: _Element) -> None:
        """An element of `_TAGS` has ended: take what it holds, and forget it."""
        tag, oid = _tag(element), element.get("OID", "")
        if tag == "ItemGroupDef":
            self._items_of[oid] = [item.get("ItemOID", "") for item in element.iter("{*}ItemRef")]
        elif tag == "FormDef":
            references = element.iter("{*}ItemGroupRef")
            self._groups_of[oid] = [group.get("ItemGroupOID", "") for group in references]
        else:
            self._subject(element)
            element.clear()
            parent = element.getparent()
            while parent is not None and parent[0] is not element:
                del parent[0]

    def _subject(self, subject: _Element) -> None:
        parent, site = subject.getparent(), subject.find("{*}SiteRef")
        of_subject = (
            "" if parent is None else parent.get("StudyOID", ""),
            "" if site is None else site.get("LocationOID", ""),
            subject.get("SubjectKey", ""),
        )
        if self.changes is not None:
            self.changes.carry_out(subject, of_subject[0], of_subject[1])
        for event in subject.iterchildren("{*}StudyEventData"):
            of_event = (event.get("StudyEventOID", ""), event.get("StudyEventRepeatKey", ""))
            for form in event.iterchildren("{*}FormData"):
                name = form.get("FormOID", "")
                self._forms[name] = None
                of_form = (*of_subject, *of_event, name, form.get("FormRepeatKey", ""))
                for group in form.iterchildren("{*}ItemGroupData"):
                    oid = group.get("ItemGroupOID", "")
                    self._groups[oid] = None
                    if not self._wanted or self._wanted in (oid, name):
                        self._present[oid] = None
                        if self.changes is not None:
                            continue
                        self._row((*of_form, oid, group.get("ItemGroupRepeatKey", "")), group)

    def _row(self, keys: tuple[str, ...], group: _Element) -> None:
        items: dict[str, str | None] = {}
        for item in group:
            tag = _tag(item)
            if not tag.startswith("ItemData"):
                continue
            oid = item.get("ItemOID", "")
            if oid in items:
                raise SourceError(
                    f"item {oid} stands twice in one {group.get('ItemGroupOID', '')}",
                    at=Location(self._file, _line(item)),
                    hint="Each item has one value a row",
                )
            items[oid] = item_value(item)
        self._add(keys, items, self._count + 1)

    def _add(self, keys: tuple[str, ...], items: Mapping[str, str | None], row: int) -> None:
        self._items.update(dict.fromkeys(items))
        for name, key in zip(KEYS, keys, strict=True):
            self._put(name, key)
        for name, value in items.items():
            if name not in KEYS:
                self._put(name, value)
        self._count += 1
        self._rows.append(row)

    def _put(self, name: str, value: str | None) -> None:
        if value is None or (self._asked is not None and name not in self._asked):
            return
        column = self._values.setdefault(name, [])
        column.extend([None] * (self._count - len(column)))
        column.append(self._texts.setdefault(value, value))

    def received(self, spec: SourceSpec) -> Received:
        """What was collected. Raises SourceError when the group or form is not there."""
        if self.changes is not None:
            for row, site, (study, subject, *keys), items in self.changes.groups():
                self._add((study, site, subject, *keys), items, row)
        groups = dict.fromkeys([*self._groups, *self._items_of])
        forms = dict.fromkeys([*self._forms, *self._groups_of])
        known = ", ".join(groups) or "none"
        if self._wanted and self._wanted not in groups and self._wanted not in forms:
            near = did_you_mean(self._wanted, [*groups, *forms])
            raise SourceError(
                f"the file has no item group or form {self._wanted}",
                at=Location(self._file),
                hint=near or f"Its item groups: {known}",
            )
        if not self._wanted and len(groups) > 1:
            raise SourceError(
                f"the file has {len(groups)} item groups and none is declared",
                at=Location(self._file),
                hint=f"Declare sheet, one of {known}",
            )
        names: dict[str, None] = dict.fromkeys(KEYS)
        defined = self._groups_of.get(self._wanted, [self._wanted] if self._wanted else groups)
        for group in self._present or dict.fromkeys(defined):
            names |= dict.fromkeys(self._items_of.get(group, []))
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
            rows=np.array(self._rows, dtype=np.int64),
        )


def _tag(element: _Element) -> str:
    """The name of an element without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _line(element: _Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None
