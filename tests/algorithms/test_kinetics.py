"""Non-compartmental analysis, against a slow second way and the golden answers."""

import math
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.measurements.kinetics import PARAMETERS, REASONS, noncompartmental
from cdisc.errors import UsageError
from tests.algorithms.columns import text

DOSE = datetime(2024, 1, 15, 13, 20)
GOLDEN = [(0, "BLQ"), (24, 1200), (72, 800), (168, 300), (336, 90), (504, "BLQ"), (672, "BLQ")]


def moment(hours):
    return (DOSE + timedelta(hours=hours)).isoformat(timespec="minutes")


def analysed(*doses, following=None, interval=672.0, parameters=PARAMETERS):
    """Every dose's parameters: number, or the reason there is none; and the findings' rules."""
    subject = [f"S{n}" for n, dose in enumerate(doses) for _ in dose]
    flat = [sample for dose in doses for sample in dose]
    value = pd.Series([np.nan if isinstance(c, str) else float(c) for _, c in flat])
    below = np.array([c == "BLQ" for _, c in flat], dtype=np.bool_)
    times = text(*[h if isinstance(h, str) else moment(h) for h, _ in flat])
    nexts = None
    if following is not None:
        by = [f"S{n}" for n in range(len(doses)) for _ in following]
        dates = [moment(h) for _ in doses for h in following]
        nexts = Selected("EX", {"by": text(*by), "date": text(*dates)}, np.arange(len(by)))
    made = noncompartmental(
        groups_of([text(*subject)]),
        value,
        below,
        times,
        text(*[moment(0)] * len(flat)),
        tuple(parameters),
        interval,
        nexts,
        text(*subject),
    )
    said = made.columns["RESULT"].where(made.columns["RESULT"].notna(), made.columns["REASON"])
    found = [{} for _ in doses]
    for group, name, answer in zip(made.group, made.columns["PARAMETER"], said, strict=True):
        found[group][name] = answer
    used = [{} for _ in doses]
    for record, row in zip(made.record.tolist(), made.row.tolist(), strict=True):
        used[made.group[record]].setdefault(made.columns["PARAMETER"][record], []).append(row)
    return found, {issue.rule: issue.rows.tolist() for issue in made.issues}, used


def one(samples, **options):
    found, issues, _ = analysed(samples, **options)
    return found[0], issues


# ---- the golden subjects of the study design ----------------------------------------------


def test_golden_kinetics():
    found, issues = one(GOLDEN)
    assert issues == {}
    assert [found[name] for name in ("CMAX", "TMAX", "CLST", "TLST")] == [1200, 24, 90, 336]
    assert round(found["AUCLST"], 1) == 139994.2
    assert round(found["AUCINT"], 1) == 147554.2


def test_records_stand_in_the_order_asked_for_and_name_the_rows_they_used():
    found, _, used = analysed(GOLDEN, parameters=("AUCLST", "TMAX", "CLST", "AUCINT"))
    assert list(found[0]) == ["AUCLST", "TMAX", "CLST", "AUCINT"]
    assert used[0] == {
        "TMAX": [1],
        "CLST": [4],
        "AUCLST": [0, 1, 2, 3, 4],
        "AUCINT": list(range(6)),
    }


# ---- rules, one at a time -----------------------------------------------------------------


def test_the_earliest_of_equal_peaks_is_the_time_of_the_peak():
    assert one([(0, "BLQ"), (10, 5), (20, 5)])[0]["TMAX"] == 10


def test_below_the_limit_is_zero_before_missing_between_and_zero_once_after():
    between = one([(0, "BLQ"), (10, 100), (20, "BLQ"), (30, 100), (40, "BLQ")], interval=40.0)[0]
    without = one([(0, "BLQ"), (10, 100), (30, 100), (40, "BLQ")], interval=40.0)[0]
    assert between == without
    assert between["AUCLST"] == 500 + 2000
    assert between["AUCINT"] == 500 + 2000 + 500


def test_nothing_is_added_after_the_first_result_below_the_limit_at_the_end():
    assert one([(0, 0), (10, 100), (20, "BLQ"), (900, "BLQ")])[0]["AUCINT"] == 1000


def test_all_below_the_limit_is_a_peak_of_zero_and_nothing_else():
    found, _ = one([(0, "BLQ"), (24, "BLQ")])
    assert found.pop("CMAX") == 0
    assert set(found.values()) == {"ALL RESULTS BELOW THE LIMIT OF QUANTITATION"}


def test_an_earlier_next_dose_leaves_the_interval_out_and_nothing_else():
    found, _ = one(GOLDEN, following=[0, 671.9, 1500])
    assert found["AUCINT"] == "NEXT DOSE BEFORE THE END OF THE INTERVAL"
    assert found["TLST"] == 336
    assert round(one(GOLDEN, following=[0, 672])[0]["AUCINT"], 1) == 147554.2
    assert round(one(GOLDEN, following=[-700, 0])[0]["AUCINT"], 1) == 147554.2


def test_an_interval_that_ends_within_a_piece_is_cut_there():
    rising = one([(0, 0), (10, 100), (20, "BLQ")], interval=5.0)[0]
    assert rising["AUCINT"] == 5 * 50 / 2
    falling = one([(0, 100), (10, 25), (20, "BLQ")], interval=5.0)[0]
    assert falling["AUCINT"] == pytest.approx(50 / math.log(2) * 5)


def test_no_extrapolation_beyond_the_last_quantifiable_result():
    found, _ = one([(0, "BLQ"), (24, 10), (600, 5)])
    assert found["AUCINT"] == "LAST RESULT QUANTIFIABLE AND BEFORE THE END OF THE INTERVAL"
    assert found["AUCLST"] > 0


def test_the_last_result_before_dosing_counts_as_hour_zero():
    early = one([(-30, 500), (-0.5, "BLQ"), (24, 1200)])[0]
    assert early["CMAX"] == 1200
    assert early["AUCLST"] == 24 * 600


def test_without_a_result_before_dosing_there_is_no_area():
    found, _ = one([(1, 5), (2, "BLQ")])
    assert found["AUCLST"] == found["AUCINT"] == "NO RESULT BEFORE DOSING"
    assert found["CMAX"] == 5


def test_only_a_result_before_dosing_gives_nothing():
    found, _ = one([(0, 5), (24, "")])
    assert set(found.values()) == {"NO RESULT AFTER DOSING"}


def test_different_results_of_one_time_are_told_and_nothing_is_computed():
    found, issues = one([(0, "BLQ"), (24, 10), (24, 11), (48, "BLQ")])
    assert issues == {"noncompartmental.tie": [1, 2]}
    assert set(found.values()) == {"SEVERAL RESULTS OF ONE TIME"}
    assert one([(0, "BLQ"), (24, 10), (24, 10)]) == one([(0, "BLQ"), (24, 10)])


def test_a_time_without_minutes_is_told_and_left_out():
    found, issues = one([(0, "BLQ"), (24, 10), ("2024-01-17", 99)])
    assert issues == {"noncompartmental.time": [2]}
    assert found["CMAX"] == 10


def test_a_dose_without_time_gives_reasons():
    made = noncompartmental(
        groups_of([text("A")]), pd.Series([1.0]), np.array([False]), text(moment(0)), text(None)
    )
    assert set(made.columns["REASON"]) == {"NO TIME OF DOSING"}
    assert made.columns["RESULT"].isna().all()


def test_two_times_of_one_dose_are_told():
    made = noncompartmental(
        groups_of([text("A", "A")]),
        pd.Series([1.0, 2.0]),
        np.array([False, False]),
        text(moment(1), moment(2)),
        text(moment(0), moment(1)),
    )
    assert [(i.rule, i.rows.tolist()) for i in made.issues] == [
        ("noncompartmental.references", [1])
    ]


def test_no_rows_make_no_records():
    made = noncompartmental(
        groups_of([text()]), pd.Series([], dtype="float64"), np.zeros(0, bool), text(), text()
    )
    assert len(made.group) == 0


@pytest.mark.parametrize(
    ("parameters", "interval", "message"),
    [
        (("CMIN",), 1.0, "knows no parameter CMIN"),
        (("AUCINT",), None, "AUCINT needs interval_hours"),
        (("CMAX",), 0.0, "more than 0"),
        ((), None, "at least one parameter"),
    ],
)
def test_what_it_refuses(parameters, interval, message):
    with pytest.raises(UsageError, match=message):
        one(GOLDEN, parameters=parameters, interval=interval)


# ---- a second way, slow and plain ---------------------------------------------------------


def slowly(samples, end, following):
    """All parameters of one dose, point by point."""
    taken = sorted((h, c) for h, c in samples if c != "")
    if not any(h > 0 for h, _ in taken):
        return dict.fromkeys(PARAMETERS, REASONS[1])
    before = [h for h, _ in taken if h <= 0]
    points = []
    for h, c in taken:
        if h <= 0 and h != max(before):
            continue
        points.append((max(h, 0), None if c == "BLQ" else c))
    positive = [i for i, (_, c) in enumerate(points) if c is not None]
    if not positive:
        return {**dict.fromkeys(PARAMETERS, REASONS[3]), "CMAX": 0.0}
    used = []
    for i, (h, c) in enumerate(points):
        if c is not None:
            used.append((h, c))
        elif i < positive[0] or i == positive[-1] + 1:
            used.append((h, 0.0))
    top = max(c for _, c in used)
    last = max(h for h, c in points if c is not None)
    found = {
        "CMAX": top,
        "TMAX": min(h for h, c in used if c == top),
        "CLST": dict(points)[last],
        "TLST": last,
    }
    found["AUCLST"] = under(used, last) if used[0][0] == 0 else REASONS[4]
    found["AUCINT"] = under(used, end)
    if used[-1][0] < end and used[-1][1] != 0:
        found["AUCINT"] = REASONS[6]
    if any(0 < h < end for h in following):
        found["AUCINT"] = REASONS[5]
    if used[0][0] != 0:
        found["AUCINT"] = REASONS[4]
    return found


def under(points, end):
    total = 0.0
    for (t1, c1), (t2, c2) in pairwise(points):
        if t1 >= end:
            continue
        falls = 0 < c2 < c1
        if t2 > end:
            if falls:
                c2 = c1 * math.exp(math.log(c2 / c1) * (end - t1) / (t2 - t1))
            else:
                c2 = c1 + (c2 - c1) * (end - t1) / (t2 - t1)
            t2 = end
        if falls:
            total += (c1 - c2) / math.log(c1 / c2) * (t2 - t1)
        else:
            total += (c1 + c2) / 2 * (t2 - t1)
    return total


CONCENTRATIONS = st.one_of(
    st.just("BLQ"), st.just(""), st.floats(0.5, 5000).map(lambda c: round(c, 2))
)
SAMPLES = st.dictionaries(st.integers(-50, 800), CONCENTRATIONS, min_size=1, max_size=12).map(
    lambda found: list(found.items())
)


@settings(max_examples=300)
@given(
    st.lists(SAMPLES, min_size=1, max_size=4),
    st.sampled_from([1.0, 24.0, 336.0, 672.0]),
    st.lists(st.integers(-100, 900), max_size=3),
    st.randoms(),
)
def test_agrees_with_the_second_way_in_any_order(doses, end, following, random):
    for dose in doses:
        random.shuffle(dose)
    found, issues, _ = analysed(*doses, following=[0, *following], interval=end)
    assert issues == {}
    for answer, dose in zip(found, doses, strict=True):
        wanted = slowly(dose, end, following)
        assert list(answer) == list(PARAMETERS)
        for name, value in wanted.items():
            same = value if isinstance(value, str) else pytest.approx(value, rel=1e-9, abs=1e-9)
            assert answer[name] == same, name


@settings(max_examples=100)
@given(SAMPLES, st.sampled_from([2.0, 4.0, 0.5]))
def test_areas_grow_with_the_concentrations_and_never_fall_below_zero(dose, times):
    scaled = [(h, c if isinstance(c, str) else c * times) for h, c in dose]
    once, more = one(dose)[0], one(scaled)[0]
    for name in ("CMAX", "CLST", "AUCLST", "AUCINT"):
        if isinstance(once[name], str):
            assert more[name] == once[name]
        else:
            assert once[name] >= 0
            assert more[name] == pytest.approx(once[name] * times)
