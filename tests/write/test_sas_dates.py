"""Numbers that SAS counts dates by, read back by their formats."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc.model import Variable
from cdisc.write.sas_dates import kind_of, with_dates


def number(name: str, format_: str = "") -> Variable:
    return Variable(name=name, label=name, type="Num", format=format_)


def test_a_date_format_makes_dates_and_others_stay_numbers() -> None:
    frame = pd.DataFrame(
        {
            "ADT": [0.0, 23339.0, np.nan],
            "ADTM": [0.5, 1.0, 2.0],
            "ASTDTM": [60.0, np.nan, -86400.0],
            "ATM": [60.0, 0.0, 1.0],
            "AVAL": [1.0, 2.0, 3.0],
        }
    )
    variables = [
        number("ADT", "DATE9."),
        number("ADTM", "DATETIME20."),
        number("ASTDTM", "datetime20."),
        number("ATM", "TIME8."),
        number("AVAL"),
    ]
    found = with_dates(frame, variables)
    assert found["ADT"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["1960-01-01", "2023-11-25"]
    assert pd.isna(found["ADT"].iloc[2])
    assert found["ASTDTM"].iloc[0] == pd.Timestamp("1960-01-01T00:01:00")
    assert found["ASTDTM"].iloc[2] == pd.Timestamp("1959-12-31")
    for name in ("ADTM", "ATM", "AVAL"):  # half a second is no moment that SAS dates have here
        pd.testing.assert_series_equal(found[name], frame[name])


def test_the_kind_is_that_of_the_format() -> None:
    found = {text: kind_of(text) for text in ("DATE9.", "e8601dt19.", "DATE", "TIME8.", "8.2", "")}
    assert found == {
        "DATE9.": "date",
        "e8601dt19.": "datetime",
        "DATE": "date",
        "TIME8.": "",
        "8.2": "",
        "": "",
    }
