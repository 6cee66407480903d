"""The golden subjects against the study design, where it is at hand."""

from __future__ import annotations

import csv
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

Rows = list[dict[str, str]]

GOLDEN = Path(__file__).parents[2] / ".." / "shared" / "study" / "golden"
SUBJECTS = ("001-0001", "001-0002", "001-0003", "001-0004")

pytestmark = pytest.mark.skipif(not GOLDEN.is_dir(), reason="study design folder not present")


def design(name: str) -> Rows:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def iso(text: str, form: str = "%d-%b-%Y") -> str:
    return datetime.strptime(text, form).date().isoformat()


def test_lesions_are_those_of_the_study_design(raw: dict[str, Rows]) -> None:
    scans = {(row["SUBJECT"], row["SCANID"]): iso(row["SCANDAT"]) for row in raw["img"]
             if row["SUBJECT"] in SUBJECTS and row["REGION"] != "brain"}  # fmt: skip
    words = {"TSTM": "TOO SMALL TO MEASURE", "ND": "NOT DONE"}
    states = {"1": "ABSENT", "2": "PRESENT", "3": "ENLARGEMENT FROM NADIR"}
    found = set()
    for name, role in (("tl", "TARGET"), ("ntl", "NON-TARGET"), ("nl", "NEW TARGET")):
        for row in raw[name]:
            if row["SUBJECT"] not in SUBJECTS:
                continue
            place = f"{row['SITE']} {row['ORGAN']}".strip().upper()
            nodal = row["NODE"]
            test = "TUMSTATE" if name == "ntl" else "LPERP" if nodal == "Y" else "LDIAM"
            value = states[row["STATUS"]] if name == "ntl" else row["DIAM"]
            found.add(
                (row["SUBJECT"][-4:], row["VISIT"], scans[row["SUBJECT"], row["SCANID"]],
                 row["LESNO"], role, place, nodal, test, words.get(value, value))
            )  # fmt: skip
    wanted = {tuple(row.values()) for row in design("lesions.csv")}
    assert found == wanted


def test_split_and_merged_lesions_name_their_parents(raw: dict[str, Rows]) -> None:
    rows = {
        row["LESNO"]: row
        for row in raw["tl"]
        if row["SUBJECT"] == "001-0003" and row["VISIT"] == "TUMOR WEEK 6"
    }
    assert (rows["T01.1"]["SPLITFROM"], rows["T01.1"]["STATE"]) == ("T01", "5")
    assert (rows["T02.M"]["MERGEDWITH"], rows["T02.M"]["STATE"]) == ("T03", "6")


def test_the_investigator_responses_are_those_of_the_study_design(raw: dict[str, Rows]) -> None:
    said = {
        (row["SUBJECT"][-4:], row["VISIT"], row["CRIT"]): row
        for row in raw["resp"]
        if row["SUBJECT"] in SUBJECTS
    }
    wanted = design("expected_timepoints.csv")
    for row in wanted:
        recist = said.get((row["SUBJID"], row["VISIT"], "1"))
        immune = said[row["SUBJID"], row["VISIT"], "2"]
        assert (recist or {"ORESP": ""})["ORESP"] == row["R11"]
        if recist is not None:
            assert recist["TRESP"] == row["TL"]
            assert recist["NTRESP"] == row["NT"]
        assert immune["ORESP"] == row["IR"]
        assert immune["NEWL"] == str(int(row["NEW"] == "Y"))
        assert iso(immune["RSPDAT"]) == row["ADT"]
    assert len(said) == len(wanted) + sum(1 for row in wanted if row["R11"])


def test_the_sum_of_the_form_is_empty_when_a_target_is_missing(raw: dict[str, Rows]) -> None:
    sums = {
        (row["SUBJECT"][-4:], row["VISIT"]): row["SLD"]
        for row in reversed(raw["tl"])
        if row["SUBJECT"] in SUBJECTS
    }
    for row in design("expected_timepoints.csv"):
        assert sums[row["SUBJID"], row["VISIT"]] == row["SLD"]


def test_dates_of_the_golden_subjects(raw: dict[str, Rows]) -> None:
    for wanted in design("subjects.csv"):
        subject = f"001-{wanted['SUBJID']}"
        mine = {name: [r for r in rows if r.get("SUBJECT") == subject]
                for name, rows in raw.items()}  # fmt: skip
        person = mine["screenings"][0]
        cells = [row["STDTM"][:10].replace("/", "-") for row in mine["dose_msc"]]
        others = [row["DTM"][:10].replace("/", "-") for row in mine["dose_reg"]]
        contacts = [iso(row["CONDAT"]) for row in mine["surv"] if row["STATUS"] == "1"]
        therapy = [iso(row["CONDAT"]) for row in mine["surv"] if row["NEWTX"]]
        assert person["ENRDAT"] == wanted["ENRLDT"]
        assert person["ARM"] == {"MONO": "1", "COMBO": "2"}[wanted["ARMCD"]]
        assert min(cells + others) == wanted["TRTSDT"]
        assert min(cells) == wanted["MSCSDT"]
        assert max(contacts) == wanted["LSTALVDT"]
        assert max(iso(row["AESTDAT"]) for row in mine["ae"]) <= wanted["LSTALVDT"]
        assert max(row["COLDTM"][:10] for row in mine["lab_local"]) <= wanted["LSTALVDT"]
        assert (therapy or [""])[0] == wanted["NACTDT"]
    deaths = {row["SUBJECT"]: row["DTHDAT"] for row in raw["death"]}
    assert deaths["001-0001"] == "19-JAN-2025"
    assert deaths["001-0003"] == "UN-SEP-2024"
    assert not {"001-0002", "001-0004"} & set(deaths)


def test_the_golden_infusions_leave_28_days_for_kinetics(raw: dict[str, Rows]) -> None:
    for subject in SUBJECTS:
        starts = [datetime.strptime(row["STDTM"], "%Y/%m/%d %H:%M") for row in raw["dose_msc"]
                  if row["SUBJECT"] == subject]  # fmt: skip
        gaps = [later - earlier for earlier, later in pairwise(starts)]
        assert min(gap.total_seconds() for gap in gaps) >= 28 * 86400
