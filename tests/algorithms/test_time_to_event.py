"""Time to event: each rule of its acceptance, and of the study's progression-free survival."""

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.endpoints.censoring import Censor, Event
from cdisc.algorithms.endpoints.time_to_event import time_to_event
from cdisc.errors import UsageError
from tests.algorithms.endpoint_records import START, dates, on, rules, text


def made_of(events, censors=(), *, start=0, subjects=("A",), **options):
    """`events`, `censors`: (text, days of each subject) or rules that are made already."""
    subject = text(subjects)

    def source(kind, name, days):
        return on(name, days if isinstance(days, dict) else {"A": days})

    for name in ("stop",):
        if name in options:
            options[name] = dates([options[name]] * len(subjects))
    return time_to_event(
        groups_of([subject]),
        dates([start] * len(subjects)),
        tuple(
            e if isinstance(e, Event) else Event(source("event", "ADRS", e[1]), e[0])
            for e in events
        ),
        tuple(
            c if isinstance(c, Censor) else Censor(source("censor", "ADSL", c[1]), c[0], n)
            for n, c in enumerate(censors, 1)
        ),
        subject=subject,
        **options,
    )


def rows(made):
    """Days after the start, AVAL, CNSR and what EVNTDESC says, of each record."""
    columns = made.columns
    return [
        (
            (day.date() - START).days,
            None if np.isnan(value) else value,
            int(cnsr),
            said,
        )
        for day, value, cnsr, said in zip(
            columns["ADT"], columns["AVAL"], columns["CNSR"], columns["EVNTDESC"], strict=True
        )
    ]


# ---- any time to event ---------------------------------------------------------------------------


def test_the_earliest_event_counts():
    assert rows(made_of([("a", [9]), ("b", [5, 7])])) == [(5, 6, 0, "b")]


def test_of_events_that_tie_the_first_listed_counts():
    assert rows(made_of([("a", [5]), ("b", [5])])) == [(5, 6, 0, "a")]


def test_without_event_the_latest_censor_counts():
    assert rows(made_of([("a", [])], [("b", [9, 2]), ("c", [7])])) == [(9, 10, 1, "b")]


def test_of_censors_that_tie_the_last_listed_counts():
    assert rows(made_of([("a", [])], [("b", [9]), ("c", [9])])) == [(9, 10, 2, "c")]


def test_with_first_match_the_first_rule_that_has_a_date_counts():
    made = made_of([("a", [])], [("b", []), ("c", [5]), ("d", [9])], censoring="first_match")
    assert rows(made) == [(5, 6, 2, "c")]


def test_an_event_beats_any_censor():
    assert rows(made_of([("a", [5])], [("b", [9])])) == [(5, 6, 0, "a")]


def test_an_event_after_the_stop_date_does_not_count_on_its_day_it_does():
    assert rows(made_of([("a", [9])], [("b", [7])], stop=8)) == [(7, 8, 1, "b")]
    assert rows(made_of([("a", [9])], [("b", [7])], stop=9)) == [(9, 10, 0, "a")]


def test_a_date_before_the_start_gives_aval_1_and_a_finding():
    made = made_of([("a", [-3])])
    assert rows(made) == [(-3, 1, 0, "a")]
    assert rules(made) == {"time_to_event.before_start": [0]}
    assert made.issues[0].values.tolist() == ["2024-01-07"]
    assert rules(made_of([("a", [0])])) == {}


def test_a_missing_start_keeps_adt_and_leaves_aval_missing():
    made = made_of([("a", [5])], start=None)
    assert rows(made) == [(5, None, 0, "a")]
    assert rules(made) == {"time_to_event.no_start": [0]}


def test_no_event_and_no_censor_is_no_record_and_a_finding():
    made = made_of([("a", [])], [("b", [None])])
    assert rows(made) == []
    assert rules(made) == {"time_to_event.none": [0]}


def test_parameters_of_responders_only_are_exempt_from_that_finding():
    made = made_of([("a", {"A": [5], "B": []})], subjects=("A", "B"), if_none="missing")
    assert (rows(made), made.group.tolist(), rules(made)) == ([(5, 6, 0, "a")], [0], {})


def test_at_most_one_record_per_subject():
    made = made_of([("a", {"A": [5, 5], "B": [3]})], [("b", {"A": [5]})], subjects=("A", "B", "C"))
    assert made.group.tolist() == [0, 1]


def test_days_are_counted_from_one():
    assert rows(made_of([("a", [0])]))[0][1] == 1


def test_months_are_days_divided_by_30_4375():
    made = made_of([("a", [486])], unit="months")
    assert made.columns["AVAL"].tolist() == [16]
    assert made_of([("a", [29])], unit="months", days_in_month=30).columns["AVAL"].tolist() == [1]


@pytest.mark.parametrize(
    ("days", "months"),
    [(30, 1), (29, 30 / 31), (58, 1 + 28 / 29), (59, 2), (0, 1 / 31), (365, 12)],
)
def test_calendar_months_are_whole_months_and_days_of_the_next(days, months):
    # from 2024-01-10; January has 31 days, February 29
    made = made_of([("a", [days])], unit="calendar_months")
    assert made.columns["AVAL"].tolist() == [pytest.approx(months)]


def test_a_length_of_month_that_is_none_is_refused():
    with pytest.raises(UsageError, match="days_in_month"):
        made_of([("a", [5])], unit="months", days_in_month=0)


def test_cnsr_is_0_for_an_event_and_positive_for_a_censor():
    with pytest.raises(UsageError, match="cnsr must be 1 or more"):
        made_of([("a", [5])], [Censor(on("ADSL", {}), "b", 0)])


def test_source_is_always_told_and_its_sequence_where_there_is_one():
    adsl = on("ADSL", {"B": [7]}, "LSTALVDT")
    plain = type(adsl)("ADSL", {k: adsl[k] for k in ("by", "date")}, adsl.rows, adsl.variables)
    made = made_of([("a", {"A": [5]})], [Censor(plain, "alive")], subjects=("A", "B"))
    columns = made.columns
    assert columns["SRCDOM"].tolist() == ["ADRS", "ADSL"]
    assert columns["SRCVAR"].tolist() == ["ADT", "LSTALVDT"]
    assert columns["SRCSEQ"].fillna(-1).tolist() == [1, -1]
    assert columns["CNSDTDSC"].fillna("").tolist() == ["", "alive"]
    assert [(link.dataset, link.rows.tolist()) for link in made.links] == [
        ("ADRS", [0]),
        ("ADSL", [1]),
    ]


def test_the_words_of_an_outcome_may_differ_from_those_of_its_date():
    rule = Censor(on("ADSL", {"A": [7]}), "last known alive", outcome="Ongoing")
    made = made_of([("a", [])], [rule])
    assert made.columns["EVNTDESC"].tolist() == ["Ongoing"]
    assert made.columns["CNSDTDSC"].tolist() == ["last known alive"]


def test_the_result_does_not_depend_on_the_order_of_records():
    days = [9, 5, 7, 5]
    one = made_of([("a", [])], [("b", days)])
    other = made_of([("a", [])], [("b", days[::-1])])
    assert rows(one) == rows(other)


def test_records_without_date_do_not_count_and_incomplete_ones_are_findings():
    event = on("ADRS", {"A": [None, 5]})
    event.columns["date"] = text(["2024-02", None])
    made = made_of([Event(event, "a")], [("b", [9])])
    assert rows(made) == [(9, 10, 1, "b")]
    assert rules(made) == {"time_to_event.partial_date": [0]}


def test_rows_of_a_subject_that_disagree_on_the_start_are_a_finding():
    subject = text(["A", "A"])
    event = Event(on("ADRS", {"A": [9]}), "a")
    made = time_to_event(groups_of([subject]), dates([3, 0]), (event,), subject=subject)
    assert rows(made) == [(9, 10, 0, "a")]
    assert rules(made) == {"time_to_event.several_dates": [0]}


def test_an_empty_study_is_no_trouble():
    empty = text([])
    event = Event(on("ADRS", {}), "a")
    made = time_to_event(groups_of([empty]), dates([]), (event,), subject=empty)
    assert rows(made) == []
    assert pd.api.types.is_datetime64_any_dtype(made.columns["STARTDT"].dtype)


# ---- rules that hold against an event ------------------------------------------------------------


def pfs(progression=None, death=None, adequate=(), therapy=None):
    """Progression-free survival as the study has it: days after enrollment, and CNSR."""
    subject = text(["A"])
    days = [*adequate, *([] if progression is None else [progression])]
    seen, enrolled = on("ADRS", {"A": days}), on("ADSL", {"A": [0]}, "ENRLDT")
    died = on("ADSL", {"A": [death]}, "DTHDT")
    limit = dates([therapy])
    made = time_to_event(
        groups_of([subject]),
        dates([0]),
        (
            Event(on("ADRS", {"A": [progression]}), "Disease progression", assessed=True),
            Event(died, "Death"),
        ),
        (
            Censor(enrolled, "none", 2, up_to=limit, if_none=seen, unless=died, within=98),
            Censor(seen, "before new therapy", 3, stopped_by=limit),
            Censor(enrolled, "start before new therapy", 3, stopped_by=limit),
            Censor(seen, "before missed", 4, if_gap_over=98),
            Censor(enrolled, "start before missed", 4, if_gap_over=98, if_none=seen),
            Censor(seen, "last"),
        ),
        "first_match",
        subject=subject,
        explain=True,
    )
    assert len(made.group) == 1
    return rows(made)[0][0], rows(made)[0][2]


def test_progression_and_death_on_one_day_are_progression():
    made = made_of([("Disease progression", [84]), ("Death", [84])])
    assert rows(made)[0][3] == "Disease progression"


@pytest.mark.parametrize(("death", "wanted"), [(10, (10, 0)), (98, (98, 0)), (99, (0, 2))])
def test_no_adequate_assessment_censors_at_enrollment_unless_death_within_98_days(death, wanted):
    assert pfs(death=death) == wanted


def test_no_adequate_assessment_and_no_death_censors_at_enrollment():
    assert pfs() == (0, 2)


def test_new_therapy_before_the_event_or_without_one_censors_at_the_last_assessment_up_to_it():
    assert pfs(progression=126, adequate=(42, 84), therapy=100) == (84, 3)
    assert pfs(adequate=(42, 84, 126), therapy=100) == (84, 3)
    assert pfs(adequate=(42, 84, 126), therapy=84) == (84, 3)
    assert pfs(death=126, adequate=(42, 84), therapy=100) == (84, 3)


def test_progression_on_the_day_of_new_therapy_is_an_event():
    assert pfs(progression=84, adequate=(42,), therapy=84) == (84, 0)
    assert pfs(progression=84, adequate=(42,), therapy=83) == (42, 3)


def test_new_therapy_before_any_assessment_censors_at_enrollment():
    assert pfs(progression=84, therapy=30) == (0, 2)
    assert pfs(death=84, therapy=30) == (0, 3)


@pytest.mark.parametrize(("gap", "wanted"), [(97, (139, 0)), (98, (140, 0)), (99, (42, 4))])
def test_missed_assessments_before_the_event_censor_at_the_last_one_before(gap, wanted):
    assert pfs(progression=42 + gap, adequate=(42,)) == wanted
    assert pfs(death=42 + gap, adequate=(42,)) == wanted


def test_an_assessment_on_the_day_of_death_was_not_missed_one_of_progression_was():
    assert pfs(death=200, adequate=(42, 200)) == (200, 0)
    assert pfs(progression=200, adequate=(42,)) == (42, 4)


def test_progression_at_a_first_assessment_that_is_late_censors_at_enrollment():
    assert pfs(progression=98) == (98, 0)
    assert pfs(progression=99) == (0, 4)


def test_missed_assessments_without_an_event_do_not_matter():
    assert pfs(adequate=(42, 200)) == (200, 1)


def test_new_therapy_comes_before_missed_assessments():
    assert pfs(progression=200, adequate=(42,), therapy=150) == (42, 3)


def test_rules_that_cannot_mean_anything_are_refused():
    some = on("ADRS", {"A": [1]})
    for rule, message in (
        (Censor(some, "a", if_gap_over=-1), "if_gap_over cannot be negative"),
        (Censor(some, "a", unless=some), "unless and within go together"),
        (Censor(some, "a", within=3), "unless and within go together"),
    ):
        with pytest.raises(UsageError, match=message):
            made_of([("a", [1])], [rule])
    with pytest.raises(UsageError, match="at least one of events"):
        made_of([])


# ---- why -----------------------------------------------------------------------------------------


def test_each_candidate_is_told_with_the_reason():
    made = made_of(
        [("Progression", [84, 126]), ("Death", [130])],
        [
            Censor(on("ADSL", {"A": [0]}), "never seen", 2, if_none=on("ADRS", {"A": [42]})),
            Censor(on("ADRS", {"A": [42, 84]}), "missed", 4, if_gap_over=98),
            Censor(on("ADRS", {"A": [42]}), "last seen"),
        ],
        censoring="first_match",
        explain=True,
    )
    told = [
        (why, taken)
        for found in made.considered
        for why, taken in zip(found.why, found.taken.tolist(), strict=True)
    ]
    assert told == [
        ("Progression: the earliest event", True),
        ("Progression: later than the event of 2024-04-03", False),
        ("Death: later than the event of 2024-04-03", False),
        ("never seen: there is a record, of 2024-02-21, that it asks not to be", False),
        ("missed: there is a later record, of 2024-04-03", False),
        ("missed: the event of 2024-04-03 is 0 days later, not more than 98", False),
        ("last seen: there is an event on 2024-04-03", False),
    ]


def test_an_event_that_is_censored_is_told_so():
    made = made_of(
        [Event(on("ADRS", {"A": [200]}), "Progression", assessed=True)],
        [Censor(on("ADRS", {"A": [42]}), "missed", 4, if_gap_over=98)],
        explain=True,
    )
    assert [found.why.tolist() for found in made.considered] == [
        ["Progression: the earliest event, but censored: missed"],
        [
            "missed: the latest date, as the event of 2024-07-28 is 158 days later, more than 98",
        ],
    ]
    assert [found.taken.tolist() for found in made.considered] == [[False], [True]]
