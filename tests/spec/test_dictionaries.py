"""Dictionaries in study.yaml and lookups through them: what is read, what is refused."""

import jsonschema
import pytest

from cdisc.build.origins import variable_dictionary
from cdisc.errors import SpecError
from cdisc.model import Dictionary
from cdisc.spec import schema
from cdisc.spec.dictionaries import read_dictionaries
from cdisc.spec.read_dataset import read_dataset
from cdisc.spec.yaml_nodes import parse_yaml

from .test_schema import as_editor

DECLARED = """\
MedDRA: {version: "27.1", from: coding, term: VERBATIM, where: LIST == "events"}
"ISO 3166": {version: "2020", href: "https://www.iso.org"}
"""

MH = """\
dataset: MH
keys: [STUDYID, USUBJID, MHTERM]
rows: mh
lookups:
  coded: {dictionary: MedDRA, term: MHTERM, if_none: finding}
  place: {from: sites, match: {CODE: SITE}, take: one, if_none: missing}
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  MHTERM: {copy: TERM}
  MHDECOD: {copy: coded.PT}
  _CODE: {number: coded.PTCD}
  MHPTCD: {copy: _CODE}
  MHBODSYS: {upper_case: coded.SOC}
  MHLOC: {copy: place.NAME}
  MHCAT: {compute: upper(coded.PT)}
"""


def dictionaries(text=DECLARED):
    return read_dictionaries(parse_yaml(text, "study.yaml"))


def spec(text=MH):
    return read_dataset(parse_yaml(text, "mh.yaml"), "sdtm", ["MH"], dictionaries())


def test_a_dictionary_has_a_version_and_may_have_coded_terms():
    found = dictionaries()
    assert found["MedDRA"].dictionary == Dictionary("MedDRA", "27.1")
    assert (found["MedDRA"].origin, found["MedDRA"].term) == ("coding", "VERBATIM")
    assert str(found["MedDRA"].where) == 'LIST == "events"'
    assert found["ISO 3166"].dictionary == Dictionary("ISO 3166", "2020", "https://www.iso.org")
    assert found["ISO 3166"].origin == ""


def test_a_lookup_by_dictionary_is_a_join_with_the_coded_terms():
    lookup = spec().lookups["coded"]
    assert (lookup.origin, lookup.take, lookup.if_none) == ("coding", "one", "finding")
    assert {theirs: str(ours) for theirs, ours in lookup.match.items()} == {"VERBATIM": "MHTERM"}
    assert str(lookup.where) == 'LIST == "events"'
    assert lookup.dictionary == "MedDRA"


@pytest.mark.parametrize(
    ("variable", "dictionary"),
    [
        ("MHDECOD", "MedDRA"),
        ("MHPTCD", "MedDRA"),
        ("MHBODSYS", "MedDRA"),
        ("MHTERM", ""),
        ("MHLOC", ""),
        ("MHCAT", ""),  # computed from a term, no term itself
    ],
)
def test_what_carries_a_coded_term_is_of_the_dictionary(variable, dictionary):
    found = spec()
    assert variable_dictionary(found, found.variables[variable]) == dictionary


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("MedDRA: {from: coding, term: VERBATIM}", "version"),
        ('MedDRA: {version: "27.1", from: coding}', "from and term belong together"),
        ('MedDRA: {version: "27.1", term: VERBATIM}', "from and term belong together"),
        ('MedDRA: {version: "27.1", where: A == "b"}', "from and term belong together"),
        ('MedDRA: {version: "27.1", form: coding}', "form"),
    ],
)
def test_a_dictionary_that_cannot_be_is_refused_in_its_place(text, message):
    with pytest.raises(SpecError, match=message) as caught:
        dictionaries(text)
    assert caught.value.at.line == 1


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("dictionary: MEDDRA, term: MHTERM, if_none: finding", "MEDDRA. Did you mean MedDRA?"),
        ("dictionary: ISO 3166, term: MHTERM, if_none: finding", "no coded terms"),
        ("dictionary: MedDRA, if_none: finding", "term"),
        ("dictionary: MedDRA, term: MHTERM", "if_none"),
        ("dictionary: MedDRA, term: MHTERM, if_none: never", "if_none"),
        ("dictionary: MedDRA, term: MHTERM, if_none: finding, take: one", "take"),
    ],
)
def test_a_lookup_that_cannot_be_is_refused_in_its_place(written, message):
    text = MH.replace("dictionary: MedDRA, term: MHTERM, if_none: finding", written)
    with pytest.raises(SpecError) as caught:
        spec(text)
    assert message in str(caught.value)
    assert caught.value.at.line == 5


def test_the_schemas_know_dictionaries():
    study = jsonschema.Draft202012Validator(schema.study_schema())
    part = {"$schema": study.schema["$schema"], **study.schema["properties"]["dictionaries"]}
    valid = jsonschema.Draft202012Validator({**study.schema, **part, "required": []})
    assert list(valid.iter_errors(as_editor(parse_yaml(DECLARED, "f")))) == []
    assert list(valid.iter_errors({"MedDRA": {"from": "coding", "term": "TERM"}}))
    assert list(valid.iter_errors({"MedDRA": {"version": "27.1", "from": "coding"}}))
    mapping = jsonschema.Draft202012Validator(schema.dataset_schema())
    assert list(mapping.iter_errors(as_editor(parse_yaml(MH, "f")))) == []
    without = MH.replace("dictionary: MedDRA, term: MHTERM", "dictionary: MedDRA")
    assert list(mapping.iter_errors(as_editor(parse_yaml(without, "f"))))
