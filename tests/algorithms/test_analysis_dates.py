"""Numeric dates: imputation, bounds and flags, against a slow second way."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.dates.analysis_dates import (
    analysis_date,
    analysis_datetime,
    date_imputation_flag,
    time_imputation_flag,
)
from cdisc.errors import UsageError
from tests.algorithms.columns import text


def days(*values):
    return pd.Series(np.array([v or "NaT" for v in values], dtype="datetime64[s]"))


def told(values):
    return [None if pd.isna(v) else str(v).replace(" 00:00:00", "") for v in values]


def date(*texts, **arguments):
    return told(analysis_date(text(*texts), **arguments).values)


def moment(*texts, **arguments):
    values = analysis_datetime(text(*texts), **arguments).values
    return [None if pd.isna(v) else v.isoformat() for v in values]


def rules(result):
    return {i.rule.partition(".")[2]: i.rows.tolist() for i in result.issues}


def test_a_date_is_numeric_in_seconds_since_1970():
    values = analysis_date(text("2019-03-05T10:30", None)).values
    assert values.dtype == "datetime64[s]"
    assert told(values) == ["2019-03-05", None]


def test_nothing_is_imputed_unless_asked():
    assert date("2019-03", "2019", "2019---07", "2019-03-05") == [None, None, None, "2019-03-05"]
    assert moment("2019-03-05", "2019-03-05T10:30", "2019-03-05T10:30:00") == [
        None,
        None,
        "2019-03-05T10:30:00",
    ]


def test_what_is_not_imputed_is_told():
    result = analysis_date(text("2019-03", None, "2019-03-05"))
    assert rules(result) == {"incomplete": [0]}
    assert result.issues[0].severity == "info"


def test_first_last_and_mid_of_an_unknown_day_and_month():
    assert date("2019-03", "2019", impute="first") == ["2019-03-01", "2019-01-01"]
    assert date("2019-03", "2019", impute="last") == ["2019-03-31", "2019-12-31"]
    assert date("2019-03", "2019", impute="mid") == ["2019-03-15", "2019-06-30"]


def test_last_respects_leap_years():
    texts = ("2019-02", "2020-02", "1900-02", "2000-02")
    assert [day[-2:] for day in date(*texts, impute="last")] == ["28", "29", "28", "29"]


def test_a_day_after_an_unknown_month_is_discarded():
    assert date("2019---07", impute="last") == ["2019-12-31"]
    assert date("2019---07", impute="first") == ["2019-01-01"]
    assert date("2019---07", impute="mid") == ["2019-06-30"]


def test_a_day_after_an_unknown_month_is_kept_when_preserved():
    assert date("2019---07", impute="last", preserve=True) == ["2019-12-07"]
    assert date("2019---07", impute="first", preserve=True) == ["2019-01-07"]
    assert date("2019---07", impute="mid", preserve=True) == ["2019-06-07"]


def test_a_preserved_day_that_the_month_does_not_have_is_an_error():
    result = analysis_date(text("2019---31"), impute="mid", preserve=True)
    assert (told(result.values), rules(result)) == ([None], {"impossible": [0]})
    assert result.issues[0].severity == "error"
    assert date("2019---31", impute="last", preserve=True) == ["2019-12-31"]


def test_the_highest_part_that_may_be_imputed():
    assert date("2019-03", "2019", impute="first", highest="day") == ["2019-03-01", None]
    assert date("2019-03", "2019", impute="first", highest="month") == ["2019-03-01", "2019-01-01"]


def test_bounds_apply_inside_the_possible_range_only():
    texts = text("2019-03", "2019-03", "2019-03", "2019-03")
    lower = days("2019-03-10", "2019-02-10", "2019-04-10", None)
    values = analysis_date(texts, impute="first", not_before=(lower,)).values
    assert told(values) == ["2019-03-10", "2019-03-01", "2019-03-01", "2019-03-01"]
    upper = days("2019-03-10", "2019-02-10", "2019-04-10", None)
    values = analysis_date(texts, impute="last", not_after=(upper,)).values
    assert told(values) == ["2019-03-10", "2019-03-31", "2019-03-31", "2019-03-31"]


def test_the_latest_lower_bound_then_the_earliest_upper_bound():
    lower = (days("2019-03-05"), days("2019-03-12"))
    upper = (days("2019-03-28"), days("2019-03-20"))
    both = {"not_before": lower, "not_after": upper}
    assert date("2019-03", impute="first", **both) == ["2019-03-12"]
    assert date("2019-03", impute="last", **both) == ["2019-03-20"]
    assert date("2019-03", impute="mid", **both) == ["2019-03-15"]


def test_bounds_move_the_middle_too():
    assert date("2019-03", impute="mid", not_before=(days("2019-03-20"),)) == ["2019-03-20"]
    assert date("2019-03", impute="mid", not_after=(days("2019-03-02"),)) == ["2019-03-02"]


def test_a_complete_date_never_changes():
    bounds = {"not_before": (days("2020-01-01"),), "not_after": (days("2018-01-01"),)}
    assert date("2019-03-05", impute="first", **bounds) == ["2019-03-05"]
    assert moment("2019-03-05T10:30:15", impute_time="last", **bounds) == ["2019-03-05T10:30:15"]


def test_a_date_that_cannot_meet_a_bound_is_told_when_asked_for():
    texts = text("2019-02", "2019-03", "2019-02-28", "2019-03-10")
    bound = (days(*["2019-03-05"] * 4),)
    found = analysis_date(texts, impute="first", not_before=bound, if_beyond="finding")
    assert told(found.values) == ["2019-02-01", "2019-03-05", "2019-02-28", "2019-03-10"]
    assert rules(found) == {"too_early": [0, 2]}
    assert found.issues[0].severity == "warning"
    found = analysis_date(texts, impute="last", not_after=bound, if_beyond="finding")
    assert rules(found) == {"too_late": [3]}
    assert analysis_date(texts, impute="first", not_before=bound).issues == ()


def test_an_impossible_result_is_an_error():
    result = analysis_date(
        text("2019-03"),
        impute="first",
        not_before=(days("2019-03-20"),),
        not_after=(days("2019-03-10"),),
    )
    assert (told(result.values), rules(result)) == ([None], {"bounds": [0]})
    assert result.issues[0].severity == "error"


def test_imputing_the_year_needs_a_bound():
    for method, bound in (("first", "not_before"), ("last", "not_after")):
        with pytest.raises(UsageError, match=f"needs {bound} to impute an unknown year"):
            date("2019", impute=method, highest="year")
    with pytest.raises(UsageError, match="middle of an unknown year"):
        date("2019", impute="mid", highest="year", not_before=(days("2019-01-01"),))


def test_an_unknown_year_is_imputed_as_its_bound():
    bound = days("2019-03-05", None, "2019-03-05")
    texts = text(None, None, "--12-15")
    result = analysis_date(texts, impute="first", highest="year", not_before=(bound,))
    assert told(result.values) == ["2019-03-05", None, "2019-03-05"]
    assert rules(result) == {}
    result = analysis_date(texts, impute="last", highest="year", not_after=(bound,))
    assert told(result.values) == ["2019-03-05", None, "2019-03-05"]


def test_a_preserved_month_and_day_of_an_unknown_year_are_kept():
    texts = text("--12-15", "--02-29", "--02")
    bound = days("2019-03-05", "2019-03-05", "2019-03-05")
    first = analysis_date(
        texts, impute="first", highest="year", preserve=True, not_before=(bound,)
    ).values
    assert told(first) == ["2019-12-15", "2020-02-29", "2020-02-01"]
    last = analysis_date(
        texts, impute="last", highest="year", preserve=True, not_after=(bound,)
    ).values
    assert told(last) == ["2018-12-15", "2016-02-29", "2019-02-28"]


def test_a_text_that_is_no_date_is_a_finding():
    result = analysis_date(text("March 2019", "2019-02-30"), impute="first")
    assert (told(result.values), rules(result)) == ([None, None], {"unreadable": [0, 1]})


def test_times_are_imputed_first_or_last():
    texts = ("2019-03-05", "2019-03-05T10", "2019-03-05T10:30", "2019-03-05T-:30")
    assert moment(*texts, impute_time="first") == [
        "2019-03-05T00:00:00",
        "2019-03-05T10:00:00",
        "2019-03-05T10:30:00",
        "2019-03-05T00:00:00",
    ]
    assert moment(*texts, impute_time="last") == [
        "2019-03-05T23:59:59",
        "2019-03-05T10:59:59",
        "2019-03-05T10:30:59",
        "2019-03-05T23:59:59",
    ]


def test_fractions_of_a_second_and_offsets_are_left_out():
    assert (
        moment("2019-03-05T10:30:15.5", "2019-03-05T10:30:15Z", "2019-03-05T10:30:15+08:00")
        == ["2019-03-05T10:30:15"] * 3
    )
    assert date("2019-03-05T10:30:15.5Z") == ["2019-03-05"]


def test_the_highest_part_of_a_time_that_may_be_imputed():
    texts = ("2019-03-05", "2019-03-05T10", "2019-03-05T10:30")
    assert moment(*texts, impute_time="first", highest_time="second") == [
        None,
        None,
        "2019-03-05T10:30:00",
    ]
    assert moment(*texts, impute_time="first", highest_time="minute")[0] is None


def test_a_date_without_day_has_its_time_imputed_too():
    assert moment("2019-03", impute="last", impute_time="last") == ["2019-03-31T23:59:59"]
    assert moment("2019-03", impute="mid", impute_time="first") == ["2019-03-15T00:00:00"]
    assert moment("2019-03", impute="last") == [None]
    assert moment("2019-03", impute_time="last") == [None]


def test_bounds_of_a_time():
    start = text("2019-03-05T08:15")
    assert moment("2019-03-05", impute_time="first", not_before=(start,)) == ["2019-03-05T08:15:00"]
    assert moment("2019-03-05", impute_time="last", not_after=(start,)) == ["2019-03-05T08:15:59"]
    # a date as upper bound stands for its whole day
    end = days("2019-03-05")
    assert moment("2019-03", impute="last", impute_time="last", not_after=(end,)) == [
        "2019-03-05T23:59:59"
    ]


def test_the_flag_is_the_highest_part_imputed():
    texts = text("2019-03", "2019", "2019---07", None, "2019-03-05", "2019-03", "--03-05")
    made = days(*["2019-03-01"] * 5, None, "2019-03-05")
    flags = date_imputation_flag(texts, made).values
    assert [None if pd.isna(f) else f for f in flags] == ["D", "M", "M", "Y", None, None, "Y"]


def test_the_time_flag_is_the_highest_part_imputed():
    texts = text("2019-03-05", "2019-03-05T10", "2019-03-05T10:30", "2019-03-05T10:30:15", "2019")
    made = days(*["2019-03-05"] * 5)
    flags = time_imputation_flag(texts, made).values
    assert [None if pd.isna(f) else f for f in flags] == ["H", "M", "S", None, "H"]
    flags = time_imputation_flag(texts, made, ignore_seconds=True).values
    assert [None if pd.isna(f) else f for f in flags] == ["H", "M", None, None, "H"]


# --- a slow second way -------------------------------------------------------------------------

PARTIAL = st.one_of(
    st.none(),
    st.dates(dt.date(2018, 12, 1), dt.date(2020, 3, 31)).flatmap(
        lambda day: st.sampled_from(
            [
                day.isoformat(),
                day.isoformat()[:7],
                day.isoformat()[:4],
                f"{day.year}---{day.day:02d}",
            ]
        )
    ),
)
BOUND = st.one_of(st.none(), st.dates(dt.date(2018, 12, 1), dt.date(2020, 3, 31)))
ALL = [dt.date(2018, 1, 1) + dt.timedelta(days=n) for n in range(1096)]


def possible(text, *, preserve=False):
    """Every day that a text may be, one by one."""
    if text is None:
        return ALL
    year, _, rest = text.partition("-")
    kept = [day for day in ALL if f"{day.year}" == year]
    if rest.startswith("--"):
        return [day for day in kept if not preserve or f"{day.day:02d}" == rest[2:]]
    return [day for day in kept if day.isoformat().startswith(text)]


def slow(text, method, lower, upper, *, preserve=False, year=False):
    candidates = possible(text, preserve=preserve)
    if text is not None and len(text) == 10 and "--" not in text:
        return dt.date.fromisoformat(text)
    if text is None and not year:
        return None
    inside = lambda bound: bound and candidates[0] <= bound <= candidates[-1]  # noqa: E731
    floor = max([b for b in lower if inside(b)], default=None)
    ceiling = min([b for b in upper if inside(b)], default=None)
    if text is None and (floor is None if method == "first" else ceiling is None):
        return None
    if method == "mid":
        start = candidates[0]
        day = start.replace(day=15) if len(candidates) < 32 else start.replace(month=6, day=30)
    else:
        day = candidates[0] if method == "first" else candidates[-1]
    if floor and day < floor:
        day = min(d for d in candidates if d >= floor)
    if ceiling and day > ceiling:
        day = max((d for d in candidates if d <= ceiling), default=None)
    return None if day is None or (floor and day < floor) else day


@settings(max_examples=400)
@given(
    st.lists(st.tuples(PARTIAL, BOUND, BOUND, BOUND, BOUND), min_size=1, max_size=8),
    st.sampled_from(["first", "last", "mid"]),
    st.booleans(),
    st.booleans(),
)
def test_imputation_agrees_with_going_through_all_days(rows, method, preserve, year):
    preserve, year = preserve and method != "mid", year and method != "mid"
    texts, *bounds = zip(*rows, strict=True)
    columns = [days(*(b and b.isoformat() for b in bound)) for bound in bounds]
    made = analysis_date(
        text(*texts),
        method,
        "year" if year else "month",
        preserve,
        tuple(columns[:2]),
        tuple(columns[2:]),
    ).values
    wanted = [
        slow(t, method, lows, highs, preserve=preserve, year=year)
        for t, *lows_highs in rows
        for lows, highs in [(lows_highs[:2], lows_highs[2:])]
    ]
    assert told(made) == [day and day.isoformat() for day in wanted]


@settings(max_examples=400)
@given(
    st.lists(st.tuples(PARTIAL, PARTIAL), min_size=1, max_size=8),
    st.sampled_from(["first", "last", "mid"]),
    st.sampled_from(["first", "last", "mid"]),
)
def test_start_and_end_imputed_jointly_never_cross(rows, first, second):
    starts, ends = (text(*column) for column in zip(*rows, strict=True))
    start = analysis_date(starts, first, not_after=(ends,)).values
    end = analysis_date(ends, second, not_before=(start,)).values
    for (left, right), begin, finish in zip(rows, start, end, strict=True):
        if left and right and possible(left)[0] <= possible(right)[-1]:
            assert begin <= finish
            assert begin.date() in possible(left)
            assert finish.date() in possible(right)


@settings(max_examples=50)
@given(st.lists(st.tuples(PARTIAL, BOUND), min_size=2, max_size=12), st.randoms())
def test_imputation_does_not_depend_on_the_other_rows(rows, random):
    def made(some):
        texts, bounds = zip(*some, strict=True)
        bound = days(*(b and b.isoformat() for b in bounds))
        return told(analysis_date(text(*texts), "first", "year", not_before=(bound,)).values)

    whole = dict(zip(rows, made(rows), strict=True))
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert made(shuffled) == [whole[row] for row in shuffled]
    assert made(rows[:1]) + made(rows[1:]) == [whole[row] for row in rows]
