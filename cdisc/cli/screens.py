"""What people see on the terminal: errors, progress, tables, the next command to try.

Results go to standard output, everything else to standard error; colour only on a terminal.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cdisc.errors import CdiscError, Problems
from cdisc.model import Finding, Severity

if TYPE_CHECKING:
    from cdisc.pipeline import RunResult
    from cdisc.pipeline.package_check import PackageResult
    from cdisc.spec.check import Checked
    from cdisc.validate import Verdict

Progress = Callable[[str, int, int], None]

MAX_ERRORS = 50
PIPED_WIDTH = 120


def console(*, err: bool = False) -> Console:
    """A console that keeps long lines whole when its output is piped."""
    stream = sys.stderr if err else sys.stdout
    return Console(stderr=err, highlight=False, width=None if stream.isatty() else PIPED_WIDTH)


def show_error(error: CdiscError) -> None:
    """Every error on a line of its own, place first."""
    errors = error.errors if isinstance(error, Problems) else [error]
    out = console(err=True)
    for item in errors[:MAX_ERRORS]:
        out.print(_located(item, "bold red", "error"), soft_wrap=True)
    if len(errors) > MAX_ERRORS:
        out.print(Text(f"... and {len(errors) - MAX_ERRORS:,} more"))
    if len(errors) > 1:
        out.print(Text(f"{len(errors):,} errors; nothing was written", style="bold"))


def _located(error: CdiscError, style: str, word: str) -> Text:
    text = Text()
    place = str(error.at)
    if place:
        text.append(f"{place}: ", style="bold")
    text.append(f"{word}: ", style=style)
    text.append(error.message)
    if error.hint:
        text.append(f". {error.hint}", style="cyan")
    return text


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A progress bar on a terminal; silence when standard error is piped."""
    out = console(err=True)
    if not out.is_terminal:
        yield lambda _what, _done, _total: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("Starting", total=None)

        def report(what: str, done: int, total: int) -> None:
            bar.update(task, description=what[:34], completed=done, total=max(total, 1))

        yield report


def show_check(checked: Checked, count: int) -> None:
    """Errors and warnings a line each, and a sentence at the end."""
    out = console()
    for error in checked.errors:
        out.print(_located(error, "bold red", "error"), soft_wrap=True)
    for warning in checked.warnings:
        out.print(_located(warning, "yellow", "warning"), soft_wrap=True)
    said = f"{_count(count, 'spec')}: {_count(len(checked.errors), 'error')}, "
    said += _count(len(checked.warnings), "warning")
    out.print(Text(said, style="bold red" if checked.errors else "bold green"))
    if not checked.errors:
        out.print(Text("Next: cdisc run"))


def show_run(result: RunResult, home: Path) -> None:
    """Datasets, findings, the gate's verdict and the next command."""
    out = console()
    counts = {name: len(dataset.frame) for name, dataset in result.datasets.items()}
    widths = {name: len(dataset.variables) for name, dataset in result.datasets.items()}
    out.print(_datasets(counts, result.findings, widths))
    _show_findings(out, result.findings, result.verdict)
    where = f" -C {home}" if home != Path() else ""
    folder = _shown(result.out)
    out.print(Text(f"Package: {folder}", style="bold"))
    out.print(Text(f"Read {folder}/sdtm/define.html, or go on: cdisc validate{where}"))


def show_package(result: PackageResult) -> None:
    """Datasets, findings and the gate's verdict of a validated package."""
    out = console()
    out.print(_datasets(result.records, result.findings, {}))
    _show_findings(out, result.findings, result.verdict)


def _datasets(
    records: Mapping[str, int], findings: Sequence[Finding], widths: Mapping[str, int]
) -> Table:
    from rich.box import SIMPLE_HEAD

    table = Table(box=SIMPLE_HEAD, title="Datasets", title_justify="left", title_style="bold")
    table.add_column("Dataset")
    table.add_column("Records", justify="right")
    if widths:
        table.add_column("Variables", justify="right")
    for severity in Severity:
        table.add_column(severity.value.capitalize() + "s", justify="right")
    by_dataset = Counter((finding.dataset, finding.severity) for finding in findings)
    for name, count in records.items():
        cells = [name, f"{count:,}", *([str(widths[name])] if widths else [])]
        numbers = [by_dataset[(name, severity)] for severity in Severity]
        styles = ("bold red", "yellow", "dim")
        marks = [
            Text(str(number) if number else "-", style=style if number else "dim")
            for number, style in zip(numbers, styles, strict=True)
        ]
        table.add_row(*cells, *marks)
    return table


def _show_findings(out: Console, findings: Sequence[Finding], verdict: Verdict) -> None:
    from cdisc.validate import findings_table

    if findings:
        out.print(findings_table(verdict.findings))
    if verdict.waived:
        out.print(Text(f"{_count(len(verdict.waived), 'finding')} waived", style="dim"))
    if verdict.closed:
        out.print(Text("Gate closed", style="bold red"))
        for reason in verdict.reasons:
            out.print(Text(f"  {reason}"))
        out.print(Text("Mend the data or the specs, or waive with a reason: validation/gate.yaml"))
    else:
        out.print(Text("Gate open", style="bold green"))


def _shown(path: Path) -> str:
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
