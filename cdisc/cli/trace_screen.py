"""An answer of `cdisc trace` on the terminal: a tree of records, each with its rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from cdisc.cli.cells import CellLine
from cdisc.cli.texts import console, counted
from cdisc.trace.summary import summary
from cdisc.validate.printable import printable

if TYPE_CHECKING:
    from cdisc.trace.answer import Answer, Candidate, Cell, Considered, Link, Record, Rule

DATASET = "bold cyan"
RAW = "bold yellow"
ASKED = "bold green"
ASKED_RAW = "black on yellow"
QUIET = "dim"
GUIDES = "dim"
MISSING = "(missing)"
WIDEST_VALUE = 40


def show_trace(answer: Answer, out: Console | None = None) -> None:
    """The answer in a sentence; the record, the value and its rule; the records it was made of."""
    out = out or console()
    if out.is_terminal:
        _show(answer, out)
        return
    # tables fill their lines with blanks, which a file or another program has no use for
    with out.capture() as shown:
        _show(answer, out)
    out.file.writelines(f"{line.rstrip()}\n" for line in shown.get().splitlines())


def _show(answer: Answer, out: Console) -> None:
    record = answer.record
    before, value, after = map(printable, summary(answer).parts)
    out.print(Text.assemble(before, (value, ASKED), after))
    out.print()
    out.print(_head(answer), soft_wrap=True)
    out.print(Padding(CellLine(_cells(record.keys, ASKED)), (0, 0, 0, 2), expand=False))
    out.print()
    if answer.variable:
        _Tree(whole=False).show(out, answer)
    else:
        out.print(_all_variables(record))
        if any(True for _ in record.below()):
            out.print()
            _Tree(whole=True).show(out, answer)
    for note in (*_narrower(answer), *answer.notes):
        out.print()
        out.print(Text.assemble(("Note  ", "bold yellow"), printable(note)))


def _head(answer: Answer) -> Text:
    record = answer.record
    label = printable(answer.label) if answer.label != record.origin else ""
    head = Text.assemble((record.origin, DATASET), "  " if label else "", (label, "bold"))
    return head.append(f"  {record.place}", QUIET)


def _narrower(answer: Answer) -> Iterator[str]:
    """What to say when the condition holds for several records."""
    if answer.matched > 1:
        many = counted(answer.matched, "record")
        which = f"{answer.condition} holds for {many}" if answer.condition else f"There are {many}"
        yield f"{which}; this is the first. It alone: --where '{answer.record.where}'"


class _Tree:
    """Writes records below each other; rules and contents are told where they are met first."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.told_rules: set[tuple[str, str]] = set()
        self.told: set[int] = set()

    def show(self, out: Console, answer: Answer) -> None:
        record = answer.record
        head = Text.assemble((answer.variable, ASKED), " = ", _value(answer.value))
        if answer.variable_label:
            head.append(f"  {printable(answer.variable_label)}", QUIET)
        if self.whole:
            head = Text("Where it comes from", style="bold")
        tree = Tree(Group(head, *self._rules(record)), guide_style=GUIDES)
        self._below(tree, record)
        out.print(tree)

    # ---- a record and what is below it ---------------------------------------------------

    def _below(self, tree: Tree, record: Record) -> None:
        content = record.content
        if content is None:
            return
        self.told.add(id(content))
        for considered in content.considered:
            tree.add(_considered(considered))
        for link in content.links:
            self._link(tree, link)

    def _link(self, tree: Tree, link: Link) -> None:
        if link.count == 1 and link.records:
            self._record(tree, link.records[0], f"{link.says} ")
            return
        if not link.count:
            tree.add(Text(f"{link.says}: no record of {link.origin}"))
            return
        kind = link.records[0].origin if link.records else ""
        head = Text(f"{link.says} {counted(link.count, 'record')}")
        branch = tree.add(head.append(f" of {kind}") if kind else head)
        for record in link.records:
            self._record(branch, record, "")
        if link.more:
            branch.add(Text(f"... and {link.more:,} more (--limit {link.count})", style=QUIET))

    def _record(self, tree: Tree, record: Record, before: str) -> None:
        name, style = (record.place, RAW) if record.raw else (record.origin, DATASET)
        cells = _cells((*record.keys, *record.cells), ASKED_RAW if record.raw else ASKED)
        head = [Text.assemble(before, (name, style)), *cells]
        lines: list[RenderableType] = [CellLine(head)]
        known = record.content is not None and id(record.content) in self.told
        if record.cut_off:
            asked = record.cells[0].name if record.cells else ""
            more = f"further: cdisc trace {record.origin} --where '{record.where}'"
            lines.append(Text(more + (f" --variable {asked}" if asked else ""), style=QUIET))
        elif known and record.content is not None and (record.content.links or self._rules(record)):
            lines[0] = CellLine([*head, Text("(as above)", style=QUIET)])
        lines += [] if known else self._rules(record)
        branch = tree.add(Group(*lines))
        if not known:
            self._below(branch, record)

    # ---- rules ---------------------------------------------------------------------------

    def _rules(self, record: Record) -> list[RenderableType]:
        if self.whole or record.content is None:
            return []
        shown: list[RenderableType] = []
        for rule in record.content.rules:
            told = (record.origin, rule.variable)
            shown += [] if told in self.told_rules else _rule(rule, record)
            shown += [_finding(text) for text in rule.findings]
            self.told_rules.add(told)
        return shown


def _rule(rule: Rule, record: Record) -> list[RenderableType]:
    """A rule: its variable with the value where that is not said already, then its steps."""
    said = {cell.name for cell in (*record.keys, *record.cells)}
    lines: list[RenderableType] = []
    for number, step in enumerate(rule.steps):
        line = Text().append(step.name, "bold")
        value = rule.value if number == 0 and rule.variable not in said else step.value
        if value is not None:
            line.append(" = ").append_text(_value(value))
        line.append(": ")
        if number == 0 and rule.said:
            line.append(f"{printable(rule.said)} Computed as: ")
        line.append(printable(step.says)).append(f"  {step.at}", QUIET)
        indent = 2 if number == 0 else 4
        lines.append(Padding(line, (0, 0, 0, indent), expand=False))
        lines += [
            Padding(Text(printable(detail)), (0, 0, 0, indent + 2), expand=False)
            for detail in step.details
        ]
    return lines


def _finding(text: str) -> RenderableType:
    return Padding(
        Text.assemble(("finding ", "bold yellow"), printable(text)), (0, 0, 0, 4), expand=False
    )


# ---- what was considered ------------------------------------------------------------------


def _considered(considered: Considered) -> RenderableType:
    head = Text("considered")
    head.append(f" for {considered.variable}" if considered.variable else "")
    rows = Table.grid(padding=(0, 2))
    rows.add_column(no_wrap=True)
    rows.add_column()
    rows.add_column()
    for candidate in considered.candidates:
        rows.add_row(*_candidate(candidate))
    lines = [
        Text(
            f"{counted(other.count, 'more record')} {'taken' if other.taken else 'not taken'}: "
            f"{printable(other.why)}",
            style=QUIET,
        )
        for other in considered.others
    ]
    return Group(head, Padding(Group(rows, *lines), (0, 0, 0, 2), expand=False))


def _candidate(candidate: Candidate) -> tuple[Text, CellLine, Text]:
    record = candidate.record
    taken = Text("taken", style="bold green") if candidate.taken else Text("not taken", style=QUIET)
    name, style = (record.place, RAW) if record.raw else (record.origin, DATASET)
    name = "this record" if candidate.itself else name
    cells = _cells((*record.keys, *record.cells), ASKED)
    what = CellLine([Text(printable(name), style), *cells])
    return taken, what, Text(printable(candidate.why))


# ---- values ------------------------------------------------------------------------------


def _cells(cells: Sequence[Cell], asked: str) -> list[Text]:
    """`NAME value` of each, those that feed the value marked."""
    return [
        Text.assemble((f"{printable(cell.name)} ", QUIET)).append_text(
            _value(cell.text, asked if cell.asked else "")
        )
        for cell in cells
    ]


def _value(text: str, style: str = "") -> Text:
    return Text(printable(text), style=style) if text else Text(MISSING, style=f"{style} italic")


def _all_variables(record: Record) -> RenderableType:
    """Every variable of a record: its value and, briefly, how it came about."""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(no_wrap=True)
    rows.add_column(max_width=WIDEST_VALUE)
    rows.add_column()
    rules = record.content.rules if record.content is not None else ()
    told = set()
    for rule in rules:
        step = rule.steps[0]
        how = Text(printable(rule.said or step.says)).append(f"  {step.at}", QUIET)
        rows.add_row(Text(rule.variable, style="bold"), _value(rule.value), how)
        told.add(rule.variable)
    for cell in record.cells:
        if cell.name not in told:
            rows.add_row(Text(cell.name, style="bold"), _value(cell.text), Text(""))
    return rows
