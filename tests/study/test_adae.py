"""ADAE: the registration's and the design's rules, by a second route over the built records."""

import re
from pathlib import Path

import pandas as pd
import pytest

REGISTRATION = Path(__file__).parents[2] / ".." / "shared" / "study" / "NCT05699811.txt"
YEAR, SAFETY = pd.Timedelta(days=365), pd.Timedelta(days=28)


@pytest.fixture(scope="module")
def adae(frames):
    return frames["ADAE"]


@pytest.fixture(scope="module")
def registered():
    if not REGISTRATION.is_file():
        pytest.skip("the study design is not here: NCT05699811.txt")
    return REGISTRATION.read_text(encoding="utf-8")


def yes(column):
    return column == "Y"


def test_a_trae_is_any_medical_event_since_the_first_infusion_within_its_window(adae, registered):
    assert (
        "Treatment related adverse events (TRAE) are defined as any medical events since the "
        "initiation of MSC-IFNα therapy." in registered
    )
    assert "Up to 12 months since the initiation of MSC-IFNα therapy" in registered
    counted = (adae["ASTDT"] >= adae["MSCSDT"]) & (adae["ASTDT"] <= adae["MSCSDT"] + YEAR)
    assert counted.equals(yes(adae["TRAEFL"]))
    assert counted.equals(yes(adae["TF12FL"]))
    # any event: whatever its relation to a drug
    assert {"RELATED", "NOT RELATED"} <= set(adae.loc[counted, "AREL"])
    assert (~counted).any()


def test_events_are_recorded_for_28_days_after_an_infusion(adae, registered):
    assert re.search(r"recorded for at least 28 days after the cell infusion", registered)
    days = (adae["ASTDT"] - adae["MSCSDT"]).dt.days
    assert yes(adae["W28FL"]).sum() >= yes(adae["DLTFL"]).sum() > 0
    dlt = yes(adae["AEDLT"]) & (days >= 0) & (days <= 28)
    assert dlt.equals(yes(adae["DLTFL"]))


def test_every_event_of_ae_is_there_once(adae, frames):
    keys = ["USUBJID", "AESEQ"]
    assert not adae[keys].duplicated().any()
    assert set(map(tuple, adae[keys].values)) == set(map(tuple, frames["AE"][keys].values))


def test_treatment_emergence_is_that_of_the_design(adae):
    """Within 28 days of treatment, or a grade above all those of the event before treatment."""
    wanted = []
    for row in adae.itertuples():
        inside = row.TRTSDT <= row.ASTDT <= row.TRTEDT + SAFETY
        episode = adae[(adae["USUBJID"] == row.USUBJID) & (adae["AEGRPID"] == row.AEGRPID)]
        old = episode[episode["ASTDT"] < row.TRTSDT]
        so_far = episode[(episode["ASTDT"] >= row.TRTSDT) & (episode["ASTDT"] <= row.ASTDT)]
        worse = len(old) and so_far["ATOXGRN"].max() > old["ATOXGRN"].max()
        ended = row.AENDT < row.TRTSDT
        wanted.append(bool((inside or worse) and not ended))
    assert yes(adae["TRTEMFL"]).tolist() == wanted
    assert not all(wanted)


def test_an_incomplete_start_is_its_earliest_day_but_that_of_treatment_where_possible(adae):
    partial = adae[adae["AESTDTC"].str.len().fillna(0) < 10]
    assert len(partial)
    for row in partial.itertuples():
        known = row.AESTDTC if isinstance(row.AESTDTC, str) else ""
        possible = f"{row.TRTSDT:%Y-%m-%d}".startswith(known)
        ends = pd.isna(row.AENDT) or row.TRTSDT <= row.AENDT
        if possible and ends:
            assert row.ASTDT == row.TRTSDT
        else:
            assert f"{row.ASTDT:%Y-%m-%d}".startswith(known)
            assert f"{row.ASTDT:%Y-%m-%d}" == {7: f"{known}-01", 4: f"{known}-01-01"}[len(known)]
        assert {7: "D", 4: "M", 0: "Y"}[len(known)] == row.ASTDTF
        assert pd.isna(row.AENDT) or row.ASTDT <= row.AENDT


def test_an_incomplete_end_is_its_latest_day_in_life_and_before_the_cut(adae):
    partial = adae[adae["AEENDTC"].str.len() < 10]
    assert len(partial)
    for row in partial.itertuples():
        last = pd.Period(row.AEENDTC, freq="M").end_time.normalize()
        limits = [d for d in (row.DTHDT, row.DCUTDT) if pd.notna(d) and d <= last]
        assert min([last, *limits]) == row.AENDT
        assert row.AENDTF == "D"
    ongoing = adae["AEENDTC"].isna()
    assert ongoing.any()
    assert adae.loc[ongoing, "AENDT"].isna().all()


def test_records_are_numbered_within_the_subject(adae):
    for _, rows in adae.groupby("USUBJID"):
        assert rows["ASEQ"].tolist() == list(range(1, len(rows) + 1))


def test_a_duration_is_at_least_a_day(adae):
    days = (adae["AENDT"] - adae["ASTDT"]).dt.days + 1
    assert adae["ADURN"].equals(days.where(days >= 1).astype("float64"))
    assert adae["ADURN"].isna().equals(adae["ADURU"].isna())
    # one event was told to have ended before it began
    assert (days < 1).any()


def test_imputed_dates_never_cross(adae):
    imputed = adae[adae["ASTDTF"].notna() | adae["AENDTF"].notna()]
    assert (imputed["AENDT"].isna() | (imputed["ASTDT"] <= imputed["AENDT"])).all()


def test_the_infusion_of_an_event_is_the_latest_on_or_before_its_start(adae, frames):
    doses = frames["EX"]
    doses = doses[doses["EXTRT"] == "MSC-IFNA"]
    for row in adae.itertuples():
        mine = doses[doses["USUBJID"] == row.USUBJID]
        days = pd.to_datetime(mine["EXSTDTC"].str[:10])
        earlier = mine[days <= row.ASTDT].sort_values("EXSTDTC")
        if earlier.empty:
            assert pd.isna(row.INFNUM)
            assert pd.isna(row.AINFDY)
            assert pd.isna(row.W28FL)
            continue
        last = earlier.iloc[-1]
        since = (row.ASTDT - pd.Timestamp(last["EXSTDTC"][:10])).days
        assert (float(last["EXSPID"]), since) == (row.INFNUM, row.AINFDY)
        assert (row.W28FL == "Y") == (0 <= since <= 28)


def test_related_is_possible_probable_definite_or_not_told(adae):
    related = {"POSSIBLE", "PROBABLE", "DEFINITE"}
    for source, made in (("AEREL", "AREL"), ("AERELMSC", "ARELMSC")):
        wanted = adae[source].isna() | adae[source].isin(related)
        assert wanted.equals(adae[made] == "RELATED")
    assert (yes(adae["RELFL"])).equals(adae["AREL"] == "RELATED")


def test_the_worst_grade_stands_on_every_record_of_an_event(adae):
    worst = adae.groupby(["USUBJID", "AEGRPID"])["ATOXGRN"].transform("max")
    assert (adae["AWTOXGR"].astype(float) == worst).all()
    assert (adae["AWTOXGR"] != adae["AETOXGR"]).any()


@pytest.mark.parametrize(
    ("flag", "by", "order"),
    [
        ("AOCCFL", ["USUBJID"], ["ASTDT", "AESEQ"]),
        ("AOCCSFL", ["USUBJID", "AESOC"], ["ASTDT", "AESEQ"]),
        ("AOCCPFL", ["USUBJID", "AEDECOD"], ["ASTDT", "AESEQ"]),
        ("AOCC01FL", ["USUBJID"], ["WORST", "ASTDT", "AESEQ"]),
        ("AOCCSIFL", ["USUBJID", "AESOC"], ["WORST", "ASTDT", "AESEQ"]),
        ("AOCCPIFL", ["USUBJID", "AEDECOD"], ["WORST", "ASTDT", "AESEQ"]),
    ],
)
def test_first_occurrences_are_first_of_those_under_treatment(adae, flag, by, order):
    emergent = adae[yes(adae["TRTEMFL"])].assign(WORST=lambda f: -f["ATOXGRN"])
    first = emergent.dropna(subset=by).sort_values(order).groupby(by).head(1)
    assert set(adae.index[yes(adae[flag])]) == set(first.index)


def test_qualifiers_of_ae_are_variables_with_a_predecessor(built, adae):
    for name in ("AEDLT", "AERELMSC", "AETERM"):
        assert built.datasets["ADAE"].variable(name).origin.type == "Predecessor"
    assert adae["AEDLT"].notna().all()
