"""The gate: which findings stop a run, which were accepted by whom and until when.

`validation/gate.yaml` says so in plain words; see `docs/decisions/rules-and-suites.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cdisc.errors import Location
from cdisc.model import Finding, Severity, merge_findings

UNLIMITED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Findings that somebody has accepted, until a day.

    `dataset`, `variable` and `value` narrow it; None leaves that open. `expires` is the last day
    on which it holds.
    """

    rule: str
    reason: str
    author: str
    expires: date
    dataset: str | None = None
    variable: str | None = None
    value: str | None = None
    at: Location = field(default_factory=Location)

    def covers(self, finding: Finding) -> bool:
        """True when the finding is one that this waiver accepts."""
        return (
            self.rule == finding.rule
            and self.dataset in (None, finding.dataset)
            and self.variable in (None, finding.variable)
            and self.value in (None, finding.value)
        )

    def __str__(self) -> str:
        parts = (self.rule, self.dataset, self.variable, self.value)
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding and the waiver that accepts it."""

    finding: Finding
    waiver: Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The gate's answer.

    Attributes:
        closed: True when the run must stop (exit code 1).
        reasons: Why it is closed, a sentence each; empty when it is open.
        findings: What was judged: the findings that no waiver accepts, with the gate's own.
        waived: The accepted findings, each with its waiver.
        new: The findings that the baseline does not have; empty without a baseline.
    """

    closed: bool
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]
    waived: tuple[Waived, ...] = ()
    new: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Thresholds, waivers and what the baseline is for.

    Thresholds are the highest number of records (`Finding.count`, summed) that lets the gate stay
    open; `UNLIMITED` never closes it. A rule with a threshold of its own is left out of its
    severity's sum. `fail_on_new` lists the severities of which no finding may be new.
    """

    severities: Mapping[Severity, int] = field(
        default_factory=lambda: {
            Severity.ERROR: 0,
            Severity.WARNING: UNLIMITED,
            Severity.INFO: UNLIMITED,
        }
    )
    rules: Mapping[str, int] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    fail_on_new: tuple[Severity, ...] = ()
    baseline: str = ""

    def judge(
        self,
        findings: Iterable[Finding],
        *,
        as_of: date,
        baseline: Iterable[Finding] | None = None,
        whole: bool = True,
    ) -> Verdict:
        """Judge the findings of a run.

        Args:
            findings: From all stages, in any order.
            as_of: The day on which waivers are held against their expiry. It is given, not read
                from the clock, so that the same package is judged the same tomorrow.
            baseline: The findings of the run that new ones are told from; None when there is no
                such run, and then nothing is new.
            whole: Whether they are of a whole run. A part of one does not tell that a waiver
                accepts nothing.
        """
        merged = merge_findings(findings)
        valid = [waiver for waiver in self.waivers if as_of <= waiver.expires]
        waived = [
            Waived(finding, waiver)
            for finding in merged
            if (waiver := next((w for w in valid if w.covers(finding)), None)) is not None
        ]
        accepted = {id(entry.finding) for entry in waived}
        judged = [finding for finding in merged if id(finding) not in accepted]
        judged += self._own_findings(merged, as_of, whole)
        judged = merge_findings(judged)
        new = _new(judged, baseline) if baseline is not None else []
        reasons = [*self._severity_reasons(judged), *self._rule_reasons(judged)]
        reasons += self._new_reasons(new)
        return Verdict(
            closed=bool(reasons),
            reasons=tuple(reasons),
            findings=tuple(judged),
            waived=tuple(waived),
            new=tuple(new),
        )

    def _own_findings(self, findings: Sequence[Finding], as_of: date, whole: bool) -> list[Finding]:
        """A finding for each waiver that has expired, or in a whole run accepts nothing."""
        found = []
        for waiver in self.waivers:
            if as_of > waiver.expires:
                day = waiver.expires.isoformat()
                message = f"the waiver of {waiver} by {waiver.author} expired on {day}"
                found.append(_own("GATE.EXPIRED", Severity.WARNING, message, waiver))
            elif whole and not any(waiver.covers(finding) for finding in findings):
                message = f"the waiver of {waiver} by {waiver.author} is for nothing found"
                found.append(_own("GATE.UNUSED", Severity.INFO, message, waiver))
        return found

    def _severity_reasons(self, findings: Sequence[Finding]) -> list[str]:
        reasons = []
        for severity in Severity:
            limit = self.severities.get(severity, UNLIMITED)
            members = [f for f in findings if f.severity == severity and f.rule not in self.rules]
            records = sum(finding.count for finding in members)
            if limit != UNLIMITED and records > limit:
                reasons.append(
                    f"{_count(records, 'record')} with {severity} findings "
                    f"({_count(len(members), 'finding')}), {limit:,} allowed"
                )
        return reasons

    def _rule_reasons(self, findings: Sequence[Finding]) -> list[str]:
        reasons = []
        for rule in sorted(self.rules):
            records = sum(finding.count for finding in findings if finding.rule == rule)
            limit = self.rules[rule]
            if limit != UNLIMITED and records > limit:
                reasons.append(f"{_count(records, 'record')} with {rule}, {limit:,} allowed")
        return reasons

    def _new_reasons(self, new: Sequence[Finding]) -> list[str]:
        reasons = []
        for severity in self.fail_on_new:
            members = [finding for finding in new if finding.severity == severity]
            if members:
                shown = _count(len(members), f"{severity} finding")
                reasons.append(f"{shown} not in the baseline, the first: {members[0]}")
        return reasons


def _own(rule: str, severity: Severity, message: str, waiver: Waiver) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        dataset=waiver.dataset or "",
        variable=waiver.variable or "",
        at=waiver.at,
    )


def identity(finding: Finding) -> tuple[str, ...]:
    """What makes a finding the same one in two runs; lines of a spec move, so they do not count."""
    value = "" if finding.value is None else f"={finding.value}"
    return (finding.rule, finding.dataset, finding.variable, value, finding.message)


def _new(findings: Sequence[Finding], baseline: Iterable[Finding]) -> list[Finding]:
    known = {identity(finding) for finding in baseline}
    return [finding for finding in findings if identity(finding) not in known]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
