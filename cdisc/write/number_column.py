"""A numeric, date or time column as IEEE doubles in SAS units, chunk by chunk.

SAS counts dates in days and datetimes in seconds from 1960-01-01, times of day in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.standards.sas_format import TimeKind
from cdisc.write.ibm_float import Floats, Mask, to_ibm, too_large, too_small
from cdisc.write.tally import Tally

Source = Literal["float", "integer", "moment", "duration"]
Integers = npt.NDArray[Any]

EXACT_INTEGER = 2**53
_EPOCH_DAYS = 3653  # 1960-01-01 to 1970-01-01
_DAY_SECONDS = 86_400
# The calendar of SAS date functions and formats.
_FIRST_DAY = int(np.datetime64("1582-01-01", "D").astype(np.int64))
_LAST_DAY = int(np.datetime64("19900-12-31", "D").astype(np.int64))
_NAT = np.iinfo(np.int64).min


@dataclass(slots=True)
class NumberScan:
    """What one pass over a column's values found; all but `tiny` refuse the column."""

    infinite: Tally = field(default_factory=Tally)
    too_large: Tally = field(default_factory=Tally)
    inexact: Tally = field(default_factory=Tally)
    not_midnight: Tally = field(default_factory=Tally)
    off_calendar: Tally = field(default_factory=Tally)
    tiny: Tally = field(default_factory=Tally)

    def begin(self, before: int) -> None:
        """Count the rows to come from `before` on: those of the parts scanned already."""
        for tally in (self.infinite, self.too_large, self.inexact, self.not_midnight):
            tally.before = before
        self.off_calendar.before = self.tiny.before = before


class NumberColumn:
    """Numbers of a pandas column by row range.

    `source` is what the column holds; `ticks` how many of its units make a day (dates and times);
    `kind` what SAS counts, from the format.
    """

    numeric = True

    def __init__(
        self, series: pd.Series, source: Source, ticks: int = 0, kind: TimeKind | None = None
    ) -> None:
        """Take a column that `open_column` has found to be numeric."""
        self.source: Source = source
        self._ticks = ticks
        self._kind = kind
        self._values: npt.NDArray[Any] | None = None
        self._arrow: pa.Array | pa.ChunkedArray | None = None
        if isinstance(series.dtype, np.dtype):
            self._values = series.to_numpy()
        else:
            self._arrow = pa.array(series)

    def words(self, start: int, stop: int) -> npt.NDArray[np.uint64]:
        """IBM doubles of the rows, as 64-bit words in native order."""
        return to_ibm(self.numbers(start, stop))

    def numbers(self, start: int, stop: int) -> Floats:
        """The rows in SAS units; missing is NaN."""
        if self.source == "float":
            return self._floats(start, stop)
        values, missing = self._integers(start, stop)
        numbers = self._sas_units(values)
        numbers[missing] = np.nan
        return numbers

    def scan(self, start: int, stop: int, scan: NumberScan) -> None:
        """Add the rows from `start` to `stop` (exclusive) to `scan`."""
        if self.source == "float":
            numbers = self._floats(start, stop)
            large = too_large(numbers)
            if large.any():
                infinite = np.isinf(numbers)
                _add(scan.infinite, infinite, numbers, start)
                _add(scan.too_large, large & ~infinite, numbers, start)
            _add(scan.tiny, too_small(numbers), numbers, start)
            return
        values, missing = self._integers(start, stop)
        if self.source == "integer":
            inexact = (values > EXACT_INTEGER) | (values < -EXACT_INTEGER)
            _add(scan.inexact, inexact & ~missing, values, start)
        elif self.source == "moment":
            self._scan_moments(values, missing, start, scan)

    def _scan_moments(self, values: Integers, missing: Mask, start: int, scan: NumberScan) -> None:
        days, rest = np.divmod(values, self._ticks)
        off = ((days < _FIRST_DAY) | (days > _LAST_DAY)) & ~missing
        if off.any():
            _add(scan.off_calendar, off, days.astype("datetime64[D]"), start)
        if self._kind == "date":
            late = (rest != 0) & ~missing
            if late.any():
                seconds = values // (self._ticks // _DAY_SECONDS)
                _add(scan.not_midnight, late, seconds.astype("datetime64[s]"), start)

    def _sas_units(self, values: Integers) -> Floats:
        if self.source == "integer":
            return values.astype(np.float64)
        if self.source == "moment" and self._kind == "date":
            return (values // self._ticks + _EPOCH_DAYS).astype(np.float64)
        if self.source == "moment" and self._kind == "time":
            values = values % self._ticks
        per_second = self._ticks // _DAY_SECONDS
        if not per_second:  # the column counts days
            whole, seconds = values * np.int64(_DAY_SECONDS), np.zeros(len(values))
        else:
            whole, rest = np.divmod(values, per_second)
            seconds = rest / per_second
        if self._kind == "datetime":
            whole = whole + _EPOCH_DAYS * _DAY_SECONDS
        return whole + seconds

    def _floats(self, start: int, stop: int) -> Floats:
        if self._values is not None:
            return np.ascontiguousarray(self._values[start:stop], dtype=np.float64)
        array = _one_array(self._arrow, start, stop).cast(pa.float64())
        return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)

    def _integers(self, start: int, stop: int) -> tuple[Integers, Mask]:
        if self._values is not None:
            values = self._values[start:stop]
            if values.dtype.kind in "mM":
                ticks = values.view(np.int64)
                return ticks, ticks == _NAT
            return values, np.zeros(len(values), dtype=np.bool_)
        array = _one_array(self._arrow, start, stop)
        missing = array.is_null().to_numpy(zero_copy_only=False)
        if self.source != "integer":
            array = array.cast(pa.int32()) if array.type.bit_width == 32 else array
            array = array.cast(pa.int64())
        return pc.fill_null(array, 0).to_numpy(zero_copy_only=False), missing


def _one_array(arrow: pa.Array | pa.ChunkedArray, start: int, stop: int) -> pa.Array:
    part = arrow.slice(start, stop - start)
    if isinstance(part, pa.ChunkedArray):
        return pa.concat_arrays(part.chunks) if part.num_chunks else pa.array([], part.type)
    return part


def _add(tally: Tally, mask: Mask, values: npt.NDArray[np.generic], start: int) -> None:
    rows = np.flatnonzero(mask)
    if len(rows):
        tally.add(rows + start, len(rows), values[rows[0]])
