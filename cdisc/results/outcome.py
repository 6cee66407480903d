"""What an analysis gives: named statistics, the table that shows them, or a figure."""

from __future__ import annotations

from dataclasses import dataclass, field

Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class Statistic:
    """One result: of which group and block, its name, its value, and the text that is shown.

    `levels` are pairs of a name and a value, such as `("PARAM", "Cmax (copies/ug)")`; `value` is
    not rounded, None where it cannot be estimated.
    """

    group: str
    levels: tuple[tuple[str, str], ...]
    name: str
    value: Value
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its label, how deep it stands, and a cell for each column.

    A line without cells is the heading of those below it. `part` is said before its label: what
    several headings on end have in common, by which a long table can be folded.
    """

    label: str
    cells: tuple[str, ...] = ()
    depth: int = 0
    part: str = ""

    @property
    def title(self) -> str:
        """The whole label."""
        return ", ".join(text for text in (self.part, self.label) if text)


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under column heads; `over` are heads above them, each over so many columns."""

    stub: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    over: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """An analysis done. A table or a figure (SVG); `notes` say what was left out."""

    statistics: tuple[Statistic, ...]
    table: Table | None = None
    figure: str = ""
    notes: tuple[str, ...] = field(default=())
