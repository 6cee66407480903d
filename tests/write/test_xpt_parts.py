"""A dataset that comes in parts gives the file, the findings and the errors of the whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.errors import WriteError
from cdisc.model import Variable
from cdisc.write.xpt import write_xpt, write_xpt_parts

VARIABLES = (
    Variable(name="TEXT", label="Text", type="Char", length=12),
    Variable(name="CODE", label="Code", type="Char", length=3),
    Variable(name="NUMBER", label="Number", type="Num"),
)
TEXTS = st.sampled_from([None, "", "a", "ends in blanks  ", "twelve bytes", "x y"])
CODES = st.sampled_from([None, "A", "BCD", "E "])
NUMBERS = st.one_of(st.none(), st.floats(-1e9, 1e9), st.just(1e-90))


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.lists(st.tuples(TEXTS, CODES, NUMBERS), max_size=8))
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pd.DataFrame(
        {
            "TEXT": pd.Series(columns[0], dtype="str").str.slice(0, 12),
            "CODE": pd.Series(columns[1], dtype="str"),
            "NUMBER": pd.Series(columns[2], dtype="float64"),
        }
    )


def coded(frame: pd.DataFrame) -> pd.DataFrame:
    """The same values, codes as a category, as the spool keeps them."""
    return frame.assign(CODE=frame["CODE"].astype("category"))


@settings(max_examples=60)
@given(parts=st.lists(frames(), max_size=4))
def test_parts_give_the_bytes_and_findings_of_the_whole(parts, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("xpt")
    empty = pd.DataFrame({"TEXT": [], "CODE": [], "NUMBER": []}).astype(
        {"TEXT": "str", "CODE": "str"}
    )
    whole = pd.concat([empty, *parts], ignore_index=True)
    one = write_xpt(whole, folder / "one.xpt", name="XX", variables=VARIABLES)
    many = write_xpt_parts(map(coded, parts), folder / "many.xpt", name="XX", variables=VARIABLES)
    assert (folder / "many.xpt").read_bytes() == (folder / "one.xpt").read_bytes()
    assert many == one


def test_what_cannot_be_written_is_told_over_all_parts_and_nothing_is_left(tmp_path: Path) -> None:
    texts = [["ok", "caf\u00e9"], ["ok"], ["\tx", "a text that is too long"]]
    parts = [
        pd.DataFrame({"TEXT": pd.Series(t, dtype="str"), "CODE": "A", "NUMBER": np.inf})
        for t in texts
    ]
    whole = pd.concat(parts, ignore_index=True)
    whole["CODE"] = whole["CODE"].astype("str")
    said = []
    for write, data in ((write_xpt, whole), (write_xpt_parts, parts)):
        with pytest.raises(WriteError) as caught:
            write(data, tmp_path / "xx.xpt", name="XX", variables=VARIABLES)  # type: ignore[operator]
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "row 2" in said[1]
    assert "row 5" in said[1]
    assert list(tmp_path.iterdir()) == []
