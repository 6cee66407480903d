"""Values that colour subjects: their order from good to bad, and their colours."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cdisc.results.look import BLUE, COLOURS, GREY, ORANGE, SKY, VERMILION, YELLOW

_RESPONSES: Mapping[str, str] = {
    "CR": BLUE,
    "PR": SKY,
    "SD": ORANGE,
    "NON-CR/NON-PD": YELLOW,
    "PD": VERMILION,
    "CPD": VERMILION,
    "UPD": "#b5651d",
    "NE": GREY,
    "MISSING": "#bcc4cb",
}
"""Responses by RECIST 1.1 and, after an i, by iRECIST: from blue for good to red for bad."""

UNKNOWN = "Not known"


def colours_of(values: Collection[str]) -> dict[str, str]:
    """A colour for each value, in the order of a legend; responses have their own order."""
    responses = list(_RESPONSES)
    if all(_response(value) in _RESPONSES for value in values if value != UNKNOWN):
        ordered = sorted(
            values,
            key=lambda value: (
                value == UNKNOWN,
                responses.index(_response(value)) if value != UNKNOWN else 0,
            ),
        )
        return {value: _RESPONSES.get(_response(value), "#bcc4cb") for value in ordered}
    return {value: COLOURS[n % len(COLOURS)] for n, value in enumerate(sorted(values))}


def _response(value: str) -> str:
    """The response that a value is: `iPR` is PR, `NON-iCR/NON-iUPD` is NON-CR/NON-PD."""
    plain = value.replace("NON-iCR/NON-iUPD", "NON-CR/NON-PD")
    return plain.removeprefix("i")
