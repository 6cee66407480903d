"""ADaM from SDTM that others made, on a small package: dates, qualifiers, origins, lineage."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree

from cdisc.define import references
from cdisc.errors import CdiscError
from cdisc.pipeline import RunResult, Study

from .conftest import HOME, SDTM, write_dataset_json, write_package

RunIn = Callable[..., RunResult]


def listed(result: RunResult, dataset: str, *names: str) -> list[tuple[object, ...]]:
    frame = result.datasets[dataset].frame
    columns = []
    for name in names:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            column = column.dt.strftime("%Y-%m-%d")
        columns.append([None if pd.isna(v) else v for v in column])
    return list(zip(*columns, strict=True))


def told(result: RunResult) -> dict[tuple[str, str], list[tuple[str, int]]]:
    return {
        (f.rule, f.dataset): [(o.file, o.row) for o in f.occurrences]
        for f in result.findings
        if f.severity != "info"
    }


def test_the_specs_check_clean() -> None:
    checked = Study.load(HOME).check()
    assert (checked.errors, checked.warnings) == ((), ())


def test_subjects_are_those_randomized_with_their_treatment(made: RunResult) -> None:
    assert listed(made, "ADSL", "USUBJID", "TRT01AN", "TRTSDT", "TRTEDT", "TRTDURD") == [
        ("T-1", 0, "2014-01-02", "2014-07-01", 181),
        ("T-2", 81, "2014-02-01", "2014-02-27", 27),
        ("T-3", 54, "2014-03-01", "2014-03-20", 20),
    ]


def test_qualifiers_of_demographics_and_disposition_are_read_as_columns(made: RunResult) -> None:
    assert listed(made, "ADSL", "SAFFL", "EFFFL", "COMP24FL", "DCSREAS") == [
        ("Y", "Y", "Y", None),
        ("Y", "N", "N", "Death"),
        ("Y", "N", "N", "I/E Not Met"),
    ]


def test_numbers_of_transport_files_are_numbers(made: RunResult) -> None:
    assert listed(made, "ADSL", "AGE", "AGEGR1", "EDUCLVL", "VISNUMEN") == [
        (64, "<65", 16, 12),
        (80, "65-80", None, 5),
        (81, ">80", None, 4),
    ]
    assert listed(made, "ADAE", "AESEQ")[0] == (1,)


def test_partial_dates_are_imputed_as_declared_and_flagged(made: RunResult) -> None:
    assert listed(made, "ADAE", "AESTDTC", "ASTDT", "ASTDTF", "ASTDY") == [
        ("2013-12-30", "2013-12-30", None, -3),
        ("2014-01-05", "2014-01-05", None, 4),
        ("2014-01", "2014-01-01", "D", -1),
        ("2014-02", "2014-02-01", "D", 31),
        ("2003", None, None, None),
        ("2014-02-01", "2014-02-01", None, 1),
    ]


def test_emergence_and_first_occurrences(made: RunResult) -> None:
    names = ("TRTEMFL", "AOCCFL", "AOCCPFL", "AOCC02FL", "AOCC01FL")
    assert listed(made, "ADAE", *names) == [
        (None, None, None, None, None),
        ("Y", "Y", "Y", None, "Y"),
        (None, None, None, None, None),
        ("Y", None, "Y", "Y", None),
        (None, None, None, None, None),
        ("Y", "Y", "Y", None, None),
    ]


def test_qualifiers_without_their_event_or_with_two_values_are_findings(made: RunResult) -> None:
    assert told(made) == {
        ("supplemental.unmatched", "ae"): [("suppae.xpt", 2)],
        ("supplemental.several_values", "ae"): [("suppae.xpt", 3), ("suppae.xpt", 4)],
    }
    assert listed(made, "ADAE", "AETRTEM") == [(None,), ("Y",), (None,), (None,), (None,), (None,)]


def test_what_is_carried_from_adsl_is_that_of_the_subject(made: RunResult) -> None:
    assert listed(made, "ADAE", "USUBJID", "TRTA", "TRTSDT")[3:5] == [
        ("T-1", "Placebo", "2014-01-02"),
        ("T-2", "Xanomeline High Dose", "2014-02-01"),
    ]


def origin_of(result: RunResult, dataset: str, name: str) -> str:
    origin = result.datasets.described[dataset].variable(name).origin
    assert origin is not None
    return origin.predecessor or origin.type


def test_copies_name_the_dataset_that_they_come_from(made: RunResult) -> None:
    assert [origin_of(made, "ADAE", n) for n in ("AETERM", "SEX", "TRTA", "ASTDT")] == [
        "AE.AETERM",
        "ADSL.SEX",
        "ADSL.TRT01A",
        "Derived",
    ]
    assert [origin_of(made, "ADSL", n) for n in ("USUBJID", "DCDECOD", "SAFFL")] == [
        "DM.USUBJID",
        "DS.DSDECOD",
        "Derived",
    ]


def test_copies_have_the_labels_and_codelists_of_sdtm(made: RunResult) -> None:
    adae = made.datasets.described["ADAE"]
    assert adae.variable("AESTDTC").label == "Start Date/Time of Adverse Event"
    assert adae.variable("AETRTEM").label == "Treatment Emergent Flag"
    assert (adae.variable("AESER").codelist, adae.variable("AESER").type) == ("NY", "Char")


def test_define_xml_is_valid_and_every_reference_resolves(made: RunResult) -> None:
    define = made.out / "adam" / "define.xml"
    place = files("odmlib").joinpath("schemas", "define", "2.1", "define2-1-0.xsd")
    schema = etree.XMLSchema(etree.parse(str(place), etree.XMLParser(no_network=True)))
    schema.assertValid(etree.parse(str(define)))
    assert references(define).broken == ()
    text = define.read_text(encoding="utf-8")
    assert '<def:SubClass Name="ADVERSE EVENT"/>' in text
    assert 'Name="TRTSDT" DataType="integer"' in text
    assert 'def:DisplayFormat="DATE9."' in text


def test_lineage_ends_at_the_record_of_sdtm(made: RunResult) -> None:
    edges = pd.read_parquet(made.out / "lineage" / "adae.parquet")
    text = edges.to_csv()
    assert "raw:ae" in text
    assert "ADSL" in text


def test_the_same_comes_of_dataset_json(made: RunResult, run_in: RunIn, tmp_path: Path) -> None:
    again = run_in(write_dataset_json(tmp_path / "json"), (".xpt", ".json"))
    for name in ("ADSL", "ADAE"):
        pd.testing.assert_frame_equal(again.datasets[name].frame, made.datasets[name].frame)
        assert origin_of(again, name, "USUBJID") == origin_of(made, name, "USUBJID")


def test_the_order_of_the_records_does_not_matter(
    made: RunResult, run_in: RunIn, tmp_path: Path
) -> None:
    turned = {name: list(reversed(records)) for name, records in SDTM.items()}
    again = run_in(write_package(tmp_path / "turned", turned))
    for name in ("ADSL", "ADAE"):
        pd.testing.assert_frame_equal(again.datasets[name].frame, made.datasets[name].frame)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "supplemental: suppae.xpt",
            "supplemental: suppea.xpt",
            "source ae: file suppea.xpt is not in",
        ),
        ("supplemental: suppae.xpt", "supplemental: ex.xpt", "ex.xpt has no column"),
        ("supplemental: suppae.xpt", "suplemental: suppae.xpt", "Did you mean supplemental?"),
        ("{file: ae.xpt, subject: USUBJID", "{file: ae.xpt, subject: USUBID", "USUBID"),
    ],
)
def test_what_cannot_be_is_told_where_it_stands(
    run_in: RunIn, tmp_path: Path, old: str, new: str, message: str
) -> None:
    data = write_package(tmp_path / "sdtm")
    with pytest.raises(CdiscError, match=re.escape(message)) as caught:
        run_in(data, (old, new))
    assert "study.yaml" in str(caught.value) or ".xpt" in str(caught.value)
