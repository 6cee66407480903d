"""JSON Schema of define/displays.yaml, from the declared arguments of the analyses."""

from __future__ import annotations

from dataclasses import MISSING, fields

from cdisc.spec.analyses import ANALYSES, UNITS, Analysis, Kind
from cdisc.spec.schema_parts import (
    FLAG,
    INTEGER,
    NUMBER,
    TEXT,
    TEXTS,
    WORDS,
    Schema,
    about,
    mapping,
    one_or_list,
    said,
)
from cdisc.spec.schema_study import DIALECT

_WHERE = about("Which of its records: comparisons joined by and", WORDS)


def displays_schema() -> Schema:
    """The schema of define/displays.yaml."""
    population = mapping(
        {
            "label": said("The population in words: Full analysis set"),
            "from": said("A dataset with one record per subject: ADSL"),
            "where": _WHERE,
            "by": said("The variable whose values are the groups: TRT01P"),
            "total": about("yes for a last group of all; or its name", {"anyOf": [FLAG, TEXT]}),
        },
        ("label", "from"),
    )
    return {
        "$schema": DIALECT,
        "title": "define/displays.yaml",
        "description": "Tables and figures of the study report, each by one analysis; they also "
        "become the analysis results metadata of define.xml",
        **mapping(
            {
                "populations": about(
                    "Whom displays are about, by name",
                    {"type": "object", "additionalProperties": population},
                ),
                "displays": about(
                    "Tables and figures by their number",
                    {"type": "object", "additionalProperties": _display()},
                ),
            },
            ("populations", "displays"),
        ),
    }


def _display() -> Schema:
    pages = {"anyOf": [{"type": "null"}, TEXTS]}
    schema = mapping(
        {
            "title": said("The title"),
            "population": said("Whom it is about: one of populations"),
            "reason": said("Why: SPECIFIED IN PROTOCOL, SPECIFIED IN SAP, DATA DRIVEN..."),
            "purpose": said("What for: PRIMARY, SECONDARY or EXPLORATORY OUTCOME MEASURE"),
            "from": said("The dataset it is made of: ADRS"),
            "where": _WHERE,
            "each": about("Variables whose values divide it into blocks", TEXTS),
            "footnote": said("A line below"),
            "documents": about(
                "Documents of study.yaml that specify it, each with its pages or nothing",
                {"type": "object", "additionalProperties": pages},
            ),
            **{name: _analysis(kind) for name, kind in ANALYSES.items()},
        },
        ("title", "population", "reason", "purpose", "from"),
    )
    schema["oneOf"] = [{"required": [name]} for name in ANALYSES]
    return schema


def _analysis(kind: type[Analysis]) -> Schema:
    items = fields(kind)
    schema = mapping(
        {
            item.name: about(item.metadata["about"], _ARGUMENTS[item.metadata["kind"]])
            for item in items
        },
        (item.name for item in items if item.default is MISSING),
    )
    if "required" not in schema:
        schema = {"anyOf": [{"type": "null"}, schema]}
    return about(kind.about, schema)


def _records(variable: str, what: str) -> Schema:
    return mapping(
        {"from": said("The dataset"), "where": _WHERE, variable: said(what)}, ("from", variable)
    )


_ARGUMENTS: dict[Kind, Schema] = {
    Kind.VARIABLE: TEXT,
    Kind.VARIABLES: TEXTS,
    Kind.CONDITION: WORDS,
    Kind.CONDITIONS: {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": "null"}, WORDS]},
    },
    Kind.NUMBER: NUMBER,
    Kind.NUMBERS: one_or_list(NUMBER),
    Kind.WHOLE: INTEGER,
    Kind.FLAG: FLAG,
    Kind.TEXT: TEXT,
    Kind.UNIT: {"enum": list(UNITS)},
    Kind.VALUE: _records("value", "The variable that has the value"),
    Kind.MARKS: {
        "type": "object",
        "additionalProperties": _records("date", "The variable that has the date"),
    },
}
