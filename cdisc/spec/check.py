"""Everything about a study's specs that can be decided without data.

`cdisc check` and editors use this; a run starts with it. Reading the study already refused
what the language does not allow (`cdisc.spec.study`); here the specs are held against each
other, study.yaml, the standards and the codelists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cdisc.errors import CdiscError, Problems, SpecError
from cdisc.spec.check_conditions import check_conditions, check_display_conditions
from cdisc.spec.check_dates import check_dates
from cdisc.spec.check_displays import check_displays
from cdisc.spec.check_formats import check_formats
from cdisc.spec.check_kinds import check_kinds
from cdisc.spec.check_labels import check_labels
from cdisc.spec.check_names import NameCheck, check_declared
from cdisc.spec.check_notes import check_notes
from cdisc.spec.check_relations import check_relations
from cdisc.spec.check_releases import check_releases
from cdisc.spec.check_rows import rows_columns
from cdisc.spec.check_standard import check_standard, standard_name
from cdisc.spec.check_terms import check_terms
from cdisc.spec.graph import build_order
from cdisc.spec.kinds import Kinds
from cdisc.spec.model import DatasetSpec
from cdisc.spec.needs import Node, edges, taken_selections
from cdisc.spec.notes import Notes
from cdisc.spec.possible_texts import PossibleTexts, Standards
from cdisc.spec.stages import stages, too_late
from cdisc.spec.study import StudySpec
from cdisc.standards import VariableStandard


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, each part in the order of files and lines.

    `errors` stop a run; `warnings` are probably not meant, but can be.
    """

    errors: tuple[SpecError, ...]
    warnings: tuple[SpecError, ...]

    def raise_errors(self) -> None:
        """Raises the error, or Problems when there are several; nothing when there is none."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise Problems(self.errors)


def check_study(study: StudySpec) -> Checked:
    """Checks all specs of a study that has been read. Reads no data and raises nothing."""
    notes = Notes()
    check_declared(study, notes)
    check_dates(study, notes)
    check_releases(study, notes)
    standards = standards_of(study)
    possible = PossibleTexts(study, standards)
    kinds = Kinds(study, standards)
    for spec in study.datasets.values():
        _check_dataset(study, spec, standards, notes)
        check_conditions(study, spec, possible, notes)
        check_kinds(spec, kinds, possible, notes)
        check_formats(spec, standards, notes)
        check_labels(study, spec, standards, notes)
    check_relations(study, notes)
    _unused(study, notes)
    check_notes(study, notes)
    check_displays(study, notes)
    check_display_conditions(study, possible, notes)
    try:
        build_order(study.datasets)
    except CdiscError as error:
        notes.error(error.message, error.at, error.hint)
    _stages(study, notes)
    return Checked(notes.errors, notes.warnings)


def check_again(study: StudySpec, datasets: Iterable[str]) -> tuple[SpecError, ...]:
    """The errors of names, conditions and kinds in some specs, perhaps others than were read."""
    notes = Notes()
    standards = standards_of(study)
    possible = PossibleTexts(study, standards)
    kinds = Kinds(study, standards)
    for name in datasets:
        _check_names(study, study.datasets[name], notes)
        check_conditions(study, study.datasets[name], possible, notes)
        check_kinds(study.datasets[name], kinds, possible, notes)
    return notes.errors


def _check_names(study: StudySpec, spec: DatasetSpec, notes: Notes) -> None:
    names = NameCheck(study, spec, notes)
    columns = rows_columns(spec.rows, names)
    for lookup in spec.lookups.values():
        names.lookup(lookup, columns)
    for variable in (*spec.variables.values(), *spec.supplemental.values()):
        names.variable(variable, columns)


def _check_dataset(study: StudySpec, spec: DatasetSpec, standards: Standards, notes: Notes) -> None:
    _check_names(study, spec, notes)
    check_standard(spec, study.catalogue_of(spec), notes)
    check_terms(spec, standards[spec.name], study.codelists, notes)


def standards_of(study: StudySpec) -> Standards:
    """What the standards say of each variable that a spec describes, by dataset and name."""
    return {name: _standards(study, spec) for name, spec in study.datasets.items()}


def _standards(study: StudySpec, spec: DatasetSpec) -> dict[str, VariableStandard]:
    """What the standard says of each variable of a spec that it knows."""
    catalogue = study.catalogue_of(spec)
    known = standard_name(spec, catalogue)
    found = ((name, catalogue.variable(known, name)) for name in spec.variables if known)
    return {name: standard for name, standard in found if standard is not None}


def _stages(study: StudySpec, notes: Notes) -> None:
    """A dataset of subjects cannot read what is made of all of them."""
    for name, other, at in too_late(study.datasets, stages(study.datasets, study.subject_sources)):
        notes.error(
            f"{name} is built subject by subject and cannot read {other}, which is made of the "
            "records of all subjects",
            at,
            f"Derive it from what {other} reads, or put what it needs into a table",
        )


def _unused(study: StudySpec, notes: Notes) -> None:
    """Selections, lookups and intermediates that nothing reads: often a name changed on one side.

    A lookup with `if_none: finding` may be there for its finding alone.
    """
    read: set[Node] = set()
    for spec in study.datasets.values():
        read.update(*edges(spec, study.datasets).values())
    for relation in study.relations:
        read.update(Node(side.dataset, "variable", side.by) for side in relation.sides)
    for spec in study.datasets.values():
        used = {taken.selection.name for taken in taken_selections(spec)}
        for selection in spec.selections.values():
            if selection.name not in used:
                notes.warning(f"nothing uses the selection {selection.name}", selection.at)
        for lookup in spec.lookups.values():
            checks = lookup.if_none == "finding"
            if not checks and Node(spec.name, "lookup", lookup.name) not in read:
                notes.warning(f"nothing reads the lookup {lookup.name}", lookup.at)
        for variable in spec.variables.values():
            node = Node(spec.name, "variable", variable.name)
            if variable.intermediate and node not in read:
                notes.warning(
                    f"nothing reads {variable.name}, and an intermediate is never written",
                    variable.at,
                )
