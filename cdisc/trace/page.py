"""One answer as one HTML page that needs nothing else: for reviewers, to read and to print.

Text goes in as text. A policy in the page lets nothing load and nothing run but its own style.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from lxml import etree

from cdisc.trace.answer import Answer, Candidate, Cell, Considered, Link, Record, Rule
from cdisc.trace.summary import summary
from cdisc.validate.report_elements import counted, element

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MISSING = "missing"


def trace_page(answer: Answer) -> bytes:
    """The bytes of the page, UTF-8; the same for the same answer."""
    title = f"{answer.variable} of {answer.dataset}" if answer.variable else answer.dataset
    blocks = _Blocks(whole=not answer.variable)
    body = (
        _header(answer),
        *_notes(answer),
        *blocks.root(answer.record),
        element("footer", _legend(), element("p", f"Asked of {answer.package}", class_="quiet")),
    )
    style = files("cdisc.trace").joinpath("data", "trace.css").read_bytes().decode("utf-8")
    style = style.replace("\r\n", "\n")
    known = b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"
    sheet = etree.Element("style")
    sheet.text = style
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("title", f"Why: {title} - {answer.study}"),
        sheet,
    )
    root = element("html", head, element("body", element("main", *body)), lang="en")
    text = etree.tostring(root, method="html", encoding="utf-8", doctype="<!DOCTYPE html>")
    return bytes(text) + b"\n"


# ---- the question and its answer ----------------------------------------------------------


def _header(answer: Answer) -> Element:
    record = answer.record
    label = f" {answer.label}" if answer.label != answer.dataset else ""
    where = f"{answer.dataset}{label}, {record.place}"
    parts = [element("p", f"{answer.study} · Where does it come from?", class_="kicker")]
    if answer.variable:
        heading = element("h1", element("span", answer.variable, class_="name"), " = ")
        heading.append(_text(answer.value, "value"))
        parts.append(heading)
        said = f"{answer.variable_label} · {where}" if answer.variable_label else where
        parts.append(element("p", said, class_="lead"))
    else:
        parts += [element("h1", answer.label), element("p", where, class_="lead")]
    before, value, after = summary(answer).parts
    told = (before, element("b", value), after) if value else (f"{before}{after}",)
    parts.insert(1, element("p", *told, class_="answer"))
    facts = [_fact(cell) for cell in record.keys]
    parts.append(element("dl", *facts, class_="facts"))
    return element("header", *parts)


def _fact(cell: Cell) -> Element:
    return element("div", element("dt", cell.name), element("dd", _text(cell.text)))


def _notes(answer: Answer) -> Iterator[Element]:
    if answer.matched > 1:
        many = counted(answer.matched, "record")
        which = f"{answer.condition} holds for {many}" if answer.condition else f"There are {many}"
        yield element(
            "p",
            f"{which}; this is the first. It alone: ",
            element("code", answer.record.where),
            class_="note",
        )
    for note in answer.notes:
        yield element("p", note, class_="note warning")


def _legend() -> Element:
    return element(
        "p",
        element("span", "value", class_="asked sample"),
        " feeds the value asked about; ",
        element("span", "raw cell", class_="asked raw sample"),
        " does so as it was received.",
        class_="quiet legend",
    )


# ---- records --------------------------------------------------------------------------------


class _Blocks:
    """Records as nested blocks; rules and contents stand where they are met first."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.told_rules: set[tuple[str, str]] = set()
        self.anchors: dict[int, str] = {}

    def root(self, record: Record) -> Iterator[Element]:
        """Everything below the record asked about."""
        content = record.content
        if content is None:
            return
        self.anchors[id(content)] = "record-1"
        if self.whole:
            yield _variables(record)
        else:
            yield from self._rules(record)
        for considered in content.considered:
            yield _considered(considered)
        if content.links:
            yield element("h2", "The records behind it")
        for link in content.links:
            yield self._link(link)

    def _link(self, link: Link) -> Element:
        raw = all(record.raw for record in link.records)
        if link.count == 1 and link.records and not raw:
            block = self._record(link.records[0], link.says)
            return element("section", block, class_="link-block")
        head = [element("span", link.says, class_="role")]
        if not link.count:
            head.append(element("span", f"no record of {link.origin}", class_="quiet"))
        if link.count > 1:
            head.append(element("span", counted(link.count, "record"), class_="count"))
        parts = [element("p", *head, class_="link")]
        if link.records and raw:
            parts.append(_raw_table(link.records))
        else:
            parts += [self._record(record) for record in link.records]
        if link.more:
            more = f"and {counted(link.more, 'more record')}, not shown"
            parts.append(element("p", more, class_="quiet"))
        return element("section", *parts, class_="link-block")

    def _record(self, record: Record, role: str = "") -> Element:
        head = element("p", class_="head")
        if role:
            head.append(element("span", role, class_="role"))
        head.append(element("span", record.origin, class_="badge"))
        head.append(element("span", record.place, class_="quiet"))
        parts = [head, _table([record])]
        content = record.content
        if record.cut_off:
            asked = "".join(f" --variable {cell.name}" for cell in record.cells[:1])
            command = f"cdisc trace {record.origin} --where '{record.where}'{asked}"
            parts.append(
                element("p", "Not followed here: ", element("code", command), class_="quiet")
            )
        elif content is not None and id(content) in self.anchors:
            anchor = self.anchors[id(content)]
            link = element("a", "told above", href=f"#{anchor}")
            parts.append(element("p", "How it was made is ", link, ".", class_="quiet"))
        elif content is not None:
            anchor = f"record-{len(self.anchors) + 1}"
            self.anchors[id(content)] = anchor
            parts += self._rules(record)
            parts += [_considered(considered) for considered in content.considered]
            parts += [self._link(link) for link in content.links]
            return element("div", *parts, class_="record", id=anchor)
        return element("div", *parts, class_="record")

    def _rules(self, record: Record) -> list[Element]:
        if self.whole or record.content is None:
            return []
        said = {cell.name for cell in (*record.keys, *record.cells)}
        rows: list[Element] = []
        for rule in record.content.rules:
            key = (record.origin, rule.variable)
            if key not in self.told_rules:
                rows += _rule(rule, rule.variable in said)
            rows += [element("li", f"Finding: {text}", class_="finding") for text in rule.findings]
            self.told_rules.add(key)
        return [element("ul", *rows, class_="rules")] if rows else []


def _rule(rule: Rule, value_said: bool) -> Iterator[Element]:
    for number, step in enumerate(rule.steps):
        line = [element("b", step.name)]
        value = rule.value if number == 0 and not value_said else step.value
        if value is not None:
            line += [element("span", " = "), _text(value, "given")]
        parts: list[Element | str] = [element("span", *line, class_="of")]
        said = f"{rule.said} Computed as: " if number == 0 and rule.said else ""
        says = element("span", f"{said}{step.says}", class_="says")
        if step.details:
            says.append(element("ul", *(element("li", text) for text in step.details)))
        parts.append(says)
        parts.append(element("code", step.at, class_="place"))
        yield element("li", *parts, class_="rule" if number == 0 else "rule step")


# ---- tables ---------------------------------------------------------------------------------


def _table(records: Sequence[Record]) -> Element:
    """Records with the same columns below each other."""
    cells = [(*record.keys, *record.cells) for record in records]
    heads = [element("th", cell.name, scope="col") for cell in cells[0]]
    rows = [element("tr", *(_cell(cell) for cell in row)) for row in cells]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *rows))
    return element("div", table, class_="scroll")


def _raw_table(records: Sequence[Record]) -> Element:
    """Raw records, each with its file and row."""
    names = dict.fromkeys(c.name for record in records for c in (*record.keys, *record.cells))
    heads = [element("th", "File and row", scope="col")]
    heads += [element("th", name, scope="col") for name in names]
    rows = []
    for record in records:
        known = {cell.name: cell for cell in (*record.keys, *record.cells)}
        cells = [element("td", record.place, class_="file")]
        cells += [_cell(known.get(name, Cell(name, "")), raw=True) for name in names]
        rows.append(element("tr", *cells))
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *rows))
    return element("div", table, class_="scroll raw")


def _cell(cell: Cell, *, raw: bool = False) -> Element:
    kind = ("asked raw" if raw else "asked") if cell.asked else ""
    made = element("td", _text(cell.text))
    if kind:
        made.set("class", kind)
    return made


def _text(text: str, kind: str = "") -> Element:
    made = element("span", text or MISSING)
    kinds = " ".join(name for name in (kind, "" if text else "none") if name)
    if kinds:
        made.set("class", kinds)
    return made


def _variables(record: Record) -> Element:
    """Every variable of a record with its value and, briefly, how it came about."""
    rules = record.content.rules if record.content is not None else []
    rows = []
    for rule in rules:
        step = rule.steps[0]
        how = element("td", rule.said or step.says, " ", element("code", step.at, class_="place"))
        rows.append(_variable(rule.variable, rule.label, rule.value, how))
    told = {rule.variable for rule in rules}
    others = [cell for cell in record.cells if cell.name not in told]
    rows += [_variable(cell.name, "", cell.text, element("td")) for cell in others]
    heads = [element("th", text, scope="col") for text in ("Variable", "Label", "Value", "How")]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *rows))
    return element("div", table, class_="scroll variables")


def _variable(name: str, label: str, value: str, how: Element) -> Element:
    first = element("td", element("b", name), class_="variable")
    return element("tr", first, element("td", label), _cell(Cell("", value)), how)


# ---- what was considered --------------------------------------------------------------------


def _considered(considered: Considered) -> Element:
    title = f"Considered for {considered.variable}" if considered.variable else "Considered"
    rows = [_candidate(candidate) for candidate in considered.candidates]
    heads = [element("th", text, scope="col") for text in ("", "Record", "", "Why")]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *rows))
    parts = [element("p", title, class_="link role"), element("div", table, class_="scroll")]
    for other in considered.others:
        many = counted(other.count, "more record")
        said = f"{many} {'taken' if other.taken else 'not taken'}: {other.why}"
        parts.append(element("p", said, class_="quiet"))
    return element("section", *parts, class_="considered")


def _candidate(candidate: Candidate) -> Element:
    record = candidate.record
    name = "this record" if candidate.itself else record.origin
    badge = element("span", name, class_="badge raw" if record.raw else "badge")
    where = element("td", badge, " ", element("span", record.place, class_="quiet"))
    cells: list[Element | str] = []
    for cell in (*record.keys, *record.cells):
        value = _text(cell.text, "asked" if cell.asked else "")
        cells.append(element("span", element("i", cell.name), " ", value, class_="pair"))
    taken = element("td", "✓ taken" if candidate.taken else "not taken", class_="verdict")
    kind = "taken" if candidate.taken else "left"
    return element(
        "tr", taken, where, element("td", *cells), element("td", candidate.why), class_=kind
    )
