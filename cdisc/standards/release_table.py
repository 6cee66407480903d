"""A terminology release as a table: tab-delimited text, comma-separated text, Excel.

Columns as NCI EVS publishes them, in any order; a codelist's row has no Codelist Code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cdisc.errors import Location, SourceError, did_you_mean
from cdisc.standards.release_rows import ReleaseRow, ReleaseRows

_COLUMNS = (
    "Code",
    "Codelist Code",
    "Codelist Extensible (Yes/No)",
    "Codelist Name",
    "CDISC Submission Value",
    "CDISC Synonym(s)",
    "NCI Preferred Term",
)
_STATED_COLUMN = "Standard and Date"


def read_delimited(path: Path) -> ReleaseRows:
    """Read tab-delimited text, or comma-separated text when the ending is .csv.

    The text is UTF-8, or else Windows-1252, in which spreadsheet programs save text.

    Raises:
        SourceError: the text cannot be decoded, or a column or field is missing.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"the file cannot be read: {error.strerror}", at=Location(file=str(path))
        ) from error
    text = _decode(path, content)
    lines = text.replace("\r\n", "\n").split("\n")
    if path.suffix.lower() == ".csv":
        numbered = _csv_rows(path, lines)
    else:
        # Published text has no quoting; only fields that a spreadsheet quoted are unquoted.
        numbered = (
            (number, [_unquote(field) for field in line.split("\t")])
            for number, line in enumerate(lines, start=1)
            if line.strip()
        )
    return _rows(path, numbered)


def read_workbook(path: Path) -> ReleaseRows:
    """Read the one sheet that has the published columns (`SDTM Terminology 2025-03-28`).

    Raises:
        SourceError: the workbook is unreadable, or not exactly one sheet has the columns.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # not needed to look terms up

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
    except (CalamineError, OSError) as error:
        raise SourceError(
            f"the workbook cannot be read: {error}", at=Location(file=str(path))
        ) from error
    published = [name for name, cells in sheets.items() if cells and not _missing(cells[0])]
    if len(published) != 1:
        found = ", ".join(published) or "none"
        raise SourceError(
            f"one sheet should have the published columns; those that have: {found}",
            at=Location(file=str(path)),
            hint=f"The columns are {', '.join(_COLUMNS)}",
        )
    cells = sheets[published[0]]
    numbered = (
        (number, [_cell_text(cell) for cell in row])
        for number, row in enumerate(cells, start=1)
        if any(cell != "" for cell in row)
    )
    found_rows = _rows(path, numbered)
    return ReleaseRows((*found_rows.stated, published[0]), found_rows.rows)


def _decode(path: Path, content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError(
        "the text is neither UTF-8 nor Windows-1252",
        at=Location(file=str(path)),
        hint="Download the release again, without opening and saving it in between",
    )


def _csv_rows(path: Path, lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, strict=True)
    try:
        for fields in reader:
            if fields:
                yield reader.line_num, fields
    except csv.Error as error:
        raise SourceError(
            f"the line is not comma-separated text: {error}",
            at=Location(file=str(path), line=reader.line_num),
        ) from error


def _rows(path: Path, numbered: Iterable[tuple[int, list[str]]]) -> ReleaseRows:
    iterator = iter(numbered)
    line, header = next(iterator, (1, []))
    missing = _missing(header)
    if missing:
        hint = did_you_mean(missing[0], header)
        raise SourceError(
            f"the column {missing[0]!r} of a published terminology release is missing",
            at=Location(file=str(path), line=line),
            hint=hint or "The file should be as downloaded from NCI EVS, column names first",
        )
    names = [_name(field) for field in header]
    places = [names.index(_name(column)) for column in _COLUMNS]
    stated_place = names.index(_name(_STATED_COLUMN)) if _name(_STATED_COLUMN) in names else None
    needed = max(places) + 1
    stated, rows = "", []
    for line, fields in iterator:
        if len(fields) < needed:
            raise SourceError(
                f"the line has {len(fields)} fields of the {len(header)} that the header names",
                at=Location(file=str(path), line=line),
                hint="Download the release again; it may have been cut off",
            )
        code, codelist_code, extensible, label, value, synonyms, decode = (
            fields[place].strip() for place in places
        )
        rows.append(
            ReleaseRow(line, code, codelist_code, extensible, label, value, synonyms, decode)
        )
        if stated_place is not None and not stated and stated_place < len(fields):
            stated = fields[stated_place].strip()
    return ReleaseRows((stated,) if stated else (), rows)


def _missing(header: Sequence[object]) -> list[str]:
    names = {_name(str(field)) for field in header}
    return [column for column in _COLUMNS if _name(column) not in names]


def _name(field: str) -> str:
    return " ".join(field.split()).casefold()


def _unquote(field: str) -> str:
    if len(field) >= 2 and field[0] == field[-1] == '"':
        return field[1:-1].replace('""', '"')
    return field


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
