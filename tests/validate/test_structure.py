from __future__ import annotations

from types import SimpleNamespace

from cdisc.model import Severity
from cdisc.validate.facts import Facts
from cdisc.validate.rules.structure import checks

KNOWN = {
    name: SimpleNamespace(name=name, label="", type="Char", core=core, codelists=(), format="")
    for name, core in {"USUBJID": "Req", "ARM": "Req", "SAFFL": "Cond"}.items()
}


def said(findings):
    return [(f.rule, f.severity.value, f.variable, f.message, f.count) for f in findings]


def test_absent_required_variable_is_an_error(make, ask):
    dataset = make("AE", {"AETERM": ["Headache"]})
    assert ask(dataset, "STRUCTURE.REQUIRED", "AETERM") == []
    assert said(ask(dataset, "STRUCTURE.REQUIRED", "AETERM", "AESEQ")) == [
        ("STRUCTURE.REQUIRED", "error", "AESEQ", "required variable AESEQ is not in AE", 1)
    ]


def test_absent_expected_variable_is_a_warning(make, ask):
    dataset = make("AE", {"AETERM": ["Headache"]})
    assert ask(dataset, "STRUCTURE.EXPECTED", "AETERM") == []
    (finding,) = ask(dataset, "STRUCTURE.EXPECTED", "AEBODSYS")
    assert finding.severity is Severity.WARNING
    assert finding.message == "expected variable AEBODSYS is not in AE"


def test_null_blank_and_empty_text_are_one_missing(make, ask):
    dataset = make(
        "AE",
        {"USUBJID": ["1", "2", "3", "4"], "AETERM": ["Headache", None, "", "  "]},
        keys=("USUBJID",),
    )
    assert ask(dataset, "STRUCTURE.NULL", "USUBJID") == []
    (finding,) = ask(dataset, "STRUCTURE.NULL", "USUBJID", "AETERM")
    assert said([finding]) == [
        ("STRUCTURE.NULL", "error", "AETERM", "AETERM is required and has no value", 3)
    ]
    assert [o.usubjid for o in finding.occurrences] == ["2", "3", "4"]
    assert finding.occurrences[0].keys == (("USUBJID", "2"),)


def test_null_numbers_are_found(make, ask):
    dataset = make("AE", {"AESEQ": [1, None]})
    (finding,) = ask(dataset, "STRUCTURE.NULL", "AESEQ")
    assert finding.count == 1


def test_variable_that_the_standard_does_not_know(make, ask):
    dataset = make("AE", {"AETERM": ["Headache"], "AETREM": ["x"]})
    assert ask(dataset, "STRUCTURE.UNKNOWN", "AETERM", "AETREM") == []
    (finding,) = ask(dataset, "STRUCTURE.UNKNOWN", "AETERM", "AEDECOD")
    assert finding.message == "variable AETREM is not a variable of AE in the standard"
    assert finding.hint == "Did you mean AETERM?"


def test_variables_in_another_order_than_the_standards(make, ask):
    dataset = make("AE", {"STUDYID": ["S"], "AETERM": ["a"], "AESEQ": [1], "AEDECOD": ["b"]})
    names = ("STUDYID", "AETERM", "AESEQ", "AEDECOD")
    assert ask(dataset, "STRUCTURE.ORDER", *names) == []
    (finding,) = ask(dataset, "STRUCTURE.ORDER", "STUDYID", "AESEQ", "AETERM", "AEDECOD")
    assert (finding.variable, finding.message) == (
        "AESEQ",
        "variable AESEQ stands after AETERM, the standard puts it before",
    )


def test_label_is_the_standards_to_the_letter(make, ask):
    dataset = make("AE", {"AETERM": ["a"]}, meta={"AETERM": {"label": "Reported term"}})
    assert ask(dataset, "STRUCTURE.LABEL", labels={"AETERM": "Reported term"}) == []
    (finding,) = ask(dataset, "STRUCTURE.LABEL", labels={"AETERM": "Reported Term"})
    assert finding.message == (
        "label of AETERM is 'Reported term', the standard says 'Reported Term'"
    )


def test_dataset_without_records(make, ask):
    assert ask(make("AE", {"AETERM": ["a"]}), "STRUCTURE.EMPTY") == []
    (finding,) = ask(make("AE", {"AETERM": []}), "STRUCTURE.EMPTY")
    assert (finding.severity.value, finding.message) == ("warning", "AE has no records")


def test_type_declared_differently_from_the_standard(make, ask):
    dataset = make("AE", {"AESEQ": ["1"]})
    assert ask(dataset, "TYPE.STANDARD", types={"AESEQ": "Char"}) == []
    (finding,) = ask(dataset, "TYPE.STANDARD", types={"AESEQ": "Num"})
    assert finding.message == "AESEQ is Char, the standard says Num"


def test_column_that_does_not_hold_its_declared_type(make, ask):
    dataset = make(
        "AE",
        {"AESEQ": ["1"], "AETERM": [5], "AEDUR": [None], "AESTDY": [1]},
        meta={"AESEQ": {"type": "Num"}, "AETERM": {"type": "Char"}, "AEDUR": {"type": "Char"}},
    )
    assert ask(dataset, "TYPE.COLUMN", "AESTDY", "AEDUR") == []
    findings = ask(dataset, "TYPE.COLUMN", "AESEQ", "AETERM")
    assert [f.message for f in findings] == [
        "AESEQ is declared Num and holds text",
        "AETERM is declared Char and holds numbers",
    ]


def test_infinite_number(make, ask):
    dataset = make("LB", {"LBSTRESN": [1.5, float("-inf"), None]})
    assert ask(make("LB", {"LBSTRESN": [1.5, None]}), "TYPE.INFINITE", "LBSTRESN") == []
    (finding,) = ask(dataset, "TYPE.INFINITE", "LBSTRESN")
    assert finding.message == "LBSTRESN is -inf, which is not a number that can be submitted"


def test_in_adam_required_variables_may_be_null_but_not_identifiers_and_population_flags(make):
    columns = {"USUBJID": ["1"], "ARM": [None], "SAFFL": ["Y"], "EFFFL": ["Y"]}
    facts = Facts(dataset=make("ADSL", columns, purpose="Analysis"), standard=KNOWN)
    (null,) = (check for check in checks(facts) if check.rule == "STRUCTURE.NULL")
    assert null.variables == ("USUBJID", "SAFFL")
    facts = Facts(dataset=make("DM", columns), standard=KNOWN)
    (null,) = (check for check in checks(facts) if check.rule == "STRUCTURE.NULL")
    assert null.variables == ("USUBJID", "ARM")
