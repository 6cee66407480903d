"""The engine: from checked specs and raw tables to datasets, findings and lineage."""

from __future__ import annotations

from cdisc.build.built import Built, RawPlaces, build, build_stage
from cdisc.build.inputs import Inputs, of_subjects, read_inputs
from cdisc.build.partitions import partitions, person_columns
from cdisc.build.plan import Plan, plan_of

__all__ = [
    "Built",
    "Inputs",
    "Plan",
    "RawPlaces",
    "build",
    "build_stage",
    "of_subjects",
    "partitions",
    "person_columns",
    "plan_of",
    "read_inputs",
]
