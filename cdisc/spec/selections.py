"""Named selections: records that a mapping spec says once and asks for by name.

A name stands for what it says. Whoever reads arguments, rows or lookups finds the dataset, the
condition and the variables there, as if they had been written in that place; `Taken` beside them
remembers the name, so that a message finds the line and an alternative can say the selection
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cdisc.errors import Location
from cdisc.spec.expressions import Binary, Expr, Ref


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Records of a source, dataset or parameter under a name.

    `columns` maps what algorithms call a column (date, sequence, value) to the variable it is.
    """

    name: str
    dataset: str
    columns: Mapping[str, Ref]
    where: Expr | None
    at: Location


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What a place takes by name, and the condition and columns that it adds itself."""

    selection: Selection
    where: Expr | None = None
    columns: Mapping[str, Ref] = field(default_factory=dict)

    @property
    def condition(self) -> Expr | None:
        """Which records these are: those of the selection that its own condition keeps."""
        return both(self.selection.where, self.where)


def both(first: Expr | None, second: Expr | None) -> Expr | None:
    """`first and second`, as if written one after the other."""
    if first is None or second is None:
        return second if first is None else first
    return _and(first, second)


def _and(first: Expr, second: Expr) -> Expr:
    # a and b and c is (a and b) and c
    if isinstance(second, Binary) and second.operator == "and":
        return Binary("and", _and(first, second.left), second.right)
    return Binary("and", first, second)


def conditions(
    where: Expr | None, taken: Taken | None, at: Location
) -> Iterator[tuple[Expr, Location]]:
    """The conditions on records, each with the place where it is written; `at` is their own."""
    own = where if taken is None else taken.where
    if taken is not None and taken.selection.where is not None:
        yield taken.selection.where, taken.selection.at
    if own is not None:
        yield own, at


def condition_at(taken: Taken | None, at: Location) -> Location:
    """Where the condition of records is written: by the selection, unless their place has one."""
    return at if taken is None or taken.where is not None else taken.selection.at
