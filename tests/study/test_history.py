"""MH, CM, PR, DD, SS and BE: how the forms arrive, what dirt becomes, what belongs together."""

from collections import Counter

import pandas as pd
import pytest

PREFIX = "CHN-PLAGH-BT-078-"
MADE = ("MH", "CM", "PR", "DD", "SS", "BE", "AE")
# The forms ask for no reason to stop a drug.
WITHOUT_DATA = {("CM", "CMRSDISC")}


@pytest.fixture(scope="module")
def findings(built):
    """The raw records that findings name, as (file, row), by dataset, variable and rule."""

    def of(dataset, rule, value=None):
        return {
            (occurrence.file, occurrence.row)
            for finding in built.findings
            if (finding.dataset, finding.rule) == (dataset, rule) and value in (None, finding.value)
            for occurrence in finding.occurrences
        }

    return of


@pytest.fixture(scope="module")
def at_cut(at_cut, raw, injected):
    """The rows of a raw export that had started on the day of the data cut.

    Dates of these forms are written in several ways, so it is the simulator that tells which
    lines it made later.
    """

    def rows(name):
        if name not in ("mh.csv", "cadx.csv", "priortx.csv", "cm.csv", "biopsy.csv"):
            return at_cut(name)
        late = {int(c["row"]) for c in injected if (c["case"], c["file"]) == ("A24", name)}
        return [row for number, row in enumerate(raw(name), 1) if number not in late]

    return rows


@pytest.fixture(scope="module")
def dirty(injected, raw):
    """The dirty cells of a case as (row number, row of the file)."""

    def of(case, file, column):
        table = raw(file)
        return [
            (int(cell["row"]), table[int(cell["row"]) - 1])
            for cell in injected
            if (cell["case"], cell["file"], cell["column"]) == (case, file, column)
        ]

    return of


def person(row):
    return PREFIX + row["SUBJECT"]


def listed(column):
    return [None if pd.isna(value) else value for value in column]


def line_of(frames, row):
    """The record of CM that a line of cm.csv became."""
    frame = frames["CM"]
    mine = (frame["USUBJID"] == person(row)) & (frame["CMSPID"] == row["CMNO"])
    found = frame[mine & (frame["CMCAT"] != "PRIOR ANTICANCER")]
    return found.iloc[0]


# ---- the design ------------------------------------------------------------------------


@pytest.mark.parametrize("name", MADE)
def test_a_dataset_has_every_variable_of_the_design(study, built, design, name):
    listed_ = {
        row["variable"]
        for row in design("annex_sdtm_variables.csv")
        if row["dataset"] == name and (name, row["variable"]) not in WITHOUT_DATA
    }
    made = [variable.name for variable in built.datasets[name].variables]
    assert set(made) == listed_
    catalogue = study.catalogues["sdtm"]
    wanted = {v.name for v in catalogue.variables(name) if v.core in ("Req", "Exp")}
    assert wanted <= set(made)
    assert made == sorted(made, key=lambda variable: catalogue.position(name, variable))


@pytest.mark.parametrize("name", MADE)
def test_origins_are_those_of_the_design(built, design, name):
    wanted = {
        row["variable"]: row["origin"]
        for row in design("annex_sdtm_variables.csv")
        if row["dataset"] == name
    }
    made = {variable.name: variable.origin.type for variable in built.datasets[name].variables}
    assert {key: made[key] for key in made if made[key] != wanted[key]} == {}


def test_qualifiers_are_those_of_the_design_and_what_adam_needs_of_the_tumor(frames):
    assert set(frames["SUPPMH"]["QNAM"]) == {"NONCCN", "STAGE", "TUMTYPE"}
    assert set(frames["SUPPBE"]["QNAM"]) == {"BESPEC"}
    tissue = frames["SUPPBE"][frames["SUPPBE"]["QVAL"] == "TUMOR TISSUE"]
    biopsies = frames["PR"][frames["PR"]["PRCAT"] == "BIOPSY"]
    assert set(tissue["USUBJID"]) == set(biopsies["USUBJID"])


@pytest.mark.parametrize(
    ("dataset", "code", "name", "pair"),
    [
        ("DD", "DDTESTCD", "DDTEST", ("PRCDTH", "Primary Cause of Death")),
        ("SS", "SSTESTCD", "SSTEST", ("SURVSTAT", "Survival Status")),
    ],
)
def test_tests_are_the_published_pairs(frames, dataset, code, name, pair):
    assert set(zip(frames[dataset][code], frames[dataset][name], strict=True)) == {pair}


@pytest.mark.parametrize(
    ("dataset", "variable", "codelist"),
    [
        ("MH", "MHEVDTYP", "MHEDTTYP"), ("MH", "MHENRTPT", "STENRF"),
        ("CM", "CMDOSFRQ", "FREQ"), ("CM", "CMROUTE", "ROUTE"), ("CM", "CMENRTPT", "STENRF"),
        ("PR", "PRDECOD", "PROCEDUR"), ("PR", "PRLOC", "LOC"), ("PR", "PRDOSU", "UNIT"),
        ("SS", "SSSTRESC", "SSTATRS"), ("DD", "DDEVAL", "EVAL"), ("BE", "BEDECOD", "BEDECOD"),
        ("BE", "BELOC", "LOC"), ("AE", "AECONTRT", "NY"),
    ],
)  # fmt: skip
def test_terms_are_of_the_published_list_and_exact(frames, study, dataset, variable, codelist):
    terms = study.codelists.published.codelist(codelist)
    assert set(frames[dataset][variable].dropna()) <= set(terms.by_value)


def test_coded_variables_name_the_dictionary_that_study_yaml_declares(study, built):
    named = {
        (name, variable.name): variable.dictionary
        for name in MADE
        for variable in built.datasets[name].variables
        if variable.dictionary
    }
    assert named["MH", "MHDECOD"] == named["MH", "MHBODSYS"] == "MedDRA"
    assert named["CM", "CMDECOD"] == named["CM", "CMCLAS"] == "WHODD"
    assert named["AE", "AEDECOD"] == named["AE", "AELLTCD"] == named["AE", "AESOC"] == "MedDRA"
    # Procedures are coded with a published codelist, which is no external dictionary.
    declared = {dictionary.name for dictionary in study.info.dictionaries}
    assert set(named.values()) == declared - {"PROCEDURES"}


# ---- medical history -------------------------------------------------------------------


def test_every_line_of_the_history_is_there_and_everybody_has_a_diagnosis(frames, at_cut):
    history = frames["MH"]
    assert Counter(history["MHCAT"]) == {
        "GENERAL": len(at_cut("mh.csv")),
        "PRIMARY DIAGNOSIS": len(at_cut("cadx.csv")),
    }
    cancer = history[history["MHCAT"] == "PRIMARY DIAGNOSIS"]
    assert cancer["USUBJID"].is_unique
    assert set(cancer["MHEVDTYP"]) == {"DIAGNOSIS"}
    assert history[history["MHCAT"] == "GENERAL"]["MHEVDTYP"].isna().all()
    assert not history.duplicated(["USUBJID", "MHSPID"]).any()
    assert history["MHDECOD"].notna().all()
    assert history["MHBODSYS"].notna().all()


def test_d01_unknown_parts_of_dates_are_left_out(frames, dirty):
    expected = {"UN-UNK-2019": 4, "UNK-MAR-2024": 7}
    for number, row in dirty("D01", "mh.csv", "MHSTDAT"):
        length = 4 if row["MHSTDAT"].startswith("UN-UNK") else 7
        assert length in expected.values()
        order = [r for r in frames["MH"].itertuples() if person(row) == r.USUBJID]
        dates = {r.MHSTDTC for r in order}
        year = row["MHSTDAT"][-4:]
        assert any(len(d) == length and d[:4] == year for d in dates), number
    priors = dirty("D01", "priortx.csv", "STDAT") + dirty("D01", "priortx.csv", "ENDAT")
    assert priors
    lengths = {len(d) for d in frames["CM"]["CMSTDTC"].dropna()}
    assert lengths >= {4, 7, 10}


def test_d09_ongoing_history_is_ongoing_at_screening(frames, dirty):
    ongoing = frames["MH"][frames["MH"]["MHENRTPT"] == "ONGOING"]
    assert len(ongoing) == len(dirty("D09", "mh.csv", "MHONGO"))
    assert set(ongoing["MHENTPT"]) == {"SCREENING"}
    assert ongoing["MHENDTC"].isna().all()
    rest = frames["MH"][frames["MH"]["MHENRTPT"].isna()]
    assert rest["MHENTPT"].isna().all()


def test_d28_full_width_and_chinese_terms_are_submitted_in_plain_english(frames, dirty):
    chinese = full_width = 0
    for _, row in dirty("D28", "mh.csv", "MHTERM"):
        mine = frames["MH"][frames["MH"]["USUBJID"] == person(row)]
        assert all(term.isascii() and term == term.strip() for term in mine["MHTERM"])
        chinese += row["MHTERM"] == "\u9ad8\u8840\u538b" and "hypertension" in set(mine["MHTERM"])
        full_width += row["MHTERM"].startswith(" ")
    assert chinese
    assert full_width == 1
    for dataset, variable in (("CM", "CMTRT"), ("PR", "PRTRT")):
        assert all(name.isascii() for name in frames[dataset][variable])
    sample = [row for _, row in dirty("D28", "cm.csv", "CMTRT") if row["CMTRT"] == "昂丹司琼"]
    assert {line_of(frames, row)["CMTRT"] for row in sample} == {"ondansetron"}
    assert {line_of(frames, row)["CMDECOD"] for row in sample} == {"Ondansetron"}


def test_d08_stage_in_other_words_is_mapped_and_an_unknown_answer_is_a_finding(
    frames, dirty, findings
):
    stages = {
        row["STAGE"]: frames["SUPPMH"][
            (frames["SUPPMH"]["USUBJID"] == person(row)) & (frames["SUPPMH"]["QNAM"] == "STAGE")
        ]["QVAL"].tolist()
        for _, row in dirty("D08", "cadx.csv", "STAGE")
    }
    assert stages == {"\u2163": ["IV"], "Stage IV": ["IV"]}
    ((number, row),) = dirty("D08", "cadx.csv", "NONCCN")
    answers = frames["SUPPMH"][frames["SUPPMH"]["USUBJID"] == person(row)]["QNAM"]
    assert "NONCCN" not in set(answers)
    assert findings("MH", "codelist_term.unmatched") == {("cadx.csv", number)}


def test_d05_what_was_told_at_an_earlier_screening_is_of_the_same_person(frames, dirty):
    ((_, row),) = dirty("D05", "mh.csv", "SUBJECT")
    assert row["SUBJECT"] == "001-0044"
    assert person(row) not in set(frames["MH"]["USUBJID"])
    mine = frames["MH"][frames["MH"]["USUBJID"] == f"{PREFIX}001-0031"]
    assert row["MHTERM"] in set(mine["MHTERM"])
    assert not mine["MHSPID"].duplicated().any()


# ---- medications -----------------------------------------------------------------------


def test_every_line_is_there_once_but_for_those_told_twice(frames, at_cut, findings):
    drugs = sum("radiotherapy" not in row["CMTRT"] for row in at_cut("cm.csv"))
    new = sum(bool(row["NEWTX"]) for row in at_cut("surv.csv"))
    prior = sum(row["TYPE"] == "1" for row in at_cut("priortx.csv"))
    dropped = findings("CM", "rows.duplicate_dropped")
    assert len(frames["CM"]) == drugs + new + prior - len(dropped)
    assert Counter(frames["CM"]["CMCAT"])["PRIOR ANTICANCER"] == prior


def test_d02_dates_in_several_formats_are_one_and_an_ambiguous_one_is_none(frames, dirty, findings):
    cells = dirty("D02", "cm.csv", "STDAT")
    starts = {row["STDAT"]: line_of(frames, row)["CMSTDTC"] for _, row in cells}
    seen = set()
    for text, start in starts.items():
        if text.isdigit():
            wanted = (pd.Timestamp("1899-12-30") + pd.Timedelta(days=int(text))).date()
            seen.add("serial")
        elif text[2] == "/":
            assert pd.isna(start)
            seen.add("ambiguous")
            continue
        else:
            wanted = pd.to_datetime(text, format="%Y/%m/%d" if "/" in text else "%d-%b-%Y").date()
            seen.add("slashes" if "/" in text else "word")
        assert start == wanted.isoformat()
    assert seen == {"serial", "ambiguous", "slashes", "word"}
    ((number, row),) = [cell for cell in cells if cell[1]["STDAT"][2] == "/"]
    assert findings("CM", "iso8601.ambiguous", row["STDAT"]) == {("cm.csv", number)}


def test_d03_an_exact_duplicate_is_dropped_and_two_contents_are_kept_with_a_finding(
    frames, dirty, findings
):
    ((number, row),) = dirty("D03", "cm.csv", "CMNO")
    assert ("cm.csv", number) in findings("CM", "rows.duplicate_dropped")
    mine = frames["CM"][frames["CM"]["USUBJID"] == person(row)]
    assert (mine["CMSPID"] == row["CMNO"]).sum() == 1
    ((number, row),) = dirty("D03", "cm.csv", "DOSE")
    mine = frames["CM"][frames["CM"]["USUBJID"] == person(row)]
    both = mine[(mine["CMSPID"] == row["CMNO"]) & (mine["CMCAT"] == "CONCOMITANT")]
    assert sorted(both["CMDOSE"]) == [float(row["DOSE"]) / 2, float(row["DOSE"])]
    assert ("cm.csv", number) in findings("CM", "sequence.keys_not_unique")


def test_d03_new_treatment_told_on_two_forms_is_one(frames, dirty, findings):
    cells = dirty("D03", "surv.csv", "NEWTX")
    assert cells
    assert {("surv.csv", number) for number, _ in cells} <= findings("CM", "rows.duplicate_dropped")
    for _, row in cells:
        mine = frames["CM"][frames["CM"]["USUBJID"] == person(row)]
        new = mine[(mine["CMCAT"] == "NEW ANTICANCER") & (mine["CMTRT"] == row["NEWTX"])]
        assert len(new) == 1
        assert new["CMSPID"].notna().all()


def test_new_anticancer_treatment_has_the_tumor_as_indication(frames, at_cut):
    new = frames["CM"][frames["CM"]["CMCAT"] == "NEW ANTICANCER"]
    told = {person(row) for row in at_cut("surv.csv") if row["NEWTX"]}
    assert told <= set(new["USUBJID"])
    diagnoses = frames["MH"][frames["MH"]["MHCAT"] == "PRIMARY DIAGNOSIS"]
    tumor = diagnoses.set_index("USUBJID")["MHTERM"]
    assert listed(new["CMINDC"]) == [tumor[subject] for subject in new["USUBJID"]]


def test_d06_doses_are_numbers_or_else_text_never_both(frames, dirty, at_cut):
    lines = frames["CM"][frames["CM"]["CMCAT"] == "CONCOMITANT"]
    assert not (lines["CMDOSE"].notna() & lines["CMDOSTXT"].notna()).any()
    assert (lines["CMDOSE"].notna() | lines["CMDOSTXT"].notna()).all()
    for _, row in dirty("D06", "cm.csv", "DOSE"):
        line = line_of(frames, row)
        if row["DOSE"].isascii():
            assert (row["DOSE"], line["CMDOSTXT"]) == ("1-2", "1-2")
        else:
            assert line["CMDOSE"] == 12.5
    half = [row for row in at_cut("cm.csv") if row["DOSE"] == "12.5"]
    assert {line_of(frames, row)["CMDOSE"] for row in half} <= {12.5}


def test_d07_d08_units_frequencies_and_routes_are_mapped(frames, dirty):
    wanted = {
        "CMDOSU": ("DOSU", {"MG": "mg", "tab": "TABLET", "cap": "CAPSULE", "mcg": "ug",
                            "blister": "blister"}),
        "CMDOSFRQ": ("FREQ", {"QD": "QD", "BID": "BID", "TID": "TID", "st": "ONCE"}),
        "CMROUTE": ("ROUTE", {"ORAL": "ORAL", "PO": "ORAL", "IV": "INTRAVENOUS",
                              "ih": "SUBCUTANEOUS"}),
    }  # fmt: skip
    for variable, (column, terms) in wanted.items():
        cells = dirty("D07", "cm.csv", column) + dirty("D08", "cm.csv", column)
        made = {row[column]: line_of(frames, row)[variable] for _, row in cells}
        assert made == terms


def test_d08_a_unit_outside_the_list_is_kept_with_a_finding(dirty, findings):
    ((number, _),) = dirty("D08", "cm.csv", "DOSU")
    assert findings("CM", "codelist_term.unmatched", "blister") == {("cm.csv", number)}


def test_d08_a_drug_that_the_dictionary_does_not_know_is_a_finding(frames, dirty, findings):
    ((number, row),) = dirty("D08", "cm.csv", "CMTRT")
    line = line_of(frames, row)
    assert line["CMTRT"] == row["CMTRT"]
    assert pd.isna(line["CMDECOD"])
    assert pd.isna(line["CMCLAS"])
    assert findings("CM", "lookup.none") == {("cm.csv", number)}


def test_lines_of_treatment_are_named_and_nothing_else_is(frames):
    prior = frames["CM"][frames["CM"]["CMCAT"] == "PRIOR ANTICANCER"]
    assert set(prior["CMSCAT"]) == {"LINE 1", "LINE 2", "LINE 3"}
    assert frames["CM"][frames["CM"]["CMCAT"] != "PRIOR ANTICANCER"]["CMSCAT"].isna().all()


def test_what_goes_on_is_ongoing_at_the_cut_off(frames):
    ongoing = frames["CM"][frames["CM"]["CMENRTPT"] == "ONGOING"]
    assert len(ongoing)
    assert set(ongoing["CMENTPT"]) == {"2025-06-30"}
    assert ongoing["CMENDTC"].isna().all()


def test_a_drug_for_an_event_has_its_term_as_indication_and_the_event_tells_of_treatment(
    frames, at_cut
):
    named = {(person(row), row["AENO"]) for row in at_cut("cm.csv") if row["AENO"]}
    events = frames["AE"]
    treated = {
        (event.USUBJID, event.AEGRPID) for event in events.itertuples() if event.AECONTRT == "Y"
    }
    assert treated == named
    assert set(events["AECONTRT"]) == {"Y", "N"}
    terms = dict(zip(zip(events["USUBJID"], events["AEGRPID"], strict=True), events["AETERM"],
                     strict=True))  # fmt: skip
    for row in at_cut("cm.csv"):
        if row["AENO"]:
            assert line_of(frames, row)["CMINDC"] == terms[person(row), row["AENO"]]


def test_nothing_starts_after_the_cut_and_no_end_lies_after_it(frames, dirty):
    ((_, late),) = dirty("A24", "cm.csv", "STDAT")
    mine = frames["CM"][frames["CM"]["USUBJID"] == person(late)]
    assert late["CMNO"] not in set(mine[mine["CMCAT"] == "CONCOMITANT"]["CMSPID"])
    ((_, over),) = dirty("D20", "cm.csv", "ENDAT")
    line = line_of(frames, over)
    assert (line["CMSTDTC"], line["CMENRTPT"]) == ("2025-06-25", "ONGOING")
    assert pd.isna(line["CMENDTC"])
    for dataset, prefix in (("CM", "CM"), ("PR", "PR"), ("MH", "MH")):
        for part in ("STDTC", "ENDTC"):
            assert (frames[dataset][f"{prefix}{part}"].dropna() < "2025-07-01").all()
    for name, variable in (("SS", "SSDTC"), ("DD", "DDDTC"), ("BE", "BEDTC")):
        assert (frames[name][variable].dropna() < "2025-07-01").all()


# ---- procedures and specimens ----------------------------------------------------------


def test_every_scan_biopsy_and_earlier_procedure_is_there(frames, at_cut):
    counts = Counter(frames["PR"]["PRCAT"])
    assert counts == {
        "IMAGING": len(at_cut("img.csv")),
        "BIOPSY": len(at_cut("biopsy.csv")),
        "PRIOR ANTICANCER": sum(row["TYPE"] != "1" for row in at_cut("priortx.csv")),
        "NEW ANTICANCER": sum("radiotherapy" in row["CMTRT"] for row in at_cut("cm.csv")),
    }
    assert frames["PR"]["PRDECOD"].notna().all()


def test_doses_of_radiotherapy_are_in_gray_where_they_were_told(frames):
    given = frames["PR"][frames["PR"]["PRDOSE"].notna()]
    assert set(given["PRDECOD"]) == {"RADIOTHERAPY"}
    assert set(given["PRDOSU"]) == {"Gy"}
    pairs = set(zip(given["PRTRT"], given["PRDOSE"], strict=True))
    assert ("radiotherapy of the chest, 60 Gy", 60.0) in pairs
    assert ("palliative radiotherapy to bone", 8.0) in pairs
    rest = frames["PR"][frames["PR"]["PRDOSE"].isna()]
    assert rest["PRDOSU"].isna().all()


def test_scans_have_the_visit_of_the_lesions_read_on_them(frames):
    scans = frames["PR"][frames["PR"]["PRCAT"] == "IMAGING"].set_index(["USUBJID", "PRLNKID"])
    read = frames["TR"][frames["TR"]["TRREFID"].notna()]
    for lesion in read.drop_duplicates(["USUBJID", "TRREFID"]).itertuples():
        scan = scans.loc[lesion.USUBJID, lesion.TRREFID]
        assert (scan["VISITNUM"], scan["VISIT"]) == (lesion.VISITNUM, lesion.VISIT)
        assert scan["PRSTDTC"] == lesion.TRDTC


def test_visits_are_those_of_sv(frames):
    parts = ["USUBJID", "VISITNUM", "VISIT"]
    known = set(frames["SV"][parts].itertuples(index=False, name=None))
    for name in ("PR", "SS", "BE"):
        with_visit = frames[name].dropna(subset=["VISIT"])
        assert len(with_visit)
        assert set(with_visit[parts].itertuples(index=False, name=None)) <= known


def biopsies_of(frames):
    """The collection of biopsies among the events of specimens."""
    events = frames["BE"]
    biopsies = frames["PR"][frames["PR"]["PRCAT"] == "BIOPSY"]["PRLNKID"]
    return events[events["BEREFID"].isin(biopsies) & (events["BEDECOD"] == "COLLECTING")]


def test_biopsies_are_of_screening_and_cycle_2(frames, at_cut):
    taken = biopsies_of(frames)
    assert set(taken["VISIT"]) == {"SCREENING", "CYCLE 2 DAY 13", "CYCLE 2 DAY 8"}
    assert taken["BEREFID"].is_unique
    assert len(taken) == len(at_cut("biopsy.csv"))
    assert set(taken["BECAT"]) == {"COLLECTION"}
    procedures = frames["PR"].set_index("PRLNKID")
    for event in taken.itertuples():
        procedure = procedures.loc[event.BEREFID]
        assert event.BEDTC == event.BESTDTC == event.BEENDTC == procedure["PRSTDTC"]
        assert procedure["PRLOC"] == event.BELOC


def test_d04_a_time_in_utc_is_local(frames, dirty):
    cells = dirty("D04", "biopsy.csv", "BXDTM")
    assert cells
    taken = biopsies_of(frames).set_index("BEREFID")["BEDTC"]
    for _, row in cells:
        local = pd.Timestamp(row["BXDTM"]).tz_convert("Asia/Shanghai")
        assert taken[row["SPECID"]] == local.strftime("%Y-%m-%dT%H:%M:%S")


def test_d08_a_place_in_other_words_is_mapped(frames, dirty):
    cells = dirty("D08", "biopsy.csv", "BXSITE")
    places = frames["PR"].set_index("PRLNKID")["PRLOC"]
    assert {places[row["SPECID"]] for _, row in cells} == {"AXILLARY LYMPH NODE"}


# ---- death and survival ----------------------------------------------------------------


def test_causes_of_death_are_as_written_and_in_capitals_or_coded(frames, at_cut):
    deaths = frames["DD"].set_index("USUBJID")
    assert len(deaths) == len(at_cut("death.csv"))
    events = frames["AE"].set_index(["USUBJID", "AEGRPID"])["AEDECOD"]
    fatal = 0
    for row in at_cut("death.csv"):
        death = deaths.loc[person(row)]
        assert death["DDORRES"] == row["CAUSE"]
        if row["AENO"]:
            coded = events.loc[(person(row), row["AENO"])].iloc[0]
            assert death["DDSTRESC"] == coded.upper()
            fatal += 1
        else:
            assert death["DDSTRESC"] == row["CAUSE"].upper()
    assert fatal


def test_the_death_is_known_from_the_contact_that_told_of_it(frames):
    told = frames["SS"][frames["SS"]["SSSTRESC"] == "DEAD"].set_index("USUBJID")["SSDTC"]
    deaths = frames["DD"].set_index("USUBJID")["DDDTC"]
    assert listed(deaths) == [told[subject] for subject in deaths.index]


def test_every_contact_has_a_status_and_its_visit(frames, at_cut):
    states = {"1": "ALIVE", "2": "DEAD", "3": "UNKNOWN"}
    assert Counter(frames["SS"]["SSSTRESC"]) == Counter(
        states[row["STATUS"]] for row in at_cut("surv.csv")
    )
    alive = frames["SS"][frames["SS"]["SSSTRESC"] == "ALIVE"]
    assert alive["VISIT"].notna().all()
    assert {"SURVIVAL FOLLOW-UP 1", "SURVIVAL FOLLOW-UP 2"} <= set(alive["VISIT"])


# ---- relations -------------------------------------------------------------------------


@pytest.mark.parametrize(("relation", "datasets"), [("AECM", {"AE", "CM"}), ("AEDD", {"AE", "DD"})])
def test_events_are_related_to_drugs_and_deaths(frames, at_cut, relation, datasets):
    related = frames["RELREC"]
    mine = related[related["RELID"].str.startswith(relation)]
    assert set(mine["RDOMAIN"]) == datasets
    file, column = ("cm.csv", "CM") if relation == "AECM" else ("death.csv", "DD")
    named = sum(bool(row["AENO"]) for row in at_cut(file))
    assert (mine["RDOMAIN"] == column).sum() == named
