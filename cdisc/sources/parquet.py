"""Parquet: typed columns as canonical text."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cdisc.errors import Location, SourceError
from cdisc.sources.header import column_names
from cdisc.sources.received import Received, blank_to_missing
from cdisc.sources.table import SourceSpec
from cdisc.sources.text import arrow_text


def read_parquet(
    path: Path, file: str, spec: SourceSpec, columns: Collection[str] | None
) -> Received:
    """Read one Parquet file; only `columns` when given.

    Raises SourceError for a file that is not whole Parquet and for a column whose cells are
    not single values (lists, structures, bytes).
    """
    import pyarrow.parquet as pq

    try:
        opened = pq.ParquetFile(path)
        names, unnamed, _ = column_names([opened.schema_arrow.names], file, 1)
        if unnamed:
            raise SourceError(f"{unnamed[0]} has no name", at=Location(file))
        wanted = [n for n in opened.schema_arrow.names if columns is None or n in columns]
        table = opened.read(columns=wanted)
        table.validate(full=True)
        texts = [_text(table.column(name), file, name) for name in wanted]
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise _unreadable(str(error), file) from None
    count = opened.metadata.num_rows
    if table.num_rows != count:
        raise _unreadable(f"it says {count:,} rows but holds {table.num_rows:,}", file)
    text = pa.table(texts, names=wanted) if texts else table
    return Received(
        table=blank_to_missing(text, ("", *spec.missing)),
        available=tuple(names),
        rows=np.arange(1, count + 1, dtype=np.int64),
    )


def _text(column: pa.ChunkedArray, file: str, name: str) -> Any:
    try:
        return arrow_text(column)
    except pa.ArrowNotImplementedError as error:
        raise SourceError(str(error), at=Location(file, name=f"column {name}")) from None


def _unreadable(reason: str, file: str) -> SourceError:
    return SourceError(
        f"cannot be read as Parquet: {reason}", at=Location(file), hint="Ask for the transfer again"
    )
