"""Sums of diameters and diameters of lesions: which count, baseline, nadir."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.lesions.lesion_edges import Edges
from tests.algorithms.lesion_rows import Rows, called, column, history, sums, told

# ---- sums, nadir ----------------------------------------------------------------------------


def test_the_sum_takes_the_longest_diameter_and_of_nodes_the_short_axis():
    rows = history("-7 T01=30 T02*=18")
    rows.add("S", "A1", "2024-01-03", "T01", "TARGET", "LPERP", "20", 20.0)
    made = called("tumor_sums", of="target", **rows.arguments())
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


def test_no_complete_sum_before_treatment_is_a_finding():
    rows = history("-7 T01=30 T02=ND", "42 T01=30 T02=20")
    assert told(called("tumor_sums", of="target", **rows.arguments())) == ["tumor_sums.no_baseline"]


def test_a_piece_that_was_not_measured_makes_the_sum_unusable():
    lines = ("-7 T01=50", "42 T01.1=24 T01.2=20", "84 T01.1=22", "126 T01.1=20 T01.2=0")
    assert sums(*lines) == [50, 44, None, 20]


def test_pieces_may_break_again_and_merge_again():
    lines = ("-7 T01=50", "42 T01.1=30 T01.2=10", "84 T01.1.1=12 T01.1.2=13 T01.2=9")
    assert sums(*lines) == [50, 40, 34]


def test_a_lesion_under_its_first_name_again_counts_for_its_pieces():
    rows = history("-7 T01=50 T02=10", "42 T01.1=20 T01.2=10 T02=9", "84 T01=33 T02=8")
    made = called("tumor_sums", of="target", **rows.arguments())
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
    made = called("tumor_sums", of="target", **rows.arguments())
    assert made.columns["SUM"].tolist() == [50, 44]
    assert told(made) == ["tumor_sums.became_others"]


def test_too_small_to_measure_counts_as_5_mm():
    assert sums("-7 T01=30", "42 T01=TS") == [30, 5]
    made = called(
        "tumor_sums",
        of="target",
        **{**history("-7 T01=30", "42 T01=TS").arguments(), "too_small_mm": 2.5},
    )
    assert made.columns["SUM"].tolist() == [30, 2.5]


def test_the_list_of_targets_is_frozen_at_baseline():
    rows = history("-7 T01=30", "42 T01=30 T02=20")
    made = called("tumor_sums", of="target", **rows.arguments())
    assert made.columns["SUM"].tolist() == [30, 30]
    assert told(made) == ["tumor_sums.not_at_baseline"]


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


# ---- diameters of lesions -------------------------------------------------------------------


def test_diameters_of_lesions_make_their_sum():
    rows = history("-7 T01=50 T02=20 T03=22", "42 T01.1=24 T01.2=20 T02.M=34")
    made = called("lesion_diameters", of="target", **rows.arguments())
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
    made = called("lesion_diameters", of="target", **rows.arguments())
    assert made.columns["NUMBER"].tolist() == [1, 2]


def test_new_lesions_have_sums_and_diameters_from_the_assessment_they_are_certain_at():
    lines = ("-7 T01=30", "42 T01=30 NEW01?=9", "84 T01=30 NEW01=11 NEW02=10")
    assert sums(*lines, of="new") == [21]
    made = called("lesion_diameters", of="new", **history(*lines).arguments())
    assert made.columns["DIAMETER"].tolist() == [9, 11, 10]


# ---- lesions that came from each other --------------------------------------------------------


def of_subjects(stated, subjects):
    """Two visits of four targets for each subject; `stated`: pairs of lesion and parents."""
    rows = Rows()
    for subject in subjects:
        part = history(
            "-7 T01=50 T02=20 T03=22 T04=10", "42 T01=44 T02=19 T03=21 T04=9", subject=subject
        )
        rows.rows += part.rows
        for lesion, parents in stated.get(subject, ()):
            rows.came_from(subject, lesion, *parents)
    return rows


def diameters(rows):
    made = called("lesion_diameters", of="target", **rows.arguments())
    found = pd.DataFrame(dict(made.columns))
    groups = rows.arguments()["groups"]
    found.insert(0, "SUBJECT", rows.table["subject"].take(groups.first[made.group]).to_numpy())
    order = ["SUBJECT", "LESION", "ASSESSMENT"]
    return found.sort_values(order).reset_index(drop=True), made


CIRCLE = (("T02", ["T04"]), ("T04", ["T03"]), ("T03", ["T02"]))


@pytest.mark.parametrize("others", [0, 1, 2, 3])
def test_lesions_that_came_from_each_other_are_a_finding_and_count_by_themselves(others):
    names = ["S", *(f"O{number}" for number in range(others))]
    found, made = diameters(of_subjects({"S": CIRCLE}, names))
    own = found[found["SUBJECT"] == "S"]
    assert own["LESION"].tolist() == ["T01", "T01", "T02", "T02", "T03", "T03", "T04", "T04"]
    assert own["DIAMETER"].tolist() == [50, 44, 20, 19, 22, 21, 10, 9]
    (circular,) = made.issues
    assert circular.rule == "tumor_sums.circular"
    assert circular.values.tolist() == ["T02 from T04", "T03 from T02", "T04 from T03"]
    assert circular.message.startswith("TU has {value}, which leads back to the lesion itself")


def test_only_what_leads_in_a_circle_is_left_out():
    stated = {"S": (("T02", ["T03"]), ("T03", ["T02", "T01"]), ("T04", ["T03"]))}
    found, made = diameters(of_subjects(stated, ["S"]))
    assert made.issues[0].values.tolist() == ["T02 from T03", "T03 from T02,T01"]
    assert found.loc[found["ASSESSMENT"] == "A1", "LESION"].tolist() == ["T01", "T02"]


def test_a_lesion_that_came_from_itself_is_a_finding():
    made = diameters(of_subjects({"S": (("T02", ["T02"]),)}, ["S"]))[1]
    assert [one.values.tolist() for one in made.issues] == [["T02 from T02"]]


def test_a_long_chain_of_pieces_leads_to_its_first_lesion():
    count = 1000
    chain = np.arange(count)
    edges = Edges(chain[1:], chain[:-1], chain[1:])
    assert not edges.circular(count).any()
    closed = Edges(np.r_[chain[1:], 0], np.r_[chain[:-1], count - 1], chain)
    assert closed.circular(count).all()


NAMES = ("T01", "T02", "T03", "T04")


@settings(max_examples=25)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(NAMES),
            st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True),
        ),
        min_size=2,
        max_size=3,
    )
)
def test_whatever_came_from_whatever_other_subjects_do_not_matter(stated):
    stated = {f"S{number}": tuple(one.items()) for number, one in enumerate(stated)}
    together, made = diameters(of_subjects(stated, stated))
    apart = [diameters(of_subjects(stated, [subject])) for subject in stated]
    alone = pd.concat([found for found, _ in apart], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)
    for rule in ("circular", "not_at_baseline", "became_others"):

        def said(one, rule=rule):
            issues = [issue for issue in one.issues if issue.rule == f"tumor_sums.{rule}"]
            return sorted(value for issue in issues for value in issue.values)

        assert said(made) == sorted(value for _, one in apart for value in said(one))
    whole = of_subjects(stated, stated).responses("iRECIST")
    parts = [of_subjects(stated, [subject]).responses("iRECIST") for subject in stated]
    pd.testing.assert_frame_equal(whole, pd.concat(parts))
