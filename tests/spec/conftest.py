"""A small study folder that checks clean, for tests to spoil one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cdisc.errors import CdiscError, SpecError
from cdisc.spec import StudySpec, read_study
from cdisc.spec.check import Checked, check_study
from tests.folders import Folder

STUDY = """\
study: {id: TEST-01, name: Test}
created: 2025-07-31T12:00:00
standards:
  sdtm: SDTMIG 3.4
  adam: ADaMIG 1.3
  terminology: sdtmct 2025-03-28
data:
  raw: data/raw
sources:
  demo:
    file: demo.csv
    columns: [SUBJ, SITE, SEXCD, FIRST]
  ae:
    file: ae.csv
    columns: [SUBJ, SITE, TERM, PT, START, SER, OUT, DLT, "IT.NOTE"]
  open:
    file: open.csv
tables:
  units: tables/units.csv
"""

DM = """\
dataset: DM
keys: [STUDYID, USUBJID]
rows: demo
variables:
  STUDYID: {constant: TEST-01}
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  SUBJID: {copy: SUBJ}
  SITEID: {copy: SITE}
  RFSTDTC: {iso8601: {date: FIRST, formats: [YYYY-MM-DD]}}
  SEX:
    recode: {from: SEXCD, to: {1: M, 2: F}, if_missing: finding, if_unmapped: finding}
  COUNTRY: {constant: CHN}
"""

AE = """\
dataset: AE
keys: [STUDYID, USUBJID, AETERM, AESTDTC]
rows:
  from: ae
  where: not missing(TERM)
lookups:
  person: {from: demo, match: {SUBJ: SUBJ}, take: one, if_none: missing}
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  AETERM: {copy: TERM}
  AEDECOD: {first_present: [PT, TERM]}
  AESER: {codelist_term: SER}
  AEOUT: {recode: {from: OUT, to: {1: FATAL}, if_missing: missing, if_unmapped: finding}}
  AESTDTC: {iso8601: {date: START, formats: [YYYY-MM-DD]}}
  AESTDY: {study_day: AESTDTC}
  AESEQ: {sequence: {by: USUBJID}}
supplemental:
  AEDLT: {copy: DLT, label: Dose Limiting Toxicity}
  AESITE: {copy: person.SITE, label: Site}
  AENOTE: {copy: "source['IT.NOTE']", label: Note}
"""

ADAE = """\
dataset: ADAE
keys: [USUBJID, AESEQ]
rows: AE
variables:
  STUDYID: {copy: STUDYID}
  USUBJID: {copy: USUBJID}
  AESEQ: {copy: AESEQ}
  AETERM: {copy: AETERM}
  SEX: {copy: DM.SEX}
  OWNFL: {choose: {cases: [{when: AESER == "Y", text: Y}], otherwise: N}, label: Own Flag}
"""


class StudyFolder(Folder):
    """A study folder on disk."""

    def __init__(self, root: Path) -> None:
        files = {
            "study.yaml": STUDY,
            "mappings/sdtm/dm.yaml": DM,
            "mappings/sdtm/ae.yaml": AE,
            "mappings/adam/adae.yaml": ADAE,
        }
        super().__init__(root, files)

    def read(self) -> StudySpec:
        """The study as read."""
        return read_study(self.root)

    def check(self) -> Checked:
        """What checking the study finds."""
        return check_study(self.read())

    def errors(self) -> list[str]:
        """The messages of the errors that a check finds."""
        return [str(error) for error in self.check().errors]

    def warnings(self) -> list[str]:
        """The messages of the warnings that a check finds."""
        return [str(warning) for warning in self.check().warnings]


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """The study folder that checks clean."""
    return StudyFolder(tmp_path)


@pytest.fixture(scope="session")
def folder_type() -> type[StudyFolder]:
    """What makes such a folder, for tests that need many of them."""
    return StudyFolder


@pytest.fixture
def refusal() -> Callable[..., str]:
    """The message of the SpecError that a call must raise."""

    def message(call: Callable[[], object], kind: type[CdiscError] = SpecError) -> str:
        with pytest.raises(kind) as caught:
            call()
        return str(caught.value)

    return message
