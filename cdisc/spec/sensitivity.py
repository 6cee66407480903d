"""define/sensitivity.yaml: other conventions for some parameters, and what is compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from cdisc.errors import (
    CdiscError,
    Location,
    SpecError,
    UsageError,
    did_you_mean,
    kept_in,
    raise_any,
)
from cdisc.spec.alternatives import (
    Change,
    Kind,
    Value,
    Without,
    changed,
    check_parameter,
)
from cdisc.spec.check import check_again
from cdisc.spec.read_fields import (
    fields_of,
    items_of,
    named,
    optional_text,
    required,
    text_of,
    texts_of,
)
from cdisc.spec.study import StudySpec
from cdisc.spec.yaml_nodes import Fields, Node, read_yaml

FILE = "define/sensitivity.yaml"
TARGETS: Mapping[str, Kind] = {
    "parameters": "parameter",
    "variables": "variable",
    "selections": "selection",
}
"""What a change may be in, by the word for it."""
_EXAMPLE = "compare: {ADRS: [BOR, CBOR], ADTTE: [PFS]}"


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """Other conventions under a name: the study's specs with them."""

    name: str
    label: str
    study: StudySpec
    changed: frozenset[str]
    at: Location


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """What is compared, by dataset its parameters, under which alternatives."""

    compare: Mapping[str, tuple[str, ...]]
    alternatives: tuple[Alternative, ...]


def declares_sensitivity(study: StudySpec) -> bool:
    """Whether the study folder has alternatives."""
    return (study.home / FILE).is_file()


def read_sensitivity(study: StudySpec, only: Collection[str] = ()) -> Sensitivity:
    """The alternatives of a study; with `only` those of these names.

    Raises SpecError, or Problems, with the place of each thing that is wrong; UsageError when there
    is no such file or `only` names an alternative that it does not have.
    """
    path: Path = study.home / FILE
    if not path.is_file():
        raise UsageError(
            "the study declares no alternatives",
            at=Location(FILE),
            hint=f"Write that file: what to compare ({_EXAMPLE}) and alternatives; see "
            "`cdisc sensitivity --help`",
        )
    fields = read_yaml(path, FILE).only("compare", "alternatives")
    compare = _compare(required(fields, "compare", FILE), study)
    listed = fields_of(required(fields, "alternatives", FILE), "alternatives")
    for name in only:
        if name not in listed.fields:
            hint = did_you_mean(name, listed.fields) or f"There are {', '.join(listed.fields)}"
            raise UsageError(f"there is no alternative {name}", at=Location(FILE), hint=hint)
    found: list[Alternative] = []
    errors: list[CdiscError] = []
    for name, node in listed.fields.items():
        if only and name not in only:
            continue
        with kept_in(errors):
            found.append(_alternative(name, node, listed.keys_at[name], study))
    raise_any(errors)
    if not found:
        raise SpecError("alternatives names none", at=listed.at)
    return Sensitivity(compare, tuple(found))


def _compare(node: Node, study: StudySpec) -> dict[str, tuple[str, ...]]:
    compare: dict[str, tuple[str, ...]] = {}
    fields = fields_of(node, "compare")
    for name, value in fields.fields.items():
        spec = _dataset(name, fields.keys_at[name], study)
        parameters = texts_of(value, name)
        for parameter, item in zip(parameters, items_of(value), strict=True):
            check_parameter(study.datasets[spec], parameter, item.at)
        compare[spec] = parameters
    if not compare:
        raise SpecError("compare names no dataset", at=fields.at, hint=f"e.g. {_EXAMPLE}")
    return compare


def _dataset(name: str, at: Location, study: StudySpec) -> str:
    if name not in study.datasets:
        hint = did_you_mean(name, study.datasets) or f"There are {', '.join(study.datasets)}"
        raise SpecError(f"no spec describes a dataset {name}", at=at, hint=hint)
    return name


def _alternative(name: str, node: Node, at: Location, study: StudySpec) -> Alternative:
    fields = fields_of(node, name).only("label", "changes")
    label = optional_text(fields, "label") or name
    datasets: set[str] = set()
    other = study
    for item in items_of(required(fields, "changes", name)):
        change = _change(fields_of(item, "changes"), study)
        other = changed(other, change)
        datasets.add(change.dataset)
    at = named(at, name)
    _check(study, other, datasets, at)
    return Alternative(name, label, other, frozenset(datasets), at)


def _check(study: StudySpec, other: StudySpec, datasets: Collection[str], at: Location) -> None:
    """Refuse what names nothing in the specs as changed, and did not before."""
    errors = check_again(other, datasets)
    known = {str(error) for error in check_again(study, datasets)} if errors else set()
    for error in errors:
        if str(error) not in known:
            message = f"it cannot be built so: {error.message}"
            raise SpecError(message, at=at, hint=error.hint)


def _change(fields: Fields, study: StudySpec) -> Change:
    fields.only("dataset", *TARGETS, "argument", "value", "without")
    node = required(fields, "dataset", "a change")
    dataset = _dataset(text_of(node, "dataset"), node.at, study)
    targets = [key for key in TARGETS if key in fields.fields]
    if len(targets) != 1:
        raise SpecError("a change names parameters, variables or selections", at=fields.at)
    given = fields.fields[targets[0]]
    argument = required(fields, "argument", "a change")
    return Change(
        dataset=dataset,
        kind=TARGETS[targets[0]],
        targets=tuple((text_of(item, targets[0]), item.at) for item in items_of(given)),
        path=tuple(text_of(argument, "argument").split(".")),
        argument_at=argument.at,
        other=_other(fields),
        at=fields.at,
    )


def _other(fields: Fields) -> Value | Without:
    value, without = fields.get("value"), fields.get("without")
    if value is not None and without is None:
        return Value(value)
    if without is not None and value is None:
        return Without(without)
    raise SpecError(
        "a change gives either the other value, or what the list is without",
        at=fields.at,
        hint="value: 35, or without: if_gap_over",
    )
