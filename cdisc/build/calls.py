"""Calling an algorithm: its bound arguments become columns, masks, records and plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Issue, Made, Result, Selected
from cdisc.algorithms.columns.records import Groups
from cdisc.algorithms.columns.uniques import is_missing
from cdisc.build.date_values import is_date
from cdisc.build.evaluate import Table, condition, value
from cdisc.build.explain import fits
from cdisc.build.rowset import taken
from cdisc.errors import Location, SpecError, UsageError
from cdisc.model import Codelist
from cdisc.spec import model
from cdisc.spec.expressions import Ref
from cdisc.spec.own_algorithms import is_own, place_in

ROW_ORDER = Ref("row order", "source")


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What a call can see: columns of its own rows, and the rest of the study by name.

    `order` are the names that the word `keys` stands for; None while rows are made, when keys
    are not known yet. `groups` are those of the step `derive`; `explaining` whether algorithms
    are asked to say why they took what they took.
    """

    column: Callable[[Ref], pd.Series[Any]]
    count: int
    records: Callable[[model.RecordsArgument], Selected]
    terms: Callable[[str], Codelist]
    level_terms: Callable[[model.LevelTermsArgument], Mapping[str, Codelist]]
    table: Callable[[str], pd.DataFrame]
    order: tuple[Ref, ...] | None
    at: Location
    groups: Groups | None = None
    explaining: bool = False


def run_call(call: model.Call, around: Surroundings) -> Result:
    """The result of an algorithm for the rows around it.

    Raises SpecError where the spec stands, also for what the algorithm itself refuses.
    """
    result: Result = _called(call, around)
    return result


def run_record_call(call: model.Call, around: Surroundings) -> Made:
    """The records that an algorithm makes of the groups of the rows around it.

    Raises SpecError as `run_call` does, and for records that do not fit together.
    """
    made: Made = _called(call, around)
    count = len(made.group)
    lacking = set(call.algorithm.makes) ^ set(made.columns)
    if lacking or any(len(column) != count for column in made.columns.values()):
        raise SpecError(f"{call.algorithm.name} returned records that do not fit", at=call.at)
    return made


def _called(call: model.Call, around: Surroundings) -> Any:
    """What the function of an algorithm returns.

    Raises SpecError where the spec stands, also for what the algorithm itself refuses.
    """
    values = {name: _value(argument, around) for name, argument in call.arguments.items()}
    function = call.algorithm.function
    try:
        result = call.algorithm.call(values)
    except UsageError as error:
        at = error.at if error.at.file else around.at
        raise SpecError(error.message, at=at, hint=error.hint) from None
    except Exception as error:
        # a failure of the library is a defect; one of the study's own is the study's to mend
        if not is_own(function):
            raise
        at = _own_place(call, around, error)
        raise SpecError(f"{type(error).__name__}: {error}", at=at) from error
    if is_own(function):
        _check_own(result, call, around)
    if not all(fits(told) for told in result.considered):
        raise SpecError(f"{call.algorithm.name} returned explanations that do not fit", at=call.at)
    return result


def _check_own(result: Any, call: model.Call, around: Surroundings) -> None:
    """Refuses what a study's own algorithm must not return."""
    wanted = Made if call.algorithm.makes else Result
    if not isinstance(result, wanted):
        raise SpecError(
            f"must return {wanted.__name__}(...), not {type(result).__name__}",
            at=_own_place(call, around),
        )
    columns = result.columns.values() if isinstance(result, Made) else [result.values]
    for column in columns:
        if not isinstance(column, pd.Series):
            raise SpecError(
                f"{wanted.__name__} holds pandas Series, not {type(column).__name__}",
                at=_own_place(call, around),
            )


def _own_place(call: model.Call, around: Surroundings, error: Exception | None = None) -> Location:
    """Where in the study's own module, and which place of a spec uses it."""
    at = place_in(call.algorithm.function, error)
    user = around.at if around.at.file else call.at
    place = replace(user, column=None)
    return replace(at, name=f"{call.algorithm.name} (used by {place})")


def _value(argument: model.Argument, around: Surroundings) -> Any:
    match argument:
        case model.ColumnArgument():
            return _column(argument, around)
        case model.ColumnsArgument(refs=refs, word=word):
            if word == "source":
                refs = (ROW_ORDER,)
            elif word == "keys":
                refs = _sort_keys(around)
            return tuple(around.column(ref) for ref in refs)
        case model.ExpressionArgument(expression=expression):
            return value(expression, Table(around.column, around.count, around.at))
        case model.ConditionArgument(expression=expression):
            return condition(expression, Table(around.column, around.count, around.at))
        case model.RecordsArgument():
            return around.records(argument)
        case model.TermsArgument(name=name):
            return around.terms(name)
        case model.LevelTermsArgument():
            return around.level_terms(argument)
        case model.TableArgument(name=name):
            return around.table(name)
        case model.ListArgument(items=items):
            return tuple(_value(item, around) for item in items)
        case model.GroupArgument(group=group, fields=fields):
            return group(**{name: _value(field, around) for name, field in fields.items()})
        case model.RowCountArgument():
            return around.count
        case model.GroupedArgument():
            return around.groups
        case model.ExplainingArgument():
            return around.explaining
        case model.PlainArgument(value=plain):
            return plain


def _column(argument: model.ColumnArgument, around: Surroundings) -> pd.Series[Any]:
    """A column that holds what it must. Raises SpecError for one that cannot."""
    column = around.column(argument.ref)
    is_number = pd.api.types.is_numeric_dtype(column.dtype)
    match argument.must:
        case "number" if not is_number:
            if not is_date(column) and bool(is_missing(column).all()):
                return pd.Series(np.full(len(column), np.nan))
            held = "a date" if is_date(column) else "text"
            hint = "" if is_date(column) else f"Make it one with number: {argument.ref}"
            what = "a number"
        case "date" if is_number:
            if bool(column.isna().all()):
                return pd.Series(np.full(len(column), np.datetime64("NaT", "s")))
            held, hint, what = "a number", "", "a date"
        case _:
            return column
    raise SpecError(
        f"{argument.name} must be {what}; {argument.ref} is {held}", at=around.at, hint=hint
    )


def _sort_keys(around: Surroundings) -> tuple[Ref, ...]:
    if around.order is None:
        raise SpecError(
            "the keys are not known while rows are made",
            at=around.at,
            hint="Name the columns to sort by, or: order: source",
        )
    return around.order


def select(
    argument: model.RecordsArgument,
    column: Callable[[Ref], pd.Series[Any]],
    count: int,
) -> Selected:
    """The records of a dataset that a selection keeps, with the columns it names."""
    columns = {name: column(ref) for name, ref in argument.columns.items()}
    if argument.where is None:
        rows = np.arange(count, dtype=np.int64)
    else:
        rows = np.flatnonzero(condition(argument.where, Table(column, count, argument.at)))
        columns = {name: taken(values, rows) for name, values in columns.items()}
    variables = {name: ref.name for name, ref in argument.columns.items()}
    return Selected(argument.dataset, columns, rows, variables)


def check_result(result: Result, count: int, call: model.Call) -> tuple[Issue, ...]:
    """The issues of a result that fits its rows. Raises SpecError for one that does not."""
    if len(result.values) != count:
        raise SpecError(
            f"{call.algorithm.name} returned {len(result.values)} values for {count} rows",
            at=call.at,
        )
    return result.issues


def no_level_terms(levels: model.LevelTermsArgument) -> dict[str, Codelist]:
    """Value levels are of variables, which rows do not have yet."""
    raise SpecError("value levels are not known while rows are made", at=levels.at)
