"""Writes the raw files and the manifest of dirt: UTF-8 but for the laboratory, LF line ends."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from cdisc.errors import WriteError
from cdisc.simulate.sheets import COLUMNS, ENCODINGS, Sheets

MANIFEST_COLUMNS = ("case", "file", "row", "column", "note")


def write_raw(out: Path, sheets: Sheets) -> tuple[Path, ...]:
    """One CSV per raw file into `out`, which is made when absent; the paths in fixed order."""
    paths = []
    for name, columns in COLUMNS.items():
        path = out / name
        _write(path, columns, sheets.tables[name], ENCODINGS.get(name, "utf-8"))
        paths.append(path)
    return tuple(paths)


def write_manifest(path: Path, sheets: Sheets) -> None:
    """The dirty cells: case, file, 1-based data row, column, note; by case, file and row."""
    places = {
        name: {id(row): number for number, row in enumerate(rows, start=1)}
        for name, rows in sheets.tables.items()
    }
    rows = sorted(
        (mark.case, mark.file, places[mark.file][id(mark.row)], mark.column, mark.note)
        for mark in sheets.marks
    )
    _write(path, MANIFEST_COLUMNS, rows, "utf-8")


def _write(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], encoding: str
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(buffer.getvalue().encode(encoding))
    except OSError as reason:
        raise WriteError(
            f"{path} cannot be written: {reason.strerror}",
            hint="Give a folder that you may write to.",
        ) from reason
