"""Lineage in the package: one Parquet file a dataset, whatever parts it comes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from cdisc.model import Edges
from cdisc.pipeline.spool import Spool
from cdisc.spec import StudySpec

ROW_GROUP = 1 << 20
"""Edges of a row group; fixed, so that the bytes do not tell how the study was divided."""

Columns = tuple[npt.NDArray[np.int64], ...]


def write_lineage(study: StudySpec, spool: Spool, folder: Path) -> None:
    """`<dataset>.parquet`: child row, role, parent and parent row, all 0-based."""
    folder.mkdir(parents=True)
    for name in spool.names_with_edges:
        roles = _roles(study, name, spool.edges(name))
        parents = next(spool.edges(name)).parents
        schema = pa.schema(
            {
                "child": pa.int32(),
                "role": pa.dictionary(pa.int16(), pa.string()),
                "parent": pa.dictionary(pa.int16(), pa.string()),
                "parent_row": pa.int32(),
            }
        )
        file = folder / f"{name.lower()}.parquet"
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for columns in _groups(_numbered(spool.edges(name), roles)):
                writer.write_table(_table(columns, roles, parents, schema), ROW_GROUP)


def _roles(study: StudySpec, name: str, parts: Iterable[Edges]) -> tuple[str, ...]:
    """The roles of all parts: rows and lookups, then variables in the order of the spec."""
    spec = study.datasets.get(name)
    places: Mapping[str, int] = {}
    if spec is not None:
        places = {v: number for number, v in enumerate((*spec.variables, *spec.supplemental), 1)}
    found = list(dict.fromkeys(role for edges in parts for role in edges.roles))
    return tuple(sorted(found, key=lambda role: places.get(role, 0)))


def _numbered(parts: Iterable[Edges], roles: tuple[str, ...]) -> Iterator[Columns]:
    """Child, role, parent and parent row of each part, roles numbered as in the whole."""
    for edges in parts:
        number = np.array([roles.index(role) for role in edges.roles], dtype=np.int64)
        yield edges.child, number[edges.role], edges.parent.astype(np.int64), edges.parent_row


def _groups(parts: Iterable[Columns]) -> Iterator[Columns]:
    """The parts put together and cut into row groups; the last one may be short or empty."""
    waiting: list[Columns] = []
    size = 0
    written = False
    for part in parts:
        waiting.append(part)
        size += len(part[0])
        while size >= ROW_GROUP:
            whole = _joined(waiting)
            yield tuple(column[:ROW_GROUP] for column in whole)
            waiting = [tuple(column[ROW_GROUP:] for column in whole)]
            size -= ROW_GROUP
            written = True
    if size or not written:
        yield _joined(waiting)


def _joined(parts: list[Columns]) -> Columns:
    return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _table(
    columns: Columns, roles: tuple[str, ...], parents: tuple[str, ...], schema: pa.Schema
) -> pa.Table:
    child, role, parent, parent_row = columns
    texts = [
        pa.DictionaryArray.from_arrays(pa.array(codes, pa.int16()), pa.array(names, pa.string()))
        for codes, names in ((role, roles), (parent, parents))
    ]
    arrays = [pa.array(child, pa.int32()), *texts, pa.array(parent_row, pa.int32())]
    return pa.table(arrays, schema=schema)
