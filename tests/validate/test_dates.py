from __future__ import annotations

import calendar

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.validate import checks_for, iso8601
from cdisc.validate.rules.dates import ends_before_start, not_in_calendar, not_iso8601

WELL_FORMED = [
    "2003",
    "2003-12",
    "2003-12-15",
    "2003---15",
    "2019---20",
    "--12-15",
    "--12",
    "----15",
    "2003-12-15T13",
    "2003-12-15T13:14",
    "2003-12-15T13:14:17",
    "2003-12-15T13:14:17.123",
    "2003-12-15T-:15",
    "2003-12-15T13:-:17",
    "2003-12-15T-:-:17",
    "-----T07:15",
    "2003---15T13:14",
    "2003-12-15T13:14Z",
    "2003-12-15T13:14:17+08:00",
    "2003-12-15T13:14-0500",
    "2003-12-15T10:00/2003-12-15T10:30",
    "2003-01-01/2003-02",
    "2003-12-15T10:00/PT30M",
]
MALFORMED = [
    "15DEC2003",
    "2003-12-15 13:14",
    "2003-12-15T",
    "2003/12/15",
    "2003-1-5",
    "03-12-15",
    "2003-",
    "2003--",
    "2003----",
    "2003-12--",
    "UNK",
    "2003-12-15T13:14:17:00",
    "2003-12-15T1314",
    "2003-12-15T13:14 ",
    "2003-12-15/",
    "P1D",
    "2003-12-15T10:00/PT",
    "2003-12-15+08:00",
]


@pytest.mark.parametrize("text", WELL_FORMED)
def test_date_texts_that_sdtm_allows(text):
    assert not not_iso8601(pd.Series([text], dtype="str"), "datetime").any()


@pytest.mark.parametrize("text", MALFORMED)
def test_date_texts_that_sdtm_does_not_allow(text):
    assert not_iso8601(pd.Series([text], dtype="str"), "datetime").all()


@pytest.mark.parametrize(
    "text", ["P1Y", "P2M10DT2H30M", "PT30S", "PT0.5H", "P6W", "-PT15M", "P1DT1H", "P0,5Y"]
)
def test_durations(text):
    assert not not_iso8601(pd.Series([text], dtype="str"), "duration").any()


@pytest.mark.parametrize("text", ["P", "PT", "P1DT", "1D", "P1H", "PT1D", "P1W2D", "2 days", "P1"])
def test_texts_that_are_not_durations(text):
    assert not_iso8601(pd.Series([text], dtype="str"), "duration").all()


@pytest.mark.parametrize("text", ["-P2D/P0D", "P7D", "-P1M", "2003-12-01/2003-12-10"])
def test_evaluation_intervals(text):
    assert not not_iso8601(pd.Series([text], dtype="str"), "interval").any()


def test_missing_dates_are_nobodys_failure(make, ask):
    dataset = make("AE", {"AESTDTC": ["2024-01-05", None]})
    assert ask(dataset, "DATE.FORMAT", "AESTDTC", kind="datetime") == []


def test_message_of_a_malformed_date(make, ask):
    dataset = make("AE", {"AESTDTC": ["05-Mar-2024", "05-Mar-2024"]})
    (finding,) = ask(dataset, "DATE.FORMAT", "AESTDTC", kind="datetime")
    assert finding.message == "'05-Mar-2024' in AESTDTC is not an ISO 8601 datetime"
    assert finding.count == 2


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2024-02-30",
        "1900-02-29",
        "2024-13",
        "2024-00-10",
        "2024-04-31",
        "2024-04-00",
        "2024---32",
        "----32",
        "0000-01-01",
        "--02-30",
        "2024-01-05T24:00",
        "2024-01-05T23:60",
        "2024-01-05T23:59:60",
        "2024-01-05T12:00+15:00",
        "2024-01-05/2024-02-30",
    ],
)
def test_dates_that_no_calendar_has(text):
    assert not_in_calendar(pd.Series([text], dtype="str")).all()


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29",
        "2000-02-29",
        "--02-29",
        "2024---31",
        "----31",
        "2024-01-05T23:59:59.999",
        "2024-01-05T00:00",
        "2024-01-05T12:00+14:00",
        "2024-01-05/2024-02-01",
        "nonsense",
    ],
)
def test_dates_that_a_calendar_has_or_that_are_no_dates_at_all(text):
    assert not not_in_calendar(pd.Series([text], dtype="str")).any()


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(1, 31))
def test_a_day_is_possible_exactly_when_the_calendar_has_it(year, month, day):
    text = f"{year:04d}-{month:02d}-{day:02d}"
    exists = day <= calendar.monthrange(year, month)[1]
    assert not_in_calendar(pd.Series([text], dtype="str")).tolist() == [not exists]


def test_message_of_an_impossible_date(make, ask):
    dataset = make("AE", {"AESTDTC": ["2023-02-29"], "AEENDTC": ["2023-03-01"]})
    (finding,) = ask(dataset, "DATE.IMPOSSIBLE", "AESTDTC", "AEENDTC")
    assert finding.message == "'2023-02-29' in AESTDTC is not a date or time that exists"


@pytest.mark.parametrize(
    ("start", "end", "fails"),
    [
        ("2024-03-05", "2024-03-04", True),
        ("2024-03-05", "2024-03-05", False),
        ("2024-03-05", "2024-03", False),
        ("2024-03-05", "2024-02", True),
        ("2024", "2023-12-31", True),
        ("2024", "2024-01-01", False),
        ("2024---20", "2024-01-01", False),
        ("2024---20", "2023-01-01", True),
        ("--12-15", "2023-01-01", False),
        ("2024-03-05T10:30", "2024-03-05T10:29", True),
        ("2024-03-05T10:30", "2024-03-05T10", False),
        ("2024-03-05T10:30", "2024-03-05", False),
        ("2024-03-05T10:30:15.5", "2024-03-05T10:30:15.4", True),
        ("2024-03-05T10:00+08:00", "2024-03-05T03:00Z", False),
        ("2024-03-05T10:00Z", "2024-03-05T10:00+08:00", True),
        ("2024-03-05T01:00+08:00", "2024-03-04T18:00Z", False),
        ("2024-03-01T01:00+08:00", "2024-02-29T16:59Z", True),
        ("2024-03-05T10:00", "2024-03-05T09:00Z", False),
        ("2024-03-06T10:00", "2024-03-05T09:00Z", True),
        ("2024-02-30", "2024-01-01", False),
        ("nonsense", "2024-01-01", False),
        ("2024-01-01", None, False),
        (None, "2024-01-01", False),
    ],
)
def test_end_before_start_at_the_coarser_precision(start, end, fails):
    frame = pd.DataFrame({"S": [start], "E": [end]}, dtype="str")
    assert ends_before_start(frame["S"], frame["E"]).tolist() == [fails]


moments = st.datetimes(min_value=pd.Timestamp("1970-01-01"), max_value=pd.Timestamp("2100-01-01"))


@given(moments, moments, st.sampled_from([4, 7, 10, 13, 16, 19]))
def test_truncated_dates_compare_like_their_texts(one, two, width):
    left, right = one.isoformat()[:19], two.isoformat()[:19][:width]
    frame = pd.DataFrame({"S": [left], "E": [right]}, dtype="str")
    expected = left[:width] > right
    assert ends_before_start(frame["S"], frame["E"]).tolist() == [expected]


def test_message_of_an_end_before_its_start(make, ask):
    dataset = make("AE", {"AESTDTC": ["2024-03-05"], "AEENDTC": ["2024-03-04"]})
    (finding,) = ask(dataset, "DATE.ORDER", "AESTDTC", "AEENDTC", start="AESTDTC", end="AEENDTC")
    assert finding.message == "AEENDTC '2024-03-04' is before AESTDTC '2024-03-05'"


def test_nothing_to_compare():
    empty = pd.Series([], dtype="str")
    assert ends_before_start(empty, empty).tolist() == []
    assert iso8601.parse(pa.array([], type=pa.large_string())).values.shape == (0, 6)


def test_which_variables_are_dates_and_which_belong_together(make):
    columns = {n: ["x"] for n in ("AEDTC", "AESTDTC", "AEENDTC", "AEDUR", "AEEVINT", "AETERM")}
    checks = [c for c in checks_for(make("AE", columns)) if c.rule.startswith("DATE.")]
    assert [(c.rule, c.variables, c.params.get("kind")) for c in checks] == [
        ("DATE.FORMAT", ("AEDTC",), "datetime"),
        ("DATE.FORMAT", ("AESTDTC",), "datetime"),
        ("DATE.FORMAT", ("AEENDTC",), "datetime"),
        ("DATE.FORMAT", ("AEDUR",), "duration"),
        ("DATE.FORMAT", ("AEEVINT",), "interval"),
        ("DATE.IMPOSSIBLE", ("AEDTC", "AESTDTC", "AEENDTC"), None),
        ("DATE.ORDER", ("AESTDTC", "AEENDTC"), None),
    ]
    specimen = checks_for(make("LB", {"LBDTC": ["x"], "LBENDTC": ["x"]}))
    assert [c.variables for c in specimen if c.rule == "DATE.ORDER"] == [("LBDTC", "LBENDTC")]


def test_study_day_zero(make, ask):
    (finding,) = ask(make("AE", {"AESTDY": [-1, 0, 1, None]}), "DAY.ZERO", "AESTDY")
    assert (finding.message, finding.count) == ("AESTDY is 0, and there is no study day 0", 1)
    assert ask(make("AE", {"AESTDY": [-1, 1, None]}), "DAY.ZERO", "AESTDY") == []


def study_days(make, ask, dates, days, reference="2024-01-10"):
    dm = make("DM", {"USUBJID": ["1"], "RFSTDTC": [reference]})
    ae = make("AE", {"USUBJID": ["1"] * len(dates), "AESTDTC": dates, "AESTDY": days})
    return ask(
        ae,
        "DAY.COUNT",
        "AESTDY",
        "AESTDTC",
        "USUBJID",
        others={"DM": dm},
        date="AESTDTC",
        subjects="DM",
        reference="RFSTDTC",
    )


def test_study_days_that_follow_from_their_dates(make, ask):
    dates = ["2024-01-10", "2024-01-09", "2024-02-10T08:00", "2023-12-31", None, "2024-01-11"]
    assert study_days(make, ask, dates, [1, -1, 32, -10, None, None]) == []


def test_study_days_that_do_not(make, ask):
    dates = ["2024-01-10", "2024-01-09", "2024-01", None]
    (finding,) = study_days(make, ask, dates, [0, 1, 5, 3])
    assert finding.message == "AESTDY is not AESTDTC counted from DM.RFSTDTC"
    assert finding.count == 4


def test_a_subject_without_a_reference_date_has_one_cause_elsewhere(make, ask):
    assert study_days(make, ask, ["2024-01-10"], [7], reference=None) == []
    assert study_days(make, ask, ["2024-01-10"], [7], reference="2024-01") == []


def test_a_record_of_nobody_is_not_counted_from_what_names_nobody(make, ask):
    dm = make("DM", {"USUBJID": [None, "1", "1"], "RFSTDTC": ["2024-01-01", "2024-01-10", "x"]})
    dates = ["2024-01-10"] * 3
    ae = make("AE", {"USUBJID": [None, "1", "2"], "AESTDTC": dates, "AESTDY": [1, 1, 1]})
    terms = {"date": "AESTDTC", "subjects": "DM", "reference": "RFSTDTC"}
    variables = ("AESTDY", "AESTDTC", "USUBJID")
    assert ask(ae, "DAY.COUNT", *variables, others={"DM": dm}, **terms) == []


@given(st.lists(st.dates(), min_size=1, max_size=8), st.dates())
def test_study_days_agree_with_the_calendar(dates, start):
    from cdisc.validate.rules.studydays import days_of, not_study_day

    texts = pd.Series([d.isoformat() for d in dates], dtype="str")
    reference = np.full(len(dates), np.datetime64(start))
    days = pd.Series([float((d - start).days + (d >= start)) for d in dates])
    assert not not_study_day(days_of(texts), days, reference).any()
    assert not_study_day(days_of(texts), days + 1, reference).all()
