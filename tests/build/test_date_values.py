"""Dates in expressions: as moments, and by the days between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cdisc.build.evaluate import Table, condition, value
from cdisc.errors import Location, SpecError
from cdisc.spec.expression_parser import parse_expression
from cdisc.spec.expressions import Ref

AT = Location("spec.yaml")


def dates(*texts: str | None) -> pd.Series[Any]:
    return pd.Series(np.array([text or "NaT" for text in texts], dtype="datetime64[s]"))


COLUMNS = {
    "ADT": dates("2024-03-01", "2024-02-28", None, "2024-02-29"),
    "STARTDT": dates("2024-02-28", "2024-02-28", "2024-02-28", None),
    "ADTM": dates("2024-03-01T12:00:00", None, "2024-02-28T23:59:59", "2024-02-29"),
    "N": pd.Series([1.0, -1.0, 2.0, np.nan]),
    "DTC": pd.Series(["2024-03", "2024-02-28", "2024-02-28", "2024"], dtype="str"),
}


def table() -> Table:
    def column(ref: Ref) -> pd.Series[Any]:
        return COLUMNS[ref.name]

    return Table(column, 4, AT)


def holds(text: str) -> list[bool]:
    return condition(parse_expression(text, AT), table()).tolist()


def days(text: str) -> list[float | None]:
    found = value(parse_expression(text, AT), table())
    return [None if pd.isna(number) else number for number in found.tolist()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ADT > STARTDT", [True, False, False, False]),
        ("ADT == STARTDT", [False, True, False, False]),
        ("ADT != STARTDT", [True, False, False, False]),
        ("ADTM >= ADT", [True, False, False, True]),
        ('ADT <= "2024-02-29"', [False, True, False, True]),
        ('"2024-02-29T12:00:00" < ADTM', [True, False, False, False]),
        ("missing(ADT)", [False, False, True, False]),
        ("before(STARTDT, ADT)", [True, False, False, False]),
        ("on_or_after(ADT, STARTDT)", [True, True, False, False]),
        ("ADT == STARTDT + 2", [True, False, False, False]),
    ],
)
def test_dates_compare_as_moments_and_a_missing_one_makes_it_false(
    text: str, expected: list[bool]
) -> None:
    assert holds(text) == expected


def test_two_dates_are_a_number_of_days_apart() -> None:
    assert days("ADT - STARTDT") == [2, 0, None, None]
    assert days("ADT - STARTDT + 1") == [3, 1, None, None]
    assert days("ADTM - ADT") == [0.5, None, None, 0]


def test_a_date_and_a_number_of_days_are_a_date() -> None:
    for text in ("ADT + N", "N + ADT"):
        found = value(parse_expression(text, AT), table())
        expected = dates("2024-03-02", "2024-02-27", None, None)
        pd.testing.assert_series_equal(found, expected)


def test_a_date_is_no_number() -> None:
    with pytest.raises(SpecError, match="ADT is a date, not a number"):
        value(parse_expression("ADT * 2", AT), table())
    with pytest.raises(SpecError, match="compares text with a number"):
        condition(parse_expression("ADT > 5", AT), table())


@pytest.mark.parametrize("text", ['ADT == "soon"', '"24-03-01" < ADT'])
def test_a_date_against_text_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="a date with text that is no date"):
        condition(parse_expression(text, AT), table())
