"""The crosswalk in study.yaml: what it and the subject of a source can be."""

from __future__ import annotations

import jsonschema
import pytest

from cdisc.errors import CdiscError
from cdisc.spec import schema
from cdisc.spec.read_sources import read_crosswalk, read_sources
from cdisc.spec.yaml_nodes import parse_yaml

CROSSWALK = "{file: idmap.csv, person: PERSON, ids: [EDCID, LABID]}"
SCHEMA = schema.study_schema()["properties"]


def crosswalk(text: str = CROSSWALK):
    return read_crosswalk(parse_yaml(f"crosswalk: {text}", "f").get("crosswalk"), ("raw",))


def source(text: str, *, known: bool = True):
    node = parse_yaml(f"sources: {{ae: {text}}}", "f").get("sources")
    return read_sources(node, ("raw",), crosswalk() if known else None)["ae"]


def test_a_subject_is_the_first_id_unless_it_names_another() -> None:
    ae = source("{file: ae.csv, subject: SUBJECT}")
    assert (ae.subject, ae.subject_id, ae.person) == ("SUBJECT", "EDCID", "PERSON")
    ae = source("{file: ae.csv, subject: {column: SUBJ, id: LABID}}")
    assert (ae.subject, ae.subject_id, ae.person) == ("SUBJ", "LABID", "PERSON")


def test_without_a_crosswalk_the_subject_is_the_person() -> None:
    ae = source("{file: ae.csv, subject: SUBJECT, columns: [SUBJECT]}", known=False)
    assert (ae.subject, ae.subject_id, ae.person) == ("SUBJECT", "", "SUBJECT")
    assert ae.columns == {"SUBJECT"}


def test_specs_may_read_the_person_beside_the_declared_columns() -> None:
    assert source("{file: a, subject: S, columns: [S, A]}").columns == {"S", "A", "PERSON"}
    assert source("{file: a, columns: [S, A]}").columns == {"S", "A"}
    assert source("{file: a, subject: S}").columns is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{file: a.csv, ids: [A]}", "f:1:12: crosswalk needs person"),
        ("{file: a.csv, person: P}", "f:1:12: crosswalk needs ids"),
        ("{person: P, ids: [A]}", "f:1:12: crosswalk needs file"),
        ("{file: a.csv, person: P, ids: []}", "f:1:42: ids names no column"),
        (
            "{file: a.csv, person: A, ids: [A]}",
            "f:1:42: A cannot be the person and one of the ids. The person has a column of its own",
        ),
        ("{file: a, persons: P, ids: [A]}", "f:1:22: persons is not known here"),
    ],
)
def test_what_a_crosswalk_cannot_be(text: str, said: str) -> None:
    with pytest.raises(CdiscError) as caught:
        crosswalk(text)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (
            "{column: S, id: LABIDS}",
            "f:1:55: the crosswalk has no id LABIDS. Did you mean LABID?",
        ),
        ("{column: S}", "f:1:39: subject needs id"),
        ("{id: LABID}", "f:1:39: subject needs column"),
    ],
)
def test_what_a_subject_cannot_be(subject: str, said: str) -> None:
    with pytest.raises(CdiscError) as caught:
        source(f"{{file: ae.csv, subject: {subject}}}")
    assert str(caught.value) == said


def test_an_id_needs_a_crosswalk() -> None:
    with pytest.raises(CdiscError, match="there is no crosswalk whose column LABID could be"):
        source("{file: a, subject: {column: S, id: LABID}}", known=False)


def test_a_source_may_not_have_the_column_of_the_person() -> None:
    with pytest.raises(CdiscError, match="ae has a column PERSON, the crosswalk's name"):
        source("{file: a, subject: S, columns: [S, PERSON]}")
    assert source("{file: a, columns: [S, PERSON]}").columns == {"S", "PERSON"}


def test_the_crosswalk_is_no_source() -> None:
    node = parse_yaml("sources: {crosswalk: {file: a}}", "f").get("sources")
    with pytest.raises(CdiscError, match="a source cannot be called as the crosswalk"):
        read_sources(node, ("raw",), crosswalk())
    assert "crosswalk" in read_sources(node, ("raw",))


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({"file": "a", "person": "P", "ids": ["A"]}, True),
        ({"file": "a", "person": "P", "ids": "A", "encoding": "gb18030"}, True),
        ({"file": "a", "person": "P", "ids": []}, False),
        ({"file": "a", "ids": ["A"]}, False),
        ({"file": "a", "person": "P", "ids": ["A"], "subject": "S"}, False),
    ],
)
def test_the_schema_says_the_same(value, fits) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA["crosswalk"])
    assert validator.is_valid(value) is fits


@pytest.mark.parametrize(
    ("subject", "fits"),
    [("S", True), ({"column": "S", "id": "A"}, True), ({"column": "S"}, False), (["S"], False)],
)
def test_the_schema_knows_both_ways_to_write_a_subject(subject, fits) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA["sources"]["additionalProperties"])
    assert validator.is_valid({"file": "a", "subject": subject}) is fits
