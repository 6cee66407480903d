"""ISO 8601 dates and durations as SDTM writes them, parsed independently of what built them.

SDTMIG 3.4, section 4.4: a date may stop at any component, an unknown component in between is a
hyphen (`2019---20`, `2003-12-15T-:15`, `--12-15`), a UTC offset may follow a time, and two dates,
or a date and a duration, make an interval. The parser of `algorithms` makes such texts; this one
judges them, and shares nothing with it on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.validate.columns import as_mask
from cdisc.validate.rule import Mask

_DATE = r"(?:\d{4}|(?:\d{4}|-)-\d\d|(?:\d{4}|-)-(?:\d\d|-)-\d\d)"
_ZONE = r"(?:Z|[+-]\d\d(?::?\d\d)?)?"
_SECOND = r"\d\d(?:\.\d+)?"
_TIME = rf"(?:\d\d|(?:\d\d|-):\d\d|(?:\d\d|-):(?:\d\d|-):{_SECOND}){_ZONE}"
_POINT = rf"(?:{_DATE}|(?:\d{{4}}|-)-(?:\d\d|-)-(?:\d\d|-)T{_TIME})"
_SPAN = (
    r"P(?:\d+(?:[.,]\d+)?W"
    r"|(?:\d+(?:[.,]\d+)?Y)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?D)?"
    r"(?:T(?:\d+(?:[.,]\d+)?H)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?S)?)?)"
)

DATETIME = rf"^(?:{_POINT}|{_POINT}/{_POINT}|{_POINT}/{_SPAN}|{_SPAN}/{_POINT})$"
DURATION = rf"^-?{_SPAN}$"
INTERVAL = rf"^(?:-?{_SPAN}|-?{_SPAN}/-?{_SPAN}|{_POINT}/{_POINT}|{_POINT}/{_SPAN})$"
# A designator needs a number after it: `P`, `PT` and `P1DT` say nothing.
_HOLLOW = r"(?:P|T)(?:$|/)"

_PARTS = (
    r"^(?P<year>\d{4}|-)(?:-(?P<month>\d\d|-))?(?:-(?P<day>\d\d|-))?"
    r"(?:T(?P<hour>\d\d|-)(?::(?P<minute>\d\d|-))?(?::(?P<second>\d\d(?:\.\d+)?))?"
    r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?$"
)
_UNKNOWN = pa.array(["", "-"])
COMPONENTS = ("year", "month", "day", "hour", "minute", "second")
_LOWEST = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
_HIGHEST = np.array([9999.0, 12.0, 31.0, 23.0, 59.0, 60.0])
_DAYS = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.float64)
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Parsed texts: `values` has a row a text and a column a component, NaN where unknown.

    `offset` is minutes east of UTC, NaN when the text gives none. A text that is not one date,
    with or without a time, is all NaN.
    """

    values: Numbers
    offset: Numbers

    def complete_days(self) -> npt.NDArray[np.datetime64]:
        """The calendar day of each text whose year, month and day are known; else NaT."""
        days = np.full(len(self.values), np.datetime64("NaT", "D"), dtype="datetime64[D]")
        known = ~np.isnan(self.values[:, :3]).any(axis=1) & ~impossible(self)
        year, month, day = self.values[known, :3].astype(np.int64).T
        months = (year - 1970) * 12 + (month - 1)
        first = months.astype("datetime64[M]").astype("datetime64[D]")
        days[known] = first + (day - 1).astype("timedelta64[D]")
        return days


def badly_formed(texts: pa.Array, pattern: str) -> Mask:
    """Texts that do not match the pattern from end to end, or have a designator and no number."""
    hollow = as_mask(pc.match_substring_regex(texts, _HOLLOW))
    return hollow | ~as_mask(pc.match_substring_regex(texts, pattern))


def parse(texts: pa.Array) -> Parts:
    """The components of each date text; see `Parts`."""
    found = pc.extract_regex(texts, _PARTS)
    values = np.column_stack([_number(found, name) for name in COMPONENTS])
    return Parts(values.reshape(len(texts), len(COMPONENTS)), _offset(found))


def _number(found: pa.Array, name: str) -> Numbers:
    text = pc.struct_field(found, name)
    known = pc.if_else(pc.is_in(text, value_set=_UNKNOWN), None, text)
    return np.asarray(pc.cast(known, pa.float64()).to_numpy(zero_copy_only=False))


def _offset(found: pa.Array) -> Numbers:
    zone = pc.struct_field(found, "zone")
    digits = pc.extract_regex(zone, r"^(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?$")
    hours, minutes = _number(digits, "hours"), _number(digits, "minutes")
    size = hours * 60 + np.nan_to_num(minutes)
    signed = np.where(as_mask(pc.equal(pc.struct_field(digits, "sign"), "-")), -size, size)
    return np.where(as_mask(pc.equal(zone, "Z")), 0.0, signed)


def impossible(parts: Parts) -> Mask:
    """Texts with a component that no calendar or clock has: month 13, 30 February, hour 24.

    Where the month is unknown every day to 31 is possible; where the year is, 29 February is.
    """
    values = parts.values
    with np.errstate(invalid="ignore"):
        bad = ((values < _LOWEST) | (values > _HIGHEST)).any(axis=1)
        bad |= values[:, 5] >= 60.0
        bad |= np.abs(parts.offset) > 14 * 60
        year, month, day = values[:, 0], values[:, 1], values[:, 2]
        within = (month >= 1) & (month <= 12)
        last = np.where(within, _DAYS[np.where(within, month - 1, 0).astype(np.int64)], 31.0)
        common = ~(((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)) & ~np.isnan(year)
        last = np.where((month == 2) & common, 28.0, last)
        bad |= day > last
    return np.asarray(bad, dtype=bool)


def after(start: Parts, end: Parts) -> Mask:
    """Rows where the start is later than the end, compared at the coarser precision of the two.

    The comparison goes from the year down and stops where either is unknown. Times with two
    offsets are compared in UTC; with one offset only, by their dates.
    """
    left, right = _comparable(start, end), _comparable(end, start)
    later = np.zeros(len(left), dtype=bool)
    equal = np.ones(len(left), dtype=bool)
    with np.errstate(invalid="ignore"):
        for component in range(len(COMPONENTS)):
            later |= equal & (left[:, component] > right[:, component])
            equal &= left[:, component] == right[:, component]
    return later


def _comparable(parts: Parts, other: Parts) -> Numbers:
    """The components to compare by: in UTC where both sides can be moved there."""
    values = parts.values.copy()
    differ = (parts.offset != other.offset) & ~(np.isnan(parts.offset) & np.isnan(other.offset))
    move = differ & _movable(parts) & _movable(other)
    values[differ & ~move, 3:] = np.nan
    minutes = (values[move, 3] * 60 + values[move, 4] - parts.offset[move]).astype(np.int64)
    moved = parts.complete_days()[move].astype("datetime64[m]") + minutes.astype("timedelta64[m]")
    day = moved.astype("datetime64[D]")
    month = moved.astype("datetime64[M]")
    clock = (moved - day).astype(np.int64)
    values[move, 0] = month.astype(np.int64) // 12 + 1970
    values[move, 1] = month.astype(np.int64) % 12 + 1
    values[move, 2] = (day - month.astype("datetime64[D]")).astype(np.int64) + 1
    values[move, 3] = clock // 60
    values[move, 4] = clock % 60
    return values


def _movable(parts: Parts) -> Mask:
    known = ~np.isnan(parts.values[:, :5]).any(axis=1) & ~np.isnan(parts.offset)
    return np.asarray(known & ~impossible(parts), dtype=bool)
