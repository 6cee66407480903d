"""Study days count from the reference date without a day 0."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.dates.study_days import analysis_day, study_day


def day(value, reference):
    columns = [pd.Series([v], dtype="str") for v in (value, reference)]
    result = study_day(*columns).values[0]
    return None if pd.isna(result) else result


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2014-01-02", 1), ("2014-01-03", 2), ("2014-01-01", -1), ("2014-01-01T23:59", -1)],
)
def test_there_is_no_day_zero(value, expected):
    assert day(value, "2014-01-02") == expected


@pytest.mark.parametrize("value", [None, "2014-01", "2014", "2014---03", "--01-03", "x"])
def test_missing_or_partial_date_has_no_day(value):
    assert day(value, "2014-01-02") is None
    assert day("2014-01-02", value) is None


def test_only_date_parts_count():
    assert day("2014-01-03T00:01", "2014-01-02T23:59") == 2


@given(st.dates(), st.dates())
def test_day_is_the_difference_with_one_added_from_the_reference_on(value, reference):
    difference = (value - reference).days
    expected = difference + 1 if value >= reference else difference
    assert day(value.isoformat(), reference.isoformat()) == expected
    assert expected != 0


def test_leap_years_count():
    assert day("2020-03-01", "2020-02-28") == (date(2020, 3, 1) - date(2020, 2, 28)).days + 1


def numeric(*values):
    return pd.Series(np.array([v or "NaT" for v in values], dtype="datetime64[s]"))


def test_analysis_days_of_numeric_dates_have_no_day_zero():
    dates = numeric("2014-01-02T23:59", "2014-01-03", "2014-01-01", None)
    days = analysis_day(dates, numeric(*["2014-01-02T08:00"] * 4)).values
    assert days[:3].tolist() == [1, 2, -1]
    assert pd.isna(days[3])
    assert analysis_day(dates, numeric(*[None] * 4)).values.isna().all()


@given(st.dates(), st.dates())
def test_analysis_day_agrees_with_the_study_day_of_the_texts(value, reference):
    made = analysis_day(numeric(value.isoformat()), numeric(reference.isoformat())).values[0]
    assert made == day(value.isoformat(), reference.isoformat())
