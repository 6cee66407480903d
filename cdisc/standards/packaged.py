"""The standards' facts that are packaged with the toolkit, by file name.

A catalogue is `data/<standard>-<version>.json` (`sdtmig-3.4.json`), a terminology release
`data/<package>-<date>.json.gz` (`sdtmct-2025-03-28.json.gz`). `scripts/build_catalogue.py`
writes both; docs/decisions/standards-catalogue.md describes their layout.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib.resources import files

_CATALOGUE_FILE = re.compile(r"([a-z]+)-([0-9.]+)\.json")
_TERMINOLOGY_FILE = re.compile(r"([a-z-]+ct)-(\d{4}-\d{2}-\d{2})\.json\.gz")


@cache
def packaged_catalogues() -> tuple[tuple[str, str], ...]:
    """The packaged catalogues, sorted, as (standard in lower case, version)."""
    return _matching(_CATALOGUE_FILE)


@cache
def packaged_terminologies() -> tuple[tuple[str, str], ...]:
    """The packaged terminology releases, sorted, as (package, release date)."""
    return _matching(_TERMINOLOGY_FILE)


def read_catalogue(standard: str, version: str) -> bytes:
    """The JSON of a packaged catalogue, a pair from `packaged_catalogues`."""
    return (files(__package__) / "data" / f"{standard}-{version}.json").read_bytes()


def read_terminology(package: str, version: str) -> bytes:
    """The unpacked JSON of a packaged release, a pair from `packaged_terminologies`."""
    packed = (files(__package__) / "data" / f"{package}-{version}.json.gz").read_bytes()
    return gzip.decompress(packed)


def _matching(pattern: re.Pattern[str]) -> tuple[tuple[str, str], ...]:
    names = sorted(entry.name for entry in (files(__package__) / "data").iterdir())
    found = (pattern.fullmatch(name) for name in names)
    return tuple((match[1], match[2]) for match in found if match)
