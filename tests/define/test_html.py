"""define.html: everything of the define.xml on one page that carries no code."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree

from cdisc.define import render_html, write_define
from cdisc.errors import SourceError
from cdisc.model import Codelist, Dataset, StudyInfo

VOID = {"meta", "br", "link", "img", "hr"}


class Page(HTMLParser):
    """Tags, identifiers, links and visible text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        named = dict(attrs)
        self.ids.extend(filter(None, [named.get("id")]))
        self.links.extend(filter(None, [named.get("href")]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    assert page.open == []
    return page


@pytest.fixture
def page(define: Path, tmp_path: Path) -> Page:
    render_html(define, tmp_path / "define.html")
    return read(tmp_path / "define.html")


def test_every_dataset_variable_value_and_term_is_on_the_page(
    page: Page, sdtm: list[Dataset]
) -> None:
    words = {word.strip() for word in page.text}
    for dataset in sdtm:
        assert f"IG.{dataset.name}" in page.ids
        assert {v.name for v in dataset.variables} <= words
        assert {f"IT.{dataset.name}.{v.name}" for v in dataset.variables} <= set(page.ids)
        assert {v.label for v in dataset.variables} <= words
    assert {"MedDRA", "27.1", "FRAILTY", "Frailty/Score", "C66742"} <= words
    assert "VL.VS.VSORRES" in page.ids


def test_every_link_inside_the_page_has_its_target_once(page: Page) -> None:
    targets = [link[1:] for link in page.links if link.startswith("#")]
    assert targets
    assert set(targets) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_links_outside_lead_to_files_of_the_package(page: Page) -> None:
    outside = {link.partition("#")[0] for link in page.links if not link.startswith("#")}
    assert outside == {"acrf.pdf", "csdrg.pdf", "dm.xpt", "ae.xpt", "vs.xpt", "suppae.xpt"}
    assert "acrf.pdf#page=12" in page.links
    assert "acrf.pdf#AEFORM" in page.links


def test_texts_are_escaped_and_the_page_has_no_code(page: Page, tmp_path: Path) -> None:
    source = (tmp_path / "define.html").read_text(encoding="utf-8")
    assert "Étude of μ-agonist <ABC> & placebo in adults ≥ 65 years" in page.text
    assert "<without>" not in source
    assert "&lt;without&gt;" in source
    assert "script" not in page.tags
    assert "abc" not in page.tags
    assert source.startswith("<!DOCTYPE html")


def test_the_page_is_the_same_every_time(define: Path, tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        render_html(define, tmp_path / name)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_an_adam_page_shows_subclass_and_predecessor(adam_define: Path, tmp_path: Path) -> None:
    render_html(adam_define, tmp_path / "define.html")
    words = set(read(tmp_path / "define.html").text)
    assert {"TIME-TO-EVENT", "ADSL.USUBJID", "DATE9."} <= words


def test_a_foreign_file_cannot_bring_code_or_read_files(
    study: StudyInfo, sdtm: list[Dataset], codelists: Mapping[str, Codelist], tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("TOP-SECRET", encoding="utf-8")
    path = tmp_path / "define.xml"
    write_define(study, sdtm, codelists, path, stylesheet=None)
    text = path.read_text(encoding="utf-8")
    entity = f'<!DOCTYPE ODM [<!ENTITY leak SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    text = text.replace('encoding="UTF-8"?>', f'encoding="UTF-8"?>\n{entity}', 1)
    text = text.replace("Demographics</Tr", "Demographics &leak;</Tr").replace(
        'xlink:href="csdrg.pdf"', 'xlink:href="JavaScript:alert(1)"'
    )
    path.write_text(text, encoding="utf-8")
    render_html(path, tmp_path / "define.html")
    source = (tmp_path / "define.html").read_text(encoding="utf-8")
    assert "TOP-SECRET" not in source
    assert "javascript:" not in source.lower()


def test_what_is_not_xml_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "define.xml"
    path.write_text("<ODM>\n<Study>", encoding="utf-8")
    with pytest.raises(SourceError, match=r"define\.xml:2: not well-formed"):
        render_html(path, tmp_path / "define.html")
    with pytest.raises(SourceError, match="cannot be read"):
        render_html(tmp_path / "none.xml", tmp_path / "define.html")
    assert not (tmp_path / "define.html").exists()


def test_a_define_xml_of_someone_else_is_shown_whole(tmp_path: Path) -> None:
    shared = Path(__file__).parents[2] / ".." / "shared" / "real" / "define"
    source = shared / "define21-sdtm-example.xml"
    if not source.is_file():
        pytest.skip("the published example is not on this machine")
    render_html(source, tmp_path / "define.html")
    page = read(tmp_path / "define.html")
    root = etree.parse(str(source)).getroot()
    refs = {ref.get("ItemOID") for ref in root.iterfind(".//{*}ItemGroupDef/{*}ItemRef")}
    names = {i.get("Name") for i in root.iter("{*}ItemDef") if i.get("OID") in refs}
    assert names <= {word.strip() for word in page.text}
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
