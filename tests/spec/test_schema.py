"""The JSON Schemas accept what the reader accepts and refuse what it refuses."""

from __future__ import annotations

import copy
import json
import re

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cdisc.algorithms import library
from cdisc.errors import CdiscError
from cdisc.spec import read_dataset, read_relations, read_sources, schema, study
from cdisc.spec.codelists import read_codelists
from cdisc.spec.yaml_nodes import Fields, Items, parse_yaml
from cdisc.standards import terminology

MAPPING = jsonschema.Draft202012Validator(schema.dataset_schema())
STUDY = jsonschema.Draft202012Validator(schema.study_schema())
CODELISTS = jsonschema.Draft202012Validator(schema.codelists_schema())


def as_editor(node):
    """A node with scalars typed as YAML 1.2 has them, which is what editors validate."""
    if isinstance(node, Fields):
        return {key: as_editor(value) for key, value in node.fields.items()}
    if isinstance(node, Items):
        return [as_editor(item) for item in node]
    if node.quoted:
        return node.text
    if node.is_empty:
        return None
    if node.text in ("true", "false"):
        return node.text == "true"
    for number in (int, float):
        if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]*)?", node.text):
            try:
                return number(node.text)
            except ValueError:
                continue
    return node.text


def problems(validator, text):
    return [error.message for error in validator.iter_errors(as_editor(parse_yaml(text, "f")))]


# ---- examples --------------------------------------------------------------------------


def test_the_schemas_are_schemas():
    for validator in (MAPPING, STUDY, CODELISTS):
        jsonschema.Draft202012Validator.check_schema(validator.schema)


def test_a_study_folder_that_reads_fits_the_schemas(folder):
    folder.read()
    for path in sorted(folder.root.glob("mappings/*/*.yaml")):
        assert problems(MAPPING, path.read_text(encoding="utf-8")) == []
    assert problems(STUDY, (folder.root / "study.yaml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("codelists", "fits"),
    [
        ("UNIT: {extends: UNIT, terms: {a: , b: B, 1: One}}", True),
        ("DLT: {label: DLT, terms: {YES: , NO: }}", True),
        ("NY: {collected: {1: Y, 0: N}}", True),
        ("UNIT: {extends: UNIT}", False),
        ("UNIT: {extend: UNIT, terms: {a: }}", False),
        ("DLT: {terms: [YES, NO]}", False),
        ("NY: {collected: {1: }}", False),
    ],
)
def test_codelists_fit_their_schema_when_they_can_be_read(tmp_path, codelists, fits):
    path = tmp_path / "codelists.yaml"
    path.write_text(codelists, encoding="utf-8")
    assert (problems(CODELISTS, codelists) == []) is fits
    try:
        read_codelists(path, "codelists.yaml", terminology("sdtmct", "2025-03-28"))
    except CdiscError:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize(
    ("relations", "fits"),
    [
        ("{A: {TU: {by: TULNKID, type: ONE}, TR: {by: TRLNKID, type: MANY}}}", True),
        ("{A: {TU: {by: A, type: ONE, if_none: finding}, TR: {by: B, type: MANY}}}", True),
        ("{A: {records: {AE: AEGRPID, CM: _AENO}}}", True),
        ("{A: {records: {AE: {by: AEGRPID, if_none: finding}, CM: {by: _AENO}}}}", True),
        ("{A: {TU: {by: TULNKID, type: ONE}}}", False),
        ("{A: {TU: {by: TULNKID}, TR: {by: TRLNKID}}}", False),
        ("{A: {TU: TULNKID, TR: TRLNKID}}", False),
        ("{A: {TU: {by: TULNKID, type: FEW}, TR: {by: TRLNKID, type: MANY}}}", False),
        ("{A: {records: {AE: AEGRPID}}}", False),
        ("{A: {records: {AE: AEGRPID, CM: }}}", False),
        ("{A: {records: {AE: {by: X, type: ONE}, CM: _AENO}}}", False),
        ("{A: {records: {AE: X, CM: Y}, TU: {by: X, type: ONE}}}", False),
        ("{a: {records: {AE: AEGRPID, CM: _AENO}}}", False),
        ("{1A: {records: {AE: AEGRPID, CM: _AENO}}}", False),
        ("A", False),
    ],
)
def test_relations_fit_the_schema_when_they_can_be_read(relations, fits):
    text = f"relations: {relations}"
    assert (problems(MAPPING, text) == []) is fits
    try:
        read_relations.read_relations(parse_yaml(text, "f"))
    except CdiscError:
        assert not fits
    else:
        assert fits


def test_a_file_of_relations_describes_no_dataset_besides():
    text = "relations: {A: {records: {AE: X, CM: Y}}}\ndataset: AE\n"
    assert problems(MAPPING, text) != []
    with pytest.raises(CdiscError, match="dataset is not known here"):
        read_relations.read_relations(parse_yaml(text, "f"))


def test_the_schemas_know_the_keys_that_the_readers_know():
    properties = MAPPING.schema["properties"]
    variable = set(MAPPING.schema["$defs"]["variable"]["properties"])
    sources = STUDY.schema["properties"]["sources"]["additionalProperties"]
    assert set(properties) == {*read_dataset.TOP, *read_relations.TOP}
    assert variable - set(library()) == {*read_dataset.METADATA, "evaluator"}
    assert set(STUDY.schema["properties"]) == set(study.TOP)
    assert set(sources["properties"]) == set(read_sources.KEYS)
    crosswalk = STUDY.schema["properties"]["crosswalk"]
    assert set(crosswalk["properties"]) == set(read_sources.CROSSWALK_KEYS)


def test_every_key_has_a_description():
    def undescribed(part, path):
        if isinstance(part, dict):
            for name, inner in part.get("properties", {}).items():
                if isinstance(inner, dict) and not inner.get("description"):
                    yield f"{path}.{name}"
            for name, inner in part.items():
                yield from undescribed(inner, f"{path}.{name}")
        elif isinstance(part, list):
            for inner in part:
                yield from undescribed(inner, path)

    for validator in (MAPPING, STUDY, CODELISTS):
        schema_part = {k: v for k, v in validator.schema.items() if k not in ("if", "then", "else")}
        found = [path for path in undescribed(schema_part, "") if ".if." not in path]
        assert found == []


@pytest.mark.parametrize(
    "variable",
    [
        "{copy: TERM}",
        "{copy: {of: TERM}}",
        "{copy: 1}",
        "{constant: 010, label: X}",
        "{constant: NO}",
        "{first_present: A}",
        "{first_present: [A, B]}",
        "{join_text: {of: [A, B], separator: '-'}}",
        "{sequence: {by: USUBJID}}",
        "{sequence: USUBJID}",
        "{sequence: {by: USUBJID, order: source}}",
        "{recode: {from: A, to: {1: B, NO: }, if_missing: missing, if_unmapped: keep}}",
        "{choose: {cases: {when: missing(A), text: X}, otherwise: 1}}",
        "{choose: [{when: missing(A), text: X}, {when: not missing(A), value: B}]}",
        "{codelist_term: {from: A, list: C66742, upper: yes}}",
        "{codelist_term: {from: A, upper: TRUE}}",
        "{round_number: {of: A, digits: 2}}",
        "{round_number: {of: A, digits: '2'}}",
        "{epoch: AESTDTC}",
        "{epoch: {date: A, elements: SE}}",
        "{epoch: {date: A, elements: {from: SE, where: not missing(SESTDTC), start: SESTDTC}}}",
        "{reference_date: {of: EX.EXSTDTC, take: earliest}}",
        "{reference_date: {of: [EX.EXSTDTC, {from: EC, date: ECSTDTC}], take: latest}}",
        "{copy: A, origin: collected}",
        "{copy: A, origin: {collected: }}",
        "{copy: A, origin: {collected: [12, 13], source: Vendor}}",
        "{copy: A, origin: {predecessor: DM.AGE}}",
        "{copy: A, type: Num, length: 8, format: DATE9., codelist: NY, comment: x}",
    ],
)
def test_ways_to_write_a_variable_that_the_reader_and_the_schema_accept(variable):
    text = f"dataset: AE\nkeys: USUBJID\nrows: ae\nvariables: {{A: {variable}}}\n"
    read_dataset.read_dataset(parse_yaml(text, "f"), "sdtm", {"AE"})
    assert problems(MAPPING, text) == []


@pytest.mark.parametrize(
    "variable",
    [
        "{}",
        "{label: X}",
        "{coppy: TERM}",
        "{copy: TERM, lable: X}",
        "{copy: TERM, constant: X}",
        "{copy: }",
        "{copy: [A, B]}",
        "{copy: {off: A}}",
        "{recode: {from: A, to: {1: B}, if_missing: missing}}",
        "{recode: {from: A, to: {1: B}, if_missing: mising, if_unmapped: keep}}",
        "{recode: {from: A, to: [B], if_missing: missing, if_unmapped: keep}}",
        "{choose: {cases: [{wen: missing(A), text: X}]}}",
        "{choose: {cases: [{text: X}]}}",
        "{codelist_term: {from: A, upper: maybe}}",
        "{round_number: A}",
        "{round_number: {of: A, digits: two}}",
        "{reference_date: {of: {from: EX, dat: EXSTDTC}, take: earliest}}",
        "{reference_date: {of: {where: missing(A)}, take: earliest}}",
        "{epoch: {date: A, elements: {form: SE}}}",
        "{copy: A, origin: collect}",
        "{copy: A, origin: {collected: 1, derived: }}",
        "{copy: A, origin: {predecessor: }}",
        "{copy: A, type: Text}",
        "{copy: A, length: long}",
        "TERM",
    ],
)
def test_slips_that_the_reader_and_the_schema_refuse(variable):
    text = f"dataset: AE\nkeys: USUBJID\nrows: ae\nvariables: {{A: {variable}}}\n"
    with pytest.raises(CdiscError):
        read_dataset.read_dataset(parse_yaml(text, "f"), "sdtm", {"AE"})
    assert problems(MAPPING, text) != []


@pytest.mark.parametrize("of", ["EX", "{from: EX}"])
def test_only_the_reader_knows_whether_a_name_is_that_of_a_selection(of):
    head = "dataset: AE\nkeys: USUBJID\nrows: ae\n"
    text = f"{head}variables: {{A: {{reference_date: {{of: {of}, take: earliest}}}}}}\n"
    assert problems(MAPPING, text) == []
    with pytest.raises(CdiscError, match="of needs date"):
        read_dataset.read_dataset(parse_yaml(text, "f"), "sdtm", {"AE"})
    text = text.replace("EX", "DOSES") + "selections: {DOSES: {from: EX, date: EXSTDTC}}\n"
    assert problems(MAPPING, text) == []
    read_dataset.read_dataset(parse_yaml(text, "f"), "sdtm", {"AE"})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("study: {id: TEST-01, name: Test}", "study: {name: Test}"),
        ("created: 2025-07-31T12:00:00", "craeted: 2025-07-31T12:00:00"),
        ("  terminology: sdtmct 2025-03-28\n", ""),
        ("file: demo.csv", "fil: demo.csv"),
        ("  demo:\n", "  DEMO:\n"),
        ("file: open.csv", "file: open.csv\n    header_row: first"),
        ("  units: tables/units.csv", "  units: {file: tables/units.csv}"),
        ("tables:\n", "documents: [{name: acrf, file: acrf.pdf}]\ntables:\n"),
    ],
)
def test_slips_in_study_yaml_that_the_reader_and_the_schema_refuse(folder, old, new):
    folder.change("study.yaml", old, new)
    with pytest.raises(CdiscError):
        folder.read()
    assert problems(STUDY, (folder.root / "study.yaml").read_text(encoding="utf-8")) != []


def test_schemas_are_written_the_same_each_time(tmp_path):
    first = [path.read_bytes() for path in schema.write_schemas(tmp_path / "a")]
    second = [path.read_bytes() for path in schema.write_schemas(tmp_path / "b")]
    assert first == second
    assert [path.name for path in sorted((tmp_path / "a").iterdir())] == sorted(schema.FILES)
    assert json.loads(first[0]) == schema.dataset_schema()
    assert not any(b"\r" in text for text in first)


# ---- the schema against the reader -----------------------------------------------------

SPEC = {
    "dataset": "AE",
    "keys": ["STUDYID", "USUBJID"],
    "order": "keys",
    "selections": {
        "DOSES": {"from": "EX", "where": "not missing(EXDOSE)", "date": "EXSTDTC"},
        "SERIOUS": {"from": "ae"},
    },
    "rows": {
        "stack": ["SERIOUS", {"from": "demo", "where": "not missing(A)"}],
        "set": {"W": {"upper_case": "TERM"}},
        "unpivot": {
            "name": "TEST",
            "columns": ["R", "U"],
            "each": {"A": {"R": "W", "U": {"text": "mm"}}},
            "drop_if_missing": "R",
        },
        "take": {"record": "last", "by": ["A"], "order": "B"},
        "deduplicate": {"by": "A", "keep": "first", "order": "B"},
        "summarize": {"by": ["A"], "columns": {"L": "last", "F": {"by": "first", "of": "R"}}},
        "keep": "not missing(L)",
    },
    "lookups": {
        "a": {"from": "demo", "match": ["A"], "take": "one", "if_none": "missing"},
        "b": {
            "from": "DM",
            "match": {"A": "B"},
            "take": "last",
            "order": "C",
            "if_none": "finding",
        },
    },
    "variables": {
        "A": {"copy": "TERM", "label": "Term", "origin": {"collected": ["12"]}},
        "B": {
            "recode": {
                "from": "A",
                "to": {"1": "X"},
                "if_missing": "missing",
                "if_unmapped": "keep",
            }
        },
        "C": {"choose": [{"when": "missing(A)", "text": "X"}]},
        "D": {"codelist_term": {"from": "A", "upper": "yes"}, "length": "8", "type": "Char"},
        "E": {
            "reference_date": {
                "of": ["EX.A", {"from": "EC", "date": "B"}, "DOSES"],
                "take": "latest",
            }
        },
        "F": {"epoch": {"date": "A", "elements": {"from": "SE", "where": "missing(A)"}}},
        "G": {"clean_text": {"of": "A", "replace": {"a": "b"}}, "origin": "derived"},
    },
    "supplemental": {"H": {"sequence": {"by": "A"}, "label": "H", "evaluator": "SPONSOR"}},
    "value_levels": [{"by": "A", "of": ["B"]}],
}
CONTENT = re.compile(
    "expression|would be true|is a value, not|is a condition|cannot read the name|not among columns"
    "|selection"  # which selections there are, and what they say
)
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*|[0-9]+")


def write(value):
    """Flow-style YAML of nested dicts, lists, texts and None."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{write(key)}: {write(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(write(item) for item in value)}]"
    if value is None:
        return "~"
    return value if PLAIN.fullmatch(value) else json.dumps(value)


def places(value):
    """Every (container, key) below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


TEXTS = [None, "", "A", "8", "yes", "one", "first", "exact", "keys", "collected", "EX.A"]
LISTS = [[], ["A"], [["A"]], [None]]
MAPPINGS = [{}, {"A": "B"}, {"A": None}, {"of": "A"}, {"from": "EX"}, {"copy": "A"}, {"text": "A"}]
REPLACEMENTS = st.sampled_from([*TEXTS, "missing(A)", *LISTS, *MAPPINGS, {"by": "first"}])


@st.composite
def spoiled(draw):
    """The spec with a few parts replaced, dropped, added or renamed."""
    spec = copy.deepcopy(SPEC)
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(list(places(spec))))
        match draw(st.sampled_from(["replace", "drop", "rename", "add"])):
            case "replace":
                container[key] = copy.deepcopy(draw(REPLACEMENTS))
            case "drop":
                del container[key]
            case "rename" if isinstance(container, dict):
                container[draw(st.sampled_from(["A", "from", "of", "where", "label"]))] = (
                    container.pop(key)
                )
            case "add" if isinstance(container, dict):
                new = draw(st.sampled_from(["values", "from", "where", "label", "order", "copy"]))
                container[new] = copy.deepcopy(draw(REPLACEMENTS))
    return spec


@settings(max_examples=150)
@given(spoiled())
@example(SPEC)
def test_the_schema_refuses_what_the_reader_refuses_and_nothing_else(spec):
    text = write(spec)
    fits = MAPPING.is_valid(as_editor(parse_yaml(text, "f")))
    try:
        read_dataset.read_dataset(parse_yaml(text, "f"), "sdtm", {"AE", "DM", "EX", "SE"})
    except CdiscError as error:
        # what a name or an expression says is beyond a schema
        if fits and not CONTENT.search(str(error)):
            pytest.fail(f"the schema accepts {text}, but the reader says {error}")
    else:
        assert fits, problems(MAPPING, text)
