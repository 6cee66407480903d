"""Visits across datasets: SV against the raw forms, and every other dataset against SV.

Worked out by another route than the specs: plain Python over csv rows, dates as `date`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from cdisc.build import Inputs, build

ROOT = Path(__file__).parents[2]
LAST = date(2025, 6, 30)  # the data cut
PREFIX = "CHN-PLAGH-BT-078-"
FOLLOW_UP = ("SURVIVAL FOLLOW-UP", "SAFETY FOLLOW-UP", "END OF TREATMENT")


def edc(text: str) -> date:
    return datetime.strptime(text, "%d-%b-%Y").date()


def day_of(text: str) -> date:
    """The day of an ISO 8601 date with or without time."""
    return date.fromisoformat(text[:10])


def study_day(when: date, first: date) -> int:
    days = (when - first).days
    return days + 1 if days >= 0 else days


def with_visits(frames) -> list[str]:
    """The datasets whose records belong to a visit of a person."""
    return sorted(
        name
        for name, frame in frames.items()
        if {"USUBJID", "VISITNUM"} <= set(frame.columns) and name != "SV"
    )


@pytest.fixture(scope="module")
def form(at_cut) -> dict[tuple[str, str], dict[str, str]]:
    """The visit form by person and label."""
    return {(PREFIX + row["SUBJECT"], row["VISIT"]): row for row in at_cut("visit.csv")}


@pytest.fixture(scope="module")
def dates(at_cut) -> dict[tuple[str, str], list[date]]:
    """All dates that the forms have for a visit of a person."""
    found: dict[tuple[str, str], list[date]] = defaultdict(list)
    for name, column in (("visit", "VISDAT"), ("ecg", "EGDAT"), ("ecog", "ECOGDAT")):
        for row in at_cut(f"{name}.csv"):
            if row[column]:
                found[PREFIX + row["SUBJECT"], row["VISIT"]].append(edc(row[column]))
    for row in at_cut("lab_local.csv"):
        found[PREFIX + row["SUBJECT"], row["VISIT"]].append(day_of(row["COLDTM"]))
    scans = {(row["SUBJECT"], row["SCANID"]): row["SCANDAT"] for row in at_cut("img.csv")}
    for name in ("tl", "ntl", "nl"):
        for row in at_cut(f"{name}.csv"):
            when = edc(scans[row["SUBJECT"], row["SCANID"]])
            found[PREFIX + row["SUBJECT"], row["VISIT"]].append(when)
    signs, _ = pyreadstat.read_xport(ROOT / "data" / "raw" / "vs.sas7bdat")
    for row in signs[signs["VSDAT"] <= LAST].itertuples():
        found[PREFIX + row.SUBJECT, row.VISIT].append(row.VSDAT)
    return {key: [one for one in several if one <= LAST] for key, several in found.items()}


@pytest.fixture(scope="module")
def plan() -> dict[tuple[str, str], tuple[float, float | None]]:
    """Number and day of a visit by arm (empty: both) and label, from the protocol's calendar."""
    table = pd.read_csv(ROOT / "mappings" / "visits.csv", dtype=str, keep_default_na=False)
    return {
        (row.ARMCD, row.VISIT): (float(row.VISITNUM), float(row.VISITDY) if row.VISITDY else None)
        for row in table.itertuples()
    }


def test_every_visit_of_the_form_is_a_record_and_no_other(frames, form):
    visits = frames["SV"]
    made = list(zip(visits["USUBJID"], visits["VISIT"], strict=True))
    assert sorted(made) == sorted(form)


def test_a_visit_begins_and_ends_with_the_dates_on_its_forms_but_not_before_consent(frames, dates):
    consents = frames["DM"].set_index("USUBJID")["RFICDTC"]
    moved = []
    for visit in frames["SV"].dropna(subset=["SVSTDTC"]).itertuples():
        found = [one.isoformat() for one in dates[visit.USUBJID, visit.VISIT]]
        consent = consents[visit.USUBJID]
        # Of one consent only the month is known: no day of it is before.
        early = min(found)[: len(consent)] < consent
        assert (consent if early else min(found)) == visit.SVSTDTC
        assert max(*found, consent if early else "") == visit.SVENDTC
        assert visit.SVSTDTC <= visit.SVENDTC
        if early:
            moved.append((visit.USUBJID, visit.VISIT))
    # One person's blood pressure was taken the evening before the consent.
    assert moved == [(f"{PREFIX}001-0026", "SCREENING")]


def test_planned_visits_were_held_or_not_with_a_reason(frames, form):
    held = frames["SV"].set_index(["USUBJID", "VISIT"])
    modes = {"1": "IN PERSON", "2": "TELEPHONE CALL"}
    for key, row in form.items():
        visit = held.loc[key].where(lambda values: values.notna(), None)
        planned = row["UNSCH"] == "0"
        assert visit["SVPRESP"] == ("Y" if planned else None)
        assert visit["SVCNTMOD"] == modes.get(row["MODE"])
        assert visit["SVUPDES"] == (None if planned else row["NDREASON"])
        if not row["VISDAT"]:
            # D10: a missed visit has no date and says why.
            assert (visit["SVOCCUR"], visit["SVREASOC"]) == ("N", row["NDREASON"])
            assert visit[["SVSTDTC", "SVENDTC", "SVSTDY", "SVENDY"]].isna().all()
        else:
            assert visit["SVOCCUR"] == ("Y" if planned else None)
            assert visit["SVREASOC"] is None


def test_dirt_d10_and_d11_is_what_sv_says_of_those_cells(frames, form, injected, raw, late):
    rows = raw("visit.csv")
    visits = frames["SV"].set_index(["USUBJID", "VISIT"])
    for case, expected in (("D10", ("Y", "N")), ("D11", (None, None))):
        marked = [int(cell["row"]) for cell in injected if cell["case"] == case]
        cells = [rows[row - 1] for row in marked if row not in late["visit.csv"]]
        keys = [(PREFIX + row["SUBJECT"], row["VISIT"]) for row in cells]
        keys = [key for key in keys if key in form]
        assert len(keys) > 10
        for key in keys:
            visit = visits.loc[key]
            found = tuple(None if pd.isna(visit[n]) else visit[n] for n in ("SVPRESP", "SVOCCUR"))
            assert found == expected
            assert (visit["VISITNUM"] % 1 > 0) == (case == "D11")


def test_numbers_and_days_are_those_planned_for_the_own_arm(frames, plan):
    arms = frames["DM"].set_index("USUBJID")["ARMCD"]
    fixed = set()
    for visit in frames["SV"][frames["SV"]["SVPRESP"] == "Y"].itertuples():
        arm = arms[visit.USUBJID]
        number, day = plan.get((arm, visit.VISIT)) or plan["", visit.VISIT]
        assert number == visit.VISITNUM
        assert day == visit.VISITDY if day is not None else pd.isna(visit.VISITDY)
        fixed.add((arm, visit.VISIT, day))
    # The plans of the arms differ, and both are there.
    assert ("MONO", "CYCLE 1 DAY 4", 4.0) in fixed
    assert ("COMBO", "CYCLE 1 DAY 6", 6.0) in fixed


def test_an_unscheduled_visit_follows_the_latest_planned_one_held_by_then(frames):
    visits = frames["SV"].dropna(subset=["SVSTDTC"])
    for _, mine in visits.groupby("USUBJID"):
        planned = mine[mine["SVPRESP"] == "Y"]
        extra = mine[mine["SVPRESP"].isna()].sort_values(["SVSTDTC", "VISIT"])
        count: dict[float, int] = defaultdict(int)
        for visit in extra.itertuples():
            before = planned[planned["SVSTDTC"].str[:10] <= visit.SVSTDTC[:10]]
            last = before[before["SVSTDTC"].str[:10] == before["SVSTDTC"].str[:10].max()]
            base = last["VISITNUM"].max()
            count[base] += 1
            assert round(base + count[base] / 100, 2) == visit.VISITNUM
            assert pd.isna(visit.VISITDY)


def test_visit_and_number_go_together_within_a_person_in_every_dataset(frames):
    for name in ("SV", *with_visits(frames)):
        pairs = frames[name][["USUBJID", "VISIT", "VISITNUM"]].dropna().drop_duplicates()
        assert not pairs.duplicated(["USUBJID", "VISIT"]).any(), name
        assert not pairs.duplicated(["USUBJID", "VISITNUM"]).any(), name


def test_every_visit_of_every_dataset_is_one_of_sv(frames):
    known = frames["SV"].set_index(["USUBJID", "VISITNUM"])[["VISIT", "VISITDY"]]
    datasets = with_visits(frames)
    assert {"EG", "LB", "RS", "TR", "TU", "VS"} <= set(datasets)
    for name in datasets:
        mine = ["VISIT", "VISITDY"] if "VISITDY" in frames[name] else ["VISIT"]
        used = frames[name][["USUBJID", "VISITNUM", *mine]]
        used = used.dropna(subset=["VISITNUM"]).drop_duplicates()
        both = used.join(known.add_suffix("_SV"), on=["USUBJID", "VISITNUM"])
        assert both["VISIT_SV"].notna().all(), name
        for column in mine:
            pd.testing.assert_series_equal(both[column], both[f"{column}_SV"], check_names=False)


@pytest.mark.parametrize("name", ["EG", "LB", "RS", "TR", "TU", "VS"])
def test_every_record_of_these_has_its_visit(frames, name):
    # A sample whose date cannot be read belongs to no infusion, and so to no visit.
    dated = frames[name] if name != "LB" else frames[name].dropna(subset=["LBDTC"])
    assert dated["VISITNUM"].notna().all()


def test_a_record_of_a_visit_lies_between_its_start_and_end(frames):
    visits = frames["SV"].set_index(["USUBJID", "VISITNUM"])[["SVSTDTC", "SVENDTC"]]
    outside = []
    for name in ("VS", "EG", "LB", "TR", "TU"):
        frame = frames[name].dropna(subset=["VISITNUM", f"{name}DTC"])
        # Surface area is collected with the dose, whose day need not be that of the visit.
        both = frame.join(visits, on=["USUBJID", "VISITNUM"])
        when = both[f"{name}DTC"].str[:10]
        odd = both[(when < both["SVSTDTC"].str[:10]) | (when > both["SVENDTC"].str[:10])]
        outside += list(zip(odd["USUBJID"], odd["VISIT"], strict=True))
    assert set(outside) == {(f"{PREFIX}001-0026", "SCREENING")}


def test_days_of_every_dataset_count_from_the_first_dose(frames):
    firsts = frames["DM"].set_index("USUBJID")["RFSTDTC"].dropna()
    checked = set()
    for name, frame in frames.items():
        for date_name in frame.columns if "USUBJID" in frame else ():
            day_name = f"{date_name.removesuffix('DTC')}DY"
            if not date_name.endswith("DTC") or day_name not in frame:
                continue
            distinct = frame[["USUBJID", date_name, day_name]].drop_duplicates()
            for person, text, day in distinct.itertuples(index=False):
                if person not in firsts or pd.isna(text) or len(text) < 10:
                    assert pd.isna(day), (name, person, text)
                else:
                    expected = study_day(day_of(text), day_of(firsts[person]))
                    assert day == expected, (name, person, text)
            checked.add(date_name)
    assert {"SVSTDTC", "SVENDTC", "VSDTC", "EGDTC", "LBDTC", "AESTDTC", "EXENDTC"} <= checked


def around(elements, text: str):
    """The last element that had begun by a date and had not ended before it, or None."""
    begun = [
        one
        for one in elements
        # Dates of two precisions are compared at the coarser one.
        if one.SESTDTC[: len(text)] <= text[: len(one.SESTDTC)]
    ]
    if not begun:
        return None
    last = max(begun, key=lambda one: one.SESTDTC)
    end = last.SEENDTC
    return last if pd.isna(end) or text[: len(end)] <= end[: len(text)] else None


def test_epoch_and_element_of_every_dataset_are_those_of_the_element_around_the_date(frames):
    elements = defaultdict(list)
    for element in frames["SE"].itertuples():
        elements[element.USUBJID].append(element)
    checked = set()
    for name, frame in frames.items():
        found = [f"{name}STDTC", f"{name}DTC"]
        dates = [column for column in found if column in frame]
        if not {"USUBJID", "EPOCH", "TAETORD"} <= set(frame.columns) or not dates or name == "SE":
            continue
        columns = ["USUBJID", dates[0], "EPOCH", "TAETORD"]
        for person, text, epoch, order in frame[columns].drop_duplicates().itertuples(index=False):
            if pd.isna(text) or len(text) < 10:
                # What is not known to the day may fall into two elements; then it has none.
                continue
            element = around(elements[person], text)
            expected = (None, None) if element is None else (element.EPOCH, element.TAETORD)
            made = (None if pd.isna(epoch) else epoch, None if pd.isna(order) else order)
            assert made == expected, (name, person, text)
        checked.add(name)
    assert {"VS", "EG", "LB", "RS", "TR", "TU", "AE", "EX"} <= checked


def test_no_visit_is_missed_after_the_disposition_and_none_held_but_follow_up(frames, raw):
    ends = {
        PREFIX + row["SUBJECT"]: edc(row["DSDAT"])
        for row in raw("disp.csv")
        if row["TYPE"] == "2" and not row["DSDAT"].startswith("UN")
    }
    consent = frames["DM"].set_index("USUBJID")["RFICDTC"]
    firsts = frames["DM"].set_index("USUBJID")["RFSTDTC"]
    late = []
    for visit in frames["SV"].itertuples():
        if visit.USUBJID not in ends:
            continue
        if visit.SVOCCUR == "N":
            # Where the day is fixed by the protocol it is before the end of participation.
            if not pd.isna(visit.VISITDY):
                due = day_of(firsts[visit.USUBJID]).toordinal() + int(visit.VISITDY) - 1
                assert due <= ends[visit.USUBJID].toordinal()
        elif day_of(visit.SVSTDTC) > ends[visit.USUBJID]:
            late.append(visit.VISIT)
        assert pd.isna(visit.SVSTDTC) or consent[visit.USUBJID] <= visit.SVSTDTC
    assert [label for label in late if not label.startswith(FOLLOW_UP)] == []


def test_people_who_failed_screening_were_there_once(frames):
    failed = frames["DM"][frames["DM"]["ARMNRS"] == "SCREEN FAILURE"]["USUBJID"]
    visits = frames["SV"][frames["SV"]["USUBJID"].isin(failed)]
    assert len(failed) == len(visits) == 3
    assert set(visits["VISIT"]) == {"SCREENING"}


def test_weeks_18_and_24_of_golden_subject_3_were_missed(subject):
    missed = subject("SV", "0003", SVOCCUR="N")
    assert list(missed["VISIT"]) == ["TUMOR WEEK 18", "TUMOR WEEK 24"]


def test_a_visit_that_sv_does_not_have_is_a_finding(study, inputs):
    table = inputs.tables["visit_form"]
    keep = (table.frame["SUBJECT"] != "001-0008") | (table.frame["VISIT"] != "CYCLE 1 DAY 2")
    rows = keep.to_numpy(dtype=bool).nonzero()[0]
    fewer = replace(
        table,
        frame=table.frame.iloc[rows].reset_index(drop=True),
        file_of=table.file_of[rows],
        row_of=table.row_of[rows],
    )
    told = build(study, Inputs({**inputs.tables, "visit_form": fewer})).findings
    lost = [f for f in told if f.rule == "lookup.none" and "CYCLE 1 DAY 2" in f.message + f.value]
    assert [(finding.dataset, finding.value) for finding in lost] == [
        ("VS", f"{PREFIX}001-0008 | CYCLE 1 DAY 2")
    ]


def test_a_visit_that_the_form_has_twice_with_two_dates_is_a_finding(study, inputs):
    table = inputs.tables["visit_form"]
    again = table.frame.iloc[[1]].assign(VISDAT="01-JAN-2024")
    twice = replace(
        table,
        frame=pd.concat([table.frame, again], ignore_index=True),
        file_of=np.append(table.file_of, table.file_of[1]),
        row_of=np.append(table.row_of, len(table.frame) + 1),
    )
    made = build(study, Inputs({**inputs.tables, "visit_form": twice}))
    (told,) = [one for one in made.findings if one.dataset == "SV"]
    assert told.rule == "rows.not_the_same"
    assert told.message.startswith("VISDAT differs within one PERSON, VISIT")
    assert [place.row for place in told.occurrences] == [len(table.frame) + 1]
