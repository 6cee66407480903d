"""ODM-XML 1.3: one item group as a table."""

from __future__ import annotations

from pathlib import Path

ODM = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Snapshot"
     FileOID="F" CreationDateTime="2024-01-01T00:00:00">
  <Study OID="ST"><MetaDataVersion OID="M" Name="M">
    <ItemGroupDef OID="DM" Name="Demography" Repeating="No">
      <ItemRef ItemOID="DM.SEX" Mandatory="Yes"/><ItemRef ItemOID="DM.RACE" Mandatory="No"/>
    </ItemGroupDef>
  </MetaDataVersion></Study>
  <ClinicalData StudyOID="ST" MetaDataVersionOID="M">
    <SubjectData SubjectKey="001-0007"><SiteRef LocationOID="001"/>
      <StudyEventData StudyEventOID="SCR" StudyEventRepeatKey="1"><FormData FormOID="BASE">
        <ItemGroupData ItemGroupOID="DM">
          <ItemData ItemOID="DM.RACE" Value=" 亚洲 "/><ItemData ItemOID="DM.SEX" Value="1"/>
        </ItemGroupData>
        <ItemGroupData ItemGroupOID="IE" ItemGroupRepeatKey="1">
          <ItemDataString ItemOID="IE.TEST">I1</ItemDataString>
          <ItemData ItemOID="IE.DAT" IsNull="Yes"/>
        </ItemGroupData>
        <ItemGroupData ItemGroupOID="IE" ItemGroupRepeatKey="2">
          <ItemData ItemOID="IE.TEST" Value="I2"/><ItemData ItemOID="IE.YN" Value="0"/>
        </ItemGroupData>
      </FormData></StudyEventData>
    </SubjectData>
    <SubjectData SubjectKey="001-0008">
      <StudyEventData StudyEventOID="SCR"><FormData FormOID="BASE">
        <ItemGroupData ItemGroupOID="DM"><ItemData ItemOID="DM.SEX" Value="2"/></ItemGroupData>
      </FormData></StudyEventData>
    </SubjectData>
  </ClinicalData>
</ODM>
"""


def write(folder: Path, text: str = ODM) -> None:
    (folder / "edc.xml").write_text(text, encoding="utf-8", newline="\n")


def test_an_item_group_is_a_table(tmp_path: Path, read, cells) -> None:
    write(tmp_path)
    table = read("edc.xml", sheet="DM")
    assert list(table.frame.columns)[-2:] == ["DM.SEX", "DM.RACE"]
    only = ["LocationOID", "SubjectKey", "StudyEventRepeatKey", "DM.SEX", "DM.RACE"]
    assert cells(read("edc.xml", sheet="DM", only=only)) == [
        ["001", "001-0007", "1", "1", " 亚洲 "],
        [None, "001-0008", None, "2", None],
    ]
    assert table.row_of.tolist() == [1, 2]


def test_typed_and_null_items_and_repeats(tmp_path: Path, read, cells) -> None:
    write(tmp_path)
    table = read("edc.xml", sheet="IE", only=["ItemGroupRepeatKey", "IE.TEST", "IE.DAT", "IE.YN"])
    assert cells(table) == [["1", "I1", None, None], ["2", "I2", None, "0"]]


def test_a_form_holds_the_rows_of_all_its_groups_in_file_order(tmp_path: Path, read, cells) -> None:
    write(tmp_path)
    only = ["SubjectKey", "ItemGroupOID", "DM.SEX", "IE.TEST"]
    assert cells(read("edc.xml", sheet="BASE", only=only)) == [
        ["001-0007", "DM", "1", None],
        ["001-0007", "IE", None, "I1"],
        ["001-0007", "IE", None, "I2"],
        ["001-0008", "DM", "2", None],
    ]


def test_an_item_stands_twice_only_in_a_group_that_is_read(tmp_path: Path, refusal, read) -> None:
    write(tmp_path, ODM.replace('"IE.YN" Value="0"', '"IE.TEST" Value="0"'))
    assert len(read("edc.xml", sheet="DM").frame) == 2
    assert refusal("edc.xml", sheet="IE").startswith("edc.xml:20: item IE.TEST stands twice")


def test_a_group_that_nobody_has_filled_in_has_columns_and_no_rows(
    tmp_path: Path, read, refusal
) -> None:
    define = """<FormDef OID="F.CO" Name="Comments" Repeating="No">
        <ItemGroupRef ItemGroupOID="CO" Mandatory="No"/></FormDef>
      <ItemGroupDef OID="CO" Name="Comments" Repeating="Yes">
        <ItemRef ItemOID="CO.VAL" Mandatory="Yes"/></ItemGroupDef>
    <ItemGroupDef OID="DM" """
    write(tmp_path, ODM.replace('<ItemGroupDef OID="DM" ', define, 1))
    for sheet in ("CO", "F.CO"):
        table = read("edc.xml", sheet=sheet)
        assert (len(table.frame), list(table.frame.columns)[-1]) == (0, "CO.VAL")
        assert [(n.dataset, n.rule) for n in table.notes] == [(table.name, "source_no_rows")]
    assert refusal("edc.xml", sheet="CX") == (
        "edc.xml: the file has no item group or form CX. Its item groups: DM, IE, CO"
    )


def test_which_item_group(tmp_path: Path, refusal, read) -> None:
    write(tmp_path)
    assert refusal("edc.xml") == (
        "edc.xml: the file has 2 item groups and none is declared. Declare sheet, one of DM, IE"
    )
    assert refusal("edc.xml", sheet="dm") == (
        "edc.xml: the file has no item group or form dm. Did you mean DM?"
    )
    assert len(read("edc.xml", sheet="BASE").frame) == 4


def test_what_is_not_odm_data_is_refused(tmp_path: Path, refusal) -> None:
    write(tmp_path, ODM.replace("1.3.2", "2.0"))
    assert refusal("edc.xml", sheet="DM") == (
        "edc.xml: is ODM 2.0, not ODM 1.3. Export as ODM 1.3.2"
    )
    write(tmp_path, "<root/>")
    assert refusal("edc.xml").startswith("edc.xml: is <root>, not ODM 1.3.")
    write(tmp_path, ODM[:900])
    line = ODM[:900].count("\n") + 1
    assert refusal("edc.xml").startswith(f"edc.xml:{line}: is not whole XML: ")
    write(tmp_path, ODM.replace('DM.RACE" Value', 'DM.SEX" Value'))
    assert "item DM.SEX stands twice in one DM" in refusal("edc.xml", sheet="DM")


def test_entities_are_never_resolved(tmp_path: Path, refusal) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    head, body = ODM.split("\n", 1)
    doctype = f'<!DOCTYPE ODM [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    write(tmp_path, "\n".join([head, doctype, body.replace(">I1<", ">&x;<")]))
    message = refusal("edc.xml", sheet="IE")
    assert "has a document type declaration" in message
