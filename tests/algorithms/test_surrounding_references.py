"""The reference events around a record: the infusion before it, the infusion after it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.events.surrounding_references import (
    Timed,
    reference_after,
    reference_before,
)
from tests.algorithms.columns import plain, text


def infusions(*moments, subject="S"):
    return Selected(
        "EX",
        {
            "by": text(*[subject] * len(moments)),
            "date": text(*moments),
            "value": text(*(str(n) for n in range(1, len(moments) + 1))),
        },
        np.arange(len(moments)) + 10,
    )


TWO = infusions("2024-01-15T14:00", "2024-02-19T13:00")


def around(date, of=TWO, predose=None, subject="S"):
    found = []
    for algorithm in (reference_before, reference_after):
        marks = None if predose is None else np.array([predose])
        result = algorithm(Timed(text(date), of, "missing", marks, text(subject)))
        found.append(plain(result.values)[0])
    return tuple(found)


def test_the_infusion_before_and_the_one_after():
    assert around("2024-01-10") == (None, "1")
    assert around("2024-02-12T08:00") == ("1", "2")
    assert around("2024-03-12") == ("2", None)


def test_on_the_day_the_time_decides_or_that_it_was_taken_predose():
    assert around("2024-02-19T12:00") == ("1", "2")
    assert around("2024-02-19T13:00") == ("2", None)
    assert around("2024-02-19T13:00", predose=True) == ("1", "2")
    assert around("2024-02-19") == ("2", None)
    assert around("2024-02-19", predose=True) == ("1", "2")


def test_another_subject_has_none():
    assert around("2024-02-12", subject="T") == (None, None)
    assert around("2024-02-12", of=infusions()) == (None, None)


def test_a_date_without_day_is_a_finding():
    result = reference_before(Timed(text("2024-02"), TWO, "missing", subject=text("S")))
    assert plain(result.values) == [None]
    assert [issue.rule for issue in result.issues] == ["reference_before.undecided"]


def test_none_may_be_a_finding():
    result = reference_before(Timed(text("2024-01-01", None), TWO, "finding", None, text("S", "S")))
    assert [(i.rule, i.rows.tolist()) for i in result.issues] == [("reference_before.none", [0])]


def test_references_of_one_moment_are_a_finding_and_none_is_taken():
    same = infusions("2024-01-15T14:00", "2024-01-15T14:00")
    before = reference_before(Timed(text("2024-02-01"), same, "missing", subject=text("S")))
    after = reference_after(Timed(text("2024-01-01"), same, "missing", subject=text("S")))
    assert (plain(before.values), plain(after.values)) == ([None], [None])
    assert [i.rule for i in (*before.issues, *after.issues)] == [
        "reference_before.tie",
        "reference_after.tie",
    ]


def test_the_record_is_linked_to_its_reference():
    result = reference_before(
        Timed(text("2024-02-01", "2024-01-01"), TWO, "missing", subject=text("S", "S"))
    )
    (link,) = result.links
    assert (link.dataset, link.rows.tolist(), link.parent_rows.tolist()) == ("EX", [0], [10])


moments = st.tuples(st.integers(1, 9), st.one_of(st.none(), st.integers(0, 23)))


def written(moment):
    day, hour = moment
    return f"2024-01-{day:02}" + ("" if hour is None else f"T{hour:02}:00")


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from("ST"), moments, st.booleans()), max_size=8),
    st.lists(st.tuples(st.sampled_from("ST"), st.integers(1, 9), st.integers(0, 23)), max_size=6),
)
def test_agrees_with_the_records_read_one_by_one(rows, references):
    references = sorted(set(references))
    of = Selected(
        "EX",
        {
            "by": text(*(r[0] for r in references)),
            "date": text(*(written(r[1:]) for r in references)),
            "value": text(*(str(n) for n in range(len(references)))),
        },
        np.arange(len(references)),
    )
    date = text(*(written(r[1]) for r in rows))
    predose = np.array([r[2] for r in rows], dtype=bool)
    subject = text(*(r[0] for r in rows))
    before, after = [], []
    for person, (day, hour), early in rows:
        mine = [(n, r) for n, r in enumerate(references) if r[0] == person]
        past = [
            n
            for n, (_, their_day, their_hour) in mine
            if their_day < day
            or (their_day == day and not early and (hour is None or their_hour <= hour))
        ]
        before.append(str(past[-1]) if past else None)
        coming = [n for n, _ in mine if n not in past]
        after.append(str(coming[0]) if coming else None)
    assert plain(reference_before(Timed(date, of, "missing", predose, subject)).values) == before
    assert plain(reference_after(Timed(date, of, "missing", predose, subject)).values) == after
