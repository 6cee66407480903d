"""`cdisc algorithms`, `schema` and `simulate`, and a reader who has seen enough."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest
import yaml


def test_the_algorithms_are_listed_and_each_explained(cdisc):
    listed = cdisc("algorithms")
    assert listed.code == 0
    assert "  study_day" in listed.out
    one = cdisc("algorithms", "study_day")
    assert one.code == 0
    assert one.out.startswith("study_day\n")


def test_an_unknown_algorithm_is_answered_with_the_nearest(cdisc):
    ran = cdisc("algorithms", "study_dya")
    assert ran.code == 2
    assert ran.lines == ["error: there is no algorithm study_dya. Did you mean study_day?"]


class AsText(yaml.SafeLoader):
    """Reads every scalar as text, as specs are read."""


AsText.yaml_implicit_resolvers = {}


def test_the_schemas_accept_the_files_of_a_new_study(study, cdisc):
    ran = cdisc("schema", ".schemas")
    assert ran.code == 0
    assert [line.partition("schemas")[2][1:] for line in ran.lines] == [
        "mapping.schema.json",
        "study.schema.json",
        "codelists.schema.json",
        "notes.schema.json",
        "displays.schema.json",
        "sensitivity.schema.json",
    ]
    kinds = {"study.yaml": "study", "define/codelists.yaml": "codelists"}
    kinds |= {f"mappings/sdtm/{name}.yaml": "mapping" for name in ("ae", "dm", "ex")}
    for file, kind in kinds.items():
        schema = (study.home / ".schemas" / f"{kind}.schema.json").read_text(encoding="utf-8")
        document = yaml.load((study.home / file).read_text(encoding="utf-8"), AsText)
        jsonschema.validate(document, json.loads(schema))


def test_simulate_writes_raw_files_and_refuses_a_study_of_nobody(tmp_path, cdisc):
    ran = cdisc("simulate", "--subjects", 2, "--out", tmp_path / "raw")
    assert ran.code == 0
    assert (tmp_path / "raw" / "edc_odm.xml").is_file()
    assert (tmp_path / "raw" / "injected.csv").read_text().startswith("case,file,row,")
    elsewhere = tmp_path / "dirt.csv"
    ran = cdisc("simulate", "--subjects", 2, "--out", tmp_path / "b", "--manifest", elsewhere)
    assert elsewhere.is_file()
    assert not (tmp_path / "b" / "injected.csv").exists()
    ran = cdisc("simulate", "--subjects", 0, "--out", tmp_path / "none")
    assert ran.code == 2
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no broken pipes")
def test_a_reader_that_has_seen_enough_is_no_error():
    running = subprocess.Popen(
        [sys.executable, "-m", "cdisc", "algorithms"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    running.stdout.close()
    complaint = running.stderr.read()
    assert running.wait() == 130
    assert complaint == b""
