"""JSON Schema of define/sensitivity.yaml."""

from __future__ import annotations

from cdisc.spec.schema_parts import TEXT, TEXTS, Schema, about, mapping, one_or_list, said
from cdisc.spec.schema_study import DIALECT
from cdisc.spec.sensitivity import TARGETS


def sensitivity_schema() -> Schema:
    """The schema of define/sensitivity.yaml."""
    change = mapping(
        {
            "dataset": said("The dataset whose spec has the argument: ADRS"),
            "parameters": about("The parameters that it is changed in", TEXTS),
            "variables": about("The variables that it is changed in", TEXTS),
            "selections": about("The named selections that it is changed in", TEXTS),
            "argument": said(
                "The argument: confirm_days; AVALC.read_as of a column that a parameter sets; "
                "censors.if_gap_over of the items of a list; from or where of a selection"
            ),
            "value": about("The other value; none as if it were not given", {}),
            "without": about(
                "The items that a list is without: those that give a field, or {field: name}",
                {"anyOf": [TEXT, {"type": "object", "additionalProperties": TEXT}]},
            ),
        },
        ("dataset", "argument"),
    )
    change["allOf"] = [
        {"oneOf": [{"required": [target]} for target in TARGETS]},
        {"oneOf": [{"required": ["value"]}, {"required": ["without"]}]},
    ]
    alternative = mapping(
        {
            "label": said("What is otherwise, in words"),
            "changes": about("The arguments that have another value", one_or_list(change)),
        },
        ("changes",),
    )
    whole = mapping(
        {
            "compare": about(
                "By dataset the parameters that are compared, with one record a subject",
                {"type": "object", "minProperties": 1, "additionalProperties": TEXTS},
            ),
            "alternatives": about(
                "Other conventions by name",
                {"type": "object", "minProperties": 1, "additionalProperties": alternative},
            ),
        },
        ("compare", "alternatives"),
    )
    return {
        "$schema": DIALECT,
        "title": "define/sensitivity.yaml",
        "description": "Other conventions for endpoints, which `cdisc sensitivity` tries",
        **whole,
    }
