"""Method texts say what runs, every step on the way explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.build.methods import Asked, computed_method, method_steps, variable_method
from cdisc.spec import StudySpec, read_study

STUDY = """\
study: {id: ABC}
created: 2025-01-01T00:00:00
standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}
data: {raw: raw}
sources:
  dm: {file: dm.csv}
  cells: {file: cells.csv}
  drugs: {file: drugs.csv}
"""
DM = """\
dataset: DM
keys: [STUDYID, USUBJID]
rows: dm
variables:
  USUBJID: {join_text: {of: [STUDYID, ID], separator: "-"}}
"""
EX = """\
dataset: EX
keys: [STUDYID, USUBJID, EXTRT, EXSTDTC]
rows:
  stack:
    - {from: cells, set: {DRUG: {constant: MSC}}}
    - from: drugs
  summarize:
    by: [ID, DRUG, DATE]
    columns: {GIVEN: sum, WEIGHT: same}
lookups:
  person: {from: dm, match: {ID: ID}, take: first, order: [VISIT], where: not missing(VISIT),
           if_none: missing}
variables:
  USUBJID: {join_text: {of: [STUDYID, ID], separator: "-"}}
  EXTRT: {copy: DRUG}
  EXSTDTC: {iso8601: {date: DATE, formats: [YYYY-MM-DD]}}
  _DOSE: {compute: number(GIVEN) / _KG}
  _KG: {number: WEIGHT}
  EXDOSE: {round_number: {of: _DOSE, digits: 2}, method: Dose per kilogram}
  EXLOC: {choose: {cases: [{when: DRUG == "MSC", value: person.SITE}]}}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudySpec:
    home: Path = tmp_path_factory.mktemp("study")
    (home / "study.yaml").write_text(STUDY, encoding="utf-8")
    folder = home / "mappings" / "sdtm"
    folder.mkdir(parents=True)
    (folder / "dm.yaml").write_text(DM, encoding="utf-8")
    (folder / "ex.yaml").write_text(EX, encoding="utf-8")
    return read_study(home)


def method(study: StudySpec, name: str) -> str:
    spec = study.datasets["EX"]
    return variable_method(study, spec, spec.variables[name])


def test_intermediates_and_summaries_are_explained_and_a_sentence_of_the_spec_replaces_nothing(
    study: StudySpec,
) -> None:
    assert method(study, "EXDOSE") == (
        "Dose per kilogram. Computed as: _DOSE rounded half up to 2 decimal digits. "
        "_DOSE: number(GIVEN) / _KG. "
        "GIVEN: sum of GIVEN of the records with the same ID, DRUG, DATE. "
        "_KG: WEIGHT as a number. "
        "WEIGHT: the one WEIGHT of the records with the same ID, DRUG, DATE."
    )


def test_lookups_and_columns_that_only_some_rows_make_are_explained(study: StudySpec) -> None:
    assert method(study, "EXLOC") == (
        'First that holds: when DRUG == "MSC", value person.SITE; otherwise null. '
        "DRUG: Of cells: always 'MSC'. Of drugs: DRUG of drugs. "
        "person: the first record of dm by VISIT with ID = ID, where not missing(VISIT)."
    )


def test_what_is_collected_has_no_method(study: StudySpec) -> None:
    assert method(study, "EXSTDTC") == ""


def test_steps_have_their_places_and_only_the_parts_asked_for(study: StudySpec) -> None:
    spec = study.datasets["EX"]
    variable = spec.variables["EXLOC"]
    steps = {step.name: step for step in method_steps(spec, variable)}
    assert list(steps) == ["EXLOC", "DRUG", "person"]
    assert (steps["EXLOC"].at, steps["person"].at) == (variable.at, spec.lookups["person"].at)
    assert steps["DRUG"].says == "Of cells: always 'MSC'. Of drugs: DRUG of drugs."
    cells = method_steps(spec, variable, Asked(part=lambda part: part.origin == "cells"))
    assert [step.says for step in cells if step.name == "DRUG"] == ["always 'MSC'."]
    assert [step.at.line for step in cells if step.name == "DRUG"] == [5]


ADRS = """\
dataset: ADRS
structure: BDS
keys: [STUDYID, USUBJID, PARAMCD, ADT]
parameters:
  OVR:
    label: Overall Response
    from: resp
    set: {ADT: {analysis_date: DATE}, AVALC: {copy: RESP}, SRCDOM: {constant: RS}}
  BOR:
    label: Best Overall Response
    from: DM
    derive:
      by: [USUBJID]
      best_overall_response: {responses: OVR, reference: USUBJID, stable_days: 35, confirmed: no}
  AGAIN:
    label: Overall Response Again
    from: OVR
variables:
  USUBJID: {copy: USUBJID}
  PARAM: {copy: PARAM}
  PARAMCD: {copy: PARAMCD}
  AVAL: {copy: AVAL}
  AVALC: {copy: AVALC}
  ADT: {copy: ADT}
  SRCDOM: {copy: SRCDOM}
  SITE: {copy: SITE, label: Site}
  GRADE:
    choose: {cases: [{when: AVALC == "NE", text: ""}, {when: AVALC == "PD", text: BAD}]}
    label: Grade
"""


@pytest.fixture(scope="module")
def responses(tmp_path_factory: pytest.TempPathFactory) -> StudySpec:
    home: Path = tmp_path_factory.mktemp("responses")
    text = STUDY.replace("sdtm: SDTMIG 3.4", "sdtm: SDTMIG 3.4, adam: ADaMIG 1.3")
    (home / "study.yaml").write_text(text + "  resp: {file: resp.csv}\n", encoding="utf-8")
    for layer, name, spec in (("sdtm", "dm", DM), ("adam", "adrs", ADRS)):
        folder = home / "mappings" / layer
        folder.mkdir(parents=True)
        (folder / f"{name}.yaml").write_text(spec, encoding="utf-8")
    return read_study(home)


def said_of(study: StudySpec, name: str) -> str:
    spec = study.datasets["ADRS"]
    return computed_method(study, spec, spec.variables[name])


def test_a_column_beside_the_result_says_what_it_is(responses: StudySpec) -> None:
    assert said_of(responses, "SRCDOM") == (
        "For OVR, AGAIN: always 'RS'. For BOR: The dataset of the record that decides, as the "
        "method of AVALC tells."
    )
    assert "For BOR: The number that stands for AVALC." in said_of(responses, "AVAL")


def test_records_are_told_by_the_variable_that_matters(responses: StudySpec) -> None:
    assert "The best of the responses in OVR.AVALC, in the order" in said_of(responses, "AVALC")


def test_what_a_part_does_not_have_is_not_told(responses: StudySpec) -> None:
    for name in ("SRCDOM", "AVAL", "AVALC", "ADT", "SITE"):
        said = said_of(responses, name)
        assert "as received" not in said
        assert "made of" not in said
        assert "For BOR: USUBJID" not in said


def test_an_empty_text_is_null(responses: StudySpec) -> None:
    assert said_of(responses, "GRADE").startswith(
        'First that holds: when AVALC == "NE", null; when AVALC == "PD", text BAD; otherwise null.'
    )
