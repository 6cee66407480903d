"""References inside a define.xml that lead nowhere, and definitions that nothing refers to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from cdisc.define.parse import parse_xml
from cdisc.define.xml import DEF, ODM, qualified

_TARGETS = {
    "ItemOID": "ItemDef",
    "ItemGroupOID": "ItemGroupDef",
    "ParameterOID": "ItemDef",
    "def:ItemOID": "ItemDef",
    "MethodOID": "MethodDef",
    "CodeListOID": "CodeList",
    "RoleCodeListOID": "CodeList",
    "ValueListOID": "def:ValueListDef",
    "WhereClauseOID": "def:WhereClauseDef",
    "def:CommentOID": "def:CommentDef",
    "def:StandardOID": "def:Standard",
    "leafID": "def:leaf",
    "def:ArchiveLocationID": "def:leaf",
}
# A standard, a document or a dataset may be declared for its own sake.
_FREE_STANDING = frozenset({"def:Standard", "def:leaf", "ItemGroupDef"})


@dataclass(frozen=True, slots=True)
class References:
    """Each entry reads `ItemRef ItemOID=IT.AE.AETERM`; both lists in document order."""

    broken: tuple[str, ...]
    unused: tuple[str, ...]


def references(define_xml: Path) -> References:
    """Which references of a define.xml are broken, and which definitions nothing refers to.

    Raises:
        SourceError: the file cannot be read as XML.
    """
    root = parse_xml(define_xml).getroot()
    defined = {target: _identifiers(root, target) for target in sorted(set(_TARGETS.values()))}
    used: dict[str, set[str]] = {target: set() for target in defined}
    broken = []
    for node in root.iter(etree.Element):
        for attribute, target in _TARGETS.items():
            value = node.get(qualified(attribute))
            if value is None:
                continue
            used[target].add(value)
            if value not in defined[target]:
                broken.append(f"{etree.QName(node).localname} {attribute}={value}")
    unused = [
        f"{target} {identifier}"
        for target, identifiers in defined.items()
        if target not in _FREE_STANDING
        for identifier in identifiers
        if identifier not in used[target]
    ]
    return References(tuple(broken), tuple(unused))


def _identifiers(root: etree._Element, target: str) -> dict[str, None]:
    prefix, _, local = target.rpartition(":")
    namespace = DEF if prefix else ODM
    attribute = "ID" if local == "leaf" else "OID"
    nodes = root.iter(f"{{{namespace}}}{local}")
    return dict.fromkeys(node.get(attribute, "") for node in nodes)
