"""The pictures in the README: the terminal screen of `cdisc run` on the reference study, as SVG.

    python scripts/build_pictures.py

The screen is what the command prints; the datasets and findings shown are cut to fit a page.
"""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cdisc import Study
from cdisc.cli import screens

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "pictures"
WIDTH = 104
TABLE = 14
FINDINGS = 15


def main() -> None:
    """Run the study into a temporary folder and draw what the terminal shows."""
    with tempfile.TemporaryDirectory() as folder:
        result = Study.load(ROOT).run(out=Path(folder) / "build")
        drawn = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
        plain = screens.console
        screens.console = lambda **_: drawn
        try:
            drawn.print(Text("$ cdisc run", style="bold"))
            screens.show_run(result, Path())
        finally:
            screens.console = plain
        text = drawn.export_text(styles=True, clear=True)
    lines = text.replace(str(Path(folder)) + "/", "").replace(folder + "/", "").splitlines()
    ending = lines[-5:]
    datasets = lines.index("")
    lines = [*_first(lines[:datasets], TABLE), "", *_first(lines[datasets + 1 : -6], FINDINGS)]
    lines += ["", *ending]
    page = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    page.print(Text.from_ansi("\n".join(lines)))
    OUT.mkdir(parents=True, exist_ok=True)
    svg = page.export_svg(title="cdisc run", unique_id="cdisc-run")
    # no address outside the picture: the reader's own monospace font will do
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)
    svg = re.sub(r"<!-- .*? -->\n?", "", svg)
    svg = re.sub(r"[ \t]+$", "", svg, flags=re.M)
    (OUT / "run.svg").write_text(svg, encoding="utf-8", newline="\n")


def _first(lines: list[str], most: int) -> list[str]:
    """The first lines, and dots where there are more."""
    return lines if len(lines) <= most else [*lines[: most - 1], "  ..."]


if __name__ == "__main__":
    main()
