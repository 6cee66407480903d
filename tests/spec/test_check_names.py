"""Names in specs that stand for nothing are refused, with their place and the nearest name."""

from __future__ import annotations

import pytest

AE = "mappings/sdtm/ae.yaml"
DM = "mappings/sdtm/dm.yaml"
ADAE = "mappings/adam/adae.yaml"


def test_the_folder_that_tests_spoil_has_no_errors(folder):
    assert folder.errors() == []


NAMES = [
    pytest.param(
        AE,
        "from: ae\n",
        "from: aee\n",
        f"{AE}:4:3 rows.from: aee is no source, table or dataset of this study. Did you mean ae?",
        id="origin",
    ),
    pytest.param(
        AE,
        "not missing(TERM)",
        "not missing(TERMM)",
        f"{AE}:4:3 rows.where: the rows have no column TERMM here. Did you mean TERM?",
        id="column in rows.where",
    ),
    pytest.param(
        AE,
        "not missing(TERM)",
        'AETERM == "x"',
        f"{AE}:4:3 rows.where: the rows have no column AETERM here. Did you mean TERM?",
        id="variable in rows.where",
    ),
    pytest.param(
        ADAE,
        "rows: AE",
        "rows: {from: AE, where: DM.SEXX == 'F'}",
        f"{ADAE}:3:7 rows.where: DM has no variable SEXX. Did you mean SEX?",
        id="variable of a dataset in rows.where",
    ),
    pytest.param(
        AE,
        "not missing(TERM)",
        'person.SITE == "1"',
        f"{AE}:4:3 rows.where: rows cannot read the lookup person. "
        "Rows come before lookups; read it in a variable",
        id="lookup in rows",
    ),
    pytest.param(
        AE,
        "{from: demo, match",
        "{from: demog, match",
        f"{AE}:7:11 person: demog is no source, table or dataset of this study. Did you mean demo?",
        id="origin of a lookup",
    ),
    pytest.param(
        AE,
        "match: {SUBJ: SUBJ}",
        "match: {SUBJJ: SUBJ}",
        f"{AE}:7:11 person: demo has no column SUBJJ. Did you mean SUBJ?",
        id="their column of a match",
    ),
    pytest.param(
        AE,
        "match: {SUBJ: SUBJ}",
        "match: {SUBJ: SUBJJ}",
        f"{AE}:7:11 person: SUBJJ is no column of the rows and no variable of AE. "
        "Did you mean SUBJ?",
        id="our column of a match",
    ),
    pytest.param(
        AE,
        "take: one,",
        "take: last, order: SITES,",
        f"{AE}:7:11 person: demo has no column SITES. Did you mean SITE?",
        id="order of a lookup",
    ),
    pytest.param(
        AE,
        "take: one,",
        'take: one, where: SEX == "F",',
        f"{AE}:7:11 person: demo has no column SEX. Did you mean SEXCD?",
        id="where of a lookup",
    ),
    pytest.param(
        AE,
        "copy: TERM}",
        "copy: TREM}",
        f"{AE}:10:3 AETERM: TREM is no column of the rows and no variable of AE. "
        "Did you mean TERM?",
        id="source column",
    ),
    pytest.param(
        AE,
        "source['IT.NOTE']",
        "source['IT.NOTES']",
        f"{AE}:20:3 AENOTE: IT.NOTES is no column of the rows. Did you mean IT.NOTE?",
        id="quoted source column",
    ),
    pytest.param(
        AE,
        "{study_day: AESTDTC}",
        "{study_day: AESTDCT}",
        f"{AE}:15:3 AESTDY: AESTDCT is no column of the rows and no variable of AE. "
        "Did you mean AESTDTC?",
        id="own variable",
    ),
    pytest.param(
        AE,
        "{study_day: AESTDTC}",
        "{study_day: {date: AESTDTC, reference: DM.RFSTDTX}}",
        f"{AE}:15:3 AESTDY: DM has no variable RFSTDTX. Did you mean RFSTDTC?",
        id="variable of a dataset",
    ),
    pytest.param(
        AE,
        "person.SITE",
        "person.SITEE",
        f"{AE}:19:3 AESITE: demo has no column SITEE. Did you mean SITE?",
        id="column of a lookup",
    ),
    pytest.param(
        AE,
        "person.SITE",
        "persn.SITE",
        f"{AE}:19:3 AESITE: persn.SITE is no column of the rows. Did you mean person.SITE?",
        id="lookup",
    ),
    pytest.param(
        ADAE,
        "DM.SEX",
        "AE.AEOUT",
        f"{ADAE}:9:3 SEX: AE.AEOUT needs a lookup: AE has several records per subject. "
        "Declare one under lookups: {from: AE, match: ..., take: ..., if_none: ...}",
        id="dataset with several records per subject",
    ),
    pytest.param(
        ADAE,
        "copy: DM.SEX",
        "copy: SEX",
        f"{ADAE}:9:3 SEX: SEX is no column of the rows",
        id="own name is the source column",
    ),
    pytest.param(
        AE,
        "AETERM, AESTDTC]",
        "AETERN, AESTDTC]",
        f"{AE}:1:1 AE keys: the key AETERN is not a variable of AE. Did you mean AETERM?",
        id="key",
    ),
    pytest.param(
        AE,
        "AETERM, AESTDTC]",
        "AETERM, AETERM]",
        f"{AE}:1:1 AE keys: the key AETERM is named twice",
        id="key twice",
    ),
    pytest.param(
        AE,
        "supplemental:",
        "value_levels: {by: AEDECOD, of: AESEVV}\nsupplemental:",
        f"{AE}:1:1 AE value_levels: AESEVV is not a variable of AE. Did you mean AESER?",
        id="value level",
    ),
    pytest.param(
        "study.yaml",
        "units:",
        "ae:",
        "study.yaml:19:3 ae: ae is also a source. Give the table another name",
        id="table named like a source",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), NAMES)
def test_a_name_that_stands_for_nothing_is_an_error(folder, file, old, new, message):
    folder.change(file, old, new)
    assert folder.errors() == [message]


def test_a_lookup_must_not_take_the_name_of_a_source(folder):
    folder.change(AE, "person: {", "demo: {")
    folder.change(AE, "person.SITE", "demo.SITE")
    assert folder.errors() == [f"{AE}:7:9 demo: a lookup cannot be called demo. The name is taken"]


def test_a_dataset_found_by_subject_needs_a_subject(folder):
    folder.change(AE, '  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}\n', "")
    assert (
        f"{AE}:14:3 AESTDY: DM.RFSTDTC is found by USUBJID, which the dataset lacks"
        in folder.errors()
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            AE,
            "  where: not missing(TERM)\n",
            "  set: {N: {sequence: {by: SUBJ}}}\n",
            (
                f"{AE}:5:9 N: the keys are not known while rows are made. "
                "Name the columns to sort by, or: order: source"
            ),
        ),
        (
            AE,
            "  where: not missing(TERM)\n",
            "  set: {N: {codelist_term: SER}}\n",
            (
                f"{AE}:5:9 N: codelist_term needs a codelist, and a column of rows has none. "
                "Name one: list: NAME among its arguments"
            ),
        ),
        (
            AE,
            "  where: not missing(TERM)\n",
            "  unpivot: {name: N, columns: X, each: {}}\n",
            f"{AE}:5:12 unpivot: there are no records: each is empty",
        ),
        (
            AE,
            "  where: not missing(TERM)\n",
            '  where: DM.SEX == "F"\n',
            (
                f"{AE}:4:3 rows.where: DM.SEX is found by USUBJID, which the rows do not have "
                "here. Make it before, under set:, or read it in a variable"
            ),
        ),
        (
            "study.yaml",
            "file: demo.csv\n",
            "file: demo.csv\n    subject: SUBJID\n",
            (
                "study.yaml:10:3 demo: demo has no column SUBJID, which subject names. "
                "Did you mean SUBJ?"
            ),
        ),
    ],
)
def test_what_the_build_would_refuse_is_refused_before(folder, file, old, new, message):
    folder.change(file, old, new)
    assert folder.errors() == [message]


def test_rows_without_records_are_refused(folder):
    folder.change(AE, "  from: ae\n  where: not missing(TERM)\n", "  values: []\n")
    assert f"{AE}:4:3: there are no records: the list is empty" in folder.errors()


def test_columns_of_a_source_that_declares_none_are_left_to_the_data(folder):
    folder.change(AE, "from: ae\n", "from: open\n")
    folder.change(AE, "copy: TERM}", "copy: ANYTHING}")
    assert folder.errors() == []


def test_a_misspelled_lookup_is_told_even_when_columns_are_unknown(folder):
    folder.change(AE, "from: ae\n", "from: open\n")
    folder.change(AE, "copy: DLT,", "copy: persn.SITE,")
    assert (
        f"{AE}:18:3 AEDLT: persn.SITE is read as a source column. Did you mean person.SITE?"
        in folder.warnings()
    )


def test_a_dotted_column_whose_prefix_is_near_to_no_lookup_or_dataset_is_not_questioned(folder):
    folder.change(AE, "from: ae\n", "from: open\n")
    folder.change(AE, "copy: DLT,", "copy: IM.DLTYN,")
    assert not [warning for warning in folder.warnings() if "IM.DLTYN" in warning]


def test_a_lookup_and_an_intermediate_that_nothing_reads_are_warnings(folder):
    folder.change(AE, "copy: person.SITE", "copy: SITE")
    folder.change(AE, "  AESTDY:", "  _DAY:")
    warnings = folder.warnings()
    assert f"{AE}:7:11 person: nothing reads the lookup person" in warnings
    assert f"{AE}:15:3 _DAY: nothing reads _DAY, and an intermediate is never written" in warnings


def test_a_lookup_that_is_there_for_its_finding_needs_no_reader(folder):
    folder.change(AE, "copy: person.SITE", "copy: SITE")
    folder.change(AE, "if_none: missing", "if_none: finding")
    assert not [warning for warning in folder.warnings() if "nothing reads" in warning]


def test_every_name_is_reported_in_one_pass_in_the_order_of_the_lines(folder):
    folder.change(AE, "copy: TERM}", "copy: TREM}")
    folder.change(AE, "codelist_term: SER", "codelist_term: SERR")
    folder.change(DM, "copy: SITE", "copy: SITT")
    places = [str(error.at) for error in folder.check().errors]
    assert places == [f"{AE}:10:3 AETERM", f"{AE}:12:3 AESER", f"{DM}:8:3 SITEID"]


ROWS = """\
dataset: AE
keys: [STUDYID, USUBJID, AETERM]
rows:
  stack:
    - {from: ae, where: not missing(TERM)}
    - from: demo
      set:
        TERM: {constant: Enrolled}
        NOTE: {copy: TERM}
  set:
    WORD: {upper_case: TERM}
  unpivot:
    name: TEST
    columns: [RESULT]
    each:
      A: {RESULT: WORD}
      B: {RESULT: NOTE}
  take: {record: last, by: [SUBJ, TEST], order: [RESULT]}
  deduplicate: {by: [SUBJ], keep: first, order: [RESULT]}
  summarize:
    by: [SUBJ, TEST]
    columns: {LAST: {by: last, of: RESULT}}
  keep: not missing(LAST)
variables:
  USUBJID: {copy: SUBJ}
  AETERM: {copy: LAST}
  AEDECOD: {copy: TEST}
  AESEQ: {sequence: {by: USUBJID}}
"""


def test_row_steps_are_followed_from_the_origin_to_the_last(folder):
    folder.write(AE, ROWS)
    (folder.root / ADAE).unlink()
    assert folder.errors() == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "copy: TERM}",
            "copy: SITES}",
            f"{AE}:9:9 NOTE: the rows have no column SITES here. Did you mean SITE?",
        ),
        (
            "upper_case: TERM",
            "upper_case: TERMS",
            f"{AE}:11:5 WORD: the rows have no column TERMS here. Did you mean TERM?",
        ),
        (
            "RESULT: NOTE}",
            "RESULT: NOTES}",
            f"{AE}:13:5 unpivot: the rows have no column NOTES here. Did you mean NOTE?",
        ),
        (
            "by: [SUBJ, TEST], order",
            "by: [SUBJ, TESTS], order",
            f"{AE}:18:9 take: the rows have no column TESTS here. Did you mean TEST?",
        ),
        (
            "{by: [SUBJ], keep",
            "{by: [SUBJI], keep",
            f"{AE}:19:16 deduplicate: the rows have no column SUBJI here. Did you mean SUBJ?",
        ),
        (
            "of: RESULT}",
            "of: RESULTS}",
            f"{AE}:21:5 summarize: the rows have no column RESULTS here. Did you mean RESULT?",
        ),
        (
            "keep: not missing(LAST)",
            "keep: not missing(TERM)",
            f"{AE}:4:3 rows.keep: the rows have no column TERM here. Known are LAST, SUBJ, TEST",
        ),
        (
            "AETERM: {copy: LAST}",
            "AETERM: {copy: WORD}",
            f"{AE}:26:3 AETERM: WORD is no column of the rows and no variable of AE",
        ),
    ],
)
def test_a_row_step_sees_what_the_steps_before_it_leave(folder, old, new, message):
    folder.write(AE, ROWS)
    (folder.root / ADAE).unlink()
    folder.change(AE, old, new)
    assert folder.errors() == [message]
