"""The records before the data in a SAS transport file, version 5, packed and unpacked.

Layout: SAS technical note TS-140, "The record layout of a data set in SAS transport format". All
records are 80 bytes; numbers are big-endian; text is padded with blanks. One NAMESTR of 140 bytes
describes one variable, and all of them together are padded to whole records.
"""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass

RECORD = 80
NAMESTR_SIZES = (140, 136)
NAMESTRS_START = 8 * RECORD
MAX_VARIABLES = 9999
FIRST_YEAR = 1960

LIBRARY_TAG = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
LIBRARY_V8_TAG = b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!"
CPORT_TAG = b"**COMPRESSED**"
MEMBER_TAG = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
DESCRIPTOR_TAG = b"HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!"
NAMESTR_TAG = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
OBSERVATIONS_TAG = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!"

# Type, hash (0), length, number, name, label, format name, width, decimals, justification,
# filler, informat name, width, decimals, position; the rest of the NAMESTR is unused.
_NAMESTR = struct.Struct(">hhhh8s40s8shhh2s8shhi")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True, slots=True)
class Namestr:
    """One variable as the header holds it: text still in bytes, without its padding.

    `length` and `position` are bytes in an observation; `justify` is 0 (left) or 1 (right).
    """

    numeric: bool
    length: int
    number: int
    name: bytes
    label: bytes
    format_name: bytes
    format_width: int
    format_decimals: int
    position: int
    justify: int = 0


def pack_header(
    name: bytes,
    label: bytes,
    namestrs: list[Namestr],
    created: dt.datetime,
    modified: dt.datetime,
) -> bytes:
    """All records before the data, for texts that fit their fields and at most 9,999 variables."""
    descriptors = b"".join(pack_namestr(namestr) for namestr in namestrs)
    made, changed = pack_date(created), pack_date(modified)
    blank24 = b" " * 24
    return b"".join(
        (
            _tagged(LIBRARY_TAG, b"0" * 30),
            b"SAS     SAS     SASLIB  6.06    bsd4.2  " + blank24 + made,
            changed.ljust(RECORD),
            _tagged(MEMBER_TAG, b"000000000000000001600000000140"),
            _tagged(DESCRIPTOR_TAG, b"0" * 30),
            b"SAS     " + name.ljust(8) + b"SASDATA 6.06    bsd4.2  " + blank24 + made,
            changed + b" " * 16 + label.ljust(40) + b" " * 8,
            _tagged(NAMESTR_TAG, b"000000%04d" % len(namestrs) + b"0" * 20),
            descriptors.ljust(whole_records(len(descriptors))),
            _tagged(OBSERVATIONS_TAG, b"0" * 30),
        )
    )


def _tagged(tag: bytes, numbers: bytes) -> bytes:
    return (tag + numbers).ljust(RECORD)


def whole_records(size: int) -> int:
    """`size` in bytes, rounded up to whole records."""
    return -(-size // RECORD) * RECORD


def pack_namestr(namestr: Namestr) -> bytes:
    """The 140 bytes that describe one variable."""
    return _NAMESTR.pack(
        1 if namestr.numeric else 2,
        0,
        namestr.length,
        namestr.number,
        namestr.name.ljust(8),
        namestr.label.ljust(40),
        namestr.format_name.ljust(8),
        namestr.format_width,
        namestr.format_decimals,
        namestr.justify,
        b"\0\0",
        b" " * 8,
        0,
        0,
        namestr.position,
    ).ljust(NAMESTR_SIZES[0], b"\0")


def unpack_namestr(raw: bytes) -> Namestr:
    """One variable from its NAMESTR of 140 (or, from VAX/VMS, 136) bytes."""
    fields = _NAMESTR.unpack_from(raw)
    kind, _, length, number, name, label, format_name, width, decimals, justify = fields[:10]
    return Namestr(
        numeric=kind == 1,
        length=length,
        number=number,
        name=strip(name),
        label=strip(label),
        format_name=strip(format_name),
        format_width=width,
        format_decimals=decimals,
        position=fields[-1],
        justify=justify,
    )


def strip(raw: bytes) -> bytes:
    """Header text without its padding: blanks, or NULs from some writers."""
    return raw.rstrip(b" \0")


def pack_date(moment: dt.datetime) -> bytes:
    """A header date, `16APR22:20:09:03`; the month in English whatever the locale."""
    month = _MONTHS[moment.month - 1]
    return f"{moment:%d}{month}{moment.year % 100:02}:{moment:%H:%M:%S}".encode("ascii")


def has_header_date(moment: dt.datetime) -> bool:
    """Whether its two-digit year is read back as itself (1960 to 2059)."""
    return FIRST_YEAR <= moment.year < FIRST_YEAR + 100


def unpack_date(raw: bytes) -> dt.datetime | None:
    """A header date, None when it is blank or no date. Two-digit years are 1960 to 2059."""
    text = raw.decode("ascii", errors="replace")
    try:
        day, month, year = int(text[:2]), _MONTHS.index(text[2:5].upper()) + 1, int(text[5:7])
        hour, minute, second = int(text[8:10]), int(text[11:13]), int(text[14:16])
        century_year = FIRST_YEAR + (year - FIRST_YEAR) % 100
        return dt.datetime(century_year, month, day, hour, minute, second)
    except ValueError:
        return None
