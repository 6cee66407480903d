"""Time and memory of writing and reading XPT: ours, pyreadstat, polars-readstat.

    python benchmarks/xpt.py --rows 1000000

Every figure comes from a fresh process that makes the same frame (13 text columns of pandas `str`
dtype with few to very many distinct values, 12 numeric) and does one thing. CPU seconds count all
threads. Memory is what the process held above its frame at the worst moment. Ratios are relative
to ours in the same run; machines differ, ratios hardly.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

QUICK = 3.0  # CPU seconds below which a task is repeated and its best figures taken
REPEATS = 3


def laboratory_frame(rows: int) -> pd.DataFrame:
    """A laboratory-like dataset: deterministic, about 221 bytes a row in XPT."""
    random = np.random.default_rng(20240229)
    tests = ["".join(random.choice(list("ABCDEFGHIKLMNOPRSTU"), 7)) for _ in range(60)]
    subjects = max(rows // 400, 1)
    result = np.round(random.lognormal(3.0, 1.0, rows), 2)
    result_text = np.char.mod("%.2f", result).astype(object)
    test = random.integers(0, len(tests), rows)
    days = random.integers(0, 900, rows)

    def text(values: object, missing: float = 0.0) -> pd.Series:
        array = np.asarray(values, dtype=object)
        if missing:
            array = array.copy()
            array[random.random(rows) < missing] = None
        return pd.Series(array, dtype="str")

    def pick(values: list[str], missing: float = 0.0) -> pd.Series:
        return text(np.array(values, dtype=object)[random.integers(0, len(values), rows)], missing)

    subject_ids = np.array([f"NCT05699811-{i:04}-{i % 97:04}" for i in range(subjects)], object)
    dates = np.datetime_as_string(np.datetime64("2022-01-01") + np.arange(900)).astype(object)
    columns: dict[str, object] = {
        "STUDYID": text(np.full(rows, "NCT05699811", dtype=object)),
        "DOMAIN": text(np.full(rows, "LB", dtype=object)),
        "USUBJID": text(subject_ids[np.sort(random.integers(0, subjects, rows))]),
        "LBSEQ": np.arange(rows, dtype=np.int64) % 400 + 1,
        "LBTESTCD": text(np.array(tests, dtype=object)[test]),
        "LBTEST": text(np.array([t.title() * 2 + " Count" for t in tests], dtype=object)[test]),
        "LBCAT": pick(["CHEMISTRY", "HEMATOLOGY", "URINALYSIS"]),
        "LBORRES": text(result_text, 0.02),
        "LBORRESU": pick(["mg/dL", "g/L", "U/L", "10^9/L", "mmol/L"], 0.05),
        "LBSTRESC": text(result_text, 0.02),
        "LBNRIND": pick(["NORMAL", "LOW", "HIGH"], 0.4),
        "VISIT": pick(["SCREENING", *(f"CYCLE {i} DAY 1" for i in range(1, 20))]),
        "EPOCH": pick(["SCREENING", "TREATMENT", "FOLLOW-UP"]),
        "LBDTC": text(dates[days]),
        "LBSTRESN": np.where(random.random(rows) < 0.02, np.nan, result),
        "LBSTNRLO": np.round(random.normal(10.0, 1.0, rows), 1),
        "LBSTNRHI": np.round(random.normal(50.0, 1.0, rows), 1),
        "VISITNUM": random.integers(1, 21, rows),
        "LBDY": days - 14.0,
        "AVAL": result,
        "BASE": np.where(random.random(rows) < 0.1, np.nan, result / 3),
        "CHG": random.normal(0.0, 5.0, rows),
        "PCHG": random.normal(0.0, 25.0, rows),
        "ADT": days + 22_646.0,
        "ANL01FN": random.integers(0, 2, rows),
    }
    return pd.DataFrame(columns)


def peak_memory() -> int:
    """Bytes held at the worst moment so far (since the last `forget_peak`, on Linux)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(v for v in status.read_text("ascii").splitlines() if v.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource  # not on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def forget_peak() -> None:
    """Let the peak begin at what is held now; only Linux can, elsewhere the figure is lower."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def prepare(task: str, rows: int, path: Path) -> Callable[[], object]:
    """All that a task needs before the clock starts."""
    action, _, library = task.partition(" ")
    if action == "read":
        return prepare_reader(library, path)
    frame = laboratory_frame(rows)
    if library == "cdisc":
        from cdisc.write.xpt import write_xpt

        return lambda: write_xpt(frame, path, name="LB", label="Laboratory")
    if library == "pyreadstat":
        import pyreadstat

        return lambda: pyreadstat.write_xport(frame, path, table_name="LB", file_format_version=5)
    import polars as pl
    import polars_readstat

    if library == "polars-readstat":
        converted = pl.from_pandas(frame)
        return lambda: polars_readstat.write_xpt(converted, path, version=5, table_name="LB")
    return lambda: polars_readstat.write_xpt(
        pl.from_pandas(frame), path, version=5, table_name="LB"
    )


def prepare_reader(library: str, path: Path) -> Callable[[], object]:
    if library == "cdisc":
        from cdisc.write.xpt import read_xpt

        return lambda: read_xpt(path)
    if library == "pyreadstat":
        import pyreadstat

        return lambda: pyreadstat.read_xport(path)
    import polars_readstat

    if library == "polars-readstat":
        return lambda: polars_readstat.scan_readstat(str(path)).collect()
    return lambda: polars_readstat.scan_readstat(str(path)).collect().to_pandas()


TASKS = {
    "write cdisc": "",
    "write polars-readstat": "polars frame made beforehand",
    "write polars-readstat from pandas": "conversion included",
    "write pyreadstat": "",
    "read cdisc": "",
    "read polars-readstat": "polars frame",
    "read polars-readstat to pandas": "conversion included",
    "read pyreadstat": "",
}


def measure(task: str, rows: int, path: Path) -> dict[str, float]:
    """Run one task in this process."""
    run = prepare(task, rows, path)
    gc.collect()
    pa.default_memory_pool().release_unused()
    forget_peak()
    before = peak_memory()
    start = time.process_time()
    run()
    cpu = time.process_time() - start
    return {"cpu": cpu, "peak": max(peak_memory() - before, 0)}


def measure_apart(task: str, rows: int, path: Path) -> dict[str, float]:
    """Run one task in fresh processes; quick ones several times, the best counting."""
    results: list[dict[str, float]] = []
    command = [sys.executable, __file__, "--task", task, "--rows", str(rows), "--path", str(path)]
    for _ in range(REPEATS):
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
        results.append(json.loads(done.stdout))
        if results[0]["cpu"] > QUICK:
            break
    return {key: min(result[key] for result in results) for key in ("cpu", "peak")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--task", choices=TASKS, help="run this one here and print JSON")
    parser.add_argument("--path", type=Path, help="the file, with --task")
    arguments = parser.parse_args()
    if arguments.task:
        print(json.dumps(measure(arguments.task, arguments.rows, arguments.path)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lb.xpt"
        ours: dict[str, float] = {}
        for task, remark in TASKS.items():
            action = task.partition(" ")[0]
            source = path if action == "read" or task == "write cdisc" else path.with_name("o.xpt")
            figures = measure_apart(task, arguments.rows, source)
            if not ours:
                size = path.stat().st_size / 1e6
                print(f"{arguments.rows:,} rows x 25 columns, {size:.0f} MB\n")
                print(f"{'task':36} {'CPU s':>7} {'ratio':>7} {'extra peak MB':>14}")
            cpu = figures["cpu"]
            reference = ours.setdefault(action, cpu)
            ratio = f"{cpu / reference:.1f}"
            print(f"{task:36} {cpu:7.2f} {ratio:>7} {figures['peak'] / 1e6:14.0f}  {remark}")


if __name__ == "__main__":
    main()
