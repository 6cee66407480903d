"""Blocks of a table stand in the order that people give them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc.results.analyse import HOW
from cdisc.results.data import natural
from cdisc.spec.analyses import ANALYSES


def test_numbers_in_names_are_in_the_order_of_their_size() -> None:
    names = ["INFUSION 10", "INFUSION 2", "INFUSION 1", "BASELINE", "INFUSION"]
    expected = ["BASELINE", "INFUSION", "INFUSION 1", "INFUSION 2", "INFUSION 10"]
    assert sorted(names, key=natural) == expected


@given(st.lists(st.integers(0, 10_000)))
def test_plain_numbers_too(numbers: list[int]) -> None:
    assert sorted(map(str, numbers), key=natural) == [str(number) for number in sorted(numbers)]


def test_every_analysis_that_can_be_asked_for_can_be_done() -> None:
    assert list(HOW) == list(ANALYSES)
