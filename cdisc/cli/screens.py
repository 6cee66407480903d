"""What people see on the terminal: errors, progress, tables, the next command to try.

Results go to standard output, everything else to standard error; colour only on a terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cdisc.cli.findings import STYLES, show_findings
from cdisc.cli.texts import (
    console,
    counted,
    print_columns,
    print_fitted,
    print_hanging,
    shown_path,
)
from cdisc.errors import CdiscError, Problems
from cdisc.model import Finding, Severity
from cdisc.validate.printable import printable

if TYPE_CHECKING:
    from cdisc.pipeline import RunResult
    from cdisc.pipeline.package_check import PackageResult
    from cdisc.pipeline.results import Results
    from cdisc.spec.check import Checked
    from cdisc.validate import Verdict

Progress = Callable[[str, int, int], None]

MAX_ERRORS = 50


def show_error(error: CdiscError) -> None:
    """Every error on a line of its own, place first."""
    errors = error.errors if isinstance(error, Problems) else [error]
    out = console(err=True)
    for item in errors[:MAX_ERRORS]:
        out.print(_located(item, "bold red", "error"))
    if len(errors) > MAX_ERRORS:
        out.print(Text(f"... and {len(errors) - MAX_ERRORS:,} more"))
    if len(errors) > 1:
        out.print(Text(f"{len(errors):,} errors; nothing was written", style="bold"))


def _located(error: CdiscError, style: str, word: str) -> Text:
    text = Text()
    place = str(error.at)
    if place:
        text.append(f"{printable(place)}: ", style="bold")
    text.append(f"{word}: ", style=style)
    text.append(printable(error.message))
    if error.hint:
        text.append(". ").append(printable(error.hint), style="cyan")
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


def show_new_study(files: Sequence[Path], folder: Path) -> None:
    """The files written and what to do with them."""
    out = console()
    for path in files:
        out.print(Text(shown_path(path)), soft_wrap=True)
    out.print()
    _next(out, f"cdisc run{_in(folder)}")


def show_check(checked: Checked, count: int, home: Path) -> None:
    """Errors and warnings a line each, and a sentence at the end."""
    out = console()
    for error in checked.errors:
        out.print(_located(error, "bold red", "error"))
    for warning in checked.warnings:
        out.print(_located(warning, "yellow", "warning"))
    said = f"{counted(count, 'spec')}: {counted(len(checked.errors), 'error')}, "
    said += counted(len(checked.warnings), "warning")
    out.print(Text(said, style="bold red" if checked.errors else "bold green"))
    if not checked.errors:
        _next(out, f"cdisc run{_in(home)}")


def show_run(result: RunResult, home: Path) -> None:
    """Datasets, findings, the verdict, where the package and its pages are, the next command."""
    out = console()
    folder = shown_path(result.out)
    described = result.datasets.described
    widths = {name: len(dataset.variables) for name, dataset in described.items()}
    counts = {name: dataset.records for name, dataset in described.items()}
    _show_datasets(out, counts, result.verdict.findings, widths)
    _show_findings(out, result.verdict, f"{folder}/findings.json")
    _row(out, "Package", folder)
    pages = [result.out / "report.html", *sorted(result.out.glob("*/define.html"))]
    _row(out, "Read", ", ".join(shown_path(page) for page in pages))
    if result.verdict.closed:
        _next(out, f"{MEND}, then cdisc run{_in(home)}")
    else:
        _next(out, f"cdisc validate{_in(home)}{_from(result.out, home)}")


def show_package(result: PackageResult) -> None:
    """Datasets, findings and the gate's verdict of a validated package."""
    out = console()
    _show_datasets(out, result.records, result.verdict.findings, {})
    _show_findings(out, result.verdict, "")
    if result.standard:
        _row(out, "Standard", result.standard)
    if result.unused is not None and result.verdict.findings:
        _row(
            out,
            "Waivers",
            f"those of {shown_path(result.unused / 'validation' / 'gate.yaml')} do not count here; "
            f"add{_in(Path(shown_path(result.unused))) or ' -C .'} and they do",
        )
    if result.verdict.closed:
        _next(out, MEND)


def show_results(made: Results) -> None:
    """Each display with its notes, where the page of all is."""
    out = console()
    rows = [[Text(title, style="bold") for title in ("Display", "", "Records", "Statistics")]]
    for data, outcome in made.done:
        counts = (f"{len(data.frame):,}", f"{len(outcome.statistics):,}")
        cells = (data.display.name, printable(data.display.title), *counts)
        rows.append([Text(cell) for cell in cells])
    print_fitted(out, rows, wrapped=(1,), right=(2, 3))
    for data, outcome in made.done:
        for note in outcome.notes:
            print_hanging(out, Text(f"{data.display.id}: ", style="bold"), Text(printable(note)))
    out.print()
    for error in made.errors:
        console(err=True).print(_located(error, "bold red", "error"), soft_wrap=True)
    if made.errors:
        _row(out, "Missing", counted(len(made.errors), "display"))
    _row(out, "Results", shown_path(made.out))
    _row(out, "Read", shown_path(made.out / "index.html"))


MEND = "mend the data or the specs, or waive with a reason (validation/gate.yaml)"


def _show_datasets(
    out: Console,
    records: Mapping[str, int],
    findings: Sequence[Finding],
    widths: Mapping[str, int],
) -> None:
    titles = ["Dataset", "Records", *(["Variables"] if widths else [])]
    titles += ["Errors", "Warnings", "Notes"]
    rows = [[Text(title, style="bold") for title in titles]]
    by_dataset = Counter((finding.dataset, finding.severity) for finding in findings)
    for name, count in records.items():
        cells = [name, f"{count:,}", *([str(widths[name])] if widths else [])]
        marks = [_mark(by_dataset[(name, severity)], STYLES[severity]) for severity in Severity]
        rows.append([*(Text(cell) for cell in cells), *marks])
    print_columns(out, rows)


def _mark(number: int, style: str) -> Text:
    return Text(f"{number:,}", style=style) if number else Text("-", style="dim")


def _show_findings(out: Console, verdict: Verdict, file: str) -> None:
    show_findings(out, verdict.findings, file)
    out.print()
    if verdict.closed:
        closed = Text.assemble(("closed", "bold red"), f": {verdict.reasons[0]}")
        _row(out, "Gate", closed)
        for reason in verdict.reasons[1:]:
            _row(out, "", f"        {reason}")
    else:
        _row(out, "Gate", Text("open", style="bold green"))
    if verdict.waived:
        _row(out, "Waived", counted(len(verdict.waived), "finding"))


def _row(out: Console, label: str, said: str | Text) -> None:
    text = said if isinstance(said, Text) else Text(said)
    print_hanging(out, Text(label.ljust(9), style="bold"), text)


def _next(out: Console, command: str) -> None:
    _row(out, "Next", Text(command, style="cyan"))


def _in(home: Path) -> str:
    return f" -C {_quoted(str(home))}" if home != Path() else ""


def _from(package: Path, home: Path) -> str:
    from cdisc.pipeline.run import OUT

    usual = package.absolute() == (home / OUT).absolute()
    return "" if usual else f" --out {_quoted(shown_path(package))}"


def _quoted(folder: str) -> str:
    return f'"{folder}"' if " " in folder else folder
