"""ADSL: what the study design says of its golden subjects, and what holds for everybody."""

import pandas as pd
import pytest

GOLDEN = ("0001", "0002", "0003", "0004")
FLAGS = ("ENRLFL", "SAFFL", "FASFL", "MSCFL", "DLTEVLFL", "EFFFL", "PKFL", "BIOFL")


@pytest.fixture(scope="module")
def adsl(frames):
    return frames["ADSL"].set_index("USUBJID")


def day(value):
    return None if pd.isna(value) else f"{value:%Y-%m-%d}"


@pytest.mark.parametrize("number", GOLDEN)
def test_dates_of_golden_subjects_are_those_of_the_design(subject, design, number):
    (wanted,) = (row for row in design("golden/subjects.csv") if row["SUBJID"] == number)
    (made,) = subject("ADSL", number).to_dict("records")
    for name in ("ENRLDT", "TRTSDT", "MSCSDT", "NACTDT", "LSTALVDT"):
        assert (name, day(made[name])) == (name, wanted[name] or None)
    assert made["ARMCD"] == wanted["ARMCD"]


def test_a_death_known_by_its_month_is_the_day_after_the_person_last_lived(subject):
    (made,) = subject("ADSL", "0003").to_dict("records")
    assert (day(made["LSTALVDT"]), day(made["DTHDT"]), made["DTHDTF"]) == (
        "2024-09-05",
        "2024-09-06",
        "D",
    )
    assert day(made["EOSDT"]) == "2024-09-06"
    (first,) = subject("ADSL", "0001").to_dict("records")
    assert (day(first["DTHDT"]), first["DTHDTF"]) == ("2025-01-19", first["DTHDTF"])
    assert pd.isna(first["DTHDTF"])


def test_there_is_one_record_for_each_person_of_dm(frames):
    assert frames["ADSL"]["USUBJID"].is_unique
    assert set(frames["ADSL"]["USUBJID"]) == set(frames["DM"]["USUBJID"])


def test_population_flags_are_y_or_n_for_everybody(adsl):
    for flag in (*FLAGS, "MEASBLFL", "PRIOPD1"):
        assert set(adsl[flag]) <= {"Y", "N"}, flag
    inside = {"FASFL": ("ENRLFL", "SAFFL"), "DLTEVLFL": ("MSCFL",), "EFFFL": ("FASFL", "MEASBLFL")}
    for flag, wider in inside.items():
        for one in wider:
            assert (adsl.loc[adsl[flag] == "Y", one] == "Y").all()


def test_who_was_enrolled_and_never_dosed_is_in_no_other_population(adsl):
    never = adsl[(adsl["ENRLFL"] == "Y") & adsl["TRTSDT"].isna()]
    assert len(never)
    for flag in set(FLAGS) - {"ENRLFL"}:
        assert (never[flag] == "N").all()


def test_treatment_dates_are_those_of_the_doses_that_were_given(adsl, raw):
    """A second route: from the forms of doses, without SDTM."""
    cells, drugs = {}, {}
    for row in raw("dose_msc.csv"):
        if row["CELLGIVEN"]:
            cells.setdefault(row["SUBJECT"][-4:], []).append(row["STDTM"][:10].replace("/", "-"))
    for row in raw("dose_reg.csv"):
        if row["MG"]:
            drugs.setdefault(row["SUBJECT"][-4:], []).append(row["DTM"][:10].replace("/", "-"))
    cut = "2025-06-30"
    for usubjid, made in adsl.iterrows():
        number = usubjid[-4:]
        infusions = [d for d in cells.get(number, []) if d <= cut]
        doses = infusions + [d for d in drugs.get(number, []) if d <= cut]
        assert day(made["TRTSDT"]) == min(doses, default=None)
        assert day(made["TRTEDT"]) == max(doses, default=None)
        assert day(made["MSCSDT"]) == min(infusions, default=None)
        assert made["NINF"] == len(set(infusions))


def test_last_known_alive_is_never_after_the_cut_or_the_death(adsl):
    assert (adsl["LSTALVDT"] <= adsl["DCUTDT"]).all()
    died = adsl[adsl["DTHDT"].notna()]
    assert len(died)
    assert (died["LSTALVDT"] <= died["DTHDT"]).all()


def test_dates_with_times_fall_on_their_dates(adsl):
    for name in ("TRTSDT", "TRTEDT", "MSCSDT"):
        moments = f"{name}M" if name != "TRTEDT" else "TRTEDTM"
        assert adsl[moments].dt.normalize().equals(adsl[name])


def test_palliative_radiotherapy_of_bone_is_no_new_treatment(frames, adsl):
    therapies = frames["PR"]
    bone = therapies[
        (therapies["PRCAT"] == "NEW ANTICANCER") & therapies["PRTRT"].str.contains("palliative")
    ]
    assert len(bone)
    drugs = frames["CM"][frames["CM"]["CMCAT"] == "NEW ANTICANCER"]
    for usubjid in bone["USUBJID"]:
        mine = drugs.loc[drugs["USUBJID"] == usubjid, "CMSTDTC"]
        assert day(adsl.loc[usubjid, "NACTDT"]) == (None if mine.empty else mine.min())


def test_new_treatment_is_the_earliest_of_each_person(frames, adsl):
    drugs = frames["CM"][frames["CM"]["CMCAT"] == "NEW ANTICANCER"]
    first = drugs.groupby("USUBJID")["CMSTDTC"].min()
    assert {u: day(d) for u, d in adsl["NACTDT"].dropna().items()} == first.to_dict()


def test_status_and_reason_go_together(adsl):
    for status, reason in (("EOSSTT", "DCSREAS"), ("EOTSTT", "DCTREAS")):
        assert set(adsl[status].dropna()) <= {"COMPLETED", "DISCONTINUED", "ONGOING"}
        assert (adsl[reason].notna() == (adsl[status] == "DISCONTINUED")).all()
    assert (adsl["EOSSTT"].notna() == (adsl["ENRLFL"] == "Y")).all()
    assert (adsl["EOTSTT"].notna() == (adsl["SAFFL"] == "Y")).all()
    # a person screened twice did not leave the study with the first screening
    assert adsl.loc["CHN-PLAGH-BT-078-001-0031", "EOSSTT"] == "ONGOING"


def test_dates_are_numeric_with_a_format(built):
    for name in ("TRTSDT", "DTHDT", "NACTDT", "DCUTDT", "MSCSDT"):
        variable = built.datasets["ADSL"].variable(name)
        assert (variable.type, variable.format) == ("Num", "DATE9.")
    assert built.datasets["ADSL"].variable("TRTSDTM").format == "DATETIME20."


def test_what_is_copied_has_a_predecessor(built):
    origins = {name: built.datasets["ADSL"].variable(name).origin for name in ("SEX", "TRT01P")}
    assert {name: origin.predecessor for name, origin in origins.items()} == {
        "SEX": "DM.SEX",
        "TRT01P": "DM.ARM",
    }


def test_methods_tell_what_is_read(built):
    told = {name: built.datasets["ADSL"].variable(name).method for name in ("SAFFL", "DTHDT")}
    assert "a record in any of EX where EXDOSE > 0" in told["SAFFL"]
    assert "not before _DIED, _NOT_ALIVE" in told["DTHDT"]
    assert "_NOT_ALIVE: LSTALVDT + 1" in told["DTHDT"]
