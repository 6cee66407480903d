"""JSON Schema of define/comments.yaml and define/methods.yaml."""

from __future__ import annotations

from cdisc.spec.schema_parts import TEXT, TEXTS, Schema, about, mapping, said
from cdisc.spec.schema_study import DIALECT


def notes_schema() -> Schema:
    """The schema of define/comments.yaml and define/methods.yaml."""
    pages = {"anyOf": [{"type": "null"}, TEXTS]}
    detailed = mapping(
        {
            "text": said("The text"),
            "on": about("What it is about: USUBJID everywhere, DM.RFSTDTC, or dataset TS", TEXTS),
            "documents": about(
                "Documents of study.yaml it refers to, each with its pages or nothing",
                {"type": "object", "additionalProperties": pages},
            ),
        },
        ("text",),
    )
    return {
        "$schema": DIALECT,
        "title": "define/comments.yaml, define/methods.yaml",
        "description": "Texts of Define-XML that several variables refer to by name",
        "type": "object",
        "propertyNames": {"pattern": r"^(COM|MT)\.[A-Za-z0-9_.-]+$"},
        "additionalProperties": {"anyOf": [TEXT, detailed]},
    }
