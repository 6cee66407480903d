"""JSON Schemas of mapping specs, study.yaml and codelists.yaml, for completion in editors.

Generated from the algorithms' signatures and the readers' own lists of words. A schema accepts
what the reader accepts, as far as JSON Schema can say; names and expressions are `cdisc check`.
"""

from __future__ import annotations

import json
from pathlib import Path

from cdisc.algorithms import library
from cdisc.spec.read_dataset import LEVEL_ORIGINS
from cdisc.spec.schema_arguments import algorithm_schema, selection_schema
from cdisc.spec.schema_displays import displays_schema
from cdisc.spec.schema_notes import notes_schema
from cdisc.spec.schema_parts import (
    INTEGER,
    TEXTS,
    Schema,
    about,
    mapping,
    one_or_list,
    origin_schema,
    ref,
    said,
    word,
)
from cdisc.spec.schema_relations import relations_schema
from cdisc.spec.schema_rows import derive_schema, lookup_schema, parameter_schema, rows_schema
from cdisc.spec.schema_sensitivity import sensitivity_schema
from cdisc.spec.schema_study import DIALECT, codelists_schema, study_schema

__all__ = [
    "FILES",
    "codelists_schema",
    "dataset_schema",
    "notes_schema",
    "study_schema",
    "write_schemas",
]

FILES = (
    "mapping.schema.json",
    "study.schema.json",
    "codelists.schema.json",
    "notes.schema.json",
    "displays.schema.json",
    "sensitivity.schema.json",
)


def dataset_schema() -> Schema:
    """The schema of a mapping spec: one dataset in a file, or the relations in one."""
    top = mapping(
        {
            "dataset": {
                "description": "The dataset this file describes: AE, ADSL",
                "type": "string",
                "pattern": "^[A-Z][A-Z0-9]{0,7}$",
            },
            "label": said("Label of the dataset; the standard's unless given"),
            "class": said("Class of a domain of your own, or of an ADaM dataset"),
            "structure": said("What one record is; for ADaM BDS, BDS-TTE, OCCDS or ADSL"),
            "scope": word("Whether it is built subject by subject", "subject", "study"),
            "keys": about("The variables that make a record unique, in sort order", TEXTS),
            "order": word("How records are sorted and numbered", "keys", "source"),
            "comment": said("Comment on the dataset in Define-XML, or the name of one: COM.TS"),
            "selections": about(
                "Records by name, wherever some are wanted: of: ADEQUATE",
                {
                    "type": "object",
                    "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_]*$"},
                    "additionalProperties": ref("selection"),
                },
            ),
            "rows": about("Where records come from and what one record is", ref("rows")),
            "parameters": about(
                "Rows by parameter: PARAMCD, its label and how its records are made",
                {"type": "object", "additionalProperties": ref("parameter")},
            ),
            "carry": about(
                "Variables copied from datasets with one record a subject: ADSL: [TRTSDT, SAFFL]",
                {"type": "object", "additionalProperties": TEXTS},
            ),
            "lookups": about(
                "Named joins; lookup.COLUMN reads one",
                {"type": "object", "additionalProperties": ref("lookup")},
            ),
            "variables": about(
                "How each variable is made; _NAME is a step on the way, never written",
                {"type": "object", "additionalProperties": ref("variable")},
            ),
            "supplemental": about(
                "Supplemental qualifiers, which go into SUPP--",
                {"type": "object", "additionalProperties": ref("variable")},
            ),
            "value_levels": about(
                "Variables that Define-XML describes per value of others",
                one_or_list(_value_levels()),
            ),
            "relations": about("The relations that RELREC is made of", relations_schema()),
        }
    )
    # relations have a file of their own
    top["if"] = {"required": ["relations"]}
    top["then"] = {"propertyNames": {"enum": ["relations"]}}
    top["else"] = {
        "required": ["dataset", "keys", "variables"],
        "anyOf": [{"required": ["rows"]}, {"required": ["parameters"]}],
    }
    algorithms = {name: algorithm_schema(found) for name, found in library().items()}
    definitions = {
        "rows": rows_schema(),
        "parameter": parameter_schema(),
        "derive.parameter": derive_schema(_algorithms(of_records=True), by_subject=True),
        "lookup": lookup_schema(),
        "selection": selection_schema(),
        "derive": derive_schema(_algorithms(of_records=True)),
        "variable": _variable(),
        "columns": _columns(),
        "origin": origin_schema(),
        **{_definition(name): schema for name, schema in algorithms.items()},
    }
    return {
        "$schema": DIALECT,
        "title": "Mapping spec of one dataset",
        "description": "How one SDTM or ADaM dataset is made of sources and other datasets; or "
        "the relations between datasets",
        **top,
        "$defs": definitions,
    }


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Writes the schemas into a folder, the same bytes each time; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    schemas = (
        dataset_schema(),
        study_schema(),
        codelists_schema(),
        notes_schema(),
        displays_schema(),
        sensitivity_schema(),
    )
    paths = tuple(folder / name for name in FILES)
    for path, schema in zip(paths, schemas, strict=True):
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        path.write_text(text, encoding="utf-8", newline="\n")
    return paths


def _definition(algorithm: str) -> str:
    return f"algorithm.{algorithm}"


def _algorithms(*, of_records: bool = False) -> dict[str, Schema]:
    return {
        name: about(found.summary, ref(_definition(name)))
        for name, found in library().items()
        if bool(found.makes) == of_records
    }


def _variable() -> Schema:
    """Metadata, and exactly one algorithm."""
    algorithms = _algorithms()
    metadata = {
        "label": said("Label; the standard's unless given"),
        "type": word("SAS type; the standard's unless given", "Char", "Num"),
        "length": about("Length in bytes; the longest value's unless given", INTEGER),
        "format": said("SAS format: DATE9."),
        "codelist": said("Codelist by name or C-code; the standard's unless given"),
        "dictionary": said("External dictionary: MedDRA 27.0"),
        "origin": about("Origin in Define-XML; the algorithm's unless given", ref("origin")),
        "comment": said("Comment in Define-XML, or the name of one: COM.PC"),
        "method": said("Sentence put before the method text, or the name of one: MT.EPOCH"),
        "evaluator": said("Who evaluated a supplemental qualifier (QEVAL)"),
    }
    return {
        **mapping({**algorithms, **metadata}),
        "oneOf": [{"required": [name]} for name in algorithms],
    }


def _columns() -> Schema:
    """Columns that a row step adds, each by one algorithm."""
    one = {**mapping(_algorithms()), "minProperties": 1, "maxProperties": 1}
    return {"type": "object", "additionalProperties": one}


def _value_levels() -> Schema:
    return mapping(
        {
            "by": about("The variables whose values tell records apart", TEXTS),
            "of": about("The variables described for each", TEXTS),
            "codelists": about(
                "Codelists, each with the values of the last of `by` whose results it lists",
                {"type": "object", "additionalProperties": TEXTS},
            ),
            "origins": about(
                "Origins other than the variable's, each with the values that have it",
                mapping(
                    {
                        word: about(f"Values that are {origin.type}, source {origin.source}", TEXTS)
                        for word, origin in LEVEL_ORIGINS.items()
                    }
                ),
            ),
        },
        ("by", "of"),
    )
