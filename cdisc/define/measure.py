"""What only the data can tell: lengths, significant digits and data types."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.columns.coded import coded
from cdisc.algorithms.columns.uniques import arrow_text
from cdisc.define.conditions import selected
from cdisc.define.iso8601 import (
    DATE_TYPES,
    DURATION_TYPES,
    complete_type,
    date_type,
    duration_type,
    is_date_name,
    is_duration_name,
)
from cdisc.model import Dataset, ValueLevel, Variable
from cdisc.standards.sas_format import parse_format

LENGTH_TYPES = frozenset({"text", "integer", "float"})
"""Data types for which Define-XML 2.1 asks a Length; the others have none (section 5.3.12)."""

_XPT_NUMBER_BYTES = 8
_MAX_DECIMALS = 30
_RELATIVE_TOLERANCE = 1e-15
_DOUBLE_DIGITS = 15
_INTEGER_TEXT = re.compile(r"-?(?:0|[1-9]\d*)")
_DECIMAL_TEXT = re.compile(r"-?(?:0|[1-9]\d*)?(?:\.\d+)?(?<=\d)")


@dataclass(frozen=True, slots=True)
class Measure:
    """Data type, Length and SignificantDigits as Define-XML wants them."""

    data_type: str
    length: int
    significant_digits: int | None = None


@dataclass(frozen=True, eq=False)
class Present:
    """The values of a column that are there: distinct texts, numbers, or dates and times.

    Texts are an Arrow array, each of them once; numbers are float64, one a record; of dates
    nothing but their `count` matters. What is empty or missing is left out.
    """

    texts: pa.Array | None
    numbers: npt.NDArray[np.float64] | None
    count: int

    @classmethod
    def of(cls, values: Values) -> Present:
        """The values of a column or of some of its rows."""
        if isinstance(values, Present):
            return values
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            return cls(None, None, int(values.notna().sum()))
        if pd.api.types.is_numeric_dtype(values.dtype):
            numbers = values.to_numpy(dtype="float64", na_value=np.nan)
            numbers = numbers[~np.isnan(numbers)]
            return cls(None, numbers, len(numbers))
        return cls.of_texts(coded(arrow_text(values)).texts)

    @classmethod
    def reader(cls, column: pd.Series[Any]) -> Callable[[npt.NDArray[np.intp]], Present]:
        """Gives the values of some rows of a column, again and again; all of them have one."""
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            return lambda rows: cls(None, None, len(rows))
        if pd.api.types.is_numeric_dtype(column.dtype):
            numbers = column.to_numpy(dtype="float64", na_value=np.nan)
            return lambda rows: cls(None, numbers[rows], len(rows))
        found = coded(arrow_text(column))
        return lambda rows: cls.of_texts(found.on(rows))

    @classmethod
    def of_texts(cls, texts: pa.Array) -> Present:
        """Distinct texts, the empty one perhaps among them."""
        if pc.index(texts, "").as_py() >= 0:
            texts = texts.filter(pc.not_equal(texts, ""))
        return cls(texts, None, len(texts))

    @cached_property
    def distinct(self) -> list[str]:
        """The distinct texts; none for numbers and dates."""
        found: list[str] = [] if self.texts is None else self.texts.to_pylist()
        return found

    @cached_property
    def shapes(self) -> list[str]:
        """The distinct texts with 9 for every digit, which is all that a date's type hangs on."""
        if self.texts is None:
            return []
        found: list[str] = pc.unique(
            pc.replace_substring_regex(self.texts, "[0-9]", "9")
        ).to_pylist()
        return found


Values: TypeAlias = "pd.Series[Any] | Present"


def data_type_of(variable: Variable, values: Values) -> str:
    """The Define-XML data type of a variable with these values (missing ones are ignored).

    Num: `integer` when every value is whole, else `float`; SAS dates and times are `integer`
    with a display format. Char: `--DTC` the narrowest ISO 8601 date type all values fit, `--DUR`,
    `--ELTM` and their like `durationDatetime`, everything else `text`. Without a value the
    declared type stays where it is possible.
    """
    present = Present.of(values)
    if variable.type == "Num":
        if not present.count:
            return variable.data_type if variable.data_type in ("integer", "float") else "integer"
        if present.numbers is None:
            return "integer"
        return "integer" if bool((present.numbers == np.rint(present.numbers)).all()) else "float"
    if is_date_name(variable.name):
        if not present.count:
            return variable.data_type if variable.data_type in DATE_TYPES else "datetime"
        return date_type(present.shapes)
    if is_duration_name(variable.name):
        if not present.count:
            return (
                variable.data_type if variable.data_type in DURATION_TYPES else "durationDatetime"
            )
        return duration_type(present.shapes)
    return "text"


def measured(dataset: Dataset) -> Dataset:
    """The dataset with data types, lengths and significant digits as its frame has them.

    Char lengths are the longest value in bytes of UTF-8 (1 without values, the least a transport
    file can hold). Numbers get the digits of the largest value; a float also the decimals needed
    to write every value at 15 significant digits, no more than its format shows. Value levels
    already declared are measured on the records of their where clause. Nothing else changes; the
    frame is the same object.
    """
    frame = dataset.frame
    variables = []
    for variable in dataset.variables:
        column = frame[variable.name]
        values = Present.of(column)
        found = measure(values, data_type_of(variable, values), decimals_shown(variable))
        changed = replace(
            variable,
            data_type=found.data_type,
            length=found.length,
            significant_digits=found.significant_digits,
        )
        levels = tuple(
            measured_level(changed, level, column[selected(frame, level.where, dataset.name)])
            for level in variable.values
        )
        variables.append(replace(changed, values=levels))
    return replace(dataset, variables=tuple(variables))


def common_lengths(datasets: Sequence[Dataset]) -> list[Dataset]:
    """The datasets with one length for each Char variable name: the longest of those measured.

    FDA's Technical Conformance Guide wants a variable to be equally long in every dataset of a
    package, and supplemental qualifiers, which are left as they are, as short as their own values.
    """
    longest: dict[str, int] = {}
    shared = [dataset for dataset in datasets if not dataset.name.startswith("SUPP")]
    for variable in (v for dataset in shared for v in dataset.variables if v.type == "Char"):
        longest[variable.name] = max(longest.get(variable.name, 1), variable.length or 1)
    return [
        dataset
        if dataset.name.startswith("SUPP")
        else replace(
            dataset,
            variables=tuple(
                replace(v, length=longest[v.name]) if v.type == "Char" else v
                for v in dataset.variables
            ),
        )
        for dataset in datasets
    ]


def measured_level(variable: Variable, level: ValueLevel, values: Values) -> ValueLevel:
    """A declared value level with the length of its values, and its type where the data refute it.

    `text` declared stays text, `float` declared stays float over whole numbers; a declared number
    or date that a value does not fit becomes what the values are.
    """
    values = Present.of(values)
    if not values.count:
        length = level.length or (variable.length if level.data_type in LENGTH_TYPES else None)
        digits = level.significant_digits
        if level.data_type == "float" and digits is None:
            digits = variable.significant_digits or 0
        return replace(level, length=length, significant_digits=digits)
    seen = result_type(variable, values, codelist=level.codelist or variable.codelist)
    fits = level.data_type in ("text", seen) or (level.data_type == "float" and seen == "integer")
    found = measure(values, level.data_type if fits else seen, decimals_shown(variable))
    return replace(
        level,
        data_type=found.data_type,
        length=found.length,
        significant_digits=found.significant_digits,
    )


def result_type(variable: Variable, values: Values, *, codelist: str = "") -> str:
    """The data type of a result variable on some of its records.

    As `data_type_of`, but the text of a Char variable is looked at: whole numbers are `integer`,
    decimals `float`, complete ISO 8601 dates and durations what they are. Coded values, numbers
    with leading zeros and numbers of more than 15 digits are `text`.
    """
    present = Present.of(values)
    general = data_type_of(variable, present)
    if variable.type == "Num" or general != "text" or codelist or is_date_name(variable.name):
        return general
    texts = present.distinct
    if not texts:
        return "text"
    if all(_is_number_text(text) for text in texts):
        return "integer" if all(_INTEGER_TEXT.fullmatch(text) for text in texts) else "float"
    return complete_type(present.shapes)


def decimals_shown(variable: Variable) -> int | None:
    """How many decimals the format of a number shows (`8.2`: 2); None if it does not say.

    They are what a study says counts of a computed value, which as stored has some fifteen digits.
    """
    if variable.type != "Num" or not variable.format:
        return None
    shown = parse_format(variable.format)
    return shown.decimals if shown is not None and shown.name in ("", "F", "COMMA") else None


def measure(values: Values, data_type: str, most: int | None = None) -> Measure:
    """Length and significant digits of values of that data type, of numbers at `most` decimals."""
    present = Present.of(values)
    if present.numbers is not None:
        return _measure_numbers(present.numbers, data_type, most)
    if present.texts is None:
        return Measure("integer", _XPT_NUMBER_BYTES)
    if data_type in ("integer", "float") and present.count:
        return _measure_number_texts(present.distinct, data_type)
    longest = pc.max(pc.binary_length(present.texts)).as_py()
    return Measure(data_type, max(longest or 1, 1))


def _measure_numbers(numbers: npt.NDArray[np.float64], data_type: str, most: int | None) -> Measure:
    decimals = 0 if data_type == "integer" else _decimals(numbers)
    if most is not None and most < decimals:
        numbers, decimals = np.round(numbers, most), most
    digits = None if data_type == "integer" else decimals
    if not len(numbers):
        return Measure(data_type, _XPT_NUMBER_BYTES, digits)
    return Measure(data_type, _whole_digits(float(np.abs(numbers).max())) + decimals, digits)


def _whole_digits(largest: float) -> int:
    return len(str(int(largest)))


def _decimals(numbers: npt.NDArray[np.float64]) -> int:
    """Decimals needed to write every number at 15 significant digits."""
    return int(decimals_of(numbers).max(initial=0))


def decimals_of(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Decimals needed to write each number at 15 significant digits; 0 for infinite ones."""
    needed = np.zeros(len(numbers), dtype=np.int64)
    open_ = np.flatnonzero(np.isfinite(numbers))
    for decimals in range(_MAX_DECIMALS):
        rest = np.abs(numbers[open_])
        scaled = rest * 10.0**decimals
        open_ = open_[np.abs(scaled - np.rint(scaled)) > scaled * _RELATIVE_TOLERANCE]
        if not len(open_):
            break
        needed[open_] = decimals + 1
    return needed


def _measure_number_texts(texts: list[str], data_type: str) -> Measure:
    parts = [text.lstrip("-").partition(".") for text in texts]
    whole = max(max(len(before), 1) for before, _, _ in parts)
    decimals = max(len(after) for _, _, after in parts)
    if data_type == "integer":
        return Measure("integer", whole)
    return Measure("float", whole + decimals, decimals)


def _is_number_text(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    return digits <= _DOUBLE_DIGITS and _DECIMAL_TEXT.fullmatch(text) is not None
