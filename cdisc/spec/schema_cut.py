"""JSON Schema of the data cut, and of when the records of a source were."""

from __future__ import annotations

from cdisc.spec.schema_parts import (
    CELL,
    FLAG,
    TEXT,
    TEXTS,
    Schema,
    about,
    mapping,
    said,
)

OFFSET = "UTC offset of the times in the source: +00:00, Z"
SOME: Schema = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}
COLUMNS: Schema = {"type": "object", "additionalProperties": TEXT}


def cut_schema() -> Schema:
    """One day, or a table of days by person."""
    day = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    one = mapping({"date": about("The day of the data cut: 2025-06-30", day)}, ("date",))
    by_person = mapping(
        {
            "table": said("The source or table that has the day of each person"),
            "date": said("Its column of days"),
            "person": said("Its column of persons"),
            "formats": about("Formats of the days; YYYY-MM-DD unless given", TEXTS),
        },
        ("table", "date", "person"),
    )
    return {"anyOf": [one, by_person]}


def date_schema() -> Schema:
    """The column that dates a record, the source it follows, or the word none."""
    expected = about("no when many records rightly have no date", FLAG)
    own = mapping(
        {
            "column": said("Column of the date at which a record starts"),
            "formats": about("Formats of the dates: DD-MON-YYYY", SOME),
            "from_offset": said(OFFSET),
            "to_offset": said("UTC offset of the study: +08:00"),
            "expected": expected,
            "ends": about("Later dates of a record, blanked when after the cut", _ends()),
        },
        ("column", "formats"),
    )
    follows = mapping(
        {
            "follows": said("The source whose matching record has the date"),
            "match": about("Their column: ours; a list when both are called so", _match()),
            "expected": expected,
        },
        ("follows", "match"),
    )
    return {"anyOf": [{"const": "none"}, own, follows]}


def _match() -> Schema:
    return {"anyOf": [TEXT, {"type": "array", "items": TEXT}, COLUMNS]}


def _ends() -> Schema:
    without = mapping(
        {
            "without": said("The item that is taken out of the cell"),
            "separator": said("What is between items; ; unless given"),
        },
        ("without",),
    )
    cells = {"type": "object", "additionalProperties": {"anyOf": [CELL, without]}}
    detailed = {"type": "object", "additionalProperties": {"anyOf": [{"type": "null"}, cells]}}
    return {"anyOf": [TEXT, {"type": "array", "items": TEXT}, detailed]}
