"""The shapes of data an algorithm may ask for, written as type annotations.

An algorithm is a plain function; the annotation of each parameter says what the engine must
hand over and, at the same time, what a spec may write there:

==============  ==============================================  ===============================
annotation      in a spec                                       in the function
==============  ==============================================  ===============================
`Column`        a name: `AESTDTC`, `DM.RFSTDTC`, `scan.DATE`    Series, one value a row
`NumberColumn`  the name of a column of numbers                 Series of numbers
`DateColumn`    the name of a column of dates                   Series of dates, numeric or text
`Columns`       one name or a list of names                     tuple of Series
`Condition`     an expression: `ECOCCUR == "Y"`                 boolean array, one a row
`Expression`    an expression: `MG / BSA`                       Series, one value a row
`Records`       `EX`, or `{from: EX, where: ..., date: ...}`    `Selected` rows of that dataset
`Terms`         the name of a codelist: `NY`                    `Codelist`
`LevelTerms`    a variable with codelists in `value_levels`     code -> `Codelist`
`Table`         a table named in study.yaml                     DataFrame of text
`RowCount`      nothing: the engine fills it in                 the number of rows
`Grouped`       nothing: `by` of the step `derive` says it      `Groups` of the rows
`Explaining`    nothing: the engine asks for explanations       whether to give `considered`
`Shared[...]`   each field as an argument of its own            the dataclass
a dataclass     a mapping of its fields                         the dataclass
`str`, ...      text, number, yes/no, list or mapping           the value
==============  ==============================================  ===============================

Arguments that several algorithms take stand once, as the fields of a frozen dataclass that each
of them takes as `Shared`; its docstring explains them.
A dataclass may have a static method `in_words`: from the texts of its fields to the words that
method texts have for it. Without one they name each field and its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from cdisc.algorithms.columns.records import Groups
    from cdisc.model import Codelist, Severity


@dataclass(frozen=True, slots=True)
class Argument:
    """Marks a parameter that the engine resolves; `kind` is the name of the annotation."""

    kind: str


@dataclass(frozen=True, slots=True)
class RecordsArgument(Argument):
    """Marks a selection of records: the columns the algorithm needs, with their defaults.

    `columns` maps the algorithm's name for a column to the variable it stands for when the
    spec does not say; None means that the spec must name it. `source` is the dataset read when
    the spec names none.
    """

    # a mapping has no hash, but `Annotated[...] | None` needs one of its marker
    columns: Mapping[str, str | None] = field(default_factory=dict, hash=False)
    source: str = ""


def records(source: str = "", **columns: str | None) -> RecordsArgument:
    """The marker of a `Records` parameter: its default dataset and the columns it reads."""
    return RecordsArgument("Records", columns, source)


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """Records another dataset contributes to an algorithm: those its `where` keeps.

    `columns` holds one Series for each declared column, all of the same length; `rows` the
    0-based row of each record in the dataset `name`; `variables` the variable that each column
    is in that dataset.
    """

    name: str
    columns: Mapping[str, pd.Series[Any]]
    rows: npt.NDArray[np.int64]
    variables: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> pd.Series[Any]:
        return self.columns[column]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Issue:
    """Something an algorithm has to say about some of the rows it was given.

    `rule` is the algorithm's name and a word (`iso8601.unreadable`); `rows` the 0-based
    positions it holds for; `values` what was found there, one a position, or None;
    `message` a sentence in which `{value}` stands for the value.
    """

    rule: str
    message: str
    rows: npt.NDArray[np.int64]
    severity: Severity
    values: pd.Series[Any] | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """Which records of another dataset gave which rows their value: parallel positions."""

    dataset: str
    rows: npt.NDArray[np.int64]
    parent_rows: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Considered:
    """Why records of another dataset were taken or not: parallel, one a record considered.

    `rows` are the rows given, or the records made, that it is about; `parent_rows` the rows of
    `dataset` that were considered for them; `why` says in words what decided. An algorithm may
    leave `dataset` empty: then they are rows that it was given itself, the rivals of each row.
    `gives` says that a row has the value of the one that was taken for it, no mere flag.
    """

    dataset: str
    rows: npt.NDArray[np.int64]
    parent_rows: npt.NDArray[np.int64]
    taken: npt.NDArray[np.bool_]
    why: pd.Series[Any]
    gives: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """One column for the rows given, what there is to say about it, and where it came from."""

    values: pd.Series[Any]
    issues: tuple[Issue, ...] = ()
    links: tuple[Link, ...] = ()
    considered: tuple[Considered, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """New records that an algorithm makes of groups of rows, and where each came from.

    `columns` are of equal length, one value a new record; `group` is the group of each (its
    values of the `by` columns go along). `record` and `row` are parallel: new record `record`
    was made of row `row`; a record that names none was made of all rows of its group. `issues`
    hold for positions of the rows given. `links` lead from new records to records of other
    datasets.
    """

    columns: Mapping[str, pd.Series[Any]]
    group: npt.NDArray[np.int64]
    record: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    issues: tuple[Issue, ...] = ()
    links: tuple[Link, ...] = ()
    considered: tuple[Considered, ...] = ()


def default(text: str) -> Any:
    """The default of an argument the engine resolves, as a spec would write it."""
    return text


Of = TypeVar("Of")
Shared = Annotated[Of, Argument("Shared")]
"""A dataclass whose fields are arguments like the algorithm's own: `Shared[Measurements]`."""

if TYPE_CHECKING:
    Column = pd.Series[Any]
    NumberColumn = pd.Series[Any]
    DateColumn = pd.Series[Any]
    Columns = tuple[pd.Series[Any], ...]
    Condition = npt.NDArray[np.bool_]
    Expression = pd.Series[Any]
    Terms = Codelist
    LevelTerms = Mapping[str, Codelist]
    Table = pd.DataFrame
    RowCount = int
    Grouped = Groups
    Explaining = bool
else:
    Column = Annotated[object, Argument("Column")]
    NumberColumn = Annotated[object, Argument("NumberColumn")]
    DateColumn = Annotated[object, Argument("DateColumn")]
    Columns = Annotated[tuple, Argument("Columns")]
    Condition = Annotated[object, Argument("Condition")]
    Expression = Annotated[object, Argument("Expression")]
    Terms = Annotated[object, Argument("Terms")]
    LevelTerms = Annotated[object, Argument("LevelTerms")]
    Table = Annotated[object, Argument("Table")]
    RowCount = Annotated[int, Argument("RowCount")]
    Grouped = Annotated[object, Argument("Grouped")]
    Explaining = Annotated[bool, Argument("Explaining")]
