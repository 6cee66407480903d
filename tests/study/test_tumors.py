"""Tumor datasets: how dirt and rules of the forms arrive in TU, TR and RS."""

import pandas as pd


def listed(column):
    """Values as a list, missing ones as None."""
    return [None if pd.isna(value) else value for value in column]


def test_a_lesion_too_small_to_measure_counts_as_5_mm_and_keeps_its_words(subject):
    (lesion,) = subject("TR", "0001", TRLNKID="T02", VISIT="TUMOR WEEK 12").itertuples()
    assert (lesion.TRORRES, lesion.TRSTRESC, lesion.TRSTRESN) == ("TOO SMALL TO MEASURE", "5", 5.0)
    assert lesion.TRSTRESU == "mm"


def test_a_lesion_that_is_gone_measures_0_mm(subject):
    (lesion,) = subject("TR", "0004", TRLNKID="T02", VISIT="TUMOR WEEK 12").itertuples()
    assert (lesion.TRORRES, lesion.TRORRESU, lesion.TRSTRESN) == ("0", "mm", 0.0)


def test_a_lesion_that_cannot_be_evaluated_is_not_done_with_its_reason(subject):
    lesion = subject("TR", "0003", TRLNKID="T01.2", VISIT="TUMOR WEEK 12")
    assert listed(lesion["TRSTAT"]) == ["NOT DONE"]
    assert listed(lesion["TRREASND"]) == ["lesion outside the scanned field"]
    assert listed(lesion["TRORRES"]) == listed(lesion["TRSTRESC"]) == [None]
    # So the form showed no sum.
    assert subject("TR", "0003", TRTESTCD="SUMDIAM", VISIT="TUMOR WEEK 12").empty


def test_pieces_and_merged_lesions_name_where_they_came_from(subject):
    lesions = subject("TU", "0003").set_index("TULNKID")
    assert lesions["TUTESTCD"].to_dict() == {
        "T01": "TUMIDENT",
        "T01.1": "TUSPLIT",
        "T01.2": "TUSPLIT",
        "T02": "TUMIDENT",
        "T02.M": "TUMERGE",
        "T03": "TUMIDENT",
    }
    assert lesions["TUGRPID"].dropna().to_dict() == {
        "T01.1": "T01",
        "T01.2": "T01",
        "T02.M": "T02,T03",
    }


def test_lymph_nodes_are_measured_across(frames):
    places = frames["TU"].set_index(["USUBJID", "TULNKID"])["TULOC"]
    for test, nodal in (("LPERP", True), ("LDIAM", False)):
        measured = frames["TR"][frames["TR"]["TRTESTCD"] == test]
        found = places.loc[list(zip(measured["USUBJID"], measured["TRLNKID"], strict=True))]
        assert set(found.str.endswith("LYMPH NODE")) == {nodal}


def test_every_lesion_of_tr_is_identified_in_tu(frames):
    measured = frames["TR"].dropna(subset="TRLNKID")
    pairs = set(zip(measured["USUBJID"], measured["TRLNKID"], strict=True))
    identified = frames["TU"]
    assert pairs == set(zip(identified["USUBJID"], identified["TULNKID"], strict=True))


def test_an_adrenal_gland_has_its_side(frames):
    glands = frames["TU"][frames["TU"]["TULOC"] == "ADRENAL GLAND"]
    assert len(glands)
    assert set(glands["TULAT"]) == {"LEFT"}


def test_scans_of_several_days_are_one_assessment(subject):
    lesions = subject("TR", "0013", VISIT="TUMOR WEEK 6")
    assert set(lesions["TRDTC"]) == {"2023-12-16", "2023-12-20"}
    assert set(lesions["TRLNKGRP"]) == {"A2"}
    # The sum is known with the last of them.
    assert listed(lesions[lesions["TRTESTCD"] == "SUMDIAM"]["TRDTC"]) == ["2023-12-20"]


def test_a_new_lesion_grows_from_equivocal_to_unequivocal(frames):
    states = frames["TR"][frames["TR"]["TRSTRESC"] == "EQUIVOCAL"]
    assert len(states) == 1
    (first,) = states.itertuples()
    same = frames["TR"][
        (frames["TR"]["USUBJID"] == first.USUBJID)
        & (frames["TR"]["TRLNKID"] == first.TRLNKID)
        & (frames["TR"]["TRTESTCD"] == "TUMSTATE")
    ]
    assert listed(same["TRSTRESC"]) == ["EQUIVOCAL", "UNEQUIVOCAL", "UNEQUIVOCAL"]
    lesion = frames["TU"][frames["TU"]["USUBJID"] == first.USUBJID].set_index("TULNKID")
    assert lesion.loc[first.TRLNKID, "TUDTC"] == first.TRDTC
    answers = frames["RS"][
        (frames["RS"]["USUBJID"] == first.USUBJID) & (frames["RS"]["RSTESTCD"] == "NEWLPROG")
    ]
    assert listed(answers["RSSTRESC"]) == ["EQUIVOCAL", "UNEQUIVOCAL", "UNEQUIVOCAL"]


def test_unequivocal_progression_of_non_targets_is_an_enlargement_from_nadir(frames):
    states = frames["TR"][frames["TR"]["TRGRPID"] == "NON-TARGET"]["TRSTRESC"].value_counts()
    assert set(states.index) == {
        "PRESENT",
        "ABSENT",
        "ENLARGEMENT FROM NADIR",
        "FURTHER ENLARGEMENT FROM NADIR",
    }
    assert states["ENLARGEMENT FROM NADIR"] == states["FURTHER ENLARGEMENT FROM NADIR"] == 1


def test_a_response_that_contradicts_the_lesions_stays_the_investigators(frames, raw, injected):
    (row,) = (
        int(cell["row"]) for cell in injected if (cell["case"], cell["file"]) == ("D25", "resp.csv")
    )
    form = raw("resp.csv")[row - 1]
    answer = frames["RS"][
        frames["RS"]["USUBJID"].str.endswith(form["SUBJECT"])
        & (frames["RS"]["VISIT"] == form["VISIT"])
        & (frames["RS"]["RSCAT"] == {"1": "RECIST 1.1", "2": "iRECIST"}[form["CRIT"]])
        & (frames["RS"]["RSTESTCD"] == "OVRLRESP")
    ]
    assert listed(answer["RSSTRESC"]) == [form["ORESP"]]


def test_performance_status_is_a_score(frames, at_cut):
    status = frames["RS"][frames["RS"]["RSCAT"] == "ECOG"]
    assert set(status["RSTESTCD"]) == {"ECOG101"}
    assert len(status) == len(at_cut("ecog.csv"))
    scored = status.dropna(subset=["RSSTRESC"])
    assert len(status) == len(scored) + 1
    assert (scored["RSSTRESN"].astype(int).astype(str) == scored["RSSTRESC"]).all()
    others = frames["RS"][frames["RS"]["RSCAT"] != "ECOG"]
    assert others["RSSTRESN"].isna().all()


def test_symptomatic_deterioration_keeps_the_investigators_words(subject):
    (answer,) = subject("RS", "0015", RSTESTCD="SYMPTDTR").itertuples()
    assert (answer.RSORRES, answer.RSSTRESC) == ("worsening dyspnoea", "Y")
    assert answer.RSCAT == "PROTOCOL DEFINED RESPONSE CRITERIA"


def test_indicators_are_yes_or_no(frames):
    answers = frames["RS"].groupby("RSTESTCD")["RSSTRESC"].unique()
    for test in ("NEWLIND", "NTLWIND", "NEWLWIND"):
        assert set(answers[test]) == {"N", "Y"}


def test_a_sum_that_is_not_that_of_its_lesions_is_kept_and_told(built, raw, injected):
    (row,) = (
        int(cell["row"]) for cell in injected if (cell["case"], cell["file"]) == ("D25", "tl.csv")
    )
    form = raw("tl.csv")[row - 1]
    results = built.datasets["TR"].frame
    mine = results[
        results["USUBJID"].str.endswith(form["SUBJECT"]) & (results["VISIT"] == form["VISIT"])
    ]
    lesions = mine[(mine["TRGRPID"] == "TARGET") & (mine["TRTESTCD"] != "SUMDIAM")]
    total = mine[mine["TRTESTCD"] == "SUMDIAM"]
    assert listed(total["TRSTRESN"]) == [float(form["SLD"])]
    (finding,) = (
        found
        for found in built.findings
        if (found.dataset, found.rule) == ("TR", "checked_against.differs")
    )
    assert finding.message.endswith(
        f"is not '{lesions['TRSTRESN'].sum():.0f}', the sum of the diameters of the target lesions"
    )


def test_a_diameter_in_full_width_digits_is_a_number(frames, raw, injected):
    (row,) = (
        int(cell["row"]) for cell in injected if (cell["case"], cell["file"]) == ("D06", "tl.csv")
    )
    form = raw("tl.csv")[row - 1]
    assert not form["DIAM"].isascii()
    results = frames["TR"]
    (lesion,) = results[
        results["USUBJID"].str.endswith(form["SUBJECT"])
        & (results["VISIT"] == form["VISIT"])
        & (results["TRLNKID"] == form["LESNO"])
    ].itertuples()
    assert float(lesion.TRORRES) == lesion.TRSTRESN == float(form["DIAM"])


def test_a_response_without_date_has_that_of_the_last_scan(frames, raw):
    (visit,) = {row["VISIT"] for row in raw("resp.csv") if not row["RSPDAT"]}
    (subject,) = {row["SUBJECT"] for row in raw("resp.csv") if not row["RSPDAT"]}

    def mine(name):
        frame = frames[name]
        return frame[frame["USUBJID"].str.endswith(subject) & (frame["VISIT"] == visit)]

    assert set(mine("RS")["RSDTC"]) == {mine("TR")["TRDTC"].max()}
    assert mine("TR")["TRDTC"].nunique() == 2


def test_assessments_are_numbered_by_their_first_scan(frames):
    results = frames["TR"].dropna(subset="TRLNKGRP")
    for _, mine in results.groupby("USUBJID"):
        first = mine.groupby("TRLNKGRP")["TRDTC"].min().sort_values()
        assert list(first.index) == [f"A{number}" for number in range(1, len(first) + 1)]
        assert (mine.groupby("TRLNKGRP")["VISIT"].nunique() == 1).all()
    assert set(results[results["TRLNKGRP"] == "A1"]["VISIT"]) == {"SCREENING"}
