"""A selection that no record of the study satisfies is told, once, of the whole study."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc.build import build, partitions, read_inputs
from cdisc.build.selections import Selections
from cdisc.model import Finding, Severity
from cdisc.spec import StudySpec

from .made_up import inputs_of, raw_data

MH = """\
keys: [STUDYID, USUBJID, MHTERM]
rows: {from: mh, where: TERM != "x"}
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  MHTERM: {copy: TERM}
  MHSEQ: {sequence: USUBJID}
"""
RECORDS = "SUBJ,TERM,CODE\n01,Gout,1\n02,Pain,2\n"


def told(study: StudySpec, size: int = 0) -> list[Finding]:
    """What is said of selections, of the study as a whole or of its partitions."""
    inputs = read_inputs(study)
    parts = partitions(study, inputs, size) if size else [inputs]
    return Selections.of(build(study, part).selections for part in parts).findings(study)


def messages(findings: list[Finding]) -> list[str]:
    return [finding.message for finding in findings]


def test_what_some_record_satisfies_is_not_told(write_study) -> None:
    assert told(write_study(MH=MH, mh=RECORDS)) == []


def test_rows_that_nothing_satisfies_are_a_note_at_their_place(write_study) -> None:
    spec = MH.replace('TERM != "x"', 'TERM == "Fever"')
    (note,) = told(write_study(MH=spec, mh=RECORDS))
    assert note.message == 'no record of mh satisfies TERM == "Fever"'
    assert note.value == 'TERM == "Fever"'
    assert note.rule == "selection.nothing"
    assert note.severity is Severity.INFO
    assert (note.dataset, note.at.file, note.at.line) == ("MH", "mappings/sdtm/mh.yaml", 3)
    assert note.hint == "Correct it if there should be such records"


def test_records_that_steps_made_are_told_of_by_the_step(write_study) -> None:
    spec = MH.replace(
        'rows: {from: mh, where: TERM != "x"}',
        'rows: {from: mh, set: {WORD: {upper_case: TERM}}, keep: WORD == "Gout"}',
    )
    assert messages(told(write_study(MH=spec, mh=RECORDS))) == [
        'no record of mh satisfies WORD == "Gout"'
    ]


SUMMARY = "summarize: {by: [SUBJ], columns: {TERM: first}}"


@pytest.mark.parametrize(
    "rows",
    [
        f'{{from: mh, {SUMMARY}, keep: TERM == "Fever"}}',
        f'{{from: {{from: mh, {SUMMARY}}}, where: TERM == "Fever"}}',
    ],
)
def test_records_that_steps_made_anew_are_of_no_source(write_study, rows) -> None:
    spec = MH.replace('{from: mh, where: TERM != "x"}', rows)
    assert messages(told(write_study(MH=spec, mh=RECORDS))) == [
        'no record of these rows satisfies TERM == "Fever"'
    ]


ADRS = """\
structure: BDS
keys: [STUDYID, USUBJID, PARAMCD, AVALC]
parameters:
  OVR:
    label: Overall Response
    from: rs
    set:
      USUBJID: {copy: SUBJ}
      AVALC: {copy: ANSWER}
  GOOD: {label: Good Response, from: OVR, where: AVALC == "CR"}
  BETTER: {label: Better Response, from: GOOD, where: AVALC == "CR!"}
variables:
  USUBJID: {copy: USUBJID}
  PARAMCD: {copy: PARAMCD}
  PARAM: {copy: PARAM}
  AVALC: {copy: AVALC}
"""
RS = "SUBJ,DAY,ANSWER\n01,2024-01-01,PR\n02,2024-01-02,SD\n"
ADSL = """\
structure: ADSL
keys: [STUDYID, USUBJID]
rows: dm
variables:
  USUBJID: {copy: SUBJ}
  RESPFL: {population_flag: {having: {from: ADRS, where: AVALC == "PR"}}}
  PDFL: {population_flag: {having: {from: ADRS, where: AVALC == "PD"}}}
  PDAGNFL: {population_flag: {having: {from: ADRS, where: AVALC == "PD"}}}
"""
DM = "SUBJ,SITE\n01,10\n02,20\n"


def test_a_parameter_of_a_parameter_without_records_is_told_once(write_study) -> None:
    found = told(write_study(ADRS=ADRS, rs=RS))
    assert messages(found) == ['no record of OVR satisfies AVALC == "CR"']


def test_what_a_spec_asks_twice_is_told_once_with_both_lines(write_study) -> None:
    (note,) = told(write_study(ADRS=ADRS.replace("CR", "PR", 1), ADSL=ADSL, rs=RS, dm=DM))[1:]
    assert note.message == 'no record of ADRS satisfies AVALC == "PD"'
    assert (note.dataset, note.at.file, note.at.line) == ("ADSL", "mappings/adam/adsl.yaml", 8)
    assert note.hint.endswith("The same stands in line 9")


NAMED = """\
structure: ADSL
keys: [STUDYID, USUBJID]
selections:
  PROGRESSED: {from: ADRS, where: AVALC == "PD"}
rows: dm
variables:
  USUBJID: {copy: SUBJ}
  PDFL: {population_flag: {having: PROGRESSED}}
  PDAGNFL: {population_flag: {having: PROGRESSED}}
  PDNOWFL: {population_flag: {having: {from: PROGRESSED, where: USUBJID == "01"}}}
"""


def test_a_named_selection_is_told_where_it_is_written_not_where_it_is_used(write_study) -> None:
    adrs = ADRS.split("  GOOD")[0] + ADRS[ADRS.index("variables") :]
    named, added = told(write_study(ADRS=adrs, ADSL=NAMED, rs=RS, dm=DM))
    assert (named.message, named.at.line) == ('no record of ADRS satisfies AVALC == "PD"', 5)
    assert named.hint == "Correct it if there should be such records"
    assert (added.message, added.at.line) == (
        'no record of ADRS satisfies AVALC == "PD" and USUBJID == "01"',
        11,
    )


def test_rows_from_a_named_selection_are_told_there_too(write_study) -> None:
    spec = MH.replace(
        'rows: {from: mh, where: TERM != "x"}',
        'selections:\n  FEVER: {from: mh, where: TERM == "Fever"}\nrows: FEVER',
    )
    (note,) = told(write_study(MH=spec, mh=RECORDS))
    assert (note.message, note.at.line) == ('no record of mh satisfies TERM == "Fever"', 4)


LOOKUP = """\
keys: [STUDYID, USUBJID, MHTERM]
rows: mh
lookups:
  coded: {from: codes, WHEREmatch: {NUMBER: CODE}, take: one, if_none: NONE}
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  MHTERM: {copy: TERM}
  MHDECOD: {copy: coded.WORD}
  MHSEQ: {sequence: USUBJID}
"""
CODES = "NUMBER,WORD,LIST\n1,GOUT,A\n2,PAIN,A\n"


def lookup(where: str = "", none: str = "missing") -> str:
    return LOOKUP.replace("WHERE", where).replace("NONE", none)


def test_a_lookup_whose_condition_nothing_satisfies_is_told_by_the_condition(write_study) -> None:
    study = write_study(MH=lookup('where: LIST == "B", '), mh=RECORDS, codes=CODES)
    (note,) = told(study)
    assert note.message == 'no record of codes satisfies LIST == "B"'
    assert note.at.line == 5


def test_a_lookup_that_never_finds_a_record_is_told(write_study) -> None:
    study = write_study(
        MH=lookup(), mh=RECORDS, codes=CODES.replace("1,", "I,").replace("2,", "II,")
    )
    (note,) = told(study)
    assert note.message == "no record of codes has the NUMBER of any record here"


def test_a_lookup_that_finds_a_record_somewhere_is_not_told(write_study) -> None:
    study = write_study(MH=lookup(), mh=RECORDS, codes=CODES.replace("2,", "II,"))
    assert told(study, size=1) == told(study) == []


def test_a_lookup_that_tells_of_each_record_is_not_told_once_more(write_study) -> None:
    spec = lookup(none="finding")
    assert told(write_study(MH=spec, mh=RECORDS, codes="NUMBER,WORD,LIST\n9,GOUT,A\n")) == []


def test_what_selects_from_a_source_without_records_is_told_by_the_source_alone(
    write_study,
) -> None:
    spec = lookup('where: LIST == "B", ')
    study = write_study(MH=spec, mh=RECORDS, codes="NUMBER,WORD,LIST\n")
    assert told(study) == []
    assert [note.rule for note in read_inputs(study).notes] == ["source_no_rows"]


def test_what_one_partition_lacks_another_may_have(write_study) -> None:
    study = write_study(
        ADRS=ADRS.split("  GOOD")[0] + ADRS[ADRS.index("variables") :], ADSL=ADSL, rs=RS, dm=DM
    )
    assert messages(told(study, size=1)) == ['no record of ADRS satisfies AVALC == "PD"']


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables=raw_data(), size=st.integers(1, 6))
def test_the_notes_do_not_depend_on_partitions(study: StudySpec, tables, size) -> None:
    whole = inputs_of(tables)
    parts = [build(study, part).selections for part in partitions(study, whole, size)]
    assert Selections.of(parts).findings(study) == build(study, whole).selections.findings(study)
