"""The pieces that the schemas of specs are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from cdisc.spec.read_origin import ORIGINS

Schema: TypeAlias = dict[str, Any]

# editors give YAML scalars types; to the reader each is the text as written
SCALARS = ["string", "number", "boolean"]
TEXT: Schema = {"type": SCALARS}
WORDS: Schema = {"type": SCALARS, "pattern": r"\S"}
CELL: Schema = {"type": [*SCALARS, "null"]}
INTEGER: Schema = {"type": ["integer", "string"], "pattern": r"^\s*[+-]?[0-9]+\s*$"}
NUMBER: Schema = {
    "type": ["number", "string"],
    "pattern": r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$",
}
FLAG: Schema = {
    "anyOf": [
        {"enum": ["yes", "no", True, False]},
        {
            "type": "string",
            "pattern": "^([Yy][Ee][Ss]|[Nn][Oo]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$",
        },
    ]
}
TEXT_MAP: Schema = {"type": "object", "additionalProperties": CELL}


def one_or_list(item: Schema) -> Schema:
    """One value, or a list of them."""
    return {"anyOf": [item, {"type": "array", "items": item}]}


def mapping(properties: dict[str, Schema], required: Iterable[str] = ()) -> Schema:
    """A mapping with these keys and no others."""
    schema: Schema = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    needed = list(required)
    return schema | {"required": needed} if needed else schema


def about(description: str, schema: Schema) -> Schema:
    """A schema with the description an editor shows."""
    return {"description": description, **schema}


def said(description: str) -> Schema:
    """A text with its description."""
    return about(description, TEXT)


def word(description: str, *words: str) -> Schema:
    """One of a closed set of words."""
    return about(description, {"enum": list(words)})


def ref(name: str) -> Schema:
    """A reference to one of the definitions of the schema."""
    return {"$ref": f"#/$defs/{name}"}


TEXTS = one_or_list(TEXT)


def origin_schema() -> Schema:
    """An origin: its type alone, or with CRF pages, predecessor or source."""
    pages = {"anyOf": [{"type": "null"}, TEXTS]}
    kinds = {
        kind: about(f"{name}; with CRF pages if there are", pages)
        for kind, name in ORIGINS.items()
        if kind != "predecessor"
    }
    kinds["predecessor"] = said("Predecessor: the variable it was copied from, DM.USUBJID")
    detailed = mapping({**kinds, "source": said("Investigator, Sponsor, Subject or Vendor")})
    detailed["oneOf"] = [{"required": [kind]} for kind in ORIGINS]
    return {"anyOf": [{"enum": list(ORIGINS)}, detailed]}
