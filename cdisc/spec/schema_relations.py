"""JSON Schema of the `relations:` that RELREC is made of."""

from __future__ import annotations

from cdisc.spec.read_relations import IF_NONE, NAME, RECORDS, TYPES
from cdisc.spec.schema_parts import WORDS, Schema, about, mapping, said, word


def relations_schema() -> Schema:
    """Relations by name: of datasets as a whole, or of single records."""
    one = {"anyOf": [_of_datasets(), _of_records()]}
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^{NAME}$"},
        "additionalProperties": about("A relation; its name becomes RELID", one),
    }


def _of_datasets() -> Schema:
    side = mapping(
        {
            "by": _by(),
            "type": word("How many records of a person may have one value (RELTYPE)", *TYPES),
            "if_none": _if_none(),
        },
        ("by", "type"),
    )
    sides = {"type": "object", "additionalProperties": side, "minProperties": 2}
    return {**sides, "propertyNames": {"not": {"const": RECORDS}}}


def _of_records() -> Schema:
    side = {"anyOf": [WORDS, mapping({"by": _by(), "if_none": _if_none()}, ("by",))]}
    sides = {"type": "object", "additionalProperties": side, "minProperties": 2}
    described = about("Datasets and the variable whose equal values relate their records", sides)
    return mapping({RECORDS: described}, (RECORDS,))


def _by() -> Schema:
    return said("The variable whose equal values within a person relate records")


def _if_none() -> Schema:
    return word("What to make of a value that no other dataset of the relation has", *IF_NONE)
