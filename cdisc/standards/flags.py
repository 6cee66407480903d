"""Flags of ADaM: the part of the codelist No Yes Response that ADaMIG permits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cdisc.model import Codelist

WHOLE = "NY"
PARTS = {("Y",): "NY_Y", ("Y", "N"): "NY_YN"}
"""By the values that ADaMIG lists for a flag, the name of the codelist that has just those."""


def flag_list(values: tuple[str, ...]) -> str:
    """The name of the codelist with the values that the guide lists; empty when they are others."""
    return PARTS.get(values, "")


def flag_lists(find: Callable[[str], Codelist | None]) -> dict[str, Codelist]:
    """The parts of No Yes Response by name; none where the terminology has not the whole."""
    whole = find(WHOLE)
    if whole is None:
        return {}
    return {
        name: replace(
            whole,
            name=name,
            label=f"{whole.label} ({', '.join(values)})",
            terms=tuple(term for term in whole.terms if term.value in values),
        )
        for values, name in PARTS.items()
    }
