"""The nearest record within a window of days, against a slow second way."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.events.nearest_records import nearest_record
from cdisc.errors import UsageError
from tests.algorithms.columns import text


def samples(*rows):
    by, dates, value = zip(*rows, strict=True) if rows else ((), (), ())
    columns = {"by": text(*by), "date": text(*dates), "value": pd.Series(value, dtype="float64")}
    return Selected("ADPC", columns, np.arange(len(by)) + 10)


def near(*dates, of, before=3, after=3, tie="earlier", if_none="missing", subject="A"):
    subjects = text(*[subject] * len(dates))
    result = nearest_record(text(*dates), of, before, after, if_none, tie, subjects)
    values = [None if pd.isna(v) else v for v in result.values]
    links = [(link.rows.tolist(), link.parent_rows.tolist()) for link in result.links]
    return values, {i.rule: i.rows.tolist() for i in result.issues}, links


def test_the_nearest_record_on_either_side():
    of = samples(("A", "2024-03-08", 1), ("A", "2024-03-11", 2), ("B", "2024-03-10", 9))
    assert near("2024-03-10T10:00", "2024-03-07", of=of) == ([2, 1], {}, [([0, 1], [11, 10])])


def test_the_window_counts_days_whatever_the_time_of_day():
    of = samples(("A", "2024-03-07T23:00", 1))
    assert near("2024-03-10T01:00", "2024-03-11T00:30", of=of)[0] == [1, None]
    assert near("2024-03-05", "2024-03-05", of=of, after=2)[0] == [1, 1]
    assert near("2024-03-04", of=of, after=2)[0] == [None]


def test_of_two_equally_near_the_declared_one():
    of = samples(("A", "2024-03-12", 2), ("A", "2024-03-08", 1))
    assert near("2024-03-10", of=of)[0] == [1]
    assert near("2024-03-10", of=of, tie="later")[0] == [2]


def test_of_one_day_the_first_by_time():
    of = samples(("A", "2024-03-08T18:00", 2), ("A", "2024-03-08T08:00", 1))
    assert near("2024-03-10", "2024-03-08T20:00", "2024-03-07", of=of)[0] == [1, 1, 1]


def test_of_one_moment_none_with_a_finding_when_their_values_differ():
    of = samples(("A", "2024-03-08T08:00", 1), ("A", "2024-03-08T08:00", 2))
    assert near("2024-03-08", of=of) == ([None], {"nearest_record.tie": [0]}, [])
    same = samples(("A", "2024-03-08T08:00", 2), ("A", "2024-03-08T08:00", 2))
    assert near("2024-03-08", of=same) == ([2], {}, [([0, 0], [10, 11])])


def test_none_near_enough_is_missing_and_told_when_asked_for():
    of = samples(("A", "2024-03-01", 1), ("A", "2024-03", 2), ("A", None, 3))
    assert near("2024-03-10", None, "2024-03", of=of)[:2] == (
        [None, None, None],
        {"nearest_record.undecided": [2]},
    )
    told = near("2024-03-10", None, of=of, if_none="finding")
    assert told[1] == {"nearest_record.none": [0]}
    assert near("2024-03-10", of=samples())[0] == [None]


def test_a_window_of_fewer_than_no_days_is_refused():
    with pytest.raises(UsageError, match="numbers of days from 0"):
        near("2024-03-10", of=samples(), before=-1)


START = date(2024, 2, 26)
days = st.integers(0, 9)


@given(
    st.lists(st.tuples(st.sampled_from("AB"), days), max_size=6, unique=True),
    st.lists(days, max_size=5),
    st.integers(0, 4),
    st.integers(0, 4),
    st.sampled_from(["earlier", "later"]),
)
def test_every_record_as_looked_at_by_itself(known, asked, before, after, tie):
    def written(day):
        return (START + timedelta(days=day)).isoformat()

    of = samples(*[(by, written(day), number) for number, (by, day) in enumerate(known)])
    expected = []
    for day in asked:
        inside = [
            (abs(other - day), other if tie == "earlier" else -other, number)
            for number, (by, other) in enumerate(known)
            if by == "A" and -before <= other - day <= after
        ]
        expected.append(min(inside)[2] if inside else None)
    values, issues, _ = near(*map(written, asked), of=of, before=before, after=after, tie=tie)
    assert (values, issues) == (expected, {})
