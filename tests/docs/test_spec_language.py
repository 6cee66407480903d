"""The guide to the language: its examples are read by the reader itself, its lists are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cdisc.model import Document, Severity
from cdisc.spec.bind import Scope
from cdisc.spec.check_dates import check_dates
from cdisc.spec.codelists import read_codelists
from cdisc.spec.dictionaries import KEYS as DICTIONARY
from cdisc.spec.dictionaries import read_dictionaries
from cdisc.spec.expressions import FUNCTIONS
from cdisc.spec.needs import taken_selections
from cdisc.spec.notes import Notes
from cdisc.spec.read_cut import CUT_KEYS, DATE_KEYS, FOLLOWS_KEYS, WITHOUT_KEYS
from cdisc.spec.read_dataset import METADATA, read_dataset
from cdisc.spec.read_dataset import TOP as DATASET
from cdisc.spec.read_notes import read_notes
from cdisc.spec.read_relations import read_relations
from cdisc.spec.read_rows import STEPS, SUMMARIES, read_rows
from cdisc.spec.read_sources import CROSSWALK_KEYS
from cdisc.spec.read_sources import KEYS as SOURCE
from cdisc.spec.study import LAYERS, StudySpec, read_study
from cdisc.spec.study import TOP as STUDY_WORDS
from cdisc.spec.yaml_nodes import parse_yaml
from cdisc.standards import terminology
from cdisc.validate import read_gate

GUIDE = (Path(__file__).parents[2] / "docs" / "spec-language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.M | re.S)
(
    WHOLE,
    PARAMETERS,
    SELECTIONS,
    LOOKUPS,
    VARIABLES,
    LEVELS,
    RELATIONS,
    STUDY,
    SUBMITTED,
    CROSSWALK,
    CONTRACT,
    CUT,
    CODELISTS,
    NOTES,
    GATE,
) = BLOCKS
HEAD = "dataset: EX\nkeys: [STUDYID, USUBJID]\nrows: ex\n"


def test_the_first_example_is_a_whole_spec() -> None:
    spec = read_dataset(parse_yaml(WHOLE, "guide"), "sdtm", ["AE"])
    assert list(spec.variables) == ["USUBJID", "AETERM", "AESTDTC"]


@pytest.mark.parametrize("part", [LOOKUPS + "variables: {EXTRT: {copy: coding.PT}}\n", VARIABLES])
def test_the_parts_fit_into_a_spec(part: str) -> None:
    declared = parse_yaml(STUDY, "guide").fields["dictionaries"]
    read_dataset(parse_yaml(HEAD + part, "guide"), "sdtm", ["EX"], read_dictionaries(declared))


def test_the_parameters_are_read() -> None:
    head = "dataset: ADVS\nstructure: BDS\nkeys: [USUBJID]\n"
    text = head + PARAMETERS + "variables: {AVAL: {copy: AVAL}}\n"
    spec = read_dataset(parse_yaml(text, "guide"), "adam", ["ADSL", "VS"])
    assert list(spec.rows.parameters) == ["WEIGHT", "others", "MAXWT"]
    assert list(spec.variables) == ["SEX", "TRTSDT", "SAFFL", "AVAL"]


def test_the_selections_are_read_in_every_place_of_the_table() -> None:
    table = GUIDE.partition("## Selections")[2].partition("\n## ")[0]
    whole, parts, column, added, rows = re.findall(r"^\| `(.*?)`.* \|", table, re.M)
    more = "  NEW_DRUGS: {from: CM, date: CMSTDTC}\n  NEW_PROCEDURES: {from: PR, date: PRSTDTC}\n"
    text = f"""dataset: ADX
keys: [USUBJID]
{SELECTIONS}{more}parameters:
  RSP: {{label: Response, {rows}}}
  FIRST: {{label: First, derive: {{has_record: {{of: DEATH}}}}}}
  X: {{label: X, derive: {{has_record: {{{whole}}}}}}}
rows: ADSL
variables:
  A: {{extreme_date: {{{parts}, take: earliest}}}}
  B: {{extreme_date: {{{column}, take: earliest}}}}
  C: {{summary_over: {{of: {added}, take: sum, if_none: zero}}}}
"""
    spec = read_dataset(
        parse_yaml(text, "guide"), "adam", ["ADX", "ADSL", "ADRS", "EX", "CM", "PR"]
    )
    assert {taken.selection.name for taken in taken_selections(spec)} == {*spec.selections}


def test_the_steps_of_rows_are_all_there_and_their_examples_are_read() -> None:
    table = re.findall(r"^\| `(\w+)` \| .* \| `(.*)` \|$", GUIDE, re.M)
    assert [step for step, _ in table] == list(STEPS)
    for step, example in table:
        start = "" if step in ("from", "stack", "values") else "from: ae\n"
        read_rows(parse_yaml(start + example, "guide"), Scope(()))


def test_every_function_and_summary_and_piece_of_metadata_is_named() -> None:
    missing = [name for name in FUNCTIONS if f"`{name}(" not in GUIDE]
    assert missing == []
    assert [name for name in (*METADATA, "evaluator") if f"`{name}`" not in GUIDE] == []
    assert ", ".join(SUMMARIES) in GUIDE


def test_the_relations_are_read() -> None:
    relations = read_relations(parse_yaml(RELATIONS, "guide"))
    assert [relation.level for relation in relations] == ["dataset", "dataset", "record"]


def test_the_files_beside_are_read(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "mappings" / "sdtm").mkdir(parents=True)
    (tmp_path / "mappings" / "sdtm" / "ae.yaml").write_text(WHOLE, encoding="utf-8")
    study = read_study(tmp_path)
    assert study.sources["lab"].origin.source == "Vendor"
    assert [dictionary.name for dictionary in study.info.dictionaries] == ["MedDRA"]
    (tmp_path / "codelists.yaml").write_text(CODELISTS, encoding="utf-8")
    published = terminology("sdtmct", "2025-03-28")
    lists = read_codelists(tmp_path / "codelists.yaml", "codelists.yaml", published)
    assert sorted(lists.own) == ["CAUSALITY", "SEX", "UNIT"]


def test_the_files_of_qualifiers_are_read(tmp_path: Path) -> None:
    sources = read_part(tmp_path, SUBMITTED).sources
    assert [s.supplemental.file for s in sources.values() if s.supplemental] == [
        "suppdm.xpt",
        "suppae.xpt",
    ]


def test_the_crosswalk_is_read(tmp_path: Path) -> None:
    sources = read_part(tmp_path, CROSSWALK).sources
    assert sources["elisa"].subject_id == "LABID"
    assert sources["ae"].person == "PERSON"


def test_the_cut_is_read_and_checks_clean(tmp_path: Path) -> None:
    study = read_part(tmp_path, CUT)
    assert study.cut is not None
    dates = {name: source.date for name, source in study.sources.items()}
    assert [name for name, date in dates.items() if date is None] == []
    notes = Notes()
    check_dates(study, notes)
    assert (notes.errors, notes.warnings) == ((), ())


def read_part(folder: Path, part: str) -> StudySpec:
    """A study whose sources are those of one of the examples."""
    head = STUDY.partition("sources:")[0]
    (folder / "study.yaml").write_text(head + part, encoding="utf-8")
    (folder / "mappings" / "sdtm").mkdir(parents=True)
    (folder / "mappings" / "sdtm" / "ae.yaml").write_text(WHOLE, encoding="utf-8")
    return read_study(folder)


def test_the_contract_is_read(tmp_path: Path) -> None:
    source = read_part(tmp_path, CONTRACT).sources["ae"]
    assert source.spec.columns == ("SUBJECT", "AENO", "AETERM", "WEIGHT", "SEX")
    assert sorted(source.contract) == ["AENO", "SEX", "SUBJECT", "WEIGHT"]
    assert source.unique == ("SUBJECT", "AENO")


def test_the_notes_are_read(tmp_path: Path) -> None:
    (tmp_path / "define").mkdir()
    (tmp_path / "define" / "comments.yaml").write_text(NOTES, encoding="utf-8")
    guide = Document("csdrg", "Guide", "csdrg.pdf")
    assert [note.name for note in read_notes(tmp_path, [guide])] == ["COM.USUBJID", "COM.PC"]


def test_the_value_levels_are_read() -> None:
    text = HEAD + LEVELS + "variables: {EXTRT: {copy: A}}\n"
    (levels,) = read_dataset(parse_yaml(text, "guide"), "sdtm", ["EX"]).value_levels
    assert levels.codelists == {"OVRLRESP": "ONCRSR", "TRGRESP": "ONCRSR", "NEWLIND": "NY"}
    assert levels.origins["CENTRAL"].source == "Vendor"


def test_the_gate_is_read(tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(GATE, encoding="utf-8")
    gate = read_gate(tmp_path / "gate.yaml", "guide")
    assert gate.severities[Severity.ERROR] == 0
    assert gate.rules == {"CT.EXTENSION": 0}
    assert gate.baseline == "earlier.json"
    assert [(waiver.dataset, waiver.value) for waiver in gate.waivers] == [("AE", "7")]


def test_every_word_of_a_spec_and_of_study_yaml_is_named() -> None:
    words = {*DATASET, *STUDY_WORDS, *SOURCE, *CROSSWALK_KEYS, *CUT_KEYS, *DATE_KEYS}
    words |= {*FOLLOWS_KEYS, *WITHOUT_KEYS, *DICTIONARY, *LAYERS, "terminology_file"}
    assert [word for word in sorted(words) if not re.search(rf"\b{word}\b", GUIDE)] == []
