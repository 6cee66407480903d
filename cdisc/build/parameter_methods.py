"""How each parameter's own part of the rows makes the values of a variable (value level)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cdisc.build.methods import Asked, columns_known, part_method
from cdisc.build.origins import DERIVED, PREDECESSOR
from cdisc.model import Origin
from cdisc.spec import StudySpec
from cdisc.spec.model import DatasetSpec
from cdisc.spec.needs import meaning
from cdisc.spec.predecessors import predecessor_in_rows


class Made(NamedTuple):
    """Where the values of a variable come from on the records of one parameter."""

    origin: Origin
    method: str
    method_name: str = ""


def made_by_parameter(
    study: StudySpec, spec: DatasetSpec, names: Iterable[str]
) -> Mapping[str, Mapping[str, Made]]:
    """By PARAMCD, then by variable; only for variables that copy a column of the rows.

    What is computed under `variables:` is computed alike for all parameters.
    """
    found: dict[str, dict[str, Made]] = {}
    asked = Asked(has=columns_known(study))
    for name in names:
        variable = spec.variables.get(name)
        ref = variable.call.copied if variable is not None else None
        if ref is None or variable is None or variable.origin is not None:
            continue
        if meaning(ref, spec, name) != "source":
            continue
        for code in spec.rows.labelled:
            rows = spec.rows.parameters[code]
            method = part_method(rows, ref.name, asked)
            before = predecessor_in_rows(study, spec, rows, ref.name)
            if before is not None:
                made = Made(Origin(PREDECESSOR, predecessor=str(before)), "")
            elif method:
                made = _derived(study, f"{spec.name}.{name}.{code}", method)
            else:
                continue
            found.setdefault(code, {})[name] = made
    return found


def _derived(study: StudySpec, place: str, method: str) -> Made:
    """What is computed, with the words of the note that is on this variable of the parameter."""
    note = study.info.note_on("MT.", place)
    if not note:
        return Made(DERIVED, method)
    said = study.info.note_text(note).rstrip(".")
    return Made(DERIVED, f"{said}. Computed as: {method}", note)
