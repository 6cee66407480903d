"""The golden subjects of the study design (section 7): the tables where they are at hand, and
the same lesions and answers written out, so that they are checked without the tables too."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from .lesions import Assessment, NewLesion, NonTarget, Target, size_of

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "study" / "golden"
SUBJECTS = ("0001", "0002", "0003", "0004")
NODES = {("0001", "T03"), ("0004", "T01")}
PARENTS = {"T02.M": ("T02", "T03")}

# lesion=result of each day; T.. targets in mm, NT.. states, NEW.. in mm
LESIONS = {
    "0001": {
        "2024-01-03": "T01=42 T02=28 T03=18 NT01=PRESENT",
        "2024-02-21": "T01=35 T02=22 T03=14 NT01=PRESENT",
        "2024-04-03": "T01=24 T02=TS T03=9 NT01=PRESENT",
        "2024-05-15": "T01=22 T02=TS T03=8 NT01=PRESENT",
        "2024-06-26": "T01=23 T02=6 T03=8 NT01=PRESENT",
        "2024-08-07": "T01=24 T02=9 T03=9 NT01=PRESENT",
        "2024-09-11": "T01=28 T02=11 T03=10 NT01=PRESENT",
    },
    "0002": {
        "2024-02-27": "T01=30 T02=25 NT01=PRESENT",
        "2024-04-17": "T01=38 T02=29 NT01=PRESENT NEW01=12",
        "2024-05-17": "T01=26 T02=20 NT01=PRESENT NEW01=9",
        "2024-07-10": "T01=18 T02=14 NT01=PRESENT NEW01=0",
        "2024-08-21": "T01=16 T02=14 NT01=PRESENT NEW01=0",
        "2024-10-02": "T01=16 T02=14 NT01=PRESENT NEW01=0",
    },
    "0003": {
        "2024-02-14": "T01=50 T02=20 T03=22",
        "2024-04-02": "T01.1=24 T01.2=20 T02.M=34",
        "2024-05-14": "T01.1=22 T01.2=ND T02.M=33",
    },
    "0004": {
        "2024-05-02": "T01=22 T02=15 NT01=PRESENT NT02=PRESENT",
        "2024-06-19": "T01=12 T02=6 NT01=PRESENT NT02=PRESENT",
        "2024-07-16": "T01=8 T02=0 NT01=ABSENT NT02=ABSENT",
        "2024-07-31": "T01=8 T02=0 NT01=ABSENT NT02=ABSENT",
        "2024-09-11": "T01=8 T02=0 NT01=ABSENT NT02=ABSENT",
        "2024-10-23": "T01=9 T02=0 NT01=ABSENT NT02=ABSENT",
        "2024-12-04": "T01=9 T02=0 NT01=ABSENT NT02=ABSENT NEW01=14",
    },
}


@dataclass(frozen=True)
class Subject:
    enrolled: date
    first_dose: date
    first_infusion: date
    new_therapy: date | None
    death: date | None  # 0003: 2024-09, imputed as the day after last known alive
    last_alive: date


def day(text: str) -> date:
    return date.fromisoformat(text)


DATES = {
    "0001": Subject(
        day("2024-01-08"), day("2024-01-10"), day("2024-01-15"),
        day("2024-09-25"), day("2025-01-19"), day("2025-01-10"),
    ),
    "0002": Subject(
        day("2024-03-04"), day("2024-03-06"), day("2024-03-11"),
        None, None, day("2025-06-20"),
    ),
    "0003": Subject(
        day("2024-02-19"), day("2024-02-20"), day("2024-02-20"),
        None, day("2024-09-06"), day("2024-09-05"),
    ),
    "0004": Subject(
        day("2024-05-06"), day("2024-05-08"), day("2024-05-13"),
        day("2024-11-20"), None, day("2025-06-15"),
    ),
}  # fmt: skip

# sum (known if incomplete), TL, NT, new lesion there, OVR, iOVR, sum of new targets
TIMEPOINTS = {
    "0001": [
        (71, "SD", "NON-CR/NON-PD", False, "SD", "iSD", 0),
        (38, "PR", "NON-CR/NON-PD", False, "PR", "iPR", 0),
        (35, "PR", "NON-CR/NON-PD", False, "PR", "iPR", 0),
        (37, "PR", "NON-CR/NON-PD", False, "PR", "iPR", 0),
        (42, "PD", "NON-CR/NON-PD", False, "PD", "iUPD", 0),
        (49, "PD", "NON-CR/NON-PD", False, None, "iCPD", 0),
    ],
    "0002": [
        (67, "PD", "NON-CR/NON-PD", True, "PD", "iUPD", 12),
        (46, "SD", "NON-CR/NON-PD", True, None, "iSD", 9),
        (32, "PR", "NON-CR/NON-PD", False, None, "iPR", 0),
        (30, "PR", "NON-CR/NON-PD", False, None, "iPR", 0),
        (30, "PR", "NON-CR/NON-PD", False, None, "iPR", 0),
    ],
    "0003": [
        (78, "SD", None, False, "SD", "iSD", 0),
        (55, "NE", None, False, "NE", "NE", 0),
    ],
    "0004": [
        (18, "PR", "NON-CR/NON-PD", False, "PR", "iPR", 0),
        (8, "CR", "CR", False, "CR", "iCR", 0),
        (8, "CR", "CR", False, "CR", "iCR", 0),
        (8, "CR", "CR", False, "CR", "iCR", 0),
        (9, "CR", "CR", False, "CR", "iCR", 0),
        (9, "CR", "CR", True, "PD", "iUPD", 14),
    ],
}

# as in expected.json: dates, and (date, days, CNSR)
ANSWERS: dict[str, dict[str, object]] = {
    "0001": {
        "BOR": "PR", "CBOR": "PR", "RSPDT": "2024-04-03",
        "IBOR": "iPR", "ICBOR": "iPR", "IRSPDT": "2024-04-03",
        "PFS": ["2024-08-07", 213, 0], "IPFS": ["2024-08-07", 213, 0],
        "DOR": ["2024-08-07", 127, 0], "IDOR": ["2024-08-07", 127, 0],
        "TTR": 87, "ITTR": 87,
        "OS": ["2025-01-19", 376, 0], "PFSS": ["2024-08-07", 213, 0],
    },
    "0002": {
        "BOR": "PD", "CBOR": "PD", "RSPDT": None,
        "IBOR": "iPR", "ICBOR": "iPR", "IRSPDT": "2024-07-10",
        "PFS": ["2024-04-17", 45, 0], "IPFS": ["2024-10-02", 213, 1],
        "IDOR": ["2024-10-02", 85, 1], "ITTR": 129,
        "OS": ["2025-06-20", 472, 1], "PFSS": ["2024-04-17", 45, 0],
    },
    "0003": {
        "BOR": "SD", "CBOR": "SD", "RSPDT": None,
        "IBOR": "iSD", "ICBOR": "iSD", "IRSPDT": None,
        "PFS": ["2024-04-02", 44, 4], "IPFS": ["2024-04-02", 44, 4],
        "OS": ["2024-09-06", 200, 0], "PFSS": ["2024-09-06", 201, 0],
    },
    "0004": {
        "BOR": "CR", "CBOR": "CR", "RSPDT": "2024-06-19",
        "IBOR": "iCR", "ICBOR": "iCR", "IRSPDT": "2024-06-19",
        "PFS": ["2024-10-23", 171, 3], "IPFS": ["2024-10-23", 171, 3],
        "DOR": ["2024-10-23", 127, 3], "IDOR": ["2024-10-23", 127, 3],
        "TTR": 45, "ITTR": 45,
        "OS": ["2025-06-15", 404, 1], "PFSS": ["2024-12-04", 213, 0],
    },
}  # fmt: skip

PSEUDO_PROGRESSION = {"0001": "N", "0002": "Y", "0003": "N", "0004": "N"}

WORDS = {"TS": "TOO SMALL TO MEASURE", "ND": "NOT DONE"}


def assessments(number: str) -> list[Assessment]:
    """The assessments of a golden subject, from the lesions written out above."""
    found = []
    for at, (when, tokens) in enumerate(LESIONS[number].items(), start=1):
        pairs = [token.split("=") for token in tokens.split()]
        found.append(
            assessment(
                at,
                [
                    (name, day(when), WORDS.get(value, value), (number, name) in NODES)
                    for name, value in pairs
                ],
            )
        )
    return found


def assessments_of_table(number: str) -> list[Assessment]:
    """The same from the table of the study design."""
    visits: dict[str, list[tuple[str, date, str, bool]]] = {}
    for row in table("lesions.csv"):
        if row["SUBJID"] == number:
            visits.setdefault(row["VISIT"], []).append(
                (row["TRLNKID"], day(row["ADT"]), row["TRORRES"], row["NODAL"] == "Y")
            )
    return [assessment(at, rows) for at, rows in enumerate(visits.values(), start=1)]


def assessment(number: int, rows: Sequence[tuple[str, date, str, bool]]) -> Assessment:
    """Non-targets are NT.., new lesions NEW.. (beyond doubt, all measured), the rest targets."""
    targets, non_targets, new_lesions = [], [], []
    for name, when, result, nodal in rows:
        if name.startswith("NT"):
            non_targets.append(NonTarget(name, when, None if result == "NOT DONE" else result))
        elif name.startswith("NEW"):
            new_lesions.append(NewLesion(name, when, True, True, size_of(result)))
        else:
            targets.append(Target(name, when, size_of(result), nodal, PARENTS.get(name, ())))
    return Assessment(number, tuple(targets), tuple(non_targets), tuple(new_lesions))


def path(name: str) -> Path:
    """A file of the study design, which does not travel with the repository."""
    if not (FOLDER / name).is_file():
        pytest.skip(f"the study design is not here: golden/{name}")
    return FOLDER / name


def table(name: str) -> list[dict[str, str]]:
    with path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
