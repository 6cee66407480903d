"""The method of a survival time tells its rules in words, not by the names of arguments."""

import pytest

from cdisc.spec.bind import Scope, bind_call
from cdisc.spec.yaml_nodes import read_yaml

SPEC = """
time_to_event:
  start: ENRLDT
  events:
    - of: {from: ADRS, where: PARAMCD == "PD", date: ADT, sequence: ASEQ}
      describe: Disease progression
      assessed: yes
    - {of: ADSL.DTHDT, describe: Death}
  censoring: first_match
  censors:
    - cnsr: 2
      describe: Enrollment, no adequate assessment
      of: ADSL.ENRLDT
      up_to: NACTDT
      if_none: {from: ADRS, where: PARAMCD == "OVR", date: ADT, sequence: ASEQ}
      unless: ADSL.DTHDT
      within: 98
    - {cnsr: 3, describe: Before therapy, of: ADRS.ADT, stopped_by: NACTDT, outcome: Therapy}
    - {cnsr: 4, describe: Before missed, of: ADRS.ADT, if_gap_over: 98}
    - {describe: Last assessment, of: ADRS.ADT}
"""
WANTED = [
    (
        "Days, both counted, from ENRLDT to the earliest event: Disease progression (ADRS.ADT "
        'where PARAMCD == "PD", found at an assessment)'
    ),
    "Death (ADSL.DTHDT)",
    (
        "censored by the first rule that holds: at the latest ADSL.ENRLDT up to NACTDT as "
        "'Enrollment, no adequate assessment' (CNSR 2), if there is no record of ADRS.ADT where "
        'PARAMCD == "OVR" up to NACTDT, unless there is a record of ADSL.DTHDT within 98 days of '
        "the start"
    ),
    (
        "at the latest ADRS.ADT up to NACTDT as 'Before therapy' (CNSR 3, outcome 'Therapy'), if "
        "NACTDT is known and no event lies on or before it"
    ),
    (
        "at the latest ADRS.ADT up to the event as 'Before missed' (CNSR 4), if the event lies "
        "more than 98 days after it"
    ),
    "at the latest ADRS.ADT as 'Last assessment' (CNSR 1), if there is no event.",
]


@pytest.fixture
def call(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC, encoding="utf-8")
    fields = read_yaml(path, "spec.yaml")
    scope = Scope({"ADSL", "ADRS"})
    return bind_call(
        "time_to_event", fields.fields["time_to_event"], fields.at, scope, of_records=True
    )


def test_rules_of_events_and_censoring_are_told_in_words(call):
    assert call.method.split("; ") == WANTED


def test_no_name_of_an_argument_is_left(call):
    for name in ("if_none", "if_gap_over", "stopped_by", "up_to", "assessed yes", "cnsr "):
        assert name not in call.method
