"""RECIST 1.1 of the slow implementation, rule by rule. Study design 5.4."""

from __future__ import annotations

from fractions import Fraction

import pytest

from .histories import FIRST_DOSE
from .lesions import Assessment, Target, size_of
from .recist import Timepoint, is_partial_response, is_progression, overall_response, recist
from .shorthand import after, history


def timepoints(*lines: str) -> list[Timepoint]:
    return recist(history(*lines), FIRST_DOSE)


def last(*lines: str) -> Timepoint:
    return timepoints(*lines)[-1]


@pytest.mark.parametrize(
    ("nadir", "total", "progression"),
    [
        (35, 42, True),  # exactly 20 %
        (35, 41, False),
        (20, 25, True),  # 5 mm are more than 20 %
        (20, 24, False),  # exactly 20 %, but 4 mm
        (25, 30, True),  # exactly both
        (100, 119, False),
        (100, 120, True),
        (0, 1, True),  # reappearance
        (0, 0, False),
        (Fraction(251, 10), Fraction(3011, 100), False),
        (Fraction(251, 10), Fraction(3012, 100), True),
    ],
)
def test_progression_is_20_percent_and_5_mm_above_nadir(nadir, total, progression):
    assert is_progression(total, nadir) is progression


@pytest.mark.parametrize(
    ("base", "total", "response"),
    [(100, 70, True), (100, 71, False), (37, 25, True), (10, 7, True)],
)
def test_partial_response_is_30_percent_below_baseline(base, total, response):
    assert is_partial_response(total, base) is response


def test_nadir_is_the_lowest_complete_sum_before_baseline_included():
    made = timepoints(
        "-7 T01=50 T02=50",
        "42 T01=60 T02=45",
        "84 T01=20 T02=ND",
        "126 T01=40 T02=40",
        "168 T01=50 T02=40",
    )
    assert [one.nadir for one in made] == [100, 100, 100, 80]
    assert [one.sum for one in made] == [105, None, 80, 90]
    assert [one.known for one in made] == [105, 20, 80, 90]
    assert [one.tl for one in made] == ["SD", "NE", "SD", "SD"]


def test_changes_are_exact_and_missing_from_a_nadir_of_zero():
    made = timepoints("-7 T01=30", "42 T01=0", "84 T01=3")
    assert (made[0].chg, made[0].pchg, made[0].pchgnad) == (-30, -100, -100)
    assert (made[1].chgnad, made[1].pchgnad) == (3, None)
    assert timepoints("-7 T01=30", "42 T01=40")[0].pchg == Fraction(100, 3)


def test_unassessed_lesions_never_make_complete_response():
    assert last("-7 T01=30 T02=20", "42 T01=0 T02=ND").tl == "NE"
    assert last("-7 T01=30 T02=20", "42 T01=0").tl == "NE"


def test_an_incomplete_sum_already_sufficient_is_progression():
    made = last("-7 T01=30 T02=20", "42 T01=60 T02=ND")
    assert (made.tl, made.sum, made.known, made.pchg) == ("PD", None, 60, None)
    # 20 % above nadir only if the missing lesion were there
    assert last("-7 T01=30 T02=20", "42 T01=59 T02=ND").tl == "NE"


def test_reappearance_after_nadir_zero_is_progression_below_5_mm():
    assert [one.tl for one in timepoints("-7 T01=30", "42 T01=0", "84 T01=2")] == ["CR", "PD"]


def test_nodes_are_gone_below_10_mm_and_the_sum_need_not_be_zero():
    made = last("-7 T01*=22 T02=15", "42 T01*=9 T02=0")
    assert (made.tl, made.sum) == ("CR", 9)
    assert last("-7 T01*=22 T02=15", "42 T01*=10 T02=0").tl == "PR"
    assert last("-7 T01*=22 T02=15", "42 T01*=9 T02=1").tl == "PR"


def test_progression_comes_before_complete_response_of_nodes():
    made = timepoints("-7 T01*=20", "42 T01*=3", "84 T01*=9")
    assert [one.tl for one in made] == ["CR", "PD"]


def test_too_small_to_measure_is_5_mm():
    assert last("-7 T01=30 T02=20", "42 T01=30 T02=TS").sum == 35


def test_sizes_are_whole_or_exact_fractions():
    assert size_of("TOO SMALL TO MEASURE") == 5
    assert size_of("NOT DONE") is None
    assert isinstance(size_of("12"), int)
    assert size_of("12.5") == Fraction(25, 2)


def test_a_split_lesion_is_the_sum_of_its_pieces():
    assert last("-7 T01=50", "42 T01.1=24 T01.2=20").sum == 44


def test_a_piece_that_is_missing_makes_the_lesion_missing():
    made = timepoints("-7 T01=50", "42 T01.1=24 T01.2=20", "84 T01.1=22 T01.2=ND", "126 T01.1=22")
    assert [one.sum for one in made] == [44, None, None]


def test_merged_lesions_are_the_merged_diameter_once():
    assert last("-7 T01=50 T02=20 T03=22", "42 T01=50 T02.M=34").sum == 84
    assert last("-7 T01=50 T02=20 T03=22", "42 T01=50 T02.M=ND").sum is None
    assert last("-7 T01=50 T02=20 T03=22", "42 T01=50").sum is None


def test_a_lesion_recorded_in_two_ways_is_refused():
    with pytest.raises(ValueError, match="T02 is recorded in two ways"):
        timepoints("-7 T01=50 T02=20 T03=22", "42 T01=50 T02=20 T02.M=34")


def test_a_target_that_was_not_chosen_at_baseline_is_left_out():
    made = last("-7 T01=50", "42 T01=40 T07=40")
    assert (made.sum, made.tl) == (40, "SD")


def test_base_is_the_last_complete_sum_before_treatment():
    made = last("-20 T01=40 T02=30", "-7 T01=50 T02=30", "42 T01=40 T02=20")
    assert made.base == 80
    assert last("-20 T01=40 T02=30", "-7 T01=50 T02=ND", "42 T01=40 T02=20").base == 70


def test_the_same_day_is_baseline_only_when_declared_pre_dose():
    on_the_day = Assessment(1, (Target("T01", FIRST_DOSE, 30),), pre_dose=True)
    later = Assessment(2, (Target("T01", after(42), 20),))
    assert [one.base for one in recist([on_the_day, later], FIRST_DOSE)] == [30]
    undeclared = Assessment(1, (Target("T01", FIRST_DOSE, 30),))
    assert [one.base for one in recist([undeclared, later], FIRST_DOSE)] == [None, None]


@pytest.mark.parametrize(
    ("states", "response"),
    [
        ("NT01=UP NT02=ND", "PD"),
        ("NT01=UPUP NT02=ABSENT", "PD"),
        ("NT01=ABSENT NT02=ND", "NE"),
        ("NT01=ABSENT", "NE"),  # NT02 is not recorded
        ("NT01=ABSENT NT02=ABSENT", "CR"),
        ("NT01=ABSENT NT02=PRESENT", "NON-CR/NON-PD"),
    ],
)
def test_non_targets(states, response):
    assert last("-7 T01=50 NT01=PRESENT NT02=PRESENT", f"42 T01=50 {states}").nt == response


def test_a_non_target_that_was_not_chosen_at_baseline_is_left_out():
    made = last("-7 T01=50 NT01=PRESENT", "42 T01=50@2 NT01=PRESENT@1 NT07=UP")
    assert (made.nt, made.ovr) == ("NON-CR/NON-PD", "SD")
    made = last("-7 T01=50 NT01=PRESENT", "42 T01=70@2 NT01=PRESENT@1 NT07=UP")
    assert (made.ovr, made.date) == ("PD", after(44))


@pytest.mark.parametrize(
    ("tl", "nt", "new", "ovr"),
    [
        ("PR", "PD", False, "PD"),
        ("NE", None, True, "PD"),
        ("NE", "CR", False, "NE"),
        ("CR", "CR", False, "CR"),
        ("CR", None, False, "CR"),
        ("CR", "NON-CR/NON-PD", False, "PR"),
        ("CR", "NE", False, "PR"),
        ("PR", "NE", False, "PR"),
        ("SD", "CR", False, "SD"),
        (None, "CR", False, "CR"),
        (None, "NON-CR/NON-PD", False, "NON-CR/NON-PD"),
        (None, None, False, "NE"),
    ],
)
def test_overall_response(tl, nt, new, ovr):
    assert overall_response(tl, nt, new) == ovr


def test_there_is_no_overall_response_after_progression():
    made = timepoints("-7 T01=50", "42 T01=70", "84 T01=10")
    assert [one.ovr for one in made] == ["PD", None]
    assert [one.tl for one in made] == ["PD", "PR"]


def test_a_response_has_the_date_of_the_latest_scan():
    assert last("-7 T01=50 NT01=PRESENT", "42 T01=45@2 NT01=PRESENT@5").date == after(47)


def test_progression_by_sum_has_the_date_of_the_last_target_scan():
    made = last("-7 T01=50 T02=20 NT01=PRESENT", "42 T01=70 T02=20@3 NT01=PRESENT@5")
    assert (made.ovr, made.date) == ("PD", after(45))


def test_progression_by_non_target_or_new_lesion_has_the_date_of_that_scan():
    made = last("-7 T01=50 NT01=PRESENT", "42 T01=50@3 NT01=UP@1")
    assert (made.ovr, made.date) == ("PD", after(43))
    made = last("-7 T01=50", "42 T01=50@3 NEW01=10@2")
    assert (made.ovr, made.date) == ("PD", after(44))


def test_progression_by_several_causes_has_the_earliest_of_their_dates():
    made = last("-7 T01=50", "42 T01=70@3 NEW01=10@2")
    assert (made.ovr, made.date) == ("PD", after(44))


def test_an_equivocal_new_lesion_is_no_progression():
    made = last("-7 T01=50", "42 T01=50 NEW01?=8")
    assert (made.ovr, made.new, made.new_sum) == ("SD", False, 0)


def test_a_new_lesion_first_equivocal_dates_progression_at_first_appearance():
    made = timepoints("-7 T01=50", "42 T01=50 NEW01?=8@1", "84 T01=50 NEW01=12")
    assert [(one.ovr, one.date) for one in made] == [("SD", after(43)), ("PD", after(43))]


def test_deterioration_by_symptoms_is_not_progression():
    assert last("-7 T01=50", "42 T01=50 !").ovr == "SD"
