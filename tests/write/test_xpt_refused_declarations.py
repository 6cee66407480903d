"""Names, labels, formats, lengths and types that XPT does not have are refused."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cdisc.errors import WriteError
from cdisc.model import Variable
from cdisc.write.xpt import write_xpt
from tests.write.refusals import refused, text

E_ACUTE = r"\xe9"

CASES = {
    "label length": (
        text("a"),
        {"labels": {"AETERM": "Reported Term for the Adverse Event, long"}},
        (
            "AE.AETERM: the label 'Reported Term for the Adverse Event, lon...' has 41 bytes; "
            "XPT holds at most 40. Shorten it"
        ),
    ),
    "label bytes": (
        text("a"),
        {"labels": {"AETERM": "é" * 21}, "encoding": "utf-8"},
        "AE.AETERM: the label '"
        + E_ACUTE * 21
        + "' has 42 bytes; XPT holds at most 40. Shorten it",
    ),
    "label characters": (
        text("a"),
        {"labels": {"AETERM": "caf\u00e9"}},
        (
            r"AE.AETERM: the label 'caf\xe9' has the character '\xe9', which ascii does not have. "
            "Use plain characters in labels"
        ),
    ),
    "label control characters": (
        text("a"),
        {"labels": {"AETERM": "a\tb"}},
        (
            r"AE.AETERM: the label 'a\tb' has control characters. "
            "Remove them or replace them by blanks"
        ),
    ),
    "format": (
        text("a"),
        {"formats": {"AETERM": "DATE 9"}},
        (
            "AE.AETERM: 'DATE 9' is not a SAS format. "
            "Formats look like DATE9., 8.2 or $20., with a name of at most 8 characters"
        ),
    ),
    "number format for text": (
        text("a"),
        {"formats": {"AETERM": "DATE9."}},
        (
            "AE.AETERM: is text, which the format DATE9. is not for. "
            "Formats for text begin with $, formats for numbers do not"
        ),
    ),
    "text format for numbers": (
        pd.Series([1.0]),
        {"formats": {"AETERM": "$8."}},
        (
            "AE.AETERM: is a number, which the format $8. is not for. "
            "Formats for text begin with $, formats for numbers do not"
        ),
    ),
    "length zero": (
        text("a"),
        {"lengths": {"AETERM": 0}},
        (
            "AE.AETERM: the length 0 is not between 1 and 200. "
            "XPT version 5 holds texts of 1 to 200 bytes"
        ),
    ),
    "length above 200": (
        text("a"),
        {"lengths": {"AETERM": 201}},
        (
            "AE.AETERM: the length 201 is not between 1 and 200. "
            "XPT version 5 holds texts of 1 to 200 bytes"
        ),
    ),
    "length that is no number": (
        text("a"),
        {"lengths": {"AETERM": "20"}},
        "AE.AETERM: the length '20' is not a whole number. Give it in bytes",
    ),
    "length of a number": (
        pd.Series([1.0]),
        {"lengths": {"AETERM": 20}},
        (
            "AE.AETERM: the length 20 is declared for a number. "
            "Numbers always take 8 bytes; leave the length out"
        ),
    ),
    "label of another variable": (
        text("a"),
        {"labels": {"AETRM": "Term"}},
        "AE.AETRM: is in labels but not in the data. Did you mean AETERM?",
    ),
    "declared Num": (
        text("a"),
        {"variables": [Variable(name="AETERM", label="", type="Num")]},
        (
            "AE.AETERM: is declared Num but the column holds text (str). "
            "Convert the values, or declare the type they have"
        ),
    ),
    "declared Char": (
        pd.Series([1.0]),
        {"variables": [Variable(name="AETERM", label="", type="Char")]},
        (
            "AE.AETERM: is declared Char but the column holds numbers (float64). "
            "Convert the values, or declare the type they have"
        ),
    ),
    "dataset name": (
        text("a"),
        {"name": "ae"},
        "ae: the name 'ae' is not a SAS name. Use upper case: AE",
    ),
    "dataset name length": (
        text("a"),
        {"name": "ADVERSEEV"},
        (
            "ADVERSEEV: the name 'ADVERSEEV' has 9 characters; XPT version 5 holds at most 8. "
            "Shorten it"
        ),
    ),
    "dataset label": (
        text("a"),
        {"label": "x" * 41},
        (
            "AE: the label 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' has 41 bytes; "
            "XPT holds at most 40. Shorten it"
        ),
    ),
    "unknown encoding": (
        text("a"),
        {"encoding": "klingon"},
        (
            "AE: the encoding 'klingon' is unknown or does not keep ASCII. "
            "Use ascii, windows-1252, latin-1 or utf-8"
        ),
    ),
    "encoding that is not like ASCII": (
        text("a"),
        {"encoding": "utf-16"},
        (
            "AE: the encoding 'utf-16' is unknown or does not keep ASCII. "
            "Use ascii, windows-1252, latin-1 or utf-8"
        ),
    ),
    "header date": (
        text("a"),
        {"created": dt.datetime(2060, 1, 1)},
        "AE: the header date 2060-01-01 is outside 1960 to 2059. XPT stores years in two digits",
    ),
}


@pytest.mark.parametrize(("series", "arguments", "message"), CASES.values(), ids=CASES)
def test_a_declaration_is_refused(
    series: pd.Series, arguments: dict[str, object], message: str, tmp_path: Path
) -> None:
    error = refused(tmp_path, pd.DataFrame({"AETERM": series}), **arguments)
    assert str(error) == message
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("aeterm", "AE.aeterm: the name 'aeterm' is not a SAS name. Use upper case: AETERM"),
        (
            "AETERMLONG",
            (
                "AE.AETERMLONG: the name 'AETERMLONG' has 10 characters; XPT version 5 holds "
                "at most 8. Shorten it"
            ),
        ),
        (
            "1AE",
            (
                "AE.1AE: the name '1AE' is not a SAS name. "
                "Names have letters A-Z, digits and _, and do not begin with a digit"
            ),
        ),
        (
            "AE TERM",
            (
                "AE.AE TERM: the name 'AE TERM' is not a SAS name. "
                "Names have letters A-Z, digits and _, and do not begin with a digit"
            ),
        ),
        (
            "ÄTERM",
            (
                r"AE.ÄTERM: the name '\xc4TERM' is not a SAS name. "
                "Names have letters A-Z, digits and _, and do not begin with a digit"
            ),
        ),
        ("", "AE.: the name is empty. Names have 1 to 8 characters"),
        (7, "AE.7: the name 7 is not text. Name it as SAS would"),
    ],
)
def test_names_that_sas_does_not_have(name: object, message: str, tmp_path: Path) -> None:
    assert str(refused(tmp_path, pd.DataFrame({name: [1.0]}))) == message


def test_a_frame_without_columns(tmp_path: Path) -> None:
    error = refused(tmp_path, pd.DataFrame(index=range(3)))
    assert str(error) == "AE: has no variables. A dataset needs at least one column"


def test_more_variables_than_the_header_counts(tmp_path: Path) -> None:
    frame = pd.DataFrame(np.zeros((1, 10_000)), columns=[f"V{i}" for i in range(10_000)])
    assert str(refused(tmp_path, frame)) == (
        "AE: has 10,000 variables; XPT holds at most 9,999. Split the dataset"
    )


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    frame = pd.DataFrame([[1.0, 2.0]], columns=["A", "A"])
    assert str(refused(tmp_path, frame)) == "AE.A: stands in more than one column. Rename one"


def test_variables_that_are_not_the_columns(tmp_path: Path) -> None:
    names = ["AETERM", "AESEV", "AESEV"]
    variables = [Variable(name=name, label="", type="Char") for name in names]
    frame = pd.DataFrame({"AETRM": ["a"], "AESEV": ["b"]})
    error = refused(tmp_path, frame, variables=variables)
    assert str(error).splitlines() == [
        "AE.AESEV: is declared more than once. Declare it once",
        "AE.AETERM: is declared but not in the data. Did you mean AETRM?",
        "AE.AETRM: is in the data but not declared. Declare it or leave it out of the data",
    ]


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"does not exist\. Create it"):
        write_xpt(pd.DataFrame({"A": [1.0]}), tmp_path / "no" / "ae.xpt", name="AE")
