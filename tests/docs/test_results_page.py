"""docs/results.md shows displays that are read, and every analysis with every argument."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from cdisc.spec.analyses import ANALYSES
from cdisc.spec.read_displays import read_displays

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")


def test_the_example_is_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S)
    (tmp_path / "define").mkdir()
    (tmp_path / "define" / "displays.yaml").write_text(example, encoding="utf-8")
    (display,) = read_displays(tmp_path)
    assert display.population.total


@pytest.mark.parametrize("name", ANALYSES)
def test_the_table_names_each_argument_with_its_default(name: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}`"))
    if name == "km_curve":
        row += next(line for line in PAGE.splitlines() if line.startswith("| `kaplan_meier`"))
    shared = ("days_per_month", "confidence", "colour", "lines")
    for item in fields(ANALYSES[name]):
        assert f"`{item.name}`" in row or item.name in shared
        if isinstance(item.default, str) and item.default.isupper():
            assert item.default in row
        if isinstance(item.default, tuple) and item.default:
            listed = f"[{', '.join(f'{value:g}' for value in item.default)}]"
            assert listed in row or item.name in shared
        if item.default is MISSING:
            assert f"`{item.name}`" in row
