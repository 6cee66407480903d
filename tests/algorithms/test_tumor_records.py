"""Derived responses: words and bad input, lineage, explanations, locality."""

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.lesions.lesion_words import Words
from cdisc.errors import UsageError
from tests.algorithms.lesion_rows import Rows, called, history, told

# ---- words, bad input -----------------------------------------------------------------------


def test_words_of_other_studies_can_be_declared():
    rows = history("-7 T01=30", "42 T01=30 NT01=WORSE")
    words = Words(states={"WORSE": "grown"})
    assert rows.responses("RECIST 1.1", words=words)["RESPONSE"].tolist() == ["PD"]
    unknown = next(one for one in rows.made("RECIST 1.1").issues if "state" in one.rule)
    assert unknown.rule == "tumor_sums.unknown_state"
    assert unknown.hint == "Say what it means, e.g. words: {states: {GONE: absent}}"


def test_an_unknown_meaning_is_refused():
    rows = history("-7 T01=30")
    with pytest.raises(UsageError, match="no meaning"):
        rows.made("RECIST 1.1", words=Words(states={"WORSE": "bad"}))


def test_two_measurements_of_a_lesion_at_one_assessment_are_a_finding():
    rows = history("-7 T01=30", "42 T01=30@2")
    rows.diameter("S", "A2", "2024-02-21", "T01", "TARGET", 50)
    assert rows.responses("RECIST 1.1")["SUM"].tolist() == [30]
    assert told(rows.made("RECIST 1.1")) == ["tumor_sums.measured_twice"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("S", "A2", "2024-02-21", None, "TARGET", "LDIAM", "9", 9.0), "tumor_sums.no_lesion"),
        (("S", None, "2024-02-21", "T01", "TARGET", "LDIAM", "9", 9.0), "tumor_sums.no_assessment"),
        (("S", "A9", "2024-02", "T01", "TARGET", "LDIAM", "9", 9.0), "tumor_sums.no_date"),
        (
            ("S", "A9", "2024-02-21", "T01", "TARGET", "LDIAM", "9", 9.0),
            "tumor_sums.assessment_tie",
        ),
        (("S", "A2", "2024-02-21", "X", "OTHER", "LDIAM", "9", 9.0), "tumor_sums.unknown_group"),
        (
            ("S", "A1", "2024-01-03", "N", "NEW", "LDIAM", "9", 9.0),
            "tumor_sums.new_before_treatment",
        ),
        (
            ("S", "A2", "2024-02-21", "NT9", "NON-TARGET", "TUMSTATE", "PRESENT", np.nan),
            "tumor_sums.non_target_after_baseline",
        ),
    ],
)
def test_what_cannot_be_used_is_a_finding(change, rule):
    rows = history("-7 T01=30", "42 T01=30")
    rows.add(*change)
    assert told(rows.made("RECIST 1.1")) == [rule]


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
        called("tumor_sums", of="target", **empty),
        called("tumor_sums", of="new", **empty),
        called("lesion_diameters", of="target", **empty),
    ):
        assert len(made.group) == 0
        assert made.record.tolist() == none.tolist()
    assert len(called("tumor_responses", criteria="iRECIST", **empty).group) == 0


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
            (
                "targets: sum 42 mm against nadir 35 mm: +20.0 %, +7 mm, baseline 88 mm: -52.3 %, "
                "-46 mm: PD"
            ),
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


def test_pieces_lead_to_what_says_where_they_came_from():
    rows = history("-7 T01=50 T02=20 T03=22", "42 T01.1=24 T01.2=20 T02.M=34", "84 T01=40 T02.M=30")
    for made in (
        rows.made("RECIST 1.1"),
        called("tumor_sums", of="target", **rows.arguments()),
        called("lesion_diameters", of="target", **rows.arguments()),
    ):
        named = {link.dataset: link for link in made.links}
        found = {
            (made.columns["ASSESSMENT"][record], rows.parents[row][1])
            for record, row in zip(named["TU"].rows, named["TU"].parent_rows, strict=True)
        }
        assert found >= {("A2", "T01.1"), ("A2", "T01.2"), ("A2", "T02.M"), ("A3", "T02.M")}
        assert ("A1", "T01.1") not in found
