"""The manifest of dirt points to cells that are as dirty as it says."""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import datetime
from pathlib import Path

import pytest

from .conftest import marked_row

Rows = list[dict[str, str]]

# Files that have tests of their own: test_history.py, test_central_lab.py.
ELSEWHERE = (
    "mh.csv", "cadx.csv", "priortx.csv", "cm.csv", "biopsy.csv",
    "clab_elisa.xlsx", "clab_flow.xlsx", "clab_qpcr.csv",
)  # fmt: skip

CASES = ("A24", *(f"D{number:02d}" for number in range(1, 29)))


@pytest.fixture(scope="module")
def everything(exports: Path) -> Rows:
    with (exports / "injected.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def manifest(everything: Rows) -> Rows:
    return [row for row in everything if row["file"] not in ELSEWHERE and row["column"] != "NEWTX"]


def day(text: str) -> datetime:
    return datetime.strptime(text, "%d-%b-%Y")


def looks_dirty(case: str, row: dict[str, str], value: str, before: dict[str, str]) -> bool:
    """Whether a cell shows what its case says; the rest of its row helps."""
    if case == "A24":
        return day(value) > datetime(2025, 6, 30)
    if case == "D01":
        return re.fullmatch(r"UNK?-([A-Z]{3}|UNK)-\d{4}|\d{4}-\d\d", value) is not None
    if case == "D02" and "VSDAT" in row:
        return re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
    if case == "D02":
        return re.fullmatch(r"\d{4}/\d{1,2}/\d{1,2} \d\d:\d\d", value) is not None and (
            re.fullmatch(r"\d{4}/\d\d/\d\d \d\d:\d\d", value) is None
        )
    if case == "D03":
        rest = [name for name in row if name != "RESULT"]
        return all(row[name] == before[name] for name in rest)
    if case == "D05":
        return value != "" and row["SUBJECT"] in ("001-0031", "001-0044")
    if case == "D06":
        return re.fullmatch(r"\d+(\.\d+)?", value) is None
    if case == "D07":
        return value in ("KU", "jin", "F", "")
    if case == "D08" and "INTERP" in row:
        return value not in ("1", "2", "3")
    if case == "D08" and "SCORE" in row:
        return value not in ("0", "1", "2", "3", "4", "5")
    if case == "D10":
        return value == "" and row["NDREASON"] != "" and row["UNSCH"] == "0"
    if case == "D11":
        return value == "1" and row["VISIT"].startswith("UNSCHEDULED") and row["VISDAT"] != ""
    if case == "D08":
        return value not in ("Asian", "0", "1", "2", "3", "9")
    if case == "D13":
        return value.startswith("T") and row["VISIT"] != "SCREENING"
    if case == "D14":
        return row["STATE"] in ("4", "5", "6") and value.startswith("T")
    if case in ("D15", "D16", "D12"):
        return value in {"D15": ("TSTM", "0"), "D16": ("ND",), "D12": ("UN-SEP-2024",)}[case]
    if case in ("D17", "D18", "D20"):
        return value == {"D17": "3", "D18": "1", "D20": "1"}[case]
    if case == "D19":
        if "MG" in row:
            return value != "" and row["MG"] == ""
        return row["CELLGIVEN"] == "" or row["INTERR"] == "1" or before["INTERR"] == "1"
    if case == "D23":
        return day(row["AEENDAT"]) < day(row["AESTDAT"])
    if case == "D26" and "RSPDAT" in row:
        return value == ""
    if case == "D28":
        return value != unicodedata.normalize("NFKC", value).strip() or value == "未做"
    return value != ""


def test_every_case_is_there(everything: Rows) -> None:
    assert tuple(sorted({row["case"] for row in everything})) == CASES


def test_every_marked_cell_is_dirty_as_the_manifest_says(
    manifest: Rows, raw: dict[str, Rows]
) -> None:
    wrong = []
    for mark in manifest:
        row = marked_row(raw, mark)
        before = marked_row(raw, mark, before=1)
        if not looks_dirty(mark["case"], row, row[mark["column"]], before):
            wrong.append((mark, row))
    assert not wrong


def test_one_duplicate_is_exact_and_one_is_not(manifest: Rows, raw: dict[str, Rows]) -> None:
    rows = raw["lab_local"]
    places = [int(mark["row"]) - 1 for mark in manifest if mark["case"] == "D03"]
    assert sorted(rows[place] == rows[place - 1] for place in places) == [False, True]


def test_a_duplicate_event_repeats_term_and_start(manifest: Rows, raw: dict[str, Rows]) -> None:
    mark = next(mark for mark in manifest if mark["case"] == "D24")
    twin = raw["ae"][int(mark["row"]) - 1]
    same = [
        row
        for row in raw["ae"]
        if all(row[name] == twin[name] for name in ("SUBJECT", "AETERM", "AESTDAT"))
    ]
    assert len(same) == 2


def test_an_event_before_the_first_dose_is_before_it(manifest: Rows, raw: dict[str, Rows]) -> None:
    mark = next(mark for mark in manifest if mark["case"] == "D22")
    row = raw["ae"][int(mark["row"]) - 1]
    doses = [dose["STDTM"] for dose in raw["dose_msc"] if dose["SUBJECT"] == row["SUBJECT"]]
    first = datetime.strptime(min(doses), "%Y/%m/%d %H:%M")
    assert day(row["AESTDAT"]) < first


def test_complete_dates_follow_the_one_format_of_their_file(
    manifest: Rows, raw: dict[str, Rows]
) -> None:
    marked = {(mark["file"], int(mark["row"]), mark["column"]) for mark in manifest}
    formats = {
        "ic": ("ICDAT", r"\d{4}-\d\d-\d\d"),
        "ie": ("IEDAT", r"\d{4}-\d\d-\d\d"),
        "enr": ("ENRDAT", r"\d{4}-\d\d-\d\d"),
        "co": ("CODAT", r"\d{4}-\d\d-\d\d"),
        "ae": ("AESTDAT AEENDAT", r"\d\d-[A-Z]{3}-\d{4}"),
        "aelog": ("CHGDAT", r"\d\d-[A-Z]{3}-\d{4}"),
        "dose_msc": ("STDTM ENDTM", r"\d{4}/\d\d/\d\d \d\d:\d\d"),
        "dose_reg": ("DTM", r"\d{4}/\d\d/\d\d \d\d:\d\d"),
        "ecg": ("EGDAT", r"\d\d-[A-Z]{3}-\d{4}"),
        "visit": ("VISDAT", r"\d\d-[A-Z]{3}-\d{4}"),
        "ecog": ("ECOGDAT", r"\d\d-[A-Z]{3}-\d{4}"),
        "img": ("SCANDAT", r"\d\d-[A-Z]{3}-\d{4}"),
        "resp": ("RSPDAT", r"\d\d-[A-Z]{3}-\d{4}"),
        "disp": ("DSDAT", r"(\d\d|UN)-[A-Z]{3}-\d{4}"),
        "surv": ("CONDAT", r"\d\d-[A-Z]{3}-\d{4}"),
        "lab_local": ("COLDTM", r"\d{4}-\d\d-\d\d \d\d:\d\d"),
    }
    for name, (columns, form) in formats.items():
        for number, row in enumerate(raw[name], start=1):
            for column in columns.split():
                file = "edc_odm.xml" if name in ("ic", "ie", "enr", "co") else f"{name}.csv"
                if row[column] and (file, number, column) not in marked:
                    assert re.fullmatch(form, row[column]), (name, number, column)


def test_golden_subjects_stay_clean_of_what_breaks_their_values(
    manifest: Rows, raw: dict[str, Rows]
) -> None:
    golden = {"001-0001", "001-0002", "001-0003", "001-0004"}
    breaking = {mark["case"] for mark in manifest if marked_row(raw, mark).get("SUBJECT") in golden}
    assert breaking <= {"D06", "D08", "D10", "D11", "D12", "D14", "D15", "D16", "D20", "D21"}


def test_the_laboratory_file_is_gb18030(exports: Path) -> None:
    data = (exports / "raw" / "lab_local.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    text = data.decode("gb18030")
    assert "血红蛋白" in text
    assert "\u00b5mol/L" in text
    assert "\u03bcmol/L" in text
