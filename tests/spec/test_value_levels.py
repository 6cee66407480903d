"""Codelists of value levels: read, held against the terminology, and asked for by algorithms."""

from __future__ import annotations

import pytest

VS = """\
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD]
rows: demo
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  VSSEQ: {sequence: {by: USUBJID}}
  VSTESTCD: {copy: SITE}
  VSTEST: {paired_term: {code: VSTESTCD, codes: VSTESTCD, names: VSTEST}}
  VSORRES: {term_by_test: {from: FIRST, by: VSTESTCD, lists_of: VSORRES}}
  VSSTRESC: {copy: VSORRES}
value_levels:
  by: [VSTESTCD]
  of: [VSORRES, VSSTRESC]
  codelists:
    NY: [FRMSIZE, BODLNGTH]
    SEX: BMI
"""


def unexpected(problems: list[str]) -> list[str]:
    """What is told of value levels and codelists; the little dataset lacks what VS expects."""
    return [p for p in problems if "lacks what" not in p]


def test_each_code_has_its_codelist(folder):
    folder.write("mappings/sdtm/vs.yaml", VS)
    spec = folder.read().datasets["VS"]
    assert spec.level_codelists("VSORRES") == {"FRMSIZE": "NY", "BODLNGTH": "NY", "BMI": "SEX"}
    assert spec.level_codelists("VSTESTCD") == {}
    assert unexpected(folder.errors()) == []


def test_a_codelist_that_is_not_published_is_an_error(folder):
    folder.write("mappings/sdtm/vs.yaml", VS.replace("SEX: BMI", "SEXX: BMI"))
    (error,) = unexpected(folder.errors())
    assert "there is no codelist SEXX" in error
    assert "value_levels" in error


def test_a_code_with_two_codelists_is_refused(folder, refusal):
    folder.write("mappings/sdtm/vs.yaml", VS.replace("SEX: BMI", "SEX: FRMSIZE"))
    assert "FRMSIZE has two codelists, NY and SEX" in refusal(folder.read)


def test_codelists_are_asked_of_a_variable_that_has_them(folder):
    folder.write("mappings/sdtm/vs.yaml", VS.replace("lists_of: VSORRES", "lists_of: VSORES"))
    (error,) = unexpected(folder.errors())
    assert "the value levels of VSORES have no codelists. Did you mean VSORRES?" in error


def test_without_codelists_the_word_that_gives_them_is_named(folder):
    text = VS.partition("  codelists:")[0]
    folder.write("mappings/sdtm/vs.yaml", text)
    (error,) = unexpected(folder.errors())
    assert "Say under value_levels: codelists: {CODELIST: [CODE]}" in error


def test_rows_have_no_value_levels_yet(folder):
    made = "{term_by_test: {from: FIRST, by: SITE, lists_of: VSORRES}}"
    step = f"rows: {{from: demo, set: {{X: {made}}}}}"
    folder.write("mappings/sdtm/vs.yaml", VS.replace("rows: demo", step))
    (error,) = unexpected(folder.errors())
    assert "value levels are not known while rows are made" in error


@pytest.mark.parametrize(("text", "warned"), [("N", False), ("CR", False), ("NO", True)])
def test_a_text_of_the_codelist_of_a_test_is_no_warning(folder, text, warned):
    rs = VS.replace("VS", "RS").replace("NY: [FRMSIZE, BODLNGTH]", "NY: [NEWLIND]")
    rs = rs.replace("SEX: BMI", "ONCRSR: OVRLRESP").replace("codes: RSTESTCD", "codes: ONCRTSCD")
    rs = rs.replace("names: RSTEST", "names: ONCRTS")
    result = f'RSSTRESC: {{choose: {{cases: [{{when: SITE == "1", text: "{text}"}}]}}}}'
    folder.write("mappings/sdtm/rs.yaml", rs.replace("RSSTRESC: {copy: RSORRES}", result))
    told = [w for w in folder.warnings() if "extensible codelist ONCRSR" in w]
    assert bool(told) == warned


def test_origins_of_values_are_read_by_code(folder, refusal):
    levels = VS + "  origins: {derived: [BMI], assigned: FRMSIZE}\n"
    folder.write("mappings/sdtm/vs.yaml", levels)
    (found,) = folder.read().datasets["VS"].value_levels
    assert {code: origin.type for code, origin in found.origins.items()} == {
        "BMI": "Derived",
        "FRMSIZE": "Assigned",
    }
    folder.write("mappings/sdtm/vs.yaml", levels.replace("derived:", "derivd:"))
    assert "Did you mean derived?" in refusal(folder.read)
