"""From the lines of a trial's registration to raw forms, SDTM and analysis: one Markdown page.

A small file (`define/registration.yaml`) says of each registered line where it went: dataset,
variable and the records it is about. Which raw columns feed that variable is followed through
the specs; which sources the records really came from, through the lineage of the built data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.build import Built
from cdisc.build.origins import is_column
from cdisc.errors import CdiscError, Location, SpecError, kept_in, raise_any
from cdisc.pipeline.registered_results import analysis_errors, display_cell
from cdisc.spec import StudySpec
from cdisc.spec.feeds import ROWS, Feed, feeds
from cdisc.spec.parameter_lists import declared_parameters
from cdisc.spec.read_fields import (
    choice_of,
    fields_of,
    items_of,
    named,
    required,
    text_of,
    texts_of,
)
from cdisc.spec.yaml_nodes import Node, read_yaml

KINDS = {
    "outcome": "Outcome measures",
    "inclusion": "Inclusion criteria",
    "exclusion": "Exclusion criteria",
    "arm": "Arms",
    "dose": "Doses and schedule",
}
"""What a line of a registration can be, with the heading of its section."""

Positions = npt.NDArray[np.intp]

_PLACE = re.compile(r"(?P<dataset>[A-Z][A-Z0-9]*)\.(?P<variable>[A-Z][A-Z0-9]*)(?P<where> .*)?")
_NOT_COLLECTED = "protocol"


@dataclass(frozen=True, slots=True)
class Place:
    """A variable of a dataset, on the records that have these values."""

    dataset: str
    variable: str
    where: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        conditions = ", ".join(f"{name} = {value}" for name, value in self.where)
        return f"{self.dataset}.{self.variable}" + (f" ({conditions})" if conditions else "")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the registration in short words, and where it went.

    `places` are of SDTM, `analysis` of ADaM; `displays` are the tables and figures that answer it.
    """

    id: str
    kind: str
    text: str
    places: tuple[Place, ...]
    at: Location
    analysis: tuple[Place, ...] = ()
    displays: tuple[str, ...] = ()


def read_registration(path: Path, shown: str) -> list[Line]:
    """The lines of a registration, in the order of the file.

    Each entry is an id with `kind` (outcome, inclusion, exclusion, arm, dose), `line`, and
    `sdtm`: places, each `DATASET.VARIABLE` or `DATASET.VARIABLE NAME=value, NAME=value`. It may
    have `adam`, places of the analysis, and `displays`, numbers of define/displays.yaml.

    Raises:
        SourceError: the file is not there.
        SpecError: an entry cannot be read; Problems when there are several.
    """
    lines: list[Line] = []
    errors: list[CdiscError] = []
    fields = read_yaml(path, shown)
    for id_, node in fields.fields.items():
        with kept_in(errors):
            entry = fields_of(node, id_).only("kind", "line", "sdtm", "adam", "displays")
            kind = choice_of(required(entry, "kind", id_), "kind", tuple(KINDS))
            text = text_of(required(entry, "line", id_), "line")
            places = _places(required(entry, "sdtm", id_), "sdtm")
            analysis, shown_in = entry.get("adam"), entry.get("displays")
            lines.append(
                Line(
                    id_,
                    kind,
                    text,
                    places,
                    named(fields.keys_at[id_], id_),
                    () if analysis is None else _places(analysis, "adam"),
                    () if shown_in is None else texts_of(shown_in, "displays"),
                )
            )
    _raise(errors)
    return lines


def _places(node: Node, what: str) -> tuple[Place, ...]:
    return tuple(_place(text_of(item, what), item.at) for item in items_of(node))


def _place(text: str, at: Location) -> Place:
    found = _PLACE.fullmatch(text)
    where = []
    for part in (found["where"] or "").split(",") if found else ():
        name, equals, value = part.strip().partition("=")
        if equals and name and value:
            where.append((name.strip(), value.strip()))
        elif part.strip():
            found = None
            break
    if found is None:
        raise SpecError(
            f"{text!r} is not a place",
            at=at,
            hint="Write DATASET.VARIABLE, and for some records NAME=value, NAME=value",
        )
    return Place(found["dataset"], found["variable"], tuple(where))


def check_registration(built: Built, lines: Sequence[Line]) -> None:
    """Refuse places that are not there.

    Raises:
        SpecError: a dataset, variable or value that a line names is in no spec or on no record;
            Problems when there are several.
    """
    errors: list[CdiscError] = []
    for line in lines:
        for place in line.places:
            problem = _missing(built, place)
            if problem:
                errors.append(SpecError(f"{place}: {problem}", at=line.at))
    _raise(errors)


def check_analysis(study: StudySpec, built: Built, lines: Sequence[Line]) -> None:
    """Refuse ADaM places and displays that are not there.

    A PARAMCD must be a declared parameter; where the spec takes it from the data, a record must
    have it.

    Raises:
        SpecError: a dataset, variable, parameter or display that a line names is not there;
            Problems when there are several.
    """
    errors = analysis_errors(study, lines)
    told = {error.at for error in errors}
    for line in lines:
        for place in line.analysis if line.at not in told else ():
            if declared_parameters(study.datasets[place.dataset]) is None:
                problem = _missing(built, place)
                if problem:
                    errors.append(SpecError(f"{place}: {problem}", at=line.at))
    _raise(errors)


def _missing(built: Built, place: Place) -> str:
    """What of a place is not there, or nothing."""
    if place.dataset not in built.datasets:
        return f"there is no dataset {place.dataset}"
    frame = built.datasets[place.dataset].frame
    for name in (place.variable, *(name for name, _ in place.where)):
        if name not in frame.columns:
            return f"{place.dataset} has no variable {name}"
    return "" if len(_records(frame, place)) else "no record is so"


def _records(frame: pd.DataFrame, place: Place) -> Positions:
    """The positions of the records of a place that have a value."""
    kept = frame[place.variable].notna()
    for name, value in place.where:
        kept &= frame[name].astype("str") == value
    return np.flatnonzero(kept.to_numpy(dtype=np.bool_))


def raw_columns(study: StudySpec, built: Built, place: Place) -> list[Feed]:
    """The columns of raw sources that feed a place, in the order of study.yaml.

    Of the columns that the specs name, those of the sources that the records go back to. Records
    that are of a form without taking a value from it (a lesion of the form for targets is a
    target) have the form without a column.
    """
    dataset, names = place.dataset, [place.variable]
    rows = _records(built.datasets[dataset].frame, place)
    follow = _Lineage(built)
    if dataset.startswith("SUPP") and dataset not in study.datasets:
        parent = dataset.removeprefix("SUPP")
        asked = [value for name, value in place.where if name == "QNAM"]
        names = asked or sorted(study.datasets[parent].supplemental)
        rows = follow.rows(dataset, rows, ROWS, parent)
        dataset = parent
    codes = [value for _, value in place.where]
    records = _Records(rows)
    found = {
        feed
        for name in names
        for feed in feeds(
            study.datasets, dataset, name, follow=follow, records=records, codes=codes
        )
        if is_column(study, feed)
    }
    if not found:
        found = {Feed(name, "") for name in follow.forms(dataset, rows) if name in study.sources}
    order = list(study.sources)
    return sorted(found, key=lambda feed: (order.index(feed.origin), feed.column))


class _Records:
    """Positions of records of one dataset, that compare by their value."""

    def __init__(self, rows: Positions) -> None:
        self.rows = rows
        self._key = rows.tobytes()

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Records) and self._key == other._key


class _Lineage:
    """Follows records through the lineage of a build."""

    def __init__(self, built: Built) -> None:
        self.built = built

    def __call__(
        self, dataset: str, records: _Records, role: str, origin: str, /
    ) -> _Records | None:
        """The records of an origin that records of a dataset go back to; None for none."""
        rows = self.rows(dataset, records.rows, role, origin)
        return _Records(rows) if len(rows) else None

    def rows(self, dataset: str, rows: Positions, role: str, origin: str) -> Positions:
        """Positions in the origin, sorted; a role that lineage does not keep reaches all there."""
        edges = self.built.lineage[dataset]
        if role not in edges.roles:
            return self._all(origin)
        names = [name for name in (origin, f"raw:{origin}") if name in edges.parents]
        if not names:
            return np.empty(0, dtype=np.intp)
        mine = edges.parent == edges.parents.index(names[-1])
        mine &= edges.role == edges.roles.index(role)
        mine &= np.isin(edges.child, rows)
        return np.unique(edges.parent_row[mine]).astype(np.intp)

    def forms(self, dataset: str, rows: Positions) -> set[str]:
        """The inputs that records were made of, through the datasets between."""
        edges = self.built.lineage[dataset]
        mine = np.isin(edges.child, rows) & (edges.role == edges.roles.index(ROWS))
        found: set[str] = set()
        for number in np.unique(edges.parent[mine]).tolist():
            parent = edges.parents[number]
            if parent.startswith("raw:"):
                found.add(parent.removeprefix("raw:"))
            else:
                found |= self.forms(parent, self.rows(dataset, rows, ROWS, parent))
        return found

    def _all(self, origin: str) -> Positions:
        known = self.built.datasets.get(origin)
        return np.arange(1 if known is None else len(known.frame), dtype=np.intp)


def traceability(study: StudySpec, built: Built, lines: Sequence[Line]) -> str:
    """The page: one section a kind, one row a line of the registration."""
    check_registration(built, lines)
    check_analysis(study, built, lines)
    page = [
        "# From the registration to the data",
        "",
        f"Where each line of the registration of {study.info.name} went: the columns of the raw",
        "forms, followed through the mapping specs, the SDTM variables with the records they are",
        "about, the ADaM variables with their parameters, and the displays that answer it, which",
        "`cdisc results` makes. `protocol` stands where nothing is collected.",
        "",
        "This page is written by `python scripts/build_traceability.py` from",
        "`define/registration.yaml` and the specs; do not edit it.",
    ]
    for kind, heading in KINDS.items():
        rows = [line for line in lines if line.kind == kind]
        if rows:
            page += [
                "",
                f"## {heading}",
                "",
                "| id | registered | raw form: columns | SDTM | ADaM | displays |",
            ]
            page += ["|---|---|---|---|---|---|"]
            page += [_row(study, built, line) for line in rows]
    return "\n".join(page) + "\n"


def _row(study: StudySpec, built: Built, line: Line) -> str:
    pairs = [(_forms(study, raw_columns(study, built, place)), str(place)) for place in line.places]
    forms = "<br>".join(forms for forms, _ in pairs)
    places = "<br>".join(place for _, place in pairs)
    analysis = "<br>".join(map(str, line.analysis))
    cells = (line.id, line.text, forms, places, analysis, display_cell(study, line))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _forms(study: StudySpec, columns: Sequence[Feed]) -> str:
    """`ae.csv: AESTDAT, AETERM; aelog.csv: CHGDAT`."""
    if not columns:
        return _NOT_COLLECTED
    by_form: dict[str, list[str]] = {}
    for feed in columns:
        by_form.setdefault(form_of(study, feed.origin), []).append(feed.column or "the form itself")
    return "; ".join(f"{form}: {', '.join(names)}" for form, names in by_form.items())


def form_of(study: StudySpec, source: str) -> str:
    """The file of a source, with the form in it where it holds several."""
    spec = study.sources[source].spec
    return f"{spec.file} {spec.sheet}" if spec.sheet else str(spec.file)


def _raise(errors: Sequence[CdiscError]) -> None:
    raise_any(errors)
