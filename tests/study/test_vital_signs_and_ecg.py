"""Vital signs, ECGs and performance status: what the raw cell was and what SDTM shows."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cdisc.sources import SourceSpec, read_source

ROOT = Path(__file__).parents[2]
PREFIX = "CHN-PLAGH-BT-078-"
RAW = ROOT / "data" / "raw" / "vs.sas7bdat"


def plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@pytest.fixture(scope="module")
def signs() -> pd.DataFrame:
    """The wide form as another reader gives it, until the data cut."""
    whole = pyreadstat.read_xport(RAW)[0]
    return whole[whole["VSDAT"] <= date(2025, 6, 30)]


@pytest.fixture(scope="module")
def dirty(injected, signs):
    """The dirty cells of the form by case and column: person and visit."""

    def cells(case: str, column: str) -> list[tuple[str, str]]:
        rows = [
            int(cell["row"]) - 1
            for cell in injected
            if (cell["case"], cell["file"], cell["column"]) == (case, RAW.name, column)
        ]
        found = signs.loc[[row for row in rows if row in signs.index]]
        return list(zip(PREFIX + found["SUBJECT"], found["VISIT"], strict=True))

    return cells


def of(frames, test: str) -> pd.DataFrame:
    frame = frames["VS"]
    return frame[frame["VSTESTCD"] == test].set_index(["USUBJID", "VISIT"])


def test_every_result_of_the_form_is_a_record_in_standard_units(frames, signs):
    made = frames["VS"].set_index(["USUBJID", "VISIT", "VSTESTCD"])
    units = {"SYSBP": "mmHg", "DIABP": "mmHg", "PULSE": "beats/min", "RESP": "breaths/min",
             "TEMP": "C", "WEIGHT": "kg", "HEIGHT": "cm"}  # fmt: skip
    count = 0
    for row in signs.to_dict("records"):
        for test, unit in units.items():
            if pd.isna(row[test]):
                continue
            exact = Decimal(repr(float(row[test])))
            if test == "TEMP" and row["TEMPU"] == "F":
                exact = (exact - 32) * 5 / 9
            elif test == "WEIGHT" and row["WTU"] == "jin":
                exact = exact / 2
            elif test == "WEIGHT" and row["WTU"] == "":
                continue
            rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
            record = made.loc[PREFIX + row["SUBJECT"], row["VISIT"], test]
            assert record["VSORRES"] == plain(Decimal(repr(float(row[test]))))
            assert record["VSSTRESC"] == plain(rounded)
            assert record["VSSTRESN"] == float(rounded)
            assert record["VSSTRESU"] == unit
            assert record["VSDTC"] == row["VSDAT"].isoformat()
            count += 1
    done = frames["VS"][frames["VS"]["VSSTAT"].isna() & (frames["VS"]["VSTESTCD"] != "BSA")]
    assert len(done) == count + 1


def test_d02_a_sas_date_is_a_day(frames, dirty, signs):
    ((person, visit),) = dirty("D02", "VSDAT")
    record = of(frames, "PULSE").loc[person, visit]
    row = signs[(PREFIX + signs["SUBJECT"] == person) & (signs["VISIT"] == visit)]
    assert record["VSDTC"] == row["VSDAT"].iloc[0].isoformat()
    # The file holds a number of days.
    raw = pyreadstat.read_xport(RAW, disable_datetime_conversion=True)[0]["VSDAT"]
    assert pd.api.types.is_numeric_dtype(raw)


def test_d06_a_unit_in_other_letters_is_the_unit(frames, dirty, signs):
    ((person, visit),) = dirty("D06", "WTU")
    weight = of(frames, "WEIGHT").loc[person, visit]
    assert (weight["VSORRESU"], weight["VSSTRESU"]) == ("kg", "kg")
    assert float(weight["VSORRES"]) == weight["VSSTRESN"]
    ((person, visit),) = dirty("D06", "TEMPU")
    row = signs[(PREFIX + signs["SUBJECT"] == person) & (signs["VISIT"] == visit)]
    assert list(row["TEMPU"]) == ["\u2103"]
    assert of(frames, "TEMP").loc[person, visit]["VSORRESU"] == "C"


def test_d07_jin_is_half_a_kilogram_and_fahrenheit_becomes_celsius(frames, dirty):
    weights, temperatures = of(frames, "WEIGHT"), of(frames, "TEMP")
    converted = [key for key in dirty("D07", "WTU") if weights.loc[key]["VSORRESU"] == "jin"]
    assert len(converted) > 20
    for key in converted:
        weight = weights.loc[key]
        assert weight["VSSTRESN"] * 2 == float(weight["VSORRES"])
        assert 35 < weight["VSSTRESN"] < 100
    for key in dirty("D07", "TEMPU"):
        assert temperatures.loc[key]["VSORRESU"] == "F"
        assert 36 < temperatures.loc[key]["VSSTRESN"] < 37.5


def test_d07_a_weight_without_unit_is_kept_as_received_and_a_finding(frames, built, dirty):
    weights = of(frames, "WEIGHT")
    (key,) = [key for key in dirty("D07", "WTU") if pd.isna(weights.loc[key]["VSORRESU"])]
    weight = weights.loc[key]
    assert weight["VSORRES"]
    assert weight[["VSSTRESC", "VSSTRESN"]].isna().all()
    found = {
        finding.rule: finding.occurrences for finding in built.findings if finding.dataset == "VS"
    }
    assert set(found) == {"standard_text.no_unit", "standard_number.no_unit"}
    for (place,) in found.values():
        assert (place.file, place.usubjid) == (RAW.name, key[0])


def test_what_was_not_done_says_so_and_why(frames, raw):
    undone = frames["VS"][frames["VS"]["VSSTAT"] == "NOT DONE"]
    assert undone[["VSORRES", "VSSTRESC", "VSSTRESN", "VSSTRESU", "VSORRESU"]].isna().all(axis=None)
    missed = undone[undone["VISIT"] == "SAFETY FOLLOW-UP"]
    (form,) = [row for row in raw("visit.csv")
               if row["VISIT"] == "SAFETY FOLLOW-UP" and not row["VISDAT"]]  # fmt: skip
    assert set(missed["USUBJID"]) == {PREFIX + form["SUBJECT"]}
    assert set(missed["VSREASND"]) == {form["NDREASON"]}
    assert set(missed["VSTESTCD"]) == {"SYSBP", "DIABP", "PULSE", "RESP", "TEMP", "WEIGHT"}
    # One temperature was left blank; the form does not ask why.
    (blank,) = undone.drop(missed.index).itertuples()
    assert ("TEMP", f"{PREFIX}001-0015") == (blank.VSTESTCD, blank.USUBJID)
    assert pd.isna(blank.VSREASND)


def test_body_surface_area_is_that_of_the_dose_form(frames, raw):
    made = {
        (row.USUBJID, row.VISIT): (row.VSORRES, row.VSSTRESU)
        for row in frames["VS"][frames["VS"]["VSTESTCD"] == "BSA"].itertuples()
    }
    wanted = {
        (PREFIX + row["SUBJECT"], f"CYCLE {row['CYCLE']} DAY {row['DRUG']}"): (row["BSA"], "m2")
        for row in raw("dose_reg.csv")
        if row["BSA"] and row["DRUG"] in "12" and row["DTM"][:10] <= "2025/06/30"
    }
    assert made == wanted


def test_positions_are_those_of_pressure_and_pulse(frames):
    seated = frames["VS"][frames["VS"]["VSPOS"] == "SITTING"]
    assert set(seated["VSTESTCD"]) == {"SYSBP", "DIABP", "PULSE"}


def test_an_ecg_is_normal_or_not_and_significant_or_not(frames, at_cut):
    words = {
        "1": ("NORMAL", "NORMAL", None),
        "2": ("ABNORMAL, NOT CLINICALLY SIGNIFICANT", "ABNORMAL", "N"),
        "3": ("ABNORMAL, CLINICALLY SIGNIFICANT", "ABNORMAL", "Y"),
        # D08: the form has no such code; it is kept as received, and a finding.
        "4": ("4", None, None),
    }
    made = frames["EG"].set_index(["USUBJID", "VISIT", "EGTESTCD"])
    for row in at_cut("ecg.csv"):
        key = (PREFIX + row["SUBJECT"], row["VISIT"])
        record = made.loc[(*key, "INTP")]
        found = tuple(None if pd.isna(record[n]) else record[n]
                      for n in ("EGORRES", "EGSTRESC", "EGCLSIG"))  # fmt: skip
        assert found == words[row["INTERP"]]
        interval = made.loc[(*key, "QTCFAG")]
        if row["QTCF"]:
            assert interval["EGORRES"] == interval["EGSTRESC"] == row["QTCF"]
            assert (interval["EGSTRESN"], interval["EGSTRESU"]) == (float(row["QTCF"]), "ms")
        else:
            assert interval["EGSTAT"] == "NOT DONE"
    assert {row["INTERP"] for row in at_cut("ecg.csv")} == set(words)


def test_d08_codes_that_a_form_does_not_have_are_named(built, injected):
    wanted = {
        (cell["file"], int(cell["row"]))
        for cell in injected
        if cell["case"] == "D08" and cell["file"] in ("ecg.csv", "ecog.csv")
    }
    found = {
        (place.file, place.row)
        for finding in built.findings
        if finding.dataset in ("EG", "RS") and finding.rule == "recode.unmapped"
        for place in finding.occurrences
    }
    assert found == wanted
    assert len(wanted) == 2


def test_d08_a_score_that_the_scale_does_not_have_stays_as_received_only(frames):
    status = frames["RS"][frames["RS"]["RSTESTCD"] == "ECOG101"]
    (odd,) = status[~status["RSORRES"].isin(list("012345"))].itertuples()
    assert odd.RSORRES == "9"
    assert pd.isna(odd.RSSTRESC)
    assert pd.isna(odd.RSSTRESN)


def test_the_file_is_read_by_what_it_is_not_by_its_name(tmp_path):
    table = read_source(SourceSpec(name="vs", file=RAW.name), RAW.parent)
    assert [note.rule for note in table.notes] == ["source_format"]
    assert table.frame["VSDAT"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    named = tmp_path / "vs.xpt"
    named.write_bytes(RAW.read_bytes())
    again = read_source(SourceSpec(name="vs", file=named.name), tmp_path)
    assert again.notes == ()
    pd.testing.assert_frame_equal(again.frame, table.frame)
