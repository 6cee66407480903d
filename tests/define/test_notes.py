"""Comments and methods with a name, documents they refer to, dictionaries, what is non-standard."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from lxml import etree

from cdisc.define import measured, references, value_levels, write_define
from cdisc.model import Codelist, Dataset, Dictionary, Note, Origin, StudyInfo

DEF = "{http://www.cdisc.org/ns/def/v2.1}"
NAMES = {"o": "http://www.cdisc.org/ns/odm/v1.3", "d": "http://www.cdisc.org/ns/def/v2.1"}

NOTES = (
    Note(
        "COM.USUBJID",
        "One person, one USUBJID",
        documents=(("csdrg", ("3", "5-6")), ("gone", ())),
    ),
    Note("MT.DERIVED", "Not used for its text here"),
)

Written = Callable[..., etree._Element]


@pytest.fixture
def written(
    study: StudyInfo,
    sdtm: list[Dataset],
    codelists: Mapping[str, Codelist],
    tmp_path: Path,
    schema: etree.XMLSchema,
) -> Written:
    """The define.xml of the example with changes to variables (`DM.AGE`), valid and resolved."""

    def write(
        changes: Mapping[str, Mapping[str, object]],
        info: Mapping[str, object] | None = None,
        lists: Mapping[str, Codelist] | None = None,
        datasets: Sequence[Dataset] = (),
    ) -> etree._Element:
        made = [
            dataclasses.replace(
                dataset,
                variables=tuple(
                    dataclasses.replace(v, **changes.get(f"{dataset.name}.{v.name}", {}))
                    for v in dataset.variables
                ),
            )
            for dataset in datasets or sdtm
        ]
        path = tmp_path / "define.xml"
        changed = dataclasses.replace(study, notes=NOTES, **(info or {}))
        write_define(changed, made, {**codelists, **(lists or {})}, path)
        document = etree.parse(str(path))
        schema.assertValid(document)
        assert references(path).broken == ()
        assert references(path).unused == ()
        return document.getroot()

    return write


def test_a_comment_with_a_name_is_one_for_all_that_refer_to_it(written: Written) -> None:
    root = written(
        {name: {"comment": "COM.USUBJID"} for name in ("DM.USUBJID", "AE.USUBJID", "VS.USUBJID")}
    )
    users = root.xpath("//o:ItemDef[@d:CommentOID='COM.USUBJID']/@OID", namespaces=NAMES)
    assert users == ["IT.DM.USUBJID", "IT.AE.USUBJID", "IT.VS.USUBJID"]
    (comment,) = root.xpath("//d:CommentDef[@OID='COM.USUBJID']", namespaces=NAMES)
    assert comment.xpath("string(.)", namespaces=NAMES).strip() == "One person, one USUBJID"


def test_a_note_refers_to_the_documents_that_are_there(written: Written) -> None:
    root = written({"DM.USUBJID": {"comment": "COM.USUBJID"}})
    found = root.xpath("//d:CommentDef[@OID='COM.USUBJID']/d:DocumentRef", namespaces=NAMES)
    assert [reference.get("leafID") for reference in found] == ["LF.csdrg"]
    pages = [dict(page.attrib) for page in found[0]]
    assert pages == [
        {"PageRefs": "3", "Type": "PhysicalRef"},
        {"FirstPage": "5", "LastPage": "6", "Type": "PhysicalRef"},
    ]


def test_a_named_method_with_one_text_is_shared(written: Written) -> None:
    same = {"method": "First dose", "method_name": "MT.RFSTDTC"}
    root = written({"DM.RFSTDTC": same, "AE.AESTDTC": same})
    assert root.xpath("//o:MethodDef[@OID='MT.RFSTDTC']/@Name", namespaces=NAMES) == [
        "Algorithm RFSTDTC"
    ]
    users = root.xpath("//o:ItemRef[@MethodOID='MT.RFSTDTC']/@ItemOID", namespaces=NAMES)
    assert users == ["IT.DM.RFSTDTC", "IT.AE.AESTDTC"]


def test_a_named_method_computed_from_other_columns_names_the_dataset(written: Written) -> None:
    root = written(
        {
            "DM.RFSTDTC": {"method": "From A", "method_name": "MT.EPOCH"},
            "AE.AESTDTC": {"method": "From B", "method_name": "MT.EPOCH"},
        }
    )
    found = root.xpath("//o:MethodDef[starts-with(@OID,'MT.EPOCH')]", namespaces=NAMES)
    assert [(m.get("OID"), m.get("Name")) for m in found] == [
        ("MT.EPOCH.DM", "Algorithm EPOCH for DM"),
        ("MT.EPOCH.AE", "Algorithm EPOCH for AE"),
    ]


def test_a_codelist_says_why_it_is_extended(
    written: Written, codelists: Mapping[str, Codelist]
) -> None:
    unit = dataclasses.replace(codelists["UNIT"], comment="Pounds as collected")
    root = written({}, lists={"UNIT": unit})
    (list_,) = root.xpath("//o:CodeList[@OID='CL.UNIT']", namespaces=NAMES)
    assert list_.get(f"{DEF}CommentOID") == "COM.CL.UNIT"
    assert root.xpath("string(//d:CommentDef[@OID='COM.CL.UNIT'])", namespaces=NAMES).strip() == (
        "Pounds as collected"
    )


def test_a_dictionary_has_the_version_the_study_declares(written: Written) -> None:
    root = written(
        {
            "AE.AEDECOD": {"dictionary": "MedDRA"},
            "AE.AEPTCD": {"dictionary": "MedDRA"},
            "DM.SUBJID": {"dictionary": "ISO 3166"},
        },
        {"dictionaries": (Dictionary("MedDRA", "28.0", "https://www.meddra.org"),)},
    )
    found = root.xpath("//o:ExternalCodeList", namespaces=NAMES)
    assert [dict(entry.attrib) for entry in found] == [
        {"Dictionary": "ISO 3166"},
        {"Dictionary": "MedDRA", "Version": "28.0", "href": "https://www.meddra.org"},
        {"Dictionary": "MedDRA", "Version": "28.0", "href": "https://www.meddra.org"},
    ]


def test_a_variable_outside_the_standard_is_marked(written: Written) -> None:
    root = written({"AE.AEREL": {"non_standard": True}})
    marked = root.xpath("//o:ItemRef[@d:IsNonStandard]", namespaces=NAMES)
    assert [(m.get("ItemOID"), m.get(f"{DEF}IsNonStandard")) for m in marked] == [
        ("IT.AE.AEREL", "Yes")
    ]


def test_each_test_has_the_codelist_of_its_own(written: Written, sdtm: list[Dataset]) -> None:
    vs = next(dataset for dataset in sdtm if dataset.name == "VS")
    frame = vs.frame.assign(VSORRES=["1", "2", "Y", "N", "Y", None])
    bare = tuple(dataclasses.replace(v, values=()) for v in vs.variables)
    changed = value_levels(
        measured(dataclasses.replace(vs, frame=frame, variables=bare)),
        by=["VSTESTCD"],
        of=["VSORRES", "VSORRESU", "VSSTRESN"],
        codelists={"SYSBP": "NY", "FRAILTY": "NY"},
    )
    root = written({}, datasets=[changed])
    lists = {
        item.get("OID"): item.xpath("string(o:CodeListRef/@CodeListOID)", namespaces=NAMES)
        for item in root.xpath("//o:ItemDef", namespaces=NAMES)
        if item.get("OID").count(".") > 2
    }
    assert lists == {
        "IT.VS.VSORRES.FRAILTY": "CL.NY",
        "IT.VS.VSORRES.SYSBP": "CL.NY",
        "IT.VS.VSORRES.WEIGHT": "",
        # a variable with a codelist of its own keeps it, and a number has none
        "IT.VS.VSORRESU.SYSBP": "CL.UNIT",
        "IT.VS.VSORRESU.WEIGHT": "CL.UNIT",
        "IT.VS.VSSTRESN.SYSBP": "",
        "IT.VS.VSSTRESN.WEIGHT": "",
    }


def test_a_value_may_have_another_origin_than_its_variable(
    written: Written, sdtm: list[Dataset]
) -> None:
    vs = next(dataset for dataset in sdtm if dataset.name == "VS")
    bare = tuple(dataclasses.replace(v, values=()) for v in vs.variables)
    changed = value_levels(
        measured(dataclasses.replace(vs, variables=bare)),
        by=["VSTESTCD"],
        of=["VSORRES"],
        origins={"SYSBP": Origin("Derived", "Sponsor"), "WEIGHT": Origin("Assigned", "Sponsor")},
        methods={"VSORRES": "Mean of three readings"},
    )
    root = written({}, datasets=[changed])
    found = {
        item.get("OID"): item.xpath("string(d:Origin/@Type)", namespaces=NAMES)
        for item in root.xpath("//o:ItemDef[starts-with(@OID,'IT.VS.VSORRES.')]", namespaces=NAMES)
    }
    assert found == {
        "IT.VS.VSORRES.FRAILTY": "Collected",
        "IT.VS.VSORRES.SYSBP": "Derived",
        "IT.VS.VSORRES.WEIGHT": "Assigned",
    }
    methods = {
        ref.get("ItemOID"): ref.get("MethodOID")
        for ref in root.xpath("//d:ValueListDef/o:ItemRef", namespaces=NAMES)
    }
    assert methods["IT.VS.VSORRES.SYSBP"] == "MT.VS.VSORRES.SYSBP"
    assert methods["IT.VS.VSORRES.WEIGHT"] is None
