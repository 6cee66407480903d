"""Counting the rows that something is true of, and saying where they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cdisc.model import Occurrence
from cdisc.model.finding import MAX_OCCURRENCES

_SHOWN = 40


@dataclass(slots=True)
class Tally:
    """Rows of one column, counted over chunks: all of them, the first 1,000 and one value.

    Rows are 1-based data rows. `example` is the value of the first row as the user may read it.
    `before` are the rows of earlier parts of the dataset, which the rows added do not count.
    """

    count: int = 0
    rows: list[int] = field(default_factory=list)
    example: str = ""
    before: int = 0

    def add(self, rows: Iterable[int], count: int, example: object, at: int = 0) -> None:
        """Count `count` more rows, in order after those known; `rows` are 0-based.

        `example` is the value of the first of them, `at` the character in it that matters.
        """
        if not count:
            return
        if not self.count:
            self.example = quote(example, at)
        self.count += count
        for row in rows:
            if len(self.rows) >= MAX_OCCURRENCES:
                break
            self.rows.append(int(row) + 1 + self.before)

    def __bool__(self) -> bool:
        return self.count > 0

    @property
    def where(self) -> str:
        """`row 3`, or `4 rows, first row 1,003`."""
        if self.count == 1:
            return f"row {self.rows[0]:,}"
        return f"{self.count:,} rows, first row {self.rows[0]:,}"

    def occurrences(self, file: str = "") -> tuple[Occurrence, ...]:
        """The counted rows as a finding holds them."""
        return tuple(Occurrence(file=file, row=row) for row in self.rows)


def quote(value: object, at: int = 0) -> str:
    """A value for a message: text in quotes, cut to the part around `at`, unusual parts escaped."""
    if not isinstance(value, str):
        return str(value)
    start = max(0, min(at - _SHOWN // 2, len(value) - _SHOWN))
    before = "..." if start else ""
    after = "..." if start + _SHOWN < len(value) else ""
    return ascii(before + value[start : start + _SHOWN] + after)
