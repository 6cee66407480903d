"""iRECIST: what confirms a progression, what takes it back, what leaves it."""

import pytest

from tests.algorithms.lesion_rows import column, immune

# ---- iRECIST --------------------------------------------------------------------------------


def test_the_first_progression_is_unconfirmed():
    assert immune("-7 T01=30", "42 T01=40") == ["iUPD"]


@pytest.mark.parametrize(("days", "answer"), [(67, "iUPD"), (68, "iCPD")])
def test_a_progression_is_confirmed_from_26_days_on(days, answer):
    assert immune("-7 T01=30", "42 T01=40", f"{days} T01=45") == ["iUPD", answer]


def test_confirmation_by_the_sum_counts_from_the_first_unconfirmed_progression():
    lines = ("-7 T01=30", "42 T01=40", "84 T01=43", "126 T01=45", "168 T01=50")
    assert immune(*lines) == ["iUPD", "iUPD", "iCPD"]


@pytest.mark.parametrize(
    "later",
    [
        "84 T01=40 NT01=UP",
        "84 T01=40 NT01=PRESENT NEW02=10",
        "84 T01=40 NT01=PRESENT NEW02=PRESENT",
    ],
)
def test_another_part_or_another_new_lesion_confirms(later):
    first = "42 T01=40 NT01=PRESENT"
    assert immune("-7 T01=30 NT01=PRESENT", first, later)[-1] == "iCPD"


def test_further_growth_of_a_non_target_confirms_and_the_same_state_does_not():
    base, first = "-7 T01=30 NT01=PRESENT", "42 T01=30 NT01=UP"
    assert immune(base, first, "84 T01=30 NT01=UP") == ["iUPD", "iUPD"]
    assert immune(base, first, "84 T01=30 NT01=UPUP") == ["iUPD", "iCPD"]


@pytest.mark.parametrize(("size", "answer"), [(14, "iUPD"), (15, "iCPD")])
def test_growth_of_the_new_sum_by_5_mm_confirms(size, answer):
    lines = ("-7 T01=30", "42 T01=30 NEW01=10", f"84 T01=30 NEW01={size}")
    assert immune(*lines) == ["iUPD", answer]


def test_growth_of_a_new_non_target_confirms():
    lines = ("-7 T01=30", "42 T01=30 NEW01=PRESENT", "84 T01=30 NEW01=UP")
    assert immune(*lines) == ["iUPD", "iCPD"]


def test_an_early_scan_confirms_only_for_symptoms_and_with_another_new_lesion():
    base, first = "-7 T01=30", "42 T01=40"
    assert immune(base, first, "56 T01=60 !")[-1] == "iUPD"
    assert immune(base, first, "56 T01=60 NEW01=10")[-1] == "iUPD"
    assert immune(base, first, "56 T01=60 NEW01=10 !")[-1] == "iCPD"


def test_a_smaller_sum_takes_the_progression_back_and_the_bar_is_as_before():
    lines = ("-7 T01=30", "42 T01=40", "72 T01=33", "114 T01=36", "156 T01=20", "198 T01=33")
    assert immune(*lines) == ["iUPD", "iSD", "iUPD", "iPR", "iUPD"]
    assert column(lines, "RESET", "iRECIST") == [None, "Y", None, "Y", None]


def test_the_nadir_stays_when_a_progression_is_taken_back():
    lines = ("-7 T01=50", "42 T01=20", "84 T01=30", "112 T01=23", "154 T01=25", "196 T01=24")
    assert column(lines, "NADIR", "iRECIST") == [50, 20, 20, 20, 20]
    assert immune(*lines) == ["iPR", "iUPD", "iPR", "iUPD", "iPR"]


def test_unchanged_stays_unconfirmed():
    assert immune("-7 T01=30", "42 T01=40", "84 T01=40") == ["iUPD", "iUPD"]


def test_what_was_not_measured_neither_confirms_nor_takes_back():
    base, first = "-7 T01=30 T02=20", "42 T01=45 T02=20"
    assert immune(base, first, "84 T01=20 T02=ND") == ["iUPD", "NE"]


def test_a_known_new_lesion_bars_complete_response_but_causes_no_other_progression():
    lines = ("-7 T01=30", "42 T01=40 NEW01=12", "72 T01=0 NEW01=9", "114 T01=0 NEW01=0")
    assert immune(*lines) == ["iUPD", "iPR", "iCR"]


def test_irecist_goes_on_to_the_confirmed_progression():
    assert immune("-7 T01=30", "42 T01=40", "84 T01=50", "126 T01=20") == ["iUPD", "iCPD"]


def test_the_days_to_confirmation_are_an_argument():
    lines = ("-7 T01=30", "42 T01=40", "67 T01=50")
    assert immune(*lines) == ["iUPD", "iUPD"]
    assert immune(*lines, confirmation_days=25) == ["iUPD", "iCPD"]
