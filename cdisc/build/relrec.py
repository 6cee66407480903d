"""RELREC put together: relations of whole datasets first, then those of records.

A study may be built by partitions of persons. Each leaves its related records and which datasets
it has values to relate by; once all are there, `related_datasets` tells what is related as a
whole (SDTMIG 3.4, section 8.3.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cdisc.algorithms.columns.uniques import TEXT
from cdisc.build.relations import COLUMNS, Present
from cdisc.build.standard import as_standard, standard_codelist
from cdisc.model import Dataset, Edges, Occurrence, Origin
from cdisc.spec import StudySpec
from cdisc.spec.check_relations import RELREC
from cdisc.spec.relations import Relation

KEYS = ("STUDYID", "USUBJID", "RELID", "RDOMAIN", "IDVAR", "IDVARVAL")

ASSIGNED = Origin("Assigned", "Sponsor")
DERIVED = Origin("Derived", "Sponsor")
METHODS = {
    "USUBJID": "USUBJID of the related record; missing where whole datasets are related.",
    "IDVARVAL": "Sequence number of the related record; missing where whole datasets are related.",
    "RELID": "Name of the relation; for related records with the number of their link in the "
    "subject.",
}


@dataclass(frozen=True, slots=True, eq=False)
class RelatedDatasets:
    """The records of RELREC that relate datasets as a whole, and the line that declares each."""

    frame: pd.DataFrame
    places: tuple[Occurrence, ...]

    def before(self, records: Dataset) -> Dataset:
        """RELREC with these records before those that name records."""
        frame = pd.concat([self.frame[list(records.frame)], records.frame], ignore_index=True)
        return replace(records, frame=frame)

    def edges_before(self, edges: Edges) -> Edges:
        """The lineage of RELREC with these records, which lead to no record, before the others."""
        return replace(edges, child=edges.child + np.int64(len(self.frame)))


def related_datasets(
    study: StudySpec, relations: Sequence[Relation], present: Present
) -> RelatedDatasets:
    """The records of RELREC that relate datasets as a whole, in the order of the relations.

    A dataset is related when it has a value to relate by and another one of the relation has.
    `present` are such (relation, dataset) pairs, of the whole study: those of all partitions.
    """
    rows, places = [], []
    for relation in relations:
        if relation.level != "dataset":
            continue
        sides = [side for side in relation.sides if (relation.name, side.dataset) in present]
        if len(sides) > 1:
            rows += [
                {"RDOMAIN": side.dataset, "IDVAR": side.by, "RELTYPE": side.type,
                 "RELID": relation.name}
                for side in sides
            ]  # fmt: skip
            places += [Occurrence(side.at.file, side.at.line or 0) for side in sides]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame["STUDYID"] = study.info.study_id
    return RelatedDatasets(frame.astype(TEXT), tuple(places))


def relrec(study: StudySpec, frame: pd.DataFrame) -> Dataset:
    """RELREC with its metadata; in `frame` relations of datasets come before those of records."""
    catalogue = study.catalogues["sdtm"]
    known = catalogue.dataset(RELREC)
    variables = [
        as_standard(
            standard,
            codelist=standard_codelist(study, standard),
            origin=DERIVED if standard.name in METHODS else ASSIGNED,
            method=METHODS.get(standard.name, ""),
        )
        for standard in catalogue.variables(RELREC)
    ]
    return Dataset(
        name=RELREC,
        label=known.label if known else RELREC,
        class_=known.class_ if known else "",
        structure=known.structure if known else "",
        keys=KEYS,
        variables=tuple(variables),
        frame=frame[[variable.name for variable in variables]].reset_index(drop=True),
    )
