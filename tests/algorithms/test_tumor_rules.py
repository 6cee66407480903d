"""Each rule on tumor responses by itself: sums, nadir, PD, CR, NE, new lesions, iRECIST, lineage.

Histories are written as in the slow rules: days after the first dose, then lesions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms.lesion_words import Words
from cdisc.algorithms.records import groups_of
from cdisc.algorithms.tumor_responses import tumor_responses
from cdisc.algorithms.tumor_sums import lesion_diameters, tumor_sums
from cdisc.errors import UsageError
from tests.algorithms.lesion_rows import Rows, told

START = pd.Timestamp("2024-01-10")
STATES = {"UP": "ENLARGEMENT FROM NADIR", "UPUP": "FURTHER ENLARGEMENT FROM NADIR", "ND": None}


def history(*lines, subject="S"):
    """Rows of `-7 T01=30 T02*=12 NT01=PRESENT`, `42 NEW01?=12 !`: see tests/reference/shorthand.

    An assessment is called A1, A2, ... by its line; `*` is a node, `?` equivocal, `!` symptoms.
    """
    rows = Rows()
    for number, line in enumerate(lines, start=1):
        days, *tokens = line.split()
        for token in tokens:
            if token == "!":
                rows.symptoms.append((subject, f"A{number}"))
                continue
            name, _, result = token.partition("=")
            result, _, later = result.partition("@")
            date = str((START + pd.Timedelta(days=int(days) + int(later or 0))).date())
            lesion = name.rstrip("*?")
            at = (subject, f"A{number}", date, lesion)
            size = None if result == "ND" else "TS" if result == "TS" else result
            if lesion.startswith("NT"):
                rows.state(*at, "NON-TARGET", STATES.get(result, result))
            elif lesion.startswith("NEW"):
                if result[0].isdigit() or result == "ND":
                    rows.diameter(*at, "NEW TARGET", size)
                    state = "EQUIVOCAL" if name.endswith("?") else "UNEQUIVOCAL"
                    rows.state(*at, "NEW TARGET", state)
                else:
                    rows.state(*at, "NEW NON-TARGET", STATES.get(result, result))
            else:
                rows.diameter(*at, "TARGET", size, node=name.endswith("*"))
                if lesion.endswith(".M"):
                    rows.came_from(subject, lesion, "T02", "T03")
                elif "." in lesion:
                    rows.came_from(subject, lesion, lesion.rpartition(".")[0])
    return rows


def column(lines, name, criteria="RECIST 1.1", **options):
    found = history(*lines).responses(criteria, **options)[name]
    return [None if pd.isna(value) else value for value in found]


def recist(*lines, **options):
    return column(lines, "RESPONSE", **options)


def immune(*lines, **options):
    return column(lines, "RESPONSE", "iRECIST", **options)


def sums(*lines, of="target"):
    made = tumor_sums(of=of, **history(*lines).arguments())
    return [None if np.isnan(value) else value for value in made.columns["SUM"]]


# ---- sums, nadir ----------------------------------------------------------------------------


def test_the_sum_takes_the_longest_diameter_and_of_nodes_the_short_axis():
    rows = history("-7 T01=30 T02*=18")
    rows.add("S", "A1", "2024-01-03", "T01", "TARGET", "LPERP", "20", 20.0)
    made = tumor_sums(of="target", **rows.arguments())
    assert made.columns["SUM"].tolist() == [48]


def test_the_sum_is_usable_only_if_all_baseline_targets_are_assessed():
    assert sums("-7 T01=30 T02=20", "42 T01=30 T02=ND", "84 T01=30", "126 T01=30 T02=10") == [
        50,
        None,
        None,
        40,
    ]


def test_pieces_of_a_split_lesion_are_summed_and_a_merged_one_stands_for_its_parents():
    assert sums("-7 T01=50 T02=20 T03=22", "42 T01.1=24 T01.2=20 T02.M=34") == [92, 78]


def test_a_piece_that_was_not_measured_makes_the_sum_unusable():
    lines = ("-7 T01=50", "42 T01.1=24 T01.2=20", "84 T01.1=22", "126 T01.1=20 T01.2=0")
    assert sums(*lines) == [50, 44, None, 20]


def test_pieces_may_break_again_and_merge_again():
    lines = ("-7 T01=50", "42 T01.1=30 T01.2=10", "84 T01.1.1=12 T01.1.2=13 T01.2=9")
    assert sums(*lines) == [50, 40, 34]


def test_a_lesion_under_its_first_name_again_counts_for_its_pieces():
    rows = history("-7 T01=50 T02=10", "42 T01.1=20 T01.2=10 T02=9", "84 T01=33 T02=8")
    made = tumor_sums(of="target", **rows.arguments())
    assert made.columns["SUM"].tolist() == [60, 39, 41]
    assert told(made) == []


def test_when_one_of_the_merged_lesions_is_measured_alone_again_the_other_is_missing():
    assert sums("-7 T02=20 T03=22", "42 T02.M=34", "84 T02=12", "126 T02=12 T03=9") == [
        42,
        34,
        None,
        21,
    ]


def test_what_became_others_does_not_count_beside_them():
    rows = history("-7 T01=50", "42 T01=44 T01.1=24 T01.2=20")
    made = tumor_sums(of="target", **rows.arguments())
    assert made.columns["SUM"].tolist() == [50, 44]
    assert told(made) == ["tumors.became_others"]


def test_too_small_to_measure_counts_as_5_mm():
    assert sums("-7 T01=30", "42 T01=TS") == [30, 5]
    made = tumor_sums(
        of="target", **{**history("-7 T01=30", "42 T01=TS").arguments(), "too_small_mm": 2.5}
    )
    assert made.columns["SUM"].tolist() == [30, 2.5]


def test_the_list_of_targets_is_frozen_at_baseline():
    rows = history("-7 T01=30", "42 T01=30 T02=20")
    made = tumor_sums(of="target", **rows.arguments())
    assert made.columns["SUM"].tolist() == [30, 30]
    assert told(made) == ["tumors.not_at_baseline"]


def test_baseline_is_the_last_complete_sum_before_treatment():
    lines = ("-20 T01=30 T02=20", "-7 T01=32 T02=20", "-2 T01=40 T02=ND", "42 T01=32 T02=20")
    assert column(lines, "BASE") == [52]


def test_an_assessment_on_the_day_of_treatment_is_baseline_only_if_declared():
    lines = ("-7 T01=30", "0 T01=34", "42 T01=34")
    assert column(lines, "BASE") == [30, 30]
    assert column(lines, "BASE", same_day=True) == [34]


def test_nadir_is_the_lowest_earlier_complete_sum_baseline_included():
    lines = ("-7 T01=50 T02=10", "42 T01=40 T02=10", "84 T01=20 T02=ND", "126 T01=45 T02=10")
    assert column(lines, "NADIR") == [60, 50, 50]


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
    assert told(rows.made("RECIST 1.1")) == ["tumors.no_baseline"]


def test_without_start_of_treatment_there_are_no_responses_with_a_finding():
    rows = history("-7 T01=20", "42 T01=20")
    rows.starts["S"] = None
    assert len(rows.responses("RECIST 1.1")) == 0
    assert told(rows.made("RECIST 1.1")) == ["tumors.no_start"]


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


# ---- words, bad input -----------------------------------------------------------------------


def test_words_of_other_studies_can_be_declared():
    rows = history("-7 T01=30", "42 T01=30 NT01=WORSE")
    words = Words(states={"WORSE": "grown"})
    assert rows.responses("RECIST 1.1", words=words)["RESPONSE"].tolist() == ["PD"]
    assert "tumors.unknown_state" in told(rows.made("RECIST 1.1"))


def test_an_unknown_meaning_is_refused():
    rows = history("-7 T01=30")
    with pytest.raises(UsageError, match="no meaning"):
        rows.made("RECIST 1.1", words=Words(states={"WORSE": "bad"}))


def test_two_measurements_of_a_lesion_at_one_assessment_are_a_finding():
    rows = history("-7 T01=30", "42 T01=30@2")
    rows.diameter("S", "A2", "2024-02-21", "T01", "TARGET", 50)
    assert rows.responses("RECIST 1.1")["SUM"].tolist() == [30]
    assert told(rows.made("RECIST 1.1")) == ["tumors.measured_twice"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("S", "A2", "2024-02-21", None, "TARGET", "LDIAM", "9", 9.0), "tumors.no_lesion"),
        (("S", None, "2024-02-21", "T01", "TARGET", "LDIAM", "9", 9.0), "tumors.no_assessment"),
        (("S", "A9", "2024-02", "T01", "TARGET", "LDIAM", "9", 9.0), "tumors.no_date"),
        (("S", "A9", "2024-02-21", "T01", "TARGET", "LDIAM", "9", 9.0), "tumors.assessment_tie"),
        (("S", "A2", "2024-02-21", "X", "OTHER", "LDIAM", "9", 9.0), "tumors.unknown_group"),
        (("S", "A1", "2024-01-03", "N", "NEW", "LDIAM", "9", 9.0), "tumors.new_before_treatment"),
        (
            ("S", "A2", "2024-02-21", "NT9", "NON-TARGET", "TUMSTATE", "PRESENT", np.nan),
            "tumors.non_target_after_baseline",
        ),
    ],
)
def test_what_cannot_be_used_is_a_finding(change, rule):
    rows = history("-7 T01=30", "42 T01=30")
    rows.add(*change)
    assert told(rows.made("RECIST 1.1")) == [rule]
    assert told(rows.made("RECIST 1.1", findings=False)) == []


def test_no_rows_at_all():
    rows = history("-7 T01=30")
    table = rows.arguments()
    none = np.empty(0, dtype=np.int64)
    empty = {
        name: value.iloc[:0] if isinstance(value, pd.Series) else value
        for name, value in table.items()
    }
    empty |= {"groups": groups_of([empty["subject"]]), "too_small": np.empty(0, dtype=np.bool_)}
    for made in (
        tumor_sums(of="target", **empty),
        tumor_sums(of="new", **empty),
        lesion_diameters(of="target", **empty),
    ):
        assert len(made.group) == 0
        assert made.record.tolist() == none.tolist()
    assert len(tumor_responses(criteria="iRECIST", **empty).group) == 0


# ---- diameters of lesions -------------------------------------------------------------------


def test_diameters_of_lesions_make_their_sum():
    rows = history("-7 T01=50 T02=20 T03=22", "42 T01.1=24 T01.2=20 T02.M=34")
    made = lesion_diameters(of="target", **rows.arguments())
    found = pd.DataFrame(dict(made.columns))
    assert found[["LESION", "ASSESSMENT", "NUMBER", "DIAMETER", "PIECES"]].values.tolist() == [
        ["T01", "A1", 1, 50, "T01"],
        ["T01", "A2", 1, 44, "T01.1,T01.2"],
        ["T02", "A1", 2, 20, "T02"],
        ["T02", "A2", 2, 34, "T02.M"],
        ["T03", "A1", 3, 22, "T03"],
    ]


def test_lesions_without_numbers_of_their_own_are_numbered_by_name():
    rows = history("-7 T01=50 T02=20")
    for index, row in enumerate(rows.rows):
        rows.rows[index] = (*row[:3], {"T01": "LEFT", "T02": "RIGHT"}[row[3]], *row[4:])
    made = lesion_diameters(of="target", **rows.arguments())
    assert made.columns["NUMBER"].tolist() == [1, 2]


def test_new_lesions_have_sums_and_diameters_from_the_assessment_they_are_certain_at():
    lines = ("-7 T01=30", "42 T01=30 NEW01?=9", "84 T01=30 NEW01=11 NEW02=10")
    assert sums(*lines, of="new") == [21]
    made = lesion_diameters(of="new", **history(*lines).arguments())
    assert made.columns["DIAMETER"].tolist() == [9, 11, 10]


# ---- lineage, explanations, locality --------------------------------------------------------


def behind(made, record, rows):
    chosen = made.row[made.record == record]
    return [f"{rows[row][1]} {rows[row][3]}" for row in sorted(chosen.tolist())]


def test_a_response_comes_from_its_assessment_and_the_targets_of_baseline_and_nadir():
    rows = history(
        "-7 T01=50 NT01=PRESENT",
        "42 T01=30 NT01=PRESENT",
        "84 T01=35 NT01=PRESENT",
        "126 T01=40 NT01=PRESENT",
    )
    made = rows.made("RECIST 1.1")
    assert behind(made, 2, rows.rows) == ["A1 T01", "A2 T01", "A4 T01", "A4 NT01"]
    assert [(link.dataset, link.parent_rows.tolist()) for link in made.links] == [
        ("ADSL", [0, 0, 0])
    ]


def test_a_progression_dated_earlier_comes_from_the_scan_that_first_showed_the_lesion_too():
    rows = history("-7 T01=20", "42 T01=20 NEW01?=9", "84 T01=20 NEW01=9")
    found = behind(rows.made("RECIST 1.1"), 1, rows.rows)
    assert found == ["A1 T01", "A2 NEW01", "A2 NEW01", "A3 T01", "A3 NEW01", "A3 NEW01"]


def test_a_confirmation_comes_from_the_unconfirmed_progression_too():
    rows = history("-7 T01=30", "42 T01=40", "84 T01=50")
    assert behind(rows.made("iRECIST"), 1, rows.rows) == ["A1 T01", "A2 T01", "A3 T01"]


def test_of_two_measurements_only_the_one_that_counts_is_behind_the_response():
    rows = history("-7 T01=30", "42 T01=30@2")
    rows.diameter("S", "A2", "2024-02-21", "T01", "TARGET", 50)
    assert sorted(rows.made("RECIST 1.1").row.tolist()) == [0, 1]


def test_a_response_explains_itself():
    rows = history("-7 T01=88", "42 T01=35", "84 T01=42 NEW01?=9", "126 T01=50 NEW01?=9")
    (told_,) = rows.made("RECIST 1.1", explaining=True).considered
    said = [
        (record, taken, why)
        for record, taken, why in zip(told_.rows, told_.taken, told_.why, strict=True)
        if record == 1
    ]
    assert said == [
        (
            1,
            True,
            "targets: sum 42 mm against nadir 35 mm: +20.0 %, +7 mm, baseline 88 mm: -52.3 %, "
            "-46 mm: PD",
        ),
        (1, False, "NEW01 is equivocal; it does not count yet"),
    ]
    (immune_told,) = rows.made("iRECIST", explaining=True).considered
    assert (
        "42 days after the iUPD of 2024-04-03; targets against then 42 mm: +19.0 %, +8 mm; growth "
        "of targets: iCPD"
    ) in immune_told.why.tolist()
    assert rows.made("iRECIST").considered == ()


def test_responses_do_not_depend_on_the_order_of_rows_or_on_other_subjects():
    lines = [
        ("-7 T01=30 T02*=20 NT01=PRESENT", "42 T01=40 T02*=20 NT01=UP@2 NEW01=9", "84 T01=20"),
        ("-7 T01=50 T02=20 T03=22", "42 T01.1=24 T01.2=20 T02.M=34", "84 T01=90 T02=8 T03=9"),
        ("-7 NT01=PRESENT", "42 NT01=ABSENT", "70 NT01=PRESENT NEW01=PRESENT !"),
    ]
    whole = Rows()
    for number, one in enumerate(lines):
        part = history(*one, subject=f"S{number}")
        whole.rows += part.rows
        whole.parents += part.parents
        whole.symptoms += part.symptoms
    for criteria in ("RECIST 1.1", "iRECIST"):
        together = whole.responses(criteria).sort_index()
        apart = pd.concat(
            [history(*one, subject=f"S{n}").responses(criteria) for n, one in enumerate(lines)]
        )
        pd.testing.assert_frame_equal(together, apart.sort_index())
        mixed = Rows()
        mixed.rows = [whole.rows[i] for i in np.random.default_rng(1).permutation(len(whole.rows))]
        mixed.parents, mixed.symptoms = whole.parents[::-1], whole.symptoms
        pd.testing.assert_frame_equal(mixed.responses(criteria).sort_index(), together)
