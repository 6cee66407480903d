"""Values of the reference study worked out again from the raw files, by another and slower route.

Nothing of the engine or the algorithms is used here: plain Python over csv rows and Decimal.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
RAW = ROOT / "data" / "raw"
AFTER = "2025-07-01"  # the day after the data cut
PREFIX = "CHN-PLAGH-BT-078-"


def raw(name: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    with (RAW / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def table(name: str) -> list[dict[str, str]]:
    with (ROOT / "mappings" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> str:
    """`2024/1/5 9:07` as ISO 8601."""
    return datetime.strptime(text, "%Y/%m/%d %H:%M").isoformat(timespec="minutes")


def given() -> list[tuple[str, str, str, str, Decimal]]:
    """Every administered part: subject, drug, number, start, amount per kg, m2 or in all."""
    doses = []
    for row in raw("dose_msc.csv"):
        if row["CELLGIVEN"] and moment(row["STDTM"]) < AFTER:
            amount = Decimal(row["CELLGIVEN"]) / Decimal(row["WTKG"])
            doses.append((row["SUBJECT"], "MSC", row["INFNO"], moment(row["STDTM"]), amount))
    for row in raw("dose_reg.csv"):
        if row["MG"] and moment(row["DTM"]) < AFTER:
            divisor = Decimal(row["BSA"]) if row["DRUG"] in "12" else Decimal(1)
            drug = {"1": "NAB", "2": "CTX", "3": "PD1"}[row["DRUG"]]
            amount = Decimal(row["MG"]) / divisor
            doses.append((row["SUBJECT"], drug, row["CYCLE"], moment(row["DTM"]), amount))
    return doses


def test_reference_start_is_the_first_dose_given(frames) -> None:
    first: dict[str, str] = {}
    for subject, _, _, start, _ in given():
        first[subject] = min(start, first.get(subject, start))
    dm = frames["DM"]
    for usubjid, found in zip(dm["USUBJID"], dm["RFSTDTC"], strict=True):
        expected = first.get(usubjid.removeprefix(PREFIX))
        assert (None if pd.isna(found) else found) == expected, usubjid


def test_doses_are_those_of_the_forms(frames) -> None:
    expected: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for subject, drug, number, _, amount in given():
        expected[(PREFIX + subject, f"{drug}-{number}")] += amount
    ex = frames["EX"]
    found = dict(zip(zip(ex["USUBJID"], ex["EXLNKID"], strict=True), ex["EXDOSE"], strict=True))
    assert set(found) == set(expected)
    for key, amount in expected.items():
        exact = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert Decimal(repr(found[key])) == exact.normalize() or found[key] == float(exact), key


STUDY_DAYS = [
    ("AE", "AESTDTC", "AESTDY"),
    ("AE", "AEENDTC", "AEENDY"),
    ("EC", "ECSTDTC", "ECSTDY"),
    ("EX", "EXSTDTC", "EXSTDY"),
    ("EX", "EXENDTC", "EXENDY"),
    ("LB", "LBDTC", "LBDY"),
    ("RS", "RSDTC", "RSDY"),
    ("SE", "SESTDTC", "SESTDY"),
    ("SE", "SEENDTC", "SEENDY"),
    ("TR", "TRDTC", "TRDY"),
    ("TU", "TUDTC", "TUDY"),
]


@pytest.mark.parametrize(("dataset", "date_name", "day_name"), STUDY_DAYS)
def test_study_days_count_from_the_first_dose(frames, dataset, date_name, day_name) -> None:
    start = dict(zip(frames["DM"]["USUBJID"], frames["DM"]["RFSTDTC"], strict=True))
    frame = frames[dataset]
    columns = zip(frame["USUBJID"], frame[date_name], frame[day_name], strict=True)
    counted = 0
    for usubjid, text, day in columns:
        reference = start[usubjid]
        if pd.isna(text) or pd.isna(reference) or len(text) < 10:
            assert pd.isna(day)
            continue
        days = (date.fromisoformat(text[:10]) - date.fromisoformat(reference[:10])).days
        assert day == (days + 1 if days >= 0 else days)
        counted += 1
    assert counted > 0


def test_laboratory_results_are_converted_exactly(frames) -> None:
    tests = {row["TEST"]: row for row in table("lab_tests.csv")}
    factors = {(row["test"], row["from"], row["to"]): row["factor"] for row in table("units.csv")}
    expected: dict[tuple[str, str, str], set[Decimal]] = defaultdict(set)
    for row in raw("lab_local.csv", "gb18030"):
        if row["COLDTM"] >= AFTER:
            continue
        test = tests[unicodedata.normalize("NFKC", row["TEST"]).strip()]
        text = unicodedata.normalize("NFKC", row["RESULT"]).strip()
        unit = unicodedata.normalize("NFKC", row["UNIT"]).strip()
        unit = unit.replace("~", "^").replace("μ", "u")
        try:
            number = Decimal(text)
        except ArithmeticError:
            continue
        code, to = test["LBTESTCD"], test["LBSTRESU"]
        if unit != to:
            factor = factors.get((code, unit, to)) or factors.get(("", unit, to))
            if factor is None:
                continue
            top, _, bottom = factor.partition("/")
            number = number * Decimal(top) / Decimal(bottom or "1")
        key = (PREFIX + row["SUBJECT"], code, row["COLDTM"].replace(" ", "T"))
        expected[key].add(number)
    lb = frames["LB"][frames["LB"]["LBNAM"] == "LOCAL LABORATORY"]
    found: dict[tuple[str, str, str], set[float]] = defaultdict(set)
    for *key, value in zip(lb["USUBJID"], lb["LBTESTCD"], lb["LBDTC"], lb["LBSTRESN"], strict=True):
        if not pd.isna(value):
            found[tuple(key)].add(value)
    assert set(found) == set(expected)
    for key, numbers in expected.items():
        assert sorted(found[key]) == sorted(float(f"{number:.15g}") for number in numbers), key


@pytest.mark.parametrize(
    ("dataset", "prefix", "by", "result"),
    [
        ("LB", "LB", ["LBTESTCD", "LBSPEC"], "LBORRES"),
        ("RS", "RS", ["RSCAT", "RSTESTCD"], "RSSTRESC"),
        ("TU", "TU", ["TULNKID", "TUTESTCD"], "TUORRES"),
    ],
)
def test_the_last_observation_before_exposure_is_flagged(
    frames, dataset, prefix, by, result
) -> None:
    start = dict(zip(frames["DM"]["USUBJID"], frames["DM"]["RFXSTDTC"], strict=True))
    frame = frames[dataset]
    best: dict[tuple[str, ...], list[int]] = {}
    for number, record in enumerate(frame.to_dict("records")):
        reference, when = start[record["USUBJID"]], record[f"{prefix}DTC"]
        if pd.isna(reference) or pd.isna(when) or pd.isna(record[result]) or len(when) < 10:
            continue
        earlier = when[:10] < reference[:10] or (
            when[:10] == reference[:10] and len(when) > 10 and when < reference
        )
        if not earlier:
            continue
        key = (record["USUBJID"], *(record[name] for name in by))
        held = best.get(key, [])
        latest = frame[f"{prefix}DTC"].iloc[held[0]] if held else ""
        if when > latest:
            best[key] = [number]
        elif when == latest:
            held.append(number)
    expected = {held[0] for held in best.values() if len(held) == 1}
    flagged = {n for n, flag in enumerate(frame[f"{prefix}LOBXFL"]) if flag == "Y"}
    assert flagged == expected
    assert flagged
