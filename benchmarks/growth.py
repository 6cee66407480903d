"""What the main job costs as the reference study grows: from 40 to 4,000 subjects.

    python benchmarks/growth.py --subjects 40 400 4000

For each size the raw exports are simulated into a temporary folder and the study of this
repository is run on them, package and findings included, in a fresh process. Printed are subjects,
records built, CPU seconds (all threads), seconds per 1,000 records and the most memory held.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from findings_rows import peak_memory

ROOT = Path(__file__).parents[1]
SEED = 20250630


def run_once(data: Path, out: Path) -> dict[str, float]:
    """Run the study on these raw exports; the figures of this process."""
    from cdisc import Study

    start = time.process_time()
    result = Study.load(ROOT, data={"raw": data}).run(out=out)
    seconds = time.process_time() - start
    records = sum(len(dataset.frame) for dataset in result.datasets.values())
    findings = sum(finding.count for finding in result.findings)
    return {
        "records": records,
        "findings": findings,
        "seconds": seconds,
        "peak": peak_memory(),
    }


def measured(subjects: int) -> dict[str, float]:
    """The figures for one size, from a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "raw", Path(folder) / "build"
        simulate = [sys.executable, "-m", "cdisc", "simulate", "--subjects", str(subjects)]
        subprocess.run(
            [*simulate, "--seed", str(SEED), "--out", str(data)], check=True, capture_output=True
        )
        command = [sys.executable, __file__, "--data", str(data), "--out", str(out)]
        found = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(found.stdout)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, nargs="+", default=[40, 400, 4000])
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.data:
        print(json.dumps(run_once(options.data, options.out)))
        return
    print(f"{'subjects':>8} {'records':>10} {'findings':>9} {'CPU s':>8} {'s/1,000':>8} {'MB':>7}")
    for subjects in options.subjects:
        found = measured(subjects)
        print(
            f"{subjects:>8,} {found['records']:>10,.0f} {found['findings']:>9,.0f}"
            f" {found['seconds']:>8.2f} {found['seconds'] / found['records'] * 1000:>8.4f}"
            f" {found['peak'] / 1e6:>7,.0f}"
        )


if __name__ == "__main__":
    main()
