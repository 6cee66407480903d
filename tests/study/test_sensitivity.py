"""Alternatives of the reference study: what the traps of its golden subjects are worth."""

import pytest

from cdisc.pipeline.sensitivity import sensitivity

SUBJECT = "CHN-PLAGH-BT-078-001-"


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
    for name, _, parameter in changes:
        if name.startswith("SD"):
            assert parameter in ("BOR", "CBOR", "IBOR", "ICBOR")
        if name in ("NOMISSED", "MISSED70"):
            assert parameter in ("PFS", "IPFS", "DOR", "IDOR")
