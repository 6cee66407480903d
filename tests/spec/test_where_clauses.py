"""Conditions of specs and where clauses of Define-XML select the same records."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.build.evaluate import Table, condition
from cdisc.define.conditions import selected
from cdisc.errors import Location, SpecError
from cdisc.model import Condition
from cdisc.spec.expression_parser import parse_condition
from cdisc.spec.where_clauses import conditions_of

AT = Location("define/displays.yaml", 3)
TEXTS = st.sampled_from(["A", "B", "C", None])
NUMBERS = st.sampled_from([0.0, 1.0, 2.5, None])
PARTS = st.sampled_from(
    [
        'X == "A"', 'X != "A"', 'X in ["A", "B"]', 'X not in ["A", "B"]', "missing(X)",
        "not missing(X)", "N == 1", "N != 1", "N < 2.5", "N >= 1", "2.5 > N", "1 == N",
        "missing(N)", "not missing(N)", "N in [0, 1]", '"A" != X',
    ]
)  # fmt: skip


def clauses(text: str) -> tuple[Condition, ...]:
    return conditions_of(parse_condition(text, AT), AT)


@given(st.lists(st.tuples(TEXTS, NUMBERS), max_size=12), st.lists(PARTS, min_size=1, max_size=3))
def test_both_select_the_same_records(
    rows: list[tuple[str | None, float | None]], parts: list[str]
) -> None:
    text = " and ".join(parts)
    frame = pd.DataFrame(
        {
            "X": pd.Series([row[0] for row in rows], dtype="str"),
            "N": pd.Series([row[1] for row in rows], dtype="float64"),
        }
    )
    expression = parse_condition(text, AT)
    by_spec = condition(expression, Table(lambda ref: frame[ref.name], len(frame), AT))
    by_clause = selected(frame, conditions_of(expression, AT), "ADXX")
    assert np.asarray(by_spec).tolist() == by_clause.tolist()


def test_nothing_is_no_clause() -> None:
    assert conditions_of(None, AT) == ()


def test_not_equal_keeps_missing_out() -> None:
    assert clauses('X != "A"') == (Condition("X", "NE", ("A",)), Condition("X", "NE", ("",)))


def test_numbers_are_written_in_full() -> None:
    assert clauses("N == 0.1")[0].values == ("0.1",)
    assert clauses("N == 1")[0].values == ("1",)


@pytest.mark.parametrize(
    "text", ['X == "A" or X == "B"', "N + 1 == 2", 'starts_with(X, "A")', "X == Y"]
)
def test_what_a_where_clause_cannot_say_is_refused_with_what_it_can(text: str) -> None:
    with pytest.raises(SpecError, match=r"displays.yaml:3: .* cannot be a where clause.*joined by"):
        clauses(text)
