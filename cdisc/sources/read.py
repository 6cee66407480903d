"""Read one declared source: its transfer files, in order of name, as one table of text."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cdisc.errors import Location, SourceError, did_you_mean
from cdisc.sources.dataset_json import read_dataset_json
from cdisc.sources.delimited import read_delimited
from cdisc.sources.locate import find_files
from cdisc.sources.odm import read_odm
from cdisc.sources.parquet import read_parquet
from cdisc.sources.received import Received, blank_rows, delimiter_hint, drop_blank_rows, note
from cdisc.sources.sas import read_sas7bdat, read_xpt
from cdisc.sources.table import SourceSpec, SourceTable
from cdisc.sources.xlsx import read_xlsx

EXTENSIONS = {
    "csv": "csv",
    "tsv": "tsv",
    "tab": "tsv",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "xls": "xlsx",
    "xpt": "xpt",
    "sas7bdat": "sas7bdat",
    "parquet": "parquet",
    "xml": "odm",
    "json": "dataset-json",
    "ndjson": "dataset-json",
}


def read_source(
    spec: SourceSpec, folder: Path, *, columns: Collection[str] | None = None
) -> SourceTable:
    """The source as one table of text; only `columns` of it when given (in file order).

    Several transfer files are put one after another, sorted by name; all must have the same
    columns. The rows do not depend on `columns`.

    Raises SourceError for a file that is missing, unreadable, outside `folder` or unlike the
    others, and for a declared or asked column that it does not have.
    """
    files = find_files(spec, folder)
    parts: list[Received] = []
    for name, path in files:
        part = _read_file(path, name, spec, columns)
        if parts:
            _same_columns(parts[0], files[0][0], part, name)
            part = replace(part, table=part.table.select(parts[0].table.column_names))
        parts.append(part)
    table = pa.concat_tables([part.table for part in parts])
    counts = [len(part.rows) for part in parts]
    notes = [finding for part in parts for finding in part.notes]
    if not sum(counts):
        notes.append(note(spec.file, "source_no_rows", "the source has columns but no rows"))
    return SourceTable(
        name=spec.name,
        frame=_to_frame(table, sum(counts)),
        files=tuple(name for name, _ in files),
        file_of=np.repeat(np.arange(len(files), dtype=np.int16), counts),
        row_of=_narrow(np.concatenate([part.rows for part in parts])),
        notes=tuple(replace(finding, dataset=spec.name) for finding in notes),
    )


def _read_file(
    path: Path, name: str, spec: SourceSpec, columns: Collection[str] | None
) -> Received:
    """One file, its blank rows left out; they are judged by all columns, whatever was asked."""
    received = _read_format(path, name, spec, columns)
    _require([*spec.columns, *(columns or ())], received.available, name, spec)
    blank = blank_rows(received)
    if blank.any() and len(received.available) > len(received.table.column_names):
        blank = blank_rows(_read_format(path, name, spec, None))
    return drop_blank_rows(received, name, blank)


def _read_format(
    path: Path, name: str, spec: SourceSpec, columns: Collection[str] | None
) -> Received:
    format_ = spec.format.lower() or EXTENSIONS.get(path.suffix.lower().lstrip("."), "")
    try:
        match format_:
            case "csv" | "tsv":
                return read_delimited(path, name, spec, format_, columns)
            case "xlsx":
                return read_xlsx(path, name, spec, columns)
            case "xpt":
                return read_xpt(path, name, spec, columns)
            case "sas7bdat":
                return read_sas7bdat(path, name, spec, columns)
            case "parquet":
                return read_parquet(path, name, spec, columns)
            case "odm":
                return read_odm(path, name, spec, columns)
            case "dataset-json":
                return read_dataset_json(path, name, spec, columns)
    except OSError as error:
        raise SourceError(
            f"the file cannot be read: {error.strerror or error}",
            at=Location(name),
            hint="Check that it is not open elsewhere and that you may read it",
        ) from None
    known = sorted(set(EXTENSIONS.values()))
    what = f"format {spec.format!r}" if spec.format else f"what format {name} has"
    raise SourceError(
        f"source {spec.name}: {what} is not known",
        at=spec.at,
        hint=did_you_mean(format_, known) or f"Declare format: one of {', '.join(known)}",
    )


def _require(
    wanted: Collection[str], available: Collection[str], name: str, spec: SourceSpec
) -> None:
    lacking = [column for column in dict.fromkeys(wanted) if column not in available]
    if not lacking:
        return
    hint = delimiter_hint(available) or did_you_mean(lacking[0], available)
    if not hint:
        hint = f"The file has {', '.join(list(available)[:12])}"
        hint += f" and {len(available) - 12} more" if len(available) > 12 else ""
    plural = "columns" if len(lacking) > 1 else "column"
    raise SourceError(
        f"source {spec.name} has no {plural} {', '.join(lacking)}", at=Location(name), hint=hint
    )


def _same_columns(first: Received, first_name: str, part: Received, name: str) -> None:
    """Transfer files of one source must have the same columns; their order may differ."""
    fewer = [c for c in first.available if c not in part.available]
    more = [c for c in part.available if c not in first.available]
    if not fewer and not more:
        return
    said = [f"lacks {', '.join(fewer)}"] if fewer else []
    said += [f"has {', '.join(more)} more"] if more else []
    raise SourceError(
        f"the columns are not those of {first_name}: it {' and '.join(said)}",
        at=Location(name),
        hint="All transfer files of one source need the same columns",
    )


def _narrow(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.signedinteger[Any]]:
    """Row numbers in four bytes where they fit, as they do in any file people send."""
    return rows.astype(np.int32) if int(rows.max(initial=0)) <= np.iinfo(np.int32).max else rows


def _to_frame(table: pa.Table, count: int) -> pd.DataFrame:
    """Arrow text as pandas `str` columns; the memory is shared, not copied."""
    if not table.column_names:
        return pd.DataFrame(index=pd.RangeIndex(count))
    text = pd.StringDtype(na_value=np.nan)
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.large_string(): text}.get)
    return frame
