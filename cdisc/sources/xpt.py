"""Whether a SAS transport file is whole, which its readers do not check (SAS TS-140)."""

from __future__ import annotations

import struct
from pathlib import Path

from cdisc.errors import Location, SourceError

_RECORD = 80
_MAGIC = (
    b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!",
)
_MEMBERS = (
    b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******MEMBV8  HEADER RECORD!!!!!!!",
)
_NAMESTR = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
_OBSERVATIONS = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!"
_NAMESTR_AT = 560


def is_xpt(path: Path) -> bool:
    """True when the file begins as SAS transport (version 5 or 8), whatever its name says."""
    with path.open("rb") as stream:
        return stream.read(len(_MAGIC[0])) in _MAGIC


def refuse_damaged_xpt(path: Path, file: str) -> None:
    """Check the header, the number of datasets and, in version 5, the length of the data.

    The format has no row count: data are whole observations, then blanks up to a record of 80
    bytes. Anything else after the last whole observation is a cut one. A file cut exactly
    between two observations that end with a record cannot be told from a shorter one.

    Raises SourceError.
    """
    data = path.read_bytes()
    at = Location(file)
    if not data.startswith(_MAGIC):
        raise SourceError("is not a SAS transport (XPT) file", at=at, hint="Check its format")
    again = "The transfer is not whole: ask for it again"
    if len(data) % _RECORD or len(data) < _NAMESTR_AT + 2 * _RECORD:
        raise SourceError("the file is cut short", at=at, hint=again)
    if sum(_count_records(data, member) for member in _MEMBERS) != 1:
        raise SourceError(
            "the file does not hold exactly one dataset", at=at, hint="Ask for one file a dataset"
        )
    if data[_NAMESTR_AT:].startswith(_NAMESTR) and _is_cut(data):
        raise SourceError("the file is damaged or cut short", at=at, hint=again)


def _count_records(data: bytes, start: bytes) -> int:
    count = 0
    position = data.find(start)
    while position >= 0:
        count += position % _RECORD == 0
        position = data.find(start, position + 1)
    return count


def _is_cut(data: bytes) -> bool:
    """True when a header is not whole, or the last observation does not end before padding."""
    # The member header says how long a variable's description is: 140, or 136 on VAX/VMS.
    size_text = data[3 * _RECORD + 74 : 3 * _RECORD + 78]
    count_text = data[_NAMESTR_AT + 54 : _NAMESTR_AT + 58]
    if not (size_text.isdigit() and count_text.isdigit() and int(size_text) >= 88):
        return True
    size, variables = int(size_text), int(count_text)
    first = _NAMESTR_AT + _RECORD
    length = 0
    for at in range(first, first + variables * size, size):
        description = data[at : at + size]
        if len(description) < size:
            return True
        width = struct.unpack(">h", description[4:6])[0]
        length = max(length, struct.unpack(">i", description[84:88])[0] + width)
    described = -(-variables * size // _RECORD) * _RECORD
    if not data[first + described :].startswith(_OBSERVATIONS):
        return True
    observations = data[first + described + _RECORD :]
    if length <= 0:
        return False
    tail = observations[len(observations) // length * length :]
    return len(tail) >= _RECORD or bool(tail.strip(b" "))
