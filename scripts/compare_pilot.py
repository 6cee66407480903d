"""Build examples/cdiscpilot01 in memory and hold it against the published SDTM, cell by cell.

    python scripts/compare_pilot.py RAW EXPECTED [--markdown | --readme]

RAW holds the raw exports, EXPECTED the published datasets as CSV. Records are paired by their
keys, adverse events by their raw record: the published file keeps the order of the raw one, while
its AESEQ follows a number that the raw file lost. Exits 1 when a variable differs in a way that
nothing here explains.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.uniques import text_column
from cdisc.build import Built, build, read_inputs
from cdisc.errors import CdiscError
from cdisc.model import Occurrence
from cdisc.spec import StudySpec, read_study
from cdisc.spec.model import DatasetSpec, VariableSpec
from cdisc.spec.needs import call_refs, meaning

STUDY = Path(__file__).parents[1] / "examples" / "cdiscpilot01"
Marks = npt.NDArray[np.bool_]

BEGIN = "<!-- comparison: written by scripts/compare_pilot.py --readme -->"
END = "<!-- end of comparison -->"
RAW_ROW = "raw row"
KEYS: Mapping[str, tuple[str, ...]] = {
    "DM": ("USUBJID",),
    "AE": (RAW_ROW,),
    "EX": ("USUBJID", "EXSEQ"),
    "SUPPAE": (RAW_ROW, "QNAM"),
    "SUPPDM": ("USUBJID", "QNAM"),
}

EQUAL = "equal"
LOST = "lost in raw"
DEPARTS = "published file departs from the standard"
BLANK = "published blank"
UNEXPLAINED = "unexplained"

NUMBERED = "the published number follows AEDTC, AESTDTC and AESPID; the raw file has no AESPID"
NO_ARM = "SDTMIG 3.4 leaves the arm of a screen failure empty and says why in ARMNRS"
EXPLAINED: Mapping[str, tuple[str, str]] = {
    "DM.ARMCD": (DEPARTS, NO_ARM),
    "DM.ARM": (DEPARTS, NO_ARM),
    "DM.ACTARMCD": (DEPARTS, NO_ARM),
    "DM.ACTARM": (DEPARTS, NO_ARM),
    "DM.BRTHDTC": (LOST, "the raw files have no date of birth"),
    "DM.RFPENDTC": (LOST, "the last contact is in files that are not among these five"),
    "AE.AESEQ": (LOST, NUMBERED),
    "SUPPAE.IDVARVAL": (LOST, NUMBERED),
    "AE.AESTDY": (DEPARTS, "the day of the first exposure is study day 1; one event has 366"),
    "AE.AESPID": (LOST, "the raw file has no number of the event"),
    "SUPPDM.QVAL EFFICACY": (LOST, "the efficacy assessments are not among these files"),
}
"""What no record by itself can tell: the class of a variable that differs, and why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One variable of a dataset compared over all its records.

    `compared` have a value on both sides, `equal` and `different` of them; `raw_blank` have a
    published value, while a raw cell that ours comes from is blank or there is none, so that
    nothing could be compared; `published_blank` only ours has.
    """

    dataset: str
    variable: str
    compared: int
    equal: int
    different: int
    raw_blank: int
    published_blank: int
    class_: str
    reason: str

    @property
    def name(self) -> str:
        """`AE.AETERM`."""
        return f"{self.dataset}.{self.variable}"


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Our records and the published ones, paired by their keys; texts, blank where missing."""

    ours: pd.DataFrame
    published: pd.DataFrame
    raw_blank: Mapping[str, Marks]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Lines in the order of the published variables, and record counts (ours, published)."""

    lines: tuple[Line, ...]
    records: Mapping[str, tuple[int, int]]

    @property
    def unexplained(self) -> tuple[Line, ...]:
        """The lines that nothing explains."""
        return tuple(line for line in self.lines if line.class_ == UNEXPLAINED)


def compare(raw: Path, expected: Path) -> Comparison:
    """Build the example over `raw` and compare each published dataset in `expected`."""
    study = read_study(STUDY, {"raw": raw})
    built = build(study, read_inputs(study))
    lines: list[Line] = []
    records = {}
    for name in KEYS:
        published = read_published(name, expected)
        records[name] = (len(built.datasets[name].frame), len(published))
        pairs = paired(name, study, built, raw, published)
        lines += compared(name, pairs, [str(column) for column in published if column != RAW_ROW])
    return Comparison(tuple(lines), records)


def read_published(name: str, expected: Path) -> pd.DataFrame:
    """A published dataset; of adverse events and their qualifiers with the raw record of each."""
    published = read_texts(expected / f"{name.lower()}.csv")
    if RAW_ROW not in KEYS[name]:
        return published
    events = read_texts(expected / "ae.csv")
    events[RAW_ROW] = [str(row) for row in range(1, len(events) + 1)]
    if name == "AE":
        return events
    parents = events[["USUBJID", "AESEQ", RAW_ROW]].rename(columns={"AESEQ": "IDVARVAL"})
    return published.merge(parents, on=["USUBJID", "IDVARVAL"], how="left", validate="m:1")


def read_texts(path: Path) -> pd.DataFrame:
    """A CSV file as text, blank where there is nothing."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def paired(name: str, study: StudySpec, built: Built, raw: Path, published: pd.DataFrame) -> Pairs:
    """Every record of either side, in the order of the published file; a lone one has no other."""
    frame = built.datasets[name].frame
    ours = pd.DataFrame({c: text_column(frame[c]).fillna("") for c in frame.columns})
    places = built.locate(name, np.arange(len(ours), dtype=np.int64))
    ours[RAW_ROW] = [str(place.row) for place in places]
    cells = raw_cells_blank(name, study, places, raw)
    keys = list(KEYS[name])
    rows_by_key = pd.concat(
        [
            published[keys].assign(published=range(len(published))),
            ours[keys].assign(ours=range(len(ours))),
        ]
    )
    groups = rows_by_key.groupby(keys, sort=False, dropna=False)
    if (groups.count() > 1).any(axis=None):
        raise ValueError(f"records of {name} share {' and '.join(keys)}, so they cannot be paired")
    both = groups.first()
    our_rows = both["ours"].fillna(-1).to_numpy(dtype=np.int64)
    rows = both["published"].fillna(-1).to_numpy(dtype=np.int64)
    return Pairs(
        _rows_of(ours, our_rows),
        _rows_of(published, rows),
        {variable: marks[our_rows] & (our_rows >= 0) for variable, marks in cells.items()},
    )


def _rows_of(frame: pd.DataFrame, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    """The rows at these positions, blank where there is none (-1)."""
    return frame.reindex(rows).fillna("").reset_index(drop=True)


def compared(name: str, pairs: Pairs, published: Sequence[str]) -> Iterator[Line]:
    """A line for each published variable; QVAL has one for each QNAM, lone records included."""
    matched = np.ones(len(pairs.ours), dtype=np.bool_)
    if "QNAM" in KEYS[name]:
        matched = np.asarray((pairs.ours["QNAM"] != "") & (pairs.published["QNAM"] != ""))
    for variable in published:
        if variable == "QVAL":
            names = pairs.published["QNAM"].where(pairs.published["QNAM"] != "", pairs.ours["QNAM"])
            for qnam in dict.fromkeys(names):
                yield line(name, variable, pairs, np.asarray(names == qnam), qnam)
        else:
            yield line(name, variable, pairs, matched)


def line(name: str, variable: str, pairs: Pairs, rows: Marks, qnam: str = "") -> Line:
    """One variable compared on the pairs that `rows` marks."""
    theirs = pairs.published[variable][rows].to_numpy()
    nothing = np.full(len(theirs), "", dtype=object)
    ours = pairs.ours[variable][rows].to_numpy() if variable in pairs.ours else nothing
    cell_blank = pairs.raw_blank.get(qnam or variable, np.zeros(len(rows), dtype=np.bool_))[rows]
    here, there = ours != "", theirs != ""
    same = here & there & (ours == theirs)
    untold = there & ~same & (cell_blank | (variable not in pairs.ours))
    numbers = {
        "compared": int((here & there & ~untold).sum()),
        "equal": int(same.sum()),
        "different": int((there & ~same & ~untold).sum()),
        "raw_blank": int(untold.sum()),
        "published_blank": int((here & ~there).sum()),
    }
    spoken = f"{variable} {qnam}".strip()
    class_, reason = classified(f"{name}.{spoken}", numbers)
    return Line(name, spoken, **numbers, class_=class_, reason=reason)


def classified(name: str, numbers: Mapping[str, int]) -> tuple[str, str]:
    """The class of a variable and why it is in it."""
    if numbers["different"] or (numbers["raw_blank"] and name in EXPLAINED):
        return EXPLAINED.get(name, (UNEXPLAINED, ""))
    if numbers["raw_blank"]:
        return LOST, "blank in the raw file on these records"
    if numbers["published_blank"]:
        return BLANK, "the raw file has it"
    return EQUAL, ""


def raw_cells_blank(
    name: str, study: StudySpec, places: Sequence[Occurrence], raw: Path
) -> dict[str, Marks]:
    """By variable (or QNAM), the records of a dataset that one of its raw cells is blank for."""
    spec = study.datasets[name.removeprefix("SUPP")]
    variables = spec.supplemental if name.startswith("SUPP") else spec.variables
    count = len(places)
    files = {place.file for place in places}
    tables = {file: read_texts(raw / file) for file in sorted(files)}
    blank: dict[str, Marks] = {}
    for variable in variables.values():
        columns = source_columns(variable, spec)
        marks = np.zeros(count, dtype=np.bool_)
        for file, table in tables.items():
            cells = (table[[c for c in columns if c in table]] == "").any(axis=1).to_numpy()
            rows = [i for i, place in enumerate(places) if place.file == file]
            marks[rows] = cells[[places[i].row - 1 for i in rows]]
        blank[variable.name] = marks
    return blank


def source_columns(variable: VariableSpec, spec: DatasetSpec) -> list[str]:
    """The raw columns a variable comes from, through the variables of its own dataset."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [variable]
    while waiting:
        one = waiting.pop()
        for ref in call_refs(one.call, ()):
            what = meaning(ref, spec, one.name)
            if what == "source":
                found[ref.name] = None
            elif what == "own" and ref.name in spec.variables and ref.name not in seen:
                seen.add(ref.name)
                waiting.append(spec.variables[ref.name])
    return list(found)


def as_text(comparison: Comparison) -> Iterator[str]:
    """The whole comparison, one variable a line."""
    titles = ("compared", "equal", "different", "raw blank", "published blank")
    yield f"{'variable':24}" + "".join(f"{title:>17}" for title in titles) + "  class"
    for one in comparison.lines:
        counts = (one.compared, one.equal, one.different, one.raw_blank, one.published_blank)
        cells = "".join(f"{count:>17,}" for count in counts)
        reason = f" ({one.reason})" if one.reason else ""
        yield f"{one.name:24}{cells}  {one.class_}{reason}"


def as_markdown(comparison: Comparison) -> Iterator[str]:
    """Two tables: a line for each dataset, and one for each variable that is not simply equal."""
    yield "| dataset | records | published | variables | without a difference |"
    yield "|---|---:|---:|---:|---:|"
    for name, (ours, published) in comparison.records.items():
        lines = [one for one in comparison.lines if one.dataset == name]
        equal = sum(not one.different for one in lines)
        yield f"| {name} | {ours:,} | {published:,} | {len(lines)} | {equal} |"
    yield ""
    yield "| variable | equal | different | raw blank | published blank | class |"
    yield "|---|---:|---:|---:|---:|---|"
    for one in comparison.lines:
        if one.class_ == EQUAL:
            continue
        counts = (one.equal, one.different, one.raw_blank, one.published_blank)
        cells = " | ".join(f"{count:,}" for count in counts)
        yield f"| {one.name} | {cells} | *{one.class_}*: {one.reason} |"


def with_comparison(readme: str, comparison: Comparison) -> str:
    """A README with these tables between its two markers. Raises ValueError without markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the README lacks {BEGIN} and {END}")
    return "\n".join((before + begin, "", *as_markdown(comparison), "", end + after))


def main() -> int:
    """Print the comparison; 1 when something in it is unexplained, 2 when it cannot be made."""
    parser = argparse.ArgumentParser(description="Compare the pilot example with what is published")
    parser.add_argument("raw", type=Path, metavar="RAW", help="folder of the raw exports")
    parser.add_argument("expected", type=Path, metavar="EXPECTED", help="folder of published CSV")
    parser.add_argument("--markdown", action="store_true", help="the tables of the README")
    parser.add_argument("--readme", action="store_true", help="write them into the README")
    arguments = parser.parse_args()
    try:
        comparison = compare(arguments.raw, arguments.expected)
    except (CdiscError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.readme:
        readme = STUDY / "README.md"
        text = with_comparison(readme.read_text(encoding="utf-8"), comparison)
        readme.write_text(text, encoding="utf-8", newline="\n")
    else:
        print("\n".join((as_markdown if arguments.markdown else as_text)(comparison)))
    return 1 if comparison.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
