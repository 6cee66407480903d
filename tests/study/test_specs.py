"""The specs of the reference study as such: checked, complete, and as the design lists them."""

import pytest

from cdisc.spec.check import check_study

MADE = ("DM", "SE", "SV", "VS", "EG", "EC", "EX", "AE", "LB", "TU", "TR", "RS", "TA", "TE", "TV")
WITHOUT_DATA = {
    # Nothing was unplanned; the form does not ask for other treatment.
    ("SE", "SEUPDES"),
    ("AE", "AECONTRT"),
    # The local laboratory gives no accession number, line, reason or method, no planned times
    # and no limit of quantitation.
    *(("LB", f"LB{name}") for name in ("REFID", "SPID", "REASND", "METHOD", "LLOQ")),
    *(("LB", f"LB{name}") for name in ("TPT", "TPTNUM", "ELTM", "TPTREF", "RFTDTC")),
    # A response that cannot be evaluated is the result NE.
    ("RS", "RSSTAT"),
    ("RS", "RSREASND"),
}
# The form asks whether an abnormal ECG is significant, for which the standard has a variable.
MORE = {("EG", "EGCLSIG")}


def test_the_check_finds_nothing_to_say(study):
    checked = check_study(study)
    assert checked.errors == ()
    assert [str(warning) for warning in checked.warnings] == []


@pytest.mark.parametrize("name", MADE)
def test_a_dataset_has_every_required_and_expected_variable(study, built, name):
    dataset = built.datasets[name]
    wanted = {
        variable.name
        for variable in study.catalogues["sdtm"].variables(name)
        if variable.core in ("Req", "Exp")
    }
    assert wanted <= set(dataset.frame.columns)


def test_variables_are_those_of_the_design_but_for_what_has_no_data_yet(built, design):
    listed = {
        (row["dataset"], row["variable"])
        for row in design("annex_sdtm_variables.csv")
        if row["dataset"] in MADE
    }
    made = {(name, variable.name) for name in MADE for variable in built.datasets[name].variables}
    assert listed - made == WITHOUT_DATA
    assert made - listed == MORE


def test_origins_are_those_of_the_design(built, design):
    listed = {
        (row["dataset"], row["variable"]): row["origin"]
        for row in design("annex_sdtm_variables.csv")
    }
    made = {
        (name, variable.name): variable.origin.type
        for name in MADE
        for variable in built.datasets[name].variables
    }
    assert {key: made[key] for key in made if made[key] != listed.get(key, "Collected")} == {}


def test_what_is_derived_says_how(built):
    silent = [
        (dataset.name, variable.name)
        for dataset in built.datasets.values()
        for variable in dataset.variables
        if variable.origin.type == "Derived" and not variable.method
    ]
    assert silent == []


def test_supplemental_qualifiers_are_those_of_the_design(built):
    qualifiers = {
        name: set(built.datasets[name].frame["QNAM"]) for name in ("SUPPDM", "SUPPEC", "SUPPAE")
    }
    drugs = ("MSC", "NAB", "CTX", "PD1")
    assert qualifiers == {
        "SUPPDM": {"WOCBP", "LIFEXP", "PREVSUBJ"},
        "SUPPEC": {"VIAB"},
        "SUPPAE": {
            "AEDLT",
            *(f"AEREL{drug}" for drug in drugs),
            *(f"AEACN{drug}" for drug in drugs),
        },
    }
