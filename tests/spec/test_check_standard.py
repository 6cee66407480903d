"""Specs held against the standard and the codelists, without data."""

from __future__ import annotations

import pytest

AE = "mappings/sdtm/ae.yaml"
DM = "mappings/sdtm/dm.yaml"
ADAE = "mappings/adam/adae.yaml"

CASES = [
    pytest.param(
        AE,
        "AESTDY:",
        "AESTDYY:",
        f"{AE}:15:3 AESTDYY: SDTMIG 3.4 has no variable AESTDYY in AE. Did you mean AESTDY? "
        "A variable of your own goes under supplemental:",
        id="variable the standard does not have",
    ),
    pytest.param(
        AE,
        "AESTDY:",
        "AESTDYYYY:",
        f"{AE}:15:3 AESTDYYYY: this cannot name a variable. Up to 8 capital letters, digits "
        "and _, a letter first; a step on the way is _NAME",
        id="name too long",
    ),
    pytest.param(
        AE,
        "{study_day: AESTDTC}",
        "{study_day: AESTDTC, type: Char}",
        f"{AE}:15:3 AESTDY: the standard has it as Num, not Char",
        id="type",
    ),
    pytest.param(
        AE,
        "AEDLT:",
        "AEACN:",
        f"{AE}:18:3 AEACN: this is a variable of AE itself. Put it under variables:",
        id="supplemental that is a standard variable",
    ),
    pytest.param(
        AE,
        "AEDLT:",
        "AETERM:",
        f"{AE}:18:3 AETERM: this is a variable of AE itself. Put it under variables:",
        id="supplemental that is a variable of the spec",
    ),
    pytest.param(
        AE,
        "AEDLT:",
        "AEDLTLIMIT:",
        f"{AE}:18:3 AEDLTLIMIT: this cannot be a QNAM. 1 to 8 capital letters, digits and _, "
        "a letter first",
        id="QNAM",
    ),
    pytest.param(
        AE,
        ", label: Dose Limiting Toxicity",
        "",
        f"{AE}:18:3 AEDLT: a label is needed. It becomes the QLABEL",
        id="QLABEL",
    ),
    pytest.param(
        AE,
        "Dose Limiting Toxicity",
        "Dose Limiting Toxicity As The Site Says It",
        f"{AE}:18:3 AEDLT: the label has 42 characters; 40 fit",
        id="label length",
    ),
    pytest.param(
        ADAE,
        ", label: Own Flag",
        "",
        f"{ADAE}:10:3 OWNFL: a label is needed. The standard gives it none",
        id="label of an ADaM variable of one's own",
    ),
    pytest.param(
        ADAE,
        "variables:",
        "supplemental: {XX: {copy: AETERM, label: X}}\nvariables:",
        f"{ADAE}:4:16 XX: ADaM has no supplemental qualifiers. Put it under variables:",
        id="supplemental in ADaM",
    ),
    pytest.param(
        ADAE,
        "dataset: ADAE",
        "dataset: ADXX",
        f"{ADAE}:1:1 ADXX: no structure that ADaMIG 1.3 knows. "
        "Say structure: BDS, BDS-TTE, OCCDS or ADSL",
        id="ADaM structure",
    ),
    pytest.param(
        DM,
        "  SEX:\n    recode: {from: SEXCD, to: {1: M, 2: F}, if_missing: finding, "
        "if_unmapped: finding}\n",
        "",
        None,
        id="required variable",
    ),
    pytest.param(
        AE,
        "1: FATAL",
        "1: FATALL",
        f"{AE}:13:3 AEOUT: 'FATALL' is not in codelist OUT. Did you mean FATAL?",
        id="misspelled term in a recode",
    ),
    pytest.param(
        DM,
        "2: F}",
        "2: Fem}",
        f"{DM}:10:3 SEX: 'Fem' is not in codelist SEX. Its terms are F, INTERSEX, M, U",
        id="term far from every other",
    ),
    pytest.param(
        AE,
        "if_missing: missing, if_unmapped",
        "if_missing: missing, missing_as: Unknown, if_unmapped",
        f"{AE}:13:3 AEOUT: 'Unknown' is not in codelist OUT. Did you mean UNKNOWN?",
        id="term for missing codes",
    ),
    pytest.param(
        AE,
        "{codelist_term: SER}",
        "{constant: Yes}",
        f"{AE}:12:3 AESER: 'Yes' is not in codelist NY. Its terms are N, NA, U, Y",
        id="constant",
    ),
    pytest.param(
        AE,
        "{codelist_term: SER}",
        '{choose: {cases: [{when: SER == "1", text: yes}], otherwise: N}}',
        f"{AE}:12:3 AESER: 'yes' is not in codelist NY. Its terms are N, NA, U, Y",
        id="text of a case",
    ),
    pytest.param(
        ADAE,
        "text: Y}], otherwise: N}, label: Own Flag}",
        "text: Yes}], otherwise: N}, label: Own Flag, codelist: NY}",
        f"{ADAE}:10:3 OWNFL: 'Yes' is not in codelist NY. Its terms are N, NA, U, Y",
        id="codelist that the spec names",
    ),
    pytest.param(
        ADAE,
        "OWNFL:",
        "TRTEMFL:",
        f"{ADAE}:10:3 TRTEMFL: 'N' is not allowed here. The standard allows Y",
        id="values that the standard fixes",
    ),
    pytest.param(
        AE,
        "{codelist_term: SER}",
        "{codelist_term: SER, codelist: NYY}",
        f"{AE}:12:3 AESER: there is no codelist NYY in sdtmct-2025-03-28 or "
        "define/codelists.yaml. Did you mean NY?",
        id="codelist of a variable",
    ),
    pytest.param(
        AE,
        "{codelist_term: SER}",
        "{codelist_term: {from: SER, list: OUTCOME}}",
        f"{AE}:12:3 AESER: there is no codelist OUTCOME in sdtmct-2025-03-28 or "
        "define/codelists.yaml",
        id="codelist of an argument",
    ),
    pytest.param(
        AE,
        "{first_present: [PT, TERM]}",
        "{codelist_term: PT}",
        f"{AE}:11:3 AEDECOD: codelist_term needs a codelist, and the variable has none. "
        "Name one: codelist: NAME beside it",
        id="no codelist to match with",
    ),
    pytest.param(
        DM,
        "{iso8601: {date: FIRST, formats: [YYYY-MM-DD]}}",
        "{copy: _FIRST}\n  _FIRST: {copy: RFSTDTC}",
        f"{DM}:9:3 RFSTDTC: each needs the next: DM.RFSTDTC -> DM._FIRST -> DM.RFSTDTC. "
        "Break the circle: derive one of them from the source",
        id="cycle",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), CASES)
def test_what_the_standard_does_not_allow_is_an_error(folder, file, old, new, message):
    folder.change(file, old, new)
    errors = folder.errors()
    if message is None:
        assert f"{DM}:1:1 DM: lacks what the standard requires: SEX" in errors
    elif "OUTCOME" in message:
        assert len(errors) == 1
        assert errors[0].startswith(message)
    else:
        assert errors == [message]


def test_a_domain_the_standard_lacks_is_an_error_unless_it_says_its_class(folder):
    (folder.root / ADAE).unlink()
    folder.change(AE, "dataset: AE", "dataset: AEE")
    assert folder.errors()[0] == (f"{AE}:1:1 AEE: SDTMIG 3.4 has no dataset AEE. Did you mean AE?")
    folder.change(AE, "dataset: AEE", "dataset: AEE\nclass: EVENTS")
    assert not any("SDTMIG 3.4 has no dataset" in error for error in folder.errors())
    assert (
        f"{AE}:1:1 AEE: not a dataset of SDTMIG 3.4, so its variables are not checked against it"
        in folder.warnings()
    )


def test_supplementals_need_what_ties_them_to_their_parent(folder):
    folder.change(AE, "  AESEQ: {sequence: {by: USUBJID}}\n", "")
    assert (
        f"{AE}:1:1 AE supplemental: supplementals need AESEQ to tell the records of a subject "
        "apart. Define it: AESEQ: {sequence: USUBJID}" in folder.errors()
    )


def test_studyid_need_not_be_written(folder):
    folder.change(ADAE, "  STUDYID: {copy: STUDYID}\n", "")
    folder.change(DM, "  STUDYID: {constant: TEST-01}\n", "")
    folder.change(ADAE, "keys: [USUBJID", "keys: [STUDYID, USUBJID")
    assert folder.errors() == []
    assert not any("STUDYID" in warning for warning in folder.warnings())


def test_expected_variables_that_lack_are_one_warning(folder):
    warning = f"{AE}:1:1 AE: lacks what the standard expects: AELLT, AELLTCD, AEPTCD, AEHLT"
    assert [w.startswith(warning) for w in folder.warnings() if ":1:1 AE:" in w] == [True]


def test_adsl_must_have_a_planned_treatment_under_any_number(folder):
    adsl = "mappings/adam/adsl.yaml"
    names = ("STUDYID", "USUBJID", "SUBJID", "SITEID", "AGE", "AGEU", "SEX", "RACE", "ARM")
    variables = "".join(f"  {name}: {{constant: '1'}}\n" for name in names if name != "SEX")
    spec = f"dataset: ADSL\nkeys: [USUBJID]\nrows: DM\nvariables:\n{variables}"
    folder.write(adsl, spec + "  SEX: {copy: SEX}\n")
    assert f"{adsl}:1:1 ADSL: lacks what the standard requires: TRTxxP" in folder.errors()
    folder.change(adsl, "  SEX:", "  TRT02P: {constant: Drug}\n  SEX:")
    assert not any("lacks what the standard requires" in error for error in folder.errors())


def test_a_term_outside_an_extensible_codelist_is_a_warning_until_it_is_declared(folder):
    folder.change(AE, "copy: DLT,", "constant: mg/furlong, codelist: UNIT,")
    message = (
        f"{AE}:18:3 AEDLT: 'mg/furlong' is not in the extensible codelist UNIT. "
        "If it is yours, let define/codelists.yaml extend UNIT"
    )
    assert folder.errors() == []
    assert message in folder.warnings()
    folder.write(
        "define/codelists.yaml",
        "UNIT: {label: Unit, extends: UNIT, terms: {mg/furlong: Milligram per Furlong}}\n",
    )
    assert folder.errors() == []
    assert not any("mg/furlong" in warning for warning in folder.warnings())


def test_texts_of_an_own_codelist_are_checked_too(folder):
    folder.write("define/codelists.yaml", "DLT: {label: DLT, terms: {YES: , NO: }}\n")
    folder.change(AE, "copy: DLT,", "constant: YSE, codelist: DLT,")
    assert folder.errors() == [f"{AE}:18:3 AEDLT: 'YSE' is not in codelist DLT. Did you mean YES?"]


def test_an_intermediate_is_not_held_against_the_standard(folder):
    folder.change(AE, "{codelist_term: SER}", "{copy: _SERIOUS_AS_COLLECTED}")
    folder.change(AE, "  AESEQ:", "  _SERIOUS_AS_COLLECTED: {constant: perhaps}\n  AESEQ:")
    assert folder.errors() == []


def test_errors_are_raised_together(folder):
    from cdisc.errors import Problems, SpecError

    folder.change(AE, "1: FATAL", "1: FATALL")
    with pytest.raises(SpecError, match="FATALL"):
        folder.check().raise_errors()
    folder.change(AE, "copy: TERM}", "copy: TREM}")
    with pytest.raises(Problems, match=r"TREM(.|\n)*FATALL"):
        folder.check().raise_errors()
