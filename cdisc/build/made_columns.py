"""What the columns of a record algorithm are, in words, beside the one that its method tells of."""

from __future__ import annotations

from collections.abc import Sequence

# The column that the method of the algorithm is about: the first of them that it makes.
RESULTS = ("AVALC", "AVAL", "RESPONSE", "SUM", "DIAMETER", "RESULT")

_TELLS = "as the method of {result} tells"
_SAID = {
    "AVAL": "The number that stands for {result}",
    "ADT": f"The date of the record that decides, {_TELLS}",
    "STARTDT": "The date from which the time of {result} is counted",
    "CNSR": f"0 where an event ends the time, otherwise the number of the rule that censors it, "
    f"{_TELLS}",
    "EVNTDESC": f"The words for the event or for the rule of censoring that decides, {_TELLS}",
    "CNSDTDSC": f"The words for the date of the rule that censors, {_TELLS}; null for an event",
    "SRCDOM": f"The dataset of the record that decides, {_TELLS}",
    "SRCVAR": f"The variable of the record that decides, {_TELLS}",
    "SRCSEQ": f"The sequence number of the record that decides, {_TELLS}",
    "ASTDT": "The first date of the doses that {result} is made of",
    "AENDT": "The last date of the doses that {result} is made of",
    "ASSESSMENT": "The assessment that {result} is of",
    "DATE": f"The date of the assessment, {_TELLS}",
    "EXPECTED": "The number of lesions that {result} needs",
    "ASSESSED": "The number of those lesions that were measured",
    "PIECES": "The number of lesions that were measured for {result}",
    "LESION": "The lesion as it was named first",
    "NUMBER": "The number in the name of the lesion, otherwise its place among the subject's",
    "TARGET": "The response of the target lesions that goes into {result}",
    "NONTARGET": "The response of the non-target lesions that goes into {result}",
    "NEW": "Whether there are new lesions, as goes into {result}",
    "CAUSE": "What made the progression in {result}",
}


def result_of(makes: Sequence[str]) -> str:
    """The column that the method of a record algorithm is about; empty where none is known."""
    return next((column for column in RESULTS if column in makes), "")


def said_beside(makes: Sequence[str], name: str) -> str:
    """What a column is that an algorithm makes beside its result; empty for any other column.

    Examples:
        >>> said_beside(("AVALC", "AVAL", "ADT"), "AVAL")
        'The number that stands for AVALC.'
    """
    result = result_of(makes)
    if not result or name not in makes or name == result:
        return ""
    said = _SAID.get(name, f"Made together with {{result}}, {_TELLS}")
    return f"{said.format(result=result)}."
