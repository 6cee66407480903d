"""Errors a user can cause, each with the place it happened and a hint.

Every error carries the exit code that `cdisc` returns for it (2 usage or spec,
3 input unreadable); whatever is not a `CdiscError` is a defect of ours (4).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a user's file: path as the user wrote it, 1-based line and column, and a name.

    `name` is what stands there in the user's words: `AE.AEOUT`, `rows.where`, `column SEX`.
    """

    file: str = ""
    line: int | None = None
    column: int | None = None
    name: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f":{self.line}"
            if self.column is not None:
                place += f":{self.column}"
        return f"{place} {self.name}".strip()


class CdiscError(Exception):
    """A located message in the user's words; never shown with a traceback."""

    exit_code = 2

    def __init__(self, message: str, *, at: Location | None = None, hint: str = "") -> None:
        self.message = message
        self.at = at or Location()
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        place = str(self.at)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text}. {self.hint}" if self.hint else text


class UsageError(CdiscError):
    """The command or the Python call asked for something that does not exist."""


class SpecError(CdiscError):
    """A spec, study.yaml or other declaration is not what the language allows."""


class SourceError(CdiscError):
    """An input file is missing, unreadable or not what study.yaml declares it to be."""

    exit_code = 3


class WriteError(CdiscError):
    """A dataset cannot be written in the format asked for without damage to its values."""


class Problems(CdiscError):
    """Several errors found in one pass, reported together in the order of their places."""

    def __init__(self, errors: Iterable[CdiscError]) -> None:
        self.errors: Sequence[CdiscError] = sorted(
            errors, key=lambda e: (e.at.file, e.at.line or 0, e.at.column or 0, e.message)
        )
        super().__init__("\n".join(str(error) for error in self.errors))
        self.exit_code = max(error.exit_code for error in self.errors)


@contextmanager
def kept_in(errors: list[CdiscError]) -> Iterator[None]:
    """What is raised inside is kept, each of several by itself, so that a pass goes on."""
    try:
        yield
    except Problems as problems:
        errors.extend(problems.errors)
    except CdiscError as error:
        errors.append(error)


def raise_any(errors: Sequence[CdiscError]) -> None:
    """Raises what was kept: one error as it is, several as Problems; nothing without any."""
    if errors:
        raise errors[0] if len(errors) == 1 else Problems(errors)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint `Did you mean X?` for the nearest known word, or an empty text.

    Case is ignored: `mild` finds `MILD`. Nothing is suggested that is not near.
    """
    by_folded = {name.casefold(): name for name in sorted(known)}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f"Did you mean {by_folded[near[0]]}?" if near else ""
