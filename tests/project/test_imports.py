"""The rules of the house: who imports whom, file sizes, ways of working that are ruled out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "cdisc").rglob("*.py"))
LONGEST = 400

# iterating rows in Python is slow; evaluating text as code is unsafe
RULED_OUT = re.compile(r"\b(iterrows|itertuples)\b|\.apply\(|(?<![\w.])(eval|exec)\(")


def test_each_room_imports_only_from_those_below_it() -> None:
    pytest.importorskip("importlinter", reason="import-linter is not installed")
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    found = subprocess.run(
        [*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_files_stay_small() -> None:
    """A longer one holds a second thing."""
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {shown(path): count for path, count in lines.items() if count > LONGEST} == {}


def test_nothing_walks_rows_or_evaluates_text() -> None:
    found = [
        f"{shown(path)}: {line.strip()}"
        for path in SOURCES
        for line in path.read_text(encoding="utf-8").splitlines()
        if RULED_OUT.search(line)
    ]
    assert found == []


def shown(path: Path) -> str:
    """A path as it is written everywhere."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    ("line", "is_ruled_out"),
    [
        ("frame.iterrows()", True),
        ("for row in frame.itertuples():", True),
        ("frame.groupby(by).apply(f)", True),
        ("eval(text)", True),
        ("x = exec(code)", True),
        ("retrieval(x)", False),
        ("engine.evaluate(x)", False),
        ("rule.eval(x)", False),
        ("applied(x)", False),
    ],
)
def test_the_rule_knows_what_it_rules_out(line: str, is_ruled_out: bool) -> None:
    assert bool(RULED_OUT.search(line)) == is_ruled_out


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import cdisc", ("pandas", "numpy", "pyarrow", "great_expectations", "lxml")),
        ("import cdisc.cli", ("pandas", "pyarrow", "great_expectations")),
        ("import cdisc.build, cdisc.pipeline", ("great_expectations",)),
    ],
)
def test_importing_loads_nothing_heavy(statement: str, heavy: tuple[str, ...]) -> None:
    code = f"{statement}\nimport sys\nprint([n for n in {heavy!r} if n in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
