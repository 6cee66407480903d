"""A line of names with their values on the terminal, broken between them only."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

GAP = 2
"""Blanks between two parts of one line."""


class CellLine:
    """Parts side by side, as many as a line holds; only a part longer than a line is broken."""

    def __init__(self, parts: Sequence[Text]) -> None:
        self.parts = list(parts)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines: list[Text] = []
        for part in self.parts:
            if lines and lines[-1].cell_len + GAP + part.cell_len <= options.max_width:
                lines[-1].append(" " * GAP).append_text(part)
            else:
                lines.append(Text().append_text(part))
        yield from lines

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        lengths = [part.cell_len for part in self.parts] or [0]
        whole = sum(lengths) + GAP * (len(lengths) - 1)
        least = min(max(lengths), options.max_width)
        return Measurement(least, min(max(whole, least), options.max_width))
