"""Writes the EDC forms as an ODM-XML 1.3.2 snapshot, subject by subject.

OIDs are unique within a metadata version, so those of forms and code lists carry a prefix.

Source: CDISC Operational Data Model 1.3.2, sections 3.1.3 (Study) and 3.1.4 (ClinicalData).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO
from xml.sax.saxutils import escape

from cdisc.simulate.dates import EXPORT, iso
from cdisc.simulate.edc_metadata import CODE_LISTS, EVENTS, FORMS, Form, Item, sheet_name

STUDY, METADATA, SITE = "CHN-PLAGH-BT-078", "MDV.1", "001"
_LENGTHS = {"text": 1000, "integer": 8}


class OdmFile:
    """An open ODM file. Subjects go out as they come, so that memory does not grow."""

    def __init__(self, handle: IO[str]) -> None:
        self._handle = handle
        handle.writelines(line + "\n" for line in _head())

    def add(self, tables: Mapping[str, Sequence[Sequence[str]]]) -> None:
        """Append one SubjectData of the sheets that are forms; nothing when they are empty."""
        filled = [(form, tables[sheet_name(form.oid)]) for form in FORMS]
        filled = [(form, rows) for form, rows in filled if rows]
        if filled:
            subject = filled[0][1][0][0]
            self._handle.writelines(line + "\n" for line in _subject(subject, filled))

    def finish(self) -> None:
        """Close the elements that are open."""
        self._handle.write("  </ClinicalData>\n</ODM>\n")


def _subject(subject: str, filled: Sequence[tuple[Form, Sequence[Sequence[str]]]]) -> Iterator[str]:
    yield f'    <SubjectData SubjectKey="{_text(subject)}">'
    yield f'      <SiteRef LocationOID="{SITE}"/>'
    for event in EVENTS:
        forms = [(form, rows) for form, rows in filled if form.event == event]
        if not forms:
            continue
        yield f'      <StudyEventData StudyEventOID="{event}" StudyEventRepeatKey="1">'
        for form, rows in forms:
            yield f'        <FormData FormOID="F.{form.oid}" FormRepeatKey="1">'
            for number, row in enumerate(rows, start=1):
                items = "".join(_items(form, row))
                yield (
                    f'          <ItemGroupData ItemGroupOID="{form.oid}"'
                    f' ItemGroupRepeatKey="{number}">{items}</ItemGroupData>'
                )
            yield "        </FormData>"
        yield "      </StudyEventData>"
    yield "    </SubjectData>"


def _items(form: Form, row: Sequence[str]) -> Iterator[str]:
    """The items that have a value; what was left empty is not in a snapshot."""
    for item, value in zip(form.items, row[1:], strict=True):
        if value:
            yield f'<ItemData ItemOID="{item.oid}" Value="{_text(value)}"/>'


def _head() -> Iterator[str]:
    stamp = f"{iso(EXPORT)}T02:00:00+08:00"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Snapshot"'
        f' Granularity="All" FileOID="{STUDY}.EDC.{iso(EXPORT)}"'
    )
    yield f'     CreationDateTime="{stamp}" AsOfDateTime="{stamp}">'
    yield f'  <Study OID="{STUDY}">'
    yield "    <GlobalVariables>"
    yield f"      <StudyName>{STUDY}</StudyName>"
    yield "      <StudyDescription>MSC-IFNa in advanced solid tumors</StudyDescription>"
    yield f"      <ProtocolName>{STUDY}</ProtocolName>"
    yield "    </GlobalVariables>"
    yield f'    <MetaDataVersion OID="{METADATA}" Name="Version 1">'
    yield from _definitions()
    yield "    </MetaDataVersion>"
    yield "  </Study>"
    yield f'  <AdminData StudyOID="{STUDY}">'
    yield f'    <Location OID="{SITE}" Name="Site {SITE}" LocationType="Site">'
    yield (
        f'      <MetaDataVersionRef StudyOID="{STUDY}" MetaDataVersionOID="{METADATA}"'
        ' EffectiveDate="2023-01-29"/>'
    )
    yield "    </Location>"
    yield "  </AdminData>"
    yield f'  <ClinicalData StudyOID="{STUDY}" MetaDataVersionOID="{METADATA}">'


def _definitions() -> Iterator[str]:
    yield "      <Protocol>"
    for number, event in enumerate(EVENTS, start=1):
        yield (
            f'        <StudyEventRef StudyEventOID="{event}" OrderNumber="{number}"'
            ' Mandatory="No"/>'
        )
    yield "      </Protocol>"
    for event, name in EVENTS.items():
        kind = "Common" if event == "COMMON" else "Scheduled"
        yield f'      <StudyEventDef OID="{event}" Name="{name}" Repeating="No" Type="{kind}">'
        for form in FORMS:
            if form.event == event:
                yield f'        <FormRef FormOID="F.{form.oid}" Mandatory="No"/>'
        yield "      </StudyEventDef>"
    for form in FORMS:
        yield f'      <FormDef OID="F.{form.oid}" Name="{form.name}" Repeating="No">'
        yield f'        <ItemGroupRef ItemGroupOID="{form.oid}" Mandatory="Yes"/>'
        yield "      </FormDef>"
    for form in FORMS:
        repeating = "Yes" if form.repeating else "No"
        yield f'      <ItemGroupDef OID="{form.oid}" Name="{form.name}" Repeating="{repeating}">'
        for item in form.items:
            mandatory = "Yes" if item.mandatory else "No"
            yield f'        <ItemRef ItemOID="{item.oid}" Mandatory="{mandatory}"/>'
        yield "      </ItemGroupDef>"
    for form in FORMS:
        for item in form.items:
            yield from _item(item)
    for name, codes in CODE_LISTS.items():
        kind = "integer" if all(code.isdigit() for code in codes) else "text"
        yield f'      <CodeList OID="CL.{name}" Name="{name}" DataType="{kind}">'
        for code, meaning in codes.items():
            yield f'        <CodeListItem CodedValue="{code}">'
            yield f"          <Decode><TranslatedText>{escape(meaning)}</TranslatedText></Decode>"
            yield "        </CodeListItem>"
        yield "      </CodeList>"


def _item(item: Item) -> Iterator[str]:
    length = f' Length="{_LENGTHS[item.type]}"' if item.type in _LENGTHS else ""
    yield f'      <ItemDef OID="{item.oid}" Name="{item.oid}" DataType="{item.type}"{length}>'
    yield f"        <Question><TranslatedText>{escape(item.question)}</TranslatedText></Question>"
    if item.codes:
        yield f'        <CodeListRef CodeListOID="CL.{item.codes}"/>'
    yield "      </ItemDef>"


def _text(value: str) -> str:
    """A text as it may stand in an attribute between double quotes."""
    return escape(value, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
