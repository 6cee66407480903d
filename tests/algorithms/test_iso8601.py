"""Reading collected dates and times into ISO 8601."""

from datetime import datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.dates.iso_dates import add_days, complete_days, date_part, iso8601, time_part
from cdisc.errors import UsageError
from cdisc.model import Severity
from tests.algorithms.columns import text


def listed(series):
    return [None if pd.isna(value) else value for value in series]


def read(values, *formats, **arguments):
    result = iso8601(text(*values), formats, **arguments)
    return listed(result.values), {i.rule: i.rows.tolist() for i in result.issues}


def one(value, *formats, **arguments):
    values, issues = read([value], *formats, **arguments)
    return values[0], list(issues)


def test_unknown_day_and_month_leave_the_year():
    assert one("UN-UNK-2019", "DD-MON-YYYY") == ("2019", [])


def test_unknown_month_keeps_the_day_behind_a_hyphen():
    assert one("20-UNK-2019", "DD-MON-YYYY") == ("2019---20", [])


def test_unknown_year_is_a_hyphen():
    assert one("15-DEC-UNK", "DD-MON-YYYY") == ("--12-15", [])


def test_unknown_day_leaves_year_and_month():
    assert one("un-Jan-2019", "DD-MON-YYYY") == ("2019-01", [])


@pytest.mark.parametrize(
    ("written", "iso"),
    [("05-JAN-00", "2000"), ("05-JAN-68", "2068"), ("05-JAN-69", "1969"), ("05-JAN-99", "1999")],
)
def test_two_digit_years_up_to_68_are_in_this_century(written, iso):
    assert one(written, "DD-MON-YY") == (f"{iso}-01-05", [])


def test_two_digit_years_pivot_for_texts_read_one_at_a_time_too():
    assert read(["UN-JAN-68", "UN-JAN-69"], "DD-MON-YY")[0] == ["2068-01", "1969-01"]


def test_alternative_formats_are_tried_in_order():
    values, issues = read(["05-JAN-2019", "2019/01/06"], "DD-MON-YYYY", "YYYY/MM/DD")
    assert values == ["2019-01-05", "2019-01-06"]
    assert issues == {}


@pytest.mark.parametrize("bad", ["25:00", "10:60", "10:30:61", "noon"])
def test_bad_time_keeps_the_date_with_a_finding(bad):
    result = iso8601(text("2019-01-05"), ("YYYY-MM-DD",), time=text(bad))
    assert listed(result.values) == ["2019-01-05"]
    (issue,) = result.issues
    assert issue.rule == "iso8601.time"
    assert issue.values.tolist() == [bad]
    assert issue.severity is Severity.ERROR


def test_bad_time_in_one_text_with_the_date_keeps_the_date():
    assert one("2019-01-05 25:00", "YYYY-MM-DD HH:MM") == ("2019-01-05", ["iso8601.time"])
    assert one("2019-01-05 noon", "YYYY-MM-DD HH:MM") == ("2019-01-05", ["iso8601.time"])


def test_more_of_a_time_than_the_format_declares_is_a_bad_time():
    assert one("2019-01-05 10:30:15", "YYYY-MM-DD HH:MM") == ("2019-01-05", ["iso8601.time"])


@pytest.mark.parametrize(
    "bad", ["00-JAN-2019", "30-FEB-2019", "29-FEB-2019", "31-APR-2019", "32-JAN-2019"]
)
def test_day_zero_and_impossible_dates_are_refused_and_their_text_kept_for_review(bad):
    result = iso8601(text(bad), ("DD-MON-YYYY",))
    assert listed(result.values) == [None]
    (issue,) = result.issues
    assert issue.rule == "iso8601.impossible"
    assert issue.values.tolist() == [bad]


def test_month_zero_and_thirteen_are_impossible():
    values, issues = read(["2019-00-05", "2019-13-05", "2019-13"], "YYYY-MM-DD")
    assert values == [None, None, None]
    assert issues == {"iso8601.impossible": [0, 1, 2]}


def test_impossible_day_is_refused_with_unknown_month():
    assert one("32-UNK-2019", "DD-MON-YYYY") == (None, ["iso8601.impossible"])


def test_29_february_of_a_leap_year_exists():
    assert one("29-FEB-2020", "DD-MON-YYYY") == ("2020-02-29", [])
    assert one("29-FEB-2000", "DD-MON-YYYY") == ("2000-02-29", [])
    assert one("29-FEB-1900", "DD-MON-YYYY") == (None, ["iso8601.impossible"])


def test_year_zero_does_not_exist():
    values, issues = read(["0000-01-05", "0000-01", "0000"], "YYYY-MM-DD")
    assert (values, issues) == ([None] * 3, {"iso8601.impossible": [0, 1, 2]})


def test_ambiguous_day_and_month_give_a_missing_value_and_a_finding():
    values, issues = read(
        ["01/02/2020", "13/02/2020", "02/13/2020", "05/05/2020"], "DD/MM/YYYY", "MM/DD/YYYY"
    )
    assert values == [None, "2020-02-13", "2020-02-13", "2020-05-05"]
    assert issues == {"iso8601.ambiguous": [0]}


def test_ambiguous_partial_date_is_a_finding_too():
    assert one("UN/03/2020", "DD/MM/YYYY", "MM/DD/YYYY") == (None, ["iso8601.ambiguous"])
    assert one("1/2/2020", "DD/MM/YYYY", "MM/DD/YYYY") == (None, ["iso8601.ambiguous"])


def test_one_declared_format_is_never_ambiguous():
    assert one("01/02/2020", "DD/MM/YYYY") == ("2020-02-01", [])


def test_format_that_reads_all_goes_before_one_that_reads_only_the_date():
    assert one("01/02/2020", "MM/DD/YYYY HH:MM", "DD/MM/YYYY") == ("2020-02-01", [])


def test_not_a_date_is_a_finding_with_its_text():
    result = iso8601(text("05-JAN-2019", "yesterday"), ("DD-MON-YYYY",))
    assert listed(result.values) == ["2019-01-05", None]
    (issue,) = result.issues
    assert (issue.rule, issue.rows.tolist()) == ("iso8601.unreadable", [1])
    assert issue.values.tolist() == ["yesterday"]


@pytest.mark.parametrize("nothing", [None, "", "  ", "UNK", "un", "UN-UNK-UNK"])
def test_nothing_known_is_missing_without_a_finding(nothing):
    assert one(nothing, "DD-MON-YYYY") == (None, [])


def test_declared_words_replace_those_for_unknown():
    assert one("??-JAN-2019", "DD-MON-YYYY", unknown=("??",)) == ("2019-01", [])
    assert one("00-JAN-2019", "DD-MON-YYYY", unknown=("00",)) == ("2019-01", [])
    assert one("UN-JAN-2019", "DD-MON-YYYY", unknown=("??",)) == (None, ["iso8601.unreadable"])


@pytest.mark.parametrize(
    ("written", "form", "iso"),
    [
        ("5-jan-2019", "DD-MON-YYYY", "2019-01-05"),
        ("5 January 2019", "DD MON YYYY", "2019-01-05"),
        ("1/2/2019", "D/M/YYYY", "2019-02-01"),
        ("5JAN2019", "DDMONYYYY", "2019-01-05"),
        ("20190105", "YYYYMMDD", "2019-01-05"),
        ("190105", "YYMMDD", "2019-01-05"),
        ("2019年1月5日", "YYYY年MM月DD日", "2019-01-05"),
        ("２０１９-01-05", "YYYY-MM-DD", "2019-01-05"),
        ("  2019-01-05 ", "YYYY-MM-DD", "2019-01-05"),
        ("2019-01", "YYYY-MM-DD", "2019-01"),
        ("2019", "YYYY-MM-DD", "2019"),
        ("2019---20", "YYYY-MM-DD", "2019---20"),
        ("Jan-2019", "MON-YYYY", "2019-01"),
        ("2019-01-05 9:30", "YYYY-MM-DD HH:MM", "2019-01-05T09:30"),
        ("2019-01-05", "YYYY-MM-DD HH:MM", "2019-01-05"),
        ("2019-01-05 UN:UN", "YYYY-MM-DD HH:MM", "2019-01-05"),
        ("2019-01-05 10:UN", "YYYY-MM-DD HH:MM", "2019-01-05T10"),
        ("2019-01-05 UN:30", "YYYY-MM-DD HH:MM", "2019-01-05T-:30"),
        ("UN-JAN-2019 10:30", "DD-MON-YYYY HH:MM", "2019-01--T10:30"),
        ("05JAN2019:10:30:15", "DDMONYYYY:HH:MM:SS", "2019-01-05T10:30:15"),
        ("2019-01-05T10:30:15.250", "YYYY-MM-DDTHH:MM:SS", "2019-01-05T10:30:15.25"),
        ("2019-01-05T10:30:15.000", "YYYY-MM-DDTHH:MM:SS", "2019-01-05T10:30:15"),
        ("01/05/2019 12:05 AM", "MM/DD/YYYY HH:MM AM", "2019-01-05T00:05"),
        ("01/05/2019 12:05 pm", "MM/DD/YYYY HH:MM AM", "2019-01-05T12:05"),
        ("01/05/2019 1:05 p.m.", "MM/DD/YYYY HH:MM AM", "2019-01-05T13:05"),
    ],
)
def test_formats_are_read_as_they_look(written, form, iso):
    assert one(written, form) == (iso, [])


@pytest.mark.parametrize("truncated", ["MAR-2024", "2024"])
def test_parts_left_out_need_an_unknown_word_outside_iso(truncated):
    assert one(truncated, "DD-MON-YYYY") == (None, ["iso8601.unreadable"])


@pytest.mark.parametrize(
    ("serial", "iso"),
    [
        ("43831", "2020-01-01"),
        ("43831.5", "2020-01-01T12:00:00"),
        ("61", "1900-03-01"),
        ("43831.999999", "2020-01-02T00:00:00"),
    ],
)
def test_excel_serials_are_days_since_1899_12_30(serial, iso):
    assert one(serial, "excel_serial") == (iso, [])


@pytest.mark.parametrize("serial", ["60", "0", "-5", "2958466", "x"])
def test_serials_that_spreadsheets_count_otherwise_are_not_dates(serial):
    assert one(serial, "excel_serial") == (None, ["iso8601.unreadable"])


def test_excel_serials_stand_beside_other_formats():
    assert read(["43831", "05-JAN-2019"], "DD-MON-YYYY", "excel_serial")[0] == [
        "2020-01-01",
        "2019-01-05",
    ]


def test_time_collected_apart_is_joined_to_its_date():
    values = iso8601(
        text("05-JAN-2019", "UN-JAN-2019", "20-UNK-2019", "05-JAN-2019", "05-JAN-2019"),
        ("DD-MON-YYYY",),
        time=text("10:30", "9:05:10", "10:30", None, "UNK"),
    ).values
    assert listed(values) == [
        "2019-01-05T10:30",
        "2019-01--T09:05:10",
        "2019---20T10:30",
        "2019-01-05",
        "2019-01-05",
    ]


def test_midnight_in_a_date_column_gives_way_to_the_time_collected():
    result = iso8601(text("2019-01-05 00:00:00"), ("YYYY-MM-DD HH:MM:SS",), time=text("10:30"))
    assert listed(result.values) == ["2019-01-05T10:30"]


def test_time_with_a_date_said_to_be_unknown():
    result = iso8601(text("UNK"), ("DD-MON-YYYY",), time=text("07:15"))
    assert listed(result.values) == ["-----T07:15"]
    assert result.issues == ()


def test_time_without_a_date_is_a_finding():
    result = iso8601(text(None), ("DD-MON-YYYY",), time=text("07:15"))
    assert listed(result.values) == [None]
    assert [i.rule for i in result.issues] == ["iso8601.time_without_date"]


def test_time_with_an_unreadable_date_gives_nothing():
    result = iso8601(text("soon"), ("DD-MON-YYYY",), time=text("07:15"))
    assert listed(result.values) == [None]
    assert [i.rule for i in result.issues] == ["iso8601.unreadable"]


def test_offset_in_the_text_is_kept_as_declared_by_the_source():
    form = "YYYY-MM-DDTHH:MM:SSZ"
    assert one("2019-01-05T10:30:00Z", form) == ("2019-01-05T10:30:00Z", [])
    assert one("2019-01-05T10:30:00+0900", form) == ("2019-01-05T10:30:00+09:00", [])
    assert one("2019-01-05T10:30:00-05", form) == ("2019-01-05T10:30:00-05:00", [])


def test_declared_offset_of_the_source_is_written():
    values, _ = read(["2019-01-05 10:30", "2019-01-05"], "YYYY-MM-DD HH:MM", from_offset="+09:00")
    assert values == ["2019-01-05T10:30+09:00", "2019-01-05"]


def test_offset_in_the_text_goes_before_the_declared_one():
    value, _ = one("2019-01-05T10:30:00Z", "YYYY-MM-DDTHH:MM:SSZ", from_offset="+09:00")
    assert value == "2019-01-05T10:30:00Z"


def test_times_are_told_at_another_offset_across_midnight():
    assert one("2019-12-31 20:30", "YYYY-MM-DD HH:MM", from_offset="Z", to_offset="+09:00") == (
        "2020-01-01T05:30",
        [],
    )
    assert one("2019-01-05T10:30:00Z", "YYYY-MM-DDTHH:MM:SSZ", to_offset="-05:30") == (
        "2019-01-05T05:00:00",
        [],
    )


def test_incomplete_time_cannot_be_told_at_another_offset():
    value, rules = one("2019-01-05 10:UN", "YYYY-MM-DD HH:MM", from_offset="Z", to_offset="+09:00")
    assert (value, rules) == (None, ["iso8601.offset"])


@pytest.mark.parametrize("offset", ["9", "+9:00", "JST", "+25:00"])
def test_what_is_no_offset_is_refused(offset):
    with pytest.raises(UsageError, match="UTC offset"):
        iso8601(text("2019-01-05"), ("YYYY-MM-DD",), from_offset=offset)


@pytest.mark.parametrize("form", ["DD-MMM-YYYY", "yyyy-mm-dd", "-", "DD-DD-YYYY"])
def test_format_that_cannot_be_understood_is_refused(form):
    with pytest.raises(UsageError, match="date format"):
        iso8601(text("2019-01-05"), (form,))


def test_no_rows_give_no_rows():
    assert len(iso8601(text(), ("YYYY-MM-DD",), time=text(), to_offset="Z").values) == 0


def test_inputs_are_left_alone():
    given_dates = text("05-JAN-2019", " ", None)
    iso8601(given_dates, ("DD-MON-YYYY",))
    pd.testing.assert_series_equal(given_dates, text("05-JAN-2019", " ", None))


STRPTIME = {
    "DD-MON-YYYY": "%d-%b-%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "YYYY-MM-DD": "%Y-%m-%d",
    "YYYYMMDD": "%Y%m%d",
    "DD.MM.YY": "%d.%m.%y",
    "YYYY-MM-DD HH:MM": "%Y-%m-%d %H:%M",
    "DDMONYYYY:HH:MM:SS": "%d%b%Y:%H:%M:%S",
    "MM/DD/YYYY HH:MM AM": "%m/%d/%Y %I:%M %p",
}


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(STRPTIME)),
    st.lists(st.datetimes(datetime(1969, 1, 1), datetime(2068, 12, 31)), min_size=1, max_size=30),
)
def test_complete_dates_are_what_strptime_reads(form, moments):
    pattern = STRPTIME[form]
    texts = [moment.strftime(pattern) for moment in moments]
    values, issues = read(texts, form)
    assert issues == {}
    unit = "seconds" if "SS" in form else "minutes"
    expected = [datetime.strptime(t, pattern) for t in texts]
    assert values == [
        e.isoformat(timespec=unit) if "HH" in form else e.date().isoformat() for e in expected
    ]


@settings(max_examples=60)
@given(st.lists(st.from_regex(r"\A[0-9]{4}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-6][0-9])?\Z")))
def test_block_reading_and_single_texts_agree(texts):
    blocks = read(texts, "YYYY-MM-DD HH:MM", "YYYY-MM-DD")
    # A format that is never met, but can only be read one text at a time.
    singly = read(texts, "YYYY-MM-DD HH:MM", "YYYY-MM-DD", "excel_serial")
    assert blocks == singly


@settings(max_examples=40)
@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2060, 1, 1)),
    st.integers(-14 * 4, 14 * 4),
    st.integers(-14 * 4, 14 * 4),
)
def test_moments_told_at_another_offset_are_the_same_moments(moment, source, target):
    def zone(quarters):
        return timezone(timedelta(minutes=15 * quarters))

    def written(quarters):
        return (
            f"{'-' if quarters < 0 else '+'}{abs(quarters) // 4:02d}:{abs(quarters) % 4 * 15:02d}"
        )

    moment = moment.replace(microsecond=0, tzinfo=zone(source))
    value, _ = one(
        moment.strftime("%Y-%m-%d %H:%M:%S"),
        "YYYY-MM-DD HH:MM:SS",
        from_offset=written(source),
        to_offset=written(target),
    )
    assert datetime.fromisoformat(value).replace(tzinfo=zone(target)) == moment


def test_complete_days_count_from_1970_and_leave_partial_dates_missing():
    days = complete_days(
        text("1970-01-02", "2020-02-29T10:30", "2020-02", "2020---29", "2019-02-30", None, "x")
    )
    assert days[:2].tolist() == [1.0, 18321.0]
    assert days[2:].isna().all()


@settings(max_examples=40)
@given(st.lists(st.dates(), min_size=1), st.integers(-400, 400))
def test_days_added_are_calendar_days(dates, days):
    result = add_days(text(*(d.isoformat() for d in dates)), days)
    start = np.array(dates, dtype="datetime64[D]") + np.asarray(days).astype("timedelta64[D]")
    inside = (start >= np.datetime64("0001-01-01")) & (start <= np.datetime64("9999-12-31"))
    values = np.array(listed(result.values), dtype=object)
    assert values[inside].tolist() == [str(d) for d in start[inside]]


def test_days_are_added_to_the_date_part_of_complete_dates_only():
    values = add_days(text("2019-02-27T10:30", "2019-02", None), 2).values
    assert listed(values) == ["2019-03-01", None, None]


def test_date_and_time_parts():
    values = text("2019-01-05T10:30", "2019-01-05", "2019-01--T10:30", "-----T07:15", None)
    assert listed(date_part(values).values) == ["2019-01-05", "2019-01-05", "2019-01", None, None]
    assert listed(time_part(values).values) == ["10:30", None, "10:30", "07:15", None]


def test_midnight_is_a_time():
    assert one("2019-01-05 00:00", "YYYY-MM-DD HH:MM") == ("2019-01-05T00:00", [])
