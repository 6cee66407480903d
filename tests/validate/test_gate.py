from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cdisc.errors import Location, Problems, SpecError
from cdisc.model import Finding, Severity
from cdisc.validate import UNLIMITED, Gate, Waiver, parse_gate, read_gate

TODAY = date(2025, 6, 30)
OUTCOME = Finding(
    rule="CT.TERM",
    severity=Severity.ERROR,
    message="'Recovered' is not in codelist OUT",
    dataset="AE",
    variable="AEOUT",
    value="Recovered",
    count=3,
)
BLANKS = Finding(
    rule="TEXT.BLANKS",
    severity=Severity.WARNING,
    message="'Pain ' in AETERM begins or ends with a blank",
    dataset="AE",
    variable="AETERM",
    value="Pain ",
    count=2,
)
WAIVER = Waiver(
    rule="CT.TERM", reason="as collected", author="Data management", expires=date(2025, 6, 30)
)


def test_errors_close_the_default_gate_and_warnings_do_not():
    closed = Gate().judge([OUTCOME, BLANKS], as_of=TODAY)
    assert closed.closed
    assert closed.reasons == ("3 records with error findings (1 finding), 0 allowed",)
    assert not Gate().judge([BLANKS], as_of=TODAY).closed
    assert not Gate().judge([], as_of=TODAY).closed


def test_thresholds_count_records():
    two = Gate(severities={Severity.WARNING: 2})
    assert not two.judge([BLANKS], as_of=TODAY).closed
    assert two.judge([replace(BLANKS, count=3)], as_of=TODAY).reasons == (
        "3 records with warning findings (1 finding), 2 allowed",
    )


def test_a_rule_with_its_own_threshold_is_left_out_of_its_severity():
    gate = Gate(rules={"CT.TERM": 3, "TEXT.BLANKS": 1})
    assert gate.judge([OUTCOME], as_of=TODAY).reasons == ()
    assert gate.judge([OUTCOME, BLANKS], as_of=TODAY).reasons == (
        "2 records with TEXT.BLANKS, 1 allowed",
    )
    assert not Gate(rules={"CT.TERM": UNLIMITED}).judge([OUTCOME], as_of=TODAY).closed


def test_a_waiver_holds_through_its_last_day():
    verdict = Gate(waivers=(WAIVER,)).judge([OUTCOME, BLANKS], as_of=TODAY)
    assert not verdict.closed
    assert verdict.findings == (BLANKS,)
    assert [(w.finding, w.waiver) for w in verdict.waived] == [(OUTCOME, WAIVER)]


def test_an_expired_waiver_waives_nothing_and_is_a_finding():
    verdict = Gate(waivers=(WAIVER,)).judge([OUTCOME], as_of=date(2025, 7, 1))
    assert verdict.closed
    assert verdict.waived == ()
    (expired,) = [f for f in verdict.findings if f.rule == "GATE.EXPIRED"]
    assert (expired.severity, expired.message) == (
        Severity.WARNING,
        "the waiver of CT.TERM by Data management expired on 2025-06-30",
    )


@pytest.mark.parametrize(
    ("narrowed", "covers"),
    [
        ({}, True),
        ({"dataset": "AE", "variable": "AEOUT", "value": "Recovered"}, True),
        ({"dataset": "CM"}, False),
        ({"variable": "AETERM"}, False),
        ({"value": "recovered"}, False),
        ({"rule": "CT.EXTENSION"}, False),
    ],
)
def test_what_a_waiver_covers(narrowed, covers):
    assert replace(WAIVER, **narrowed).covers(OUTCOME) is covers


def test_a_waiver_for_nothing_is_noted():
    verdict = Gate(waivers=(replace(WAIVER, dataset="AE", value="x"),)).judge([], as_of=TODAY)
    assert not verdict.closed
    assert [(f.rule, f.severity.value, f.message) for f in verdict.findings] == [
        (
            "GATE.UNUSED",
            "info",
            "the waiver of CT.TERM AE x by Data management is for nothing found",
        )
    ]


def test_a_waiver_for_nothing_is_not_noted_where_only_a_part_ran():
    gate = Gate(waivers=(replace(WAIVER, dataset="AE", value="x"),))
    assert gate.judge([], as_of=TODAY, whole=False).findings == ()


def test_new_findings_close_the_gate_whatever_the_line_they_stand_at():
    gate = Gate(fail_on_new=(Severity.WARNING,))
    moved = replace(BLANKS, at=Location("ae.yaml", 9), count=40)
    assert not gate.judge([BLANKS], as_of=TODAY, baseline=[moved]).closed
    verdict = gate.judge([BLANKS], as_of=TODAY, baseline=[replace(BLANKS, value="x")])
    assert verdict.closed
    assert verdict.new == (BLANKS,)
    assert verdict.reasons == (
        (
            "1 warning finding not in the baseline, the first: AE.AETERM: "
            "'Pain ' in AETERM begins or ends with a blank (2 rows)"
        ),
    )
    assert not gate.judge([BLANKS], as_of=TODAY).closed


def test_waived_findings_are_not_new():
    gate = Gate(waivers=(WAIVER,), fail_on_new=(Severity.ERROR,))
    assert not gate.judge([OUTCOME], as_of=TODAY, baseline=[]).closed


def test_the_order_of_findings_does_not_matter():
    gate = Gate(waivers=(WAIVER,))
    one = gate.judge([OUTCOME, BLANKS], as_of=TODAY, baseline=[])
    assert one == gate.judge([BLANKS, OUTCOME], as_of=TODAY, baseline=[])


GATE = """
thresholds:
  warning: 5
rules:
  CT.EXTENSION: unlimited
baseline:
  findings: validation/baseline.json
  fail_on_new: [warning, error]
waivers:
  - rule: CT.TERM
    dataset: AE
    value: 'Recovered '
    reason: as collected
    author: Data management
    expires: 2026-12-31
"""


def test_a_gate_file_in_full(tmp_path):
    path = tmp_path / "gate.yaml"
    path.write_text(GATE, encoding="utf-8")
    gate = read_gate(path, "validation/gate.yaml")
    assert gate.severities == {Severity.ERROR: 0, Severity.WARNING: 5, Severity.INFO: UNLIMITED}
    assert gate.rules == {"CT.EXTENSION": UNLIMITED}
    assert gate.baseline == "validation/baseline.json"
    assert gate.fail_on_new == (Severity.ERROR, Severity.WARNING)
    assert gate.waivers == (
        Waiver(
            rule="CT.TERM",
            dataset="AE",
            value="Recovered ",
            reason="as collected",
            author="Data management",
            expires=date(2026, 12, 31),
            at=Location("validation/gate.yaml", 10, 5, "waivers.1"),
        ),
    )


WRONG = """
tresholds: {}
thresholds:
  fatal: 0
  error: none
baseline:
  fail_on_new: errors
waivers:
  - rule: CT.TERM
    reason: ''
    author: Data management
    expires: 2026-12-31
  - rule: CT.TERM
    reason: as collected
    author: Data management
    expires: 2026-02-30
  - rule: CT.TERM
    reason: as collected
    author: Data management
    expires: 31.12.2026
    until: never
  - x
  -
"""


def test_every_mistake_in_a_gate_file_is_named_at_its_place(tmp_path):
    path = tmp_path / "gate.yaml"
    path.write_text(WRONG, encoding="utf-8")
    with pytest.raises(Problems) as caught:
        read_gate(path, "gate.yaml")
    assert str(caught.value).splitlines() == [
        "gate.yaml:2:1 tresholds: 'tresholds' is not known here. Did you mean thresholds?",
        "gate.yaml:4:3 thresholds.fatal: 'fatal' is not known here. Known: error, warning, info",
        "gate.yaml:5:3 thresholds.error: 'none' is not a number of records, nor the word unlimited",
        "gate.yaml:7:3 baseline.fail_on_new: 'errors' is not a severity. Did you mean error?",
        "gate.yaml:9:5 waivers.1: the waiver has no reason",
        "gate.yaml:16:5 waivers.2.expires: there is no day 2026-02-30",
        "gate.yaml:20:5 waivers.3.expires: '31.12.2026' is not a date written YYYY-MM-DD",
        (
            "gate.yaml:21:5 waivers.3.until: 'until' is not known here. "
            "Known: rule, dataset, variable, value, reason, author, expires"
        ),
        "gate.yaml:22:5 waivers.4: a mapping of names to values is expected here",
        "gate.yaml:22:5 waivers.4: the waiver has no rule, reason, author, expires",
        "gate.yaml:23:4 waivers.5: the waiver is empty",
    ]


def test_comparing_needs_a_baseline():
    with pytest.raises(Problems, match="fail_on_new needs the file that is compared with"):
        parse_gate({"baseline": {"fail_on_new": "error"}}, lambda _keys: Location("gate.yaml"))


def test_nothing_is_the_default_gate():
    assert parse_gate(None, lambda _keys: Location()) == Gate()


def test_a_gate_file_that_is_not_there(tmp_path):
    with pytest.raises(SpecError, match="there is no such file"):
        read_gate(tmp_path / "gate.yaml", "validation/gate.yaml")


def test_the_gate_of_the_reference_study():
    path = Path(__file__).parents[2] / "validation" / "gate.yaml"
    gate = read_gate(path, "validation/gate.yaml")
    assert gate.severities[Severity.ERROR] == 0
    assert gate.judge([OUTCOME], as_of=TODAY).closed
