"""How many persons a partition has, and whether a study can be divided at all."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.columns.uniques import distinct
from cdisc.build import Inputs, Plan, person_columns
from cdisc.spec.stages import by_subject, whole_only

ROWS = 200_000
"""Raw records of a partition: few enough for any memory, so many that its own cost is small."""

IDENTIFIERS = ("STUDYID", "DOMAIN")


def persons_of(plan: Plan, inputs: Inputs) -> int:
    """How many persons there are; records without one count as one more."""
    columns = [distinct(column) for column in person_columns(plan.study, inputs).values()]
    named = len(pc.unique(pa.chunked_array([c.array for c in columns], pa.large_string())))
    return named + any(bool(column.missing.any()) for column in columns)


def partition_size(plan: Plan, inputs: Inputs, persons: int, rows: int = ROWS) -> int:
    """Persons a partition, so that each has about `rows` raw records.

    All persons when the study cannot be divided: a dataset of subjects starts from what names
    no subject, or has its records in another order than by subject first.
    """
    total = sum(len(column) for column in person_columns(plan.study, inputs).values())
    if total <= rows or not divisible(plan):
        return max(persons, 1)
    return max(1, int(np.ceil(persons / np.ceil(total / rows))))


def divisible(plan: Plan) -> bool:
    """Whether the datasets of subjects are those of their partitions put one after another."""
    study = plan.study
    if any(True for _ in whole_only(study.datasets, study.subject_sources)):
        return False
    for spec in study.datasets.values():
        first = next((key for key in spec.keys if key not in IDENTIFIERS), "")
        if by_subject(spec) and spec.order == "keys" and first != "USUBJID":
            return False
    return True
