"""The one shape in which every published layout of a terminology release is read."""

from __future__ import annotations

from typing import NamedTuple


class ReleaseRow(NamedTuple):
    """A codelist (`codelist_code` empty) or one of its terms.

    `line` is the 1-based line or sheet row; `value` the CDISC submission value; `label` the
    codelist's name; `decode` the NCI preferred term; `extensible` Yes or No on a codelist.
    """

    line: int
    code: str
    codelist_code: str
    extensible: str
    label: str
    value: str
    synonym_text: str
    decode: str
    separate_synonyms: tuple[str, ...] = ()

    @property
    def synonyms(self) -> tuple[str, ...]:
        """The synonyms, in the order published; text and Excel separate them by semicolons."""
        parts = (part.strip() for part in self.synonym_text.split(";"))
        return self.separate_synonyms or tuple(part for part in parts if part)


class ReleaseRows(NamedTuple):
    """What a file holds: texts that may state package and release date, and the rows."""

    stated: tuple[str, ...]
    rows: list[ReleaseRow]
