"""Variable names that the standards write as patterns: `--TERM`, `TRTxxP`, `CRITyFL`, `*DT`.

The placeholders (ADaMIG 1.3, section 3.1.4): `xx` and `zz` are two digits from 01, `y` is
one or two digits from 1, `w` one digit from 1; `--` is a two-letter domain prefix (SDTM 2.0
and OCCDS 1.1) and `*` the sponsor's own beginning of a date or time variable's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

_PARTS = re.compile(r"--|\*|xx|zz|y|w")
_EXPRESSIONS = {
    # An A begins the names of analysis variables, as in AWTOXGR; domains with it are AE and AG.
    "--": "(?P<prefix>A[EG]|[B-Z][A-Z])",
    "*": "(?P<stem>[A-Z][A-Z0-9]*?)",
    "xx": "(?P<xx>0[1-9]|[1-9][0-9])",
    "zz": "(?P<zz>0[1-9]|[1-9][0-9])",
    "y": "(?P<y>[1-9][0-9]?)",
    "w": "(?P<w>[1-9])",
}


def is_pattern(name: str) -> bool:
    """Whether the standard writes this name with a placeholder."""
    return _PARTS.search(name) is not None


@dataclass(frozen=True)
class NamePattern:
    """A name with placeholders, for example `TRxxPGyN`."""

    text: str

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        parts, end = [], 0
        for match in _PARTS.finditer(self.text):
            parts += [re.escape(self.text[end : match.start()]), _EXPRESSIONS[match[0]]]
            end = match.end()
        return re.compile("".join([*parts, re.escape(self.text[end:])]))

    @property
    def open_ended(self) -> bool:
        """Whether the sponsor chooses the beginning of the name (`*DT`)."""
        return "*" in self.text

    def match(self, name: str) -> dict[str, str] | None:
        """What stands for each placeholder in `name`: `TRT01P` gives {"xx": "01"}; else None."""
        found = self._expression.fullmatch(name)
        return found.groupdict() if found else None


def fill_label(label: str, placeholders: dict[str, str]) -> str:
    """A label with its placeholders filled in: `Period xx Start Date` -> `Period 01 Start Date`."""
    for placeholder in ("xx", "zz", "y", "w"):
        if placeholder in placeholders:
            label = re.sub(rf"\b{placeholder}\b", placeholders[placeholder], label)
    return label


def domain_prefix(patterns: Iterable[str], names: Collection[str]) -> str:
    """What `--` stands for in a dataset: the two letters that most of its names say, else empty.

    `AETERM` and `AEDECOD` fit `--TERM` and `--DECOD`, so that `--SOC` is AESOC there. Equally many
    are decided by the alphabet.
    """
    prefixed = [NamePattern(text) for text in patterns if text.startswith("--")]
    found = Counter(
        fit["prefix"] for p in prefixed for name in names if (fit := p.match(name)) is not None
    )
    return min(found, key=lambda prefix: (-found[prefix], prefix), default="")


def with_prefix(name: str, prefix: str) -> str:
    """A name whose `--` is filled in, when there is something to fill in."""
    return f"{prefix}{name.removeprefix('--')}" if prefix and name.startswith("--") else name
