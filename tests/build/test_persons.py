"""Persons: raw ids held against the crosswalk before anything is mapped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.build import Inputs, build, of_subjects, read_inputs
from cdisc.build.persons import read_persons, with_persons
from cdisc.errors import CdiscError
from cdisc.model import Finding
from cdisc.sources import SourceSpec
from cdisc.spec import StudySpec, read_study
from cdisc.spec.read_sources import Crosswalk, SourceDeclaration
from tests.folders import Folder

from .made_up import source_table

STUDY = """\
study: {id: S1}
created: 2025-01-31T12:00:00
standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}
data: {raw: raw}
crosswalk: {file: idmap.csv, person: PERSON, ids: [EDC, LAB]}
sources:
  mh: {file: mh.csv, subject: SUBJ}
  lab: {file: lab.csv, subject: {column: ID, id: LAB}}
  codes: {file: codes.csv}
"""
SPEC = """\
dataset: MH
keys: [STUDYID, USUBJID, MHTERM]
rows: {stack: [{from: mh}, {from: lab}]}
lookups: {code: {from: codes, match: {TERM: TERM}, take: one, if_none: missing}}
variables:
  USUBJID: {join_text: {of: [STUDYID, PERSON], separator: "-"}}
  MHTERM: {copy: TERM}
  MHDECOD: {copy: code.PT}
"""
IDMAP = "EDC,LAB,PERSON\n01,L_1,A\n02,L_2,B\n02R,,B\n"
MH = "SUBJ,TERM\n01,Gout\n02,Pain\n02R,Rash\n"
LAB = "ID,TERM\nL_1,Low\n"


@pytest.fixture
def study_of(tmp_path: Path) -> Callable[..., StudySpec]:
    """Writes the study with these raw files and reads it."""

    def write(mh: str = MH, lab: str = LAB, idmap: str = IDMAP) -> StudySpec:
        files = {
            "study.yaml": STUDY,
            "mappings/sdtm/mh.yaml": SPEC,
            "raw/mh.csv": mh,
            "raw/lab.csv": lab,
            "raw/codes.csv": "TERM,PT\nGout,GOUT\n",
            "raw/idmap.csv": idmap,
        }
        return read_study(Folder(tmp_path, files).root)

    return write


def told(inputs: Inputs) -> list[str]:
    return [f"{finding.rule} {finding}" for finding in inputs.notes]


def test_all_ids_of_a_person_lead_to_one_subject(study_of) -> None:
    study = study_of()
    inputs = read_inputs(study)
    assert inputs.tables["mh"].frame.to_dict("list") == {
        "SUBJ": ["01", "02", "02R"],
        "TERM": ["Gout", "Pain", "Rash"],
        "PERSON": ["A", "B", "B"],
    }
    assert "PERSON" not in inputs.tables["codes"].frame
    frame = build(study, inputs).datasets["MH"].frame
    assert frame["USUBJID"].tolist() == ["S1-A", "S1-A", "S1-B", "S1-B"]
    assert frame["MHTERM"].tolist() == ["Gout", "Low", "Pain", "Rash"]
    assert (inputs.notes, inputs.rejected) == ([], {})


def test_a_record_of_an_unknown_id_is_rejected_and_told(study_of) -> None:
    study = study_of(mh="SUBJ,TERM\n01,a\n03,b\n\n03,c\nL_1,d\n01R,e\n", lab="ID,TERM\n,f\n")
    inputs = read_inputs(study)
    assert inputs.tables["mh"].frame["TERM"].tolist() == ["a"]
    assert inputs.tables["lab"].frame["TERM"].tolist() == []
    assert [line for line in told(inputs) if not line.startswith("source_")] == [
        (
            "source.subject_unknown study.yaml:7:3 mh: '03' is no EDC of idmap.csv: the record is "
            "rejected (2 rows, first mh.csv row 2)"
        ),
        (
            "source.subject_unknown study.yaml:7:3 mh: 'L_1' is no EDC of idmap.csv: the record is "
            "rejected (1 row, mh.csv row 5). It is a LAB: subject: {column: SUBJ, id: LAB}"
        ),
        (
            "source.subject_unknown study.yaml:7:3 mh: '01R' is no EDC of idmap.csv: the record is "
            "rejected (1 row, mh.csv row 6). Did you mean 01?"
        ),
        (
            "source.subject_missing study.yaml:8:3 lab: ID is blank: the record is rejected "
            "(1 row, lab.csv row 1)"
        ),
    ]
    unknown = inputs.rejected["mh"]
    assert unknown.row_of.tolist() == [2, 4, 5, 6]
    assert list(unknown.frame) == ["SUBJ", "TERM"]
    assert unknown.frame["TERM"].tolist() == ["b", "c", "d", "e"]
    assert inputs.rejected["lab"].frame["TERM"].tolist() == ["f"]
    findings = [finding for finding in inputs.notes if finding.variable == "SUBJ"]
    assert {(finding.dataset, finding.severity.value) for finding in findings} == {("mh", "error")}
    assert [finding.value for finding in findings] == ["03", "L_1", "01R"]
    assert build(study, inputs).datasets["MH"].frame["MHTERM"].tolist() == ["a"]


def test_an_id_of_two_persons_decides_nothing(study_of) -> None:
    idmap = "EDC,LAB,PERSON\n01,L_1,A\n01,L_1,A\n02,L_2,B\n03,L_2,C\n04,,\n"
    lab = "ID,TERM\nL_1,a\nL_2,b\n"
    inputs = read_inputs(study_of(idmap=idmap, lab=lab, mh="SUBJ,TERM\n04,c\n"))
    assert inputs.tables["lab"].frame["TERM"].tolist() == ["a"]
    assert inputs.crosswalk is not None
    assert [line for line in told(inputs) if not line.startswith("source_")] == [
        (
            "crosswalk.several_persons study.yaml:5:12 crosswalk: LAB 'L_2' stands for more than "
            "one person (2 rows, first idmap.csv row 3). They are B, C"
        ),
        (
            "crosswalk.no_person study.yaml:5:12 crosswalk: the line has no PERSON: its ids are "
            "unknown (1 row, idmap.csv row 5)"
        ),
        (
            "source.subject_unknown study.yaml:7:3 mh: '04' is no EDC of idmap.csv: the record is "
            "rejected (1 row, mh.csv row 1)"
        ),
        (
            "source.subject_unclear study.yaml:8:3 lab: LAB 'L_2' stands for more than one person "
            "in idmap.csv: the record is rejected (1 row, lab.csv row 2)"
        ),
    ]


def test_partitions_go_by_the_person(study_of) -> None:
    study = study_of()
    inputs = read_inputs(study)
    part = of_subjects(study, inputs, frozenset({"B"}))
    assert part.tables["mh"].frame["SUBJ"].tolist() == ["02", "02R"]
    assert part.tables["lab"].frame.empty
    assert len(part.tables["codes"].frame) == 1
    assert part.notes == []


def test_a_crosswalk_without_its_columns_is_refused(study_of) -> None:
    with pytest.raises(CdiscError) as caught:
        read_inputs(study_of(idmap="EDC,LABID,PERSON\n01,L_1,A\n"))
    assert str(caught.value) == "idmap.csv: source crosswalk has no column LAB. Did you mean LABID?"


def test_a_file_with_the_column_of_the_person_is_refused(study_of) -> None:
    with pytest.raises(CdiscError) as caught:
        read_inputs(study_of(mh="SUBJ,TERM,PERSON\n01,a,A\n"))
    assert str(caught.value) == (
        "mh.csv: source mh has a column PERSON, the crosswalk's name for the person. "
        "Call the person otherwise: study.yaml, crosswalk, person"
    )


IDS = st.sampled_from((None, " ", "01", "02", "03", "04"))
PERSONS = st.sampled_from((None, "A", "B", "C"))


@settings(max_examples=200)
@given(lines=st.lists(st.tuples(IDS, PERSONS), max_size=8), ids=st.lists(IDS, max_size=12))
def test_every_record_has_one_person_or_is_rejected_and_counted_once(lines, ids) -> None:
    """Against the plain reading: an id has the set of persons that its lines name."""
    crosswalk = Crosswalk(SourceSpec(name="crosswalk", file="idmap.csv"), "raw", "PERSON", ("EDC",))
    persons = read_persons(crosswalk, source_table("crosswalk", ("EDC", "PERSON"), lines))
    source = SourceDeclaration(
        SourceSpec(name="ae", file="ae.csv"), "raw", "SUBJ", None, "EDC", "PERSON"
    )
    table = source_table("ae", ("SUBJ",), [(text,) for text in ids])
    kept, rejected = with_persons(table, source, persons)
    named = {
        text: {p for i, p in lines if i == text and p is not None}
        for text in ids
        if text and text.strip()
    }
    expected = [named.get(text, set()) for text in ids]
    assert kept.frame["PERSON"].tolist() == [min(s) for s in expected if len(s) == 1]
    assert kept.row_of.tolist() == [n for n, s in enumerate(expected, 1) if len(s) == 1]
    left = [n for n, s in enumerate(expected, 1) if len(s) != 1]
    assert (rejected.row_of.tolist() if rejected is not None else []) == left
    about: list[Finding] = list(kept.notes)
    assert sorted(o.row for finding in about for o in finding.occurrences) == left
    assert sum(finding.count for finding in about) == len(left)
