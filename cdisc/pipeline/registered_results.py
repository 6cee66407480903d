"""From the lines of a registration to the analysis: ADaM parameters, and the displays of them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from cdisc.errors import CdiscError, SpecError, did_you_mean
from cdisc.model import Condition
from cdisc.spec import StudySpec
from cdisc.spec.check_names import variables_of
from cdisc.spec.displays import Display
from cdisc.spec.parameter_lists import declared_parameters

if TYPE_CHECKING:
    from cdisc.pipeline.registration import Line, Place

PARAMETER = "PARAMCD"

_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
}


def analysis_errors(study: StudySpec, lines: Sequence[Line]) -> list[CdiscError]:
    """What of the lines' ADaM places and displays no spec has.

    A place must be a variable of a spec; a PARAMCD one of its declared parameters, where all of
    them are declared by name. A display must be declared, and be made of one of the line's places.
    """
    errors: list[CdiscError] = []
    for line in lines:
        for place in line.analysis:
            problem, hint = _missing(study, place)
            if problem:
                errors.append(SpecError(f"{place}: {problem}", at=line.at, hint=hint))
        for id_ in line.displays:
            display = study.displays.displays.get(id_)
            if display is None:
                hint = did_you_mean(id_, study.displays.displays)
                errors.append(SpecError(f"there is no display {id_}", at=line.at, hint=hint))
            elif not any(_shows(display, place) for place in line.analysis):
                text = f"{display.name} is made of {display.records}, of none of the ADaM places"
                errors.append(SpecError(text, at=line.at, hint="Name what it shows under adam:"))
    return errors


def _missing(study: StudySpec, place: Place) -> tuple[str, str]:
    """What of a place no spec has, with a hint; or nothing."""
    spec = study.datasets.get(place.dataset)
    if spec is None:
        hint = did_you_mean(place.dataset, study.datasets)
        return f"no spec describes a dataset {place.dataset}", hint
    names = variables_of(spec)
    for name in (place.variable, *(name for name, _ in place.where)):
        if name not in names:
            return f"{place.dataset} has no variable {name}", did_you_mean(name, names)
    known = declared_parameters(spec)
    for name, value in place.where:
        if name == PARAMETER and known is not None and value not in known:
            return f"{place.dataset} has no parameter {value}", did_you_mean(value, known)
    return "", ""


def _shows(display: Display, place: Place) -> bool:
    """Whether a display is of the records of a place, as far as its where clause tells."""
    if display.records.dataset != place.dataset:
        return False
    asked = dict(place.where)
    return all(allows(check, asked) for check in display.records.conditions)


def allows(check: Condition, asked: Mapping[str, str]) -> bool:
    """Whether a range check can hold for records that have these values.

    A variable that is not among them may have any value. Numbers are compared as numbers; texts
    are equal or not, and neither greater nor less than others.
    """
    if check.variable not in asked:
        return True
    value = _comparable(asked[check.variable])
    others = [_comparable(text) for text in check.values]
    match check.comparator:
        case "EQ" | "IN":
            return value in others
        case "NE" | "NOTIN":
            return value not in others
        case comparator:
            compare = _ORDERS[comparator]
            return any(
                compare(value, other)
                for other in others
                if isinstance(value, float) and isinstance(other, float)
            )


def _comparable(text: str) -> str | float:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if isfinite(number) else text  # NAN and INF may be codes


def display_cell(study: StudySpec, line: Line) -> str:
    """The displays of a line: `Table 14.2.1: Objective response rate`."""
    displays = (study.displays.displays[id_] for id_ in line.displays)
    return "<br>".join(f"{display.name}: {display.title}" for display in displays)
