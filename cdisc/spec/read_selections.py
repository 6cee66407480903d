"""The `selections:` of a mapping spec: records under a name, asked for wherever some are wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cdisc.errors import CdiscError, Location, SpecError, kept_in, raise_any
from cdisc.spec.bind_records import WORDS, record_columns, records_condition
from cdisc.spec.expressions import Ref
from cdisc.spec.read_fields import fields_of, named, required, text_of
from cdisc.spec.selections import Selection
from cdisc.spec.yaml_nodes import Fields, Node


def read_selections(node: Node | None, taken: Mapping[str, str]) -> dict[str, Selection]:
    """The selections by name; `taken` are names that stand for something else, and what.

    Raises SpecError, or Problems, at names that cannot be and at what a selection does not say.
    """
    if node is None:
        return {}
    fields = fields_of(node, "selections")
    found: dict[str, Selection] = {}
    errors: list[CdiscError] = []
    others = fields.fields.keys() - taken.keys()
    for name, value in fields.fields.items():
        at = named(fields.keys_at[name], name)
        with kept_in(errors):
            _check_name(name, at, taken)
            found[name] = _selection(name, fields_of(value, name), at, others)
    raise_any(errors)
    return found


def _check_name(name: str, at: Location, taken: Mapping[str, str]) -> None:
    if not (name.isascii() and name.isidentifier() and name[0].isalpha()):
        raise SpecError(
            f"{name!r} cannot name a selection",
            at=at,
            hint="Letters, digits and _, beginning with a letter: ADEQUATE, NEW_THERAPY",
        )
    if name in taken:
        raise SpecError(
            f"a selection cannot be called {name}: that is {taken[name]}",
            at=at,
            hint="Give the selection a name of its own",
        )


def _selection(name: str, fields: Fields, at: Location, others: Collection[str]) -> Selection:
    columns = record_columns()
    fields.only(*WORDS, *columns)
    origin = required(fields, "from", f"the selection {name}")
    dataset = text_of(origin, "from")
    if dataset in others:
        raise SpecError(
            f"{name} cannot start from the selection {dataset}",
            at=named(origin.at, name),
            hint="A selection starts from a source, dataset or parameter",
        )
    where = fields.get("where")
    return Selection(
        name=name,
        dataset=dataset,
        columns={
            key: Ref(text_of(value, key)) for key, value in fields.fields.items() if key in columns
        },
        where=None if where is None else records_condition(where),
        at=at,
    )
