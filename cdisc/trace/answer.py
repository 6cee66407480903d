"""What a trace tells, as values for the screen and the page: a tree of records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a record as text, empty where missing.

    `asked` where it feeds the value; `number` where it is a number, no text or date.
    """

    name: str
    text: str
    asked: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class RuleStep:
    """A step of a rule: what it goes by, what it does, its line in a spec, and what it gave.

    `value` is None where there is none to tell, as of a lookup. `details` are arguments that are
    lists, an entry each: the events and censors of a survival time.
    """

    name: str
    says: str
    at: str
    value: str | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """How a variable came to its value; `said` is what the spec says of it in its own words."""

    variable: str
    label: str
    value: str
    steps: tuple[RuleStep, ...]
    said: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A record that was considered: taken or not, and why.

    `itself` marks the record whose value it is about, where that is one of the rivals.
    """

    record: Record
    taken: bool
    why: str
    itself: bool = False


@dataclass(frozen=True, slots=True)
class Others:
    """Candidates that are only counted, by the reason why they were taken or not."""

    why: str
    count: int
    taken: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Considered:
    """The candidates for a variable, or for the record itself where `variable` is empty.

    `others` count those left out of `candidates`. `rivals` says that they are records of the
    dataset itself, among which the algorithm chose.
    """

    variable: str
    candidates: Sequence[Candidate]
    others: Sequence[Others] = ()
    rivals: bool = False


@dataclass(slots=True, eq=False)
class Link:
    """The records that play one role for a record: `says` tells which; `count` all there are.

    Where there are none, `origin` is where they were looked for.
    """

    role: str
    says: str
    records: list[Record]
    count: int
    origin: str = ""

    @property
    def more(self) -> int:
        """How many records are not shown."""
        return self.count - len(self.records)


@dataclass(slots=True, eq=False)
class Content:
    """What stands below a record: rules, what was considered, the records it was made of."""

    rules: list[Rule] = field(default_factory=list)
    considered: list[Considered] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Record:
    """A record of a dataset or a source.

    `place` says where it stands: `ae.csv row 118`, `record 37 of 412`. `keys` tell it apart,
    `cells` are those that matter. Records that are met several times share their `content`, which
    is None for a raw record; `cut_off` says that there is more that was not followed.
    """

    origin: str
    row: int
    raw: bool
    place: str
    keys: tuple[Cell, ...]
    cells: tuple[Cell, ...]
    content: Content | None = None
    cut_off: bool = False

    @property
    def where(self) -> str:
        """The expression that finds the record again."""
        return " and ".join(_equals(cell) for cell in self.keys)

    def below(self) -> Iterator[Record]:
        """The records directly below."""
        if self.content is not None:
            for link in self.content.links:
                yield from link.records


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A question and what the package answers.

    `variable` is empty for a whole record. `matched` counts the records that the condition holds
    for, of which `record` is the first. `notes` are what the reader must know before believing it.
    """

    study: str
    package: str
    dataset: str
    label: str
    condition: str
    variable: str
    variable_label: str
    value: str
    matched: int
    count: int
    record: Record
    notes: tuple[str, ...] = ()


def _equals(cell: Cell) -> str:
    if not cell.text:
        return f"missing({cell.name})"
    if cell.number:
        return f"{cell.name} == {cell.text}"
    quote = "'" if '"' in cell.text else '"'
    return f"{cell.name} == {quote}{cell.text}{quote}"
