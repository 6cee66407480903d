"""The relations of a study: a YAML file whose one word is `relations` and that makes RELREC."""

from __future__ import annotations

import re

from cdisc.errors import CdiscError, SpecError, did_you_mean, kept_in, raise_any
from cdisc.spec.read_fields import choice_of, fields_of, named, required, text_of
from cdisc.spec.relations import Relation, Side
from cdisc.spec.yaml_nodes import Fields, Node, Text

TOP = ("relations",)
RECORDS = "records"
DATASET_SIDE = ("by", "type", "if_none")
RECORD_SIDE = ("by", "if_none")
TYPES = ("ONE", "MANY")
IF_NONE = ("missing", "finding")

NAME = "[A-Z][A-Z0-9_]{0,19}"


def is_relations(fields: Fields) -> bool:
    """Whether a mapping file declares relations, or means to, instead of describing a dataset."""
    if "relations" in fields.fields or "dataset" in fields.fields:
        return "relations" in fields.fields
    return any(did_you_mean(key, TOP) for key in fields.fields)


def read_relations(fields: Fields) -> tuple[Relation, ...]:
    """The relations that a file declares, in its order.

    Raises Problems with every relation that is wrong.
    """
    fields.only(*TOP)
    relations = fields_of(required(fields, "relations", "the file"), "relations")
    found: list[Relation] = []
    errors: list[CdiscError] = []
    for name, node in relations.fields.items():
        with kept_in(errors):
            found.append(_relation(name, node, relations))
    raise_any(errors)
    return tuple(found)


def _relation(name: str, node: Node, relations: Fields) -> Relation:
    at = named(relations.keys_at[name], name)
    if not re.fullmatch(NAME, name):
        raise SpecError(
            f"{name!r} cannot name a relation",
            at=relations.keys_at[name],
            hint="Up to 20 capital letters, digits and _, a letter first; it becomes RELID",
        )
    fields = fields_of(node, name)
    if len(fields.fields) == 1 and did_you_mean(next(iter(fields.fields)), (RECORDS,)):
        fields.only(RECORDS)
    if RECORDS in fields.fields:
        records = fields_of(fields.only(RECORDS).fields[RECORDS], RECORDS)
        sides = tuple(
            _record_side(dataset, side, records, first=number == 0)
            for number, (dataset, side) in enumerate(records.fields.items())
        )
    else:
        sides = tuple(
            _dataset_side(dataset, side, fields) for dataset, side in fields.fields.items()
        )
    if len(sides) < 2:
        raise SpecError("a relation needs two datasets or more", at=at)
    return Relation(name, "record" if RECORDS in fields.fields else "dataset", sides, at)


def _dataset_side(dataset: str, node: Node, of: Fields) -> Side:
    """`{by: TULNKID, type: ONE}`; without `if_none`, each of MANY needs one of the others."""
    at = named(of.keys_at[dataset], dataset)
    if isinstance(node, Text):
        raise SpecError(
            f"{dataset} needs by and type",
            at=at,
            hint=f"Write {dataset}: {{by: {node.text or 'VARIABLE'}, type: ONE}} or type: MANY; "
            "for relations of single records write records: {...}",
        )
    fields = fields_of(node, dataset).only(*DATASET_SIDE)
    by = text_of(required(fields, "by", dataset), "by")
    kind = choice_of(required(fields, "type", dataset), "type", TYPES)
    if_none = _if_none(fields, "finding" if kind == "MANY" else "missing")
    return Side(dataset, by, kind, if_none, at)  # type: ignore[arg-type]


def _record_side(dataset: str, node: Node, of: Fields, *, first: bool) -> Side:
    """`AEGRPID`, or `{by: AEGRPID, if_none: ...}`; the others point to the first."""
    at = named(of.keys_at[dataset], dataset)
    otherwise = "missing" if first else "finding"
    if isinstance(node, Text):
        return Side(dataset, text_of(node, dataset), "", otherwise, at)  # type: ignore[arg-type]
    fields = fields_of(node, dataset).only(*RECORD_SIDE)
    by = text_of(required(fields, "by", dataset), "by")
    return Side(dataset, by, "", _if_none(fields, otherwise), at)  # type: ignore[arg-type]


def _if_none(fields: Fields, otherwise: str) -> str:
    node = fields.get("if_none")
    return otherwise if node is None else choice_of(node, "if_none", IF_NONE)
