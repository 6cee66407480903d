"""Contracts of sources: kinds, codes, blanks, repeats; columns gone, renamed and new."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.build import Inputs, build, read_inputs
from cdisc.build.contracts import check_contract
from cdisc.errors import CdiscError, Problems
from cdisc.sources import SourceSpec
from cdisc.spec import StudySpec, read_study, schema
from cdisc.spec.read_contract import ColumnContract
from cdisc.spec.read_sources import COLLECTED, SourceDeclaration
from cdisc.spec.readers import readers
from tests.folders import Folder

from .made_up import source_table

HEAD = """\
study: {id: S1}
created: 2025-01-31T12:00:00
standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}
data: {raw: raw}
cut: {date: 2024-12-31}
sources:
  dm: {file: dm.csv, subject: SUBJ, columns: [SUBJ, SITE, NOTE], date: none}
  ae:
    file: ae.csv
    subject: SUBJ
    date: {column: START, formats: [YYYY-MM-DD]}
    columns:
      SUBJ: {required: yes}
      NO: {type: integer, required: yes}
      TERM:
      START: text
      DOSE: number
      SER: {codes: [0, 1]}
      LEFT: {codes: [A, B]}
    unique: [SUBJ, NO]
"""
AE = """\
dataset: AE
keys: [STUDYID, USUBJID, AETERM]
rows:
  from: ae
  where: not missing(NO)
  set: {WHEN: {copy: START}}
lookups: {who: {from: dm, match: {SUBJ: SUBJ}, take: one, if_none: missing}}
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  AESEQ: {sequence: {by: USUBJID}}
  AETERM: {copy: TERM}
  AEDECOD: {copy: TERM, origin: assigned}
  AESTDTC: {iso8601: {date: WHEN, formats: [YYYY-MM-DD]}}
  AESER: {codelist_term: {from: SER, list: NY}}
  AELOC: {copy: who.SITE}
  AETOXGR: {choose: {cases: [{when: number(DOSE) > 1, text: "1"}]}}
"""
COLUMNS = "SUBJ,NO,TERM,START,DOSE,SER,LEFT\n"
GOOD = "1,1,a,2024-01-01,1.5,0,A\n1,2,b,2024-01-02,,1,\n2,1,a,2024-01-01,-3e2,,B\n"


@pytest.fixture
def study_of(tmp_path: Path) -> Callable[..., StudySpec]:
    """Writes the study with raw files and reads it."""

    def write(ae: str = COLUMNS + GOOD, dm: str = "SUBJ,SITE,NOTE\n1,x,\n") -> StudySpec:
        files = {
            "study.yaml": HEAD,
            "mappings/sdtm/ae.yaml": AE,
            "raw/ae.csv": ae,
            "raw/dm.csv": dm,
        }
        return read_study(Folder(tmp_path, files).root)

    return write


def told(inputs: Inputs) -> list[str]:
    return [f"{note.rule} {note.severity} {note}" for note in inputs.notes]


def test_a_file_that_keeps_its_contract_has_nothing_to_say(study_of) -> None:
    assert read_inputs(study_of()).notes == []


def test_what_breaks_the_contract_is_told_by_value_with_its_places(study_of) -> None:
    rows = GOOD + ",3,a,,1,0,A\n3,x,a,,1.2.3,2,a\n3,y,a,,2,2,\n3,,a,,3,,\n1,1,z,,4,,\n 1,1,z,,4,,\n"
    study = study_of(COLUMNS + rows)
    inputs = read_inputs(study)
    at = "study.yaml:8:3 ae"
    assert [line for line in told(inputs) if "cut." not in line] == [
        f"source.required error {at}: SUBJ is blank (1 row, ae.csv row 4)",
        f"source.required error {at}: NO is blank (1 row, ae.csv row 7)",
        f"source.type error {at}: NO 'x' is not a whole number (1 row, ae.csv row 5)",
        f"source.type error {at}: NO 'y' is not a whole number (1 row, ae.csv row 6)",
        f"source.type error {at}: DOSE '1.2.3' is not a number (1 row, ae.csv row 5)",
        (
            f"source.code error {at}: SER '2' is none of its codes (2 rows, first ae.csv row 5). "
            "They are 0, 1"
        ),
        (
            f"source.code error {at}: LEFT 'a' is none of its codes (1 row, ae.csv row 5). "
            "Did you mean A?"
        ),
        (
            f"source.unique error {at}: several records have SUBJ, NO '1 | 1' "
            "(2 rows, first ae.csv row 1)"
        ),
    ]
    assert {note.dataset for note in inputs.notes} == {"ae"}
    # nothing is taken away: the datasets have every record
    assert len(build(study, inputs).datasets["AE"].frame) == 8


def test_a_column_that_is_wrong_throughout_has_a_finding_for_each_of_1000_values(study_of) -> None:
    rows = "".join(f"{n},1,a,2024-01-01,x{n:04},,\n" * 2 for n in reversed(range(1005)))
    notes = read_inputs(study_of(COLUMNS + rows)).notes
    wrong = [note for note in notes if note.rule == "source.type"]
    assert len(wrong) == 1001
    (others,) = [note for note in wrong if note.value is None]
    assert {note.value for note in wrong} - {None} == {f"x{n:04}" for n in range(1000)}
    assert others.message == "more than 1,000 values of DOSE fail this check; these are the others"
    assert (others.count, others.occurrences[0].row) == (10, 1)


def test_a_key_that_is_none_is_one_finding(study_of) -> None:
    rows = "".join(f"{n},1,a,2024-01-01,,,\n" * 2 for n in range(1002))
    (note,) = read_inputs(study_of(COLUMNS + rows)).notes
    assert note.message == "1,002 values of SUBJ, NO stand on several records"
    assert note.count == 2004


# ---- columns that are gone, renamed or new -------------------------------------------------


@pytest.mark.parametrize(
    ("column", "read_by"),
    [
        ("SUBJ", "subject in study.yaml, AE.USUBJID, AE lookup who read"),
        ("NO", "AE rows reads"),
        ("TERM", "AE.AETERM, AE.AEDECOD read"),
        ("START", "date in study.yaml, AE rows read"),
        ("DOSE", "AE.AETOXGR reads"),
        ("SER", "AE.AESER reads"),
    ],
)
def test_a_column_that_is_gone_and_read_stops_everything(study_of, column, read_by) -> None:
    names = COLUMNS.strip().split(",")
    place = names.index(column)
    lines = [line.split(",") for line in (COLUMNS + GOOD).splitlines()]
    left = [",".join(cells[:place] + cells[place + 1 :]) for cells in lines]
    with pytest.raises(CdiscError) as caught:
        read_inputs(study_of("\n".join([*left, ""])))
    names.remove(column)
    assert caught.value.exit_code == 3
    assert str(caught.value) == (
        f"ae.csv column {column}: source ae has no column {column}, which {read_by}. "
        f"The file has {', '.join(names)}"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("START", "STARTDT"),  # a near name
        ("DOSE", "AMOUNT"),  # the same neighbours
        ("LEFT", "X"),  # the one that is left over
    ],
)
def test_the_likely_new_name_of_a_column_is_told(study_of, old, new) -> None:
    study = study_of(COLUMNS.replace(old, new) + GOOD)
    hint = f"{new}, which is not declared, may be it: declare it, or ask for {old}"
    if old == "LEFT":
        notes = read_inputs(study).notes
        assert [note.rule for note in notes] == ["source.column_missing", "source.column_new"]
        assert notes[0].hint == hint
        return
    with pytest.raises(CdiscError) as caught:
        read_inputs(study)
    assert caught.value.hint == hint


def test_all_columns_that_are_gone_are_told_at_once(study_of) -> None:
    with pytest.raises(Problems) as caught:
        read_inputs(study_of("SUBJ,NO\n1,1\n"))
    assert [error.at.name for error in caught.value.errors] == [
        f"column {name}" for name in ("DOSE", "SER", "START", "TERM")
    ]
    assert caught.value.exit_code == 3


def test_a_column_of_a_lookup_is_told_by_its_reader(study_of) -> None:
    with pytest.raises(CdiscError, match=r"source dm has no column SITE, which AE.AELOC reads"):
        read_inputs(study_of(dm="SUBJ,NOTE\n1,\n"))


def test_a_column_that_nobody_reads_is_a_finding_for_the_gate(study_of) -> None:
    notes = told(read_inputs(study_of(dm="SUBJ,SITE,AGE,WHY\n1,x,,\n")))
    assert notes == [
        (
            "source.column_missing error study.yaml:7:3 dm: there is no column NOTE; no spec reads "
            "it (1 row). The file has SUBJ, SITE, AGE, WHY"
        ),
        (
            "source.column_new info study.yaml:7:3 dm: dm.csv has a column AGE, which study.yaml "
            "does not declare (1 row)"
        ),
        (
            "source.column_new info study.yaml:7:3 dm: dm.csv has a column WHY, which study.yaml "
            "does not declare (1 row)"
        ),
    ]


def test_a_wrong_delimiter_is_still_told(study_of) -> None:
    with pytest.raises(CdiscError, match="declare delimiter: ';'"):
        read_inputs(study_of(dm="SUBJ;SITE;NOTE\n1;x;\n"))


def test_readers_are_all_that_would_break(study_of) -> None:
    study = study_of()
    assert readers(study, "ae", "LEFT") == ()
    assert readers(study, "dm", "SUBJ") == ("subject in study.yaml", "AE lookup who")


# ---- study.yaml --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "fits"),
    [
        ("[A, B]", True),
        ("{A: , B: integer, C: {codes: [1], required: yes}, D: {type: number}}", True),
        ("{A: int}", False),
        ("{A: {codes: []}}", False),
        ("{A: {code: [1]}}", False),
        ("{A: {required: perhaps}}", False),
        ("{A: [integer]}", False),
    ],
)
def test_the_schema_and_the_reader_agree_on_columns(tmp_path, columns, fits) -> None:
    text = HEAD[: HEAD.index("sources:")] + f"sources: {{ae: {{file: a, columns: {columns}}}}}\n"
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    path = tmp_path / "mappings" / "sdtm" / "ae.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(AE, encoding="utf-8")
    whole = yaml.safe_load(columns)
    columns_schema = schema.study_schema()["properties"]["sources"]["additionalProperties"]
    validator = jsonschema.Draft202012Validator(columns_schema["properties"]["columns"])
    assert validator.is_valid(whole) is fits
    with nullcontext() if fits else pytest.raises(CdiscError):
        read_study(tmp_path)


def test_unique_names_declared_columns(study_of, tmp_path) -> None:
    study_of()
    text = HEAD.replace("unique: [SUBJ, NO]", "unique: [SUBJ, NUM]")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CdiscError, match="unique names NUM, which is not among columns"):
        read_study(tmp_path)


# ---- the plain reading -----------------------------------------------------------------------

CELLS = st.sampled_from((None, " ", "1", "2", "01", "1.0", "x", "-3", "1e5", "+7", "٣"))


@settings(max_examples=150)
@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=10))
def test_every_broken_cell_is_told_once_and_no_other(rows) -> None:
    contract = {
        "A": ColumnContract("integer", (), required=True),
        "B": ColumnContract("text", ("1", "x")),
    }
    source = SourceDeclaration(
        SourceSpec(name="s", file="s.csv"), "raw", "", COLLECTED, contract=contract,
        unique=("A", "B"),
    )  # fmt: skip
    expected: set[tuple[str, int]] = set()
    for number, (a, b) in enumerate(rows, 1):
        blank = a is None or not a.strip()
        if blank:
            expected.add(("source.required", number))
        elif not (a.lstrip("+-").isascii() and a.lstrip("+-").isdigit()):
            expected.add(("source.type", number))
        if b is not None and b.strip() and b not in ("1", "x"):
            expected.add(("source.code", number))
        if not blank and b is not None and b.strip() and rows.count((a, b)) > 1:
            expected.add(("source.unique", number))
    found = check_contract(source, source_table("s", ("A", "B"), rows))
    places = [(note.rule, place.row) for note in found for place in note.occurrences]
    assert len(places) == len(set(places))
    assert set(places) == expected
    assert sum(note.count for note in found) == len(places)
