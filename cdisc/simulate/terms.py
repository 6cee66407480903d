"""Adverse event terms: what sites write, and the invented dictionary that codes it.

The dictionary is a synthetic stub: terms are plain clinical English, codes are running numbers
from 99,000,000 and belong to no licensed dictionary.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from importlib import resources

from cdisc.simulate.dosing import CTX, MSC, NAB, PD1
from cdisc.simulate.sheets import Row

DICTIONARY = "SYN-AE 1.0"

_DRUGS = {"MSC": MSC, "NAB": NAB, "CTX": CTX, "PD1": PD1}


@dataclass(frozen=True, slots=True)
class Term:
    """One kind of event: coded name, classes, verbatims of the sites, usual cause.

    `delay` is the range of days from the dose of `drug` to the onset, `length` the range of its
    duration in days, `worst` the highest grade drawn. `weight` 0: never drawn at random.
    """

    name: str
    soc: str
    group: str
    verbatims: tuple[str, ...]
    drug: int
    delay: tuple[int, int]
    length: tuple[int, int]
    worst: int
    weight: float


def _terms() -> tuple[Term, ...]:
    text = resources.files("cdisc.simulate").joinpath("data/terms.csv").read_text("utf-8")
    return tuple(
        Term(
            name=row["name"],
            soc=row["soc"],
            group=row["group"],
            verbatims=tuple(row["verbatims"].split("|")),
            drug=_DRUGS[row["drug"]],
            delay=(int(row["delay_from"]), int(row["delay_to"])),
            length=(int(row["length_from"]), int(row["length_to"])),
            worst=int(row["worst"]),
            weight=float(row["weight"]),
        )
        for row in csv.DictReader(io.StringIO(text))
    )


TERMS = _terms()

BY_NAME = {term.name: term for term in TERMS}

# The laboratory test behind a laboratory event.
LAB_TERMS = {
    "HGB": "Anaemia",
    "NEUT": "Neutrophil count decreased",
    "WBC": "White blood cell count decreased",
    "LYM": "Lymphocyte count decreased",
    "PLAT": "Platelet count decreased",
    "ALT": "Alanine aminotransferase increased",
    "AST": "Aspartate aminotransferase increased",
    "BILI": "Blood bilirubin increased",
    "K": "Hypokalaemia",
    "SODIUM": "Hyponatraemia",
    "ALB": "Hypoalbuminaemia",
}

# Written by a site and by design not in the dictionary.
UNCODED = "feeling off after dinner"


def coding_rows() -> list[Row]:
    """Rows of coding.csv, one per verbatim, in alphabetical order of the verbatim."""
    classes = sorted({term.soc for term in TERMS})
    groups = sorted({(term.soc, term.group) for term in TERMS})
    rows = []
    for number, term in enumerate(TERMS):
        group = groups.index((term.soc, term.group))
        soc = classes.index(term.soc)
        for place, verbatim in enumerate(term.verbatims):
            rows.append(
                [
                    verbatim,
                    DICTIONARY,
                    verbatim.capitalize(),
                    str(99_100_000 + 10 * number + place),
                    term.name,
                    str(99_200_000 + number),
                    f"Stub level 3: {term.group}",
                    str(99_300_000 + group),
                    f"Stub level 2: {term.soc.split(' ')[0].lower()} group {group % 3 + 1}",
                    str(99_400_000 + 3 * soc + group % 3),
                    term.soc,
                    str(99_500_000 + soc),
                ]
            )
    return sorted(rows)
