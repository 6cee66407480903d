"""What a build does at its edges: types, standards, places, refusals, what is computed at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms.columns.uniques import TEXT
from cdisc.build import build, of_subjects, read_inputs
from cdisc.build.casting import cast
from cdisc.errors import SpecError
from cdisc.model import merge_findings
from cdisc.model.finding import MAX_OCCURRENCES
from cdisc.spec.graph import build_order
from cdisc.spec.needs import Node, edges, step_columns

ID = '  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}\n'
MH = f"""\
keys: [STUDYID, USUBJID, MHTERM]
rows: mh
variables:
{ID}  MHSEQ: {{sequence: USUBJID}}
  MHTERM: {{copy: TERM}}
"""
RAW = "SUBJ,TERM\n02,Gout\n01,Pain\n"
VISIT = "  visit: {from: visits, match: {NO: _N}, take: one, if_none: finding}\n"
SUBJECTS = f"keys: [STUDYID, USUBJID]\nrows: dm\nvariables:\n{ID}  SEX: {{copy: SEX}}\n"


def built_from(study, **given):
    return build(study, read_inputs(study), **given)


def told(built) -> list[str]:
    return [str(finding) for finding in built.findings]


# ---- the standard ------------------------------------------------------------------------


def test_an_analysis_dataset_has_the_types_and_labels_of_its_structure(write_study) -> None:
    spec = """\
structure: BDS
keys: [USUBJID, PARAMCD]
rows: lb
variables:
  USUBJID: {copy: SUBJ}
  PARAMCD: {constant: ALB}
  AVAL: {copy: RESULT}
  CHG: {compute: AVAL - 1}
  OWN: {copy: RESULT, label: Own Variable}
"""
    built = built_from(write_study(ADLB=spec, lb="SUBJ,RESULT\n01,2.50\n"))
    dataset = built.datasets["ADLB"]
    assert list(dataset.frame) == ["STUDYID", "USUBJID", "PARAMCD", "AVAL", "CHG", "OWN"]
    assert dataset.frame["AVAL"].tolist() == [2.5]
    assert dataset.variable("AVAL").label == "Analysis Value"
    assert dataset.variable("OWN").type == "Char"
    assert (dataset.label, dataset.class_) == ("ADLB", "BASIC DATA STRUCTURE")
    assert dataset.structure == "One record per subject per parameter"


def test_a_domain_of_ones_own_has_identifiers_and_the_order_of_its_spec(write_study) -> None:
    spec = f"""\
class: FINDINGS
label: Own Domain
keys: [STUDYID, USUBJID, XXTESTCD]
rows: xx
variables:
  XXTESTCD: {{copy: TEST, label: Test}}
  XXSEQ: {{sequence: USUBJID, type: Num, label: Sequence Number}}
{ID}supplemental:
  XXNOTE: {{copy: NOTE, label: Note}}
"""
    built = built_from(write_study(XX=spec, xx="SUBJ,TEST,NOTE\n01,B,n\n01,A,\n"))
    dataset = built.datasets["XX"]
    assert list(dataset.frame) == ["STUDYID", "DOMAIN", "USUBJID", "XXTESTCD", "XXSEQ"]
    assert dataset.frame.iloc[0].tolist() == ["S1", "XX", "S1-01", "A", 1.0]
    supp = built.datasets["SUPPXX"]
    assert supp.label == "Supplemental Qualifiers for XX"
    assert supp.frame[["USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL"]].iloc[0].tolist() == [
        "S1-01",
        "XXSEQ",
        "2",
        "XXNOTE",
        "n",
    ]


def test_an_analysis_dataset_reads_the_domain_of_what_it_is_made_from(write_study) -> None:
    spec = """\
structure: OCCDS
keys: [USUBJID, MHTERM]
rows: MH
variables:
  USUBJID: {copy: USUBJID}
  MHTERM: {copy: MHTERM}
  SRCDOM: {join_text: {of: [DOMAIN]}, label: Source}
"""
    built = built_from(write_study(MH=MH, ADMH=spec, mh=RAW))
    assert list(built.datasets["ADMH"].frame) == ["STUDYID", "USUBJID", "SRCDOM", "MHTERM"]
    assert built.datasets["ADMH"].frame["SRCDOM"].tolist() == ["MH", "MH"]


def test_supplementals_carry_the_study_of_their_parent(write_study) -> None:
    spec = MH.replace(ID, "  STUDYID: {constant: S9}\n" + ID)
    spec += "supplemental:\n  RAW: {copy: TERM, label: Raw}\n"
    built = built_from(write_study(MH=spec, mh=RAW))
    assert built.datasets["SUPPMH"].frame["STUDYID"].tolist() == ["S9", "S9"]


# ---- what is read and computed -------------------------------------------------------------


def test_only_sources_that_specs_read_are_read(write_study) -> None:
    spec = MH.replace(
        "  MHTERM",
        "  MHSTDTC: {reference_date: {of: [{from: dose, by: S, date: D}], "
        "take: earliest}}\n  MHTERM",
    )
    study = write_study(MH=spec, mh=RAW, dose="S,D\nS1-01,2024-01-02\n", unused="no,good\n1\n")
    inputs = read_inputs(study)
    assert list(inputs.tables) == ["mh", "dose"]
    frame = build(study, inputs).datasets["MH"].frame
    assert frame["MHSTDTC"].fillna("").tolist() == ["2024-01-02", ""]


def test_only_what_a_dataset_needs_is_computed(write_study) -> None:
    spec = MH.replace("  MHTERM", "  MHCAT: {copy: DM.SEX}\n  MHTERM")
    dm = SUBJECTS + "  AGE: {text_part: {of: SEX, separator: x, part: 0}}\n"
    study = write_study(MH=spec, DM=dm, mh=RAW, dm="SUBJ,SEX\n01,F\n")
    with pytest.raises(SpecError, match="AGE: text_part needs"):
        built_from(study)
    nodes: list[Node] = []
    built = built_from(study, only=["MH"], progress=lambda node, _: nodes.append(node))
    assert list(built.datasets) == ["MH"]
    assert Node("DM", "variable", "AGE") not in nodes
    assert Node("DM", "variable", "SEX") in nodes


def test_progress_tells_every_step_and_how_many_there_are(write_study) -> None:
    study = write_study(MH=MH, mh=RAW)
    seen: list[tuple[str, int]] = []
    built_from(study, progress=lambda node, total: seen.append((str(node), total)))
    assert [name for name, _ in seen] == [str(node) for node in build_order(study.datasets)]
    assert {total for _, total in seen} == {len(seen)}


def test_a_lookup_through_a_lookup_waits_for_what_it_reads(write_study) -> None:
    spec = """\
keys: [STUDYID, USUBJID]
rows: mh
lookups:
  second: {from: mh, match: {TERM: first.EXTRT}, take: one, if_none: missing}
  first: {from: EX, match: {USUBJID: USUBJID}, take: one, if_none: missing}
variables:
  USUBJID: {copy: SUBJ}
  MHTERM: {copy: second.TERM}
"""
    ex = "keys: [USUBJID]\nrows: mh\nvariables:\n  USUBJID: {copy: SUBJ}\n  EXTRT: {copy: TERM}\n"
    study = write_study(MH=spec, EX=ex, mh=RAW)
    graph = edges(study.datasets["MH"], study.datasets)
    assert Node("EX", "variable", "EXTRT") in graph[Node("MH", "lookup", "second")]


def test_rows_that_read_a_subject_level_value_carry_the_subject(write_study) -> None:
    rows = '{from: EX, keep: DM.SEX == "F"}'
    spec = f"keys: [USUBJID]\nrows: {rows}\nvariables:\n  MHTERM: {{copy: EXTRT}}\n"
    ex = f"keys: [STUDYID, USUBJID, EXTRT]\nrows: mh\nvariables:\n{ID}  EXTRT: {{copy: TERM}}\n"
    study = write_study(MH=spec, DM=SUBJECTS, EX=ex, mh=RAW, dm="SUBJ,SEX\n01,F\n02,M\n")
    assert "USUBJID" in step_columns(study.datasets["MH"].rows, frozenset())
    assert built_from(study).datasets["MH"].frame["MHTERM"].tolist() == ["Pain"]


# ---- findings and their places -------------------------------------------------------------


def test_several_records_of_a_subject_are_told_where_rows_read_them(write_study) -> None:
    spec = MH.replace(
        "rows: mh",
        """rows:
  from: mh
  set: {USUBJID: {join_text: {of: [SUBJ], separator: "-"}}}
  keep: missing(DM.SEX)""",
    ).replace(ID, "  USUBJID: {copy: USUBJID}\n")
    dm = SUBJECTS.replace(ID, "  USUBJID: {copy: SUBJ}\n")
    study = write_study(MH=spec, DM=dm, mh=RAW, dm="SUBJ,SEX\n01,F\n01,M\n02,F\n")
    built = built_from(study)
    assert built.datasets["MH"].frame["USUBJID"].tolist() == ["01"]
    assert told(built) == [
        "mappings/sdtm/mh.yaml:4:3: DM has several records of a subject (1 row, mh.csv row 2)"
    ]
    assert built.findings[0].occurrences[0].usubjid == "01"


def test_several_records_of_a_subject_are_told_where_a_variable_reads_them(write_study) -> None:
    spec = MH.replace("  MHTERM", "  MHCAT: {copy: DM.SEX}\n  MHTERM")
    study = write_study(MH=spec, DM=SUBJECTS, mh=RAW, dm="SUBJ,SEX\n01,F\n01,M\n02,F\n")
    built = built_from(study)
    assert built.datasets["MH"].frame["MHCAT"].fillna("").tolist() == ["", "F"]
    [found] = told(built)
    message = "lookup DM: DM has several records of the subject 'S1-01' (1 row, mh.csv row 2)"
    assert found == f"mappings/sdtm/mh.yaml:1:1 MH: {message}"


def test_a_record_written_in_one_spec_keeps_its_place_in_another(write_study) -> None:
    tv = """\
scope: study
keys: [STUDYID, VISITNUM]
rows:
  values:
    - {N: 1, T: one}
    - {N: 2, T: two}
variables:
  VISITNUM: {copy: N}
  VISIT: {copy: T}
"""
    spec = """\
structure: BDS
keys: [PARAMCD]
scope: study
rows: TV
variables:
  PARAMCD: {copy: VISIT}
  AVAL: {copy: VISIT}
"""
    built = built_from(write_study(TV=tv, ADTV=spec, mh=RAW))
    places = [finding.occurrences for finding in built.findings]
    assert [(place.file, place.row) for [place] in places] == [
        ("mappings/sdtm/tv.yaml", 6),
        ("mappings/sdtm/tv.yaml", 7),
    ]


def test_the_first_places_of_a_large_finding_do_not_depend_on_partitions(write_study) -> None:
    spec = MH.replace("rows: mh", "rows: {stack: [{from: zz}, {from: mh}]}")
    spec = spec.replace("  MHTERM", "  MHDY: {copy: TERM}\n  MHTERM")
    count = MAX_OCCURRENCES
    raw = "SUBJ,TERM\n" + "".join(f"{n % 7},x\n" for n in range(count))
    study = write_study(MH=spec, mh=raw, zz=raw)
    inputs = read_inputs(study)
    whole = [f for f in build(study, inputs).findings if f.rule == "type.not_a_number"]
    parts = [
        build(study, of_subjects(study, inputs, part)).findings
        for part in (frozenset("0123"), frozenset("456"))
    ]
    merged = merge_findings(f for part in parts for f in part if f.rule == "type.not_a_number")
    assert merged == whole
    assert whole[0].count == 2 * count
    assert {place.file for place in whole[0].occurrences} == {"mh.csv"}
    assert [place.row for place in whole[0].occurrences] == list(range(1, count + 1))


def test_records_without_a_subject_are_a_partition_of_their_own(write_study) -> None:
    study = write_study(MH=MH, mh="SUBJ,TERM\n01,a\n,b\n02,c\n", codes="CODE\n")
    inputs = read_inputs(study)
    parts = {part: of_subjects(study, inputs, frozenset({part})) for part in ("01", "02", "")}
    found = {part: inputs.tables["mh"].frame["TERM"].tolist() for part, inputs in parts.items()}
    assert found == {"01": ["a"], "02": ["c"], "": ["b"]}
    assert parts[""].tables["mh"].row_of.tolist() == [2]


def test_what_reading_had_to_say_is_said_once(write_study) -> None:
    study = write_study(MH=MH, mh="SUBJ,TERM\n")
    inputs = read_inputs(study)
    assert len(build(study, inputs).findings) == 1
    assert build(study, of_subjects(study, inputs, frozenset())).findings == []


# ---- refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", ["{values: []}", "{stack: []}"])
def test_rows_from_nothing_are_refused(write_study, rows) -> None:
    study = write_study(MH=MH.replace("rows: mh", f"rows: {rows}"), mh=RAW)
    with pytest.raises(SpecError) as caught:
        built_from(study)
    assert str(caught.value) == (
        "mappings/sdtm/mh.yaml:3:7: there are no records: the list is empty"
    )


def test_a_misspelled_column_of_a_dataset_is_told_with_the_nearest(write_study) -> None:
    spec = MH.replace("rows: mh", "rows: EX").replace("{copy: TERM}", "{copy: EXTRTT}")
    spec = spec.replace(ID, "  USUBJID: {copy: USUBJID}\n")
    ex = f"keys: [STUDYID, USUBJID, EXTRT]\nrows: mh\nvariables:\n{ID}  EXTRT: {{copy: TERM}}\n"
    with pytest.raises(SpecError, match=r"no column EXTRTT\. Did you mean EXTRT\?"):
        built_from(write_study(MH=spec, EX=ex, mh=RAW))


# ---- types ---------------------------------------------------------------------------------


def test_numbers_in_a_character_variable_are_their_plain_text() -> None:
    values, issues = cast(pd.Series([1.0, 2.50, 1e-5, np.nan]), "Char")
    assert values.tolist()[:3] == ["1", "2.5", "0.00001"]
    assert values.isna().tolist() == [False, False, False, True]
    assert issues == ()


def test_text_in_a_numeric_variable_is_read_as_a_number() -> None:
    texts = pd.Series(["1", " 2.50 ", "x", "", None, "1e2", "nan", "inf", "0x10"], dtype=TEXT)
    values, issues = cast(texts, "Num")
    assert values.fillna(-1).tolist() == [1, 2.5, -1, -1, -1, 100, -1, -1, -1]
    [issue] = issues
    assert issue.rows.tolist() == [2, 6, 7, 8]
    assert issue.values is not None
    assert issue.values.tolist() == ["x", "nan", "inf", "0x10"]


def test_dates_of_analysis_datasets_stay_dates() -> None:
    dates = pd.Series(np.array(["2024-01-02", "NaT"], dtype="datetime64[s]"))
    values, issues = cast(dates, "Num")
    assert values.dtype == dates.dtype
    assert issues == ()


# What `check` refuses before, the engine refuses as well: it may be used without.


def test_an_unpivot_of_nothing_is_refused(write_study) -> None:
    rows = "rows: {from: mh, unpivot: {name: T, columns: [V], each: {}}}"
    study = write_study(MH=MH.replace("rows: mh", rows), mh=RAW)
    with pytest.raises(SpecError, match="there are no records: each is empty"):
        built_from(study)


def test_supplementals_that_belong_to_no_record_are_refused(write_study) -> None:
    spec = MH.replace("  MHSEQ: {sequence: USUBJID}\n", "")
    spec += "supplemental:\n  RAW: {copy: TERM, label: Raw}\n"
    with pytest.raises(SpecError, match="need MHSEQ to tell the records of a subject apart"):
        built_from(write_study(MH=spec, mh=RAW))


def test_supplementals_that_belong_to_no_subject_are_refused(write_study) -> None:
    spec = "keys: [STUDYID, VISIT]\nrows: mh\nvariables:\n  VISIT: {copy: TERM}\n"
    spec += "supplemental:\n  RAW: {copy: TERM, label: Raw}\n"
    with pytest.raises(SpecError, match="supplementals need USUBJID, which TV does not have"):
        built_from(write_study(TV=spec, mh=RAW))


def test_a_date_in_a_text_variable_does_not_depend_on_the_other_records() -> None:
    dates = pd.Series(np.array(["2024-01-02", "2024-01-03T10:11"], dtype="datetime64[s]"))
    assert cast(dates, "Char")[0].tolist() == ["2024-01-02", "2024-01-03T10:11:00"]


def test_a_number_that_a_lookup_does_not_find_is_told_as_written(write_study) -> None:
    spec = MH.replace("rows: mh\n", "rows: mh\nlookups:\n" + VISIT) + "  _N: {number: NO}\n"
    raw = {"mh": "SUBJ,TERM,NO\n01,Pain,5\n", "visits": "NO,NAME\n1,one\n"}
    assert "has no record with NO '5'" in told(built_from(write_study(MH=spec, **raw)))[0]


def test_two_datasets_with_several_records_of_a_subject_are_both_told(write_study) -> None:
    rows = (
        "rows:\n  from: mh\n  set: {USUBJID: {copy: SUBJ}}\n"
        '  keep: DM.SEX != "U" and SV.SEX != "U"\n'
    )
    spec = MH.replace("rows: mh\n", rows)
    subjects = SUBJECTS.replace(
        '{join_text: {of: [STUDYID, SUBJ], separator: "-"}}', "{copy: SUBJ}"
    )
    other = subjects.replace("rows: dm", "rows: sv").replace("SEX:", "VISIT: {copy: SEX}\n  SEX:")
    raw = {"mh": RAW, "dm": "SUBJ,SEX\n02,F\n02,F\n", "sv": "SUBJ,SEX\n02,F\n02,F\n"}
    built = built_from(write_study(MH=spec, DM=subjects, SV=other, **raw))
    said = [finding.message for finding in built.findings if finding.rule == "lookup.several"]
    assert said == ["DM has several records of a subject", "SV has several records of a subject"]
