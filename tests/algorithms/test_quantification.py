"""Results outside the limits of quantification."""

import pytest

from cdisc.algorithms.measurements.quantification import (
    Quantified,
    quantified_type,
    quantified_value,
)
from tests.algorithms.columns import numbers, plain, text


def both(result, **arguments):
    value, kind = (
        quantified_value(Quantified(result, **arguments)),
        quantified_type(Quantified(result, **arguments)),
    )
    assert kind.issues == ()
    return plain(value.values), plain(kind.values), [i.rule for i in value.issues]


def test_below_the_lower_limit_is_half_of_it_and_says_so():
    assert both(text("<7.8", "12", None)) == ([3.9, 12, None], ["HALFLLOQ", None, None], [])


def test_the_limit_of_the_column_stands_over_the_one_written():
    assert both(text("<7.8", "<7.8"), lower=numbers(10, None))[0] == [5, 3.9]


def test_above_the_upper_limit_is_the_limit():
    assert both(text(">500", ">500"), upper=numbers(None, 400)) == (
        [500, 400],
        ["ULOQ", "ULOQ"],
        [],
    )


def test_words_need_a_limit():
    assert both(text("BLQ", "BLQ"), lower=numbers(50, None)) == (
        [25, None],
        ["HALFLLOQ", None],
        ["quantified_value.no_limit"],
    )


@pytest.mark.parametrize(
    ("below", "value", "kind"),
    [
        ("half", 3.9, "HALFLLOQ"),
        ("limit", 7.8, "LLOQ"),
        ("zero", 0, "ZERO"),
        ("missing", None, None),
    ],
)
def test_the_convention_is_declared(below, value, kind):
    assert both(text("<7.8"), below=below) == ([value], [kind], [])


def test_above_may_be_missing_too():
    assert both(text(">500"), above="missing") == ([None], [None], [])


def test_other_text_is_no_number():
    assert both(text("HEMOLYZED", "＜7.8")) == (
        [None, 3.9],
        [None, "HALFLLOQ"],
        ["quantified_value.unreadable"],
    )
    (told,) = quantified_value(Quantified(text("12", "HEMOLYZED", None))).issues
    assert (told.rows.tolist(), list(told.values)) == ([1], ["HEMOLYZED"])


def test_words_are_known_in_any_case():
    result = text("BLQ", "Below limit", "blq")
    words = {"words": ("blq", "BELOW LIMIT"), "lower": numbers(50, 50, 50)}
    assert both(result, **words) == ([25, 25, 25], ["HALFLLOQ"] * 3, [])


def test_at_most_a_number_is_not_below_a_limit_of_quantification():
    assert both(text("<=3", "≥500")) == (
        [None, None],
        [None, None],
        ["quantified_value.unreadable"],
    )
