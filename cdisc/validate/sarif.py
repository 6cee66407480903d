"""findings.sarif: SARIF 2.1.0 (OASIS), which code hosts show beside the line of the spec."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import orjson

from cdisc.model import Finding, Severity
from cdisc.validate.findings_json import ordered
from cdisc.validate.gate import Verdict, Waiver, identity
from cdisc.validate.rules import RULES

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def findings_sarif(
    findings: Iterable[Finding], *, verdict: Verdict | None = None, version: str = ""
) -> bytes:
    """The bytes of findings.sarif; the same findings in any order give the same bytes.

    A result stands at the place in the spec that asked for the value and, without one, at the
    raw file of the first record. `partialFingerprints` do not change when lines move. Waived
    findings are suppressed, with the reason.
    """
    everything = list(findings)
    waivers: dict[tuple[str, ...], Waiver] = {}
    if verdict is not None:
        waivers = {entry.finding.group: entry.waiver for entry in verdict.waived}
        known = {finding.group for finding in everything}
        everything += [f for f in verdict.findings if f.group not in known]
    listed = ordered(everything)
    rules = sorted({finding.rule for finding in listed})
    driver: dict[str, Any] = {
        "name": "cdisc",
        "rules": [_rule(rule) for rule in rules],
    }
    if version:
        driver["version"] = version
    places = {rule: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, places[finding.rule], waivers.get(finding.group)) for finding in listed
        ],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _rule(name: str) -> dict[str, Any]:
    rule = RULES.get(name)
    if rule is None:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.description},
        "help": {"text": f"{rule.description} Reference: {rule.reference}"},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _result(finding: Finding, rule: int, waiver: Waiver | None) -> dict[str, Any]:
    digest = sha256("\x1f".join(identity(finding)).encode("utf-8")).hexdigest()
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": LEVELS[finding.severity],
        "message": {"text": str(finding)},
        "occurrenceCount": finding.count,
        "partialFingerprints": {"cdiscFinding/v1": digest},
    }
    location = _location(finding)
    if location:
        result["locations"] = [location]
    if waiver is not None:
        note = f"{waiver.reason} ({waiver.author}, until {waiver.expires.isoformat()})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": note}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {}
    raw = next((o.file for o in finding.occurrences if o.file), "")
    file = finding.at.file or raw
    if file:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
        if finding.at.file and finding.at.line:
            physical["region"] = {"startLine": finding.at.line}
            if finding.at.column:
                physical["region"]["startColumn"] = finding.at.column
        location["physicalLocation"] = physical
    name = ".".join(part for part in (finding.dataset, finding.variable) if part)
    if name:
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "member"}]
    return location


def _uri(file: str) -> str:
    """A relative URI reference; a Windows path becomes one with slashes."""
    return quote(file.replace("\\", "/"), safe="/.-_~")
