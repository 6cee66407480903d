"""The central laboratories' transfers: coherent with visits and doses, dirty where they say."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cdisc.simulate.central_lab import serial, utc
from cdisc.simulate.dates import day as ordinal
from cdisc.simulate.sheets import COLUMNS

Rows = list[dict[str, str]]
ELISA, FLOW, QPCR = "clab_elisa.xlsx", "clab_flow.xlsx", "clab_qpcr.csv"
CASES = {
    ELISA: {"D02", "D03", "D04", "D06", "D07", "D28"},
    FLOW: {"D02", "D06", "D07", "D28"},
    QPCR: {"D04", "D05", "D06", "D07"},
}


@pytest.fixture(scope="module")
def central(exports: Path, raw: dict[str, Rows]) -> dict[str, Rows]:
    """The rows of the three transfers as text; the workbooks read by another library."""
    found = {QPCR: raw["clab_qpcr"]}
    for name, header in ((ELISA, 1), (FLOW, 2)):
        sheet = load_workbook(exports / "raw" / name).worksheets[0]
        cells = list(sheet.iter_rows(min_row=header + 1, values_only=True))
        found[name] = [
            {c: "" if v is None else str(v) for c, v in zip(COLUMNS[name], row, strict=True)}
            for row in cells
        ]
    return found


@pytest.fixture(scope="module")
def marks(exports: Path) -> Rows:
    with (exports / "injected.csv").open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row["file"].startswith("clab_")]


def local(text: str) -> datetime:
    """A UTC text, or an Excel serial number, as local time."""
    if "Z" in text:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=8)
    return datetime(1899, 12, 30) + timedelta(minutes=round(float(text) * 1440))


def person(lab_id: str) -> str:
    return f"001-{int(lab_id.rpartition('_')[2]):04d}"


@pytest.fixture(scope="module")
def given(raw: dict[str, Rows]) -> dict[str, list[datetime]]:
    """The starts of the infusions that each subject was given."""
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for row in raw["dose_msc"]:
        if row["CELLGIVEN"]:
            start = datetime.strptime(row["STDTM"], "%Y/%m/%d %H:%M")
            known = found[row["SUBJECT"]].setdefault(row["INFNO"], start)
            found[row["SUBJECT"]][row["INFNO"]] = min(known, start)
    return {subject: sorted(starts.values()) for subject, starts in found.items()}


def test_a_local_time_before_eight_is_the_day_before_in_utc() -> None:
    assert utc(ordinal("2024-03-01"), 7 * 60 + 30) == "2024-02-29T23:30:00Z"
    assert utc(ordinal("2024-03-01"), 8 * 60) == "2024-03-01T00:00:00Z"
    assert local(utc(ordinal("2024-03-01"), 7 * 60 + 30)) == datetime(2024, 3, 1, 7, 30)


@pytest.mark.parametrize("minute", [0, 1, 481, 811, 1439])
def test_a_serial_number_tells_every_minute(minute: int) -> None:
    expected = datetime(2024, 3, 1) + timedelta(minutes=minute)
    assert local(serial(ordinal("2024-03-01"), minute)) == expected


def test_samples_are_taken_on_days_of_visits_that_were_held(
    central: dict[str, Rows], raw: dict[str, Rows], given: dict[str, list[datetime]]
) -> None:
    held = defaultdict(set)
    for row in raw["visit"]:
        if row["VISDAT"]:
            held[row["SUBJECT"]].add(datetime.strptime(row["VISDAT"], "%d-%b-%Y").date())
    screened = {row["SUBJECT"]: row["ICDAT"] for row in raw["ic"]}
    for name, column in ((ELISA, "COLUTC"), (FLOW, "COLLDATE"), (QPCR, "COLUTC")):
        for row in central[name]:
            if re.fullmatch(r"BT078_001_\d+", row["SUBJ"]) and "/" not in row[column]:
                taken, subject = local(row[column]).date(), person(row["SUBJ"])
                early = taken < min(given[subject]).date()
                consented = screened[subject] <= taken.isoformat()
                assert taken in held[subject] or (early and consented), row


def test_a_sample_before_an_infusion_is_before_it_and_the_others_after(
    central: dict[str, Rows], given: dict[str, list[datetime]]
) -> None:
    for row in central[ELISA]:
        if "Z" not in row["COLUTC"] or not row["TIMEPT"]:
            continue
        starts, taken = given[person(row["SUBJ"])], local(row["COLUTC"])
        if row["TIMEPT"] == "PRE":
            assert any(timedelta() < start - taken < timedelta(hours=2) for start in starts)
        else:
            last = max(start for start in starts if start <= taken)
            assert (taken.date() - last.date()).days == int(row["TIMEPT"][1:])


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_golden_kinetics_after_the_first_infusion(
    central: dict[str, Rows], given: dict[str, list[datetime]], number: int
) -> None:
    start = given[f"001-{number:04d}"][0]
    found = {}
    for row in central[QPCR]:
        hours = (local(row["COLUTC"]) - start).total_seconds() / 3600
        if row["SUBJ"] == f"BT078_001_{number}" and row["MATRIX"] == "blood" and -2 < hours <= 672:
            found[max(hours, 0)] = row["COPIES"]
            assert (row["LLOQ"], row["UNIT"]) == ("50", "copies/ug")
    assert found == {
        0: "BLQ", 24: "1200", 72: "800", 168: "300", 336: "90", 504: "BLQ", 672: "BLQ",
    }  # fmt: skip


def test_tumor_tissue_is_that_of_the_biopsies(
    central: dict[str, Rows], raw: dict[str, Rows]
) -> None:
    taken = {
        row["SPECID"]: local(row["BXDTM"])
        if "Z" in row["BXDTM"]
        else datetime.fromisoformat(row["BXDTM"])
        for row in raw["biopsy"]
    }
    sent = {
        row["SPECID"]: local(row["COLUTC"]) for row in central[QPCR] if row["MATRIX"] == "tumor"
    }
    assert sent == taken


def test_a_sample_has_one_number(central: dict[str, Rows]) -> None:
    flow = [row["ACC"] for row in central[FLOW]]
    copies = [row["SPECID"] for row in central[QPCR]]
    assert len(flow) == len(set(flow))
    assert len(copies) == len(set(copies))
    five = defaultdict(set)
    for row in central[ELISA]:
        five[row["ACCESSION"]].add(unicodedata.normalize("NFKC", row["ANALYTE"]).strip())
    assert {len(names) for names in five.values()} == {5}


def test_every_case_is_there(marks: Rows) -> None:
    found = defaultdict(set)
    for mark in marks:
        found[mark["file"]].add(mark["case"])
    assert found == CASES


def test_every_marked_cell_is_dirty_as_the_manifest_says(
    marks: Rows, central: dict[str, Rows]
) -> None:
    usual = {"UNIT": r"pg/mL|ng/L|cells/uL|copies/ug", "ANALYTE": r"IFN-[αβ]|IL-[26]|TNF-α"}
    for mark in marks:
        row = central[mark["file"]][int(mark["row"]) - 1]
        value, case = row[mark["column"]], mark["case"]
        if case == "D02" and mark["file"] == FLOW:
            assert re.fullmatch(r"\d{5}\.\d+", value), mark
        elif case == "D02":
            assert re.fullmatch(r"\d{4}/\d+/\d+ \d:\d\d", value), mark
        elif case == "D03":
            same = [
                other
                for other in central[ELISA]
                if (other["ACCESSION"], other["ANALYTE"]) == (row["ACCESSION"], row["ANALYTE"])
            ]
            assert len(same) > 1, mark
        elif case == "D04":
            assert local(value).date() > datetime.fromisoformat(value[:10]).date(), mark
        elif case == "D05":
            assert not re.fullmatch(r"BT078_001_\d+", value), mark
        elif case == "D06":
            assert not re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII) or row["RESCODE"] == "1", mark
        else:
            assert not re.fullmatch(usual[mark["column"]], value), mark


def test_golden_subjects_are_clean(marks: Rows, central: dict[str, Rows]) -> None:
    rows = [central[mark["file"]][int(mark["row"]) - 1] for mark in marks]
    assert not [row for row in rows if row["SUBJ"] in {f"BT078_001_{n}" for n in range(1, 5)}]


def test_limits_are_in_the_unit_of_the_result(central: dict[str, Rows]) -> None:
    for row in central[ELISA]:
        limit = {"ng/mL": "0.0019", "IU/mL": None}.get(row["UNIT"], "1.95")
        if row["ANALYTE"] == "IFN-α" and limit:
            assert row["LLOQ"].startswith(limit)
        if row["CONC"].startswith("<"):
            assert row["CONC"] == f"<{row['LLOQ']}"
