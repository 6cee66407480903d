"""Raw readers: every export that a study receives becomes one shape of table, with provenance."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from cdisc.sources.table import SourceSpec, SourceTable

__all__ = ["SourceSpec", "SourceTable", "read_source"]


def read_source(
    spec: SourceSpec, folder: Path, *, columns: Collection[str] | None = None
) -> SourceTable:
    """The source as one table of text; see `cdisc.sources.read.read_source`.

    The readers load pandas and pyarrow, which checking specs alone does not need: they are
    imported when a file is read.
    """
    from cdisc.sources.read import read_source as read

    return read(spec, folder, columns=columns)
