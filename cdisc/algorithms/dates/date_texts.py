"""Reading the distinct texts of a column in declared formats, block-wise where possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cdisc.algorithms.dates.date_formats import FormatReader, Problem
from cdisc.algorithms.dates.fixed_dates import is_fixed, read_fixed


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """For each text its ISO 8601 value (empty or null: none) and the `Problem`."""

    iso: pa.Array
    problem: npt.NDArray[np.uint8]


def read_texts(texts: pa.Array, formats: Sequence[str], unknown: Sequence[str]) -> Readings:
    """Each text's ISO 8601 value. Raises UsageError when a format cannot be understood."""
    reader = FormatReader(formats, unknown)
    count = len(texts)
    problem = np.zeros(count, dtype=np.uint8)
    # Where the value of each text stands in the pieces put end to end below; -1: nowhere yet.
    place = np.full(count, -1, dtype=np.int64)
    key = np.zeros(count, dtype=np.int64)
    pieces: list[pa.Array] = []
    taken = 0
    # With a format that is not read in blocks, only the reader of single texts sees them all.
    if not reader.excel and all(is_fixed(form) for form in reader.formats):
        for form in reader.formats:
            found = read_fixed(form, texts)
            seen = place[found.places] >= 0
            differs = seen & (key[found.places] != found.key)
            problem[found.places[differs]] = Problem.AMBIGUOUS
            new = ~seen
            place[found.places[new]] = taken + np.flatnonzero(new)
            key[found.places[new]] = found.key[new]
            pieces.append(found.iso)
            taken += len(found.iso)
    ambiguous = problem == Problem.AMBIGUOUS
    rest = np.flatnonzero(place < 0)
    readings = [reader.read(text) for text in texts.take(pa.array(rest)).to_pylist()]
    problem[rest] = [reading.problem for reading in readings]
    place[rest] = taken + np.arange(len(rest))
    pieces.append(pa.array([reading.iso for reading in readings], pa.large_string()))
    values = pa.concat_arrays(pieces).take(pa.array(place, mask=ambiguous))
    return Readings(values.fill_null(""), problem)
