"""DM, IE, TI and CO from the EDC snapshot: persons, their eligibility, comments on them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cdisc.build import read_inputs

SUBJECT = "CHN-PLAGH-BT-078-001-"
MADE = ("DM", "DS", "IE", "TI", "CO")


def listed(column):
    return [None if value != value else value for value in column.tolist()]


@pytest.mark.parametrize("name", MADE)
def test_every_variable_of_the_design_is_there_with_its_label_order_and_origin(built, design, name):
    wanted = [row for row in design("annex_sdtm_variables.csv") if row["dataset"] == name]
    made = {variable.name: variable for variable in built.datasets[name].variables}
    assert {row["variable"] for row in wanted} <= set(made)
    for row in wanted:
        variable = made[row["variable"]]
        assert variable.label == row["label"]
        assert variable.origin.type == row["origin"], variable.name
        assert variable.core in (row["core"], "")
    order = [row["variable"] for row in wanted if row["ig_order"]]
    assert [variable for variable in made if variable in order] == order


@pytest.mark.parametrize("name", ["DS", "IE", "CO"])
def test_sequence_numbers_are_1_to_n_in_each_subject(frames, name):
    numbers = frames[name].groupby("USUBJID")[f"{name}SEQ"]
    assert (numbers.min() == 1).all()
    assert (numbers.max() == numbers.size()).all()
    assert (numbers.nunique() == numbers.size()).all()


def test_there_is_one_record_for_each_person_of_the_crosswalk(frames, raw):
    persons = {row["PERSON"] for row in raw("idmap.csv")}
    assert len(persons) == 43
    made = frames["DM"]["USUBJID"]
    assert made.is_unique
    assert set(made) == {f"CHN-PLAGH-BT-078-{person}" for person in persons}


# ---- D05: screened twice ------------------------------------------------------------------


def test_d05_a_person_screened_twice_has_one_record_of_the_screening_that_enrolled(
    edc, raw, subject, frames
):
    ids = [row for row in raw("idmap.csv") if row["PERSON"] == "001-0031"]
    assert sorted(row["EDCID"] for row in ids) == ["001-0031", "001-0044"]
    consent = {row["SUBJECT"]: row["ICDAT"] for row in edc("IC")}
    assert consent["001-0044"] < consent["001-0031"]
    (person,) = subject("DM", "0031").itertuples()
    assert person.SUBJID == "001-0031"
    assert consent["001-0031"] == person.RFICDTC
    assert person.ARMCD == "COMBO"
    assert subject("DM", "0044").empty
    earlier = frames["SUPPDM"][frames["SUPPDM"]["QNAM"] == "PREVSUBJ"]
    assert earlier["USUBJID"].tolist() == [SUBJECT + "0031"]
    assert earlier["QVAL"].tolist() == ["001-0044"]
    assert earlier["QORIG"].tolist() == ["COLLECTED"]


def test_d05_records_of_the_earlier_screening_are_those_of_the_person(edc, subject):
    milestones = subject("DS", "0031", DSDECOD="INFORMED CONSENT OBTAINED")
    both = sorted(row["ICDAT"] for row in edc("IC") if row["SUBJECT"] in ("001-0031", "001-0044"))
    assert milestones["DSSTDTC"].tolist() == both
    (failed,) = subject("DS", "0031", DSDECOD="SCREEN FAILURE").itertuples()
    assert both[0] < failed.DSSTDTC < both[1]
    (unmet,) = subject("IE", "0031").itertuples()
    assert (unmet.IETESTCD, unmet.IEORRES, unmet.IEDTC) == ("EXCL03", "Y", failed.DSSTDTC)


# ---- D01, D08, D28 -------------------------------------------------------------------------


def test_d01_a_consent_without_its_day_stays_as_known(edc, subject, built, injected):
    (cell,) = (row for row in injected if (row["case"], row["column"]) == ("D01", "ICDAT"))
    received = edc("IC")[int(cell["row"]) - 1]
    assert re.fullmatch(r"\d{4}-\d\d", received["ICDAT"])
    number = received["SUBJECT"][-4:]
    (person,) = subject("DM", number).itertuples()
    assert received["ICDAT"] == person.RFICDTC
    assert int(person.AGE) == int(received["ICDAT"][:4]) - int(person.BRTHDTC)
    (milestone,) = subject("DS", number, DSDECOD="INFORMED CONSENT OBTAINED").itertuples()
    assert received["ICDAT"] == milestone.DSSTDTC
    (said,) = (
        finding
        for finding in built.findings
        if (finding.dataset, finding.rule, finding.value)
        == ("DS", "epoch.undecided", received["ICDAT"])
    )
    assert [(place.file, place.row) for place in said.occurrences] == [
        ("edc_odm.xml", int(cell["row"]))
    ]


def test_d08_variants_of_a_race_are_its_term(edc, frames, injected):
    rows = [
        edc("DM")[int(cell["row"]) - 1]
        for cell in injected
        if (cell["case"], cell["column"]) == ("D08", "RACE")
    ]
    variants = {row["RACE"] for row in rows}
    assert {"ASIAN", "asian "} <= variants
    race = frames["DM"].set_index("SUBJID")["RACE"]
    assert {race[row["SUBJECT"]] for row in rows if row["RACE"] != "Han Chinese"} == {"ASIAN"}


def test_d08_a_race_that_is_no_term_is_missing_with_a_finding(edc, subject, built):
    (row,) = (row for row in edc("DM") if row["RACE"] == "Han Chinese")
    (person,) = subject("DM", row["SUBJECT"][-4:]).itertuples()
    assert person.RACE != person.RACE
    (said,) = (
        finding
        for finding in built.findings
        if (finding.dataset, finding.rule) == ("DM", "codelist_term.unmatched")
    )
    assert said.value == "Han Chinese"
    assert [(place.file, place.row) for place in said.occurrences] == [("edc_odm.xml", 20)]


def test_d28_a_comment_is_written_in_characters_that_transport_files_hold(edc, subject, injected):
    (cell,) = (row for row in injected if (row["case"], row["column"]) == ("D28", "COVAL"))
    received = edc("CO")[int(cell["row"]) - 1]
    assert "IFN-α" in received["COVAL"]
    (comment,) = subject("CO", received["SUBJECT"][-4:]).itertuples()
    assert comment.COVAL == (
        "IFN-a kinetics discussed with the laboratory; next sample to be kept at 4 degrees C"
    )


# ---- CO, IE, TI ----------------------------------------------------------------------------


def test_a_comment_of_more_than_200_characters_goes_on_in_coval1(edc, frames):
    (received,) = (row for row in edc("CO") if len(row["COVAL"]) > 200)
    comments = frames["CO"]
    (long,) = comments[comments["COVAL1"].notna()].itertuples()
    assert SUBJECT + received["SUBJECT"][-4:] == long.USUBJID
    assert f"{long.COVAL} {long.COVAL1}" == received["COVAL"]
    assert len(long.COVAL) <= 200
    assert comments["COVAL"].notna().all()


def test_comments_belong_to_no_record_of_another_dataset(frames, edc):
    comments = frames["CO"]
    assert len(comments) == len(edc("CO"))
    for name in ("RDOMAIN", "IDVAR", "IDVARVAL"):
        assert comments[name].isna().all()
    assert set(comments["COEVAL"]) == {"INVESTIGATOR"}


def test_only_unmet_criteria_are_in_ie_answered_as_on_the_form(edc, raw, frames):
    person = {row["EDCID"]: row["PERSON"] for row in raw("idmap.csv")}
    wanted = set()
    for row in edc("IE"):
        inclusion = row["IETEST"].startswith("I")
        if inclusion == (row["IEYN"] == "0"):
            code = f"{'INCL' if inclusion else 'EXCL'}{int(row['IETEST'][1:]):02d}"
            who = f"CHN-PLAGH-BT-078-{person[row['SUBJECT']]}"
            wanted.add((who, code, "N" if inclusion else "Y", row["IEDAT"]))
    made = frames["IE"]
    assert {
        (row.USUBJID, row.IETESTCD, row.IEORRES, row.IEDTC) for row in made.itertuples()
    } == wanted
    assert (made["IESTRESC"] == made["IEORRES"]).all()
    assert set(made["VISIT"]) == {"SCREENING"}
    assert set(made["VISITNUM"]) == {1}


def test_an_answer_that_cannot_be_told_for_a_criterion_is_told_of_the_form(study, tmp_path):
    text = (study.folders["raw"] / "edc_odm.xml").read_text(encoding="utf-8")
    first, rest = text.split('ItemOID="IETEST" Value="I2"', 1)
    changed = f'{first}ItemOID="IETEST" Value="I12"{rest}'
    changed = changed.replace('<ItemData ItemOID="IEYN" Value="0"/>', "", 1)
    (tmp_path / "edc_odm.xml").write_text(changed, encoding="utf-8", newline="\n")
    (tmp_path / "idmap.csv").write_bytes((study.folders["raw"] / "idmap.csv").read_bytes())
    sources = {name: study.sources[name] for name in ("ic", "ie")}
    one = replace(
        study,
        datasets={"IE": study.datasets["IE"]},
        sources=sources,
        tables={},
        folders={"raw": tmp_path},
    )
    said = {
        (note.rule, note.variable, note.value, place.row)
        for note in read_inputs(one).notes
        for place in note.occurrences
    }
    assert said == {
        ("source.code", "IETEST", "I12", 2),
        ("source.required", "IEYN", None, 11),
    }


def test_whoever_failed_screening_has_an_unmet_criterion(frames):
    people = frames["DM"]
    failed = people[people["ARMNRS"] == "SCREEN FAILURE"]["USUBJID"]
    assert len(failed) == 3
    assert set(failed) <= set(frames["IE"]["USUBJID"])


def test_criteria_have_the_text_of_the_trial_design(frames):
    texts = frames["TI"].set_index("IETESTCD")[["IETEST", "IECAT"]]
    for row in frames["IE"].itertuples():
        assert tuple(texts.loc[row.IETESTCD]) == (row.IETEST, row.IECAT)


def test_criteria_are_those_of_the_registration_the_long_ones_in_full_in_the_comment(
    study, built, frames, registration
):
    made = frames["TI"].set_index("IETESTCD")["IETEST"]
    assert set(made.index) == set(registration)
    (variable,) = (v for v in built.datasets["TI"].variables if v.name == "IETEST")
    (note,) = (note for note in study.info.notes if note.name == variable.comment)
    comment = " ".join(note.text.split())
    abridged = set()
    for code, text in registration.items():
        assert len(made[code]) <= 200
        if len(text) <= 200:
            assert made[code] == text
        else:
            abridged.add(code)
            assert f"{code}: {text}" in comment
    assert abridged == {"INCL03", "INCL10", "EXCL02", "EXCL07"}


# ---- reference dates and arms ---------------------------------------------------------------


@pytest.mark.parametrize("number", ["0001", "0002", "0003", "0004"])
def test_dates_of_the_golden_subjects_are_those_of_the_design(subject, design, number):
    (wanted,) = (row for row in design("golden/subjects.csv") if row["SUBJID"] == number)
    (person,) = subject("DM", number).itertuples()
    (entered,) = subject("DS", number, DSDECOD="ENTERED INTO TRIAL").itertuples()
    assert wanted["ENRLDT"] == entered.DSSTDTC
    assert person.ARMCD == person.ACTARMCD == wanted["ARMCD"]
    assert person.RFSTDTC == person.RFXSTDTC
    assert person.RFSTDTC[:10] == wanted["TRTSDT"]
    death = subject("DS", number, DSDECOD="DEATH")
    assert listed(death["DSSTDTC"]) == ([wanted["DTHDTC"]] if wanted["DTHDTC"] else [])
    # A death on a day that is not known is no later contact.
    known = wanted["DTHDTC"] if len(wanted["DTHDTC"]) == 10 else wanted["LSTALVDT"]
    assert known == person.RFPENDTC


def test_arms_are_null_with_a_reason_where_nobody_was_assigned_or_treated(frames):
    people = frames["DM"]
    for row in people.itertuples():
        absent = row.ARMCD != row.ARMCD or row.ACTARMCD != row.ACTARMCD
        assert absent == (row.ARMNRS == row.ARMNRS), row.USUBJID
    reasons = people.set_index("SUBJID")["ARMNRS"].dropna()
    assert reasons["001-0007"] == "ASSIGNED, NOT TREATED"
    assert reasons["001-0027"] == "NOT ASSIGNED"
    assert set(reasons) == {"SCREEN FAILURE", "NOT ASSIGNED", "ASSIGNED, NOT TREATED"}


def test_age_is_counted_from_the_birth_year_to_the_consent(edc, frames):
    years = {row["SUBJECT"]: row["BRTHYR"] for row in edc("DM")}
    for row in frames["DM"].itertuples():
        assert years[row.SUBJID] == row.BRTHDTC
        assert int(row.RFICDTC[:4]) - int(row.BRTHDTC) == row.AGE
    assert set(frames["DM"]["AGEU"]) == {"YEARS"}


def test_qualifiers_of_persons_say_what_the_forms_said(edc, frames):
    said = {row["SUBJECT"]: row for row in edc("DM")}
    answers = {"0": "N", "1": "Y"}
    qualifiers = frames["SUPPDM"]
    for name in ("WOCBP", "LIFEXP"):
        made = qualifiers[qualifiers["QNAM"] == name].set_index("USUBJID")["QVAL"]
        wanted = {
            row.USUBJID: answers[said[row.SUBJID][name]]
            for row in frames["DM"].itertuples()
            if said[row.SUBJID].get(name)
        }
        assert made.to_dict() == wanted
    assert qualifiers["IDVAR"].isna().all()
