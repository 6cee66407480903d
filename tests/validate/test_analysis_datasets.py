"""Rules of analysis datasets: each passes on data as it should be and fails on the one defect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.model import Dataset
from cdisc.pipeline.rules import without_subjects
from cdisc.validate import checks_for, run_checks
from cdisc.validate.rules.baseline import not_of_baseline, several_baselines
from cdisc.validate.rules.subject_level import not_as_there

DATE = {"format": "DATE9."}


@pytest.fixture
def told(make):
    """`told("ADLB", {...}, adsl={...})`: (rule, message, count) of findings of all its checks."""

    def asked(name, columns, *, adsl=None, meta=None, rules=()):
        dataset = make(name, columns, purpose="Analysis", meta=meta)
        others = {"ADSL": make("ADSL", adsl, purpose="Analysis", meta=meta)} if adsl else {}
        checks = checks_for(dataset, subjects="ADSL" if adsl else "")
        findings = run_checks(dataset, checks, others=others)
        return [(f.rule, f.message, f.count) for f in findings if f.rule.startswith(tuple(rules))]

    return asked


# ---- flags -----------------------------------------------------------------------------


def test_a_flag_is_y_n_or_null(told):
    assert (
        told("ADAE", {"USUBJID": ["1", "2", "3"], "ASEXFL": ["Y", "N", None]}, rules=["FLAG"]) == []
    )
    found = told("ADAE", {"USUBJID": ["1", "2", "3"], "ASEXFL": ["y", "1", "1"]}, rules=["FLAG"])
    assert found == [
        ("FLAG.VALUE", "'1' in ASEXFL is not Y, N or null", 2),
        ("FLAG.VALUE", "'y' in ASEXFL is not Y, N or null", 1),
    ]


@pytest.mark.parametrize("name", ["ABLFL", "ANL01FL", "TRTEMFL", "AOCCFL", "AOCC01FL", "AOCCPFL"])
def test_a_flag_of_records_is_y_or_null(told, name):
    assert told("ADXX", {"USUBJID": ["1", "2"], name: ["Y", None]}, rules=["FLAG"]) == []
    found = told("ADXX", {"USUBJID": ["1", "2"], name: ["Y", "N"]}, rules=["FLAG"])
    assert found == [("FLAG.RECORD", f"'N' in {name} is not Y or null", 1)]


def test_a_population_flag_is_y_or_n_for_everybody(told):
    subjects = ["1", "2", "3"]
    assert told("ADSL", {"USUBJID": subjects, "SAFFL": ["Y", "N", "Y"]}, rules=["FLAG"]) == []
    (found,) = told("ADSL", {"USUBJID": subjects, "SAFFL": ["Y", None, "Y"]}, rules=["FLAG"])
    assert (found[0], found[2]) == ("FLAG.POPULATION", 1)
    # a flag of the study's own may be null
    assert told("ADSL", {"USUBJID": subjects, "DLTEVLFL": ["Y", None, "N"]}, rules=["FLAG"]) == []


def test_the_number_of_a_flag_goes_with_it(told):
    subjects = ["1", "2", "3"]
    fine = {"USUBJID": subjects, "CRIT1FL": ["Y", "N", None], "CRIT1FN": [1, 0, None]}
    assert told("ADLB", fine, rules=["FLAG"]) == []
    wrong = {"USUBJID": subjects, "CRIT1FL": ["Y", None, "N"], "CRIT1FN": [1, 0, 1]}
    found = told("ADLB", wrong, rules=["FLAG"])
    assert [(rule, count) for rule, _, count in found] == [("FLAG.NUMBER", 1), ("FLAG.NUMBER", 1)]
    assert found[0][1] == "CRIT1FN '0' does not go with CRIT1FL ''"


# ---- the subject list ------------------------------------------------------------------


@pytest.mark.parametrize(("name", "there", "count"), [("ADAE", ["ADSL"], 0), ("ADAE", ["DM"], 1)])
def test_analysis_datasets_have_an_adsl_beside_them(make, name, there, count):
    dataset = make(name, {"USUBJID": ["1"]}, purpose="Analysis")
    others = {other: make(other, {"USUBJID": ["1"]}, purpose="Analysis") for other in there}
    checks = [c for c in checks_for(dataset, unlisted=True) if c.rule == "SUBJECT.NO_ADSL"]
    found = run_checks(dataset, checks, others=others)
    assert [(f.message, f.hint, f.count, f.severity) for f in found] == [
        (
            "there is ADAE, but no ADSL in the package",
            "Make one: ADSL has one record for each subject",
            1,
            "error",
        )
    ] * count


def test_that_there_is_no_adsl_is_asked_of_one_dataset_of_a_package(make):
    dataset = make("ADAE", {"USUBJID": ["1"]}, purpose="Analysis")
    assert "SUBJECT.NO_ADSL" not in {check.rule for check in checks_for(dataset)}
    assert without_subjects(["ADLB", "ADAE"]) == "ADAE"
    assert without_subjects(["ADLB", "ADSL"]) == without_subjects([]) == ""


def test_adsl_has_one_record_a_subject(told):
    assert told("ADSL", {"USUBJID": ["1", "2"]}, rules=["SUBJECT"]) == []
    (found,) = told("ADSL", {"USUBJID": ["1", "2", "1"]}, rules=["SUBJECT"])
    assert found == ("SUBJECT.REPEATED", "subject '1' has several records", 2)


def test_every_subject_is_in_adsl(told):
    found = told("ADAE", {"USUBJID": ["1", "9"]}, adsl={"USUBJID": ["1", "2"]}, rules=["SUBJECT"])
    assert found == [("SUBJECT.UNKNOWN", "subject '9' is not in ADSL", 1)]


def test_a_copy_of_adsl_says_what_adsl_says(told):
    adsl = {"USUBJID": ["1", "2"], "TRT01A": ["A", "B"], "TRTSDT": [100, None], "AGE": [30, 40]}
    fine = {"USUBJID": ["2", "1", "1"], "TRT01A": ["B", "A", "A"], "TRTSDT": [None, 100, 100]}
    assert told("ADAE", fine, adsl=adsl, rules=["SUBJECT"]) == []
    wrong = {"USUBJID": ["2", "1", "1"], "TRT01A": ["A", "A", None], "TRTSDT": [7, 100, 100]}
    assert told("ADAE", wrong, adsl=adsl, rules=["SUBJECT"]) == [
        ("SUBJECT.COPY", "'' in TRT01A is not what ADSL says of the subject", 1),
        ("SUBJECT.COPY", "'A' in TRT01A is not what ADSL says of the subject", 1),
        ("SUBJECT.COPY", "'7' in TRTSDT is not what ADSL says of the subject", 1),
    ]


def test_a_copy_of_adsl_has_its_label(make):
    adsl = make("ADSL", {"USUBJID": ["1"], "TRT01A": ["A"]}, purpose="Analysis")
    adae = make(
        "ADAE",
        {"USUBJID": ["1"], "TRT01A": ["A"]},
        purpose="Analysis",
        meta={"TRT01A": {"label": "Treatment"}},
    )
    found = run_checks(adae, checks_for(adae, subjects="ADSL"), others={"ADSL": adsl})
    assert [f.message for f in found if f.rule == "SUBJECT.COPY_LABEL"] == [
        "label of TRT01A is 'Treatment', ADSL has 'Label of TRT01A'"
    ]


subject = st.sampled_from(["1", "2", "3", None])
cell = st.sampled_from(["a", "b", None])


@given(st.lists(st.tuples(subject, cell), max_size=10), st.dictionaries(subject, cell))
def test_a_copy_fails_exactly_where_the_subject_list_says_something_else(records, listed):
    listed.pop(None, None)
    text = pd.StringDtype("pyarrow", na_value=np.nan)
    columns = [pd.Series(list(c), dtype=text) for c in (listed, listed.values())]
    mine = [pd.Series([r[i] for r in records], dtype=text) for i in (0, 1)]
    expected = [s in listed and listed[s] != value for s, value in records]
    assert not_as_there(*mine, *columns).tolist() == expected


def test_a_number_is_a_copy_only_when_it_is_the_same_to_the_last_digit():
    subjects = pd.Series(["1", "2", "3", "4"], dtype="str")
    theirs = pd.Series([0.1 + 0.2, 7.0, np.nan, np.nan])
    ours = pd.Series([0.3, 7.0, np.nan, 1.0])
    failing = not_as_there(subjects, ours, subjects, theirs)
    assert failing.tolist() == [True, False, False, True]


# ---- dates -----------------------------------------------------------------------------


def test_a_date_is_a_number_with_the_format_of_a_date(told):
    columns = {"USUBJID": ["1"], "TRTSDT": [20000], "TRTSDTM": [1728000000], "ASTTM": [60]}
    formats = {
        "TRTSDT": {"format": "DATE9."},
        "TRTSDTM": {"format": "DATETIME20."},
        "ASTTM": {"format": "TIME8."},
    }
    assert told("ADSL", columns, meta=formats, rules=["NUMERIC_DATE"]) == []
    formats = {"TRTSDT": {"format": "DATETIME20."}, "ASTTM": {"format": "E8601TM8."}}
    columns["DTHDT"] = ["2020-01-01"]
    assert told("ADSL", columns, meta=formats, rules=["NUMERIC_DATE.F"]) == [
        ("NUMERIC_DATE.FORMAT", "DTHDT is a date by its name, but is not numeric", 1),
        (
            "NUMERIC_DATE.FORMAT",
            "TRTSDT is a date by its name, but has the format DATETIME20.",
            1,
        ),
        ("NUMERIC_DATE.FORMAT", "TRTSDTM is a datetime by its name, but has no format", 1),
    ]


def test_a_time_that_is_a_duration_needs_no_format(told):
    assert told("ADPC", {"USUBJID": ["1"], "ARELTM": [2]}, rules=["NUMERIC_DATE"]) == []


def test_date_and_time_are_those_of_the_datetime(told):
    # 1 January 2020, 06:00 is day 21915 and second 1893477600 of SAS
    fine = {"ADT": [21915, None], "ATM": [21600, None], "ADTM": [1893477600, None]}
    assert told("ADLB", fine, rules=["NUMERIC_DATE.PARTS"]) == []
    wrong = {"ADT": [21916], "ATM": [21601], "ADTM": [1893477600]}
    assert [message for _, message, _ in told("ADLB", wrong, rules=["NUMERIC_DATE.PARTS"])] == [
        "ADT is not that of ADTM",
        "ATM is not that of ADTM",
    ]


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize(
    ("start", "end"), [("ASTDT", "AENDT"), ("TRTSDT", "TRTEDT"), ("TR01SDTM", "TR01EDTM")]
)
def test_an_end_is_not_before_its_start(make, start, end, dated):
    dataset = make("ADAE", {start: [1, 5, 5, None], end: [1, 4, None, 2]}, purpose="Analysis")
    if dated:
        days = {
            n: pd.to_datetime(c, unit="D").astype("datetime64[s]") for n, c in dataset.frame.items()
        }
        dataset = Dataset(
            **{s: getattr(dataset, s) for s in ("name", "label", "class_", "structure", "keys")},
            variables=dataset.variables,
            frame=pd.DataFrame(days),
            purpose="Analysis",
        )
    found = run_checks(dataset, checks_for(dataset))
    assert [(f.message, f.count) for f in found if f.rule == "NUMERIC_DATE.ORDER"] == [
        (f"{end} is before {start}", 1)
    ]
    if dated and start == "ASTDT":
        # a waiver can name the two dates, so that another record is not waived with it
        assert [f.value for f in found if f.rule == "NUMERIC_DATE.ORDER"] == [
            "1970-01-06 | 1970-01-05"
        ]


def test_an_imputation_flag_goes_with_a_date(told):
    assert told("ADAE", {"ASTDT": [1, None], "ASTDTF": ["D", None]}, rules=["NUMERIC_DATE.I"]) == []
    found = told("ADAE", {"ASTDT": [1, None], "ASTDTF": [None, "D"]}, rules=["NUMERIC_DATE.I"])
    assert found == [
        ("NUMERIC_DATE.IMPUTED", "ASTDTF has a value, but ASTDT has none", 1),
    ]


def test_there_is_no_analysis_day_0(told):
    assert told("ADLB", {"ADY": [-1, 1]}, rules=["DAY"]) == []
    assert told("ADLB", {"ADY": [0, 1]}, rules=["DAY"]) == [
        ("DAY.ZERO", "ADY is 0, and there is no study day 0", 1)
    ]


# ---- parameters ------------------------------------------------------------------------


def test_a_parameter_has_one_code_and_one_number(told):
    fine = {"PARAMCD": ["A", "B", "A"], "PARAM": ["a", "b", "a"], "PARAMN": [1, 2, 1]}
    assert told("ADLB", fine, rules=["TEST", "NUMBERED"]) == []
    found = told("ADLB", {**fine, "PARAM": ["a", "b", "x"]}, rules=["TEST"])
    assert [message for _, message, _ in found] == [
        "PARAMCD 'A' with PARAM 'a' is not one to one",
        "PARAMCD 'A' with PARAM 'x' is not one to one",
    ]
    found = told("ADLB", {**fine, "PARAMN": [1, 1, 1]}, rules=["NUMBERED"])
    assert found == [
        ("NUMBERED.PAIR", "PARAM 'a' with PARAMN '1' is not one to one", 2),
        ("NUMBERED.PAIR", "PARAM 'b' with PARAMN '1' is not one to one", 1),
    ]


def test_visits_are_numbered_for_each_parameter_by_itself(told):
    fine = {"PARAMCD": ["A", "B"], "AVISIT": ["Day 1", "Day 1"], "AVISITN": [1, 2]}
    assert told("ADLB", fine, rules=["NUMBERED"]) == []
    found = told("ADLB", {**fine, "PARAMCD": ["A", "A"]}, rules=["NUMBERED"])
    assert found[0] == ("NUMBERED.PAIR", "AVISIT 'Day 1' with AVISITN '1' is not one to one", 1)


def test_a_value_has_one_text_within_a_parameter(told):
    fine = {"PARAMCD": ["A", "A", "B"], "AVAL": [1, 2, 1], "AVALC": ["Y", "N", "POSITIVE"]}
    assert told("ADRS", fine, rules=["NUMBERED"]) == []
    found = told("ADRS", {**fine, "AVALC": ["Y", "Y", "POSITIVE"]}, rules=["NUMBERED"])
    assert [(rule, count) for rule, _, count in found] == [("NUMBERED.RESULT", 1)] * 2


LAB = {
    "USUBJID": ["1", "1", "1", "2"],
    "PARAMCD": ["ALT", "ALT", "ALT", "ALT"],
    "AVAL": [10, 15, 5, 7],
    "BASE": [10, 10, 10, None],
    "ABLFL": ["Y", None, None, None],
    "CHG": [None, 5, -5, None],
    "PCHG": [None, 50, -50, None],
}


def test_baseline_and_change_as_they_should_be(told):
    assert told("ADLB", LAB, rules=["BASELINE", "CHANGE"]) == []


def test_a_parameter_has_one_baseline(told):
    found = told("ADLB", {**LAB, "ABLFL": ["Y", "Y", None, None]}, rules=["BASELINE"])
    message = "ABLFL marks several records with the same USUBJID, PARAMCD"
    assert found == [("BASELINE.SEVERAL", message, 2)]


def test_each_type_of_baseline_has_its_own(told):
    two = {**LAB, "ABLFL": ["Y", "Y", None, None], "BASE": [10, 15, 10, None]}
    two["BASETYPE"] = ["LAST", "MEAN", "LAST", "LAST"]
    assert told("ADLB", two, rules=["BASELINE"]) == []


def test_a_baseline_value_is_that_of_a_record(told):
    found = told("ADLB", {**LAB, "BASE": [10, 10, 11, 7]}, rules=["BASELINE"])
    assert found == [
        (
            "BASELINE.NONE",
            "BASE has a value, but no record with the same USUBJID, PARAMCD is the baseline",
            1,
        ),
        ("BASELINE.VALUE", "BASE is not AVAL of the baseline record", 1),
    ]


def test_a_baseline_range_is_that_of_the_record(told):
    ranges = {**LAB, "ANRIND": ["LOW", "HIGH", None, None], "BNRIND": ["LOW", "LOW", "HIGH", None]}
    assert told("ADLB", ranges, rules=["BASELINE"]) == [
        ("BASELINE.VALUE", "BNRIND is not ANRIND of the baseline record", 1)
    ]


def test_change_is_value_less_baseline(told):
    found = told("ADLB", {**LAB, "CHG": [None, 6, -5, 7]}, rules=["CHANGE"])
    assert found == [("CHANGE.DIFFERENCE", "CHG is not AVAL - BASE", 2)]
    # 0.3 - 0.1 is not 0.2 to the last binary digit
    near = {**LAB, "AVAL": [0.1, 0.3, 0.1, 7], "BASE": [0.1, 0.1, 0.1, None]}
    assert told("ADLB", {**near, "CHG": [None, 0.2, 0, None]}, rules=["CHANGE.D"]) == []


def test_percent_change_is_of_the_baseline(told):
    found = told("ADLB", {**LAB, "PCHG": [None, 50, 50, None]}, rules=["CHANGE"])
    assert found == [("CHANGE.PERCENT", "PCHG is not the change in percent of BASE", 1)]
    # of a baseline of 0 there is no percent; of one below 0 either sign is a convention
    zero = {**LAB, "AVAL": [0, 1, 1, 7], "BASE": [0, 0, 0, None], "CHG": [None, 1, 1, None]}
    assert told("ADLB", {**zero, "PCHG": [None, 100, None, None]}, rules=["CHANGE"])[0][2] == 1
    below = {**LAB, "AVAL": [-2, -1, -1, 7], "BASE": [-2, -2, -2, None], "CHG": [None, 1, 1, None]}
    assert told("ADLB", {**below, "PCHG": [None, 50, -50, None]}, rules=["CHANGE"]) == []


flag = st.sampled_from(["Y", None])
record = st.tuples(st.sampled_from("AB"), flag, st.integers(0, 2), st.none() | st.integers(0, 2))


@given(st.lists(record, max_size=8))
def test_baselines_recounted_one_after_another(records):
    group, flags, values, base = (
        (list(c) for c in zip(*records, strict=True)) if records else [[]] * 4
    )
    text = pd.StringDtype("pyarrow", na_value=np.nan)
    by = [pd.Series(group, dtype=text)]
    marks = pd.Series(flags, dtype=text)
    numbers = [pd.Series(c, dtype="float64") for c in (values, base)]
    baselines = {g: [v for h, f, v, _ in records if h == g and f] for g in "AB"}
    assert several_baselines(marks, by).tolist() == [
        f is not None and len(baselines[g]) > 1 for g, f, _, _ in records
    ]
    assert not_of_baseline(numbers[1], numbers[0], marks, by).tolist() == [
        b is not None and len(baselines[g]) == 1 and b != baselines[g][0] for g, _, _, b in records
    ]


# ---- times to event --------------------------------------------------------------------

TIMES = {
    "USUBJID": ["1", "1", "2", "2"],
    "PARAMCD": ["OS", "PFS", "OS", "PFS"],
    "CNSR": [0, 0, 1, 3],
    "EVNTDESC": ["Death", "Progression", "Ongoing", "Ongoing"],
    "CNSDTDSC": [None, None, "Last known alive", "Before new therapy"],
}


def test_times_to_event_as_they_should_be(told):
    assert told("ADTTE", TIMES, rules=["TTE"]) == []


def test_a_subject_has_one_time_for_each_parameter(told):
    found = told("ADTTE", {**TIMES, "PARAMCD": ["OS", "OS", "OS", "PFS"]}, rules=["TTE.RECORDS"])
    assert found == [("TTE.RECORDS", "a subject has several records of one PARAMCD", 2)]
    # a dataset without censoring is none of times
    assert told("ADLB", {"USUBJID": ["1", "1"], "PARAMCD": ["A", "A"]}, rules=["TTE"]) == []


def test_censoring_is_a_whole_number_from_0(told):
    found = told("ADTTE", {**TIMES, "CNSR": [0, -1, 1.5, None]}, rules=["TTE.CENSOR"])
    assert [message for _, message, _ in found] == [
        "'' in CNSR is not 0 or a positive whole number",
        "'-1' in CNSR is not 0 or a positive whole number",
        "'1.5' in CNSR is not 0 or a positive whole number",
    ]


def test_what_happened_is_described(told):
    found = told("ADTTE", {**TIMES, "EVNTDESC": ["Death", None, "Ongoing", None]}, rules=["TTE.U"])
    assert found == [("TTE.UNDESCRIBED", "EVNTDESC says nothing of the event or the censoring", 2)]


def test_a_description_is_of_events_or_of_censored_times(told):
    found = told("ADTTE", {**TIMES, "EVNTDESC": ["Death", "a", "Death", "b"]}, rules=["TTE.D"])
    message = "'Death' in EVNTDESC describes events and censored times of one parameter"
    assert found == [("TTE.DESCRIBED", message, 2)]


def test_an_event_has_no_reason_of_censoring(told):
    found = told("ADTTE", {**TIMES, "CNSDTDSC": ["x", None, "y", "z"]}, rules=["TTE.REASON"])
    assert found == [("TTE.REASON", "CNSDTDSC has a value though CNSR is 0", 1)]


def test_tabulation_datasets_are_asked_none_of_this(make):
    topics = ("FLAG", "NUMBERED", "BASELINE", "CHANGE", "TTE", "NUMERIC_DATE")
    columns = {"USUBJID": ["1"], "LBBLFL": ["Y"], "PARAMCD": ["A"], "CNSR": [1], "ADT": [1]}
    assert not [c for c in checks_for(make("LB", columns)) if c.rule.startswith(topics)]
