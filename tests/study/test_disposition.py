"""DS: consent and enrolment, the end of each drug and of the study, deaths."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from cdisc.build import build, of_subjects

DRUGS = ("MSC-IFNA", "NAB-PACLITAXEL", "CYCLOPHOSPHAMIDE", "ANTI-PD-1 ANTIBODY")


def iso(text: str) -> str:
    """`05-MAR-2024` and `UN-MAR-2024` as SDTM writes them."""
    if text.startswith("UN-"):
        return datetime.strptime(text[3:], "%b-%Y").strftime("%Y-%m")
    return datetime.strptime(text, "%d-%b-%Y").date().isoformat()


@pytest.fixture(scope="module")
def person(raw):
    return {row["EDCID"]: f"CHN-PLAGH-BT-078-{row['PERSON']}" for row in raw("idmap.csv")}


def test_every_consent_and_enrolment_is_a_milestone(edc, frames, person):
    milestones = frames["DS"][frames["DS"]["DSCAT"] == "PROTOCOL MILESTONE"]
    made = {(row.USUBJID, row.DSDECOD, row.DSSTDTC) for row in milestones.itertuples()}
    wanted = {
        (person[row["SUBJECT"]], "INFORMED CONSENT OBTAINED", row["ICDAT"]) for row in edc("IC")
    } | {(person[row["SUBJECT"]], "ENTERED INTO TRIAL", row["ENRDAT"]) for row in edc("ENR")}
    assert made == wanted
    assert (milestones["DSTERM"] == milestones["DSDECOD"]).all()
    assert milestones["DSSCAT"].isna().all()


def test_the_end_of_each_drug_and_of_the_study_is_a_disposition(raw, frames, person):
    dispositions = frames["DS"][frames["DS"]["DSCAT"] == "DISPOSITION EVENT"]
    made = {(row.USUBJID, row.DSSCAT, row.DSSTDTC) for row in dispositions.itertuples()}
    wanted = {
        (
            person[row["SUBJECT"]],
            DRUGS[int(row["DRUG"])] if row["TYPE"] == "1" else "STUDY PARTICIPATION",
            iso(row["DSDAT"]),
        )
        for row in raw("disp.csv")
    }
    assert made <= wanted
    # Only what lies after the data cut-off is left out.
    assert all(when > "2025-06-30" for _, _, when in wanted - made)


def test_d01_an_end_without_its_day_stays_as_known_and_its_epoch_is_open(
    raw, subject, built, injected
):
    (cell,) = (r for r in injected if (r["case"], r["file"]) == ("D01", "disp.csv"))
    received = raw("disp.csv")[int(cell["row"]) - 1]
    assert received["DSDAT"].startswith("UN-")
    (made,) = subject("DS", received["SUBJECT"][-4:], DSSTDTC=iso(received["DSDAT"])).itertuples()
    assert DRUGS[int(received["DRUG"])] == made.DSSCAT
    assert made.EPOCH != made.EPOCH
    assert made.DSSTDY != made.DSSTDY
    said = [
        place
        for finding in built.findings
        if (finding.dataset, finding.rule) == ("DS", "epoch.undecided")
        for place in finding.occurrences
    ]
    assert ("disp.csv", int(cell["row"])) in {(place.file, place.row) for place in said}


def test_d08_a_reason_that_was_typed_is_kept_with_a_finding(raw, subject, built, injected):
    (cell,) = (r for r in injected if (r["case"], r["file"]) == ("D08", "disp.csv"))
    received = raw("disp.csv")[int(cell["row"]) - 1]
    assert received["REASON"] == "moved abroad"
    (made,) = subject("DS", received["SUBJECT"][-4:], DSDECOD="MOVED ABROAD").itertuples()
    assert made.DSTERM == "moved abroad"
    (said,) = (
        finding
        for finding in built.findings
        if (finding.dataset, finding.rule) == ("DS", "codelist_term.unmatched")
    )
    assert [(place.file, place.row) for place in said.occurrences] == [
        ("disp.csv", int(cell["row"]))
    ]


def test_d12_a_death_without_its_day_stays_as_known(raw, subject):
    (received,) = (row for row in raw("death.csv") if row["DTHDAT"] == "UN-SEP-2024")
    number = received["SUBJECT"][-4:]
    (person,) = subject("DM", number).itertuples()
    assert (person.DTHDTC, person.DTHFL) == ("2024-09", "Y")
    (death,) = subject("DS", number, DSDECOD="DEATH").itertuples()
    assert (death.DSSTDTC, death.DSSCAT) == ("2024-09", "STUDY PARTICIPATION")


def test_d27_who_withdrew_and_died_later_has_both(raw, subject, injected):
    (cell,) = (r for r in injected if (r["case"], r["file"]) == ("D27", "death.csv"))
    received = raw("death.csv")[int(cell["row"]) - 1]
    number, died = received["SUBJECT"][-4:], iso(received["DTHDAT"])
    (left,) = subject("DS", number, DSSCAT="STUDY PARTICIPATION").itertuples()
    assert left.DSDECOD == "WITHDRAWAL BY SUBJECT"
    (death,) = subject("DS", number, DSDECOD="DEATH").itertuples()
    assert ("OTHER EVENT", died) == (death.DSCAT, death.DSSTDTC)
    assert died > left.DSSTDTC
    (person,) = subject("DM", number).itertuples()
    assert (died, "Y", died) == (person.DTHDTC, person.DTHFL, person.RFPENDTC)


def test_a_death_is_told_once_and_as_in_dm(frames):
    deaths = frames["DS"][frames["DS"]["DSDECOD"] == "DEATH"]
    # The end of a drug may be put down to the death of the person as well.
    deaths = deaths[~deaths["DSSCAT"].isin(DRUGS)]
    assert deaths["USUBJID"].is_unique
    people = frames["DM"][frames["DM"]["DTHFL"] == "Y"]
    assert deaths.set_index("USUBJID")["DSSTDTC"].to_dict() == (
        people.set_index("USUBJID")["DTHDTC"].to_dict()
    )


def test_milestones_and_dispositions_lie_in_an_epoch_or_are_before_it_or_not_known(frames):
    elements = frames["SE"].groupby("USUBJID")["SESTDTC"].min()
    for row in frames["DS"].itertuples():
        if row.EPOCH != row.EPOCH:
            assert len(row.DSSTDTC) < 10 or elements[row.USUBJID] > row.DSSTDTC


def test_what_happened_after_the_cut_is_in_no_record_of_a_person(raw, frames, subject, injected):
    (cell,) = (r for r in injected if (r["case"], r["file"]) == ("A24", "death.csv"))
    received = raw("death.csv")[int(cell["row"]) - 1]
    assert iso(received["DTHDAT"]) > "2025-06-30"
    number = received["SUBJECT"][-4:]
    (person,) = subject("DM", number).itertuples()
    assert person.DTHDTC != person.DTHDTC
    assert person.DTHFL != person.DTHFL
    assert "DEATH" not in set(subject("DS", number, DSSCAT="STUDY PARTICIPATION")["DSDECOD"])
    assert (frames["DM"]["RFPENDTC"].str.slice(0, 10) <= "2025-06-30").all()
    assert (frames["DS"]["DSSTDTC"].str.slice(0, 10) <= "2025-06-30").all()


def without_form_of_death(study, inputs, person, form):
    """The subject's datasets where the form of the death is another one, or there is none."""
    deaths = inputs.tables["death"]
    frame = deaths.frame.copy()
    here = frame["PERSON"] == person
    assert here.sum() == 1
    # Without a form: that of somebody else stands in its place.
    column, value = ("DTHDAT", form) if form else ("PERSON", "001-9999")
    frame.loc[here, column] = value
    changed = replace(inputs, tables={**inputs.tables, "death": replace(deaths, frame=frame)})
    return build(study, of_subjects(study, changed, frozenset({person})))


def test_a_death_is_one_whichever_form_tells_of_it(study, inputs):
    built = without_form_of_death(study, inputs, "001-0006", "")
    (person,) = built.datasets["DM"].frame.itertuples()
    assert "DEATH" in set(built.datasets["DS"].frame["DSDECOD"])
    assert person.DTHFL == "Y"
    assert person.DTHDTC != person.DTHDTC


def test_two_forms_that_tell_of_the_death_differently_are_told(study, inputs):
    built = without_form_of_death(study, inputs, "001-0006", "UN-APR-2025")
    (person,) = built.datasets["DM"].frame.itertuples()
    assert person.DTHDTC == "2025-04"
    (finding,) = (found for found in built.findings if found.rule == "checked_against.differs")
    assert finding.dataset == "DM"
    assert "2025-05-13" in finding.message
