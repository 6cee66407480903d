"""What a rule is, what a check asks of one dataset, and what a failed check returns.

A rule is metadata plus a vectorised kernel. A check is a rule bound to a dataset, its variables
and plain parameters, so that it can be written to a suite file and read back unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cdisc.model import Codelist, Dataset, Severity

Mask: TypeAlias = npt.NDArray[np.bool_]
Grain: TypeAlias = Literal["values", "rows", "dataset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A rule asked of one dataset.

    `params` holds only what JSON can hold (text, numbers, lists, mappings with text keys).
    `params["where"]`, a list of `{variable, comparator, values}`, restricts a row rule to the
    records it selects.
    """

    rule: str
    dataset: str
    variables: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a kernel may look at: one dataset, the check's terms, and the rest of the study.

    `others` are the datasets that can be looked up (DM for subjects, the parents of SUPP--), by
    name; `codelists` the codelists of the study by name.
    """

    dataset: Dataset
    variables: tuple[str, ...]
    params: Mapping[str, Any]
    others: Mapping[str, Dataset]
    codelists: Mapping[str, Codelist]

    @property
    def frame(self) -> pd.DataFrame:
        """The records under test."""
        return self.dataset.frame

    @property
    def column(self) -> pd.Series[Any]:
        """The values of the first variable."""
        return self.dataset.frame[self.variables[0]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One failure of a dataset as a whole: the variable it is about and the message's fields."""

    variable: str = ""
    says: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Records that fail a check in the same way.

    `count` is exact; `rows` holds 0-based positions in the frame, in order, about 1,000 at most.
    A failure of the dataset as a whole counts 1 and has no rows. `rule` is set only when the
    failure is not the check's own rule but that the check could not be run.
    """

    message: str
    variable: str = ""
    value: str | None = None
    hint: str = ""
    count: int = 1
    rows: tuple[int, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Metadata and kernel of one rule.

    Attributes:
        id: Stable name, topic first: `CT.TERM`. Gate, waivers and suites refer to it.
        severity: Every rule has one; what differs in severity is two rules.
        title: A few words for tables.
        description: What must hold and why, in words a data manager uses.
        message: What a finding says. Fields: `{dataset}`, `{variable}`, `{variables}`, `{0}` and
            `{1}` for the values shown, and the check's parameters by name.
        reference: The standard and section that asks for it.
        kernel: For the grains `values` and `rows` a mask of failing records, True where the
            record fails; for `dataset` one `Statement` a failure.
        grain: `values` gives one finding for each distinct failing value, `rows` one for the
            check (where the values are as many as the records), `dataset` one a statement.
        each: The check names several variables and the kernel sees them one at a time.
        texts: The distinct texts that fail, where a record fails by nothing but the text in one
            variable. The texts of all variables are asked about together first: mostly none
            fails, and then there is no need to go from variable to variable.
        of_record: A finding is about whole records, not about the first of the check's variables.
        shown: How many of the check's variables a finding groups by and shows; None for all.
        hint: What to suggest for a failing value, given the evidence.
        needs: Names of parameters that hold the name of another dataset; the check cannot be
            run without it.
        across: Whether a check must see the records of all subjects at once; otherwise those of
            some subjects can be judged by themselves.
    """

    id: str
    severity: Severity
    title: str
    description: str
    message: str
    reference: str
    kernel: Callable[[Evidence], Mask | Iterable[Statement]]
    grain: Grain = "values"
    each: bool = False
    texts: Callable[[pa.Array], Mask] | None = None
    of_record: bool = False
    shown: int | None = None
    hint: Callable[[Evidence, str], str] | None = None
    needs: tuple[str, ...] = ()
    across: Callable[[Check], bool] = lambda _check: False
