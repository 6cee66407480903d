"""The contract of a source in study.yaml: its columns, what they hold, what makes a record one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdisc.errors import SpecError
from cdisc.spec.read_fields import choice_of, fields_of, flag_of, texts_of
from cdisc.spec.yaml_nodes import Fields, Node, Text

KINDS = ("text", "integer", "number")
COLUMN_KEYS = ("type", "codes", "required")


@dataclass(frozen=True, slots=True)
class ColumnContract:
    """What a column holds: `kind` text, integer or number; `codes`, when only these; no blank."""

    kind: str = "text"
    codes: tuple[str, ...] = ()
    required: bool = False


Contract = Mapping[str, ColumnContract]


def read_columns(node: Node | None) -> tuple[tuple[str, ...], Contract]:
    """The declared columns in their order, and the contract of those that have one."""
    if node is None:
        return (), {}
    if not isinstance(node, Fields):
        return texts_of(node, "columns"), {}
    found = {name: _column(name, value) for name, value in node.fields.items()}
    return tuple(found), {
        name: contract for name, contract in found.items() if contract != ColumnContract()
    }


def read_unique(node: Node | None, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that together are different on every record; `columns` are known, if any are."""
    if node is None:
        return ()
    names = texts_of(node, "unique")
    for name in names:
        if columns and name not in columns:
            raise SpecError(
                f"unique names {name}, which is not among columns",
                at=node.at,
                hint=f"There are {', '.join(columns)}",
            )
    return names


def _column(name: str, node: Node) -> ColumnContract:
    if isinstance(node, Text):
        return ColumnContract() if node.is_empty else ColumnContract(choice_of(node, name, KINDS))
    fields = fields_of(node, name).only(*COLUMN_KEYS)
    kind = choice_of(fields.fields["type"], "type", KINDS) if "type" in fields.fields else "text"
    codes = texts_of(fields.fields["codes"], "codes") if "codes" in fields.fields else ()
    if "codes" in fields.fields and not codes:
        raise SpecError(f"{name} has no codes", at=fields.fields["codes"].at)
    required = "required" in fields.fields and flag_of(fields.fields["required"], "required")
    return ColumnContract(kind, codes, required)
