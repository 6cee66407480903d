"""Which variables an XPT file gets: names, labels, formats and lengths, checked before any data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cdisc.errors import Location, WriteError, did_you_mean
from cdisc.model import Variable
from cdisc.standards.sas_format import HINT, SasFormat, parse_format
from cdisc.write.number_column import NumberColumn
from cdisc.write.open_column import open_column
from cdisc.write.tally import quote
from cdisc.write.text_column import TextColumn
from cdisc.write.xpt_header import MAX_VARIABLES

MAX_NAME = 8
MAX_LABEL = 40
MAX_TEXT = 200
NUMBER_LENGTH = 8

_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Planned:
    """One variable of the file: `length` is the declared bytes, None where the data decide."""

    name: str
    label: bytes
    format: SasFormat
    column: TextColumn | NumberColumn
    length: int | None
    at: Location


def plan_variables(
    frame: pd.DataFrame,
    dataset: str,
    variables: Sequence[Variable] | None,
    given: Mapping[str, Mapping[str, object]],
    encoding: str,
    errors: list[WriteError],
) -> list[Planned]:
    """The variables in the order of `variables`, otherwise of the frame; problems go to `errors`.

    `given` holds the caller's `labels`, `formats` and `lengths`, each by variable name; they take
    precedence over `variables`.
    """
    names = list(frame.columns)
    wrong = _check_columns(dataset, names) or _compare_names(dataset, names, variables, given)
    errors.extend(wrong)
    if wrong:
        return []
    declared = {variable.name: variable for variable in variables or ()}
    planned = []
    for name in list(declared) or names:
        variable = declared.get(str(name))
        try:
            planned.append(_plan(frame[name], name, dataset, variable, given, encoding, errors))
        except WriteError as error:
            errors.append(error)
    return planned


def check_name(name: object, at: Location) -> WriteError | None:
    """What is wrong with a dataset or variable name, None when it is 1 to 8 of A-Z, 0-9 and _."""
    if not isinstance(name, str):
        return WriteError(f"the name {name!r} is not text", at=at, hint="Name it as SAS would")
    if not name:
        return WriteError("the name is empty", at=at, hint="Names have 1 to 8 characters")
    if len(name) > MAX_NAME:
        return WriteError(
            f"the name {quote(name)} has {len(name)} characters; XPT version 5 holds at most "
            f"{MAX_NAME}",
            at=at,
            hint="Shorten it",
        )
    if _NAME.fullmatch(name):
        return None
    hint = "Names have letters A-Z, digits and _, and do not begin with a digit"
    if _NAME.fullmatch(name.upper()) and name.isascii():
        hint = f"Use upper case: {name.upper()}"
    return WriteError(f"the name {quote(name)} is not a SAS name", at=at, hint=hint)


def pack_label(label: str, encoding: str, at: Location) -> bytes:
    """The label in bytes. Raises WriteError when it has over 40 bytes or characters XPT lacks."""
    try:
        raw = label.encode(encoding)
    except UnicodeEncodeError as error:
        raise WriteError(
            f"the label {quote(label)} has the character {label[error.start]!a}, which "
            f"{encoding} does not have",
            at=at,
            hint="Use plain characters in labels",
        ) from error
    if any(byte < 32 or byte == 127 for byte in raw):
        raise WriteError(
            f"the label {quote(label)} has control characters",
            at=at,
            hint="Remove them or replace them by blanks",
        )
    if len(raw) > MAX_LABEL:
        raise WriteError(
            f"the label {quote(label)} has {len(raw)} bytes; XPT holds at most {MAX_LABEL}",
            at=at,
            hint="Shorten it",
        )
    return raw


def _plan(
    series: pd.Series,
    name: object,
    dataset: str,
    variable: Variable | None,
    given: Mapping[str, Mapping[str, object]],
    encoding: str,
    errors: list[WriteError],
) -> Planned:
    at = Location(name=f"{dataset}.{name}")
    wrong = check_name(name, at)
    if wrong is not None:
        raise wrong
    name = str(name)
    label = str(given["labels"].get(name, variable.label if variable else ""))
    fmt = _format(str(given["formats"].get(name, variable.format if variable else "")), at)
    column = _typed_column(series, fmt, encoding, variable, at)
    if fmt.name and fmt.is_character == column.numeric:
        kind = "a number" if column.numeric else "text"
        errors.append(
            WriteError(
                f"is {kind}, which the format {fmt} is not for",
                at=at,
                hint="Formats for text begin with $, formats for numbers do not",
            )
        )
    declared = None if variable is None or column.numeric else variable.length
    length = given["lengths"].get(name, declared)
    if length is not None:
        _check_length(length, column.numeric, at)
    raw = pack_label(label, encoding, at)
    return Planned(name, raw, fmt, column, None if length is None else int(str(length)), at)


def _typed_column(
    series: pd.Series, fmt: SasFormat, encoding: str, variable: Variable | None, at: Location
) -> TextColumn | NumberColumn:
    """The column as its declared type; a column without any value fits either type."""
    if variable is not None and series.isna().all():
        dtype = "str" if variable.type == "Char" else "float64"
        series = pd.Series([None] * len(series), dtype=dtype)
    column = open_column(series, fmt, encoding, at)
    if variable is not None and (variable.type == "Num") != column.numeric:
        holds = "numbers" if column.numeric else "text"
        raise WriteError(
            f"is declared {variable.type} but the column holds {holds} ({series.dtype})",
            at=at,
            hint="Convert the values, or declare the type they have",
        )
    return column


def _format(text: str, at: Location) -> SasFormat:
    fmt = parse_format(text)
    if fmt is None:
        raise WriteError(
            f"{quote(text)} is not a SAS format",
            at=at,
            hint=HINT,
        )
    return fmt


def _check_length(length: object, numeric: bool, at: Location) -> None:
    if not isinstance(length, int) or isinstance(length, bool):
        raise WriteError(
            f"the length {length!r} is not a whole number", at=at, hint="Give it in bytes"
        )
    if numeric and length != NUMBER_LENGTH:
        raise WriteError(
            f"the length {length} is declared for a number",
            at=at,
            hint=f"Numbers always take {NUMBER_LENGTH} bytes; leave the length out",
        )
    if not 1 <= length <= MAX_TEXT:
        raise WriteError(
            f"the length {length} is not between 1 and {MAX_TEXT}",
            at=at,
            hint=f"XPT version 5 holds texts of 1 to {MAX_TEXT} bytes",
        )


def _check_columns(dataset: str, names: Sequence[object]) -> list[WriteError]:
    """What is wrong with the columns as a whole."""
    if not names:
        return [_error(dataset, "has no variables", "A dataset needs at least one column")]
    if len(names) > MAX_VARIABLES:
        message = f"has {len(names):,} variables; XPT holds at most {MAX_VARIABLES:,}"
        return [_error(dataset, message, "Split the dataset")]
    return [
        _error(f"{dataset}.{name}", "stands in more than one column", "Rename one")
        for name in _repeated(names)
    ]


def _compare_names(
    dataset: str,
    names: Sequence[object],
    variables: Sequence[Variable] | None,
    given: Mapping[str, Mapping[str, object]],
) -> list[WriteError]:
    """Names that the declarations and the columns do not have in common."""
    declared = list(names) if variables is None else [variable.name for variable in variables]
    known = [str(name) for name in names]
    missing = [name for name in declared if name not in names]
    extra = [name for name in names if name not in declared]
    found = [
        *((name, "is declared more than once", "Declare it once") for name in _repeated(declared)),
        *(
            (name, "is declared but not in the data", did_you_mean(str(name), map(str, extra)))
            for name in missing
        ),
        *(
            (name, "is in the data but not declared", "Declare it or leave it out of the data")
            for name in extra
        ),
        *(
            (name, f"is in {argument} but not in the data", did_you_mean(str(name), known))
            for argument, values in given.items()
            for name in values
            if name not in names
        ),
    ]
    return [_error(f"{dataset}.{name}", message, hint) for name, message, hint in found]


def _repeated(names: Sequence[object]) -> list[object]:
    return [name for name, count in Counter(names).items() if count > 1]


def _error(name: str, message: str, hint: str) -> WriteError:
    return WriteError(message, at=Location(name=name), hint=hint)
