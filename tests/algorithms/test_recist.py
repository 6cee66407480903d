"""RECIST 1.1: each rule on target, non-target and new lesions by itself."""

import pytest

from tests.algorithms.lesion_rows import column, history, recist, told

# ---- target response ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "answer"),
    [
        ("35", "42", "PD"),  # +20.0 %, +7 mm
        ("35", "41.9", "SD"),
        ("20", "24", "SD"),  # +20 %, +4 mm
        ("25", "30", "PD"),  # +20 %, +5 mm
        ("26", "31", "SD"),  # +5 mm, +19.2 %
        ("100.3", "120.36", "PD"),  # +20 % exactly, in hundredths
        ("100.3", "120.35", "SD"),
    ],
)
def test_progression_is_20_percent_and_5_mm_over_nadir_in_exact_arithmetic(before, now, answer):
    assert recist(f"-7 T01={before}", f"42 T01={now}") == [answer]


@pytest.mark.parametrize(
    ("base", "now", "answer"), [("100", "70", "PR"), ("100", "71", "SD"), ("0.3", "0.21", "PR")]
)
def test_partial_response_is_30_percent_below_baseline_in_exact_arithmetic(base, now, answer):
    assert recist(f"-7 T01={base}", f"42 T01={now}") == [answer]


def test_thresholds_are_arguments():
    lines = ("-7 T01=50", "42 T01=59")
    assert recist(*lines) == ["SD"]
    assert recist(*lines, progression_percent=15) == ["PD"]
    assert recist(*lines, progression_percent=15, progression_mm=10) == ["SD"]
    assert recist("-7 T01=50", "42 T01=40", response_percent=20) == ["PR"]
    assert recist("-7 T01*=20", "42 T01*=9", node_mm=9) == ["PR"]


def test_an_incomplete_sum_that_is_large_enough_is_progression():
    assert recist("-7 T01=30 T02=20", "42 T01=62 T02=ND") == ["PD"]
    assert recist("-7 T01=30 T02=20", "42 T01=59 T02=ND") == ["NE"]


def test_reappearance_after_nadir_0_is_progression():
    lines = ("-7 T01=20", "42 T01=0", "84 T01=3")
    assert recist(*lines) == ["CR", "PD"]
    made = history(*lines).responses("RECIST 1.1")
    assert made["NADIR"].tolist() == [20, 0]


def test_nodal_complete_response_is_below_10_mm_short_axis_not_sum_0():
    assert recist("-7 T01*=20 T02=15", "42 T01*=9 T02=0", "84 T01*=10 T02=0") == ["CR", "PR"]


def test_unassessed_lesions_never_make_complete_response():
    assert recist("-7 T01=20 T02=15", "42 T01=0 T02=ND") == ["NE"]
    assert recist("-7 T01=20 NT01=PRESENT", "42 T01=0 NT01=ND") == ["PR"]
    assert recist("-7 T01=20 NT01=PRESENT NT02=PRESENT", "42 T01=0 NT01=ABSENT") == ["PR"]


def test_without_baseline_sum_targets_are_not_evaluable_with_a_finding():
    rows = history("-7 T01=20 T02=ND", "42 T01=20 T02=20", "84 T01=20 T02=30")
    assert rows.responses("RECIST 1.1")["TARGET"].tolist() == ["NE", "PD"]
    assert told(rows.made("RECIST 1.1")) == ["tumor_sums.no_baseline"]


def test_without_start_of_treatment_there_are_no_responses_with_a_finding():
    rows = history("-7 T01=20", "42 T01=20")
    rows.starts["S"] = None
    assert len(rows.responses("RECIST 1.1")) == 0
    assert told(rows.made("RECIST 1.1")) == ["tumor_sums.no_start"]


# ---- non-target, new lesions, overall -------------------------------------------------------


def test_non_target_response_is_progression_then_not_evaluable_then_complete():
    lines = (
        "-7 T01=20 NT01=PRESENT NT02=PRESENT",
        "42 T01=20 NT01=ABSENT NT02=ABSENT",
        "84 T01=20 NT01=ABSENT NT02=ND",
        "126 T01=20 NT01=ABSENT NT02=PRESENT",
        "168 T01=20 NT01=UP NT02=ND",
    )
    assert column(lines, "NONTARGET") == ["CR", "NE", "NON-CR/NON-PD", "PD"]


def test_without_targets_the_non_targets_decide():
    lines = ("-7 NT01=PRESENT", "42 NT01=PRESENT", "84 NT01=ABSENT", "126 NT01=UP")
    assert recist(*lines) == ["NON-CR/NON-PD", "CR", "PD"]


def test_an_equivocal_new_lesion_does_not_count_and_a_certain_one_is_progression():
    assert recist("-7 T01=20", "42 T01=20 NEW01?=9", "84 T01=20 NEW01=9") == ["SD", "PD"]


def test_progression_by_a_lesion_that_was_equivocal_is_dated_at_its_first_appearance():
    lines = ("-7 T01=20", "42 T01=20 NEW01?=9", "84 T01=20 NEW01=9")
    assert column(lines, "DATE") == ["2024-02-21", "2024-02-21"]
    assert column(lines, "DATE", "iRECIST") == ["2024-02-21", "2024-02-21"]


def test_a_new_lesion_of_0_mm_is_gone():
    lines = ("-7 T01=20", "42 T01=20 NEW01=12", "72 T01=15 NEW01=9", "102 T01=15 NEW01=0")
    assert column(lines, "NEW", "iRECIST") == ["Y", "Y", "N"]
    assert column(lines, "NEWSUM", "iRECIST") == [12, 9, 0]


def test_recist_goes_on_to_the_first_progression():
    assert recist("-7 T01=20", "42 T01=30", "84 T01=20") == ["PD"]


def test_progression_by_sum_is_dated_at_the_last_target_scan_others_at_the_latest_scan():
    base = "-7 T01=30 T02=30 NT01=PRESENT"
    by_sum = (base, "42 T01=60 T02=30@3 NT01=PRESENT@5")
    assert column(by_sum, "DATE") == ["2024-02-24"]
    by_non_target = (base, "42 T01=30 T02=30@3 NT01=UP@1")
    assert column(by_non_target, "DATE") == ["2024-02-22"]
    stable = (base, "42 T01=30 T02=30@3 NT01=PRESENT@5")
    assert column(stable, "DATE") == ["2024-02-26"]
    both = (base, "42 T01=60 T02=30@3 NT01=UP@5")
    assert column(both, "DATE") == ["2024-02-24"]


def test_the_causes_of_a_progression_are_named():
    lines = ("-7 T01=30 NT01=PRESENT", "42 T01=60 NT01=UP NEW01=12")
    assert column(lines, "CAUSE") == ["target and non-target and new lesion"]
