"""Single records and columns of a file are those that reading all of it gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.errors import SourceError
from cdisc.model import Variable
from cdisc.write.xpt import read_xpt, write_xpt
from cdisc.write.xpt_rows import XptRows

COUNT = 30


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("xpt") / "ae.xpt"
    frame = pd.DataFrame(
        {
            "A": [None if i % 4 == 0 else f"text {i}" for i in range(COUNT)],
            "N": [np.nan if i % 5 == 0 else i / 8 for i in range(COUNT)],
            "B": [" two words " if i % 2 else "" for i in range(COUNT)],
        }
    )
    write_xpt(frame, path, name="AE", label="Events")
    return path


@given(
    rows=st.lists(st.integers(0, COUNT - 1), max_size=8),
    names=st.lists(st.sampled_from("ANB"), unique=True, min_size=1),
)
def test_records_are_those_of_the_whole(path: Path, rows: list[int], names: list[str]) -> None:
    whole = read_xpt(path).frame
    found = XptRows(path)
    assert (found.count, found.name, found.label) == (COUNT, "AE", "Events")
    part = found.frame(np.array(rows, dtype=np.int64), names)
    pd.testing.assert_frame_equal(
        part, whole.iloc[rows][names].reset_index(drop=True), check_dtype=bool(rows)
    )
    pd.testing.assert_frame_equal(found.frame(names=names), whole[names])


def test_dates_are_dates_and_no_numbers(tmp_path: Path) -> None:
    path = tmp_path / "adsl.xpt"
    when = pd.Series(pd.to_datetime(["1959-12-31", None, "2024-02-29"])).astype("datetime64[s]")
    at = pd.Series(pd.to_datetime(["1960-01-01T00:00:01", None, "2024-02-29T23:59:59"]))
    frame = pd.DataFrame({"ADT": when, "ADTM": at.astype("datetime64[s]"), "AVAL": [1.0, 2.0, 3.0]})
    variables = (
        Variable(name="ADT", label="Date", type="Num", format="DATE9."),
        Variable(name="ADTM", label="Time", type="Num", format="DATETIME20."),
        Variable(name="AVAL", label="Value", type="Num"),
    )
    write_xpt(frame, path, name="ADSL", variables=variables)
    found = XptRows(path)
    pd.testing.assert_frame_equal(found.frame(), frame)
    assert [found.is_number(name) for name in ("ADT", "ADTM", "AVAL", "X")] == [
        False,
        False,
        True,
        False,
    ]


def test_what_is_no_such_file_is_told(tmp_path: Path, path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        XptRows(tmp_path / "none.xpt")
    cut = tmp_path / "cut.xpt"
    cut.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(SourceError, match="cut short"):
        XptRows(cut)
