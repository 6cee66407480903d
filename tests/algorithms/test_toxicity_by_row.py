"""Toxicity grades by a second route: one record after another, straight from the table."""

import re
from decimal import Decimal

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.measurements.toxicity import toxicity_grade
from tests.algorithms.columns import numbers, text
from tests.algorithms.toxicity_table import TABLE, UNITS


def rounded(value):
    """A number at 15 significant digits, by way of its decimal text."""
    return Decimal(f"{Decimal(value):.14e}")


def slow_grade(term, direction, value, low, high, base, indicator, after, wording):
    """The grade by reading every row of the table for this one result."""
    limits = {"LLN": low, "ULN": high, "BASE": base if after else None}
    wanted = ("LOW",) if direction == "low" else ("HIGH",)
    abnormal = after and base is not None and indicator in wanted
    best, unclear = 0, False
    for row in TABLE:
        if (row["term"], row["direction"]) != (term, direction):
            continue
        if row["assuming"] and wording == "least":
            continue
        if row["baseline"] and (row["baseline"] == "abnormal") != abnormal:
            continue
        answers = []
        for part in row["criterion"].split(" and "):
            sign = re.match("<=|>=|<|>", part)[0]
            expression = part[len(sign) :]
            name = next((n for n in limits if n in expression), None)
            if name and limits[name] is None:
                answers.append("unknown" if name != "BASE" else "no")
                continue
            if name:
                factor, _, _ = expression.rpartition(f"*{name}")
                _, _, more = expression.partition("+")
                limit = Decimal(repr(limits[name])) * Decimal(factor or "1") + Decimal(more or "0")
            else:
                limit = Decimal(expression)
            left, right = rounded(repr(value)), rounded(limit)
            true = {
                "<": left < right,
                "<=": left <= right,
                ">": left > right,
                ">=": left >= right,
            }[sign]
            answers.append("yes" if true else "no")
        if all(answer == "yes" for answer in answers):
            best = max(best, int(row["grade"]))
        elif "no" not in answers:
            unclear = True
    return None if best == 0 and unclear else str(best)


KEYS = sorted({(row["term"], row["direction"]) for row in TABLE})
amounts = st.one_of(
    st.decimals(0, 30, places=2).map(float),
    st.decimals(0, 500, places=1).map(float),
    st.sampled_from([0.1 + 0.2, 3 * 1.1, 1.1 * 1.5, 129.0, 80.0, 0.7 + 0.1, 1.5 * 4.4]),
)
maybe = st.one_of(st.none(), amounts)
records = st.lists(
    st.tuples(
        st.sampled_from(KEYS),
        amounts,
        maybe,
        maybe,
        maybe,
        st.sampled_from([None, "NORMAL", "LOW", "HIGH"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=300)
@given(records, st.sampled_from(["worst", "least"]))
def test_grades_agree_with_the_table_read_row_by_row(rows, wording):
    for direction in ("low", "high"):
        chosen = [row for row in rows if row[0][1] == direction]
        result = toxicity_grade(
            numbers(*(r[1] for r in chosen)),
            text(*(r[0][0] for r in chosen)),
            direction,
            text(*(UNITS[r[0][0]] for r in chosen)),
            numbers(*(r[2] for r in chosen)),
            numbers(*(r[3] for r in chosen)),
            numbers(*(r[4] for r in chosen)),
            text(*(r[5] for r in chosen)),
            np.array([r[6] for r in chosen], dtype=bool),
            wording,
        )
        assert result.issues == ()
        found = [None if pd.isna(v) else v for v in result.values]
        assert found == [slow_grade(*r[0], r[1], *r[2:5], r[5], r[6], wording) for r in chosen]


@settings(max_examples=50)
@given(records, st.randoms(use_true_random=False))
def test_grades_do_not_depend_on_the_order_of_the_records(rows, random):
    def run(order):
        chosen = [rows[i] for i in order]
        values = toxicity_grade(
            numbers(*(r[1] for r in chosen)),
            text(*(r[0][0] for r in chosen)),
            "high",
            text(*(UNITS[r[0][0]] for r in chosen)),
            high=numbers(*(r[3] for r in chosen)),
        ).values
        return {i: None if pd.isna(v) else v for i, v in zip(order, values, strict=True)}

    shuffled = list(range(len(rows)))
    random.shuffle(shuffled)
    assert run(range(len(rows))) == run(shuffled)
