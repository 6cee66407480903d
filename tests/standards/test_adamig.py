"""The ADaMIG 1.3 catalogue: structures, names with placeholders, and ADSL variables elsewhere."""

from __future__ import annotations

import pytest

from cdisc.standards import VariableStandard, catalogue, terminology

IG = catalogue("ADaMIG", "1.3")
# The published label of this one does not fit into an XPT file; a spec has to shorten it.
LABELS_OVER_40 = {"PBCHGCyN"}
STRUCTURES = ["ADSL", "BDS", "TTE", "OCCDS", "AE"]


def found(structure: str, name: str) -> VariableStandard:
    variable = IG.variable(structure, name)
    assert variable is not None
    return variable


def test_structures_and_their_other_names() -> None:
    assert [dataset.name for dataset in IG.datasets] == STRUCTURES
    tte = IG.dataset("TTE")
    assert tte is not None
    assert (tte.class_, tte.subclass) == ("BASIC DATA STRUCTURE", "TIME-TO-EVENT")
    assert IG.dataset("BDS-TTE") == tte
    assert IG.dataset("OCCDS-AE") == IG.dataset("AE") == IG.dataset("ADAE")
    assert IG.dataset("SUPPAE") is None, "only SDTM has supplemental qualifiers"
    assert "BDS-TTE" in IG.names


@pytest.mark.parametrize("structure", STRUCTURES)
def test_every_structure_has_well_formed_variables(structure: str) -> None:
    variables = IG.variables(structure)
    assert [v.name for v in variables[:2]] == ["STUDYID", "USUBJID"]
    assert len({v.name for v in variables}) == len(variables)
    assert {v.core for v in variables} <= {"Req", "Cond", "Perm", "Not Used"}
    assert {v.type for v in variables} == {"Char", "Num"}
    assert {v.name for v in variables if len(v.label) > 40} <= LABELS_OVER_40


@pytest.mark.parametrize(
    ("structure", "name", "type_", "label", "core"),
    [
        ("ADSL", "TRTSDT", "Num", "Date of First Exposure to Treatment", "Cond"),
        ("ADSL", "TRT01P", "Char", "Planned Treatment for Period 01", "Req"),
        ("ADSL", "TRT12PN", "Num", "Planned Treatment for Period 12 (N)", "Perm"),
        ("ADSL", "P01S2SDT", "Num", "Period 01 Subperiod 2 Start Date", "Perm"),
        ("BDS", "PARAMCD", "Char", "Parameter Code", "Req"),
        ("BDS", "AVALCAT1", "Char", "Analysis Value Category 1", "Perm"),
        ("BDS", "ANL02FL", "Char", "Analysis Flag 02", "Cond"),
        ("TTE", "CNSR", "Num", "Censor", "Cond"),
        ("TTE", "AVAL", "Num", "Analysis Value", "Req"),
        ("OCCDS", "TRTEMFL", "Char", "Treatment Emergent Analysis Flag", "Cond"),
        ("AE", "AETERM", "Char", "Reported Term", "Req"),
        ("AE", "SMQ03NAM", "Char", "SMQ 03 Name", "Cond"),
    ],
)
def test_variables_are_found_by_the_name_in_the_data(
    structure: str, name: str, type_: str, label: str, core: str
) -> None:
    variable = found(structure, name)
    assert variable.name == name
    assert (variable.type, variable.label, variable.core) == (type_, label, core)
    assert not variable.model


@pytest.mark.parametrize("name", ["TRT00P", "TRT1P", "TRT001P", "ANL2FL", "ANLzzFL2", "PARAMCAT"])
def test_names_that_do_not_fit_a_placeholder_are_unknown(name: str) -> None:
    assert IG.variable("BDS", name) is None


def test_adsl_variables_may_be_copied_into_other_structures() -> None:
    variable = found("BDS", "TRTSDT")
    assert variable.label == "Date of First Exposure to Treatment"
    assert (variable.core, variable.model) == ("", True)
    assert found("TTE", "CHG").model, "BDS variables are available to its subclass"
    assert found("AE", "SEX").codelists == ("C66731",)
    assert IG.variable("ADSL", "AVAL") is None


def test_sponsor_dates_have_a_type_but_no_label() -> None:
    date = found("ADSL", "MSCSDT")
    assert (date.type, date.label, date.model) == ("Num", "", True)
    flag = found("ADSL", "NACTDTF")
    assert (flag.type, flag.codelists) == ("Char", ("C81223",))
    assert found("ADSL", "TRTSDT").label, "a named variable is not taken for a sponsor's own"


def test_labels_that_the_standard_leaves_open_are_empty() -> None:
    assert found("AE", "AEDUR").label == ""
    assert found("AE", "AOCC01FL").label == ""
    assert found("AE", "AESTDY").label == "Study Day of Start of Observation"


def test_a_name_with_two_descriptions_keeps_only_what_they_share() -> None:
    variable = found("OCCDS", "DECDORG1")
    assert (variable.type, variable.label, variable.format) == ("Char", "", "")


def test_positions_follow_the_standard_with_adsl_after_the_identifiers() -> None:
    ordered = [
        "USUBJID",
        "SEX",
        "TRT01P",
        "TRT02P",
        "TRT01PN",
        "ASEQ",
        "TRTP",
        "ADT",
        "PARAMCD",
        "AVAL",
        "MSCSDT",
        "OTHER",
    ]
    assert sorted(sorted(ordered), key=lambda name: IG.position("BDS", name)) == ordered


def test_every_codelist_is_packaged() -> None:
    packages = [terminology("sdtmct", "2025-03-28"), terminology("adamct", "2026-03-27")]
    used = {code for s in STRUCTURES for variable in IG.variables(s) for code in variable.codelists}
    assert {"C81223", "C81226", "C66731"} <= used
    assert all(any(code in package for package in packages) for code in used)
