"""Relations between records, as `relations:` declares them: what RELREC is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cdisc.errors import Location


@dataclass(frozen=True, slots=True)
class Side:
    """One dataset of a relation: records with equal values of `by` within a person go together.

    `type` is empty on relations of records. `if_none` says what a value means that no other side
    has.
    """

    dataset: str
    by: str
    type: Literal["", "ONE", "MANY"]
    if_none: Literal["missing", "finding"]
    at: Location


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of RELREC, between datasets as a whole or between records, named by RELID."""

    name: str
    level: Literal["dataset", "record"]
    sides: tuple[Side, ...]
    at: Location
