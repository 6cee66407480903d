"""Which records a where clause selects."""

from __future__ import annotations

import pandas as pd
import pytest

from cdisc.define.conditions import selected
from cdisc.errors import SpecError
from cdisc.model import Condition


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "CAT": pd.Series(["A", "B", None, "A"], dtype="str"),
            "N": pd.Series([1.0, 2.0, 3.0, None]),
        }
    )


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        (Condition("CAT", "EQ", ("A",)), [0, 3]),
        (Condition("CAT", "EQ", ("",)), [2]),
        (Condition("CAT", "IN", ("A", "")), [0, 2, 3]),
        (Condition("CAT", "NE", ("A",)), [1, 2]),
        (Condition("CAT", "NOTIN", ("A", "B")), [2]),
        (Condition("CAT", "GT", ("A",)), [1]),
        (Condition("N", "EQ", ("2",)), [1]),
        (Condition("N", "IN", ("1.0", "3")), [0, 2]),
        (Condition("N", "LT", ("2",)), [0]),
        (Condition("N", "LE", ("2",)), [0, 1]),
        (Condition("N", "GT", ("2",)), [2]),
        (Condition("N", "GE", ("2",)), [1, 2]),
        (Condition("N", "NE", ("2",)), [0, 2, 3]),
        (Condition("N", "GE", ("",)), []),
    ],
)
def test_one_condition(frame: pd.DataFrame, condition: Condition, rows: list[int]) -> None:
    mask = selected(frame, [condition], "XX")
    assert frame.index[mask].tolist() == rows


def test_all_conditions_hold_together_and_none_selects_everything(frame: pd.DataFrame) -> None:
    both = [Condition("CAT", "EQ", ("A",)), Condition("N", "GE", ("1",))]
    assert selected(frame, both, "XX").tolist() == [True, False, False, False]
    assert selected(frame, [], "XX").all()


def test_what_cannot_be_compared_is_located(frame: pd.DataFrame) -> None:
    with pytest.raises(SpecError, match=r"XX\.N: .*compares the number N with text: high"):
        selected(frame, [Condition("N", "EQ", ("high",))], "XX")
    with pytest.raises(SpecError, match=r"XX: .*names CATT.*Did you mean CAT\?"):
        selected(frame, [Condition("CATT", "EQ", ("A",))], "XX")
