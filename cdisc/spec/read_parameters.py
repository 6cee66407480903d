"""The `parameters:` of a mapping spec: named parts of the rows, each with a label."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cdisc.errors import SpecError
from cdisc.spec.bind import Scope
from cdisc.spec.model import Parameter, Rows
from cdisc.spec.read_fields import fields_of, named, optional_text
from cdisc.spec.read_rows import STEPS, read_rows, rows_of
from cdisc.spec.yaml_nodes import Fields, Node

SUBJECT = "USUBJID"
CODE_LENGTH = 8
LABEL_LENGTH = 200


def read_parameters(node: Node, rows: Node | None, scope: Scope, datasets: Collection[str]) -> Rows:
    """The rows that parameters describe, stacked in the order written.

    A parameter that says no start begins with `rows`. Raises SpecError for a name that cannot be
    PARAMCD or that a dataset has.
    """
    fields = fields_of(node, "parameters")
    base = None if rows is None else read_rows(rows, scope)
    parts = []
    for number, (name, value) in enumerate(fields.fields.items(), start=1):
        at = named(fields.keys_at[name], name)
        part = fields_of(value, name).only("label", *STEPS)
        label = optional_text(part, "label")
        _check_name(name, label, part, datasets, fields)
        described = rows_of(_without_label(part), scope, base=base, by=SUBJECT)
        parts.append(replace(described, parameter=Parameter(name, label, number, at)))
    if not parts:
        raise SpecError("parameters names none", at=fields.at)
    return Rows(at=fields.at, stack=tuple(parts))


def _without_label(part: Fields) -> Fields:
    return replace(
        part, fields={key: value for key, value in part.fields.items() if key != "label"}
    )


def _check_name(
    name: str, label: str, part: Fields, datasets: Collection[str], fields: Fields
) -> None:
    at = fields.keys_at[name]
    if name in datasets:
        raise SpecError(
            f"a parameter cannot be called {name}: that is a dataset or a lookup", at=at
        )
    if label and not (name.isalnum() and name.isupper() and len(name) <= CODE_LENGTH):
        raise SpecError(
            f"{name!r} cannot be a PARAMCD",
            at=at,
            hint=f"Up to {CODE_LENGTH} capital letters and digits; a part without label may have "
            "any name",
        )
    if label and not name[0].isalpha():
        raise SpecError(f"{name!r} cannot be a PARAMCD", at=at, hint="It begins with a letter")
    if len(label) > LABEL_LENGTH:
        raise SpecError(
            f"the label has {len(label)} characters; {LABEL_LENGTH} fit", at=part.fields["label"].at
        )
