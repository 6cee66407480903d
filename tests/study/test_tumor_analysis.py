"""ADTR and the derived responses of ADRS: golden subjects, invariants, the investigator beside."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from .conftest import DESIGN, SUBJECT, read_csv

GOLDEN = ("0001", "0002", "0003", "0004")


@pytest.fixture(scope="module")
def expected():
    if not DESIGN.exists():
        pytest.skip("the study design is not here: golden/expected_timepoints.csv")
    return read_csv(DESIGN / "golden" / "expected_timepoints.csv")


@pytest.fixture(scope="module")
def adtr(frames):
    return frames["ADTR"]


@pytest.fixture(scope="module")
def adrs(frames):
    return frames["ADRS"]


def shown(value, digits=0):
    return "" if pd.isna(value) else f"{value:.{digits}f}"


def test_golden_sums_are_in_adtr(adtr, expected):
    sums = adtr[adtr["PARAMCD"] == "SDIAM"].set_index(["USUBJID", "VISIT"])
    for want in expected:
        got = sums.loc[(SUBJECT + want["SUBJID"], want["VISIT"])]
        found = {
            "ADT": str(got["ADT"].date()),
            "DAY": shown(got["ADY"]),
            "SLD": shown(got["AVAL"]),
            "BASE": shown(got["BASE"]),
            "NADIR": shown(got["NADIR"]),
            "PCHG": shown(got["PCHG"], 1),
            "PCNAD": shown(got["PCHGNAD"], 1),
            "CHGNAD": shown(got["CHGNAD"]),
        }
        assert found == {name: want[name] for name in found}, want


@pytest.mark.parametrize(("code", "column"), [("OVRDRV", "R11"), ("IOVRDRV", "IR")])
def test_golden_responses_are_derived(adrs, expected, code, column):
    derived = adrs[adrs["PARAMCD"] == code]
    mine = derived[derived["USUBJID"].isin([SUBJECT + number for number in GOLDEN])]
    found = {
        (row.USUBJID.removeprefix(SUBJECT), row.VISIT): (str(row.ADT.date()), row.AVALC)
        for row in mine.itertuples()
    }
    want = {
        (row["SUBJID"], row["VISIT"]): (row["ADT"], row[column]) for row in expected if row[column]
    }
    assert found == want


def test_diameters_of_an_assessment_make_its_sum(adtr):
    for sums, lesions in (("SDIAM", "LDIAM"), ("NSDIAM", "NLDIAM")):
        codes = adtr["PARAMCD"].astype(str)
        whole = adtr[codes == sums].set_index(["USUBJID", "VISIT"])["AVAL"].dropna()
        parts = adtr[codes.str.fullmatch(rf"{lesions}\d+")]
        total = parts.groupby(["USUBJID", "VISIT"])["AVAL"].sum()
        assert len(whole) > 10
        pd.testing.assert_series_equal(total.loc[whole.index], whole, check_names=False)


def test_there_is_one_baseline_of_a_parameter_and_change_is_from_it(adtr):
    flagged = adtr[adtr["ABLFL"] == "Y"]
    assert not flagged.duplicated(["USUBJID", "PARAMCD"]).any()
    assert (flagged["ADT"] < flagged["TRTSDT"]).all()
    changed = adtr[adtr["CHG"].notna()]
    assert len(changed) > 100
    np.testing.assert_allclose(changed["CHG"], changed["AVAL"] - changed["BASE"])
    fallen = adtr[adtr["CHGNAD"].notna()]
    np.testing.assert_allclose(fallen["CHGNAD"], fallen["AVAL"] - fallen["NADIR"])
    assert (fallen["NADIR"] <= fallen["BASE"]).all()


def test_every_difference_from_the_investigator_is_listed_with_its_cause(built, adrs):
    derived = adrs[adrs["PARAMCD"].isin(["OVRDRV", "IOVRDRV"])]
    differs = derived[derived["CRIT1FL"] == "N"]
    assert differs["AGRDIFF"].notna().all()
    assert derived.loc[derived["CRIT1FL"] == "Y", "AGRDIFF"].isna().all()
    told = [
        finding
        for finding in built.findings
        if (finding.dataset, finding.rule) == ("ADRS", "response_agreement.differs")
    ]
    assert sum(finding.count for finding in told) == len(differs) > 0
    for row in differs.itertuples():
        words = [f"derived '{row.AVALC} at {row.VISIT}', the investigator says", row.AGRDIFF]
        assert any(all(word in finding.message for word in words) for finding in told)


def test_derived_and_stated_responses_differ_only_where_the_raw_data_were_made_to(
    adrs, injected, raw
):
    """The lesions and the responses of the forms come from one simulated course."""
    derived = adrs[adrs["PARAMCD"].isin(["OVRDRV", "IOVRDRV"])]
    differing = set(derived.loc[derived["CRIT1FL"] == "N", "USUBJID"].astype(str))
    dirty = {
        "CHN-PLAGH-BT-078-" + raw(cell["file"])[int(cell["row"]) - 1]["SUBJECT"]
        for cell in injected
        if cell["case"] in ("D13", "D18", "D25")
    }
    assert differing
    assert differing <= dirty


def test_derived_responses_stay_out_of_the_domain_of_the_investigator(frames):
    assert set(frames["RS"]["RSEVAL"].dropna()) == {"INVESTIGATOR"}


def test_a_diameter_of_one_measurement_names_its_record(frames):
    adtr, tr = frames["ADTR"], frames["TR"]
    values = {(r.USUBJID, r.TRSEQ): (r.VISIT, r.TRSTRESN) for r in tr.itertuples()}
    named = adtr[adtr["SRCSEQ"].notna()]
    for row in named.itertuples():
        assert values[row.USUBJID, row.SRCSEQ] == (row.VISIT, row.AVAL)
        assert (row.SRCDOM, row.SRCVAR) == ("TR", "TRSTRESN")
    without = adtr[adtr["SRCSEQ"].isna()]
    assert without["SRCDOM"].isna().all()
    assert len(named) > 0.8 * adtr["PARAMCD"].str.contains("LDIAM").sum()
