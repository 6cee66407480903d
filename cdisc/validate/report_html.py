"""report.html: the findings of a run on one page, for the people who mend the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from cdisc.model import Dataset, Finding, Severity, StudyInfo
from cdisc.validate.findings_json import RANK, ordered
from cdisc.validate.gate import Verdict
from cdisc.validate.report_elements import (
    badge,
    counted,
    element,
    section_id,
    severity_badge,
    table,
)
from cdisc.validate.report_findings import Group, findings_of_dataset, waived_findings
from cdisc.validate.report_page import page
from cdisc.validate.rules import RULES

STUDY = "Study"
SOURCES = "Raw sources"
SOURCE = "Raw source"


def report_html(
    findings: Iterable[Finding],
    *,
    verdict: Verdict,
    study: StudyInfo,
    datasets: Mapping[str, Dataset],
    definitions: Mapping[str, str] | None = None,
    version: str = "",
) -> bytes:
    """The bytes of report.html; the same findings in any order give the same bytes.

    Args:
        findings: Of the run; the verdict's are added, its waived ones stand in their own section.
        verdict: The gate's.
        study: Its identity, for the head of the page.
        datasets: By name, in the order in which the page lists them.
        definitions: Where a dataset is defined, relative to the page, by the dataset's name:
            `sdtm/define.html#IG.AE`.
        version: Of the toolkit.

    A rule shows its first 50 findings in a dataset and a finding its first 20 records;
    findings.json has the rest.
    """
    waivers = {entry.finding.group: entry.waiver for entry in verdict.waived}
    new = {finding.group for finding in verdict.new}
    known = list(findings)
    groups = {finding.group for finding in known}
    listed = ordered([*known, *(f for f in verdict.findings if f.group not in groups)])
    counting = [finding for finding in listed if finding.group not in waivers]
    waived = [finding for finding in listed if finding.group in waivers]
    by_dataset = _by_dataset(counting)
    main = element("main", _heading(study, version), _gate(verdict, counting, waived), id="content")
    main.append(_datasets(datasets, by_dataset, waived, definitions or {}))
    if listed:
        main.append(_filter(listed, new))
    for name, members in by_dataset.items():
        main.append(_dataset(name, members, datasets.get(name), new, definitions or {}))
    if waived:
        heading = _heading_with_count("Waived", len(waived))
        body = waived_findings(waived, waivers)
        main.append(element("section", heading, body, id="waived", class_="dataset"))
    rules = sorted({f.rule for f in listed if f.rule in RULES})
    if rules:
        main.append(_rules(rules))
    index = _index(study, by_dataset, waived=bool(waived), rules=bool(rules))
    skip = element("a", "Skip to content", class_="skip", href="#content")
    return page(f"{study.study_id}: findings", skip, index, main)


def _by_dataset(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Findings by dataset, those with the worst findings first, then by name."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.dataset, []).append(finding)
    names = sorted(groups, key=lambda name: (RANK[groups[name][0].severity], name))
    return {name: groups[name] for name in names}


def _index(
    study: StudyInfo, by_dataset: Mapping[str, Sequence[Finding]], *, waived: bool, rules: bool
) -> etree._Element:
    brand = element("a", study.name or study.study_id, href="#content")
    names: dict[str, list[etree._Element]] = {"": [], SOURCES: []}
    for name, members in by_dataset.items():
        worst = members[0].severity.value
        count = element("span", f"{len(members):,}", class_=f"tally {worst}")
        link = element("a", element("b", name or STUDY), count, href=f"#{section_id(name)}")
        names[SOURCES if _is_source(name) else ""].append(element("li", link))
    top = [("Gate", "gate"), ("Datasets", "datasets")]
    end = [("Waived", "waived")] * waived + [("Rules", "rules")] * rules
    return element(
        "nav",
        element("p", brand, class_="brand"),
        _links(top),
        element("ul", *names[""], class_="names"),
        *([element("p", SOURCES, class_="kicker")] if names[SOURCES] else []),
        *([element("ul", *names[SOURCES], class_="names")] if names[SOURCES] else []),
        _links(end),
        aria_label="Contents",
    )


def _is_source(name: str) -> bool:
    """Whether findings are about raw records: a source's name is in small letters."""
    return bool(name) and name == name.lower()


def _links(targets: Sequence[tuple[str, str]]) -> etree._Element:
    items = (element("li", element("a", text, href=f"#{target}")) for text, target in targets)
    return element("ul", *items)


def _heading(study: StudyInfo, version: str) -> etree._Element:
    standards = ", ".join(
        " ".join(part for part in (s.name, s.publishing_set, s.version) if part)
        for s in study.standards
    )
    facts = [
        ("Study", study.study_id),
        ("Protocol", study.protocol),
        ("Standards", standards),
        ("Created", study.created.isoformat(sep=" ")),
        ("Made by", f"cdisc {version}" if version else ""),
    ]
    shown = [
        element("div", element("dt", term), element("dd", text)) for term, text in facts if text
    ]
    return element(
        "header",
        element("p", "Findings", class_="kicker"),
        element("h1", study.name or study.study_id),
        element("p", study.description, class_="lead"),
        element("dl", *shown, class_="facts"),
    )


def _gate(
    verdict: Verdict, counting: Sequence[Finding], waived: Sequence[Finding]
) -> etree._Element:
    state = "closed" if verdict.closed else "open"
    box = element("section", element("h2", f"Gate {state}"), id="gate", class_=f"gate {state}")
    if verdict.closed:
        box.append(element("ul", *(element("li", reason) for reason in verdict.reasons)))
        said = "Mend the data or the specs, or waive with a reason in validation/gate.yaml."
    elif counting:
        said = "The findings are within what the gate allows."
    else:
        said = "Nothing was found that has not been waived." if waived else "Nothing was found."
    box.append(element("p", said))
    tiles = []
    for severity in Severity:
        members = [finding for finding in counting if finding.severity == severity]
        tiles.append(_tile(members, severity.value, severity.value if members else "none"))
    if waived:
        tiles.append(_tile(waived, "waived", "none"))
    box.append(element("div", *tiles, class_="tiles"))
    if verdict.new:
        said = f"{counted(len(verdict.new), 'finding')} not in the baseline, marked "
        box.append(element("p", said, badge("New", "new")))
    return box


def _tile(findings: Sequence[Finding], noun: str, kind: str) -> etree._Element:
    """A number of findings in large, the records they are about below."""
    number = f"{len(findings):,}"
    noun = noun if noun == "waived" or len(findings) == 1 else f"{noun}s"
    records = counted(sum(finding.count for finding in findings), "record")
    return element(
        "div",
        element("b", number),
        element("span", f" {noun}"),
        element("span", records, class_="quiet"),
        class_=f"tile {kind}",
    )


def _datasets(
    datasets: Mapping[str, Dataset],
    by_dataset: Mapping[str, Sequence[Finding]],
    waived: Sequence[Finding],
    definitions: Mapping[str, str],
) -> etree._Element:
    heads = [("Dataset", ""), ("Description", ""), ("Records", "number"), ("Variables", "number")]
    heads += [(f"{severity.value}s", "number") for severity in Severity]
    heads += [("Waived", "number")] * bool(waived) + [("Definition", "")] * bool(definitions)
    rows = []
    for name in [*datasets, *(name for name in by_dataset if name not in datasets)]:
        dataset, members = datasets.get(name), by_dataset.get(name, ())
        title = name or STUDY
        link = element("a", title, href=f"#{section_id(name)}") if members else title
        cells = [element("td", link, class_="name")]
        label = SOURCE if _is_source(name) else ""
        cells.append(element("td", dataset.label if dataset else label))
        sizes = (dataset.records, len(dataset.variables)) if dataset else ()
        cells += [element("td", f"{size:,}", class_="number") for size in sizes]
        cells += [element("td") for _ in range(2 - len(sizes))]
        cells += [_number(_with(members, severity), severity.value) for severity in Severity]
        if waived:
            cells.append(_number([f for f in waived if f.dataset == name], "quiet"))
        if definitions:
            page = definitions.get(name)
            cells.append(element("td", element("a", "define.html", href=page) if page else ""))
        rows.append(element("tr", *cells))
    heading = _heading_with_count("Datasets", len(datasets))
    return element("section", heading, table(heads, rows, "datasets"), id="datasets")


def _with(findings: Sequence[Finding], severity: Severity) -> list[Finding]:
    return [finding for finding in findings if finding.severity == severity]


def _number(findings: Sequence[Finding], kind: str) -> etree._Element:
    if not findings:
        return element("td", "–", class_="number none")
    records = counted(sum(finding.count for finding in findings), "record")
    return element("td", f"{len(findings):,}", class_=f"number {kind}", title=records)


def _heading_with_count(text: str, count: int) -> etree._Element:
    return element("h2", f"{text} ", element("span", f"{count:,}", class_="count"))


def _filter(findings: Sequence[Finding], new: set[Group]) -> etree._Element:
    """The controls that the script brings to life; hidden while there is no script."""
    bar = element("div", id="filter", hidden="hidden", role="search", aria_label="Filter findings")
    for severity in Severity:
        if _with(findings, severity):
            box = element("input", type="checkbox", value=severity.value, checked="checked")
            bar.append(element("label", box, severity_badge(severity)))
    names = sorted({finding.dataset for finding in findings})
    options = [element("option", name or STUDY, value=f"={name}") for name in names]
    every = element("option", "All datasets", value="")
    bar.append(element("select", every, *options, id="filter-dataset", aria_label="Dataset"))
    bar.append(
        element("input", type="search", id="filter-text", placeholder="Text", aria_label="Text")
    )
    if new:
        box = element("input", type="checkbox", id="filter-new")
        bar.append(element("label", box, " New only"))
    box = element("input", type="checkbox", id="filter-records")
    bar.append(element("label", box, " Show records"))
    bar.append(element("span", id="filter-count", role="status", class_="count"))
    return bar


def _dataset(
    name: str,
    findings: Sequence[Finding],
    dataset: Dataset | None,
    new: set[Group],
    definitions: Mapping[str, str],
) -> etree._Element:
    heading = element("h2", name or STUDY)
    facts = []
    if dataset is not None:
        heading.append(element("span", dataset.label, class_="label"))
        facts.append(counted(dataset.records, "record"))
    counts = ((severity, len(_with(findings, severity))) for severity in Severity)
    facts += [counted(number, severity.value) for severity, number in counts if number]
    line = element("p", " · ".join(facts), class_="sizes")
    if name in definitions:
        line.append(element("a", "define.html", href=definitions[name], class_="aside"))
    body = findings_of_dataset(findings, new=new)
    return element("section", heading, line, body, id=section_id(name), class_="dataset")


def _rules(names: Sequence[str]) -> etree._Element:
    rows = []
    for name in names:
        rule = RULES[name]
        code = element("td", element("span", name, class_="code"), class_="name")
        said = element(
            "td", element("b", rule.title), element("span", rule.description, class_="block")
        )
        rows.append(element("tr", code, said, element("td", rule.reference), id=f"rule-{name}"))
    heads = [("Rule", ""), ("What must hold", ""), ("Asked for by", "")]
    return element("section", element("h2", "Rules"), table(heads, rows, "rules"), id="rules")
