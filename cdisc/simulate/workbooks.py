"""Raw files as Excel workbooks, in as many transfers as a sheet's rows ask for.

A sheet holds 1,048,576 rows. One transfer is `name.xlsx`; several are `name_01.xlsx`,
`name_02.xlsx`. Rows go to disk at once, so that memory does not grow.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from cdisc.errors import UsageError
from cdisc.simulate.sheets import Row

ROWS_OF_A_SHEET = 1_048_576
# The time that workbooks carry; a clock would make every export another file.
_MADE = datetime(2025, 7, 15, 12)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


class WorkbookFiles:
    """Rows of text written to one sheet, and to further workbooks when it is full."""

    def __init__(
        self,
        path: Path,
        columns: Sequence[str],
        sheet: str,
        numbers: frozenset[str],
        most_rows: int = ROWS_OF_A_SHEET,
    ) -> None:
        """`numbers` are the columns whose cells are numbers; `most_rows` counts header rows too.

        Raises UsageError when XlsxWriter is not installed.
        """
        try:
            from xlsxwriter import Workbook
        except ImportError:
            raise UsageError(
                "the simulator writes Excel workbooks with XlsxWriter, which is not installed",
                hint='pip install "cdisc[simulate]"',
            ) from None
        self._make = Workbook
        self._path, self._columns, self._title = path, tuple(columns), sheet
        self._numeric = tuple(column in numbers for column in columns)
        self._most = most_rows
        self._parts: list[Path] = []
        self._starts: list[int] = []
        self._written = 0
        _remove_earlier(path)
        self._open()

    def writerows(self, rows: Iterable[Row]) -> None:
        """Append rows; an empty cell is left out."""
        for row in rows:
            if self._next == self._most:
                self._finish()
                self._open()
            for place, cell in enumerate(row):
                if cell and self._numeric[place]:
                    self._sheet.write_number(self._next, place, float(cell))
                elif cell:
                    self._sheet.write_string(self._next, place, cell)
            self._next += 1
            self._written += 1

    def close(self) -> None:
        """Finish the last workbook and give all of them their names."""
        self._finish()
        for number, part in enumerate(self._parts, 1):
            part.replace(self._name(number))

    def place(self, row: int) -> tuple[str, int]:
        """The file, and the 1-based data row there, of a 1-based row of all; once closed."""
        number = sum(start < row for start in self._starts)
        return self._name(number).name, row - self._starts[number - 1]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The workbooks written; once closed."""
        return tuple(self._name(number) for number in range(1, len(self._parts) + 1))

    def _name(self, number: int) -> Path:
        if len(self._parts) == 1:
            return self._path
        return self._path.with_name(f"{self._path.stem}_{number:02d}{self._path.suffix}")

    def _open(self) -> None:
        part = self._path.with_name(f".{self._path.stem}_{len(self._parts) + 1:02d}.part")
        self._starts.append(self._written)
        self._parts.append(part)
        self._book = self._make(str(part), {"constant_memory": True})
        self._book.set_properties({"title": self._path.stem, "created": _MADE})
        self._sheet: Any = self._book.add_worksheet(self._title)
        self._next = self._header()

    def _header(self) -> int:
        """One header row, or two with the groups in merged cells; how many there are."""
        if not any("." in column for column in self._columns):
            for place, column in enumerate(self._columns):
                self._sheet.write_string(0, place, column)
            return 1
        bold = self._book.add_format({"bold": True, "align": "center"})
        place = 0
        for top, group in groupby(self._columns, key=lambda column: column.partition(".")[0]):
            width = len(list(group))
            if width > 1 and "." in self._columns[place]:
                self._sheet.merge_range(0, place, 0, place + width - 1, top, bold)
            elif "." in self._columns[place]:
                self._sheet.write_string(0, place, top, bold)
            place += width
        for place, column in enumerate(self._columns):
            self._sheet.write_string(1, place, column.rpartition(".")[2])
        return 2

    def _finish(self) -> None:
        self._book.close()
        _with_fixed_entries(self._parts[-1])


def _remove_earlier(path: Path) -> None:
    """An export of another size may have left another number of transfers."""
    transfer = re.compile(rf"{re.escape(path.stem)}(_\d\d+)?{re.escape(path.suffix)}")
    for other in path.parent.glob(f"{path.stem}*{path.suffix}"):
        if transfer.fullmatch(other.name):
            other.unlink()


def _with_fixed_entries(path: Path) -> None:
    """Write the archive again with entries that carry no time, system or file mode."""
    again = path.with_suffix(".again")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(again, "w") as new:
        for entry in old.infolist():
            fixed = zipfile.ZipInfo(entry.filename, _ZIP_DATE)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.create_system = 0
            fixed.file_size = entry.file_size
            with old.open(entry) as content, new.open(fixed, "w") as copy:
                shutil.copyfileobj(content, copy, 1 << 20)
    again.replace(path)
