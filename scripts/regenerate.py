"""Make everything again that is committed but generated: raw exports, suites, reference pages.

    python scripts/regenerate.py

The raw exports of the reference study, the list of what was made dirty in them, the expectation
suites of its specs and the pages under docs/ come from code and specs. Tests hold them to be
current; this makes them so.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from cdisc import Study
from cdisc.pipeline.package_check import validate_study
from cdisc.simulate import simulate

ROOT = Path(__file__).parents[1]
RAW = ROOT / "data" / "raw"
SUITES = ROOT / "validation" / "suites"
KEPT = "README.md"


def raw_exports() -> None:
    """data/raw and data/injected.csv; files that the simulator no longer writes go."""
    for path in RAW.iterdir():
        if path.name != KEPT:
            path.unlink()
    simulate(RAW, manifest=ROOT / "data" / "injected.csv")


def suites() -> None:
    """validation/suites, from the specs and the datasets that they give."""
    for path in SUITES.glob("*.json"):
        path.unlink()
    study = Study.load(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "build"
        study.run(out=out)
        validate_study(study.spec, out=out, progress=lambda *_: None)


def pages() -> None:
    """What the other scripts write under docs/."""
    for path in sorted((ROOT / "scripts").glob("build_*.py")):
        if path.stem != "build_catalogue":  # its input, the standards' facts, is not in here
            subprocess.run([sys.executable, str(path)], check=True, cwd=ROOT)  # noqa: S603


def main() -> int:
    """Makes all of it again."""
    raw_exports()
    print("data/raw, data/injected.csv")
    suites()
    print("validation/suites")
    pages()
    return 0


if __name__ == "__main__":
    sys.exit(main())
