"""Trial design: every parameter, arm, element, visit and assessment of the study design."""

from __future__ import annotations

import pytest

from cdisc.standards import terminology

PARAMETERS = [
    "TITLE",
    "STYPE",
    "TPHASE",
    "TTYPE",
    "TINDTP",
    "INTMODEL",
    "INTTYPE",
    "TBLIND",
    "TCNTRL",
    "RANDOM",
    "NARMS",
    "ADDON",
    "PLANSUB",
    "ACTSUB",
    "AGEMIN",
    "AGEMAX",
    "SEXPOP",
    "HLTSUBJI",
    "INDIC",
    "TDIGRP",
    "THERAREA",
    "FCNTRY",
    "SPONSOR",
    "REGID",
    "SPREFID",
    "FDADRIND",
    "FDADEIND",
    "TRT",
    "DOSE",
    "DOSU",
    "DOSFRM",
    "DOSFRQ",
    "ROUTE",
    "OBJPRIM",
    "OUTMSPRI",
    "OBJSEC",
    "OUTMSSEC",
    "CRMDUR",
    "SDMDUR",
    "LENGTH",
    "SSTDTC",
    "SENDTC",
    "STOPRULE",
    "DMCIND",
    "ADAPT",
    "PCLAS",
    "CURTRT",
    "COMPTRT",
    "EXTTIND",
    "PDSTIND",
    "DCUTDTC",
    "DCUTDESC",
    "SDTIGVER",
    "SDTMVER",
    "ONGOSIND",
]
NULL_FLAVORS = {
    "SENDTC": "NAV",
    **dict.fromkeys(["STOPRULE", "DMCIND", "ADAPT", "PCLAS"], "UNK"),
    **dict.fromkeys(["CURTRT", "COMPTRT"], "NA"),
}
DRUGS = {"MSC-IFNA", "NAB-PACLITAXEL", "CYCLOPHOSPHAMIDE", "ANTI-PD-1 ANTIBODY"}
CYCLE = (1, 2, 4, 8, 15, 22, 29)
COMBINATION = (1, 2, 6, 7, 9, 13, 20, 27, 34)


@pytest.fixture(scope="module")
def ts(frames):
    return frames["TS"]


def values(ts, parameter):
    return ts.loc[ts["TSPARMCD"] == parameter, "TSVAL"].tolist()


def test_every_parameter_of_the_design_is_there_and_no_other(ts):
    assert set(ts["TSPARMCD"]) == set(PARAMETERS)


def test_names_are_those_of_the_terminology(ts):
    ct = terminology("sdtmct", "2025-03-28")
    codes = {term.value: term.code for term in ct.codelist("TSPARMCD").terms}
    names = {term.code: term.value for term in ct.codelist("TSPARM").terms}
    for code, name in ts[["TSPARMCD", "TSPARM"]].drop_duplicates().itertuples(index=False):
        assert names[codes[code]] == name


def test_what_only_the_data_tell_is_what_they_tell(ts, frames, study):
    # Who entered the trial is enrolled, also the one who was assigned to no arm.
    entered = frames["DS"].loc[frames["DS"]["DSDECOD"] == "ENTERED INTO TRIAL", "USUBJID"]
    enrolled = frames["DM"][frames["DM"]["USUBJID"].isin(entered)]
    assert enrolled["ARMCD"].isna().any()
    assert values(ts, "ACTSUB") == [str(len(enrolled))]
    assert values(ts, "SSTDTC") == [enrolled["RFICDTC"].min()]
    assert values(ts, "DCUTDTC") == [study.cut.date]


def test_a_value_or_the_reason_that_there_is_none(ts):
    assert (ts["TSVAL"].isna() == ts["TSVALNF"].notna()).all()
    lacking = ts[ts["TSVALNF"].notna()]
    assert dict(zip(lacking["TSPARMCD"], lacking["TSVALNF"], strict=True)) == NULL_FLAVORS


def test_each_drug_has_its_rows_together(ts):
    for parameter in ("TRT", "DOSE", "DOSU", "DOSFRM", "DOSFRQ", "ROUTE", "PCLAS"):
        rows = ts[ts["TSPARMCD"] == parameter]
        assert set(rows["TSGRPID"]) == DRUGS
    assert set(values(ts, "TRT")) == DRUGS
    doses = ts[ts["TSPARMCD"] == "DOSE"].set_index("TSGRPID")["TSVAL"].to_dict()
    assert doses == {
        "MSC-IFNA": "2",
        "NAB-PACLITAXEL": "125",
        "CYCLOPHOSPHAMIDE": "200",
        "ANTI-PD-1 ANTIBODY": "200",
    }


def test_a_code_is_that_of_the_value_in_the_release_it_names(ts):
    ct = terminology("sdtmct", "2025-03-28")
    known = {}
    for name in ct.names:
        for term in ct.codelist(name).terms:
            known.setdefault(term.code, set()).add(term.value)
    coded = ts[ts["TSVCDREF"] == "CDISC CT"]
    assert len(coded) > 30
    assert set(coded["TSVCDVER"]) == {"2025-03-28"}
    assert all(
        value in known[code] for value, code in coded[["TSVAL", "TSVALCD"]].itertuples(index=False)
    )
    assert ts.loc[ts["TSVALCD"].notna(), "TSVCDREF"].notna().all()


def test_a_long_outcome_goes_on_in_the_next_variable(ts):
    long = ts[ts["TSVAL1"].notna()]
    assert set(long["TSPARMCD"]) == {"OUTMSPRI", "OUTMSSEC"}
    assert ts["TSVAL"].dropna().str.len().max() <= 200
    assert (long["TSVAL"].str.len() > 150).all()
    assert len(values(ts, "OUTMSPRI") + values(ts, "OUTMSSEC")) == 15


def test_numbers_within_a_parameter_count_from_1(ts):
    for _, numbers in ts.groupby("TSPARMCD")["TSSEQ"]:
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_arms_have_the_elements_of_the_design(frames):
    ta = frames["TA"].sort_values(["ARMCD", "TAETORD"])
    mono = [("SCRN", "SCREENING"), *[("MSC", "TREATMENT")] * 4, ("FU", "FOLLOW-UP")]
    combo = [
        ("SCRN", "SCREENING"),
        *[("CMBO", "TREATMENT")] * 4,
        *[("CONS", "CONSOLIDATION TREATMENT")] * 4,
        *[("MNT", "CONTINUATION TREATMENT")] * 4,
        ("FU", "FOLLOW-UP"),
    ]
    for arm, expected in (("MONO", mono), ("COMBO", combo)):
        rows = ta[ta["ARMCD"] == arm]
        assert list(rows[["ETCD", "EPOCH"]].itertuples(index=False, name=None)) == expected
        assert rows["TAETORD"].tolist() == list(range(1, len(expected) + 1))
    assert set(ta["ETCD"]) == set(frames["TE"]["ETCD"])
    treatment = ~ta["ETCD"].isin(["SCRN", "FU"])
    assert (ta["TATRANS"].notna() == treatment).all()
    assert (ta["TABRANCH"].notna() == (ta["ETCD"] == "SCRN")).all()


def test_visits_are_those_of_the_calendar(frames):
    tv = frames["TV"]
    found = {
        arm: set(tv.loc[tv["ARMCD"] == arm, "VISITNUM"].astype(int)) for arm in ("MONO", "COMBO")
    }
    cycles = {100 * cycle + day for cycle in range(1, 5) for day in CYCLE}
    combined = {100 * cycle + day for cycle in range(1, 5) for day in COMBINATION}
    consolidation = {100 * cycle + day for cycle in range(5, 9) for day in CYCLE}
    maintenance = {100 * cycle + 1 for cycle in range(9, 13)}
    assert cycles <= found["MONO"]
    assert combined | consolidation | maintenance <= found["COMBO"]
    both = set(tv.loc[tv["ARMCD"].isna(), "VISITNUM"].astype(int))
    assert {1, 3001, 3028, *(2000 + week for week in range(6, 55, 6))} <= both
    assert "-28" in tv.loc[tv["VISITNUM"] == 1, "TVSTRL"].iloc[0]
    weeks = tv[tv["VISITNUM"].between(2001, 2999)]
    assert (weeks["VISITDY"] == 7 * (weeks["VISITNUM"] - 2000) + 1).all()


def test_one_schedule_of_assessments(frames):
    td = frames["TD"].drop(columns=["STUDYID", "DOMAIN"]).to_dict("records")
    assert td == [
        {
            "TDORDER": 1,
            "TDANCVAR": "ANCH1DT",
            "TDSTOFF": "P0D",
            "TDTGTPAI": "P42D",
            "TDMINPAI": "P35D",
            "TDMAXPAI": "P49D",
            "TDNUMRPT": 9,
        }
    ]
