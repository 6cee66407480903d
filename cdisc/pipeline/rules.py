"""Which checks each dataset of a study is due, with the places in the specs they speak of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from cdisc.errors import Location
from cdisc.model import Codelist, Dataset
from cdisc.spec import StudySpec
from cdisc.spec.check_standard import standard_name
from cdisc.spec.predecessors import SUBJECT_LEVEL
from cdisc.standards import Catalogue
from cdisc.standards.names import NamePattern
from cdisc.validate import Check, checks_for, codelists_of, standard_of


@dataclass(frozen=True, slots=True)
class DatasetChecks:
    """Checks of one dataset, the codelists they hold values against, and spec places."""

    checks: list[Check]
    codelists: Mapping[str, Codelist]
    at: Mapping[str, Location]


def structure_of(study: StudySpec, name: str) -> str:
    """What the standard calls a dataset: an analysis dataset by the structure its spec names."""
    spec = study.datasets.get(name)
    if spec is None or spec.layer == "sdtm":
        return name
    return standard_name(spec, study.catalogue_of(spec)) or name


def is_analysis(known: Catalogue) -> bool:
    """Whether a guide is one of ADaM."""
    return known.standard.startswith("ADaM")


def structure_by_names(known: Catalogue, dataset: str, names: Collection[str]) -> str:
    """What a guide calls somebody's dataset, of which there is no spec to ask.

    SDTM datasets have their own name. An analysis dataset that the guide does not name has
    parameters (BDS), with censoring (TTE), or is one of occurrences, by what it has.
    """
    if not is_analysis(known) or known.dataset(dataset) is not None:
        return dataset
    if "PARAMCD" in names:
        return "TTE" if "CNSR" in names else "BDS"
    terms = [v.name for v in known.variables("OCCDS") if v.core == "Req" and v.name not in names]
    occurs = any(NamePattern(term).match(name) for term in terms for name in names)
    return "OCCDS" if occurs or "CMTRT" in names else dataset


def without_subjects(analysis: Iterable[str]) -> str:
    """The analysis dataset that tells of a package without ADSL; empty where there is one."""
    names = set(analysis)
    return "" if SUBJECT_LEVEL in names else min(names, default="")


def checks_of(study: StudySpec, dataset: Dataset, present: Collection[str]) -> DatasetChecks:
    """The checks one dataset is due; `present` are the datasets there are to look up."""
    spec = study.datasets.get(dataset.name.removeprefix("SUPP"))
    layer = spec.layer if spec else "sdtm"
    catalogue = study.catalogues[layer]
    names = [variable.name for variable in dataset.variables]
    subjects = "DM" if layer == "sdtm" else "ADSL"
    checks = checks_for(
        dataset,
        standard=standard_of(catalogue, structure_of(study, dataset.name), names),
        codelist=study.codelists.find,
        subjects=subjects if subjects in present else "",
        study_id=study.info.study_id,
        unlisted=dataset.name == _tells_of_no_subjects(study, present),
    )
    at: dict[str, Location] = {}
    if spec is not None:
        at[""] = spec.at
        if dataset.name == spec.name:
            at |= {name: variable.at for name, variable in spec.variables.items()}
    return DatasetChecks(checks, codelists_of(checks, study.codelists.find), at)


def _tells_of_no_subjects(study: StudySpec, present: Collection[str]) -> str:
    """A part of a study that has a spec of ADSL lacks it only because it was not asked for."""
    analysis = [name for name, spec in study.datasets.items() if spec.layer == "adam"]
    there = SUBJECT_LEVEL in analysis
    return "" if there else without_subjects(name for name in analysis if name in present)
