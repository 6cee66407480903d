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

ROOT = Path(__file__).parents[2]
PILOT_RAW = ROOT / ".." / "shared" / "real" / "cdiscpilot01" / "raw"
DEF = "{http://www.cdisc.org/ns/def/v2.1}"
ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


@pytest.fixture(scope="module", params=["reference study", "CDISC pilot"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    out = tmp_path_factory.mktemp("package") / "build"
    if request.param == "reference study":
        return Study.load(ROOT).run(out=out)
    if not PILOT_RAW.exists():
        pytest.skip("the pilot's raw exports are not beside this repository")
    home = ROOT / "examples" / "cdiscpilot01"
    return Study.load(home, data={"raw": PILOT_RAW}).run(out=out)


def test_the_gate_is_open(package: RunResult) -> None:
    assert package.verdict.reasons == ()


def test_define_xml_is_valid_and_every_reference_resolves(package: RunResult) -> None:
    define = package.out / "sdtm" / "define.xml"
    place = files("odmlib").joinpath("schemas", "define", "2.1", "define2-1-0.xsd")
    schema = etree.XMLSchema(etree.parse(str(place), etree.XMLParser(no_network=True)))
    schema.assertValid(etree.parse(str(define)))
    assert references(define).broken == ()


def test_every_file_reads_back_equal_with_pyreadstat(package: RunResult) -> None:
    for name, dataset in package.datasets.items():
        frame, meta = pyreadstat.read_xport(str(package.out / "sdtm" / f"{name.lower()}.xpt"))
        assert meta.table_name == name
        assert meta.file_label == dataset.label
        assert list(frame.columns) == list(dataset.frame.columns)
        assert meta.column_labels == [variable.label for variable in dataset.variables]
        for variable in dataset.variables:
            ours, theirs = dataset.frame[variable.name], frame[variable.name]
            if variable.type == "Num":
                np.testing.assert_array_equal(
                    ours.to_numpy(np.float64), theirs.to_numpy(np.float64)
                )
            else:
                written = ours.fillna("").astype(object).tolist()
                assert theirs.fillna("").astype(object).tolist() == written


def test_define_xml_says_what_the_files_hold(package: RunResult) -> None:
    root = etree.parse(str(package.out / "sdtm" / "define.xml")).getroot()
    items = {item.get("OID"): item for item in root.iter(f"{ODM}ItemDef")}
    groups = {group.get("Name"): group for group in root.iter(f"{ODM}ItemGroupDef")}
    assert sorted(groups) == sorted(package.datasets)
    for name, group in groups.items():
        path = (
            package.out
            / "sdtm"
            / group.find(f"{DEF}leaf").get("{http://www.w3.org/1999/xlink}href")
        )
        _, meta = pyreadstat.read_xport(str(path), metadataonly=True)
        listed = [items[ref.get("ItemOID")] for ref in group.findall(f"{ODM}ItemRef")]
        assert [item.get("Name") for item in listed] == meta.column_names, name
        for item in listed:
            text = item.find(f"{ODM}Description/{ODM}TranslatedText").text
            assert text == meta.column_names_to_labels[item.get("Name")]
            if meta.readstat_variable_types[item.get("Name")] == "string" and item.get("Length"):
                assert int(item.get("Length")) == meta.variable_storage_width[item.get("Name")]


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
