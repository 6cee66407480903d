"""Codes of the analysis datasets have a codelist, in which every one has a meaning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from cdisc.algorithms.endpoints.best_response import MISSING
from cdisc.algorithms.endpoints.response_terms import CRITERIA
from cdisc.model import Codelist, Variable
from cdisc.pipeline.metadata import described, used_codelists


@pytest.fixture(scope="module")
def analysis(study, built):
    datasets, _ = described(study, built.datasets)
    return datasets, used_codelists(study, list(datasets.values()))


def levels(variable: Variable) -> Iterator[tuple[str, str]]:
    for level in variable.values:
        for code in level.where[0].values:
            yield code, level.codelist


def decodes(codelist: Codelist) -> dict[str, str]:
    return {term.value: term.decode for term in codelist.terms}


def test_every_reason_of_censoring_is_told(analysis):
    datasets, codelists = analysis
    (variable,) = [v for v in datasets["ADTTE"].variables if v.name == "CNSR"]
    told = decodes(codelists[variable.codelist])
    assert set(told) == {"0", "1", "2", "3", "4"}
    assert told["0"] == "Event"
    assert all(told.values())


@pytest.mark.parametrize(
    ("parameters", "criteria"),
    [(("BOR", "CBOR"), "RECIST 1.1"), (("IBOR", "ICBOR"), "iRECIST")],
)
def test_the_scale_of_the_best_response_is_that_of_the_algorithm(analysis, parameters, criteria):
    datasets, codelists = analysis
    (variable,) = [v for v in datasets["ADRS"].variables if v.name == "AVAL"]
    of = dict(levels(variable))
    order = [*CRITERIA[criteria].best_first, MISSING]
    for parameter in parameters:
        scale = decodes(codelists[of[parameter]])
        assert scale == {str(place): term for place, term in enumerate(order, 1)}
        frame = datasets["ADRS"].frame
        rows = frame[frame["PARAMCD"] == parameter]
        assert rows["AVAL"].map("{:.0f}".format).map(scale).tolist() == rows["AVALC"].tolist()


def test_every_response_has_a_list(analysis):
    datasets, codelists = analysis
    for name in ("AVALC", "AVAL"):
        (variable,) = [v for v in datasets["ADRS"].variables if v.name == name]
        assert len(variable.values) > 10
        assert [code for code, codelist in levels(variable) if codelist not in codelists] == []


def test_define_xml_refers_to_the_lists(analysis, study, built, tmp_path):
    from cdisc.define import write_define

    datasets, codelists = analysis
    described_ones = [d for d in datasets.values() if d.purpose == "Analysis"]
    write_define(study.info, described_ones, codelists, tmp_path / "define.xml")
    odm = "{http://www.cdisc.org/ns/odm/v1.3}"
    root = etree.parse(str(tmp_path / "define.xml")).getroot()
    items = {item.get("OID"): item for item in root.iter(f"{odm}ItemDef")}
    coded = {name for name, item in items.items() if item.find(f"{odm}CodeListRef") is not None}
    assert "IT.ADTTE.CNSR" in coded
    assert any(name.startswith("IT.ADRS.AVAL.") and "BOR" in name for name in coded)
    assert any(name.startswith("IT.ADRS.AVALC.") and "BOR" in name for name in coded)
