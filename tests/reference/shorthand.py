"""Assessments in one line, for examples.

`scan("42 T01=30 T02*=12 NT01=ABSENT NEW01=12")` is 42 days after the first dose; `*` is a node,
`TS` too small, `ND` not done, `@3` three days later (`T01=30@3`). Non-targets: the words, or `UP`
for enlargement, `UPUP` for a further one. New lesions: millimetres, or `THERE`, `GONE`, `GROWN` of
one that is not measured; `?` is equivocal (`NEW01?=12`). `T02.M` is merged of T02 and T03; `!`
is a scan for symptoms.
"""

from __future__ import annotations

from datetime import date, timedelta

from .histories import FIRST_DOSE
from .lesions import (
    ENLARGED,
    FURTHER,
    TOO_SMALL,
    Assessment,
    NewLesion,
    NonTarget,
    Target,
    size_of,
)


def after(days: int) -> date:
    """Days after the first dose."""
    return FIRST_DOSE + timedelta(days)


def history(*lines: str) -> list[Assessment]:
    """Numbered from 1, which is the baseline."""
    return [scan(line, number) for number, line in enumerate(lines, start=1)]


def scan(line: str, number: int = 1) -> Assessment:
    days, *tokens = line.split()
    targets, non_targets, new_lesions = [], [], []
    for token in tokens:
        if token == "!":
            continue
        name, _, result = token.partition("=")
        result, _, later = result.partition("@")
        when = after(int(days) + int(later or 0))
        lesion = name.rstrip("*?")
        if lesion.startswith("NT"):
            state = {"UP": ENLARGED, "UPUP": FURTHER, "ND": None}.get(result, result)
            non_targets.append(NonTarget(lesion, when, state))
        elif lesion.startswith("NEW"):
            sure = not name.endswith("?")
            if result in ("THERE", "GONE", "GROWN"):
                new_lesions.append(
                    NewLesion(
                        lesion,
                        when,
                        sure,
                        measured=False,
                        gone=result == "GONE",
                        grown=result == "GROWN",
                    )
                )
            else:
                size = None if result == "ND" else size_of(result)
                new_lesions.append(NewLesion(lesion, when, sure, measured=True, size=size))
        else:
            parents = ("T02", "T03") if lesion == "T02.M" else ()
            size = {"TS": TOO_SMALL, "ND": None}[result] if result in ("TS", "ND") else None
            if result not in ("TS", "ND"):
                size = size_of(result)
            targets.append(Target(lesion, when, size, name.endswith("*"), parents))
    return Assessment(
        number,
        tuple(targets),
        tuple(non_targets),
        tuple(new_lesions),
        symptomatic="!" in tokens,
    )
