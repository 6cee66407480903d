"""DM, EC, EX and SE: doses as collected and as given, arms, elements, dates."""

from dataclasses import replace

import pandas as pd
import pytest

from cdisc.build import build, of_subjects

SUBJECT = "CHN-PLAGH-BT-078-001-"


def listed(column):
    """Values as a list, missing ones as None."""
    return [None if pd.isna(value) else value for value in column]


def test_a_dose_of_cells_is_per_kg_and_about_as_planned(frames, raw):
    cells = frames["EX"][frames["EX"]["EXTRT"] == "MSC-IFNA"]
    assert set(cells["EXDOSU"]) == {"10^6 Therapeutic Cells/kg"}
    full = cells[cells["EXADJ"].isna()]
    # Neither those not given, nor the first and resumed parts of interrupted ones.
    whole = [
        row
        for row in raw("dose_msc.csv")
        if row["CELLGIVEN"] and row["CELLPLAN"] and row["INTERR"] == "0"
    ]
    assert len(full) == len(whole)
    assert full["EXDOSE"].between(1.8, 2.2).all()


@pytest.mark.parametrize(
    ("drug", "unit", "dose"),
    [
        ("NAB-PACLITAXEL", "mg/m2", 125),
        ("CYCLOPHOSPHAMIDE", "mg/m2", 200),
        ("ANTI-PD-1 ANTIBODY", "mg", 200),
    ],
)
def test_other_drugs_are_dosed_as_planned(frames, drug, unit, dose):
    given = frames["EX"][frames["EX"]["EXTRT"] == drug]
    assert set(given["EXDOSU"]) == {unit}
    # Doses are made up to a tenth of a milligram.
    assert given["EXDOSE"].median() == pytest.approx(dose, abs=0.1)


def test_doses_have_two_decimals(frames):
    doses = frames["EX"]["EXDOSE"]
    assert doses.notna().all()
    assert (doses.map(lambda dose: len(f"{dose:.15g}".partition(".")[2])) <= 2).all()


def test_the_parts_of_a_paused_infusion_are_one_dose(subject):
    parts = subject("EC", "0013", ECLNKID="MSC-2")
    assert listed(parts["ECDOSE"]) == [43.8, 65.6]
    assert listed(parts["ECGRPID"]) == ["MSC-2", "MSC-2"]
    assert listed(parts["ECADJ"]) == ["infusion line changed", None]
    (dose,) = subject("EX", "0013", EXLNKID="MSC-2").itertuples()
    assert dose.EXDOSE == 2.0  # (43.8 + 65.6) / 54.7 kg
    assert (dose.EXSTDTC, dose.EXENDTC) == ("2023-12-18T11:00", "2023-12-18T12:34")
    assert dose.EXADJ == "infusion line changed"


def test_an_infusion_that_was_broken_off_keeps_the_dose_given(subject):
    (dose,) = subject("EX", "0025", EXLNKID="MSC-2").itertuples()
    assert (dose.EXDOSE, dose.EXADJ) == (0.8, "chills during infusion")  # 51.2 / 64.0 kg


def test_a_dose_not_given_is_collected_with_its_reason_and_no_exposure(frames, injected):
    missed = frames["EC"][frames["EC"]["ECOCCUR"] == "N"]
    marked = [c for c in injected if c["case"] == "D19" and "not given" in c["note"]]
    assert len(missed) == len(marked) == 6
    assert missed["ECREASOC"].notna().all()
    assert missed["ECDOSE"].isna().all()
    assert missed["ECDOSU"].isna().all()
    given = set(zip(frames["EX"]["USUBJID"], frames["EX"]["EXLNKID"], strict=True))
    assert not given & set(zip(missed["USUBJID"], missed["ECLNKID"], strict=True))


def test_a_date_without_leading_zeros_is_read(subject):
    (dose,) = subject("EC", "0017", ECLNKID="PD1-1").itertuples()
    assert dose.ECSTDTC == "2024-05-22T10:39"


def test_first_and_last_treatment_are_those_of_ex(frames):
    doses = frames["EX"].groupby("USUBJID")
    people = frames["DM"].set_index("USUBJID").loc[list(doses.groups)]
    assert listed(people["RFXSTDTC"]) == listed(doses["EXSTDTC"].min())
    assert listed(people["RFXENDTC"]) == listed(doses["EXENDTC"].max())
    assert listed(people["RFSTDTC"]) == listed(people["RFXSTDTC"])
    assert listed(people["RFENDTC"]) == listed(people["RFXENDTC"])


def test_who_has_no_arm_or_no_treatment_says_why(frames):
    people = frames["DM"].set_index("USUBJID")
    assert people["ARMNRS"].dropna().to_dict() == {
        SUBJECT + "0007": "ASSIGNED, NOT TREATED",
        SUBJECT + "0027": "NOT ASSIGNED",
        SUBJECT + "0041": "SCREEN FAILURE",
        SUBJECT + "0042": "SCREEN FAILURE",
        SUBJECT + "0043": "SCREEN FAILURE",
    }
    unexplained = people[people["ARMNRS"].isna()]
    assert (unexplained["ARMCD"] == unexplained["ACTARMCD"]).all()
    assert people.loc[SUBJECT + "0007", "ACTARMCD"] != people.loc[SUBJECT + "0007", "ARMCD"]


def test_age_is_the_year_of_consent_less_that_of_birth(frames):
    people = frames["DM"]
    years = people["RFICDTC"].str.slice(0, 4).astype(int) - people["BRTHDTC"].astype(int)
    assert (people["AGE"] == years).all()


def test_a_person_screened_twice_keeps_the_earlier_id(frames):
    qualifiers = frames["SUPPDM"][frames["SUPPDM"]["QNAM"] == "PREVSUBJ"]
    assert listed(qualifiers["USUBJID"]) == [SUBJECT + "0031"]
    assert listed(qualifiers["QVAL"]) == ["001-0044"]


def test_a_death_whose_day_is_unknown_stays_as_known(subject):
    (person,) = subject("DM", "0003").itertuples()
    assert (person.DTHDTC, person.DTHFL) == ("2024-09", "Y")
    # Alive on the last contact; the death of that month is not later for certain.
    assert person.RFPENDTC == "2024-09-05"


def test_participation_goes_on_as_long_as_there_are_contacts(frames):
    ends = frames["DM"].set_index("USUBJID")["RFPENDTC"]
    for dataset, date in (
        ("SV", "SVENDTC"), ("EX", "EXENDTC"), ("VS", "VSDTC"), ("LB", "LBDTC"), ("CP", "CPDTC"),
        ("PC", "PCDTC"), ("TR", "TRDTC"), ("AE", "AESTDTC"),
    ):  # fmt: skip
        frame = frames[dataset]
        days = frame[date].str.slice(0, 10)
        # A month or a year alone is later than nothing for certain.
        full = frame[days.str.len() == 10]
        late = full[days[full.index] > full["USUBJID"].map(ends)]
        assert late.empty, (dataset, listed(late["USUBJID"]), listed(late[date]))


def test_follow_up_begins_with_a_visit_after_the_last_dose(subject):
    (person,) = subject("DM", "0008").itertuples()
    (last,) = subject("SE", "0008", ETCD="FU").itertuples()
    assert (person.RFXENDTC[:10], last.SESTDTC) == ("2025-05-07", "2025-06-04")
    assert last.SEENDTC == person.RFPENDTC == "2025-06-06"
    assert listed(subject("VS", "0008", VISIT="END OF TREATMENT")["EPOCH"])[0] == "FOLLOW-UP"


def test_elements_follow_each_other_to_the_end_of_participation(frames):
    for _, elements in frames["SE"].groupby("USUBJID"):
        assert listed(elements["SEENDTC"])[:-1] == listed(elements["SESTDTC"])[1:]
        assert elements["TAETORD"].is_monotonic_increasing
        assert listed(elements["ETCD"])[0] == "SCRN"
    ends = frames["SE"].groupby("USUBJID")["SEENDTC"].last()
    people = frames["DM"].set_index("USUBJID")
    assert (ends == people.loc[ends.index, "RFPENDTC"]).all()


def test_elements_are_those_planned_for_the_arm(frames):
    planned = frames["TA"].set_index(["ARMCD", "TAETORD"])[["ETCD", "EPOCH", "ELEMENT"]]
    arms = frames["DM"].set_index("USUBJID")["ACTARMCD"]
    elements = frames["SE"].assign(ARMCD=frames["SE"]["USUBJID"].map(arms)).dropna(subset="ARMCD")
    assert len(elements) > 300
    for name in ("ETCD", "EPOCH", "ELEMENT"):
        places = list(zip(elements["ARMCD"], elements["TAETORD"], strict=True))
        assert listed(elements[name]) == listed(planned.loc[places, name])


def test_the_elements_of_a_combination_subject(subject):
    elements = subject("SE", "0001")
    assert listed(elements["ETCD"]) == ["SCRN", *["CMBO"] * 4, *["CONS"] * 3, "FU"]
    assert listed(elements["EPOCH"])[-4:] == [*["CONSOLIDATION TREATMENT"] * 3, "FOLLOW-UP"]
    # Last dose 2024-08-19: day 29 after it.
    assert listed(elements["SESTDTC"])[-1] == "2024-09-16"


def test_a_cycle_that_was_not_planned_is_an_unplanned_element(study, inputs):
    """A fifth infusion of the cells alone: four are planned."""
    doses = inputs.tables["dose_msc"]
    alone = set(doses.frame["PERSON"]) - set(inputs.tables["dose_reg"].frame["PERSON"])
    person = min(name for name in alone if (doses.frame["PERSON"] == name).sum() == 4)
    frame = doses.frame.copy()
    last = frame.index[frame["PERSON"] == person][-1]
    frame.loc[last, "INFNO"] = "5"
    changed = replace(inputs, tables={**inputs.tables, "dose_msc": replace(doses, frame=frame)})
    built = build(study, of_subjects(study, changed, frozenset({person})))
    elements = built.datasets["SE"].frame.set_index("ETCD")
    unplanned = elements.loc["UNPLAN"]
    assert unplanned["SEUPDES"] == "MSC-IFNA CYCLE 5"
    assert unplanned[["ELEMENT", "TAETORD", "EPOCH"]].isna().all()
    assert elements.drop(index="UNPLAN")["SEUPDES"].isna().all()
    assert elements.drop(index="UNPLAN")["TAETORD"].notna().all()
    assert not [finding for finding in built.findings if finding.dataset == "SE"]


def test_doses_that_were_not_given_link_to_no_exposure(frames):
    doses = frames["EC"]
    assert doses["ECLNKID"].isna().eq(doses["ECOCCUR"] == "N").all()
    given = doses.dropna(subset="ECLNKID")
    pairs = set(zip(given["USUBJID"], given["ECLNKID"], strict=True))
    exposure = frames["EX"]
    assert pairs == set(zip(exposure["USUBJID"], exposure["EXLNKID"], strict=True))
