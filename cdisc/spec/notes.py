"""What a check has to say, collected so that one pass tells everything."""

from __future__ import annotations

from collections.abc import Iterable

from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.spec.read_fields import named


class Notes:
    """Errors stop a run; warnings are told. Both in the order of their places."""

    def __init__(self) -> None:
        self._errors: list[SpecError] = []
        self._warnings: list[SpecError] = []

    def error(self, message: str, at: Location, hint: str = "") -> None:
        """Something the spec must not say."""
        self._errors.append(SpecError(message, at=at, hint=hint))

    def warning(self, message: str, at: Location, hint: str = "") -> None:
        """Something that is probably not meant."""
        self._warnings.append(SpecError(message, at=at, hint=hint))

    @property
    def errors(self) -> tuple[SpecError, ...]:
        """The errors, each once."""
        return _in_order(self._errors)

    @property
    def warnings(self) -> tuple[SpecError, ...]:
        """The warnings, each once."""
        return _in_order(self._warnings)


def step(at: Location, name: str) -> Location:
    """The place of a step, named: `rows.where`; a name already there stays before it."""
    return named(at, f"{at.name} {name}".strip())


def nearest(word: str, known: Iterable[str], what: str = "Known are") -> str:
    """A hint: the nearest known word, or else all of them when they are few."""
    words = sorted(known)
    listed = f"{what} {', '.join(words)}" if words and len(words) <= MANY else ""
    return did_you_mean(word, words) or listed


MANY = 12


def _in_order(errors: Iterable[SpecError]) -> tuple[SpecError, ...]:
    once = {str(error): error for error in errors}
    return tuple(
        sorted(
            once.values(),
            key=lambda e: (e.at.file, e.at.line or 0, e.at.column or 0, e.message),
        )
    )
