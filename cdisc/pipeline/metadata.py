"""What a built dataset is, in full: value levels, measured types and lengths, codelists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cdisc.build.methods import computed_method
from cdisc.build.parameter_methods import Made, made_by_parameter
from cdisc.define import common_lengths, measured, value_levels
from cdisc.model import Codelist, Dataset, Finding, Severity, Variable
from cdisc.spec import StudySpec
from cdisc.spec.model import ANALYSIS_RESULTS, ValueLevels

BY_PARAMETER = "Made parameter by parameter, as is told for the values of each."
RESULTS = ("ORRES", "ORRESU", "STRESC", "STRESN", "STRESU")


def described(
    study: StudySpec, datasets: Mapping[str, Dataset]
) -> tuple[dict[str, Dataset], list[Finding]]:
    """The datasets with value level metadata, types as measured and lengths, and findings.

    A Char variable is as long as its longest value or as its spec declares. A declared length
    that a value exceeds is a finding and gives way: nothing is cut.
    """
    findings: list[Finding] = []
    sized = []
    for dataset in datasets.values():
        found = levelled(study, measured(dataset))
        sized.append(_with_declared_lengths(study, found, findings))
    return {dataset.name: dataset for dataset in common_lengths(sized)}, findings


def _with_declared_lengths(study: StudySpec, dataset: Dataset, findings: list[Finding]) -> Dataset:
    spec = study.datasets.get(dataset.name)
    declared = {n: v for n, v in spec.variables.items() if v.length is not None} if spec else {}
    variables = []
    for variable in dataset.variables:
        wanted = declared.get(variable.name)
        if wanted is None or wanted.length is None or variable.type != "Char":
            variables.append(variable)
            continue
        longest = variable.length or 1
        if longest > wanted.length:
            findings.append(
                Finding(
                    rule="LENGTH.EXCEEDED",
                    severity=Severity.ERROR,
                    message=f"declared {wanted.length} bytes long, the longest value has {longest}",
                    hint="The length in the data is used; nothing is cut",
                    dataset=dataset.name,
                    variable=variable.name,
                    at=wanted.at,
                )
            )
        variables.append(replace(variable, length=max(longest, wanted.length)))
    return replace(dataset, variables=tuple(variables))


def levels_of(study: StudySpec, dataset: Dataset) -> tuple[ValueLevels, ...]:
    """The value levels of a dataset: as its spec says, else results by test or by parameter.

    Units belong to results: a test has its own. A parameter has values for each type of baseline.
    """
    spec = study.datasets.get(dataset.name)
    if spec is not None and spec.value_levels:
        return spec.value_levels
    if dataset.purpose == "Analysis":
        return _of_parameters(dataset)
    if dataset.class_.upper() != "FINDINGS":
        return ()
    prefix = dataset.name
    names = {variable.name for variable in dataset.variables}
    results = tuple(name for kind in RESULTS if (name := f"{prefix}{kind}") in names)
    test = f"{prefix}TESTCD"
    return (ValueLevels((test,), results),) if test in names and results else ()


def _of_parameters(dataset: Dataset) -> tuple[ValueLevels, ...]:
    names = [variable.name for variable in dataset.variables]
    by = tuple(name for name in ("PARAMCD", "BASETYPE") if name in names)
    results = tuple(name for name in ANALYSIS_RESULTS if name in names)
    return (ValueLevels(by, results),) if "PARAMCD" in by and results else ()


def levelled(study: StudySpec, dataset: Dataset) -> Dataset:
    """The dataset with the value level metadata it is due."""
    for levels in levels_of(study, dataset):
        spec = study.datasets.get(dataset.name)
        methods = {
            name: computed_method(study, spec, spec.variables[name])
            for name in levels.of
            if spec is not None and levels.origins and name in spec.variables
        }
        by_parameter = spec is not None and levels.by[:1] == ("PARAMCD",)
        made = made_by_parameter(study, spec, levels.of) if spec and by_parameter else {}
        dataset = value_levels(
            dataset,
            by=levels.by,
            of=levels.of,
            codelists=levels.codelists,
            numbers=[name for name in set(levels.codelists.values()) if _of_numbers(study, name)],
            origins=levels.origins,
            methods=methods,
            made=made,
        )
        dataset = replace(
            dataset, variables=tuple(_briefly(variable, made) for variable in dataset.variables)
        )
    return dataset


def _of_numbers(study: StudySpec, name: str) -> bool:
    """Whether the terms of a codelist are numbers, so that a Num variable can have them."""
    found = study.codelists.find(name)
    return found is not None and all(term.value.isdecimal() for term in found.terms)


def _briefly(variable: Variable, made: Mapping[str, Mapping[str, Made]]) -> Variable:
    """A variable whose every value level tells how it is made need not tell it once more."""
    codes = {level.where[0].values[0] for level in variable.values if level.where}
    told = codes and all(variable.name in made.get(code, {}) for code in codes)
    if not told or not variable.method or variable.method_name:
        return variable
    return replace(variable, method=BY_PARAMETER)


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
