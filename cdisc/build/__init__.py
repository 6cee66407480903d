"""The engine: from checked specs and raw tables to datasets, findings and lineage."""

from __future__ import annotations

from cdisc.build.built import Built, build
from cdisc.build.inputs import Inputs, of_subjects, read_inputs
from cdisc.build.partitions import partitions

__all__ = ["Built", "Inputs", "build", "of_subjects", "partitions", "read_inputs"]
