"""A spec against the standard: its dataset, variables, labels, keys and supplementals.

Source: SDTMIG 3.4 sections 3.2 and 4.1 (core, names, labels), 8.4 (SUPP--); ADaMIG 1.3
section 3.1 (names and labels). Lengths of names and labels are those of XPT version 5.
"""

from __future__ import annotations

import re

from cdisc.errors import did_you_mean
from cdisc.spec.model import DatasetSpec, VariableSpec
from cdisc.spec.needs import automatic
from cdisc.spec.notes import Notes, nearest, step
from cdisc.standards import Catalogue, VariableStandard
from cdisc.standards.names import NamePattern, domain_prefix, is_pattern, with_prefix

LABEL_LENGTH = 40
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,7}")
_ALTERNATIVES = "OCCURRENCE DATA STRUCTURE"


def standard_name(spec: DatasetSpec, catalogue: Catalogue) -> str:
    """What the catalogue calls this dataset: its own name, structure or class; empty if none.

    ADaM names structures (`BDS`, `BDS-TTE`, `OCCDS`), so ADLB is found by `structure: BDS`.
    """
    for name in (spec.name, spec.structure, spec.class_):
        if name and catalogue.dataset(name) is not None:
            return name
    return ""


def check_standard(spec: DatasetSpec, catalogue: Catalogue, notes: Notes) -> None:
    """Reports what the standard does not allow in one mapping spec, or misses in it."""
    known = standard_name(spec, catalogue)
    if not known:
        _unknown_dataset(spec, catalogue, notes)
    for variable in spec.variables.values():
        if not variable.intermediate:
            _variable(variable, spec, known, catalogue, notes)
    for variable in spec.supplemental.values():
        _supplemental(variable, spec, known, catalogue, notes)
    if spec.supplemental and spec.layer == "sdtm":
        _identified(spec, notes)
    _keys(spec, notes)
    _value_levels(spec, notes)
    if known:
        _core(spec, known, catalogue, notes)


def _unknown_dataset(spec: DatasetSpec, catalogue: Catalogue, notes: Notes) -> None:
    title = f"{catalogue.standard} {catalogue.version}"
    if spec.layer == "adam":
        written = spec.structure or spec.class_
        near = did_you_mean(written, catalogue.names) if written else ""
        hint = near or "Say structure: BDS, BDS-TTE, OCCDS or ADSL"
        notes.error(f"no structure that {title} knows", spec.at, hint)
    elif spec.class_:
        notes.warning(
            f"not a dataset of {title}, so its variables are not checked against it", spec.at
        )
    else:
        hint = did_you_mean(spec.name, catalogue.names)
        notes.error(
            f"{title} has no dataset {spec.name}",
            spec.at,
            hint or "A domain of your own says its class: e.g. class: FINDINGS",
        )


def _variable(
    variable: VariableSpec, spec: DatasetSpec, known: str, catalogue: Catalogue, notes: Notes
) -> None:
    name, at = variable.name, variable.at
    standard = catalogue.variable(known, name) if known else None
    if not _NAME.fullmatch(name):
        notes.error(
            "this cannot name a variable",
            at,
            "Up to 8 capital letters, digits and _, a letter first; a step on the way is _NAME",
        )
    elif standard is None and known and spec.layer == "sdtm":
        candidates = [v.name for v in catalogue.variables(known)]
        candidates += [v.name for v in catalogue.model_variables(known)]
        near = did_you_mean(name, candidates)
        notes.error(
            f"{catalogue.standard} {catalogue.version} has no variable {name} in {spec.name}",
            at,
            " ".join((near, "A variable of your own goes under supplemental:")).strip(),
        )
    elif (known or spec.class_) and not (
        variable.label or (standard and standard.label) or _copies(variable, spec)
    ):
        notes.error("a label is needed", at, "The standard gives it none")
    _label(variable, notes)
    if standard is not None and variable.type and variable.type != standard.type:
        notes.error(f"the standard has it as {standard.type}, not {variable.type}", at)


def _copies(variable: VariableSpec, spec: DatasetSpec) -> bool:
    """Whether it may have its label from what it is a copy of."""
    return spec.layer == "adam" and variable.call.algorithm.name == "copy"


def _supplemental(
    variable: VariableSpec, spec: DatasetSpec, known: str, catalogue: Catalogue, notes: Notes
) -> None:
    name, at = variable.name, variable.at
    if spec.layer == "adam":
        notes.error(
            "ADaM has no supplemental qualifiers",
            at,
            "Put it under variables:",
        )
        return
    if not _NAME.fullmatch(name):
        notes.error(
            "this cannot be a QNAM",
            at,
            "1 to 8 capital letters, digits and _, a letter first",
        )
    if name in spec.variables or (known and catalogue.variable(known, name) is not None):
        notes.error(f"this is a variable of {spec.name} itself", at, "Put it under variables:")
    if not variable.label:
        notes.error("a label is needed", at, "It becomes the QLABEL")
    _label(variable, notes)


def _identified(spec: DatasetSpec, notes: Notes) -> None:
    """What ties a supplemental record to its parent (SDTMIG 3.4, section 8.4.1)."""
    at = step(spec.at, "supplemental")
    sequence = f"{spec.name}SEQ"
    if "USUBJID" not in spec.variables:
        notes.error("supplementals need USUBJID, which the dataset lacks", at)
    elif sequence not in spec.variables and not spec.one_per_subject:
        notes.error(
            f"supplementals need {sequence} to tell the records of a subject apart",
            at,
            f"Define it: {sequence}: {{sequence: USUBJID}}",
        )


def _label(variable: VariableSpec, notes: Notes) -> None:
    length = len(variable.label)
    if length > LABEL_LENGTH:
        notes.error(
            f"the label has {length} characters; {LABEL_LENGTH} fit",
            variable.at,
        )


def _keys(spec: DatasetSpec, notes: Notes) -> None:
    written = [name for name in spec.variables if not name.startswith("_")]
    known = {*written, *automatic(spec)}
    for key in spec.keys:
        if key not in known:
            notes.error(
                f"the key {key} is not a variable of {spec.name}",
                step(spec.at, "keys"),
                nearest(key, known),
            )
    repeated = {key for key in spec.keys if spec.keys.count(key) > 1}
    for key in sorted(repeated):
        notes.error(f"the key {key} is named twice", step(spec.at, "keys"))


def _value_levels(spec: DatasetSpec, notes: Notes) -> None:
    at = step(spec.at, "value_levels")
    for levels in spec.value_levels:
        for name in (*levels.by, *levels.of):
            if name not in spec.variables:
                notes.error(
                    f"{name} is not a variable of {spec.name}",
                    at,
                    did_you_mean(name, spec.variables),
                )


def _core(spec: DatasetSpec, known: str, catalogue: Catalogue, notes: Notes) -> None:
    """Required variables the spec lacks are errors, expected ones warnings.

    The OCCDS list has alternatives (`--TERM` or `CMTRT`), so what it lacks is only told.
    """
    entry = catalogue.dataset(known)
    alternatives = entry is not None and entry.class_ == _ALTERNATIVES
    lacking = [v for v in catalogue.variables(known) if not _is_there(v, spec)]
    prefix = domain_prefix((v.name for v in catalogue.variables(known)), spec.variables)
    required, expected = (
        ", ".join(with_prefix(v.name, prefix) for v in lacking if v.core == core)
        for core in ("Req", "Exp")
    )
    if required:
        tell = notes.warning if alternatives else notes.error
        tell(f"lacks what the standard requires: {required}", spec.at)
    if expected:
        notes.warning(f"lacks what the standard expects: {expected}", spec.at)


def _is_there(standard: VariableStandard, spec: DatasetSpec) -> bool:
    if standard.name in automatic(spec):
        return True
    if is_pattern(standard.name):
        pattern = NamePattern(standard.name)
        return any(pattern.match(name) for name in spec.variables)
    return standard.name in spec.variables
