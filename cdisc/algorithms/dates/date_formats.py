"""The formats in which sources write dates and times, read one text at a time.

A format is written as it looks: `DD-MON-YYYY`, `MM/DD/YYYY`, `YYYY-MM-DDTHH:MM:SSZ`. `MM`
after the hour is minutes. Any other character stands for itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache

from cdisc.algorithms.columns.numbers import decimal
from cdisc.algorithms.dates.calendars import MONTH_NAMES, MONTHS, exists
from cdisc.errors import UsageError

EXCEL_SERIAL = "excel_serial"
PIVOT = 68
_TOKEN = re.compile(r"YYYY|YY|MON|MM|M|DD|D|HH|H|SS|AM|Z")
_PARTS = {"YYYY": "year", "YY": "year", "MON": "month", "MM": "month", "M": "month", "DD": "day"}
_PARTS |= {"D": "day", "HH": "hour", "H": "hour", "SS": "second", "AM": "half", "Z": "offset"}
_MONTH_OF = {name: number for number, name in enumerate(MONTHS, 1)} | {"SEPT": 9}
_MONTH_OF |= {name: number for number, name in enumerate(MONTH_NAMES, 1)}
_DATE = ("year", "month", "day")
_EXCEL_EPOCH = datetime(1899, 12, 30)
_ISO_DATE = re.compile(r"(\d{4}|-)(?:-(\d{2}|-)(?:-(\d{2}|-))?)?", re.ASCII)
_TRUNCATED_ISO = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)


class Problem(IntEnum):
    """What reading a text came to, from best to worst."""

    NONE = 0
    UNKNOWN = 1  # the source says that nothing is known
    TIME = 2  # a date whose time cannot be read
    AMBIGUOUS = 3
    IMPOSSIBLE = 4
    UNREADABLE = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """An ISO 8601 date and time as far as known (`2019---20`, `T10:30`), and what was wrong.

    `truncated` says that the format asks for a time or day which the text leaves out.
    """

    date: str = ""
    time: str = ""
    problem: Problem = Problem.NONE
    truncated: bool = False

    @property
    def iso(self) -> str:
        """The value as SDTM writes it."""
        return join_date_time(self.date, self.time)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A format taken apart. `tokens` alternates (part, word) and ("", literal)."""

    text: str
    tokens: tuple[tuple[str, str], ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """Which of year, month, day, hour, minute, second, half, offset it has."""
        return tuple(part for part, _ in self.tokens if part)

    @property
    def date_first(self) -> int:
        """How many leading tokens make up the date; 0 when the time does not follow it."""
        places = [i for i, (part, _) in enumerate(self.tokens) if part in _DATE]
        later = [i for i, (part, _) in enumerate(self.tokens) if part and part not in _DATE]
        return places[-1] + 1 if places and later and places[-1] < later[0] else 0


@lru_cache(maxsize=256)
def date_format(text: str) -> DateFormat:
    """A format taken apart. Raises UsageError when it holds letters that mean nothing."""
    normal = unicodedata.normalize("NFKC", text)
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(normal):
        match = _TOKEN.match(normal, position)
        if match:
            word = match.group()
            part = _PARTS[word]
            if part == "month" and word != "MON" and any(p == "hour" for p, _ in tokens):
                part = "minute"
            tokens.append((part, word))
            position = match.end()
            continue
        if normal[position] != "T" and normal[position].isascii() and normal[position].isalpha():
            raise UsageError(
                f"date format {text!r}: {normal[position:]!r} is not part of a date",
                hint="Write YYYY, YY, MM, MON, DD, HH, MM, SS, AM, Z or excel_serial",
            )
        tokens.append(("", normal[position]))
        position += 1
    found = [part for part, _ in tokens if part]
    repeated = sorted({part for part in found if found.count(part) > 1})
    if repeated or not found:
        raise UsageError(
            f"date format {text!r} has no {'part of a date' if not found else 'single'}"
            f" {' and '.join(repeated)}".rstrip()
        )
    return DateFormat(text, tuple(tokens))


def join_date_time(date: str, time: str) -> str:
    """ISO 8601 date and time, either of which may be empty."""
    return f"{before_time(date)}{time}" if time else date


def before_time(date: str) -> str:
    """What stands before a known time: every unknown date part is a hyphen (`2019-03--T`)."""
    match = _ISO_DATE.fullmatch(date)
    parts = match.groups() if match else (None, None, None)
    return "-".join(part or "-" for part in parts) + "T"


class FormatReader:
    """Reads texts in declared formats, with the words the source uses for an unknown part."""

    def __init__(self, formats: Sequence[str], unknown: Iterable[str]) -> None:
        """Compile the formats. Raises UsageError for one that cannot be understood."""
        self.unknown = frozenset(word.upper() for word in unknown)
        self.formats = tuple(date_format(text) for text in formats if text != EXCEL_SERIAL)
        self.excel = EXCEL_SERIAL in formats
        words = "|".join(re.escape(w) for w in sorted(self.unknown, key=lambda w: (-len(w), w)))
        self._words = f"|{words}" if words else ""
        self._patterns = tuple(self._patterns_of(form) for form in self.formats)

    def read(self, text: str) -> Reading:
        """The one date that the formats make of a text.

        A format that reads the whole text beats one that reads only the date; of those that
        read as much, two different dates make the text ambiguous.
        """
        normal = unicodedata.normalize("NFKC", text).strip()
        if normal.upper() in self.unknown:
            return Reading(problem=Problem.UNKNOWN)
        readings = [
            reading
            for form, patterns in zip(self.formats, self._patterns, strict=True)
            if (reading := self._read_as(form, patterns, normal)) is not None
        ]
        if self.excel and (serial := _excel(normal)) is not None:
            readings.append(serial)
        if not readings:
            return Reading(problem=Problem.UNREADABLE)
        best = min((reading.problem, reading.truncated) for reading in readings)
        chosen = [r for r in readings if (r.problem, r.truncated) == best]
        if len({reading.iso for reading in chosen}) > 1:
            return Reading(problem=Problem.AMBIGUOUS)
        return chosen[0]

    def _patterns_of(self, form: DateFormat) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
        pieces = [self._piece(form, place) for place in range(len(form.tokens))]
        whole = re.compile("".join(pieces), re.IGNORECASE | re.ASCII)
        end = form.date_first
        if not end:
            return whole, None
        gap = end
        while not form.tokens[gap][0]:
            gap += 1
        date = "".join(pieces[:end])
        between = "".join(pieces[end:gap])
        return whole, re.compile(
            rf"{date}(?:\s*|{between}(?P<rest>.*))", re.IGNORECASE | re.ASCII | re.DOTALL
        )

    def _piece(self, form: DateFormat, place: int) -> str:
        part, word = form.tokens[place]
        if not part:
            return re.escape(word)
        if part == "half":
            return r"(?P<half>[AP])\.?M\.?"
        if part == "offset":
            return r"(?P<offset>Z|[+-]\d{2}(?::?\d{2})?)"
        if word == "MON":
            names = "|".join(sorted(_MONTH_OF, key=lambda name: (-len(name), name)))
            return rf"(?P<month>(?:{names}){self._words})"
        if part == "year":
            return rf"(?P<year>\d{{{len(word)}}}{self._words})"
        if part == "second":
            return rf"(?P<second>\d{{1,2}}(?:\.\d+)?{self._words})"
        # Without a separator only two digits tell where one part ends and the next begins.
        around = form.tokens[max(place - 1, 0) : place] + form.tokens[place + 1 : place + 2]
        packed = any(other and word not in ("MON", "AM", "Z") for other, word in around)
        return rf"(?P<{part}>\d{{{'2' if packed else '1,2'}}}{self._words})"

    def _read_as(
        self,
        form: DateFormat,
        patterns: tuple[re.Pattern[str], re.Pattern[str] | None],
        text: str,
    ) -> Reading | None:
        whole, dated = patterns
        if match := whole.fullmatch(text):
            return self._assemble(match.groupdict(), whole_time=True)
        if dated is not None and (match := dated.fullmatch(text)):
            found = match.groupdict()
            rest = (found.pop("rest") or "").strip()
            reading = self._assemble(found, whole_time=False)
            if reading.problem is not Problem.NONE:
                return reading
            if not rest or rest.upper() in self.unknown:
                return Reading(reading.date, truncated=True)
            return Reading(reading.date, problem=Problem.TIME)
        if form.text.startswith("YYYY-MM-DD") and (match := _TRUNCATED_ISO.fullmatch(text)):
            year, month = match.groups()
            if not exists(int(year), int(month) if month else None, None):
                return Reading(problem=Problem.IMPOSSIBLE)
            return Reading(text, truncated=True)
        return None

    def _assemble(self, found: dict[str, str | None], *, whole_time: bool) -> Reading:
        known = {
            part: text.upper()
            for part, text in found.items()
            if text and text.upper() not in self.unknown
        }
        dated = any(part in found for part in _DATE)
        date = _iso_date(known) if dated else ""
        if date is None:
            return Reading(problem=Problem.IMPOSSIBLE)
        time = _iso_time(known) if whole_time else ""
        if time is None:
            return Reading(date, problem=Problem.TIME)
        return Reading(date, time, Problem.NONE if date or time else Problem.UNKNOWN)


def _iso_date(known: dict[str, str]) -> str | None:
    """Date parts as ISO 8601, unknown ones hyphens or left off at the end; None if impossible."""
    year, month, day = (known.get(part) for part in _DATE)
    if year is not None and len(year) == 2:
        year = f"{'20' if int(year) <= PIVOT else '19'}{year}"
    if month is not None:
        month = f"{_MONTH_OF.get(month) or int(month):02d}"
    if day is not None:
        day = f"{int(day):02d}"
    # Without a year any day of a leap year may be meant.
    if not exists(
        int(year) if year is not None else 2000,
        int(month) if month is not None else None,
        int(day) if day is not None else None,
    ):
        return None
    return _truncated((year, month, day), "-")


def _iso_time(known: dict[str, str]) -> str | None:
    """Time parts as ISO 8601; None when there is no such time."""
    hour, minute, second = (known.get(part) for part in ("hour", "minute", "second"))
    half = known.get("half")
    if half and hour is not None:
        if not 1 <= int(hour) <= 12:
            return None
        hour = str(int(hour) % 12 + (12 if half == "P" else 0))
    if (hour is not None and int(hour) > 23) or (minute is not None and int(minute) > 59):
        return None
    if second is not None:
        whole, _, fraction = second.partition(".")
        if int(whole) > 59:
            return None
        fraction = fraction.rstrip("0")
        second = f"{int(whole):02d}" + (f".{fraction}" if fraction else "")
    parts = tuple(f"{int(p):02d}" if p is not None else None for p in (hour, minute))
    time = _truncated((*parts, second), ":")
    offset = known.get("offset", "")
    if not time or not offset or offset == "Z":
        return time + offset if time else ""
    return time + standard_offset(offset) if int(offset[1:3]) <= 14 else None


def standard_offset(text: str) -> str:
    """A UTC offset as ISO 8601 writes it: `+0900` and `+09` are `+09:00`."""
    digits = text[1:].replace(":", "").ljust(4, "0")
    return f"{text[0]}{digits[:2]}:{digits[2:]}"


def _truncated(parts: tuple[str | None, ...], separator: str) -> str:
    """Parts joined; unknown ones hyphens before a known one, left off after the last."""
    last = max((place for place, part in enumerate(parts) if part is not None), default=-1)
    return separator.join("-" if part is None else part for part in parts[: last + 1])


def _excel(text: str) -> Reading | None:
    """Days since 1899-12-30, as spreadsheets store dates; the fraction is the time of day."""
    serial = decimal(text)
    # Below 61 spreadsheets count a 29 February 1900 that never was.
    if serial is None or not Decimal(61) <= serial < Decimal(2958466):
        return None
    day = int(serial)
    second = int((serial - day) * 86400 + Decimal("0.5"))
    moment = _EXCEL_EPOCH + timedelta(days=day, seconds=second)
    time = moment.time().isoformat() if serial != day else ""
    return Reading(moment.date().isoformat(), time)
