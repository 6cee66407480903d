"""JSON Schema of the `rows:` and `lookups:` of a mapping spec."""

from __future__ import annotations

from collections.abc import Mapping

from cdisc.spec.read_rows import SUMMARIES, TIES
from cdisc.spec.schema_parts import (
    CELL,
    TEXT,
    TEXTS,
    WORDS,
    Schema,
    about,
    mapping,
    one_or_list,
    ref,
    said,
    word,
)


def rows_schema() -> Schema:
    """A source or dataset by name, or steps in their fixed order."""
    steps = mapping(_steps())
    starts = ("from", "stack", "values")
    steps["oneOf"] = [{"required": [start]} for start in starts]
    return {"anyOf": [TEXT, steps]}


def parameter_schema() -> Schema:
    """The same steps with a label; without a start they begin with the rows of the dataset."""
    label = said("PARAM of its records; without it they have PARAMCD and PARAM of their own")
    derive = about(
        "New records of each subject, or group, by an algorithm", ref("derive.parameter")
    )
    return mapping({"label": label, **_steps(), "derive": derive})


def _steps() -> dict[str, Schema]:
    nested = ref("rows")
    cells = {"type": "object", "additionalProperties": CELL}
    return {
        "from": about("A source, table, dataset or selection, or rows again", nested),
        "stack": about("Several sources, one after the other", one_or_list(nested)),
        "values": about("Records written here", one_or_list(cells)),
        "where": about("Which records to keep: a condition on their columns", WORDS),
        "set": about("Columns added before the records are reshaped", ref("columns")),
        "unpivot": about("Wide to one record a test", _unpivot()),
        "take": about("One record of each group", _take()),
        "deduplicate": about(
            "Drop repeated records: those equal in all columns, or by a rule",
            {"anyOf": [{"enum": ["exact"]}, _deduplicate()]},
        ),
        "summarize": about("One record a group", _summarize()),
        "derive": about("New records of each group, by an algorithm", ref("derive")),
        "keep": about("Which records to keep after all other steps", WORDS),
    }


def lookup_schema() -> Schema:
    """A named join, or the coded term of a dictionary."""
    coded = mapping(
        {
            "dictionary": said("The dictionary, as study.yaml calls it"),
            "term": about("The verbatim term", WORDS),
            "if_none": word("What to make of a term that is not coded", "missing", "finding"),
        },
        ("dictionary", "term", "if_none"),
    )
    return {"anyOf": [_join(), coded]}


def _join() -> Schema:
    same = {"type": "object", "additionalProperties": WORDS}
    schema = mapping(
        {
            "from": said("The source, table, dataset or selection to look in"),
            "match": about(
                "Columns that must be equal: theirs: ours, or a list of names both have",
                {"anyOf": [one_or_list(WORDS), same]},
            ),
            "where": about("Which of its records count", WORDS),
            "take": word(
                "one: several are a finding; first, last: by order", "one", "first", "last"
            ),
            "order": about("Its columns that order several records", TEXTS),
            "if_none": word("What to make of no record", "missing", "finding"),
        },
        ("from", "match", "take", "if_none"),
    )
    schema["if"] = {"properties": {"take": {"const": "one"}}}
    schema["then"] = {"properties": {"order": False}}
    schema["else"] = {"required": ["order"]}
    return schema


def _unpivot() -> Schema:
    constant = mapping({"text": said("The same text on every record")}, ("text",))
    cells = {"type": "object", "additionalProperties": {"anyOf": [TEXT, constant]}}
    return mapping(
        {
            "name": said("The column that names the test"),
            "columns": about("The columns a record has beside it", TEXTS),
            "each": about(
                "For each test, the source column of each column",
                {"type": "object", "additionalProperties": cells},
            ),
            "drop_if_missing": about("Columns without which there is no record", TEXTS),
        },
        ("name", "columns", "each"),
    )


def _take() -> Schema:
    return mapping(
        {
            "record": word("Which record of a group", "first", "last"),
            "by": about("The columns that make a group", TEXTS),
            "order": about("The columns that order a group", TEXTS),
        },
        ("record", "by", "order"),
    )


def _deduplicate() -> Schema:
    return mapping(
        {
            "by": about("The columns in which repeated records agree", TEXTS),
            "keep": word("Which one stays", "first", "last"),
            "order": about("The columns that order them", TEXTS),
            "ties": word("What to keep when the order ties: one by its place, or all", *TIES),
        },
        ("by", "keep", "order"),
    )


def derive_schema(algorithms: Mapping[str, Schema], *, by_subject: bool = False) -> Schema:
    """The step that makes new records: exactly one of the algorithms that make some.

    With `by_subject` the groups are the subjects unless it says others.
    """
    by = about("The columns that make a group and stay on its records", TEXTS)
    return {
        **mapping({"by": by, **algorithms}, () if by_subject else ("by",)),
        "oneOf": [{"required": [name]} for name in algorithms],
    }


def _summarize() -> Schema:
    function = {"enum": list(SUMMARIES)}
    detailed = mapping(
        {"by": about("How it is summarized", function), "of": said("The column summarized")},
        ("by",),
    )
    return mapping(
        {
            "by": about("The columns that make a group", TEXTS),
            "columns": about(
                "Each column and how it is summarized",
                {"type": "object", "additionalProperties": {"anyOf": [function, detailed]}},
            ),
        },
        ("by", "columns"),
    )
