"""Sensitivity of endpoints on a small study: who changes, and what is refused."""

import csv

import pytest

from cdisc.cli.main import run as command
from cdisc.errors import CdiscError, Problems, SpecError, UsageError
from cdisc.pipeline import Study
from tests.folders import Folder

STUDY = """
study: {id: ST-01}
created: 2025-07-31T12:00:00
standards: {sdtm: SDTMIG 3.4, adam: ADaMIG 1.3, terminology: [sdtmct 2025-03-28, adamct 2026-03-27]}
data: {raw: raw}
sources:
  people: {file: people.csv, subject: SUBJ}
  answers: {file: answers.csv, subject: SUBJ}
"""
DM = """
dataset: DM
keys: [STUDYID, USUBJID]
rows: people
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  SUBJID: {copy: SUBJ}
  SITEID: {constant: "1"}
  COUNTRY: {constant: CHN}
  SEX: {constant: M}
  RFSTDTC: {copy: START}
  DTHDTC: {copy: DIED}
"""
RS = """
dataset: RS
keys: [STUDYID, USUBJID, RSDTC]
rows: answers
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  RSSEQ: {sequence: {by: USUBJID}}
  RSTESTCD: {constant: OVRLRESP}
  RSTEST: {constant: Overall Response}
  RSORRES: {copy: ANSWER}
  RSSTRESC: {copy: ANSWER}
  RSDTC: {copy: DAY}
"""
ADSL = """
dataset: ADSL
structure: ADSL
keys: [STUDYID, USUBJID]
rows: DM
variables:
  STUDYID: {copy: STUDYID}
  USUBJID: {copy: USUBJID}
  SUBJID: {copy: SUBJID}
  SITEID: {copy: SITEID}
  AGE: {compute: 30 + 2}
  AGEU: {constant: YEARS}
  SEX: {copy: SEX}
  RACE: {constant: ASIAN}
  ARM: {constant: A}
  TRT01P: {constant: A}
  TRTSDT: {analysis_date: RFSTDTC}
  DTHDT: {analysis_date: DTHDTC}
"""
ADRS = """
dataset: ADRS
structure: BDS
keys: [STUDYID, USUBJID, PARAMCD, ADT]
rows: ADSL
parameters:
  OVR:
    label: Overall Response
    from: RS
    set:
      ADT: {analysis_date: RSDTC}
      AVALC: {partial_after_complete: {response: RSSTRESC, date: ADT, read_as: as_reported}}
      SRCDOM: {constant: RS}
      SRCVAR: {constant: RSSTRESC}
      SRCSEQ: {copy: RSSEQ}
  CBOR:
    label: Confirmed Best Overall Response
    derive:
      best_overall_response:
        {responses: OVR, reference: TRTSDT, stable_days: 35, confirmed: yes, confirm_days: 28}
variables:
  STUDYID: {copy: ADSL.STUDYID}
  USUBJID: {copy: USUBJID}
  ASEQ: {sequence: {by: USUBJID}}
  TRTP: {copy: ADSL.TRT01P}
  PARAM: {copy: PARAM}
  PARAMCD: {copy: PARAMCD}
  AVAL: {copy: AVAL}
  AVALC: {copy: AVALC}
  ADT: {copy: ADT}
"""
ADTTE = """
dataset: ADTTE
structure: BDS-TTE
keys: [STUDYID, USUBJID, PARAMCD]
rows: ADSL
parameters:
  PFS:
    label: Progression-Free Survival (days)
    derive:
      time_to_event:
        start: TRTSDT
        events:
          - of: {from: ADRS, where: PARAMCD == "OVR" and AVALC == "PD", date: ADT, sequence: ASEQ}
            describe: Disease progression
            assessed: yes
          - {of: ADSL.DTHDT, describe: Death}
        censoring: first_match
        censors:
          - cnsr: 4
            describe: Before missed assessments
            of: {from: ADRS, where: PARAMCD == "OVR", date: ADT, sequence: ASEQ}
            if_gap_over: 98
          - describe: Last assessment
            of: {from: ADRS, where: PARAMCD == "OVR", date: ADT, sequence: ASEQ}
variables:
  STUDYID: {copy: ADSL.STUDYID}
  USUBJID: {copy: USUBJID}
  TRTP: {copy: ADSL.TRT01P}
  PARAM: {copy: PARAM}
  PARAMCD: {copy: PARAMCD}
  AVAL: {copy: AVAL}
  STARTDT: {copy: STARTDT}
  ADT: {copy: ADT}
  CNSR: {copy: CNSR}
  EVNTDESC: {copy: EVNTDESC}
"""
PEOPLE = """SUBJ,START,DIED
A,2024-01-01,
B,2024-01-01,2024-09-01
C,2024-01-01,
"""
# A confirms after 28 days; B dies long after the last scan; C has PR after CR
ANSWERS = """SUBJ,DAY,ANSWER
A,2024-02-12,PR
A,2024-03-11,PR
B,2024-02-12,SD
C,2024-02-12,CR
C,2024-03-25,CR
C,2024-05-06,PR
C,2024-06-17,PR
"""
SENSITIVITY = """
compare: {ADRS: [CBOR], ADTTE: [PFS]}
alternatives:
  CONFIRM35:
    label: Confirmation after 35 days
    changes: [{dataset: ADRS, parameters: CBOR, argument: confirm_days, value: 35}]
  MISSED:
    label: Missed assessments do not censor
    changes: [{dataset: ADTTE, parameters: PFS, argument: censors, without: if_gap_over}]
  WIDER:
    changes: [{dataset: ADTTE, parameters: [PFS], argument: censors.if_gap_over, value: 300}]
  AFTERCR:
    changes: [{dataset: ADRS, parameters: [OVR], argument: AVALC.read_as, value: pd}]
  ALIVE:
    label: Death is no event
    changes: [{dataset: ADTTE, parameters: [PFS], argument: events, without: {of: DTHDT}}]
"""


@pytest.fixture
def home(tmp_path):
    files = {
        "study.yaml": STUDY,
        "mappings/sdtm/dm.yaml": DM,
        "mappings/sdtm/rs.yaml": RS,
        "mappings/adam/adsl.yaml": ADSL,
        "mappings/adam/adrs.yaml": ADRS,
        "mappings/adam/adtte.yaml": ADTTE,
        "define/sensitivity.yaml": SENSITIVITY,
        "raw/people.csv": PEOPLE,
        "raw/answers.csv": ANSWERS,
    }
    return Folder(tmp_path, {name: text.lstrip() for name, text in files.items()}).root


def changes(home, **options):
    """By alternative: subject, parameter, and what stood and stands there."""
    found = {}
    for one in Study.load(home).sensitivity(**options).changes:
        said = [
            (values or {}).get("AVALC")
            or " ".join((values or {}).get(n, "") for n in ("AVAL", "CNSR"))
            for values in (one.old, one.new)
        ]
        found.setdefault(one.alternative, []).append((one.subject, one.parameter, *said))
    return found


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
        "MISSED  Missed assessments do not censor: 1 record of 1 subject change, PFS 1",
        "AFTERCR  AFTERCR: 1 record of 1 subject change, PFS 1",
        "",
        "MISSED  Missed assessments do not censor",
    ]
    assert lines[4].split("  ")[1:3] == ["ST-01-B", "ADTTE PFS"]
    assert "43 to 2024-02-12, censored 4, Before missed assessments" in lines[4]
    assert "245 to 2024-09-01, event, Death" in lines[4]


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
    path = home / "define" / "sensitivity.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    for action in (Study.load(home).sensitivity, Study.load(home).check):
        with pytest.raises(CdiscError) as caught:
            action()
        error = caught.value
        error = error.errors[0] if isinstance(error, Problems) else error
        assert isinstance(error, SpecError)
        assert (error.at.file, error.at.line is not None) == ("define/sensitivity.yaml", True)
        assert message in error.message
        assert hint in (error.hint or "")


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


def test_alternatives_name_selections(home):
    adtte = home / "mappings" / "adam" / "adtte.yaml"
    scans = '{from: ADRS, where: PARAMCD == "OVR", date: ADT, sequence: ASEQ}'
    text = ADTTE.replace(scans, "SCANS").replace("ADSL.DTHDT", "DEATH")
    named = f"""selections:
  SCANS: {scans}
  DEATH: {{from: ADSL, date: DTHDT}}
rows: ADSL
"""
    adtte.write_text(text.lstrip().replace("rows: ADSL\n", named), encoding="utf-8")
    path = home / "define" / "sensitivity.yaml"
    text = SENSITIVITY.replace("without: {of: DTHDT}", "without: {of: DEATH}")
    other = """
  EARLIER:
    changes: [{dataset: ADTTE, parameters: [PFS], argument: events.of, value: SCANS}]
"""
    path.write_text(text + other, encoding="utf-8")
    found = changes(home)
    assert found["ALIVE"] == [("ST-01-B", "PFS", "43 4", "43 1")]
    assert found["MISSED"] == [("ST-01-B", "PFS", "43 4", "245 0")]
    assert found["EARLIER"][0] == ("ST-01-A", "PFS", "71 1", "43 0")


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
