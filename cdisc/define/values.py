"""Value level metadata derived from the data: one level per combination of the given keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.coded import Coded, coded
from cdisc.algorithms.columns.uniques import arrow_text
from cdisc.define.conditions import selected
from cdisc.define.measure import Present, decimals_shown, measure, result_type
from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.model import Condition, Dataset, Origin, ValueLevel, Variable

# QORIG is the sponsor's word for the origin of a supplemental qualifier (SDTMIG section 8.4);
# older packages still say CRF and eDT.
_QORIG = {
    "ASSIGNED": Origin("Assigned", "Sponsor"),
    "COLLECTED": Origin("Collected", "Investigator"),
    "CRF": Origin("Collected", "Investigator"),
    "DERIVED": Origin("Derived", "Sponsor"),
    "EDT": Origin("Collected", "Vendor"),
    "PREDECESSOR": Origin("Predecessor", "Sponsor"),
    "PROTOCOL": Origin("Protocol", "Sponsor"),
}


@dataclass(frozen=True, slots=True)
class Differing:
    """What values of the last `by` variable have that their variable has not, by value.

    `made` goes by the first `by` variable.
    """

    codelists: Mapping[str, str]
    numbers: Collection[str]
    origins: Mapping[str, Origin]
    methods: Mapping[str, str]
    made: Mapping[str, Mapping[str, tuple[Origin, str, str]]]

    def origin(self, variable: Variable, key: Sequence[str]) -> tuple[Origin | None, str, str]:
        """The origin, method and name of the method of a variable on some records."""
        own = self.made.get(key[0], {}).get(variable.name)
        if own is not None:
            return own
        origin = self.origins.get(key[-1])
        if origin is None:
            return variable.origin, variable.method, ""
        method = self.methods.get(variable.name, "") if origin.type == "Derived" else ""
        return origin, method, ""


def value_levels(
    dataset: Dataset,
    *,
    by: Sequence[str],
    of: Sequence[str],
    codelists: Mapping[str, str] | None = None,
    numbers: Collection[str] = (),
    origins: Mapping[str, Origin] | None = None,
    methods: Mapping[str, str] | None = None,
    made: Mapping[str, Mapping[str, tuple[Origin, str, str]]] | None = None,
) -> Dataset:
    """The dataset with value level metadata for each variable in `of`, per combination of `by`.

    A combination gets a level where the variable has a value: data type, length and significant
    digits measured on those records, a where clause naming every `by` variable (a missing one
    equals the empty value), the variable's origin, method and codelist, and a label from the
    variable that decodes the first `by` (`VSTEST` for `VSTESTCD`, `QLABEL` for `QNAM`). For
    supplemental qualifiers the origin is what QORIG says, where it says one thing. Levels the
    spec declared come first and win: records that one of them selects get no second level.
    `codelists` names the codelist of each value of the last `by`; a Char variable without a
    codelist of its own has it on those records, a Num one if it is among `numbers`, the codelists
    whose terms are all numbers. `origins` names the origin of values that have
    another one than the variable; where that is Derived, `methods` says how by variable. `made`
    says origin, method and the method's name of values of the first `by` (PARAMCD), for each
    variable of its own.
    The rest follow sorted by value. Measure the dataset before this, not after: derived levels
    are measured here, and `measured` would only do it again.

    Raises:
        SpecError: a name in `by` or `of` is not a variable of the dataset.
    """
    for name in (*by, *of):
        _known(dataset, name)
    if not by or dataset.frame.empty:
        return dataset
    groups = _groups(dataset.frame, by)
    differing = Differing(codelists or {}, numbers, origins or {}, methods or {}, made or {})
    variables = tuple(
        replace(variable, values=_levels(dataset, variable, by, groups, differing))
        if variable.name in of
        else variable
        for variable in dataset.variables
    )
    return replace(dataset, variables=variables)


def _known(dataset: Dataset, name: str) -> None:
    names = [variable.name for variable in dataset.variables]
    if name not in names:
        raise SpecError(
            f"value level metadata asks for {name}, which {dataset.name} does not have",
            at=Location(name=dataset.name),
            hint=did_you_mean(name, names),
        )


def _groups(
    frame: pd.DataFrame, by: Sequence[str]
) -> list[tuple[tuple[str, ...], npt.NDArray[np.intp]]]:
    """Combinations of the values of `by` as text, sorted, each with its row positions."""
    texts = pd.DataFrame({name: _as_text(frame[name]) for name in by})
    numbers = texts.groupby(list(by)).ngroup().to_numpy()
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order])) + 1
    groups = [(tuple(map(str, texts.iloc[rows[0]])), rows) for rows in np.split(order, starts)]
    return sorted(groups, key=lambda group: group[0])


def _as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_numeric_dtype(column.dtype):
        column = column.map("{:.15g}".format, na_action="ignore")
    return column.astype("str").fillna("")


def _levels(
    dataset: Dataset,
    variable: Variable,
    by: Sequence[str],
    groups: Sequence[tuple[tuple[str, ...], npt.NDArray[np.intp]]],
    differing: Differing,
) -> tuple[ValueLevel, ...]:
    frame = dataset.frame
    declared = np.zeros(len(frame), dtype=bool)
    for level in variable.values:
        declared |= selected(frame, level.where, dataset.name).to_numpy()
    levels = list(variable.values)
    column = frame[variable.name]
    present = Present.reader(column)
    filled = (column.notna() & (column != "")).to_numpy() & ~declared
    labels = _texts(frame, _decoding(dataset, by[0]))
    origins = _texts(frame, "QORIG")
    for key, rows in groups:
        rows = rows[filled[rows]]
        if not len(rows):
            continue
        values = present(rows)
        codelist = variable.codelist
        named = differing.codelists.get(key[-1], "")
        if not codelist and (variable.type == "Char" or named in differing.numbers):
            codelist = named
        origin, method, method_name = differing.origin(variable, key)
        kind = result_type(variable, values, codelist=codelist)
        found = measure(values, kind, decimals_shown(variable))
        levels.append(
            ValueLevel(
                where=tuple(
                    Condition(name, "EQ", (value,)) for name, value in zip(by, key, strict=True)
                ),
                data_type=found.data_type,
                length=found.length,
                significant_digits=found.significant_digits,
                label=_only(labels, rows) or variable.label,
                codelist=codelist,
                origin=_QORIG.get(_only(origins, rows).upper(), origin),
                method=method,
                method_name=method_name,
                mandatory=variable.mandatory,
            )
        )
    return tuple(levels)


def describing(dataset: Dataset, by: Sequence[str]) -> list[str]:
    """The variables whose values describe a level: what spells out its code, and QORIG."""
    names = {variable.name for variable in dataset.variables}
    return [name for name in (_decoding(dataset, by[0]), "QORIG") if name in names]


def _decoding(dataset: Dataset, code: str) -> str:
    names = {variable.name for variable in dataset.variables}
    wanted = "QLABEL" if code == "QNAM" else code.removesuffix("CD")
    return wanted if wanted in names and wanted != code else ""


def _texts(frame: pd.DataFrame, name: str) -> Coded | None:
    """The texts of a column, None when there is no such column."""
    return coded(arrow_text(frame[name])) if name in frame.columns else None


def _only(column: Coded | None, rows: npt.NDArray[np.intp]) -> str:
    """The one value of a Char variable on these rows, or empty when there is none or several."""
    if column is None:
        return ""
    values = column.on(rows[column.codes[rows] >= 0])
    return str(values[0]) if len(values) == 1 else ""
