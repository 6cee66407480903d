"""JSON Schemas of study.yaml and define/codelists.yaml."""

from __future__ import annotations

from cdisc.spec.schema_cut import SOME, cut_schema, date_schema
from cdisc.spec.schema_parts import (
    CELL,
    FLAG,
    INTEGER,
    TEXT,
    TEXTS,
    WORDS,
    Schema,
    about,
    mapping,
    one_or_list,
    origin_schema,
    said,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CELLS: Schema = {"type": "object", "additionalProperties": CELL}


def study_schema() -> Schema:
    """The schema of study.yaml."""
    top = mapping(
        {
            "study": about(
                "Who the study is",
                mapping(
                    {
                        "id": said("STUDYID"),
                        "name": said("Name of the study in Define-XML; its id unless given"),
                        "protocol": said("Protocol name or number"),
                        "description": said("What the study is about"),
                    },
                    ("id",),
                ),
            ),
            "created": about(
                "The one date and time that outputs carry: 2025-07-31T12:00:00", {"type": "string"}
            ),
            "standards": about(
                "The standards and terminology the package declares",
                mapping(
                    {
                        "sdtm": said("The SDTM implementation guide: SDTMIG 3.4"),
                        "adam": said("The ADaM implementation guide: ADaMIG 1.3"),
                        "terminology": about("The terminology releases: sdtmct 2025-03-28", TEXTS),
                        "terminology_file": said(
                            "A release as NCI EVS publishes it, in the folder"
                        ),
                    },
                    ("terminology",),
                ),
            ),
            "algorithms": about(
                "Python modules in the folder with algorithms of the study's own", TEXTS
            ),
            "data": about(
                "Data folders by name, below the study folder",
                {"type": "object", "additionalProperties": TEXT},
            ),
            "crosswalk": about("The table that says which ids are one person's", _crosswalk()),
            "cut": about("The data cut: what happened later is left out", cut_schema()),
            "sources": about(
                "Raw files by name, in small letters",
                {
                    "type": "object",
                    "propertyNames": {"pattern": "[a-z]|^[^A-Z]*$"},
                    "additionalProperties": _source(),
                },
            ),
            "tables": about(
                "Tables of the study's own (units, visits) by name: their files",
                {"type": "object", "additionalProperties": TEXT},
            ),
            "dictionaries": about(
                "External dictionaries by name: MedDRA, WHODD",
                {"type": "object", "additionalProperties": _dictionary()},
            ),
            "documents": about(
                "Documents that travel with the package",
                one_or_list(
                    mapping(
                        {
                            "name": said("Short name: acrf"),
                            "title": said("Title shown to the reviewer"),
                            "file": said("Its file beside define.xml"),
                            "pages": said("Table of the pages of each source's form: SOURCE,PAGES"),
                            "layers": about(
                                "The layers it is about, all without: sdtm, adam",
                                one_or_list({"enum": ["sdtm", "adam"]}),
                            ),
                        },
                        ("name", "title", "file"),
                    )
                ),
            ),
        },
        ("study", "created", "standards"),
    )
    return {
        "$schema": DIALECT,
        "title": "study.yaml",
        "description": "Identity, standards and sources of a study",
        **top,
    }


def codelists_schema() -> Schema:
    """The schema of define/codelists.yaml."""
    codelist = mapping(
        {
            "label": said("Name of the codelist in Define-XML"),
            "extends": said("The published extensible codelist that terms are added to"),
            "comment": said("Why the list has terms of the sponsor's; a comment in Define-XML"),
            "terms": about("Submission values, each with its decode or nothing", CELLS),
            "collected": about(
                "Codes in the raw data, each with the term it stands for",
                {"type": "object", "additionalProperties": TEXT},
            ),
        }
    )
    # a published list may be named for its collected codes alone
    codelist["dependentRequired"] = {"extends": ["terms"]}
    return {
        "$schema": DIALECT,
        "title": "define/codelists.yaml",
        "description": "Codelists of the study's own, and extensions of published ones",
        "type": "object",
        "additionalProperties": codelist,
    }


def _dictionary() -> Schema:
    schema = mapping(
        {
            "version": said("The version coded with: 27.1"),
            "href": said("Where its owner publishes it"),
            "from": said("The source or table that holds the coded terms"),
            "term": said("Its column of verbatim terms"),
            "where": about("Which of its records are of this dictionary", WORDS),
        },
        ("version",),
    )
    schema["dependentRequired"] = {"from": ["term"], "term": ["from"], "where": ["from"]}
    return schema


def _file() -> dict[str, Schema]:
    return {
        "file": said("File in the data folder, or a pattern: lab_*.csv"),
        "folder": said("Data folder, when study.yaml declares several"),
        "format": said("csv, tsv, xlsx, xpt, sas7bdat, parquet...; the file's ending unless given"),
        "encoding": said("utf-8 unless given: gb18030, windows-1252"),
        "delimiter": said("One character, or tab"),
        "sheet": said("Sheet of a workbook, by name or position"),
        "header_row": about("Row of the column names, from 1", INTEGER),
        "header_rows": about("How many rows the column names take", INTEGER),
        "missing": about("Texts that mean missing besides the empty cell", TEXTS),
    }


def _crosswalk() -> Schema:
    ids = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}
    return mapping(
        {
            **_file(),
            "person": said("Column of the persons; sources get one of this name"),
            "ids": about("Columns of ids; a source's subject is the first unless it says so", ids),
        },
        ("file", "person", "ids"),
    )


def _columns() -> Schema:
    kinds = {"enum": ["text", "integer", "number"]}
    column = mapping(
        {
            "type": about("text, integer or number; text unless given", kinds),
            "codes": about("The only values there are", SOME),
            "required": about("yes when no record may lack it", FLAG),
        }
    )
    contract = {"anyOf": [{"type": "null"}, kinds, column]}
    return {"anyOf": [TEXTS, {"type": "object", "additionalProperties": contract}]}


def _source() -> Schema:
    subject = mapping(
        {
            "column": said("Column of the subject's identifier"),
            "id": said("The column of the crosswalk that it is"),
        },
        ("column", "id"),
    )
    return mapping(
        {
            **_file(),
            "subject": about("Column of the subject's identifier", {"anyOf": [TEXT, subject]}),
            "columns": about("The columns there must be, and what they hold", _columns()),
            "unique": about("Columns that together are different on every record", TEXTS),
            "date": about("When a record was, for the data cut; none when never", date_schema()),
            "origin": about("Where its values come from; collected unless given", origin_schema()),
            "supplemental": said("The file of its supplemental qualifiers: suppae.xpt"),
        },
        ("file",),
    )
