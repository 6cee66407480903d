"""The rows of report.html: one finding each, with the records it is about to open below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from lxml import etree

from cdisc.model import Finding, Occurrence
from cdisc.validate.gate import Waiver
from cdisc.validate.report_elements import (
    badge,
    breakable,
    counted,
    element,
    head_row,
    rule_element,
    severity_badge,
    table,
)

MAX_FINDINGS = 50
MAX_RECORDS = 20
FIRST_PLACES = 3

Group = tuple[str, ...]


def findings_of_dataset(
    findings: Sequence[Finding], *, new: Collection[Group] = ()
) -> etree._Element:
    """The table of a dataset's findings, in the order given."""
    heads = [("Severity", "severity"), ("Rule", "rule"), ("Variable", "variable")]
    heads += [("Finding", "said"), ("Records", "number"), ("First records", "places")]
    bodies = []
    for finding in _within_limit(findings):
        severity = element("td", severity_badge(finding.severity), class_="severity")
        is_new = finding.group in new
        if is_new:
            severity.append(badge("New", "new"))
        row = element("tr", severity, *_cells(finding))
        bodies.append(_body(finding, row, len(heads), new=is_new))
    bodies += _left_out(findings, len(heads))
    return element("table", head_row(heads), *bodies, class_="findings")


def waived_findings(findings: Sequence[Finding], waivers: Mapping[Group, Waiver]) -> etree._Element:
    """The table of accepted findings, with who accepted each, why and until when."""
    heads = [("Severity", "severity"), ("Dataset", "dataset"), ("Rule", "rule")]
    heads += [("Variable", "variable"), ("Finding", "said"), ("Records", "number")]
    heads += [("First records", "places"), ("Waived", "waiver")]
    bodies = []
    for finding in _within_limit(findings):
        waiver = waivers[finding.group]
        row = element(
            "tr",
            element("td", severity_badge(finding.severity), class_="severity"),
            element("td", finding.dataset, class_="name"),
            *_cells(finding),
            element(
                "td",
                element("p", waiver.reason, class_="text"),
                element("p", f"{waiver.author}, until {waiver.expires}", class_="quiet"),
                class_="waiver",
            ),
        )
        bodies.append(_body(finding, row, len(heads), new=False))
    bodies += _left_out(findings, len(heads))
    return element("table", head_row(heads), *bodies, class_="findings waived")


def _body(finding: Finding, row: etree._Element, width: int, *, new: bool) -> etree._Element:
    """One finding: its row and, across the row below, its records."""
    body = element(
        "tbody",
        row,
        class_="finding",
        data_severity=finding.severity.value,
        data_dataset=finding.dataset,
        data_new="yes" if new else "no",
    )
    if finding.occurrences:
        records = element("td", _records(finding), colspan=str(width - 1))
        body.append(element("tr", element("td"), records, class_="more"))
    return body


def _cells(finding: Finding) -> tuple[etree._Element, ...]:
    """The cells that every table of findings has."""
    return (
        element("td", rule_element(finding.rule), class_="rule"),
        element("td", finding.variable, class_="name variable"),
        _said(finding),
        element("td", f"{finding.count:,}", class_="number"),
        element("td", *_first_places(finding), class_="places"),
    )


def _said(finding: Finding) -> etree._Element:
    """Message, hint and the place in the spec."""
    cell = element("td", element("p", finding.message, class_="text message"), class_="said")
    if finding.hint:
        cell.append(element("p", finding.hint, class_="text hint"))
    if finding.at.file:
        line = "" if finding.at.line is None else f":{finding.at.line}"
        place = element("span", *breakable(f"{finding.at.file}{line}"), class_="code")
        cell.append(element("p", "Asked for in ", place, class_="quiet"))
    return cell


def _first_places(finding: Finding) -> list[etree._Element]:
    """The first raw rows by file; without any, the keys of the first record."""
    places = list(dict.fromkeys((o.file, o.row) for o in finding.occurrences if o.file))
    rows: dict[str, list[int]] = {}
    for file, row in places[:FIRST_PLACES]:
        rows.setdefault(file, []).append(row)
    if rows:
        return [_rows_of_file(file, numbers) for file, numbers in rows.items()]
    first = next(iter(finding.occurrences), None)
    if first is None:
        return []
    return [element("div", _keys(first) or first.usubjid)]


def _rows_of_file(file: str, numbers: Sequence[int]) -> etree._Element:
    noun = "row" if len(numbers) == 1 else "rows"
    said = ", ".join(f"{number:,}" for number in numbers if number)
    place = element("div", element("span", *breakable(file), class_="code"))
    if said:
        place.append(element("div", f"{noun} {said}"))
    return place


def _keys(occurrence: Occurrence) -> str:
    """The keys that tell a subject's records apart; study and subject are said elsewhere."""
    pairs = [(name, text) for name, text in occurrence.keys if name not in ("STUDYID", "USUBJID")]
    return ", ".join(f"{name} {text}" for name, text in pairs)


def _records(finding: Finding) -> etree._Element:
    """The first records, to open: only the columns that say something."""
    listed = finding.occurrences[:MAX_RECORDS]
    columns = [
        ("Subject", "subject", [o.usubjid for o in listed]),
        ("Record", "keys", [_keys(o) for o in listed]),
        ("Raw file", "file", [o.file for o in listed]),
        ("Row", "number", [f"{o.row:,}" if o.row else "" for o in listed]),
    ]
    filled = [column for column in columns if any(column[2])]
    lines = [
        element(
            "tr",
            *(element("td", *_parts(texts[row], kind), class_=kind) for _, kind, texts in filled),
        )
        for row in range(len(listed))
    ]
    made = element("details", element("summary", counted(finding.count, "record")))
    made.append(table([(head, kind) for head, kind, _ in filled], lines, "records"))
    if finding.count > len(listed):
        more = f"{finding.count - len(listed):,} more in findings.json"
        made.append(element("p", more, class_="quiet"))
    return made


def _parts(text: str, kind: str) -> list[etree._Element | str]:
    """A path may break at its slashes; a value stays as it is, so that it can be found."""
    return breakable(text) if kind == "file" else [text]


def _within_limit(findings: Sequence[Finding]) -> list[Finding]:
    """At most `MAX_FINDINGS` a rule and dataset, so that no rule hides another."""
    seen: Counter[tuple[str, str]] = Counter()
    within = []
    for finding in findings:
        seen[(finding.dataset, finding.rule)] += 1
        if seen[(finding.dataset, finding.rule)] <= MAX_FINDINGS:
            within.append(finding)
    return within


def _left_out(findings: Sequence[Finding], width: int) -> list[etree._Element]:
    """A line for each rule of which findings are left out."""
    counts = Counter((finding.dataset, finding.rule) for finding in findings)
    bodies = []
    for (dataset, rule), count in sorted(counts.items()):
        if count > MAX_FINDINGS:
            said = f"{counted(count - MAX_FINDINGS, 'more finding')} of {rule}"
            said += f" in {dataset}: " if dataset else ": "
            cell = element("td", f"{said}findings.json", colspan=str(width), class_="quiet")
            bodies.append(element("tbody", element("tr", cell), class_="left-out"))
    return bodies
