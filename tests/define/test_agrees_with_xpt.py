"""define.xml and the transport files beside it say the same, read by an independent reader."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyreadstat
from lxml import etree

from cdisc.define import common_lengths, write_define
from cdisc.model import Codelist, Dataset, StudyInfo
from cdisc.write.xpt import write_xpt

XLINK = "{http://www.w3.org/1999/xlink}"


def test_names_labels_order_types_and_lengths_agree(
    study: StudyInfo,
    sdtm: list[Dataset],
    adtte: Dataset,
    codelists: Mapping[str, Codelist],
    tmp_path: Path,
) -> None:
    for folder, datasets in (("sdtm", common_lengths(sdtm)), ("adam", [adtte])):
        place = tmp_path / folder
        place.mkdir()
        write_define(study, datasets, codelists, place / "define.xml")
        for dataset in datasets:
            if not dataset.frame.empty:
                write_xpt(
                    dataset.frame,
                    place / f"{dataset.name.lower()}.xpt",
                    name=dataset.name,
                    label=dataset.label,
                    variables=dataset.variables,
                    encoding="utf-8",
                )
        root = etree.parse(str(place / "define.xml")).getroot()
        files = {leaf.get(f"{XLINK}href") for leaf in root.iterfind(".//{*}ItemGroupDef/{*}leaf")}
        assert files == {path.name for path in place.glob("*.xpt")}
        for group in root.iter("{*}ItemGroupDef"):
            if group.find("{*}leaf") is not None:
                compare(root, group, place)


def compare(root: etree._Element, group: etree._Element, place: Path) -> None:
    file = place / group.find("{*}leaf").get(f"{XLINK}href")
    frame, meta = pyreadstat.read_xport(str(file), encoding="utf-8")
    items = {item.get("OID"): item for item in root.iter("{*}ItemDef")}
    refs = sorted(group.iterfind("{*}ItemRef"), key=lambda ref: int(ref.get("OrderNumber")))
    defined = [items[ref.get("ItemOID")] for ref in refs]
    assert meta.table_name == group.get("SASDatasetName")
    assert meta.file_label == group.findtext("{*}Description/{*}TranslatedText")
    assert meta.column_names == [item.get("Name") for item in defined]
    assert meta.column_labels == [
        item.findtext("{*}Description/{*}TranslatedText") for item in defined
    ]
    for item in defined:
        name, kind = item.get("Name"), meta.readstat_variable_types[item.get("Name")]
        is_number = item.get("DataType") in ("integer", "float")
        assert (kind == "double") == is_number, name
        if item.get("DataType") == "text":
            assert int(item.get("Length")) == meta.variable_storage_width[name], name
    keys = [
        items[ref.get("ItemOID")].get("Name")
        for ref in sorted(refs, key=lambda ref: int(ref.get("KeySequence", "0")))
        if ref.get("KeySequence")
    ]
    assert not frame.duplicated(keys).any()
