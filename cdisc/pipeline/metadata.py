"""What a built dataset is, in full: value levels, measured types and lengths, codelists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdisc.define import common_lengths, measured, value_levels
from cdisc.model import Codelist, Dataset
from cdisc.spec import StudySpec
from cdisc.spec.model import ValueLevels


def described(study: StudySpec, datasets: Mapping[str, Dataset]) -> dict[str, Dataset]:
    """The datasets with value level metadata and with types and lengths as measured."""
    levelled = [_levelled(study, dataset) for dataset in datasets.values()]
    sized = common_lengths([measured(dataset) for dataset in levelled])
    return {dataset.name: dataset for dataset in sized}


def levels_of(study: StudySpec, dataset: Dataset) -> tuple[ValueLevels, ...]:
    """The value levels of a dataset: as its spec says, else results by test for findings."""
    spec = study.datasets.get(dataset.name)
    if spec is not None and spec.value_levels:
        return spec.value_levels
    if dataset.class_.upper() != "FINDINGS":
        return ()
    prefix = dataset.name
    names = {variable.name for variable in dataset.variables}
    results = tuple(
        name for name in (f"{prefix}ORRES", f"{prefix}STRESC", f"{prefix}STRESN") if name in names
    )
    test = f"{prefix}TESTCD"
    return (ValueLevels((test,), results),) if test in names and results else ()


def _levelled(study: StudySpec, dataset: Dataset) -> Dataset:
    for levels in levels_of(study, dataset):
        dataset = value_levels(dataset, by=levels.by, of=levels.of)
    return dataset


def used_codelists(study: StudySpec, datasets: Sequence[Dataset]) -> dict[str, Codelist]:
    """The codelists that the variables and value levels of these datasets name."""
    names = {
        name
        for dataset in datasets
        for variable in dataset.variables
        for name in (variable.codelist, *(level.codelist for level in variable.values))
        if name
    }
    found = ((name, study.codelists.find(name)) for name in sorted(names))
    return {name: codelist for name, codelist in found if codelist is not None}
