"""Inputs cut into partitions of persons, so that a study of any size is built piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.columns.uniques import distinct, spread_array
from cdisc.build.inputs import Inputs
from cdisc.build.persons import rows_of
from cdisc.sources import SourceTable
from cdisc.spec import StudySpec

Positions = npt.NDArray[np.int64]


def person_columns(study: StudySpec, whole: Inputs) -> dict[str, pd.Series[Any]]:
    """For each source with subjects, by name, the person of each of its records."""
    return {
        name: table.frame[study.sources[name].person]
        for name, table in whole.tables.items()
        if name in study.sources and study.sources[name].person
    }


def partitions(study: StudySpec, whole: Inputs, size: int) -> Iterator[Inputs]:
    """The inputs of `size` persons at a time, in the order of their names by code point.

    The records of a person are all in one part, in the order of the whole; those without a
    person are in the first. Sources without subjects, and tables, are whole in every part.
    Reading the parts one after another gives every record of a source with subjects exactly
    once; a study without persons is one part. What reading had to say stays with the whole.

    Args:
        study: The specs.
        whole: The inputs as read.
        size: Persons a part, at least 1.

    Yields:
        Inputs of a part; its `positions` say where its records stand in the whole.
    """
    columns = person_columns(study, whole)
    coded = {name: distinct(column) for name, column in columns.items()}
    texts = [values.array for values in coded.values() if len(values.array)]
    people = pc.unique(pa.concat_arrays(texts)) if texts else pa.array([], pa.large_string())
    people = people.take(pc.sort_indices(people))
    rows: dict[str, list[Positions]] = {}
    count = max(1, -(-len(people) // max(size, 1)))
    for name, values in coded.items():
        rank = np.asarray(pc.index_in(values.array, people), dtype=np.int64)
        part = spread_array(values.codes, rank // max(size, 1), 0)
        rows[name] = _grouped(part, count)
    for number in range(count):
        tables: dict[str, SourceTable] = {}
        positions: dict[str, npt.NDArray[np.int32]] = {}
        for name, table in whole.tables.items():
            if name not in rows:
                tables[name] = replace(table, notes=())
                continue
            mine = rows[name][number]
            tables[name] = rows_of(table, mine)
            positions[name] = mine.astype(np.int32)
        yield replace(whole.part(tables), positions=positions)


def _grouped(part: Positions, count: int) -> list[Positions]:
    """The positions of the rows of each part, ascending."""
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(count + 1))
    return [order[bounds[n] : bounds[n + 1]] for n in range(count)]
