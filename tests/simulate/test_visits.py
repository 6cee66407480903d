"""Visits of the simulated subjects agree with all their other forms."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from cdisc.simulate.transport import TransportFile
from cdisc.write.xpt import read_xpt

Rows = list[dict[str, str]]

PLAN = Path(__file__).parents[2] / "mappings" / "visits.csv"


@pytest.fixture(scope="module")
def visits(many: dict[str, Rows]) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["SUBJECT"], row["VISIT"]): row for row in many["visit"]}


def edc(text: str) -> date:
    return datetime.strptime(text, "%d-%b-%Y").date()


def test_a_label_stands_once_for_a_subject(many: dict[str, Rows]) -> None:
    labels = Counter((row["SUBJECT"], row["VISIT"]) for row in many["visit"])
    assert [key for key, count in labels.items() if count > 1] == []


def test_every_screened_person_has_a_screening_visit(
    many: dict[str, Rows], visits: dict[tuple[str, str], dict[str, str]]
) -> None:
    for row in many["screenings"]:
        # An earlier screening of a person screened twice is not in the visit form.
        if (row["SUBJECT"], "SCREENING") not in visits:
            assert row["SUBJECT"] not in {visit["SUBJECT"] for visit in many["visit"]}


@pytest.mark.parametrize(
    ("form", "column", "read"),
    [
        ("ecg", "EGDAT", edc),
        ("ecog", "ECOGDAT", edc),
        ("vs", "VSDAT", date.fromisoformat),
        ("lab_local", "COLDTM", lambda text: date.fromisoformat(text[:10])),
    ],
)
def test_a_form_of_a_visit_is_dated_on_its_day(
    many: dict[str, Rows], visits: dict[tuple[str, str], dict[str, str]], form, column, read
) -> None:
    assert len(many[form]) > 1000
    for row in many[form]:
        visit = visits[row["SUBJECT"], row["VISIT"]]
        held = edc(visit["VISDAT"])  # fails where the visit was missed
        # Screening takes some days from the consent on.
        if row["VISIT"] != "SCREENING":
            assert read(row[column]) == held


def test_scans_are_of_visits_that_were_held(
    many: dict[str, Rows], visits: dict[tuple[str, str], dict[str, str]]
) -> None:
    scans = {(row["SUBJECT"], row["SCANID"]): row["SCANDAT"] for row in many["img"]}
    for form in ("tl", "ntl", "nl"):
        for row in many[form]:
            visit = visits[row["SUBJECT"], row["VISIT"]]
            days = (edc(scans[row["SUBJECT"], row["SCANID"]]) - edc(visit["VISDAT"])).days
            # Screening begins with the consent; an assessment may take some days.
            assert 0 <= days <= (28 if row["VISIT"] == "SCREENING" else 4)


def test_doses_are_given_on_the_day_of_a_visit(many: dict[str, Rows]) -> None:
    days = defaultdict(set)
    for row in many["visit"]:
        if row["VISDAT"]:
            days[row["SUBJECT"]].add(edc(row["VISDAT"]))
    shifted = 0
    for form, column, given in (("dose_msc", "STDTM", "CELLGIVEN"), ("dose_reg", "DTM", "MG")):
        for row in many[form]:
            year, month, day = row[column].split(" ")[0].split("/")
            when = date(int(year), int(month), int(day))
            # Anti-PD-1 may be a day late and then has no visit of its own.
            if row[given] and when not in days[row["SUBJECT"]]:
                assert row.get("DRUG") == "3"
                shifted += 1
    assert shifted < len(many["dose_reg"]) / 5


def test_contacts_with_the_living_are_visits(many: dict[str, Rows]) -> None:
    days = {(row["SUBJECT"], row["VISDAT"]) for row in many["visit"]}
    for row in many["surv"]:
        if row["STATUS"] == "1":
            assert (row["SUBJECT"], row["CONDAT"]) in days


def test_planned_labels_are_those_of_the_calendar_for_the_arm(many: dict[str, Rows]) -> None:
    arms = {
        row["SUBJECT"]: {"1": "MONO", "2": "COMBO"}.get(row.get("ARM", ""), "")
        for row in many["enr"]
    }
    with PLAN.open(encoding="utf-8", newline="") as handle:
        plan = {(row["ARMCD"], row["VISIT"]) for row in csv.DictReader(handle)}
    for row in many["visit"]:
        if row["UNSCH"] == "0":
            wanted = {("", row["VISIT"]), (arms.get(row["SUBJECT"], ""), row["VISIT"])}
            assert wanted & plan, row
        else:
            assert row["VISIT"].startswith("UNSCHEDULED "), row


def test_a_missed_visit_says_why_and_only_planned_ones_are_missed(many: dict[str, Rows]) -> None:
    missed = [row for row in many["visit"] if not row["VISDAT"]]
    assert len(missed) > 100
    for row in missed:
        assert row["UNSCH"] == "0"
        assert row["NDREASON"]
        assert row["MODE"] == ""
    assert len({row["NDREASON"] for row in missed}) >= 6


def test_nobody_comes_after_leaving_or_death(many: dict[str, Rows]) -> None:
    ends: dict[str, date] = {}
    for row in many["disp"]:
        if row["TYPE"] == "2" and not row["DSDAT"].startswith("UN"):
            ends[row["SUBJECT"]] = edc(row["DSDAT"])
    for row in many["visit"]:
        if row["VISDAT"] and row["SUBJECT"] in ends:
            assert edc(row["VISDAT"]) <= ends[row["SUBJECT"]], row


def test_a_transport_file_keeps_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "vs.sas7bdat"
    file = TransportFile(path, ("ID", "WHEN", "N"), "VS", frozenset({"ID"}), "WHEN")
    file.writerows([["甲", "2024-02-29", "1.5"], ["", "1959-12-31", ""]])
    file.writerows([["b", "2024-03-01", "-2"]])
    file.close()
    frame = read_xpt(path, encoding="utf-8").frame
    assert frame["ID"].fillna("").tolist() == ["甲", "", "b"]
    np.testing.assert_array_equal(frame["N"], [1.5, np.nan, -2])
    assert frame["WHEN"].tolist() == [
        (date.fromisoformat(text) - date(1960, 1, 1)).days
        for text in ("2024-02-29", "1959-12-31", "2024-03-01")
    ]
