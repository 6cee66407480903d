"""Text for terminals: safe to print, aligned, wrapped under itself."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

PIPED_WIDTH = 10_000
NARROWEST = 30
NARROWEST_COLUMN = 12


def console(*, err: bool = False) -> Console:
    """A console; when its output is piped, it never breaks a line."""
    stream = sys.stderr if err else sys.stdout
    return Console(stderr=err, highlight=False, width=None if stream.isatty() else PIPED_WIDTH)


def counted(number: int, noun: str) -> str:
    """`1 record`, `1,234 records`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def shown_path(path: Path) -> str:
    """The path as short as it can be said from the current folder."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def print_hanging(out: Console, head: Text, body: Text) -> None:
    """Print `head body`; where the terminal is too narrow, the body wraps under its start."""
    indent = cell_len(head.plain)
    lines = body.wrap(out, max(out.width - indent, NARROWEST))
    for number, line in enumerate(lines):
        line.rstrip()
        out.print(Text.assemble(head if number == 0 else " " * indent, line), soft_wrap=True)


def print_fitted(
    out: Console,
    rows: Sequence[Sequence[Text]],
    *,
    wrapped: Sequence[int],
    right: Collection[int] = (),
    indent: int = 0,
    above: Sequence[Text | None] = (),
) -> None:
    """Print rows in aligned columns; where they are too wide, `wrapped` ones wrap under themselves.

    Columns are as wide as their widest cell. Those of `wrapped` share what the others leave of the
    terminal; those of `right` stand to the right, as numbers do. `above` has a line to print before
    each row, or None.
    """
    widths = widths_of(rows)
    room = room_for(out, rows, wrapped=wrapped, indent=indent)
    for place, width in zip(wrapped, _shared(room, [widths[i] for i in wrapped]), strict=True):
        widths[place] = width
    for place, row in enumerate(rows):
        if above and above[place] is not None:
            out.print(above[place], soft_wrap=True)
        cells = [
            list(cell.wrap(out, widths[i])) if i in wrapped and cell.plain else [cell]
            for i, cell in enumerate(row)
        ]
        for number in range(max(len(lines) for lines in cells)):
            line = Text(" " * indent)
            for i, lines in enumerate(cells):
                part = lines[number].copy() if number < len(lines) else Text()
                part.rstrip()
                blanks = Text(" " * (widths[i] - part.cell_len))
                line.append("  " if i else "")
                line.append_text(blanks + part if i in right else part + blanks)
            line.rstrip()
            out.print(line, soft_wrap=True)


def widths_of(rows: Sequence[Sequence[Text]]) -> list[int]:
    """The width of the widest cell of each column."""
    return [max(row[i].cell_len for row in rows) for i in range(len(rows[0]))]


def room_for(
    out: Console, rows: Sequence[Sequence[Text]], *, wrapped: Collection[int], indent: int = 0
) -> int:
    """What other columns, and the two blanks between any two, leave of the terminal's width."""
    widths = widths_of(rows)
    others = sum(width for i, width in enumerate(widths) if i not in wrapped)
    return out.width - indent - others - 2 * (len(widths) - 1)


def _shared(room: int, wanted: Sequence[int]) -> list[int]:
    """A width for each column: what it wants, or else an equal part of what the smaller leave."""
    given = [0] * len(wanted)
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    for number, place in enumerate(order):
        part = room // (len(wanted) - number)
        given[place] = min(wanted[place], max(part, NARROWEST_COLUMN))
        room -= given[place]
    return given


def print_columns(out: Console, rows: Sequence[Sequence[Text]]) -> None:
    """Print rows in aligned columns, the first to the left, numbers to the right."""
    widths = [max(cell_len(row[i].plain) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        line = Text()
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blanks = " " * (width - cell_len(cell.plain))
            line.append_text(cell + Text(blanks) if place == 0 else Text("  " + blanks) + cell)
        line.rstrip()
        out.print(line, soft_wrap=True)
