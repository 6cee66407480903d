"""Toxicity grades: the table of CTCAE 5.0, and how results are held against it."""

import re

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms.measurements.toxicity import combined_grade, toxicity_grade
from cdisc.algorithms.measurements.toxicity_criteria import packaged
from cdisc.errors import UsageError
from cdisc.model import Severity
from tests.algorithms.columns import numbers, text
from tests.algorithms.toxicity_table import TABLE, UNITS


def column(value, count):
    return numbers(*(value if isinstance(value, list) else [value] * count))


def grade(term, values, direction="low", unit=None, low=None, high=None, base=None, **given):
    """Grades of results of one term; None for none. `after` False: records before baseline."""
    values = values if isinstance(values, list) else [values]
    count = len(values)
    arguments = {}
    if base is not None:
        after = given.pop("after", True)
        arguments = {
            "base": column(base, count),
            "base_indicator": text(*[given.pop("indicator", None)] * count),
            "after_baseline": np.full(count, after),
        }
    result = toxicity_grade(
        numbers(*values),
        text(*[term] * count),
        direction,
        text(*[UNITS.get(term, "") if unit is None else unit] * count),
        column(low, count),
        column(high, count),
        **arguments,
        **given,
    )
    found = [None if pd.isna(v) else v for v in result.values]
    rules = [issue.rule for issue in result.issues]
    return (found if count > 1 else found[0]), rules


def grades(*arguments, **given):
    return grade(*arguments, **given)[0]


# ---- the table of the study ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "low", "results", "expected"),
    [
        ("Anemia", 120, [120, 119, 100, 99.9, 80, 79.9], "0 1 1 2 2 3"),
        ("White blood cell decreased", 4, [4, 3.9, 2.9, 1.9, 0.9], "0 1 2 3 4"),
        ("Neutrophil count decreased", 2, [2, 1.9, 1.4, 0.9, 0.4], "0 1 2 3 4"),
        ("Lymphocyte count decreased", 1, [1, 0.9, 0.7, 0.4, 0.1], "0 1 2 3 4"),
        ("Platelet count decreased", 100, [100, 99, 74, 49, 24], "0 1 2 3 4"),
        ("Hyponatremia", 135, [135, 134, 130, 129, 120, 119.9], "0 1 1 3 3 4"),
        ("Hypokalemia", 3.5, [3.5, 3.4, 3.0, 2.9, 2.4], "0 2 2 3 4"),
        ("Hypocalcemia", 2.1, [2.1, 2.05, 1.9, 1.7, 1.4], "0 1 2 3 4"),
        ("Hypoalbuminemia", 40, [40, 39, 29, 19], "0 1 2 3"),
    ],
)
def test_low_results_are_graded_as_the_study_says(term, low, results, expected):
    assert grades(term, results, low=low) == expected.split()


@pytest.mark.parametrize(
    ("term", "high", "results", "expected"),
    [
        ("Alanine aminotransferase increased", 50, [50, 51, 151, 251, 1001], "0 1 2 3 4"),
        ("Aspartate aminotransferase increased", 40, [40, 41, 121, 201, 801], "0 1 2 3 4"),
        ("Alkaline phosphatase increased", 100, [100, 101, 251, 501, 2001], "0 1 2 3 4"),
        ("GGT increased", 60, [60, 61, 151, 301, 1201], "0 1 2 3 4"),
        ("Blood bilirubin increased", 20, [20, 21, 31, 61, 201], "0 1 2 3 4"),
        ("Creatinine increased", 100, [100, 101, 151, 301, 601], "0 1 2 3 4"),
        ("Hypernatremia", 145, [145, 146, 151, 156, 161], "0 1 2 3 4"),
        ("Hyperkalemia", 5.3, [5.3, 5.4, 5.6, 6.1, 7.1], "0 1 2 3 4"),
        ("Hypercalcemia", 2.6, [2.6, 2.7, 3.0, 3.2, 3.5], "0 1 2 3 4"),
    ],
)
def test_high_results_are_graded_as_the_study_says(term, high, results, expected):
    assert grades(term, results, "high", high=high) == expected.split()


def test_all_laboratory_terms_are_there_not_only_the_studys():
    terms = {row["term"] for row in TABLE}
    assert len(terms) == 46
    assert {"Hypomagnesemia", "Fibrinogen decreased", "Lipase increased", "Proteinuria"} <= terms
    assert len(packaged("ctcae-5.0")) == 46


def test_a_worse_result_never_has_a_lower_grade():
    for (name, direction), term in packaged("ctcae-5.0").items():
        line = np.linspace(0, 400, 4001)
        found = grade(
            term.name,
            (line if direction == "high" else line[::-1]).tolist(),
            direction,
            low=50 if direction == "low" else None,
            high=1.5 if direction == "high" else None,
        )[0]
        assert found == sorted(found), name
        assert found[0] == "0" or direction == "low"


# ---- ALGORITHMS: ctcae_grade --------------------------------------------------------------


def test_comparison_is_at_15_significant_digits():
    assert 3 * 1.1 > 3.3
    assert grades("Alanine aminotransferase increased", 3 * 1.1, "high", high=1.1) == "1"
    assert grades("Alanine aminotransferase increased", 3.30000000000001, "high", high=1.1) == "2"
    # the result is computed, and lies a hair below the limit that it should meet
    assert 0.1 + 0.7 < 0.8
    assert grades("Lymphocyte count decreased", 0.1 + 0.7, low=1) == "1"


def test_unit_mismatch_is_missing_and_a_finding():
    assert grade("Anemia", 9.5, unit="g/dL", low=12) == (None, ["toxicity_grade.unit"])
    assert grade("Anemia", 9.5, unit="", low=12) == (None, ["toxicity_grade.no_unit"])
    # multiples of a limit need no unit
    assert grade("INR increased", 2, "high", unit="") == ("2", ["toxicity_grade.no_base"])


def test_haemoglobin_below_80_is_grade_3_without_a_lower_limit_but_0_and_1_need_it():
    assert grades("Anemia", [79, 99, 100, 130]) == ["3", "2", None, None]
    assert grades("Anemia", [79, 99, 100, 130], low=120) == ["3", "2", "1", "0"]


def test_multiples_of_a_missing_limit_give_no_grade():
    assert grades("Alanine aminotransferase increased", [10, 5000], "high") == [None, None]


def test_baseline_multiples_only_when_the_baseline_is_abnormal():
    at = {"direction": "high", "high": 50, "base": 80}
    values = [60, 119, 120, 241, 401, 1601]
    term = "Alanine aminotransferase increased"
    assert grades(term, values, indicator="HIGH", **at) == ["0", "0", "1", "2", "3", "4"]
    assert grades(term, values, indicator="NORMAL", **at) == ["1", "1", "1", "2", "3", "4"]
    assert grades(term, values, indicator="LOW", **at) == ["1", "1", "1", "2", "3", "4"]
    assert grades(term, [160, 151], indicator=None, **at) == ["2", "2"]


@pytest.mark.parametrize(
    ("term", "meets"),
    [
        ("Alanine aminotransferase increased", 150),
        ("Alkaline phosphatase increased", 200),
        ("GGT increased", 200),
    ],
)
def test_grade_1_of_an_abnormal_baseline_includes_its_limit(term, meets):
    at = {"direction": "high", "high": 50, "base": 100, "indicator": "HIGH"}
    assert grades(term, [meets - 0.1, meets], **at) == ["0", "1"]


def test_bilirubin_of_an_abnormal_baseline_is_grade_1_above_it():
    at = {"direction": "high", "high": 20, "base": 30, "indicator": "HIGH"}
    assert grades("Blood bilirubin increased", [30, 30.1, 45.1], **at) == ["0", "1", "2"]


def test_an_abnormal_baseline_is_graded_against_the_limits_not_against_itself():
    at = {"direction": "high", "high": 50, "base": 200, "indicator": "HIGH"}
    assert grades("Alanine aminotransferase increased", 200, after=False, **at) == "2"
    assert grades("Alanine aminotransferase increased", 200, after=True, **at) == "0"


def test_creatinine_counts_multiples_of_any_baseline_after_it():
    at = {"direction": "high", "high": 100, "base": 40, "indicator": "NORMAL"}
    assert grades("Creatinine increased", [60, 61, 121], **at) == ["0", "2", "3"]
    assert grades("Creatinine increased", [60, 61, 121], after=False, **at) == ["0", "0", "1"]
    assert grades("Creatinine increased", [61, 121, 50], "high", base=40) == ["2", "3", None]


@pytest.mark.parametrize(
    ("term", "value", "direction", "limits", "worst", "least"),
    [
        ("Lipase increased", 250, "high", {"high": 100}, "3", "2"),
        ("Lipase increased", 501, "high", {"high": 100}, "4", "3"),
        ("Serum amylase increased", 250, "high", {"high": 100}, "3", "2"),
        ("Hyponatremia", 127, "low", {"low": 135}, "3", "2"),
        ("Hyponatremia", 123, "low", {"low": 135}, "3", "3"),
        ("Hypokalemia", 3.2, "low", {"low": 3.5}, "2", "1"),
        ("Hyperuricemia", 500, "high", {"high": 400}, "3", "1"),
    ],
)
def test_wording_that_needs_symptoms_is_the_worst_case_configurable(
    term, value, direction, limits, worst, least
):
    assert grades(term, value, direction, **limits) == worst
    assert grades(term, value, direction, wording="least", **limits) == least


def test_grade_0_is_not_missing():
    found, rules = grade("Anemia", [130, None], low=120)
    assert found == ["0", None]
    assert rules == []


def test_a_term_the_criteria_do_not_have_is_a_finding():
    assert grade("Anaemia", 90, unit="g/L") == (None, ["toxicity_grade.unknown_term"])
    assert grade("Anemia", 90, "high") == (None, ["toxicity_grade.unknown_term"])
    assert grade(None, 90) == (None, [])


@pytest.mark.parametrize(
    ("term", "hint"),
    [
        ("Anaemia", "Did you mean Anemia?"),
        ("HGB", "Name a term of the criteria, e.g. ATOXDSCL: {constant: Acidosis}"),
    ],
)
def test_a_term_the_criteria_do_not_have_is_told_with_what_to_write(term, hint):
    result = toxicity_grade(numbers(90), text(term), "low", text("g/L"))
    assert [one.hint for one in result.issues] == [hint]


def test_a_study_may_grade_by_a_table_of_its_own():
    table = pd.DataFrame(
        {
            "term": ["Low HGB"],
            "direction": ["low"],
            "unit": ["g/L"],
            "grade": ["2"],
            "baseline": [""],
            "criterion": ["<LLN and <=0.5*BASE"],
        }
    )
    at = {"base": 200, "indicator": "NORMAL", "low": 120, "criteria": table, "unit": "g/L"}
    assert grades("Low HGB", [100, 101, 119], **at) == ["2", "0", "0"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"criterion": "under 80"}, "row 1 of the table of criteria: 'under 80' is no comparison"),
        ({"direction": "down"}, "direction 'down' is neither low nor high"),
        ({"grade": "6"}, "grade '6' is none of 1 to 5"),
        ({"baseline": "high"}, "baseline 'high' is neither normal nor abnormal"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(change, message):
    row = {"term": "T", "direction": "low", "unit": "", "grade": "1", "baseline": ""}
    table = pd.DataFrame([{**row, "criterion": "<1", **change}])
    with pytest.raises(UsageError, match=re.escape(message)):
        grade("T", 1, criteria=table)


def test_a_table_without_the_columns_is_refused():
    with pytest.raises(UsageError, match="no column direction and unit"):
        grade("T", 1, criteria=pd.DataFrame({"term": ["T"]}))


def test_base_needs_its_indicator_and_what_comes_after():
    with pytest.raises(UsageError, match="base needs base_indicator and after_baseline"):
        toxicity_grade(numbers(1), text("Anemia"), "low", text("g/L"), base=numbers(1))


# ---- combined grade -------------------------------------------------------------------------


def combined(low, high, low_term="Hypoglycemia", high_term="Hyperglycemia"):
    result = combined_grade(text(low), text(high), text(low_term), text(high_term))
    return None if pd.isna(result.values[0]) else result.values[0]


def test_criteria_by_baseline_without_one_are_told_as_a_note():
    term = "Alanine aminotransferase increased"
    result = toxicity_grade(
        numbers(200, None, 9),
        text(term, term, "Anemia"),
        "high",
        text("U/L", "U/L", "g/L"),
        high=numbers(40, 40, 40),
    )
    (told,) = (i for i in result.issues if i.rule == "toxicity_grade.no_base")
    assert (told.rows.tolist(), list(told.values), told.severity) == ([0], [term], Severity.INFO)
    assert grade(term, 200, "high", high=40, base=40) == ("2", [])
    # haemoglobin has a criterion by baseline for high results only
    assert grade("Anemia", 130, low=120) == ("0", [])


def test_text_that_is_no_number_is_not_graded_and_told():
    result = toxicity_grade(
        text("75", "GRADE 3", None),
        text("Anemia", "Anemia", "Anemia"),
        "low",
        text("g/L", "g/L", "g/L"),
        low=text("120", "120", "HIGH"),
    )
    assert [None if pd.isna(v) else v for v in result.values] == ["3", None, None]
    assert [(i.rule, i.rows.tolist(), list(i.values)) for i in result.issues] == [
        ("toxicity_grade.number", [1], ["GRADE 3"]),
        ("toxicity_grade.number", [2], ["HIGH"]),
    ]
    both = combined_grade(text("GRADE 3", None), text("2", "1"), text("A", "A"), text("B", "B"))
    assert [(i.rule, i.rows.tolist()) for i in both.issues] == [("combined_grade.grade", [0])]


def test_combined_grade_low_is_negative():
    assert combined("2", "0") == "-2"
    assert combined("4", None, high_term=None) == "-4"


def test_combined_grade_low_above_0_outranks_high():
    assert combined("1", "3") == "-1"
    assert combined("0", "3") == "3"
    assert combined(None, "3") == "3"


def test_combined_grade_0_when_every_direction_with_a_term_is_0():
    assert combined("0", "0") == "0"
    assert combined("0", None, high_term=None) == "0"
    assert combined(None, "0", low_term=None) == "0"


def test_combined_grade_is_missing_when_a_direction_could_not_be_graded():
    assert combined(None, "0") is None
    assert combined("0", None) is None
    assert combined(None, None) is None
    assert combined(None, None, None, None) is None
