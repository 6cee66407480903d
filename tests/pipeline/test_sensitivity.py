"""Sensitivity of endpoints on a small study: who changes, and what is refused."""

import csv

import pytest

from cdisc.cli import texts
from cdisc.cli.main import run as command
from cdisc.errors import SpecError, UsageError
from cdisc.pipeline import Study

from .three_subjects import ADRS, changes, refused, write_study


@pytest.fixture
def home(tmp_path):
    return write_study(tmp_path)


def test_who_changes_under_which_alternative(home):
    assert changes(home) == {
        "CONFIRM35": [("ST-01-A", "CBOR", "PR", "SD")],
        "MISSED": [("ST-01-B", "PFS", "43 4", "245 0")],
        "WIDER": [("ST-01-B", "PFS", "43 4", "245 0")],
        "AFTERCR": [("ST-01-C", "PFS", "169 1", "127 0")],
        "ALIVE": [("ST-01-B", "PFS", "43 4", "43 1")],
    }


def test_only_some_alternatives(home):
    assert list(changes(home, only=["MISSED"])) == ["MISSED"]
    with pytest.raises(UsageError, match="no alternative MISED") as error:
        changes(home, only=["MISED"])
    assert "Did you mean MISSED?" in str(error.value.hint)


def test_tables_have_old_and_new_values_with_dates(home):
    result = Study.load(home).sensitivity()
    assert result.out == home / "build" / "sensitivity"
    with (result.out / "changes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    assert (rows[0]["label"], rows[0]["AVALC old"], rows[0]["AVALC new"]) == (
        "Confirmation after 35 days",
        "PR",
        "SD",
    )
    assert (rows[1]["ADT old"], rows[1]["ADT new"], rows[1]["EVNTDESC new"]) == (
        "2024-02-12",
        "2024-09-01",
        "Death",
    )
    with (result.out / "summary.csv").open(encoding="utf-8", newline="") as file:
        counts = [
            (r["alternative"], r["parameter"], r["records"], r["changed"])
            for r in csv.DictReader(file)
        ]
    assert counts[:4] == [
        ("CONFIRM35", "CBOR", "3", "1"),
        ("CONFIRM35", "PFS", "3", "0"),
        ("MISSED", "CBOR", "3", "0"),
        ("MISSED", "PFS", "3", "1"),
    ]


def test_partitions_give_the_same(home, tmp_path):
    from cdisc.pipeline.sensitivity import sensitivity

    spec = Study.load(home).spec
    whole = sensitivity(spec, out=tmp_path / "whole")
    parts = sensitivity(spec, out=tmp_path / "parts", rows=1)
    assert whole.changes == parts.changes
    assert whole.compared == parts.compared
    for name in ("changes.csv", "summary.csv"):
        assert (whole.out / name).read_bytes() == (parts.out / name).read_bytes()


def test_the_package_of_the_study_is_left_alone(home):
    study = Study.load(home)
    study.run()
    before = (home / "build" / "manifest.json").read_bytes()
    study.sensitivity()
    assert (home / "build" / "manifest.json").read_bytes() == before
    assert (home / "build" / "sensitivity" / "changes.csv").is_file()


def test_on_the_terminal(home, capsys):
    assert command(["sensitivity", "-C", str(home), "--only", "MISSED,AFTERCR"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "MISSED   Missed assessments do not censor: 1 record of 1 subject change, PFS 1",
        "AFTERCR  AFTERCR: 1 record of 1 subject change, PFS 1",
        "",
        "MISSED  Missed assessments do not censor",
    ]
    assert lines[4].split("  ")[1:3] == ["ST-01-B", "ADTTE PFS"]
    assert "43 to 2024-02-12, censored 4, Before missed assessments" in lines[4]
    assert "245 to 2024-09-01, event, Death" in lines[4]


@pytest.mark.parametrize("width", [80, 110, 200])
def test_a_terminal_has_room_for_all_of_it(home, monkeypatch, capsys, width):
    monkeypatch.setattr(texts, "PIPED_WIDTH", width)
    assert command(["sensitivity", "-C", str(home)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    start = lines.index("MISSED  Missed assessments do not censor")
    told = lines[start + 1 : lines.index("", start)]
    before = "43 to 2024-02-12, censored 4, Before missed assessments"
    whole = f"  ST-01-B  ADTTE PFS  {before}  ->  245 to 2024-09-01, event, Death"
    if width == 200:
        assert told == [whole]
    elif width == 110:
        # the subject first, and then there is room
        assert told == ["  ST-01-B", f"    {whole.removeprefix('  ST-01-B  ')}"]
    else:
        assert told == [
            "  ST-01-B",
            "    ADTTE PFS  43 to 2024-02-12, censored 4,   ->  245 to 2024-09-01, event,",
            "               Before missed assessments           Death",
        ]


def test_the_changes_of_a_subject_stand_together_on_the_terminal(home, capsys):
    path = home / "define" / "sensitivity.yaml"
    path.write_text(
        """
compare: {ADRS: [CBOR], ADTTE: [PFS]}
alternatives:
  BOTH:
    changes:
      - {dataset: ADRS, parameters: CBOR, argument: stable_days, value: 900}
      - {dataset: ADTTE, parameters: PFS, argument: unit, value: calendar_months}
""",
        encoding="utf-8",
    )
    assert command(["sensitivity", "-C", str(home)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "BOTH  BOTH: 4 records of 3 subjects change, CBOR 1, PFS 3"
    shown = [line[:20].split() for line in lines[3:7]]
    assert shown == [["ST-01-A", "ADTTE", "PFS"], ["ST-01-B", "ADRS", "CBOR"], ["ADTTE", "PFS"],
                     ["ST-01-C", "ADTTE", "PFS"]]  # fmt: skip


def test_a_change_of_another_variable_is_told_and_dates_have_their_times(home, capsys):
    other = {
        "mappings/adam/adrs.yaml": ADRS.replace("  ADT: {copy: ADT}\n", """\
  ADT: {copy: ADT}
  SRCSEQ: {copy: SRCSEQ}
  ADTM: {analysis_datetime: {date: _WHEN, impute_time: first}}
  _WHEN: {choose: {cases: [{when: SRCSEQ == 1, text: 2024-02-12T08:30}]}}
"""),
        "define/sensitivity.yaml": """
compare: {ADRS: [CBOR]}
alternatives:
  LATER:
    changes: [{dataset: ADRS, variables: [_WHEN], argument: cases.text, value: 2024-02-12T09}]
""",
    }  # fmt: skip
    for name, text in other.items():
        (home / name).write_text(text.lstrip(), encoding="utf-8")
    result = Study.load(home).sensitivity()
    found = [
        (one.subject, one.differing, one.old["ADTM"], one.new["ADTM"]) for one in result.changes
    ]
    assert ("ST-01-A", ["ADTM"], "2024-02-12T08:30:00", "2024-02-12T09:00:00") in found
    with (result.out / "changes.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert header[-4:] == ["EVNTDESC old", "EVNTDESC new", "ADTM old", "ADTM new"]
    assert command(["sensitivity", "-C", str(home)]) == 0
    assert "ADTM 2024-02-12T08:30:00  ->  ADTM 2024-02-12T09:00:00" in capsys.readouterr().out


BAD = [
    ("compare: {ADRS: [CBOR]", "compare: {ADRX: [CBOR]", "ADRX", "Did you mean ADRS?"),
    ("compare: {ADRS: [CBOR]", "compare: {ADRS: [CBROR]", "no parameter CBROR", "CBOR?"),
    ("dataset: ADRS, parameters: CBOR", "dataset: ADSS, parameters: CBOR", "ADSS", "Did you mean"),
    ("parameters: CBOR", "parameters: CROB", "no parameter CROB", "CBOR"),
    ("argument: confirm_days", "argument: confirm_day", "no argument confirm_day", "confirm_days?"),
    ("value: 35", "value: many", "confirm_days must be a whole number", ""),
    ("argument: confirm_days, value: 35", "argument: confirm_days", "either the other value", "35"),
    (
        "argument: censors, without: if_gap_over",
        "argument: censors, without: if_gap",
        "no if_gap",
        "?",
    ),
    ("argument: censors, without: if_gap_over", "argument: unit, without: days", "no list", ""),
    ("without: {of: DTHDT}", "without: {of: DTHDTM}", "is left out", "Name a field"),
    (
        "argument: censors.if_gap_over",
        "argument: censors.if_gap",
        "no argument censors.if_gap",
        "?",
    ),
    ("argument: censors.if_gap_over", "argument: censors.within", "gives within", "Only what"),
    ("argument: AVALC.read_as", "argument: AVAL.read_as", "no argument AVAL.read_as", "AVALC"),
    ("value: pd", "value: dp", "read_as cannot be 'dp'", ""),
    ("alternatives:", "alternative:", "alternative", "Did you mean alternatives?"),
]


@pytest.mark.parametrize(("old", "new", "message", "hint"), BAD)
def test_what_is_wrong_is_told_with_its_place(home, old, new, message, hint):
    refused(home, old, new, message, hint)


def test_a_parameter_with_several_records_cannot_be_compared(home):
    path = home / "define" / "sensitivity.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[CBOR], ADTTE", "[OVR], ADTTE"), encoding="utf-8")
    with pytest.raises(SpecError, match="several records of a subject for OVR"):
        Study.load(home).sensitivity()


def test_what_an_algorithm_refuses_is_told_with_its_place(home):
    path = home / "define" / "sensitivity.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("value: 300", "value: -1"), encoding="utf-8")
    with pytest.raises(SpecError, match="if_gap_over cannot be negative") as caught:
        Study.load(home).sensitivity()
    assert (caught.value.at.file, caught.value.at.name) == ("define/sensitivity.yaml", "WIDER")


def test_an_alternative_may_read_what_nothing_else_reads(home):
    path = home / "define" / "sensitivity.yaml"
    other = """
  NOWHERE:
    changes: [{dataset: ADTTE, parameters: [PFS], argument: start, value: _LATER}]
  OTHERSTART:
    changes: [{dataset: ADTTE, parameters: [PFS], argument: start, value: ADSL.FIRSTDT}]
"""
    path.write_text(path.read_text(encoding="utf-8") + other, encoding="utf-8")
    adsl = home / "mappings" / "adam" / "adsl.yaml"
    late = "  FIRSTDT: {analysis_date: RFSTDTC, label: Other Start}\n"
    adsl.write_text(adsl.read_text(encoding="utf-8") + late, encoding="utf-8")
    assert changes(home, only=["OTHERSTART"]) == {}
    with pytest.raises(SpecError, match="no column _LATER") as caught:
        changes(home, only=["NOWHERE"])
    assert caught.value.at.name == "NOWHERE"


def test_without_alternatives_there_is_a_hint(home):
    (home / "define" / "sensitivity.yaml").unlink()
    with pytest.raises(UsageError, match="declares no alternatives") as caught:
        Study.load(home).sensitivity()
    assert "define/sensitivity.yaml" in str(caught.value.at)
    Study.load(home).check()
