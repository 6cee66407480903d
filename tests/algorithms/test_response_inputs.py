"""Which responses count, and partial after complete response."""

import pytest

from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.endpoints.immune_progression import immune_progression, pseudoprogression
from cdisc.algorithms.endpoints.response_inputs import partial_after_complete, response_input
from cdisc.errors import UsageError
from tests.algorithms.endpoint_records import answers, dates, numbers, responses, rules, text


def counted(history, **options):
    """The responses that are flagged, in the order given; and the findings."""
    tokens = [token.split("@") for token in history.split()]
    count = len(tokens)
    for name in ("start", "new_therapy"):
        if name in options:
            options[name] = dates([options[name]] * count)
    made = response_input(
        text([answer for answer, _ in tokens]),
        dates([int(day) for _, day in tokens]),
        subject=text(["A"] * count),
        **options,
    )
    pairs = zip(history.split(), made.values, strict=True)
    return " ".join(token for token, flag in pairs if flag == "Y"), rules(made)


def test_one_response_per_subject_and_date_the_worst_kept():
    assert counted("PD@42 SD@42 PR@84 CR@84 NE@84")[0] == "PD@42 PR@84"


def test_worst_is_by_the_declared_order():
    assert counted("SD@42 PR@42", worst_first=("PR", "SD"))[0] == "PR@42"


def test_worst_is_by_the_order_of_the_criteria_without_another():
    assert counted("iSD@42 iCPD@42 iPR@84 iCR@84 NE@84", criteria="iRECIST")[0] == "iCPD@42 iPR@84"
    found, told = counted("SD@42 iPR@84", criteria="iRECIST")
    assert (found, told) == ("iPR@84", {"response_input.unknown": [0]})
    assert counted("iPR@42 iSD@42", criteria="iRECIST", worst_first=("iPR", "iSD"))[0] == "iPR@42"


def test_on_or_after_the_reference():
    assert counted("SD@-1 SD@0 SD@1", start=0)[0] == "SD@0 SD@1"


def test_through_the_first_pd_inclusive():
    assert counted("SD@42 PD@84 PR@126 PD@168", through=("PD",))[0] == "SD@42 PD@84"


def test_before_new_therapy_and_on_its_day_as_declared():
    assert counted("SD@42 PD@84 PD@85", new_therapy=84)[0] == "SD@42"
    included = counted("SD@42 PD@84 PD@85", new_therapy=84, day_of_new_therapy="included")
    assert included[0] == "SD@42 PD@84"


def test_without_new_therapy_or_with_a_missing_date_of_it_nothing_is_left_out():
    assert counted("SD@42 PD@84", new_therapy=None)[0] == "SD@42 PD@84"


def test_a_missing_start_flags_nothing():
    assert counted("SD@42", start=None)[0] == ""


def test_of_equal_responses_of_one_day_the_highest_sequence_counts():
    made = response_input(
        text(["SD", "SD", "SD"]),
        dates([42, 42, 42]),
        sequence=numbers([2, 3, 1]),
        subject=text(["A"] * 3),
    )
    assert made.values.fillna("").tolist() == ["", "Y", ""]
    assert made.issues == ()


def test_equal_responses_that_nothing_tells_apart_are_a_finding():
    kept, findings = counted("SD@42 SD@42")
    assert kept == "SD@42"
    assert findings == {"response_input.tie": [0]}


def test_unknown_words_and_incomplete_dates_are_findings():
    made = response_input(
        text(["SD", "SO", None]), text(["2024-02", "2024-03-01", None]), subject=text(["A"] * 3)
    )
    assert made.values.isna().all()
    assert rules(made) == {"response_input.unknown": [1], "response_input.no_date": [0]}


def test_through_must_be_among_the_terms():
    with pytest.raises(UsageError, match="PDD"):
        counted("SD@42", through=("PDD",))


@pytest.mark.parametrize(("policy", "wanted"), [("as_reported", "PR"), ("sd", "SD"), ("pd", "PD")])
def test_cr_followed_by_pr_is_read_as_declared_with_a_finding(policy, wanted):
    made = partial_after_complete(
        text(["PR", "CR", "PR", "CR", "PR"]),
        dates([10, 42, 84, 126, 42]),
        policy,
        subject=text(["A"] * 5),
    )
    # of one day nothing is later
    assert made.values.tolist() == ["PR", "CR", wanted, "CR", "PR"]
    assert rules(made) == {"partial_after_complete.found": [2]}


def test_in_irecist_pr_after_cr_is_unconfirmed_progression():
    made = partial_after_complete(
        text(["iCR", "iPR"]), dates([42, 84]), "pd", "iRECIST", subject=text(["A", "A"])
    )
    assert made.values.tolist() == ["iCR", "iUPD"]


# ---- iRECIST: progression ------------------------------------------------------------------------


def progression(history, take):
    subject = text(["A"])
    groups = groups_of([subject])
    return immune_progression(groups, responses({"A": history}), take, subject=subject)


@pytest.mark.parametrize(
    ("history", "confirmed", "unresolved"),
    [
        ("iSD@10 iSD@20 iUPD@30 iPR@40 iPR@50 iUPD@60 iCPD@70", 60, None),
        ("iUPD@42 iCPD@84", 42, None),
        ("iUPD@42 NE@60 iUPD@70 iCPD@84", 42, None),
        ("iUPD@42 iSD@84", None, None),
        ("iUPD@42 iSD@84 iUPD@126 NE@168", None, 126),
        ("iUPD@42 NE@84 iUPD@126", None, 42),
        ("iSD@42", None, None),
        ("", None, None),
    ],
)
def test_progression_is_dated_at_the_first_iupd_of_its_block(history, confirmed, unresolved):
    for take, wanted in (("confirmed", confirmed), ("unresolved", unresolved)):
        found = answers(progression(history, take))[0]
        assert found == (("N", None) if wanted is None else ("Y", wanted))


def test_icpd_without_iupd_before_it_is_a_finding():
    made = progression("iSD@42 iCPD@84", "confirmed")
    assert answers(made) == [("N", None)]
    assert rules(made) == {"immune_progression.without_iupd": [0]}


def test_pseudoprogression_is_an_iupd_that_was_reset():
    subject = text(["A", "B", "C"])
    given = responses(
        {"A": "iUPD@42 NE@60 iSD@84 iPR@126", "B": "iSD@42 iUPD@84 iCPD@126", "C": "iUPD@42"}
    )
    made = pseudoprogression(groups_of([subject]), given, subject=subject, explain=True)
    assert answers(made) == [("Y", 84), ("N", None), ("N", None)]
    why = dict(zip(made.considered[0].parent_rows.tolist(), made.considered[0].why, strict=True))
    assert why[100] == "iUPD begins a block, followed by iSD on 2024-04-03"
