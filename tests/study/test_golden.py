"""The golden subjects: TU, TR and RS tell what the study design says of their lesions."""

import pytest

GOLDEN = ("0001", "0002", "0003", "0004")


@pytest.fixture(scope="module", params=GOLDEN)
def number(request):
    return request.param


def test_lesions_are_measured_as_designed(subject, design, number):
    wanted = {
        (row["VISIT"], row["ADT"], row["TRLNKID"], row["ROLE"], row["TRTESTCD"]): row["TRORRES"]
        for row in design("golden/lesions.csv")
        if row["SUBJID"] == number
    }
    results = subject("TR", number)
    # The form's sum, and the certainty of new lesions, stand beside the lesions of the design.
    lesions = results[
        results["TRLNKID"].notna()
        & ((results["TRTESTCD"] != "TUMSTATE") | ~results["TRGRPID"].str.startswith("NEW"))
    ]
    made = {
        (row.VISIT, row.TRDTC, row.TRLNKID, row.TRGRPID, row.TRTESTCD): (
            "NOT DONE" if row.TRSTAT == "NOT DONE" else row.TRORRES
        )
        for row in lesions.itertuples()
    }
    assert made == wanted


def test_lesions_are_identified_once_where_they_lie(subject, design, number):
    wanted = {
        row["TRLNKID"]: (row["ROLE"], row["LOC"])
        for row in design("golden/lesions.csv")
        if row["SUBJID"] == number
    }
    identified = subject("TU", number)
    assert identified["TULNKID"].is_unique
    made = {row.TULNKID: (row.TUORRES, row.TULOC) for row in identified.itertuples()}
    assert made == wanted


def test_the_sum_on_the_form_is_that_of_the_design(subject, design, number):
    wanted = {
        row["VISIT"]: float(row["SLD"])
        for row in design("golden/expected_timepoints.csv")
        if row["SUBJID"] == number and row["SLD"]
    }
    sums = subject("TR", number, TRTESTCD="SUMDIAM").set_index("VISIT")["TRSTRESN"]
    assert sums.drop("SCREENING").to_dict() == wanted


def test_responses_of_the_investigator_are_those_of_the_design(subject, design, number):
    for category, column in (("RECIST 1.1", "R11"), ("iRECIST", "IR")):
        wanted = {
            (row["VISIT"], row["ADT"], float(row["DAY"])): row[column]
            for row in design("golden/expected_timepoints.csv")
            if row["SUBJID"] == number and row[column]
        }
        responses = subject("RS", number, RSCAT=category, RSTESTCD="OVRLRESP")
        made = {(row.VISIT, row.RSDTC, row.RSDY): row.RSSTRESC for row in responses.itertuples()}
        assert made == wanted


def test_the_parts_of_a_response_are_those_of_the_design(subject, design, number):
    for test, column in (("TRGRESP", "TL"), ("NTRGRESP", "NT"), ("NEWLIND", "NEW")):
        wanted = {
            row["VISIT"]: row[column]
            for row in design("golden/expected_timepoints.csv")
            if row["SUBJID"] == number and row["R11"] and row[column]
        }
        answers = subject("RS", number, RSCAT="RECIST 1.1", RSTESTCD=test)
        assert answers.set_index("VISIT")["RSSTRESC"].to_dict() == wanted


def test_dates_of_the_subject_are_those_of_the_design(subject, design, number):
    (wanted,) = (row for row in design("golden/subjects.csv") if row["SUBJID"] == number)
    (person,) = subject("DM", number).itertuples()
    assert person.ARMCD == person.ACTARMCD == wanted["ARMCD"]
    assert person.RFSTDTC[:10] == wanted["TRTSDT"]
    assert ("" if person.DTHFL != "Y" else person.DTHDTC) == wanted["DTHDTC"]
    cells = subject("EX", number, EXTRT="MSC-IFNA")
    assert cells["EXSTDTC"].min()[:10] == wanted["MSCSDT"]


def test_a_response_links_to_the_lesions_of_its_assessment(subject, number):
    lesions = subject("TR", number)
    responses = subject("RS", number, RSTESTCD="OVRLRESP")
    assert set(responses["RSLNKGRP"]) == set(lesions["TRLNKGRP"]) - {"A1"}
    days = lesions.groupby("TRLNKGRP")["TRDTC"].max()
    assert (responses["RSLNKGRP"].map(days) == responses["RSDTC"]).all()
