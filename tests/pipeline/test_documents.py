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
