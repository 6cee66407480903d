"""What must be true of every simulated subject, dirt aside."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from cdisc.simulate.sheets import COLUMNS, TABLES
from cdisc.simulate.terms import UNCODED

Rows = list[dict[str, str]]

ANNEX = Path(__file__).parents[2] / ".." / "shared" / "study" / "annex_raw_columns.csv"


def edc(text: str) -> str | None:
    """ISO date of a complete EDC date, None for a partial or empty one."""
    if not text or text.startswith("UN"):
        return None
    return datetime.strptime(text, "%d-%b-%Y").date().isoformat()


def slashed(text: str) -> str:
    return datetime.strptime(text.split(" ")[0], "%Y/%m/%d").date().isoformat()


def by_subject(rows: Rows) -> dict[str, Rows]:
    grouped: dict[str, Rows] = defaultdict(list)
    for row in rows:
        grouped[row["SUBJECT"]].append(row)
    return grouped


def first_doses(raw: dict[str, Rows]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, date, amount in (("dose_msc", "STDTM", "CELLGIVEN"), ("dose_reg", "DTM", "MG")):
        for row in raw[name]:
            if row[amount]:
                when = slashed(row[date])
                found[row["SUBJECT"]] = min(when, found.get(row["SUBJECT"], when))
    return found


def test_consent_then_enrolment_then_first_dose(many: dict[str, Rows]) -> None:
    doses = first_doses(many)
    for row in many["screenings"]:
        if row["ENRDAT"]:
            assert row["ICDAT"] < row["ENRDAT"]
        if row["SUBJECT"] in doses:
            days = datetime.fromisoformat(doses[row["SUBJECT"]]) - datetime.fromisoformat(
                row["ENRDAT"]
            )
            assert 1 <= days.days <= 3


def test_no_dose_scan_contact_or_sample_after_death(many: dict[str, Rows]) -> None:
    deaths = {row["SUBJECT"]: edc(row["DTHDAT"]) for row in many["death"]}
    later = []
    for name, column, convert in (
        ("dose_msc", "STDTM", slashed),
        ("dose_reg", "DTM", slashed),
        ("img", "SCANDAT", edc),
        ("ae", "AESTDAT", edc),
        ("ecog", "ECOGDAT", edc),
        ("lab_local", "COLDTM", lambda text: text[:10]),
    ):
        for row in many[name]:
            death, when = deaths.get(row["SUBJECT"]), convert(row[column])
            if death is not None and when is not None and when > death:
                later.append((name, row))
    contacts = [
        row
        for row in many["surv"]
        if row["STATUS"] == "1" and (edc(row["CONDAT"]) or "") > (deaths.get(row["SUBJECT"]) or "9")
    ]
    assert not later
    assert not contacts


def test_the_baseline_scan_is_between_consent_and_first_dose(many: dict[str, Rows]) -> None:
    people = {row["SUBJECT"]: row for row in many["screenings"]}
    doses = first_doses(many)
    scans = {(row["SUBJECT"], row["SCANID"]): edc(row["SCANDAT"]) for row in many["img"]}
    for row in many["tl"]:
        when = scans[row["SUBJECT"], row["SCANID"]]
        assert when is not None
        if row["VISIT"] == "SCREENING":
            assert people[row["SUBJECT"]]["ICDAT"] <= when
            assert when < doses.get(row["SUBJECT"], "9")
        else:
            assert when > doses[row["SUBJECT"]]


def test_infusions_keep_their_distance_and_their_number(many: dict[str, Rows]) -> None:
    for rows in by_subject(many["dose_msc"]).values():
        starts: dict[int, str] = {}
        for row in rows:
            starts.setdefault(int(row["INFNO"]), slashed(row["STDTM"]))
        assert list(starts) == list(range(1, len(starts) + 1))
        days = [datetime.fromisoformat(start) for start in starts.values()]
        gaps = [(b - a).days for a, b in pairwise(days)]
        assert all(28 <= gap <= 47 for gap in gaps)


def test_cells_are_about_two_million_per_kilogram(many: dict[str, Rows]) -> None:
    given: dict[tuple[str, str], float] = defaultdict(float)
    weight = {}
    for row in many["dose_msc"]:
        if row["CELLGIVEN"]:
            given[row["SUBJECT"], row["INFNO"]] += float(row["CELLGIVEN"])
            weight[row["SUBJECT"], row["INFNO"]] = float(row["WTKG"])
    share = [total / weight[key] for key, total in given.items() if key[0] != "001-0025"]
    assert min(share) > 1.9
    assert max(share) < 2.1


def test_never_dosed_subjects_have_no_adverse_events_and_no_response(
    many: dict[str, Rows],
) -> None:
    dosed = set(first_doses(many))
    enrolled = {row["SUBJECT"] for row in many["screenings"] if row["ENRDAT"]}
    assert {"001-0007", "001-0027"} <= enrolled - dosed
    for name in ("ae", "resp", "surv"):
        assert {row["SUBJECT"] for row in many[name]} <= dosed, name


def test_monotherapy_gets_cells_only(many: dict[str, Rows]) -> None:
    arms = {row["SUBJECT"]: row["ARM"] for row in many["screenings"]}
    assert {arms[row["SUBJECT"]] for row in many["dose_reg"]} == {"2"}
    assert {arms[row["SUBJECT"]] for row in many["dose_msc"]} == {"1", "2"}


def test_a_fatal_event_is_the_one_the_death_form_names(many: dict[str, Rows]) -> None:
    fatal = {(row["SUBJECT"], row["AENO"]) for row in many["ae"] if row["OUT"] == "5"}
    named = {(row["SUBJECT"], row["AENO"]) for row in many["death"] if row["AENO"]}
    assert named
    assert fatal == named


def test_grade_changes_belong_to_an_event_and_lie_within_it(many: dict[str, Rows]) -> None:
    events = {(row["SUBJECT"], row["AENO"]): row for row in many["ae"]}
    for row in many["aelog"]:
        event = events[row["SUBJECT"], row["AENO"]]
        start, end, when = edc(event["AESTDAT"]), edc(event["AEENDAT"]), edc(row["CHGDAT"])
        assert when is not None
        assert start is None or start < when
        assert end is None or when <= end


def test_serious_events_say_why(many: dict[str, Rows]) -> None:
    for row in many["ae"]:
        assert (row["SER"] == "1") == bool(row["SERCRIT"])
        assert re.fullmatch(r"|[1-6](;[1-6])*", row["SERCRIT"])


def test_only_the_odd_verbatims_are_not_coded(raw: dict[str, Rows]) -> None:
    coded = {row["TERM"] for row in raw["coding"]}
    odd = {row["AETERM"] for row in raw["ae"]} - coded
    assert UNCODED in odd
    assert len(odd) == 2  # the other one is typed in full-width letters


def test_every_scenario_of_the_study_design_is_present(raw: dict[str, Rows]) -> None:
    answers = defaultdict(list)
    for row in raw["resp"]:
        if row["CRIT"] == "2":
            answers[row["SUBJECT"]].append(row["ORESP"])
    paths = [" ".join(path) for path in answers.values()]
    for wanted in (
        "iUPD iCPD",
        "iUPD iSD",
        "iUPD iPR",
        "iUPD iCR",
        "iPR NE iPR",
        "iCR iCR",
        "iUPD iUPD",
    ):
        assert any(wanted in path for path in paths), wanted
    assert "001-0005" not in answers  # died before the first scan
    therapy = {row["SUBJECT"]: edc(row["CONDAT"]) for row in raw["surv"] if row["NEWTX"]}
    progression = {
        row["SUBJECT"]: edc(row["RSPDAT"])
        for row in raw["resp"]
        if row["CRIT"] == "1" and row["ORESP"] == "PD"
    }
    assert (therapy["001-0018"] or "") < (progression["001-0018"] or "")


def days_of_responses(raw: dict[str, Rows], subject: str) -> list[tuple[str, int]]:
    """The responses by RECIST 1.1 of a subject, each with its day."""
    rows = [row for row in raw["resp"] if (row["SUBJECT"], row["CRIT"]) == (subject, "1")]
    days = [datetime.fromisoformat(edc(row["RSPDAT"]) or "").toordinal() for row in rows]
    return [(row["ORESP"], day) for row, day in zip(rows, days, strict=True)]


def test_a_response_is_seen_again_after_28_days_and_after_27(raw: dict[str, Rows]) -> None:
    seen = days_of_responses(raw, "001-0034")
    pairs = [(a, b, later - day) for (a, day), (b, later) in pairwise(seen)]
    assert ("PR", "PR", 28) in pairs
    seen = days_of_responses(raw, "001-0037")
    assert [answer for answer, _ in seen] == ["PR", "PR", "PD"]
    assert seen[1][1] - seen[0][1] == 27


def test_a_pseudo_progression_grows_first_and_then_shrinks(raw: dict[str, Rows]) -> None:
    for subject in ("001-0008", "001-0026", "001-0033"):
        sums = [int(row["SLD"]) for row in raw["tl"] if row["SUBJECT"] == subject and row["SLD"]]
        assert 5 * (sums[1] - sums[0]) >= sums[0]
        assert min(sums[2:]) < sums[0]


@pytest.mark.skipif(not ANNEX.is_file(), reason="study design folder not present")
def test_columns_are_those_of_the_study_design() -> None:
    wanted: dict[str, list[str]] = defaultdict(list)
    with ANNEX.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            names = row["column"].replace("ACN_MSC..ACN_PD1", "ACN_MSC,ACN_NAB,ACN_CTX,ACN_PD1")
            file = row["file"].partition("/")[0]  # vs.sas7bdat/.xpt: either name
            wanted[file].extend(name.split(".")[-1] for name in names.split(","))
    items = [name for sheet in TABLES if "#" in sheet for name in TABLES[sheet][1:]]
    # The design lists enrolment before eligibility and has no form for the comments of CO.
    assert sorted(items) == sorted([*wanted["edc_odm.xml"][1:], "COVAL", "CODAT"])
    wanted["coding.csv"] = list(COLUMNS["coding.csv"])  # the annex abbreviates: LLT..SOC,codes
    added = {"ntl.csv": ["ORGAN", "SITE", "NODE"], "nl.csv": ["ORGAN", "SITE", "NODE"]}
    # Counts need a unit, and each population has its own parent and gate (a merged header).
    flow = [name.rpartition(".")[2] for name in COLUMNS["clab_flow.xlsx"]]
    assert set(flow) == {*wanted["clab_flow.xlsx"], "UNIT"}
    for name in set(COLUMNS) - {"clab_flow.xlsx"}:
        assert list(COLUMNS[name]) == wanted[name] + added.get(name, []), name
