"""Analysis results metadata: valid by the ARM schema, every reference kept, shown on the page."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree

from cdisc.define import references, render_html, write_define
from cdisc.errors import SpecError
from cdisc.model import AnalysisDataset, AnalysisDisplay, AnalysisResult, Condition, Dataset
from tests.define.conftest import CODELISTS, STUDY

ARM = {
    "a": "http://www.cdisc.org/ns/arm/v1.0",
    "o": "http://www.cdisc.org/ns/odm/v1.3",
    "d": "http://www.cdisc.org/ns/def/v2.1",
}


def display(*datasets: AnalysisDataset, id_: str = "14.2.2", **more: object) -> AnalysisDisplay:
    result = AnalysisResult(
        id="1",
        description="Median time & rates",
        reason="SPECIFIED IN SAP",
        purpose="SECONDARY OUTCOME MEASURE",
        datasets=datasets,
        parameter=("ADTTE", "PARAMCD"),
        documentation="Kaplan-Meier, n < 40",
        documents=(("csdrg", ("3",)),),
        code="14.2.2:\n  kaplan_meier:",
        context="cdisc",
        **more,  # type: ignore[arg-type]
    )
    return AnalysisDisplay(id=id_, name=f"Table {id_}", title="Survival", results=(result,))


PFS = AnalysisDataset("ADTTE", (Condition("PARAMCD", "EQ", ("PFS",)),), ("AVAL", "SEXN"))


@pytest.fixture
def arm(adtte: Dataset, tmp_path: Path) -> Path:
    path = tmp_path / "define.xml"
    shown = [display(PFS, join="By USUBJID."), display(AnalysisDataset("ADTTE"), id_="14.2.3")]
    write_define(STUDY, [adtte], CODELISTS, path, displays=shown)
    return path


@pytest.fixture(scope="session")
def arm_schema() -> etree.XMLSchema:
    """ARM 1.0 over Define-XML 2.1; nothing outside the package is loaded."""
    place = files("odmlib").joinpath("schemas", "arm", "1.0-define2.1", "arm1-0-0.xsd")
    return etree.XMLSchema(etree.parse(str(place), etree.XMLParser(no_network=True)))


def test_valid_by_the_schema_of_arm(arm: Path, arm_schema: etree.XMLSchema) -> None:
    arm_schema.assertValid(etree.parse(str(arm)))


def test_the_schema_of_arm_can_tell(arm: Path, arm_schema: etree.XMLSchema) -> None:
    tree = etree.parse(str(arm))
    for result in tree.iter(f"{{{ARM['a']}}}AnalysisResult"):
        del result.attrib["AnalysisReason"]
    assert not arm_schema.validate(tree)


def test_nothing_changes_without_displays(adtte: Dataset, tmp_path: Path) -> None:
    write_define(STUDY, [adtte], CODELISTS, tmp_path / "a.xml")
    write_define(STUDY, [adtte], CODELISTS, tmp_path / "b.xml", displays=[])
    text = (tmp_path / "a.xml").read_bytes()
    assert text == (tmp_path / "b.xml").read_bytes()
    assert b"arm" not in text


def test_every_reference_leads_somewhere(arm: Path) -> None:
    found = references(arm)
    assert found.broken == ()
    assert found.unused == ()


def test_a_reference_of_a_display_that_leads_nowhere_is_found(arm: Path) -> None:
    text = arm.read_text(encoding="utf-8")
    name = 'AnalysisDataset ItemGroupOID="IG.ADTTE"'
    assert name in text
    arm.write_text(text.replace(name, 'AnalysisDataset ItemGroupOID="IG.ADXX"'), encoding="utf-8")
    assert "AnalysisDataset ItemGroupOID=IG.ADXX" in references(arm).broken


def test_what_a_display_says(arm: Path) -> None:
    root = etree.parse(str(arm)).getroot()
    shown = root.xpath("//a:ResultDisplay[1]", namespaces=ARM)[0]
    assert shown.get("Name") == "Table 14.2.2"
    assert shown.xpath("string(o:Description/o:TranslatedText)", namespaces=ARM) == "Survival"
    result = shown.find(f"{{{ARM['a']}}}AnalysisResult")
    assert result.get("ParameterOID") == "IT.ADTTE.PARAMCD"
    items = result.xpath("a:AnalysisDatasets/a:AnalysisDataset/a:AnalysisVariable", namespaces=ARM)
    assert [item.get("ItemOID") for item in items] == ["IT.ADTTE.AVAL", "IT.ADTTE.SEXN"]
    clause = result.xpath("string(.//d:WhereClauseRef/@WhereClauseOID)", namespaces=ARM)
    assert clause == "WC.ADTTE.PARAMCD.PFS"
    assert result.xpath("string(.//a:Code)", namespaces=ARM) == "14.2.2:\n  kaplan_meier:"


def test_a_where_clause_is_shared_with_value_levels(arm: Path) -> None:
    root = etree.parse(str(arm)).getroot()
    clauses = root.xpath("//d:WhereClauseDef/@OID", namespaces=ARM)
    assert clauses.count("WC.ADTTE.PARAMCD.PFS") == 1


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (AnalysisDataset("ADXX"), "Table 14.2.2: it names ADXX"),
        (AnalysisDataset("ADTTE", (), ("CNSR",)), "ADTTE.CNSR"),
    ],
)
def test_what_is_not_in_the_package_is_refused(
    dataset: AnalysisDataset, message: str, adtte: Dataset, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match=message):
        write_define(
            STUDY, [adtte], CODELISTS, tmp_path / "define.xml", displays=[display(dataset)]
        )


def test_the_page_shows_results_with_links(arm: Path) -> None:
    html = arm.with_name("define.html")
    render_html(arm, html)
    page = html.read_text(encoding="utf-8")
    for text in ('id="results"', 'href="#RD.14_2_2"', 'id="RD.14_2_2"', 'href="#IG.ADTTE"'):
        assert text in page
    assert "Median time &amp; rates" in page
    assert "kaplan_meier:" in page


def test_the_page_of_a_package_without_results_has_no_such_section(define: Path) -> None:
    html = define.with_name("define.html")
    render_html(define, html)
    assert 'id="results"' not in html.read_text(encoding="utf-8")
