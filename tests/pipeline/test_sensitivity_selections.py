"""Alternatives that say a named selection otherwise, and what is refused."""

import pytest

from cdisc.cli.main import run as command
from cdisc.pipeline import Study

from .three_subjects import ADRS, ADTTE, changes, refused, write_study


@pytest.fixture
def named(tmp_path):
    """The study with selections in its specs, and alternatives that say them otherwise."""
    home = write_study(tmp_path)
    scans = '{from: ADRS, where: PARAMCD == "OVR", date: ADT, sequence: ASEQ}'
    adtte = ADTTE.replace(scans, "SCANS").replace("ADSL.DTHDT", "DEATH")
    adtte = adtte.replace(
        "rows: ADSL\n",
        f"""selections:
  SCANS: {scans}
  DEATH: {{from: ADSL, date: DTHDT}}
rows: ADSL
""",
    )
    adrs = ADRS.replace("responses: OVR", "responses: COUNTED")
    later = """  LATER:
    label: Response after the First
    from: OVR
    where: ADT > "2024-02-12"
"""
    adrs = adrs.replace("  CBOR:", later + "  CBOR:")
    adrs = adrs.replace("rows: ", "selections: {COUNTED: {from: OVR}}\nrows: ", 1)
    for name, text in (("adrs", adrs), ("adtte", adtte)):
        (home / f"mappings/adam/{name}.yaml").write_text(text.lstrip(), encoding="utf-8")
    (home / "define" / "sensitivity.yaml").write_text(
        """compare: {ADRS: [CBOR], ADTTE: [PFS]}
alternatives:
  ALIVE:
    changes: [{dataset: ADTTE, parameters: [PFS], argument: events, without: {of: DEATH}}]
  EARLIER:
    changes: [{dataset: ADTTE, parameters: [PFS], argument: events.of, value: SCANS}]
  LATER:
    changes: [{dataset: ADRS, selections: COUNTED, argument: from, value: LATER}]
  PARTIAL:
    changes:
      - {dataset: ADTTE, selections: [SCANS], argument: where, value: PARAMCD == "LATER"}
  NOBODY:
    changes: [{dataset: ADTTE, selections: DEATH, argument: date, value: STARTED}]
  EVERY:
    changes: [{dataset: ADTTE, selections: SCANS, argument: where, value: none}]
""",
        encoding="utf-8",
    )
    adsl = home / "mappings" / "adam" / "adsl.yaml"
    started = "  STARTED: {analysis_date: RFSTDTC, label: Start}\n"
    adsl.write_text(adsl.read_text(encoding="utf-8") + started, encoding="utf-8")
    return home


def test_alternatives_name_selections(named):
    found = changes(named, only=["ALIVE", "EARLIER"])
    assert found["ALIVE"] == [("ST-01-B", "PFS", "43 4", "43 1")]
    assert found["EARLIER"][0] == ("ST-01-A", "PFS", "71 1", "43 0")


def test_a_selection_is_changed_wherever_it_is_taken(named):
    found = changes(named, only=["LATER", "PARTIAL", "NOBODY"])
    # without the first scan A and C have one PR and one CR left that nothing confirms
    assert found["LATER"] == [
        ("ST-01-A", "CBOR", "PR", "SD"),
        ("ST-01-B", "CBOR", "SD", "MISSING"),
        ("ST-01-C", "CBOR", "CR", "PR"),
    ]
    # B has no later scan, so nothing is missed before the death
    assert ("ST-01-B", "PFS", "43 4", "245 0") in found["PARTIAL"]
    assert {subject for subject, *_ in found["NOBODY"]} == {"ST-01-A", "ST-01-B", "ST-01-C"}
    assert {new for *_, new in found["NOBODY"]} == {"1 0"}


SELECTIONS = [
    ("selections: COUNTED", "selections: COUNTD", "no selection COUNTD", "Did you mean COUNTED?"),
    ("argument: from", "argument: form", "no argument form", "Did you mean from?"),
    ("argument: from", "argument: where", "no argument where", "There are from"),
    ("value: LATER", "value: LATTER", "LATTER is no parameter", "Did you mean LATER?"),
    ("value: LATER", "value: CBOR", "CBOR stands below", "reads those above it only"),
    ("value: LATER}", "without: LATER}", "no list", ""),
    ('PARAMCD == "LATER"', 'PARAMC == "LATER"', "ADRS has no column PARAMC", "PARAMCD?"),
    ('PARAMCD == "LATER"', 'PARAMCD == "LATTER"', "no parameter LATTER", "Did you mean LATER?"),
    ('PARAMCD == "LATER"', "PARAMCD ==", "expression", ""),
    ("value: STARTED", "value: STARTD", "ADSL has no column STARTD", "Did you mean STARTED?"),
    ("value: STARTED", "value: USUBJID", "USUBJID is text that is none", "Name a date"),
    ("selections: DEATH", "parameters: PFS, selections: DEATH", "parameters, variables or", ""),
]


@pytest.mark.parametrize(("old", "new", "message", "hint"), SELECTIONS)
def test_what_is_wrong_of_a_selection_is_told_with_its_place(named, old, new, message, hint):
    refused(named, old, new, message, hint)


def test_records_that_only_come_from_elsewhere_are_counted_apart(named, capsys):
    adtte = named / "mappings" / "adam" / "adtte.yaml"
    text = adtte.read_text(encoding="utf-8") + "  SRCSEQ: {copy: SRCSEQ}\n"
    adtte.write_text(text, encoding="utf-8")
    result = Study.load(named).sensitivity(only=["PARTIAL"])
    moved = {row.parameter: (row.changed, row.moved) for row in result.compared}
    assert moved == {"CBOR": (0, 0), "PFS": (1, 2)}
    assert command(["sensitivity", "-C", str(named), "--only", "PARTIAL"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.endswith("PFS 1; 2 records say the same and rest on another record")
