"""What stands in define.xml, on a small study that has one of everything."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree

from cdisc.define import references, write_define
from cdisc.errors import SourceError
from cdisc.model import Codelist, Condition, Dataset, StudyInfo, ValueLevel

Find = Callable[[str], list[etree._Element]]
DEF = "{http://www.cdisc.org/ns/def/v2.1}"


def with_variable(dataset: Dataset, name: str, **changes: object) -> Dataset:
    variables = tuple(
        dataclasses.replace(v, **changes) if v.name == name else v for v in dataset.variables
    )
    return dataclasses.replace(dataset, variables=variables)


def test_is_valid_against_the_published_schema(
    define: Path, adam_define: Path, schema: etree.XMLSchema
) -> None:
    for path in (define, adam_define):
        schema.assertValid(etree.parse(str(path)))


def test_every_reference_resolves_and_every_definition_is_used(
    define: Path, adam_define: Path
) -> None:
    for path in (define, adam_define):
        assert references(path).broken == ()
        assert references(path).unused == ()


def test_a_removed_definition_is_reported_as_broken_and_an_added_one_as_unused(
    define: Path,
) -> None:
    text = define.read_text(encoding="utf-8")
    changed = text.replace('<MethodDef OID="MT.DM.AGE"', '<MethodDef OID="MT.NOBODY"')
    define.write_text(changed, encoding="utf-8")
    assert references(define).broken == ("ItemRef MethodOID=MT.DM.AGE",)
    assert references(define).unused == ("MethodDef MT.NOBODY",)


def test_same_inputs_in_any_order_give_the_same_bytes(
    define: Path,
    study: StudyInfo,
    sdtm: list[Dataset],
    codelists: Mapping[str, Codelist],
    tmp_path: Path,
) -> None:
    again = tmp_path / "again.xml"
    write_define(study, sdtm[::-1], dict(reversed(codelists.items())), again)
    assert again.read_bytes() == define.read_bytes()
    assert b"\r" not in again.read_bytes()


def test_header_names_study_standards_and_creation_time(find: Find) -> None:
    (root,) = find("/o:ODM")
    assert root.get("CreationDateTime") == "2025-06-30T12:00:05"
    assert root.get(f"{DEF}Context") == "Submission"
    assert find("//o:StudyDescription/text()") == [
        "Étude of μ-agonist <ABC> & placebo in adults ≥ 65 years"
    ]
    # ADaM's own standards belong to the define.xml beside the ADaM datasets.
    assert find("//d:Standard/@OID") == [
        "STD.SDTMIG.3.4",
        "STD.CT.SDTM.2025-03-28",
        "STD.CT.DEFINE-XML.2025-03-28",
    ]


def test_creation_time_keeps_its_offset(
    study: StudyInfo, sdtm: list[Dataset], codelists: Mapping[str, Codelist], tmp_path: Path
) -> None:
    created = datetime(2025, 1, 2, 3, 4, 5, 999, tzinfo=timezone(timedelta(hours=8)))
    path = tmp_path / "define.xml"
    write_define(dataclasses.replace(study, created=created), sdtm, codelists, path)
    assert 'CreationDateTime="2025-01-02T03:04:05+08:00"' in path.read_text(encoding="utf-8")


def test_datasets_come_by_class_then_name(find: Find) -> None:
    assert find("//o:ItemGroupDef/@Name") == ["DM", "CM", "AE", "VS", "SUPPAE"]
    assert find("//d:Class/@Name") == [
        "SPECIAL PURPOSE",
        "INTERVENTIONS",
        "EVENTS",
        "FINDINGS",
        "RELATIONSHIP",
    ]


def test_a_dataset_names_its_file_structure_and_keys(find: Find) -> None:
    (dm,) = find("//o:ItemGroupDef[@Name='DM']")
    assert dm.get("Repeating") == "No"
    assert dm.get("IsReferenceData") == "No"
    assert dm.get("Purpose") == "Tabulation"
    assert dm.get(f"{DEF}Structure") == "One record per subject"
    assert find("//o:ItemGroupDef[@Name='DM']/d:leaf/@x:href") == ["dm.xpt"]
    keys = find("//o:ItemGroupDef[@Name='AE']/o:ItemRef[@KeySequence]")
    assert [(k.get("ItemOID"), k.get("KeySequence")) for k in keys] == [
        ("IT.AE.STUDYID", "1"),
        ("IT.AE.USUBJID", "2"),
        ("IT.AE.AESEQ", "3"),
    ]


def test_trial_design_is_reference_data(
    study: StudyInfo, sdtm: list[Dataset], codelists: Mapping[str, Codelist], tmp_path: Path
) -> None:
    ts = dataclasses.replace(sdtm[0], name="TS", class_="Trial Design", scope="study")
    path = tmp_path / "define.xml"
    write_define(study, [ts], codelists, path)
    assert 'IsReferenceData="Yes"' in path.read_text(encoding="utf-8")


def test_a_dataset_without_records_has_no_file_but_a_reason(find: Find) -> None:
    (cm,) = find("//o:ItemGroupDef[@Name='CM']")
    assert cm.get(f"{DEF}HasNoData") == "Yes"
    assert cm.get(f"{DEF}ArchiveLocationID") is None
    assert find("//o:ItemGroupDef[@Name='CM']/d:leaf") == []
    assert find("//d:CommentDef[@OID='COM.CM']//o:TranslatedText/text()") == [
        "The dataset has no records."
    ]


def test_a_variable_without_values_says_so(find: Find) -> None:
    assert find("//o:ItemRef[@d:HasNoData]/@ItemOID") == ["IT.DM.DTHFL"]


def test_supplemental_qualifiers_belong_to_their_domain(find: Find) -> None:
    (supp,) = find("//o:ItemGroupDef[@Name='SUPPAE']")
    assert supp.get("Domain") == "AE"
    assert find("//o:ItemGroupDef[@Name='SUPPAE']/o:Alias/@Name") == ["Adverse Events"]


@pytest.mark.parametrize(
    ("oid", "data_type", "length", "digits", "display"),
    [
        ("IT.AE.AETERM", "text", "24", None, None),
        ("IT.AE.AEPTCD", "integer", "8", None, None),
        ("IT.AE.AESTDTC", "partialDate", None, None, None),
        ("IT.AE.AEDUR", "durationDatetime", None, None, None),
        ("IT.DM.RFSTDTC", "partialDatetime", None, None, None),
        ("IT.DM.AGE", "integer", "3", None, None),
        ("IT.VS.VSSTRESN", "float", "9", "6", "10.6"),
    ],
)
def test_type_length_and_digits_are_those_of_the_data(
    find: Find,
    oid: str,
    data_type: str,
    length: str | None,
    digits: str | None,
    display: str | None,
) -> None:
    (item,) = find(f"//o:ItemDef[@OID='{oid}']")
    assert item.get("DataType") == data_type
    assert item.get("Length") == length
    assert item.get("SignificantDigits") == digits
    assert item.get(f"{DEF}DisplayFormat") == display


def test_required_variables_are_mandatory_and_carry_their_role(find: Find) -> None:
    (seq,) = find("//o:ItemRef[@ItemOID='IT.AE.AESEQ']")
    assert (seq.get("Mandatory"), seq.get("Role")) == ("Yes", "Identifier")
    (dur,) = find("//o:ItemRef[@ItemOID='IT.AE.AEDUR']")
    assert (dur.get("Mandatory"), dur.get("Role")) == ("No", None)


def test_origins_have_source_pages_and_predecessor(find: Find, adam_define: Path) -> None:
    base = "//o:ItemDef[@OID='IT.AE.{}']/d:Origin"
    assert find(base.format("AETERM") + "/@Source") == ["Investigator"]
    assert find(base.format("AETERM") + "//d:PDFPageRef/@PageRefs") == ["12 14"]
    assert find(base.format("AEREL") + "//d:PDFPageRef/@FirstPage") == ["20"]
    assert find(base.format("AEREL") + "//d:PDFPageRef/@LastPage") == ["22"]
    assert find(base.format("AESER") + "/@Source") == ["Subject"]
    assert find(base.format("AESER") + "//d:PDFPageRef/@Type") == ["NamedDestination"]
    assert find(base.format("AEDECOD") + "/@Source") == ["Sponsor"]
    text = adam_define.read_text(encoding="utf-8")
    assert '<TranslatedText xml:lang="en">ADSL.USUBJID</TranslatedText>' in text


def test_documents_are_leaves_and_the_annotated_crf_is_known(find: Find) -> None:
    assert find("//d:AnnotatedCRF/d:DocumentRef/@leafID") == ["LF.acrf"]
    assert find("//d:SupplementalDoc/d:DocumentRef/@leafID") == ["LF.csdrg"]
    assert find("/o:ODM/o:Study/o:MetaDataVersion/d:leaf/@x:href") == ["acrf.pdf", "csdrg.pdf"]


def test_methods_and_comments_carry_the_text_of_the_spec(find: Find) -> None:
    (method,) = find("//o:MethodDef[@OID='MT.DM.AGE']")
    assert method.get("Type") == "Computation"
    assert method.findtext(".//{*}TranslatedText") == "Whole years from birth to consent"
    assert find("//d:CommentDef[@OID='COM.DM']//o:TranslatedText/text()") == [
        "Screen failures <without> consent & data are left out"
    ]


def test_a_method_that_imputes_is_an_imputation(adam_define: Path) -> None:
    text = adam_define.read_text(encoding="utf-8")
    assert '<MethodDef OID="MT.ADTTE.ADT" Name="Algorithm to derive ADTTE.ADT" Type="Imp' in text


def test_value_levels_have_where_clauses_types_and_inherited_method(find: Find) -> None:
    refs = find("//d:ValueListDef[@OID='VL.VS.VSSTRESN']/o:ItemRef")
    assert [r.get("ItemOID") for r in refs] == ["IT.VS.VSSTRESN.SYSBP", "IT.VS.VSSTRESN.WEIGHT"]
    assert {r.get("MethodOID") for r in refs} == {"MT.VS.VSSTRESN"}
    (weight,) = find("//o:ItemDef[@OID='IT.VS.VSSTRESN.WEIGHT']")
    assert (weight.get("DataType"), weight.get("Length")) == ("float", "8")
    (check,) = find("//d:WhereClauseDef[@OID='WC.VS.VSTESTCD.WEIGHT']/o:RangeCheck")
    assert check.get("Comparator") == "EQ"
    assert check.get(f"{DEF}ItemOID") == "IT.VS.VSTESTCD"
    assert check.findtext("{*}CheckValue") == "WEIGHT"


def test_a_supplemental_value_keeps_what_the_spec_declared(find: Find) -> None:
    (item,) = find("//o:ItemDef[@OID='IT.SUPPAE.QVAL.AEDLT']")
    assert item.findtext(".//{*}TranslatedText") == "Dose Limiting Toxicity"
    assert item.get(f"{DEF}CommentOID") == "COM.SUPPAE.QVAL.AEDLT"
    assert item.find("{*}CodeListRef").get("CodeListOID") == "CL.NY"
    (ref,) = find("//d:ValueListDef/o:ItemRef[@ItemOID='IT.SUPPAE.QVAL.AEDLT']")
    assert ref.get("MethodOID") == "MT.SUPPAE.QVAL.AEDLT"
    assert find("//o:ItemDef[@OID='IT.SUPPAE.QVAL.AEDTC2']/d:Origin/@Source") == ["Vendor"]


def test_where_clauses_that_read_alike_stay_apart(
    study: StudyInfo,
    sdtm: list[Dataset],
    codelists: Mapping[str, Codelist],
    tmp_path: Path,
    schema: etree.XMLSchema,
) -> None:
    levels = tuple(
        ValueLevel(where=(Condition("VSTEST", "EQ", (text,)),), data_type="text", length=5)
        for text in ("A/B", "A_B", "")
    )
    path = tmp_path / "define.xml"
    write_define(study, [with_variable(sdtm[2], "VSORRES", values=levels)], codelists, path)
    schema.assertValid(etree.parse(str(path)))
    clauses = etree.parse(str(path)).getroot().iter("{*}WhereClauseDef")
    assert [(c.get("OID"), c.findtext(".//{*}CheckValue")) for c in clauses][:3] == [
        ("WC.VS.VSTEST.A_B", "A/B"),
        ("WC.VS.VSTEST.A_B.2", "A_B"),
        ("WC.VS.VSTEST.NULL", ""),
    ]


def test_adam_dataset_has_class_and_subclass(adam_define: Path) -> None:
    root = etree.parse(str(adam_define)).getroot()
    (class_,) = root.iter("{*}Class")
    assert class_.get("Name") == "BASIC DATA STRUCTURE"
    assert [child.get("Name") for child in class_] == ["TIME-TO-EVENT"]
    (date,) = root.iterfind(".//{*}ItemDef[@OID='IT.ADTTE.ADT']")
    assert (date.get("DataType"), date.get(f"{DEF}DisplayFormat")) == ("integer", "DATE9.")
    assert [s.get("OID") for s in root.iter("{*}Standard")] == [
        "STD.ADaMIG.1.3",
        "STD.CT.ADaM.2025-03-28",
        "STD.CT.DEFINE-XML.2025-03-28",
    ]


def test_a_dataset_outside_the_guide_is_non_standard(
    study: StudyInfo, sdtm: list[Dataset], codelists: Mapping[str, Codelist], tmp_path: Path
) -> None:
    path = tmp_path / "define.xml"
    datasets = [dataclasses.replace(d, non_standard=d.name == "VS") for d in sdtm]
    write_define(study, datasets, codelists, path, archive_suffix=".json")
    groups = {g.get("Name"): g for g in etree.parse(str(path)).getroot().iter("{*}ItemGroupDef")}
    assert groups["VS"].get(f"{DEF}IsNonStandard") == "Yes"
    assert groups["VS"].get(f"{DEF}StandardOID") is None
    assert groups["VS"].findtext(".//{*}title") == "vs.json"


def test_unmeasured_datasets_are_measured_on_the_way(
    define: Path,
    study: StudyInfo,
    sdtm: list[Dataset],
    codelists: Mapping[str, Codelist],
    tmp_path: Path,
) -> None:
    lengthless = [with_variable(d, "USUBJID", length=None) for d in sdtm]
    untyped = [with_variable(sdtm[0], "AGE", data_type="text", length=8), *sdtm[1:]]
    for bare in (lengthless, untyped):
        path = tmp_path / "again.xml"
        write_define(study, bare, codelists, path)
        assert path.read_bytes() == define.read_bytes()


def test_the_stylesheet_stands_beside_or_is_left_out(
    define: Path,
    study: StudyInfo,
    sdtm: list[Dataset],
    codelists: Mapping[str, Codelist],
    tmp_path: Path,
) -> None:
    assert (define.parent / "define2-1.xsl").read_bytes().startswith(b"<?xml")
    assert b'href="define2-1.xsl"' in define.read_bytes()
    folder = tmp_path / "bare"
    folder.mkdir()
    write_define(study, sdtm, codelists, folder / "define.xml", stylesheet=None)
    assert [p.name for p in folder.iterdir()] == ["define.xml"]
    assert b"xml-stylesheet" not in (folder / "define.xml").read_bytes()


def test_a_stylesheet_of_the_user_takes_the_place_of_ours(
    study: StudyInfo, sdtm: list[Dataset], codelists: Mapping[str, Codelist], tmp_path: Path
) -> None:
    own, out = tmp_path / "house.xsl", tmp_path / "out"
    own.write_bytes(b"<own/>")
    out.mkdir()
    write_define(study, sdtm, codelists, out / "define.xml", stylesheet_source=own)
    assert (out / "define2-1.xsl").read_bytes() == b"<own/>"
    with pytest.raises(SourceError, match=r"none\.xsl: the stylesheet cannot be read"):
        write_define(
            study, sdtm, codelists, out / "define.xml", stylesheet_source=tmp_path / "none.xsl"
        )


def test_long_oids_are_cut_and_stay_apart(
    study: StudyInfo, sdtm: list[Dataset], codelists: Mapping[str, Codelist], tmp_path: Path
) -> None:
    levels = tuple(
        ValueLevel(where=(Condition("VSTEST", "EQ", ("x" * 200 + end,)),), data_type="date")
        for end in "ab"
    )
    path = tmp_path / "define.xml"
    write_define(study, [with_variable(sdtm[2], "VSORRES", values=levels)], codelists, path)
    assert references(path).broken == ()
    oids = [c.get("OID") for c in etree.parse(str(path)).getroot().iter("{*}WhereClauseDef")][:2]
    assert [len(oid) for oid in oids] == [120, 122]
    assert len(set(oids)) == 2


def test_frames_are_left_as_they_were(sdtm: list[Dataset], define: Path) -> None:
    before = [d.frame.copy(deep=True) for d in sdtm]
    for old, dataset in zip(before, sdtm, strict=True):
        pd.testing.assert_frame_equal(old, dataset.frame)
