"""Whether the relations that a study declares stand between datasets that can have them.

Source: SDTMIG 3.4 section 8.3 (RELREC), 8.3.2 (relations of whole datasets).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdisc.errors import did_you_mean
from cdisc.spec.model import DatasetSpec
from cdisc.spec.notes import Notes
from cdisc.spec.relations import Relation, Side
from cdisc.spec.stages import by_subject

if TYPE_CHECKING:
    from cdisc.spec.study import StudySpec

RELREC = "RELREC"


def check_relations(study: StudySpec, notes: Notes) -> None:
    """Reports the datasets and variables of relations that there are not, or that cannot relate."""
    if not study.relations:
        return
    if RELREC in study.datasets:
        notes.error(
            f"{RELREC} is made of the relations in {study.relations[0].at.file} already",
            study.datasets[RELREC].at,
            "Keep one of the two",
        )
    for relation in study.relations:
        for side in relation.sides:
            _side(study, relation, side, notes)


def _side(study: StudySpec, relation: Relation, side: Side, notes: Notes) -> None:
    spec = study.datasets.get(side.dataset)
    if spec is None:
        near = did_you_mean(side.dataset, study.datasets)
        notes.error(
            f"{relation.name}: no spec describes a dataset {side.dataset}",
            side.at,
            near or "A relation is declared when all its datasets have specs",
        )
        return
    if spec.layer != "sdtm":
        notes.error(f"{relation.name}: {spec.name} is no SDTM dataset", side.at)
        return
    if not by_subject(spec):
        notes.error(
            f"{relation.name}: {spec.name} is not built by subject, so nothing in it is related",
            side.at,
            "Records are related within a person, by USUBJID",
        )
        return
    _variable(relation, side, spec, notes)
    sequence = f"{spec.name}SEQ"
    if relation.level == "record" and sequence not in spec.variables:
        notes.error(
            f"{relation.name}: relations of records need {sequence}, which {spec.name} lacks",
            side.at,
            f"Define it: {sequence}: {{sequence: USUBJID}}",
        )


def _variable(relation: Relation, side: Side, spec: DatasetSpec, notes: Notes) -> None:
    variable = spec.variables.get(side.by)
    if variable is None:
        if side.by in spec.supplemental:
            hint = f"{side.by} is a supplemental qualifier there"
        else:
            hint = did_you_mean(side.by, spec.variables)
        notes.error(f"{relation.name}: {spec.name} has no variable {side.by}", side.at, hint)
    elif relation.level == "dataset" and variable.intermediate:
        notes.error(
            f"{relation.name}: {side.by} is never written, so datasets cannot relate by it",
            side.at,
            "Name a variable of the dataset, or relate records: {...}",
        )
