"""What the terminal shows of sensitivity: for each alternative who changes, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cdisc.cli.texts import console, counted, print_columns, shown_path
from cdisc.validate.printable import printable

if TYPE_CHECKING:
    from cdisc.pipeline.sensitivity import Change, Compared, SensitivityResult
    from cdisc.spec.sensitivity import Alternative

MOST = 20
"""Records shown of one alternative; all are in the file."""


def show_sensitivity(result: SensitivityResult) -> None:
    """An overview of the alternatives, then each by itself, then where the tables are."""
    out = console()
    changes = {
        one.name: [change for change in result.changes if change.alternative == one.name]
        for one in result.alternatives
    }
    for one in result.alternatives:
        out.print(_summary(one, changes[one.name], result.compared))
    out.print()
    for one in result.alternatives:
        if changes[one.name]:
            _show(out, one, changes[one.name])
    path = shown_path(result.out)
    out.print(Text.assemble(("Read  ", "bold"), f"{path}/changes.csv, {path}/summary.csv"))


def _summary(one: Alternative, changes: list[Change], compared: Iterable[Compared]) -> Text:
    """`CONFIRM35  Confirmation after 35 days: 2 records of 1 subject change, CRSP 1, CBOR 1`."""
    subjects = len({change.subject for change in changes})
    said = f"{counted(len(changes), 'record')} of {counted(subjects, 'subject')} change"
    counts = [
        f"{row.parameter} {row.changed:,}"
        for row in compared
        if row.alternative == one.name and row.changed
    ]
    said = ", ".join((said, *counts)) if changes else "nothing changes"
    moved = sum(row.moved for row in compared if row.alternative == one.name)
    if moved:
        said += f"; {counted(moved, 'record')} say the same and rest on another record"
    return Text.assemble((one.name, "bold"), f"  {printable(one.label)}: {said}")


def _show(out: Console, one: Alternative, changes: list[Change]) -> None:
    """The changes of an alternative, those of a subject together."""
    out.print(Text.assemble((one.name, "bold"), f"  {printable(one.label)}"))
    # sorted() keeps the order of the parameters within a subject
    of_subjects = sorted(changes, key=lambda change: change.subject)[:MOST]
    rows = []
    for place, change in enumerate(of_subjects):
        again = place > 0 and of_subjects[place - 1].subject == change.subject
        old, new = _values(change.old), _values(change.new)
        if old == new:
            old, new = _others(change, change.old), _others(change, change.new)
        rows.append(
            [
                Text("" if again else f"  {printable(change.subject)}"),
                Text(f"{change.dataset} {change.parameter}"),
                Text(old),
                Text("->", style="dim"),
                Text(new, style="cyan"),
            ]
        )
    print_left(out, rows)
    if len(changes) > MOST:
        out.print(Text(f"  ... and {len(changes) - MOST:,} more"))
    out.print()


def _others(change: Change, values: Mapping[str, str] | None) -> str:
    """`SRCSEQ 4`: the variables that differ where a reader would see the same value."""
    texts = values or {}
    return printable(", ".join(f"{name} {texts.get(name) or '?'}" for name in change.differing))


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
