"""Responses from measurements: CPU seconds and nanoseconds a row.

    python benchmarks/tumors.py [--subjects 10000] [--assessments 8]

Each subject has three target and two non-target lesions. The bare sort of the rows by subject,
assessment and lesion, without which nothing can be said, is the measure beside.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms import find
from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.columns.coded import forget
from cdisc.algorithms.columns.records import groups_of

LESIONS = ("T01", "T02", "T03", "NT01", "NT02")


def text(values: Any) -> pd.Series[Any]:
    return pd.Series(values, dtype="str")


def measurements(subjects: int, assessments: int) -> dict[str, Any]:
    chance = np.random.default_rng(1)
    names = [f"S{number:06d}" for number in range(subjects)]
    rows = subjects * assessments * len(LESIONS)
    lesion = np.tile(LESIONS, subjects * assessments)
    target = np.char.startswith(lesion, "T")
    number = np.tile(np.repeat(np.arange(assessments), len(LESIONS)), subjects)
    states = chance.choice(
        ["PRESENT", "ABSENT", "ENLARGEMENT FROM NADIR"], rows, p=[0.9, 0.07, 0.03]
    )
    day = np.datetime64("2024-01-10") + (number * 42 - 7).astype("timedelta64[D]")
    subject = text(np.repeat(names, assessments * len(LESIONS)))
    return {
        "groups": groups_of([subject]),
        "start": Selected(
            "ADSL",
            {"by": text(names), "date": text(["2024-01-10"] * subjects)},
            np.arange(subjects),
        ),
        "subject": subject,
        "lesion": text(lesion),
        "group": text(np.where(target, "TARGET", "NON-TARGET")),
        "test": text(np.where(target, "LDIAM", "TUMSTATE")),
        "number": pd.Series(
            np.where(target, np.round(30 * np.exp(chance.normal(0, 0.3, rows))), np.nan)
        ),
        "result": text(np.where(target, "", states)),
        "assessment": text(np.char.add("WEEK ", (6 * number).astype(str))),
        "date": text(day.astype(str)),
    }


def cpu(work: Callable[[], Any]) -> float:
    forget()
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--subjects", type=int, default=10_000)
    arguments.add_argument("--assessments", type=int, default=8)
    given = arguments.parse_args()
    rows = measurements(given.subjects, given.assessments)
    count = len(rows["lesion"])
    keys = [rows["groups"].of, np.tile(np.arange(given.assessments * len(LESIONS)), given.subjects)]
    mixed = np.random.default_rng(2).permutation(count)
    bare = cpu(lambda: np.lexsort([key[mixed] for key in keys[::-1]]))
    steps: dict[str, Callable[[], Any]] = {
        "sum of diameters": lambda: find("tumor_sums").call({"of": "target", **rows}),
        "diameter of each lesion": lambda: find("lesion_diameters").call({"of": "target", **rows}),
        "RECIST 1.1": lambda: find("tumor_responses").call({"criteria": "RECIST 1.1", **rows}),
        "iRECIST": lambda: find("tumor_responses").call({"criteria": "iRECIST", **rows}),
    }
    print(f"{count:,} measurements of {given.subjects:,} subjects; bare sort {bare:.2f} CPU s")
    for name, work in steps.items():
        seconds = min(cpu(work) for _ in range(3))
        print(f"{name:<24} {seconds:6.2f} CPU s  {seconds / count * 1e9:6.0f} ns a row")


if __name__ == "__main__":
    main()
