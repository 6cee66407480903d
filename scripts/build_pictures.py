"""The pictures in the README, as SVG: what `cdisc run` and `cdisc trace` show, and a figure.

    python scripts/build_pictures.py

All three are of the reference study. The screens are what the commands print, cut to fit a page.
"""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cdisc import Study
from cdisc.cli import screens
from cdisc.cli.trace_screen import show_trace
from cdisc.pipeline.results import make_results

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "pictures"
WIDTH = 104
TABLE = 14
FINDINGS = 15

TRACED = ("ADTTE", 'USUBJID == "CHN-PLAGH-BT-078-001-0002" and PARAMCD == "PFS"', "AVAL")
TRACE_WIDTH = 112
TRACE = 62
FIGURE = "14.2.2.1"


def main() -> None:
    """Run the study into a temporary folder and draw what the terminal shows."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "build"
        study = Study.load(ROOT)
        _draw("run", "cdisc run", WIDTH, _run(study, package))
        _draw("trace", "cdisc trace", TRACE_WIDTH, _trace(study, package))
        made = make_results(
            study.spec, package=package, only=[FIGURE], out=Path(folder) / "results"
        )
        (OUT / "survival.svg").write_bytes((made.out / f"{FIGURE}.svg").read_bytes())


def _run(study: Study, package: Path) -> list[str]:
    """What a run shows: the first datasets, the first findings, the end."""
    result = study.run(out=package)
    drawn = _recorder(WIDTH)
    plain = screens.console
    screens.console = lambda **_: drawn
    try:
        drawn.print(Text("$ cdisc run", style="bold"))
        with contextlib.chdir(package.parent):
            screens.show_run(result, Path())
    finally:
        screens.console = plain
    lines = drawn.export_text(styles=True, clear=True).splitlines()
    datasets = lines.index("")
    end = next(n for n, line in enumerate(lines) if Text.from_ansi(line).plain.startswith("Gate "))
    found = _first(lines[datasets + 1 : end - 1], FINDINGS)
    return [*_first(lines[:datasets], TABLE), "", *found, "", *lines[end:]]


def _trace(study: Study, package: Path) -> list[str]:
    """What a trace shows, without the rules of the records below the one asked about."""
    dataset, where, variable = TRACED
    drawn = _recorder(TRACE_WIDTH)
    drawn.print(Text(f"$ cdisc trace {dataset} --where '{where}' --variable {variable}", "bold"))
    show_trace(study.trace(dataset, where=where, variable=variable, out=package), drawn)
    kept: list[str] = []
    relation, column = "", 0
    for line in drawn.export_text(styles=True).splitlines():
        plain = Text.from_ansi(line).plain
        guides = re.match(r"[ │]*([├└]── )?", plain)
        indent = len(guides[0]) if guides else 0
        if guides and guides[1]:
            relation, column = plain[indent:], indent
        # of a record its line, which may go on below; of what was considered everything
        if not column or indent == column or relation.startswith("considered"):
            kept.append(line)
    return _first(kept, TRACE)


def _recorder(width: int) -> Console:
    return Console(record=True, width=width, file=io.StringIO(), force_terminal=True)


def _draw(name: str, title: str, width: int, lines: Iterable[str]) -> None:
    """The lines, styled by their escapes, as a picture of a terminal."""
    page = _recorder(width)
    page.print(Text.from_ansi("\n".join(lines)))
    svg = page.export_svg(title=title, unique_id=title.replace(" ", "-"))
    # no address outside the picture: the reader's own monospace font will do
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)
    svg = re.sub(r"<!-- .*? -->\n?", "", svg)
    svg = re.sub(r"[ \t]+$", "", svg, flags=re.M)
    (OUT / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")


def _first(lines: list[str], most: int) -> list[str]:
    """The first lines, and dots where there are more."""
    return lines if len(lines) <= most else [*lines[: most - 1], "  ..."]


if __name__ == "__main__":
    main()
