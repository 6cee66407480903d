"""SAS transport files (XPT), version 5, read into a frame with all that their header says.

Made to read back what is submitted: exact numbers, undamaged text, special missing values
counted, and no guess about bytes that are not in the declared encoding.
"""

from __future__ import annotations

import codecs
import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.errors import Location, SourceError, UsageError
from cdisc.model import Finding, Variable
from cdisc.standards.sas_format import SasFormat
from cdisc.write.text_column import keeps_ascii
from cdisc.write.xpt_fields import NumberField, TextField, split_fields
from cdisc.write.xpt_header import MEMBER_TAG, RECORD, Namestr, strip
from cdisc.write.xpt_layout import BINARY_HINT, Layout, read_layout

_CHUNK_BYTES = 8 << 20
_BLANK = b" "
_PADDING = b" \0"


@dataclass(frozen=True, slots=True, eq=False)
class XptDataset:
    """One dataset as read: Char columns have `str` dtype, Num float64, missing is NaN in both.

    Dates are the SAS numbers of the file; `variables` (in file order) has their formats. `lengths`
    are the stored bytes of every variable. `created` and `modified` are the header's dates, None
    where it has none. `notes` are findings: special missing values, undecodable bytes, NUL padding.
    """

    frame: pd.DataFrame
    name: str
    label: str
    variables: tuple[Variable, ...]
    lengths: Mapping[str, int]
    created: dt.datetime | None
    modified: dt.datetime | None
    notes: tuple[Finding, ...] = ()


def read_xpt(
    path: str | os.PathLike[str],
    *,
    encoding: str = "ascii",
    undecodable: Literal["error", "note"] = "error",
) -> XptDataset:
    """Read a SAS transport file, version 5, with one dataset.

    Char values lose the blanks at their end, never those at their beginning; what is left empty
    is missing. Special missing values (`.A` to `.Z`, `._`) are NaN and noted by letter.

    Args:
        path: the file.
        encoding: of texts and labels; one that keeps ASCII, such as `windows-1252` or `utf-8`.
        undecodable: bytes that are not in `encoding` are an `error`, or replaced by U+FFFD and
            put into the notes (`note`).

    Raises:
        SourceError: no such file, not an XPT file of version 5, cut short, damaged, more than one
            dataset, or a byte that is not in `encoding`.
        UsageError: an encoding that does not exist or does not keep ASCII.

    Source: SAS technical note TS-140.
    """
    shown = str(path)
    if not keeps_ascii(encoding):
        raise UsageError(
            f"the encoding {encoding!r} is unknown or does not keep ASCII",
            hint="Use ascii, windows-1252, latin-1 or utf-8",
        )
    try:
        size = Path(path).stat().st_size
        with Path(path).open("rb") as file:
            layout = read_layout(file, shown, size, encoding)
            return _read_data(file, layout, shown, size, codecs.lookup(encoding).name, undecodable)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceError(
            f"cannot be read: {reason}", at=Location(file=shown), hint="Check the path"
        ) from error


def _read_data(
    file: BufferedReader,
    layout: Layout,
    shown: str,
    size: int,
    encoding: str,
    undecodable: Literal["error", "note"],
) -> XptDataset:
    rows = count_rows(file, layout, shown, size)
    fields: list[TextField | NumberField] = []
    for namestr, name in zip(layout.namestrs, layout.names, strict=True):
        if namestr.numeric:
            fields.append(NumberField(namestr.length, rows))
        else:
            at = Location(file=shown, name=f"{layout.name}.{name}")
            field = TextField(namestr.length, encoding, undecodable, at)
            fields.append(field)
    widths = [namestr.length for namestr in layout.namestrs]
    for start, records in _chunks(file, layout, shown, rows):
        for reader, raw in zip(fields, split_fields(records, widths), strict=True):
            reader.read(raw, start)
    notes = [
        note
        for reader, name in zip(fields, layout.names, strict=True)
        for note in reader.notes(shown, layout.name, name)
    ]
    columns = {name: reader.column() for reader, name in zip(fields, layout.names, strict=True)}
    return XptDataset(
        frame=pd.DataFrame(columns, index=pd.RangeIndex(rows), copy=False),
        name=layout.name,
        label=layout.label,
        variables=tuple(map(_variable, layout.namestrs, layout.names, layout.labels)),
        lengths=dict(zip(layout.names, widths, strict=True)),
        created=layout.created,
        modified=layout.modified,
        notes=tuple(notes),
    )


def count_rows(file: BufferedReader, layout: Layout, shown: str, size: int) -> int:
    """How many observations the data hold: the padding of the last record is not one.

    Observations of less than 80 bytes may hide in the padding when they are blank; those are
    left out, since a writer that meant them cannot be told from one that did not.
    """
    record = layout.record_size
    data_size = size - layout.start
    most = data_size // record
    least = (data_size - RECORD) // record + 1 if data_size else 0
    file.seek(layout.start + least * record)
    end = file.read()
    rows = most
    while rows > least and not end[(rows - 1 - least) * record : (rows - least) * record].strip(
        _BLANK
    ):
        rows -= 1
    left_over = end[max(most - least, 0) * record :]
    if least > most or left_over.strip(_PADDING):
        _refuse_second_dataset(file, layout, shown)
        raise SourceError(
            f"is cut short or damaged: {data_size:,} bytes of data are not whole rows of "
            f"{record:,} bytes; the last whole row is {min(least, most):,}",
            at=Location(file=shown, name=layout.name),
            hint=BINARY_HINT,
        )
    return rows


def _chunks(
    file: BufferedReader, layout: Layout, shown: str, rows: int
) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """The observations as rows of bytes, with the 0-based row that each chunk begins at."""
    record = layout.record_size
    # A multiple of 80 rows is a whole number of 80-byte records, where a second dataset's header
    # would stand.
    step = max(_CHUNK_BYTES // (record * RECORD), 1) * RECORD
    buffer = np.empty(min(step, rows) * record, dtype=np.uint8)
    file.seek(layout.start)
    for start in range(0, rows, step):
        count = min(step, rows - start)
        raw = buffer[: count * record]
        if file.readinto(raw.data) < raw.size:
            raise OSError("the file became shorter while it was read")
        _check_second_dataset(raw, layout, shown)
        yield start, raw.reshape(count, record)


def _refuse_second_dataset(file: BufferedReader, layout: Layout, shown: str) -> None:
    """Look for the header of another dataset in all records of the data."""
    file.seek(layout.start)
    while block := file.read(_CHUNK_BYTES // RECORD * RECORD):
        _check_second_dataset(np.frombuffer(block, dtype=np.uint8), layout, shown)


def _check_second_dataset(raw: npt.NDArray[np.uint8], layout: Layout, shown: str) -> None:
    whole = raw[: raw.size // RECORD * RECORD].reshape(-1, RECORD)
    suspects = np.flatnonzero((whole[:, 0] == MEMBER_TAG[0]) & (whole[:, 20] == MEMBER_TAG[20]))
    for suspect in suspects.tolist():
        if whole[suspect].tobytes().startswith(MEMBER_TAG):
            names = layout.name
            if suspect + 2 < len(whole):
                second = strip(whole[suspect + 2, 8:16].tobytes())
                names += f" and {second.decode('ascii', errors='replace')}"
            raise SourceError(
                f"holds more than one dataset ({names})",
                at=Location(file=shown),
                hint="Submissions have one dataset a file; export each into its own file",
            )


def _variable(namestr: Namestr, name: str, label: str) -> Variable:
    fmt = SasFormat(
        namestr.format_name.decode("ascii", errors="replace"),
        namestr.format_width,
        namestr.format_decimals,
    )
    if namestr.numeric:
        return Variable(name=name, label=label, type="Num", data_type="float", format=str(fmt))
    return Variable(name=name, label=label, type="Char", length=namestr.length, format=str(fmt))
