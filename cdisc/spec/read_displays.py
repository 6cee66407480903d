"""Reads define/displays.yaml: whom displays are about, and what each shows."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from cdisc.errors import CdiscError, Location, SpecError, did_you_mean, kept_in, raise_any
from cdisc.spec.analyses import ANALYSES, UNITS, Analysis, Kind, Records
from cdisc.spec.displays import Display, Displays, Population, Selection
from cdisc.spec.expression_parser import parse_condition
from cdisc.spec.expressions import Expr
from cdisc.spec.read_fields import (
    choice_of,
    fields_of,
    flag_of,
    integer_of,
    items_of,
    named,
    optional_text,
    required,
    text_of,
    texts_of,
)
from cdisc.spec.where_clauses import conditions_of
from cdisc.spec.yaml_nodes import Fields, Node, Text, read_yaml

FILE = "define/displays.yaml"
ALL = "All subjects"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DATASET = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_OWN = (
    "title",
    "population",
    "reason",
    "purpose",
    "from",
    "where",
    "each",
    "footnote",
    "documents",
)


def read_displays(home: Path) -> Displays:
    """The displays of a study folder; none without the file.

    Raises SpecError for what the language does not allow; Problems when there are several.
    """
    path = home / FILE
    if not path.exists():
        return Displays()
    top = read_yaml(path, FILE).only("populations", "displays")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    errors: list[CdiscError] = []
    populations: dict[str, Population] = {}
    wanted = fields_of(required(top, "populations", FILE), "populations")
    for name, node in wanted.fields.items():
        with kept_in(errors):
            populations[name] = _population(name, node, wanted.keys_at[name])
    shown = fields_of(required(top, "displays", FILE), "displays")
    texts = _texts(shown, lines)
    displays: dict[str, Display] = {}
    for id_, node in shown.fields.items():
        at = named(shown.keys_at[id_], id_)
        with kept_in(errors):
            displays[id_] = _display(id_, node, wanted, populations, texts[id_], at)
    raise_any(errors)
    return Displays(populations, displays)


def _texts(shown: Fields, lines: list[str]) -> dict[str, str]:
    """Each display as written: from its line to the next display, without comments after it."""
    starts = [(at.line or 1) - 1 for at in shown.keys_at.values()]
    ends = [*starts[1:], len(lines)]
    texts = {}
    for id_, start, end in zip(shown.fields, starts, ends, strict=True):
        block = lines[start:end]
        margin = len(block[0]) - len(block[0].lstrip())
        while len(block) > 1 and (not block[-1].strip() or block[-1].lstrip().startswith("#")):
            block.pop()
        texts[id_] = "\n".join(line[margin:].rstrip() for line in block)
    return texts


def _population(name: str, node: Node, at: Location) -> Population:
    entry = fields_of(node, name).only("label", "from", "where", "by", "total")
    total = entry.get("total")
    says, label = _total(total) if total is not None else (False, "")
    return Population(
        name=name,
        label=text_of(required(entry, "label", name), "label"),
        records=_selection(entry, name),
        by=optional_text(entry, "by"),
        total=says,
        total_label=label,
        at=named(at, name),
    )


def _total(node: Node) -> tuple[bool, str]:
    """`yes`, `no`, or the name of the group of all."""
    text = text_of(node, "total")
    if text.lower() in ("yes", "true", "no", "false"):
        return flag_of(node, "total"), ALL
    return True, text


def _selection(entry: Fields, what: str) -> Selection:
    origin = required(entry, "from", what)
    dataset = _dataset(origin)
    where = entry.get("where")
    if where is None:
        return Selection(dataset, None, (), origin.at)
    condition = parse_condition(text_of(where, "where"), where.at)
    return Selection(dataset, condition, conditions_of(condition, where.at), where.at)


def _dataset(node: Node) -> str:
    name = text_of(node, "from")
    if not _DATASET.fullmatch(name):
        raise SpecError(f"{name!r} cannot be a dataset", at=node.at, hint="e.g. from: ADRS")
    return name


def _display(
    id_: str,
    node: Node,
    wanted: Fields,
    populations: Mapping[str, Population],
    code: str,
    at: Location,
) -> Display:
    if not _ID.fullmatch(id_):
        raise SpecError(
            f"{id_!r} cannot be the number of a display, which names its files",
            at=at,
            hint="Letters, digits, . _ and -: 14.2.1",
        )
    entry = fields_of(node, id_).only(*_OWN, *ANALYSES)
    population = required(entry, "population", id_)
    name = text_of(population, "population")
    if name not in wanted.fields:
        raise SpecError(
            f"there is no population {name}",
            at=population.at,
            hint=did_you_mean(name, wanted.fields) or f"There is {', '.join(wanted.fields)}",
        )
    each, documents = entry.get("each"), entry.get("documents")
    reason, purpose = required(entry, "reason", id_), required(entry, "purpose", id_)
    made = {
        "title": text_of(required(entry, "title", id_), "title"),
        "reason": text_of(reason, "reason"),
        "purpose": text_of(purpose, "purpose"),
        "records": _selection(entry, id_),
        "each": () if each is None else texts_of(each, "each"),
        "analysis": _analysis(entry, id_, at),
        "footnote": optional_text(entry, "footnote"),
        "documents": () if documents is None else _documents(documents),
    }
    if each is not None and made["analysis"].figure:  # type: ignore[attr-defined]
        raise SpecError(
            "a figure is of one block of records",
            at=each.at,
            hint="Write a display for each, or a table",
        )
    if name not in populations:
        # what is wrong with the population has been told
        raise SpecError(f"the population {name} cannot be read", at=population.at)
    return Display(
        id=id_,
        population=populations[name],
        code=code,
        at=at,
        reason_at=reason.at,
        purpose_at=purpose.at,
        **made,  # type: ignore[arg-type]
    )


def _documents(node: Node) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for document, pages in fields_of(node, "documents").fields.items():
        none = isinstance(pages, Text) and pages.is_empty
        found.append((document, () if none else texts_of(pages, "pages")))
    return tuple(found)


# ---- the analysis ----------------------------------------------------------------------


def _analysis(entry: Fields, id_: str, at: Location) -> Analysis:
    asked = [name for name in entry.fields if name in ANALYSES]
    if not asked:
        raise SpecError(f"{id_} says no analysis", at=at, hint=f"There is {', '.join(ANALYSES)}")
    if len(asked) > 1:
        raise SpecError(
            f"{id_} has two analyses, {asked[0]} and {asked[1]}",
            at=named(entry.keys_at[asked[1]], id_),
            hint="A display has one; write another display",
        )
    kind, node = ANALYSES[asked[0]], entry.fields[asked[0]]
    if isinstance(node, Text) and node.is_empty:
        given: Mapping[str, Node] = {}
    else:
        arguments = fields_of(node, asked[0]).only(*(item.name for item in fields(kind)))
        given = arguments.fields
    read: dict[str, Any] = {}
    for item in fields(kind):
        if item.name in given:
            read[item.name] = _argument(given[item.name], item.name, item.metadata["kind"])
        elif item.default is MISSING:
            raise SpecError(
                f"{asked[0]} needs {item.name}",
                at=named(entry.keys_at[asked[0]], id_),
                hint=item.metadata["about"],
            )
    _check_values(read, given)
    return kind(**read)


def _check_values(read: Mapping[str, Any], given: Mapping[str, Node]) -> None:
    """Numbers that only make sense within bounds."""
    for name, value in read.items():
        if name == "confidence" and not 0 < value < 1:
            raise SpecError(
                f"confidence must be between 0 and 1, not {value:g}",
                at=given[name].at,
                hint="95 % is 0.95",
            )
        if name in ("days_per_month", "every") and value <= 0:
            raise SpecError(f"{name} must be above 0, not {value:g}", at=given[name].at)
        if name == "decimals" and not 0 <= value <= 8:
            raise SpecError(f"decimals must be within 0 to 8, not {value}", at=given[name].at)


def _argument(node: Node, name: str, kind: Kind) -> Any:
    match kind:
        case Kind.VARIABLE | Kind.TEXT:
            return text_of(node, name)
        case Kind.UNIT:
            return choice_of(node, name, UNITS)
        case Kind.VARIABLES:
            return texts_of(node, name)
        case Kind.CONDITION:
            return parse_condition(text_of(node, name), node.at)
        case Kind.CONDITIONS:
            return _conditions(node, name)
        case Kind.NUMBER:
            return _number(node, name)
        case Kind.NUMBERS:
            return tuple(_number(item, name) for item in items_of(node))
        case Kind.WHOLE:
            return integer_of(node, name)
        case Kind.FLAG:
            return flag_of(node, name)
        case Kind.VALUE:
            return _records(node, name, "value")
        case Kind.MARKS:
            marks = fields_of(node, name)
            return {label: _records(mark, label, "date") for label, mark in marks.fields.items()}


def _conditions(node: Node, name: str) -> dict[str, Expr | None]:
    found: dict[str, Expr | None] = {}
    for label, item in fields_of(node, name).fields.items():
        everything = isinstance(item, Text) and item.is_empty
        found[label] = None if everything else parse_condition(text_of(item, label), item.at)
    return found


def _number(node: Node, name: str) -> float:
    text = text_of(node, name)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SpecError(f"{name} must be a number, not {text!r}", at=node.at)
    return number


def _records(node: Node, what: str, variable: str) -> Records:
    entry = fields_of(node, what).only("from", "where", variable)
    selection = _selection(entry, what)
    read = text_of(required(entry, variable, what), variable)
    return Records(selection.dataset, selection.where, read, named(entry.at, what))
