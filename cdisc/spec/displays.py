"""The displays of a study report as define/displays.yaml declares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cdisc.errors import Location
from cdisc.model import Condition
from cdisc.spec.analyses import Analysis
from cdisc.spec.expressions import Expr, refs


@dataclass(frozen=True, slots=True)
class Selection:
    """Records of a dataset: all, or those that a condition and its range checks select."""

    dataset: str
    where: Expr | None
    conditions: tuple[Condition, ...]
    at: Location

    def variables(self) -> Iterator[str]:
        """The variables that the condition names."""
        if self.where is not None:
            yield from (ref.name for ref in refs(self.where))

    def __str__(self) -> str:
        return self.dataset if self.where is None else f"{self.dataset} where {self.where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Whom a display is about: subjects of a dataset with one record each, in groups.

    `by` is the variable whose values are the groups, empty for none; `total` whether there is a
    last group of all; `total_label` its name.
    """

    name: str
    label: str
    records: Selection
    by: str
    total: bool
    total_label: str
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """One table or figure: whom it is about, which records, and by what analysis.

    `each` are variables whose values divide the records into blocks; `code` is the text of the
    display as written.
    """

    id: str
    title: str
    population: Population
    reason: str
    purpose: str
    records: Selection
    each: tuple[str, ...]
    analysis: Analysis
    footnote: str
    documents: tuple[tuple[str, tuple[str, ...]], ...]
    code: str
    at: Location
    reason_at: Location
    purpose_at: Location

    @property
    def name(self) -> str:
        """`Table 14.2.1` or `Figure 14.2.2.1`."""
        return f"{'Figure' if self.analysis.figure else 'Table'} {self.id}"

    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """Every variable that it reads, by dataset, each once."""
        found: dict[str, dict[str, None]] = {}
        for dataset, names in self._reads():
            found.setdefault(dataset, {}).update(dict.fromkeys(names))
        return {dataset: tuple(names) for dataset, names in found.items()}

    def _reads(self) -> Iterator[tuple[str, list[str]]]:
        population, records = self.population, self.records
        by = [population.by] if population.by else []
        yield population.records.dataset, ["USUBJID", *by, *population.records.variables()]
        own = [*records.variables(), *self.each, *self.analysis.own_variables()]
        yield records.dataset, ["USUBJID", *own]
        for other in self.analysis.other_records():
            selected = [] if other.where is None else [ref.name for ref in refs(other.where)]
            yield other.dataset, ["USUBJID", *selected, other.variable]


@dataclass(frozen=True, slots=True)
class Displays:
    """All displays by id, in the order of the file, and the populations by name."""

    populations: Mapping[str, Population] = field(default_factory=dict)
    displays: Mapping[str, Display] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Display]:
        return iter(self.displays.values())

    def __len__(self) -> int:
        return len(self.displays)
