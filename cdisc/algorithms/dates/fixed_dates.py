"""Reading a million complete date-times at once, for formats whose texts all have one width.

Texts of one width are one block of bytes; digits are checked and weighed column by column.
Whatever is not complete and valid is left to the reader of single texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.dates.calendars import MONTHS, Integers, day_number, month_length
from cdisc.algorithms.dates.date_formats import PIVOT, DateFormat

Bytes = npt.NDArray[np.uint8]
_WIDTHS = {"YYYY": 4, "YY": 2, "MON": 3, "MM": 2, "M": 2, "DD": 2, "D": 2, "HH": 2, "H": 2}
_WIDTHS |= {"SS": 2, "Z": 1, "": 1}


def _weight(letters: Any) -> Any:
    return (letters[0] * 256 + letters[1]) * 256 + letters[2]


_MONTH_WEIGHTS = np.array([_weight([ord(c) for c in name]) for name in MONTHS], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class FixedReadings:
    """Complete date-times read: `places` among the texts, `iso` texts, `key` to compare them."""

    places: Integers
    iso: pa.Array
    key: Integers


def is_fixed(form: DateFormat) -> bool:
    """Whether texts of this format can be read as a block: complete and plain ASCII."""
    parts = set(form.parts) - {"offset"}
    whole: tuple[set[str], ...] = (set(), {"hour", "minute"}, {"hour", "minute", "second"})
    return (
        any(parts == {"year", "month", "day"} | time for time in whole)
        and all(word.isascii() for _, word in form.tokens)
        and not ("offset" in form.parts and "hour" not in parts)
    )


def block(texts: pa.Array, width: int) -> Bytes:
    """The bytes of texts that are all `width` bytes long, a row each. No missing texts."""
    start = np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset]
    data = np.frombuffer(texts.buffers()[2], dtype=np.uint8)
    return data[start : start + len(texts) * width].reshape(len(texts), width)


def unblock(rows: Bytes) -> pa.Array:
    """A block of bytes as an Arrow large_string array."""
    count, width = rows.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    data = np.ascontiguousarray(rows)
    return pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def read_fixed(form: DateFormat, texts: pa.Array) -> FixedReadings:
    """The texts that are complete, existing dates (and times) of a fixed format."""
    width = sum(_WIDTHS[word if part else ""] for part, word in form.tokens)
    places = np.flatnonzero(np.asarray(pc.binary_length(texts)) == width).astype(np.int64)
    chosen = texts if len(places) == len(texts) else texts.take(pa.array(places))
    if not len(places):
        return FixedReadings(places, pa.array([], pa.large_string()), places)
    rows = block(chosen, width)
    good = np.ones(len(rows), dtype=np.bool_)
    parts: dict[str, Integers] = {}
    column = 0
    for part, word in form.tokens:
        size = _WIDTHS[word if part else ""]
        cells = rows[:, column : column + size]
        column += size
        if not part:
            good &= cells[:, 0] | _case(word) == ord(word) | _case(word)
        elif part == "offset":
            good &= cells[:, 0] == ord("Z")
        elif word == "MON":
            parts[part], known = _month(cells)
            good &= known
        else:
            digits = cells - np.uint8(ord("0"))
            good &= (digits <= 9).all(axis=1)
            weights = 10 ** np.arange(size - 1, -1, -1, dtype=np.int64)
            parts[part] = digits.astype(np.int64) @ weights
    if "YY" in (word for _, word in form.tokens):
        parts["year"] = parts["year"] + np.where(parts["year"] <= PIVOT, 2000, 1900)
    good &= _valid(parts)
    kept = {part: values[good] for part, values in parts.items()}
    return FixedReadings(places[good], unblock(_iso(kept, "offset" in form.parts)), _key(kept))


def _case(word: str) -> int:
    return 32 if word.isalpha() else 0


def _month(cells: Bytes) -> tuple[Integers, npt.NDArray[np.bool_]]:
    upper = (cells & np.uint8(0xDF)).astype(np.int64)
    weights = _weight((upper[:, 0], upper[:, 1], upper[:, 2]))
    order = np.argsort(_MONTH_WEIGHTS)
    place = np.searchsorted(_MONTH_WEIGHTS[order], weights).clip(0, 11)
    month = order[place] + 1
    return month.astype(np.int64), _MONTH_WEIGHTS[month - 1] == weights


def _valid(parts: Mapping[str, Integers]) -> npt.NDArray[np.bool_]:
    year, month, day = parts["year"], parts["month"], parts["day"]
    good = (year >= 1) & (day >= 1) & (day <= month_length(year, month))
    for part, most in (("hour", 23), ("minute", 59), ("second", 59)):
        if part in parts:
            good &= parts[part] <= most
    return good


def _iso(parts: Mapping[str, Integers], zulu: bool) -> Bytes:
    """The block of ISO 8601 texts of complete parts."""
    template = "0000-00-00" + ("T00:00" if "hour" in parts else "")
    template += (":00" if "second" in parts else "") + ("Z" if zulu else "")
    count = len(parts["year"])
    rows = np.empty((count, len(template)), dtype=np.uint8)
    rows[:] = np.frombuffer(template.encode("ascii"), dtype=np.uint8)
    at = {"year": (0, 4), "month": (5, 2), "day": (8, 2)}
    at |= {"hour": (11, 2), "minute": (14, 2), "second": (17, 2)}
    for part, values in parts.items():
        column, size = at[part]
        for place in range(size):
            digit = values // 10 ** (size - 1 - place) % 10
            rows[:, column + place] += digit.astype(np.uint8)
    return rows


def _key(parts: Mapping[str, Integers]) -> Integers:
    key = parts["year"] * 0
    for part in ("year", "month", "day", "hour", "minute", "second"):
        # A part that is not there differs from a part that is zero.
        key = key * 100 + (parts[part] + 1 if part in parts else 0)
    return key


def leading_days(texts: pa.Array) -> npt.NDArray[np.float64]:
    """Days since 1970-01-01 of the texts' leading `YYYY-MM-DD`; NaN where there is none."""
    days = np.full(len(texts), np.nan)
    sized = np.asarray(pc.match_substring_regex(texts, r"^\d{4}-\d\d-\d\d(T|$)"), dtype=np.bool_)
    places = np.flatnonzero(sized)
    if not len(places):
        return days
    chosen = texts if sized.all() else texts.filter(pa.array(sized))
    digits = block(pc.utf8_slice_codeunits(chosen, 0, 10), 10).astype(np.int64) - ord("0")
    year = digits[:, :4] @ np.array([1000, 100, 10, 1])
    month = digits[:, 5] * 10 + digits[:, 6]
    day = digits[:, 8] * 10 + digits[:, 9]
    real = _valid({"year": year, "month": month, "day": day})
    days[places[real]] = day_number(year[real], month[real], day[real])
    return days
