"""Spans of partial dates, comparing them, and reference dates."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.dates.partial_dates import before, same, spans
from cdisc.algorithms.dates.reference_dates import reference_date
from tests.algorithms.columns import text


def listed(series):
    return [None if pd.isna(value) else value for value in series]


@pytest.mark.parametrize(
    ("iso", "earliest", "latest"),
    [
        ("2019", "2019-01-01T00:00:00", "2019-12-31T23:59:59"),
        ("2020-02", "2020-02-01T00:00:00", "2020-02-29T23:59:59"),
        ("2019-02-03", "2019-02-03T00:00:00", "2019-02-03T23:59:59"),
        ("2019-02-03T10", "2019-02-03T10:00:00", "2019-02-03T10:59:59"),
        ("2019-02-03T10:30", "2019-02-03T10:30:00", "2019-02-03T10:30:59"),
        ("2019-02-03T10:30:15", "2019-02-03T10:30:15", "2019-02-03T10:30:15"),
        ("2019-02-03T10:30:15.5", "2019-02-03T10:30:15", "2019-02-03T10:30:15"),
        ("2019---30", "2019-01-30T00:00:00", "2019-12-30T23:59:59"),
        ("--12-15", "0001-12-15T00:00:00", "9999-12-15T23:59:59"),
        ("2019-02--T10:30", "2019-02-01T10:30:00", "2019-02-28T10:30:59"),
    ],
)
def test_span_of_a_partial_date(iso, earliest, latest):
    found = spans(text(iso))
    assert [str(found.earliest[0]), str(found.latest[0])] == [earliest, latest]


@pytest.mark.parametrize("nothing", [None, "", "x", "2019-02-30", "2019-13", "2019-02-03T24:00"])
def test_what_is_no_date_has_no_span(nothing):
    assert not spans(text(nothing)).known.any()


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("2019-03", "2019-03-17T08:00", "same"),
        ("2019-03", "2019-04-01", "before"),
        ("2019", "2019-06", "same"),
        ("2019-03-17", "2019-03-17T08:00", "same"),
        ("2019-03-17T08", "2019-03-17T08:59:59", "same"),
        ("2019-03-17T07:59", "2019-03-17T08:00", "before"),
        ("2019", "2020-01-01", "before"),
        (None, "2019", "neither"),
    ],
)
def test_values_are_compared_at_the_coarser_precision(left, right, expected):
    one, other = spans(text(left)), spans(text(right))
    found = "before" if before(one, other)[0] else "same" if same(one, other)[0] else "neither"
    assert found == expected


@settings(max_examples=60)
@given(st.dates(), st.dates(), st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_truncated_dates_compare_like_their_common_prefix(first, second, size, other):
    left, right = first.isoformat()[:size], second.isoformat()[:other]
    common = min(size, other)
    one, two = spans(text(left)), spans(text(right))
    assert bool(before(one, two)[0]) == (left[:common] < right[:common])
    assert bool(same(one, two)[0]) == (left[:common] == right[:common])


def selected(name, by, dates, rows=None):
    count = len(by)
    positions = np.arange(count) if rows is None else np.array(rows)
    return Selected(name, {"by": text(*by), "date": text(*dates)}, positions.astype(np.int64))


def test_earliest_and_latest_over_the_declared_sources():
    exposure = selected("EX", ["1", "1", "2"], ["2019-03-05", "2019-04-02", "2019-05-01"])
    collected = selected("EC", ["1", "3"], ["2019-03-04", "2019-01-01"])
    subjects = text("1", "2", "3", "4", None)
    earliest = reference_date((exposure, collected), "earliest", subjects)
    assert listed(earliest.values) == ["2019-03-04", "2019-05-01", "2019-01-01", None, None]
    latest = reference_date((exposure, collected), "latest", subjects)
    assert listed(latest.values) == ["2019-04-02", "2019-05-01", "2019-01-01", None, None]


def test_every_selected_record_counts_so_placebo_is_exposure():
    # The selection holds the records the spec's `where` keeps; a dose of 0 is one of them.
    placebo = selected("EX", ["1"], ["2019-03-05"])
    assert listed(reference_date((placebo,), "earliest", text("1")).values) == ["2019-03-05"]


@pytest.mark.parametrize("take", ["earliest", "latest"])
def test_dates_equal_at_the_coarser_precision_keep_the_most_precise(take):
    part = selected("EX", ["1", "1", "1"], ["2019-03", "2019-03-05", "2019-03-05T08:30"])
    assert listed(reference_date((part,), take, text("1")).values) == ["2019-03-05T08:30"]


def test_times_to_the_second_are_told_apart():
    part = selected("EX", ["1", "1"], ["2019-03-05T08:30:01", "2019-03-05T08:30:00"])
    assert listed(reference_date((part,), "earliest", text("1")).values) == ["2019-03-05T08:30:00"]
    assert listed(reference_date((part,), "latest", text("1")).values) == ["2019-03-05T08:30:01"]


def test_missing_dates_are_ignored():
    part = selected("EX", ["1", "1", "2"], [None, "2019-03-05", " "])
    assert listed(reference_date((part,), "latest", text("1", "2")).values) == ["2019-03-05", None]


def test_links_name_the_record_that_gave_the_date():
    first = selected("EX", ["1", "1"], ["2019-03-05", "2019-03-04"], rows=[10, 12])
    second = selected("EC", ["2"], ["2019-01-01"], rows=[7])
    links = reference_date((first, second), "earliest", text("2", "1", "9")).links
    found = {k.dataset: (k.rows.tolist(), k.parent_rows.tolist()) for k in links}
    assert found == {"EX": ([1], [12]), "EC": ([0], [7])}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("123"), st.dates()), max_size=30),
    st.sampled_from(["earliest", "latest"]),
)
def test_complete_dates_give_the_plain_minimum_and_maximum(records, take):
    part = selected("EX", [r[0] for r in records], [r[1].isoformat() for r in records])
    pick = min if take == "earliest" else max
    expected = []
    for subject in "1234":
        own = [day for s, day in records if s == subject]
        expected.append(pick(own).isoformat() if own else None)
    assert listed(reference_date((part,), take, text(*"1234")).values) == expected
