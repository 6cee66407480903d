"""The first or last date of a subject over declared records, against a slow second way."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.dates.source_dates import exposure_date, extreme_date
from cdisc.errors import UsageError
from tests.algorithms.columns import text


def days(*values):
    return pd.Series(np.array([v or "NaT" for v in values], dtype="datetime64[s]"))


def source(name, *rows, start=100):
    by, date = zip(*rows, strict=True) if rows else ((), ())
    return Selected(name, {"by": text(*by), "date": text(*date)}, np.arange(len(by)) + start)


def doses(*rows):
    by, date, dose, treatment = zip(*rows, strict=True)
    columns = {
        "by": text(*by),
        "date": text(*date),
        "dose": pd.Series(dose, dtype="str" if isinstance(dose[0], str) else "float64"),
        "treatment": text(*treatment),
    }
    return Selected("EX", columns, np.arange(len(by)))


def told(result):
    values = [None if pd.isna(v) else v for v in result.values]
    return [
        v.isoformat().removesuffix("T00:00:00") if isinstance(v, pd.Timestamp) else v
        for v in values
    ]


def of(*parts, take="latest", subjects=("A",), **arguments):
    return extreme_date(parts, take, subject=text(*subjects), **arguments)


def test_last_known_alive_is_the_latest_complete_date_over_the_declared_sources():
    visits = source("SV", ("A", "2024-01-05"), ("A", "2024-03"), ("B", "2024-01-01"))
    contacts = source("SS", ("A", "2024-02-07T10:30"), ("A", None), start=7)
    result = of(visits, contacts, subjects=("A", "B", "C"))
    assert told(result) == ["2024-02-07", "2024-01-01", None]
    assert [(x.dataset, x.rows.tolist(), x.parent_rows.tolist()) for x in result.links] == [
        ("SV", [1], [102]),
        ("SS", [0], [7]),
    ]
    assert result.issues == ()


def test_dates_after_the_last_day_that_counts_are_left_out():
    visits = source("SV", ("A", "2024-01-05"), ("A", "2024-02-05T08:00"), ("A", "2024-02-06"))
    assert told(of(visits, until=days("2024-02-05"))) == ["2024-02-05"]
    assert told(of(visits, until=days(None))) == ["2024-02-06"]
    assert told(of(visits, take="earliest", since=days("2024-01-06"))) == ["2024-02-05"]


def test_incomplete_dates_count_as_they_are_imputed_within_the_bounds_of_their_subject():
    therapies = source("CM", ("A", "2024-05"), ("A", "2024-05-28"), ("B", "2024-05"))
    bounds = {"impute": "first", "not_before": (days("2024-05-25", None),)}
    result = of(therapies, take="earliest", subjects=("A", "B"), **bounds)
    assert told(result) == ["2024-05-25", "2024-05-01"]
    flags = of(therapies, take="earliest", subjects=("A", "B"), give="date_flag", **bounds)
    assert told(flags) == ["D", "D"]
    late = {"impute": "first", "not_before": (days("2024-05-30"),)}
    assert told(of(therapies, take="earliest", **late)) == ["2024-05-28"]
    assert told(of(therapies, take="earliest", give="date_flag", **late)) == [None]


def test_a_date_time_is_complete_only_with_its_time():
    visits = source("SV", ("A", "2024-01-05"), ("A", "2024-01-04T10:30"))
    assert told(of(visits, give="datetime")) == [None]
    made = of(visits, give="datetime", impute_time="last")
    assert told(made) == ["2024-01-05T23:59:59"]
    assert told(of(visits, give="time_flag", impute_time="last")) == ["H"]
    first = {"take": "earliest", "impute_time": "first", "give": "time_flag"}
    assert told(of(visits, **first)) == ["S"]
    assert told(of(visits, ignore_seconds=True, **first)) == [None]


def test_a_text_that_is_no_date_is_told_of_the_row_of_its_subject():
    result = of(source("SV", ("B", "soon"), ("X", "soon"), ("A", "x")), subjects=("A", "B"))
    assert [(i.rule, i.rows.tolist(), list(i.values)) for i in result.issues] == [
        ("extreme_date.unreadable", [0, 1], ["x", "soon"])
    ]


def test_what_cannot_be_asked_for_is_refused():
    with pytest.raises(UsageError, match="at least one selection"):
        of()
    with pytest.raises(UsageError, match="imputes a time only for a date/time"):
        of(source("SV"), impute_time="last")
    with pytest.raises(UsageError, match="needs not_before"):
        of(source("SV"), impute="first", highest="year")


def test_treatment_starts_with_the_first_dose_above_zero_or_placebo():
    given = doses(
        ("A", "2024-01-08", 0, "DRUG"),
        ("A", "2024-01-10T09:30", 2, "DRUG"),
        ("A", "2024-01-12", None, "DRUG"),
        ("B", "2024-01-09", 0, "Placebo to drug"),
        ("C", "2024-01-09", None, "DRUG"),
    )
    first = exposure_date((given,), "earliest", subject=text("A", "B", "C"))
    assert told(first) == ["2024-01-10", "2024-01-09", None]
    assert [link.parent_rows.tolist() for link in first.links] == [[1, 3]]
    none = exposure_date((given,), "earliest", placebo=("SHAM",), subject=text("A", "B", "C"))
    assert told(none) == ["2024-01-10", None, None]


def test_treatment_ends_with_the_last_dose_at_the_last_second_when_the_time_is_missing():
    given = doses(("A", "2024-01-10T09:30", 2, "DRUG"), ("A", "2024-02-10", 2, "DRUG"))
    last = {"take": "latest", "impute_time": "last", "subject": text("A")}
    assert told(exposure_date((given,), give="datetime", **last)) == ["2024-02-10T23:59:59"]
    assert told(exposure_date((given,), give="time_flag", **last)) == ["H"]


def test_each_row_of_a_subject_has_its_own_bounds():
    visits = source("SV", ("A", "2024-01-05"), ("A", "2024-02-07"), ("A", "2024-04-01"))
    early, late = "2024-01-15", "2024-03-15"
    rows = of(visits, subjects="AA", until=days(early, late))
    assert told(rows) == ["2024-01-05", "2024-02-07"]
    assert told(of(visits, subjects="AA", until=days(late, early))) == ["2024-02-07", "2024-01-05"]
    (link,) = rows.links
    assert (link.rows.tolist(), link.parent_rows.tolist()) == ([0, 1], [100, 101])
    imputed = {"take": "earliest", "impute": "first", "not_before": (days("2024-05-20", None),)}
    assert told(of(source("CM", ("A", "2024-05")), subjects="AA", **imputed)) == [
        "2024-05-20",
        "2024-05-01",
    ]


def test_why_a_record_was_not_taken_is_told_for_each_row():
    visits = source("SV", ("A", "2024-01-05"), ("A", "2024-02-07"))
    bounds = {"until": days("2024-01-15", "2024-03-15"), "explaining": True}
    (one,) = of(visits, subjects="AA", **bounds).considered
    assert one.rows.tolist() == [0, 0, 1, 1]
    assert one.taken.tolist() == [True, False, False, True]
    assert list(one.why)[1] == "after the last day that counts"


def test_a_dose_that_is_no_number_is_told_at_the_row_of_its_subject():
    given = doses(
        ("B", "2024-01-08", "2,5", "DRUG"),
        ("B", "2024-01-10", "2", "DRUG"),
        ("A", "2024-01-08", "none", "PLACEBO"),
        ("A", "2024-01-09", None, "DRUG"),
        ("X", "2024-01-08", "2,5", "DRUG"),
    )
    first = exposure_date((given,), "earliest", subject=text("A", "B"))
    assert told(first) == ["2024-01-08", "2024-01-10"]
    assert [(i.rule, i.rows.tolist(), list(i.values)) for i in first.issues] == [
        ("exposure_date.dose", [1], ["2,5"])
    ]


def test_of_each_record_it_is_told_why_it_was_taken_or_not():
    visits = source(
        "SV", ("A", "2024-01-05"), ("A", "2024-03"), ("A", None), ("A", "2025-01-01"), ("B", "2024")
    )
    arguments = {"until": days("2024-06-30"), "explaining": True}
    (told_,) = of(visits, **arguments).considered
    assert told_.dataset == "SV"
    assert told_.parent_rows.tolist() == [100, 101, 102, 103]
    assert told_.taken.tolist() == [True, False, False, False]
    assert list(told_.why) == [
        "the latest",
        "incomplete and not imputed, or no date",
        "no date",
        "after the last day that counts",
    ]
    assert of(visits).considered == ()
    given = doses(("A", "2024-01-08", 0, "DRUG"), ("A", "2024-01-10", 2, "DRUG"))
    (told_,) = exposure_date((given,), "earliest", subject=text("A"), explaining=True).considered
    assert list(told_.why) == ["no dose above 0 and no placebo", "the earliest"]


DATE = st.one_of(
    st.none(),
    st.dates(dt.date(2024, 1, 1), dt.date(2024, 3, 31)).flatmap(
        lambda d: st.sampled_from([d.isoformat(), d.isoformat()[:7]])
    ),
)
ROWS = st.lists(st.tuples(st.sampled_from("ABC"), DATE), max_size=12)


@settings(max_examples=200)
@given(ROWS, ROWS, st.sampled_from(["earliest", "latest"]), st.randoms())
def test_it_is_the_extreme_of_all_complete_dates_whatever_their_order(one, two, take, random):
    wanted = []
    for person in "AB":
        known = [d for p, d in one + two if p == person and d and len(d) == 10]
        wanted.append({"earliest": min, "latest": max}[take](known, default=None))
    assert told(of(source("X", *one), source("Y", *two), take=take, subjects="AB")) == wanted
    random.shuffle(one)
    assert told(of(source("Y", *two), source("X", *one), take=take, subjects="AB")) == wanted
    alone = [told(of(source("X", *one), source("Y", *two), take=take, subjects=p)) for p in "AB"]
    assert [value for part in alone for value in part] == wanted


BOUND = st.one_of(st.none(), st.dates(dt.date(2024, 1, 1), dt.date(2024, 3, 31)))


@settings(max_examples=200)
@given(
    ROWS,
    st.lists(st.tuples(st.sampled_from("AB"), BOUND, BOUND), min_size=1, max_size=8),
    st.sampled_from(["earliest", "latest"]),
    st.randoms(),
)
def test_several_rows_of_a_subject_are_each_answered_alone_whatever_their_order(
    records, rows, take, random
):
    def answers(rows):
        subjects, since, until = zip(*rows, strict=True)
        bounds = {"since": days(*since), "until": days(*until)}
        return of(source("X", *records), take=take, subjects=subjects, **bounds)

    def slowly(person, since, until):
        known = [dt.date.fromisoformat(d) for p, d in records if p == person and d and len(d) > 7]
        known = [d for d in known if not (since and d < since) and not (until and d > until)]
        found = {"earliest": min, "latest": max}[take](known, default=None)
        return found and found.isoformat()

    wanted = [slowly(*row) for row in rows]
    result = answers(rows)
    assert told(result) == wanted
    linked = {
        (r, p - 100)
        for link in result.links
        for r, p in zip(link.rows, link.parent_rows, strict=True)
    }
    assert {row for row, _ in linked} == {i for i, value in enumerate(wanted) if value}
    assert all(records[parent] == (rows[row][0], wanted[row]) for row, parent in linked)
    order = list(range(len(rows)))
    random.shuffle(order)
    assert told(answers([rows[i] for i in order])) == [wanted[i] for i in order]
