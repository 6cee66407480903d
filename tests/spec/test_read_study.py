"""What reading a study folder refuses, and how it says so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.errors import CdiscError, Problems, SpecError
from cdisc.spec.read_dataset import TOP, read_dataset
from cdisc.spec.yaml_nodes import parse_yaml

AE = "mappings/sdtm/ae.yaml"
ADAE = "mappings/adam/adae.yaml"
STUDY = "study.yaml"

# (file, text in it, what a slip makes of it, what is said)
SLIPS = [
    (AE, "keys: [STU", "kesy: [STU", f"{AE}:2:1: kesy is not known here. Did you mean keys?"),
    (AE, "keys: [STUDYID, USUBJID, AETERM, AESTDTC]\n", "", f"{AE}:1:1: AE needs keys"),
    (
        AE,
        "dataset: AE\n",
        "dataset: ae\n",
        (
            f"{AE}:1:10: 'ae' cannot name a dataset. Up to 8 capital letters and digits, "
            "as in the standard"
        ),
    ),
    (
        AE,
        "{copy: TERM}",
        "{coppy: TERM}",
        f"{AE}:10:3 AETERM: there is no algorithm coppy. Did you mean copy?",
    ),
    (
        AE,
        "{copy: TERM}",
        "{copy: TERM, lable: X}",
        f"{AE}:10:24 AETERM: lable is not known here. Did you mean label?",
    ),
    (
        AE,
        "{copy: TERM}",
        "{copy: TERM, constant: X}",
        (
            f"{AE}:10:24 AETERM: copy and constant cannot both fill AETERM. One algorithm "
            "fills a variable; name a step on the way _NAME"
        ),
    ),
    (
        AE,
        "{copy: TERM}",
        "{label: X}",
        f"{AE}:10:11 AETERM: AETERM says no algorithm. e.g. {{copy: COLUMN}}, {{constant: text}}",
    ),
    (AE, "{copy: TERM}", "TERM", f"{AE}:10:11 AETERM: AETERM must be a mapping of `name: value`"),
    (
        AE,
        "{copy: TERM}",
        "{copy: }",
        f"{AE}:10:3 AETERM: copy needs of. It takes of; see `cdisc algorithms copy`",
    ),
    (AE, "{copy: TERM}", "{copy: [A, B]}", f"{AE}:10:18 AETERM: of must be plain text"),
    (
        AE,
        "{study_day: AESTDTC}",
        "{study_day: {date: AESTDTC, refernce: X}}",
        f"{AE}:15:39 AESTDY: study_day has no argument refernce. Did you mean reference?",
    ),
    (
        AE,
        "{study_day: AESTDTC}",
        "{study_day: {reference: X}}",
        (
            f"{AE}:15:3 AESTDY: study_day needs date. It takes date, [reference]; see "
            "`cdisc algorithms study_day`"
        ),
    ),
    (
        AE,
        "{study_day: AESTDTC}",
        "study_day",
        f"{AE}:15:11 AESTDY: AESTDY must be a mapping of `name: value`",
    ),
    (
        AE,
        "{sequence: {by: USUBJID}}",
        "{sequence: }",
        (
            f"{AE}:16:3 AESEQ: sequence needs by. It takes by, [order]; see `cdisc "
            "algorithms sequence`"
        ),
    ),
    (
        AE,
        "if_missing: missing,",
        "if_missing: mising,",
        f"{AE}:13:59 AEOUT: if_missing cannot be 'mising'. Did you mean missing?",
    ),
    (
        AE,
        "to: {1: FATAL}",
        "to: [FATAL]",
        f"{AE}:13:35 AEOUT: to must be a mapping of `name: value`",
    ),
    (AE, "to: {1: FATAL}", "to: {1: [FATAL]}", f"{AE}:13:39 AEOUT: to maps texts to texts"),
    (
        AE,
        "{codelist_term: SER}",
        "{codelist_term: {from: SER, upper: maybe}}",
        f"{AE}:12:45 AESER: upper must be yes or no, not 'maybe'",
    ),
    (
        AE,
        "{copy: TERM}",
        "{copy: TERM, length: long}",
        f"{AE}:10:32 AETERM: length must be a whole number, not 'long'",
    ),
    (
        AE,
        "{copy: TERM}",
        "{copy: TERM, type: Text}",
        f"{AE}:10:30 AETERM: type cannot be 'Text'. Known are Char, Num",
    ),
    (
        AE,
        "{copy: TERM}",
        "{copy: TERM, origin: collect}",
        f"{AE}:10:32 AETERM: origin cannot be 'collect'. Did you mean collected?",
    ),
    (
        AE,
        "{copy: TERM}",
        "{copy: TERM, origin: {collected: [1], derived: }}",
        (
            f"{AE}:10:32 AETERM: origin takes one type. collected, derived, assigned, "
            "protocol, predecessor, not_available"
        ),
    ),
    (
        AE,
        "  from: ae\n",
        "  from: ae\n  values: []\n",
        (
            f"{AE}:4:3: rows takes exactly one of from, stack and values. from: a source "
            "or dataset; stack: several; values: written here"
        ),
    ),
    (AE, "  from: ae\n", "  form: ae\n", f"{AE}:4:3: form is not known here. Did you mean from?"),
    (AE, "take: one", "take: two", f"{AE}:7:51: take cannot be 'two'. Known are one, first, last"),
    (AE, "take: one", "take: first", f"{AE}:7:11: lookup person: take: first needs an order"),
    (
        AE,
        "take: one",
        "take: one, order: SITE",
        f"{AE}:7:11: lookup person: take: one needs no order",
    ),
    (AE, ", if_none: missing", "", f"{AE}:7:11: lookup person needs if_none"),
    (
        AE,
        "where: not missing(TERM)",
        "where: TERM",
        f"{AE}:5:10: 'TERM' is a value, not a condition. Write e.g. SEX == \"F\"",
    ),
    (
        AE,
        "where: not missing(TERM)",
        'where: not TERM == "x"',
        (
            f'{AE}:5:10: `not (TERM == "x")` would be true for missing values. Write TERM '
            '!= "x", and add `or missing(...)` if missing values count'
        ),
    ),
    (
        AE,
        "where: not missing(TERM)",
        "unpivot: {name: T, columns: [A], each: {X: {B: TERM}}}",
        f"{AE}:5:47: B is not among columns",
    ),
    (
        AE,
        "where: not missing(TERM)",
        "unpivot: {name: T, columns: [A], each: {X: {A: TERM}}, drop_if_missing: B}",
        f"{AE}:5:75: B is not among columns",
    ),
    (
        AE,
        "where: not missing(TERM)",
        "take: {record: first, by: SUBJ}",
        f"{AE}:5:9: take needs order",
    ),
    (
        AE,
        "where: not missing(TERM)",
        "deduplicate: all",
        f"{AE}:5:16: deduplicate cannot be 'all'. Known are exact",
    ),
    (
        AE,
        "where: not missing(TERM)",
        "summarize: {by: SUBJ, columns: {N: cuont}}",
        f"{AE}:5:38: N cannot be 'cuont'. Did you mean count?",
    ),
    (
        AE,
        "{first_present: [PT, TERM]}",
        "{choose: [{wen: missing(PT), text: X}]}",
        f"{AE}:11:23 AEDECOD: wen is not known here. Did you mean when?",
    ),
    (
        AE,
        "{first_present: [PT, TERM]}",
        "{choose: [{text: X}]}",
        f"{AE}:11:22 AEDECOD: cases needs when",
    ),
    (
        ADAE,
        "dataset: ADAE",
        "dataset: AE",
        f"{ADAE}:1:10: AE is already described in mappings/sdtm/ae.yaml",
    ),
    (
        STUDY,
        "sdtm: SDTMIG 3.4",
        "sdtm: SDTMIG 3.5",
        f"{STUDY}:4:9: there is no catalogue of SDTMIG 3.5. Known versions: 3.4",
    ),
    (
        STUDY,
        "sdtm: SDTMIG 3.4",
        "sdtm: SDTMIG",
        f"{STUDY}:4:9: 'SDTMIG' names no version. Write e.g. SDTMIG 3.4",
    ),
    (
        STUDY,
        "created: 2025-07-31T12:00:00",
        "created: today",
        (
            f"{STUDY}:2:10: created must be a date and time, not 'today'. e.g. "
            "2025-07-31T12:00:00; it is the time every output carries"
        ),
    ),
    (STUDY, "created: 2025-07-31T12:00:00\n", "", f"{STUDY}:1:1: study.yaml needs created"),
    (
        STUDY,
        "raw: data/raw",
        "raw: ../raw",
        (
            f"{STUDY}:8:8: the data folder '../raw' is outside the study folder. Grant it "
            "on the command line: --data raw=DIR"
        ),
    ),
    (
        STUDY,
        "  demo:\n",
        "  DEMO:\n",
        (
            f"{STUDY}:10:3 DEMO: a source cannot be called DEMO. Capitals are for "
            "datasets; write it in small letters"
        ),
    ),
    (
        STUDY,
        "  demo:\n",
        "  ../demo:\n",
        (
            f"{STUDY}:10:3 ../demo: a source cannot be called ../demo. "
            "Letters, digits, - and _: files of the package are called like it"
        ),
    ),
    (
        STUDY,
        "file: demo.csv",
        "fil: demo.csv",
        f"{STUDY}:11:5: fil is not known here. Did you mean file?",
    ),
    (
        STUDY,
        "file: demo.csv",
        "file: demo.csv\n    folder: rwa",
        f"{STUDY}:12:13: data declares no folder rwa",
    ),
    (
        STUDY,
        "file: demo.csv",
        "file: demo.csv\n    encoding: utf-99",
        f"{STUDY}:12:15: there is no encoding 'utf-99'. e.g. utf-8, gb18030, windows-1252",
    ),
    (
        STUDY,
        "file: demo.csv",
        "file: demo.csv\n    header_row: first",
        f"{STUDY}:12:17: header_row must be a whole number, not 'first'",
    ),
    (
        STUDY,
        "file: demo.csv",
        "file: demo.csv\n    delimiter: '||'",
        f"{STUDY}:12:16: delimiter must be one character, or tab",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), SLIPS)
def test_a_slip_is_refused_with_its_place_and_a_hint(folder, file, old, new, message, refusal):
    folder.change(file, old, new)
    assert refusal(folder.read) == message


def test_an_unpackaged_terminology_is_refused_with_what_there_is(folder, refusal):
    folder.change(STUDY, "sdtmct 2025-03-28", "sdtmct 2020-03-28")
    assert refusal(folder.read).startswith(
        "study.yaml:6:16: the terminology release sdtmct 2020-03-28 is not packaged"
    )


def test_a_layer_without_a_standard_is_refused_for_each_of_its_files(folder, refusal):
    folder.change(STUDY, "  sdtm: SDTMIG 3.4\n", "")
    assert refusal(folder.read, Problems) == (
        "mappings/sdtm/ae.yaml: study.yaml declares no standard for sdtm\n"
        "mappings/sdtm/dm.yaml: study.yaml declares no standard for sdtm"
    )


def test_a_folder_without_specs_is_refused(folder, refusal):
    for path in sorted(folder.root.glob("mappings/*/*.yaml")):
        path.unlink()
    assert refusal(folder.read) == (
        "mappings/sdtm: no mapping specs found. "
        "`cdisc init DIR` writes a study folder to start from"
    )


def test_slips_in_several_variables_and_files_are_told_together(folder, refusal):
    folder.change(AE, "{copy: TERM}", "{coppy: TERM}")
    folder.change(AE, "{study_day: AESTDTC}", "{study_day: {day: AESTDTC}}")
    folder.change("mappings/sdtm/dm.yaml", "copy: SITE", "copy: ")
    assert refusal(folder.read, Problems) == (
        "mappings/sdtm/ae.yaml:10:3 AETERM: there is no algorithm coppy. Did you mean copy?\n"
        "mappings/sdtm/ae.yaml:15:24 AESTDY: study_day has no argument day. "
        "It takes date, [reference]; see `cdisc algorithms study_day`\n"
        "mappings/sdtm/dm.yaml:8:3 SITEID: copy needs of. "
        "It takes of; see `cdisc algorithms copy`"
    )


def test_texts_in_specs_are_never_made_into_other_things(folder):
    folder.change(
        AE, "to: {1: FATAL}", "to: {NO: FATAL, 010: FATAL, 1.0: FATAL, 2024-01-05: FATAL}"
    )
    folder.change("mappings/sdtm/dm.yaml", "constant: CHN", "constant: NO")
    study = folder.read()
    recode = study.datasets["AE"].variables["AEOUT"].call.arguments["to"]
    assert list(recode.value) == ["NO", "010", "1.0", "2024-01-05"]
    assert study.datasets["DM"].variables["COUNTRY"].call.arguments["value"].value == "NO"


WORDS = ["dataset", "AE", "from", "ae", "copy", "A", "{}", "[]", "''", "1", "missing(A)", "~"]
KEYS = [
    "from",
    "where",
    "take",
    "by",
    "order",
    "set",
    "stack",
    "values",
    "match",
    "if_none",
    "each",
]
KEYS += ["columns", "name", "copy", "constant", "recode", "to", "choose", "cases", "when", "text"]
KEYS += ["label", "origin", "codelist", "iso8601", "sequence"]


def flow_list(items):
    return f"[{', '.join(items)}]"


def flow_mapping(fields):
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"


def nest(inner):
    fields = st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    return st.lists(inner, max_size=3).map(flow_list) | fields.map(flow_mapping)


NESTED = st.recursive(st.sampled_from(WORDS), nest, max_leaves=12)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from([*TOP, "unknown"]), NESTED))
def test_any_spec_is_read_or_refused_with_its_place(parts):
    text = "".join(f"{key}: {value}\n" for key, value in ({"dataset": "AE"} | parts).items())
    try:
        spec = read_dataset(parse_yaml(text, "f.yaml"), "sdtm", {"AE", "DM"})
    except CdiscError as error:
        for each in error.errors if isinstance(error, Problems) else [error]:
            if not isinstance(each, SpecError) or not each.at.line:
                pytest.fail(f"{each!r} at {each.at}")
    else:
        assert spec.name == "AE"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rows: demo", "rows: demo: x", "dm.yaml:3:11: not valid YAML: "),
        ("dataset: DM", "dataset: dm", "dm.yaml:1:10: 'dm' cannot name a dataset"),
    ],
)
def test_a_spec_that_cannot_be_read_is_told_and_not_missed_by_others(
    folder, refusal, old, new, message
) -> None:
    folder.change("mappings/adam/adae.yaml", "variables:\n", "carry:\n  DM: [SITEID]\nvariables:\n")
    folder.change("mappings/sdtm/dm.yaml", old, new)
    found = refusal(folder.read, CdiscError)
    assert message in found
    assert "carry" not in found
