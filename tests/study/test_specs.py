"""The specs of the reference study as such: checked, and each derivation explained."""

from cdisc.spec.check import check_study


def test_the_check_finds_nothing_to_say(study):
    checked = check_study(study)
    assert checked.errors == ()
    assert [str(warning) for warning in checked.warnings] == []


def test_what_is_derived_says_how(built):
    silent = [
        (dataset.name, variable.name)
        for dataset in built.datasets.values()
        for variable in dataset.variables
        if variable.origin is not None and variable.origin.type == "Derived" and not variable.method
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
