"""Packaged terminology against spot facts of the published releases."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cdisc.errors import UsageError
from cdisc.model import Codelist
from cdisc.standards import packaged_terminologies, terminology

CT = terminology("sdtmct", "2025-03-28")


def found(key: str) -> Codelist:
    codelist = CT.codelist(key)
    assert codelist is not None
    return codelist


def test_release_names_itself() -> None:
    assert (CT.package, CT.version, CT.standard) == ("sdtmct", "2025-03-28", "sdtmct-2025-03-28")
    assert len(CT.names) == 1158
    assert list(CT.names) == sorted(CT.names)


def test_no_yes_response() -> None:
    codelist = found("NY")
    assert (codelist.name, codelist.code) == ("NY", "C66742")
    assert codelist.label == "No Yes Response"
    assert codelist.extensible is False
    assert codelist.standard == "sdtmct-2025-03-28"
    assert {term.value: term.code for term in codelist.terms} == {
        "N": "C49487",
        "NA": "C48660",
        "U": "C17998",
        "Y": "C49488",
    }
    assert codelist.by_value["Y"].decode == "Yes"
    assert codelist.by_value["U"].synonyms == ("U", "UNK", "Unknown")


def test_sex_has_four_terms_and_one_without_synonyms() -> None:
    codelist = found("SEX")
    assert sorted(codelist.by_value) == ["F", "INTERSEX", "M", "U"]
    assert codelist.by_value["INTERSEX"].synonyms == ()
    assert "X" not in codelist


def test_a_codelist_is_found_by_name_and_by_code() -> None:
    assert found("C66742") is found("NY")
    assert "C66742" in CT
    assert "NY" in CT
    assert CT.codelist("NYET") is None
    assert "NYET" not in CT


@pytest.mark.parametrize(
    ("name", "code", "extensible"),
    [
        ("UNIT", "C71620", True),
        ("LBTESTCD", "C65047", True),
        ("OUT", "C66768", False),
        ("EPOCH", "C99079", True),
        ("RACE", "C74457", False),
        ("AESEV", "C66769", False),
    ],
)
def test_codes_and_extensible_flags(name: str, code: str, extensible: bool) -> None:
    assert (found(name).code, found(name).extensible) == (code, extensible)


def test_whole_release_is_sound() -> None:
    codelists = CT.codelists
    assert tuple(codelist.name for codelist in codelists) == CT.names
    assert sum(len(codelist.terms) for codelist in codelists) == 43698
    for codelist in codelists:
        assert len(codelist.by_value) == len(codelist.terms) > 0
        assert all(term.code.startswith("C") and not term.extended for term in codelist.terms)


def test_test_codes_are_paired_with_test_names_by_c_code() -> None:
    pairs = CT.paired("LBTESTCD", "LBTEST")
    assert pairs["ALT"] == "Alanine Aminotransferase"
    assert pairs["INTLK6"] == "Interleukin 6"
    assert list(pairs) == [term.value for term in found("LBTESTCD").terms]
    assert CT.paired("C65047", "C67154") == pairs
    assert CT.paired("LBTEST", "LBTESTCD")["Interleukin 6"] == "INTLK6"


def test_pairing_an_unknown_codelist_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no codelist LBTESTCDS\. Did you mean LBTESTCD"):
        CT.paired("LBTESTCDS", "LBTEST")


def test_unrelated_codelists_have_no_pairs() -> None:
    assert CT.paired("SEX", "OUT") == {"U": "UNKNOWN"}, "one concept, C17998, is in both"


def test_adam_and_define_packages() -> None:
    flag = terminology("adamct", "2026-03-27").codelist("DATEFL")
    assert flag is not None
    assert (flag.code, [term.value for term in flag.terms]) == ("C81223", ["D", "M", "Y"])
    origin = terminology("define-xmlct", "2026-03-27").codelist("ORIGINT")
    assert origin is not None
    assert {"Collected", "Derived", "Assigned", "Protocol", "Predecessor"} <= set(origin.by_value)


def test_unknown_release_names_the_packaged_ones_and_the_way_to_load_another() -> None:
    with pytest.raises(UsageError) as error:
        terminology("sdtmct", "2019-12-20")
    assert str(error.value) == (
        "the terminology release sdtmct 2019-12-20 is not packaged with the toolkit. Packaged: "
        "adamct 2026-03-27, define-xmlct 2026-03-27, sdtmct 2025-03-28. Any other release can be "
        "read from the file that NCI EVS publishes (text, Excel or ODM-XML)"
    )
    with pytest.raises(UsageError, match="Did you mean sdtmct"):
        terminology("sdtm-ct", "2025-03-28")


def test_every_packaged_release_loads() -> None:
    assert len(packaged_terminologies()) == 3
    for package, version in packaged_terminologies():
        assert terminology(package, version).codelists


def test_looking_up_a_standard_loads_no_heavy_library() -> None:
    program = (
        "import sys; from cdisc.standards import catalogue, terminology; "
        "catalogue('SDTMIG', '3.4').variables('AE'); "
        "terminology('sdtmct', '2025-03-28').codelist('NY'); "
        "heavy = {'pandas', 'numpy', 'lxml', 'pyarrow', 'python_calamine'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
