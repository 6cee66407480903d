"""What an implementation guide says of each dataset and variable (SDTMIG 3.4, ADaMIG 1.3).

Data shape: `data/<standard>-<version>.json` in, frozen `DatasetStandard` and
`VariableStandard` values out. Variables are read when their dataset is first asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from cdisc.errors import UsageError, did_you_mean
from cdisc.model.dataset import SasType
from cdisc.standards.names import NamePattern, fill_label, is_pattern
from cdisc.standards.packaged import packaged_catalogues, read_catalogue

_SUPPLEMENTAL = "SUPPQUAL"
# Where a text of more than 200 characters goes on: TSVAL1, TSVAL2, ... (SDTMIG 3.4, 5.1, 7.4.2).
_CONTINUED = re.compile(r"(TSVAL|COVAL)([1-9]\d*)")


@dataclass(frozen=True, slots=True)
class DatasetStandard:
    """A dataset of SDTMIG (`AE`), or a data structure of ADaM (`BDS`).

    `structure` is the standard's sentence on the records (`One record per subject`), empty
    for ADaM; `subclass` is an ADaM subclass (`TIME-TO-EVENT`) or empty; `order` counts from 1
    in the standard's own order.
    """

    name: str
    label: str
    class_: str
    structure: str
    order: int
    subclass: str = ""


@dataclass(frozen=True, slots=True)
class VariableStandard:
    """A variable as the standard describes it.

    `label` is empty where the standard leaves its wording to the sponsor (`*DT`, `--DUR` of
    OCCDS); `role` is the SDTM role, for ADaM the group of variables it is listed in. `core` is
    Req, Exp, Perm (SDTM); Req, Cond, Perm, Not Used (ADaM); empty when `model`. `order` counts
    from 1 within its list. `codelists` are NCI C-codes; `format` names the described value
    domain (`ISO 8601 datetime or interval`, `MedDRA`); `values` lists fixed permitted values.

    `model` marks a variable that the dataset's own list does not have: for SDTM one the SDTM
    model allows in its class (read its empty core as Perm), for ADaM one of ADSL or of the
    general structure. `general` marks one that the standard describes for any domain (--STDTC).
    """

    name: str
    label: str
    type: SasType
    role: str
    core: str
    order: int
    codelists: tuple[str, ...] = ()
    format: str = ""
    values: tuple[str, ...] = ()
    model: bool = False
    general: bool = False


class Catalogue:
    """The look-ups in one version of one implementation guide."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.standard: str = facts["standard"]
        self.version: str = facts["version"]
        self._aliases: dict[str, str] = facts["aliases"]
        self._lists: dict[str, Sequence[Sequence[Any]]] = dict(facts["lists"])
        self._extends: dict[str, Sequence[str]] = {}
        self._datasets: dict[str, DatasetStandard] = {}
        for order, entry in enumerate(facts["datasets"], start=1):
            name = entry["name"]
            self._datasets[name] = DatasetStandard(
                name=name,
                label=entry["label"],
                class_=entry["class"],
                structure=entry["structure"],
                order=order,
                subclass=entry.get("subclass", ""),
            )
            self._lists[name] = entry["variables"]
            self._extends[name] = entry["extends"]
        self._read: dict[str, _DatasetVariables] = {}

    @property
    def datasets(self) -> tuple[DatasetStandard, ...]:
        """Every dataset (SDTMIG) or structure (ADaM), in the standard's order."""
        return tuple(self._datasets.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names that `dataset` knows, sorted, for hints; not the SUPP-- names."""
        return tuple(sorted([*self._datasets, *self._aliases]))

    def dataset(self, name: str) -> DatasetStandard | None:
        """The dataset or structure of that name, None if the standard does not have it.

        `SUPPAE` is SUPPQUAL under its own name and label (SDTMIG 3.4, section 8.4); `BDS-TTE`
        is another name of `TTE`.
        """
        name = self._aliases.get(name, name)
        if name in self._datasets:
            return self._datasets[name]
        parent = name.removeprefix("SUPP")
        if parent != name and parent in self._datasets and _SUPPLEMENTAL in self._datasets:
            label = f"Supplemental Qualifiers for {parent}"
            return replace(self._datasets[_SUPPLEMENTAL], name=name, label=label)
        return None

    def variables(self, dataset: str) -> tuple[VariableStandard, ...]:
        """The variables the standard lists for a dataset, in order; none if it is unknown.

        ADaM names come as the standard writes them, with placeholders (`TRTxxP`).
        """
        found = self._variables(dataset)
        return found.listed if found else ()

    def variable(self, dataset: str, name: str) -> VariableStandard | None:
        """The standard's description of one variable of a dataset, None if it has none.

        A name that the dataset's own list lacks is looked for in what the dataset extends, and
        then has `model` set. A name written with placeholders is found by any name that fits,
        and comes back with the name asked for and its label filled in; so does a variable that
        continues a long text (`TSVAL1`).
        """
        found = self._variables(dataset)
        return found.lookup(name) if found else None

    def position(self, dataset: str, name: str) -> tuple[int, tuple[int, ...], str]:
        """A key that sorts the variables of a dataset into the standard's order.

        Model variables stand where the SDTM model has them; TRT01P and TRT02P come together;
        names unknown to the standard come last, by name.
        """
        found = self._variables(dataset)
        return found.position(name) if found else (0, (), name)

    def model_variables(self, dataset: str) -> tuple[VariableStandard, ...]:
        """The variables that `dataset` may have beyond its own list, in the standard's order."""
        found = self._variables(dataset)
        return found.extended if found else ()

    def _variables(self, dataset: str) -> _DatasetVariables | None:
        standard = self.dataset(dataset)
        if standard is None:
            return None
        name = standard.name if standard.name in self._lists else _SUPPLEMENTAL
        if name not in self._read:
            extends = [self._lists[other] for other in self._extends[name]]
            prefix = name[:2] if self.standard == "SDTMIG" else "--"
            self._read[name] = _DatasetVariables(self._lists[name], extends, prefix)
        return self._read[name]


class _DatasetVariables:
    """One dataset's variables: its own list, then what it extends, and one order of both."""

    def __init__(
        self, own: Sequence[Sequence[Any]], extends: Sequence[Sequence[Sequence[Any]]], prefix: str
    ) -> None:
        self.listed = tuple(_variable(row, prefix, n, False) for n, row in enumerate(own, start=1))
        by_name = {variable.name: variable for variable in self.listed}
        order = list(by_name)
        for rows in extends:
            others = [_variable(row, prefix, n, True) for n, row in enumerate(rows, start=1)]
            order = _weave(order, [variable.name for variable in others])
            for variable in others:
                by_name.setdefault(variable.name, variable)
        self.extended = tuple(by_name[name] for name in order if by_name[name].model)
        self._by_name = by_name
        self._rank = {name: rank for rank, name in enumerate(order)}
        patterns = [NamePattern(name) for name in by_name if is_pattern(name)]
        # A sponsor's own *DT is only meant when no named variable fits, and *SDT before *DT.
        self._patterns = sorted(
            patterns, key=lambda p: (p.open_ended, -len(p.text) if p.open_ended else 0)
        )

        self._found: dict[str, VariableStandard | None] = {}
        self._fits: dict[str, tuple[str, dict[str, str]] | None] = {}

    def lookup(self, name: str) -> VariableStandard | None:
        if name in self._by_name:
            return self._by_name[name]
        # specs, checks and metadata ask for the same names many times
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def _look_up(self, name: str) -> VariableStandard | None:
        continued = self._continued(name)
        if continued is not None:
            begun, number = continued
            first = self._by_name[begun]
            return replace(first, name=name, label=f"{first.label} {number}", core="Perm")
        fitting = self._fit(name)
        if fitting is None:
            return None
        pattern, placeholders = fitting
        variable = self._by_name[pattern]
        label = fill_label(variable.label, placeholders)
        return replace(variable, name=name, label=label, general=pattern.startswith("--"))

    def position(self, name: str) -> tuple[int, tuple[int, ...], str]:
        if name in self._rank:
            return (self._rank[name], (), name)
        continued = self._continued(name)
        if continued is not None:
            return (self._rank[continued[0]], (continued[1],), name)
        fitting = self._fit(name)
        if fitting is None:
            return (len(self._rank), (), name)
        pattern, placeholders = fitting
        numbers = tuple(int(text) for text in placeholders.values() if text.isdigit())
        return (self._rank[pattern], numbers, name)

    def _continued(self, name: str) -> tuple[str, int] | None:
        """The variable that a numbered one continues, and its number."""
        found = _CONTINUED.fullmatch(name)
        if found is None or found[1] not in self._by_name:
            return None
        return found[1], int(found[2])

    def _fit(self, name: str) -> tuple[str, dict[str, str]] | None:
        if name not in self._fits:
            matches = ((p.text, p.match(name)) for p in self._patterns)
            self._fits[name] = next(((text, m) for text, m in matches if m is not None), None)
        return self._fits[name]


def _variable(row: Sequence[Any], prefix: str, order: int, model: bool) -> VariableStandard:
    name, label, type_, role, core, codelists, format_, values = row
    return VariableStandard(
        name=name.replace("--", prefix),
        label=label,
        type=cast("SasType", type_),
        role=role,
        core="" if model else core,
        order=order,
        codelists=tuple(codelists),
        format=format_,
        values=tuple(values),
        model=model,
    )


def _weave(order: Sequence[str], others: Sequence[str]) -> list[str]:
    """`order` with each missing name of `others` put after its predecessor in `others`.

    A list that shares no name with `order` has no place in it and follows as a whole.
    """
    known = set(order)
    if known.isdisjoint(others):
        return [*order, *others]
    after: dict[str, list[str]] = {}
    anchor = ""
    for name in others:
        if name in known:
            anchor = name
        else:
            after.setdefault(anchor, []).append(name)
    woven = after.get("", [])
    for name in order:
        woven += [name, *after.get(name, [])]
    return woven


@lru_cache(maxsize=8)
def catalogue(standard: str, version: str) -> Catalogue:
    """The packaged catalogue of an implementation guide: ("SDTMIG", "3.4"), ("ADaMIG", "1.3").

    Raises:
        UsageError: the toolkit has no catalogue of that standard or version.
    """
    known = packaged_catalogues()
    wanted = standard.casefold()
    if (wanted, version) in known:
        return Catalogue(json.loads(read_catalogue(wanted, version)))
    versions = [packaged for name, packaged in known if name == wanted]
    if versions:
        raise UsageError(
            f"there is no catalogue of {standard} {version}",
            hint=f"Known versions: {', '.join(versions)}",
        )
    names = {name.upper().replace("ADAM", "ADaM"): name for name, _ in known}
    raise UsageError(
        f"there is no catalogue of a standard named {standard!r}",
        hint=did_you_mean(standard, names) or f"Known standards: {', '.join(sorted(names))}",
    )
