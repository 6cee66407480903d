"""Text for terminals: safe to print, aligned, wrapped under itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

PIPED_WIDTH = 10_000
NARROWEST = 30


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
