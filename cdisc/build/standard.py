"""What the standard says of a dataset that is built, and of its variables."""

from __future__ import annotations

from cdisc.model import Origin, ValueLevel, Variable
from cdisc.model.dataset import SasType
from cdisc.spec import StudySpec
from cdisc.spec.check_standard import standard_name
from cdisc.spec.model import DatasetSpec, VariableSpec
from cdisc.spec.parameter_lists import parameter_list
from cdisc.spec.predecessors import described_by, tabulated
from cdisc.standards import DatasetStandard, VariableStandard
from cdisc.standards.flags import WHOLE, flag_list
from cdisc.standards.moments import moment

WITH_EVERY_IDENTIFIER = "DM"
RESULTS = ("ORRES", "STRESC")
CORE_REQUIRED = "Req"
MOMENT_FORMATS = {"datetime": "DATETIME20.", "date": "DATE9.", "time": "TIME8."}


def standard_dataset(study: StudySpec, spec: DatasetSpec) -> DatasetStandard | None:
    """The dataset or structure of the standard that a spec describes; None for a domain of its own.

    ADaM knows structures: ADLB is found by its `structure: BDS`.
    """
    catalogue = study.catalogue_of(spec)
    return catalogue.dataset(standard_name(spec, catalogue))


def standard_variable(study: StudySpec, spec: DatasetSpec, name: str) -> VariableStandard | None:
    """What the standard says of a variable of a dataset; None when it does not know it."""
    catalogue = study.catalogue_of(spec)
    return catalogue.variable(standard_name(spec, catalogue), name)


def automatic_variable(study: StudySpec, spec: DatasetSpec, name: str) -> VariableStandard | None:
    """STUDYID or DOMAIN as the dataset has it without saying so; None when it does not.

    A domain of the sponsor's own, which the standard does not list, has them like any other.
    """
    catalogue = study.catalogue_of(spec)
    known = standard_name(spec, catalogue)
    if not known and spec.layer == "sdtm":
        known = WITH_EVERY_IDENTIFIER
    found = catalogue.variable(known, name)
    return None if found is None or found.model else found


def as_standard(
    standard: VariableStandard,
    *,
    origin: Origin | None,
    codelist: str = "",
    method: str = "",
    comment: str = "",
    values: tuple[ValueLevel, ...] = (),
) -> Variable:
    """A variable that no spec describes, as the standard does."""
    return Variable(
        name=standard.name,
        label=standard.label,
        type=standard.type,
        role=standard.role,
        core=standard.core,
        codelist=codelist,
        origin=origin,
        method=method,
        comment=comment,
        mandatory=standard.core == CORE_REQUIRED,
        values=values,
    )


def variable_type(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> SasType:
    """Char or Num: as the spec says, else as the standard does; supplementals are Char.

    An ADaM variable that the standard does not list is what it is a copy of, and otherwise Num
    when its name says that it is a date, a time or a day.
    """
    if variable.type:
        return variable.type
    known = standard_variable(study, spec, variable.name)
    copied = None if known else described_by(study, spec, variable)
    if copied is not None:
        return variable_type(study, *copied)
    dated = moment(variable.name) or variable.name.endswith("DY")
    if known is None and spec.layer == "adam" and dated:
        return "Num"
    return "Char" if known is None or variable.name in spec.supplemental else known.type


def variable_label(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """The label: the spec's, else the standard's, else that of what it is a copy of.

    Where the standard speaks of a variable of any domain (--STDTC), what it is a copy of knows
    better: in AE it is the start of the adverse event.
    """
    known = standard_variable(study, spec, variable.name)
    standard = known.label if known else ""
    if variable.label or (standard and known is not None and not known.general):
        return variable.label or standard
    copied = described_by(study, spec, variable)
    if copied is not None:
        return variable_label(study, *copied)
    sdtm = tabulated(study, spec, variable)
    return (sdtm.label if sdtm else "") or standard or variable.name


def variable_format(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """The SAS format: the spec's, else that of a numeric date or time of ADaM by its name.

    Source: ADaMIG 1.3, section 3.1.2 (variables that end in DT, DTM and TM).
    """
    if variable.format or spec.layer != "adam":
        return variable.format
    if variable_type(study, spec, variable) != "Num":
        return ""
    copied = described_by(study, spec, variable)
    if copied is not None and copied[1].format:
        return copied[1].format
    return MOMENT_FORMATS.get(moment(variable.name), "")


def variable_codelist(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> str:
    """The name of a variable's codelist: the spec's, else the standard's when it has just one.

    The standard's codelist of a result (--ORRES, --STRESC) is for coded results only; whether a
    variable holds those, only the spec can say. Parameters have a list of their dataset, flags
    the terms of No Yes Response that ADaMIG permits. An ADaM variable that is a copy has the
    codelist of what it is a copy of.
    """
    known = standard_variable(study, spec, variable.name)
    flag = flag_list(known.values) if known is not None and spec.layer == "adam" else ""
    own = variable.codelist or parameter_list(spec, variable)
    if own:
        return flag if flag and own == WHOLE else own
    if variable.name.endswith(RESULTS):
        return ""
    found = "" if known is None else standard_codelist(study, known) or flag
    copied = None if found else described_by(study, spec, variable)
    if copied is not None:
        return variable_codelist(study, *copied)
    sdtm = None if found else tabulated(study, spec, variable)
    return found if sdtm is None else standard_codelist(study, sdtm)


def standard_codelist(study: StudySpec, standard: VariableStandard) -> str:
    """The name of the codelist that the standard gives a variable; empty unless it is one only."""
    if len(standard.codelists) != 1:
        return ""
    found = study.codelists.find(standard.codelists[0])
    return found.name if found else ""
