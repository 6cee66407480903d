"""No line of the registration is without its way to the data, and the page is current."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from cdisc.errors import CdiscError
from cdisc.pipeline.registration import (
    Place,
    check_registration,
    raw_columns,
    read_registration,
    traceability,
)
from tests.study.conftest import DESIGN, ROOT

REGISTRATION = "define/registration.yaml"


@pytest.fixture(scope="module")
def lines():
    return read_registration(ROOT / REGISTRATION, REGISTRATION)


@pytest.fixture(scope="module")
def registered() -> str:
    path = DESIGN / "NCT05699811.txt"
    if not path.is_file():
        pytest.skip("the registration is not here")
    return path.read_text(encoding="utf-8")


def test_every_place_is_in_the_data(built, lines):
    check_registration(built, lines)


def test_the_page_is_current(study, built, lines):
    page = (ROOT / "docs" / "traceability.md").read_text(encoding="utf-8")
    assert traceability(study, built, lines) == page, "run python scripts/build_traceability.py"


def test_there_are_as_many_lines_as_are_registered(lines, registered):
    between = registered.partition("Inclusion Criteria:")[2]
    inclusion, _, after = between.partition("Exclusion Criteria:")
    exclusion = after.partition("To learn more")[0]
    counts = Counter(line.kind for line in lines)
    assert counts["outcome"] == registered.count("[ Time Frame:") == 15
    assert counts["inclusion"] == len(re.findall("^- ", inclusion, re.MULTILINE)) == 10
    assert counts["exclusion"] == len(re.findall("^- ", exclusion, re.MULTILINE)) == 10
    assert counts["arm"] == registered.count("Experimental: ") == 2


def test_every_amount_and_interval_of_the_arms_is_in_a_line(lines, registered):
    arms = registered.partition("Arm | Intervention/treatment")[2].partition("[ Time Frame:")[0]
    amounts = re.findall(
        r"\d[\d×^]*\s?(?:cells/kg|mg/m2|mg)|\d+(?:-\d+)? (?:days|times|weeks|cycles)|\d+th cycle",
        arms,
    )
    assert len(set(map(plain, amounts))) >= 12
    said = plain(" ".join(line.text for line in lines if line.kind == "dose"))
    assert [amount for amount in amounts if plain(amount) not in said] == []


def plain(text: str) -> str:
    return re.sub(r"\s", "", text.replace("×", "x")).lower()


def test_ids_of_criteria_are_those_of_ti(built, lines):
    criteria = {
        value
        for line in lines
        if line.kind in ("inclusion", "exclusion")
        for place in line.places
        for name, value in place.where
        if name == "IETESTCD"
    }
    assert criteria == set(built.datasets["TI"].frame["IETESTCD"])


def test_what_is_collected_leads_to_a_form(study, built, lines):
    for line in lines:
        if line.kind == "outcome":
            for place in line.places:
                assert raw_columns(study, built, place), f"{line.id} {place}"


def test_every_outcome_has_parameters_and_displays(study, lines):
    outcomes = [line for line in lines if line.kind == "outcome"]
    assert [line.id for line in outcomes if not (line.analysis and line.displays)] == []
    assert {place.dataset for line in outcomes for place in line.analysis} <= set(study.datasets)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("LB", "LBORRES", (("LBTESTCD", "TNF"),)), ["elisa.CONC"]),
        (Place("LB", "LBORRES", (("LBTESTCD", "ALT"),)), ["lab_local.RESULT"]),
        (Place("RS", "RSORRES", (("RSTESTCD", "OVRLRESP"),)), ["resp.ORESP"]),
        (Place("EX", "EXDOSE", (("EXTRT", "MSC-IFNA"),)), ["dose_msc.CELLGIVEN", "dose_msc.WTKG"]),
        (Place("SUPPDM", "QVAL", (("QNAM", "LIFEXP"),)), ["dm.LIFEXP"]),
        (Place("TE", "TESTRL", ()), []),
    ],
)
def test_raw_columns_are_those_of_the_records_asked_for(study, built, place, expected):
    found = [f"{feed.origin}.{feed.column}" for feed in raw_columns(study, built, place)]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("X: {kind: outcome, line: A, sdtm: [LB.LBORRES LBTESTCD=NONE]}", "no record is so"),
        ("X: {kind: outcome, line: A, sdtm: [ZZ.ZZORRES]}", "there is no dataset ZZ"),
        ("X: {kind: outcome, line: A, sdtm: [LB.LBX]}", "LB has no variable LBX"),
        ("X: {kind: outcome, line: A, sdtm: [LB]}", "'LB' is not a place"),
        ("X: {kind: outcome, line: A, sdtm: [LB.LBORRES TNF]}", "'LB.LBORRES TNF' is not a place"),
        ("X: {kind: outcom, line: A, sdtm: [LB.LBORRES]}", "Did you mean outcome?"),
        ("X: {kind: outcome, line: A}", "X needs sdtm"),
    ],
)
def test_a_line_that_leads_nowhere_is_refused_with_its_place(built, tmp_path, text, message):
    path = tmp_path / "registration.yaml"
    path.write_text(f"# lines\n{text}\n", encoding="utf-8")
    with pytest.raises(CdiscError) as error:
        check_registration(built, read_registration(path, "registration.yaml"))
    assert message in str(error.value)
    assert "registration.yaml:2" in str(error.value)
