"""JSON Schema of what a spec may write for an algorithm, from the algorithm's own signature."""

from __future__ import annotations

from typing import cast

from cdisc.algorithms import Algorithm, Parameter
from cdisc.algorithms.arguments import RecordsArgument
from cdisc.spec.bind_records import record_columns
from cdisc.spec.schema_parts import (
    FLAG,
    INTEGER,
    NUMBER,
    TEXT,
    TEXT_MAP,
    WORDS,
    Schema,
    about,
    mapping,
    one_or_list,
)

KINDS: dict[str, tuple[str, str]] = {
    "Column": ("column", "AETERM, DM.RFSTDTC, lookup.COLUMN or source['any name']"),
    "NumberColumn": ("column of numbers", "AVAL"),
    "DateColumn": ("column of dates", "ADT, ADSL.TRTSDT; text dates as ISO 8601"),
    "Columns": ("columns", "one column or a list: [USUBJID, AESTDTC]"),
    "Condition": ("condition", 'SEX == "F" and not missing(AGE)'),
    "Expression": ("expression", "MG / BSA"),
    "Records": ("records", "SE, or {from: SE, where: CONDITION, start: VARIABLE}"),
    "RecordsList": (
        "records",
        "EX.EXSTDTC, or {from: EX, where: CONDITION, date: EXSTDTC}, or a list",
    ),
    "Terms": ("codelist", "its name or C-code: NY, C66742"),
    "LevelTerms": ("variable", "a variable with codelists under value_levels: TSVAL"),
    "Table": ("table", "the name of a table that study.yaml declares"),
    "Text": ("text", "any text; in quotes when it holds : # { } [ ] or ,"),
    "Integer": ("whole number", "2"),
    "Number": ("number", "0.5"),
    "Flag": ("yes or no", "yes"),
    "Choice": ("word", "one of the words listed"),
    "TextList": ("texts", "one text or a list: [UN, UNK]"),
    "TextMap": ("mapping", "texts to texts: {1: MILD, 2: SEVERE}"),
    "Group": ("group", "a mapping of the fields listed below it"),
    "GroupList": ("groups", "a list of mappings of the fields listed below it"),
}
"""For each kind of argument what a spec calls it, and how it is written."""


_NAME: Schema = {**TEXT, "minLength": 1}


def algorithm_schema(algorithm: Algorithm) -> Schema:
    """What may stand after an algorithm's name: its arguments, or its main one alone."""
    written = [p for p in algorithm.parameters if p.spoken]
    names = [p.name for p in written]
    required = [p.name for p in written if p.required]
    named = mapping({p.name: parameter_schema(p) for p in written}, required)
    ways = [named]
    main = algorithm.parameter(algorithm.main) if algorithm.main else None
    if main is not None and set(required) <= {main.name}:
        alone = _shape(main)
        if main.kind in ("TextMap", "Group", "Records"):
            # a mapping that has one of the arguments' names is read as the arguments
            alone = {"allOf": [alone, {"propertyNames": {"not": {"enum": names}}}]}
        ways.append(alone)
    if not required:
        ways.append({"type": "null"})
    schema: Schema = ways[0] if len(ways) == 1 else {"anyOf": ways}
    return {"description": _described(algorithm), **schema}


def parameter_schema(parameter: Parameter) -> Schema:
    """What may be written for one argument, with its help."""
    help_ = parameter.help or KINDS[parameter.kind][0]
    return {"description": help_[0].upper() + help_[1:], **_shape(parameter)}


def _described(algorithm: Algorithm) -> str:
    examples = [line for line in algorithm.doc.splitlines() if line.startswith("Example:")]
    return " ".join([algorithm.summary, *examples])


def _shape(parameter: Parameter) -> Schema:
    match parameter.kind:
        case "Column" | "NumberColumn" | "DateColumn" | "Condition" | "Expression":
            return WORDS
        case "Columns":
            return one_or_list(WORDS)
        case "Integer":
            return INTEGER
        case "Number":
            return NUMBER
        case "Flag":
            return FLAG
        case "Choice":
            return {"enum": list(parameter.choices)}
        case "TextList":
            return one_or_list(TEXT)
        case "TextMap":
            return TEXT_MAP
        case "Records":
            return _records(parameter)
        case "RecordsList":
            return one_or_list(_records(parameter))
        case "Group":
            return _group(parameter)
        case "GroupList":
            return one_or_list(_group(parameter))
    return TEXT


def _group(parameter: Parameter) -> Schema:
    fields = {field.name: parameter_schema(field) for field in parameter.fields}
    return mapping(fields, [field.name for field in parameter.fields if field.required])


def _records(parameter: Parameter) -> Schema:
    """A dataset's or selection's name, `DS.VAR` for the one column that is open, or a mapping.

    What only a selection can leave out is required by the reader, which knows the selections.
    """
    marker = cast(RecordsArgument, parameter.marker)
    properties: dict[str, Schema] = {
        "from": {"description": "The dataset, or the selection, to take records from", **_NAME},
        "where": {"description": "Which records: a condition on their variables", **WORDS},
    }
    for name, variable in marker.columns.items():
        usual = f"; {variable} unless given" if variable else ""
        properties[name] = {"description": f"Its variable that is the {name}{usual}", **TEXT}
    return {"anyOf": [_NAME, mapping(properties, [] if marker.source else ["from"])]}


def selection_schema() -> Schema:
    """Records under a name: where they are from, which they are, what their columns are called."""
    columns = {
        name: about(f"Its variable that is the {name} of a record", TEXT)
        for name in record_columns()
    }
    start = {
        "from": about("The source, dataset or parameter to take records from", TEXT),
        "where": about("Which records: a condition on their variables", WORDS),
    }
    return mapping({**start, **columns}, ("from",))
