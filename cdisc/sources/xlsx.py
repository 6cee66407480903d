"""Excel workbooks: one sheet, its header (merged cells included) and cells as text."""

from __future__ import annotations

import gc
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cdisc.errors import Location, SourceError, did_you_mean
from cdisc.model import Finding
from cdisc.sources.header import column_names
from cdisc.sources.received import Received, blank_to_missing, drop_unnamed, note
from cdisc.sources.table import SourceSpec
from cdisc.sources.text import cell_array, cell_texts

_PIECE = 4 << 20
_CELL_ERROR = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*? t="e"')
_NO_VALUE = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*><f[^<]*</f>(?:<v ?/>|<v></v>)?</c>')


_ZIP = b"PK"
_COMPOUND = bytes.fromhex("d0cf11e0")
"""How a workbook begins: .xlsx, and what Excel makes of one with a password (or .xls)."""


def read_xlsx(path: Path, file: str, spec: SourceSpec, columns: Collection[str] | None) -> Received:
    """Read one sheet of one workbook; only `columns` when given.

    Cells of a column that holds times of day are all given as date-times, because Excel has no
    other sign for midnight. Cells with an Excel error, or a formula whose result was not
    stored, are missing, with a finding.

    Raises SourceError for a file that is no workbook, a sheet that is not there or not named
    among several, and a bad header.
    """
    with _without_collection():
        return _read(path, file, spec, columns)


def _no_workbook(path: Path, file: str) -> SourceError:
    """Why a file cannot be read, by how it begins; the library's words help nobody."""
    with path.open("rb") as content:
        begin = content.read(4)
    hint = "Open it in Excel, remove any password and save it as .xlsx"
    if begin.startswith(_ZIP):
        why, hint = "it is cut short or damaged", "Ask for the transfer again"
    elif begin == _COMPOUND:
        why = "it has a password or is an old one"
    else:
        why = "it holds something else" if begin else "it is empty"
    return SourceError(f"cannot be read as an Excel workbook: {why}", at=Location(file), hint=hint)


@contextmanager
def _without_collection() -> Iterator[None]:
    """No search for garbage: it walks through millions of cells and finds none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(path: Path, file: str, spec: SourceSpec, columns: Collection[str] | None) -> Received:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            listed = workbook.sheets_metadata
            sheets = [s.name for s in listed if s.typ == SheetTypeEnum.WorkSheet]
            hidden = {s.name for s in listed if s.visible != SheetVisibleEnum.Visible}
            chosen = _sheet(sheets, hidden, spec, file)
            sheet = workbook.get_sheet_by_name(chosen)
            rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
            merged = sheet.merged_cell_ranges or []
        unreadable = _unreadable_cells(path, file)
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        raise _no_workbook(path, file) from None
    if not rows:
        raise SourceError(f"sheet {chosen} is empty: it has no header", at=Location(file))
    end = spec.header_row - 1 + spec.header_rows
    if len(rows) < end:
        raise SourceError(
            f"the header should end in row {end} but sheet {chosen} has {len(rows)}",
            at=Location(file),
            hint="See header_row and header_rows",
        )
    header = [cell_texts(row) for row in rows[spec.header_row - 1 : end]]
    spread = _spread_merged(header, merged, spec.header_row - 1)
    names, unnamed, notes = column_names(header, file, end, fill=not spread)
    wanted = [n for n in names if columns is None or n in columns or n in unnamed]
    cells = list(zip(*rows[end:], strict=True)) or [()] * len(names)
    text = [cell_array(cells[names.index(n)]) for n in wanted]
    received = Received(
        table=blank_to_missing(pa.table(text, names=wanted), ("", *spec.missing)),
        available=tuple(name for name in names if name not in unnamed),
        rows=np.arange(1, len(rows) - end + 1, dtype=np.int64),
        notes=(*notes, *unreadable),
    )
    return drop_unnamed(received, file, unnamed, end)


def _sheet(sheets: list[str], hidden: set[str], spec: SourceSpec, file: str) -> str:
    """The declared sheet, by name or position; without one, the only visible sheet."""
    known = f"Its sheets: {', '.join(sheets)}"
    if spec.sheet == "":
        visible = [name for name in sheets if name not in hidden]
        if len(visible) != 1:
            raise SourceError(
                f"the workbook has {len(visible)} visible sheets and none is declared",
                at=Location(file),
                hint=f"Declare sheet. {known}",
            )
        return visible[0]
    wanted = str(spec.sheet)
    if wanted in sheets:
        return wanted
    if wanted.isdecimal() and 1 <= int(wanted) <= len(sheets):
        return sheets[int(wanted) - 1]
    near = did_you_mean(wanted, sheets)
    raise SourceError(
        f"the workbook has no sheet {wanted}", at=Location(file), hint=f"{near} {known}".strip()
    )


def _spread_merged(
    header: list[list[str]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]], top: int
) -> bool:
    """Write the text of merged cells into each upper header cell they cover, in place.

    True when the header has such cells; without any, a blank upper cell belongs to its left.
    """
    spread = False
    for (first_row, first_column), (_, last_column) in merged:
        row = first_row - top
        if 0 <= row < len(header) - 1 and last_column > first_column:
            width = last_column - first_column + 1
            header[row][first_column : last_column + 1] = [header[row][first_column]] * width
            spread = True
    return spread


def _unreadable_cells(path: Path, file: str) -> list[Finding]:
    """Warnings on cells that the reader gives as empty although Excel shows something there."""
    if not zipfile.is_zipfile(path):
        return []
    errors: list[bytes] = []
    formulas: list[bytes] = []
    for content in _sheet_xml(path):
        # Most workbooks have neither: a plain search is many times faster than the pattern.
        if b't="e"' in content:
            errors += _CELL_ERROR.findall(content)
        if b"<f" in content:
            formulas += _NO_VALUE.findall(content)
    return [
        note(
            file,
            rule,
            f"{message}: {len(found):,} in the workbook, first {found[0].decode()}",
            warn=True,
        )
        for found, rule, message in (
            (errors, "source_cell_error", "cells with an Excel error are missing"),
            (formulas, "source_formula", "formulas without a stored result are missing"),
        )
        if found
    ]


def _sheet_xml(path: Path) -> Iterator[bytes]:
    """The XML of all sheets, by pieces that end with a row."""
    with zipfile.ZipFile(path) as parts:
        for name in sorted(parts.namelist()):
            if not name.startswith("xl/worksheets/sheet"):
                continue
            rest = b""
            with parts.open(name) as stream:
                while chunk := stream.read(_PIECE):
                    content, end, rest = (rest + chunk).rpartition(b"</row>")
                    yield content + end
            yield rest
