"""Local times, UTC offsets, and the same moment told at another offset."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from cdisc.errors import UsageError

_OFFSET = re.compile(r"Z|([+-])(\d{2}):([0-5]\d)", re.ASCII)
_TOLD = re.compile(r".*T.*(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_TIMED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def offset_minutes(text: str) -> int:
    """A UTC offset (`+09:00`, `-05:30`, `Z`) in minutes. Raises UsageError for another text."""
    match = _OFFSET.fullmatch(text)
    if match is None or int(match.group(2) or 0) > 14:
        raise UsageError(f"{text!r} is not a UTC offset", hint="Write it like +09:00 or Z")
    sign, hours, minutes = match.groups()
    return 0 if sign is None else (-1 if sign == "-" else 1) * (int(hours) * 60 + int(minutes))


def with_offset(iso: str, offset: str) -> str:
    """The value with the offset its source declares; unchanged without a time or with its own."""
    return iso + offset if "T" in iso and not _TOLD.fullmatch(iso) else iso


def expressed_at(iso: str, offset: str) -> str | None:
    """The same moment as local time at `offset`, written without an offset.

    None when the value has a time and its offset is known, but date or time is incomplete, so
    that the moment cannot be told. A value without time or offset stays as it is.
    """
    if not _TOLD.fullmatch(iso):
        return iso
    match = _TIMED.fullmatch(iso)
    if match is None:
        return None
    minute, second, fraction, own = match.groups()
    shift = timedelta(minutes=offset_minutes(offset) - offset_minutes(own))
    try:
        moved = datetime.fromisoformat(minute) + shift
    except OverflowError:
        return None
    return moved.isoformat(timespec="minutes") + (second or "") + (fraction or "")
