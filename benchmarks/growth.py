"""What the main job costs as the reference study grows: from 40 to 10,000 subjects.

    python benchmarks/growth.py --subjects 40 400 4000 10000
    python benchmarks/growth.py --subjects 400 --hottest 3
    python benchmarks/growth.py --raw transfers/raw         one run on raw files that are there

For each size the raw exports are simulated into a temporary folder and the study of this
repository is run on them, package and findings included, in a fresh process. Printed are subjects,
records built, CPU seconds (all threads), seconds on the clock, seconds of CPU per 1,000 records
and the most memory held. `--hottest N` runs each size once more under a profiler, which slows it
down, and prints the functions in which most of the time is spent.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from findings_rows import peak_memory

ROOT = Path(__file__).parents[1]
SEED = 20250630


def run_once(data: Path, out: Path, hottest: int) -> dict[str, object]:
    """Run the study on these raw exports; the figures of this process."""
    from cdisc import Study

    profile = cProfile.Profile(time.process_time)
    clock, cpu = time.perf_counter(), time.process_time()
    study = Study.load(ROOT, data={"raw": data})
    result = profile.runcall(study.run, out=out) if hottest else study.run(out=out)
    return {
        "records": sum(dataset.records for dataset in result.datasets.described.values()),
        "findings": sum(finding.count for finding in result.findings),
        "seconds": time.process_time() - cpu,
        "clock": time.perf_counter() - clock,
        "peak": peak_memory(),
        "hottest": hottest_of(profile, hottest) if hottest else [],
    }


def hottest_of(profile: cProfile.Profile, count: int) -> list[str]:
    """The functions in which most time is spent, their share of it and their calls."""
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    whole = sum(own for _, _, own, _, _ in stats.values())
    first = sorted(stats.items(), key=lambda item: -item[1][2])[:count]
    return [
        f"{own / whole:6.1%} in {calls:,} calls of {name} ({Path(file).name}:{line})"
        for (file, line, name), (_, calls, own, _, _) in first
    ]


def in_a_process(data: Path, out: Path, hottest: int = 0) -> dict[str, object]:
    """The figures of a run, from a process of its own."""
    command = [sys.executable, __file__, "--data", str(data), "--out", str(out)]
    found = subprocess.run(
        [*command, "--hottest", str(hottest)], check=True, capture_output=True, text=True
    )
    figures: dict[str, object] = json.loads(found.stdout)
    return figures


def show(subjects: str, data: Path, out: Path, hottest: int) -> None:
    found = in_a_process(data, out)
    print(
        f"{subjects:>8} {found['records']:>10,.0f} {found['findings']:>9,.0f}"
        f" {found['seconds']:>8.2f} {found['clock']:>8.2f}"
        f" {found['seconds'] / found['records'] * 1000:>8.4f} {found['peak'] / 1e6:>7,.0f}",  # type: ignore[operator]
        flush=True,
    )
    if hottest:
        for line in in_a_process(data, out, hottest)["hottest"]:  # type: ignore[attr-defined]
            print(f"{'':>8} {line}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, nargs="+", default=[40, 400, 4000])
    parser.add_argument("--hottest", type=int, default=0, metavar="N")
    parser.add_argument("--raw", type=Path, help="raw exports that are there already")
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.data:
        print(json.dumps(run_once(options.data, options.out, options.hottest)))
        return
    heads = f"{'subjects':>8} {'records':>10} {'findings':>9} {'CPU s':>8} {'clock s':>8}"
    print(f"{heads} {'s/1,000':>8} {'MB':>7}")
    for subjects in [0] if options.raw else options.subjects:
        with tempfile.TemporaryDirectory() as folder:
            data, out = options.raw or Path(folder) / "raw", Path(folder) / "build"
            if not options.raw:
                simulate = [sys.executable, "-m", "cdisc", "simulate", "--subjects", str(subjects)]
                subprocess.run(
                    [*simulate, "--seed", str(SEED), "--out", str(data)],
                    check=True,
                    capture_output=True,
                )
            show(f"{subjects:,}" if subjects else "given", data, out, options.hottest)


if __name__ == "__main__":
    main()
