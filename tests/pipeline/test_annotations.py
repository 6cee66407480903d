"""The annotated CRF: what it says of each column, and the pages that origins take from it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cdisc.pipeline.annotations import NOT_SUBMITTED, annotated, pages_of
from cdisc.spec import StudySpec, read_study

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def study() -> StudySpec:
    return read_study(ROOT)


@pytest.fixture(scope="module")
def forms(study: StudySpec) -> dict[str, dict[str, list[str]]]:
    return annotated(study)


def test_a_column_says_where_it_is_collected(forms: dict[str, dict[str, list[str]]]) -> None:
    assert "AE.AETERM" in forms["ae"]["AETERM"]
    assert forms["ae"]["REL_MSC"] == ["QVAL in SUPPAE when QNAM = AERELMSC"]
    assert "VS.VSORRES when VSTESTCD = SYSBP" in forms["vs"]["SYSBP"]
    assert not any("DIABP" in said for said in forms["vs"]["SYSBP"])
    assert "VS.VSORRES when VSTESTCD = BSA" in forms["dose_reg"]["BSA"]


def test_a_laboratory_transfer_and_a_dictionary_are_no_forms(
    forms: dict[str, dict[str, list[str]]],
) -> None:
    assert {"elisa", "flow", "qpcr", "coding"} & set(forms) == set()
    assert {"ic", "dm", "ae", "lab_local"} <= set(forms)


def test_what_no_collected_variable_reads_is_not_submitted(
    forms: dict[str, dict[str, list[str]]],
) -> None:
    assert forms["resp"]["SUBJECT"] == [NOT_SUBMITTED]


def test_the_committed_pages_are_those_of_the_forms(
    study: StudySpec, forms: dict[str, dict[str, list[str]]]
) -> None:
    with (ROOT / "define" / "acrf_pages.csv").open(encoding="utf-8", newline="") as file:
        written = {row["SOURCE"]: tuple(row["PAGES"].split()) for row in csv.DictReader(file)}
    assert written == pages_of(forms), "run python scripts/build_acrf.py"
    assert study.info.crf_pages("ae") == written["ae"]
    assert study.info.crf_pages("elisa") == ()


def test_the_pdf_has_a_page_for_each(forms: dict[str, dict[str, list[str]]]) -> None:
    pdf = (ROOT / "define" / "acrf.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == len(forms) + 1
