"""Bytes in a declared encoding -> UTF-8, with the exact place of the first byte that is not."""

from __future__ import annotations

import codecs

from cdisc.errors import Location, SourceError
from cdisc.model import Finding
from cdisc.sources.received import note

_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def to_utf8(data: bytes, file: str, encoding: str) -> tuple[bytes, tuple[Finding, ...]]:
    """The text of `data` as UTF-8 without a byte order mark, and notes about the encoding.

    Raises SourceError, with line and byte offset, where `data` is not text in `encoding`,
    and where it holds NUL bytes.
    """
    name = _known(encoding, file)
    notes: tuple[Finding, ...] = ()
    if name == "utf-8":
        if data.startswith(codecs.BOM_UTF8):
            data = data[len(codecs.BOM_UTF8) :]
            notes = (note(file, "source_bom", "byte order mark left out"),)
        if not data.isascii():
            _decode(data, file, name)
    elif not data.isascii() or not _ascii_alike(name):
        if not name.startswith("utf") and _is_utf8(data):
            notes = (
                note(
                    file,
                    "source_encoding",
                    f"declared {encoding}, but every byte of it is valid UTF-8",
                    hint="If letters look wrong, declare encoding: utf-8",
                    warn=True,
                ),
            )
        data = _decode(data, file, name)
    _refuse_nul(data, file)
    return data, notes


def plausible(data: bytes, offset: int = 0) -> str:
    """The encoding `data` looks like around `offset`, or empty: a hint, never acted upon."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name
    sample = data[max(0, offset - 2000) : offset + 2000]
    if b"\0" in sample:
        return "utf-16"
    japanese = _try(sample, "cp932")
    if any("\u3040" <= char <= "\u30ff" for char in japanese):
        return "cp932"
    chinese = [char for char in _try(sample, "gb18030") if not char.isascii()]
    if 2 * sum(bool(char.encode("gb2312", "ignore")) for char in chinese) > len(chinese):
        return "gb18030"
    return "cp1252" if _try(sample, "cp1252") else ""


def _known(encoding: str, file: str) -> str:
    try:
        # Encoding a letter tells text encodings from other codecs, such as hex.
        "a".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise SourceError(
            f"encoding {encoding!r} is not known",
            at=Location(file),
            hint="Common ones: utf-8, gb18030, cp1252, utf-16",
        ) from None


def _ascii_alike(name: str) -> bool:
    """True when ASCII bytes mean ASCII text in the encoding (not so in UTF-16)."""
    return "a,1\n".encode(name) == b"a,1\n"


def _decode(data: bytes, file: str, name: str) -> bytes:
    """Decode by chunks, so that a large file needs no second copy as wide Python text."""
    decoder = codecs.getincrementaldecoder(name)()
    as_is = name == "utf-8"
    pieces = []
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        try:
            text = decoder.decode(chunk, final=start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            # The decoder prepends the bytes it kept from the chunk before.
            offset = start - (len(error.object) - len(chunk)) + error.start
            raise _not_text(data, file, name, max(offset, 0)) from None
        if not as_is:
            pieces.append(text.encode("utf-8", "surrogatepass"))
    return data if as_is else b"".join(pieces).removeprefix(codecs.BOM_UTF8)


def _not_text(data: bytes, file: str, name: str, offset: int) -> SourceError:
    line = None
    if _ascii_alike(name):
        head = data[:offset]
        line = head.count(b"\n") + 1 if b"\n" in head else head.count(b"\r") + 1
    guess = plausible(data, offset)
    hint = f"It looks like {guess}: declare encoding: {guess}" if guess and guess != name else ""
    return SourceError(
        f"byte {offset:,} (0x{data[offset]:02X}) is not {name} text",
        at=Location(file, line),
        hint=hint or "Declare the encoding that the file was exported with",
    )


def _refuse_nul(data: bytes, file: str) -> None:
    offset = data.find(b"\0")
    if offset < 0:
        return
    raise SourceError(
        f"byte {offset:,} is NUL, which no text file holds",
        at=Location(file, data.count(b"\n", 0, offset) + 1),
        hint="The file is damaged, or it is UTF-16: declare encoding: utf-16",
    )


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _try(sample: bytes, encoding: str) -> str:
    """The sample as text when, but for an edge cut through a character, it is in `encoding`."""
    for start in (0, 1):
        for end in (len(sample), len(sample) - 1):
            try:
                return sample[start:end].decode(encoding)
            except UnicodeDecodeError:
                continue
    return ""
