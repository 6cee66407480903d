"""A terminology release as ODM-XML with the NCI extension (controlled terminology 1.x).

`CodeList` has `nciodm:ExtCodeID`, `nciodm:CodeListExtensible` and a child
`nciodm:CDISCSubmissionValue`; each `EnumeratedItem` its `CodedValue`, `nciodm:ExtCodeID` and
children `nciodm:CDISCSynonym`, `nciodm:PreferredTerm`.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from cdisc.errors import Location, SourceError
from cdisc.standards.release_rows import ReleaseRow, ReleaseRows

_NCI = "{http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC}"


def read_odm(path: Path) -> ReleaseRows:
    """Read ODM-XML; no entity is resolved and nothing is fetched.

    Raises:
        SourceError: the file is not well-formed, has a DOCTYPE, or is not a terminology release.
    """
    stated: list[str] = []
    rows: list[ReleaseRow] = []
    root_seen = False
    try:
        with path.open("rb") as stream:
            events = etree.iterparse(
                stream,
                events=("start", "end"),
                tag=("{*}ODM", "{*}MetaDataVersion", "{*}CodeList"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            )
            for event, element in events:
                kind = etree.QName(element).localname
                if event == "start" and kind == "ODM":
                    root_seen = True
                    _refuse_doctype(path, element)
                elif event == "start" and kind == "MetaDataVersion":
                    # Description: "CDISC SDTM Controlled Terminology, 2025-03-28"
                    stated += [element.get("Description", ""), element.get("Name", "")]
                elif event == "end" and kind == "CodeList":
                    rows += _codelist_rows(path, element)
                    element.clear()
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"the XML is not well-formed: {error.msg}",
            at=Location(file=str(path), line=error.lineno),
        ) from error
    except OSError as error:
        raise SourceError(
            f"the file cannot be read: {error.strerror}", at=Location(file=str(path))
        ) from error
    if not root_seen:
        raise SourceError("the XML is not ODM", at=Location(file=str(path), line=1))
    return ReleaseRows(tuple(stated), rows)


def _refuse_doctype(path: Path, root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceError(
            "the XML has a DOCTYPE, which published terminology never has",
            at=Location(file=str(path), line=1),
        )


def _codelist_rows(path: Path, codelist: etree._Element) -> list[ReleaseRow]:
    code = codelist.get(f"{_NCI}ExtCodeID", "")
    name = _child_text(codelist, "CDISCSubmissionValue")
    line = _line(codelist)
    if not code or not name:
        raise SourceError(
            "the CodeList has no nciodm:ExtCodeID or no nciodm:CDISCSubmissionValue",
            at=Location(file=str(path), line=line, name=codelist.get("OID", "")),
            hint="The file should be the ODM-XML of a terminology release by NCI EVS",
        )
    extensible = codelist.get(f"{_NCI}CodeListExtensible", "")
    label = codelist.get("Name", "")
    rows = [ReleaseRow(line, code, "", extensible, label, name, "", "")]
    for item in codelist.iterchildren("{*}EnumeratedItem", "{*}CodeListItem"):
        synonyms = [child.text or "" for child in item.iterchildren(f"{_NCI}CDISCSynonym")]
        rows.append(
            ReleaseRow(
                line=_line(item),
                code=item.get(f"{_NCI}ExtCodeID", ""),
                codelist_code=code,
                extensible="",
                label=label,
                value=item.get("CodedValue", ""),
                synonym_text="",
                decode=_child_text(item, "PreferredTerm"),
                separate_synonyms=tuple(text.strip() for text in synonyms if text.strip()),
            )
        )
    return rows


def _child_text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{_NCI}{name}") or "").strip()


def _line(element: etree._Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 0
