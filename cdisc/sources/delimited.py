"""CSV and TSV: delimited text with a header, every cell text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from cdisc.errors import Location, SourceError
from cdisc.sources.encoding import to_utf8
from cdisc.sources.header import column_names
from cdisc.sources.received import Received, blank_to_missing, drop_unnamed
from cdisc.sources.table import SourceSpec

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BLOCK = 4 << 20
_DEFAULT_DELIMITER = {"csv": ",", "tsv": "\t"}


def read_delimited(
    path: Path, file: str, spec: SourceSpec, format_: str, columns: Collection[str] | None
) -> Received:
    """Read one CSV or TSV file; only `columns` when given.

    Raises SourceError, with the line, for an empty file, text that is not in the declared
    encoding, a NUL byte, a bad header, a row with too few or too many cells, and a quoted cell
    that never ends.
    """
    delimiter = spec.delimiter or _DEFAULT_DELIMITER[format_]
    if len(delimiter.encode()) != 1 or delimiter in '"\r\n':
        raise SourceError(f"delimiter {delimiter!r} is not one plain character", at=spec.at)
    data, notes = to_utf8(path.read_bytes(), file, spec.encoding)
    if not data or data.isspace():
        raise SourceError(
            "the file is empty: it has no header",
            at=Location(file),
            hint="Ask for the transfer again",
        )
    header, body_at, header_lines = _header(data, file, spec, delimiter)
    names, unnamed, header_notes = column_names(header, file, header_lines)
    wanted = names if columns is None else [n for n in names if n in {*columns, *unnamed}]
    body = _Body(data, body_at, header_lines, file, delimiter, names)
    table = body.table([names.index(name) for name in wanted], spec.missing)
    received = Received(
        table=blank_to_missing(table.rename_columns(wanted), ()),
        available=tuple(name for name in names if name not in unnamed),
        rows=body.rows(len(table)),
        notes=(*notes, *header_notes),
    )
    return drop_unnamed(received, file, unnamed, header_lines)


def _header(
    data: bytes, file: str, spec: SourceSpec, delimiter: str
) -> tuple[list[list[str]], int, int]:
    """The header's rows, the offset of the first byte after them, and the lines they end on."""
    offset = lines = 0

    def feed() -> Iterator[str]:
        nonlocal offset, lines
        while (match := _LINE.match(data, offset)) is not None:
            offset = match.end()
            lines += 1
            yield match.group().decode("utf-8")

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    wanted = spec.header_row - 1 + spec.header_rows
    rows = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == wanted:
                break
    except csv.Error as error:
        raise SourceError(
            f"the header cannot be read: {error}", at=Location(file, lines), hint=_QUOTE_HINT
        ) from None
    if len(rows) < wanted:
        raise SourceError(
            f"the header should end in row {wanted} but the file has {len(rows)}",
            at=Location(file),
            hint="See header_row and header_rows",
        )
    return rows[spec.header_row - 1 :], offset, lines


_QUOTE_HINT = 'A quoted cell must end with a quote; a quote inside it is written twice ("")'


class _Body:
    """The records below a header: one pass when they are sound, a second to say why not."""

    def __init__(
        self, data: bytes, at: int, header_lines: int, file: str, delimiter: str, names: list[str]
    ) -> None:
        self._buffer = pa.py_buffer(data).slice(at)
        self._has_rows = len(data) > at
        self._quotes = data.count(b'"', at)
        self._header_lines = header_lines
        self._file = file
        self._delimiter = delimiter
        self._width = len(names)
        self._blank_lines: list[int] = []

    def table(self, take: list[int], missing: tuple[str, ...]) -> pa.Table:
        """The columns at the 0-based positions `take`, null where a cell is missing."""
        keys = [str(i) for i in take]
        text = {str(i): pa.large_string() for i in range(self._width)}
        if not self._has_rows:
            return pa.table({key: pa.array([], pa.large_string()) for key in keys})
        # The last column shows whether an open quote swallowed the end of the file.
        last = str(self._width - 1)
        convert = pa_csv.ConvertOptions(
            column_types=text,
            include_columns=keys if last in keys else [*keys, last],
            null_values=["", *missing],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            check_utf8=False,
        )
        try:
            table = self._parse(convert, threads=True, on_bad_row=None)
        except pa.ArrowInvalid:
            table = self._parse_with_reasons(convert)
        if self._quotes_in_doubt(table.column(last)):
            self._refuse_bad_quotes()
        return table.select(keys)

    def rows(self, count: int) -> Any:
        """The 1-based data row of each of the `count` records read; blank lines count too."""
        numbers = np.arange(1, count + len(self._blank_lines) + 1, dtype=np.int64)
        return np.delete(numbers, np.array(self._blank_lines, dtype=np.int64) - 1)

    def _parse(self, convert: Any, *, threads: bool, on_bad_row: Any) -> pa.Table:
        read = pa_csv.ReadOptions(
            column_names=[str(i) for i in range(self._width)],
            use_threads=threads,
            # A record longer than a block cannot be parsed: on the second pass nothing is cut.
            block_size=_BLOCK if threads else max(_BLOCK, min(len(self._buffer) + 1, 2**31 - 1)),
        )
        parse = pa_csv.ParseOptions(
            delimiter=self._delimiter,
            newlines_in_values=self._quotes > 0,
            ignore_empty_lines=False,
            invalid_row_handler=on_bad_row,
        )
        return pa_csv.read_csv(
            pa.BufferReader(self._buffer),
            read_options=read,
            parse_options=parse,
            convert_options=convert,
        )

    def _parse_with_reasons(self, convert: Any) -> pa.Table:
        """Parse again in order; a line of white space is a blank row, other misfits are refused."""
        ragged: list[tuple[int, int]] = []

        def on_bad_row(row: Any) -> str:
            if row.actual_columns == 1 and not row.text.strip():
                self._blank_lines.append(row.number)
            else:
                ragged.append((row.number, row.actual_columns))
            return "skip"

        try:
            table = self._parse(convert, threads=False, on_bad_row=on_bad_row)
        except pa.ArrowInvalid as error:
            raise SourceError(f"cannot be read as rows: {error}", at=Location(self._file)) from None
        if not ragged:
            return table
        if self._quotes:
            self._refuse_bad_quotes()
        number, width = ragged[0]
        line = self._line_of(number)
        more = f", and {len(ragged) - 1:,} more such rows" if len(ragged) > 1 else ""
        raise SourceError(
            f"row {number} has {width} cells but the header names {self._width} columns{more}",
            at=Location(self._file, line),
            hint=f"A cell that contains {self._delimiter!r} or a line break must be in quotes",
        )

    def _refuse_bad_quotes(self) -> None:
        """Refuse quotes that a reader could take in two ways, at the line of their record."""
        reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
        line = 0
        try:
            for _ in reader:
                line = reader.line_num
        except csv.Error as error:
            open_end = "end of data" in str(error) or "larger than" in str(error)
            what = "a quoted cell never ends" if open_end else "a quote stands inside a quoted cell"
            raise SourceError(
                f"{what} in the row that begins here",
                at=Location(self._file, self._header_lines + line + 1),
                hint=_QUOTE_HINT,
            ) from None

    def _quotes_in_doubt(self, last: pa.ChunkedArray) -> bool:
        """Whether a quote may be unpaired or inside a quoted cell, without parsing again.

        An open quote swallows the end of the file into the last cell; an inner quote has
        neither a delimiter, a line break nor another quote beside it.
        """
        if not self._quotes:
            return False
        tail = last[-1].as_py() if len(last) else None
        if self._quotes % 2 or (tail and ("\n" in tail or "\r" in tail)):
            return True
        text = np.frombuffer(self._buffer, dtype=np.uint8)
        plain = np.ones(256, dtype=np.bool_)
        plain[[*b'"\r\n', ord(self._delimiter)]] = False
        for start in range(0, len(text), _BLOCK):
            part = text[max(start - 1, 0) : start + _BLOCK + 1]
            at = np.flatnonzero(part[1:-1] == ord('"')) + 1
            if (plain[part[at - 1]] & plain[part[at + 1]]).any():
                return True
        return False

    def _lines(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self._buffer), encoding="utf-8", newline="")

    def _line_of(self, number: int) -> int:
        """The line of the file on which data row `number` begins."""
        reader = csv.reader(self._lines(), delimiter=self._delimiter)
        for _ in islice(reader, number - 1):
            pass
        return self._header_lines + reader.line_num + 1
