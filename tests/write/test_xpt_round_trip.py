"""What is written is what is read, by our reader and by others where they can be trusted."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.model import Variable
from cdisc.write.ibm_float import LIMIT, SMALLEST
from cdisc.write.xpt import read_xpt, write_xpt

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
NUMBER = st.floats(allow_nan=True, allow_infinity=False).filter(
    lambda x: x != x or x == 0 or SMALLEST <= abs(x) < LIMIT
)


def round_trip(tmp_path: Path, frame: pd.DataFrame, **arguments: object) -> pd.DataFrame:
    path = tmp_path / "x.xpt"
    write_xpt(frame, path, name="X", **arguments)  # type: ignore[arg-type]
    return read_xpt(path, encoding=str(arguments.get("encoding", "ascii"))).frame


@given(rows=st.lists(st.tuples(TEXT | st.none(), NUMBER, TEXT), min_size=1, max_size=50))
def test_any_text_and_number_comes_back(
    rows: list[tuple[str | None, float, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    texts, numbers, more = zip(*rows, strict=True)
    frame = pd.DataFrame(
        {
            "A": pd.Series(texts, dtype="str"),
            "N": np.array(numbers),
            "B": pd.Series(more, dtype=object),
        }
    )
    back = round_trip(tmp_path_factory.mktemp("xpt"), frame)
    assert back["A"].fillna("").tolist() == [(t or "").rstrip(" ") for t in texts]
    assert back["B"].fillna("").tolist() == [t.rstrip(" ") for t in more]
    np.testing.assert_array_equal(back["N"].to_numpy(), np.array(numbers))
    assert [str(dtype) for dtype in back.dtypes] == ["str", "float64", "str"]


@settings(max_examples=30)
@given(
    texts=st.lists(
        st.text(st.characters(codec="windows-1252", exclude_categories=["Cc"])), min_size=1
    )
)
@pytest.mark.parametrize("encoding", ["windows-1252", "utf-8"])
def test_text_beyond_ascii_comes_back_in_a_declared_encoding(
    texts: list[str], encoding: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    frame = pd.DataFrame({"A": pd.Series([t[:40] for t in texts], dtype="str"), "N": 1.0})
    back = round_trip(tmp_path_factory.mktemp("xpt"), pd.concat([frame, frame]), encoding=encoding)
    assert back["A"].fillna("").tolist()[: len(texts)] == [t[:40].rstrip(" ") for t in texts]


@pytest.mark.parametrize(
    "dtype",
    [
        "str",
        "object",
        "string[python]",
        "string[pyarrow]",
        "category",
        pd.ArrowDtype(pa.string()),
        pd.ArrowDtype(pa.large_string()),
        pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
    ],
    ids=str,
)
def test_every_text_dtype_is_char(tmp_path: Path, dtype: object) -> None:
    values = ["b", None, "  lead", "", "b"]
    frame = pd.DataFrame({"A": pd.Series(values, dtype="str").astype(dtype)})  # type: ignore[call-overload]
    back = round_trip(tmp_path, frame)
    assert back["A"].fillna("-").tolist() == ["b", "-", "  lead", "-", "b"]


@pytest.mark.parametrize(
    "dtype",
    ["float64", "float32", "float16", "Int64", "Int8", "UInt64", "Float64", "Float32"]
    + [pd.ArrowDtype(t) for t in (pa.int64(), pa.uint8(), pa.float32(), pa.float64())],
    ids=str,
)
def test_every_numeric_dtype_with_missing_values_is_num(tmp_path: Path, dtype: object) -> None:
    frame = pd.DataFrame({"N": pd.array([1, None, 100], dtype="Int64")}).astype({"N": dtype})  # type: ignore[dict-item]
    back = round_trip(tmp_path, frame)
    np.testing.assert_array_equal(back["N"].to_numpy(), [1.0, np.nan, 100.0])


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8", "uint32", "uint64"])
def test_every_integer_dtype_is_num(tmp_path: Path, dtype: str) -> None:
    frame = pd.DataFrame({"N": np.array([0, 1, 127], dtype=dtype)})
    assert round_trip(tmp_path, frame)["N"].tolist() == [0.0, 1.0, 127.0]


def test_whole_numbers_are_exact_to_2_to_the_53(tmp_path: Path) -> None:
    frame = pd.DataFrame({"N": [2**53, -(2**53), 2**53 - 1]})
    assert round_trip(tmp_path, frame)["N"].tolist() == [2**53, -(2**53), 2**53 - 1]


MOMENTS = ["1960-01-01T00:00:00", "2024-02-29T12:30:45", None, "1582-01-01T00:00:01"]


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@pytest.mark.parametrize("arrow", [False, True])
def test_datetimes_become_seconds_since_1960(tmp_path: Path, unit: str, arrow: bool) -> None:
    series = pd.Series(np.array(MOMENTS, dtype=f"datetime64[{unit}]"))
    if arrow:
        series = series.astype(pd.ArrowDtype(pa.timestamp(unit)))
    back = round_trip(tmp_path, pd.DataFrame({"ADTM": series}), formats={"ADTM": "DATETIME20."})
    epoch = dt.datetime(1960, 1, 1)
    expected = [
        (dt.datetime.fromisoformat(m) - epoch).total_seconds() if m else np.nan for m in MOMENTS
    ]
    np.testing.assert_array_equal(back["ADTM"].to_numpy(), expected)


def test_nanoseconds_and_fractions_of_seconds_are_kept(tmp_path: Path) -> None:
    series = pd.Series(np.array(["2020-01-01T00:00:00.5", "1959-12-31T23:59:59.25"], "M8[ns]"))
    back = round_trip(tmp_path, pd.DataFrame({"T": series}), formats={"T": "DATETIME22.3"})
    assert back["T"].tolist() == [1893456000.5, -0.75]


@pytest.mark.parametrize(
    "dtype", ["datetime64[s]", "datetime64[ns]", pd.ArrowDtype(pa.date32())], ids=str
)
def test_dates_become_days_since_1960(tmp_path: Path, dtype: object) -> None:
    moments = np.array(["1960-01-01", "1959-12-31", "NaT", "2024-02-29"], dtype="datetime64[s]")
    series = pd.Series(moments).astype(dtype)  # type: ignore[call-overload]
    back = round_trip(tmp_path, pd.DataFrame({"ADT": series}), formats={"ADT": "DATE9."})
    np.testing.assert_array_equal(back["ADT"].to_numpy(), [0.0, -1.0, np.nan, 23435.0])


def test_times_become_seconds_of_the_day(tmp_path: Path) -> None:
    moments = pd.Series(np.array(["2024-02-29T12:30:45", "1950-01-01T00:00:01"], "M8[s]"))
    frame = pd.DataFrame(
        {
            "MOMENT": moments,
            "LASTING": pd.Series(np.array([45045, -1], dtype="m8[s]")),
            "CLOCK": pd.array([dt.time(12, 30, 45), None], dtype=pd.ArrowDtype(pa.time64("us"))),
            "SHORT": pd.array([dt.time(12, 30, 45), None], dtype=pd.ArrowDtype(pa.time32("s"))),
        }
    )
    back = round_trip(tmp_path, frame, formats=dict.fromkeys(frame, "TIME8."))
    assert back["MOMENT"].tolist() == [45045.0, 1.0]
    assert back["LASTING"].tolist() == [45045.0, -1.0]
    np.testing.assert_array_equal(back["CLOCK"].to_numpy(), [45045.0, np.nan])
    np.testing.assert_array_equal(back["SHORT"].to_numpy(), [45045.0, np.nan])


@pytest.mark.parametrize("rows", [0, 1, 79, 80, 81])
def test_any_number_of_rows(tmp_path: Path, rows: int) -> None:
    frame = pd.DataFrame({"A": pd.Series(["x"] * rows, dtype="str"), "N": np.arange(rows) + 1.0})
    path = tmp_path / "x.xpt"
    written = write_xpt(frame, path, name="X")
    assert written.rows == rows
    assert written.bytes == path.stat().st_size
    pd.testing.assert_frame_equal(read_xpt(path).frame, frame)


def test_many_chunks_of_many_rows(tmp_path: Path) -> None:
    rows = 200_003
    frame = pd.DataFrame(
        {
            "A": pd.Series(np.arange(rows).astype(str), dtype="str"),
            "N": np.arange(rows) / 7,
            "C": pd.Series(np.where(np.arange(rows) % 3, "ab", None), dtype="str"),
        }
    )
    frame = pd.concat([frame.iloc[:70_000], frame.iloc[70_000:]])
    pd.testing.assert_frame_equal(round_trip(tmp_path, frame), frame.reset_index(drop=True))


def test_columns_without_any_value_take_their_declared_type(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "A": pd.Series([None, None], dtype="str"),
            "B": pd.Series([np.nan, np.nan]),
            "C": pd.Series([None, None], dtype=object),
        }
    )
    variables = [
        Variable(name="A", label="", type="Num"),
        Variable(name="B", label="", type="Char", length=12),
        Variable(name="C", label="", type="Char"),
    ]
    path = tmp_path / "x.xpt"
    written = write_xpt(frame, path, name="X", variables=variables)
    assert written.lengths == {"B": 12, "C": 1}
    back = read_xpt(path)
    assert [v.type for v in back.variables] == ["Num", "Char", "Char"]
    assert back.frame.isna().all(axis=None)


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([None, None], dtype=object),
        pd.Series(pd.Categorical([None, None])),
        pd.Series([None, None], dtype=pd.ArrowDtype(pa.null())),
        pd.Series([None, pd.NA], dtype="string"),
        pd.Series([pd.NaT, pd.NA], dtype=object),
    ],
    ids=lambda series: str(series.dtype),
)
def test_columns_without_any_value_or_type_are_char(series: pd.Series, tmp_path: Path) -> None:
    back = round_trip(tmp_path, pd.DataFrame({"A": series, "N": 1.0}))
    assert str(back["A"].dtype) == "str"
    assert back["A"].isna().tolist() == [True, True]


def test_all_metadata_come_back(tmp_path: Path) -> None:
    frame = pd.DataFrame({"AVAL": [1.5], "USUBJID": ["S-1"]})
    variables = (
        Variable(name="USUBJID", label="Unique Subject Identifier", type="Char", length=20),
        Variable(name="AVAL", label="Analysis Value", type="Num", data_type="float", format="8.2"),
    )
    path = tmp_path / "adlb.xpt"
    created, modified = dt.datetime(2024, 2, 29, 1, 2, 3), dt.datetime(2059, 12, 31, 23, 59, 59)
    write_xpt(
        frame,
        path,
        name="ADLB",
        label="Laboratory Analysis",
        variables=variables,
        lengths={"USUBJID": 30},
        labels={"AVAL": "Value"},
        formats={"AVAL": "best12."},
        created=created,
        modified=modified,
    )
    back = read_xpt(path)
    assert (back.name, back.label) == ("ADLB", "Laboratory Analysis")
    assert (back.created, back.modified) == (created, modified)
    assert list(back.frame) == ["USUBJID", "AVAL"], "in the order of the variables"
    assert back.lengths == {"USUBJID": 30, "AVAL": 8}
    assert [(v.label, v.type, v.length, v.format) for v in back.variables] == [
        ("Unique Subject Identifier", "Char", 30, ""),
        ("Value", "Num", None, "BEST12."),
    ]


def test_lengths_follow_the_data_in_bytes_and_unused_categories_do_not_count(
    tmp_path: Path,
) -> None:
    frame = pd.DataFrame(
        {
            "A": pd.Series(["é", "ab"], dtype="str"),
            "B": pd.Categorical(["x", None], categories=["x", "y" * 300]),
        }
    )
    path = tmp_path / "x.xpt"
    assert write_xpt(frame, path, name="X", encoding="utf-8").lengths == {"A": 2, "B": 1}
    frame.loc[1, "A"] = "a"
    assert write_xpt(frame, path, name="X", encoding="latin-1").lengths == {"A": 1, "B": 1}
    assert write_xpt(frame, path, name="X", encoding="utf-8").lengths == {"A": 2, "B": 1}


def test_blanks_at_the_end_of_values_are_dropped_and_found(tmp_path: Path) -> None:
    frame = pd.DataFrame({"A": ["a ", "b", " ", " c"], "N": 1.0})
    path = tmp_path / "x.xpt"
    (note,) = write_xpt(frame, path, name="AE").notes
    assert str(note) == "AE.A: values end in blanks, which XPT does not keep (2 rows)"
    assert [o.row for o in note.occurrences] == [1, 3]
    assert read_xpt(path).frame["A"].fillna("-").tolist() == ["a", "b", "-", " c"]


def test_numbers_next_to_zero_become_zero_and_are_found(tmp_path: Path) -> None:
    frame = pd.DataFrame({"N": [5e-324, 1.0, -1e-80, 0.0]})
    path = tmp_path / "x.xpt"
    (note,) = write_xpt(frame, path, name="LB").notes
    assert str(note) == "LB.N: numbers nearer zero than 5e-79 are written as 0 (2 rows)"
    assert read_xpt(path).frame["N"].tolist() == [0.0, 1.0, 0.0, 0.0]


def test_blank_rows_at_the_end_are_found(tmp_path: Path) -> None:
    path = tmp_path / "x.xpt"
    frame = pd.DataFrame({"A": pd.Series(["a", None, "b", None, None], dtype="str")})
    (note,) = write_xpt(frame, path, name="CO").notes
    assert note.count == 2
    assert [o.row for o in note.occurrences] == [4, 5]
    assert str(note).startswith("CO: rows at the end of the dataset are blank throughout;")
    assert len(read_xpt(path).frame) == 3, "rows of one byte cannot be told from padding"

    frame["N"] = 1.0
    assert write_xpt(frame, path, name="CO").notes == ()
    assert len(read_xpt(path).frame) == 5


def test_blank_rows_as_long_as_a_record_are_certain(tmp_path: Path) -> None:
    path = tmp_path / "x.xpt"
    frame = pd.DataFrame({"A": pd.Series(["a"] + [None] * 200_000, dtype="str")})
    written = write_xpt(frame, path, name="CO", lengths={"A": 80})
    assert written.notes[0].count == 200_000
    assert len(written.notes[0].occurrences) == 1000
    assert len(read_xpt(path).frame) == 200_001


def test_pyreadstat_and_pandas_read_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "USUBJID": pd.Series([f"S-{i}" for i in range(500)], dtype="str"),
            "AVAL": rng.normal(size=500) * 10.0 ** rng.integers(-30, 30, 500),
            "AVALC": pd.Series(np.where(rng.random(500) < 0.5, "  lead", None), dtype="str"),
        }
    )
    frame.loc[3, "AVAL"] = np.nan
    path = tmp_path / "adlb.xpt"
    write_xpt(frame, path, name="ADLB", label="Lab", labels={"AVAL": "Analysis Value"})
    theirs, meta = pyreadstat.read_xport(path)
    assert meta.table_name == "ADLB"
    assert meta.file_label == "Lab"
    assert meta.column_names_to_labels["AVAL"] == "Analysis Value"
    sas = pd.read_sas(path, format="xport", encoding="ascii")
    for other in (theirs, sas):
        assert list(other) == list(frame)
        np.testing.assert_array_equal(other["AVAL"].to_numpy(), frame["AVAL"].to_numpy())
        for name in ("USUBJID", "AVALC"):
            assert other[name].fillna("").tolist() == frame[name].fillna("").tolist()


def test_sas_dates_are_the_same_days_to_pyreadstat(tmp_path: Path) -> None:
    moments = np.array(["1960-01-01", "1900-02-28", "2024-02-29"], dtype="datetime64[s]")
    frame = pd.DataFrame({"ADT": moments, "ADTM": moments + np.timedelta64(45_045, "s")})
    path = tmp_path / "x.xpt"
    write_xpt(frame, path, name="X", formats={"ADT": "DATE9.", "ADTM": "DATETIME20."})
    theirs, _ = pyreadstat.read_xport(path)
    assert theirs["ADT"].tolist() == [m.date() for m in frame["ADT"]]
    assert theirs["ADTM"].tolist() == frame["ADTM"].tolist()
