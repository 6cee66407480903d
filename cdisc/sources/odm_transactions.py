"""ODM files that hold changes: transactions applied in the order of the file.

Rules of ODM 1.3.2, "Transactions": Insert adds what is not there yet and whose parent is there;
Update changes what is there, and nothing that it does not mention; Upsert does either; Remove
takes away an element with all below it; Context changes nothing. An element without a type of its
own has that of its parent. A file that breaks these rules is refused: it may be one of a series
whose earlier files are not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cdisc.errors import Location, SourceError

if TYPE_CHECKING:
    from lxml.etree import _Element

INSERT, UPDATE, UPSERT, REMOVE, CONTEXT = "Insert", "Update", "Upsert", "Remove", "Context"
TYPES = (INSERT, UPDATE, UPSERT, REMOVE, CONTEXT)
_SERIES = "It may be one of a series of files: ask for a snapshot, or for all of it in one file"
_PIECE = 4 << 20
_TYPED = re.compile(rb"""TransactionType\s*=\s*["'](?!Insert["'])""")

# study, subject, event and its repeat, form and its repeat, group and its repeat in a Key
_KEY_PLACES = (0, 2, 4, 5, 7, 8, 10, 11)

Key = tuple[str, ...]
Items = dict[str, str | None]

# element -> what names it among its siblings, and the elements below it
_LEVELS = {
    "SubjectData": ("StudyEventData", ("SubjectKey",)),
    "StudyEventData": ("FormData", ("StudyEventOID", "StudyEventRepeatKey")),
    "FormData": ("ItemGroupData", ("FormOID", "FormRepeatKey")),
    "ItemGroupData": ("", ("ItemGroupOID", "ItemGroupRepeatKey")),
}


class Group(NamedTuple):
    """An item group as it is after all transactions: its place, its keys and its items."""

    row: int
    site: str
    keys: Key
    items: Items


def holds_changes(path: Path) -> bool:
    """Whether a file says anywhere that something is more than inserted."""
    rest = b""
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            if _TYPED.search(rest + piece):
                return True
            rest = piece[-64:]
    return False


class Transactions:
    """The state of a study while its transactions go by; only wanted groups keep their items.

    Args:
        file: the name that errors show.
        wanted: OID of an item group or a form, empty for every group.
        otherwise: the type of an element that has none and inherits none; empty: it must.
    """

    def __init__(self, file: str, wanted: str, otherwise: str) -> None:
        self._file = file
        self._wanted = wanted
        self._otherwise = otherwise
        self._below: dict[Key, dict[Key, None]] = {}
        self._groups: dict[Key, Group] = {}
        self._count = 0

    def carry_out(self, subject: _Element, study: str, site: str) -> None:
        """Apply what one SubjectData says. Raises SourceError, at its line, when it cannot be."""
        self._below.setdefault((study,), {})
        self._element(subject, (study,), self._otherwise, site)

    def groups(self) -> Iterator[Group]:
        """What is there in the end, in the order in which it came to be there."""
        yield from self._groups.values()

    def _element(self, element: _Element, parent: Key, inherited: str, site: str) -> None:
        tag = element.tag.rpartition("}")[2]
        child_tag, names = _LEVELS[tag]
        key = (*parent, tag, *(element.get(name, "") for name in names))
        kind = self._kind(element, inherited)
        if kind == REMOVE:
            self._refuse_kept(element)
            self._remove(element, parent, key)
            return
        self._enter(element, kind, parent, key)
        if child_tag:
            for child in element.iterchildren(f"{{*}}{child_tag}"):
                self._element(child, key, kind, site)
        else:
            self._items(element, key, kind, site)

    def _kind(self, element: _Element, inherited: str) -> str:
        kind = element.get("TransactionType") or inherited
        if not kind:
            raise self._error(element, "has no TransactionType, as a transactional file needs", "")
        if kind not in TYPES:
            raise self._error(element, f"has an unknown TransactionType {kind}", "")
        return kind

    def _enter(self, element: _Element, kind: str, parent: Key, key: Key) -> None:
        there = key in self._below
        if kind == INSERT and there:
            raise self._error(element, "is inserted but was there already", "")
        if kind == UPDATE and not there:
            raise self._error(element, "is updated but was never inserted", _SERIES)
        # what is sent for context is there, whoever sent it first
        self._below.setdefault(key, {})
        self._below[parent][key] = None

    def _remove(self, element: _Element, parent: Key, key: Key) -> None:
        if key not in self._below:
            raise self._error(element, "is removed but was never inserted", _SERIES)
        del self._below[parent][key]
        left = [key]
        while left:
            gone = left.pop()
            left += self._below.pop(gone)
            self._groups.pop(gone, None)

    def _refuse_kept(self, element: _Element) -> None:
        for inner in element.iter("{*}*"):
            if inner.get("TransactionType", REMOVE) != REMOVE:
                raise self._error(inner, "is changed inside of what is removed", "")

    def _items(self, element: _Element, key: Key, kind: str, site: str) -> None:
        group, form = element.get("ItemGroupOID", ""), key[-5]
        if self._wanted and self._wanted not in (group, form):
            return
        self._count += 1
        known = self._groups.get(key)
        items: Items = dict(known.items) if known else {}
        seen: set[str] = set()
        for item in element:
            if not isinstance(item.tag, str) or not _is_item(item):
                continue
            oid = item.get("ItemOID", "")
            what = self._kind(item, kind)
            if oid in seen and what == INSERT:
                raise self._error(item, f"item {oid} stands twice in one {group}", "")
            seen.add(oid)
            if what == REMOVE:
                items[oid] = None
            elif what != CONTEXT:
                items[oid] = item_value(item)
        if known is None and kind == CONTEXT and not items:
            return
        keys = tuple(key[place] for place in _KEY_PLACES)
        row = known.row if known else self._count
        self._groups[key] = Group(row, site or (known.site if known else ""), keys, items)

    def _error(self, element: _Element, message: str, hint: str) -> SourceError:
        tag = element.tag.rpartition("}")[2]
        shown = (element.get(name) for name in (*_LEVELS.get(tag, ("", ()))[1], "ItemOID"))
        name = " ".join(text for text in shown if text)
        line = element.sourceline
        at = Location(self._file, line if isinstance(line, int) else None)
        said = message if message.startswith("item ") else f"{tag} {name} {message}"
        return SourceError(said, at=at, hint=hint)


def item_value(item: _Element) -> str | None:
    """The value of an ItemData, typed or not; None when it says that it has none."""
    untyped = item.tag.rpartition("}")[2] == "ItemData"
    value = item.get("Value") if untyped else item.text
    return None if item.get("IsNull") == "Yes" else value


def _is_item(item: _Element) -> bool:
    return item.tag.rpartition("}")[2].startswith("ItemData")
