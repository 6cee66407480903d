"""Typed cells -> text: one canonical text a value, so that every source cell is text.

Numbers are the shortest digits that give the same number again (`12`, `0.1`), whole numbers
up to 2**53 without exponent; dates `2024-03-05`, date-times `2024-03-05T14:30:15` with a
fraction of a second only when there is one, times `09:05:00`; booleans `true` and `false`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_TEXT = pa.large_string()
_SAS_EPOCH = np.datetime64("1960-01-01", "us")
_MICROSECONDS_A_DAY = 86_400_000_000
_LONGEST_TIME = 1_000_000_000

# The formats of SAS 9.4 whose value is a date (days), a date-time or a time (seconds).
_SAS_DATES = re.compile(
    r"DATE|(DDMMYY|MMDDYY|YYMMDD)[BCDNPS]?|(E8601|B8601|IS8601)DA"
    r"|WEEKDAT[EX]|WORDDAT[EX]|MONYY|JULIAN"
)
_SAS_DATETIMES = re.compile(r"DATETIME|DATEAMPM|MDYAMPM|DTDATE|(E8601|B8601|IS8601)D[TNZ]")
_SAS_TIMES = re.compile(r"TIME|TOD|HHMM|TIMEAMPM|(E8601|B8601|IS8601)TM")


def number_text(values: npt.NDArray[np.float64]) -> pa.Array:
    """Text of numbers; NaN is null. float32 values keep their own, shorter, digits."""
    whole = (np.abs(values) <= 2**53) & (values == np.trunc(values))
    digits = pa.array(np.where(whole, values, 0).astype(np.int64)).cast(_TEXT)
    text = pc.if_else(pa.array(whole), digits, pa.array(values).cast(_TEXT))
    return pc.if_else(pa.array(np.isnan(values)), pa.scalar(None, _TEXT), text)


def sas_text(values: npt.NDArray[np.float64], format_: str) -> pa.Array:
    """Text of a SAS numeric column: dates, date-times and times by its format, else numbers.

    `format_` is the SAS format (`DATE9.`, `DATETIME20`). What lies outside the years 1582 to
    9999, is a negative time or one of a billion seconds, is no date and stays a number.
    """
    kind = re.sub(r"[\d.]+$", "", format_.upper())
    numbers = number_text(values)
    if _SAS_TIMES.fullmatch(kind):
        good = (values >= 0) & (values < _LONGEST_TIME)
        return pc.if_else(pa.array(good), _clock(np.where(good, values, 0)), numbers)
    dates = _SAS_DATES.fullmatch(kind)
    if not dates and not _SAS_DATETIMES.fullmatch(kind):
        return numbers
    scale = _MICROSECONDS_A_DAY if dates else 1_000_000
    first, end = np.array(["1582-01-01", "10000-01-01"], "datetime64[us]") - _SAS_EPOCH
    good = (values >= first.astype(np.int64) / scale) & (values < end.astype(np.int64) / scale)
    safe = np.where(good, values, 0)
    safe = np.floor(safe) if dates else safe
    moments = pa.array(_SAS_EPOCH + np.rint(safe * scale).astype("timedelta64[us]"))
    text = moments.cast(pa.date32()) if dates else moments
    return pc.if_else(pa.array(good), arrow_text(text), numbers)


def arrow_text(column: Any) -> Any:
    """Text of a typed Arrow column; null stays null.

    Raises pyarrow.ArrowNotImplementedError for nested and binary columns.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return arrow_text(column.cast(kind.value_type))
    if pa.types.is_floating(kind):
        double = pa.types.is_float64(kind)
        return number_text(column.cast(pa.float64() if double else pa.float32()).to_numpy())
    if pa.types.is_timestamp(kind):
        if kind.tz:
            column = column.cast(pa.timestamp(kind.unit, "UTC"))
        return _short_seconds(
            pc.replace_substring(column.cast(_TEXT), " ", "T", max_replacements=1)
        )
    if pa.types.is_time(kind):
        return _short_seconds(column.cast(_TEXT))
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise pa.ArrowNotImplementedError(f"{kind} is not one value a cell")
    return column.cast(_TEXT)


def cell_texts(cells: Sequence[Any]) -> list[Any]:
    """Texts of Python values as workbook and JSON readers give them; None stays None.

    In a column where a date-time has a time of day, a bare date is its midnight: that is how
    both readers and Excel show one.
    """
    kinds = set(map(type, cells))
    if kinds <= {str, type(None)}:
        return list(cells)
    texts = list(cells)
    if float in kinds:
        at = [i for i, cell in enumerate(cells) if type(cell) is float]
        numbers = number_text(np.array([cells[i] for i in at], dtype=np.float64)).to_pylist()
        for i, text in zip(at, numbers, strict=True):
            texts[i] = text
    timed = dt.datetime in kinds
    return [
        cell if cell is None or type(cell) is str else _value_text(cell, timed=timed)
        for cell in texts
    ]


def cell_array(cells: Sequence[Any]) -> pa.Array:
    """The texts of `cell_texts` as Arrow text; a column of numbers only, as limits are, at once."""
    if set(map(type, cells)) == {float}:
        return number_text(np.array(cells, dtype=np.float64))
    return pa.array(cell_texts(cells), _TEXT)


def _value_text(cell: Any, *, timed: bool) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dt.datetime | dt.time):
        whole, dot, fraction = cell.isoformat().partition(".")
        return whole + dot + fraction.rstrip("0")
    if isinstance(cell, dt.date):
        return f"{cell.isoformat()}T00:00:00" if timed else cell.isoformat()
    if isinstance(cell, dt.timedelta):
        hours, rest = divmod(round(cell.total_seconds()), 3600)
        return f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
    return str(cell)


def _clock(seconds: npt.NDArray[np.float64]) -> pa.Array:
    """Seconds as `HH:MM:SS`; a duration of 30 hours is `30:00:00`."""
    micro = np.rint(seconds * 1_000_000).astype(np.int64)
    whole, fraction = np.divmod(micro, 1_000_000)
    parts = [whole // 3600, whole // 60 % 60, whole % 60]
    padded = [pc.utf8_lpad(pa.array(part).cast(_TEXT), 2, "0") for part in parts]
    clock = pc.binary_join_element_wise(*padded, pa.scalar(":", _TEXT))
    tail = pc.utf8_lpad(pa.array(fraction).cast(_TEXT), 6, "0")
    return _short_seconds(pc.binary_join_element_wise(clock, tail, pa.scalar(".", _TEXT)))


def _short_seconds(text: Any) -> Any:
    """Without the zeros at the end of a fraction of a second."""
    text = pc.replace_substring_regex(text, r"\.0+(Z?)$", r"\1")
    return pc.replace_substring_regex(text, r"(\.\d*[1-9])0+(Z?)$", r"\1\2")
