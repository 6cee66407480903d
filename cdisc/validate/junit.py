"""junit.xml: a test suite a dataset, a test case a rule, for the test page of a CI server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from cdisc.model import Finding, Severity
from cdisc.validate.findings_json import ordered
from cdisc.validate.gate import Verdict, Waiver
from cdisc.validate.rule import Check

MAX_LINES = 20
# What XML 1.0 cannot hold even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(
    findings: Iterable[Finding],
    *,
    checks: Sequence[Check] = (),
    verdict: Verdict | None = None,
) -> bytes:
    """The bytes of junit.xml, UTF-8, the same for the same findings in any order.

    A rule that was checked and found nothing passes (`checks` says which). A rule with errors
    that nobody waived fails. A rule with waived findings only is skipped, with the reasons;
    warnings and notes pass and stand in the output of their case.
    """
    waived = {} if verdict is None else {e.finding.group: e.waiver for e in verdict.waived}
    extra = () if verdict is None else verdict.findings
    cases: dict[tuple[str, str], list[Finding]] = {(c.dataset, c.rule): [] for c in checks}
    everything = list(findings)
    known = {finding.group for finding in everything}
    for finding in ordered([*everything, *(f for f in extra if f.group not in known)]):
        cases.setdefault((finding.dataset, finding.rule), []).append(finding)
    root = etree.Element("testsuites", name="cdisc")
    totals = [0, 0, 0]
    for dataset in sorted({dataset for dataset, _ in cases}):
        suite = etree.SubElement(root, "testsuite", name=dataset or "study")
        counts = [0, 0, 0]
        for name, rule in sorted(cases):
            if name == dataset:
                outcome = _case(suite, dataset or "study", rule, cases[(name, rule)], waived)
                counts = [a + b for a, b in zip(counts, outcome, strict=True)]
        _count(suite, counts)
        totals = [a + b for a, b in zip(totals, counts, strict=True)]
    _count(root, totals)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _case(
    suite: etree._Element,
    dataset: str,
    rule: str,
    findings: Sequence[Finding],
    waived: Mapping[tuple[str, ...], Waiver],
) -> tuple[int, int, int]:
    """Add one test case; returns how many cases, failures and skipped cases it is."""
    case = etree.SubElement(suite, "testcase", classname=dataset, name=rule)
    counting = [finding for finding in findings if finding.group not in waived]
    errors = [finding for finding in counting if finding.severity == Severity.ERROR]
    if errors:
        failure = etree.SubElement(case, "failure", type=rule, message=_text(str(errors[0])))
        failure.text = _lines(errors)
        return (1, 1, 0)
    if findings and not counting:
        reasons = sorted({_reason(waived[finding.group]) for finding in findings})
        etree.SubElement(case, "skipped", message=_text("; ".join(reasons)))
        return (1, 0, 1)
    if counting:
        etree.SubElement(case, "system-out").text = _lines(counting)
    return (1, 0, 0)


def _reason(waiver: Waiver) -> str:
    return f"waived by {waiver.author} until {waiver.expires.isoformat()}: {waiver.reason}"


def _lines(findings: Sequence[Finding]) -> str:
    lines = [str(finding) for finding in findings[:MAX_LINES]]
    if len(findings) > MAX_LINES:
        lines.append(f"{len(findings) - MAX_LINES:,} more in findings.json")
    return _text("\n".join(lines))


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _count(element: etree._Element, counts: Sequence[int]) -> None:
    for name, number in zip(("tests", "failures", "skipped"), counts, strict=True):
        element.set(name, str(number))
