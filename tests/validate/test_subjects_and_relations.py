from __future__ import annotations

import pytest

from cdisc.validate import checks_for


def test_subject_that_dm_does_not_have(make, ask):
    dm = make("DM", {"USUBJID": ["1", "2"]})
    ae = make("AE", {"USUBJID": ["1", "3", "3", None]})
    (finding,) = ask(ae, "SUBJECT.UNKNOWN", "USUBJID", others={"DM": dm}, subjects="DM")
    assert (finding.message, finding.count) == ("subject '3' is not in DM", 2)
    known = make("AE", {"USUBJID": ["1", "2"]})
    assert ask(known, "SUBJECT.UNKNOWN", "USUBJID", others={"DM": dm}, subjects="DM") == []


def test_without_the_subject_list_the_check_is_not_passed(make, ask):
    ae = make("AE", {"USUBJID": ["1"]})
    (finding,) = ask(ae, "SUBJECT.UNKNOWN", "USUBJID", subjects="DM")
    assert (finding.rule, finding.severity.value) == ("CHECK.NOT_RUN", "error")
    assert finding.message == "check SUBJECT.UNKNOWN was not run: dataset DM is not there"


def test_without_its_variable_a_check_is_not_passed(make, ask):
    (finding,) = ask(make("AE", {"AETERM": ["a"]}), "TEXT.ASCII", "AETERM", "AEGONE")
    assert (finding.rule, finding.variable) == ("CHECK.NOT_RUN", "AEGONE")
    assert finding.message == "check TEXT.ASCII was not run: AE has no variable AEGONE"


def test_without_the_variable_of_its_condition_a_check_is_not_passed(make, ask):
    where = [{"variable": "AEGONE", "comparator": "EQ", "values": ["Y"]}]
    (finding,) = ask(make("AE", {"AETERM": ["a"]}), "TEXT.ASCII", "AETERM", where=where)
    assert (finding.rule, finding.variable) == ("CHECK.NOT_RUN", "AEGONE")


def test_study_and_domain_are_constant(make, ask):
    ae = make("AE", {"STUDYID": ["S1", "S2"], "DOMAIN": ["AE", "CM"]})
    assert ask(ae, "CONSTANT.STUDY", "STUDYID", value="S1")[0].message == (
        "STUDYID 'S2' is not the study's"
    )
    assert ask(ae, "CONSTANT.STUDY", "STUDYID", value="")[0].value == "S2"
    (finding,) = ask(ae, "CONSTANT.DOMAIN", "DOMAIN", value="AE")
    assert finding.message == "DOMAIN 'CM' is not 'AE'"
    same = make("AE", {"STUDYID": ["S1", "S1"], "DOMAIN": ["AE", "AE"]})
    assert ask(same, "CONSTANT.STUDY", "STUDYID", value="") == []
    assert ask(same, "CONSTANT.DOMAIN", "DOMAIN", value="AE") == []


@pytest.mark.parametrize(("name", "domain"), [("LB", "LB"), ("LBCH", "LB"), ("APMH", "APMH")])
def test_domain_of_split_and_associated_datasets(make, name, domain):
    checks = checks_for(make(name, {"DOMAIN": [domain]}))
    assert [c.params for c in checks if c.rule == "CONSTANT.DOMAIN"] == [{"value": domain}]


POINTERS = ("RDOMAIN", "IDVAR", "USUBJID", "IDVARVAL")


@pytest.fixture
def study(make):
    return {
        "DM": make("DM", {"USUBJID": ["1", "2"]}),
        "AE": make("AE", {"USUBJID": ["1", "1"], "AESEQ": [1, 2], "AESPID": ["A1", "A2"]}),
        "LBCH": make("LBCH", {"USUBJID": ["1"], "LBSEQ": [1]}),
        "LBHE": make("LBHE", {"USUBJID": ["1"], "LBSEQ": [2]}),
    }


def pointers(make, *records):
    columns = dict(zip(POINTERS, zip(*records, strict=True), strict=True))
    return make("SUPPAE", columns)


def test_pointers_that_lead_to_a_record(make, ask, study):
    supp = pointers(
        make,
        ("AE", "AESEQ", "1", "1"),
        ("AE", "AESEQ", "1", "2.0"),
        ("AE", "AESPID", "1", "A2"),
        ("DM", None, "2", None),
        ("LB", "LBSEQ", "1", "2"),
        ("AE", "AESPID", None, None),
        ("AE", "AESEQ", None, "2"),
    )
    assert ask(supp, "RELATION.RECORD", *POINTERS, others=study) == []
    assert ask(supp, "RELATION.DOMAIN", "RDOMAIN", others=study) == []


def test_what_is_no_number_does_not_lead_to_a_record_without_number(make, ask):
    ae = make("AE", {"USUBJID": ["1", "1"], "AESEQ": [1, None]})
    supp = pointers(make, ("AE", "AESEQ", "1", "x"), ("AE", "AESEQ", None, "x"))
    (finding,) = ask(supp, "RELATION.RECORD", *POINTERS, others={"AE": ae})
    assert finding.count == 2


def test_pointers_that_lead_nowhere(make, ask, study):
    supp = pointers(
        make,
        ("AE", "AESEQ", "1", "3"),
        ("AE", "AESEQ", "2", "1"),
        ("AE", "AEGRPID", "1", "1"),
        ("DM", None, "9", None),
        ("AE", "AESPID", "1", "a1"),
    )
    findings = ask(supp, "RELATION.RECORD", *POINTERS, others=study)
    assert [(f.message, f.count) for f in findings] == [
        ("RDOMAIN 'AE' with IDVAR 'AEGRPID' leads to no parent record", 1),
        ("RDOMAIN 'AE' with IDVAR 'AESEQ' leads to no parent record", 2),
        ("RDOMAIN 'AE' with IDVAR 'AESPID' leads to no parent record", 1),
        ("RDOMAIN 'DM' with IDVAR '' leads to no parent record", 1),
    ]


def test_related_domain_that_is_not_in_the_package(make, ask, study):
    supp = pointers(make, ("XX", "XXSEQ", "1", "1"))
    (finding,) = ask(supp, "RELATION.DOMAIN", "RDOMAIN", others=study)
    assert finding.message == "RDOMAIN 'XX' is not a domain of this package"
    assert ask(supp, "RELATION.RECORD", *POINTERS, others=study) == []


RELREC = ("RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELTYPE", "RELID")


def relations(make, *records):
    columns = dict(zip(RELREC, zip(*records, strict=True), strict=True))
    return make("RELREC", columns)


def test_relations_of_datasets_and_of_records(make, ask):
    relrec = relations(
        make,
        ("TU", None, "TULNKID", None, "ONE", "TUTR"),
        ("TR", None, "TRLNKID", None, "MANY", "TUTR"),
        ("AE", "1", "AESEQ", "1", None, "AECM-1"),
        ("CM", "1", "CMSEQ", "4", None, "AECM-1"),
    )
    checks = {check.rule: check for check in checks_for(relrec)}
    for rule in ("RELATION.ALONE", "RELATION.LEVEL"):
        assert ask(relrec, rule, *checks[rule].variables) == []
    assert not {"RELATION.ALONE", "RELATION.LEVEL"} & {
        check.rule for check in checks_for(pointers(make, ("AE", "AESEQ", "1", "1")))
    }


def test_a_relation_with_one_end(make, ask):
    relrec = relations(
        make,
        ("AE", "1", "AESEQ", "1", None, "R1"),
        ("CM", "2", "CMSEQ", "4", None, "R1"),
        ("AE", "2", "AESEQ", "2", None, "R1"),
        ("TU", None, "TULNKID", None, "ONE", "R1"),
    )
    (finding,) = ask(relrec, "RELATION.ALONE", "RELID", "USUBJID")
    assert (finding.message, finding.count) == (
        "relation 'R1' relates nothing else of the subject",
        2,
    )


def test_a_relation_that_is_neither_of_datasets_nor_of_records(make, ask):
    relrec = relations(
        make,
        ("AE", "1", "AESEQ", "1", "ONE", "R1"),
        ("CM", "1", "CMSEQ", None, None, "R1"),
        ("TU", None, "TULNKID", None, None, "R2"),
        ("TR", "1", "TRLNKID", None, "MANY", "R2"),
    )
    variables = ("RELID", "RELTYPE", "USUBJID", "IDVARVAL")
    findings = ask(relrec, "RELATION.LEVEL", *variables)
    assert sum(finding.count for finding in findings) == 4
    assert (
        findings[0].message == "relation 'R1' with RELTYPE '' is neither of datasets nor of records"
    )
