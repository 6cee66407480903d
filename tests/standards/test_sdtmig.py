"""The SDTMIG 3.4 catalogue against spot facts of the published guide."""

from __future__ import annotations

import pytest

from cdisc.errors import UsageError
from cdisc.standards import catalogue, terminology

IG = catalogue("SDTMIG", "3.4")
STUDY_DATASETS = {
    *("AE", "BE", "CM", "CO", "CP", "DD", "DM", "DS", "EC", "EG", "EX", "IE", "LB", "MH", "PC"),
    *("PP", "PR", "RELREC", "RS", "SE", "SS", "SUPPQUAL", "SV", "TA", "TD", "TE", "TI", "TR"),
    *("TS", "TU", "TV", "VS"),
}
# MSRESCAT refers to a codelist that SDTM terminology no longer has.
ABSENT_CODELISTS = {"C85495"}


def test_guide_has_63_datasets_in_its_own_order() -> None:
    assert len(IG.datasets) == 63
    assert [dataset.order for dataset in IG.datasets] == list(range(1, 64))
    assert IG.datasets[0].name == "AE"
    assert {dataset.name for dataset in IG.datasets} >= STUDY_DATASETS


@pytest.mark.parametrize("dataset", [dataset.name for dataset in IG.datasets])
def test_every_dataset_has_well_formed_variables(dataset: str) -> None:
    variables = IG.variables(dataset)
    assert variables[0].name == "STUDYID"
    assert [v.order for v in variables] == list(range(1, len(variables) + 1))
    assert len({v.name for v in variables}) == len(variables)
    for variable in variables:
        assert 0 < len(variable.name) <= 8
        assert 0 < len(variable.label) <= 40
        assert variable.type in {"Char", "Num"}
        assert variable.core in {"Req", "Exp", "Perm"}
        assert variable.role
        assert not variable.model


@pytest.mark.parametrize("dataset", [dataset.name for dataset in IG.datasets])
def test_position_keeps_the_order_of_the_guide(dataset: str) -> None:
    names = [variable.name for variable in IG.variables(dataset)]
    backwards = names[::-1]
    backwards.sort(key=lambda name: IG.position(dataset, name))
    assert backwards == names


def test_ae_is_described_as_published() -> None:
    ae = IG.dataset("AE")
    assert ae is not None
    assert (ae.label, ae.class_) == ("Adverse Events", "Events")
    assert ae.structure == "One record per adverse event per subject"
    names = [variable.name for variable in IG.variables("AE")]
    assert names[:10] == [
        "STUDYID",
        "DOMAIN",
        "USUBJID",
        "SPDEVID",
        "AESEQ",
        "AEGRPID",
        "AEREFID",
        "AESPID",
        "AETERM",
        "AEMODIFY",
    ]
    assert names[-5:] == ["AEENDY", "AEDUR", "AEENRF", "AEENRTPT", "AEENTPT"]
    core = {variable.name: variable.core for variable in IG.variables("AE")}
    required = {name for name in core if core[name] == "Req"}
    assert required == {"STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AEDECOD"}
    assert (core["AEBODSYS"], core["AESTDTC"], core["AETOXGR"]) == ("Exp", "Exp", "Perm")


def test_variable_attributes() -> None:
    aestdtc = IG.variable("AE", "AESTDTC")
    assert aestdtc is not None
    assert aestdtc.format == "ISO 8601 datetime or interval"
    assert aestdtc.role == "Timing"
    aedecod = IG.variable("AE", "AEDECOD")
    assert aedecod is not None
    assert aedecod.format == "MedDRA"
    domain = IG.variable("AE", "DOMAIN")
    assert domain is not None
    assert domain.values == ("AE",)
    lbtestcd = IG.variable("LB", "LBTESTCD")
    assert lbtestcd is not None
    assert (lbtestcd.role, lbtestcd.core, lbtestcd.codelists) == ("Topic", "Req", ("C65047",))
    assert IG.variable("AE", "AESEQ").type == "Num"  # type: ignore[union-attr]


def test_dm_has_the_variables_of_the_guide() -> None:
    core = {variable.name: variable.core for variable in IG.variables("DM")}
    required = {name for name in core if core[name] == "Req"}
    assert required == {"STUDYID", "DOMAIN", "USUBJID", "SUBJID", "SITEID", "SEX", "COUNTRY"}
    sex, race = IG.variable("DM", "SEX"), IG.variable("DM", "RACE")
    assert sex is not None
    assert race is not None
    assert (sex.codelists, race.codelists) == (("C66731",), ("C74457",))
    birth = IG.variable("DM", "BRTHDTC")
    assert birth is not None
    assert (birth.core, birth.model) == ("Perm", False)


def test_variable_outside_the_guides_list_comes_from_the_model() -> None:
    lloq = IG.variable("LB", "LBLLOQ")
    assert lloq is not None
    assert (lloq.name, lloq.label) == ("LBLLOQ", "Lower Limit of Quantitation")
    assert (lloq.type, lloq.core, lloq.model) == ("Num", "", True)
    assert IG.variable("AE", "AELLOQ") is None, "--LLOQ is a Findings variable"
    assert IG.variable("DM", "VISITNUM") is None, "DM is not of a general observation class"
    assert IG.variable("FA", "FAOBJ").model is False  # type: ignore[union-attr]


def test_model_variable_has_the_codelist_on_which_all_datasets_agree() -> None:
    location = IG.variable("CP", "CPLOC")
    category = IG.variable("GF", "GFRESCAT")
    assert location is not None
    assert location.model
    assert location.codelists == ("C74456",)
    assert category is not None
    assert category.codelists == (), "--RESCAT has a codelist in MS only"


def test_model_variables_stand_where_the_model_has_them() -> None:
    names = ["LBDTC", "LBLLOQ", "ZZOTHER", "LBCLSIG", "LBTESTCD", "POOLID", "USUBJID", "AAOTHER"]
    assert sorted(names, key=lambda name: IG.position("LB", name)) == [
        "USUBJID",
        "POOLID",
        "LBTESTCD",
        "LBCLSIG",
        "LBLLOQ",
        "LBDTC",
        "AAOTHER",
        "ZZOTHER",
    ]
    extended = [variable.name for variable in IG.model_variables("LB")]
    assert "LBLLOQ" in extended
    assert "LBTESTCD" not in extended
    assert extended == sorted(extended, key=lambda name: IG.position("LB", name))


def test_findings_about_has_the_object_after_the_test() -> None:
    names = ["FAORRES", "FAOBJ", "FATEST", "FATESTCD"]
    ordered = sorted(names, key=lambda name: IG.position("FA", name))
    assert ordered == ["FATESTCD", "FATEST", "FAOBJ", "FAORRES"]


def test_supplemental_qualifiers_are_named_for_their_parent() -> None:
    supplemental = IG.dataset("SUPPAE")
    assert supplemental is not None
    assert supplemental.name == "SUPPAE"
    assert supplemental.label == "Supplemental Qualifiers for AE"
    assert supplemental.class_ == "Relationship"
    assert [variable.name for variable in IG.variables("SUPPAE")] == [
        "STUDYID",
        "RDOMAIN",
        "USUBJID",
        "IDVAR",
        "IDVARVAL",
        "QNAM",
        "QLABEL",
        "QVAL",
        "QORIG",
        "QEVAL",
    ]
    assert IG.variable("SUPPDM", "QVAL").core == "Req"  # type: ignore[union-attr]
    assert IG.position("SUPPAE", "RDOMAIN") < IG.position("SUPPAE", "QNAM")
    assert IG.dataset("SUPPZZ") is None
    assert IG.dataset("SUPP") is None


def test_unknown_dataset_has_no_standard() -> None:
    assert IG.dataset("ZZ") is None
    assert IG.variables("ZZ") == ()
    assert IG.variable("ZZ", "STUDYID") is None
    assert IG.model_variables("ZZ") == ()
    assert sorted(["B", "A"], key=lambda name: IG.position("ZZ", name)) == ["A", "B"]


def test_every_codelist_of_the_guide_is_in_the_default_terminology() -> None:
    packaged = terminology("sdtmct", "2025-03-28")
    used = {
        code
        for dataset in IG.datasets
        for variable in (*IG.variables(dataset.name), *IG.model_variables(dataset.name))
        for code in variable.codelists
    }
    assert len(used) > 100
    assert {code for code in used if code not in packaged} == ABSENT_CODELISTS


def test_unknown_version_and_standard_name_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no catalogue of SDTMIG 3\.3\. Known versions: 3\.4"):
        catalogue("SDTMIG", "3.3")
    with pytest.raises(UsageError, match="Did you mean SDTMIG"):
        catalogue("SDTM-IG", "3.4")
    with pytest.raises(UsageError, match="Known standards: ADaMIG, SDTMIG"):
        catalogue("FHIR", "5")


def test_a_catalogue_is_read_once() -> None:
    assert catalogue("SDTMIG", "3.4") is IG
