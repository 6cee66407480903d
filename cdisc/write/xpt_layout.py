"""What the records before the data of an XPT file say, read and checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cdisc.errors import Location, SourceError
from cdisc.write.tally import quote
from cdisc.write.xpt_header import (
    CPORT_TAG,
    DESCRIPTOR_TAG,
    LIBRARY_TAG,
    LIBRARY_V8_TAG,
    MEMBER_TAG,
    NAMESTR_SIZES,
    NAMESTR_TAG,
    NAMESTRS_START,
    OBSERVATIONS_TAG,
    RECORD,
    Namestr,
    strip,
    unpack_date,
    unpack_namestr,
    whole_records,
)

BINARY_HINT = "Transfer it again, in binary mode, or ask for a new export"
_EXPORT_HINT = "Export the dataset as a SAS version 5 transport file (XPORT engine)"


@dataclass(frozen=True, slots=True)
class Layout:
    """The header of a file with one dataset; `start` is the byte where its data begin."""

    name: str
    label: str
    created: dt.datetime | None
    modified: dt.datetime | None
    namestrs: Sequence[Namestr]
    names: Sequence[str]
    labels: Sequence[str]
    start: int

    @property
    def record_size(self) -> int:
        """Bytes of one observation."""
        return sum(namestr.length for namestr in self.namestrs)


def read_layout(file: BinaryIO, shown: str, size: int, encoding: str) -> Layout:
    """The layout of an open XPT file of `size` bytes; `shown` is its name in messages.

    Raises:
        SourceError: not an XPT file, another kind of transport file, cut short, or damaged.
    """
    at = Location(file=shown)
    head = file.read(NAMESTRS_START)
    _check_kind(head, at)
    if size % RECORD:
        raise SourceError(
            f"is cut short: it ends in the middle of the 80-byte record {size // RECORD + 1:,} "
            f"(byte {size:,})",
            at=at,
            hint=BINARY_HINT,
        )
    if len(head) < NAMESTRS_START:
        raise _cut_in_header(at)
    for start, tag in ((240, MEMBER_TAG), (320, DESCRIPTOR_TAG), (560, NAMESTR_TAG)):
        if not head[start:].startswith(tag):
            raise _damaged(f"record {start // RECORD + 1} is not the {_kind(tag)} header", at)
    namestr_size = _digits(head[314:318], "size of the variable descriptors", at)
    if namestr_size not in NAMESTR_SIZES:
        raise _damaged(f"variable descriptors have {namestr_size} bytes", at)
    count = _digits(head[614:618], "number of variables", at)
    if not count:
        raise SourceError("holds a dataset without variables", at=at, hint=_EXPORT_HINT)
    block_size = whole_records(count * namestr_size)
    block = file.read(block_size)
    observations = file.read(RECORD)
    if len(observations) < RECORD:
        raise _cut_in_header(at)
    if not observations.startswith(OBSERVATIONS_TAG):
        raise _damaged(f"no {_kind(OBSERVATIONS_TAG)} header after {count:,} variables", at)
    namestrs = [
        unpack_namestr(block[i * namestr_size : (i + 1) * namestr_size]) for i in range(count)
    ]
    namestrs.sort(key=lambda namestr: namestr.position)
    names = [_decode(namestr.name, encoding, "a variable name", at) for namestr in namestrs]
    _check_namestrs(namestrs, names, at)
    labels = [
        _decode(namestr.label, encoding, f"the label of {name}", at)
        for namestr, name in zip(namestrs, names, strict=True)
    ]
    return Layout(
        name=_decode(strip(head[408:416]), encoding, "the dataset name", at),
        label=_decode(strip(head[512:552]), encoding, "the dataset label", at),
        created=unpack_date(head[464:480]),
        modified=unpack_date(head[480:496]),
        namestrs=namestrs,
        names=names,
        labels=labels,
        start=NAMESTRS_START + block_size + RECORD,
    )


def _check_kind(head: bytes, at: Location) -> None:
    if not head:
        raise SourceError("is empty", at=at, hint=BINARY_HINT)
    if head.startswith(LIBRARY_V8_TAG):
        raise SourceError("is a version 8 transport file", at=at, hint=_EXPORT_HINT)
    if head.startswith(CPORT_TAG):
        raise SourceError("is a PROC CPORT file, not an XPORT file", at=at, hint=_EXPORT_HINT)
    if not head.startswith(LIBRARY_TAG):
        raise SourceError("is not a SAS transport file (XPT)", at=at, hint=_EXPORT_HINT)


def _check_namestrs(namestrs: Sequence[Namestr], names: Sequence[str], at: Location) -> None:
    position = 0
    for namestr, name in zip(namestrs, names, strict=True):
        longest = 8 if namestr.numeric else 32_767
        if namestr.position != position or not 1 <= namestr.length <= longest:
            raise _damaged(
                f"the variable {name} has {namestr.length} bytes at position {namestr.position}, "
                f"where position {position} was expected",
                at,
            )
        position += namestr.length
    for index, name in enumerate(names):
        if name in names[:index]:
            raise _damaged(f"two variables are named {name}", at)


def _decode(raw: bytes, encoding: str, what: str, at: Location) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        shown = quote(raw.decode("ascii", errors="backslashreplace"))
        raise SourceError(
            f"{what} ({shown}) has the byte 0x{raw[error.start]:02X}, which is not {encoding}",
            at=at,
            hint="Declare the encoding of the file, such as windows-1252",
        ) from error


def _digits(raw: bytes, what: str, at: Location) -> int:
    if not raw.isdigit():
        raise _damaged(f"the {what} is not a number", at)
    return int(raw)


def _kind(tag: bytes) -> str:
    return tag[20:28].decode("ascii").strip()


def _cut_in_header(at: Location) -> SourceError:
    return SourceError("is cut short: it ends within its header", at=at, hint=BINARY_HINT)


def _damaged(reason: str, at: Location) -> SourceError:
    return SourceError(f"has a damaged header: {reason}", at=at, hint=BINARY_HINT)
