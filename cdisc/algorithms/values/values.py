"""Values as they are: constants, copies, first present, choices, numbers, expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.arguments import Column, Columns, Condition, Expression, Result, RowCount
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.numbers import decimal, round_half_up
from cdisc.algorithms.columns.uniques import TEXT, arrow_text, distinct, text_column
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError


@algorithm(main="value", origin="Assigned", gives="text")
def constant(value: str, index: RowCount) -> Result:
    """The same value on every record.

    1. Write the value as the spec gives it.

    Missing: never missing, unless the value is empty.
    Source: SDTMIG 3.4, section 4.1.2 (assigned values such as DOMAIN).
    Example: `constant: AE` gives AE on every record.

    Args:
        value: the text to write; a numeric variable holds it as a number.
        index: how many records there are.
    """
    return Result(pd.Series([value.strip() or None] * index, dtype=TEXT))


@algorithm(main="of", origin="Carried", method="Copied from {of}.")
def copy(of: Column) -> Result:
    """The value as collected, unchanged.

    1. Take the value of the column.

    Missing: stays missing.
    Source: SDTMIG 3.4, section 4.1.1 (collected values are submitted as collected).
    Example: `copy: AETERM` gives the text of AETERM as received.

    Args:
        of: the column to copy.
    """
    return Result(of)


@algorithm(main="of", origin="Carried", method="First value present, in this order: {of}.")
def first_present(of: Columns) -> Result:
    """The first value that is not missing among several columns.

    1. Go through the columns in the order written; take the first value present.

    Missing: missing when every column is. Empty and blank texts are missing. If any of the
    columns is text, so is the result, numbers written without trailing zeros.
    Source: the order of preference the spec declares.
    Example: of [AELLT, AETERM] gives AETERM where AELLT is missing.

    Args:
        of: the columns, the preferred one first.
    """
    if not of:
        raise UsageError("first_present needs at least one column")
    columns = _one_type(list(of))
    values = columns[0]
    for column in columns[1:]:
        values = values.where(values.notna(), column)
    return Result(values)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One case of a choice: the condition, and the text or the column whose value to take.

    Args:
        when: the condition that must hold.
        text: the text to write.
        value: the column whose value to take.
    """

    when: Condition
    text: str | None = None
    value: Column | None = None

    @staticmethod
    def in_words(texts: Mapping[str, str]) -> str:
        """`when AGE >= 18, text ADULT`; what gives an empty text gives null."""
        if texts["value"]:
            return f"when {texts['when']}, value {texts['value']}"
        return f"when {texts['when']}, {'text ' + texts['text'] if texts['text'] else 'null'}"


def _choose_method(texts: Mapping[str, str]) -> str:
    otherwise = texts.get("otherwise") or "null"
    return f"First that holds: {texts['cases']}; otherwise {otherwise}."


@algorithm(main="cases", method=_choose_method)
def choose(cases: tuple[Case, ...], otherwise: str | None = None) -> Result:
    """The value of the first case whose condition holds.

    1. Go through the cases in the order written; the first condition that is true decides.
    2. Where none is true, take `otherwise`.

    Missing: missing where no condition holds and there is no `otherwise`, or where the column
    of the deciding case is missing. A comparison with a missing value is not true.
    Source: the cases the spec declares.
    Example: cases [{when: AGE >= 18, text: ADULT}], otherwise CHILD gives ADULT for 42.

    Args:
        cases: conditions with the text or column each one gives.
        otherwise: the text where no condition holds.
    """
    if not cases:
        raise UsageError("choose needs at least one case")
    choices: list[pd.Series[Any] | str] = []
    for number, case in enumerate(cases, 1):
        if (case.text is None) == (case.value is None):
            raise UsageError(f"case {number} of choose needs either a text or a value")
        choices.append(case.value if case.value is not None else case.text or "")
    count = len(cases[0].when)
    columns = [choice for choice in choices if not isinstance(choice, str)]
    if not otherwise and len(columns) == len(choices) and all(map(_is_number, columns)):
        numbers = np.full(count, np.nan)
        for case, column in zip(reversed(cases), reversed(columns), strict=True):
            numbers[case.when] = column.to_numpy(dtype=np.float64, na_value=np.nan)[case.when]
        return Result(pd.Series(numbers))
    if not otherwise and len(columns) == len(choices) and all(map(_is_date, columns)):
        dates = np.full(count, np.datetime64("NaT", "s"))
        for case, column in zip(reversed(cases), reversed(columns), strict=True):
            dates[case.when] = column.to_numpy(dtype="datetime64[s]")[case.when]
        return Result(pd.Series(dates))
    texts = pa.repeat(_choice(otherwise or ""), count)
    for case, choice in zip(reversed(cases), reversed(choices), strict=True):
        texts = pc.if_else(pa.array(case.when), _choice(choice), texts)
    return Result(pd.Series(pd.array(texts, dtype=TEXT)))


def _one_type(columns: list[pd.Series[Any]]) -> list[pd.Series[Any]]:
    """The columns as they are if all are dates, as numbers if all are, else as text."""
    if all(map(_is_number, columns)):
        return [column.astype(np.float64) for column in columns]
    if all(map(_is_date, columns)):
        return columns
    return [text_column(column) for column in columns]


def _is_number(column: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column.dtype))


def _is_date(column: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(column.dtype))


def _choice(choice: pd.Series[Any] | str) -> pa.Scalar | pa.Array:
    """Texts for Arrow, one for all rows or one a row; blank ones are missing."""
    if isinstance(choice, str):
        return pa.scalar(choice if choice.strip() else None, pa.large_string())
    return arrow_text(text_column(choice))


@algorithm(main="expression", method="{expression}")
def compute(expression: Expression) -> Result:
    """The value of an expression over the columns of a record.

    1. Evaluate the expression for each record.

    Missing: missing where a value that the expression needs is. A result that is not a finite
    number, as of a division by zero, is missing with a finding.
    Source: the expression the spec declares.
    Example: `compute: DOSE / WEIGHT` gives 2 for 160 and 80.

    Args:
        expression: arithmetic and functions over columns.
    """
    if not pd.api.types.is_float_dtype(expression.dtype):
        return Result(expression)
    infinite = np.isinf(expression.to_numpy(dtype=np.float64))
    return Result(
        expression.mask(infinite),
        issue("compute.not_finite", "the expression has no finite value", infinite),
    )


@algorithm(main="of", origin="Carried", method="{of} as a number.", gives="number")
def number(of: Column, if_text: Literal["finding", "missing"] = "finding") -> Result:
    """The number that a text writes.

    1. Read full-width digits as digits and drop blanks around the text.
    2. Read an optional sign, digits with or without a decimal point, and an exponent.

    Missing: stays missing. A text that is no number (`<5`, `1,5`) gives a missing value, and a
    finding unless `if_text: missing`.
    Source: SDTMIG 3.4, section 4.5.1 (numeric results beside results as collected).
    Example: `2.50` gives 2.5.

    Args:
        of: the text to read.
        if_text: what to make of a text that is no number.
    """
    if pd.api.types.is_numeric_dtype(of.dtype):
        return Result(of.astype(np.float64))
    values = distinct(of)
    exact = [decimal(text) for text in values.texts]
    numbers = values.numbers([np.nan if value is None else float(value) for value in exact])
    if if_text == "missing":
        return Result(numbers)
    bad = values.flags([value is None for value in exact])
    return Result(numbers, issue("number.not_a_number", "{value} is not a number", bad, of))


@algorithm(main="of", method="{of} rounded half up to {digits} decimal digits.", gives="number")
def round_number(of: Column, digits: int) -> Result:
    """A number rounded to decimal digits, half away from zero.

    1. Round the decimal number as written: 2.675 to two digits is 2.68.

    Missing: stays missing.
    Source: the usual rounding of clinical reports (halves go away from zero, as in SAS ROUND).
    Example: of 2.5, digits 0 gives 3; of -2.5 gives -3.

    Args:
        of: the number.
        digits: decimal digits to keep.
    """
    values = of.to_numpy(dtype=np.float64, na_value=np.nan)
    return Result(pd.Series(round_half_up(values, digits)))
