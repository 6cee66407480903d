"""Time between two dates and the band it falls into."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.dates.elapsed_time import band, duration, elapsed
from cdisc.errors import UsageError
from tests.algorithms.columns import text

WINDOWS = pd.DataFrame(
    {
        "NAME": ["PRE", "D1", "D3", None],
        "FROM": [None, "1", "2", "9"],
        "TO": ["0", "1", "5", "9"],
    },
    dtype="str",
)


def listed(series):
    return [None if pd.isna(value) else value for value in series]


def passed(date, since, unit):
    return listed(elapsed(text(date), text(since), unit).values)[0]


@pytest.mark.parametrize(
    ("date", "since", "unit", "expected"),
    [
        ("2024-01-16T08:00", "2024-01-15T20:00", "days", 1),
        ("2024-01-16T08:00", "2024-01-15T20:00", "hours", 12),
        ("2024-01-15T20:00", "2024-01-16T08:00", "minutes", -720),
        ("2024-01-15", "2024-01-15T20:00", "days", 0),
        ("2024-03-01", "2024-02-28", "days", 2),
        ("2024-01-15", "2024-01-15T20:00", "hours", None),
        ("2024-01-15T20", "2024-01-15T20:00", "hours", None),
        ("2024-01", "2024-01-15T20:00", "days", None),
        (None, "2024-01-15T20:00", "hours", None),
    ],
)
def test_elapsed(date, since, unit, expected):
    assert passed(date, since, unit) == expected


def bands(*numbers, if_none="finding", table=WINDOWS):
    result = band(pd.Series(numbers, dtype="float64"), table, if_none)
    return listed(result.values), [(i.rule, i.rows.tolist()) for i in result.issues]


def test_limits_are_included_and_an_empty_one_is_open():
    assert bands(-400, 0, 1, 2, 5) == (["PRE", "PRE", "D1", "D3", "D3"], [])


def test_outside_all_bands_is_missing_and_told_when_asked_for():
    assert bands(1.5, 6, None) == ([None, None, None], [("band.none", [0, 1])])
    assert bands(6, if_none="missing") == ([None], [])


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("TO", ["1", "1", "5", ""], "overlap"),
        ("TO", ["0", "0", "5", ""], "ends before it begins"),
        ("FROM", ["", "x", "2", ""], "no number"),
    ],
)
def test_tables_that_are_refused(column, values, message):
    with pytest.raises(UsageError, match=message):
        bands(1, table=WINDOWS.assign(**{column: values}))


def test_a_table_without_the_columns_is_refused():
    with pytest.raises(UsageError, match="no column TO"):
        bands(1, table=WINDOWS.drop(columns="TO"))


@given(st.lists(st.integers(-9, 12), min_size=1))
def test_a_number_is_in_the_band_whose_limits_hold_it(numbers):
    for number, name in zip(numbers, bands(*numbers, if_none="missing")[0], strict=True):
        held = [n for n, a, b in (("PRE", -99, 0), ("D1", 1, 1), ("D3", 2, 5)) if a <= number <= b]
        assert [name] == (held or [None])


@pytest.mark.parametrize(
    ("of", "unit", "expected"),
    [
        ("P3D", "hours", 72),
        ("PT0H", "hours", 0),
        ("-PT15M", "minutes", -15),
        ("P1W", "days", 7),
        ("P1DT12H", "days", 1.5),
        ("PT1.5H", "minutes", 90),
        ("PT36S", "hours", 0.01),
        (" P1D ", "hours", 24),
        (None, "hours", None),
    ],
)
def test_duration(of, unit, expected):
    result = duration(text(of), unit)
    assert (listed(result.values), result.issues) == ([expected], ())


@pytest.mark.parametrize("of", ["P1M", "P1Y", "P", "PT", "P1DT", "1D", "P-1D", "soon"])
def test_what_is_no_duration_of_fixed_length_is_missing_and_told(of):
    result = duration(text("P1D", of), "hours")
    assert listed(result.values) == [24, None]
    assert [(i.rule, i.rows.tolist(), list(i.values)) for i in result.issues] == [
        ("duration.unknown", [1], [of])
    ]
