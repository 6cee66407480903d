"""The data cut: every clause of it, by person and by day, and that it is as if never collected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc.build import Inputs, build, of_subjects, partitions, read_inputs
from cdisc.build.cut import cut_sources, read_cuts
from cdisc.errors import CdiscError, Problems
from cdisc.spec import StudySpec, read_study
from cdisc.spec.check import check_study
from tests.folders import Folder

from .made_up import source_table

HEAD = """\
study: {id: S1}
created: 2025-01-31T12:00:00
standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}
data: {raw: raw}
"""
SOURCES = """\
sources:
  ae:
    file: ae.csv
    subject: SUBJ
    date:
      column: START
      formats: [DD-MON-YYYY]
      ends: {END: {ONGO: "1", OUT: "3", CRIT: {without: "1"}}}
  img: {file: img.csv, subject: SUBJ, date: {column: DAY, formats: [YYYY-MM-DD]}}
  tl: {file: tl.csv, subject: SUBJ, date: {follows: img, match: [SUBJ, SCAN], expected: no}}
  lab:
    file: lab.csv
    subject: SUBJ
    date: {column: UTC, formats: ["YYYY-MM-DDTHH:MMZ"], to_offset: "+08:00"}
  codes: {file: codes.csv}
  cutoffs: {file: cutoffs.csv, subject: SUBJ, date: none}
"""
SPEC = """\
dataset: AE
keys: [STUDYID, USUBJID, AETERM, AESTDTC]
rows: ae
lookups: {code: {from: codes, match: {TERM: TERM}, take: one, if_none: missing}}
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  AESEQ: {sequence: {by: USUBJID}}
  AETERM: {copy: TERM}
  AEDECOD: {copy: TERM, origin: assigned}
  AESTDTC: {iso8601: {date: START, formats: [DD-MON-YYYY]}}
  AEENDTC: {iso8601: {date: END, formats: [DD-MON-YYYY]}}
  AEENRTPT: {choose: {cases: [{when: ONGO == "1", text: ONGOING}]}}
"""
MH = """\
dataset: MH
keys: [STUDYID, USUBJID, MHTERM]
rows: {stack: [{from: tl}, {from: lab}, {from: img}, {from: cutoffs}]}
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  MHSEQ: {sequence: {by: USUBJID}}
  MHTERM: {first_present: [SCAN, UTC]}
"""
FILES = {
    "ae": "SUBJ,TERM,START,END,ONGO,OUT,CRIT\n",
    "img": "SUBJ,SCAN,DAY\n",
    "tl": "SUBJ,SCAN,LESION\n",
    "lab": "SUBJ,UTC\n",
    "codes": "TERM\n",
    "cutoffs": "SUBJ,CUTDAT\n",
}
ONE = "cut: {date: 2024-03-31}\n"
EACH = "cut: {table: cutoffs, person: SUBJ, date: CUTDAT}\n"


@pytest.fixture
def study_of(tmp_path: Path) -> Callable[..., StudySpec]:
    """Writes the study with a cut and rows of raw files, and reads it."""

    def write(cut: str = ONE, sources: str = SOURCES, spec: str = SPEC, **rows: str) -> StudySpec:
        files = {"study.yaml": HEAD + cut + sources, "mappings/sdtm/ae.yaml": spec}
        files["mappings/sdtm/mh.yaml"] = MH
        for name, header in FILES.items():
            files[f"raw/{name}.csv"] = header + rows.get(name, "")
        return read_study(Folder(tmp_path, files).root)

    return write


def left(inputs: Inputs, name: str) -> list[int]:
    """The data rows of a file that are still there."""
    return inputs.tables[name].row_of.tolist()


def told(inputs: Inputs, name: str = "ae") -> list[str]:
    return [
        f"{note.rule} {note.severity}: {note.message} ({note.count})"
        for note in inputs.notes
        if note.dataset == name
    ]


def listed(inputs: Inputs, name: str) -> list[list[str]]:
    frame = inputs.cut[name].astype(object).where(inputs.cut[name].notna(), "")
    return [[str(cell) for cell in row] for row in frame.to_numpy().tolist()]


# ---- the start of a record ---------------------------------------------------------------


def test_a_record_that_starts_after_the_cut_is_left_out_and_listed(study_of) -> None:
    rows = "1,a,31-MAR-2024,,0,1,\n1,b,01-APR-2024,,0,1,\n2,c,30-MAR-2024,,0,1,\n"
    inputs = read_inputs(study_of(ae=rows))
    assert left(inputs, "ae") == [1, 3]
    assert told(inputs) == [
        "cut.removed info: START is after the data cut: the record is left out (1)"
    ]
    note = next(note for note in inputs.notes if note.dataset == "ae")
    assert [(place.file, place.row) for place in note.occurrences] == [("ae.csv", 2)]
    assert str(note.at) == "study.yaml:11:7"
    assert listed(inputs, "ae") == [
        ["ae.csv", "2", "1", "removed", "START", "01-APR-2024", "", "2024-03-31"]
    ]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("UN-MAR-2024", True),
        ("UN-APR-2024", False),
        ("UN-UNK-2024", True),
        ("15-UNK-2024", True),
        ("UN-UNK-2025", False),
    ],
)
def test_a_partial_date_counts_as_the_earliest_day_it_can_be(study_of, text, kept) -> None:
    inputs = read_inputs(study_of(ae=f"1,a,{text},,0,1,\n"))
    assert left(inputs, "ae") == ([1] if kept else [])
    assert all("no_date" not in line for line in told(inputs))


def test_a_record_without_a_date_is_kept_and_told(study_of) -> None:
    rows = "1,a,,,0,1,\n1,b,UN-UNK-UNK,,0,1,\n1,c,31-FEB-2025,,0,1,\n1,d,x,,0,1,\n"
    inputs = read_inputs(study_of(ae=rows))
    assert left(inputs, "ae") == [1, 2, 3, 4]
    assert told(inputs) == [
        *(
            f"cut.unreadable warning: START '{text}' cannot be read as a date: the record is kept"
            " (1)"
            for text in ("31-FEB-2025", "x")
        ),
        "cut.no_date warning: START tells no date: the record is kept whatever the data cut (2)",
    ]
    assert inputs.cut == {}


@pytest.mark.parametrize(
    ("utc", "kept"),
    [
        ("2024-03-31T15:59Z", True),
        ("2024-03-31T16:00Z", False),  # 00:00 of the next day where the study is
        ("2024-04-01T00:00Z", False),
        ("2024-03-31", True),
        ("2024-03-31T22Z", True),  # the hour alone cannot be moved: the day as written
    ],
)
def test_a_time_is_cut_by_its_day_where_the_study_is(study_of, utc, kept) -> None:
    inputs = read_inputs(study_of(lab=f"1,{utc}\n"))
    assert left(inputs, "lab") == ([1] if kept else [])


def test_a_record_may_be_dated_by_that_of_another_source(study_of) -> None:
    img = "1,A,2024-03-01\n1,B,2024-04-01\n2,B,2024-03-01\n1,C,2024-04-02\n1,C,2024-03-02\n"
    img += "1,D,\n"
    tl = "1,A,x\n1,B,x\n2,B,x\n1,C,x\n1,D,x\n1,E,x\n,A,x\n"
    inputs = read_inputs(study_of(img=img, tl=tl))
    assert left(inputs, "img") == [1, 3, 5, 6]
    assert left(inputs, "tl") == [1, 3, 4, 5, 6, 7]
    assert told(inputs, "tl") == [
        "cut.removed info: img of SUBJ, SCAN is after the data cut: the record is left out (1)",
        (
            "cut.no_date info: img of SUBJ, SCAN tells no date: the record is kept whatever the "
            "data cut (3)"
        ),
    ]
    assert listed(inputs, "tl") == [
        ["tl.csv", "2", "1", "removed", "SUBJ, SCAN", "2024-04-01", "", "2024-03-31"]
    ]


def test_a_source_may_follow_one_that_follows_another(study_of) -> None:
    more = "  ntl: {file: tl.csv, subject: SUBJ, date: {follows: tl, match: [SUBJ, LESION]}}\n"
    study = study_of(
        sources=SOURCES + more,
        img="1,A,2024-04-01\n",
        tl="1,A,x\n",
        spec=SPEC.replace("rows: ae", "rows: {stack: [{from: ae}, {from: ntl}]}"),
    )
    inputs = read_inputs(study)
    assert (left(inputs, "img"), left(inputs, "tl"), left(inputs, "ntl")) == ([], [], [])


def test_the_source_that_dates_others_is_read_though_no_spec_reads_it(study_of) -> None:
    study = study_of(img="1,A,2024-04-01\n", tl="1,A,x\n")
    mh = study.datasets["MH"]
    rows = replace(mh.rows, stack=mh.rows.stack[:2])
    study = replace(study, datasets={**study.datasets, "MH": replace(mh, rows=rows)})
    assert left(read_inputs(study), "tl") == []


# ---- the end of a record -------------------------------------------------------------------


def test_an_end_after_the_cut_is_blank_and_what_was_true_stands_beside_it(study_of) -> None:
    rows = (
        "1,a,01-MAR-2024,01-APR-2024,0,5,1;2\n"
        "1,b,01-MAR-2024,31-MAR-2024,0,5,1\n"
        "1,c,01-MAR-2024,UN-APR-2024,1,3,1\n"
        "1,d,01-APR-2024,05-APR-2024,0,1,\n"
        "1,e,01-MAR-2024,UN-MAR-2024,0,1,\n"
    )
    inputs = read_inputs(study_of(ae=rows))
    frame = inputs.tables["ae"].frame
    assert frame[["TERM", "END", "ONGO", "OUT", "CRIT"]].fillna("").to_numpy().tolist() == [
        ["a", "", "1", "3", "2"],
        ["b", "31-MAR-2024", "0", "5", "1"],
        ["c", "", "1", "3", ""],
        ["e", "UN-MAR-2024", "0", "1", ""],
    ]
    assert told(inputs) == [
        "cut.removed info: START is after the data cut: the record is left out (1)",
        (
            "cut.blanked info: END is after the data cut: it is blank, ONGO is 1, OUT is 3, "
            "CRIT is without 1 (2)"
        ),
    ]
    # what stays as it was is not in the list
    assert listed(inputs, "ae") == [
        ["ae.csv", "1", "1", "changed", "END", "01-APR-2024", "", "2024-03-31"],
        ["ae.csv", "1", "1", "changed", "ONGO", "0", "1", "2024-03-31"],
        ["ae.csv", "1", "1", "changed", "OUT", "5", "3", "2024-03-31"],
        ["ae.csv", "1", "1", "changed", "CRIT", "1;2", "2", "2024-03-31"],
        ["ae.csv", "3", "1", "changed", "END", "UN-APR-2024", "", "2024-03-31"],
        ["ae.csv", "3", "1", "changed", "CRIT", "1", "", "2024-03-31"],
        ["ae.csv", "4", "1", "removed", "START", "01-APR-2024", "", "2024-03-31"],
    ]


# ---- a cut for each person ---------------------------------------------------------------


def test_each_person_may_have_a_cut_and_who_has_none_is_left_out(study_of) -> None:
    rows = "1,a,01-MAR-2024,,0,1,\n2,b,01-MAR-2024,,0,1,\n3,c,01-MAR-2024,,0,1,\n"
    rows += "3,d,,,0,1,\n,e,01-MAR-2024,,0,1,\n4,f,01-MAR-2024,,0,1,\n5,g,01-MAR-2024,,0,1,\n"
    cutoffs = "1,2024-03-01\n2,2024-02-29\n4,2024-03\n5,2024-03-01\n5,2024-03-02\n5,2024-03-01\n"
    study = study_of(EACH, ae=rows, cutoffs=cutoffs, lab="3,2024-01-01T00:00Z\n")
    inputs = read_inputs(study)
    assert left(inputs, "ae") == [1]
    assert left(inputs, "lab") == []
    assert sorted(f"{note.rule} {note.message} {note.count}" for note in inputs.notes) == [
        "cut.no_cut '3' has no data cut: the person's records are left out 1",
        "cut.no_cut '3' has no data cut: the person's records are left out 2",
        "cut.no_cut '4' has no data cut: the person's records are left out 1",
        "cut.no_cut '4' has no data cut: the person's records are left out 1",
        "cut.no_cut '5' has no data cut: the person's records are left out 1",
        "cut.no_cut '5' has no data cut: the person's records are left out 3",
        "cut.no_cut blank has no data cut: the person's records are left out 1",
        "cut.no_day CUTDAT '2024-03' is no day: it is no cut for the person 1",
        "cut.removed START is after the data cut: the record is left out 1",
        "cut.several_days '5' has more than one data cut: none of them counts 3",
        "source_no_rows the source has columns but no rows 1",
        "source_no_rows the source has columns but no rows 1",
        "source_no_rows the source has columns but no rows 1",
    ]
    assert [row[1:6] for row in listed(inputs, "ae")] == [
        ["2", "2", "removed", "START", "01-MAR-2024"],
        ["3", "3", "removed", "SUBJ", "3"],
        ["4", "3", "removed", "SUBJ", "3"],
        ["5", "", "removed", "SUBJ", ""],
        ["6", "4", "removed", "SUBJ", "4"],
        ["7", "5", "removed", "SUBJ", "5"],
    ]
    # said once of a person, however many sources the person is in
    assert [f.count for f in build(study, inputs).findings if f.value == "3"] == [3]


CUT_READ = SPEC.replace(
    'AEENRTPT: {choose: {cases: [{when: ONGO == "1", text: ONGOING}]}}',
    'AEENTPT: {choose: {cases: [{when: ONGO == "1", value: study.CUT}]}}',
)


def test_a_spec_may_name_the_cut(study_of) -> None:
    spec = CUT_READ.replace(
        "rows: ae", "rows: {from: ae, where: START != study.CUT, set: {C: {copy: study.CUT}}}"
    ).replace("AETERM: {copy: TERM}", "AETERM: {copy: C}")
    study = study_of(spec=spec, ae="1,a,01-MAR-2024,,1,1,\n2,b,01-MAR-2024,,0,1,\n")
    check_study(study).raise_errors()
    built = build(study, read_inputs(study)).datasets["AE"]
    assert built.frame["AETERM"].tolist() == ["2024-03-31", "2024-03-31"]
    assert built.frame["AEENTPT"].fillna("").tolist() == ["2024-03-31", ""]
    method = built.variable("AEENTPT").method
    assert "study.CUT: The day of the data cut." in method


def test_the_cut_that_a_spec_names_is_the_persons(study_of) -> None:
    rows = "1,a,01-MAR-2024,,1,1,\n2,b,01-MAR-2024,,1,1,\n2,c,02-MAR-2024,,0,1,\n"
    study = study_of(EACH, spec=CUT_READ, ae=rows, cutoffs="1,2024-05-01\n2,2024-06-01\n")
    whole = read_inputs(study)
    for inputs in (whole, next(partitions(study, whole, 2))):
        frame = build(study, inputs).datasets["AE"].frame
        assert frame["AEENTPT"].fillna("").tolist() == ["2024-05-01", "2024-06-01", ""]


# ---- slips -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("date: 2024-03-31", "date: 31.03.2024", "the data cut cannot be '31.03.2024'"),
        ("date: 2024-03-31", "date: 2024-02-30", "the data cut cannot be '2024-02-30'"),
        ("date: 2024-03-31", "date: 2024-W13-7", "the data cut cannot be '2024-W13-7'"),
        ("{date: 2024-03-31}", "{table: cutoffs, date: X}", "cut needs person"),
        ("{date: 2024-03-31}", "{date: 2024-03-31, person: X}", "person is not known here"),
        (
            "{date: 2024-03-31}",
            "{table: cutofs, date: X, person: Y}",
            "cutofs is no source or table of this study. Did you mean cutoffs?",
        ),
        ("date: none", "date: never", "date must be a mapping of `name: value`, or the word none"),
        ("[YYYY-MM-DD]", "[YYYY-XX]", "date format 'YYYY-XX': 'XX' is not part of a date"),
        ('"+08:00"', "8", "'8' is not a UTC offset"),
        ("follows: img", "folows: img", "folows is not known here. Did you mean follows?"),
        ("follows: img", "follows: imgs", "imgs is no source of this study. Did you mean img?"),
        ("follows: img", "follows: cutoffs", "tl follows cutoffs, which has no date"),
        ("[SUBJ, SCAN]", "[SCAN]", "tl follows img of any person: the match lacks SUBJ"),
        ("follows: img", "follows: tl", "tl follows tl: none of them has a date"),
        (
            "codes.csv}",
            "codes.csv, date: {column: A, formats: [YYYY]}}",
            "codes has a date but no subject: the data cut goes by person",
        ),
        (", date: none", "", "cutoffs says no date: the data cut leaves its records as they are"),
        ("column: DAY, ", "", "date needs column"),
        ("ends: {END: {ONGO", "ends: {END: {ONGO: {wihtout: 1}, X", "wihtout is not known here"),
    ],
)
def test_slips_are_told_before_any_data_is_read(study_of, old, new, said) -> None:
    text = ONE + SOURCES
    assert text.count(old) == 1
    changed = text.replace(old, new)
    try:
        checked = check_study(study_of(cut="", sources=changed))
        messages = [str(error) for error in (*checked.errors, *checked.warnings)]
    except Problems as problems:
        messages = [str(error) for error in problems.errors]
    except CdiscError as error:
        messages = [str(error)]
    ours = [message for message in messages if message.startswith("study.yaml:")]
    assert any(said in message for message in ours), messages


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("column: DAY", "column: DAT", "img has no column DAT. Did you mean DAY?"),
        ("OUT: ", "OUTC: ", "ae has no column OUTC. Did you mean OUT?"),
        ("match: [SUBJ, SCAN]", "match: {SUBJ: SUBJ, S: SCAN}", "img has no column S. "),
    ],
)
def test_a_column_that_is_not_in_the_file_is_told(study_of, old, new, said) -> None:
    assert SOURCES.count(old) == 1
    with pytest.raises(CdiscError) as caught:
        read_inputs(study_of(sources=SOURCES.replace(old, new), tl="1,A,x\n"))
    assert said in str(caught.value)


def test_columns_that_study_yaml_lists_are_checked_without_data(study_of) -> None:
    sources = SOURCES.replace("img.csv,", "img.csv, columns: [SUBJ, SCAN, DAT],")
    (error,) = check_study(study_of(sources=sources)).errors
    assert str(error) == "study.yaml:14:73: img has no column DAY. Did you mean DAT?"


def test_a_cut_that_a_spec_names_must_be_declared(study_of) -> None:
    (error,) = check_study(study_of(cut="", spec=CUT_READ)).errors
    assert "study.CUT is not known: study.yaml declares no cut" in str(error)
    spec = CUT_READ.replace("study.CUT", "study.CUTT")
    (error,) = check_study(study_of(spec=spec)).errors
    assert "the study has no CUTT. Did you mean CUT?" in str(error)


def test_without_a_cut_nothing_is_cut(study_of) -> None:
    inputs = read_inputs(study_of(cut="", ae="1,a,01-APR-2099,02-APR-2099,0,1,\n"))
    assert left(inputs, "ae") == [1]
    assert inputs.cut == {}


# ---- as if never collected -----------------------------------------------------------------

MONTHS = ("JAN", "FEB", "MAR", "APR")
SUBJECTS = ("1", "2", "3")
STARTS = ("01-FEB-2024", "31-MAR-2024", "01-APR-2024", "UN-APR-2024", "UN-UNK-2024", None)
AES = st.tuples(
    st.sampled_from((*SUBJECTS, None)),
    st.sampled_from(("a", "b", "c")),
    st.sampled_from(STARTS),
    st.sampled_from((*STARTS, "02-APR-2024")),
    st.sampled_from(("0", "1", None)),
    st.sampled_from(("1", "5")),
    st.sampled_from((None, "1", "2;1")),
)
COLUMNS = {name: tuple(text.strip().split(",")) for name, text in FILES.items()}
DAYS = ("2024-02-01", "2024-03-31", "2024-04-01", None)
several = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def earliest(text: str | None) -> str:
    """The earliest day of a date as an ISO text that sorts; the plain reading, apart from ours."""
    if text is None:
        return ""
    day, month, year = text.split("-")
    number = MONTHS.index(month) + 1 if month != "UNK" else 1
    return f"{year}-{number:02d}-{day if day != 'UN' else '01'}"


def as_collected(rows: list[tuple], cut: str) -> list[tuple]:
    """What the form would have held on the day of the cut."""
    kept = []
    for subject, term, start, end, ongoing, outcome, criteria in rows:
        if earliest(start) > cut:
            continue
        row = [subject, term, start, end, ongoing, outcome, criteria]
        if earliest(end) > cut:
            left = [code for code in (criteria or "").split(";") if code != "1"]
            row[3:] = [None, "1", "3", ";".join(left) or None]
        kept.append(tuple(row))
    return kept


def inputs_with(ae: list[tuple], img: list[tuple], tl: list[tuple]) -> Inputs:
    cells = {"ae": ae, "img": img, "tl": tl}
    return Inputs(
        {name: source_table(name, COLUMNS[name], cells.get(name, [])) for name in COLUMNS}
    )


def cut(study: StudySpec, whole: Inputs) -> Inputs:
    tables = dict(whole.tables)
    cuts, _ = read_cuts(study, tables)
    listed = cut_sources(study, tables, cuts)
    return replace(whole, tables=tables, cuts=cuts, cut=listed)


SCANS = st.lists(
    st.tuples(st.sampled_from(SUBJECTS), st.sampled_from("ABC"), st.sampled_from(DAYS)), max_size=6
)
LESIONS = st.lists(
    st.tuples(st.sampled_from(SUBJECTS), st.sampled_from("ABCD"), st.just("x")), max_size=6
)


@several
@given(ae=st.lists(AES, max_size=10), img=SCANS, tl=LESIONS)
def test_a_cut_build_is_the_build_of_what_was_there(study_of, ae, img, tl) -> None:
    study = study_of()
    day = "2024-03-31"
    scans: dict[tuple, list[str]] = {}
    for subject, scan, when in img:
        scans.setdefault((subject, scan), []).append(when or "9")
    first = {key: min(days) for key, days in scans.items()}
    kept = inputs_with(
        as_collected(ae, day),
        [row for row in img if (row[2] or "") <= day],
        [row for row in tl if not day < first.get(row[:2], "9") < "9"],
    )
    made, expected = build(study, cut(study, inputs_with(ae, img, tl))), build(study, kept)
    for name, dataset in expected.datasets.items():
        pd.testing.assert_frame_equal(made.datasets[name].frame, dataset.frame, obj=name)
    groups = [
        {finding.group: finding.count for finding in built.findings if "cut" not in finding.rule}
        for built in (made, expected)
    ]
    assert groups[0] == groups[1]


@several
@given(
    ae=st.lists(AES, max_size=10),
    img=SCANS,
    tl=LESIONS,
    part=st.sets(st.sampled_from(SUBJECTS)),
)
def test_what_is_cut_of_a_person_depends_on_that_person_only(study_of, ae, img, tl, part) -> None:
    study = study_of()
    whole = inputs_with(ae, img, tl)
    some = frozenset(part)
    first = of_subjects(study, cut(study, whole), some)
    other = cut(study, of_subjects(study, whole, some))
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(table.frame, other.tables[name].frame, obj=name)
        assert table.row_of.tolist() == other.tables[name].row_of.tolist()
