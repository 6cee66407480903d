"""A codelist and its terms, published (NCI EVS) or the sponsor's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Term:
    """One permitted value: submission value, NCI C-code, decode and synonyms.

    `collected` are the codes that this study's forms and vendors use for it; `extended` marks a
    sponsor's addition to a published extensible codelist (Define-XML 2.1 `def:ExtendedValue`).
    """

    value: str
    code: str = ""
    decode: str = ""
    synonyms: tuple[str, ...] = ()
    extended: bool = False
    collected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codelist:
    """A codelist: its name in specs (`NY`), NCI C-code (empty for a sponsor list), and terms.

    `standard` names the published package it comes from (`sdtmct-2025-03-28`),
    empty for a sponsor's own list; `comment` says why it has terms of the sponsor's. Of an `open`
    list the data say the terms, beside those it names.
    """

    name: str
    label: str
    terms: tuple[Term, ...]
    code: str = ""
    extensible: bool = False
    standard: str = ""
    comment: str = ""
    open: bool = False

    @cached_property
    def by_value(self) -> Mapping[str, Term]:
        """Terms by exact submission value."""
        return {term.value: term for term in self.terms}

    def __contains__(self, value: object) -> bool:
        return value in self.by_value
