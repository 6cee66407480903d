"""What lineage costs: CPU seconds of a run with and without it, and its bytes an edge.

    python benchmarks/lineage.py [--subjects 40] [--times 3]

Both kinds of run take turns in one process, so that the ratio means something on a busy machine.
Without lineage no row has parents, no edges are put together and none are written.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow.parquet as pq

from cdisc import Study
from cdisc.build.rowset import Parents
from cdisc.simulate import simulate

ROOT = Path(__file__).parents[1]
LIMIT = 0.25


def no_parents(*_: object) -> Parents:
    empty = np.empty(0, dtype=np.int32)
    return Parents(empty, np.empty(0, dtype=np.int16), empty)


@contextlib.contextmanager
def without_lineage() -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for place in ("cdisc.build.inputs.Parents", "cdisc.build.engine.Parents"):
            stack.enter_context(mock.patch(place, no_parents))
        stack.enter_context(mock.patch("cdisc.build.built.lineage_of", return_value={}))
        stack.enter_context(mock.patch("cdisc.build.rowset.RowSet.with_parents", lambda s, _: s))
        stack.enter_context(mock.patch("cdisc.pipeline.run.write_lineage"))
        yield


def cpu_of_run(study: Study, out: Path) -> float:
    start = time.process_time()
    study.run(out=out)
    return time.process_time() - start


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--subjects", type=int, default=40)
    arguments.add_argument("--times", type=int, default=3)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "build"
        simulate(raw, subjects=given.subjects, manifest=Path(folder) / "injected.csv")
        study = Study.load(ROOT, data={"raw": raw})
        cpu_of_run(study, out)  # imports and caches
        taken: dict[str, list[float]] = {"with": [], "without": []}
        for _ in range(given.times):
            with without_lineage():
                taken["without"].append(cpu_of_run(study, out))
            if (out / "lineage").exists():
                raise SystemExit("lineage was written where none was wanted")
            taken["with"].append(cpu_of_run(study, out))
        files = sorted((out / "lineage").glob("*.parquet"))
        edges = sum(pq.read_metadata(path).num_rows for path in files)
        size = sum(path.stat().st_size for path in files)
    best = {kind: min(seconds) for kind, seconds in taken.items()}
    share = (best["with"] - best["without"]) / best["with"]
    print(f"{given.subjects:,} subjects: {best['with']:.2f} CPU s, without {best['without']:.2f}")
    print(f"lineage: {share:.1%} of the run (limit {LIMIT:.0%}); {edges:,} edges, {size:,} bytes, "
          f"{size / edges:.2f} bytes an edge")  # fmt: skip


if __name__ == "__main__":
    main()
