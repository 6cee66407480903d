"""Time and memory of the engine on a findings dataset: unpivot, recode, dates, sequence.

    python benchmarks/findings_rows.py --rows 3000000

A wide source of six tests a record, made in memory, becomes a vital signs dataset through the real
spec reader and engine. Printed are the CPU seconds of every step (all threads), and the most that
was held at any moment above the source, compared with the size of the dataset built. `--profile`
prints where the time goes instead.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc.build import Built, Inputs, build
from cdisc.sources import SourceTable
from cdisc.spec import StudySpec, read_study
from cdisc.spec.needs import Node

STUDY = """\
study: {id: S1}
created: 2025-01-31T12:00:00
standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}
data: {raw: raw}
sources: {vs: {file: vs.csv, subject: SUBJ}, dm: {file: dm.csv, subject: SUBJ}}
"""
DM = """\
dataset: DM
keys: [STUDYID, USUBJID]
rows: dm
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  RFSTDTC: {iso8601: {date: START, formats: [DD-MON-YYYY]}}
"""
TESTS = ("SYSBP", "DIABP", "PULSE", "TEMP", "WEIGHT", "HEIGHT")
NAMES = (
    "Systolic Blood Pressure",
    "Diastolic Blood Pressure",
    "Pulse Rate",
    "Temperature",
    "Weight",
    "Height",
)
NAMED = ", ".join(f"{test}: {name}" for test, name in zip(TESTS, NAMES, strict=True))
CELLS = "".join(f"      {test}: {{RESULT: {test}, UNIT: {test}_U}}\n" for test in TESTS)
VS = f"""\
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD, VISITNUM, VSDTC]
rows:
  from: vs
  where: not missing(VSDAT)
  unpivot:
    name: CODE
    columns: [RESULT, UNIT]
    each:
{CELLS}\
    drop_if_missing: [RESULT]
variables:
  USUBJID: {{join_text: {{of: [STUDYID, SUBJ], separator: "-"}}}}
  VSSEQ: {{sequence: USUBJID}}
  VSTESTCD: {{copy: CODE}}
  VSTEST:
    recode: {{from: CODE, to: {{{NAMED}}}, if_missing: finding, if_unmapped: finding}}
  VSORRES: {{copy: RESULT}}
  VSORRESU: {{copy: UNIT}}
  VSSTRESC: {{copy: VSORRES}}
  VSSTRESN: {{number: VSORRES}}
  VISITNUM: {{number: VISIT}}
  VSDTC: {{iso8601: {{date: VSDAT, formats: [DD-MON-YYYY]}}}}
  VSDY: {{study_day: VSDTC}}
"""
VISITS = 40
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def study_of(folder: Path) -> StudySpec:
    """The study, written and read as any other."""
    for name, text in {"study.yaml": STUDY, "mappings/sdtm/dm.yaml": DM}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "mappings/sdtm/vs.yaml").write_text(VS, encoding="utf-8")
    return read_study(folder)


def raw_tables(records: int) -> Inputs:
    """Raw vital signs, `records` visits of six tests each, and their subjects; deterministic."""
    random = np.random.default_rng(20240229)
    subjects = max(records // VISITS, 1)
    ids = np.array([f"{n // 97:03}-{n:06}" for n in range(subjects)])
    start = np.datetime64("2022-01-01") + random.integers(0, 300, subjects)
    subject = np.arange(records) // VISITS % subjects
    visit = np.arange(records) % VISITS
    columns = {
        "SUBJ": ids[subject],
        "VISIT": (visit + 1).astype(str),
        "VSDAT": written(start[subject] + visit * 21 + random.integers(-3, 4, records)),
    }
    for test in TESTS:
        values = np.round(random.normal(100, 15, records), 1).astype(str).astype(object)
        values[random.random(records) < 0.02] = None
        columns[test] = values
        columns[f"{test}_U"] = np.array(["mmHg", "kg", "cm"])[random.integers(0, 3, records)]
    return Inputs(
        {
            "vs": source("vs", columns),
            "dm": source("dm", {"SUBJ": ids, "START": written(start)}),
        }
    )


def written(days: np.ndarray) -> np.ndarray:
    """Dates as sites write them: 03-FEB-2024."""
    unique, place = np.unique(days, return_inverse=True)
    texts = np.datetime_as_string(unique)
    shown = [f"{text[8:]}-{MONTHS[int(text[5:7]) - 1]}-{text[:4]}" for text in texts]
    return np.array(shown, dtype=object)[place]


def source(name: str, columns: dict[str, np.ndarray]) -> SourceTable:
    """A source table as a reader gives it."""
    dtype = pd.StringDtype("pyarrow", na_value=np.nan)
    frame = pd.DataFrame(
        {
            key: pd.array(pa.array(values, pa.large_string(), from_pandas=True), dtype=dtype)
            for key, values in columns.items()
        }
    )
    count = len(frame)
    return SourceTable(
        name=name,
        frame=frame,
        files=(f"{name}.csv",),
        file_of=np.zeros(count, dtype=np.int16),
        row_of=np.arange(1, count + 1),
    )


def peak_memory() -> int:
    """Bytes held at the worst moment since `forget_peak` (on Linux; elsewhere since the start)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(v for v in status.read_text("ascii").splitlines() if v.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource  # not on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def forget_peak() -> None:
    """Let the peak begin at what is held now."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def size_of(built: Built) -> int:
    """Bytes of the datasets built."""
    return sum(int(d.frame.memory_usage(deep=True).sum()) for d in built.datasets.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000_000, help="records of the dataset, about")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    options = parser.parse_args()
    inputs = raw_tables(options.rows // len(TESTS))
    with tempfile.TemporaryDirectory() as folder:
        study = study_of(Path(folder))
    build(study, raw_tables(1))  # what is loaded on first use is not a cost of the rows
    if options.profile:
        profile = cProfile.Profile()
        profile.runcall(build, study, inputs)
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        return
    pa.default_memory_pool().release_unused()
    forget_peak()
    before = peak_memory()
    steps: list[tuple[str, float]] = []
    clock = start = time.process_time()

    def progress(node: Node, _: int) -> None:
        nonlocal clock
        now = time.process_time()
        steps.append((str(node), now - clock))
        clock = now

    built = build(study, inputs, progress=progress)
    end = time.process_time()
    steps.append(("datasets, findings, lineage", end - clock))
    held, size = peak_memory() - before, size_of(built)
    for name, seconds in steps:
        if seconds >= 0.005:
            print(f"{name:30} {seconds:7.2f} s")
    rows = sum(len(dataset.frame) for dataset in built.datasets.values())
    print(f"{'in all':30} {end - start:7.2f} s for {rows:,} records")
    print(f"held at most {held / 1e6:,.0f} MB above the source; datasets {size / 1e6:,.0f} MB")
    print(f"ratio {held / size:.1f}")


if __name__ == "__main__":
    main()
