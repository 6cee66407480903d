"""From computed columns to a dataset: order of records and columns, and all its metadata."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.records import sorted_positions
from cdisc.build.analysis import (
    analysis_label,
    analysis_structure,
    class_of_standard,
)
from cdisc.build.engine import Engine
from cdisc.build.methods import method_name, variable_method
from cdisc.build.origins import variable_dictionary, variable_origin
from cdisc.build.rowset import taken
from cdisc.build.standard import (
    CORE_REQUIRED,
    as_standard,
    automatic_variable,
    standard_dataset,
    standard_variable,
    variable_codelist,
    variable_format,
    variable_label,
    variable_type,
)
from cdisc.model import Dataset, Origin, Variable
from cdisc.spec import StudySpec
from cdisc.spec.model import DatasetSpec, VariableSpec
from cdisc.spec.needs import AUTOMATIC
from cdisc.standards import DatasetStandard, VariableStandard
from cdisc.standards.never_null import NEVER_NULL

Positions = npt.NDArray[np.int64]

ASSIGNED = Origin("Assigned", "Sponsor")


def record_order(engine: Engine, spec: DatasetSpec) -> Positions:
    """The rows of a dataset in submission order: by its keys, or by subject as in the source."""
    values = engine.values[spec.name]
    count = engine.rows[spec.name].count
    if spec.order == "source":
        subject = values.get("USUBJID")
        return np.arange(count) if subject is None else sorted_positions([subject])
    keys = [values[key] for key in spec.keys if key in values]
    return sorted_positions(keys) if keys else np.arange(count)


def finished(engine: Engine, spec: DatasetSpec, order: Positions) -> Dataset:
    """The dataset with its records in `order` and its variables in the standard's order."""
    study = engine.study
    variables = {
        name: _variable(study, spec, variable)
        for name, variable in spec.variables.items()
        if not variable.intermediate
    }
    columns = {name: engine.values[spec.name][name] for name in variables}
    for name in AUTOMATIC:
        standard = automatic_variable(study, spec, name)
        if name not in variables and standard is not None:
            variables[name] = as_standard(standard, origin=ASSIGNED)
            columns[name] = engine.constant(spec.name, name)
    known = standard_dataset(study, spec)
    names = _in_order(variables, study, spec, known)
    if np.any(order[1:] < order[:-1]):  # most datasets arrive sorted
        columns = {name: taken(column, order) for name, column in columns.items()}
    frame = pd.DataFrame({name: columns[name] for name in names})
    return Dataset(
        name=spec.name,
        label=_label(spec, known),
        class_=spec.class_ or class_of_standard(known),
        structure=_structure(study, spec, known),
        keys=spec.keys,
        variables=tuple(variables[name] for name in names),
        frame=frame,
        scope=spec.scope,
        purpose="Tabulation" if spec.layer == "sdtm" else "Analysis",
        repeating=spec.scope == "subject" and not spec.one_per_subject,
        non_standard=known is None,
        comment=spec.comment or study.info.note_on("COM.", spec.name),
    )


def _in_order(
    names: Iterable[str], study: StudySpec, spec: DatasetSpec, known: DatasetStandard | None
) -> list[str]:
    """The standard's order; a domain that it does not list has the order of its spec."""
    if known is None:
        written = [*AUTOMATIC, "USUBJID", *spec.variables]
        return sorted(names, key=written.index)
    catalogue = study.catalogue_of(spec)
    return sorted(names, key=lambda name: catalogue.position(known.name, name))


def _label(spec: DatasetSpec, known: DatasetStandard | None) -> str:
    if spec.layer == "adam":
        return analysis_label(spec, known)
    return spec.label or (known.label if known else spec.name)


def _structure(study: StudySpec, spec: DatasetSpec, known: DatasetStandard | None) -> str:
    """What one record is, in words; for ADaM by its keys where the spec names a structure."""
    named = study.catalogue_of(spec).dataset(spec.structure) is not None
    if spec.structure and not named:
        return spec.structure
    if spec.layer == "adam":
        return analysis_structure(study, spec)
    return known.structure or known.label if known else ""


def _variable(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> Variable:
    standard = standard_variable(study, spec, variable.name)
    core = standard.core if standard else ""
    codelist = variable_codelist(study, spec, variable)
    return Variable(
        name=variable.name,
        label=variable_label(study, spec, variable),
        type=variable_type(study, spec, variable),
        length=variable.length,
        format=variable_format(study, spec, variable),
        role=standard.role if standard else "",
        core=core,
        codelist=codelist,
        dictionary=variable.dictionary
        or ("" if codelist else _dictionary(spec, variable, standard)),
        origin=variable_origin(study, spec, variable),
        method=variable_method(study, spec, variable),
        method_name=method_name(study, spec, variable),
        comment=variable.comment or study.info.note_on("COM.", spec.name, variable.name),
        mandatory=core == CORE_REQUIRED and (spec.layer == "sdtm" or variable.name in NEVER_NULL),
        non_standard=standard is None and standard_dataset(study, spec) is not None,
    )


# What the catalogue calls a value domain, and its name among dictionaries (codelist DICTNAM).
_DICTIONARIES = {"MedDRA": "MedDRA", "LOINC": "LOINC", "ISO 21090 NullFlavor": "ISO 21090"}


def _dictionary(
    spec: DatasetSpec, variable: VariableSpec, standard: VariableStandard | None
) -> str:
    """The dictionary that the variable's terms come from, or the one the standard names."""
    found = variable_dictionary(spec, variable)
    if found or standard is None:
        return found
    return _DICTIONARIES.get(standard.format, "")
