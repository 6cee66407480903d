"""Why a record of another dataset was taken: dates, references, the nearest."""

from __future__ import annotations

from cdisc.algorithms.columns import rivals as module
from cdisc.algorithms.dates.reference_dates import reference_date
from cdisc.algorithms.events.nearest_records import nearest_record
from cdisc.algorithms.events.reference_records import reference_record
from cdisc.algorithms.events.surrounding_references import Timed, reference_after, reference_before
from tests.algorithms.rival_records import asked, of, text


def test_a_reference_date_tells_of_each_record_why_it_is_not_the_earliest() -> None:
    dated = text("2019-03-07", "2019-03-05", "2019-03-05T08:30", "", "2019-03-05T08:30")
    result = reference_date((of(dated, dated),), "earliest", text("S1", "S2"), explaining=True)
    assert asked(result) == [
        (10, False, "later than the earliest, 2019-03-05T08:30"),
        (11, False, "not known to be later than the earliest, 2019-03-05T08:30, but less precise"),
        (12, True, "the earliest"),
        (13, False, "no date"),
        (14, False, "the same as the one taken, which is listed before"),
    ]
    assert asked(result, 1) == []


def test_the_record_that_one_is_timed_by_names_those_before_and_after_it() -> None:
    dated = text("2024-01-08", "2024-01-15", "2024-02-19", "2024-03")
    result = reference_record(
        text("2024-01-16", "2024-01-01", "2024-01"),
        of(dated, text("A", "B", "C", "D")),
        "missing",
        subject=text("S1", "S1", "S1"),
        explaining=True,
    )
    assert asked(result) == [
        (10, False, "before the one that counts, of 2024-01-15"),
        (11, True, "the one that counts"),
        (12, False, "after the one that counts, of 2024-01-15"),
        (13, False, "no date of a known day"),
    ]
    assert asked(result, 1)[0] == (10, False, "not on the side of this record that counts")
    assert asked(result, 2)[0] == (10, False, "this record has no date of a known day")


def test_the_nearest_record_tells_how_near_it_had_to_be() -> None:
    dated = text("2024-03-08", "2024-03-12", "2024-03-08")
    near = nearest_record(
        text("2024-03-10", "2024-01-01"),
        of(dated, text("A", "B", "A")),
        3,
        2,
        "missing",
        subject=text("S1", "S1"),
        explaining=True,
    )
    assert asked(near) == [
        (10, True, "the nearest one"),
        (11, False, "after the nearest one, of 2024-03-08"),
        (12, True, "the nearest one"),
    ]
    far = (False, "more than 3 days before this record or 2 after it")
    assert asked(near, 1) == [(10, *far), (11, *far), (12, *far)]


def test_references_that_differ_at_one_moment_say_so() -> None:
    dated = text("2024-01-08", "2024-01-08")
    timed = Timed(
        text("2024-01-16"),
        of(dated, text("A", "B")),
        "missing",
        subject=text("S1"),
        explaining=True,
    )
    result = reference_before(timed)
    tie = (False, "of the same time as others with another value; none is taken")
    assert asked(result) == [(10, *tie), (11, *tie)]


def test_too_many_records_are_told_by_those_taken_only(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", 1)
    dated = text("2024-01-08", "2024-01-15")
    timed = Timed(
        text("2024-01-10"), of(dated, dated), "missing", subject=text("S1"), explaining=True
    )
    result = reference_after(timed)
    assert asked(result) == [(11, True, "the one that counts")]
