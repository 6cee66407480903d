"""A checked spec: what the YAML files say, resolved to frozen values with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from cdisc.algorithms import Algorithm
from cdisc.errors import Location
from cdisc.model import Origin
from cdisc.spec.expressions import Expr, Ref
from cdisc.spec.selections import Selection, Taken

# ---- arguments, as bound to an algorithm's parameters ----------------------------------


@dataclass(frozen=True, slots=True)
class ColumnArgument:
    """One column by name; `must` says what it has to hold, `name` for which argument it is."""

    ref: Ref
    must: Literal["", "number", "date"] = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ColumnsArgument:
    """Several columns; `word` is `keys` or `source` when the spec gives that order instead."""

    refs: tuple[Ref, ...]
    word: Literal["", "keys", "source"] = ""


@dataclass(frozen=True, slots=True)
class ExpressionArgument:
    """A computed value."""

    expression: Expr


@dataclass(frozen=True, slots=True)
class ConditionArgument:
    """A condition."""

    expression: Expr


@dataclass(frozen=True, slots=True)
class RecordsArgument:
    """Records of another dataset: `columns` maps the algorithm's names to its variables.

    `taken` says from which named selection they are, if they are of one.
    """

    dataset: str
    columns: Mapping[str, Ref]
    where: Expr | None = None
    at: Location = field(default_factory=Location)
    taken: Taken | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class TermsArgument:
    """A codelist by name; empty for the one the variable itself has."""

    name: str


@dataclass(frozen=True, slots=True)
class LevelTermsArgument:
    """The codelists that the dataset's value levels give a variable, by code."""

    variable: str
    at: Location


@dataclass(frozen=True, slots=True)
class TableArgument:
    """A table of study.yaml."""

    name: str


@dataclass(frozen=True, slots=True)
class ListArgument:
    """Several arguments of one kind: record selections or groups."""

    items: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class GroupArgument:
    """A mapping of fields, made into the algorithm's own dataclass when it is called."""

    group: type[Any]
    fields: Mapping[str, Argument]


@dataclass(frozen=True, slots=True)
class PlainArgument:
    """A value that needs nothing from the data: text, number, list or mapping of texts."""

    value: Any


@dataclass(frozen=True, slots=True)
class RowCountArgument:
    """The number of rows, which the engine knows."""


@dataclass(frozen=True, slots=True)
class GroupedArgument:
    """The groups of the rows, which the step `derive` knows."""


@dataclass(frozen=True, slots=True)
class ExplainingArgument:
    """Whether explanations are wanted, which the engine knows."""


Argument: TypeAlias = (
    ColumnArgument
    | ColumnsArgument
    | ExpressionArgument
    | ConditionArgument
    | RecordsArgument
    | TermsArgument
    | LevelTermsArgument
    | TableArgument
    | ListArgument
    | GroupArgument
    | PlainArgument
    | RowCountArgument
    | GroupedArgument
    | ExplainingArgument
)


def leaves(arguments: Iterable[Argument]) -> Iterator[Argument]:
    """The arguments themselves and, of lists and mappings, what stands in them."""
    for argument in arguments:
        match argument:
            case ListArgument(items=items):
                yield from leaves(items)
            case GroupArgument(fields=fields):
                yield from leaves(fields.values())
            case _:
                yield argument


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """An algorithm with its arguments; `texts` are the arguments as the spec wrote them."""

    algorithm: Algorithm
    arguments: Mapping[str, Argument]
    texts: Mapping[str, str]
    at: Location

    @property
    def method(self) -> str:
        """The Define-XML method text, rendered from these very arguments; empty if none."""
        return self.algorithm.method(self.texts) if self.algorithm.method else ""

    @property
    def copied(self) -> Ref | None:
        """The column that it only copies; None for any other algorithm."""
        argument = self.arguments["of"] if self.algorithm.name == "copy" else None
        return argument.ref if isinstance(argument, ColumnArgument) else None


# ---- rows ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unpivot:
    """Wide to one row per test: for each name, the columns that its row takes its values from."""

    name: str
    columns: tuple[str, ...]
    each: Mapping[str, Mapping[str, str | PlainArgument]]
    drop_if_missing: tuple[str, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class TakeRecord:
    """One record per group, the first or last in a declared order; ties are findings."""

    record: Literal["first", "last"]
    by: tuple[str, ...]
    order: tuple[str, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Deduplicate:
    """Drop repeated records by a declared rule; every record dropped is a finding.

    An empty `by` means records equal in every column. `ties` says what happens when the order
    does not tell which one to keep: one of them by its place in the file, or all of them.
    """

    by: tuple[str, ...]
    keep: Literal["first", "last"]
    order: tuple[str, ...]
    at: Location
    ties: Literal["by_file", "keep_all"] = "by_file"


@dataclass(frozen=True, slots=True)
class Summarize:
    """One row per group; each column by its function (sum, earliest, latest, first, same...)."""

    by: tuple[str, ...]
    columns: Mapping[str, tuple[str, str]]
    at: Location


@dataclass(frozen=True, slots=True, eq=False)
class Derive:
    """New records made by an algorithm of each group; they keep the columns of `by`."""

    by: tuple[str, ...]
    call: Call
    at: Location


@dataclass(frozen=True, slots=True)
class Parameter:
    """The name of a part of the rows, and the texts it puts on its records.

    With a `label` the name is PARAMCD, the label PARAM and `number` PARAMN; without one the part
    has PARAMCD and PARAM of its own.
    """

    name: str
    label: str
    number: int
    at: Location

    @property
    def columns(self) -> Mapping[str, str | float]:
        """The columns its records get."""
        if not self.label:
            return {}
        return {"PARAMCD": self.name, "PARAM": self.label, "PARAMN": float(self.number)}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Which records a dataset has. Its steps run in the order of the fields here.

    Exactly one of `origin` (a source, table or dataset), `stack` and `values` is given. Steps:
    `where`, `columns` (the spec's `set`), `unpivot`, `take`, `deduplicate`, `summarize`,
    `derive`, `keep`. A `parameter` is one of a stack of them; those after it may start from it.
    `taken` says which named selection they start from, if they do.
    """

    at: Location
    origin: str = ""
    stack: tuple[Rows, ...] = ()
    values: tuple[tuple[Mapping[str, str], Location], ...] = ()
    where: Expr | None = None
    columns: Mapping[str, Call] = field(default_factory=dict)
    unpivot: Unpivot | None = None
    take: TakeRecord | None = None
    deduplicate: Deduplicate | None = None
    summarize: Summarize | None = None
    derive: Derive | None = None
    keep: Expr | None = None
    parameter: Parameter | None = None
    taken: Taken | None = None

    @property
    def parameters(self) -> Mapping[str, Rows]:
        """The parameters that these rows are a stack of, by name; none for other rows."""
        return {part.parameter.name: part for part in self.stack if part.parameter is not None}

    @property
    def labelled(self) -> Mapping[str, Parameter]:
        """The parameters whose name is their PARAMCD, by name; the others have it in the data."""
        named = (part.parameter for part in self.stack if part.parameter is not None)
        return {parameter.name: parameter for parameter in named if parameter.label}


@dataclass(frozen=True, slots=True)
class Lookup:
    """A named join: the record of `origin` whose `match` columns equal this dataset's.

    `match` maps their column to ours; `take` says what happens when several match. `dictionary`
    names the dictionary whose coded terms these are, empty for any other join.
    """

    name: str
    origin: str
    match: Mapping[str, Ref]
    take: Literal["one", "first", "last"]
    order: tuple[str, ...]
    where: Expr | None
    if_none: Literal["missing", "finding"]
    at: Location
    dictionary: str = ""
    taken: Taken | None = None


# ---- variables and datasets ------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class VariableSpec:
    """One variable: how it is made, and what this study says of it beyond the standard."""

    name: str
    call: Call
    at: Location
    label: str = ""
    type: Literal["", "Char", "Num"] = ""
    length: int | None = None
    format: str = ""
    codelist: str = ""
    dictionary: str = ""
    origin: Origin | None = None
    comment: str = ""
    method: str = ""
    evaluator: str = ""

    @property
    def intermediate(self) -> bool:
        """Whether it is a step on the way, never written."""
        return self.name.startswith("_")


ANALYSIS_RESULTS = ("AVAL", "AVALC", "CNSR")
"""The variables whose values are described by parameter unless a spec names others."""


@dataclass(frozen=True, slots=True)
class ValueLevels:
    """Value level metadata: the variables described per combination of `by`.

    `codelists` is the name of the codelist that the variables of `of` take for each value of
    the last variable in `by`; `origins` the origin of those values that have another origin
    than their variable.
    """

    by: tuple[str, ...]
    of: tuple[str, ...]
    codelists: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DatasetSpec:
    """One mapping spec. `order` is how its records are sorted: by `keys` or as in the `source`."""

    name: str
    file: str
    at: Location
    layer: Literal["sdtm", "adam"]
    keys: tuple[str, ...]
    rows: Rows
    variables: Mapping[str, VariableSpec]
    lookups: Mapping[str, Lookup]
    supplemental: Mapping[str, VariableSpec]
    order: Literal["keys", "source"] = "keys"
    scope: Literal["subject", "study"] = "subject"
    label: str = ""
    structure: str = ""
    class_: str = ""
    comment: str = ""
    value_levels: tuple[ValueLevels, ...] = ()
    selections: Mapping[str, Selection] = field(default_factory=dict)

    def sort_keys(self, inside: str) -> tuple[str, ...]:
        """What the word `keys` stands for in the variable `inside`; none in source order."""
        return () if self.order == "source" else tuple(k for k in self.keys if k != inside)

    def level_codelists(self, variable: str) -> Mapping[str, str]:
        """The codelists that value levels give a variable, by the code they are for."""
        return {
            code: name
            for levels in self.value_levels
            if variable in levels.of
            for code, name in levels.codelists.items()
        }

    @property
    def one_per_subject(self) -> bool:
        """Whether its keys make it one record per subject, so that `DS.VAR` needs no lookup."""
        return self.keys[-1:] == ("USUBJID",)
