"""Units and terms: every unit is one of the list, every addition to a list has its reason."""

from fractions import Fraction

import pytest

from cdisc.pipeline.metadata import described
from cdisc.standards import catalogue

UNITS = ("ORRESU", "STRESU", "DOSU", "DURU", "AGEU")
# Units that no list has, put there on purpose (D08): kept as collected, and a finding.
UNKNOWN = {
    ("LB", "LBORRESU"): {"KU"},
    ("CM", "CMDOSU"): {"blister"},
    ("PC", "PCORRESU"): {"copies/cell"},
}

# Results whose terms go by the value level; the numeric ones of LB have none.
BY_VALUE = {
    "DS.DSDECOD", "EG.EGSTRESC", "LB.LBSTRESC", "RS.RSSTRESC", "SS.SSSTRESC", "TR.TRSTRESC",
}  # fmt: skip


@pytest.fixture(scope="module")
def datasets(study, built):
    return described(study, built.datasets)[0]


def test_every_unit_is_a_term_of_its_list_or_declared_as_an_addition(study, datasets):
    seen = 0
    for name, dataset in datasets.items():
        for variable in dataset.variables:
            if not variable.name.endswith(UNITS):
                continue
            assert variable.codelist, f"{name}.{variable.name}"
            used = set(dataset.frame[variable.name].dropna())
            terms = set(study.codelists.find(variable.codelist).by_value)
            assert used - terms == UNKNOWN.get((name, variable.name), set())
            seen += len(used)
    assert seen > 40


def test_every_unit_of_the_conversion_table_is_a_term_and_every_factor_exact(study, inputs):
    known = {
        text
        for name in ("UNIT", "VSRESU", "PKUNIT")
        for term in study.codelists.find(name).terms
        for text in (term.value, *term.synonyms, *term.collected)
    }
    table = inputs.tables["units"].frame
    assert set(table["from"]) | set(table["to"]) <= known
    for factor in table["factor"]:
        assert Fraction(factor) > 0
    assert not table.duplicated(["test", "from", "to"]).any()


def test_every_addition_to_a_published_list_has_its_reason(study):
    extended = {
        name: codelist.comment
        for name, codelist in study.codelists.own.items()
        if any(term.extended for term in codelist.terms)
    }
    assert {"EPOCH", "UNIT"} <= set(extended)
    assert {name for name, comment in extended.items() if len(comment) < 40} == set()


def test_every_coded_value_is_a_term_that_define_xml_lists(study, datasets):
    """A value outside an extensible list is there as a term of the sponsor's, nothing is silent."""
    outside = {}
    for name, dataset in datasets.items():
        for variable in dataset.variables:
            if not variable.codelist or variable.type != "Char":
                continue
            codelist = study.codelists.find(variable.codelist)
            values = set(dataset.frame[variable.name].dropna()) - set(codelist.by_value)
            # parameters that the data name are terms of a list made with the package
            by_data = codelist.name in (f"PARAM_{name}", f"PARAMCD_{name}")
            if values and not codelist.extensible and not by_data:
                outside[f"{name}.{variable.name}"] = values
    assert outside == {}


def test_a_variable_with_published_lists_has_one_of_them(study, datasets):
    """The guide names the lists of a variable; a list of the sponsor's would hide their codes."""
    guide = catalogue("SDTMIG", "3.4")
    without, seen = set(), 0
    for name, dataset in datasets.items():
        for variable in dataset.variables:
            known = guide.variable(name, variable.name)
            if known is None or not known.codelists:
                continue
            seen += 1
            codelist = study.codelists.find(variable.codelist) if variable.codelist else None
            if codelist is None or codelist.code not in known.codelists:
                without.add(f"{name}.{variable.name}")
    assert without == BY_VALUE
    assert seen > 150
