"""Responses of a subject: the fixtures of the field's reference implementation, and its edges."""

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms import find
from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.endpoints.best_response import best_overall_response
from cdisc.algorithms.endpoints.clinical_benefit import clinical_benefit
from cdisc.algorithms.endpoints.confirmation import confirmed_response
from cdisc.algorithms.endpoints.responders import (
    has_record,
    last_assessment,
    response,
)
from cdisc.errors import UsageError
from tests.algorithms.endpoint_records import answers, dates, on, responses, rules, text


def subjects(*names):
    return text(names), groups_of([text(names)])


def best(history, *, confirmed=True, stable_days=28, reference=0, explain=False, **options):
    subject, groups = subjects("A")
    given = {
        "groups": groups,
        "responses": responses({"A": history}),
        "reference": dates([reference]),
        "stable_days": stable_days,
        "confirmed": confirmed,
        "subject": subject,
        "explain": explain,
    }
    return find("best_overall_response").call(given | options)


def cbor(history, **options):
    return answers(best(history, **options))[0][0]


# ---- fixtures: confirmation 28 days, window of stable disease 28 days, cut at PD -----------------


def test_fixture_pr_cr_ne_cr_sd_is_cr():
    assert cbor("PR@0 CR@31 NE@46 CR@60 SD@91") == "CR"


def test_fixture_sd_pr_sd_cr_is_sd():
    assert cbor("SD@20 PR@51 SD@80 CR@92") == "SD"


def test_fixture_sd_pr_sd_cr_is_pr_if_one_sd_is_accepted_and_14_days():
    assert cbor("SD@20 PR@51 SD@80 CR@92", confirm_days=14) == "SD"
    assert cbor("SD@20 PR@51 SD@80 CR@92", accept_one_stable=True) == "PR"
    assert cbor("SD@20 PR@51 SD@72 CR@78", accept_one_stable=True) == "SD"
    assert cbor("SD@20 PR@51 SD@72 CR@78", accept_one_stable=True, confirm_days=14) == "PR"


def test_fixture_cr_cr_at_20_days_sd_is_sd():
    assert cbor("CR@1 CR@21 SD@51") == "SD"


def test_fixture_cr_cr_at_20_days_sd_is_cr_at_14_days():
    assert cbor("CR@1 CR@21 SD@51", confirm_days=14) == "CR"


def test_fixture_pr_sd_sd_pr_is_sd():
    assert cbor("PR@2 SD@62 SD@93 PR@123") == "SD"
    assert cbor("PR@2 SD@62 SD@93 PR@123", accept_one_stable=True) == "SD"


def test_fixture_pr_cr_pr_is_sd():
    assert cbor("PR@4 CR@14 PR@57") == "SD"


def test_fixture_early_pr_cr_then_ne_is_ne():
    assert cbor("PR@4 CR@14 NE@59") == "NE"


def test_fixture_none_is_missing_or_ne_by_option():
    assert answers(best("")) == [("MISSING", None)]
    assert answers(best("", without="NE")) == [("NE", None)]


def test_fixture_pd_sd_is_pd():
    # cut at PD, as response_input does
    assert answers(best("PD@15")) == [("PD", 15)]


# ---- best overall response -----------------------------------------------------------------------


def test_order_cr_pr_sd_neither_pd_ne_missing():
    order = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"]
    for place, answer in enumerate(order):
        later = " ".join(f"{other}@{50 + day}" for day, other in enumerate(order[place:]))
        made = best(later, confirmed=False)
        assert answers(made) == [(answer, 50)]
        assert made.columns["AVAL"].tolist() == [place + 1]
    assert best("").columns["AVAL"].tolist() == [7]


def test_sd_needs_reference_and_window_days_earlier_is_ne():
    assert answers(best("SD@34", stable_days=35)) == [("NE", 34)]
    assert answers(best("SD@35", stable_days=35)) == [("SD", 35)]
    assert answers(best("NON-CR/NON-PD@34", stable_days=35)) == [("NE", 34)]
    assert answers(best("NON-CR/NON-PD@35", stable_days=35)) == [("NON-CR/NON-PD", 35)]


def test_pd_has_no_window():
    assert answers(best("SD@20 PD@21", stable_days=35)) == [("PD", 21)]


def test_unconfirmed_response_is_sd_in_its_window_else_pd_if_it_follows_else_ne():
    assert answers(best("PR@42", stable_days=35)) == [("SD", 42)]
    assert answers(best("PR@30 PD@60", stable_days=35)) == [("PD", 60)]
    assert answers(best("PR@30", stable_days=35)) == [("NE", 30)]


def test_without_confirmation_the_first_best_response_counts():
    assert answers(best("SD@42 PR@84 CR@126 CR@168", confirmed=False)) == [("CR", 126)]


def test_without_reference_stable_disease_is_ne_with_a_finding():
    made = best("SD@42", reference=None)
    assert answers(made) == [("NE", 42)]
    assert rules(made) == {"best_overall_response.no_reference": [0]}


def test_best_response_by_irecist_has_its_own_order():
    options = {"criteria": "iRECIST", "confirmed": False}
    for history, wanted in {
        "iUPD@42 iSD@84": "iSD",
        "iUPD@10 iSD@20": "NE",
        "iSD@20 iUPD@42": "iUPD",
        "iSD@20 iUPD@42 iCPD@84": "iCPD",
        "iUPD@42 NON-iCR/NON-iUPD@84": "NON-iCR/NON-iUPD",
        "iUPD@42 iPR@84 iCR@126": "iCR",
        "NE@42": "NE",
        "": "MISSING",
    }.items():
        assert answers(best(history, **options))[0][0] == wanted


def test_an_iupd_never_overrides_a_later_isd_ipr_icr():
    for later in ("iSD", "iPR", "iCR", "NON-iCR/NON-iUPD"):
        made = best(f"iUPD@20 NE@30 {later}@40", criteria="iRECIST", confirmed=False)
        assert answers(made) == [(later, 40)]


def test_a_word_that_the_criteria_do_not_have_is_a_finding():
    made = best("iPR@42 SD@84")
    assert answers(made) == [("SD", 84)]
    assert rules(made) == {"best_overall_response.unknown": [0]}


def test_a_negative_window_is_refused():
    with pytest.raises(UsageError, match="stable_days"):
        best("SD@42", stable_days=-1)
    with pytest.raises(UsageError, match="confirm_days"):
        best("SD@42", confirm_days=-1)


# ---- confirmation --------------------------------------------------------------------------------


def confirmed(history, **options):
    subject, groups = subjects("A")
    given = {"groups": groups, "responses": responses({"A": history}), "subject": subject}
    return answers(find("confirmed_response").call(given | options))[0]


@pytest.mark.parametrize(("days", "wanted"), [(27, "N"), (28, "Y"), (29, "Y")])
def test_confirmation_at_27_days_fails_and_at_28_passes(days, wanted):
    assert confirmed(f"PR@42 PR@{42 + days}")[0] == wanted
    assert confirmed(f"CR@42 CR@{42 + days}")[0] == wanted


def test_confirmation_is_looked_for_up_to_the_first_qualifying_record():
    assert confirmed("PR@0 PR@28 SD@40 PR@70") == ("Y", 0)
    assert confirmed("PR@0 CR@28 PR@56") == ("Y", 0)


def test_cr_allows_only_cr_and_ne_between_and_at_most_one_ne():
    assert confirmed("CR@0 NE@20 CR@40") == ("Y", 0)
    assert confirmed("CR@0 NE@10 NE@20 CR@40")[0] == "N"
    assert confirmed("CR@0 NE@10 NE@20 CR@40", max_not_evaluable=2) == ("Y", 0)
    assert confirmed("CR@0 PR@20 CR@40")[0] == "N"
    assert confirmed("CR@0 SD@20 CR@40", accept_one_stable=True)[0] == "N"


def test_pr_allows_cr_pr_and_ne_between_and_at_most_one_ne():
    assert confirmed("PR@0 CR@14 CR@40") == ("Y", 0)
    assert confirmed("PR@0 NE@10 PR@20 PR@40") == ("Y", 0)
    assert confirmed("PR@0 NE@10 NE@20 PR@40")[0] == "N"
    assert confirmed("PR@0 SD@20 PR@40")[0] == "N"
    assert confirmed("PR@0 PD@20 PR@40")[0] == "N"


def test_pr_allows_none_pr_after_cr_between():
    assert confirmed("PR@0 CR@10 PR@20 CR@40")[0] == "N"
    assert confirmed("PR@0 CR@10 PR@40")[0] == "N"


def test_pr_optionally_allows_one_sd_between():
    assert confirmed("PR@0 SD@20 PR@40", accept_one_stable=True) == ("Y", 0)
    assert confirmed("PR@0 SD@10 SD@20 PR@40", accept_one_stable=True)[0] == "N"


def test_date_is_that_of_the_first_of_the_pair():
    # golden subject 0004: the 27-day pair confirms nothing
    assert confirmed("PR@42 CR@69 CR@84 CR@126") == ("Y", 42)
    assert answers(best("PR@42 CR@69 CR@84 CR@126")) == [("CR", 69)]


def test_confirmation_by_irecist():
    assert confirmed("iUPD@20 iPR@42 NE@60 iCR@70", criteria="iRECIST") == ("Y", 42)
    assert confirmed("iPR@42 iUPD@60 iPR@70", criteria="iRECIST")[0] == "N"


def test_what_a_response_was_made_of_and_why_others_did_not_count():
    subject, groups = subjects("A")
    given = responses({"A": "SD@20 PR@42 PR@60 CR@75"})
    made = confirmed_response(groups, given, subject=subject, explain=True)
    (link,) = made.links
    assert (link.dataset, link.rows.tolist(), link.parent_rows.tolist()) == ("ADRS", [0], [101])
    assert made.columns["SRCDOM"].tolist() == ["RS"]
    assert made.columns["SRCVAR"].tolist() == ["RSSTRESC"]
    assert made.columns["SRCSEQ"].tolist() == [2]
    (told,) = made.considered
    assert told.parent_rows.tolist() == [101, 102, 103]
    assert told.taken.tolist() == [True, False, False]
    assert told.why.tolist() == [
        "PR confirmed by the assessment of 2024-03-25",
        "PR not confirmed: no CR or PR at least 28 days later",
        "CR not confirmed: no CR at least 28 days later",
    ]


@pytest.mark.parametrize(
    ("history", "why"),
    [
        ("PR@0 SD@20 PR@40", "there is SD"),
        ("PR@0 PD@20 PR@40", "there is another response"),
        ("PR@0 NE@10 NE@20 PR@40", "there are 2 NE"),
        ("PR@0 CR@10 PR@40", "there is PR after CR"),
    ],
)
def test_the_reason_is_told_why_a_response_is_not_confirmed(history, why):
    made = best(history, explain=True)
    assert f"until the CR or PR of 2024-02-19 {why}" in made.considered[0].why[0]


# ---- responder parameters ------------------------------------------------------------------------


def test_responder_parameters_exist_for_every_subject_of_the_population_y_or_n():
    subject, groups = subjects("A", "B", "C")
    given = responses({"A": "SD@42 PR@84 CR@126", "C": "SD@42", "D": "PR@42"})
    made = response(groups, given, subject=subject)
    assert answers(made) == [("Y", 84), ("N", None), ("N", None)]
    assert made.columns["AVAL"].tolist() == [1, 0, 0]
    assert made.group.tolist() == [0, 1, 2]
    made = confirmed_response(groups, given, subject=subject)
    assert answers(made) == [("Y", 84), ("N", None), ("N", None)]


def test_groups_of_one_subject_are_refused():
    subject = text(["A", "A"])
    with pytest.raises(UsageError, match="several groups are of one subject"):
        response(groups_of([text(["1", "2"])]), responses({}), subject=subject)


def test_a_response_without_complete_date_is_a_finding():
    subject, groups = subjects("A")
    given = responses({"A": "PR@42"})
    given.columns["date"] = text(["2024-02"])
    made = response(groups, given, subject=subject)
    assert answers(made) == [("N", None)]
    assert rules(made) == {"response.no_date": [0]}


def test_clinical_benefit_is_a_confirmed_response_or_stable_disease_for_24_weeks():
    subject, groups = subjects("A", "B", "C", "D", "E")
    given = responses(
        {
            "A": "PR@42 PR@84",
            "B": "SD@42 SD@168",
            "C": "SD@42 SD@167",
            "D": "SD@42 PD@168",
            "E": "NON-CR/NON-PD@170",
        }
    )
    responders = on("ADRS", {"A": [42]})
    columns = dict(responders.columns)
    columns |= {"domain": text(["RS"]), "variable": text(["RSSTRESC"])}
    responders = type(responders)("ADRS", columns, responders.rows)
    reference = dates([0] * 5)
    made = clinical_benefit(groups, given, responders, reference, subject=subject)
    assert answers(made) == [("Y", 42), ("Y", 168), ("N", None), ("N", None), ("N", None)]
    made = clinical_benefit(
        groups, given, responders, reference, neither_counts=True, subject=subject
    )
    assert answers(made)[4] == ("Y", 170)


def test_last_adequate_assessment_is_not_ne():
    subject, groups = subjects("A", "B")
    made = last_assessment(groups, responses({"A": "SD@42 PR@84 NE@126"}), subject=subject)
    assert answers(made) == [("PR", 84), ("MISSING", None)]


def test_has_record_names_the_first_or_the_last_and_where_it_came_from():
    subject, groups = subjects("A", "B", "C")
    given = on("ADSL", {"A": [9, 5, None], "C": [None]}, "DTHDT")
    made = has_record(groups, given, subject=subject)
    assert answers(made) == [("Y", 5), ("N", None), ("Y", None)]
    assert made.columns["SRCVAR"].dropna().tolist() == ["DTHDT", "DTHDT"]
    made = has_record(groups, given, "last", subject=subject)
    assert answers(made)[0] == ("Y", 9)


def test_of_one_day_the_worst_counts():
    assert answers(best("PR@42 SD@42", confirmed=False)) == [("SD", 42)]
    assert answers(best("CR@42 NE@42", confirmed=False)) == [("CR", 42)]


def test_responses_do_not_depend_on_their_order():
    history = "SD@20 PR@51 NE@60 CR@80 CR@92 PR@99 CR@140"
    turned = " ".join(history.split()[::-1])
    assert answers(best(history)) == answers(best(turned))


def test_an_empty_study_is_no_trouble():
    empty = text([])
    made = best_overall_response(
        groups_of([empty]), responses({}), dates([]), 35, True, subject=empty
    )
    assert made.group.tolist() == []
    assert {len(column) for column in made.columns.values()} == {0}
    assert pd.api.types.is_datetime64_any_dtype(made.columns["ADT"].dtype)
    assert made.columns["AVAL"].dtype == np.float64


# ---- words that the criteria do not have ---------------------------------------------------------


def test_a_word_that_response_does_not_know_is_a_finding():
    subject, groups = subjects("A")
    made = response(groups, responses({"A": "complete-response@42 SD@84"}), subject=subject)
    assert answers(made) == [("N", None)]
    assert rules(made) == {"response.unknown": [0]}
    made = response(
        groups, responses({"A": "PR@42"}), ("iCR", "iPR"), criteria="iRECIST", subject=subject
    )
    assert (answers(made), rules(made)) == ([("N", None)], {"response.unknown": [0]})


def test_response_reads_best_responses_where_missing_is_no_response():
    subject, groups = subjects("A", "B")
    given = responses({"A": "MISSING@0", "B": "PR@42"})
    given.columns["date"] = dates([None, 42])
    made = response(groups, given, ("CR", "PR", "SD"), subject=subject)
    assert (answers(made), rules(made)) == ([("N", None), ("Y", 42)], {})


def test_of_responses_of_one_day_with_certain_terms_the_highest_sequence_counts():
    subject, groups = subjects("A")
    for history in ("PR@42 PR@42", "PD@42 PR@42", "NE@20 PR@42"):
        made = response(groups, responses({"A": history}), subject=subject)
        assert answers(made) == [("Y", 42)]
        assert made.columns["SRCSEQ"].tolist() == [2]


@pytest.mark.parametrize("words", [{"terms": ("Cr",)}, {"terms": ("CR", "iPR")}])
def test_terms_that_the_criteria_lack_are_refused(words):
    subject, groups = subjects("A")
    with pytest.raises(UsageError, match=r"RECIST 1\.1 has no response (Cr|iPR)") as refused:
        response(groups, responses({"A": "CR@42"}), subject=subject, **words)
    assert refused.value.hint in ("Did you mean CR?", "Did you mean PR?")


def test_words_that_are_not_adequate_must_be_among_the_criteria():
    subject, groups = subjects("A")
    with pytest.raises(UsageError, match=r"RECIST 1\.1 has no response ne") as refused:
        last_assessment(
            groups, responses({"A": "SD@42 NE@84"}), not_adequate=("ne",), subject=subject
        )
    assert refused.value.hint == "Did you mean NE?"


# ---- what is told, and what decides ties ---------------------------------------------------------


def test_each_response_that_is_left_out_is_told_with_its_own_value():
    subject, groups = subjects("A", "B")
    given = responses({"B": "PR@1 CR@2 CR@3", "A": "PR@4"})
    given.columns["date"] = text(["2024-02", "2024", "", "2024-01-20"])
    made = response(groups, given, subject=subject)
    (one,) = made.issues
    assert one.rule == "response.no_date"
    assert one.rows.tolist() == [1, 1, 1]
    assert one.values.tolist() == ["CR", "CR", "PR"]


def benefit(responders, history="", **options):
    subject, groups = subjects("A")
    return clinical_benefit(
        groups, responses({"A": history}), responders, dates([0]), subject=subject, **options
    )


def responder(*dated, sequence=None):
    count = len(dated)
    columns = {
        "by": text(["A"] * count),
        "date": text(dated),
        "domain": text(["RS"] * count),
        "variable": text(["RSSTRESC"] * count),
        "sequence": pd.Series(sequence or range(1, count + 1), dtype="float64"),
    }
    return type(responses({}))("ADRS", columns, np.arange(count), {"date": "ADT"})


def test_a_responder_without_complete_date_is_a_finding():
    made = benefit(responder("2024-02"))
    assert answers(made) == [("N", None)]
    assert rules(made) == {"clinical_benefit.partial_date": [0]}
    # a date that is not there at all is one, too: who has responded has a date of response
    made = benefit(responder(None))
    assert rules(made) == {"clinical_benefit.no_date": [0]}
    other = responder(None)
    other.columns["by"] = text(["B"])
    assert rules(benefit(other)) == {}


def test_of_responders_of_one_day_the_lowest_sequence_counts():
    one = responder("2024-02-21", "2024-02-21", sequence=[8, 3])
    other = responder("2024-02-21", "2024-02-21", sequence=[3, 8])
    for given in (one, other):
        assert benefit(given).columns["SRCSEQ"].tolist() == [3]


def pair_of_a_day(*rows, sequence=None):
    columns = {
        "by": text(["A"] * len(rows)),
        "date": dates([5] * len(rows)),
        "domain": text([domain for domain, _ in rows]),
        "variable": text([variable for _, variable in rows]),
    }
    if sequence is not None:
        columns["sequence"] = pd.Series(sequence, dtype="float64")
    return type(responses({}))("X", columns, np.arange(len(rows)), {"date": "ADT"})


@pytest.mark.parametrize("take", ["first", "last"])
def test_records_of_one_day_are_told_apart_by_domain_and_variable(take):
    subject, groups = subjects("A")
    rows = [("CM", "CMSTDTC"), ("PR", "PRSTDTC"), ("CM", "CMENDTC")]
    for given in (rows, rows[::-1]):
        made = has_record(groups, pair_of_a_day(*given), take, subject=subject)
        source = (made.columns["SRCDOM"][0], made.columns["SRCVAR"][0])
        assert source == ("CM", "CMENDTC")
        assert rules(made) == {}


def test_records_that_nothing_tells_apart_are_a_finding():
    subject, groups = subjects("A")
    same = [("CM", "CMSTDTC"), ("CM", "CMSTDTC")]
    assert rules(has_record(groups, pair_of_a_day(*same), subject=subject)) == {
        "has_record.tie": [0]
    }
    told_apart = pair_of_a_day(*same, sequence=[2, 1])
    made = has_record(groups, told_apart, subject=subject)
    assert (made.columns["SRCSEQ"].tolist(), rules(made)) == ([1], {})
    # a tie of records that are not taken is none
    later = pair_of_a_day(*same, ("CM", "CMSTDTC"))
    later.columns["date"] = dates([5, 9, 9])
    assert rules(has_record(groups, later, subject=subject)) == {}
