"""SAS transport files (XPT), version 5: the submission format of FDA, PMDA and NMPA.

A frame is checked as a whole, then written in chunks of rows to a temporary file that takes the
place of the old one when it is complete. Nothing is cut, rounded or replaced to make it fit: what
the format cannot hold is a `WriteError`, what it does not keep is a finding in the result.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.errors import Location, Problems, WriteError
from cdisc.model import Finding, Variable
from cdisc.write.atomic import atomic_path
from cdisc.write.number_column import NumberScan
from cdisc.write.text_column import TextColumn, TextScan, keeps_ascii
from cdisc.write.xpt_header import Namestr, has_header_date, pack_header, whole_records
from cdisc.write.xpt_plan import (
    NUMBER_LENGTH,
    Planned,
    check_name,
    pack_label,
    plan_variables,
)
from cdisc.write.xpt_reader import XptDataset, read_xpt
from cdisc.write.xpt_scan import (
    blank_rows_finding,
    new_scans,
    report_scans,
    scan_rows,
    scan_variables,
)

__all__ = [
    "XptDataset",
    "XptProblems",
    "XptWritten",
    "read_xpt",
    "write_xpt",
    "write_xpt_parts",
]

DEFAULT_DATE = dt.datetime(1960, 1, 1)

_NOTHING_GIVEN: Mapping[str, Mapping[str, object]] = {"labels": {}, "formats": {}, "lengths": {}}

# A chunk of this size stays near the processor's caches; the rows bound small records.
_CHUNK_BYTES = 4 << 20
_CHUNK_ROWS = 1 << 16


class XptProblems(Problems, WriteError):
    """All that keeps one dataset from being written, as one `WriteError`, by variable."""

    def __init__(self, errors: Sequence[WriteError]) -> None:
        super().__init__(errors)
        # Problems sorts by file, line and message; here the order of the variables says more.
        self.errors = tuple(errors)
        self.message = "\n".join(map(str, self.errors))


@dataclass(frozen=True, slots=True)
class XptWritten:
    """What was written: rows, bytes of the file, bytes of each Char variable, and findings.

    `notes` are things the format does not keep: blanks at the end of values, rows at the end of
    the dataset that are all blank, numbers too near zero.
    """

    rows: int
    bytes: int
    lengths: Mapping[str, int]
    notes: tuple[Finding, ...] = ()


def write_xpt(
    frame: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    name: str,
    label: str = "",
    variables: Sequence[Variable] | None = None,
    labels: Mapping[str, str] | None = None,
    formats: Mapping[str, str] | None = None,
    lengths: Mapping[str, int] | None = None,
    created: dt.datetime = DEFAULT_DATE,
    modified: dt.datetime | None = None,
    encoding: str = "ascii",
) -> XptWritten:
    """Write a frame as a SAS transport file, version 5, with one dataset.

    Text columns (`str`, object or category of str, Arrow text) become Char, missing written as
    blanks. Numbers become Num, missing written as `.`. Dates and times (datetime64, timedelta64,
    Arrow dates and times) become SAS numbers by their format: days since 1960-01-01 for date
    formats, seconds since then for datetime formats, seconds of the day for time formats.

    Args:
        frame: one row a record, in submission order; the index is not written.
        path: where the file goes; an old file there is replaced when the new one is whole.
        name: dataset name, 1 to 8 characters.
        label: dataset label, at most 40 bytes.
        variables: the variables in file order, exactly the columns of the frame; gives labels,
            types, formats and (Char) lengths. Without it, columns are taken as they stand.
        labels: labels by variable name, before those of `variables`; at most 40 bytes.
        formats: SAS formats by variable name, before those of `variables`.
        lengths: bytes of Char variables by name, before those of `variables`. Without a length, a
            variable takes the bytes of its longest value, at least 1.
        created: creation date in the header; a fixed one, so that equal data give equal bytes.
        modified: modification date in the header; `created` if None.
        encoding: of texts and labels; one that keeps ASCII, such as `windows-1252` or `utf-8`.

    Returns:
        rows, bytes, lengths and findings.

    Raises:
        WriteError: anything the format cannot hold, named by dataset, variable and row; several
            at once as `XptProblems`. The old file is then untouched.

    Source: SAS technical note TS-140; FDA Study Data Technical Conformance Guide, section 3.3.
    """
    errors = _check_dataset(name, encoding, created, modified or created)
    if errors:
        raise _together(errors)
    at = Location(name=name)
    dataset_label = _label_or_error(label, encoding, at, errors)
    given: dict[str, Mapping[str, object]] = {
        "labels": labels or {},
        "formats": formats or {},
        "lengths": lengths or {},
    }
    planned = plan_variables(frame, name, variables, given, encoding, errors)
    widths, notes = scan_variables(planned, len(frame), name, encoding, errors)
    if errors:
        raise _together(errors)
    header = pack_header(
        name.encode("ascii"),
        dataset_label,
        _namestrs(planned, widths),
        created,
        modified or created,
    )
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write(header)
        blank_rows = _write_rows(file, planned, widths, len(frame), 0)
        data_size = sum(widths) * len(frame)
        file.write(b" " * (whole_records(data_size) - data_size))
    if blank_rows:
        notes.append(blank_rows_finding(name, len(frame), blank_rows))
    return XptWritten(
        rows=len(frame),
        bytes=len(header) + whole_records(data_size),
        lengths={
            plan.name: width
            for plan, width in zip(planned, widths, strict=True)
            if not plan.column.numeric
        },
        notes=tuple(notes),
    )


def write_xpt_parts(
    parts: Iterable[pd.DataFrame],
    path: str | os.PathLike[str],
    *,
    name: str,
    label: str = "",
    variables: Sequence[Variable],
    created: dt.datetime = DEFAULT_DATE,
    modified: dt.datetime | None = None,
    encoding: str = "ascii",
) -> XptWritten:
    """Write a dataset that comes in parts, never holding more than one of them.

    The file is the one that `write_xpt` makes of all parts put together. Arguments, result and
    errors are those of `write_xpt`; every Char variable must have a length, as the bytes of an
    observation are needed before the first part.
    """
    errors = _check_dataset(name, encoding, created, modified or created)
    if errors:
        raise _together(errors)
    dataset_label = _label_or_error(label, encoding, Location(name=name), errors)
    widths = [v.length or 0 if v.type == "Char" else NUMBER_LENGTH for v in variables]
    if not all(widths):
        raise ValueError("a dataset in parts needs the lengths of its Char variables")
    scans: list[TextScan | NumberScan] = []
    planned: list[Planned] = []
    rows = blank_rows = 0
    header = b""
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        for part in _at_least_one(parts, variables):
            found: list[WriteError] = []
            plan = plan_variables(part, name, variables, _NOTHING_GIVEN, encoding, found)
            errors.extend(error for error in found if str(error) not in map(str, errors))
            if len(plan) < len(variables):
                break  # names or types are wrong
            if not header:
                planned, scans = plan, new_scans(plan)
                header = pack_header(
                    name.encode("ascii"),
                    dataset_label,
                    _namestrs(planned, widths),
                    created,
                    modified or created,
                )
                file.write(header)
            scan_rows(plan, scans, len(part), before=rows)
            rows += len(part)
            if not (errors or _refused(plan, scans, name, encoding)):
                blank_rows = _write_rows(file, plan, widths, len(part), blank_rows)
        _, notes = report_scans(planned, scans, name, encoding, errors)
        if errors:
            raise _together(errors)
        data_size = sum(widths) * rows
        file.write(b" " * (whole_records(data_size) - data_size))
    if blank_rows:
        notes.append(blank_rows_finding(name, rows, blank_rows))
    lengths = {v.name: v.length or 0 for v in variables if v.type == "Char"}
    return XptWritten(rows, len(header) + whole_records(data_size), lengths, tuple(notes))


def _at_least_one(
    parts: Iterable[pd.DataFrame], variables: Sequence[Variable]
) -> Iterator[pd.DataFrame]:
    """The parts; an empty one when there is none."""
    empty = True
    for part in parts:
        empty = False
        yield part
    if empty:
        yield pd.DataFrame({variable.name: [] for variable in variables})


def _refused(
    planned: Sequence[Planned],
    scans: Sequence[TextScan | NumberScan],
    name: str,
    encoding: str,
) -> bool:
    """Whether what has been scanned so far cannot be written."""
    errors: list[WriteError] = []
    report_scans(planned, scans, name, encoding, errors)
    return bool(errors)


def _check_dataset(
    name: str, encoding: str, created: dt.datetime, modified: dt.datetime
) -> list[WriteError]:
    at = Location(name=str(name))
    errors = []
    wrong = check_name(name, at)
    if wrong is not None:
        errors.append(wrong)
    if not keeps_ascii(encoding):
        errors.append(
            WriteError(
                f"the encoding {encoding!r} is unknown or does not keep ASCII",
                at=at,
                hint="Use ascii, windows-1252, latin-1 or utf-8",
            )
        )
    errors.extend(
        WriteError(
            f"the header date {moment:%Y-%m-%d} is outside 1960 to 2059",
            at=at,
            hint="XPT stores years in two digits",
        )
        for moment in dict.fromkeys((created, modified))
        if not has_header_date(moment)
    )
    return errors


def _label_or_error(label: str, encoding: str, at: Location, errors: list[WriteError]) -> bytes:
    try:
        return pack_label(label, encoding, at)
    except WriteError as error:
        errors.append(error)
        return b""


def _together(errors: list[WriteError]) -> WriteError:
    return errors[0] if len(errors) == 1 else XptProblems(errors)


def _namestrs(planned: Sequence[Planned], widths: Sequence[int]) -> list[Namestr]:
    namestrs = []
    position = 0
    for number, (plan, width) in enumerate(zip(planned, widths, strict=True), start=1):
        numeric = plan.column.numeric
        namestrs.append(
            Namestr(
                numeric=numeric,
                length=width,
                number=number,
                name=plan.name.encode("ascii"),
                label=plan.label,
                format_name=plan.format.name.encode("ascii"),
                format_width=plan.format.width,
                format_decimals=plan.format.decimals,
                position=position,
                justify=int(numeric),
            )
        )
        position += width
    return namestrs


def _write_rows(
    file: BinaryIO, planned: Sequence[Planned], widths: Sequence[int], rows: int, blank_rows: int
) -> int:
    """Write the observations of a part; how many rows at its end are blank throughout.

    `blank_rows` are those at the end of the part before it.
    """
    size = sum(widths)
    step = max(1, min(_CHUNK_ROWS, _CHUNK_BYTES // size))
    buffer = np.empty((min(step, rows), size), dtype=np.uint8)
    for start in range(0, rows, step):
        stop = min(start + step, rows)
        records = buffer[: stop - start]
        _fill(records, planned, widths, start, stop)
        file.write(records.data)
        blank_rows = _trailing_blank_rows(records, blank_rows)
    return blank_rows


def _fill(
    records: npt.NDArray[np.uint8],
    planned: Sequence[Planned],
    widths: Sequence[int],
    start: int,
    stop: int,
) -> None:
    """Lay the columns' bytes side by side into the observations of a chunk."""
    position = 0
    for plan, width in zip(planned, widths, strict=True):
        column = plan.column
        text = isinstance(column, TextColumn)
        # A field of every record as one strided array: numpy then copies whole fields.
        field: npt.NDArray[np.generic] = np.ndarray(
            (stop - start,),
            dtype=f"V{width}" if text else ">u8",
            buffer=records.data,
            offset=position,
            strides=(records.strides[0],),
        )
        if isinstance(column, TextColumn):
            field[:] = column.padded(start, stop, width)
        else:
            field[:] = column.words(start, stop)
        position += width


def _trailing_blank_rows(records: npt.NDArray[np.uint8], before: int) -> int:
    """Blank rows at the end after these records, `before` of them before these records."""
    if (records[-1] != 32).any():
        return 0
    filled = np.flatnonzero((records != 32).any(axis=1))
    return before + len(records) if not len(filled) else int(len(records) - 1 - filled[-1])
