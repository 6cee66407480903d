"""Labels of ADaM variables that are copies of SDTM which others made.

A copy has its label from what it is a copy of; what neither standard knows has none, and only the
file that it comes from could tell.
"""

from __future__ import annotations

from cdisc.spec.model import DatasetSpec
from cdisc.spec.notes import Notes
from cdisc.spec.possible_texts import Standards
from cdisc.spec.predecessors import predecessor, tabulated, tabulations_of
from cdisc.spec.study import StudySpec


def check_labels(study: StudySpec, spec: DatasetSpec, standards: Standards, notes: Notes) -> None:
    """Reports copies of others' variables that would have no label but their name."""
    for variable in spec.variables.values():
        standard = standards[spec.name].get(variable.name)
        if variable.intermediate or variable.label or (standard and standard.label):
            continue
        found = predecessor(study, spec, variable)
        if found is None or found.dataset in study.datasets or tabulated(study, spec, variable):
            continue
        source = next(s for name, s in study.sources.items() if name.upper() == found.dataset)
        files = [source.spec.file, *([source.supplemental.file] if source.supplemental else [])]
        guides = study.catalogue_of(spec), tabulations_of(study)
        neither = " nor ".join(f"{guide.standard} {guide.version}" for guide in guides)
        notes.error(
            f"a label is needed: it is a copy of {found.variable} in {' or '.join(files)}, which "
            f"neither {neither} has",
            variable.at,
            f"Write the one that the file has: {variable.name}: {{copy: "
            f"{variable.call.texts['of']}, label: ...}}",
        )
