from __future__ import annotations

import json
import random
from datetime import date

import pytest
from lxml import etree

from cdisc.errors import Location, SourceError
from cdisc.model import Finding, Occurrence, Severity, merge_findings
from cdisc.validate import (
    Check,
    Gate,
    Waiver,
    findings_json,
    findings_sarif,
    junit_xml,
    read_findings,
)

OUTCOME = Finding(
    rule="CT.TERM",
    severity=Severity.ERROR,
    message="'Recovered' is not in codelist OUT",
    dataset="AE",
    variable="AEOUT",
    value="Recovered",
    hint="Did you mean RECOVERED/RESOLVED?",
    at=Location("mappings/sdtm/ae.yaml", 31, 3, "AE.AEOUT"),
    count=2,
    occurrences=(
        Occurrence("data/raw/ae file.csv", 118, "S-1", (("USUBJID", "S-1"), ("AESEQ", "1"))),
        Occurrence("data/raw/ae file.csv", 120, "S-2"),
    ),
)
EMPTY = Finding(
    rule="TEXT.ASCII",
    severity=Severity.ERROR,
    message="text with \x01 and <tag> & [bold]markup[/bold]",
    dataset="DM",
    variable="SEX",
    value="",
)
NOTE = Finding(rule="GATE.UNUSED", severity=Severity.INFO, message="unused")
ABSENT = Finding(
    rule="STRUCTURE.EXPECTED",
    severity=Severity.WARNING,
    message="expected variable AEBODSYS is not in AE",
    dataset="AE",
    variable="AEBODSYS",
)
ALL = [OUTCOME, EMPTY, NOTE, ABSENT]
WAIVER = Waiver(
    rule="CT.TERM", reason="as collected", author="Data management", expires=date(2026, 1, 31)
)


@pytest.fixture
def waived():
    return Gate(waivers=(WAIVER,)).judge(ALL, as_of=date(2025, 6, 30), baseline=[OUTCOME])


def test_findings_json_reads_back(tmp_path):
    path = tmp_path / "findings.json"
    path.write_bytes(findings_json(ALL, study="S"))
    assert merge_findings(read_findings(path)) == merge_findings(ALL)


def test_findings_json_says_counts_and_verdict(waived):
    document = json.loads(findings_json(ALL, verdict=waived, study="S"))
    assert document["format"] == "cdisc-findings-1"
    assert document["counts"]["error"] == {"findings": 2, "records": 3}
    assert document["gate"]["closed"] is True
    assert [f["rule"] for f in document["findings"]] == [
        "CT.TERM",
        "TEXT.ASCII",
        "STRUCTURE.EXPECTED",
        "GATE.UNUSED",
    ]
    first, second = document["findings"][:2]
    assert first["waived"] == {
        "reason": "as collected",
        "author": "Data management",
        "expires": "2026-01-31",
    }
    assert first["occurrences"][0] == {
        "file": "data/raw/ae file.csv",
        "row": 118,
        "usubjid": "S-1",
        "keys": {"USUBJID": "S-1", "AESEQ": "1"},
    }
    assert "new" not in first
    assert second["new"] is True
    assert second["value"] == ""
    assert "hint" not in second


@pytest.mark.parametrize("write", [findings_json, junit_xml, findings_sarif])
def test_outputs_do_not_depend_on_the_order_of_findings(write, waived):
    shuffled = random.Random(3).sample(ALL, len(ALL))
    assert write(ALL) == write(shuffled)
    assert write(ALL, verdict=waived) == write(shuffled, verdict=waived)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the findings are not JSON"),
        ("[]", "this is not a findings.json of format cdisc-findings-1"),
        ('{"format": "cdisc-findings-1", "findings": [{"rule": "X"}]}', "is not complete"),
        ('{"format": "cdisc-findings-1", "findings": 3}', "is not complete"),
    ],
)
def test_a_baseline_that_is_not_one(tmp_path, text, message):
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        read_findings(path)


def test_a_baseline_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="the findings cannot be read"):
        read_findings(tmp_path / "gone.json")


def cases(content):
    root = etree.fromstring(content)
    return root, {(c.get("classname"), c.get("name")): c for c in root.iter("testcase")}


def test_junit_has_a_case_for_each_rule_of_each_dataset():
    checks = [Check(rule="KEY.UNIQUE", dataset="AE"), Check(rule="CT.TERM", dataset="AE")]
    root, found = cases(junit_xml(ALL, checks=checks))
    assert {k: [child.tag for child in v] for k, v in found.items()} == {
        ("AE", "CT.TERM"): ["failure"],
        ("AE", "KEY.UNIQUE"): [],
        ("AE", "STRUCTURE.EXPECTED"): ["system-out"],
        ("DM", "TEXT.ASCII"): ["failure"],
        ("study", "GATE.UNUSED"): ["system-out"],
    }
    assert dict(root.attrib) == {"name": "cdisc", "tests": "5", "failures": "2", "skipped": "0"}
    assert "first data/raw/ae file.csv row 118" in found[("AE", "CT.TERM")][0].text


def test_junit_skips_what_was_waived(waived):
    root, found = cases(junit_xml(ALL, verdict=waived))
    (skipped,) = found[("AE", "CT.TERM")]
    assert (skipped.tag, skipped.get("message")) == (
        "skipped",
        "waived by Data management until 2026-01-31: as collected",
    )
    assert (root.get("failures"), root.get("skipped")) == ("1", "1")


def test_junit_names_twenty_findings_of_a_rule_and_counts_the_rest():
    from dataclasses import replace

    many = [replace(OUTCOME, value=str(n), message=f"{n}") for n in range(25)]
    _, found = cases(junit_xml(many))
    lines = found[("AE", "CT.TERM")][0].text.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "5 more in findings.json"


def test_sarif_results_stand_at_the_line_of_the_spec(waived):
    log = json.loads(findings_sarif(ALL, verdict=waived, version="0.1.0"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
    first = run["results"][0]
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "mappings/sdtm/ae.yaml"},
                "region": {"startLine": 31, "startColumn": 3},
            },
            "logicalLocations": [{"fullyQualifiedName": "AE.AEOUT", "kind": "member"}],
        }
    ]
    assert first["suppressions"][0]["justification"] == (
        "as collected (Data management, until 2026-01-31)"
    )
    assert "locations" not in run["results"][-1]


def test_sarif_falls_back_to_the_raw_file_as_a_uri():
    from dataclasses import replace

    found = replace(
        OUTCOME, at=Location(), occurrences=(Occurrence("data\\raw\\ae file.csv", 118),)
    )
    (run,) = json.loads(findings_sarif([found]))["runs"]
    assert run["results"][0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "data/raw/ae%20file.csv"}
    }


def test_sarif_fingerprints_do_not_follow_lines():
    from dataclasses import replace

    def fingerprint(finding):
        (run,) = json.loads(findings_sarif([finding]))["runs"]
        return run["results"][0]["partialFingerprints"]

    assert fingerprint(OUTCOME) == fingerprint(replace(OUTCOME, at=Location("x", 99), count=9))
    assert fingerprint(OUTCOME) != fingerprint(replace(OUTCOME, value="x"))
