"""Tables of raw data for the study in the folder beside this file, in any combination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from cdisc.algorithms.columns.uniques import TEXT
from cdisc.build import Inputs
from cdisc.sources import SourceTable

Cells = Sequence[tuple[str | None, ...]]

COLUMNS = {
    "dm": ("SUBJ", "N", "SITE", "AGE", "SEX", "ARM"),
    "ae": ("SUBJ", "N", "TERM", "DAY", "SEVERITY", "SIDE", "DRUG"),
    "old": ("SUBJ", "N", "TERM", "DAY", "SEVERITY", "DRUG"),
    "dose": ("SUBJ", "N", "DRUG", "DAY", "AMOUNT", "UNIT"),
    "vs": ("SUBJ", "N", "DAY", "SYS", "WEIGHT", "UNIT"),
    "sites": ("CODE", "COUNTRY"),
}
SUBJECTS = ("01", "02", "03", "04")
SITES = (("10", "CHN"), ("20", "FRA"), ("30", "USA"), ("30", "CAN"))
VALUES = {
    "SITE": ("10", "20", "30", "40", None),
    "AGE": ("44", "4 4", "50.0", None),
    "SEX": ("F", "M", "U", None),
    "ARM": ("A", None),
    "TERM": ("Gout", "Pain", "gout", None),
    "DAY": ("2024-01-01", "2024-01-02", "2024-01-03", "2024-01", None),
    "SEVERITY": ("1", "3", "three", None),
    "SIDE": ("LEFT", None),
    "DRUG": ("A", "B", None),
    "AMOUNT": ("0.1", "0.2", "0.3", "ten", "10", None),
    "SYS": ("120", "140", "high", None),
    "WEIGHT": ("70", "70.10", None),
    "UNIT": ("kg", "lb", None),
}


def source_table(name: str, columns: Sequence[str], cells: Cells) -> SourceTable:
    """Records as a source reader gives them."""
    parts = zip(*cells, strict=True) if cells else [() for _ in columns]
    frame = pd.DataFrame(
        {
            column: pd.Series(list(part), dtype=TEXT)
            for column, part in zip(columns, parts, strict=True)
        }
    )
    count = len(cells)
    return SourceTable(
        name=name,
        frame=frame,
        files=(f"{name}.csv",),
        file_of=np.zeros(count, dtype=np.int16),
        row_of=np.arange(1, count + 1),
    )


def inputs_of(tables: Mapping[str, Cells]) -> Inputs:
    """The inputs of the study of these tests, from the records of its sources."""
    return Inputs({name: source_table(name, COLUMNS[name], tables[name]) for name in COLUMNS})


@st.composite
def raw_data(draw: st.DrawFn, *, unique: bool = False) -> dict[str, Cells]:
    """Records of all sources; N is a number of the record, which nothing else has if `unique`."""
    tables: dict[str, Cells] = {"sites": SITES}
    for name, columns in COLUMNS.items():
        if name == "sites":
            continue
        subjects = st.sampled_from((*SUBJECTS, None))
        others = [st.sampled_from(VALUES[column]) for column in columns[2:]]
        cells = draw(st.lists(st.tuples(subjects, *others), max_size=12))
        numbers = [str(n) for n in range(10, 10 + len(cells))]
        if not unique:
            shape = st.sampled_from(("1", "2", "3"))
            numbers = draw(st.lists(shape, min_size=len(cells), max_size=len(cells)))
        tables[name] = [(c[0], n, *c[1:]) for c, n in zip(cells, numbers, strict=True)]
    return tables
