"""The displays against the specs, the terminology of Define-XML and the documents."""

from __future__ import annotations

import re

from cdisc.errors import did_you_mean
from cdisc.spec.analyses import UNITS, KaplanMeier
from cdisc.spec.check_names import variables_of
from cdisc.spec.displays import Display
from cdisc.spec.notes import Notes, nearest
from cdisc.spec.parameter_lists import declared_parameters
from cdisc.spec.read_fields import named
from cdisc.spec.study import StudySpec
from cdisc.spec.where_clauses import conditions_of
from cdisc.standards import packaged_terminologies, terminology

_DEFINE = "define-xmlct"
_REASON, _PURPOSE = "ANLREAS", "ANLPURP"
_PARAMETER = "PARAMCD"
_IN_UNIT = re.compile(rf"\(({'|'.join(UNITS)})\)", re.IGNORECASE)


def check_displays(study: StudySpec, notes: Notes) -> None:
    """Reports datasets and variables that no spec makes, and terms and documents not known."""
    if not len(study.displays):
        return
    used = {display.population.name for display in study.displays}
    for population in study.displays.populations.values():
        if population.name not in used:
            notes.warning("no display is about this population", population.at)
    _check_datasets(study, notes)
    known = {document.name for document in study.info.documents}
    for display in study.displays:
        _check_names(study, display, notes)
        _check_parameters(study, display, notes)
        _check_unit(study, display, notes)
        _check_terms(display, notes)
        for document, _ in display.documents:
            if document not in known:
                notes.error(
                    f"study.yaml declares no document {document}",
                    display.at,
                    did_you_mean(document, known),
                )


def _check_datasets(study: StudySpec, notes: Notes) -> None:
    """Warns of each dataset that no spec makes: displays are often written before the specs."""
    missing: dict[str, list[Display]] = {}
    for display in study.displays:
        for dataset in display.reads():
            if dataset not in study.datasets:
                missing.setdefault(dataset, []).append(display)
    for dataset, displays in missing.items():
        listed = ", ".join(display.id for display in displays)
        notes.warning(
            f"no spec describes {dataset}, so these cannot be made: {listed}",
            displays[0].at,
            did_you_mean(dataset, study.datasets),
        )


def _check_names(study: StudySpec, display: Display, notes: Notes) -> None:
    for dataset, names in display.reads().items():
        spec = study.datasets.get(dataset)
        if spec is None:
            continue
        variables = variables_of(spec)
        for name in names:
            if name not in variables:
                notes.error(
                    f"{dataset} has no variable {name}", display.at, nearest(name, variables)
                )
    population = study.datasets.get(display.population.records.dataset)
    if population is not None and not population.one_per_subject:
        notes.error(
            f"{population.name} has several records per subject and cannot be a population",
            display.population.at,
            "A population is of subjects: from: ADSL",
        )


def _check_parameters(study: StudySpec, display: Display, notes: Notes) -> None:
    """A parameter that a display selects must be one that its dataset has."""
    selections = [
        (display.records.dataset, display.records.conditions, display.records.at),
        *(
            (other.dataset, conditions_of(other.where, other.at), other.at)
            for other in display.analysis.other_records()
        ),
    ]
    for dataset, conditions, at in selections:
        spec = study.datasets.get(dataset)
        known = None if spec is None else declared_parameters(spec)
        if known is None:
            continue
        named_ones = (c.values for c in conditions if c.variable == _PARAMETER)
        for value in (value for values in named_ones for value in values if value):
            if value not in known:
                message = f"{dataset} has no parameter {value}"
                notes.error(message, named(at, display.id), nearest(value, known))


def _check_unit(study: StudySpec, display: Display, notes: Notes) -> None:
    """A parameter whose label names a unit of time is not told as if it had another one."""
    analysis, spec = display.analysis, study.datasets.get(display.records.dataset)
    if not isinstance(analysis, KaplanMeier) or spec is None:
        return
    named_ones = [
        value
        for check in display.records.conditions
        if check.variable == _PARAMETER and check.comparator in ("EQ", "IN")
        for value in check.values
    ]
    for name in named_ones:
        part = spec.rows.parameters.get(name)
        label = part.parameter.label if part is not None and part.parameter is not None else ""
        found = _IN_UNIT.search(label)
        if found and found[1].lower() != analysis.unit:
            notes.warning(
                f"{name} is {label!r}, and its times are told in {analysis.unit}",
                named(display.records.at, display.id),
                f"Write unit: {found[1].lower()} in {analysis.name}",
            )


def _check_terms(display: Display, notes: Notes) -> None:
    """The codelists are extensible, so another term is possible and hardly meant."""
    release = max(date for package, date in packaged_terminologies() if package == _DEFINE)
    ct = terminology(_DEFINE, release)
    for list_name, value, at in (
        (_REASON, display.reason, display.reason_at),
        (_PURPOSE, display.purpose, display.purpose_at),
    ):
        codelist = ct.codelist(list_name)
        if codelist is not None and value not in codelist:
            terms = list(codelist.by_value)
            notes.warning(
                f"{value!r} is no published term of {codelist.label}",
                at,
                did_you_mean(value, terms) or f"Published are {', '.join(terms)}",
            )
