"""What study.yaml declares for one source, and the table that reading it gives."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cdisc.errors import Location
from cdisc.model import Finding

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """One source as declared: where its file is and how to read it.

    `file` is a path inside the data folder or a pattern of transfer files (`lab_*.csv`);
    `format` is csv, tsv, xlsx, xpt, sas7bdat, parquet, odm or dataset-json, empty for what the
    file name's extension says; `encoding` any Python codec name; `delimiter` one character,
    empty for the format's own; `sheet` a sheet name or its 1-based position, or the item group
    of an ODM file; the names of the columns stand in `header_rows` rows from row `header_row`
    on (1-based; rows above it are titles); `missing` lists texts that mean missing besides the
    empty cell; `columns` the columns that must be there; `at` is where the declaration stands.
    """

    name: str
    file: str
    format: str = ""
    encoding: str = "utf-8"
    delimiter: str = ""
    sheet: str | int = ""
    header_row: int = 1
    header_rows: int = 1
    missing: tuple[str, ...] = ()
    columns: Collection[str] = ()
    at: Location = field(default_factory=Location)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceTable:
    """One source as received: every cell is text, every row knows its file and place.

    `frame` has pandas `str` dtype in all columns, in file order: text exactly as received
    (nothing stripped, `007` and `1.10` kept), NaN for an empty or blank cell. Numbers, dates
    and booleans of typed formats come as canonical text (see `cdisc.sources.text`). `files`
    are the file names below the data folder; `file_of` indexes them, one entry a row;
    `row_of` is the 1-based data row in that file: the row a spreadsheet program shows, less
    the rows down to the header's last. Blank rows are left out of `frame` but counted.
    `notes` are findings about the files themselves.
    """

    name: str
    frame: pd.DataFrame
    files: tuple[str, ...]
    file_of: npt.NDArray[np.int16]
    row_of: npt.NDArray[np.signedinteger[Any]]
    notes: tuple[Finding, ...] = ()
