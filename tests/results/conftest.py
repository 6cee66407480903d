"""A study with ADaM specs and displays, small enough to read, built from end to end."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.pipeline.study import Study
from tests.folders import Folder

STUDY = """\
study: {id: S1, name: S1}
created: 2025-07-31T12:00:00
standards:
  sdtm: SDTMIG 3.4
  adam: ADaMIG 1.3
  terminology: [sdtmct 2025-03-28, adamct 2026-03-27]
data: {raw: raw}
sources:
  dm: {file: dm.csv, subject: SUBJ}
  tte: {file: tte.csv, subject: SUBJ}
"""
DM = """\
dataset: DM
keys: [STUDYID, USUBJID]
rows: dm
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  SUBJID: {copy: SUBJ}
  SEX: {constant: F}
  SITEID: {constant: "1"}
  COUNTRY: {constant: CHN}
  ARM: {copy: ARM}
  ARMCD: {copy: ARM}
"""
VS = """\
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD]
rows: tte
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  VSSEQ: {sequence: {by: USUBJID}}
  VSTESTCD: {copy: WHAT}
  VSTEST: {copy: WHAT}
  VSCAT: {copy: CENSORED}
  VSORRES: {copy: DAYS}
  VSSTRESN: {number: DAYS}
"""
ADSL = """\
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
  ARM: {copy: ARM}
  TRT01P: {copy: ARM}
  FASFL: {constant: "Y"}
"""
ADTTE = """\
dataset: ADTTE
structure: BDS-TTE
keys: [STUDYID, USUBJID, PARAMCD]
rows: ADSL
parameters:
  PFS:
    label: Progression-Free Survival (days)
    from: VS
    where: VSTESTCD == "PFS"
  OS:
    label: Overall Survival (days)
    from: VS
    where: VSTESTCD == "OS"
variables:
  STUDYID: {copy: STUDYID}
  USUBJID: {copy: USUBJID}
  TRTP: {copy: ADSL.TRT01P}
  PARAM: {copy: PARAM}
  PARAMCD: {copy: PARAMCD}
  PARAMN: {copy: PARAMN}
  AVAL: {copy: VSSTRESN}
  CNSR: {number: VSCAT}
"""
DISPLAYS = """\
populations:
  FAS:
    label: Full analysis set
    from: ADSL
    where: FASFL == "Y"
    by: TRT01P
displays:
  14.2.2:
    title: Progression-free survival
    population: FAS
    reason: SPECIFIED IN SAP
    purpose: PRIMARY OUTCOME MEASURE
    from: ADTTE
    where: PARAMCD == "PFS" and AVAL != 9999
    each: PARAM
    kaplan_meier: {months: [1, 2]}
  14.2.3:
    title: Overall survival <curve>
    population: FAS
    reason: SPECIFIED IN SAP
    purpose: SECONDARY OUTCOME MEASURE
    from: ADTTE
    where: PARAMCD == "OS"
    km_curve: {every: 1}
    footnote: Days & months
"""
RAW = {
    "dm": "SUBJ,ARM\n1,A\n2,A\n3,A\n4,B\n5,B\n",
    "tte": "SUBJ,WHAT,DAYS,CENSORED\n1,PFS,20,0\n2,PFS,45,0\n3,PFS,60,1\n4,PFS,30,0\n5,PFS,70,1\n"
    "1,OS,50,0\n2,OS,70,0\n3,OS,80,1\n4,OS,44,0\n5,OS,90,1\n",
}


class SmallStudy(Folder):
    """The study folder, and what tests do to it."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.home = home
        self.write("study.yaml", STUDY)
        self.write("define/displays.yaml", DISPLAYS)
        for name, text in (("dm", DM), ("vs", VS)):
            self.write(f"mappings/sdtm/{name}.yaml", text)
        for name, text in (("adsl", ADSL), ("adtte", ADTTE)):
            self.write(f"mappings/adam/{name}.yaml", text)
        for name, text in RAW.items():
            self.write(f"raw/{name}.csv", text)

    def load(self) -> Study:
        """The study as read."""
        return Study.load(self.home)


@pytest.fixture
def small(tmp_path: Path) -> SmallStudy:
    """The study folder, not yet built."""
    return SmallStudy(tmp_path / "study")
