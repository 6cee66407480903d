"""Numbers of a subject over records of other datasets."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.events.subject_summaries import summary_over
from cdisc.errors import UsageError

PEOPLE = pd.Series(["A", "B", "C"], dtype="str")


def source(*rows, start=0, dtype="float64"):
    by, value = zip(*rows, strict=True) if rows else ((), ())
    columns = {"by": pd.Series(by, dtype="str"), "value": pd.Series(value, dtype=dtype)}
    return Selected("EX", columns, np.arange(len(by)) + start)


DOSES = source(("A", 2), ("A", 1.9), ("B", None), ("A", 2), ("X", 5), (None, 7))


def over(*parts, take, if_none="zero"):
    values = summary_over(parts, take, if_none, subject=PEOPLE).values
    return [None if pd.isna(v) else v for v in values]


def test_how_many_and_how_much():
    assert over(DOSES, take="count") == [3, 0, 0]
    assert over(DOSES, take="sum") == [5.9, 0, 0]
    assert over(DOSES, take="distinct") == [2, 0, 0]
    assert over(DOSES, take="max", if_none="missing") == [2, None, None]
    assert over(DOSES, take="min", if_none="missing") == [1.9, None, None]


def test_several_selections_are_one():
    lines = source(("A", "LINE 1"), ("B", "LINE 2"), dtype="str")
    more = source(("A", "LINE 1"), ("A", "LINE 3"), dtype="str")
    assert over(lines, more, take="distinct") == [2, 1, 0]


def test_it_comes_from_the_records_it_was_made_of():
    (link,) = summary_over((DOSES,), "sum", "zero", subject=PEOPLE).links
    assert (link.rows.tolist(), link.parent_rows.tolist()) == ([0, 0, 0], [0, 1, 3])


def test_every_row_of_a_subject_comes_from_its_records():
    subjects = pd.Series(["A", "B", "A", None], dtype="str")
    result = summary_over((DOSES,), "sum", "zero", subject=subjects)
    (link,) = result.links
    pairs = sorted(zip(link.rows.tolist(), link.parent_rows.tolist(), strict=True))
    assert pairs == [(0, 0), (0, 1), (0, 3), (2, 0), (2, 1), (2, 3)]


def test_text_has_no_sum():
    with pytest.raises(UsageError, match="takes the sum of numbers"):
        over(source(("A", "2"), dtype="str"), take="sum")


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 999)), max_size=20), st.randoms())
def test_a_sum_of_decimals_is_exact_and_independent_of_order(rows, random):
    tenths = [(person, value / 10) for person, value in rows]
    random.shuffle(tenths)
    wanted = [float(Fraction(sum(v for p, v in rows if p == person), 10)) for person in "ABC"]
    assert all(map(math.isclose, over(source(*tenths), take="sum"), wanted))
    assert over(source(*tenths), take="sum") == wanted
