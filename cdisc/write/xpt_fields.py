"""The fields of an observation turned into columns, chunk by chunk."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.errors import Location, SourceError
from cdisc.model import Finding, Severity
from cdisc.write.ibm_float import from_ibm, missing_letters
from cdisc.write.tally import Tally, quote

Records = npt.NDArray[np.uint8]

_CACHE_BYTES = 1 << 19
_STR = pd.StringDtype("pyarrow", na_value=np.nan)


def split_fields(records: Records, lengths: Sequence[int]) -> list[Records]:
    """The fields of a chunk, laid side by side in `records`, each as rows x length bytes."""
    rows, size = records.shape
    fields = [np.empty((rows, length), dtype=np.uint8) for length in lengths]
    positions = [0, *itertools.accumulate(lengths[:-1])]
    # All fields of a few rows before the next rows: the rows then stay in the processor's cache.
    step = max(_CACHE_BYTES // size, 1)
    for start in range(0, rows, step):
        count = min(step, rows - start)
        for field, position, length in zip(fields, positions, lengths, strict=True):
            # One opaque item a field, so that numpy copies it whole and not byte by byte.
            dtype = np.dtype(f"V{length}")
            place = start * size + position
            items: npt.NDArray[np.void] = np.ndarray(
                (count,), dtype=dtype, buffer=records.data, offset=place, strides=(size,)
            )
            field[start : start + count].reshape(-1).view(dtype)[:] = items
    return fields


class NumberField:
    """A Num variable: IBM doubles of 2 to 8 bytes, the later bytes of short ones being zero."""

    def __init__(self, length: int, rows: int) -> None:
        """Read numbers of `length` bytes from `rows` observations."""
        self._length = length
        self._values = np.empty(rows, dtype=np.float64)
        self._special: dict[str, Tally] = {}

    def read(self, raw: Records, start: int) -> None:
        """Take the values of a chunk, rows x length bytes, from the 0-based row `start`."""
        if self._length < 8:
            padded = np.zeros((len(raw), 8), dtype=np.uint8)
            padded[:, : self._length] = raw
            raw = padded
        words = raw.view(">u8").reshape(-1).astype(np.uint64)
        values, missing = from_ibm(words)
        self._values[start : start + len(values)] = values
        rows = np.flatnonzero(missing)
        letters = missing_letters(words[rows])
        special = letters != ord(".")
        if special.any():
            for code in np.unique(letters[special]).tolist():
                of_code = rows[letters == code] + start
                tally = self._special.setdefault("." + chr(code), Tally())
                tally.add(of_code, len(of_code), "." + chr(code))

    def column(self) -> pd.Series:
        """The values as float64, missing as NaN."""
        return pd.Series(self._values, copy=False)

    def notes(self, file: str, dataset: str, variable: str) -> Iterator[Finding]:
        """One finding for each special missing value."""
        for value, tally in sorted(self._special.items()):
            yield Finding(
                rule="xpt_special_missing",
                severity=Severity.INFO,
                dataset=dataset,
                variable=variable,
                value=value,
                message=f"the special missing value {value} is read as missing",
                count=tally.count,
                occurrences=tally.occurrences(file),
            )


class TextField:
    """A Char variable: bytes in the declared encoding, padded with blanks."""

    def __init__(
        self,
        length: int,
        encoding: str,
        undecodable: Literal["error", "note"],
        at: Location,
    ) -> None:
        """Read texts of `length` bytes; `at` names the file and variable in errors."""
        self._length = length
        self._encoding = encoding
        self._undecodable = undecodable
        self._at = at
        self._parts: list[pa.Array] = []
        self._broken = Tally()
        self._with_nul = Tally()

    def read(self, raw: Records, start: int) -> None:
        """Take the values of a chunk, rows x length bytes, from the 0-based row `start`.

        Raises:
            SourceError: a byte is not in the encoding, and that is not to be noted only.
        """
        padding = " "
        if not raw.all():
            padding = " \0"
            rows = np.flatnonzero((raw == 0).any(axis=1))
            self._with_nul.add(rows + start, len(rows), "")
        if raw.max() > 127:
            texts = self._decode(raw, start)
        else:
            offsets = np.arange(0, raw.size + 1, self._length, dtype=np.int64)
            texts = _strings(len(raw), offsets, raw)
        if padding != " " or (raw[:, -1] == ord(" ")).any():
            texts = pc.ascii_rtrim(texts, characters=padding)
        self._parts.append(_empty_as_missing(texts))

    def _decode(self, raw: Records, start: int) -> pa.Array:
        """The rows decoded one by one, for the few chunks that are not plain ASCII."""
        whole = raw.tobytes()
        texts: list[str] = []
        for row in range(len(raw)):
            value = whole[row * self._length : (row + 1) * self._length]
            try:
                texts.append(value.decode(self._encoding))
            except UnicodeDecodeError as error:
                shown = value.decode("latin-1").rstrip(" ")
                if self._undecodable == "error":
                    raise SourceError(
                        f"row {start + row + 1:,} has the byte 0x{value[error.start]:02X}, which "
                        f"is not {self._encoding}: {quote(shown, error.start)}",
                        at=self._at,
                        hint="Declare the encoding of the file, such as windows-1252",
                    ) from error
                self._broken.add([start + row], 1, f"0x{value[error.start]:02X}")
                texts.append(value.decode(self._encoding, errors="replace"))
        return pa.array(texts, type=pa.large_string())

    def column(self) -> pd.Series:
        """The values as pandas `str`, missing as NaN."""
        whole = pa.chunked_array(self._parts, type=pa.large_string()).combine_chunks()
        self._parts.clear()
        return pd.Series(pd.array(whole, dtype=_STR), copy=False)

    def notes(self, file: str, dataset: str, variable: str) -> Iterator[Finding]:
        """Findings for undecodable bytes and for NUL bytes."""
        if self._broken:
            yield Finding(
                rule="xpt_undecodable",
                severity=Severity.ERROR,
                dataset=dataset,
                variable=variable,
                value=self._broken.example.strip("'"),
                message=f"text has bytes that are not {self._encoding}; they are replaced",
                hint="Declare the encoding of the file, such as windows-1252",
                count=self._broken.count,
                occurrences=self._broken.occurrences(file),
            )
        if self._with_nul:
            yield Finding(
                rule="xpt_nul_bytes",
                severity=Severity.WARNING,
                dataset=dataset,
                variable=variable,
                message="text has NUL bytes; those at its end are taken as padding",
                hint="SAS pads with blanks; ask how the file was made",
                count=self._with_nul.count,
                occurrences=self._with_nul.occurrences(file),
            )


def _strings(rows: int, offsets: npt.NDArray[np.int64], data: Records) -> pa.Array:
    return pa.LargeStringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))


def _empty_as_missing(texts: pa.Array) -> pa.Array:
    """The same texts with the empty ones marked as missing, without copying them."""
    _, offsets_buffer, data = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64)
    offsets = offsets[texts.offset : texts.offset + len(texts) + 1]
    filled = np.diff(offsets) > 0
    if filled.all():
        return texts
    validity = pa.py_buffer(np.packbits(filled, bitorder="little"))
    return pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(offsets), data, validity)
