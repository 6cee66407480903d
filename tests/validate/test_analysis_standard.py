"""Analysis datasets held against ADaMIG: names of any domain, alternatives, what may be null."""

from __future__ import annotations

import pytest

from cdisc.standards import catalogue
from cdisc.validate import checks_for, run_checks, standard_of


def against_the_standard(make, name, structure, columns):
    dataset = make(name, columns, purpose="Analysis")
    standard = standard_of(catalogue("ADaMIG", "1.3"), structure, list(columns))
    found = run_checks(dataset, checks_for(dataset, standard=standard))
    return {(f.rule, f.variable) for f in found if f.rule.startswith("STRUCTURE")}


def test_names_of_any_domain_are_those_of_the_dataset(make):
    columns = {"STUDYID": ["S"], "USUBJID": ["1"], "AETERM": ["x"], "AEDECOD": ["x"]}
    found = against_the_standard(make, "ADAE", "AE", columns)
    assert ("STRUCTURE.REQUIRED", "AESOC") in found
    assert ("STRUCTURE.REQUIRED", "AETERM") not in found
    # the label of AETERM is told by AE, not by what the guide says of any --TERM
    assert ("STRUCTURE.LABEL", "AETERM") not in found
    assert ("STRUCTURE.LABEL", "USUBJID") in found


@pytest.mark.parametrize("there", ["CMTRT", "MHTERM"])
def test_of_alternatives_one_is_enough(make, there):
    columns = {"STUDYID": ["S"], "USUBJID": ["1"]}
    absent = {v for r, v in against_the_standard(make, "ADXX", "OCCDS", columns) if "REQ" in r}
    assert absent == {"CMTRT", "--TERM"}
    found = against_the_standard(make, "ADXX", "OCCDS", {**columns, there: ["x"]})
    assert not {v for r, v in found if "REQ" in r}


def test_required_in_adam_is_to_be_there_and_only_identifiers_have_a_value(make):
    columns = {"STUDYID": ["S"], "USUBJID": [None], "AETERM": ["x"], "AELLTCD": [None]}
    found = against_the_standard(make, "ADAE", "AE", columns)
    assert {v for r, v in found if r == "STRUCTURE.NULL"} == {"USUBJID"}
