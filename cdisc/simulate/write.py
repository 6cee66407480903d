"""Writes the raw files subject by subject, and the manifest of dirt: LF line ends everywhere."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

from cdisc.errors import WriteError
from cdisc.simulate.edc_metadata import ODM_FILE
from cdisc.simulate.odm import OdmFile
from cdisc.simulate.sheets import (
    COLUMNS,
    ENCODINGS,
    TABLES,
    TRANSPORT,
    WORKBOOKS,
    Row,
    Sheets,
)
from cdisc.simulate.transport import TransportFile
from cdisc.simulate.workbooks import WorkbookFiles

MANIFEST_COLUMNS = ("case", "file", "row", "column", "note")


class _Writer(Protocol):
    def writerows(self, rows: Iterable[Row], /) -> None: ...


class RawFiles:
    """The open raw files of a study; rows go out at once, so that memory does not grow."""

    def __init__(self, out: Path) -> None:
        self._stack = ExitStack()
        self._counts = dict.fromkeys(TABLES, 0)
        self._dirt: list[tuple[str, str, int, str, str]] = []
        self._books: dict[str, WorkbookFiles] = {}
        self._out = out
        with _located(out):
            out.mkdir(parents=True, exist_ok=True)
            self._forms = OdmFile(self._stack.enter_context(_open(out / ODM_FILE)))
            self._writers = {name: self._writer(out / name) for name in COLUMNS}

    def _writer(self, path: Path) -> _Writer:
        columns = COLUMNS[path.name]
        if path.name in TRANSPORT:
            transport = TransportFile(path, columns, *TRANSPORT[path.name])
            self._stack.callback(transport.close)
            return transport
        if path.name in WORKBOOKS:
            book = WorkbookFiles(path, columns, *WORKBOOKS[path.name])
            self._books[path.name] = book
            self._stack.callback(book.close)
            return book
        writer = csv.writer(self._stack.enter_context(_open(path)), lineterminator="\n")
        writer.writerow(columns)
        return writer

    def __enter__(self) -> RawFiles:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with _located(self._out):
            if kind is None:
                self._forms.finish()
            self._stack.close()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files written, once they are closed."""
        names = ((name, self._books.get(name)) for name in (ODM_FILE, *COLUMNS))
        return tuple(
            path
            for name, book in names
            for path in ((self._out / name,) if book is None else book.paths)
        )

    @property
    def dirt(self) -> list[tuple[str, str, int, str, str]]:
        """The dirty cells, once the files are closed: case, file, data row, column, note."""
        found = []
        for case, file, row, column, note in self._dirt:
            name, place = self._books[file].place(row) if file in self._books else (file, row)
            found.append((case, name, place, column, note))
        return found

    def add(self, sheets: Sheets) -> None:
        """Append the rows of one subject and note where its dirty cells came to stand."""
        marked = {mark.table for mark in sheets.marks}
        places: dict[str, dict[int, int]] = {}
        self._forms.add(sheets.tables)
        for name, rows in sheets.tables.items():
            if name in self._writers:
                self._writers[name].writerows(rows)
            if name in marked:
                start = self._counts[name] + 1
                places[name] = {id(row): number for number, row in enumerate(rows, start)}
            self._counts[name] += len(rows)
        self._dirt.extend(
            (mark.case, mark.file, places[mark.table][id(mark.row)], mark.column, mark.note)
            for mark in sheets.marks
        )

    def add_rows(self, name: str, rows: Iterable[Row]) -> None:
        """Append rows that belong to no subject."""
        self._writers[name].writerows(rows)


def write_manifest(path: Path, dirt: list[tuple[str, str, int, str, str]]) -> None:
    """The dirty cells: case, file, 1-based data row, column, note; by case, file and row."""
    with _located(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _open(path) as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(MANIFEST_COLUMNS)
            writer.writerows(sorted(dirt))


def _open(path: Path) -> IO[str]:
    encoding = ENCODINGS.get(path.name, "utf-8")
    return path.open("w", encoding=encoding, newline="")


@contextmanager
def _located(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into an error that names the file."""
    try:
        yield
    except OSError as reason:
        raise WriteError(
            f"{path} cannot be written: {reason.strerror}",
            hint="Give a folder that you may write to.",
        ) from reason
