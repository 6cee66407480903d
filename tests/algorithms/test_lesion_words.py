"""The words for lesions are those of SDTM terminology."""

from __future__ import annotations

import pytest

from cdisc.algorithms import find
from cdisc.algorithms.lesions.lesion_words import Words
from cdisc.standards import terminology

OURS = {"NOT EVALUABLE"}
MEANINGS = {"absent", "equivocal", "present", "grown", "grown further", "not evaluable"}


@pytest.mark.parametrize(
    ("codelist", "words"),
    [
        ("TUIDRS", set(Words().roles())),
        ("TRTESTCD", set(Words().tests())),
        ("TRPROPRS", set(Words().meanings()) - OURS),
    ],
)
def test_each_word_is_a_term_of_its_codelist(codelist: str, words: set[str]) -> None:
    known = terminology("sdtmct", "2025-03-28").codelist(codelist)
    assert words
    assert words <= set(known.by_value)


def test_a_word_of_ours_is_no_term_and_means_what_its_term_means() -> None:
    known = terminology("sdtmct", "2025-03-28").codelist("TRPROPRS")
    meanings = Words().meanings()
    assert not OURS & set(known.by_value)
    assert meanings["NOT EVALUABLE"] == meanings["NE"]
    assert set(meanings.values()) == MEANINGS


def test_a_study_adds_words_of_its_own() -> None:
    meanings = Words(states={"GREW": "grown", "UNCHANGED": "absent"}).meanings()
    assert meanings["GREW"] == "grown"
    assert meanings["UNCHANGED"] == "absent"
    assert meanings["PRESENT"] == "present"


def test_a_spec_writes_only_the_words_it_has_of_its_own() -> None:
    words = find("tumor_sums").parameter("words")
    assert words is not None
    assert [field.name for field in words.fields if field.required] == []
