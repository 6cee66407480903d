"""The packages of the two studies here, whole: held against what others' software says of them."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from lxml import etree

from cdisc import RunResult, Study
from cdisc.define import references
from cdisc.model import Dataset, Variable
from cdisc.pipeline.package_check import validate_study

ROOT = Path(__file__).parents[2]
PILOT_RAW = ROOT / ".." / "shared" / "real" / "cdiscpilot01" / "raw"
DEF = "{http://www.cdisc.org/ns/def/v2.1}"
ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


@pytest.fixture(scope="module", params=["reference study", "CDISC pilot"])
def study(request: pytest.FixtureRequest) -> Study:
    if request.param == "reference study":
        return Study.load(ROOT)
    if not PILOT_RAW.exists():
        pytest.skip("the pilot's raw exports are not beside this repository")
    return Study.load(ROOT / "examples" / "cdiscpilot01", data={"raw": PILOT_RAW})


@pytest.fixture(scope="module")
def package(study: Study, tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return study.run(out=tmp_path_factory.mktemp("package") / "build")


def test_the_gate_is_open(package: RunResult) -> None:
    assert package.verdict.reasons == ()


def test_validate_judges_the_package_as_the_run_did(study: Study, package: RunResult) -> None:
    checked = validate_study(study.spec, out=package.out, progress=lambda *_: None)
    assert checked.verdict.reasons == ()
    assert [finding for finding in checked.findings if finding.rule == "GATE.UNUSED"] == []


SCHEMAS = {
    "sdtm": ("define", "2.1", "define2-1-0.xsd"),
    "adam": ("arm", "1.0-define2.1", "arm1-0-0.xsd"),
}


def layers(package: RunResult) -> list[str]:
    return [layer for layer in SCHEMAS if (package.out / layer).is_dir()]


def layer_of(dataset: Dataset) -> str:
    return "sdtm" if dataset.purpose == "Tabulation" else "adam"


def test_define_xml_is_valid_and_every_reference_resolves(package: RunResult) -> None:
    for layer in layers(package):
        define = package.out / layer / "define.xml"
        place = files("odmlib").joinpath("schemas", *SCHEMAS[layer])
        schema = etree.XMLSchema(etree.parse(str(place), etree.XMLParser(no_network=True)))
        schema.assertValid(etree.parse(str(define)))
        assert references(define).broken == ()


def sas_numbers(column: pd.Series, variable: Variable) -> np.ndarray:
    """Numbers as they are in a transport file: dates as days, times as seconds since 1960."""
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.to_numpy(np.float64)
    seconds = (column - pd.Timestamp("1960-01-01")) / pd.Timedelta(seconds=1)
    return (seconds / (86400 if variable.format == "DATE9." else 1)).to_numpy(np.float64)


def test_every_file_reads_back_equal_with_pyreadstat(package: RunResult) -> None:
    for name, dataset in package.datasets.items():
        path = package.out / layer_of(dataset) / f"{name.lower()}.xpt"
        frame, meta = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
        assert meta.table_name == name
        assert meta.file_label == dataset.label
        assert list(frame.columns) == list(dataset.frame.columns)
        assert meta.column_labels == [variable.label for variable in dataset.variables]
        for variable in dataset.variables:
            ours, theirs = dataset.frame[variable.name], frame[variable.name]
            if variable.type == "Num":
                np.testing.assert_array_equal(
                    sas_numbers(ours, variable), theirs.to_numpy(np.float64)
                )
                shown = meta.original_variable_types[variable.name]
                assert not variable.format or shown == variable.format.rstrip(".")
            else:
                written = ours.fillna("").astype(object).tolist()
                assert theirs.fillna("").astype(object).tolist() == written


def test_define_xml_says_what_the_files_hold(package: RunResult) -> None:
    for layer in layers(package):
        root = etree.parse(str(package.out / layer / "define.xml")).getroot()
        items = {item.get("OID"): item for item in root.iter(f"{ODM}ItemDef")}
        groups = {group.get("Name"): group for group in root.iter(f"{ODM}ItemGroupDef")}
        described = package.datasets.described
        assert sorted(groups) == sorted(n for n, d in described.items() if layer_of(d) == layer)
        for name, group in groups.items():
            leaf = group.find(f"{DEF}leaf").get("{http://www.w3.org/1999/xlink}href")
            path = package.out / layer / leaf
            _, meta = pyreadstat.read_xport(str(path), metadataonly=True)
            listed = [items[ref.get("ItemOID")] for ref in group.findall(f"{ODM}ItemRef")]
            assert [item.get("Name") for item in listed] == meta.column_names, name
            for item in listed:
                text = item.find(f"{ODM}Description/{ODM}TranslatedText").text
                assert text == meta.column_names_to_labels[item.get("Name")]
                is_text = meta.readstat_variable_types[item.get("Name")] == "string"
                if is_text and item.get("Length"):
                    assert int(item.get("Length")) == meta.variable_storage_width[item.get("Name")]
                shown = meta.original_variable_types[item.get("Name")] or ""
                dated = shown.startswith(("DATE", "TIME"))
                assert not dated or item.get("DataType") == "integer"
                assert not dated or item.get(f"{DEF}DisplayFormat")


def test_a_second_run_gives_the_same_bytes(
    package: RunResult, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    pilot = "pilot" in request.node.name
    home = ROOT / "examples" / "cdiscpilot01" if pilot else ROOT
    again = Study.load(home, data={"raw": PILOT_RAW} if pilot else None).run(out=tmp_path / "build")
    assert _hashes(again.out) == _hashes(package.out)


def test_the_subjects_of_every_dataset_are_in_dm(package: RunResult) -> None:
    people = set(package.datasets["DM"].frame["USUBJID"])
    for dataset in package.datasets.values():
        if "USUBJID" in dataset.frame.columns:
            assert set(dataset.frame["USUBJID"].dropna()) <= people
            # relations of datasets as a whole are of no subject
            assert dataset.name == "RELREC" or not dataset.frame["USUBJID"].map(pd.isna).any()


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_how_long_since_an_infusion_is_shown_as_a_number_and_not_as_a_time(
    package: RunResult,
) -> None:
    for name, dataset in package.datasets.items():
        if "ARELTM" not in dataset.frame.columns:
            continue
        path = package.out / "adam" / f"{name.lower()}.xpt"
        _, meta = pyreadstat.read_xport(str(path), metadataonly=True)
        assert "TIME" not in (meta.original_variable_types["ARELTM"] or "")
        root = etree.parse(str(package.out / "adam" / "define.xml")).getroot()
        (item,) = root.findall(f".//{ODM}ItemDef[@OID='IT.{name}.ARELTM']")
        assert "TIME" not in item.get(f"{DEF}DisplayFormat", "")


def test_the_annotated_crf_is_not_with_the_analysis_datasets(package: RunResult) -> None:
    for layer in layers(package):
        define = (package.out / layer / "define.xml").read_text(encoding="utf-8")
        crf = (package.out / layer / "acrf.pdf").is_file()
        assert crf == ("AnnotatedCRF" in define)
        assert not (crf and layer == "adam")
