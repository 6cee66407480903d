"""Treatment emergence: the first rule that holds decides; against a slow second way."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.events.emergence import treatment_emergent
from cdisc.errors import UsageError
from tests.algorithms.columns import text

START, END = "2024-01-10", "2024-02-10"


def days(*values):
    return pd.Series(np.array([v or "NaT" for v in values], dtype="datetime64[s]"))


def flag(start, end=None, first=START, last=END, **arguments):
    result = treatment_emergent(days(start), days(end), days(first), days(last), 28, **arguments)
    return None if pd.isna(result.values[0]) else result.values[0]


def test_without_a_treatment_start_there_is_no_flag():
    assert flag("2024-01-20", first=None) is None
    assert flag(None, first=None) is None


def test_an_event_that_ended_before_treatment_has_no_flag():
    assert flag("2024-01-01", "2024-01-09") is None
    assert flag(None, "2024-01-09") is None
    assert flag(None, "2024-01-10") == "Y"


def test_a_missing_start_is_treatment_emergent():
    assert flag(None) == "Y"


def test_a_start_from_treatment_start_to_the_end_of_the_window_is_emergent():
    assert flag("2024-01-09") is None
    assert flag("2024-01-10") == "Y"
    assert flag("2024-03-09") == "Y"
    assert flag("2024-03-10") is None


def test_a_missing_treatment_end_sets_no_limit():
    assert flag("2030-01-01", last=None) == "Y"


def test_times_count_where_both_have_them_and_the_window_counts_days():
    first = days("2024-01-10T15:00")
    for start, wanted in (
        ("2024-01-10", "Y"),
        ("2024-01-10T15:00", "Y"),
        ("2024-01-10T14:59", None),
    ):
        values = treatment_emergent(days(start), days(None), first, days(END)).values
        assert (None if pd.isna(values[0]) else values[0]) == wanted
    assert flag("2024-01-10T08:00") == "Y"
    assert flag("2024-03-09T23:00", last="2024-02-10T08:00") == "Y"
    assert flag("2024-03-10T07:00", last="2024-02-10T08:00") is None


def test_the_published_example_of_the_field_gives_what_is_published():
    """The example of derive_var_trtemfl (admiral): window 10, initial and later grade."""
    start = [
        "2021-12-13T20:15",
        "2021-12-14T20:15",
        "2021-12-30T20:00",
        "2021-12-31T20:15",
        "2022-01-01T12:00",
        "2022-05-10T11:00",
        "2022-05-11T11:00",
        None,
        "2021-12-30T09:00",
        "2021-12-30T11:00",
        None,
        None,
        None,
    ]
    end = [
        "2021-12-15T12:45",
        "2021-12-14T22:00",
        "2022-01-14T11:00",
        "2022-01-01T01:23",
        "2022-01-02T23:25",
        "2022-05-10T13:05",
        "2022-05-11T13:05",
        None,
        None,
        None,
        "2022-01-04T09:00",
        "2021-12-24T19:00",
        "2022-06-04T09:00",
    ]
    initial, later = "1111322333333", "1331422443444"
    values = treatment_emergent(
        days(*start),
        days(*end),
        days(*["2022-01-01T01:01"] * 13),
        days(*["2022-04-30T23:59"] * 13),
        10,
        text(*later),
        text(*initial),
    ).values
    assert "".join("-" if pd.isna(v) else v for v in values) == "--Y-YY-YY-Y-Y"


def test_an_event_before_treatment_that_worsened_is_emergent_when_both_intensities_are_known():
    def worsened(initial, later, start="2024-01-05"):
        return flag(start, intensity=text(later), initial_intensity=text(initial))

    assert worsened("1", "2") == "Y"
    assert worsened("2", "2") is None
    assert worsened("2", "1") is None
    assert worsened(None, "2") is None
    assert worsened("1", None) is None
    assert worsened("1", "3", start="2024-03-11") is None


def test_grades_are_compared_as_numbers():
    assert flag("2024-01-05", intensity=text("10"), initial_intensity=text("9")) == "Y"
    result = treatment_emergent(
        days("2024-01-05"),
        days(None),
        days(START),
        intensity=text("SEVERE"),
        initial_intensity=text("1"),
    )
    assert [i.rule for i in result.issues] == ["treatment_emergent.intensity"]


def episode(*records, new="episode", compare="before_treatment"):
    start, grade, *group = zip(*records, strict=True)
    group = group[0] if group else ["1"] * len(start)
    count = len(start)
    result = treatment_emergent(
        days(*start),
        days(*[None] * count),
        days(*[START] * count),
        days(*[END] * count),
        28,
        intensity=text(*grade),
        episode=(text(*["A"] * count), text(*group)),
        new=new,
        compare=compare,
    )
    return "".join("-" if pd.isna(v) else v for v in result.values)


def test_by_episode_all_records_after_a_worsening_are_emergent():
    rising = [("2024-01-01", "2"), ("2024-01-12", "1"), ("2024-01-15", "3"), ("2024-01-20", "1")]
    assert episode(*rising) == "--YY"
    assert episode(*rising, ("2024-06-01", "1")) == "--YYY"


def test_by_episode_a_worsening_exceeds_all_before_treatment_or_the_record_before():
    records = [("2024-01-01", "3"), ("2024-01-12", "1"), ("2024-01-15", "2")]
    assert episode(*records) == "---"
    assert episode(*records, compare="previous") == "--Y"


def test_each_record_or_only_new_episodes_start_under_treatment():
    records = [("2024-01-01", "3"), ("2024-01-12", "1")]
    assert episode(*records) == "--"
    assert episode(*records, new="record") == "-Y"
    assert episode(("2024-01-12", "1"), ("2024-01-15", "1")) == "YY"


def test_beyond_the_window_only_a_worsening_counts():
    records = [("2024-01-01", "1"), ("2024-03-20", "2"), ("2024-03-25", "1")]
    assert episode(*records) == "-YY"
    assert episode(("2024-03-20", "2"), ("2024-03-25", "4")) == "--"


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(UsageError, match="only with: intensity"):
        flag(START, initial_intensity=text("1"))
    with pytest.raises(UsageError, match="what the intensity is compared with"):
        flag(START, intensity=text("1"))
    with pytest.raises(UsageError, match="not both"):
        flag(START, intensity=text("1"), initial_intensity=text("1"), episode=(text("A"),))


def slow(records, *, new, compare):
    """One record after another, as the rules are told."""
    first, limit = dt.date.fromisoformat(START), dt.date.fromisoformat(END) + dt.timedelta(28)
    flags = []
    for person, start, _ in records:
        mine = [r for r in records if r[0] == person]
        old = any(r[1] and r[1] < first for r in mine)
        if start is None:
            flags.append("Y")
            continue
        if first <= start <= limit and not (old and new == "episode"):
            flags.append("Y")
            continue
        yes = False
        for _, when, now in mine:
            if when is None or when < first or when > start or now is None:
                continue
            if compare == "previous":
                days_before = [r[1] for r in mine if r[1] and r[1] < when]
                # a start that is not known stands before all others
                if days_before:
                    bars = [r[2] for r in mine if r[1] == max(days_before) and r[2]]
                else:
                    bars = [r[2] for r in mine if r[1] is None and r[2]]
            else:
                bars = [r[2] for r in mine if r[1] and r[1] < first and r[2]]
            yes |= bool(bars) and int(now) > int(max(bars))
        flags.append("Y" if yes else "-")
    return "".join(flags)


RECORD = st.tuples(
    st.sampled_from("AB"),
    st.one_of(
        st.none(),
        st.dates(dt.date(2024, 1, 4), dt.date(2024, 1, 16)),
        st.dates(dt.date(2024, 3, 5), dt.date(2024, 3, 14)),
    ),
    st.sampled_from([None, "1", "2", "3"]),
)


@settings(max_examples=400)
@given(
    st.lists(RECORD, min_size=1, max_size=10),
    st.sampled_from(["episode", "record"]),
    st.sampled_from(["before_treatment", "previous"]),
)
def test_it_agrees_with_the_rules_told_record_by_record(records, new, compare):
    rows = [(start and start.isoformat(), grade, person) for person, start, grade in records]
    assert episode(*rows, new=new, compare=compare) == slow(records, new=new, compare=compare)
