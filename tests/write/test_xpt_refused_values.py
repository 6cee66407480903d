"""What XPT cannot hold is refused before anything is written, in words for a data manager."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cdisc.errors import Problems
from cdisc.write.xpt import XptProblems
from tests.write.refusals import refused, text

E_ACUTE = r"\xe9"
A_DATE = pd.Series(np.array(["2024-02-29"], dtype="M8[s]"))

CASES = {
    "200 bytes": (
        text("x" * 200, "ab" * 101, None, "y" * 201),
        {},
        (
            "AE.AETERM: has values longer than 200 bytes, the longest 202 (2 rows, first row 2: "
            "'abababababababababababababababababababab...'). "
            "Split the text, the rest going to supplemental qualifiers or further variables"
        ),
    ),
    "declared length": (
        text("abc", "abcd"),
        {"lengths": {"AETERM": 3}},
        (
            "AE.AETERM: has values longer than 3 bytes, the longest 4 (row 2: 'abcd'). "
            "Declare a length of at least 4"
        ),
    ),
    "declared length and 200 bytes": (
        text("x" * 201),
        {"lengths": {"AETERM": 20}},
        (
            "AE.AETERM: has values longer than 20 bytes, the longest 201 (row 1: "
            "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'). "
            "XPT version 5 holds at most 200 bytes; split the text"
        ),
    ),
    "bytes, not characters": (
        text("é" * 101),
        {"encoding": "utf-8"},
        "AE.AETERM: has values longer than 200 bytes, the longest 202 (row 1: "
        "'" + E_ACUTE * 40 + "...'). "
        "Split the text, the rest going to supplemental qualifiers or further variables",
    ),
    "not ASCII": (
        text("plain", "caf\u00e9", "\u2265 3"),
        {},
        (
            r"AE.AETERM: has characters that ascii does not have (2 rows, first row 2: 'caf\xe9'). "
            "Replace them, or declare an encoding such as windows-1252"
        ),
    ),
    "not in the encoding": (
        text("caf\u00e9", "\u2265 3"),
        {"encoding": "windows-1252"},
        (
            r"AE.AETERM: has characters that windows-1252 does not have (row 2: '\u2265 3'). "
            "Replace them, or declare an encoding such as windows-1252"
        ),
    ),
    "no Unicode": (
        pd.Series(["a", "b\ud800"], dtype=object),
        {"encoding": "utf-8"},
        (
            r"AE.AETERM: has characters that utf-8 does not have (row 2: 'b\ud800'). "
            "Replace them, or declare an encoding such as windows-1252"
        ),
    ),
    "no Unicode in a category": (
        pd.Series(pd.Categorical.from_codes([0], pd.Index(["b\ud800"], dtype=object))),
        {},
        (
            r"AE.AETERM: has characters that ascii does not have (row 1: 'b\ud800'). "
            "Replace them, or declare an encoding such as windows-1252"
        ),
    ),
    "NUL": (
        text("a", "b\0c"),
        {},
        (
            r"AE.AETERM: has control characters such as line ends, tabs or NUL (row 2: 'b\x00c'). "
            "Remove them or replace them by blanks"
        ),
    ),
    "line end far inside": (
        text(*["x" * 100 + "\r\n" + "y" * 50] * 3),
        {},
        (
            "AE.AETERM: has control characters such as line ends, tabs or NUL (3 rows, first row 1"
            r": '...xxxxxxxxxxxxxxxxxxxx\r\nyyyyyyyyyyyyyyyyyy...'). "
            "Remove them or replace them by blanks"
        ),
    ),
    "delete": (
        text("\x7f"),
        {"encoding": "utf-8"},
        (
            r"AE.AETERM: has control characters such as line ends, tabs or NUL (row 1: '\x7f'). "
            "Remove them or replace them by blanks"
        ),
    ),
    "mixed": (
        pd.Series(["a", 1, None, Decimal(2)], dtype=object),
        {},
        (
            "AE.AETERM: mixes text with other values: Decimal, int (2 rows, first row 2: 1). "
            "Make it one kind: text (Char) or numbers (Num)"
        ),
    ),
    "objects": (
        pd.Series([None, 1, 2.5], dtype=object),
        {},
        (
            "AE.AETERM: holds values that are no text: float, int (2 rows, first row 2: 1). "
            "Make it one kind: text (Char) or numbers (Num)"
        ),
    ),
    "bytes": (
        pd.Series([b"a"], dtype=object),
        {},
        (
            "AE.AETERM: holds values that are no text: bytes (row 1: b'a'). "
            "Make it one kind: text (Char) or numbers (Num)"
        ),
    ),
    "category of numbers": (
        pd.Series([1, 2], dtype="category"),
        {},
        (
            "AE.AETERM: is a category of int64 values, which is not text. "
            "Convert it to text or to numbers first"
        ),
    ),
    "boolean": (
        pd.Series([True]),
        {},
        (
            "AE.AETERM: holds true/false values, which SAS does not have. "
            "Recode them to Y and N (Char) or to 1 and 0 (Num)"
        ),
    ),
    "nullable boolean": (
        pd.Series([True, None], dtype="boolean"),
        {},
        (
            "AE.AETERM: holds true/false values, which SAS does not have. "
            "Recode them to Y and N (Char) or to 1 and 0 (Num)"
        ),
    ),
    "Arrow boolean": (
        pd.Series([True, None], dtype=pd.ArrowDtype(pa.bool_())),
        {},
        (
            "AE.AETERM: holds true/false values, which SAS does not have. "
            "Recode them to Y and N (Char) or to 1 and 0 (Num)"
        ),
    ),
    "complex": (
        pd.Series([1j]),
        {},
        (
            "AE.AETERM: holds complex128 values, which XPT cannot store. "
            "Make it one kind: text (Char) or numbers (Num)"
        ),
    ),
    "decimal": (
        pd.Series([Decimal("1.10")], dtype=pd.ArrowDtype(pa.decimal128(5, 2))),
        {},
        (
            "AE.AETERM: holds decimal128(5, 2)[pyarrow] values, which XPT cannot store. "
            "Make it one kind: text (Char) or numbers (Num)"
        ),
    ),
    "sparse": (
        pd.Series(pd.arrays.SparseArray([0, 1])),
        {},
        (
            "AE.AETERM: holds Sparse[int64, 0] values, which XPT cannot store. "
            "Make it one kind: text (Char) or numbers (Num)"
        ),
    ),
    "infinity": (
        pd.Series([1.0, np.inf, -np.inf]),
        {},
        (
            "AE.AETERM: has infinite values (2 rows, first row 2: inf). "
            "Make them missing or correct the computation"
        ),
    ),
    "Arrow infinity": (
        pd.Series([1.0, np.inf], dtype=pd.ArrowDtype(pa.float64())),
        {},
        "AE.AETERM: has infinite values (row 2: inf). Make them missing or correct the computation",
    ),
    "large": (
        pd.Series([1.0, -1e75]),
        {},
        "AE.AETERM: has numbers too large for SAS (row 2: -1e+75). SAS transport ends near 9e74",
    ),
    "inexact integer": (
        pd.Series([2**53, 2**53 + 1]),
        {},
        (
            "AE.AETERM: has whole numbers above 9,007,199,254,740,992, which SAS numbers do not "
            "hold exactly (row 2: 9007199254740993). Write identifiers of that length as text"
        ),
    ),
    "inexact nullable integer": (
        pd.Series([None, -(2**53) - 1], dtype="Int64"),
        {},
        (
            "AE.AETERM: has whole numbers above 9,007,199,254,740,992, which SAS numbers do not "
            "hold exactly (row 2: -9007199254740993). Write identifiers of that length as text"
        ),
    ),
    "inexact unsigned integer": (
        pd.Series([2**64 - 1], dtype="uint64"),
        {},
        (
            "AE.AETERM: has whole numbers above 9,007,199,254,740,992, which SAS numbers do not "
            "hold exactly (row 1: 18446744073709551615). Write identifiers of that length as text"
        ),
    ),
    "date without format": (
        A_DATE,
        {},
        (
            "AE.AETERM: holds dates or times, but has no format. "
            "Give it a SAS format: DATE9. for days, DATETIME20. for seconds, TIME8. for times"
        ),
    ),
    "date with a number format": (
        A_DATE,
        {"formats": {"AETERM": "8.2"}},
        (
            "AE.AETERM: holds dates or times, but the format 8.2 is not one for dates or times. "
            "Give it a SAS format: DATE9. for days, DATETIME20. for seconds, TIME8. for times"
        ),
    ),
    "time of day with a date format": (
        pd.Series(np.array(["2024-02-29", "NaT", "2024-02-29T12:30:45"], dtype="M8[ms]")),
        {"formats": {"AETERM": "DATE9."}},
        (
            "AE.AETERM: has times of day, which the format DATE9. does not keep "
            "(row 3: 2024-02-29T12:30:45). "
            "Use a datetime format such as DATETIME20., or drop the time in the spec"
        ),
    ),
    "outside the calendar": (
        pd.Series(np.array(["1582-01-01", "1581-12-31"], dtype="M8[s]")),
        {"formats": {"AETERM": "DATE9."}},
        (
            "AE.AETERM: has dates outside the SAS calendar, 1582-01-01 to 19900-12-31 "
            "(row 2: 1581-12-31). Correct the dates"
        ),
    ),
    "time zone": (
        A_DATE.dt.tz_localize("UTC"),
        {"formats": {"AETERM": "DATETIME20."}},
        (
            "AE.AETERM: holds datetimes with a time zone, which SAS numbers do not keep. "
            "Convert them to local times, or write ISO 8601 text with the offset"
        ),
    ),
    "Arrow time zone": (
        pd.Series([None], dtype=pd.ArrowDtype(pa.timestamp("s", tz="UTC"))),
        {"formats": {"AETERM": "DATETIME20."}},
        (
            "AE.AETERM: holds datetimes with a time zone, which SAS numbers do not keep. "
            "Convert them to local times, or write ISO 8601 text with the offset"
        ),
    ),
    "duration with a date format": (
        pd.Series(np.array([1], dtype="m8[s]")),
        {"formats": {"AETERM": "DATE9."}},
        (
            "AE.AETERM: holds times without a date, but the format DATE9. shows a date. "
            "Use a time format such as TIME8."
        ),
    ),
}


@pytest.mark.parametrize(("series", "arguments", "message"), CASES.values(), ids=CASES)
def test_one_column_is_refused(
    series: pd.Series, arguments: dict[str, object], message: str, tmp_path: Path
) -> None:
    error = refused(tmp_path, pd.DataFrame({"AETERM": series}), **arguments)
    assert str(error) == message
    assert error.exit_code == 2


def test_all_problems_of_a_dataset_are_told_at_once_in_the_order_of_the_columns(
    tmp_path: Path,
) -> None:
    frame = pd.DataFrame(
        {"Z": [np.inf], "A": ["\u00e9"], "b": [1.0], "L": ["x" * 201], "N": [np.nan]}
    )
    error = refused(tmp_path, frame, label="y" * 41)
    assert isinstance(error, XptProblems)
    assert isinstance(error, Problems)
    assert [e.at.name for e in error.errors] == ["AE", "AE.b", "AE.Z", "AE.A", "AE.L"]


def test_problems_beyond_the_first_chunk_of_rows_are_counted_and_located(tmp_path: Path) -> None:
    rows = 150_000
    values = np.full(rows, "plain", dtype=object)
    values[[70_000, 140_000]] = "tab\t"
    numbers = np.zeros(rows)
    numbers[99_999] = np.inf
    error = refused(tmp_path, pd.DataFrame({"A": text(*values), "N": numbers}))
    assert isinstance(error, XptProblems)
    first, second = error.errors
    assert "(2 rows, first row 70,001: 'tab\\t')" in str(first)
    assert "(row 100,000: inf)" in str(second)
