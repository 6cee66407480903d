"""History, other treatment and biopsies: coherent with the subject, and as dirty as marked."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from cdisc.simulate.catalogues import (
    DRUG_DICTIONARY,
    PROCEDURE_DICTIONARY,
    UNCODED_DRUG,
)
from cdisc.simulate.dates import DATA_CUT
from cdisc.simulate.sheets import COLUMNS, Sheets
from cdisc.simulate.study import people, raw_subject
from cdisc.simulate.subjects import Person
from cdisc.simulate.terms import DICTIONARY, UNCODED

Row = dict[str, str]
FILES = ("mh.csv", "cadx.csv", "priortx.csv", "cm.csv", "biopsy.csv")
SYSTEMIC = "1"
FOR_EVENT, NEW_ANTICANCER = "1", "9"


@pytest.fixture(scope="module")
def subjects() -> list[tuple[Person, Sheets]]:
    """The persons of 120 subjects of another seed with all that was written for them."""
    return [(person, raw_subject(person)) for person in people(120, 77)]


def rows(sheets: Sheets, name: str) -> list[Row]:
    return [dict(zip(COLUMNS[name], row, strict=True)) for row in sheets.tables[name]]


def day(text: str) -> date | None:
    """A complete date in the form's own format; None for anything else."""
    if re.fullmatch(r"\d\d-[A-Z]{3}-\d{4}", text) is None:
        return None
    return datetime.strptime(text, "%d-%b-%Y").date()


def test_everybody_has_one_diagnosis_and_some_history(
    subjects: list[tuple[Person, Sheets]],
) -> None:
    for person, sheets in subjects:
        assert len(sheets.tables["cadx.csv"]) == 1
        assert sheets.tables["mh.csv"], person.subject


def test_the_eligible_had_two_lines_of_treatment_or_none_is_recommended(
    subjects: list[tuple[Person, Sheets]],
) -> None:
    for person, sheets in subjects:
        prior = rows(sheets, "priortx.csv")
        lines = {row["LINE"] for row in prior if row["TYPE"] == SYSTEMIC}
        assert len(lines) >= 2 or rows(sheets, "cadx.csv")[0]["NONCCN"] == "1", person.subject


def test_earlier_treatment_ended_more_than_four_weeks_before_enrolment(
    subjects: list[tuple[Person, Sheets]],
) -> None:
    seen = 0
    for person, sheets in subjects:
        for row in rows(sheets, "priortx.csv"):
            start, end = day(row["STDAT"]), day(row["ENDAT"])
            assert start is None or end is None or start <= end
            if end is not None and person.enrolled is not None:
                assert (date.fromordinal(person.enrolled) - end).days > 28, person.subject
                seen += 1
    assert seen > 100


def test_a_drug_for_an_event_names_it_and_is_given_while_it_lasts(
    subjects: list[tuple[Person, Sheets]],
) -> None:
    seen = 0
    for _, sheets in subjects:
        events = {row["AENO"]: row for row in rows(sheets, "ae.csv")}
        for row in rows(sheets, "cm.csv"):
            assert (row["PURPOSE"] == FOR_EVENT) == bool(row["AENO"])
            if not row["AENO"]:
                continue
            event = events[row["AENO"]]
            start, end = day(row["STDAT"]), day(row["ENDAT"])
            began, ended = day(event["AESTDAT"]), day(event["AEENDAT"])
            assert start is None or began is None or began <= start
            assert end is None or ended is None or end <= ended
            seen += 1
    assert seen > 100


def test_new_treatment_of_the_tumor_begins_after_the_last_dose(
    subjects: list[tuple[Person, Sheets]],
) -> None:
    seen = 0
    for _, sheets in subjects:
        doses = [row["STDTM"][:10] for row in rows(sheets, "dose_msc.csv") if row["CELLGIVEN"]]
        doses += [row["DTM"][:10] for row in rows(sheets, "dose_reg.csv") if row["MG"]]
        for row in rows(sheets, "cm.csv"):
            if row["PURPOSE"] == NEW_ANTICANCER:
                last = max(datetime.strptime(text.strip(), "%Y/%m/%d").date() for text in doses)
                start = day(row["STDAT"])
                assert start is not None
                assert start > last
                seen += 1
    assert seen > 10


def test_nothing_begins_after_death(subjects: list[tuple[Person, Sheets]]) -> None:
    for _, sheets in subjects:
        for death in rows(sheets, "death.csv"):
            died = day(death["DTHDAT"])
            for row in rows(sheets, "cm.csv"):
                for column in ("STDAT", "ENDAT"):
                    when = day(row[column])
                    assert died is None or when is None or when <= died


def test_biopsies_are_taken_at_screening_or_some_days_after_an_infusion(
    subjects: list[tuple[Person, Sheets]],
) -> None:
    specimens = []
    for person, sheets in subjects:
        taken = rows(sheets, "biopsy.csv")
        specimens += [row["SPECID"] for row in taken]
        cells = [dose["STDTM"] for dose in rows(sheets, "dose_msc.csv")]
        infusions = {datetime.strptime(text[:10], "%Y/%m/%d").date() for text in cells}
        for row in taken:
            when = datetime.fromisoformat(row["BXDTM"].removesuffix("Z")).date()
            assert date.fromordinal(person.consent) < when
            if person.first is not None and when >= date.fromordinal(person.first):
                before = {when - timedelta(days=days) for days in range(5, 10)}
                assert before & infusions, person.subject
    assert len(specimens) == len(set(specimens)) > 60


def test_the_golden_subjects_write_english_and_in_one_format(
    subjects: list[tuple[Person, Sheets]],
) -> None:
    for _, sheets in subjects[:4]:
        for name in FILES:
            assert all(cell.isascii() for row in sheets.tables[name] for cell in row)
        dirty = {mark.case for mark in sheets.marks if mark.file in FILES}
        assert dirty <= {"D06", "D09"}


# ---- the dictionaries ------------------------------------------------------------------


def test_every_term_is_coded_in_its_dictionary_but_for_those_left_out_by_design(
    raw: dict[str, list[Row]],
) -> None:
    coded = {(row["DICT"], row["TERM"]) for row in raw["coding"]}
    wanted = {(DICTIONARY, row["MHTERM"]) for row in raw["mh"]}
    wanted |= {(DICTIONARY, row["HISTO"]) for row in raw["cadx"]}
    wanted |= {(DICTIONARY, row["AETERM"]) for row in raw["ae"]}
    for row in raw["priortx"]:
        named = DRUG_DICTIONARY if row["TYPE"] == SYSTEMIC else PROCEDURE_DICTIONARY
        wanted.add((named, row["TRT"]))
    for row in raw["cm"]:
        radio = "radiotherapy" in row["CMTRT"]
        wanted.add((PROCEDURE_DICTIONARY if radio else DRUG_DICTIONARY, row["CMTRT"]))
    full_width = {pair for pair in wanted if pair[1] != unicodedata.normalize("NFKC", pair[1])}
    assert wanted - coded - full_width == {(DRUG_DICTIONARY, UNCODED_DRUG), (DICTIONARY, UNCODED)}
    assert full_width


def test_a_verbatim_is_coded_once_and_a_code_has_one_name(raw: dict[str, list[Row]]) -> None:
    pairs = [(row["DICT"], row["TERM"]) for row in raw["coding"]]
    assert len(pairs) == len(set(pairs))
    for name, code in (("LLT", "LLTCD"), ("PT", "PTCD"), ("HLT", "HLTCD"), ("SOC", "SOCCD")):
        names = defaultdict(set)
        for row in raw["coding"]:
            if row[code]:
                names[row[code]].add((row["DICT"], row[name]))
        assert {key: found for key, found in names.items() if len(found) > 1} == {}


# ---- dirt ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def manifest(exports: Path) -> list[Row]:
    with (exports / "injected.csv").open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row["file"] in FILES]


CLEAN_SPELLING = {
    "DOSU": {"mg", "ug", "g", "mL", "IU", "Gy", "TABLET", "CAPSULE", ""},
    "FREQ": {"qd", "bid", "tid", "qn", "q12h", "prn", "once", ""},
    "ROUTE": {"po", "iv", "ivgtt", "im", "sc", ""},
}


def looks_dirty(mark: Row, row: Row, before: Row) -> bool:
    """Whether a cell shows what its case says."""
    case, column = mark["case"], mark["column"]
    value = row[column]
    if case in ("A24", "D20"):
        when = day(value)
        return when is not None and when.toordinal() > DATA_CUT
    if case == "D01":
        return re.fullmatch(r"UNK?-([A-Z]{3}|UNK)-\d{4}", value) is not None
    if case == "D02":
        return day(value) is None and re.fullmatch(r"\S*\d{4}\S*|\d{5}", value) is not None
    if case == "D03" and column == "CMNO":
        return row == before
    if case == "D03":
        return row["CMNO"] == before["CMNO"] and value != before[column]
    if case == "D05":
        return value == "001-0044"
    if case == "D04":
        return value.endswith("Z")
    if case == "D06":
        return re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) is None
    if case in ("D07", "D08") and column in CLEAN_SPELLING:
        return value not in CLEAN_SPELLING[column]
    if case == "D08":
        known = {"NONCCN": {"0", "1"}, "STAGE": {"III", "IIIB", "IIIC", "IV", "IVA", "IVB"}}
        return value not in known.get(column, set())
    if case == "D09":
        return value == "1" and row["MHENDAT"] == ""
    if case == "D28":
        return not value.isascii()
    return False


def test_every_marked_cell_is_dirty_as_the_manifest_says(
    manifest: list[Row], raw: dict[str, list[Row]]
) -> None:
    wrong = []
    for mark in manifest:
        table = raw[mark["file"].removesuffix(".csv")]
        place = int(mark["row"]) - 1
        if not looks_dirty(mark, table[place], table[place - 1]):
            wrong.append((mark, table[place]))
    assert wrong == []


def test_every_case_of_these_forms_is_there(manifest: list[Row]) -> None:
    found = {(row["case"], row["file"]) for row in manifest}
    assert found >= {
        ("D01", "mh.csv"), ("D01", "cadx.csv"), ("D01", "priortx.csv"), ("D01", "cm.csv"),
        ("D02", "cm.csv"), ("D03", "cm.csv"), ("D04", "biopsy.csv"), ("D06", "cm.csv"),
        ("D05", "mh.csv"),
        ("D07", "cm.csv"), ("D08", "cm.csv"), ("D08", "cadx.csv"), ("D08", "biopsy.csv"),
        ("D09", "mh.csv"), ("D28", "mh.csv"), ("D28", "cadx.csv"), ("D28", "priortx.csv"),
        ("D28", "cm.csv"),
    }  # fmt: skip


def test_cells_in_another_spelling_are_all_marked(
    manifest: list[Row], raw: dict[str, list[Row]]
) -> None:
    marked = {(int(mark["row"]), mark["column"]) for mark in manifest if mark["file"] == "cm.csv"}
    for number, row in enumerate(raw["cm"], start=1):
        for column, clean in CLEAN_SPELLING.items():
            assert row[column] in clean or (number, column) in marked, (number, column)
        for column in ("STDAT", "ENDAT"):
            plain = day(row[column]) is not None or not row[column]
            assert plain or (number, column) in marked, (number, column)
