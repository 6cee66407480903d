"""The lesions of a subject of the study as the slow rules of `tests/reference` take them, from TR
and TU, one record after another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pandas as pd

from tests.reference.lesions import (
    Assessment,
    NewLesion,
    NonTarget,
    Size,
    Target,
    size_of,
)

DIAMETERS = ("LDIAM", "LPERP")


def assessments(tr: pd.DataFrame, tu: pd.DataFrame) -> list[Assessment]:
    """The assessments of one subject, from all its records in TR and TU."""
    merged = {
        row["TULNKID"]: tuple(row["TUGRPID"].split(","))
        for row in tu[tu["TUTESTCD"] == "TUMERGE"].to_dict("records")
    }
    visits = sorted({(row["VISITNUM"], row["VISIT"]) for row in tr.to_dict("records")})
    return [
        _assessment(number, tr[tr["VISIT"] == visit], merged)
        for number, (_, visit) in enumerate(visits, start=1)
    ]


def _assessment(
    number: int, rows: pd.DataFrame, merged: Mapping[str, tuple[str, ...]]
) -> Assessment:
    targets, non_targets = [], []
    new: dict[str, dict[str, object]] = {}
    for row in rows.to_dict("records"):
        name, group, test = row["TRLNKID"], row["TRGRPID"], row["TRTESTCD"]
        when = date.fromisoformat(row["TRDTC"][:10])
        said = row["TRORRES"] if isinstance(row["TRORRES"], str) else "NOT DONE"
        if group == "TARGET" and test in DIAMETERS:
            parents = merged.get(name, ())
            targets.append(Target(name, when, _millimetres(row, said), test == "LPERP", parents))
        elif group == "NON-TARGET" and test == "TUMSTATE":
            non_targets.append(NonTarget(name, when, None if said == "NOT DONE" else said))
        elif group == "NEW TARGET":
            seen = new.setdefault(name, {"date": when, "sure": False, "measured": False})
            if test in DIAMETERS:
                seen |= {"measured": True, "size": _millimetres(row, said)}
            else:
                seen["sure"] = said == "UNEQUIVOCAL"
    new_lesions = tuple(
        NewLesion(name, one["date"], one["sure"], one["measured"], one.get("size"))
        for name, one in new.items()
    )
    return Assessment(number, tuple(targets), tuple(non_targets), new_lesions)


def _millimetres(row: Mapping[str, object], said: str) -> Size | None:
    if said in ("NOT DONE", "TOO SMALL TO MEASURE"):
        return size_of(said)
    number = row["TRSTRESN"]
    return None if pd.isna(number) else size_of(str(Fraction(str(number))))
