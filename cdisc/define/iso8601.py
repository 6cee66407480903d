"""Which Define-XML date or time data type a set of ISO 8601 texts has."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DATE = r"\d{4}-\d{2}-\d{2}"
_ZONE = r"(?:Z|[+-]\d{2}(?::?\d{2})?)?"
_SECONDS = r"\d{2}(?:[.,]\d+)?"
_PARTIAL_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_PARTIAL_DATETIME = rf"(?:{_PARTIAL_DATE}|{_DATE}T\d{{2}}(?::\d{{2}}(?::{_SECONDS})?)?{_ZONE})"
_HOLED_DATE = r"(?:\d{4}|-)-(?:\d{2}|-)-(?:\d{2}|-)"
_HOLED_TIME = rf"T(?:\d{{2}}|-)(?::(?:\d{{2}}|-)(?::{_SECONDS})?)?{_ZONE}"
_AMOUNT = r"\d+(?:[.,]\d+)?"
_DURATION = (
    rf"[+-]?P(?=[\dT])(?:{_AMOUNT}Y)?(?:{_AMOUNT}M)?(?:{_AMOUNT}W)?(?:{_AMOUNT}D)?"
    rf"(?:T(?=\d)(?:{_AMOUNT}H)?(?:{_AMOUNT}M)?(?:{_AMOUNT}S)?)?"
)
_MOMENT = rf"(?:{_PARTIAL_DATETIME}|{_HOLED_DATE}(?:{_HOLED_TIME})?)"

# From the strictest to the widest: the first type that every value fits is the type. Truncation
# on the right is "partial", a hole in the middle (2019---20) is "incomplete".
_DATE_TYPES = {
    "date": re.compile(_DATE),
    "datetime": re.compile(rf"{_DATE}T\d{{2}}:\d{{2}}:{_SECONDS}{_ZONE}"),
    "partialDate": re.compile(_PARTIAL_DATE),
    "partialDatetime": re.compile(_PARTIAL_DATETIME),
    "incompleteDate": re.compile(rf"(?:{_PARTIAL_DATE}|{_HOLED_DATE})"),
    "incompleteDatetime": re.compile(_MOMENT),
    "intervalDatetime": re.compile(rf"{_MOMENT}/{_MOMENT}|{_MOMENT}/{_DURATION}"),
}
_DURATION_TYPES = {
    "durationDatetime": re.compile(_DURATION),
    "intervalDatetime": _DATE_TYPES["intervalDatetime"],
}

DATE_TYPES = frozenset(_DATE_TYPES) | {"time", "partialTime", "incompleteTime"}
DURATION_TYPES = frozenset(_DURATION_TYPES)

# Name fragments after the two-character domain prefix; SDTMIG 3.4 gives these the ISO 8601 format.
_DURATION_NAMES = ("DUR", "ELTM", "EVLINT", "STINT", "ENINT", "STOFF", "TGTPAI", "MINPAI", "MAXPAI")


def is_date_name(name: str) -> bool:
    """Whether a variable of this name holds ISO 8601 dates or datetimes (`--DTC`)."""
    return name.endswith("DTC")


def is_duration_name(name: str) -> bool:
    """Whether a variable of this name holds ISO 8601 durations (`--DUR`, `--ELTM` and others)."""
    return len(name) > 2 and name[2:] in _DURATION_NAMES


def date_type(values: Iterable[str]) -> str:
    """The narrowest date data type that every value fits, or `text` when one fits none."""
    return _first_fit(_DATE_TYPES, values)


def duration_type(values: Iterable[str]) -> str:
    """`durationDatetime`, `intervalDatetime`, or `text` when a value is neither."""
    return _first_fit(_DURATION_TYPES, values)


def complete_type(values: Iterable[str]) -> str:
    """`date`, `datetime`, `durationDatetime`, or `text`: for free results, nothing looser."""
    listed = list(values)
    for name in ("date", "datetime"):
        if all(_DATE_TYPES[name].fullmatch(value) for value in listed):
            return name
    if all(_DURATION_TYPES["durationDatetime"].fullmatch(value) for value in listed):
        return "durationDatetime"
    return "text"


def date_fits(value: str) -> tuple[bool, ...]:
    """Which of all date and duration types a value fits, in one order.

    The types of several values follow from these alone.
    """
    patterns = (*_DATE_TYPES.values(), *_DURATION_TYPES.values())
    return tuple(pattern.fullmatch(value) is not None for pattern in patterns)


def _first_fit(types: dict[str, re.Pattern[str]], values: Iterable[str]) -> str:
    listed = list(values)
    for name, pattern in types.items():
        if all(pattern.fullmatch(value) for value in listed):
            return name
    return "text"
