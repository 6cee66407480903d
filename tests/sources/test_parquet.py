"""Parquet: typed columns as canonical text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def test_every_type_as_text(tmp_path: Path, read, cells) -> None:
    moment = dt.datetime(2024, 3, 5, 14, 30, 15)
    table = pa.table(
        {
            "S": pa.array(["007", "  ", None]),
            "C": pa.array(["x", "x", None]).dictionary_encode(),
            "I": pa.array([1, 2**60, None]),
            "F": pa.array([12.0, 0.1, float("nan")]),
            "F4": pa.array([0.1, 3.0, None], pa.float32()),
            "DEC": pa.array([Decimal("1.10"), Decimal("-2.00"), None]),
            "B": pa.array([True, False, None]),
            "D": pa.array([dt.date(2024, 3, 5), dt.date(1, 1, 1), None]),
            "DT": pa.array([moment, moment.replace(microsecond=500), None], pa.timestamp("us")),
            "Z": pa.array([moment, moment, None], pa.timestamp("ns", "Asia/Shanghai")),
            "T": pa.array([dt.time(9, 5), dt.time(9, 5, 0, 250_000), None]),
            "E": pa.nulls(3),
            "R": pa.array(["1", "2", "3"]),
        }
    )
    pq.write_table(table, tmp_path / "lab.parquet")
    result = read("lab.parquet")
    assert list(result.frame.columns) == table.column_names
    assert cells(result) == [
        ["007", "x", "1", "12", "0.1", "1.10", "true", "2024-03-05", "2024-03-05T14:30:15",
         "2024-03-05T14:30:15Z", "09:05:00", None, "1"],
        [None, "x", str(2**60), "0.1", "3", "-2.00", "false", "0001-01-01",
         "2024-03-05T14:30:15.0005", "2024-03-05T14:30:15Z", "09:05:00.25", None, "2"],
        [None] * 12 + ["3"],
    ]  # fmt: skip
    assert cells(read("lab.parquet", only=["I", "S"])) == [
        ["007", "1"],
        [None, str(2**60)],
        [None, None],
    ]


def test_not_parquet_or_cut(tmp_path: Path, refusal) -> None:
    pq.write_table(pa.table({"A": [1, 2]}), tmp_path / "lab.parquet")
    whole = (tmp_path / "lab.parquet").read_bytes()
    for content in (b"", b"A,B\n", whole[:-10], whole[: len(whole) // 2]):
        (tmp_path / "lab.parquet").write_bytes(content)
        message = refusal("lab.parquet")
        assert message.startswith("lab.parquet: cannot be read as Parquet: ")
        assert message.endswith("Ask for the transfer again")


def test_a_column_of_lists_is_refused(tmp_path: Path, read, refusal, cells) -> None:
    pq.write_table(pa.table({"A": [1], "L": [[1, 2]]}), tmp_path / "lab.parquet")
    assert "lab.parquet column L: list<" in refusal("lab.parquet")
    assert cells(read("lab.parquet", only=["A"])) == [["1"]]
