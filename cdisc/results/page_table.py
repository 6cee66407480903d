"""The tables of index.html; a long one is folded by what its blocks are of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import zip_longest

from cdisc.results.outcome import Line, Table

LONG = 80
"""A table of more lines is folded, if its blocks are of several things."""


def table_lines(table: Table) -> Iterator[str]:
    """The table, or one to be opened for each thing that its blocks are of."""
    parts = _parts(table.lines) if len(table.lines) > LONG else []
    if sum(1 for part, _ in parts if part) < 2:
        yield from _table(table, table.lines)
        return
    for part, lines in parts:
        if not part:
            yield from _table(table, lines)
            continue
        yield f"<details class=part><summary>{escape(part)}</summary>"
        yield from _table(table, lines)
        yield "</details>"


def _parts(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """The lines by the parts that headings name, in their order; first those before, of none."""
    parts: list[tuple[str, list[Line]]] = []
    for line in lines:
        named = line.part or (parts[-1][0] if parts else "")
        if not parts or named != parts[-1][0]:
            parts.append((named, []))
        if line.label:
            parts[-1][1].append(replace(line, part=""))
    return parts


def _table(table: Table, lines: Sequence[Line]) -> Iterator[str]:
    yield "<div class=wide><table><thead>"
    if table.over:
        cells = "".join(
            f'<th scope=colgroup colspan="{width}" class=over>{escape(head)}</th>'
            for head, width in table.over
        )
        yield f"<tr><th></th>{cells}</tr>"
    firsts = _first_columns(table)
    cells = "".join(
        f"<th scope=col{_class(n in firsts)}>{escape(head)}</th>"
        for n, head in enumerate(table.columns)
    )
    yield f"<tr><th scope=col>{escape(table.stub)}</th>{cells}</tr></thead><tbody>"
    for line in lines:
        yield _row(line, len(table.columns), firsts)
    yield "</tbody></table></div>"


def _first_columns(table: Table) -> frozenset[int]:
    """Where a head above the columns begins."""
    starts, at = set(), 0
    for _, width in table.over:
        starts.add(at)
        at += width
    return frozenset(starts)


def _class(first: bool) -> str:
    return " class=first" if first else ""


def _row(line: Line, columns: int, firsts: frozenset[int]) -> str:
    if not line.cells:
        head = f'<th scope=rowgroup colspan="{columns + 1}" class=d{line.depth}>'
        return f"<tr class=block>{head}{escape(line.title)}</th></tr>"
    filled = zip_longest(range(columns), line.cells, fillvalue="")
    cells = "".join(f"<td{_class(n in firsts)}>{escape(str(cell))}</td>" for n, cell in filled)
    return f"<tr><th scope=row class=d{line.depth}>{escape(line.label)}</th>{cells}</tr>"
