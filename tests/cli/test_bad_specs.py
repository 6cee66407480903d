"""What a data manager may get wrong in a spec, and the one line that says so."""

from __future__ import annotations

import pytest

AE = "mappings/sdtm/ae.yaml"
DM = "mappings/sdtm/dm.yaml"

SLIPS = {
    "a column that the source does not have": (
        [(AE, "{copy: PT,", "{copy: PTT,")],
        """
        mappings/sdtm/ae.yaml:12:3 AEDECOD: error: there is no column PTT. Did you mean PT?
        """,
    ),
    "a column that a condition misspells": (
        [(AE, "missing(TERM)", "missing(TREM)")],
        """
        mappings/sdtm/ae.yaml:5:3: error: there is no column TREM. Did you mean TERM?
        """,
    ),
    "an algorithm": (
        [(AE, "{copy: PT,", "{cpy: PT,")],
        """
        mappings/sdtm/ae.yaml:12:3 AEDECOD: error: there is no algorithm cpy. Did you mean copy?
        """,
    ),
    "an argument": (
        [
            (
                AE,
                "AESTDTC:  {iso8601: {date: START, formats",
                "AESTDTC:  {iso8601: {date: START, lang",
            )
        ],
        """
        mappings/sdtm/ae.yaml:57:37 AESTDTC: error: iso8601 has no argument lang. It takes date,
        formats, [time], [time_formats], [unknown], [from_offset], [to_offset]; see `cdisc
        algorithms iso8601`
        """,
    ),
    "an argument that is left out": (
        [(DM, "EX.EXSTDTC, take: earliest", "EX.EXSTDTC")],
        """
        mappings/sdtm/dm.yaml:15:3 RFXSTDTC: error: reference_date needs take. It takes of,
        take, [subject]; see `cdisc algorithms reference_date`
        """,
    ),
    "a codelist": (
        [(AE, "codelist: REL", "codelist: RELL")],
        """
        mappings/sdtm/ae.yaml:38:3 AEREL: error: there is no codelist RELL in sdtmct-2025-03-28
        or define/codelists.yaml. Did you mean REL?
        """,
    ),
    "a term of a codelist": (
        [(AE, "1: MILD", "1: MLD")],
        """
        mappings/sdtm/ae.yaml:25:3 AESEV: error: 'MLD' is not in codelist AESEV. Did you mean
        MILD?
        """,
    ),
    "a source": (
        [(AE, "from: ae\n", "from: aes\n")],
        """
        mappings/sdtm/ae.yaml:5:3 rows.from: error: aes is no source, table or dataset of this
        study. Did you mean ae?
        """,
    ),
    "a variable of the standard": (
        [(AE, "  AEACN:\n", "  AEACNN:\n")],
        """
        mappings/sdtm/ae.yaml:32:3 AEACNN: error: SDTMIG 3.4 has no variable AEACNN in AE. Did
        you mean AEACN? A variable of your own goes under supplemental:
        """,
    ),
    "a variable of another dataset": (
        [(DM, "of: EX.EXSTDTC", "of: EX.EXSTDT")],
        """
        mappings/sdtm/dm.yaml:15:35 RFXSTDTC: error: EX has no column EXSTDT. Did you mean
        EXSTDTC?
        """,
    ),
    "a key that is no variable": (
        [(AE, "AESTDTC, AESPID]", "AESTDTC, AESPDI]")],
        """
        mappings/sdtm/ae.yaml:2:1 AE keys: error: the key AESPDI is not a variable of AE. Did
        you mean AESPID?
        """,
    ),
    "a part of the spec": (
        [(AE, "variables:\n", "variabels:\n")],
        """
        mappings/sdtm/ae.yaml:7:1: error: variabels is not known here. Did you mean variables?
        """,
    ),
    "a variable written twice": (
        [(AE, "  AESER: ", "  AETERM:   {copy: TERM}\n  AESER: ")],
        """
        mappings/sdtm/ae.yaml:31:3: error: AETERM is written twice. It is already at line 11;
        keep one of them
        """,
    ),
    "variables that need each other": (
        [(DM, "{copy: RFXSTDTC", "{copy: RFENDTC"), (DM, "{copy: RFXENDTC", "{copy: RFSTDTC")],
        """
        mappings/sdtm/dm.yaml:18:3 RFENDTC: error: each needs the next: DM.RFENDTC -> DM.RFSTDTC
        -> DM.RFENDTC. Break the circle: derive one of them from the source
        """,
    ),
    "a bracket that is never closed": (
        [(AE, "{codelist_term: SERIOUS}", "{codelist_term: SERIOUS")],
        """
        mappings/sdtm/ae.yaml:32:8: error: not valid YAML: did not find expected ',' or '}'.
        Text that holds : # { } [ ] , or starts with * & ! % @ needs quotes
        """,
    ),
    "a tab": (
        [(AE, "  AESER:  ", "\tAESER:  ")],
        """
        mappings/sdtm/ae.yaml:31:1: error: not valid YAML: found a tab character that violates
        indentation. Indent with spaces, not tabs
        """,
    ),
    "one = in a condition": (
        [(AE, "not missing(TERM)", 'TERM = "x"')],
        """
        mappings/sdtm/ae.yaml:6:10: error: cannot read the expression 'TERM = "x"' near '= "x"'.
        Compare with ==, not =
        """,
    ),
    "a label that is too long": (
        [(AE, "{copy: LINE}", f"{{copy: LINE, label: {'x' * 41}}}")],
        """
        mappings/sdtm/ae.yaml:10:3 AESPID: error: the label has 41 characters; 40 fit
        """,
    ),
    "CRF pages without a CRF": (
        [(AE, "{copy: TERM}", "{copy: TERM, origin: {collected: [7]}}")],
        """
        mappings/sdtm/ae.yaml:11:3 AE.AETERM: error: the origin names CRF page 7, but the study
        declares no annotated CRF. Add a document named acrf to study.yaml, or leave the pages
        out
        """,
    ),
    "a SAS format for the other type": (
        [(AE, "{copy: LINE}", "{copy: LINE, format: DATE9.}")],
        """
        mappings/sdtm/ae.yaml:10:3 AESPID: error: is text, which the format DATE9. is not
        for. Formats for text begin with $, formats for numbers do not
        """,
    ),
    "a standard that is not known": (
        [("study.yaml", "SDTMIG 3.4", "SDTMIG 3.9")],
        """
        study.yaml:13:9: error: there is no catalogue of SDTMIG 3.9. Known versions: 3.4
        """,
    ),
    "a time that is none": (
        [("study.yaml", "2025-06-30T12:00:00", "yesterday")],
        """
        study.yaml:10:10: error: created must be a date and time, not 'yesterday'. e.g.
        2025-07-31T12:00:00; it is the time every output carries
        """,
    ),
    "a data folder that is not there": (
        [("study.yaml", "raw: data/raw", "raw: data/rew")],
        """
        study.yaml:20:3 dm: error: source dm: the data folder data/rew does not exist. Name the
        folder with the raw data on the command line: --data NAME=DIR
        """,
    ),
    "a severity in the gate": (
        [("validation/gate.yaml", "error: 0", "eror: 0")],
        """
        validation/gate.yaml:3:3 thresholds.eror: error: 'eror' is not known here. Did you mean
        error?
        """,
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_one_line_says_where_what_and_what_may_be_meant(study, cdisc, slip):
    edits, said = SLIPS[slip]
    for file, old, new in edits:
        study.replace(file, old, new)
    ran = cdisc("run")
    assert ran.code in (2, 3)
    assert ran.lines == [" ".join(said.split())]
    assert not (study.home / "build").exists()


def test_several_errors_are_told_in_one_pass_in_the_order_of_their_places(study, cdisc):
    study.replace("mappings/sdtm/ae.yaml", "{copy: PT,", "{cpy: PT,")
    study.replace("mappings/sdtm/ae.yaml", "codelist_term: SERIOUS", "codelist_trem: SERIOUS")
    study.replace("mappings/sdtm/dm.yaml", "{copy: COUNTRY}", "{coyp: COUNTRY}")
    ran = cdisc("run")
    assert ran.code == 2
    places = [line.partition(" ")[0] for line in ran.lines[:-1]]
    assert places == [
        "mappings/sdtm/ae.yaml:12:3",
        "mappings/sdtm/ae.yaml:31:3",
        "mappings/sdtm/dm.yaml:44:3",
    ]
    assert ran.lines[-1] == "3 errors; nothing was written"


def test_check_tells_all_that_can_be_told_without_data(study, cdisc):
    study.replace("mappings/sdtm/ae.yaml", "codelist: REL", "codelist: RELL")
    study.replace("mappings/sdtm/ae.yaml", "AESTDTC, AESPID]", "AESTDTC, AESPDI]")
    for path in (study.home / "data" / "raw").iterdir():
        path.unlink()
    ran = cdisc("check")
    assert ran.code == 2
    assert [line.partition(":")[0] for line in ran.lines[:-1]] == ["mappings/sdtm/ae.yaml"] * 2
    assert ran.lines[-1] == "3 specs: 2 errors, 0 warnings"


def test_what_the_standard_expects_and_the_spec_lacks_is_a_warning(study, cdisc):
    study.replace("mappings/sdtm/ae.yaml", '  AESOC:    {constant: ""}\n', "")
    ran = cdisc("check")
    assert ran.code == 0
    assert ran.lines == [
        "mappings/sdtm/ae.yaml:2:1 AE: warning: lacks what the standard expects: AESOC",
        "3 specs: 0 errors, 1 warning",
        "Next     cdisc run",
    ]
    ran = cdisc("run")
    assert ran.code == 0
    assert ran.lines[1].split() == ["AE", "6", "26", "-", "2", "-"]


def test_check_reads_the_gate_too(study, cdisc):
    gate = study.home / "validation" / "gate.yaml"
    gate.write_text("waiver: []\n", encoding="utf-8")
    ran = cdisc("check")
    assert ran.code == 2
    assert ran.lines == [
        "validation/gate.yaml:1:1 waiver: error: 'waiver' is not known here. Did you mean waivers?"
    ]


def test_a_table_that_is_not_there_is_missed_in_the_study_folder(study, cdisc):
    study_yaml = study.home / "study.yaml"
    text = study_yaml.read_text(encoding="utf-8")
    study_yaml.write_text(text + "\ntables: {codes: mappings/codes.csv}\n", encoding="utf-8")
    ran = cdisc("run")
    assert ran.code == 3
    assert "file mappings/codes.csv is not in the study folder" in ran.lines[0]
