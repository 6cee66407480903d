"""Writes a small release, made up here, in each layout in which NCI EVS publishes one."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from xml.sax.saxutils import escape, quoteattr

import pytest

HEADER = (
    "Code",
    "Codelist Code",
    "Codelist Extensible (Yes/No)",
    "Codelist Name",
    "CDISC Submission Value",
    "CDISC Synonym(s)",
    "CDISC Definition",
    "NCI Preferred Term",
)
ROWS = (
    ("C9001", "", "No", "Mood of Day", "MOOD", "Mood of Day", "How a day went.", "Test Mood List"),
    ("C9002", "C9001", "", "Mood of Day", "GOOD", "Fine; Nice Day", "A good day.", "Good Day"),
    ("C9003", "C9001", "", "Mood of Day", "BAD & SAD", "", "A bad day.", "Bad Day"),
    ("C9010", "", "Yes", "Weather", "WTHR", "Weather", "What falls.", "Test Weather List"),
    ("C9011", "C9010", "", "Weather", "RAIN", "Shower", "Water falls.", "Rain"),
    ("C9012", "C9010", "", "Weather", "10", "Ten", "A number as a term.", "Ten"),
)
Rows = Sequence[Sequence[str]]


@pytest.fixture(scope="session")
def published() -> SimpleNamespace:
    """The rows of a small release and what writes it: text, workbook, odm."""
    return SimpleNamespace(
        header=HEADER, rows=ROWS, text=write_text, workbook=write_workbook, odm=write_odm
    )


def write_text(path: Path, rows: Rows = ROWS, header: Sequence[str] = HEADER) -> Path:
    """Tab-delimited text, lines ended as the publisher's system ends them."""
    content = "".join("\t".join(row) + "\r\n" for row in (header, *rows))
    path.write_bytes(content.encode("utf-8"))
    return path


def write_workbook(
    path: Path,
    rows: Rows = ROWS,
    header: Sequence[str] = HEADER,
    sheets: Sequence[str] = ("ReadMe", "SDTM Terminology 2024-01-31"),
) -> Path:
    """A workbook of a ReadMe sheet and sheets of the rows; digits are written as numbers."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    }
    names, relations, kinds = "", "", ""
    for number, name in enumerate(sheets, start=1):
        names += f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"/>'
        target = f"worksheets/sheet{number}.xml"
        relations += f'<Relationship Id="r{number}" Type="{office}/worksheet" Target="{target}"/>'
        kinds += f'<Override PartName="/xl/{target}" ContentType="{types}.worksheet+xml"/>'
        table = [["About this file"]] if name == "ReadMe" else [header, *rows]
        cells = "".join(
            f'<row r="{line}">' + "".join(_cell(text) for text in row) + "</row>"
            for line, row in enumerate(table, start=1)
        )
        parts[f"xl/{target}"] = (
            f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
        )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>'
    )
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f"{kinds}</Types>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return path


def _cell(text: str) -> str:
    if text.isdigit():
        return f"<c><v>{text}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def write_odm(
    path: Path, rows: Rows = ROWS, doctype: str = "", release: str = "SDTM 2024-01-31"
) -> Path:
    """ODM-XML with the NCI extension."""
    standard, date = release.split()
    name = f"CDISC {standard} Controlled Terminology"
    lists = ""
    for code, codelist_code, extensible, label, value, synonyms, _, decode in rows:
        if codelist_code:
            continue
        items = "".join(_item(row) for row in rows if row[1] == code)
        lists += (
            f'<CodeList OID="CL.{code}.{value}" Name={quoteattr(label)} DataType="text" '
            f'nciodm:ExtCodeID="{code}" nciodm:CodeListExtensible="{extensible}">\n'
            f"{items}<nciodm:CDISCSubmissionValue>{value}</nciodm:CDISCSubmissionValue>"
            f"<nciodm:CDISCSynonym>{escape(synonyms)}</nciodm:CDISCSynonym>"
            f"<nciodm:PreferredTerm>{escape(decode)}</nciodm:PreferredTerm></CodeList>\n"
        )
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}'
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" '
        'xmlns:nciodm="http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC" ODMVersion="1.3.2">\n'
        f'<Study OID="CDISC_CT.{standard}.{date}">'
        f'<MetaDataVersion OID="CDISC_CT_MetaDataVersion.{standard}.{date}" Name="{name}" '
        f'Description="{name}, {date}">\n{lists}'
        "</MetaDataVersion></Study></ODM>\n",
        encoding="utf-8",
        newline="\n",
    )
    return path


def _item(row: Sequence[str]) -> str:
    code, _, _, _, value, synonyms, _, decode = row
    parts = "".join(
        f"<nciodm:CDISCSynonym>{escape(part)}</nciodm:CDISCSynonym>"
        for part in synonyms.split("; ")
        if part
    )
    return (
        f'<EnumeratedItem CodedValue={quoteattr(value)} nciodm:ExtCodeID="{code}">{parts}'
        f"<nciodm:PreferredTerm>{escape(decode)}</nciodm:PreferredTerm></EnumeratedItem>\n"
    )
