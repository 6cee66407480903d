"""Rules, the suites made from them, and the gate that decides on what they find.

`cdisc run` calls `run_checks`; `cdisc validate` runs the same checks as great_expectations suites
with `cdisc.validate.gx.run_suite`, which is not imported here because it is slow to load.
"""

from __future__ import annotations

from cdisc.validate.checks import checks_for
from cdisc.validate.facts import StandardVariable, standard_of
from cdisc.validate.findings_json import findings_json, read_findings
from cdisc.validate.gate import UNLIMITED, Gate, Verdict, Waived, Waiver
from cdisc.validate.gate_file import parse_gate, read_gate
from cdisc.validate.grouping import capped
from cdisc.validate.junit import junit_xml
from cdisc.validate.report_html import report_html
from cdisc.validate.rule import Check, Rule
from cdisc.validate.rules import RULES
from cdisc.validate.rules.terminology import codelists_of
from cdisc.validate.run import Locate, reach_of, run_checks
from cdisc.validate.sarif import findings_sarif
from cdisc.validate.suite import read_suite, suite_for, write_suites

__all__ = [
    "RULES",
    "UNLIMITED",
    "Check",
    "Gate",
    "Locate",
    "Rule",
    "StandardVariable",
    "Verdict",
    "Waived",
    "Waiver",
    "capped",
    "checks_for",
    "codelists_of",
    "findings_json",
    "findings_sarif",
    "junit_xml",
    "parse_gate",
    "reach_of",
    "read_findings",
    "read_gate",
    "read_suite",
    "report_html",
    "run_checks",
    "standard_of",
    "suite_for",
    "write_suites",
]
