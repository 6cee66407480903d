"""findings.json: every finding of a run, for machines and as the baseline of the next run.

Shape (`format` names its version):

    {"format": "cdisc-findings-1", "study": "...",
     "gate": {"closed": bool, "reasons": [text]},             only when a verdict is given
     "counts": {"error": {"findings": n, "records": n}, ...},
     "findings": [{"rule", "severity", "dataset", "variable", "value", "message", "hint",
                   "at": {"file", "line", "column", "name"},
                   "count": n,
                   "occurrences": [{"file", "row", "usubjid", "keys": {name: text}}],
                   "new": true,                                   not in the baseline
                   "waived": {"reason", "author", "expires"}}]}

Empty texts, nulls and empty lists are left out. `count` is exact, `occurrences` the first 1,000.
Findings stand worst first, then by dataset, variable, rule, value and message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from cdisc.errors import Location, SourceError
from cdisc.model import Finding, Occurrence, Severity, merge_findings
from cdisc.validate.gate import Verdict, Waiver

FORMAT = "cdisc-findings-1"
RANK = {severity: rank for rank, severity in enumerate(Severity)}


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Findings merged and worst first; within a severity by place, rule and value."""
    return sorted(merge_findings(findings), key=lambda f: (RANK[f.severity], *f.group))


def findings_json(
    findings: Iterable[Finding], *, verdict: Verdict | None = None, study: str = ""
) -> bytes:
    """The bytes of findings.json; the same findings in any order give the same bytes.

    With a verdict, its findings (the gate's own among them) are added to `findings`, and waived
    ones are marked; without one, `findings` stand as they are.
    """
    waivers: dict[tuple[str, ...], Waiver] = {}
    new: set[tuple[str, ...]] = set()
    everything = list(findings)
    if verdict is not None:
        waivers = {entry.finding.group: entry.waiver for entry in verdict.waived}
        new = {finding.group for finding in verdict.new}
        known = {finding.group for finding in everything}
        everything += [f for f in verdict.findings if f.group not in known]
    listed = ordered(everything)
    document: dict[str, Any] = {"format": FORMAT, "study": study}
    if verdict is not None:
        document["gate"] = {"closed": verdict.closed, "reasons": list(verdict.reasons)}
    document["counts"] = {
        severity.value: _counts([f for f in listed if f.severity == severity])
        for severity in Severity
    }
    document["findings"] = [
        _as_json(finding, waivers.get(finding.group), finding.group in new) for finding in listed
    ]
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _counts(findings: list[Finding]) -> dict[str, int]:
    return {"findings": len(findings), "records": sum(finding.count for finding in findings)}


def _as_json(finding: Finding, waiver: Waiver | None, new: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "dataset": finding.dataset,
        "variable": finding.variable,
        "message": finding.message,
        "hint": finding.hint,
        "at": _filled(
            {
                "file": finding.at.file,
                "line": finding.at.line,
                "column": finding.at.column,
                "name": finding.at.name,
            }
        ),
        "count": finding.count,
        "occurrences": [_occurrence(occurrence) for occurrence in finding.occurrences],
        "new": new or None,
    }
    if waiver is not None:
        entry["waived"] = {
            "reason": waiver.reason,
            "author": waiver.author,
            "expires": waiver.expires.isoformat(),
        }
    filled = _filled(entry)
    # An empty value is a value: it says which one failed.
    return filled if finding.value is None else {**filled, "value": finding.value}


def _occurrence(occurrence: Occurrence) -> dict[str, Any]:
    return _filled(
        {
            "file": occurrence.file,
            "row": occurrence.row or None,
            "usubjid": occurrence.usubjid,
            "keys": dict(occurrence.keys),
        }
    )


def _filled(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value not in ("", None, [], {})}


def read_findings(path: Path) -> list[Finding]:
    """The findings of a findings.json, for a baseline.

    Raises:
        SourceError: the file cannot be read, is not JSON, or not of this format.
    """
    at = Location(str(path))
    try:
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise SourceError(f"the findings cannot be read: {error.strerror}", at=at) from error
    except orjson.JSONDecodeError as error:
        raise SourceError(f"the findings are not JSON: {error}", at=at) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SourceError(f"this is not a findings.json of format {FORMAT}", at=at)
    try:
        return [_from_json(entry) for entry in document["findings"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError("a finding in this file is not complete", at=at) from error


def _from_json(entry: Mapping[str, Any]) -> Finding:
    place = entry.get("at", {})
    return Finding(
        rule=entry["rule"],
        severity=Severity(entry["severity"]),
        message=entry["message"],
        dataset=entry.get("dataset", ""),
        variable=entry.get("variable", ""),
        value=entry.get("value"),
        hint=entry.get("hint", ""),
        at=Location(
            place.get("file", ""),
            place.get("line"),
            place.get("column"),
            place.get("name", ""),
        ),
        count=entry["count"],
        occurrences=tuple(
            Occurrence(
                o.get("file", ""),
                o.get("row", 0),
                o.get("usubjid", ""),
                tuple(o.get("keys", {}).items()),
            )
            for o in entry.get("occurrences", ())
        ),
    )
