"""Parameters of a dataset while its rows are made: later ones may read those before them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.columns.uniques import TEXT
from cdisc.build.calls import select
from cdisc.build.rowset import Parents, RowSet, named_column, taken
from cdisc.errors import SpecError
from cdisc.spec import model
from cdisc.spec.expressions import Ref


@dataclass(slots=True, eq=False)
class Parts:
    """The parameters made so far, in their order; records of one are records of the dataset.

    `dataset` is the dataset being made and `number` its number among parents: what is made of an
    earlier parameter has its records for parents.
    """

    dataset: str
    number: int
    known: dict[str, tuple[RowSet, int]] = field(default_factory=dict)
    count: int = 0

    def add(self, parameter: model.Parameter, rows: RowSet) -> RowSet:
        """A parameter's records, with its code, label and number on each."""
        if parameter.name in self.known:
            raise SpecError(f"{parameter.name} is there twice", at=parameter.at)
        constants = {
            name: _constant(value, rows.count) for name, value in parameter.columns.items()
        }
        found = rows.with_columns(constants)
        self.known[parameter.name] = (found, self.count)
        self.count += found.count
        return found

    def rows(self, name: str) -> RowSet:
        """A parameter as the start of another one's rows."""
        found, first = self.known[name]
        child = np.arange(found.count, dtype=np.int32)
        table = np.full(found.count, self.number, dtype=np.int16)
        parents = Parents(child, table, (child + first).astype(np.int32))
        return RowSet(
            found.columns, found.count, found.raw_table, found.raw_row, parents, found.left
        )

    def records(self, argument: model.RecordsArgument) -> tuple[Selected, int]:
        """Records of a parameter that a selection keeps, by their rows in the dataset.

        Beside them stands how many records the parameter has.
        """
        found, first = self.known[argument.dataset]

        def column(ref: Ref) -> pd.Series[Any]:
            return named_column(found, ref.name, argument.at)

        selected = select(argument, column, found.count)
        return Selected(self.dataset, selected.columns, selected.rows + first), found.count


def _constant(value: str | float, count: int) -> pd.Series[Any]:
    if isinstance(value, str):
        return taken(pd.Series([value], dtype=TEXT), np.zeros(count, dtype=np.int64))
    return pd.Series(np.full(count, value, dtype=np.float64))
