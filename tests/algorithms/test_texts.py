"""Joining, splitting and cleaning texts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.columns.uniques import distinct, pair
from cdisc.algorithms.values.texts import (
    clean_text,
    join_text,
    replace_text,
    text_part,
    text_piece,
    upper_case,
)
from cdisc.errors import UsageError
from cdisc.model import Severity
from tests.algorithms.columns import text


def listed(series):
    return [None if pd.isna(value) else value for value in series]


def test_values_are_joined_with_the_separator_and_numbers_plainly():
    result = join_text((text("S1"), pd.Series([7.0]), text("001")), separator="-")
    assert listed(result.values) == ["S1-7-001"]


def test_one_missing_part_makes_the_join_missing_or_is_skipped():
    parts = (text("a", "a", " "), text("b", None, None))
    assert listed(join_text(parts, "-").values) == ["a-b", None, None]
    assert listed(join_text(parts, "-", if_missing="skip").values) == ["a-b", "a", None]


def test_joining_nothing_is_refused():
    with pytest.raises(UsageError):
        join_text(())


@pytest.mark.parametrize(
    ("part", "expected"), [(1, "S1"), (3, "007"), (-1, "007"), (4, None), (-4, None)]
)
def test_parts_count_from_either_end(part, expected):
    assert listed(text_part(text("S1-01-007", None), "-", part).values) == [expected, None]


def test_empty_part_is_missing_and_part_zero_refused():
    assert listed(text_part(text("a--b"), "-", 2).values) == [None]
    with pytest.raises(UsageError):
        text_part(text("a"), "-", 0)


def test_cleaning_makes_full_width_and_superscript_characters_plain():
    result = clean_text(text("ＩＬ－６ ", "kg/m²", "㎎", None))
    assert listed(result.values) == ["IL-6", "kg/m2", "mg", None]
    assert result.issues == ()


def test_declared_replacements_come_first_and_reach_compatibility_forms():
    result = clean_text(text("IFN-α", "2 µmol", "m²"), {"α": "alpha", "μ": "u", "²": "^2"})
    assert listed(result.values) == ["IFN-alpha", "2 umol", "m^2"]
    assert result.issues == ()


def test_characters_beyond_ascii_are_left_with_a_warning():
    result = clean_text(text("naïve", "plain"))
    assert listed(result.values) == ["naïve", "plain"]
    (issue,) = result.issues
    assert (issue.rule, issue.severity) == ("clean_text.not_ascii", Severity.WARNING)
    assert issue.rows.tolist() == [0]


def test_characters_beyond_ascii_are_no_finding_in_a_text_that_is_only_looked_up():
    result = clean_text(text(" 血红蛋白", "ＡＳＴ"), not_ascii="keep")
    assert listed(result.values) == ["血红蛋白", "AST"]
    assert result.issues == ()


def test_upper_case():
    assert listed(upper_case(text("Headache", None)).values) == ["HEADACHE", None]


def test_replacement_is_one_pass_longest_part_first():
    values = replace_text(text("abab", "aab", None), {"a": "b", "ab": "a"}).values
    assert listed(values) == ["aa", "ba", None]


@given(st.lists(st.one_of(st.none(), st.text("ab \t", max_size=3)), max_size=30))
def test_distinct_texts_spread_back_to_the_column(values):
    column = text(*values)
    found = distinct(column)
    expected = [None if v is None or not v.strip() else v for v in values]
    assert listed(found.text(found.array)) == expected
    assert found.missing.tolist() == [v is None for v in expected]
    assert len(set(found.texts)) == len(found.texts)


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3), st.integers(-1, 3)), max_size=30))
def test_pairs_are_the_distinct_combinations(rows):
    columns = [np.array([row[i] for row in rows], dtype=np.int64) for i in range(3)]
    codes, parts = pair(columns)
    rebuilt = list(zip(*(part[codes].tolist() for part in parts), strict=True))
    assert rebuilt == rows
    assert len(parts[0]) == len(set(rows))


def test_a_long_text_is_split_between_words() -> None:
    column = pd.Series(["red and blue", "a", None, "abcdefghijk x"], dtype="str")
    pieces = [text_piece(column, piece=n, size=7).values.tolist() for n in (1, 2, 3)]
    assert pieces[0][:2] == ["red and", "a"]
    assert pieces[0][3] == "abcdefg"
    assert pieces[1][0] == "blue"
    assert pieces[1][3] == "hijk x"
    assert all(pd.isna(value) for value in (*pieces[2], pieces[0][2], pieces[1][1]))


def test_a_text_that_goes_on_after_the_last_piece_is_a_finding() -> None:
    column = text("red and blue", "red and", None)
    result = text_piece(column, piece=1, size=7, last=True)
    assert listed(result.values) == ["red and", "red and", None]
    (said,) = result.issues
    assert (said.rule, said.rows.tolist()) == ("text_piece.goes_on", [0])
    assert said.values is not None
    assert said.values.tolist() == ["red and blue"]
    assert text_piece(column, piece=2, size=7, last=True).issues == ()


@given(st.text("ab é漢", max_size=60), st.integers(4, 20), st.integers(1, 4))
def test_the_last_piece_tells_exactly_when_something_is_left(
    value: str, size: int, piece: int
) -> None:
    column = pd.Series([value], dtype="str")
    left = text_piece(column, piece=piece + 1, size=size).values.notna().all()
    assert bool(text_piece(column, piece=piece, size=size, last=True).issues) == left


@given(st.text("ab é漢", max_size=60), st.integers(4, 20))
def test_no_piece_is_too_long_and_none_of_the_text_is_lost(text: str, size: int) -> None:
    column = pd.Series([text], dtype="str")
    found = []
    for number in range(1, 62):
        value = text_piece(column, piece=number, size=size).values[0]
        if pd.isna(value):
            break
        assert len(value.encode()) <= size
        found.append(value)
    assert "".join(found).replace(" ", "") == (text.replace(" ", "") if text.strip() else "")
