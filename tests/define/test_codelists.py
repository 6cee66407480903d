"""Codelists as define.xml shows them: cut, extended, coded, external."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from cdisc.define.codelists import SHORT_LIST, cut
from cdisc.model import Codelist, Term

Find = Callable[[str], list[etree._Element]]
DEF = "{http://www.cdisc.org/ns/def/v2.1}"


def list_of(count: int, *, extensible: bool) -> Codelist:
    terms = tuple(Term(f"T{n:02d}") for n in range(count))
    return Codelist("X", "X", terms, code="C1", extensible=extensible, standard="sdtmct-1")


def values(terms: list[Term]) -> list[str]:
    return [term.value for term in terms]


def test_a_short_list_is_shown_whole_a_long_one_only_as_used() -> None:
    short = list_of(SHORT_LIST, extensible=False)
    long = list_of(SHORT_LIST + 1, extensible=False)
    assert len(cut(short, {"T03": ""})) == SHORT_LIST
    assert values(cut(long, {"T07": "", "T03": ""})) == ["T03", "T07"]
    assert cut(long, {}) == []


def test_a_value_outside_the_list_extends_only_an_extensible_one() -> None:
    seen = {"ZZ": "a decode", "AA": "", "T01": ""}
    closed = cut(list_of(2, extensible=False), seen)
    assert values(closed) == ["T00", "T01"]
    extended = cut(list_of(2, extensible=True), seen)
    assert values(extended) == ["T00", "T01", "AA", "ZZ"]
    assert [t.extended for t in extended] == [False, False, True, True]
    assert extended[-1].decode == "a decode"


def test_published_terms_have_codes_and_extensions_are_marked(find: Find) -> None:
    (unit,) = find("//o:CodeList[@OID='CL.UNIT']")
    assert unit.get(f"{DEF}StandardOID") == "STD.CT.SDTM.2025-03-28"
    items = unit.findall("{*}CodeListItem")
    assert [(i.get("CodedValue"), i.get(f"{DEF}ExtendedValue")) for i in items] == [
        ("u3", None),
        ("kg", None),
        ("lb", "Yes"),
    ]
    codes = [[a.get("Name") for a in i.findall("{*}Alias")] for i in items]
    assert codes == [["C800003"], ["C28252"], []]
    assert [a.get("Name") for a in unit.findall("{*}Alias")] == ["C71620"]
    assert {a.get("Context") for a in unit.iter("{*}Alias")} == {"nci:ExtCodeID"}


def test_an_extension_is_decoded_by_its_partner_variable(find: Find) -> None:
    (frailty,) = find("//o:CodeList[@OID='CL.VSTESTCD']/o:CodeListItem[@CodedValue='FRAILTY']")
    assert frailty.findtext(".//{*}TranslatedText") == "Frailty/Score"
    assert find("//o:CodeList[@OID='CL.VSTESTCD']/o:CodeListItem/@CodedValue") == [
        "SYSBP",
        "WEIGHT",
        "FRAILTY",
    ]


def test_a_sponsors_list_has_no_codes_and_no_standard(find: Find) -> None:
    (aerel,) = find("//o:CodeList[@OID='CL.AEREL']")
    assert aerel.get(f"{DEF}IsNonStandard") == "Yes"
    assert aerel.get(f"{DEF}StandardOID") is None
    assert list(aerel.iter("{*}Alias")) == []
    assert [d.text for d in aerel.iter("{*}TranslatedText")] == [
        "Related to treatment",
        "UNRELATED",
    ]


def test_a_list_without_decodes_is_enumerated(find: Find) -> None:
    assert find("//o:EnumeratedItem") == []
    assert len(find("//o:CodeList[@OID='CL.NY']/o:CodeListItem")) == 4


def test_a_dictionary_is_an_external_codelist_in_text_and_number(find: Find) -> None:
    lists = find("//o:CodeList[o:ExternalCodeList]")
    assert [(c.get("OID"), c.get("DataType")) for c in lists] == [
        ("CL.MedDRA_27_1", "text"),
        ("CL.MedDRA_27_1.NUM", "integer"),
    ]
    external = lists[0].find("{*}ExternalCodeList")
    assert (external.get("Dictionary"), external.get("Version")) == ("MedDRA", "27.1")
    assert find("//o:ItemDef[@Name='AEPTCD']/o:CodeListRef/@CodeListOID") == ["CL.MedDRA_27_1.NUM"]


@pytest.mark.parametrize("codelist", ["CL.SEX", "CL.NY"])
def test_terms_are_numbered_in_the_order_of_the_list(find: Find, codelist: str) -> None:
    orders = find(f"//o:CodeList[@OID='{codelist}']/o:CodeListItem/@OrderNumber")
    assert orders == [str(n) for n in range(1, len(orders) + 1)]
