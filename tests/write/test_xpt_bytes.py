"""The bytes of a file: the same as an independent writer's, and the same every time."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.write.xpt import write_xpt

# Creation and modification of the library and of the dataset, 16 bytes each.
TIMES = (144, 160, 464, 480)

NUMBER = st.floats(min_value=-1e70, max_value=1e70).filter(lambda x: x == 0 or abs(x) > 1e-70)
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=200)


def without_times(content: bytes) -> bytes:
    for start in TIMES:
        content = content[:start] + b" " * 16 + content[start + 16 :]
    return content


def assert_same_as_pyreadstat(
    frame: pd.DataFrame,
    folder: Path,
    *,
    name: str = "DM",
    label: str = "",
    labels: dict[str, str] | None = None,
    formats: dict[str, str] | None = None,
) -> None:
    ours, theirs = folder / "ours.xpt", folder / "theirs.xpt"
    write_xpt(frame, ours, name=name, label=label, labels=labels, formats=formats)
    pyreadstat.write_xport(
        frame,
        theirs,
        table_name=name,
        file_label=label,
        column_labels=labels,
        variable_format=formats,
        file_format_version=5,
    )
    assert without_times(ours.read_bytes()) == without_times(theirs.read_bytes())


def test_the_same_bytes_as_pyreadstat(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "STUDYID": ["NCT05699811"] * 4,
            "USUBJID": ["S-1", "S-2", "S-10", "  S"],
            "AGE": [61.0, np.nan, -0.0, 1e-70],
            "SEX": ["F", None, "M", "a b"],
            "RFSTDT": [21_915.0, 0.0, -1.0, np.nan],
            "COUNT": [1, 2, 3, 2**31],
        }
    )
    assert_same_as_pyreadstat(
        frame,
        tmp_path,
        label="Demographics",
        labels={"STUDYID": "Study Identifier", "AGE": "x" * 40},
        formats={"RFSTDT": "DATE9.", "AGE": "8.2", "SEX": "$1."},
    )


@pytest.mark.parametrize("columns", [1, 3, 4, 5, 100])
def test_the_same_header_padding_as_pyreadstat(columns: int, tmp_path: Path) -> None:
    frame = pd.DataFrame({f"V{i}": [float(i)] for i in range(columns)})
    assert_same_as_pyreadstat(frame, tmp_path)


@pytest.mark.parametrize("rows", [0, 1, 2, 9, 10, 11, 100])
def test_the_same_data_padding_as_pyreadstat(rows: int, tmp_path: Path) -> None:
    frame = pd.DataFrame({"A": pd.Series(["abc"] * rows, dtype="str"), "N": np.arange(rows) + 0.5})
    assert_same_as_pyreadstat(frame, tmp_path)


def test_the_same_bytes_as_pyreadstat_for_a_column_without_values(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"A": pd.Series([None, None], dtype="str"), "N": pd.Series([np.nan, np.nan])}
    )
    assert_same_as_pyreadstat(frame, tmp_path)


@settings(max_examples=50)
@given(rows=st.lists(st.tuples(TEXT, NUMBER), min_size=1, max_size=20))
def test_the_same_bytes_as_pyreadstat_for_any_values(
    rows: list[tuple[str, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    texts, numbers = zip(*rows, strict=True)
    frame = pd.DataFrame({"T": pd.Series(texts, dtype="str"), "N": np.array(numbers)})
    assert_same_as_pyreadstat(frame, tmp_path_factory.mktemp("xpt"))


def test_equal_data_give_equal_bytes_however_they_are_stored(tmp_path: Path) -> None:
    values = [f"value {i % 50}" for i in range(70_000)]
    text = pd.Series(values, dtype="str")
    stored = [text, text.astype(object), text.astype("category"), pd.Series(values[::-1])[::-1]]
    contents = set()
    for number, series in enumerate(stored):
        path = tmp_path / f"{number}.xpt"
        frame = pd.DataFrame({"A": series.to_numpy() if number == 3 else series, "N": 1.0})
        write_xpt(frame, path, name="AE", lengths={"A": 20})
        contents.add(path.read_bytes())
    assert len(contents) == 1


def test_header_dates_are_those_given_in_english(tmp_path: Path) -> None:
    path = tmp_path / "x.xpt"
    frame = pd.DataFrame({"A": ["a"]})
    write_xpt(frame, path, name="X")
    assert {path.read_bytes()[t : t + 16] for t in TIMES} == {b"01JAN60:00:00:00"}

    created, modified = dt.datetime(2024, 3, 5, 6, 7, 8), dt.datetime(2025, 5, 1)
    write_xpt(frame, path, name="X", created=created)
    assert {path.read_bytes()[t : t + 16] for t in TIMES} == {b"05MAR24:06:07:08"}

    write_xpt(frame, path, name="X", created=created, modified=modified)
    assert [path.read_bytes()[t : t + 16] for t in TIMES] == [
        b"05MAR24:06:07:08",
        b"01MAY25:00:00:00",
        b"05MAR24:06:07:08",
        b"01MAY25:00:00:00",
    ]
