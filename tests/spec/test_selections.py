"""Named selections stand for what they say; names that cannot be are refused where they stand."""

from __future__ import annotations

import pytest

from cdisc.errors import CdiscError
from cdisc.spec import model
from cdisc.spec.bind import Scope
from cdisc.spec.expressions import Ref
from cdisc.spec.read_dataset import read_dataset
from cdisc.spec.selections import both
from cdisc.spec.yaml_nodes import parse_yaml

ADSL = "mappings/adam/adsl.yaml"
HEAD = "dataset: ADSL\nkeys: [STUDYID, USUBJID]\nrows: DM\n"
SELECTIONS = """\
selections:
  SERIOUS: {from: AE, where: AESER == "Y", date: AESTDTC}
  EVENTS: {from: AE}
"""
VARIABLES = """\
variables:
  STUDYID: {copy: STUDYID}
  USUBJID: {copy: USUBJID}
  FIRSTSDT: {extreme_date: {of: SERIOUS, take: earliest}, label: First Serious Event}
  LASTDT: {extreme_date: {of: EVENTS.AESTDTC, take: latest}, label: Last Event}
  FIRSTDT:
    extreme_date:
      of: [SERIOUS, {from: EVENTS, where: AEOUT == "FATAL", date: AESTDTC}]
      take: earliest
    label: First Event
"""


@pytest.fixture
def study(folder):
    """The study folder with an ADSL that uses selections."""
    folder.write(ADSL, HEAD + SELECTIONS + VARIABLES)
    return folder


def read(text, datasets=("ADSL", "DM", "AE")):
    return read_dataset(parse_yaml(text, "f.yaml"), "adam", set(datasets))


def of(spec, name):
    """The records that the argument `of` of a variable holds."""
    argument = spec.variables[name].call.arguments["of"]
    return argument.items if isinstance(argument, model.ListArgument) else (argument,)


# ---- what a name stands for ------------------------------------------------------------


def test_a_name_stands_for_what_the_selection_says():
    written_out = """\
variables:
  FIRSTSDT:
    extreme_date: {of: {from: AE, where: AESER == "Y", date: AESTDTC}, take: earliest}
  LASTDT: {extreme_date: {of: AE.AESTDTC, take: latest}}
  FIRSTDT:
    extreme_date:
      of:
        - {from: AE, where: AESER == "Y", date: AESTDTC}
        - {from: AE, where: AEOUT == "FATAL", date: AESTDTC}
      take: earliest
"""
    by_name, plain = read(HEAD + SELECTIONS + VARIABLES), read(HEAD + written_out)
    for name in plain.variables:
        ours, theirs = of(by_name, name), of(plain, name)
        assert [(r.dataset, r.columns, r.where) for r in ours] == [
            (r.dataset, r.columns, r.where) for r in theirs
        ]
        assert by_name.variables[name].call.texts == plain.variables[name].call.texts
        assert by_name.variables[name].call.method == plain.variables[name].call.method


def test_what_a_place_adds_keeps_some_of_the_selection():
    added = 'of: {from: SERIOUS, where: AEOUT == "FATAL" and not missing(AEDLT)}, take: latest'
    (records,) = of(read(f"{HEAD}{SELECTIONS}variables: {{A: {{extreme_date: {{{added}}}}}}}"), "A")
    plain = 'AESER == "Y" and AEOUT == "FATAL" and not missing(AEDLT)'
    condition = Scope(()).condition(parse_yaml(f"a: '{plain}'", "f").fields["a"], "a")
    assert records.where == condition
    assert str(records.where) == plain
    assert records.columns["date"] == Ref("AESTDTC")


def test_or_stays_together():
    scope = Scope(())

    def parsed(text):
        return scope.condition(parse_yaml(f"a: '{text}'", "f").fields["a"], "a")

    joined = both(parsed('A == "1" or B == "1"'), parsed('C == "1" or D == "1"'))
    assert str(joined) == '(A == "1" or B == "1") and (C == "1" or D == "1")'
    assert joined == parsed(str(joined))
    assert both(None, None) is None
    assert both(parsed('A == "1"'), None) == both(None, parsed('A == "1"')) == parsed('A == "1"')


def test_rows_and_lookups_start_from_a_selection():
    text = """\
dataset: ADAE
keys: [USUBJID]
selections:
  SERIOUS: {from: AE, where: AESER == "Y", date: AESTDTC}
parameters:
  ONE: {label: One, from: SERIOUS}
  TWO: {label: Two, from: SERIOUS, where: not missing(AETERM)}
  THREE: {label: Three, from: {from: SERIOUS, where: not missing(AETERM)}}
lookups:
  all: {from: SERIOUS, match: [USUBJID], take: one, if_none: missing}
  some: {from: SERIOUS, match: [USUBJID], where: not missing(AETERM), take: one, if_none: missing}
variables:
  USUBJID: {copy: USUBJID}
"""
    spec = read(text, ("ADAE", "AE"))
    one, two, three = spec.rows.stack
    whole, some = 'AESER == "Y"', 'AESER == "Y" and not missing(AETERM)'
    assert [(rows.origin, str(rows.where)) for rows in (one, two, three.stack[0])] == [
        ("AE", whole),
        ("AE", some),
        ("AE", some),
    ]
    assert [(lookup.origin, str(lookup.where)) for lookup in spec.lookups.values()] == [
        ("AE", whole),
        ("AE", some),
    ]


def test_rows_may_be_a_selection_alone():
    text = """\
dataset: ADAE
keys: [USUBJID]
selections: {SERIOUS: {from: AE, where: AESER == "Y"}}
rows: SERIOUS
variables: {USUBJID: {copy: USUBJID}}
"""
    rows = read(text, ("ADAE", "AE")).rows
    assert (rows.origin, str(rows.where)) == ("AE", 'AESER == "Y"')


def test_a_study_with_selections_checks_clean(study):
    assert [error for error in study.errors() if "lacks what the standard" not in error] == []
    assert [warning for warning in study.warnings() if "selection" in warning] == []


# ---- what is refused -------------------------------------------------------------------

READING = [
    pytest.param(
        "  EVENTS: {from: AE}",
        "  DM: {from: AE}",
        f"{ADSL}:6:3 DM: a selection cannot be called DM: that is a dataset. "
        "Give the selection a name of its own",
        id="a dataset's name",
    ),
    pytest.param(
        "  EVENTS: {from: AE}",
        "  LASTDT: {from: AE}",
        f"{ADSL}:6:3 LASTDT: a selection cannot be called LASTDT: that is a variable. "
        "Give the selection a name of its own",
        id="a variable's name",
    ),
    pytest.param(
        "  EVENTS: {from: AE}",
        "  ALL.EVENTS: {from: AE}",
        f"{ADSL}:6:3 ALL.EVENTS: 'ALL.EVENTS' cannot name a selection. "
        "Letters, digits and _, beginning with a letter: ADEQUATE, NEW_THERAPY",
        id="no name",
    ),
    pytest.param(
        "  EVENTS: {from: AE}",
        "  EVENTS: {from: SERIOUS}",
        f"{ADSL}:6:18 EVENTS: EVENTS cannot start from the selection SERIOUS. "
        "A selection starts from a source, dataset or parameter",
        id="a selection of a selection",
    ),
    pytest.param(
        "  EVENTS: {from: AE}",
        "  EVENTS: {where: missing(AETERM)}",
        f"{ADSL}:6:11: the selection EVENTS needs from",
        id="from nowhere",
    ),
    pytest.param(
        "date: AESTDTC}\n  EVENTS",
        "dat: AESTDTC}\n  EVENTS",
        f"{ADSL}:5:44: dat is not known here. Did you mean date?",
        id="a column that no algorithm asks for",
    ),
    pytest.param(
        "of: SERIOUS, take",
        "of: SERIOS, take",
        f"{ADSL}:10:33 FIRSTSDT: of needs date, and SERIOS is no selection that says it. "
        "Did you mean SERIOUS?",
        id="an unknown name that needs a column",
    ),
    pytest.param(
        "of: SERIOUS, take",
        "of: EVENTS, take",
        f"{ADSL}:10:33 FIRSTSDT: of needs date, which the selection EVENTS does not say. "
        "Write {from: EVENTS, date: VARIABLE}, or name a selection that says it",
        id="what the selection does not say",
    ),
    pytest.param(
        "of: SERIOUS, take",
        "of: SERIOUS.AEENDTC, take",
        f"{ADSL}:10:33 FIRSTSDT: date is said by the selection SERIOUS already. "
        "Say it in one of the two places",
        id="what is said twice",
    ),
    pytest.param(
        "  EVENTS: {from: AE}",
        "  EVENTS: {from: AE, start: AESTDTC}",
        f"{ADSL}:11:31 LASTDT: of does not take start, which the selection EVENTS says. "
        "It takes by, date; say start where it is wanted: {from: EVENTS, start: ...}",
        id="what is not asked for",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), READING)
def test_what_cannot_be_read_is_told_with_its_place(study, old, new, message):
    study.change(ADSL, old, new)
    with pytest.raises(CdiscError) as caught:
        study.read()
    assert message in str(caught.value).splitlines()


def test_a_name_that_is_taken_is_told_alone(study):
    study.change(ADSL, "  EVENTS: {from: AE}", "  AE: {from: AE}")
    with pytest.raises(CdiscError) as caught:
        study.read()
    assert "cannot be called AE" in str(caught.value)
    assert "cannot start from" not in str(caught.value)


CHECKED = [
    pytest.param(
        "  EVENTS: {from: AE}",
        "  demo: {from: AE}",
        f"{ADSL}:6:3 demo: a selection cannot be called demo. The name is taken",
        id="a source's name",
    ),
    pytest.param(
        "  EVENTS: {from: AE}",
        "  EVENTS: {from: AEEE}",
        f"{ADSL}:6:3 EVENTS: AEEE is no source, table or dataset of this study. Did you mean ae?",
        id="from what is not there",
    ),
    pytest.param(
        'AESER == "Y", date',
        'AESERR == "Y", date',
        f"{ADSL}:5:3 SERIOUS: AE has no column AESERR. Did you mean AESER?",
        id="a column in its condition",
    ),
    pytest.param(
        "date: AESTDTC}\n  EVENTS",
        "date: AESTDTT}\n  EVENTS",
        f"{ADSL}:5:3 SERIOUS: AE has no column AESTDTT. Did you mean AESTDTC?",
        id="a column it names",
    ),
    pytest.param(
        "EVENTS.AESTDTC",
        "EVENTS.AESTDTT",
        f"{ADSL}:11:31 LASTDT: AE has no column AESTDTT. Did you mean AESTDTC?",
        id="a column that its use names",
    ),
    pytest.param(
        "rows: DM\n",
        "rows: SERIOUSS\n",
        f"{ADSL}:3:7 rows.from: SERIOUSS is no source, table or dataset of this study. "
        "Did you mean SERIOUS?",
        id="an unknown name",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), CHECKED)
def test_what_stands_for_nothing_is_told_once_with_its_place(study, old, new, message):
    study.change(ADSL, old, new)
    if "EVENTS" in old and "EVENTS" not in new:
        study.change(ADSL, "of: EVENTS.", "of: demo.")
        study.change(ADSL, "{from: EVENTS,", "{from: demo,")
    assert study.errors().count(message) == 1


def test_a_condition_that_can_never_hold_is_told_at_the_selection(study):
    study.change(ADSL, 'AESER == "Y", date', 'AESER == "Yes", date')
    (warning,) = (said for said in study.warnings() if "AESER" in said and ADSL in said)
    assert warning.startswith(f"{ADSL}:5:3 SERIOUS: AESER is never 'Yes'")


def test_what_nothing_uses_is_a_warning(study):
    study.change(ADSL, "of: EVENTS.AESTDTC", "of: AE.AESTDTC")
    study.change(ADSL, "{from: EVENTS,", "{from: AE,")
    assert f"{ADSL}:6:3 EVENTS: nothing uses the selection EVENTS" in study.warnings()


def test_a_selection_of_a_parameter_is_used_below_it(study):
    text = """\
dataset: ADRS
structure: BDS
keys: [STUDYID, USUBJID, PARAMCD]
selections: {COUNTED: {from: OVR, where: not missing(AVALC)}}
rows: DM
parameters:
  OVR: {label: Overall, set: {AVALC: {copy: SEX}, ADT: {analysis_date: RFSTDTC}}}
  LAST: {label: Last, derive: {last_assessment: {responses: COUNTED}}}
carry: {DM: [SITEID]}
variables:
  STUDYID: {copy: DM.STUDYID}
  USUBJID: {copy: USUBJID}
  PARAMCD: {copy: PARAMCD}
"""
    study.write("mappings/adam/adrs.yaml", text)
    below = [error for error in study.errors() if "stands below" in error]
    assert below == []
    lines = text.splitlines(keepends=True)
    lines[6], lines[7] = lines[7], lines[6]
    study.write("mappings/adam/adrs.yaml", "".join(lines))
    (error,) = (error for error in study.errors() if "stands below" in error)
    assert error.startswith("mappings/adam/adrs.yaml:7:")
