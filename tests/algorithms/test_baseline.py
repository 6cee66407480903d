"""The last result before exposure (--LOBXFL)."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.measurements.baseline import last_before_exposure
from cdisc.errors import UsageError
from cdisc.model import Severity
from tests.algorithms.columns import text


def flag(dates, reference="2019-03-05T09:00", results=None, **arguments):
    count = len(dates)
    result = last_before_exposure(
        text(*(results or ["1"] * count)),
        arguments.pop("by", (text(*["S1"] * count),)),
        text(*dates),
        text(*[reference] * count),
        **arguments,
    )
    flagged = [i for i, value in enumerate(result.values) if value == "Y"]
    assert result.values.dropna().eq("Y").all()
    return flagged, {issue.rule: issue.rows.tolist() for issue in result.issues}


def test_earlier_date_qualifies_and_the_last_one_is_flagged():
    assert flag(["2019-03-01", "2019-03-04", "2019-03-06"]) == ([1], {})


def test_same_date_with_an_earlier_time_qualifies():
    assert flag(["2019-03-04", "2019-03-05T08:59"]) == ([1], {})


@pytest.mark.parametrize("date", ["2019-03-05", "2019-03-05T09:00"])
def test_same_date_with_missing_or_equal_time_needs_a_declared_predose_timepoint(date):
    assert flag(["2019-03-01", date]) == ([0], {})
    declared = {"timepoint": text("DAY -4", "PREDOSE"), "predose": ("PREDOSE",)}
    assert flag(["2019-03-01", date], **declared) == ([1], {})
    other = {"timepoint": text("DAY -4", "2H"), "predose": ("PREDOSE",)}
    assert flag(["2019-03-01", date], **other) == ([0], {})


def test_later_time_never_qualifies_though_declared_predose():
    declared = {"timepoint": text("PREDOSE"), "predose": ("PREDOSE",)}
    assert flag(["2019-03-05T09:01"], **declared) == ([], {})


def test_reference_without_time_needs_predose_on_the_same_day():
    assert flag(["2019-03-05T08:00"], reference="2019-03-05") == ([], {})
    declared = {"timepoint": text("PREDOSE"), "predose": ("PREDOSE",)}
    assert flag(["2019-03-05T08:00"], reference="2019-03-05", **declared) == ([0], {})


def test_missing_results_and_not_done_are_left_out():
    dates = ["2019-03-01", "2019-03-02", "2019-03-03", "2019-03-04"]
    status = text(None, None, None, "NOT DONE")
    assert flag(dates, results=["1", "2", None, "4"], status=status) == ([1], {})
    assert flag(dates, results=["1", " ", None, "4"], status=status) == ([0], {})


def test_one_flag_per_declared_group():
    by = (text(*["S1"] * 4), text("ALB", "ALB", "ALB", "ALB"), text(*["SERUM", "URINE"] * 2))
    dates = ["2019-03-01", "2019-03-01", "2019-03-02", "2019-03-02"]
    assert flag(dates, by=by) == ([2, 3], {})
    assert flag(dates, by=by[:2])[0] == []


def test_group_with_a_missing_location_has_a_flag_of_its_own():
    by = (text("S1", "S1"), text(None, "ARM"))
    assert flag(["2019-03-01", "2019-03-01"], by=by) == ([0, 1], {})


def test_ties_are_a_finding_and_give_no_flag():
    assert flag(["2019-03-01", "2019-03-04", "2019-03-04"]) == (
        [],
        {"last_before_exposure.tie": [1, 2]},
    )


def test_date_with_and_without_time_on_one_day_tie():
    assert flag(["2019-03-04T08:00", "2019-03-04", "2019-03-04T10:00"]) == (
        [],
        {"last_before_exposure.tie": [1, 2]},
    )


def test_declared_order_settles_ties():
    order = (pd.Series([1.0, 3.0, 2.0]),)
    assert flag(["2019-03-04"] * 3, order=order) == ([1], {})


def test_order_that_ties_at_its_end_is_a_finding_for_the_last_ones_only():
    order = (pd.Series([1.0, 1.0, 2.0, 2.0]),)
    assert flag(["2019-03-04"] * 4, order=order) == ([], {"last_before_exposure.tie": [2, 3]})
    order = (pd.Series([1.0, 1.0, 2.0]),)
    assert flag(["2019-03-04"] * 3, order=order) == ([2], {})


def test_partial_date_wholly_before_the_dose_qualifies():
    assert flag(["2019-02"]) == ([0], {})


def test_partial_date_that_may_lie_after_the_dose_is_a_finding():
    flagged, issues = flag(["2019-03-01", "2019-03"])
    assert flagged == [0]
    assert issues == {"last_before_exposure.partial_date": [1]}
    result = last_before_exposure(text("1"), (text("S"),), text("2019"), text("2019-03-05"))
    assert result.issues[0].severity is Severity.WARNING


def test_partial_date_is_not_settled_by_a_predose_timepoint():
    declared = {"timepoint": text("PREDOSE"), "predose": ("PREDOSE",)}
    assert flag(["2019-03"], **declared) == ([], {"last_before_exposure.partial_date": [0]})


def test_times_to_the_second_tie_only_when_equal():
    assert flag(["2019-03-04T08:00:00", "2019-03-04T08:00:01"]) == ([1], {})
    assert flag(["2019-03-04T08:00:01"] * 2) == ([], {"last_before_exposure.tie": [0, 1]})


@pytest.mark.parametrize("date", [None, "2019-04"])
def test_record_without_a_date_or_after_the_dose_is_not_flagged(date):
    assert flag([date]) == ([], {})


def test_subject_without_exposure_has_no_flag():
    assert flag(["2019-03-01"], reference=None) == ([], {})


def test_predose_needs_the_column_it_is_read_from():
    with pytest.raises(UsageError, match="timepoint"):
        flag(["2019-03-01"], predose=("PREDOSE",))


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from("12"), st.sampled_from("AB"), st.integers(1, 9)), max_size=30
    )
)
def test_never_two_flags_and_the_flag_is_on_the_latest_date_before_exposure(records):
    dates = [f"2019-03-0{day}" for _, _, day in records]
    by = (text(*(r[0] for r in records)), text(*(r[1] for r in records)))
    flagged, _ = flag(dates, reference="2019-03-05", by=by)
    expected = []
    for group in {r[:2] for r in records}:
        days = [r[2] for r in records if r[:2] == group and r[2] < 5]
        if days and days.count(max(days)) == 1:
            expected.append(records.index((*group, max(days))))
    assert flagged == sorted(expected)
