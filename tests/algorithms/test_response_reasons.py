"""Why a response counts or not, when a trace asks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.endpoints.response_inputs import response_input
from tests.algorithms.endpoint_records import dates, text

COUNTS = "it counts"


def told(history, row=0, subjects=None, **options):
    """What is said of each response when the one at `row` is asked about."""
    tokens = [token.split("@") for token in history.split()]
    days = [int(day) if day else None for _, day in tokens]
    for name in ("start", "new_therapy"):
        if name in options:
            options[name] = dates([options[name]] * len(tokens))
    made = response_input(
        text([answer or None for answer, _ in tokens]),
        dates(days),
        subject=text(subjects or ["A"] * len(tokens)),
        explaining=True,
        **options,
    )
    (one,) = made.considered
    said = zip(one.rows, one.parent_rows, one.taken, one.why, strict=True)
    found = {rival: (taken, why) for of, rival, taken, why in said if of == row}
    flagged = [rival for rival, flag in enumerate(made.values) if flag == "Y"]
    assert [rival for rival in found if found[rival][0]] == [r for r in flagged if r in found]
    return [why for _, (_, why) in sorted(found.items())]


def test_nothing_is_told_unless_a_trace_asks():
    made = response_input(text(["PD"]), dates([1]), subject=text(["A"]))
    assert made.considered == ()


def test_the_worst_of_a_day_counts_and_an_equal_one_once():
    assert told("SD@42 PD@42 PD@42") == [
        "PD of the same day is worse",
        COUNTS,
        "the same response of 2024-02-21 counts once",
    ]


def test_outside_the_time_in_which_responses_count():
    assert told("SD@-1 SD@0 SD@84 PD@85", start=0, new_therapy=84) == [
        "before 2024-01-10, the first day that counts",
        COUNTS,
        "new therapy began on 2024-04-03",
        "new therapy began on 2024-04-03",
    ]
    assert told("SD@42", start=None) == ["the first day that counts is missing"]


def test_after_the_first_progression_nothing_counts():
    assert told("SD@42 PD@84 PR@126", through=("PD",)) == [
        COUNTS,
        COUNTS,
        "after PD of 2024-04-03, the last that counts",
    ]


def test_what_is_no_response_of_a_day():
    assert told("@42 XX@42 SD@") == [
        "no response",
        "XX is not among the responses",
        "no complete date",
    ]


def test_other_subjects_are_no_rivals():
    people = ["A", "B", "A", None]
    assert told("SD@42 PD@42 PD@84 PD@84", subjects=people) == [COUNTS, COUNTS]
    assert told("SD@42 PD@42 PD@84 PD@84", row=3, subjects=people) == ["no subject"]


answer = st.sampled_from(["CR", "PR", "SD", "PD", "NE", "XX", ""])
day = st.one_of(st.integers(-20, 80).map(str), st.just(""))


@given(
    st.lists(st.tuples(answer, day), min_size=1, max_size=8),
    st.sampled_from([None, 0, 20]),
    st.sampled_from([None, 40]),
    st.sampled_from([(), ("PD",), ("PD", "SD")]),
)
def test_whatever_counts_is_said_to_count_and_nothing_else(records, start, therapy, through):
    history = " ".join(f"{a}@{d}" for a, d in records)
    reasons = told(history, start=start, new_therapy=therapy, through=through)
    made = response_input(
        text([a or None for a, _ in records]),
        dates([int(d) if d else None for _, d in records]),
        start=dates([start] * len(records)),
        new_therapy=dates([therapy] * len(records)),
        through=through,
        subject=text(["A"] * len(records)),
    )
    assert [why == COUNTS for why in reasons] == [flag == "Y" for flag in made.values]
