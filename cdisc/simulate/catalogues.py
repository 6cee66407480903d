"""What sites write in medical history, treatment and procedure forms, and how a coder codes it.

Three tables of the package: conditions and tumors (`data/conditions.csv`, `data/tumors.csv`),
drugs (`data/drugs.csv`) and procedures (`data/procedures.csv`). Their codes in coding.csv are
running numbers that belong to no licensed dictionary.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources

from cdisc.simulate.sheets import Row
from cdisc.simulate.terms import DICTIONARY, TERMS, coding_rows

DRUG_DICTIONARY = "SYN-DRUG 1.0"
PROCEDURE_DICTIONARY = "SYN-PROC 1.0"

# Written by a site and by design in no dictionary.
UNCODED_DRUG = "herbal decoction no. 3"

_NEOPLASMS = "Neoplasms benign, malignant and unspecified (incl cysts and polyps)"
_TUMOR_GROUPS = {
    "1": "lung tumours",
    "2": "breast tumours",
    "3": "bowel tumours",
    "4": "liver tumours",
    "5": "sarcomas",
    "9": "other tumours",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A disease of the history. `sex` 0: either; `drug` names its usual drug or is empty."""

    name: str
    soc: str
    group: str
    verbatims: tuple[str, ...]
    sex: int
    chronic: bool
    drug: str
    weight: float


@dataclass(frozen=True, slots=True)
class Tumor:
    """A histology of the diagnosis form; `code` is its tumor type there, `sex` as above."""

    code: str
    sex: int
    name: str
    verbatims: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug with its class, and how it is given; `treats` names adverse events."""

    name: str
    class_: str
    group: str
    verbatims: tuple[str, ...]
    dose: str
    unit: str
    frequency: str
    route: str
    treats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """A radiotherapy or an operation; `codes` are the tumor types it is for, empty: all."""

    kind: str
    codes: tuple[str, ...]
    term: str
    verbatims: tuple[str, ...]


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = resources.files("cdisc.simulate").joinpath(f"data/{name}.csv").read_text("utf-8")
    return iter(csv.DictReader(io.StringIO(text)))


def _parts(text: str, separator: str = "|") -> tuple[str, ...]:
    return tuple(text.split(separator)) if text else ()


CONDITIONS = tuple(
    Condition(
        name=row["name"],
        soc=row["soc"],
        group=row["group"],
        verbatims=_parts(row["verbatims"]),
        sex=int(row["sex"] or 0),
        chronic=row["chronic"] == "1",
        drug=row["drug"],
        weight=float(row["weight"]),
    )
    for row in _rows("conditions")
)
TUMORS = tuple(
    Tumor(
        code=row["code"],
        sex=int(row["sex"] or 0),
        name=row["name"],
        verbatims=_parts(row["verbatims"]),
        weight=float(row["weight"]),
    )
    for row in _rows("tumors")
)
DRUGS = {
    row["name"]: Drug(
        name=row["name"],
        class_=row["class"],
        group=row["group"],
        verbatims=_parts(row["verbatims"]),
        dose=row["dose"],
        unit=row["unit"],
        frequency=row["frequency"],
        route=row["route"],
        treats=_parts(row["treats"]),
    )
    for row in _rows("drugs")
}
PROCEDURES = tuple(
    Procedure(
        kind=row["kind"],
        codes=_parts(row["codes"], ";"),
        term=row["term"],
        verbatims=_parts(row["verbatims"]),
    )
    for row in _rows("procedures")
)

TREATMENTS: dict[str, tuple[Drug, ...]] = {
    event: tuple(drug for drug in DRUGS.values() if event in drug.treats)
    for event in {event for drug in DRUGS.values() for event in drug.treats}
}


def all_coding_rows() -> list[Row]:
    """Rows of coding.csv, one per dictionary and verbatim, in alphabetical order of these."""
    # A disease may be written in the history as it is among the events; it is coded once.
    events = {(row[0], row[1]): row for row in [*_history_rows(), *coding_rows()]}
    return sorted([*events.values(), *_drug_rows(), *_procedure_rows()])


def _history_rows() -> Iterator[Row]:
    """Conditions and tumors, in the classes of the adverse events and others after those."""
    diseases = [(c.name, c.soc, c.group, c.verbatims) for c in CONDITIONS]
    diseases += [(t.name, _NEOPLASMS, _TUMOR_GROUPS[t.code], t.verbatims) for t in TUMORS]
    known = sorted({term.soc for term in TERMS})
    classes = [*known, *sorted({soc for _, soc, _, _ in diseases} - set(known))]
    groups = sorted({(soc, group) for _, soc, group, _ in diseases})
    for number, (name, soc, group, verbatims) in enumerate(diseases):
        place = groups.index((soc, group))
        for order, verbatim in enumerate(verbatims):
            yield [
                verbatim,
                DICTIONARY,
                _english(verbatim, name),
                str(99_150_000 + 10 * number + order),
                name,
                str(99_250_000 + number),
                f"Stub level 3: {group}",
                str(99_350_000 + place),
                f"Stub level 2: {soc.split(' ')[0].lower()} of the history {place % 3 + 1}",
                str(99_450_000 + 3 * classes.index(soc) + place % 3),
                soc,
                str(99_500_000 + classes.index(soc)),
            ]


def _drug_rows() -> Iterator[Row]:
    """The drug is the preferred term, its class and group stand for levels of a classification."""
    classes = sorted({drug.class_ for drug in DRUGS.values()})
    groups = sorted({drug.group for drug in DRUGS.values()})
    for number, drug in enumerate(DRUGS.values()):
        for order, verbatim in enumerate(drug.verbatims):
            yield [
                verbatim,
                DRUG_DICTIONARY,
                _english(verbatim, drug.name),
                str(98_100_000 + 10 * number + order),
                drug.name,
                str(98_200_000 + number),
                drug.class_,
                str(98_300_000 + classes.index(drug.class_)),
                "",
                "",
                drug.group,
                str(98_500_000 + groups.index(drug.group)),
            ]


def _procedure_rows() -> Iterator[Row]:
    """The preferred term of a procedure is a term of the published list of procedures."""
    terms = sorted({procedure.term for procedure in PROCEDURES})
    for verbatim, term in _written(PROCEDURES):
        yield [
            verbatim,
            PROCEDURE_DICTIONARY,
            _english(verbatim, term),
            "",
            term,
            str(97_200_000 + terms.index(term)),
            *("",) * 6,
        ]


def _written(procedures: Iterable[Procedure]) -> list[tuple[str, str]]:
    return [(verbatim, one.term) for one in procedures for verbatim in one.verbatims]


def _english(verbatim: str, name: str) -> str:
    return verbatim.capitalize() if verbatim.isascii() else name.capitalize()
