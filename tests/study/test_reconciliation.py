"""Dirt and findings reconcile: what was put in is found or shown as designed, nothing else is.

`dirt.csv` beside this file has a line for each kind of dirt, the index of the cases D01 to D28:

    case,file,column,note   which marks of data/injected.csv it is about; a note begins like this
    shows                   what the records made of the raw record hold, `;` between several:
                            `LB.LBSTRESN=-` or `VS[VSTESTCD=WEIGHT].VSSTRESN={WEIGHT*0.5}`. The
                            right side is a pattern, `-` a missing value, `{COLUMN}` a cleaned cell
                            of the raw record; `PC=none` says that there is no record
    finding                 the rules that name it, `?` after one that may; empty: none does
    found                   each: every mark is named; once: one of each subject is
    same                    columns in which another record agrees that may be named in its place

`explained.csv` lists findings that no dirt explains, each with its reason.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms.columns.numbers import plain
from cdisc.algorithms.columns.uniques import text_column
from cdisc.build import Built, Inputs
from cdisc.model import Finding
from cdisc.pipeline.study import Study

HERE = Path(__file__).parent
CASES = tuple(f"D{number:02d}" for number in range(1, 29))
CUT = "A24"
MISSING = "-"

Mark = Mapping[str, str]
Line = Mapping[str, str]
Place = tuple[str, int]


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


LINES = table("dirt.csv")
EXPLAINED = table("explained.csv")


def line_of(mark: Mark) -> Line | None:
    """The line about a mark: the one with the longest beginning of its note."""
    fitting = [
        line
        for line in LINES
        if all(line[key] == mark[key] for key in ("case", "file", "column"))
        and mark["note"].startswith(line["note"])
    ]
    return max(fitting, key=lambda line: len(line["note"]), default=None)


def rules(line: Line) -> tuple[set[str], set[str]]:
    """The rules that must and those that may name what a line is about, as `LB:KEY.UNIQUE`."""
    words = line["finding"].split()
    may = {word.removesuffix("?") for word in words}
    return {word for word in words if not word.endswith("?")}, may


@pytest.fixture(scope="module")
def findings(study, tmp_path_factory) -> Sequence[Finding]:
    """The findings of a whole run, of sources, specs and rules."""
    out = tmp_path_factory.mktemp("reconciled") / "build"
    return Study(study).run(out=out).findings


@pytest.fixture(scope="module")
def named(findings) -> Mapping[str, set[Place]]:
    """The raw records that each rule names, as `LB:KEY.UNIQUE`."""
    found = defaultdict(set)
    for finding in findings:
        for occurrence in finding.occurrences:
            found[f"{finding.dataset}:{finding.rule}"].add((occurrence.file, occurrence.row))
    return found


class Raw:
    """The raw records of a study by file and row, whatever the format of the file."""

    def __init__(self, inputs: Inputs) -> None:
        self.tables = {
            name: table for name, table in inputs.tables.items() if not table.frame.empty
        }
        self.removed = {
            name: set(zip(cut["file"], cut["row"], strict=True))
            for name, whole in inputs.cut.items()
            for cut in [whole[whole["what"] == "removed"]]
        }
        self._same: dict[tuple[str, tuple[str, ...]], dict[tuple[str, ...], list[Place]]] = {}

    def source(self, file: str, column: str) -> str:
        """The source that has a column of a file; one ODM file holds several."""
        (name, *others) = [
            name
            for name, table in self.tables.items()
            if file in table.files and column in table.frame
        ]
        assert not others, f"{file} {column} is in {name} and {others}"
        return name

    def position(self, name: str, row: int) -> int | None:
        """The position of a row of a file in its source; None when it was rejected there."""
        found = np.flatnonzero(self.tables[name].row_of == row)
        return int(found[0]) if len(found) else None

    def cut(self, mark: Mark) -> bool:
        """Whether the data cut left out a marked record."""
        name = self.source(mark["file"], mark["column"])
        return (mark["file"], int(mark["row"])) in self.removed.get(name, ())

    def record(self, mark: Mark) -> Mapping[str, str]:
        """The cells of a marked record."""
        name = self.source(mark["file"], mark["column"])
        position = self.position(name, int(mark["row"]))
        assert position is not None, f"{mark} is no record any more"
        frame = self.tables[name].frame
        cells = frame.iloc[position]
        return {str(key): "" if pd.isna(value) else str(value) for key, value in cells.items()}

    def same(self, mark: Mark, columns: str) -> set[Place]:
        """The places of the records that agree with a marked one in some columns."""
        place = (mark["file"], int(mark["row"]))
        if not columns:
            return {place}
        name = self.source(mark["file"], mark["column"])
        table, wanted = self.tables[name], tuple(columns.split())
        if (name, wanted) not in self._same:
            groups = self._same[name, wanted] = defaultdict(list)
            keys = zip(*(text_column(table.frame[c]).fillna("") for c in wanted), strict=True)
            for key, row in zip(keys, table.row_of.tolist(), strict=True):
                groups[key].append((mark["file"], int(row)))
        cells = self.record(mark)
        return {place, *self._same[name, wanted][tuple(cells[column] for column in wanted)]}


@pytest.fixture(scope="module")
def raw_records(inputs) -> Raw:
    return Raw(inputs)


class Made:
    """The records that were made of a raw record, directly or by way of other datasets."""

    def __init__(self, built: Built) -> None:
        self.frames = {name: dataset.frame for name, dataset in built.datasets.items()}
        self.children = defaultdict(lambda: defaultdict(set))
        for name, edges in built.lineage.items():
            rows = [number for number, role in enumerate(edges.roles) if role == "rows"]
            parents = np.array(edges.parents)[edges.parent] if len(edges.parent) else []
            of_rows = np.isin(edges.role, rows)
            for child, parent, row, direct in zip(
                edges.child, parents, edges.parent_row, of_rows, strict=True
            ):
                if direct or str(parent).startswith("raw:"):
                    self.children[str(parent), int(row)][name].add(int(child))

    def of(self, source: str, position: int) -> Mapping[str, set[int]]:
        """The rows of each dataset."""
        found: dict[str, set[int]] = defaultdict(set)
        waiting = [(f"raw:{source}", position)]
        while waiting:
            for name, rows in self.children.get(waiting.pop(), {}).items():
                waiting += [(name, row) for row in rows - found[name]]
                found[name] |= rows
        return found


@pytest.fixture(scope="module")
def made(built) -> Made:
    return Made(built)


def cleaned(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def pattern(text: str, cells: Mapping[str, str]) -> str:
    """A pattern with the cells of a raw record filled in."""

    def fill(match: re.Match[str]) -> str:
        column, operation = match[1], match[2] or ""
        value = cleaned(cells[column])
        if operation == "+8h":
            moment = datetime.fromisoformat(value.replace("Z", "")) + timedelta(hours=8)
            return moment.isoformat()
        if operation:
            try:
                value = plain(Decimal(value) * Decimal(operation.removeprefix("*")))
            except InvalidOperation:
                return "(?!)"  # no number, so nothing fits
        return re.escape(value)

    return re.sub(r"\{([A-Z][A-Z0-9_.]*)(\*[\d.]+|\+8h)?\}", fill, text)


def differs(shown: str, cells: Mapping[str, str], records: Mapping[str, set[int]], made: Made):
    """What is wrong with one claim about the records made of a raw record; nothing if it holds."""
    if shown.endswith("=none"):
        name = shown.removesuffix("=none")
        return f"{name} has records" if records.get(name) else ""
    names, where, variable, wanted = re.fullmatch(
        r"([A-Z|]+)(?:\[(.+?)\])?\.([A-Z-]+)=(.*)", shown
    ).groups()
    seen = []
    for name in names.split("|"):
        rows = sorted(records.get(name, ()))
        if not rows:
            continue
        frame = made.frames[name].iloc[rows]
        if where:
            column, equal, value = re.fullmatch(r"([A-Z]+)(!?=)(.+)", where).groups()
            frame = frame[(frame[column] == value) == (equal == "=")]
        column = variable.replace("--", name)
        seen += text_column(frame[column].reset_index(drop=True)).fillna(MISSING).tolist()
    fits = re.compile(f"(?:{pattern(wanted, cells)})")
    return "" if any(fits.fullmatch(value) for value in seen) else f"{shown}, but {seen[:4]}"


def marks_of(injected: Sequence[Mark]) -> Iterator[tuple[Mark, Line]]:
    for mark in injected:
        line = line_of(mark)
        if line is not None:
            yield mark, line


# ---- the tests ---------------------------------------------------------------------------


def test_every_case_is_there(injected):
    assert set(CASES) <= {mark["case"] for mark in injected}
    assert set(CASES) <= {line["case"] for line in LINES}


def test_every_mark_has_its_line_and_every_line_its_mark(injected):
    unknown = [tuple(mark.values()) for mark in injected if line_of(mark) is None]
    assert unknown == []
    used = {tuple(line.values()) for _, line in marks_of(injected)}
    assert [line for line in LINES if tuple(line.values()) not in used] == []


def test_every_line_says_what_becomes_of_the_dirt():
    assert [line for line in LINES if not line["shows"] and not rules(line)[0]] == []
    odd = [line for line in LINES if bool(rules(line)[0]) != bool(line["found"])]
    assert odd == []


@pytest.mark.parametrize("case", [*CASES, CUT])
def test_dirt_that_calls_for_a_finding_is_found(case, injected, named, raw_records):
    lost = []
    once = defaultdict(list)
    for mark, line in marks_of(injected):
        if mark["case"] != case:
            continue
        for rule in rules(line)[0]:
            places = {(mark["file"], int(mark["row"]))}
            if line["same"]:
                places = raw_records.same(mark, line["same"])
            found = bool(places & named.get(rule, set()))
            if line["found"] == "each" and not found:
                lost.append((rule, *mark.values()))
            if line["found"] == "once":
                subject = raw_records.record(mark).get("PERSON", "")
                once[rule, line["note"], subject].append(found)
    assert lost == []
    assert [key for key, found in once.items() if not any(found)] == []


@pytest.mark.parametrize("case", [*CASES, CUT])
def test_dirt_arrives_as_designed(case, injected, raw_records, made):
    wrong = []
    for mark, line in marks_of(injected):
        claims = [claim.strip() for claim in line["shows"].split(";") if claim.strip()]
        if mark["case"] != case or not claims:
            continue
        name = raw_records.source(mark["file"], mark["column"])
        position = raw_records.position(name, int(mark["row"]))
        if raw_records.cut(mark):
            assert position is None
            claims = [claim for claim in claims if claim.endswith("=none")]
        records = {} if position is None else made.of(name, position)
        cells = {} if position is None else raw_records.record(mark)
        problems = [differs(claim, cells, records, made) for claim in claims]
        wrong += [(mark["file"], mark["row"], text) for text in problems if text]
    assert wrong == []


def test_every_finding_has_a_cause(findings, injected, raw_records):
    causes = defaultdict(set)
    for mark, line in marks_of(injected):
        _, may = rules(line)
        if may:
            places = raw_records.same(mark, line["same"]) if line["same"] else set()
            places.add((mark["file"], int(mark["row"])))
            for rule in may:
                causes[rule] |= places
    without = []
    for finding in findings:
        if explained(finding):
            continue
        rule = f"{finding.dataset}:{finding.rule}"
        places = {(occurrence.file, occurrence.row) for occurrence in finding.occurrences}
        assert finding.count <= len(finding.occurrences) or not places, str(finding)
        if not places or places - causes[rule]:
            without.append(f"{rule} {finding} {sorted(places - causes[rule])[:3]}")
    assert without == []


def explained(finding: Finding) -> bool:
    return any(
        line["dataset"] in ("*", finding.dataset)
        and line["rule"] == finding.rule
        and line["value"] in ("", finding.value)
        for line in EXPLAINED
    )


def test_every_explanation_explains_something(findings):
    idle = [
        line
        for line in EXPLAINED
        if not line["reason"]
        or not any(
            line["dataset"] in ("*", finding.dataset)
            and line["rule"] == finding.rule
            and line["value"] in ("", finding.value)
            for finding in findings
        )
    ]
    assert idle == []
