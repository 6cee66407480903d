"""Supplemental qualifiers: one record per qualifier that has a value (SDTMIG 3.4, 8.4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.uniques import TEXT, is_missing, text_column
from cdisc.build.engine import Engine
from cdisc.build.methods import variable_method
from cdisc.build.origins import variable_origin
from cdisc.build.rowset import taken
from cdisc.build.standard import as_standard, standard_codelist
from cdisc.errors import SpecError
from cdisc.model import Condition, Dataset, Origin, ValueLevel
from cdisc.spec import StudySpec
from cdisc.spec.model import DatasetSpec, VariableSpec

Positions = npt.NDArray[np.int64]

KEYS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")
GENERAL = "SUPPQUAL"
DERIVED = Origin("Derived", "Sponsor")
ASSIGNED = Origin("Assigned", "Sponsor")


def supplemental(engine: Engine, spec: DatasetSpec, order: Positions) -> tuple[Dataset, Positions]:
    """The SUPP-- dataset of a spec that has supplementals, and its parent's record for each row.

    1. Every qualifier's value becomes a record; missing values make none.
    2. IDVAR is the --SEQ variable and IDVARVAL its value as text; both blank where there is one
       record per subject, as in DM.
    3. Records are in the order of the parent's, then by QNAM.

    Raises SpecError when nothing tells the records of a subject apart.
    """
    values = engine.values[spec.name]
    _check_identified(spec)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    sequence = f"{spec.name}SEQ"
    has_sequence = sequence in values
    names = sorted(spec.supplemental)
    kept: list[Positions] = []
    parts = []
    for name in names:
        column = text_column(engine.supplemental[spec.name][name])
        rows = np.flatnonzero(~is_missing(column))
        kept.append(rows)
        part = pd.DataFrame({"QVAL": taken(column, rows)})
        part["QNAM"], part["QLABEL"] = name, spec.supplemental[name].label
        part["QORIG"] = variable_origin(engine.study, spec, spec.supplemental[name]).type.upper()
        part["QEVAL"] = spec.supplemental[name].evaluator or None
        parts.append(part)
    rows = np.concatenate(kept)
    frame = pd.concat(parts, ignore_index=True)
    frame["USUBJID"] = taken(values["USUBJID"], rows).array
    study_id = values.get("STUDYID")
    frame["STUDYID"] = (
        engine.study.info.study_id if study_id is None else taken(study_id, rows).array
    )
    frame["RDOMAIN"] = spec.name
    if has_sequence:
        frame["IDVAR"] = sequence
        frame["IDVARVAL"] = taken(text_column(values[sequence]), rows).array
    else:
        frame["IDVAR"] = frame["IDVARVAL"] = pd.Series(None, index=frame.index, dtype=TEXT)
    name_rank = ranks(frame["QNAM"].astype(TEXT))
    sorting = np.lexsort((name_rank, place[rows]))
    return _dataset(engine, spec, frame.take(sorting)), place[rows][sorting]


def _check_identified(spec: DatasetSpec) -> None:
    if "USUBJID" not in spec.variables:
        raise SpecError(f"supplementals need USUBJID, which {spec.name} does not have", at=spec.at)
    sequence = f"{spec.name}SEQ"
    if sequence not in spec.variables and not spec.one_per_subject:
        raise SpecError(
            f"supplementals need {sequence} to tell the records of a subject apart",
            at=spec.at,
            hint=f"Define it: {sequence}: {{sequence: USUBJID}}",
        )


def _dataset(engine: Engine, spec: DatasetSpec, frame: pd.DataFrame) -> Dataset:
    name = f"SUPP{spec.name}"
    catalogue = engine.study.catalogue_of(spec)
    # a domain of the sponsor's own has supplementals as any other
    known = catalogue.dataset(name) or catalogue.dataset(GENERAL)
    variables = []
    for standard in catalogue.variables(known.name if known else name):
        levels: tuple[ValueLevel, ...] = ()
        if standard.name == "QVAL":
            levels = tuple(
                qualifier_level(engine.study, spec, spec.supplemental[name])
                for name in sorted(spec.supplemental)
            )
        variables.append(
            as_standard(
                standard,
                codelist=standard_codelist(engine.study, standard),
                origin=_origin(standard.name, levels),
                method="As in the related record of the parent dataset."
                if standard.name in ("IDVARVAL", "USUBJID")
                else "",
                comment=engine.study.info.note_on("COM.", name, standard.name),
                values=levels,
            )
        )
    ordered = frame[[variable.name for variable in variables]].astype(TEXT)
    return Dataset(
        name=name,
        label=f"Supplemental Qualifiers for {spec.name}",
        class_=known.class_ if known else "",
        structure=known.structure if known else "",
        keys=KEYS,
        variables=tuple(variables),
        frame=ordered.reset_index(drop=True),
    )


def _origin(name: str, levels: tuple[ValueLevel, ...]) -> Origin | None:
    """The origin of a variable; of values that all qualifiers have alike, else theirs alone."""
    if levels:
        origins = {level.origin for level in levels}
        return origins.pop() if len(origins) == 1 else None
    return DERIVED if name in ("IDVARVAL", "USUBJID") else ASSIGNED


def qualifier_level(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> ValueLevel:
    """What QVAL is on the records of one qualifier."""
    return ValueLevel(
        where=(Condition("QNAM", "EQ", (variable.name,)),),
        data_type="text",
        label=variable.label,
        codelist=variable.codelist,
        origin=variable_origin(study, spec, variable),
        method=variable_method(study, spec, variable),
        comment=variable.comment,
    )
