"""What the terminal shows of sensitivity: for each alternative who changes, from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cdisc.cli.texts import console, counted, print_columns, shown_path
from cdisc.validate.printable import printable

if TYPE_CHECKING:
    from cdisc.pipeline.sensitivity import Change, SensitivityResult
    from cdisc.spec.sensitivity import Alternative

MOST = 40
"""Changes shown of one alternative; all are in the file."""


def show_sensitivity(result: SensitivityResult) -> None:
    """The alternatives one after another, then where the tables are."""
    out = console()
    for one in result.alternatives:
        _show(out, one, [change for change in result.changes if change.alternative == one.name])
    path = shown_path(result.out)
    out.print(Text.assemble(("Read  ", "bold"), f"{path}/changes.csv, {path}/summary.csv"))


def _show(out: Console, one: Alternative, changes: list[Change]) -> None:
    subjects = len({change.subject for change in changes})
    said = f"{counted(len(changes), 'record')} of {counted(subjects, 'subject')} change"
    if not changes:
        said = "nothing changes"
    out.print(Text.assemble((one.name, "bold"), f"  {printable(one.label)}: {said}"))
    rows = [
        [
            Text(f"  {printable(change.subject)}"),
            Text(f"{change.dataset} {change.parameter}"),
            Text(_values(change.old)),
            Text("->", style="dim"),
            Text(_values(change.new), style="cyan"),
        ]
        for change in changes[:MOST]
    ]
    if rows:
        print_left(out, rows)
    if len(changes) > MOST:
        out.print(Text(f"  ... and {len(changes) - MOST:,} more"))
    out.print()


def print_left(out: Console, rows: list[list[Text]]) -> None:
    """Print rows in columns, all to the left."""
    widths = [max(row[i].cell_len for row in rows) for i in range(len(rows[0]))]
    padded = [
        [
            cell + Text(" " * (width - cell.cell_len))
            for cell, width in zip(row, widths, strict=True)
        ]
        for row in rows
    ]
    print_columns(out, padded)


def _values(values: Mapping[str, str] | None) -> str:
    """`PR 2024-04-03`, `213 until 2024-08-07, Disease progression`, `no record`."""
    if values is None:
        return "no record"
    if values.get("CNSR"):
        what = "event" if values["CNSR"] == "0" else f"censored {values['CNSR']}"
        text = f"{values.get('AVAL') or '?'} to {values.get('ADT') or '?'}, {what}"
        return printable(f"{text}, {values['EVNTDESC']}" if values.get("EVNTDESC") else text)
    shown = [values.get("AVALC") or values.get("AVAL", ""), values.get("ADT", "")]
    return printable(" ".join(text for text in shown if text) or "missing")
