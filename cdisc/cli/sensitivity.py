"""What the terminal shows of sensitivity: for each alternative who changes, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cdisc.cli.texts import console, counted, print_fitted, print_hanging, room_for, shown_path
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
    widest = max(len(one.name) for one in result.alternatives)
    for one in result.alternatives:
        head = Text(one.name.ljust(widest + 2), style="bold")
        print_hanging(out, head, _summary(one, changes[one.name], result.compared))
    out.print()
    for one in result.alternatives:
        if changes[one.name]:
            _show(out, one, changes[one.name])
    path = shown_path(result.out)
    tables = Text(f"{path}/changes.csv, {path}/summary.csv")
    print_hanging(out, Text("Read  ", style="bold"), tables)


def _summary(one: Alternative, changes: list[Change], compared: Iterable[Compared]) -> Text:
    """`Confirmation after 35 days: 2 records of 1 subject change, CRSP 1, CBOR 1`."""
    subjects = len({change.subject for change in changes})
    said = f"{counted(len(changes), 'record')} of {counted(subjects, 'subject')} change"
    rows = [row for row in compared if row.alternative == one.name]
    counts = [f"{row.parameter} {row.changed:,}" for row in rows if row.changed]
    said = ", ".join((said, *counts)) if changes else "nothing changes"
    moved = sum(row.moved for row in rows)
    if moved:
        said += f"; {counted(moved, 'record')} say the same and rest on another record"
    return Text(f"{printable(one.label)}: {said}")


def _show(out: Console, one: Alternative, changes: list[Change]) -> None:
    """The changes of an alternative, those of a subject together.

    Where the subject does not fit before its changes, it has a line of its own above them.
    """
    print_hanging(out, Text(f"{one.name}  ", style="bold"), Text(printable(one.label)))
    # sorted() keeps the order of the parameters within a subject
    of_subjects = sorted(changes, key=lambda change: change.subject)[:MOST]
    rows = [_row(change) for change in of_subjects]
    heads = [
        Text()
        if place and of_subjects[place - 1].subject == change.subject
        # the subject is said once
        else Text(printable(change.subject))
        for place, change in enumerate(of_subjects)
    ]
    beside = [[head, *row] for head, row in zip(heads, rows, strict=True)]
    if room_for(out, beside, wrapped=(), indent=2) >= 0:
        print_fitted(out, beside, wrapped=(), indent=2)
    else:
        above = [Text("  ") + head if head.plain else None for head in heads]
        print_fitted(out, rows, wrapped=(1, 3), indent=4, above=above)
    if len(changes) > MOST:
        out.print(Text(f"  ... and {len(changes) - MOST:,} more"))
    out.print()


def _row(change: Change) -> list[Text]:
    """`ADTTE PFS`, old, `->`, new."""
    old, new = _values(change.old), _values(change.new)
    if old == new:
        old, new = _others(change, change.old), _others(change, change.new)
    return [
        Text(f"{change.dataset} {change.parameter}"),
        Text(old),
        Text("->", style="dim"),
        Text(new, style="cyan"),
    ]


def _others(change: Change, values: Mapping[str, str] | None) -> str:
    """`SRCSEQ 4`: the variables that differ where a reader would see the same value."""
    texts = values or {}
    return printable(", ".join(f"{name} {texts.get(name) or '?'}" for name in change.differing))


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
