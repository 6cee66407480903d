"""A character column as encoded bytes, chunk by chunk, ready for fields of fixed width.

Arrow keeps all texts of a column end to end in one buffer, so that checks and padding look at
bytes in bulk and never at one value at a time.
"""

from __future__ import annotations

import codecs
import itertools
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.write.tally import Tally

_BLANK = np.uint8(32)
_PRINTABLE = 94  # 126 (the tilde) less 32 (the blank)
_VISIBLE_ASCII = "".join(map(chr, range(32, 127)))


def keeps_ascii(encoding: str) -> bool:
    """Whether the encoding exists and writes ASCII text as ASCII bytes, as XPT needs."""
    try:
        return _VISIBLE_ASCII.encode(encoding) == _VISIBLE_ASCII.encode("ascii")
    except (LookupError, UnicodeError):
        return False


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts end to end: text `i` is `data[offsets[i]:offsets[i + 1]]`; a missing one is empty."""

    offsets: npt.NDArray[np.int64]
    data: npt.NDArray[np.uint8]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Bytes of each text."""
        return np.diff(self.offsets)

    def text(self, index: int) -> str:
        """One text, undecodable bytes escaped; for messages."""
        raw = self.data[self.offsets[index] : self.offsets[index + 1]].tobytes()
        return raw.decode("utf-8", errors="backslashreplace")

    def rows_of(self, byte_mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """The rows that the marked bytes of `used` belong to, each once, ascending."""
        places = np.flatnonzero(byte_mask) + self.offsets[0]
        return np.unique(np.searchsorted(self.offsets, places, side="right") - 1)

    @property
    def used(self) -> npt.NDArray[np.uint8]:
        """The bytes of these texts alone."""
        return self.data[self.offsets[0] : self.offsets[-1]]


@dataclass(slots=True)
class TextScan:
    """What one pass over a column's bytes found."""

    longest: int = 0
    too_long: Tally = field(default_factory=Tally)
    control: Tally = field(default_factory=Tally)
    unencodable: Tally = field(default_factory=Tally)
    end_in_blank: Tally = field(default_factory=Tally)

    def begin(self, before: int) -> None:
        """Count the rows to come from `before` on: those of the parts scanned already."""
        for tally in (self.too_long, self.control, self.unencodable, self.end_in_blank):
            tally.before = before


class TextColumn:
    """Texts of a pandas column (`str`, object of str, category of str, Arrow text) by row range."""

    numeric = False

    def __init__(self, series: pd.Series, encoding: str) -> None:
        """Take a column whose values are all text or missing; `encoding` keeps ASCII."""
        self._encoding = codecs.lookup(encoding).name
        self._categories: pa.Array | None = None
        self._objects: pd.Series | None = None
        self._fields: dict[int, npt.NDArray[np.void]] = {}
        self._plain: bool | None = None
        if isinstance(series.dtype, pd.CategoricalDtype) and pd.api.types.is_object_dtype(
            series.dtype.categories
        ):
            series = series.astype(object)
        if isinstance(series.dtype, pd.CategoricalDtype):
            self._codes = series.cat.codes.to_numpy()
            self._categories = pa.array(series.cat.categories).cast(pa.large_string())
        elif pd.api.types.is_object_dtype(series.dtype):
            self._objects = series
        else:
            self._arrow = pa.array(series)

    def scan(self, start: int, stop: int, limit: int, scan: TextScan) -> None:
        """Add the rows from `start` to `stop` (exclusive) to `scan`; `limit` is in bytes."""
        if self._categories is not None and self._scan_categories(start, stop, limit, scan):
            return
        try:
            texts = self._texts(start, stop)
        except UnicodeEncodeError:
            values = [] if self._objects is None else self._objects.iloc[start:stop].tolist()
            _scan_broken_unicode(values, start, scan)
            return
        if not texts.used.size:
            return
        if (texts.used - _BLANK).max() > _PRINTABLE:
            texts = self._scan_unusual_bytes(texts, start, scan)
        lengths = texts.lengths
        longest = int(lengths.max())
        scan.longest = max(scan.longest, longest)
        if longest > limit:
            rows = np.flatnonzero(lengths > limit)
            scan.too_long.add(rows + start, len(rows), texts.text(int(rows[0])))
        last = texts.data[texts.offsets[1:] - 1]
        ends = last == _BLANK
        if ends.any():
            rows = np.flatnonzero(ends & (lengths > 0))
            if len(rows):
                scan.end_in_blank.add(rows + start, len(rows), texts.text(int(rows[0])))

    def _scan_categories(self, start: int, stop: int, limit: int, scan: TextScan) -> bool:
        """Whether no category has anything to count, so that the rows need not be looked at."""
        texts = _texts_of(self._categories)
        if self._plain is None:
            self._plain = not texts.used.size or _is_plain(texts)
        if not self._plain:
            return False
        used = np.unique(self._codes[start:stop])
        longest = int(texts.lengths[used[used >= 0]].max(initial=0))
        if longest > limit:
            return False
        scan.longest = max(scan.longest, longest)
        return True

    def padded(self, start: int, stop: int, width: int) -> npt.NDArray[np.void]:
        """The texts of the rows, each filled with blanks to `width` bytes (none is longer)."""
        if self._categories is None:
            return self._padded(self._texts(start, stop), width)
        if width not in self._fields:
            # the categories padded once, and after them the blanks that code -1 takes
            whole = pa.concat_arrays([self._categories, pa.array([""], pa.large_string())])
            self._fields[width] = self._padded(_texts_of(whole), width)
        return self._fields[width][self._codes[start:stop]]

    def _padded(self, texts: Texts, width: int) -> npt.NDArray[np.void]:
        if self._encoding not in ("ascii", "utf-8") and (texts.used > 127).any():
            texts = self._encoded(texts)
        rows = len(texts.offsets) - 1
        dtype = np.dtype(f"V{width}")
        if texts.used.size == rows * width and (texts.lengths == width).all():
            return texts.used.view(dtype)
        # The kernel pads bytes and does not look whether they are ASCII, which is what we need.
        array = pa.LargeStringArray.from_buffers(
            rows, pa.py_buffer(texts.offsets), pa.py_buffer(texts.data)
        )
        padded = pc.ascii_rpad(array, width=width, padding=" ")
        return np.frombuffer(padded.buffers()[2], dtype=np.uint8)[: rows * width].view(dtype)

    def _texts(self, start: int, stop: int) -> Texts:
        """UTF-8 texts of the rows. Raises UnicodeEncodeError on lone surrogates in objects."""
        if self._categories is not None:
            codes = self._codes[start:stop]
            array = self._categories.take(pa.array(codes, mask=codes < 0))
        elif self._objects is not None:
            values = self._objects.iloc[start:stop]
            array = pa.array(values, type=pa.large_string(), from_pandas=True)
        else:
            array = self._arrow.slice(start, stop - start)
            if not pa.types.is_large_string(array.type):
                array = array.cast(pa.large_string())
        return _texts_of(array)

    def _encoded(self, texts: Texts) -> Texts:
        """The texts in the column's encoding, for the few chunks that are not plain ASCII."""
        raw = texts.used.tobytes()
        bounds = (texts.offsets - texts.offsets[0]).tolist()
        values = [
            raw[a:b].decode("utf-8").encode(self._encoding, errors="replace")
            for a, b in itertools.pairwise(bounds)
        ]
        return _texts_of(pa.array(values, type=pa.large_binary()))

    def _scan_unusual_bytes(self, texts: Texts, start: int, scan: TextScan) -> Texts:
        """Count control characters and what the encoding lacks; the texts as encoded."""
        used = texts.used
        control = texts.rows_of((used < 32) | (used == 127))
        if len(control):
            text = texts.text(int(control[0]))
            place = next(i for i, c in enumerate(text) if ord(c) < 32 or ord(c) == 127)
            scan.control.add(control + start, len(control), text, place)
        high = texts.rows_of(used > 127)
        if not len(high) or self._encoding == "utf-8":
            return texts
        for row in high.tolist():
            text = texts.text(row)
            try:
                text.encode(self._encoding)
            except UnicodeEncodeError as error:
                scan.unencodable.add([row + start], 1, text, error.start)
        return self._encoded(texts)


def _is_plain(texts: Texts) -> bool:
    """Whether all texts are visible ASCII and none ends in a blank."""
    if (texts.used - _BLANK).max() > _PRINTABLE:
        return False
    ends = texts.data[np.maximum(texts.offsets[1:], 1) - 1] == _BLANK
    return not (ends & (texts.lengths > 0)).any()


def _scan_broken_unicode(values: list[object], start: int, scan: TextScan) -> None:
    """Count the texts with half of a UTF-16 pair, which are not Unicode."""
    broken = [
        (row, value)
        for row, value in enumerate(values, start=start)
        if isinstance(value, str) and any(map(_is_surrogate, value))
    ]
    scan.unencodable.add([row for row, _ in broken], len(broken), broken[0][1])


def _is_surrogate(character: str) -> bool:
    return 0xD800 <= ord(character) <= 0xDFFF


def _texts_of(array: pa.Array | pa.ChunkedArray) -> Texts:
    """Views on an Arrow text or binary array; missing texts made empty without copying if so."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = pa.concat_arrays(array.chunks)
    rows = len(array)
    if not rows:
        return Texts(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.uint8))
    if array.null_count:
        offsets = _offsets(array)
        present = array.is_valid().to_numpy(zero_copy_only=False)
        if (np.diff(offsets)[~present] != 0).any():
            array = pc.fill_null(array, "")
    data = array.buffers()[2]
    used = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, np.uint8)
    return Texts(_offsets(array), used)


def _offsets(array: pa.Array) -> npt.NDArray[np.int64]:
    all_offsets = np.frombuffer(array.buffers()[1], dtype=np.int64)
    return all_offsets[array.offset : array.offset + len(array) + 1]
