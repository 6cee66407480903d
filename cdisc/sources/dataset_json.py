"""CDISC Dataset-JSON 1.1, as one JSON object or as NDJSON (one row a line)."""

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
from cdisc.sources.text import cell_texts

_AGAIN = "Ask for the transfer again"


def read_dataset_json(
    path: Path, file: str, spec: SourceSpec, columns: Collection[str] | None
) -> Received:
    """Read one Dataset-JSON file; only `columns` when given.

    Raises SourceError for what is not Dataset-JSON, a row with another number of values than
    there are columns, a value that is a list or an object, and a number of rows other than
    `records` says (a file cut short).
    """
    head, rows = _load(path, file)
    declared = head.get("columns")
    if not isinstance(declared, list) or not all(
        isinstance(c, dict) and isinstance(c.get("name"), str) for c in declared
    ):
        raise SourceError("is not Dataset-JSON: it has no columns", at=Location(file), hint=_AGAIN)
    names, unnamed, _ = column_names([[c["name"] for c in declared]], file, 1)
    if unnamed:
        raise SourceError(f"{unnamed[0]} has no name", at=Location(file), hint=_AGAIN)
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or len(row) != len(names):
            raise SourceError(
                f"row {number} is not a list of {len(names)} values", at=Location(file), hint=_AGAIN
            )
    records = head.get("records")
    if isinstance(records, int) and records != len(rows):
        raise SourceError(
            f"the file says it has {records:,} rows but holds {len(rows):,}",
            at=Location(file),
            hint=_AGAIN,
        )
    cells: list[Any] = list(zip(*rows, strict=True)) or [()] * len(names)
    wanted = [name for name in names if columns is None or name in columns]
    texts = []
    for name in wanted:
        values = cells[names.index(name)]
        if {list, dict} & set(map(type, values)):
            raise SourceError(
                "a value is a list or an object", at=Location(file, name=f"column {name}")
            )
        texts.append(pa.array(cell_texts(values), pa.large_string()))
    return Received(
        table=blank_to_missing(pa.table(texts, names=wanted), ("", *spec.missing)),
        available=tuple(names),
        rows=np.arange(1, len(rows) + 1, dtype=np.int64),
    )


def _load(path: Path, file: str) -> tuple[dict[str, Any], list[Any]]:
    """The metadata and the rows."""
    data = path.read_bytes()
    rows: Any
    if path.suffix.lower() == ".ndjson":
        first, *rest = data.splitlines() or [b""]
        head = _parse(first, file, 1)
        rows = [_parse(text, file, line) for line, text in enumerate(rest, 2) if text.strip()]
    else:
        head = _parse(data, file, 1)
        rows = head.get("rows", []) if isinstance(head, dict) else None
    if not isinstance(head, dict) or not isinstance(rows, list):
        raise SourceError("is not Dataset-JSON", at=Location(file), hint=_AGAIN)
    return head, rows


def _parse(text: bytes, file: str, line: int) -> Any:
    """One JSON document that begins on `line` of the file."""
    import orjson

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        at = Location(file, line + error.lineno - 1, error.colno)
        raise SourceError(f"is not JSON: {error.msg}", at=at, hint=_AGAIN) from None
