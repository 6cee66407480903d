"""One number of a subject over records of other datasets: how many infusions, how much in all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Column, Result, Selected, default, records
from cdisc.algorithms.columns.records import groups_of, summarize
from cdisc.algorithms.columns.subjects import each_with_its_records, links_of_pairs, of_subject
from cdisc.algorithms.columns.uniques import is_missing, text_column
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.values.comparisons import to_fifteen_digits
from cdisc.errors import UsageError

_WORDS = {
    "count": "Number of the records",
    "distinct": "Number of the different values",
    "sum": "Sum",
    "min": "Smallest value",
    "max": "Largest value",
}


def _method(texts: Mapping[str, str]) -> str:
    found = _WORDS.get(texts["take"], texts["take"])
    text = f"{found} of the subject in {texts['of']}"
    return text + ("; 0 without any." if texts.get("if_none") == "zero" else "; null without any.")


@algorithm(main="of", method=_method)
def summary_over(
    of: Annotated[tuple[Selected, ...], records(by="USUBJID", value=None)],
    take: Literal["count", "distinct", "sum", "min", "max"],
    if_none: Literal["missing", "zero"],
    subject: Column = default("USUBJID"),
) -> Result:
    """A number of a subject over declared records, such as how many infusions there were.

    1. Take the records of the subject that the declared selections keep and that have a value.
    2. Count them, count their different values, add them (to 15 digits), or take the smallest or
       the largest.

    Numbers by treatment and its days are for `exposure_summary`, the first or last date for
    `extreme_date`, whether there is any record for `population_flag`.

    Missing: records without a value are left out; a subject without any has 0, or no number, as
    `if_none` says. `sum`, `min` and `max` need numbers.
    Ties: equal values count once only for `distinct`.
    Source: ADaMIG 1.3, section 3.2 (numbers of a subject).
    Example: take sum of the doses 2, 2 and 1.9 of a subject gives 5.9.

    Args:
        of: the records with their value, one or several selections.
        take: what to make of the values.
        if_none: what a subject without any such record has.
        subject: the subject of the row.
    """
    if not of:
        raise UsageError("summary_over needs at least one selection of records")
    numeric = all(pd.api.types.is_numeric_dtype(part["value"].dtype) for part in of)
    if take in ("sum", "min", "max") and not numeric:
        raise UsageError(f"summary_over takes the {take} of numbers, not of text")
    values = pd.concat(
        [part["value"] if numeric else text_column(part["value"]) for part in of],
        ignore_index=True,
    )
    people = of_subject(subject, of)
    codes = people.records
    usable = np.flatnonzero(~is_missing(values) & (codes >= 0))
    person: pd.Series[float] = pd.Series(codes[usable].astype(np.float64))
    chosen = values.take(usable).reset_index(drop=True)
    if take == "distinct":
        pairs = groups_of([person, chosen]).first
        person, chosen = person.take(pairs).reset_index(drop=True), chosen.take(pairs)
        chosen = chosen.reset_index(drop=True)
    groups = groups_of([person])
    made = summarize(chosen, groups, "count" if take == "distinct" else take)
    found = made.to_numpy(dtype=np.float64)
    if take == "sum":
        found = to_fifteen_digits(made, summarize(chosen.abs(), groups, "sum"))
    by_person = np.full(people.count + 1, 0.0 if if_none == "zero" else np.nan)
    by_person[person.to_numpy()[groups.first].astype(np.int64)] = found
    by_person[-1] = np.nan
    rows, places = each_with_its_records(people.rows, codes[usable])
    links = links_of_pairs(of, rows, usable[places])
    return Result(pd.Series(by_person[people.rows]), links=links)
