"""The dose that a sample belongs to, against a slow second way."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.events.nearest_records import nearest_record
from cdisc.algorithms.events.reference_records import reference_record
from cdisc.algorithms.events.surrounding_references import (
    Timed,
    reference_after,
    reference_before,
)
from tests.algorithms.columns import text

FIRST, SECOND = "2024-01-15T13:20", "2024-02-19T10:00"


def doses(*rows):
    by, date, value = zip(*rows, strict=True) if rows else ((), (), ())
    columns = {"by": text(*by), "date": text(*date), "value": text(*value)}
    return Selected("EX", columns, np.arange(len(by)) + 50)


TWO = doses(("A", SECOND, "2"), ("A", FIRST, "1"), ("B", "2024-01-01T08:00", "9"))


def belongs(*dates, of=TWO, predose=None, same_day=False, subject="A", if_none="finding"):
    result = reference_record(
        text(*dates),
        of,
        if_none,
        None if predose is None else np.array(predose),
        same_day,
        text(*[subject] * len(dates)),
    )
    values = [None if pd.isna(v) else v for v in result.values]
    links = [(link.rows.tolist(), link.parent_rows.tolist()) for link in result.links]
    return values, {i.rule: i.rows.tolist() for i in result.issues}, links


def test_a_record_belongs_to_the_latest_reference_at_or_before_it():
    values, issues, links = belongs(FIRST, "2024-02-19T09:59", SECOND, "2025-01-01T00:00")
    assert (values, issues) == (["1", "1", "2", "2"], {})
    assert links == [([0, 1, 2, 3], [51, 51, 50, 50])]


def test_a_record_declared_before_belongs_to_the_reference_of_that_day_or_the_next():
    dates = ["2024-01-15T13:00", "2024-01-15T14:00", "2024-01-16T08:00"]
    assert belongs(*dates, predose=[True] * 3)[0] == ["1", "1", "2"]


def test_the_same_day_counts_only_when_asked_for():
    assert belongs("2024-02-19T08:00")[0] == ["1"]
    assert belongs("2024-02-19T08:00", same_day=True)[0] == ["2"]
    assert belongs("2024-02-19T11:00", same_day=True)[0] == ["2"]
    assert belongs("2024-02-18T23:59", same_day=True)[0] == ["1"]


def test_between_two_references_of_one_day_the_earlier_counts():
    twice = doses(("A", "2024-01-15T08:00", "a"), ("A", "2024-01-15T12:00", "b"))
    assert belongs("2024-01-15T10:00", of=twice, same_day=True)[0] == ["a"]
    assert belongs("2024-01-15T07:00", of=twice, same_day=True)[0] == ["a"]


def test_a_date_is_compared_as_precisely_as_both_are_known():
    assert belongs("2024-01-15")[0] == ["1"]
    assert belongs("2024-01-15T10:00", of=doses(("A", "2024-01-15", "d")))[0] == ["d"]


def test_none_before_is_missing_and_told_when_asked_for():
    assert belongs("2023-12-01")[:2] == ([None], {"reference_record.none": [0]})
    assert belongs("2023-12-01", if_none="missing")[:2] == ([None], {})
    assert belongs("2024-03-01", subject="C", if_none="missing")[0] == [None]
    assert belongs("2024-03-01", predose=[True])[:2] == ([None], {"reference_record.none": [0]})
    assert belongs("2024-03-01", of=doses(), if_none="missing")[:2] == ([None], {})


def test_a_missing_date_is_missing_and_a_partial_one_is_told():
    assert belongs(None)[:2] == ([None], {})
    assert belongs("2024-03")[:2] == ([None], {"reference_record.undecided": [0]})


def test_two_references_of_one_moment_are_told_and_none_is_taken():
    twice = doses(("A", FIRST, "a"), ("A", FIRST, "b"))
    untold = ([None], {"reference_record.tie": [0]}, [])
    assert belongs("2024-01-16", of=twice) == untold
    assert belongs("2024-01-15", of=twice, predose=[True]) == untold
    back = doses(("A", FIRST, "b"), ("A", FIRST, "a"))
    assert belongs("2024-01-16", of=back) == untold


def test_references_of_one_moment_and_value_are_no_tie_and_all_its_origin():
    twice = doses(("A", FIRST, "a"), ("B", FIRST, "x"), ("A", FIRST, "a"))
    assert belongs("2024-01-16", of=twice) == (["a"], {}, [([0, 0], [50, 52])])


def test_no_rows():
    assert belongs()[0] == []


START = datetime(2024, 1, 1)
MOMENTS = st.integers(0, 5 * 24).map(lambda hours: START + timedelta(hours=hours))
PEOPLE = st.sampled_from("AB")


@settings(max_examples=300)
@given(
    st.lists(st.tuples(PEOPLE, MOMENTS), max_size=6, unique=True),
    st.lists(st.tuples(PEOPLE, MOMENTS, st.booleans()), min_size=1, max_size=8),
    st.booleans(),
)
def test_agrees_with_a_second_way(references, samples, same_day):
    given_ = doses(
        *(
            (who, when.isoformat(timespec="minutes"), str(n))
            for n, (who, when) in enumerate(references)
        )
    )
    result = reference_record(
        text(*(when.isoformat(timespec="minutes") for _, when, _ in samples)),
        given_,
        "missing",
        np.array([before for _, _, before in samples]),
        same_day,
        text(*(who for who, _, _ in samples)),
    )
    for value, (who, when, before) in zip(result.values, samples, strict=True):
        mine = sorted((m, str(n)) for n, (person, m) in enumerate(references) if person == who)
        earlier = [n for m, n in mine if m <= when]
        later = [(m, n) for m, n in mine if m.date() >= when.date()]
        wanted = earlier[-1] if earlier else None
        own_day = [n for m, n in mine if m <= when and m.date() == when.date()]
        if same_day and not own_day and later and later[0][0].date() == when.date():
            wanted = later[0][1]
        if before:
            wanted = later[0][1] if later else None
        assert (None if pd.isna(value) else value) == wanted


@pytest.mark.parametrize("subject", ["A", "B"])
def test_other_subjects_change_nothing(subject):
    own = doses(
        *[
            row
            for row in (("A", SECOND, "2"), ("A", FIRST, "1"), ("B", "2024-01-01T08:00", "9"))
            if row[0] == subject
        ]
    )
    dates = ["2024-01-02", "2024-01-20", "2024-02-19T08:00"]
    assert belongs(*dates, subject=subject)[0] == belongs(*dates, subject=subject, of=own)[0]


SCARCE = st.sampled_from([FIRST, SECOND, "2024-02-19", "2024-01-20T08:00"])


@settings(max_examples=200)
@given(
    st.lists(st.tuples(PEOPLE, SCARCE, st.sampled_from("xy")), max_size=6),
    st.lists(st.tuples(SCARCE, st.booleans()), min_size=1, max_size=4),
    st.randoms(),
)
def test_no_reference_is_chosen_by_the_order_of_the_dataset(references, samples, random):
    dates = text(*(when for when, _ in samples))
    predose = np.array([early for _, early in samples])
    subject = text(*"A" * len(samples))

    def answers(rows):
        of = doses(*rows)
        results = (
            reference_record(dates, of, "finding", predose, False, subject),
            reference_before(Timed(dates, of, "finding", predose, subject)),
            reference_after(Timed(dates, of, "finding", predose, subject)),
            nearest_record(dates, of, 9, 9, "finding", "earlier", subject),
        )
        told = []
        for result in results:
            values = [None if pd.isna(v) else v for v in result.values]
            pairs = {
                (row, rows[parent - 50])
                for link in result.links
                for row, parent in zip(link.rows.tolist(), link.parent_rows, strict=True)
            }
            assert {row for row, _ in pairs} == {i for i, v in enumerate(values) if v}
            assert all(values[row] == record[2] for row, record in pairs)
            told.append((values, {i.rule: i.rows.tolist() for i in result.issues}, pairs))
        return told

    shuffled = list(references)
    random.shuffle(shuffled)
    assert answers(references) == answers(shuffled)
