"""Alternatives of the reference study: what the traps of its golden subjects are worth."""

import pandas as pd
import pytest

from cdisc.pipeline.sensitivity import sensitivity
from tests.reference.study import irecist_records, parameters, recist_records

from .slow_lesions import assessments

SUBJECT = "CHN-PLAGH-BT-078-001-"
COMPARED = {
    "ADRS": ("BOR", "CBOR", "CRSP", "IBOR", "ICBOR", "ICRSP"),
    "ADTTE": ("PFS", "IPFS", "DOR", "IDOR"),
}


@pytest.fixture(scope="module")
def changes(study, tmp_path_factory):
    """By alternative, subject and parameter, the old and the new values."""
    result = sensitivity(study, out=tmp_path_factory.mktemp("out") / "sensitivity")
    return {
        (one.alternative, one.subject.removeprefix(SUBJECT), one.parameter): (one.old, one.new)
        for one in result.changes
    }


def time(values):
    return values["ADT"], values["AVAL"], values["CNSR"]


def test_without_missed_assessments_a_death_after_157_days_is_an_event(changes):
    old, new = changes["NOMISSED", "0003", "PFS"]
    assert time(old) == ("2024-04-02", "44", "4")
    assert time(new) == ("2024-09-06", "201", "0")


def test_without_new_therapy_a_progression_under_it_is_an_event(changes):
    old, new = changes["NOTHERAPY", "0004", "PFS"]
    assert time(old) == ("2024-10-23", "171", "3")
    assert time(new) == ("2024-12-04", "213", "0")


def test_confirmation_after_27_days_makes_a_responder_of_who_was_one_day_short(changes):
    changed = {key for key in changes if key[0] == "CONFIRM27" and key[2] == "CRSP"}
    assert changed
    for key in changed:
        old, new = changes[key]
        assert (old["AVALC"], new["AVALC"]) == ("N", "Y")


def test_alternatives_change_only_what_they_can(changes):
    met = {name: {p for n, _, p in changes if n == name} for name, _, _ in changes}
    assert met["SD42"] == met["SD84"] == {"BOR", "CBOR", "IBOR", "ICBOR"}
    assert met["NOMISSED"] == {"PFS", "IPFS"}
    assert met["CONFIRM27"] == {"CBOR", "CRSP", "ICBOR", "ICRSP", "DOR", "IDOR"}
    # nobody was without an assessment for 70 to 98 days
    assert "MISSED70" not in met


# ---- responses derived from the measurements, by a second and slower route ---------------


@pytest.fixture(scope="module")
def slow(frames):
    """The parameters of each subject by the slow rules, from the lesions in TR and from ADSL."""
    adsl, tr, tu = (frames[name] for name in ("ADSL", "TR", "TU"))
    found = {}
    for one in adsl[adsl["FASFL"] == "Y"].to_dict("records"):
        subject = one["USUBJID"]
        seen = assessments(tr[tr["USUBJID"] == subject], tu[tu["USUBJID"] == subject])
        days = {
            name: None if pd.isna(one[name]) else one[name].date()
            for name in ("ENRLDT", "TRTSDT", "MSCSDT", "NACTDT", "DTHDT", "LSTALVDT", "DCUTDT")
        }
        found[subject.removeprefix(SUBJECT)] = parameters(
            recist_records(seen, days["TRTSDT"]),
            irecist_records(seen, days["TRTSDT"]),
            *days.values(),
        )
    return found


@pytest.fixture(scope="module")
def derived(frames, changes):
    """By subject and parameter the record under DERIVED: as declared where it does not change."""
    made = {}
    for dataset, codes in COMPARED.items():
        frame = frames[dataset]
        for row in frame[frame["PARAMCD"].isin(codes)].to_dict("records"):
            key = (row["USUBJID"].removeprefix(SUBJECT), str(row["PARAMCD"]))
            made[key] = {
                "AVALC": row.get("AVALC"),
                "ADT": "" if pd.isna(row["ADT"]) else str(row["ADT"].date()),
                "AVAL": str(int(row["AVAL"])),
                "CNSR": str(int(row["CNSR"])) if "CNSR" in row else "",
            }
    for (name, subject, code), (_, new) in changes.items():
        if name == "DERIVED":
            made.pop((subject, code), None)
            if new is not None:
                made[subject, code] = new
    return made


def test_responses_that_rest_on_the_measurements_are_those_of_the_slow_rules(derived, slow):
    compared = 0
    for subject, wanted in slow.items():
        for code in COMPARED["ADRS"]:
            answer = wanted.responses[code]
            made = derived[subject, code]
            when = "" if answer.date is None else answer.date.isoformat()
            assert (subject, code, made["AVALC"], made["ADT"]) == (
                subject,
                code,
                answer.value,
                when,
            )
            compared += 1
    assert compared > 200


def test_times_that_rest_on_the_measurements_are_those_of_the_slow_rules(derived, slow):
    for subject, wanted in slow.items():
        for code in COMPARED["ADTTE"]:
            one = wanted.times[code]
            if one is None:
                assert (subject, code) not in derived
                continue
            found = (one.date.isoformat(), str(one.days), str(one.cnsr))
            assert (subject, code, *time(derived[subject, code])) == (subject, code, *found)


def test_a_new_lesion_that_was_equivocal_at_first_dates_progression_back(changes, slow):
    one = slow["0009"].times["PFS"]
    assert (one.date.isoformat(), one.days, one.cnsr) == ("2023-09-06", 133, 0)
    for code in ("PFS", "IPFS"):
        old, new = changes["DERIVED", "0009", code]
        assert time(old) == ("2023-10-17", "174", "0")
        assert time(new) == ("2023-09-06", "133", "0")


def test_a_response_that_the_investigator_missed_is_confirmed_earlier(changes):
    old, new = changes["DERIVED", "0011", "CBOR"]
    assert [(said["AVALC"], said["ADT"]) for said in (old, new)] == [
        ("PR", "2024-12-22"),
        ("PR", "2024-10-01"),
    ]
    old, new = changes["DERIVED", "0011", "DOR"]
    assert (old["AVAL"], new["AVAL"]) == ("130", "212")


def test_the_same_answer_from_another_record_is_no_change(changes):
    assert {subject for name, subject, _ in changes if name == "DERIVED"} == {
        "0009",
        "0011",
        "0012",
    }
