"""ADEX: doses and numbers of each drug, by a second route from the forms of doses."""

import pandas as pd
import pytest

CUT = "2025-06-30"
DRUGS = {"1": "NAB-PACLITAXEL", "2": "CYCLOPHOSPHAMIDE", "3": "ANTI-PD-1 ANTIBODY"}
PER_SUBJECT = ("TDOSE", "NDOSE", "DURD", "RDI", "DOSEINT")


@pytest.fixture(scope="module")
def adex(frames):
    return frames["ADEX"]


@pytest.fixture(scope="module")
def infusions(raw):
    """By subject the infusions of cells: number, day, cells planned and given, weight."""
    found = {}
    for row in raw("dose_msc.csv"):
        day = row["STDTM"][:10].replace("/", "-")
        if day > CUT:
            continue
        number = int(row["INFNO"])
        one = found.setdefault(row["SUBJECT"][-4:], {}).setdefault(
            number, {"day": day, "plan": None, "given": 0.0, "kg": float(row["WTKG"] or 0)}
        )
        one["plan"] = float(row["CELLPLAN"]) if row["CELLPLAN"] else one["plan"]
        one["given"] += float(row["CELLGIVEN"] or 0)
    return found


def values(adex, code, drug="MSC-IFNA"):
    mine = adex[(adex["PARAMCD"] == code) & (adex["EXTRT"] == drug)]
    assert mine["USUBJID"].is_unique
    return dict(zip(mine["USUBJID"].str[-4:], mine["AVAL"], strict=True))


def test_numbers_of_the_infusions_are_those_of_the_form(adex, infusions):
    given = {
        number: [one for one in mine.values() if one["given"] > 0]
        for number, mine in infusions.items()
    }
    assert values(adex, "NDOSE") == {number: len(mine) for number, mine in given.items()}
    total = {
        number: sum(one["given"] / one["kg"] for one in mine) for number, mine in given.items()
    }
    assert values(adex, "TDOSE") == pytest.approx(total, abs=0.05)
    days = {number: sorted(pd.Timestamp(o["day"]) for o in mine) for number, mine in given.items()}
    assert values(adex, "DURD") == {n: (d[-1] - d[0]).days + 1 for n, d in days.items()}


def test_relative_dose_intensity_of_cells_is_given_of_planned(adex, infusions):
    """The planned cells of the form are those of the protocol, 2 for each kg."""
    wanted = {}
    for number, mine in infusions.items():
        plans = [one["plan"] for one in mine.values()]
        assert None not in plans
        wanted[number] = 100 * sum(one["given"] for one in mine.values()) / sum(plans)
    made = values(adex, "RDI")
    assert made == pytest.approx(wanted, abs=1.5)
    assert min(made.values()) < 95


@pytest.mark.parametrize("drug", DRUGS.values())
def test_doses_of_the_other_drugs_are_those_of_the_form(adex, raw, drug):
    count, planned = {}, {}
    for row in raw("dose_reg.csv"):
        if DRUGS[row["DRUG"]] == drug and row["DTM"][:10].replace("/", "-") <= CUT:
            number = row["SUBJECT"][-4:]
            planned[number] = planned.get(number, 0) + 1
            count[number] = count.get(number, 0) + bool(row["MG"])
    assert values(adex, "NDOSE", drug) == count
    relative = values(adex, "RDI", drug)
    missed = {number for number in count if count[number] < planned[number]}
    assert all(relative[number] < 100 * count[number] / planned[number] + 0.1 for number in missed)
    assert all(value <= 100.1 for value in relative.values())


def test_intervals_are_the_days_between_doses(adex):
    for (_, drug), mine in adex.groupby(["USUBJID", "EXTRT"]):
        doses = mine[mine["PARAMCD"] == "DOSE"].sort_values("ASTDT")
        intervals = mine[mine["PARAMCD"] == "INTVL"].sort_values("ASTDT")
        days = doses["ASTDT"].diff().dt.days.dropna().tolist()
        assert intervals["AVAL"].tolist() == days
        assert sum(days) + 1 <= mine.loc[mine["PARAMCD"] == "DURD", "AVAL"].iloc[0] + 1
        assert drug in {*DRUGS.values(), "MSC-IFNA"}


def test_dose_intensity_by_week(adex):
    wide = adex[adex["PARAMCD"].isin(PER_SUBJECT)].pivot_table(
        index=["USUBJID", "EXTRT"], columns="PARAMCD", values="AVAL"
    )
    doses = adex[adex["PARAMCD"] == "DOSE"].groupby(["USUBJID", "EXTRT"])["ASTDT"]
    span = (doses.max() - doses.min()).dt.days
    assert (wide["TDOSE"] * 7 / (span + 28)).to_dict() == pytest.approx(wide["DOSEINT"].to_dict())


def test_each_dose_of_ex_is_there_once(adex, frames):
    doses = adex[adex["PARAMCD"] == "DOSE"]
    ex = frames["EX"]
    assert set(zip(doses["USUBJID"], doses["EXSEQ"], strict=True)) == set(
        zip(ex["USUBJID"], ex["EXSEQ"], strict=True)
    )
    assert len(doses) == len(ex)


def test_totals_agree_with_adsl(adex, frames):
    adsl = frames["ADSL"].set_index("USUBJID")
    total = adex[(adex["PARAMCD"] == "TDOSE") & (adex["EXTRT"] == "MSC-IFNA")]
    assert total.set_index("USUBJID")["AVAL"].to_dict() == pytest.approx(
        adsl.loc[adsl["MSCFL"] == "Y", "CUMCELL"].to_dict()
    )


def test_every_parameter_has_one_name(adex):
    pairs = adex[["PARAMCD", "PARAM", "PARAMN"]].drop_duplicates()
    assert list(pairs["PARAMCD"]) != []
    assert pairs["PARAMCD"].is_unique
    assert pairs["PARAM"].is_unique
    assert set(pairs["PARAMCD"]) == {"DOSE", "INTVL", *PER_SUBJECT}
