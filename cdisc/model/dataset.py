"""A dataset with the metadata that writers, Define-XML and checks need.

One `Variable` holds what a column is in every output, so that XPT, Dataset-JSON and
Define-XML cannot disagree. Nothing here reads or writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

SasType = Literal["Char", "Num"]
Comparator = Literal["EQ", "NE", "IN", "NOTIN", "LT", "LE", "GT", "GE"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a variable's values come from (Define-XML 2.1, section 4.3 def:Origin).

    `type` is a term of the Define-XML origin type codelist (Collected, Derived, Assigned,
    Protocol, Predecessor, Not Available); `source` who (Investigator, Sponsor, Subject,
    Vendor); `pages` the annotated CRF pages; `predecessor` the `DM.USUBJID` it was copied from.
    """

    type: str
    source: str = ""
    pages: tuple[str, ...] = ()
    predecessor: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One range check of a where clause: `VSTESTCD IN (WEIGHT)`."""

    variable: str
    comparator: Comparator
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueLevel:
    """What a variable's values are on the records that `where` selects (value level metadata)."""

    where: tuple[Condition, ...]
    data_type: str
    length: int | None = None
    significant_digits: int | None = None
    label: str = ""
    codelist: str = ""
    origin: Origin | None = None
    method: str = ""
    method_name: str = ""
    comment: str = ""
    mandatory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One column.

    `type` is the SAS type; `data_type` the Define-XML data type (text, integer, float, date,
    datetime, time, partialDate, ..., durationDatetime); `length` the bytes of a character
    variable, or for numbers the digits that Define-XML wants; `format` a SAS format (`DATE9.`)
    or empty; `codelist` the name of a `Codelist`; `dictionary` that of an external dictionary;
    `method` the text of how it is derived, which goes by `method_name` when that is given;
    `comment` a text, or the name of a note of the study; `core` Req, Exp, Perm or empty;
    `non_standard` whether no standard that the dataset follows knows it.
    """

    name: str
    label: str
    type: SasType
    data_type: str = "text"
    length: int | None = None
    significant_digits: int | None = None
    format: str = ""
    role: str = ""
    core: str = ""
    codelist: str = ""
    dictionary: str = ""
    origin: Origin | None = None
    method: str = ""
    method_name: str = ""
    comment: str = ""
    mandatory: bool = False
    non_standard: bool = False
    values: tuple[ValueLevel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """A built dataset: metadata and one frame whose columns are `variables`, in order.

    In `frame`, Char columns have pandas `str` dtype, Num columns float64; missing is NaN in
    both (ADaM dates are datetime64[s], NaT). Rows are in submission order. `scope` is
    `subject` when the dataset has USUBJID, else `study`; `non_standard` whether no
    implementation guide has the dataset. `count` is the number of records when `frame` does not
    hold them all but only those that decide the metadata (`cdisc.define.witnesses`).
    """

    name: str
    label: str
    class_: str
    structure: str
    keys: tuple[str, ...]
    variables: tuple[Variable, ...]
    frame: pd.DataFrame
    scope: Literal["subject", "study"] = "subject"
    purpose: Literal["Tabulation", "Analysis"] = "Tabulation"
    repeating: bool = True
    non_standard: bool = False
    comment: str = ""
    count: int | None = None

    @property
    def records(self) -> int:
        """How many records the dataset has."""
        return len(self.frame) if self.count is None else self.count

    def variable(self, name: str) -> Variable:
        """The variable of that name. Raises KeyError when the dataset does not have it."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)
