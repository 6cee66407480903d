"""A study of three subjects with responses and one time to event, and alternatives for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.errors import CdiscError, Problems, SpecError
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


def write_study(folder: Path) -> Path:
    """The study in a folder, which is given back."""
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
    return Folder(folder, {name: text.lstrip() for name, text in files.items()}).root


def changes(home: Path, **options: object) -> dict[str, list[tuple[str, ...]]]:
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


def refused(home: Path, old: str, new: str, message: str, hint: str) -> None:
    """AssertionError unless the alternatives are refused, in their place, with a text replaced."""
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
