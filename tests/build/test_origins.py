"""Origins that no spec states: carried over from what a value was taken from."""

from __future__ import annotations

import pytest

from cdisc.build.methods import variable_method
from cdisc.build.origins import variable_origin
from cdisc.spec import StudySpec, read_study

STUDY = """\
study: {id: ABC}
created: 2025-01-01T00:00:00
standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}
data: {raw: raw}
sources:
  dm: {file: dm.csv}
  ec: {file: ec.csv}
  lab: {file: lab.csv, origin: {collected: , source: Vendor}}
tables:
  drugs: drugs.csv
"""
DM = """\
dataset: DM
keys: [STUDYID, USUBJID]
rows: dm
variables:
  USUBJID: {join_text: {of: [STUDYID, ID], separator: "-"}}
  RFSTDTC: {reference_date: {of: EC.ECSTDTC, take: earliest}}
  COUNTRY: {constant: CHN}
  SEX: {codelist_term: SEX}
  BRTHDTC: {iso8601: {date: BIRTH, formats: [YYYY]}}
"""
EC = """\
dataset: EC
keys: [STUDYID, USUBJID, ECSTDTC]
rows: ec
lookups:
  drug: {from: drugs, match: {CODE: DRUG}, take: one, if_none: finding}
variables:
  _ID: {copy: ID}
  USUBJID: {join_text: {of: [STUDYID, _ID], separator: "-"}}
  ECTRT: {upper_case: drug.NAME}
  ECSTDTC: {iso8601: {date: DATE, formats: [YYYY-MM-DD]}}
  ECSPID: {first_present: [_ID, ECTRT]}
  ECLOT: {copy: LOT, origin: {collected: [], source: Vendor}}
"""
EX = """\
dataset: EX
keys: [STUDYID, USUBJID, EXSTDTC]
rows: EC
variables:
  USUBJID: {copy: USUBJID}
  EXTRT: {copy: ECTRT}
  EXSTDTC: {copy: ECSTDTC}
  EXENDTC: {copy: DM.RFSTDTC}
"""


LB = """\
dataset: LB
keys: [STUDYID, USUBJID, LBTESTCD]
rows: lab
variables:
  USUBJID: {join_text: {of: [STUDYID, ID], separator: "-"}}
  LBTESTCD: {copy: TEST, origin: assigned}
  LBORRES: {clean_text: RESULT}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudySpec:
    home = tmp_path_factory.mktemp("study")
    (home / "study.yaml").write_text(STUDY, encoding="utf-8")
    folder = home / "mappings" / "sdtm"
    folder.mkdir(parents=True)
    for name, text in (("dm", DM), ("ec", EC), ("ex", EX), ("lb", LB)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_study(home)


@pytest.mark.parametrize(
    ("dataset", "variable", "type_", "source"),
    [
        ("DM", "USUBJID", "Derived", "Sponsor"),
        ("DM", "COUNTRY", "Assigned", "Sponsor"),
        ("DM", "SEX", "Collected", "Investigator"),
        ("DM", "BRTHDTC", "Collected", "Investigator"),
        ("DM", "RFSTDTC", "Derived", "Sponsor"),
        ("EC", "ECTRT", "Assigned", "Sponsor"),
        ("EC", "ECSPID", "Derived", "Sponsor"),
        ("EC", "ECLOT", "Collected", "Vendor"),
        ("EX", "USUBJID", "Derived", "Sponsor"),
        ("EX", "EXTRT", "Assigned", "Sponsor"),
        ("EX", "EXSTDTC", "Collected", "Investigator"),
        ("EX", "EXENDTC", "Derived", "Sponsor"),
        ("LB", "LBORRES", "Collected", "Vendor"),
        ("LB", "LBTESTCD", "Assigned", "Sponsor"),
    ],
)
def test_an_origin_is_carried_over(
    study: StudySpec, dataset: str, variable: str, type_: str, source: str
) -> None:
    spec = study.datasets[dataset]
    origin = variable_origin(study, spec, spec.variables[variable])
    assert (origin.type, origin.source) == (type_, source)


def test_only_what_is_derived_has_a_method(study: StudySpec) -> None:
    spec = study.datasets["EX"]
    assert variable_method(study, spec, spec.variables["EXSTDTC"]) == ""
    assert variable_method(study, spec, spec.variables["EXENDTC"]) == "Copied from DM.RFSTDTC."
