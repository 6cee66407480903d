"""Parquet: typed columns as canonical text."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

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
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise SourceError(
            f"cannot be read as Parquet: {error}",
            at=Location(file),
            hint="Ask for the transfer again",
        ) from None
    texts = []
    for name in wanted:
        try:
            texts.append(arrow_text(table.column(name)))
        except pa.ArrowNotImplementedError as error:
            raise SourceError(str(error), at=Location(file, name=f"column {name}")) from None
    text = pa.table(texts, names=wanted) if texts else table
    return Received(
        table=blank_to_missing(text, ("", *spec.missing)),
        available=tuple(names),
        rows=np.arange(1, opened.metadata.num_rows + 1, dtype=np.int64),
    )
