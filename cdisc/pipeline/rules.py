"""Which checks each dataset of a study is due, with the places in the specs they speak of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cdisc.errors import Location
from cdisc.model import Codelist, Dataset
from cdisc.spec import StudySpec
from cdisc.validate import Check, checks_for, codelists_of, standard_of


@dataclass(frozen=True, slots=True)
class DatasetChecks:
    """Checks of one dataset, the codelists they hold values against, and spec places."""

    checks: list[Check]
    codelists: Mapping[str, Codelist]
    at: Mapping[str, Location]


def checks_of(study: StudySpec, dataset: Dataset, present: Collection[str]) -> DatasetChecks:
    """The checks one dataset is due; `present` are the datasets there are to look up."""
    spec = study.datasets.get(dataset.name.removeprefix("SUPP"))
    layer = spec.layer if spec else "sdtm"
    catalogue = study.catalogues[layer]
    names = [variable.name for variable in dataset.variables]
    subjects = "DM" if layer == "sdtm" else "ADSL"
    checks = checks_for(
        dataset,
        standard=standard_of(catalogue, dataset.name, names),
        codelist=study.codelists.find,
        subjects=subjects if subjects in present else "",
        study_id=study.info.study_id,
    )
    at: dict[str, Location] = {}
    if spec is not None:
        at[""] = spec.at
        if dataset.name == spec.name:
            at |= {name: variable.at for name, variable in spec.variables.items()}
    return DatasetChecks(checks, codelists_of(checks, study.codelists.find), at)
