"""Ids that the crosswalk does not know: told, listed, nothing of them in a dataset."""

from __future__ import annotations

import json

import pytest

MAPPED = ("DM", "AE", "EX")


@pytest.fixture
def study(study):
    """The template study, whose persons come from a crosswalk."""
    raw = study.home / "data" / "raw"
    subjects = [line.split(",")[0] for line in (raw / "dm.csv").read_text().splitlines()[1:]]
    lines = [f"{name},L{number},P{number}" for number, name in enumerate(subjects, 1)]
    text = "\n".join(["EDC,LAB,PERSON", *lines, ""])
    (raw / "idmap.csv").write_text(text, encoding="utf-8")
    with (study.home / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("\ncrosswalk: {file: idmap.csv, person: PERSON, ids: [EDC, LAB]}\n")
    for name in MAPPED:
        path = study.home / "mappings" / "sdtm" / f"{name.lower()}.yaml"
        text = path.read_text(encoding="utf-8")
        old = "[STUDYID, SUBJECT]"
        assert old in text, name
        path.write_text(text.replace(old, "[STUDYID, PERSON]"), encoding="utf-8")
    return study


def test_the_persons_of_a_crosswalk_are_the_subjects(study, cdisc) -> None:
    assert cdisc("run").code == 0
    assert not (study.home / "build" / "rejected").exists()
    manifest = json.loads((study.home / "build" / "manifest.json").read_bytes())
    assert list(manifest["inputs"]["crosswalk"]["files"]) == ["idmap.csv"]


def test_a_record_of_an_unknown_id_closes_the_gate_and_is_listed(study, cdisc) -> None:
    assert cdisc("run").code == 0
    records = json.loads((study.home / "build" / "manifest.json").read_bytes())["datasets"]
    path = study.home / "data" / "raw" / "ae.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    strange = lines[1].replace("101-001", "101-0O1")
    assert strange != lines[1]
    path.write_text("\n".join([*lines, strange, ""]), encoding="utf-8")
    ran = cdisc("run")
    assert ran.code == 1
    said = " ".join(" ".join(ran.lines).split())
    assert "ae: 1 error" in said
    assert (
        "error SUBJECT '101-0O1' is no EDC of idmap.csv: the record is rejected. "
        "Did you mean 101-001? 1 record, ae.csv row "
    ) in said
    assert "Gate closed: 1 record with error findings (1 finding), 0 allowed" in said
    rejected = (study.home / "build" / "rejected" / "ae.csv").read_text(encoding="utf-8")
    assert rejected.splitlines() == [f"file,row,{lines[0]}", f"ae.csv,{len(lines)},{strange}"]
    again = json.loads((study.home / "build" / "manifest.json").read_bytes())
    assert again["datasets"] == records
    assert "rejected/ae.csv" in again["outputs"]


def test_it_may_be_waived_by_its_value(study, cdisc) -> None:
    study.replace("data/raw/idmap.csv", "102-001,", "102-009,")
    assert cdisc("run").code == 1
    waiver = (
        "waivers:\n  - {rule: source.subject_unknown, value: 102-001, reason: query 1, "
        "author: Data management, expires: 2099-12-31}\n#"
    )
    study.replace("validation/gate.yaml", "waivers: []", waiver)
    ran = cdisc("run")
    assert ran.code == 0
    assert "Waived   3 findings" in ran.lines
    assert (study.home / "build" / "rejected" / "ae.csv").exists()
