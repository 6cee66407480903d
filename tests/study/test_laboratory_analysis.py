"""ADLB, ADCYT and ADCP against the study's own words, record by record in plain Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

import pandas as pd
import pytest

DATASETS = ("ADLB", "ADCYT", "ADCP")
TIMES = {"LBDTC": "LB", "CPDTC": "CP"}


def records(frame):
    """Plain records, with None for what is missing."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


@pytest.fixture(scope="module")
def adlb(frames):
    return records(frames["ADLB"])


def around(frames, name):
    return records(frames[name])


def group(record):
    return record["USUBJID"], record["PARAMCD"], record.get("BASETYPE")


# ---- what holds for all three -----------------------------------------------------------------


@pytest.mark.parametrize("name", DATASETS)
def test_one_baseline_for_each_subject_parameter_and_basetype(frames, name):
    flagged = [group(r) for r in records(frames[name]) if r["ABLFL"] == "Y"]
    assert len(flagged) == len(set(flagged)) > 0


@pytest.mark.parametrize("name", DATASETS)
def test_base_is_the_value_of_the_baseline_record(frames, name):
    rows = records(frames[name])
    base = {group(r): r["AVAL"] for r in rows if r["ABLFL"] == "Y"}
    assert [r["BASE"] for r in rows] == [base.get(group(r)) for r in rows]


@pytest.mark.parametrize("name", DATASETS)
def test_changes_are_after_baseline_only(frames, name):
    rows = records(frames[name])
    baseline = {group(r): r["ADTM"] for r in rows if r["ABLFL"] == "Y"}
    for row in rows:
        start, value, base = baseline.get(group(row)), row["AVAL"], row["BASE"]
        after = None not in (start, row["ADTM"]) and row["ADTM"] > start
        if not after or value is None or base is None:
            assert (row["CHG"], row["PCHG"]) == (None, None)
        else:
            # as decimal numbers, without binary noise
            assert row["CHG"] == float(Decimal(repr(value)) - Decimal(repr(base)))
            expected = None if base == 0 else pytest.approx(100 * (value - base) / abs(base))
            assert row["PCHG"] == expected


@pytest.mark.parametrize("name", DATASETS)
def test_every_record_has_a_name_and_a_source(frames, name):
    rows = records(frames[name])
    assert all(row["PARAM"] and row["PARAMN"] and row["PARCAT1"] for row in rows)
    assert len({row["PARAM"] for row in rows}) == len({row["PARAMCD"] for row in rows})
    without = {row["PARAMCD"] for row in rows if row["SRCSEQ"] is None}
    assert without == ({"CACR"} if name == "ADLB" else set())
    for row in rows:
        named = [row[variable] is None for variable in ("SRCDOM", "SRCVAR", "SRCSEQ")]
        assert named == [row["PARAMCD"] == "CACR"] * 3


# ---- ADLB -------------------------------------------------------------------------------------


def test_baseline_is_the_last_result_before_exposure_of_sdtm(frames, adlb):
    """Two derivations of one thing: ABLFL from numeric dates, LBLOBXFL from texts."""
    flags = {(r["USUBJID"], r["LBSEQ"]): r["LBLOBXFL"] for r in records(frames["LB"])}
    ours = [r for r in adlb if r["PARAMCD"] != "CACR"]
    assert [r["ABLFL"] for r in ours] == [flags[r["USUBJID"], r["LBSEQ"]] for r in ours]


def test_corrected_calcium_is_calcium_and_two_hundredths_of_the_lack_of_albumin(adlb):
    samples = defaultdict(dict)
    for row in adlb:
        samples[row["USUBJID"], row["LBDTC"]][row["PARAMCD"]] = row
    made = 0
    for sample in samples.values():
        has = [sample.get(code, {}).get("AVAL") is not None for code in ("CA", "ALB")]
        assert ("CACR" in sample) == all(has)
        if all(has):
            made += 1
            expected = sample["CA"]["AVAL"] + 0.02 * (40 - sample["ALB"]["AVAL"])
            assert sample["CACR"]["AVAL"] == pytest.approx(expected, abs=1e-9)
            assert sample["CACR"]["ANRLO"] == sample["CA"]["ANRLO"]
    assert made > 500


# STUDY.md 5.2: the limits of grades 1 to 4; None where there is none.
LOW = {
    "HGB": ("LLN", 100, 80, None),
    "WBC": ("LLN", 3, 2, 1),
    "NEUT": ("LLN", 1.5, 1, 0.5),
    "LYM": ("LLN", 0.8, 0.5, 0.2),
    "PLAT": ("LLN", 75, 50, 25),
    "K": (None, "LLN", 3, 2.5),
    "CACR": ("LLN", 2, 1.75, 1.5),
    "ALB": ("LLN", 30, 20, None),
}
HIGH = {
    "SODIUM": ("ULN", 150, 155, 160),
    "K": ("ULN", 5.5, 6, 7),
    "CACR": ("ULN", 2.9, 3.1, 3.4),
}
MULTIPLES = {
    "ALT": (1.5, 3, 5, 20),
    "AST": (1.5, 3, 5, 20),
    "ALP": (2, 2.5, 5, 20),
    "GGT": (2, 2.5, 5, 20),
    "BILI": (1, 1.5, 3, 10),
}


def low_grade(row):
    """The grade of a low result by the study's table."""
    value, lln = row["AVAL"], row["ANRLO"]
    if row["PARAMCD"] == "SODIUM":
        return 4 if value < 120 else 3 if value <= 129 else 1 if value < lln else 0
    grades = [
        grade
        for grade, limit in enumerate(LOW[row["PARAMCD"]], start=1)
        if limit is not None and value < (lln if limit == "LLN" else limit)
    ]
    return max(grades, default=0)


def high_grade(row, after):
    """The grade of a high result by the study's table."""
    code, value, uln, base = row["PARAMCD"], row["AVAL"], row["ANRHI"], row["BASE"]
    if code == "CREAT":
        of = [uln, base] if after else [uln]
        if value > 6 * uln:
            return 4
        for grade, times in ((3, 3), (2, 1.5)):
            if any(value > times * limit for limit in of):
                return grade
        return 1 if value > uln else 0
    if code in HIGH:
        grades = [
            grade
            for grade, limit in enumerate(HIGH[code], start=1)
            if value > (uln if limit == "ULN" else limit)
        ]
        return max(grades, default=0)
    first, *others = MULTIPLES[code]
    if after and row["BNRIND"] == "HIGH":
        meets = value > base if code == "BILI" else value >= first * base
        return max([1 if meets else 0, *(g for g, m in enumerate(others, 2) if value > m * base)])
    return max([1 if value > uln else 0, *(g for g, m in enumerate(others, 2) if value > m * uln)])


def test_grades_are_those_of_the_studys_table(adlb):
    baseline = {group(r): r["ADTM"] for r in adlb if r["ABLFL"] == "Y"}
    seen = set()
    for row in adlb:
        code, start = row["PARAMCD"], baseline.get(group(row))
        after = start is not None and row["ADTM"] > start and row["BASE"] is not None
        if (code in LOW or code == "SODIUM") and row["AVAL"] is not None and row["ANRLO"]:
            assert row["ATOXGRL"] == str(low_grade(row)), row
            seen.add((code, "low", row["ATOXGRL"]))
        if code in {*HIGH, *MULTIPLES, "CREAT"} and row["AVAL"] is not None and row["ANRHI"]:
            assert row["ATOXGRH"] == str(high_grade(row, after)), row
            seen.add((code, "high", row["ATOXGRH"]))
    assert len(seen) > 25


def test_worst_grade_is_one_record_on_treatment_and_nothing_there_is_worse(adlb):
    on = defaultdict(list)
    for row in adlb:
        if row["ONTRTFL"] == "Y" and row["ATOXGR"] is not None:
            on[group(row)].append(row)
    for rows in on.values():
        worst = [row for row in rows if row["WORSTFL"] == "Y"]
        assert len(worst) == 1
        top = max(abs(int(row["ATOXGR"])) for row in rows)
        assert abs(int(worst[0]["ATOXGR"])) == top
        earlier = [r for r in rows if r["ADTM"] < worst[0]["ADTM"]]
        assert all(abs(int(row["ATOXGR"])) < top for row in earlier)
    flagged = [row for row in adlb if row["WORSTFL"] == "Y"]
    assert len(flagged) == len(on)


@pytest.mark.parametrize("name", DATASETS)
def test_on_treatment_is_from_the_first_dose_to_28_days_after_the_last(frames, name):
    seen = set()
    for row in records(frames[name]):
        start, end, when = row["TRTSDTM"], row["TRTEDT"], row["ADTM"]
        on = None not in (start, row["ADT"]) and (row["ADT"] - end).days <= 28
        if on:
            later = row["ADT"].date() > start.date()
            on = later or (row["ADT"].date() == start.date() and not (when and when < start))
        assert (row["ONTRTFL"] == "Y") == on
        seen.add(on)
    assert seen == {True, False}


def test_one_record_of_each_test_visit_and_time_is_analysed(adlb):
    times = defaultdict(list)
    for row in adlb:
        times[row["USUBJID"], row["PARAMCD"], row["VISITNUM"], row["LBDTC"]].append(row)
    for rows in times.values():
        valued = [row["LBSEQ"] for row in rows if row["AVAL"] is not None]
        flagged = [row["LBSEQ"] for row in rows if row["ANL01FL"] == "Y"]
        # corrected calcium has no number, and one record of a time
        assert flagged == (valued if len(valued) < 2 else [max(valued)])


def test_shifts_and_combined_grades_say_what_stands_beside_them(adlb):
    for row in adlb:
        if row["SHIFT1"] is not None:
            assert row["SHIFT1"] == f"{row['BNRIND']} to {row['ANRIND']}"
        if row["SHIFT2"] is not None:
            assert row["SHIFT2"] == f"{row['BTOXGR']} to {row['ATOXGR']}"
        low, high = row["ATOXGRL"], row["ATOXGRH"]
        if low not in (None, "0"):
            assert row["ATOXGR"] == f"-{low}"
        elif high not in (None, "0"):
            assert row["ATOXGR"] == high


# ---- around infusions ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def infusions(frames):
    """Each subject's infusions in order: moment and number, which counts those missed too."""
    found = defaultdict(list)
    for row in records(frames["EX"]):
        if row["EXTRT"] == "MSC-IFNA":
            found[row["USUBJID"]].append((datetime.fromisoformat(row["EXSTDTC"]), row["EXSPID"]))
    return {subject: sorted(moments) for subject, moments in found.items()}


@pytest.mark.parametrize("name", ["ADCYT", "ADCP"])
def test_each_infusion_has_the_last_result_before_it_and_all_until_the_next(
    frames, infusions, name
):
    source, prefix = (frames["LB"], "LB") if name == "ADCYT" else (frames["CP"], "CP")
    if name == "ADCYT":
        source = source[source["LBCAT"] == "CYTOKINES"]
    source = source[source[f"{prefix}STRESC"].notna() & source[f"{prefix}DTC"].notna()]
    samples = defaultdict(list)
    for row in records(source):
        # a text without a limit of quantification is no baseline
        usable = name == "ADCYT" or row[f"{prefix}STRESN"] is not None
        taken = (datetime.fromisoformat(row[f"{prefix}DTC"]), row[f"{prefix}SEQ"], usable)
        samples[row["USUBJID"], row[f"{prefix}TESTCD"]].append(taken)
    expected = set()
    for (subject, test), taken in samples.items():
        expected |= {(subject, test, "PRE-TREATMENT", seq) for _, seq, _ in taken}
        given = infusions.get(subject, [])
        for place, (start, number) in enumerate(given, start=1):
            stop = given[place][0] if place < len(given) else datetime.max
            kind = f"PRE-INFUSION {number}"
            chosen = [seq for at, seq, _ in taken if start <= at < stop]
            before = [(at, seq) for at, seq, usable in taken if at < start and usable]
            chosen += [max(before)[1]] if before else []
            expected |= {(subject, test, kind, seq) for seq in chosen}
    made = [(*group(row), row["SRCSEQ"]) for row in records(frames[name])]
    assert len(made) == len(set(made))
    dated = {m for m, r in zip(made, records(frames[name]), strict=True) if r["ADTM"] is not None}
    assert dated == expected


WINDOWS = {
    "D1": (1, 1),
    "D3": (2, 5),
    "D7": (6, 10),
    "D14": (11, 17),
    "D21": (18, 24),
    "D28": (25, 35),
}


@pytest.mark.parametrize("name", ["ADCYT", "ADCP"])
def test_windows_are_those_of_the_study(frames, infusions, name):
    for row in records(frames[name]):
        if row["INFNUM"] is None or row["ADTM"] is None:
            continue
        start = next(m for m, n in infusions[row["USUBJID"]] if int(n) == row["INFNUM"])
        days = (row["ADT"].date() - start.date()).days
        assert (row["ARELTM"], row["ARELTMU"]) == (days, "DAYS")
        if row["ADTM"] < start:
            assert row["AVISIT"] == "PRE"
            continue
        inside = [w for w, (low, high) in WINDOWS.items() if low <= days <= high]
        assert row["AVISIT"] == (inside[0] if inside else None)


@pytest.mark.parametrize("name", ["ADCYT", "ADCP"])
def test_each_window_has_one_record_to_analyse_the_nearest_then_the_earlier(frames, name):
    windows = defaultdict(list)
    for row in records(frames[name]):
        if row["AVISIT"] is not None and row["AVAL"] is not None:
            windows[(*group(row), row["INFNUM"], row["AVISIT"])].append(row)
    for rows in windows.values():
        (chosen,) = [row for row in rows if row["ANL01FL"] == "Y"]
        best = min((row["AWTDIFF"], row["ADTM"]) for row in rows)
        assert (chosen["AWTDIFF"], chosen["ADTM"]) == best


def test_cytokines_outside_the_limits_are_half_the_lower_or_the_upper_one(frames):
    kinds = set()
    for row in around(frames, "ADCYT"):
        text = row["AVALC"]
        if text.startswith("<"):
            limit = row["LBLLOQ"] if row["LBLLOQ"] is not None else float(text[1:])
            assert (row["AVAL"], row["DTYPE"]) == (limit / 2, "HALFLLOQ")
        elif text.startswith(">"):
            assert (row["AVAL"], row["DTYPE"]) == (float(text[1:]), "ULOQ")
        else:
            assert (row["AVAL"], row["DTYPE"]) == (float(text), None)
        kinds.add(row["DTYPE"])
    assert kinds == {None, "HALFLLOQ", "ULOQ"}


def test_fold_and_peak_of_cytokines(frames):
    after = defaultdict(list)
    for row in around(frames, "ADCYT"):
        if row["CHG"] is not None:
            assert row["FOLD"] == pytest.approx(row["AVAL"] / row["BASE"])
            after[group(row)].append(row)
        else:
            assert (row["FOLD"], row["PEAKFL"]) == (None, None)
    for rows in after.values():
        (peak,) = [row for row in rows if row["PEAKFL"] == "Y"]
        assert peak["AVAL"] == max(row["AVAL"] for row in rows)


@pytest.mark.parametrize("name", ["ADCYT", "ADCP"])
def test_outcomes_are_looked_at_for_12_months_from_the_first_infusion(frames, name):
    """The registration: "up to 12 months" after the initiation of MSC-IFNa therapy."""
    seen = set()
    for row in records(frames[name]):
        days = None
        if None not in (row["ADT"], row["MSCSDT"]):
            days = (row["ADT"] - row["MSCSDT"]).days
        assert (row["TF12FL"] == "Y") == (days is not None and 0 <= days <= 365)
        seen.add(row["TF12FL"])
    assert seen == {"Y", None}


def test_before_chemotherapy_is_not_before_the_infusion(subject):
    """Subject 0001: treated from 10 January, infused on the 15th."""
    rows = subject("ADCYT", "0001", PARAMCD="IFNA", ABLFL="Y")
    dates = {r["BASETYPE"]: f"{r['ADT']:%Y-%m-%d}" for r in records(rows)}
    assert dates["PRE-TREATMENT"] < "2024-01-10"
    assert dates["PRE-INFUSION 1"] == "2024-01-15"
    assert pd.notna(rows["BASE"]).all()
