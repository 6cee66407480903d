"""SAS formats that a spec writes: whether each is one, and one for the values it is written for."""

from __future__ import annotations

from cdisc.spec.model import DatasetSpec, VariableSpec
from cdisc.spec.notes import Notes
from cdisc.spec.possible_texts import Standards
from cdisc.standards.sas_format import HINT, parse_format


def check_formats(spec: DatasetSpec, standards: Standards, notes: Notes) -> None:
    """Reports formats of variables that no file can carry, or that SAS could not show."""
    for variable in spec.variables.values():
        standard = standards[spec.name].get(variable.name)
        if variable.format and not variable.intermediate:
            _format(variable, variable.type or (standard.type if standard else ""), notes)


def _format(variable: VariableSpec, type_: str, notes: Notes) -> None:
    written = parse_format(variable.format)
    if written is None:
        notes.error(f"{variable.format!r} is not a SAS format", variable.at, HINT)
    elif written.decimals and written.decimals >= written.width > 0:
        notes.error(
            f"the format {variable.format} has {written.decimals} decimals and is "
            f"{written.width} wide",
            variable.at,
            "The width counts them, too: 8.2 shows 12345.67",
        )
    # a width alone is for both: SAS reads 20. of a text as $20.
    elif type_ and (written.name or written.decimals) and (type_ == "Char") != written.is_character:
        shown = "text" if type_ == "Char" else "a number"
        notes.error(
            f"is {shown}, which the format {variable.format} is not for",
            variable.at,
            "Formats for text begin with $, formats for numbers do not",
        )
