"""Findings on the terminal: a table a dataset, worst first, with the first raw record of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cdisc.model import Finding, Severity
from cdisc.validate.findings_json import RANK, ordered
from cdisc.validate.printable import printable

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


def findings_table(findings: Iterable[Finding], *, limit: int = 10) -> Group:
    """A rich renderable of the findings, at most `limit` rows a dataset.

    Datasets with the worst findings come first, then by name; what is left out is counted in the
    last row. Values are shown as they are: markup in data is not interpreted.
    """
    from rich.console import Group
    from rich.text import Text

    groups: dict[str, list[Finding]] = {}
    for finding in ordered(findings):
        groups.setdefault(finding.dataset, []).append(finding)
    if not groups:
        return Group(Text("No findings"))
    names = sorted(groups, key=lambda name: (RANK[groups[name][0].severity], name))
    return Group(*(_table(name, groups[name], limit) for name in names))


def _table(name: str, findings: Sequence[Finding], limit: int) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    title = Text(f"{name or 'Study'}: {_summary(findings)}", style="bold")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, expand=False)
    table.add_column("Severity", no_wrap=True)
    table.add_column("Rule", no_wrap=True)
    table.add_column("Variable", no_wrap=True)
    table.add_column("Message", ratio=1, overflow="fold")
    table.add_column("Records", justify="right", no_wrap=True)
    table.add_column("First record", overflow="fold")
    for finding in findings[:limit]:
        message = f"{finding.message}. {finding.hint}" if finding.hint else finding.message
        table.add_row(
            Text(finding.severity.value, style=STYLES[finding.severity]),
            Text(finding.rule),
            Text(printable(finding.variable)),
            Text(printable(message)),
            Text(f"{finding.count:,}"),
            Text(printable(_first_record(finding))),
        )
    if len(findings) > limit:
        more = f"{len(findings) - limit:,} more in findings.json"
        table.add_row("", "", "", Text(more, style="italic"), "", "")
    return table


def _summary(findings: Sequence[Finding]) -> str:
    counts = [(s, sum(1 for f in findings if f.severity == s)) for s in Severity]
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    parts = [f"{n:,} {nouns[s]}{'' if n == 1 else 's'}" for s, n in counts if n]
    return ", ".join(parts)


def _first_record(finding: Finding) -> str:
    """The raw file and row, else the subject, else the keys of the first record."""
    located = next((o for o in finding.occurrences if o.file), None)
    if located is not None:
        return f"{located.file} row {located.row}"
    first = next(iter(finding.occurrences), None)
    if first is None:
        return ""
    keys = " ".join(f"{name}={text}" for name, text in first.keys if name != "STUDYID")
    return keys or first.usubjid
