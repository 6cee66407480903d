"""Findings on the terminal: grouped by dataset, worst first, each with where and why."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from cdisc.cli.texts import counted, print_hanging
from cdisc.model import Finding, Severity
from cdisc.validate.findings_json import RANK, ordered
from cdisc.validate.printable import printable

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}
NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
MOST = 10
MOST_WITHOUT_FILE = 50


def show_findings(out: Console, findings: Sequence[Finding], file: str) -> None:
    """Print the first findings of each dataset; `file` is where all are to be found, if anywhere.

    Datasets with the worst findings come first, then by name; findings of no dataset are the
    study's.
    """
    groups: dict[str, list[Finding]] = {}
    for finding in ordered(findings):
        groups.setdefault(finding.dataset, []).append(finding)
    for name in sorted(groups, key=lambda name: (RANK[groups[name][0].severity], name)):
        members = groups[name]
        out.print()
        out.print(Text(f"{name or 'Study'}: {_summary(members)}", style="bold"))
        shown = members[: MOST if file else MOST_WITHOUT_FILE]
        severity = max(len(NOUNS[finding.severity]) for finding in shown)
        variable = max(len(printable(finding.variable)) for finding in shown)
        for finding in shown:
            _show(out, finding, severity, variable)
        if len(members) > len(shown):
            where = f" in {file}" if file else ""
            out.print(Text(f"  {len(members) - len(shown):,} more{where}", style="italic"))


def _show(out: Console, finding: Finding, severity: int, variable: int) -> None:
    head = Text("  ")
    head.append(NOUNS[finding.severity].ljust(severity), style=STYLES[finding.severity])
    head.append("  ")
    if variable:
        head.append(printable(finding.variable).ljust(variable) + "  ", style="bold")
    message = Text(printable(finding.message))
    if finding.hint:
        message.append(". ").append(printable(finding.hint), style="cyan")
    print_hanging(out, head, message)
    print_hanging(out, Text(" " * len(head.plain)), Text(_details(finding), style="dim"))


def _details(finding: Finding) -> str:
    """How many records and the first of them; the place in the spec; the rule."""
    details = [_records(finding)] if finding.occurrences else []
    if finding.at.file:
        line = f":{finding.at.line}" if finding.at.line else ""
        details.append(f"{finding.at.file}{line}")
    details.append(finding.rule)
    return printable(" | ".join(details))


def _records(finding: Finding) -> str:
    number = counted(finding.count, "record")
    first = _first_record(finding)
    if not first:
        return number
    return f"{number}, {first}" if finding.count == 1 else f"{number}, first {first}"


def _first_record(finding: Finding) -> str:
    """The raw file and row, else the keys of the first record, else its subject."""
    located = next((o for o in finding.occurrences if o.file), None)
    if located is not None:
        return f"{located.file} row {located.row}"
    first = next(iter(finding.occurrences), None)
    if first is None:
        return ""
    keys = " ".join(f"{name}={text}" for name, text in first.keys if name != "STUDYID")
    return keys or first.usubjid


def _summary(findings: Sequence[Finding]) -> str:
    counts = [(s, sum(1 for f in findings if f.severity == s)) for s in Severity]
    return ", ".join(counted(number, NOUNS[s]) for s, number in counts if number)
