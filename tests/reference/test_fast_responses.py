"""The fast response parameters say what the slow ones say, of thousands of random histories."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from . import best_response as best
from .best_response import IRECIST, NO, RECIST, Answer, Criteria
from .fast import Subjects
from .histories import ResponseHistory, response_histories

CRITERIA = pytest.mark.parametrize("criteria", [RECIST, IRECIST], ids=["RECIST", "iRECIST"])
# An example is a batch of ten to twenty subjects, fourteen on average: with `many` more than one
# thousand histories in a test, and again by the other criteria; with `most` two thousand.
many = settings(max_examples=75)
most = settings(max_examples=150)


def batch(criteria: Criteria) -> st.SearchStrategy[list[ResponseHistory]]:
    return st.lists(response_histories(criteria), min_size=10, max_size=20)


conventions = st.fixed_dictionaries(
    {
        "confirm_days": st.sampled_from((14, 26, 27, 28, 29, 35, 42)),
        "max_ne": st.sampled_from((0, 1, 1, 2)),
        "accept_sd": st.booleans(),
    }
)


def fast(found: dict[str, object]) -> dict[str, object]:
    """Conventions in the words of the algorithms."""
    return {
        "confirm_days": found["confirm_days"],
        "max_not_evaluable": found["max_ne"],
        "accept_one_stable": found["accept_sd"],
    }


def slow_input(one: ResponseHistory, criteria: Criteria, **more: object) -> list[best.Assessed]:
    return best.select(one.records, criteria, one.reference, one.new_therapy, **more)


@CRITERIA
@many
@given(data=st.data())
def test_response_input(criteria, data):
    histories = data.draw(batch(criteria))
    on_day = data.draw(st.booleans())
    read_as = data.draw(st.sampled_from(("as_reported", "pd", "sd")))
    subjects = Subjects(histories, criteria)
    records = subjects.input(read_as=read_as, day="included" if on_day else "excluded")
    found = [[] for _ in histories]
    for by, day, value, seq in zip(
        records["by"], records["date"], records["response"], records["sequence"], strict=True
    ):
        found[int(by[1:])].append(best.Assessed(day.date(), value, int(seq)))
    for one, mine in zip(histories, found, strict=True):
        wanted = slow_input(one, criteria, cr_then_pr=read_as, new_therapy_day=on_day)
        assert sorted(mine, key=lambda record: record.date) == wanted


@CRITERIA
@many
@given(data=st.data())
def test_confirmed_and_best_response(criteria, data):
    """Of some 2,100 histories: for each of the criteria 75 batches of 10 to 20."""
    histories = data.draw(batch(criteria))
    words = data.draw(conventions)
    sd_days = data.draw(st.sampled_from((28, 35, 42)))
    none = data.draw(st.sampled_from(("MISSING", "NE")))
    subjects = Subjects(histories, criteria)
    records = subjects.input()
    made = {
        "confirmed": subjects.answers(subjects.confirmed(records, **fast(words))),
        "best": subjects.best(records, stable_days=sd_days, confirmed=False, without=none),
        "confirmed best": subjects.best(
            records, stable_days=sd_days, confirmed=True, without=none, **fast(words)
        ),
        "any": subjects.response(records, (criteria.cr, criteria.pr)),
    }
    for number, one in enumerate(histories):
        chosen = slow_input(one, criteria)
        wanted = {
            "confirmed": best.confirmed_response(chosen, criteria, **words),
            "best": best.best_response(chosen, criteria, one.reference, sd_days, none=none),
            "confirmed best": best.best_response(
                chosen, criteria, one.reference, sd_days, confirm=True, none=none, **words
            ),
            "any": best.response(chosen, criteria),
        }
        assert {name: answers[number] for name, answers in made.items()} == wanted


@CRITERIA
@many
@given(data=st.data())
def test_benefit_last_assessment_and_progression(criteria, data):
    """Of some 2,100 histories: for each of the criteria 75 batches of 10 to 20."""
    histories = data.draw(batch(criteria))
    days = data.draw(st.sampled_from((84, 126, 168)))
    subjects = Subjects(histories, criteria)
    records = subjects.input()
    benefit = subjects.benefit(records, subjects.confirmed(records), days)
    last = subjects.last(records)
    # in iRECIST progression is another question (below), and PD is none of its words
    first_pd = subjects.response(records, ("PD",)) if criteria is RECIST else None
    for number, one in enumerate(histories):
        chosen = slow_input(one, criteria)
        assert benefit[number] == best.clinical_benefit(chosen, criteria, one.reference, days)
        wanted = best.last_adequate(chosen, criteria)
        assert last[number] == (Answer("MISSING") if wanted == NO else wanted)
        if first_pd is not None:
            assert first_pd[number] == best.progression(chosen)


@most
@given(data=st.data())
def test_progression_by_irecist(data):
    """Of some 2,100 histories: 150 batches of 10 to 20."""
    histories = data.draw(batch(IRECIST))
    subjects = Subjects(histories, IRECIST)
    records = subjects.input()
    confirmed = subjects.progression(records, "confirmed")
    unresolved = subjects.progression(records, "unresolved")
    resets = subjects.pseudoprogression(records)
    for number, one in enumerate(histories):
        chosen = slow_input(one, IRECIST)
        assert confirmed[number] == best.confirmed_progression(chosen)
        assert unresolved[number] == best.unresolved_progression(chosen)
        assert resets[number] == best.pseudo_progression(chosen)


@CRITERIA
@many
@given(data=st.data())
def test_responders_of_confirmed_response_are_responders(criteria, data):
    histories = data.draw(batch(criteria))
    words = fast(data.draw(conventions))
    subjects = Subjects(histories, criteria)
    records = subjects.input()
    plain = subjects.best(records, stable_days=35, confirmed=False)
    confirmed = subjects.best(records, stable_days=35, confirmed=True, **words)
    pairs = subjects.answers(subjects.confirmed(records, **words))
    for one, other, pair in zip(plain, confirmed, pairs, strict=True):
        responder = other.value in (criteria.cr, criteria.pr)
        assert not responder or one.value in (criteria.cr, criteria.pr)
        assert responder == (pair.value == "Y")
        assert criteria.best.index(one.value) <= criteria.best.index(other.value)
