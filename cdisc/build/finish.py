"""From computed columns to a dataset: order of records and columns, and all its metadata."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.records import ranks
from cdisc.build.engine import Engine, variable_codelist, variable_type
from cdisc.build.rowset import taken
from cdisc.model import Dataset, Origin, Variable
from cdisc.spec import StudySpec
from cdisc.spec.model import DatasetSpec, VariableSpec
from cdisc.spec.needs import AUTOMATIC
from cdisc.spec.read_dataset import SOURCES
from cdisc.standards import VariableStandard

Positions = npt.NDArray[np.int64]

CORE_REQUIRED = "Req"


def record_order(engine: Engine, spec: DatasetSpec) -> Positions:
    """The rows of a dataset in submission order: by its keys, or by subject as in the source."""
    values = engine.values[spec.name]
    count = engine.rows[spec.name].count
    if spec.order == "source":
        subject = values.get("USUBJID")
        return np.arange(count) if subject is None else np.argsort(ranks(subject), kind="stable")
    keys = [ranks(values[key]) for key in spec.keys if key in values]
    return np.lexsort(keys[::-1]) if keys else np.arange(count)


def finished(engine: Engine, spec: DatasetSpec, order: Positions) -> Dataset:
    """The dataset with its records in `order` and its variables in the standard's order."""
    study = engine.study
    catalogue = study.catalogue_of(spec)
    variables = {
        name: _variable(study, spec, variable)
        for name, variable in spec.variables.items()
        if not variable.intermediate
    }
    columns = {name: engine.values[spec.name][name] for name in variables}
    for name in AUTOMATIC:
        standard = catalogue.variable(spec.name, name)
        if name not in variables and standard is not None and not standard.model:
            variables[name] = _automatic(standard)
            columns[name] = engine.constant(spec.name, name)
    names = sorted(variables, key=lambda name: catalogue.position(spec.name, name))
    frame = pd.DataFrame({name: taken(columns[name], order) for name in names})
    known = catalogue.dataset(spec.name)
    return Dataset(
        name=spec.name,
        label=spec.label or (known.label if known else spec.name),
        class_=spec.class_ or (known.class_ if known else ""),
        structure=spec.structure or (known.structure if known else ""),
        keys=spec.keys,
        variables=tuple(variables[name] for name in names),
        frame=frame,
        scope=spec.scope,
        purpose="Tabulation" if spec.layer == "sdtm" else "Analysis",
        repeating=spec.scope == "subject" and not spec.one_per_subject,
        comment=spec.comment,
    )


def _automatic(standard: VariableStandard) -> Variable:
    return Variable(
        name=standard.name,
        label=standard.label,
        type=standard.type,
        role=standard.role,
        core=standard.core,
        origin=Origin("Assigned", "Sponsor"),
        mandatory=standard.core == CORE_REQUIRED,
    )


def _variable(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> Variable:
    standard = study.catalogue_of(spec).variable(spec.name, variable.name)
    core = standard.core if standard else ""
    return Variable(
        name=variable.name,
        label=variable.label or (standard.label if standard else variable.name),
        type=variable_type(study, spec, variable),
        length=variable.length,
        format=variable.format,
        role=standard.role if standard else "",
        core=core,
        codelist=variable_codelist(study, spec, variable),
        dictionary=variable.dictionary or _dictionary(standard),
        origin=variable_origin(variable),
        method=variable_method(variable),
        comment=variable.comment,
        mandatory=core == CORE_REQUIRED,
    )


def _dictionary(standard: VariableStandard | None) -> str:
    dictionaries = ("MedDRA", "WHODrug")
    return standard.format if standard and standard.format in dictionaries else ""


def variable_origin(variable: VariableSpec) -> Origin:
    """Where values come from: as the spec says, else what the algorithm usually does."""
    if variable.origin is not None:
        return variable.origin
    type_ = variable.call.algorithm.origin
    return Origin(type_, SOURCES.get(type_, ""))


def variable_method(variable: VariableSpec) -> str:
    """The method text of a derived variable, from the arguments that really run."""
    if variable_origin(variable).type != "Derived":
        return ""
    return variable.method or variable.call.method
