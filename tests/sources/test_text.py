"""Numbers and SAS dates as text that gives the same value again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.sources.text import number_text, sas_text


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_number_text_gives_the_same_number_again(values: list[float]) -> None:
    assert [float(text) for text in number_text(np.array(values, "f8")).to_pylist()] == values


@given(st.lists(st.integers(-(2**53), 2**53)))
def test_whole_numbers_are_digits_only(values: list[int]) -> None:
    assert number_text(np.array(values, "f8")).to_pylist() == [str(value) for value in values]


def test_chosen_numbers() -> None:
    values = np.array([0.1, 1.10, -0.0, 1e-7, 1e20, np.nan, np.inf])
    assert number_text(values).to_pylist() == ["0.1", "1.1", "0", "1e-7", "1e+20", None, "inf"]


@pytest.mark.parametrize(
    ("format_", "value", "text"),
    [
        ("DATE9.", 23440, "2024-03-05"),
        ("YYMMDD10.", 23440, "2024-03-05"),
        ("E8601DA10.", 23440.75, "2024-03-05"),
        ("DATE9", -0.5, "1959-12-31"),
        ("DATE9.", -138062, "-138062"),
        ("DATE9.", -138061, "1582-01-01"),
        ("DATE9.", 2936550, "2936550"),
        ("DATE9.", 2936549, "9999-12-31"),
        ("DATETIME20.3", 86400.125, "1960-01-02T00:00:00.125"),
        ("E8601DT19.", 1e18, "1e+18"),
        ("TIME5.", 32700, "09:05:00"),
        ("TOD8.", -1, "-1"),
        ("TIME8.", 1e18, "1e+18"),
        ("HHMM5.", 360000.5, "100:00:00.5"),
        ("BEST12.", 23440, "23440"),
        ("DATEX.", 1, "1"),
        ("", 0.5, "0.5"),
    ],
)
def test_sas_formats(format_: str, value: float, text: str) -> None:
    assert sas_text(np.array([value, np.nan]), format_).to_pylist() == [text, None]
