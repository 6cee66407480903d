"""The EDC snapshot: valid ODM-XML 1.3.2, coherent with the other exports."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cdisc.simulate import simulate
from cdisc.simulate.odm import OdmFile
from cdisc.simulate.sheets import TABLES
from cdisc.sources import SourceSpec, read_source

from .conftest import read_exports

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    place = files("odmlib").joinpath("schemas", "odm", "1.3.2", "ODM1-3-2.xsd")
    with as_file(place) as path:
        return etree.XMLSchema(etree.parse(path))


def test_the_snapshot_is_valid(exports: Path, schema: etree.XMLSchema) -> None:
    document = etree.parse(exports / "raw" / "edc_odm.xml")
    schema.validate(document)
    assert [str(error) for error in schema.error_log] == []


@settings(max_examples=40)
@given(st.text("ab\"'<>& \t\n\rα漢]]", max_size=12).filter(lambda text: text.strip()))
def test_a_value_comes_back_as_it_was(odd: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "odd.xml"
        with path.open("w", encoding="utf-8", newline="") as handle:
            made = OdmFile(handle)
            row = ["001-0001", odd, "2024-01-02"]
            made.add(dict.fromkeys(TABLES, ()) | {"edc_odm.xml#CO": [row]})
            made.finish()
        table = read_source(SourceSpec(name="co", file="odd.xml", sheet="CO"), Path(folder))
    assert table.frame["COVAL"].tolist() == [odd]


def test_the_snapshot_is_one_subject_at_a_time(tmp_path: Path) -> None:
    """What a subject adds is the same whoever came before, so nothing has to be kept."""

    def parts(subjects: int) -> list[str]:
        folder = tmp_path / str(subjects)
        simulate(folder, subjects=subjects)
        text = (folder / "edc_odm.xml").read_text(encoding="utf-8")
        return text.split("    <SubjectData ")[: subjects + 1]

    assert parts(9)[:-1] == parts(30)[:9]


def test_every_criterion_is_answered_once_in_each_screening(many: dict[str, Rows]) -> None:
    answers = defaultdict(list)
    for row in many["ie"]:
        answers[row["SUBJECT"]].append(row["IETEST"])
    wanted = [f"{kind}{number}" for kind in "IE" for number in range(1, 11)]
    assert set(answers) == {row["SUBJECT"] for row in many["ic"]}
    assert all(codes == wanted for codes in answers.values())


def test_whoever_failed_screening_did_not_meet_a_criterion_and_nobody_else(
    many: dict[str, Rows],
) -> None:
    unmet = {
        row["SUBJECT"]
        for row in many["ie"]
        if row["IEYN"] == ("0" if row["IETEST"].startswith("I") else "1")
    }
    enrolled = {row["SUBJECT"] for row in many["enr"]}
    failed = {row["SUBJECT"] for row in many["ic"]} - enrolled
    assert unmet == failed
    reasons = {row["SUBJECT"]: row["REASON"] for row in many["disp"] if row["TYPE"] == "2"}
    assert {reasons[subject] for subject in failed} == {"11"}


def test_a_short_life_expectancy_is_the_first_criterion_unmet(many: dict[str, Rows]) -> None:
    short = {row["SUBJECT"] for row in many["dm"] if row["LIFEXP"] == "0"}
    assert short
    assert short == {
        row["SUBJECT"] for row in many["ie"] if row["IETEST"] == "I1" and row["IEYN"] == "0"
    }


def test_criteria_are_assessed_between_consent_and_enrolment_or_failure(
    many: dict[str, Rows],
) -> None:
    consent = {row["SUBJECT"]: row["ICDAT"] for row in many["ic"]}
    until = {row["SUBJECT"]: row["ENRDAT"] for row in many["enr"]}
    for row in many["disp"]:
        if row["REASON"] == "11":
            ended = datetime.strptime(row["DSDAT"], "%d-%b-%Y").date().isoformat()
            until.setdefault(row["SUBJECT"], ended)
    for row in many["ie"]:
        assert consent[row["SUBJECT"]] <= row["IEDAT"] <= until[row["SUBJECT"]]


def test_the_re_screened_person_has_two_ids_and_one_demography(many: dict[str, Rows]) -> None:
    (later,) = (row for row in many["screenings"] if row["PREVSCR"])
    (earlier,) = (row for row in many["screenings"] if row["SCRNO"] == later["PREVSCR"])
    assert (later["SUBJECT"], earlier["SUBJECT"]) == ("001-0031", "001-0324")
    for name in ("BRTHYR", "SEX", "RACE", "ETHNIC"):
        assert later[name] == earlier[name]
    apart = date.fromisoformat(later["ICDAT"]) - date.fromisoformat(earlier["ICDAT"])
    assert apart.days > 28
    assert not earlier["ENRDAT"]
    numbers = [row["SCRNO"] for row in many["ic"]]
    assert len(set(numbers)) == len(numbers)


def test_comments_are_few_one_is_long_and_one_is_not_ascii(raw: dict[str, Rows]) -> None:
    texts = [row["COVAL"] for row in raw["co"]]
    assert 5 <= len(texts) <= 12
    assert sum(len(text) > 200 for text in texts) == 1
    assert sum(not text.isascii() for text in texts) == 1


def test_a_study_without_the_re_screened_person_has_no_second_screening(tmp_path: Path) -> None:
    simulate(tmp_path, subjects=30)
    raw = read_exports(tmp_path)
    assert len(raw["ic"]) == 33
    assert not any(row.get("PREVSCR") for row in raw["ic"])
