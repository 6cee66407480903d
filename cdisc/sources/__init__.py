"""Raw readers: every export that a study receives becomes one shape of table, with provenance."""

from __future__ import annotations

from cdisc.sources.read import read_source
from cdisc.sources.table import SourceSpec, SourceTable

__all__ = ["SourceSpec", "SourceTable", "read_source"]
