"""Visit numbers of planned and unscheduled visits."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.events.visits import visit_number
from tests.algorithms.columns import text


def listed(series):
    return [None if pd.isna(value) else value for value in series]


def planned(*rows):
    label, number, arm = zip(*rows, strict=True)
    columns = {
        "label": text(*label),
        "number": pd.Series(number, dtype="float64"),
        "arm": text(*arm),
    }
    return Selected("TV", columns, np.arange(len(rows), dtype=np.int64) + 50)


PLAN = planned(("SCREENING", 1.0, None), ("WEEK 4", 5.0, None), ("WEEK 8", 9.0, None))


def numbers(*rows, of=PLAN, **arguments):
    label, date, subject = zip(*rows, strict=True)
    result = visit_number(text(*label), text(*date), text(*subject), of, **arguments)
    return listed(result.values), {i.rule: i.rows.tolist() for i in result.issues}


def test_planned_label_has_its_number():
    assert numbers(("WEEK 4", None, "1"), ("SCREENING", None, "1")) == ([5.0, 1.0], {})


def test_unscheduled_visit_follows_the_planned_visit_before_it():
    assert numbers(
        ("SCREENING", "2020-01-01", "1"),
        ("UNSCHEDULED", "2020-02-08", "1"),
        ("WEEK 4", "2020-02-01", "1"),
        ("WEEK 8", "2020-03-01", "1"),
    ) == ([1.0, 5.01, 5.0, 9.0], {})


def test_unscheduled_dates_after_one_visit_count_up_and_a_day_shares_its_number():
    assert numbers(
        ("WEEK 4", "2020-02-01", "1"),
        ("UNSCHEDULED 2", "2020-02-20", "1"),
        ("UNSCHEDULED 1", "2020-02-10T08:00", "1"),
        ("UNSCHEDULED 1", "2020-02-10T11:00", "1"),
    )[0] == [5.0, 5.02, 5.01, 5.01]


def test_two_unscheduled_visits_of_one_day_have_two_numbers_by_label():
    assert numbers(
        ("UNSCHEDULED TUMOR 1", "2020-02-10", "1"),
        ("UNSCHEDULED 1", "2020-02-10", "1"),
        ("UNSCHEDULED 1", "2020-02-10", "1"),
        ("WEEK 4", "2020-02-01", "1"),
        ("UNSCHEDULED 2", "2020-02-11", "1"),
    )[0] == [5.02, 5.01, 5.01, 5.0, 5.03]


def test_unscheduled_visit_on_the_day_of_a_planned_one_comes_after_it():
    assert numbers(("WEEK 4", "2020-02-01", "1"), ("UNSCHEDULED", "2020-02-01", "1"))[0] == [
        5.0,
        5.01,
    ]


def test_of_planned_visits_on_one_day_the_highest_number_counts():
    assert numbers(
        ("WEEK 8", "2020-02-01", "1"),
        ("SCREENING", "2020-02-01", "1"),
        ("UNSCHEDULED", "2020-02-03", "1"),
    )[0] == [9.0, 1.0, 9.01]


def test_other_subjects_visits_do_not_count():
    values, issues = numbers(("WEEK 4", "2020-02-01", "1"), ("UNSCHEDULED", "2020-02-08", "2"))
    assert values == [5.0, None]
    assert issues == {"visit_number.no_planned_visit": [1]}


def test_unscheduled_visit_before_any_planned_one_is_a_finding():
    values, issues = numbers(("UNSCHEDULED", "2020-01-08", "1"), ("WEEK 4", "2020-02-01", "1"))
    assert (values, issues) == ([None, 5.0], {"visit_number.no_planned_visit": [0]})


def test_unscheduled_visit_without_a_complete_date_is_a_finding():
    values, issues = numbers(
        ("WEEK 4", "2020-02-01", "1"), ("UNSCHEDULED", "2020-02", "1"), ("UNSCHEDULED", None, "1")
    )
    assert (values, issues) == ([5.0, None, None], {"visit_number.undated": [1, 2]})


def test_unknown_label_is_a_finding_and_missing_one_is_missing():
    values, issues = numbers(("WEEK 5", "2020-02-01", "1"), (None, "2020-02-01", "1"))
    assert (values, issues) == ([None, None], {"visit_number.unknown": [0]})


def test_the_word_for_unscheduled_visits_is_declared():
    rows = (("WEEK 4", "2020-02-01", "1"), ("Extra visit", "2020-02-08", "1"))
    assert numbers(*rows)[1] == {"visit_number.unknown": [1]}
    assert numbers(*rows, unscheduled="Extra")[0] == [5.0, 5.01]


def test_more_than_99_unscheduled_visits_after_one_planned_are_a_finding():
    days = pd.date_range("2020-02-02", periods=100).strftime("%Y-%m-%d")
    rows = [("WEEK 4", "2020-02-01", "1"), *(("UNSCHEDULED", day, "1") for day in days)]
    values, issues = numbers(*rows)
    assert values[99] == 5.99
    assert (values[100], issues) == (None, {"visit_number.too_many": [100]})


ARMS = planned(("WEEK 4", 5.0, "A"), ("WEEK 4", 6.0, "B"), ("END", 99.0, None))


def test_label_with_several_numbers_needs_the_arm():
    values, issues = numbers(("WEEK 4", None, "1"), ("END", None, "1"), of=ARMS)
    assert (values, issues) == ([None, 99.0], {"visit_number.several": [0]})
    rows = (("WEEK 4", None, "1"), ("WEEK 4", None, "2"), ("END", None, "2"))
    assert numbers(*rows, of=ARMS, arm=text("A", "B", "B")) == ([5.0, 6.0, 99.0], {})


def test_one_number_planned_for_two_arms_is_one_number():
    both = planned(("WEEK 4", 5.0, "A"), ("WEEK 4", 5.0, "B"))
    assert numbers(("WEEK 4", None, "1"), of=both) == ([5.0], {})


def test_links_name_the_planned_visit():
    result = visit_number(text("X", "WEEK 8"), text(None, None), text("1", "1"), PLAN)
    (link,) = result.links
    assert (link.dataset, link.rows.tolist(), link.parent_rows.tolist()) == ("TV", [1], [52])


def test_no_rows():
    assert len(visit_number(text(), text(), text(), PLAN).values) == 0


def test_result_does_not_depend_on_the_order_of_the_rows():
    rows = [
        (label, f"2020-0{month}-{day:02d}", subject)
        for subject in "12"
        for month, label in ((1, "SCREENING"), (2, "WEEK 4"), (3, "WEEK 8"))
        for day, label in ((1, label), (7, "UNSCHEDULED"), (9, "UNSCHEDULED"))
    ]
    straight = dict(zip(rows, numbers(*rows)[0], strict=True))
    mixed = [rows[i] for i in np.random.default_rng(3).permutation(len(rows))]
    assert straight == dict(zip(mixed, numbers(*mixed)[0], strict=True))
    assert sorted(set(straight.values())) == [1.0, 1.01, 1.02, 5.0, 5.01, 5.02, 9.0, 9.01, 9.02]


VISITS = st.tuples(
    st.sampled_from(["SCREENING", "WEEK 4", "WEEK 8", "UNSCHEDULED 1", "UNSCHEDULED 2", "OTHER"]),
    st.one_of(st.none(), st.integers(0, 9).map(lambda d: date(2020, 1, 1) + timedelta(days=d))),
    st.sampled_from("12"),
)


def slowly(rows):
    """The same rule visit by visit."""
    plan = {"SCREENING": 1.0, "WEEK 4": 5.0, "WEEK 8": 9.0}
    found = []
    for label, day, subject in rows:
        if not label.startswith("UNSCHEDULED"):
            found.append(plan.get(label))
            continue
        mine = [(d, plan[name]) for name, d, who in rows if who == subject and name in plan and d]
        before = [(d, number) for d, number in mine if day and d <= day]
        if not before:
            found.append(None)
            continue
        base = max(before)
        since = {
            (d, name)
            for name, d, who in rows
            if who == subject and name.startswith("UNSCHEDULED") and d
            and max(((p, n) for p, n in mine if p <= d), default=None) is not None
            and max((p, n) for p, n in mine if p <= d)[1] == base[1]
        }  # fmt: skip
        found.append(base[1] + (sorted(since).index((day, label)) + 1) / 100)
    return found


@given(st.lists(VISITS, max_size=12))
@settings(max_examples=200)
def test_numbers_are_those_of_the_rule_visit_by_visit(rows):
    written = [(label, None if d is None else d.isoformat(), who) for label, d, who in rows]
    if not written:
        return
    values, issues = numbers(*written)
    assert values == slowly(rows)
    # What has no number is a finding, and nothing else is.
    told = sorted(row for found in issues.values() for row in found)
    assert told == [row for row, value in enumerate(values) if value is None]
