"""SAS formats: their written form and what kind of number they show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

TimeKind = Literal["date", "datetime", "time"]

HINT = "Formats look like DATE9., 8.2 or $20., with a name of at most 8 characters"
"""What is told of a text that is none."""

_WRITTEN = re.compile(
    r"(?P<name>\$?(?:[A-Z_](?:[A-Z0-9_]*[A-Z_])?)?)(?P<width>[0-9]{0,4})(?:\.(?P<decimals>[0-9]{0,2}))?"
)

_DATETIMES = """
    DATETIME DATEAMPM DTDATE DTMONYY DTWKDATX DTYEAR DTYYQC MDYAMPM
    E8601DN E8601DT E8601DZ B8601DN B8601DT B8601DZ IS8601DT
"""
_TIMES = "TIME TIMEAMPM HHMM HOUR MMSS TOD E8601TM E8601TZ B8601TM IS8601TM"
_DATES = """
    DATE DAY DOWNAME JULDAY JULIAN MONNAME MONTH MONYY NENGO QTR YEAR E8601DA B8601DA IS8601DA
    WEEKDATE WEEKDATX WEEKDAY WORDDATE WORDDATX MMYY YYMM YYMON YYQ
    DDMMYY DDMMYYB DDMMYYC DDMMYYD DDMMYYN DDMMYYP DDMMYYS
    MMDDYY MMDDYYB MMDDYYC MMDDYYD MMDDYYN MMDDYYP MMDDYYS
    YYMMDD YYMMDDB YYMMDDC YYMMDDD YYMMDDN YYMMDDP YYMMDDS
"""
_KINDS: dict[str, TimeKind] = {
    **dict.fromkeys(_DATETIMES.split(), "datetime"),
    **dict.fromkeys(_TIMES.split(), "time"),
    **dict.fromkeys(_DATES.split(), "date"),
}


@dataclass(frozen=True, slots=True)
class SasFormat:
    """A format taken apart: `DATE9.` is name DATE, width 9, decimals 0. All empty: no format."""

    name: str = ""
    width: int = 0
    decimals: int = 0

    @property
    def is_character(self) -> bool:
        """Whether it is for character variables (its name begins with `$`)."""
        return self.name.startswith("$")

    @property
    def time_kind(self) -> TimeKind | None:
        """What it counts: days (`date`), seconds since 1960 (`datetime`) or of a day (`time`)."""
        return _KINDS.get(self.name)

    def __str__(self) -> str:
        if not self.name and not self.width:
            return ""
        width = str(self.width) if self.width else ""
        return f"{self.name}{width}.{self.decimals or ''}"


def parse_format(text: str) -> SasFormat | None:
    """The parts of a written format (`DATE9.`, `8.2`, `$20.`, either case); None if not one."""
    found = _WRITTEN.fullmatch(text.strip().upper())
    if found is None or len(found["name"]) > 8:
        return None
    return SasFormat(found["name"], int(found["width"] or 0), int(found["decimals"] or 0))
