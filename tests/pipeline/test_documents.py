"""Documents of a study: copied beside define.xml, or told when they are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc import Study
from cdisc.errors import SpecError
from cdisc.pipeline.new_study import write_template

DOCUMENTS = """
documents:
  - {name: acrf, title: Annotated CRF, file: acrf.pdf}
  - {name: csdrg, title: Reviewer's Guide, file: csdrg.pdf}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    write_template(folder)
    with (folder / "study.yaml").open("a", encoding="utf-8", newline="\n") as file:
        file.write(DOCUMENTS)
    return folder


def test_a_document_travels_with_the_package_and_a_missing_one_is_told(home: Path) -> None:
    (home / "define" / "acrf.pdf").write_bytes(b"%PDF-1.4")
    result = Study.load(home).run()
    assert (result.out / "sdtm" / "acrf.pdf").read_bytes() == b"%PDF-1.4"
    define = (result.out / "sdtm" / "define.xml").read_text(encoding="utf-8")
    assert "acrf.pdf" in define
    assert "csdrg.pdf" not in define
    (told,) = [f for f in result.findings if f.rule == "document.missing"]
    assert told.message == "Reviewer's Guide: there is no file define/csdrg.pdf"


def test_a_document_elsewhere_is_refused(home: Path) -> None:
    text = (home / "study.yaml").read_text(encoding="utf-8").replace("acrf.pdf", "../acrf.pdf")
    (home / "study.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match="is not a file name"):
        Study.load(home)


def test_pages_of_a_missing_crf_are_left_out_and_come_with_it(home: Path) -> None:
    (home / "define" / "pages.csv").write_text("SOURCE,PAGES\nae,7 8\n", encoding="utf-8")
    text = (home / "study.yaml").read_text(encoding="utf-8")
    declared = text.replace("file: acrf.pdf}", "file: acrf.pdf, pages: pages.csv}")
    (home / "study.yaml").write_text(declared, encoding="utf-8")
    define = Study.load(home).run().out / "sdtm" / "define.xml"
    assert "PDFPageRef" not in define.read_text(encoding="utf-8")
    (home / "define" / "acrf.pdf").write_bytes(b"%PDF-1.4")
    define = Study.load(home).run().out / "sdtm" / "define.xml"
    assert 'PageRefs="7 8" Type="PhysicalRef"' in define.read_text(encoding="utf-8")


def test_a_table_of_pages_has_its_columns(home: Path) -> None:
    (home / "define" / "pages.csv").write_text("FORM,PAGE\nae,7\n", encoding="utf-8")
    text = (home / "study.yaml").read_text(encoding="utf-8")
    declared = text.replace("file: acrf.pdf}", "file: acrf.pdf, pages: pages.csv}")
    (home / "study.yaml").write_text(declared, encoding="utf-8")
    with pytest.raises(SpecError, match="must have the columns SOURCE and PAGES"):
        Study.load(home)


def test_a_document_of_one_layer_is_not_in_the_other(home: Path) -> None:
    (home / "define" / "acrf.pdf").write_bytes(b"%PDF-1.4")
    (home / "define" / "csdrg.pdf").write_bytes(b"%PDF-1.4")
    text = (home / "study.yaml").read_text(encoding="utf-8")
    declared = text.replace("file: acrf.pdf}", "file: acrf.pdf, layers: [adam]}")
    declared = declared.replace("file: csdrg.pdf}", "file: csdrg.pdf, layers: sdtm}")
    (home / "study.yaml").write_text(declared, encoding="utf-8")
    result = Study.load(home).run()
    assert sorted(path.name for path in (result.out / "sdtm").glob("*.pdf")) == ["csdrg.pdf"]
    assert "acrf.pdf" not in (result.out / "sdtm" / "define.xml").read_text(encoding="utf-8")
    assert not [f for f in result.findings if f.rule == "document.missing"]


def test_a_document_is_about_layers_that_there_are(home: Path) -> None:
    text = (home / "study.yaml").read_text(encoding="utf-8")
    declared = text.replace("file: acrf.pdf}", "file: acrf.pdf, layers: [raw]}")
    (home / "study.yaml").write_text(declared, encoding="utf-8")
    with pytest.raises(SpecError, match="layers"):
        Study.load(home)
