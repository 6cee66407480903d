"""Numeric date/times: imputed within their bounds as by going through their seconds."""

import datetime as dt

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.dates.analysis_dates import analysis_datetime
from tests.algorithms.columns import text

MOMENT = st.datetimes(dt.datetime(2019, 11, 1), dt.datetime(2020, 4, 30)).map(
    lambda when: when.replace(microsecond=0)
)
CUTS = (4, 7, 10, 13, 16, 19)


def edges(text):
    """The first and the last second that a text may be."""
    first = dt.datetime.fromisoformat(text + "2020-01-01T00:00:00"[len(text) :])
    last = first
    while (last + dt.timedelta(days=1)).isoformat().startswith(text):
        last += dt.timedelta(days=1)
    while (last + dt.timedelta(hours=1)).isoformat().startswith(text):
        last += dt.timedelta(hours=1)
    while (last + dt.timedelta(minutes=1)).isoformat().startswith(text):
        last += dt.timedelta(minutes=1)
    while (last + dt.timedelta(seconds=1)).isoformat().startswith(text):
        last += dt.timedelta(seconds=1)
    return first, last


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(MOMENT, st.sampled_from(CUTS), st.none() | MOMENT, st.none() | MOMENT),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["first", "last"]),
    st.sampled_from(["first", "last"]),
)
def test_moments_are_imputed_as_by_going_through_their_seconds(rows, of_date, of_time):
    texts = [when.isoformat()[:cut] for when, cut, _, _ in rows]
    lows, highs = ([row[place] for row in rows] for place in (2, 3))
    made = analysis_datetime(
        text(*texts),
        of_date,
        "month",
        of_time,
        not_before=(text(*(low and low.isoformat() for low in lows)),),
        not_after=(text(*(high and high.isoformat() for high in highs)),),
    ).values
    for said, low, high, value in zip(texts, lows, highs, made, strict=True):
        first, last = edges(said)
        start = dt.datetime.combine(
            (first if of_date == "first" else last).date(),
            (first if of_time == "first" else last).time(),
        )
        low = low if low and first <= low <= last else None
        high = high if high and first <= high <= last else None
        wanted = max(start, low) if low else start
        wanted = min(wanted, high) if high else wanted
        if len(said) == 19:
            assert value == dt.datetime.fromisoformat(said)
        elif low and wanted < low:
            assert pd.isna(value)
        else:
            assert value == wanted
