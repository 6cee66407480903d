"""Codes of texts: found by looking, or remembered by whoever made the texts of codes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.columns.coded import as_coded, coded, forget, together
from cdisc.algorithms.columns.uniques import arrow_text, spread_text

words = st.lists(st.sampled_from(["", "a", "b", "c", None]), max_size=5)


@given(st.data())
def test_codes_of_texts_made_of_codes_are_those_that_looking_finds(data):
    values = data.draw(words)
    codes = data.draw(st.lists(st.integers(-1, len(values) - 1), max_size=8))
    array = arrow_text(spread_text(np.array(codes, dtype=np.int64), values))
    known, found = coded(array), as_coded(array)
    assert known.codes.tolist() == found.codes.tolist()
    assert known.texts.to_pylist() == found.texts.to_pylist()


def test_codes_are_found_again_after_they_were_forgotten():
    array = arrow_text(spread_text(np.array([1, 0, -1, 1]), ["a", "b"]))
    before = coded(array)
    forget()
    assert coded(array) is not before
    assert coded(array).codes.tolist() == before.codes.tolist() == [0, 1, -1, 0]


def test_texts_on_some_rows_are_each_named_once():
    array = arrow_text(["b", "a", "b", None, "c"])
    assert sorted(coded(array).on(np.array([0, 1, 2])).to_pylist()) == ["a", "b"]


def test_what_is_made_of_the_same_texts_is_remembered_each_by_its_name():
    array = arrow_text(["a", "b"])
    assert together("count", [array], lambda: 2) == 2
    assert together("first", [array], lambda: "a") == "a"
    assert together("count", [array], lambda: 3) == 2
