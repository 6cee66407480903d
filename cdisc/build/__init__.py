"""The engine: from checked specs and raw tables to datasets, findings and lineage."""

from __future__ import annotations

from cdisc.build.built import (
    Built,
    RawPlaces,
    build,
    build_stage,
    joined_given,
    without_notes,
)
from cdisc.build.engine import Given
from cdisc.build.inputs import Inputs, of_subjects, read_inputs
from cdisc.build.partitions import partitions, person_columns
from cdisc.build.plan import Plan, plan_of

__all__ = [
    "Built",
    "Given",
    "Inputs",
    "Plan",
    "RawPlaces",
    "build",
    "build_stage",
    "joined_given",
    "of_subjects",
    "partitions",
    "person_columns",
    "plan_of",
    "read_inputs",
    "without_notes",
]
