"""The date texts of the raw exports. Days are proleptic ordinals, minutes are minutes of a day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

DATA_CUT = date(2025, 6, 30).toordinal()
EXPORT = date(2025, 7, 15).toordinal()


def day(text: str) -> int:
    """The ordinal of an ISO date text; a date the simulator wrote wrong is a ValueError."""
    return date.fromisoformat(text).toordinal()


@lru_cache(maxsize=8192)
def iso(ordinal: int) -> str:
    """`2024-03-05`."""
    return date.fromordinal(ordinal).isoformat()


@lru_cache(maxsize=8192)
def edc(ordinal: int) -> str:
    """`05-MAR-2024`: the date text of the EDC forms."""
    found = date.fromordinal(ordinal)
    return f"{found.day:02d}-{MONTHS[found.month - 1]}-{found.year}"


@lru_cache(maxsize=8192)
def slashed(ordinal: int) -> str:
    """`2024/03/05`: the date part of the pharmacy's datetimes."""
    found = date.fromordinal(ordinal)
    return f"{found.year}/{found.month:02d}/{found.day:02d}"


def clock(minute: int) -> str:
    """`09:05` for minute 545 of the day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def without_day(text: str, unknown: str = "UN") -> str:
    """`05-MAR-2024` as the site writes it when the day is not known: `UN-MAR-2024`."""
    return f"{unknown}-{text[3:]}"


def without_month(text: str) -> str:
    """`05-MAR-2024` with day and month not known: `UN-UNK-2024`."""
    return f"UN-UNK-{text[7:]}"
