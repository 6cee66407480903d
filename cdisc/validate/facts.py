"""What is known of a dataset before any record is seen: the ground that checks are made from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

from cdisc.model import Codelist, Dataset, Variable
from cdisc.standards import Catalogue, VariableStandard
from cdisc.standards.names import NamePattern, domain_prefix, is_pattern, with_prefix


class StandardVariable(Protocol):
    """One variable as the implementation guide describes it (SDTMIG, ADaMIG tables)."""

    @property
    def name(self) -> str:
        """The variable's name with the domain prefix: `AETERM`."""

    @property
    def label(self) -> str:
        """The label that the guide prescribes."""

    @property
    def type(self) -> str:
        """`Char` or `Num`."""

    @property
    def core(self) -> str:
        """`Req`, `Exp`, `Perm` or empty."""

    @property
    def codelists(self) -> tuple[str, ...]:
        """Names or C-codes of the codelists that the guide prescribes."""

    @property
    def format(self) -> str:
        """The format that the guide prescribes: `ISO 8601 duration`, or empty."""


def no_codelist(_name: str) -> Codelist | None:
    """The look-up of a study without codelists."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A dataset's metadata with the standard's: what `checks` of a topic choose from.

    `standard` maps the names that the standard knows for this dataset to its facts, in the
    standard's order, and is empty when there is no standard to hold the dataset to. `codelist`
    finds a codelist by name or NCI C-code. `subjects` names the dataset that lists the subjects
    (DM, ADSL), empty for none; `study_id` is the value STUDYID must have, empty when not known.
    `unlisted` marks the first dataset of a package of analysis datasets without ADSL.
    """

    dataset: Dataset
    standard: Mapping[str, StandardVariable] = field(default_factory=dict)
    codelist: Callable[[str], Codelist | None] = no_codelist
    subjects: str = ""
    study_id: str = ""
    unlisted: bool = False

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.dataset.name

    @property
    def tabulation(self) -> bool:
        """True for SDTM, False for ADaM."""
        return self.dataset.purpose == "Tabulation"

    @property
    def names(self) -> tuple[str, ...]:
        """The variables' names in dataset order."""
        return tuple(variable.name for variable in self.dataset.variables)

    @property
    def texts(self) -> tuple[str, ...]:
        """The names of the character variables."""
        return tuple(v.name for v in self.dataset.variables if v.type == "Char")

    def known(self) -> Iterator[tuple[Variable, StandardVariable]]:
        """The variables that the standard knows, each with the standard's facts."""
        for variable in self.dataset.variables:
            if variable.name in self.standard:
                yield variable, self.standard[variable.name]


def standard_of(
    catalogue: Catalogue, structure: str, names: Collection[str]
) -> dict[str, StandardVariable]:
    """What a catalogue says of a dataset, as `Facts.standard` wants it.

    `structure` is the dataset's name for SDTM (`AE`, `SUPPAE`) and its data structure for ADaM
    (`ADSL`, `BDS`); `names` are the variables that the dataset has. A name of the catalogue with
    a placeholder (`TRTxxP`) gives way to the names that fit it, and stays when none does; `--`
    then stands for the domain that the other names tell. Of alternatives, such as CMTRT for
    --TERM, only what is there is required.
    """
    return dict(_standard_of(catalogue, structure, tuple(names)))


@lru_cache(maxsize=512)
def _standard_of(
    catalogue: Catalogue, structure: str, names: tuple[str, ...]
) -> Mapping[str, StandardVariable]:
    # asked for each dataset by every kind of check, and by each partition
    found = {v.name: v for v in catalogue.variables(structure)}
    found |= {v.name: v for v in catalogue.model_variables(structure)}
    resolved = {}
    for name in names:
        variable = catalogue.variable(structure, name)
        if variable is not None and name not in found:
            # how a variable of any domain is called in this one, its SDTM dataset says
            resolved[name] = replace(variable, label="") if variable.general else variable
    open_names = {name for name in found if is_pattern(name)}
    filled = {n for n in open_names if any(NamePattern(n).match(name) for name in resolved)}
    every = {n: v for n, v in found.items() if n not in filled} | resolved
    prefix = domain_prefix(open_names, names)
    placed = {
        with_prefix(n, prefix): every[n]
        for n in sorted(every, key=lambda n: catalogue.position(structure, n))
    }
    groups = _alternatives(placed)
    return {n: _as_required(v, n, groups, names) for n, v in placed.items()}


def _as_required(
    variable: VariableStandard,
    name: str,
    groups: Sequence[frozenset[str]],
    names: Collection[str],
) -> VariableStandard:
    """A standard variable by its name here, and not required where an alternative is there."""
    other = next((group - {name} for group in groups if name in group), None)
    spare = other is not None and name not in names and any(n in names for n in other)
    return replace(variable, name=name, core="Perm" if spare else variable.core)


def _alternatives(placed: Mapping[str, VariableStandard]) -> list[frozenset[str]]:
    """Sets of names of which an occurrence dataset has one (OCCDS 1.1, section 3.2)."""
    terms = [n for n, v in placed.items() if v.core == "Req" and n.endswith(("TERM", "TRT"))]
    return [frozenset(terms)] if any(n.endswith("TRT") for n in terms) else []
