"""The records a display is about: subjects in groups, records in blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.build.evaluate import Table, condition
from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.results.outcome import Line
from cdisc.results.shown import counted
from cdisc.spec.analyses import Records
from cdisc.spec.displays import Display, Population
from cdisc.spec.expressions import Expr, Ref

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]
Read = Callable[[str, Location], pd.DataFrame]
"""Gives the records of a dataset by name, for whoever stands at a place."""

SUBJECT = "USUBJID"
MISSING = "Missing"


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Subjects that are shown together: a treatment, or all."""

    name: str
    members: Mask

    @property
    def subjects(self) -> int:
        """How many there are."""
        return int(self.members.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Records with the same values of the display's `each`."""

    levels: tuple[tuple[str, str], ...]
    rows: Mask

    @property
    def title(self) -> str:
        """The values, such as `Interleukin 6 (ng/L), DAY 7`."""
        return ", ".join(value for _, value in self.levels)

    @property
    def heading(self) -> tuple[Line, ...]:
        """The line of a table above those of the block; none without levels."""
        values = [value for _, value in self.levels]
        return (Line(", ".join(values[1:]), part=values[0]),) if values else ()


class Data:
    """The records of one display, joined to the subjects of its population.

    `subjects` are the population's, in the order of their id; `frame` the records that are
    selected and belong to one of them; `of` the position in `subjects` of each record. `notes`
    say how many records were left out.
    """

    def __init__(self, display: Display, read: Read) -> None:
        self.display = display
        self._read = read
        population = display.population
        people = self._selected(population.records.dataset, population.records.where, population.at)
        people = people.sort_values(SUBJECT, kind="stable", ignore_index=True)
        if people[SUBJECT].duplicated().any():
            raise SpecError(
                f"{population.records.dataset} has several records of a subject",
                at=population.at,
                hint="A population is of subjects: from: ADSL",
            )
        self.people = people
        self.subjects = pd.Index(people[SUBJECT])
        self.groups = _groups(people, population)
        self.notes: list[str] = []
        found = self._selected(display.records.dataset, display.records.where, display.at)
        if not len(found):
            where = display.records.where
            selected = f" where {where}" if where is not None else ""
            self.notes.append(f"There is no record of {display.records.dataset}{selected}.")
        of = self._positions(found)
        outside = int((of < 0).sum())
        if outside and display.records.dataset != population.records.dataset:
            self.notes.append(
                f"{counted(outside, 'record')} of subjects outside the population left out."
            )
        self.frame = found[of >= 0].reset_index(drop=True)
        self.of: Positions = of[of >= 0]

    def _positions(self, frame: pd.DataFrame) -> Positions:
        return np.asarray(self.subjects.get_indexer(frame[SUBJECT]), dtype=np.int64)

    def _selected(self, dataset: str, where: Expr | None, at: Location) -> pd.DataFrame:
        frame = self._read(dataset, at)
        _column(frame, SUBJECT, dataset, at)
        if where is None:
            return frame.reset_index(drop=True)
        return frame[_holds(where, frame, dataset, at)].reset_index(drop=True)

    # ---- columns and conditions --------------------------------------------------------

    def column(self, name: str) -> pd.Series[Any]:
        """A variable of the records. Raises SpecError when there is none such."""
        return _column(self.frame, name, self.display.records.dataset, self.display.at)

    def label(self, name: str) -> str:
        """The label of a variable of the records, its name where it has none."""
        labels: dict[str, str] = self.frame.attrs.get("labels", {})
        return labels.get(name) or name

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """A numeric variable of the records. Raises SpecError when it is text."""
        column = self.column(name)
        if not pd.api.types.is_numeric_dtype(column.dtype):
            raise SpecError(
                f"{self.display.records.dataset}.{name} is not a number", at=self.display.at
            )
        return column.to_numpy(dtype=np.float64, na_value=np.nan)

    def holds(self, expression: Expr | None) -> Mask:
        """Which records a condition holds for; all for none."""
        if expression is None:
            return np.ones(len(self.frame), dtype=np.bool_)
        return _holds(expression, self.frame, self.display.records.dataset, self.display.at)

    def one_each(self, rows: Mask) -> None:
        """Refuses several records of a subject where there must be one.

        Raises SpecError with the number of subjects.
        """
        counts = np.bincount(self.of[rows], minlength=len(self.subjects))
        several = int((counts > 1).sum())
        if several:
            raise SpecError(
                f"{counted(several, 'subject')} with several records here",
                at=self.display.at,
                hint="Select one a subject in where, or divide them by each",
            )

    def of_subjects(self, records: Records) -> tuple[Positions, pd.Series[Any]]:
        """Records of another dataset: their subjects' positions, and the variable asked for.

        Records without a value and those outside the population are left out.
        """
        frame = self._selected(records.dataset, records.where, records.at)
        column = _column(frame, records.variable, records.dataset, records.at)
        of = self._positions(frame)
        kept = (of >= 0) & column.notna().to_numpy()
        return of[kept], column[kept].reset_index(drop=True)

    # ---- groups and blocks -------------------------------------------------------------

    def members(self, group: Group) -> Mask:
        """Which records are of a group's subjects."""
        return group.members[self.of] if len(self.of) else np.zeros(0, dtype=np.bool_)

    def persons(self, rows: Mask) -> int:
        """How many subjects have such a record."""
        return len(np.unique(self.of[rows]))

    @cached_property
    def blocks(self) -> list[Block]:
        """The blocks of `each`, in the order of the numbers beside its variables, else by name.

        Numbers in names are in the order of their size.
        """
        each = self.display.each
        if not each:
            return [Block((), np.ones(len(self.frame), dtype=np.bool_))]
        frame = pd.DataFrame({name: as_text(self.column(name)) for name in each})
        numbers = frame.groupby(list(each), sort=False, dropna=False).ngroup().to_numpy()
        first = np.unique(numbers, return_index=True)[1]
        ranks = [self._rank(name) for name in each]
        order = sorted(
            range(len(first)),
            key=lambda n: tuple(
                (float(rank[first[n]]), natural(str(frame[name].iloc[first[n]])))
                for name, rank in zip(each, ranks, strict=True)
            ),
        )
        return [
            Block(
                tuple((name, str(frame[name].iloc[first[number]])) for name in each),
                numbers == number,
            )
            for number in order
        ]

    def _rank(self, name: str) -> npt.NDArray[np.float64]:
        """The number beside a variable, such as AVISITN of AVISIT; zeros where there is none."""
        for other in (f"{name}N", f"{name.removesuffix('CD')}N"):
            if other in self.frame.columns:
                column = self.frame[other]
                if pd.api.types.is_numeric_dtype(column.dtype):
                    found = column.to_numpy(dtype=np.float64, na_value=np.nan)
                    return np.where(np.isnan(found), np.inf, found)
        column = self.frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            return column.to_numpy(dtype=np.float64, na_value=np.inf)
        return np.zeros(len(self.frame))


def natural(text: str) -> list[tuple[float, str]]:
    """A key that sorts the numbers in a text by size: `INFUSION 2` before `INFUSION 10`."""
    parts = re.split(r"(\d+)", text)
    return [(float(part), "") if part.isdigit() else (-1.0, part) for part in parts]


def as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column as a table shows its values: numbers without needless zeros, missing as a word."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        codes, numbers = pd.factorize(column)
        texts = np.array([*(f"{number:.15g}" for number in numbers.tolist()), MISSING])
        return pd.Series(texts[codes], index=column.index, dtype="str")
    return column.astype("str").fillna(MISSING)


def _groups(people: pd.DataFrame, population: Population) -> list[Group]:
    groups = []
    if population.by:
        column = _column(people, population.by, population.records.dataset, population.at)
        texts = as_text(column)
        ranks = people.get(f"{population.by}N")
        first = texts.drop_duplicates().index
        numbers = [0.0] * len(people) if ranks is None else ranks.fillna(np.inf).tolist()
        order = sorted(first, key=lambda n: (numbers[n], texts[n]))
        groups += [Group(texts[place], (texts == texts[place]).to_numpy()) for place in order]
    if population.total or not population.by:
        name = population.total_label or population.label
        groups.append(Group(name, np.ones(len(people), dtype=np.bool_)))
    return groups


def _holds(expression: Expr, frame: pd.DataFrame, dataset: str, at: Location) -> Mask:
    def column(ref: Ref) -> pd.Series[Any]:
        return _column(frame, ref.name, dataset, at)

    return condition(expression, Table(column, len(frame), at))


def _column(frame: pd.DataFrame, name: str, dataset: str, at: Location) -> pd.Series[Any]:
    if name not in frame.columns:
        names: Sequence[str] = [str(column) for column in frame.columns]
        raise SpecError(
            f"the package's {dataset} has no variable {name}",
            at=at,
            hint=did_you_mean(name, names),
        )
    found: pd.Series[Any] = frame[name]
    return found
