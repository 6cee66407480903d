"""Response parameters of the slow implementation: the fixtures of the acceptance rules, the
scenarios of the study design (3.2) and its edge cases (5.7)."""

from __future__ import annotations

import pytest
from hypothesis import given

from . import best_response as best
from .best_response import IRECIST, NO, RECIST, Answer, Assessed
from .histories import FIRST_DOSE, response_histories
from .shorthand import after


def responses(text: str) -> list[Assessed]:
    """`PR@0 CR@31`: responses by days after the reference."""
    found = []
    for seq, token in enumerate(text.split(), start=1):
        value, _, days = token.partition("@")
        found.append(Assessed(after(int(days)), value, seq))
    return found


def cbor(text: str, **conventions: object) -> str:
    """As in the fixtures: confirmation 28 days, SD window 28 days, cut at PD."""
    selected = best.select(responses(text), RECIST, FIRST_DOSE)
    settings = {"sd_days": 28, "confirm_days": 28} | conventions
    return best.best_response(selected, RECIST, FIRST_DOSE, confirm=True, **settings).value


# The fixtures of the acceptance rules


def test_fixture_pr_cr_ne_cr_sd_is_cr():
    assert cbor("PR@0 CR@31 NE@46 CR@60 SD@91") == "CR"
    # CR is not confirmed without the NE, but the PR before it is by the CR
    assert cbor("PR@0 CR@31 NE@46 CR@60 SD@91", max_ne=0) == "PR"


def test_fixture_sd_pr_sd_cr_is_sd_or_pr_when_one_sd_is_accepted():
    assert cbor("SD@20 PR@51 SD@80 CR@92") == "SD"
    assert cbor("SD@20 PR@51 SD@80 CR@92", confirm_days=14) == "SD"
    assert cbor("SD@20 PR@51 SD@80 CR@92", confirm_days=14, accept_sd=True) == "PR"


def test_fixture_cr_cr_at_20_days_sd_is_sd_or_cr_at_14_days():
    assert cbor("CR@1 CR@21 SD@51") == "SD"
    assert cbor("CR@1 CR@21 SD@51", confirm_days=14) == "CR"


def test_fixture_pr_sd_sd_pr_is_sd():
    assert cbor("PR@2 SD@62 SD@93 PR@123") == "SD"
    assert cbor("PR@2 SD@62 SD@93 PR@123", accept_sd=True) == "SD"
    assert cbor("PR@2 SD@62 PR@123", accept_sd=True) == "PR"


def test_fixture_pr_cr_pr_is_sd():
    assert cbor("PR@4 CR@14 PR@57") == "SD"


def test_fixture_early_pr_cr_then_ne_is_ne():
    assert cbor("PR@4 CR@14 NE@59") == "NE"


def test_fixture_none_is_missing_or_ne():
    assert cbor("") == "MISSING"
    assert cbor("", none="NE") == "NE"


def test_fixture_pd_sd_is_pd():
    assert cbor("PD@15 SD@34") == "PD"


def test_fixture_confirmed_icpd_is_dated_at_the_first_iupd_of_its_block():
    text = "iSD@40 iSD@80 iUPD@120 iPR@160 iPR@200 iUPD@240 iCPD@280"
    assert best.confirmed_progression(responses(text)) == Answer("Y", after(240))


# Confirmation


@pytest.mark.parametrize(("days", "value"), [(27, "N"), (28, "Y"), (29, "Y")])
def test_confirmation_at_27_days_fails_at_28_passes(days, value):
    made = best.confirmed_response(responses(f"PR@42 PR@{42 + days}"), RECIST)
    assert made.value == value


def test_confirmation_has_the_date_of_the_first_of_the_pair():
    text = "PR@42 CR@69 CR@84 CR@126"  # golden subject 0004
    selected = responses(text)
    assert best.confirmed_response(selected, RECIST) == Answer("Y", after(42))
    made = best.best_response(selected, RECIST, FIRST_DOSE, confirm=True)
    assert made == Answer("CR", after(69))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PR@0 NE@28 PR@56", "Y"),
        ("PR@0 NE@14 NE@28 PR@56", "N"),
        ("CR@0 NE@28 CR@56", "Y"),
        ("CR@0 PR@56", "N"),
        ("CR@0 PR@14 CR@41", "N"),
        ("CR@0 PR@14 CR@42", "Y"),  # not the first CR, but the PR
        ("PR@0 CR@14 CR@56", "Y"),
        ("PR@0 CR@28 PR@56", "Y"),  # confirmed by the CR, before there is PR after CR
        ("PR@0 SD@28 PR@56", "N"),
        ("PR@0 PD@28", "N"),
        ("PR@0 NON-CR/NON-PD@14 PR@56", "N"),
        ("SD@0 PR@20", "N"),
    ],
)
def test_what_may_be_between(text, value):
    assert best.confirmed_response(responses(text), RECIST).value == value


def test_irecist_is_confirmed_in_the_same_way():
    assert best.confirmed_response(responses("iUPD@20 iPR@42 NE@60 iCR@70"), IRECIST).value == "Y"
    assert best.confirmed_response(responses("iPR@42 iUPD@60 iPR@70"), IRECIST).value == "N"


# Best response


@pytest.mark.parametrize(
    ("text", "value", "days"),
    [
        ("SD@34", "NE", 34),
        ("SD@35", "SD", 35),
        ("NON-CR/NON-PD@35", "NON-CR/NON-PD", 35),
        ("NON-CR/NON-PD@34", "NE", 34),
        ("PD@10", "PD", 10),
        ("SD@20 PD@34", "PD", 34),
        ("NE@40 SD@80 PR@120 PR@130", "PR", 120),
        ("CR@10", "CR", 10),
    ],
)
def test_best_response(text, value, days):
    made = best.best_response(responses(text), RECIST, FIRST_DOSE)
    assert made == Answer(value, after(days))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PR@35", "SD"),
        ("PR@34", "NE"),
        ("PR@20 PD@34", "PD"),
        ("CR@35 PD@60", "SD"),
        ("SD@42 PR@84 PR@112", "PR"),
    ],
)
def test_confirmed_best_response_of_what_is_not_confirmed(text, value):
    assert best.best_response(responses(text), RECIST, FIRST_DOSE, confirm=True).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("iUPD@42 iSD@84", "iSD"),
        ("iUPD@10 iSD@20", "NE"),  # too early for iSD, and iUPD does not override it
        ("iSD@20 iUPD@42", "iUPD"),
        ("NE@20 iUPD@42 NE@84", "iUPD"),
        ("iSD@20 iUPD@42 iCPD@84", "iCPD"),
        ("iUPD@42 NON-iCR/NON-iUPD@84", "NON-iCR/NON-iUPD"),
        ("", "MISSING"),
    ],
)
def test_best_response_by_irecist(text, value):
    assert best.best_response(responses(text), IRECIST, FIRST_DOSE).value == value


# Progression


@pytest.mark.parametrize(
    ("text", "confirmed", "unresolved"),
    [
        ("iUPD@42 iCPD@84", 42, None),
        ("iUPD@42 NE@60 iUPD@70 iCPD@84", 42, None),
        ("iUPD@42 iSD@84", None, None),
        ("iUPD@42 iSD@84 iUPD@126 NE@168", None, 126),
        ("iUPD@42 NE@84 iUPD@126", None, 42),
        ("iSD@42 iCPD@84", None, None),
        ("iSD@42", None, None),
    ],
)
def test_confirmed_and_unresolved_progression(text, confirmed, unresolved):
    for made, days in (
        (best.confirmed_progression(responses(text)), confirmed),
        (best.unresolved_progression(responses(text)), unresolved),
    ):
        assert made == (NO if days is None else Answer("Y", after(days)))


def test_pseudo_progression_is_an_iupd_that_was_reset():
    made = best.pseudo_progression(responses("iUPD@42 NE@60 iSD@84 iPR@126"))
    assert made == Answer("Y", after(84))
    assert best.pseudo_progression(responses("iSD@42 iUPD@84 iCPD@126")) == NO


# Benefit, control, last assessment


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("SD@167", NO),
        ("SD@168", Answer("Y", after(168))),
        ("PR@42 PR@84 SD@168", Answer("Y", after(42))),
        ("PR@168", Answer("Y", after(168))),
        ("NON-CR/NON-PD@168", NO),
    ],
)
def test_clinical_benefit_is_a_confirmed_response_or_24_weeks(text, made):
    assert best.clinical_benefit(responses(text), RECIST, FIRST_DOSE) == made


def test_disease_control_is_a_confirmed_best_response_of_at_least_sd():
    assert best.disease_control(Answer("SD", after(42)), RECIST) == Answer("Y", after(42))
    assert best.disease_control(Answer("NON-CR/NON-PD", after(42)), RECIST) == NO
    assert best.disease_control(Answer("MISSING"), RECIST) == NO


def test_the_last_adequate_assessment_is_not_ne():
    assert best.last_adequate(responses("SD@42 NE@84"), RECIST) == Answer("SD", after(42))
    assert best.last_adequate(responses("NE@42"), RECIST) == NO


# Selection, with the edge cases of 5.7


def values(records: list[Assessed]) -> list[str]:
    return [one.value for one in records]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SD@42 PD@42", "PD"),
        ("PR@42 SD@42", "SD"),
        ("CR@42 PR@42", "PR"),
        ("NE@42 CR@42", "CR"),
        ("SD@42 NON-CR/NON-PD@42", "NON-CR/NON-PD"),
    ],
)
def test_of_one_date_the_worst_counts(text, value):
    assert values(best.select(responses(text), RECIST, FIRST_DOSE)) == [value]


def test_of_one_date_and_value_the_highest_sequence_number_counts():
    (made,) = best.select(responses("SD@42 SD@42"), RECIST, FIRST_DOSE)
    assert made.seq == 2


def test_responses_after_recist_progression_are_ignored():
    made = best.select(responses("SD@42 PD@84 PR@126"), RECIST, FIRST_DOSE)
    assert values(made) == ["SD", "PD"]


def test_irecist_goes_on_after_iupd_and_ends_with_icpd():
    made = best.select(responses("iUPD@42 iSD@84 iUPD@126 iCPD@168 iPR@210"), IRECIST, FIRST_DOSE)
    assert values(made) == ["iUPD", "iSD", "iUPD", "iCPD"]


def test_responses_count_from_the_reference_on():
    made = best.select(responses("CR@-1 SD@0 PR@42"), RECIST, FIRST_DOSE)
    assert values(made) == ["SD", "PR"]


def test_progression_on_the_day_of_new_therapy_counts():
    records = responses("SD@42 PD@84 PR@126")
    assert values(best.select(records, RECIST, FIRST_DOSE, after(84))) == ["SD", "PD"]
    made = best.select(records, RECIST, FIRST_DOSE, after(84), new_therapy_day=False)
    assert values(made) == ["SD"]


def test_new_therapy_before_progression_ends_the_data():
    made = best.select(responses("SD@42 PD@84"), RECIST, FIRST_DOSE, after(83))
    assert values(made) == ["SD"]


@pytest.mark.parametrize(
    ("policy", "wanted", "answer"),
    [
        ("as_reported", ["CR", "NE", "PR", "PR"], "PR"),
        ("pd", ["CR", "NE", "PD"], "SD"),
        ("sd", ["CR", "NE", "SD", "SD"], "SD"),
    ],
)
def test_partial_after_complete_response(policy, wanted, answer):
    records = responses("CR@42 NE@60 PR@84 PR@126")
    made = best.select(records, RECIST, FIRST_DOSE, cr_then_pr=policy)
    assert values(made) == wanted
    assert best.best_response(made, RECIST, FIRST_DOSE, confirm=True).value == answer


@pytest.mark.parametrize("policy", ["pd", "sd"])
def test_partial_before_complete_response_stays(policy):
    made = best.select(responses("PR@42 CR@84"), RECIST, FIRST_DOSE, cr_then_pr=policy)
    assert values(made) == ["PR", "CR"]


def test_partial_after_complete_response_is_unconfirmed_progression_in_irecist():
    records = responses("iCR@42 iPR@84 iPR@126")
    made = best.select(records, IRECIST, FIRST_DOSE, cr_then_pr="pd")
    assert values(made) == ["iCR", "iUPD", "iUPD"]


# What holds of every history


@given(response_histories(RECIST))
def test_parameters_agree_with_each_other(made):
    records = best.select(made.records, RECIST, made.reference, made.new_therapy)
    assert [one.date for one in records] == sorted({one.date for one in records})
    bor = best.best_response(records, RECIST, FIRST_DOSE)
    cbor = best.best_response(records, RECIST, FIRST_DOSE, confirm=True)
    rank = RECIST.best.index
    assert rank(bor.value) <= rank(cbor.value)
    response = best.response(records, RECIST)
    confirmed = best.confirmed_response(records, RECIST)
    assert (bor.value in ("CR", "PR")) == (response.value == "Y")
    assert (cbor.value in ("CR", "PR")) == (confirmed.value == "Y")
    if confirmed.date:
        assert response.date <= confirmed.date <= cbor.date
    assert (bor.value == "MISSING") == (not records)
    assert best.select(made.records[::-1], RECIST, made.reference, made.new_therapy) == records


@given(response_histories(IRECIST))
def test_progression_is_confirmed_or_unresolved_but_not_both(made):
    records = best.select(made.records, IRECIST, made.reference, made.new_therapy)
    confirmed = best.confirmed_progression(records)
    unresolved = best.unresolved_progression(records)
    assert "N" in (confirmed.value, unresolved.value)
    for one in (confirmed, unresolved):
        if one.date:
            assert Assessed(one.date, "iUPD") in [Assessed(r.date, r.value) for r in records]
