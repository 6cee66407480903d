"""One shape for everything that any stage has to say about the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from cdisc.errors import Location

MAX_OCCURRENCES = 1000
MAX_VALUES = 1000
"""So many values of a variable get a finding of their own from one rule."""

NOWHERE = Location()


class Severity(StrEnum):
    """How bad, from worst to least; the gate decides what each one stops."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One record a finding is about: raw file and 1-based data row, subject, record keys.

    `row` counts data records from 1, the header not included.
    """

    file: str = ""
    row: int = 0
    usubjid: str = ""
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found, counted: the same rule, place, value and message over `count` records.

    `occurrences` holds the records in order, the first 1,000 of them; `count` is always exact.
    `at` is the place in the spec that asked for the value. `dataset` is the name of a source, in
    small letters, when the finding is about its records before any dataset is made of them.
    """

    rule: str
    severity: Severity
    message: str
    dataset: str = ""
    variable: str = ""
    value: str | None = None
    hint: str = ""
    at: Location = NOWHERE
    count: int = 1
    occurrences: tuple[Occurrence, ...] = ()

    @property
    def group(self) -> tuple[str, ...]:
        """What makes two findings the same one in two partitions or two runs."""
        value = "" if self.value is None else f"={self.value}"
        return (self.dataset, self.variable, self.rule, value, self.message, str(self.at))

    def __str__(self) -> str:
        place = str(self.at) or ".".join(part for part in (self.dataset, self.variable) if part)
        rows = "1 row" if self.count == 1 else f"{self.count:,} rows"
        first = next((o for o in self.occurrences if o.file), None)
        where = f", first {first.file} row {first.row}" if first and self.count > 1 else ""
        where = f", {first.file} row {first.row}" if first and self.count == 1 else where
        text = f"{place}: {self.message} ({rows}{where})"
        return f"{text}. {self.hint}" if self.hint else text


def others_message(variable: str) -> str:
    """What is said of the values of a variable that get no finding of their own."""
    return f"more than {MAX_VALUES:,} values of {variable} fail this check; these are the others"


def merge_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Findings grouped and sorted; counts added, so partitions of the data give the whole's."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.group, []).append(finding)
    merged = []
    for key in sorted(groups):
        members = groups[key]
        occurrences = sorted(o for member in members for o in member.occurrences)
        merged.append(
            replace(
                members[0],
                count=sum(member.count for member in members),
                occurrences=tuple(occurrences[:MAX_OCCURRENCES]),
            )
        )
    return merged
