"""Moving records takes their columns, raw places and parents along."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.columns.uniques import TEXT
from cdisc.build.rowset import Parents, RowSet, joined, stacked, taken

COUNT = 4


def rows_of(parents: list[tuple[int, int]], values: list[str | None]) -> RowSet:
    """Records with these parent edges (record, parent row)."""
    child, row = zip(*parents, strict=True) if parents else ((), ())
    edges = Parents(
        np.array(child, dtype=np.int32),
        np.zeros(len(parents), dtype=np.int16),
        np.array(row, dtype=np.int32),
    )
    count = len(values)
    return RowSet(
        {"A": pd.Series(values, dtype=TEXT)},
        count,
        np.zeros(count, dtype=np.int16),
        np.arange(count, dtype=np.int32),
        edges,
    )


def parents_by_record(rows: RowSet) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(rows.count)]
    for child, row in zip(rows.parents.child, rows.parents.row, strict=True):
        found[child].append(int(row))
    return found


edges = st.lists(st.tuples(st.integers(0, COUNT - 1), st.integers(0, 9)), max_size=8)
positions = st.lists(st.integers(0, COUNT - 1), max_size=8)


@given(edges, positions)
def test_a_record_that_moves_keeps_its_parents(parents, places) -> None:
    rows = rows_of(parents, ["a", None, "c", "d"])
    before = parents_by_record(rows)
    moved = rows.take(np.array(places, dtype=np.int64))
    assert parents_by_record(moved) == [before[place] for place in places]
    assert moved.columns["A"].fillna("").tolist() == [["a", "", "c", "d"][p] for p in places]
    assert moved.raw_row.tolist() == places


@given(edges, edges)
def test_stacked_records_keep_their_parents(first, second) -> None:
    one, other = rows_of(first, ["a", "b", "c", "d"]), rows_of(second, ["e", None, "g", "h"])
    whole = stacked([one, other])
    assert parents_by_record(whole) == parents_by_record(one) + parents_by_record(other)
    assert whole.columns["A"].fillna("").tolist() == ["a", "b", "c", "d", "e", "", "g", "h"]


def test_a_column_that_one_part_lacks_is_missing_there() -> None:
    one = rows_of([], ["a"]).with_columns({"N": pd.Series([1.5])})
    whole = stacked([one, rows_of([], ["b", "c"])])
    assert whole.columns["N"].fillna(-1).tolist() == [1.5, -1, -1]
    assert whole.columns["N"].dtype == np.float64


def test_nothing_found_gives_a_missing_value() -> None:
    assert taken(pd.Series(["a"], dtype=TEXT), np.array([-1, 0])).fillna("").tolist() == ["", "a"]
    assert taken(pd.Series([1.0]), np.array([-1, 0])).fillna(-9).tolist() == [-9, 1]
    assert taken(pd.Series([], dtype=TEXT), np.array([-1])).isna().tolist() == [True]


def test_texts_join_with_values_that_a_study_made_itself() -> None:
    texts, own = pd.Series(["a", None], dtype=TEXT), pd.Series(["b", 1], dtype=object)
    for both in ([texts, own], [own, texts]):
        whole = joined(both, [2, 2]).fillna("").astype("str").tolist()
        assert whole == (["a", "", "b", "1"] if both[0] is texts else ["b", "1", "a", ""])
